// Steps and gates of the lesson: where rooms are, and what the next press opens.
import { say, t, tn } from "../../i18n.mjs";
import { placeInPart } from "../lesson.mjs";
import { isolated } from "./people.mjs";

/** @import { Lesson, Row, Session } from "./types.mjs" */

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
  const gone = new Set(session.left_out);
  const isGate = lesson.steps[session.floor]?.scope === "class";
  if (lesson.pacing === "class" || isGate) {
    const next = lesson.steps.find((step) => step.index > session.floor && !gone.has(step.index));
    return session.floor < lesson.steps.length ? (next?.index ?? lesson.steps.length) : null;
  }
  const gate = lesson.steps.find(
    (step) =>
      step.index > session.floor &&
      !gone.has(step.index) &&
      (step.scope === "class" || beginsWithNewPartners(lesson, step.index)),
  );
  return gate ? gate.index : null;
}

/**
 * Whether a step is the first of a part that the plan begins with new partners: a teacher opens it, like a gate.
 * @param {Lesson} lesson
 * @param {number} index
 */
function beginsWithNewPartners(lesson, index) {
  return index > 0 && (lesson.parts?.some((part) => part.rotate && part.first === index) ?? false);
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
  if (beginsWithNewPartners(lesson, target)) return t("New partners: {title}", { title });
  if (lesson.steps[target]?.scope === "class") return t("Bring together: {title}", { title });
  if (lesson.steps[session.floor]?.scope === "class") return t("Back to the rooms: {title}", { title });
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
  const indices = (lesson?.steps ?? [])
    .map((step) => step.index)
    .filter((index) => index > session.floor && !session.left_out?.includes(index));
  const furthest = Math.max(session.floor + 1, ...rows.filter((row) => row.members.length).map((row) => row.step));
  return { indices, proposed: indices.includes(furthest) ? furthest : (indices[0] ?? -1) };
}

/**
 * Return where a room is as its children read it: the protocol, and which of its steps; null at the end.
 * @param {Lesson | null} lesson
 * @param {Row} row
 * @param {string} language
 */
export function placeOf(lesson, row, language) {
  const step = lesson?.steps[row.step];
  if (!lesson || !step) return null;
  return { protocol: say(step.protocol_title, language), ...placeInPart(lesson, row.step, row.members.length) };
}

/**
 * Return the same in words: "Noticing and Wondering · step 5 of 9", "" at the end.
 * @param {Lesson | null} lesson
 * @param {Row} row
 * @param {string} language
 */
export function placeWords(lesson, row, language) {
  const place = placeOf(lesson, row, language);
  if (!place) return "";
  return `${isolated(place.protocol)} · ${t("step {n} of {of}", { n: place.number, of: place.of })}`;
}

/**
 * Return where the rooms are: "Noticing and Wondering · steps 2–5 of 9", or from which protocol to which.
 * @param {Lesson | null} lesson
 * @param {readonly Row[]} rows
 * @param {string} language
 */
export function placeRange(lesson, rows, language) {
  const here = rows.filter((row) => row.members.length && lesson?.steps[row.step]).sort((a, b) => a.step - b.step);
  const [first, last] = [here[0], here.at(-1)];
  if (!lesson || !first || !last) return "";
  const [from, to] = [placeOf(lesson, first, language), placeOf(lesson, last, language)];
  if (!from || !to) return "";
  if (lesson.steps[first.step]?.part !== lesson.steps[last.step]?.part)
    return t("from “{first}” to “{last}”", { first: isolated(from.protocol), last: isolated(to.protocol) });
  if (first.step === last.step) return placeWords(lesson, first, language);
  const range = `\u2066${from.number}–${to.number}\u2069`;
  return `${isolated(from.protocol)} · ${t("steps {range} of {all}", { range, all: Math.max(from.of, to.of) })}`;
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
