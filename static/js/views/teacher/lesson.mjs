// Steps and gates of the lesson: where rooms are, and what the next press opens.
import { say, t, tn } from "../../i18n.mjs";
import { isolated } from "./people.mjs";

/** @import { Lesson, Row, Session } from "./types.mjs" */

const MOST_TICKS = 8;

/**
 * Return the title of a step, or a word for the end.
 * @param {Lesson | null} lesson
 * @param {number} index
 * @param {string} language
 */
export function stepTitle(lesson, index, language) {
  if (!lesson || index < 0) return "";
  const step = lesson.steps[index];
  return step ? say(step.title, language) : t("the end of the lesson");
}

/**
 * Return the floor to which the class moves next, as the server would, or null when none is left.
 * @param {Lesson | null} lesson
 * @param {Session} session
 */
export function nextFloor(lesson, session) {
  if (!lesson) return null;
  const isGate = lesson.steps[session.floor]?.scope === "class";
  if (lesson.pacing === "class" || isGate) {
    return session.floor < lesson.steps.length ? session.floor + 1 : null;
  }
  const gate = lesson.steps.find((step) => step.scope === "class" && step.index > session.floor);
  return gate ? gate.index : null;
}

/**
 * Return what the button for everyone says, or null when there is nothing left to open.
 * @param {Lesson | null} lesson
 * @param {Session} session
 * @param {string} language
 */
export function gateLabel(lesson, session, language) {
  const target = nextFloor(lesson, session);
  if (!lesson || target === null) return null;
  if (target >= lesson.steps.length) return t("Everyone to the end");
  const title = isolated(stepTitle(lesson, target, language));
  if (lesson.steps[target]?.scope === "class") return t("Bring together: {title}", { title });
  return t("Next step: {title}", { title });
}

/**
 * Return how many rooms are not yet where the next press takes everyone, in words; "" when all are.
 * @param {Lesson | null} lesson
 * @param {Session} session
 * @param {readonly Row[]} rows
 */
export function behindTheGate(lesson, session, rows) {
  const target = nextFloor(lesson, session);
  if (target === null || !rows.length) return "";
  const arrived =
    lesson?.pacing === "class" || lesson?.steps[session.floor]?.scope === "class"
      ? (/** @type {Row} */ row) =>
          row.state === "done" || (row.members.length > 0 && row.finished.length >= row.members.length)
      : (/** @type {Row} */ row) => row.step >= target;
  const behind = rows.filter((row) => row.members.length > 0 && !arrived(row)).length;
  return behind ? tn("one room is not ready yet", "{n} rooms are not ready yet", behind) : "";
}

/**
 * Return the steps to which everyone could be brought now, the nearest that leaves no room behind marked as the proposal.
 * @param {Lesson | null} lesson
 * @param {Session} session
 * @param {readonly Row[]} rows
 * @returns {{ indices: number[], proposed: number }}
 */
export function stepsAhead(lesson, session, rows) {
  const indices = (lesson?.steps ?? []).map((step) => step.index).filter((index) => index > session.floor);
  const furthest = Math.max(session.floor + 1, ...rows.filter((row) => row.members.length).map((row) => row.step));
  return { indices, proposed: indices.includes(furthest) ? furthest : (indices[0] ?? -1) };
}

/**
 * Return where the rooms are: "step 3 of 8" or "steps 2–5 of 8".
 * @param {readonly Row[]} rows
 * @param {number} steps how many the lesson has
 */
export function stepRange(rows, steps) {
  const at = rows.filter((row) => row.members.length).map((row) => Math.min(row.step, steps - 1) + 1);
  if (!at.length || !steps) return "";
  const [first, last] = [Math.min(...at), Math.max(...at)];
  if (first === last) return t("step {n} of {all}", { n: first, all: steps });
  return t("steps {range} of {all}", { range: `\u2066${first}–${last}\u2069`, all: steps });
}

/**
 * Return what the header counts down to: the step that all working rooms share, else the bell.
 * @param {readonly Row[]} rows
 * @param {number | null} bell milliseconds since the epoch
 * @returns {{ end: number | null, of: "step" | "bell" }}
 */
export function countdownTo(rows, bell) {
  const working = rows.filter((row) => row.members.length && row.state === "working");
  const first = working[0];
  if (first && working.every((row) => row.step === first.step)) {
    const ends = working.map((row) => row.ends_at).filter((end) => end !== null);
    if (ends.length) return { end: Math.max(...ends), of: "step" };
  }
  return { end: bell, of: "bell" };
}

/**
 * Return the progress of a row as ticks, at most eight of them, so that a long lesson fits its column.
 * @param {number} step
 * @param {number} steps
 * @returns {("done" | "now" | "")[]}
 */
export function ticks(step, steps) {
  const count = Math.min(steps, MOST_TICKS);
  const now = steps > MOST_TICKS ? Math.floor((Math.min(step, steps) * MOST_TICKS) / steps) : step;
  return Array.from({ length: count }, (_, at) => (at < now ? "done" : at === now ? "now" : ""));
}
