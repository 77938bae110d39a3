// The text: numbered, in one language or two, with everybody's marks; words can be marked by tap and by keyboard.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.mjs";
import { direction, say, t } from "../i18n.mjs";
import { languageName } from "../views/people.mjs";
import { letterOf, marked, markedElsewhere, numberOf, withTheName } from "../views/text.mjs";

/** @import {Gloss, Mark, Segment, TextView, Word} from "../wire.mjs" */

/**
 * @typedef {object} TextPaneProps
 * @property {TextView} text
 * @property {string[]} languages those that may be seen now, the one to start with first
 * @property {string | null} [wanted] switch to this language (whoever reads aloud reads it)
 * @property {string | null} [segment] the line at hand
 * @property {Mark[]} mine
 * @property {Mark[]} theirs
 * @property {string} theirName
 * @property {string} [ourName] whose marks `mine` are, where the reader made none: a teacher reads along
 * @property {{label: string, marks: Mark[], onWord: (segment: string, language: string, word: number) => void, onStop?: () => void} | null} [picking]
 * @property {Mark | null} [goTo] a mark to show
 * @property {"A" | "B" | "C"} band
 * @property {"written" | "heh"} [theName]
 */

/** @param {TextPaneProps} props */
export function TextPane(props) {
  const { text, languages, wanted, goTo } = props;
  const [choice, setChoice] = useState(/** @type {string | null} */ (null));
  const [plain, setPlain] = useState(false);
  useEffect(() => {
    if (wanted && languages.includes(wanted)) setChoice(wanted);
  }, [wanted, languages.join()]);
  useEffect(() => {
    if (goTo && languages.includes(goTo.language)) setChoice(goTo.language);
  }, [goTo]);
  const both = choice === "both" && languages.length > 1;
  const language = both || !choice || !languages.includes(choice) ? (languages[0] ?? "") : choice;
  const retold = props.band !== "C" && text.segments.some((segment) => segment.plain[language]);
  return html`<section class="text-pane" aria-label=${t("The text")}>
    <div class="text-head">
      <h2>${say(text.ref) || say(text.title)}</h2>
      <div class="cluster">
        ${retold && html`<button type="button" class="button quiet" aria-pressed=${String(plain)} onClick=${() => setPlain(!plain)}>${t("In plain words")}</button>`}
        ${languages.length > 1 && html`<${LanguageSwitch} languages=${languages} now=${both ? "both" : language} onChoose=${setChoice} />`}
      </div>
    </div>
    ${
      props.picking &&
      html`<p class="picking-line" role="status"><span>${props.picking.label}</span>
      ${props.picking.onStop && html`<button type="button" class="button" onClick=${props.picking.onStop}>${t("Ready")}</button>`}</p>`
    }
    <${Body} ...${props} language=${language} second=${both ? (languages[1] ?? null) : null} plain=${plain && retold} onLanguage=${setChoice} />
    <${Key} ...${props} />
  </section>`;
}

/**
 * @param {{languages: string[], now: string, onChoose: (language: string) => void}} props
 */
function LanguageSwitch({ languages, now, onChoose }) {
  return html`<div class="segmented" role="group" aria-label=${t("Language of the text")}>
    ${languages.map(
      (code) => html`<button key=${code} type="button" lang=${code} aria-pressed=${String(now === code)}
      aria-label=${languageName(code)} title=${languageName(code)} onClick=${() => onChoose(code)}>${letterOf(code)}</button>`,
    )}
    <button type="button" class="wide-only" aria-pressed=${String(now === "both")} onClick=${() => onChoose("both")}>${t("Both")}</button>
  </div>`;
}

/**
 * @param {TextPaneProps & {language: string, second: string | null, plain: boolean, onLanguage: (language: string) => void}} props
 */
function Body(props) {
  const body = useRef(/** @type {HTMLElement | null} */ (null));
  const { language, goTo, segment } = props;
  const [cursor, setCursor] = useState("");
  useEffect(() => {
    const target = goTo?.segment ?? segment;
    const line = target && body.current?.querySelector(`[data-segment="${CSS.escape(target)}"]`);
    if (line) line.scrollIntoView({ block: "nearest" });
  }, [goTo, segment, language]);
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    const steps = stepsOf(event, direction(language));
    if (steps === null || !(event.target instanceof HTMLElement) || !event.target.matches("button.word")) return;
    event.preventDefault();
    const words = [
      .../** @type {NodeListOf<HTMLElement>} */ (
        /** @type {HTMLElement} */ (body.current).querySelectorAll("button.word")
      ),
    ];
    const next = words[Math.min(Math.max(words.indexOf(event.target) + steps, 0), words.length - 1)];
    setCursor(next?.dataset.word ?? "");
    next?.focus();
  };
  const keyOf = (/** @type {Segment} */ one) => `${one.id}/${language}/0`;
  const first = props.text.segments[0];
  const at = cursor.includes(`/${language}/`) ? cursor : first ? keyOf(first) : "";
  return html`<div class="text-body" ref=${body} lang=${language} dir=${direction(language)} onKeyDown=${onKeyDown}
      tabindex=${props.picking ? undefined : "0"} aria-label=${props.picking ? t("Words. Arrow keys move, space marks.") : undefined} role="group">
    ${props.text.segments.map((one) => html`<${Line} key=${one.id} ...${props} line=${one} at=${at} onCursor=${setCursor} />`)}
  </div>`;
}

/**
 * @param {KeyboardEvent} event
 * @param {"rtl" | "ltr"} towards
 * @returns {number | null} how many words to move
 */
function stepsOf(event, towards) {
  const along = towards === "rtl" ? -1 : 1;
  return { ArrowRight: along, ArrowLeft: -along, ArrowDown: 6, ArrowUp: -6, Home: -999, End: 999 }[event.key] ?? null;
}

/**
 * @param {TextPaneProps & {language: string, second: string | null, plain: boolean, line: Segment, at: string,
 *   onLanguage: (language: string) => void, onCursor: (word: string) => void}} props
 */
function Line(props) {
  const { line, language, second, plain, mine, theirs, segment, goTo } = props;
  const elsewhere = second ? [] : markedElsewhere(line.id, language, [...mine, ...theirs]);
  const shown = segment === line.id || goTo?.segment === line.id;
  return html`<div class=${`segment${shown ? " is-shown" : ""}${second ? " side-by-side" : ""}`} data-segment=${line.id}>
    <span class="segment-number">${numberOf(line, language)}</span>
    <div>
      <p>${plain && line.plain[language] ? line.plain[language] : html`<${Words} ...${props} />`}</p>
      ${
        elsewhere.length > 0 &&
        html`<p class="marked-elsewhere">${elsewhere.map(
          (code) => html`<button key=${code} type="button" class="evidence-chip"
        disabled=${!props.languages.includes(code)} onClick=${() => props.onLanguage(code)}>${t("words marked in {language}", { language: languageName(code) })}</button>`,
        )}</p>`
      }
    </div>
    ${second && html`<div lang=${second} dir=${direction(second)}><p><${Words} ...${props} language=${second} /></p></div>`}
  </div>`;
}

/**
 * @param {TextPaneProps & {language: string, line: Segment, at: string, onCursor: (word: string) => void}} props
 */
function Words(props) {
  const { line, language, picking, mine, theirs } = props;
  const whose = marked(line.id, language, mine, theirs);
  const picked = picking ? marked(line.id, language, picking.marks, []) : new Map();
  const words = line.words[language] ?? [];
  return words.map((word, index) => {
    const id = `${line.id}/${language}/${index}`;
    const gloss = line.glosses.find((one) => one.lang === language && one.first <= index && index <= one.last);
    const classes = [
      "word",
      whose.has(index) && `is-${whose.get(index)}`,
      picked.has(index) && "is-picking",
      gloss && "has-gloss",
    ];
    const shown = { ...props, word, id, gloss, classes: classes.filter(Boolean).join(" ") };
    return html`<${picking ? PickWord : ReadWord} key=${id} ...${shown} index=${index} on=${picked.has(index)} />${word.j}`;
  });
}

/**
 * @param {{word: Word, id: string, classes: string, index: number, on: boolean, at: string, line: Segment, language: string,
 *   theName?: "written" | "heh", picking: NonNullable<TextPaneProps["picking"]>, onCursor: (word: string) => void}} props
 */
function PickWord({ word, id, classes, index, on, at, line, language, theName, picking, onCursor }) {
  const press = () => {
    onCursor(id);
    picking.onWord(line.id, language, index);
  };
  return html`<button type="button" class=${classes} data-word=${id} aria-pressed=${String(on)} tabindex=${id === at ? "0" : "-1"}
    onClick=${press}>${withTheName(word.w, theName ?? "written")}</button>`;
}

/**
 * @param {{word: Word, id: string, classes: string, gloss: Gloss | undefined, theName?: "written" | "heh"}} props
 */
function ReadWord({ word, id, classes, gloss, theName }) {
  const said = withTheName(word.w, theName ?? "written");
  if (!gloss && !word.k) return html`<span class=${classes}>${said}</span>`;
  const menu = `note-${id.replace(/[^\w]/g, "-")}`;
  return html`<button type="button" class=${classes} popovertarget=${menu} aria-label=${t("{word}: what does it mean?", { word: said })}>${said}</button>
    <span class="menu gloss" id=${menu} popover>
      ${gloss && html`<span dir="auto">${say(gloss.note)}</span>`}
      ${word.k && html`<span class="ketiv">${t("It is written {word}, and read {read}.", { word: word.k, read: said })}</span>`}
    </span>`;
}

/** @param {TextPaneProps} props */
function Key({ mine, theirs, theirName, ourName }) {
  if (mine.length === 0 && theirs.length === 0) return null;
  return html`<p class="word-key">
    ${mine.length > 0 && html`<span class="word is-mine">${ourName ? html`<span class="mark ours" aria-hidden="true"></span> ${t("marks of {name}", { name: ourName })}` : t("my marks")}</span>`}
    ${theirs.length > 0 && html`<span class="word is-theirs">${ourName && html`<span class="mark theirs" aria-hidden="true"></span> `}${t("marks of {name}", { name: theirName })}</span>`}
    ${mine.length > 0 && theirs.length > 0 && html`<span class="word is-both">${t("both")}</span>`}
  </p>`;
}
