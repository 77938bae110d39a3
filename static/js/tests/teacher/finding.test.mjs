import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Looking } from "../../net/looking.mjs";
import { doing, lineOf, needOf, nextCall, othersAt, stateWords, waitingCalls } from "../../views/teacher/board.mjs";
import {
  found,
  further,
  inLine,
  isMeant,
  isNotStarted,
  isOneSchool,
  plain,
  stepsNow,
} from "../../views/teacher/finding.mjs";
import { unnamed, unnamedClass } from "../../views/teacher/hiding.mjs";
import { namesLine } from "../../views/teacher/people.mjs";
import { answerRemark, byStep, history, intentions, marksBySide } from "../../views/teacher/work.mjs";

/** @import { People, Row } from "../../views/teacher/types.mjs" */

const NOW = 1_000_000_000;
const pupil = (/** @type {string} */ en, /** @type {string} */ he, /** @type {string} */ side) => ({
  names: { en, he },
  side,
  media: "video",
  speaks: ["he"],
  reads: ["he"],
});
/** @type {People} */
const PEOPLE = {
  dan: pupil("Dan Bar-Lev", "דָּן בר־לב", "a"),
  noa: pupil("Noa", "נועה", "b"),
  zoe: pupil("Zoë", "זואי", "b"),
};

/**
 * @param {number} number
 * @param {Partial<Row>} [changes]
 * @returns {Row}
 */
function row(number, changes = {}) {
  return {
    room: `s.${number}`,
    number,
    version: 1,
    members: ["dan", "noa"],
    present: ["dan", "noa"],
    step: 2,
    state: "working",
    finished: [],
    acts: null,
    help: null,
    visitors: [],
    entered_at: NOW - 30_000,
    ends_at: NOW + 60_000,
    moved_at: NOW,
    check: false,
    ...changes,
  };
}

const SCENE = { now: NOW, paused: false, ahead: Number.POSITIVE_INFINITY, missingSince: () => null };
const ORDER = { needs: ["s.3"], working: ["s.1", "s.2"], waiting: [], done: [] };

test("a name is found in either alphabet, without points, case or accents, by its beginning", () => {
  for (const query of ["dan", "DA", "דן", "דָּ", "bar lev", "Bar-Lev", "בר לב", "lev", "dan noa", "1"])
    assert.ok(isMeant(row(1), query, PEOPLE), query);
  for (const query of ["an", "zoe", "נועם", "2", "dan zoe"]) assert.ok(!isMeant(row(1), query, PEOPLE), query);
  assert.ok(isMeant(row(1, { members: ["zoe"] }), "zoe", PEOPLE));
  assert.equal(plain("שְׁלֹמֹה־בֶּן"), "שלמה בן");
});

test("filters leave those rooms that they name, in the order in which they stood", () => {
  const rows = [
    row(1, { present: ["dan"], step: 3 }),
    row(2, { moved_at: null }),
    row(3, { help: { member: "dan", reason: "", since: NOW, taken_by: null } }),
  ];
  const shown = (/** @type {Partial<import("../../views/teacher/finding.mjs").Wanted>} */ wanted) =>
    inLine(found(ORDER, rows, { query: "", filter: "all", step: null, ...wanted }, PEOPLE, SCENE));
  assert.deepEqual(shown({ filter: "needs" }), ["s.3", "s.1"], "whoever is alone needs somebody, too");
  assert.deepEqual(shown({ filter: "one_school" }), ["s.1"]);
  assert.deepEqual(shown({ filter: "not_started" }), ["s.2"]);
  assert.deepEqual(shown({ step: 3 }), ["s.1"]);
  assert.deepEqual(shown({ query: "noa", filter: "not_started" }), ["s.2"]);
  assert.equal(found(ORDER, rows, { query: " ", filter: "all", step: null }, PEOPLE, SCENE), ORDER, "nothing to draw");
});

test("whoever writes has started, and so has a room that did something at its step", () => {
  assert.ok(isNotStarted(row(1, { moved_at: NOW - 30_000 })));
  assert.ok(!isNotStarted(row(1)));
  assert.ok(!isNotStarted(row(1, { moved_at: null, writing: ["dan"] })));
  assert.ok(!isNotStarted(row(1, { moved_at: null, state: "waiting_for_class" })));
  assert.ok(isOneSchool(row(1, { present: [] }), PEOPLE));
});

test("arrows walk over all groups and stay on the board", () => {
  const line = inLine(ORDER);
  assert.deepEqual(line, ["s.3", "s.1", "s.2"]);
  assert.equal(further(line, null, 1), "s.3");
  assert.equal(further(line, "s.3", 1), "s.1");
  assert.equal(further(line, "s.2", 1), "s.2");
  assert.equal(further(line, "s.9", -1), "s.3");
  assert.equal(further([], null, 1), null);
});

test("steps are offered where rooms are, in the order of the lesson", () => {
  assert.deepEqual(stepsNow([row(1, { step: 10 }), row(2), row(3), row(4, { members: [], step: 5 })]), [
    [2, 2],
    [10, 1],
  ]);
});

test("without names a room is its number and the marks of its schools, and no name is anywhere in it", () => {
  const seats = {
    rooms: { "s.1": ["dan", "noa", "zoe"] },
    session: "s",
    version: 1,
    why: {},
    unplaced: {},
    removed: [],
    parted: [],
  };
  const people = unnamed(PEOPLE, seats, "a");
  assert.equal(namesLine(["dan", "noa", "zoe"], people, "en", "a").replace(/[\u2066-\u2069]/g, ""), "● + ◆1 + ◆2");
  const all = JSON.stringify([
    people,
    ...["en", "he"].map((language) => stateWords(row(1, { acts: "dan" }), people, language)),
  ]);
  for (const { names } of Object.values(PEOPLE))
    for (const name of Object.values(names)) assert.ok(!all.includes(name), name);
  const view = unnamedClass(/** @type {any} */ ({ people: [{ id: "noa", side: "b", names: { en: "Noa" } }] }), "a");
  assert.deepEqual(view.people[0]?.names, { en: "◆", he: "◆" });
});

test("each member shows what they do and how they are connected", () => {
  const told = row(1, { writing: ["noa"], weak: ["noa"], gone: { dan: NOW - 5000 }, finished: [] });
  assert.equal(doing("noa", told), "writing");
  assert.equal(lineOf("noa", told), "weak");
  assert.equal(lineOf("dan", told), "lost");
  assert.equal(lineOf("dan", row(1, { gone: { dan: null } })), "none");
  assert.equal(lineOf("dan", row(1)), "good");
  assert.match(stateWords(told, PEOPLE, "en"), /Writing now/);
});

test("how long somebody has been missing is what the server knows, also after this page was loaded anew", () => {
  const alone = row(1, { present: ["noa"], gone: { dan: NOW - 70_000 } });
  assert.deepEqual(needOf(alone, SCENE), { code: "missing", since: NOW - 70_000 });
});

test("the queue counts calls that nobody has taken, and how long the first has waited", () => {
  const call = (/** @type {number} */ since, /** @type {string | null} */ by = null) => ({
    help: { member: "dan", reason: "", since, taken_by: by },
  });
  const rows = [row(1, call(NOW - 9000)), row(2, call(NOW - 80_000)), row(3, call(NOW - 99_000, "levi")), row(4)];
  assert.deepEqual(waitingCalls(rows), { count: 2, since: NOW - 80_000 });
  assert.equal(nextCall(rows, "s.1"), "s.2");
  assert.deepEqual(othersAt([row(4, { visitors: ["levi", "cohen"] })], "levi"), [
    { who: "cohen", number: 4, room: "s.4" },
  ]);
});

const input = (/** @type {string} */ id) => ({
  id,
  kind: "text",
  prompt: { en: `asked ${id}` },
  options: [],
  tags: [],
});
const LESSON = /** @type {any} */ ({
  steps: [
    { index: 0, title: { en: "Intend" }, output: "intention", inputs: [input("intention"), input("help")] },
    { index: 1, title: { en: "Notice" }, output: null, inputs: [input("first"), input("second")] },
  ],
});
const said = (/** @type {Record<string, unknown>} */ fields) =>
  /** @type {any} */ ({
    step: 1,
    input: "first",
    member: "dan",
    work: "w",
    entries: [{ text: "x", marks: [] }],
    seen: false,
    held: "",
    late: false,
    ...fields,
  });
const mark = (/** @type {number} */ first) => ({ segment: "1", language: "en", first, last: first });

test("a room's work is told step by step, the present first, question by question; intentions stand apart", () => {
  const work = /** @type {any} */ ({
    step: 1,
    answers: [
      said({ step: 0, input: "intention", member: "noa" }),
      said({ step: 0, input: "help" }),
      said({ input: "second" }),
      said({ entries: [{ text: "y", marks: [mark(1)] }] }),
      said({ member: "noa", entries: [{ text: "z", marks: [mark(2)] }] }),
    ],
    lines: [],
    passed: [],
    visits: [],
  });
  const steps = byStep(work, LESSON, "en");
  assert.deepEqual(
    steps.map((one) => [one.title, one.asked.map((asked) => [asked.asked, asked.answers.length])]),
    [
      [
        "Notice",
        [
          ["asked first", 2],
          ["asked second", 1],
        ],
      ],
      ["Intend", [["asked help", 1]]],
    ],
  );
  assert.deepEqual(
    intentions(work, LESSON).map((one) => one.member),
    ["noa"],
  );
  assert.deepEqual(marksBySide(work, PEOPLE, "a"), { ours: [mark(1)], theirs: [mark(2)] });
});

test("words that partners do not have yet are said to be so", () => {
  assert.match(answerRemark(said({})), /not turned over/);
  assert.equal(answerRemark(said({ seen: true })), "");
  assert.match(answerRemark(said({ late: true })), /after the time/);
  assert.match(answerRemark(said({ held: "contact" })), /held back/);
});

test("the way of a room is told in the order of time, with lengths, added time and visits", () => {
  const work = /** @type {any} */ ({
    passed: [
      { step: 0, at: 0, until: 90_000, added: 60 },
      { step: 1, at: 90_000, until: null, added: 0 },
    ],
    visits: [{ by: "levi", at: 30_000, until: 50_000, listening_only: true }],
  });
  const hosts = [{ id: "levi", side: "a", names: { en: "Ms Levi" }, school: {} }];
  const told = history(work, LESSON, hosts, "en", 100_000).map((one) => [
    one.words.replace(/[\u2066-\u2069]/g, ""),
    one.long,
  ]);
  assert.deepEqual(told, [
    ["Intend, with 1:00 added", "1:30"],
    ["Ms Levi listened here", "0:20"],
    ["Notice", "0:10"],
  ]);
});

test("a room is read again at most once a second, and an answer that comes too late counts no more", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  try {
    /** @type {{ address: string, answer: (read: unknown) => void, fail: (why: Error) => void }[]} */
    const asked = [];
    /** @type {unknown[]} */
    const took = [];
    const looking = new Looking({
      read: (address) => new Promise((answer, fail) => asked.push({ address, answer, fail })),
      took: (read) => took.push(read),
    });
    for (const _ of "abc") looking.look("/1");
    mock.timers.tick(0);
    assert.equal(asked.length, 1);
    for (const _ of "abc") looking.look("/1");
    mock.timers.tick(999);
    assert.equal(asked.length, 1);
    mock.timers.tick(1);
    assert.equal(asked.length, 2);
    looking.look("/2");
    mock.timers.tick(0);
    assert.equal(asked.at(-1)?.address, "/2", "another room at once");
    asked[1]?.answer("late");
    asked[2]?.answer("of the second room");
    await Promise.resolve();
    assert.deepEqual(took, ["of the second room"]);
    looking.look("/2");
    mock.timers.tick(1000);
    asked[3]?.fail(new Error("offline"));
    await Promise.resolve();
    await Promise.resolve();
    mock.timers.tick(4000);
    assert.equal(asked.length, 5, "tried again by itself");
    looking.stop();
    looking.look("/2");
    looking.stop();
    mock.timers.tick(9000);
    assert.equal(asked.length, 5);
  } finally {
    mock.timers.reset();
  }
});
