// A room that nobody sits in: what a child would see at one step of a lesson, with sample partners and sample words.
import { stepAt, stepsOfRoom } from "./lesson.mjs";

/** @import {BoardView, Entry, Input, Lesson, LessonStep, LineView, MemberView, MineView, PresenceView, RoomView, SessionView, TurnView, Wording} from "../wire.mjs" */

/** @typedef {{id: string, side: string, names: Wording, language: string}} SamplePerson */
/** @typedef {{lesson: Lesson, people: SamplePerson[], words: Record<string, string[]>, me: string, now: number}} Sample */
/** @typedef {{step: number, turn: number, finished: string[], lines: LineView[]}} Moment */

const SESSION = "preview";
const ROOM = "preview-room";
const MOST_LISTED = 2;

/**
 * @param {Sample} sample
 * @param {Moment} moment
 * @returns {RoomView}
 */
export function previewRoom({ lesson, people, words, now }, moment) {
  const members = people.map(memberOf);
  const step = stepAt(lesson, moment.step, members.length);
  const given = lesson.steps
    .filter((one) => one.index < moment.step && one.kind === "solo" && isShown(lesson, one, moment.step))
    .flatMap((one) => people.flatMap((person) => answersOf(lesson, one, person, words, people.length)));
  const lines = lesson.steps
    .filter((one) => one.kind === "together" && one.index <= moment.step)
    .flatMap((one) => sampleLines(lesson, one, people, words, one.index < moment.step));
  const turns = step ? turnsOf(step, people) : [];
  return {
    room: ROOM,
    number: 1,
    version: 1,
    members,
    step: moment.step,
    state: "working",
    entered_at: now,
    // A preview is looked at in peace: nothing counts down.
    ends_at: null,
    seconds_left: null,
    finished: moment.finished,
    turn: turns[moment.turn] ?? null,
    given,
    confirmed: {},
    lines: [...lines, ...moment.lines],
    shared: [],
    help: null,
    visitors: {},
    notes: [],
    media: { microphones: null, cameras: {}, apart: [] },
  };
}

/**
 * @param {Sample} sample
 * @param {Moment} moment
 * @returns {MineView}
 */
export function previewMine({ lesson, people, words, me }, moment) {
  const person = people.find((one) => one.id === me);
  const answers = lesson.steps
    .filter((one) => one.index < moment.step && one.kind === "solo")
    .flatMap((one) => (person ? answersOf(lesson, one, person, words, people.length) : []))
    .map(({ step, input, work, entries, held, late }) => ({ step, input, work, entries, held, late }));
  return { member: me, version: 1, room: ROOM, waiting: null, answers, drafts: [], intention: "" };
}

/** @param {Sample} sample @returns {SessionView} */
export function previewSession({ lesson, now }) {
  return {
    session: SESSION,
    version: 1,
    status: "running",
    lesson: lesson.hash,
    floor: 0,
    limit: lesson.steps.length,
    paused: null,
    started_at: now,
    closed_at: null,
    hosts: [],
    notes: [],
  };
}

/** @param {Sample} sample @returns {PresenceView} */
export function previewPresence({ people }) {
  return { scope: ROOM, present: people.map((one) => one.id), peers: [], adults: [] };
}

/**
 * What other rooms have put on the board of a whole-class step.
 * @param {Sample} sample
 * @returns {Map<number, BoardView>}
 */
export function previewBoards({ lesson, people, words }) {
  const boards = lesson.steps.filter((step) => step.kind === "board");
  return new Map(
    boards.map((step) => {
      const source = lesson.steps.find((one) => step.uses.includes(one.id) && one.inputs.length > 0);
      const asked = source?.inputs[0];
      const entries = people.flatMap((person, n) => {
        const entry = asked ? sampleEntries(lesson, asked, person, words, n)[0] : null;
        if (!entry || !source || !asked) return [];
        const shared = { id: `${step.id}.${n}`, of: source.index, input: asked.id, wonders: 0 };
        return [{ room: n + 2, side: person.side, entry, ...shared }];
      });
      const kind = step.board ?? "list";
      const plain = { session: SESSION, step: step.index, version: 1, pinned: null, spectrum: [], aside: [] };
      return [step.index, { ...plain, kind, entries }];
    }),
  );
}

/**
 * Every turn of a step in order; the one who acts ends each.
 * @param {LessonStep} step
 * @param {SamplePerson[]} people
 * @returns {TurnView[]}
 */
export function turnsOf(step, people) {
  const after = (/** @type {number} */ at, /** @type {number} */ by) => people[(at + by) % people.length]?.id ?? null;
  const turn = (/** @type {number} */ at, /** @type {Partial<TurnView>} */ rest) => ({
    speaker: people[at]?.id ?? "",
    acts: people[at]?.id ?? "",
    phase: /** @type {const} */ ("speak"),
    loops: 0,
    key: `${step.index}-${at}`,
    language: null,
    listener: after(at, 1),
    keeper: people.length > 2 ? after(at, 2) : null,
    taken: [],
    ...rest,
  });
  if (step.kind === "read") {
    const languages = [...new Set(people.map((one) => one.language))];
    return languages.map((language) => {
      const at = people.findIndex((one) => one.language === language);
      return turn(at, { language, key: language });
    });
  }
  if (step.kind === "restate")
    return people.flatMap((_, at) => {
      const listener = after(at, 1) ?? "";
      const asker = (people.length > 2 ? after(at, 2) : listener) ?? "";
      return [
        turn(at, { phase: "speak" }),
        turn(at, { phase: "restate", acts: listener }),
        turn(at, { phase: "confirm" }),
        turn(at, { phase: "ask", acts: asker }),
      ];
    });
  if (step.kind !== "turns") return [];
  return Array.from({ length: step.rounds || 1 }, (_, round) =>
    people.map((_one, at) => turn(at, { key: `${round}-${at}` })),
  ).flat();
}

/**
 * The next step that a room of this size goes through; the last one stays.
 * @param {Lesson} lesson
 * @param {number} step
 * @param {number} size
 */
export function nextStep(lesson, step, size) {
  return stepsOfRoom(lesson, size).find((one) => one > step) ?? step;
}

/**
 * @param {SamplePerson} person
 * @returns {MemberView}
 */
function memberOf({ id, side, names, language }) {
  return { id, side, names, school: side, speaks: [language], reads: [language], media: "none" };
}

/**
 * Whether answers of an earlier step have been turned over by now: where they are needed, they were.
 * @param {Lesson} lesson
 * @param {LessonStep} step
 * @param {number} now
 */
function isShown(lesson, step, now) {
  if (step.visibility === "private" || step.visibility === "teacher") return false;
  return (
    step.visibility === "live" ||
    lesson.steps.some((one) => one.index <= now && one.kind !== "solo" && one.uses.includes(step.id))
  );
}

/**
 * @param {Lesson} lesson
 * @param {LessonStep} step
 * @param {SamplePerson} person
 * @param {Record<string, string[]>} words
 * @param {number} size
 */
function answersOf(lesson, step, person, words, size) {
  const fitted = stepAt(lesson, step.index, size) ?? step;
  return fitted.inputs.map((input) => ({
    step: step.index,
    input: input.id,
    member: person.id,
    work: `${step.index}/${input.id}/${person.id}`,
    entries: sampleEntries(lesson, input, person, words, step.index),
    unfinished: false,
    late: false,
    held: "",
  }));
}

/**
 * @param {Lesson} lesson
 * @param {LessonStep} step
 * @param {SamplePerson[]} people
 * @param {Record<string, string[]>} words
 * @param {boolean} over
 * @returns {LineView[]}
 */
function sampleLines(lesson, step, people, words, over) {
  const input = step.inputs[0];
  if (!input) return [];
  return people.slice(0, over ? 2 : 1).map((person, n) => ({
    id: `${step.index}-${person.id}`,
    step: step.index,
    author: person.id,
    work: `${step.index}-${person.id}`,
    entries: sampleEntries(lesson, { ...input, kind: "text" }, person, words, n),
    approved: over ? people.map((one) => one.id) : [person.id],
    chosen_by: over && step.choose_one && n === 0 ? [person.id] : [],
    proposal: null,
    held: "",
  }));
}

/**
 * @param {Lesson} lesson
 * @param {Input} input
 * @param {SamplePerson} person
 * @param {Record<string, string[]>} words
 * @param {number} seed makes answers differ from one another
 * @returns {Entry[]}
 */
function sampleEntries(lesson, input, person, words, seed) {
  const said = words[person.language] ?? words.en ?? [];
  const wording = (/** @type {number} */ n) => said[(seed + n) % Math.max(said.length, 1)] ?? "";
  const chosen = input.options[(seed + (person.side === "a" ? 0 : 1)) % Math.max(input.options.length, 1)]?.id ?? null;
  const marks = input.kind === "marks" || input.evidence === "wanted" ? sampleMarks(lesson, person, seed) : [];
  const one = (/** @type {number} */ n) => ({
    text:
      input.kind === "marks" || (input.kind === "choice" && !input.because) || input.kind === "rating"
        ? ""
        : wording(n),
    choice: input.kind === "choice" || input.kind === "rating" ? chosen : null,
    tag: input.tags[n % Math.max(input.tags.length, 1)]?.id ?? null,
    moment: null,
    marks,
    spoken: false,
  });
  const count = input.kind === "list" ? Math.min(Math.max(input.min, 1), MOST_LISTED) : 1;
  return Array.from({ length: count }, (_, n) => one(n));
}

/**
 * @param {Lesson} lesson
 * @param {SamplePerson} person
 * @param {number} seed
 */
function sampleMarks(lesson, person, seed) {
  const segments = lesson.text?.segments ?? [];
  const segment = segments[seed % Math.max(segments.length, 1)];
  const length = segment?.words[person.language]?.length ?? 0;
  if (!segment || length === 0) return [];
  const first = person.side === "a" ? 0 : Math.min(2, length - 1);
  return [{ segment: segment.id, language: person.language, first, last: Math.min(first + 1, length - 1) }];
}
