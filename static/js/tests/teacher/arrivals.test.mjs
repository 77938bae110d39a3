import assert from "node:assert/strict";
import { test } from "node:test";
import { soonWords } from "../../views/soon.mjs";
import {
  groupLimit,
  mergeable,
  NEWS,
  news,
  placedSentence,
  placingReason,
  placingSentence,
  pressable,
  waitReason,
} from "../../views/teacher/arrivals.mjs";

/** @import { PlacingView } from "../../wire.mjs" */
/** @import { People, Seats } from "../../views/teacher/types.mjs" */

/** @type {People} */
const PEOPLE = Object.fromEntries(
  ["a1", "a2", "a3", "b1", "b2", "b3"].map((id) => [
    id,
    { names: { en: id.toUpperCase() }, side: id[0] ?? "", media: "video", speaks: ["en"], reads: ["en"] },
  ]),
);
const HOSTS = [{ id: "levi", side: "a", names: { en: "Ms Levi" }, school: {} }];

/** @param {Partial<PlacingView>} [changes] @returns {PlacingView} */
function placing(changes = {}) {
  return {
    id: "4-1",
    kind: "seat",
    members: ["a3"],
    out_of: null,
    room: "s.2",
    beside: ["a2", "b2"],
    reason: "nobody_alone",
    due: null,
    ...changes,
  };
}

/** @param {Partial<Seats>} [changes] @returns {Seats} */
function seats(changes = {}) {
  const rooms = { "s.1": ["a1", "b1"], "s.2": ["a2", "b2"] };
  return { session: "s", version: 1, rooms, why: {}, unplaced: {}, removed: [], parted: [], ...changes };
}

/** @param {string} words */
const plain = (words) => words.replace(/[\u2068\u2069]/g, "");

test("a suggestion says what a press will do, with whom and where", () => {
  const say = (/** @type {Partial<PlacingView>} */ changes, present = ["a2", "b2"]) =>
    plain(placingSentence(placing(changes), PEOPLE, "en", "a", present));
  assert.equal(say({}), "Seat A3 ● with A2 ● + B2 ◆ (room 2)");
  assert.equal(say({ out_of: "s.1" }), "Bring A3 ● to A2 ● + B2 ◆ (room 2)");
  assert.equal(say({ room: "new", members: ["a3", "b3"] }), "Open a room for A3 ● + B3 ◆");
  assert.equal(say({ beside: ["a2", "b2"] }, ["b2"]), "Seat A3 ● with B2 ◆ (room 2)", "who is away is not named");
});

test("every reason of the server has words, and an unknown one some that are true", () => {
  const reasons = ["waits_for_partner", "both_wait", "shares_a_device", "nobody_alone", "both_alone", "same_step"];
  const words = [...reasons, "step_behind", "step_ahead"].map((reason) => placingReason(placing({ reason })));
  assert.equal(new Set(words).size, words.length);
  assert.equal(placingReason(placing({ reason: "new_one" })), "arrived, not in a room yet");
});

test("what counts down stands first, and a reason to wait is nothing to press", () => {
  const proposals = [placing({ id: "1" }), placing({ id: "2", kind: "wait" }), placing({ id: "3", due: 5 })];
  assert.deepEqual(
    pressable(seats({ proposals })).map((one) => one.id),
    ["3", "1"],
  );
  assert.deepEqual(pressable(seats()), [], "a server of before says nothing of it");
});

test("why somebody waits: what was found out since, else what was known before", () => {
  const unplaced = { a3: "no_partner_school" };
  assert.equal(waitReason(seats({ unplaced }), "a3"), "nobody from the other school is here yet");
  const proposals = [placing({ kind: "wait", room: null, beside: [], reason: "kept_apart" })];
  assert.equal(waitReason(seats({ unplaced, proposals }), "a3"), "kept apart from everyone who is free");
});

test("what was placed is news for two minutes, and says by whom", () => {
  const placed = [
    { id: "1", members: ["a2"], room: "s.2", by: "clock", at: 1000 },
    { id: "2", members: ["a1"], room: "s.1", by: "levi", at: 2000 },
  ];
  const all = seats({ placed });
  assert.deepEqual(
    news(all, 3000).map((one) => one.id),
    ["2", "1"],
  );
  assert.deepEqual(news(all, 1500 + NEWS).length, 1);
  const say = (/** @type {number} */ at) => {
    const one = placed[at];
    assert(one);
    return plain(placedSentence(one, all, PEOPLE, HOSTS, "en", "a", ["a1", "b1", "b2"]));
  };
  assert.equal(say(0), "Placed automatically: A2 ● with B2 ◆ (room 2)");
  assert.equal(say(1), "Placed by Ms Levi: A1 ● with B1 ◆ (room 1)");
});

test("rooms to merge with: never beyond the size of a group, the best first", () => {
  const rooms = { "s.1": ["a1"], "s.2": ["a2", "b2", "b3"], "s.3": ["b1"], "s.4": ["a3"], "s.5": [] };
  const steps = /** @type {Record<string, number>} */ ({ "s.1": 2, "s.3": 4, "s.4": 2 });
  const found = mergeable("s.1", ["a1"], seats({ rooms }), PEOPLE, (room) => steps[room] ?? 0);
  assert.deepEqual(
    found.map(({ room, ahead }) => [room, ahead]),
    [
      ["s.3", 2],
      ["s.4", 0],
    ],
  );
});

test("four sit together only where one school has more than twice as many", () => {
  assert.equal(groupLimit(seats(), PEOPLE), 3);
  assert.equal(groupLimit(seats({ rooms: { "s.1": ["a1", "b1", "b2", "b3"] } }), PEOPLE), 4);
});

test("a survivor reads calmly with whom they may learn, and nothing where nothing is about to happen", () => {
  const child = (/** @type {string} */ id) => ({ id, names: { en: id.toUpperCase() } });
  const room = /** @type {any} */ ({ members: [child("a1"), child("b1")] });
  const mine = /** @type {any} */ ({ member: "a1", soon: { members: [child("a2"), child("b2")], at: 1 } });
  const here = (/** @type {string[]} */ ...present) => /** @type {any} */ ({ present });
  assert.equal(
    plain(soonWords(mine, room, here("a1"))),
    "The connection of B1 is lost, and the place is kept. In a moment you may learn with A2 and B2.",
  );
  assert.equal(plain(soonWords(mine, room, here("a1", "b1"))), "In a moment you may learn with A2 and B2.");
  assert.equal(soonWords({ ...mine, soon: null }, room, here("a1")), "");
});
