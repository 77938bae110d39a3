// Two learners at one device: the keyboard goes to whoever is to write, and nothing private stands where both look.
import assert from "node:assert/strict";
import test from "node:test";
import { Seat } from "../net/seat.mjs";
import { Store } from "../net/store.mjs";
import { byDevice, coverOf, isOnesOwn, leastOf, momentOf, wantedAt, withoutPrivate } from "../views/seat.mjs";

const SEAT = { members: ["noa", "dan"], at: "noa", covered: false, passing: "", stays: "" };
const step = (/** @type {Record<string, unknown>} */ fields) =>
  /** @type {any} */ ({ kind: "solo", scope: "self", visibility: "after_reveal", ...fields });
const room = (/** @type {Record<string, unknown>} */ fields = {}) =>
  /** @type {any} */ ({ room: "r", step: 3, state: "working", turn: null, finished: [], ...fields });
const turn = (/** @type {string} */ acts) => ({ acts, speaker: acts, key: "1", phase: "speak" });
const me = (/** @type {string[]} */ ...also) =>
  /** @type {any} */ ({ peer: "p", who: "noa", role: "student", session: "s", side: "a", also });

test("whoever is at the keyboard writes first, and then it goes to the other", () => {
  assert.equal(coverOf(SEAT, step({}), room()), null);
  assert.deepEqual(coverOf(SEAT, step({}), room({ finished: ["noa"] })), { kind: "pass", to: "dan" });
  assert.equal(coverOf({ ...SEAT, at: "dan" }, step({}), room({ finished: ["noa"] })), null);
  assert.equal(coverOf({ ...SEAT, at: "dan" }, step({}), room({ finished: ["dan", "noa"] })), null, "both are done");
});

test("in turns the device follows the turn, and stays where it is while a partner has it", () => {
  const turns = step({ kind: "turns" });
  assert.deepEqual(coverOf(SEAT, turns, room({ turn: turn("dan") })), { kind: "pass", to: "dan" });
  assert.equal(coverOf(SEAT, turns, room({ turn: turn("noa") })), null);
  assert.equal(coverOf(SEAT, turns, room({ turn: turn("max") })), null);
});

test("where two work on one page nothing covers it, but a page just opened asks who is here", () => {
  for (const kind of ["talk", "together", "reveal", "board"])
    assert.equal(coverOf({ ...SEAT, passing: "dan" }, step({ kind }), room({ finished: ["noa"] })), null);
  assert.deepEqual(coverOf({ ...SEAT, covered: true }, step({ kind: "talk" }), room()), { kind: "who" });
  assert.equal(coverOf({ ...SEAT, members: ["noa"], covered: true }, step({}), room()), null, "alone at a device");
});

test("the device is passed by hand at any time, and kept for a moment by who says so", () => {
  assert.deepEqual(coverOf({ ...SEAT, passing: "dan" }, step({}), room()), { kind: "pass", to: "dan" });
  const done = room({ finished: ["noa"] });
  assert.equal(coverOf({ ...SEAT, stays: momentOf(done) }, step({}), done), null);
  const later = room({ step: 4, finished: ["noa"] });
  assert.deepEqual(coverOf({ ...SEAT, stays: momentOf(done) }, step({}), later), { kind: "pass", to: "dan" });
});

test("a step for the whole class and a room that waits want nobody else", () => {
  const done = room({ finished: ["noa"] });
  assert.equal(wantedAt(SEAT.members, "noa", step({ scope: "class" }), done), "noa");
  assert.equal(wantedAt(SEAT.members, "noa", step({}), room({ ...done, state: "waiting_for_class" })), "noa");
  assert.equal(isOnesOwn(step({}), room({ state: "waiting_for_class" })), false);
});

test("of one's own part only what the room sees too stands on a page for two", () => {
  const answers = [0, 1, 2, 3].map((at) => ({
    step: at,
    input: "i",
    work: `w${at}`,
    entries: [],
    held: "",
    late: false,
  }));
  const lesson = /** @type {any} */ ({
    steps: ["after_reveal", "teacher", "private", "live"].map((visibility) => step({ visibility })),
  });
  const held = { ...answers[0], work: "w9", held: "contact" };
  const mine = /** @type {any} */ ({
    member: "noa",
    answers: [...answers, held],
    drafts: [{}],
    intention: "to listen",
  });
  const shown = withoutPrivate(mine, lesson);
  assert.deepEqual(
    shown.answers.map((answer) => answer.work),
    ["w0", "w3"],
  );
  assert.deepEqual([shown.drafts, shown.intention], [[], ""]);
  assert.deepEqual(withoutPrivate(mine, null).answers, [], "what is not known to be shared is not shown");
});

test("a device sends the least of what families agreed to", () => {
  assert.equal(leastOf(["video", "video"]), "video");
  assert.equal(leastOf(["video", "audio"]), "audio");
  assert.equal(leastOf(["audio", "none"]), "none");
  assert.equal(leastOf(["video", undefined]), "none");
});

test("those who share a device stand together", () => {
  const peers = /** @type {any[]} */ ([{ who: "noa", also: ["dan"] }, { who: "max" }]);
  const members = [{ id: "dan" }, { id: "max" }, { id: "noa" }];
  assert.deepEqual(byDevice(members, peers), [[{ id: "dan" }, { id: "noa" }], [{ id: "max" }]]);
});

test("a reload remembers who is at the keyboard, and asks all the same", () => {
  /** @type {Map<string, string>} */
  const kept = new Map();
  const shelf = {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
    removeItem: (/** @type {string} */ key) => void kept.delete(key),
  };
  const seat = new Seat({ first: "noa", session: "s", shelf });
  seat.hear(me("dan"));
  seat.sit("dan");
  assert.deepEqual(
    [seat.at.value, seat.covered.value, seat.as("dan"), seat.as("noa")],
    ["dan", false, { as: "dan" }, {}],
  );
  seat.hear(me("dan"));
  assert.equal(seat.covered.value, false, "a reconnect is no reload");
  const again = new Seat({ first: "noa", session: "s", shelf });
  again.hear(me("dan"));
  assert.deepEqual([again.at.value, again.covered.value], ["dan", true]);
  again.hear(me());
  assert.equal(again.at.value, "noa", "nobody is at the keyboard for whom the device does not speak");
});

test("the store keeps an own part for each, shows one, and lets go of who left", () => {
  const store = new Store();
  const mine = (/** @type {string} */ member) =>
    /** @type {any} */ ({ part: "mine", now: 0, view: { member, room: "r", version: 5, answers: [], drafts: [] } });
  store.take({ part: "me", now: 0, view: me("dan") });
  store.take(mine("noa"));
  store.take(mine("dan"));
  assert.equal(store.mine.value?.member, "noa");
  store.keyboard.value = "dan";
  assert.equal(store.mine.value?.member, "dan");
  store.take({ part: "me", now: 0, view: me() });
  store.keyboard.value = "noa";
  assert.deepEqual([...store.mines.value.keys()], ["noa"]);
});
