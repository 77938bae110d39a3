// What hangs on the classroom's wall: the class's step in both languages, the board, the round, the time. No name, no control.
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.mjs";
import { direction, fill, say, t, tn } from "../i18n.mjs";
import { pagesOf } from "../views/boards.mjs";
import { schoolNames } from "../views/schools.mjs";
import { clock, secondsLeft, urgency } from "../views/time.mjs";
import { BoardShown } from "./boards.mjs";
import { Listed, SchoolMark } from "./person.mjs";
import { Invited } from "./rounds.mjs";
import { useSeconds } from "./timer.mjs";

/** @import {ReadonlySignal} from "@preact/signals" */
/** @import {BoardView, Lesson, LessonStep, ProjectorView, SideBoot, Wording} from "../wire.mjs" */

const TURNS_AFTER = 15_000;

/** @typedef {{session: string, title: Wording, side: string, sides: Record<string, SideBoot>, language: string, socket: string}} WallBoot */
/**
 * @typedef {object} Wall
 * @property {WallBoot} boot
 * @property {ReadonlySignal<ProjectorView | null>} view
 * @property {ReadonlySignal<ReadonlyMap<number, BoardView>>} boards
 * @property {ReadonlySignal<Lesson | null>} lesson
 * @property {ReadonlySignal<boolean>} trouble
 * @property {ReadonlySignal<string | null>} stoppedBy
 * @property {() => number} now
 */

/** @param {{wall: Wall}} props */
export function Projector({ wall }) {
  const view = wall.view.value;
  const lesson = wall.lesson.value;
  if (wall.stoppedBy.value)
    return html`<${Calm} title=${[t("This page has stopped")]} words=${t("Open it again from the lesson's board.")} />`;
  if (!view || (!lesson && view.status === "running"))
    return html`<${Calm} title=${both(wall, wall.boot.title)} words=${t("Opening the lesson…")} />`;
  if (view.calm)
    return html`<${Calm} title=${[t("Stop for now")]} words=${t("Please look up and listen to your teacher.")} />`;
  if (view.status === "lobby")
    return html`<${Calm} title=${both(wall, wall.boot.title)} words=${html`<${Schools} wall=${wall} />`} />`;
  if (view.status === "closed")
    return html`<${Calm} title=${[t("Thank you for learning together")]} words=${html`<${Schools} wall=${wall} />`} />`;
  const step = lesson?.steps[view.step];
  return html`${view.paused && html`<p class="wall-notice" role="status">${t("Paused: a moment of rest.")}</p>`}
    ${wall.trouble.value && html`<p class="wall-notice" role="status">${t("Connection lost. We are trying again.")}</p>`}
    ${view.together && step && lesson ? html`<${Together} wall=${wall} view=${view} lesson=${lesson} step=${step} />` : html`<${Apart} wall=${wall} view=${view} lesson=${lesson} />`}`;
}

/**
 * @param {Wall} wall
 * @param {Wording | null | undefined} wording
 * @returns {unknown[]} the wording in each school's language, this school's first, each once
 */
function both(wall, wording) {
  const { boot } = wall;
  const theirs = Object.entries(boot.sides).filter(([side]) => side !== boot.side);
  const own = boot.sides[boot.side]?.language ?? boot.language;
  const languages = [own, ...theirs.map(([, side]) => side.language)];
  const words = languages.map((language) => ({ language, said: say(wording, language) }));
  return words
    .filter((one, at) => one.said && words.findIndex((other) => other.said === one.said) === at)
    .map(
      (one) => html`<span key=${one.language} lang=${one.language} dir=${direction(one.language)}>${one.said}</span>`,
    );
}

/** @param {{title: unknown[], words: unknown}} props */
function Calm({ title, words }) {
  return html`<div class="wall-calm" role="status"><img src="/static/img/logo.svg" alt="" /><h1 class="wall-title">${title}</h1><p>${words}</p></div>`;
}

/** @param {{wall: Wall}} props */
function Schools({ wall }) {
  const { boot } = wall;
  const sides = Object.entries(boot.sides).sort(([a], [b]) => Number(b === boot.side) - Number(a === boot.side));
  return html`<span class="wall-schools">${sides.map(([side, one]) => html`<span key=${side} class="nowrap"><${SchoolMark} whose=${side === boot.side ? "ours" : "theirs"} /> <${Listed} names=${schoolNames(one)} /></span>`)}</span>`;
}

/** Between whole-class steps. @param {{wall: Wall, view: ProjectorView, lesson: Lesson | null}} props */
function Apart({ wall, view, lesson }) {
  const step = lesson?.steps[view.step];
  const next = view.next === null ? null : lesson?.steps[view.next];
  return html`<div class="wall-calm">
    <p class="wall-kicker"><bdi>${say(step?.protocol_title ?? wall.boot.title)}</bdi></p>
    <h1 class="wall-title">${both(wall, step?.title ?? wall.boot.title)}</h1>
    <p>${t("The rooms are learning.")}</p>
    ${next && html`<p class="soft">${fill(t("Next, all together: {title}"), { title: html`<bdi>${say(next.title)}</bdi>` })}</p>`}
    <p><${Schools} wall=${wall} /></p>
  </div>`;
}

/** @param {{wall: Wall, view: ProjectorView, lesson: Lesson, step: LessonStep}} props */
function Together({ wall, view, lesson, step }) {
  const board = step.kind === "board" ? (wall.boards.value.get(step.index) ?? null) : null;
  const { shown, page, pages } = useTurning(board);
  return html`<div class=${`wall-step of-${step.kind}`}>
    <header class="wall-head"><h1 class="wall-title">${both(wall, step.title)}</h1><${TimeLeft} wall=${wall} view=${view} of=${step.seconds} /></header>
    <p class="wall-prompt">${say(step.prompt)}</p>
    ${view.round && html`<${RoundOnWall} wall=${wall} round=${view.round} />`}
    ${shown && html`<${BoardShown} board=${shown} lesson=${lesson} text=${lesson.text} language=${wall.boot.language} side=${wall.boot.side} />`}
    ${pages > 1 && html`<p class="wall-page soft num">${t("page {n} of {of}", { n: page + 1, of: pages })}</p>`}
  </div>`;
}

/**
 * Nobody turns the pages of a wall: it does so by itself, and stands still where one card is looked at.
 * @param {BoardView | null} board
 */
function useTurning(board) {
  const [at, setAt] = useState(0);
  const { length } = pagesOf(board);
  useEffect(() => {
    if (length < 2) return undefined;
    const timer = setInterval(() => setAt((now) => now + 1), TURNS_AFTER);
    return () => clearInterval(timer);
  }, [length]);
  const pages = pagesOf(board);
  const page = pages.length > 0 ? at % pages.length : 0;
  return { shown: board && { ...board, entries: pages[page] ?? [] }, page, pages: pages.length };
}

/** @param {{wall: Wall, view: ProjectorView, of: number}} props */
function TimeLeft({ wall, view, of }) {
  const left = secondsLeft({ ends_at: view.ends_at, seconds_left: null }, useSeconds(wall.now));
  if (left === null || of <= 0) return null;
  const soon = left > 0 && left <= 60 && of >= 120;
  return html`<p class="wall-time"><span class=${`timer ${urgency(left, false, of)}`} role="timer" aria-label=${t("time left in this step")}>${clock(left)}</span>
    ${soon && html`<strong role="status">${t("One minute left")}</strong>`}</p>`;
}

/** @param {{wall: Wall, round: NonNullable<ProjectorView["round"]>}} props */
function RoundOnWall({ wall, round }) {
  const who = (/** @type {import("../wire.mjs").TurnOnWall} */ turn) =>
    html`<span class="wall-turn"><${SchoolMark} whose=${turn.side === wall.boot.side ? "ours" : "theirs"} /> <${Listed} names=${schoolNames(wall.boot.sides[turn.side])} />${turn.room !== null && html` · ${t("Room {n}", { n: turn.room })}`}</span>`;
  return html`<section class="wall-round" role="status">
    ${
      round.now
        ? html`<p class="wall-now">${t("Speaking now:")} ${who(round.now)} <${Invited} key=${round.turn} round=${round} now=${wall.now} /></p>`
        : html`<p class="wall-now">${round.over ? t("Everybody has had their turn.") : round.turn === 0 ? t("The round begins in a moment.") : t("One moment…")}</p>`
    }
    ${round.next && html`<p>${t("Next:")} ${who(round.next)}</p>`}
    ${round.left > 0 && html`<p class="soft">${tn("{n} is still to come", "{n} are still to come", round.left)}</p>`}
  </section>`;
}
