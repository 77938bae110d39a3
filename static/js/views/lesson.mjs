// What a lesson says at a step: fitted to the room's size, with the words that it uses.

/** @import {Entry, GivenView, Lesson, LessonStep, LineView, MineView, RoomView, Wording} from "../wire.mjs" */

/**
 * Return the step as a room of this size gets it (a size that would skip it gets the pair's form: the class is there).
 * @param {Lesson} lesson
 * @param {number} index
 * @param {number} size
 * @returns {LessonStep | null}
 */
export function stepAt(lesson, index, size) {
  const step = lesson.steps[index];
  if (!step) return null;
  const fitted = step.for_group?.[String(Math.min(Math.max(size, 1), 4))];
  return fitted ? { ...step, ...fitted } : step;
}

/**
 * Return which steps this room goes through, as indices.
 * @param {Lesson} lesson
 * @param {number} size
 */
export function stepsOfRoom(lesson, size) {
  return lesson.steps.filter((step) => step.for_group?.[String(size)] !== null).map((step) => step.index);
}

/**
 * Return "n of m" within the protocol at hand: a child counts the steps of what is on the page, not of the whole hour.
 * @param {Lesson} lesson
 * @param {number} index
 * @param {number} size
 * @param {readonly number[]} [leftOut] steps that are passed over, so that the lesson ends with the bell
 */
export function placeInPart(lesson, index, size, leftOut = []) {
  const step = lesson.steps[Math.min(index, lesson.steps.length - 1)];
  const within = stepsOfRoom(lesson, size).filter(
    (one) => lesson.steps[one]?.part === step?.part && !leftOut.includes(one),
  );
  const before = within.filter((one) => one < index).length;
  return { number: Math.min(before + 1, within.length), of: within.length };
}

/**
 * Return whether the room is at half-time by the lesson's minutes: past the middle, and not yet where the lesson itself
 * comes back to the intention.
 * @param {Lesson} lesson
 * @param {number} index
 */
export function atHalfTime(lesson, index) {
  const all = lesson.steps.reduce((sum, step) => sum + step.seconds, 0);
  const before = lesson.steps.slice(0, index).reduce((sum, step) => sum + step.seconds, 0);
  const set = new Set(intentionSteps(lesson).map((step) => step.id));
  const part = lesson.steps[index]?.part;
  const comesBack = lesson.steps.some((step) => step.part === part && step.uses.some((id) => set.has(id)));
  return index > 0 && before >= all / 2 && !comesBack;
}

/** @param {Lesson} lesson */
function intentionSteps(lesson) {
  return lesson.steps.filter((step) => step.output === "intention");
}

/**
 * @param {Lesson} lesson
 * @param {LessonStep} step
 * @returns {boolean} whether the step shows the intention itself
 */
export function showsIntention(lesson, step) {
  return intentionSteps(lesson).some((one) => step.uses.includes(one.id));
}

/** @typedef {{practice: Wording | null, words: string}} Intention */

/**
 * Return what I set out to practise: the card that I chose, and what I wrote to it.
 * @param {Lesson | null} lesson
 * @param {MineView | null} mine
 * @returns {Intention | null}
 */
export function intentionOf(lesson, mine) {
  for (const step of lesson ? intentionSteps(lesson).reverse() : []) {
    const answer = mine?.answers.find((one) => one.step === step.index && one.input === "intention");
    const entry = answer?.entries[0];
    const options = step.inputs.find((input) => input.id === "intention")?.options ?? [];
    const practice = options.find((option) => option.id === entry?.choice)?.label ?? null;
    if (entry && (practice || entry.text)) return { practice, words: entry.text };
  }
  return mine?.intention ? { practice: null, words: mine.intention } : null;
}

/** Steps that a child remembers as something they did: answers to "when?". */
const MOMENTS = new Set(["read", "turns", "talk", "restate", "together", "reveal", "solo"]);

/**
 * Return the steps already done from which a moment can be picked, newest protocol last.
 * @param {Lesson} lesson
 * @param {number} index the step at hand
 * @param {number} size
 * @returns {LessonStep[]}
 */
export function moments(lesson, index, size) {
  const here = lesson.steps[index];
  return stepsOfRoom(lesson, size)
    .filter((one) => one < index)
    .map((one) => /** @type {LessonStep} */ (stepAt(lesson, one, size)))
    .filter((step) => MOMENTS.has(step.kind) && step.part !== here?.part);
}

/**
 * Return prompts for a room that is early: of this step, else of the last steps before it in the same protocol.
 * @param {Lesson} lesson
 * @param {number} index
 * @param {number} size
 */
export function deeperPrompts(lesson, index, size) {
  for (let at = index; at >= 0 && at > index - 6; at -= 1) {
    const step = stepAt(lesson, at, size);
    if (step?.deeper?.length) return step.deeper;
  }
  return [];
}

/** @typedef {{member: string, step: number, input: string, work: string, entries: Entry[], unfinished: boolean, late: boolean, held: string}} Used */

/**
 * Return the words that a step keeps in view: what the room was shown, and mine where only I see them.
 * @param {Lesson} lesson
 * @param {LessonStep} step
 * @param {RoomView} room
 * @param {MineView | null} mine
 * @returns {Used[]}
 */
export function wordsInView(lesson, step, room, mine) {
  const used = new Set(lesson.steps.filter((one) => step.uses.includes(one.id)).map((one) => one.index));
  const given = room.given.filter((one) => used.has(one.step)).map((one) => mineInstead(one, mine));
  const own = (mine?.answers ?? [])
    .filter((answer) => used.has(answer.step))
    .filter((answer) => !given.some((one) => one.work === answer.work))
    .filter((answer) => !given.some((one) => one.member === mine?.member && sameInput(one, answer)))
    .map((answer) => ({ ...answer, member: mine?.member ?? "", unfinished: false }));
  const order = room.members.map((member) => member.id);
  return [...given, ...own].sort((a, b) => order.indexOf(a.member) - order.indexOf(b.member) || a.step - b.step);
}

/**
 * @param {{step: number, input: string}} a
 * @param {{step: number, input: string}} b
 */
function sameInput(a, b) {
  return a.step === b.step && a.input === b.input;
}

/**
 * Words that are held back from the room are still mine to see.
 * @param {GivenView} given
 * @param {MineView | null} mine
 * @returns {Used}
 */
function mineInstead(given, mine) {
  const own = given.held && given.member === mine?.member ? mine.answers.find((one) => one.work === given.work) : null;
  return own ? { ...given, entries: own.entries } : given;
}

/**
 * Return the lines written together that a step shows besides its own.
 * @param {Lesson} lesson
 * @param {LessonStep} step
 * @param {RoomView} room
 * @returns {LineView[]}
 */
export function linesInView(lesson, step, room) {
  const used = new Set(lesson.steps.filter((one) => step.uses.includes(one.id)).map((one) => one.index));
  return room.lines.filter((line) => used.has(line.step));
}

/** @typedef {{work: string, entry: number, content: Entry, step: number, input: string, shared: boolean}} Shareable */

/**
 * Return what I may put on the board of a step: entries of mine, and lines of our room.
 * @param {Lesson} lesson
 * @param {LessonStep} step
 * @param {RoomView} room
 * @param {MineView | null} mine
 * @returns {Shareable[]}
 */
export function shareable(lesson, step, room, mine) {
  const used = new Set(lesson.steps.filter((one) => step.uses.includes(one.id)).map((one) => one.index));
  const works = [
    ...(mine?.answers ?? []).filter((one) => used.has(one.step) && !one.held),
    ...room.lines.filter((one) => used.has(one.step) && !one.held).map((line) => ({ ...line, input: "" })),
  ];
  return works.flatMap((one) =>
    one.entries.map((content, entry) => ({
      work: one.work,
      entry,
      content,
      step: one.step,
      input: one.input,
      shared: room.shared.some((shared) => shared.work === one.work && shared.entry === entry),
    })),
  );
}

/**
 * Return whose idea a member writes down in a step that the partner confirms: the next in seat order.
 * @param {string} member
 * @param {string[]} seated
 */
export function partnerOf(member, seated) {
  const at = seated.indexOf(member);
  if (at < 0 || seated.length < 2) return null;
  return seated[(at + 1) % seated.length] ?? null;
}
