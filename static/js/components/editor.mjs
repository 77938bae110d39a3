// A place to answer: words, a list, marks, a choice or a rating; whatever is said aloud counts as well.
import { useState } from "preact/hooks";
import { html } from "../html.mjs";
import { say, t, tn } from "../i18n.mjs";
import { cardGlyph } from "../views/cards.mjs";
import { blank, changed, chosen, missing, whole } from "../views/entries.mjs";
import { Evidence } from "./entry.mjs";

/** @import {Entry, Input, LessonStep, Mark, Option, TextView} from "../wire.mjs" */

/**
 * @typedef {object} EditorProps
 * @property {Input} input
 * @property {LessonStep} step
 * @property {Entry[]} entries
 * @property {"" | "writing" | "here" | "saved"} saved
 * @property {string} trouble
 * @property {string} held
 * @property {TextView | null} text
 * @property {string} language
 * @property {(words: string) => string} fillNames puts names into wordings
 * @property {LessonStep[]} moments
 * @property {number | null} picking which entry is being given evidence now
 * @property {(entries: Entry[]) => void} onWrite
 * @property {() => void} onLeave
 * @property {(entry: number | null) => void} onPick
 * @property {(mark: Mark) => void} onMark
 */

/** @param {EditorProps} props */
export function Editor(props) {
  const { input, entries } = props;
  const id = `input-${input.id}`;
  const group = input.kind === "choice" || input.kind === "rating";
  const prompt = props.fillNames(say(input.prompt));
  /** @param {FocusEvent} event */
  const onFocusOut = (event) => {
    const next = event.relatedTarget;
    if (!(next instanceof Node) || !(event.currentTarget instanceof Node) || !event.currentTarget.contains(next))
      props.onLeave();
  };
  return html`<div class="writing" role="group" aria-labelledby=${`${id}-prompt`} onFocusOut=${onFocusOut}>
    <div class="writing-head">
      <span class="label" id=${`${id}-prompt`}>${prompt}</span>
      <${SavedMark} saved=${props.saved} />
    </div>
    ${input.hint && html`<p class="small soft" id=${`${id}-hint`}>${props.fillNames(say(input.hint))}</p>`}
    ${input.kind === "marks" && html`<${Marks} ...${props} />`}
    ${group && html`<${Options} ...${props} />`}
    ${(input.kind === "text" || input.kind === "list") && html`<${List} ...${props} />`}
    ${!group && html`<${Spoken} entries=${entries} onWrite=${props.onWrite} />`}
    <${Trouble} trouble=${props.trouble} held=${props.held} />
  </div>`;
}

/** @param {{saved: EditorProps["saved"]}} props */
function SavedMark({ saved }) {
  if (saved === "saved") return html`<span class="saved is-saved">${t("saved")}</span>`;
  if (saved === "here") return html`<span class="saved is-kept-here">${t("kept on this device")}</span>`;
  return html`<span class="saved">${saved === "writing" ? t("saving…") : ""}</span>`;
}

/** @param {{trouble: string, held: string}} props */
function Trouble({ trouble, held }) {
  if (!trouble && !held) return null;
  const words =
    trouble ||
    t("This looks like a phone number, an address or a link. Your words are kept, but your partner does not get them.");
  return html`<p class="notice warn" role="status"><span>${words}</span></p>`;
}

/** @param {{entries: Entry[], onWrite: (entries: Entry[]) => void}} props */
function Spoken({ entries, onWrite }) {
  const spoken = entries.some((entry) => entry.spoken);
  const turn = () => {
    const next = entries.map((entry) => ({ ...entry, spoken: false }));
    onWrite(spoken ? next : changed(next, 0, { spoken: true }));
  };
  return html`<label class="check said-aloud"><input type="checkbox" checked=${spoken} onChange=${turn} /><span>${t("I said it aloud")}</span></label>`;
}

/** @param {EditorProps} props */
function List(props) {
  const { input, entries, onWrite } = props;
  const several = input.kind === "list";
  const most = several ? Math.max(input.max, 1) : 1;
  const shown = entries.length > 0 ? entries : [blank()];
  const lacking = missing(input, entries);
  return html`<ol class="entries is-editing">
      ${shown.slice(0, most).map((entry, index) => html`<${EntryFields} key=${index} ...${props} entry=${whole(entry)} index=${index} several=${several} />`)}
    </ol>
    ${several && shown.length < most && html`<button type="button" class="button quiet add-entry" onClick=${() => onWrite([...shown, blank()])}>${t("Add another")}</button>`}
    ${several && lacking > 0 && entries.length > 0 && html`<p class="small soft">${tn("One more would be good, if you find it.", "{n} more would be good, if you find them.", lacking)}</p>`}`;
}

/** @param {EditorProps & {entry: Entry, index: number, several: boolean}} props */
function EntryFields(props) {
  const { input, step, entries, entry, index, several, onWrite } = props;
  const id = `input-${input.id}-${index}`;
  const put = (/** @type {Partial<Entry>} */ change) => onWrite(changed(entries, index, change));
  const stem = entry.stem === null || entry.stem === undefined ? null : step.stems[entry.stem];
  const label = several ? t("{prompt} ({n})", { prompt: say(input.prompt), n: index + 1 }) : say(input.prompt);
  return html`<li class="entry-fields">
    <${Stems} step=${step} stem=${entry.stem ?? null} folded=${index > 0 || Boolean(entry.text)} onChoose=${(
      /** @type {number | null} */ n,
    ) => {
      put({ stem: n });
      document.getElementById(id)?.focus();
    }} />
    ${
      stem &&
      html`<p class="stem-chosen"><span>${props.fillNames(say(stem))}</span>
      <button type="button" class="button icon quiet" aria-label=${t("Take this beginning away")} onClick=${() => put({ stem: null })}><span class="glyph close" aria-hidden="true"></span></button></p>`
    }
    <textarea id=${id} dir="auto" rows="2" maxlength="2000" aria-label=${label} value=${entry.text}
      onInput=${(/** @type {InputEvent} */ event) => put({ text: /** @type {HTMLTextAreaElement} */ (event.target).value })}></textarea>
    <div class="entry-tools">
      <${Tags} tags=${input.tags} value=${entry.tag ?? null} onChoose=${(/** @type {string | null} */ tag) => put({ tag })} />
      <${Proof} ...${props} />
      ${several && entries.length > 1 && html`<button type="button" class="button quiet" onClick=${() => onWrite(entries.filter((_, at) => at !== index))}>${t("Take it out")}</button>`}
    </div>
  </li>`;
}

/**
 * Beginnings of sentences. A chosen one is stored by number, so that the partner reads it in their own language.
 * @param {{step: LessonStep, stem: number | null, folded: boolean, onChoose: (stem: number | null) => void}} props
 */
function Stems({ step, stem, folded, onChoose }) {
  const [open, setOpen] = useState(false);
  if (step.stems.length === 0 || stem !== null) return null;
  if (folded && !open)
    return html`<button type="button" class="button quiet" onClick=${() => setOpen(true)}>${t("Start from a beginning")}</button>`;
  return html`<ul class="stems" aria-label=${t("Ways to begin")}>
    ${step.stems.map((wording, index) => html`<li key=${index}><button type="button" class="stem" onClick=${() => onChoose(index)}>${say(wording)}</button></li>`)}
  </ul>`;
}

/** @param {{tags: Option[], value: string | null, onChoose: (tag: string | null) => void}} props */
function Tags({ tags, value, onChoose }) {
  if (tags.length === 0) return null;
  return html`<span class="cluster" role="group" aria-label=${t("What kind is it?")}>
    ${tags.map(
      (
        tag,
      ) => html`<button key=${tag.id} type="button" class="chip" aria-pressed=${String(value === tag.id)} title=${say(tag.describe)}
      onClick=${() => onChoose(value === tag.id ? null : tag.id)}>${say(tag.label)}</button>`,
    )}
  </span>`;
}

/** @param {EditorProps & {entry: Entry, index: number}} props */
function Proof({ input, entry, index, text, language, picking, onPick, onMark }) {
  if (input.evidence === "none" || !text) return null;
  const active = picking === index;
  const words = entry.marks.length > 0 ? t("Change the marked words") : t("Mark the words in the text");
  return html`${entry.marks.map((mark) => html`<${Evidence} key=${JSON.stringify(mark)} mark=${mark} text=${text} language=${language} onMark=${onMark} />`)}
    <button type="button" class="button quiet" aria-pressed=${String(active)} onClick=${() => onPick(active ? null : index)}>${active ? t("Marking words: ready") : words}</button>`;
}

/** @param {EditorProps} props */
function Marks({ entries, text, language, onMark, onWrite, input }) {
  const marks = entries.flatMap((entry) => entry.marks);
  const lacking = missing(input, entries);
  return html`<div class="cluster">
    ${text && marks.map((mark) => html`<${Evidence} key=${JSON.stringify(mark)} mark=${mark} text=${text} language=${language} onMark=${onMark} />`)}
    ${marks.length === 0 && html`<span class="soft">${t("Tap words in the text.")}</span>`}
    ${marks.length > 0 && lacking > 0 && html`<span class="soft small">${tn("One more would be good, if you find it.", "{n} more would be good, if you find them.", lacking)}</span>`}
    ${marks.length > 0 && html`<button type="button" class="button quiet" onClick=${() => onWrite([])}>${t("Start over")}</button>`}
  </div>`;
}

/** @param {EditorProps} props */
function Options(props) {
  const { input, entries, onWrite } = props;
  const rating = input.kind === "rating";
  const picked = new Set(entries.map((entry) => entry.choice));
  const name = `choose-${input.id}`;
  const options = input.options.map((option) => {
    const picture = cardGlyph(option.icon);
    return html`<label key=${option.id} class=${rating ? "" : `check option${picture ? " has-picture" : ""}`}>
      <input type=${input.many ? "checkbox" : "radio"} name=${name} checked=${picked.has(option.id)} onChange=${() => onWrite(chosen(input, entries, option.id))} />
      ${picture && html`<span class=${picture} aria-hidden="true"></span>`}
      <span><span class="option-label">${say(option.label)}</span>
      ${option.describe && html`<span class="hint">${say(option.describe)}</span>`}</span></label>`;
  });
  return html`${rating ? html`<div class="rating"><div class="stops">${options}</div></div>` : html`<div class="options">${options}</div>`}
    ${rating && html`<${When} ...${props} />`}
    ${input.because && html`<${Because} ...${props} />`}
    ${!input.because && input.evidence !== "none" && entries[0] && html`<div class="entry-tools"><${Proof} ...${props} entry=${whole(entries[0])} index=${0} /></div>`}`;
}

/** @param {EditorProps} props */
function When({ input, entries, moments, onWrite }) {
  if (moments.length === 0) return null;
  const id = `when-${input.id}`;
  return html`<div class="field"><label for=${id}>${t("When, for example?")}</label>
    <select id=${id} class="input" value=${entries[0]?.moment ?? ""}
      onChange=${(/** @type {Event} */ event) => onWrite(changed(entries, 0, { moment: /** @type {HTMLSelectElement} */ (event.target).value || null }))}>
      <option value="">${t("Pick a moment of this lesson")}</option>
      ${moments.map((step) => html`<option key=${step.id} value=${step.id}>${`${say(step.protocol_title)}: ${say(step.title)}`}</option>`)}
    </select></div>`;
}

/** @param {EditorProps} props */
function Because(props) {
  const { input, entries, onWrite } = props;
  const shown = input.many ? entries.filter((entry) => entry.choice) : [entries[0] ?? blank()];
  return shown.map((one, index) => {
    const entry = whole(one);
    const option = input.many ? say(input.options.find((o) => o.id === entry.choice)?.label) : "";
    const id = `because-${input.id}-${index}`;
    return html`<div class="field" key=${id}>
      <label for=${id}>${option && html`<strong>${option}</strong> `}${props.fillNames(say(input.because))}</label>
      <textarea id=${id} dir="auto" rows="2" maxlength="2000" value=${entry.text}
        onInput=${(/** @type {InputEvent} */ event) => onWrite(changed(entries, index, { text: /** @type {HTMLTextAreaElement} */ (event.target).value }))}></textarea>
      <div class="entry-tools"><${Proof} ...${props} entry=${entry} index=${index} /></div>
    </div>`;
  });
}
