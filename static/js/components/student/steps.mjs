// The work of each kind of step: what stands beside the text.
import { useState } from "preact/hooks";
import { html } from "../../html.mjs";
import { say, t } from "../../i18n.mjs";
import { blank, saysSomething } from "../../views/entries.mjs";
import { deeperPrompts, linesInView, moments, partnerOf, shareable, wordsInView } from "../../views/lesson.mjs";
import { memberOf, nameOf } from "../../views/people.mjs";
import { Editor } from "../editor.mjs";
import { EntryShown } from "../entry.mjs";
import { Person } from "../person.mjs";
import { ClassBoard } from "./class_board.mjs";
import { MyRound } from "./round.mjs";

/** @import {Entry, Input, Lesson, LessonStep, LineView, Mark, MemberView, RoomView, TextView, Wording} from "../../wire.mjs" */
/** @import {Used} from "../../views/lesson.mjs" */
/** @import {StudentPage} from "./page.mjs" */

/** @typedef {{input: string, entry: number}} Picking */
/**
 * What every kind of step gets.
 * @typedef {object} Work
 * @property {StudentPage} page
 * @property {Lesson} lesson
 * @property {LessonStep} step
 * @property {RoomView} room
 * @property {string} me
 * @property {TextView | null} text null where the step hides it
 * @property {string} language the reader's
 * @property {(words: string) => string} fillNames
 * @property {Picking | null} picking
 * @property {(picking: Picking | null) => void} onPick
 * @property {(mark: Mark) => void} onMark
 * @property {(ack: {ok: boolean, message?: string | null}) => void} onAnswered tells a refusal
 */

/** @param {Work} work */
export function StepWork(work) {
  const { step, room, lesson } = work;
  if (room.state === "waiting_for_class") return html`<${Waiting} ...${work} />`;
  switch (step.kind) {
    case "solo":
      return html`<${InView} ...${work} /><${Solo} ...${work} />`;
    case "reveal":
      return html`<${Reveal} ...${work} />`;
    case "together":
      return html`<${InView} ...${work} /><${Together} ...${work} />`;
    case "board":
      return html`<${Sharing} ...${work} /><${ClassBoard} ...${work} />`;
    case "round":
      return html`<${StemsToSay} step=${step} fillNames=${work.fillNames} /><${MyRound} ...${work} />`;
    default:
      return html`<${InView} ...${work} /><${StemsToSay} step=${step} fillNames=${work.fillNames} />
        ${room.finished.includes(work.me) && html`<${Deeper} prompts=${deeperPrompts(lesson, step.index, room.members.length)} fillNames=${work.fillNames} />`}`;
  }
}

/** @param {{step: LessonStep, fillNames: (words: string) => string}} props */
function StemsToSay({ step, fillNames }) {
  if (step.stems.length === 0) return null;
  return html`<section aria-label=${t("Ways to begin")}><ul class="stems">
    ${step.stems.map((stem, index) => html`<li key=${index}><span class="stem is-said">${fillNames(say(stem))}</span></li>`)}
  </ul></section>`;
}

/** @param {{prompts: Wording[], fillNames: (words: string) => string}} props */
export function Deeper({ prompts, fillNames }) {
  if (prompts.length === 0) return null;
  return html`<section class="card deeper"><h3>${t("If you have time")}</h3><ul>${prompts.map((prompt, index) => html`<li key=${index}>${fillNames(say(prompt))}</li>`)}</ul></section>`;
}

/** @param {Work} work */
function Waiting(work) {
  const { step, lesson, room } = work;
  return html`<${Deeper} prompts=${deeperPrompts(lesson, step.index - 1, room.members.length)} fillNames=${work.fillNames} />
    ${step.kind === "board" && html`<${Sharing} ...${work} />`}`;
}

/** @param {Work} work */
function Solo(work) {
  const { step, room, me } = work;
  const confirms = step.completion === "partner_confirms";
  return html`${confirms && html`<${Confirmations} ...${work} />`}
    ${step.inputs.map((input) => html`<${OneInput} key=${`${step.id}/${input.id}`} ...${work} input=${input} />`)}
    ${room.finished.includes(me) && html`<${Deeper} prompts=${step.deeper} fillNames=${work.fillNames} />`}`;
}

/** @param {Work & {input: Input}} props */
function OneInput(props) {
  const { page, step, input, lesson, room, picking } = props;
  const field = page.field(step.index, input.id);
  return html`<${Editor} input=${input} step=${step} text=${props.text} language=${props.language} fillNames=${props.fillNames}
    entries=${field.entries.value} saved=${field.saved.value} trouble=${field.trouble.value} held=${field.held.value}
    moments=${input.kind === "rating" ? moments(lesson, step.index, room.members.length) : []}
    picking=${picking?.input === input.id ? picking.entry : null}
    onWrite=${(/** @type {Entry[]} */ entries) => page.write(step.index, input.id, entries)}
    onLeave=${() => page.give(step.index, input.id)}
    onPick=${(/** @type {number | null} */ entry) => props.onPick(entry === null ? null : { input: input.id, entry })}
    onMark=${props.onMark} />`;
}

/**
 * What a partner wrote about my idea, and what mine said to what I wrote about theirs.
 * @param {Work} work
 */
function Confirmations(work) {
  const { page, room, me, step } = work;
  const seated = room.members.map((member) => member.id);
  const writer = room.members.find((member) => partnerOf(member.id, seated) === me && member.id !== me);
  const given = room.given.filter((one) => one.step === step.index && one.member === writer?.id);
  const judge = partnerOf(me, seated);
  const verdict = room.confirmed[me];
  const confirm = (/** @type {boolean} */ right) =>
    page.command("confirm", { step: step.index, right, member: writer?.id }).then(work.onAnswered);
  return html`${
    writer &&
    given.length > 0 &&
    html`<section class="card confirm-card"><h3>${t("{name} wrote about your idea", { name: nameOf(writer) })}</h3>
      ${given.map((one) => html`<${UsedWords} key=${one.work} used=${one} work=${work} />`)}
      <div class="button-row" role="group" aria-label=${t("Is it your idea?")}>
        <button type="button" class="button" aria-pressed=${String(room.confirmed[writer.id] === true)} onClick=${() => confirm(true)}>${t("Yes, that is my idea")}</button>
        <button type="button" class="button" aria-pressed=${String(room.confirmed[writer.id] === false)} onClick=${() => confirm(false)}>${t("Not yet")}</button>
      </div></section>`
  }
    ${
      verdict !== undefined &&
      judge &&
      html`<p class=${`notice ${verdict ? "good" : ""}`} role="status"><span>${
        verdict
          ? t("{name} says: yes, that is my idea.", { name: nameOf(memberOf(room, judge)) })
          : t("{name} says: not yet. Ask what is missing, and change it.", { name: nameOf(memberOf(room, judge)) })
      }</span></p>`
    }`;
}

/**
 * Words of earlier steps that this step keeps in view.
 * @param {Work} work
 */
function InView(work) {
  const { lesson, step, room, page } = work;
  if (step.uses.length === 0) return null;
  const used = wordsInView(lesson, step, room, page.mine.value);
  const lines = linesInView(lesson, step, room);
  if (used.length === 0 && lines.length === 0) {
    const intention = step.uses.some((id) => lesson.steps.some((one) => one.id === id && one.output === "intention"));
    return intention ? html`<p class="soft">${t("Nothing was set earlier. That is fine: start from here.")}</p>` : null;
  }
  // Where one writes, the place to write must stay in sight: only a few words stand open above it.
  const most = step.kind === "solo" ? 3 : step.kind === "together" ? 6 : 99;
  const open = used.length + lines.length <= most;
  return html`<details class="fold in-view" open=${open}><summary>${t("What you wrote")}</summary><div>
    <ul class="entries">${used.map((one) => html`<${UsedWords} key=${one.work} used=${one} work=${work} asItem=${true} />`)}</ul>
    ${lines.length > 0 && html`<ul class="lines">${lines.map((line) => html`<li class="line" key=${line.id}><${LineWords} ...${work} line=${line} /></li>`)}</ul>`}
  </div></details>`;
}

/**
 * @param {{used: Used, work: Work, asItem?: boolean}} props
 */
function UsedWords({ used, work, asItem = false }) {
  const { lesson, room, me, page, text, language, onMark } = work;
  const step = lesson.steps[used.step];
  const input = step?.inputs.find((one) => one.id === used.input);
  const person = memberOf(room, used.member);
  const shown = used.entries.filter(saysSomething);
  const body = html`${asItem && html`<span class="by"><${Person} person=${person} side=${page.boot.side} me=${used.member === me} /></span>`}
    ${step && input && step.inputs.length > 1 && html`<span class="asked">${work.fillNames(say(input.prompt))}</span>`}
    ${used.held && used.member !== me && html`<span class="soft">${t("Some words are kept back, because they look like contact details.")}</span>`}
    ${shown.map((entry, index) => html`<span class=${shown.length > 1 ? "one-of-them" : "the-only-one"} key=${index}><${EntryShown} entry=${entry} step=${step} input=${input} text=${text} language=${language} onMark=${onMark} /></span>`)}
    ${used.unfinished && html`<span class="chip">${t("not finished")}</span>`}${used.late && html`<span class="chip">${t("came later")}</span>`}`;
  return asItem
    ? html`<li class=${`entry${used.late ? " is-late" : ""}`}>${body}</li>`
    : html`<div class="entry">${body}</div>`;
}

/**
 * Everybody's answers, turned over at the same moment.
 * @param {Work} work
 */
function Reveal(work) {
  const { lesson, step, room, page, me } = work;
  const used = wordsInView(lesson, step, room, page.mine.value);
  return html`<div class="reveals">${room.members.map((member) => html`<${RevealCard} key=${member.id} work=${work} member=${member} mine=${member.id === me} given=${used.filter((one) => one.member === member.id)} />`)}</div>
    <${StemsToSay} step=${step} fillNames=${work.fillNames} />
    ${room.finished.includes(me) && html`<${Deeper} prompts=${step.deeper} fillNames=${work.fillNames} />`}`;
}

/** @param {{work: Work, member: MemberView, mine: boolean, given: Used[]}} props */
function RevealCard({ work, member, mine, given }) {
  const { page } = work;
  const whose = member.side === page.boot.side ? "ours" : "theirs";
  const steps = [...new Set(given.map((one) => one.step))];
  const several = steps.length > 1;
  return html`<article class=${`reveal-card ${whose} is-turning`}>
    <p class="by"><${Person} person=${member} side=${page.boot.side} me=${mine} /></p>
    ${given.length === 0 && html`<p class="soft">${mine ? t("You wrote nothing here. You can say it.") : t("Nothing is written here. Ask them!")}</p>`}
    ${steps.map(
      (
        index,
      ) => html`<div key=${index} class="words-shown">${several && html`<p class="small soft">${say(work.lesson.steps[index]?.title)}</p>`}
      ${given.filter((one) => one.step === index).map((one) => html`<${UsedWords} key=${one.work} used=${one} work=${work} />`)}</div>`,
    )}
  </article>`;
}

/**
 * Lines with an author each: nobody writes over another's words.
 * @param {Work} work
 */
function Together(work) {
  const { step, room, page, me } = work;
  const input = step.inputs[0];
  const [draft, setDraft] = useState(/** @type {Entry[]} */ ([]));
  const [rewording, setRewording] = useState(/** @type {string | null} */ (null));
  const field = input ? page.field(step.index, input.id) : null;
  if (!input || !field) return null;
  const lines = room.lines.filter((line) => line.step === step.index);
  const entries = field.entries.value;
  const ready = entries.some(saysSomething);
  const add = () => page.addLine(step.index, input.id).then(work.onAnswered);
  const one = { ...input, kind: /** @type {const} */ ("text"), min: 0, max: 1 };
  return html`<p class="small soft">${t("Everybody adds lines. Say yes to a line that you stand behind, or propose other words.")}</p>
    ${
      lines.length > 0 &&
      html`<ul class="lines" aria-label=${t("Our lines")}>${lines.map(
        (line) =>
          html`<${OneLine} key=${line.id} ...${work} line=${line} rewording=${rewording === line.id} draft=${draft} onDraft=${setDraft}
          onReword=${(/** @type {boolean} */ open) => {
            setRewording(open ? line.id : null);
            setDraft(open ? line.entries : []);
          }} />`,
      )}</ul>`
    }
    <${Editor} input=${one} step=${step} text=${work.text} language=${work.language} fillNames=${work.fillNames} moments=${[]}
      entries=${entries} saved=${ready ? field.saved.value : ""} trouble=${field.trouble.value} held=${""}
      picking=${work.picking?.input === input.id ? work.picking.entry : null}
      onWrite=${(/** @type {Entry[]} */ next) => page.write(step.index, input.id, next)} onLeave=${() => {}}
      onPick=${(/** @type {number | null} */ entry) => work.onPick(entry === null ? null : { input: input.id, entry })} onMark=${work.onMark} />
    <div class="button-row"><button type="button" class="button" disabled=${!ready} onClick=${add}>${t("Add this line")}</button></div>
    ${room.finished.includes(me) && html`<${Deeper} prompts=${step.deeper} fillNames=${work.fillNames} />`}`;
}

/** @param {Work & {line: LineView}} props */
function LineWords(props) {
  const { line, step, room, me, page, text, language, onMark } = props;
  const from = props.lesson.steps[line.step] ?? step;
  const chosen = line.chosen_by.length > 0;
  return html`<span class="by"><${Person} person=${memberOf(room, line.author)} side=${page.boot.side} me=${line.author === me} /></span>
    <span class="line-text">${chosen && html`<span role="img" aria-label=${t("chosen")}>★ </span>`}
      ${line.held && html`<span class="soft">${t("Some words are kept back, because they look like contact details.")}</span>`}
      ${line.entries.map((entry, index) => html`<${EntryShown} key=${index} entry=${entry} step=${from} input=${from.inputs[0]} text=${text} language=${language} onMark=${onMark} />`)}</span>
    <span class="approvals"><span class="num">${line.approved.length}/${room.members.length}</span><span class="visually-hidden"> ${t("stand behind it")}</span></span>`;
}

/**
 * @param {Work & {line: LineView, rewording: boolean, draft: Entry[], onDraft: (entries: Entry[]) => void, onReword: (open: boolean) => void}} props
 */
function OneLine(props) {
  const { line, step, room, me, page } = props;
  const own = line.author === me;
  const agreed = line.approved.length >= room.members.length;
  const send = (/** @type {string} */ kind, /** @type {Record<string, unknown>} */ fields = {}) =>
    page.command(kind, { step: step.index, line: line.id, ...fields }).then(props.onAnswered);
  const approved = line.approved.includes(me);
  const starred = line.chosen_by.includes(me);
  return html`<li class=${`line${agreed ? " is-agreed" : ""} ${memberOf(room, line.author)?.side === page.boot.side ? "ours" : "theirs"}`}>
    <${LineWords} ...${props} />
    ${line.proposal && html`<${Proposal} ...${props} send=${send} own=${own} />`}
    ${
      props.rewording
        ? html`<${Rewording} ...${props} own=${own} send=${send} />`
        : html`<div class="line-tools">
          ${!own && html`<button type="button" class="chip" aria-pressed=${String(approved)} onClick=${() => send("approve_line", { approves: !approved })}>✓ ${t("I stand behind it")}</button>`}
          ${step.choose_one && html`<button type="button" class="chip" aria-pressed=${String(starred)} onClick=${() => send("choose_line")}>★ ${t("This one")}</button>`}
          <button type="button" class="chip" onClick=${() => props.onReword(true)}>${own ? t("Change my words") : t("Propose other words")}</button>
          ${own && html`<button type="button" class="chip" onClick=${() => send("withdraw_line")}>${t("Take back")}</button>`}
        </div>`
    }
  </li>`;
}

/** @typedef {(kind: string, fields?: Record<string, unknown>) => Promise<unknown>} Send */

/** @param {Work & {line: LineView, own: boolean, send: Send}} props */
function Proposal({ line, room, me, page, own, send }) {
  const proposal = line.proposal;
  if (!proposal) return null;
  const by = memberOf(room, proposal.member);
  return html`<div class="proposal">
    <p class="small"><${Person} person=${by} side=${page.boot.side} me=${proposal.member === me} /> ${t("proposes:")}</p>
    <p><del><bdi dir="auto">${line.entries[0]?.text}</bdi></del> <ins><bdi dir="auto">${proposal.held ? "…" : proposal.entries[0]?.text}</bdi></ins></p>
    ${
      own &&
      html`<div class="button-row"><button type="button" class="button" onClick=${() => send("answer_proposal", { accept: true })}>${t("Take these words")}</button>
      <button type="button" class="button quiet" onClick=${() => send("answer_proposal", { accept: false })}>${t("Keep mine")}</button></div>`
    }
  </div>`;
}

/** @param {Work & {line: LineView, own: boolean, draft: Entry[], onDraft: (entries: Entry[]) => void, onReword: (open: boolean) => void, send: Send}} props */
function Rewording({ line, own, draft, onDraft, onReword, send }) {
  const entry = draft[0] ?? blank();
  const id = `reword-${line.id}`;
  const give = () => {
    void send("reword_line", { entries: [entry] });
    onReword(false);
  };
  return html`<div class="proposal field"><label for=${id}>${own ? t("My words") : t("Other words for this line")}</label>
    <textarea id=${id} dir="auto" rows="2" maxlength="2000" value=${entry.text} onInput=${(/** @type {InputEvent} */ event) => onDraft([{ ...entry, text: /** @type {HTMLTextAreaElement} */ (event.target).value }])}></textarea>
    <div class="button-row"><button type="button" class="button" disabled=${!saysSomething(entry)} onClick=${give}>${own ? t("Save") : t("Propose")}</button>
      <button type="button" class="button quiet" onClick=${() => onReword(false)}>${t("Back")}</button></div></div>`;
}

/** @param {Work} work */
function Sharing(work) {
  const { lesson, step, room, page, text, language } = work;
  const own = shareable(lesson, step, room, page.mine.value).filter((one) => saysSomething(one.content));
  if (own.length === 0) return null;
  const several = new Set(own.map((one) => one.step)).size > 1;
  const share = (/** @type {string} */ shared, /** @type {number} */ entry) =>
    page.command("share", { step: step.index, work: shared, entry }).then(work.onAnswered);
  const list = html`<ul class="entries">${own.map((one) => {
    const from = lesson.steps[one.step];
    const input = from?.inputs.find((input) => input.id === one.input) ?? from?.inputs[0];
    const asked = [
      several && from ? say(from.title) : "",
      from && from.inputs.length > 1 ? work.fillNames(say(input?.prompt)) : "",
    ].filter(Boolean);
    return html`<li class="entry" key=${`${one.work}-${one.entry}`}>
        ${asked.length > 0 && html`<span class="asked">${asked.join(" · ")}</span>`}
        <${EntryShown} entry=${one.content} step=${from} input=${input} text=${text ?? lesson.text} language=${language} />
        ${one.shared ? html`<span class="chip"><span class="glyph check" aria-hidden="true"></span>${t("shared")}</span>` : html`<button type="button" class="button" onClick=${() => share(one.work, one.entry)}>${t("Share")}</button>`}</li>`;
  })}</ul>`;
  // Whoever has given something looks at what the others gave.
  return own.some((one) => one.shared)
    ? html`<details class="fold"><summary>${t("Share more")}</summary><div>${list}</div></details>`
    : html`<section class="card"><h3>${t("Share with both classes")}</h3><p class="small soft">${t("Only what you choose, without your name.")}</p>${list}</section>`;
}
