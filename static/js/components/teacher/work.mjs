// A room's work in the drawer, read without going in: what was written, the text with both sides' marks, the room's way.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { across, schoolNames } from "../../views/schools.mjs";
import { whose } from "../../views/teacher/people.mjs";
import { shownRemark } from "../../views/teacher/room.mjs";
import { answerRemark, byStep, history, intentions, marksBySide } from "../../views/teacher/work.mjs";
import { languagesShown } from "../../views/text.mjs";
import { timeAt } from "../../views/time.mjs";
import { EntryShown } from "../entry.mjs";
import { TextPane } from "../text-pane.mjs";
import { Name } from "./parts.mjs";

/** @import { Entry, Input, LessonStep, LineView, Mark, RoomWorkView } from "../../wire.mjs" */
/** @import { StepWork } from "../../views/teacher/work.mjs" */
/** @import { Row } from "../../views/teacher/types.mjs" */
/** @import { Desk } from "./state.mjs" */

/** @typedef {(mark: Mark) => void} OnMark */

/** @param {{ desk: Desk, row: Row }} props */
export function Work({ desk, row }) {
  const { read, failed } = desk.look.work.value;
  const work = read?.room === row.room ? read : null;
  const goTo = useSignal(/** @type {Mark | null} */ (null));
  const toMark = (/** @type {Mark} */ mark) => {
    goTo.value = { ...mark };
  };
  if (desk.look.hidden.value)
    return html`<p class="soft">${t("While names are hidden, nothing that the children wrote is shown.")}</p>`;
  if (!work)
    return html`<p class="soft" role="status">${failed ? t("What is written here cannot be read just now; trying again.") : t("Reading…")}</p>`;
  const { language } = desk.boot;
  const steps = byStep(work, desk.lesson.value, language);
  const now = steps.filter((one) => one.index === work.step);
  const before = steps.filter((one) => one.index !== work.step);
  return html`<div class="work">
    <${Intentions} desk=${desk} work=${work} onMark=${toMark} />
    <section class="work-now"><h3>${t("Written at this step")}</h3>
      ${now.length ? now.map((one) => html`<${StepShown} key=${one.index} desk=${desk} row=${row} told=${one} onMark=${toMark} />`) : html`<p class="soft">${t("Nothing yet.")}</p>`}
    </section>
    <${Marked} desk=${desk} work=${work} goTo=${goTo.value} />
    ${
      before.length > 0 &&
      html`<details class="fold"><summary>${t("Written before")}</summary>
      <div>${before.map((one) => html`<section key=${one.index}><h4><bdi>${one.title}</bdi></h4><${StepShown} desk=${desk} row=${row} told=${one} onMark=${toMark} /></section>`)}</div></details>`
    }
    <${History} desk=${desk} work=${work} />
    <p class="soft small">${t("Private notes and half-written sentences are never shown here.")}</p>
  </div>`;
}

/** @param {{ desk: Desk, work: RoomWorkView, onMark: OnMark }} props */
function Intentions({ desk, work, onMark }) {
  const found = intentions(work, desk.lesson.value);
  if (!found.length) return null;
  return html`<section class="work-intentions"><h3>${t("What each works on today")}</h3>
    <ul role="list">${found.map(
      ({ member, step, input, entries }) =>
        html`<li key=${member} class=${`said ${sideOf(desk, member)}`}><${Name} desk=${desk} member=${member} /> ${entries.map((entry, at) => html`<${Said} key=${at} desk=${desk} entry=${entry} step=${step} input=${input} onMark=${onMark} />`)}</li>`,
    )}</ul></section>`;
}

/** @param {Desk} desk @param {string} member */
function sideOf(desk, member) {
  return whose(desk.boot.people[member]?.side, desk.boot.side);
}

/** @param {{ desk: Desk, entry: Entry, step: LessonStep | undefined, input: Input | undefined, onMark: OnMark }} props */
function Said({ desk, entry, step, input, onMark }) {
  const full = { ...entry, marks: entry.marks ?? [] };
  return html`<span class="said-words"><${EntryShown} entry=${full} step=${step} input=${input} text=${desk.lesson.value?.text ?? null} language=${desk.boot.language} onMark=${onMark} /></span>`;
}

/** @param {{ desk: Desk, row: Row, told: StepWork, onMark: OnMark }} props */
function StepShown({ desk, row, told, onMark }) {
  return html`${told.asked.map(
    ({ input, asked, answers }, number) => html`<div key=${number} class="work-asked">
      ${asked !== "" && html`<p class="soft small"><bdi>${asked.replaceAll("{partner}", t("the partner"))}</bdi></p>`}
      <ul role="list">${answers.map((answer) => {
        const remark = answerRemark(answer);
        return html`<li key=${answer.work} class=${`said ${sideOf(desk, answer.member)}`}>
          <${Name} desk=${desk} member=${answer.member} /> ${remark !== "" && html`<span class="chip">${remark}</span>`}
          ${answer.entries.map((entry, at) => html`<${Said} key=${at} desk=${desk} entry=${entry} step=${told.step} input=${input} onMark=${onMark} />`)}
        </li>`;
      })}</ul>
    </div>`,
  )}
  ${told.lines.length > 0 && html`<ul class="lines" role="list">${told.lines.map((line) => html`<${LineShown} key=${line.id} desk=${desk} row=${row} line=${line} step=${told.step} onMark=${onMark} />`)}</ul>`}`;
}

/** @param {{ desk: Desk, row: Row, line: LineView, step: LessonStep | undefined, onMark: OnMark }} props */
function LineShown({ desk, row, line, step, onMark }) {
  const input = step?.inputs[0];
  const behind = line.approved.filter((id) => row.members.includes(id));
  const entries = (/** @type {Entry[]} */ of) =>
    of.map(
      (entry, at) =>
        html`<${Said} key=${at} desk=${desk} entry=${entry} step=${step} input=${input} onMark=${onMark} />`,
    );
  return html`<li class=${`said ${sideOf(desk, line.author)}`}>
    <${Name} desk=${desk} member=${line.author} /> ${line.held && html`<span class="chip">${shownRemark("held")}</span>`} ${entries(line.entries)}
    ${line.chosen_by.length > 0 && html`<span class="chip accent">${t("chosen")}</span>`}
    <span class="soft small">${t("stand behind it:")} ${behind.map((id, at) => html`${at > 0 && ", "}<${Name} key=${id} desk=${desk} member=${id} />`)}</span>
    ${
      line.proposal &&
      html`<div class="proposal"><span class="soft small">${t("other words proposed by")} <${Name} desk=${desk} member=${line.proposal.member} /></span>
      <ins dir="auto">${line.proposal.held ? shownRemark("held") : entries(line.proposal.entries)}</ins></div>`
    }
  </li>`;
}

/** The text with the marks of both sides. @param {{ desk: Desk, work: RoomWorkView, goTo: Mark | null }} props */
function Marked({ desk, work, goTo }) {
  const [open, setOpen] = useState(false);
  const { boot, lesson } = desk;
  const text = lesson.value?.text;
  useEffect(() => {
    if (goTo) setOpen(true);
  }, [goTo]);
  if (!text || !lesson.value) return null;
  const { ours, theirs } = marksBySide(work, boot.people, boot.side);
  const name = (/** @type {string} */ side) => schoolNames(boot.sides[side], boot.language).join(", ");
  const languages = languagesShown(text, "both", lesson.value.source_language, [boot.language]);
  return html`<details class="fold work-text" open=${open || ours.length + theirs.length > 0}>
    <summary>${t("The text with both sides’ marks")}</summary>
    <div><${TextPane} text=${text} languages=${languages} mine=${ours} theirs=${theirs} ourName=${name(boot.side)} theirName=${name(across(boot.side))}
      band=${lesson.value.band} goTo=${goTo} theName=${boot.the_name ?? "written"} segment=${lesson.value.steps[work.step]?.segment ?? null} /></div>
  </details>`;
}

/** @param {{ desk: Desk, work: RoomWorkView }} props */
function History({ desk, work }) {
  const { boot, lesson, session } = desk;
  const zone = boot.sides[boot.side]?.zone ?? "UTC";
  const told = useComputed(() =>
    JSON.stringify(history(work, lesson.value, session.value.hosts, boot.language, desk.now.value)),
  );
  /** @type {ReturnType<typeof history>} */
  const lines = JSON.parse(told.value);
  return html`<details class="fold"><summary>${t("The way of this room")}</summary>
    <ol class="history" role="list">${lines.map(
      (one, at) =>
        html`<li key=${at}><time>${timeAt(one.at, zone, boot.language)}</time> <span>${one.words} <span class="num soft">${one.long}</span></span></li>`,
    )}</ol></details>`;
}
