// What a learner is shown, decided from plain values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { direction, fill, say, t, tn, useMessages } from "../i18n.mjs";
import { cardGlyph } from "../views/cards.mjs";
import { blank, changed, chosen, missing, tapped, toggled } from "../views/entries.mjs";
import {
  atHalfTime,
  deeperPrompts,
  intentionOf,
  moments,
  partnerOf,
  placeInPart,
  shareable,
  showsIntention,
  stepAt,
  wordsInView,
} from "../views/lesson.mjs";
import { changes } from "../views/notices.mjs";
import { phaseOf } from "../views/phase.mjs";
import { languagesShown, marked, markedElsewhere, quoted, verse, withTheName } from "../views/text.mjs";
import { clock, secondsLeft, urgency } from "../views/time.mjs";
import { banner, turnButtons } from "../views/turns.mjs";

/** @param {string} words */
const w = (words) => ({ en: words });

/** @param {number} index @param {Record<string, unknown>} fields */
const step = (index, fields = {}) =>
  /** @type {any} */ ({
    id: `0.s${index}`,
    index,
    part: 0,
    kind: "talk",
    scope: "group",
    title: w(`step ${index}`),
    prompt: w("do"),
    seconds: 60,
    for_group: {},
    uses: [],
    inputs: [],
    roles: {},
    stems: [],
    deeper: [],
    text_shown: "both",
    visibility: "after_reveal",
    completion: "all",
    output: null,
    ...fields,
  });

const lesson = /** @type {any} */ ({
  steps: [
    step(0, {
      kind: "solo",
      inputs: [{ id: "notice", kind: "list", options: [], tags: [] }],
      deeper: [w("look again")],
    }),
    step(1, { kind: "reveal", uses: ["0.s0"] }),
    step(2, { for_group: { 1: null, 3: { prompt: w("all three") } } }),
    step(3, { part: 1, kind: "board", scope: "class", uses: ["0.s0"] }),
  ],
});

const member = (/** @type {string} */ id, side = "a") =>
  /** @type {any} */ ({ id, side, names: { en: id, he: `${id}-he` }, reads: ["en"] });
const room = (/** @type {Record<string, unknown>} */ fields = {}) =>
  /** @type {any} */ ({
    room: "r1",
    version: 1,
    members: [member("noa"), member("max", "b")],
    step: 0,
    given: [],
    lines: [],
    shared: [],
    visitors: {},
    finished: [],
    turn: null,
    ...fields,
  });
const given = (/** @type {Record<string, unknown>} */ fields) => ({
  step: 0,
  input: "notice",
  work: "w1",
  member: "max",
  entries: [{ ...blank(), text: "hi" }],
  unfinished: false,
  late: false,
  held: "",
  ...fields,
});

test("a step fits the size of the room, and one that a size would skip keeps the pair's form", () => {
  assert.equal(stepAt(lesson, 2, 3)?.prompt.en, "all three");
  assert.equal(stepAt(lesson, 2, 1)?.prompt.en, "do");
  assert.deepEqual(placeInPart(lesson, 1, 2), { number: 2, of: 3 });
  assert.deepEqual(placeInPart(lesson, 1, 1), { number: 2, of: 2 });
});

test("an early room gets deeper prompts of a step not long ago", () => {
  assert.deepEqual(deeperPrompts(lesson, 2, 2), [{ en: "look again" }]);
});

test("the middle is counted in minutes", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => atHalfTime(lesson, index)),
    [false, false, true, true],
  );
});

test("half-time is not announced where the lesson itself comes back to the intention", () => {
  const steps = [step(0, { output: "intention" }), step(1), step(2), step(3, { part: 1, uses: ["0.s0"] })];
  const short = /** @type {any} */ ({ ...lesson, steps });
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => atHalfTime(short, index)),
    [false, false, true, false],
  );
  assert.ok(showsIntention(short, steps[3]));
});

test("an intention is the chosen card and the words beside it, or whatever the server has of it", () => {
  const cards = [{ id: "asking", label: { en: "Asking", he: "לשאול" } }];
  const steps = [step(0, { output: "intention", inputs: [{ id: "intention", options: cards }] })];
  const short = /** @type {any} */ ({ ...lesson, steps });
  const mine = (/** @type {unknown[]} */ entries, intention = "") =>
    /** @type {any} */ ({ intention, answers: entries.length > 0 ? [{ step: 0, input: "intention", entries }] : [] });
  assert.deepEqual(intentionOf(short, mine([{ ...blank(), choice: "asking", text: "wait" }])), {
    practice: cards[0]?.label,
    words: "wait",
  });
  assert.deepEqual(intentionOf(short, mine([], "from before")), { practice: null, words: "from before" });
  assert.equal(intentionOf(short, mine([])), null);
});

test("a card shows a picture that there is, and nothing for a name that nobody drew", () => {
  assert.match(cardGlyph("ear"), /\bear\b/);
  assert.deepEqual([cardGlyph("👂"), cardGlyph(null)], ["", ""]);
});

test("moments to remember are of earlier protocols", () => {
  assert.deepEqual(
    moments(lesson, 3, 1).map((one) => one.index),
    [0, 1],
  );
});

test("a reveal shows what the room was given, and my own words where they are held back from others", () => {
  const mine = /** @type {any} */ ({
    member: "noa",
    answers: [{ step: 0, input: "notice", work: "w2", entries: [{ ...blank(), text: "0541234567" }], held: "contact" }],
  });
  const seen = wordsInView(
    lesson,
    lesson.steps[1],
    room({ given: [given({}), given({ member: "noa", work: "w2", entries: [], held: "contact" })] }),
    mine,
  );
  assert.deepEqual(
    seen.map((one) => [one.member, one.entries[0]?.text]),
    [
      ["noa", "0541234567"],
      ["max", "hi"],
    ],
  );
});

test("only my words that are not held back can be shared with the classes", () => {
  const mine = /** @type {any} */ ({
    answers: [
      { step: 0, input: "notice", work: "w1", entries: [blank(), blank()], held: "" },
      { step: 0, input: "notice", work: "w2", entries: [blank()], held: "contact" },
    ],
  });
  const found = shareable(lesson, lesson.steps[3], room({ shared: [{ work: "w1", entry: 1, member: "noa" }] }), mine);
  assert.deepEqual(
    found.map((one) => [one.work, one.entry, one.shared]),
    [
      ["w1", 0, false],
      ["w1", 1, true],
    ],
  );
});

test("in a trio everybody writes somebody's idea and nobody is left out", () => {
  const seats = ["noa", "max", "gil"];
  assert.deepEqual(
    seats.map((one) => partnerOf(one, seats)),
    ["max", "gil", "noa"],
  );
  assert.equal(partnerOf("noa", ["noa"]), null);
});

const turn = (/** @type {Record<string, unknown>} */ fields) => ({
  speaker: "noa",
  acts: "noa",
  phase: "speak",
  loops: 0,
  key: "1",
  language: null,
  listener: "max",
  keeper: null,
  taken: [],
  ...fields,
});

test("each phase of restating says to each person what they do now", () => {
  const restate = step(0, { kind: "restate" });
  const texts = (/** @type {Record<string, unknown>} */ fields) =>
    ["noa", "max"].map((me) => banner(restate, room({ turn: turn(fields) }), me)?.tone);
  assert.deepEqual(texts({}), ["mine", "listen"]);
  assert.deepEqual(texts({ phase: "restate", acts: "max" }), ["listen", "mine"]);
  assert.deepEqual(texts({ phase: "confirm" }), ["mine", "listen"]);
  assert.deepEqual(
    turnButtons(restate, room({ turn: turn({ phase: "confirm" }) }), "noa").map((one) => one.fields.right),
    [true, false],
  );
  assert.deepEqual(turnButtons(restate, room({ turn: turn({ phase: "confirm" }) }), "max"), []);
});

test("every turn of speaking can be passed", () => {
  const buttons = turnButtons(step(0, { kind: "turns" }), room({ turn: turn({}) }), "noa");
  assert.deepEqual(
    buttons.map((one) => one.fields),
    [{}, { passed: true }],
  );
});

test("words that stand side by side become one span, and a tap in the middle divides it", () => {
  const mark = (/** @type {any[]} */ marks, /** @type {number} */ word) => toggled(marks, "1:14", "he", word);
  const three = mark(mark(mark([], 4), 6), 5);
  assert.deepEqual(
    three.map((one) => [one.first, one.last]),
    [[4, 6]],
  );
  assert.deepEqual(
    mark(three, 5).map((one) => [one.first, one.last]),
    [
      [4, 4],
      [6, 6],
    ],
  );
});

test("marks are one entry a span, and no more than are asked for", () => {
  const input = /** @type {any} */ ({ max: 1 });
  const one = tapped(input, [], "1:14", "he", 2);
  assert.equal(one?.length, 1);
  assert.equal(tapped(input, one ?? [], "1:14", "he", 9), null);
});

test("a choice of many is one entry an option; said aloud asks for nothing more", () => {
  const many = /** @type {any} */ ({ many: true, max: 2, min: 2 });
  const two = chosen(many, chosen(many, [], "a"), "b");
  assert.deepEqual(
    two.map((entry) => entry.choice),
    ["a", "b"],
  );
  assert.deepEqual(
    chosen(many, two, "c").map((entry) => entry.choice),
    ["a", "b"],
  );
  assert.deepEqual(
    chosen(many, two, "a").map((entry) => entry.choice),
    ["b"],
  );
  assert.equal(missing(many, [{ ...blank(), text: "x" }]), 1);
  assert.equal(missing(many, [{ ...blank(), spoken: true }]), 0);
  assert.equal(changed([], 1, { text: "x" }).length, 2);
});

const text = /** @type {any} */ ({
  segments: [
    {
      id: "1:14",
      number: { he: "י״ד", en: "14" },
      words: {
        he: [
          { w: "וְרוּת", j: " " },
          { w: "דָּבְקָה", j: "־" },
          { w: "בָּהּ", j: "" },
        ],
        en: [{ w: "Ruth", j: " " }],
      },
      plain: {},
      glosses: [],
    },
  ],
});

test("a mark quotes its words with what joins them, and verses are numbered as the reader writes", () => {
  assert.equal(quoted(text, { segment: "1:14", language: "he", first: 1, last: 2 }), "דָּבְקָה־בָּהּ");
  assert.equal(verse(text, "1:14", "he"), "י״ד");
});

test("marks in the other language are known on the same segment", () => {
  const mine = [{ segment: "1:14", language: "he", first: 0, last: 1 }];
  const theirs = [
    { segment: "1:14", language: "he", first: 1, last: 1 },
    { segment: "1:14", language: "en", first: 0, last: 0 },
  ];
  assert.deepEqual(
    [...marked("1:14", "he", mine, theirs)],
    [
      [0, "mine"],
      [1, "both"],
    ],
  );
  assert.deepEqual(markedElsewhere("1:14", "he", [...mine, ...theirs]), ["en"]);
});

test("a step that hides the other version shows one language", () => {
  assert.deepEqual(languagesShown(text, "both", "he", ["en"]), ["en", "he"]);
  assert.deepEqual(languagesShown(text, "source", "he", ["en"]), ["he"]);
  assert.deepEqual(languagesShown(text, "none", "he", ["en"]), []);
});

test("the Name is shown as the school chose", () => {
  assert.equal(withTheName("יְהוָה", "heh"), "ה׳");
  assert.equal(withTheName("יְהוָה", "written"), "יְהוָה");
});

test("time left counts to the deadline, or stands still in a pause", () => {
  assert.equal(secondsLeft({ ends_at: 61_000, seconds_left: null }, 500), 61);
  assert.equal(secondsLeft({ ends_at: null, seconds_left: 42 }, 500), 42);
  assert.deepEqual(
    [clock(160), clock(-3), urgency(61, false), urgency(60, false), urgency(0, false), urgency(5, true)],
    ["2:40", "0:00", "", "soon", "over", "paused"],
  );
  assert.deepEqual([urgency(59, false, 60), urgency(20, false, 60)], ["", "soon"]);
});

const moment = (/** @type {any} */ at, unfinished = false) => ({
  room: at,
  session: /** @type {any} */ ({ hosts: [{ id: "t1", names: w("Ms Levi"), school: w("Haifa") }] }),
  lesson: null,
  unfinished,
});

test("a learner is told of a move, a new partner, a teacher, and words that time ended", () => {
  const ids = (/** @type {any} */ before, /** @type {any} */ after) =>
    changes(before, after, "noa").map((one) => one.id.split("-")[0]);
  assert.deepEqual(ids(moment(room()), moment(room({ room: "r2" }))), ["moved"]);
  assert.deepEqual(ids(moment(room()), moment(room({ members: [member("noa"), member("gil")] }))), ["joined", "gone"]);
  assert.deepEqual(ids(moment(room({ visitors: { t1: false } })), moment(room())), ["went"]);
  assert.deepEqual(ids(moment(room(), true), moment(room({ step: 1 }))), ["over"]);
  assert.deepEqual(ids(moment(room()), moment(room({ step: 1 }))), []);
  assert.match(
    changes(moment(room({ visitors: { t1: false } })), moment(room()), "noa")[0]?.text ?? "",
    /Ms Levi, Haifa/,
  );
});

test("stop now comes before everything but the end", () => {
  const state = {
    stoppedBy: null,
    bootSession: "s",
    mine: /** @type {any} */ ({ room: "r1" }),
    room: room(),
    hasLesson: true,
    checked: true,
  };
  const phase = (/** @type {Record<string, unknown>} */ session, /** @type {Record<string, unknown>} */ fields = {}) =>
    phaseOf(/** @type {any} */ ({ ...state, session: { status: "running", paused: null, ...session }, ...fields }));
  assert.equal(phase({}), "room");
  assert.equal(phase({ paused: { calm: true } }), "calm");
  assert.equal(phase({ paused: { calm: false } }), "room");
  assert.equal(phase({ status: "closed", paused: { calm: true } }), "closed");
  assert.equal(phase({ status: "lobby" }), "lobby");
  assert.equal(phase({}, { mine: { room: null } }), "lobby");
  assert.equal(phase({}, { checked: false }), "check");
  assert.equal(phase({}, { stoppedBy: "other_tab" }), "stopped");
});

test("texts are translated, counted and filled in the reader's language", () => {
  useMessages("he", { Done: "סיימתי", "{n} room": ["חדר אחד", "שני חדרים", "{n} חדרים"] });
  assert.deepEqual([t("Done"), t("Not there")], ["סיימתי", "Not there"]);
  assert.deepEqual(
    [1, 2, 7].map((n) => tn("{n} room", "{n} rooms", n)),
    ["חדר אחד", "שני חדרים", "7 חדרים"],
  );
  assert.deepEqual(fill("{name} is here", { name: 5 }), [5, " is here"]);
  assert.deepEqual([say({ en: "a", he: "ב" }), say({ en: "a" }), direction("he")], ["ב", "a", "rtl"]);
  useMessages("en", {});
});
