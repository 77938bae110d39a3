import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, left, urgency } from "../../views/teacher/clocks.mjs";
import {
  behindTheGate,
  countdownTo,
  gateLabel,
  nextFloor,
  placeRange,
  placeWords,
  stepsAhead,
} from "../../views/teacher/lesson.mjs";
import { namesLine } from "../../views/teacher/people.mjs";
import { entryWords, shown } from "../../views/teacher/room.mjs";

/** @import { Lesson, Room, Row, Session } from "../../views/teacher/types.mjs" */

/**
 * @param {("group" | "class")[]} scopes
 * @param {"pairs" | "class"} [pacing]
 * @returns {Lesson}
 */
function lesson(scopes, pacing = "pairs") {
  const steps = scopes.map((scope, index) => ({
    index,
    scope,
    title: { en: `Step ${index}`, he: `שלב ${index}` },
    inputs: [],
  }));
  return /** @type {Lesson} */ (/** @type {unknown} */ ({ pacing, steps, text: null }));
}

/** @param {number} floor @returns {Session} */
const at = (floor) => /** @type {Session} */ ({ floor });
/** @param {Partial<Row>} changes @returns {Row} */
const row = (changes) =>
  /** @type {Row} */ ({
    members: ["a"],
    present: ["a"],
    finished: [],
    step: 0,
    state: "working",
    ends_at: null,
    ...changes,
  });
/** @param {string | null} text */
const plain = (text) => (text ?? "").replace(/[\u2066-\u2069]/g, "");

test("the next press goes to the next gate, on from an open gate, and nowhere after the last", () => {
  const pairs = lesson(["group", "group", "class", "group"]);
  assert.equal(nextFloor(pairs, at(0)), 2);
  assert.equal(nextFloor(pairs, at(2)), 3);
  assert.equal(nextFloor(pairs, at(3)), null);
  const classPaced = lesson(["group", "group"], "class");
  assert.equal(nextFloor(classPaced, at(0)), 1);
  assert.equal(nextFloor(classPaced, at(1)), 2);
  assert.equal(nextFloor(classPaced, at(2)), null);
});

test("the button names the step that it opens", () => {
  const pairs = lesson(["group", "class", "group"]);
  assert.equal(plain(gateLabel(pairs, at(0), "en")), "Bring together: Step 1");
  assert.equal(plain(gateLabel(pairs, at(1), "he")), "Back to the rooms: שלב 2");
  assert.equal(plain(gateLabel(lesson(["group", "group"], "class"), at(0), "en")), "Next step: Step 1");
  assert.equal(gateLabel(lesson(["group"], "class"), at(0), "en"), "Everyone to the end");
  assert.equal(gateLabel(pairs, at(2), "en"), null);
});

test("how many rooms are not ready: not at the gate, or in a class-paced lesson not done", () => {
  const pairs = lesson(["group", "group", "class"]);
  assert.equal(behindTheGate(pairs, at(0), [row({ step: 2 }), row({ step: 1 })]), "one room is not ready yet");
  assert.equal(behindTheGate(pairs, at(0), [row({ step: 2 })]), "");
  const classPaced = lesson(["group", "group"], "class");
  assert.equal(
    behindTheGate(classPaced, at(0), [row({}), row({ finished: ["a"] }), row({})]),
    "2 rooms are not ready yet",
  );
});

/**
 * Two protocols: three steps of which a room of one skips the second, and two.
 * @returns {Lesson}
 */
function twoProtocols() {
  const warmUp = { part: 0, protocol_title: { en: "Warm Up", he: "חימום" } };
  const noticing = { part: 1, protocol_title: { en: "Noticing", he: "שמים לב" } };
  const steps = [warmUp, warmUp, warmUp, noticing, noticing].map((step, index) => ({
    ...step,
    index,
    for_group: index === 1 ? { 1: null } : {},
  }));
  return /** @type {Lesson} */ (/** @type {unknown} */ ({ pacing: "pairs", steps }));
}

test("the board counts steps as the children do: within the protocol, for a room of this size", () => {
  const two = twoProtocols();
  const pair = (/** @type {number} */ step) => row({ step, members: ["a", "b"] });
  assert.equal(plain(placeWords(two, pair(1), "en")), "Warm Up · step 2 of 3");
  assert.equal(plain(placeWords(two, pair(4), "he")), "שמים לב · step 2 of 2");
  assert.equal(plain(placeWords(two, row({ step: 2 }), "en")), "Warm Up · step 2 of 2", "who is alone skips one");
  assert.equal(placeWords(two, pair(5), "en"), "", "the lesson is over for them");
});

test("the head says where the rooms are, without those that are empty or through", () => {
  const two = twoProtocols();
  const pair = (/** @type {number} */ step) => row({ step, members: ["a", "b"] });
  const rooms = [pair(0), pair(2), row({ step: 4, members: [] }), row({ ...pair(5), state: "done" })];
  assert.equal(plain(placeRange(two, rooms, "en")), "Warm Up · steps 1–3 of 3");
  assert.equal(plain(placeRange(two, [pair(3), pair(3)], "en")), "Noticing · step 1 of 2");
  assert.equal(plain(placeRange(two, [pair(3), pair(1)], "en")), "from “Warm Up” to “Noticing”");
  assert.equal(placeRange(two, [], "en"), "");
  assert.equal(placeRange(null, [pair(0)], "en"), "");
});

test("the head counts down the step that all share, else to the bell", () => {
  assert.deepEqual(countdownTo([row({ step: 2, ends_at: 5 }), row({ step: 2, ends_at: 9 })], 100), {
    end: 9,
    of: "step",
  });
  assert.deepEqual(countdownTo([row({ step: 2, ends_at: 5 }), row({ step: 3, ends_at: 9 })], 100), {
    end: 100,
    of: "bell",
  });
  assert.deepEqual(countdownTo([], 100), { end: 100, of: "bell" });
});

test("everyone can be brought to any later step; the one where the first room is stands proposed", () => {
  const pairs = lesson(["group", "group", "group", "group"]);
  assert.deepEqual(stepsAhead(pairs, at(0), [row({ step: 1 }), row({ step: 2 })]), { indices: [1, 2, 3], proposed: 2 });
  assert.deepEqual(stepsAhead(pairs, at(1), [row({ step: 1 })]), { indices: [2, 3], proposed: 2 });
  assert.deepEqual(stepsAhead(pairs, at(1), [row({ step: 4, state: "done" })]), { indices: [2, 3], proposed: 2 });
  assert.deepEqual(stepsAhead(pairs, at(3), []), { indices: [], proposed: -1 });
});

test("times", () => {
  assert.equal(duration(160), "2:40");
  assert.equal(duration(3760), "1:02:40");
  assert.equal(left(61_000, 0), "1:01");
  assert.equal(left(0, 70_000), "+1:10");
  assert.equal(left(null, 0), "");
  assert.equal(urgency(60_000, 0), "soon");
  assert.equal(urgency(0, 1), "over");
  assert.equal(urgency(61_000, 0), "");
});

test("names carry the mark of the school as the reader sees it", () => {
  const people = {
    dan: { names: { en: "Dan", he: "דן" }, side: "a", media: "video", speaks: [], reads: [] },
    noa: { names: { en: "Noa" }, side: "b", media: "video", speaks: [], reads: [] },
  };
  assert.equal(plain(namesLine(["dan", "noa"], people, "en", "a")), "Dan ● + Noa ◆");
  assert.equal(plain(namesLine(["dan", "noa"], people, "he", "b")), "דן ◆ + Noa ●");
});

test("an entry is read as words, whatever its kind, and held words are not shown", () => {
  const content = lesson(["group"]);
  const input = /** @type {import("../../wire.mjs").Input} */ (
    /** @type {unknown} */ ({
      id: "i",
      prompt: { en: "What?" },
      options: [{ id: "agree", label: { en: "I agree" } }],
      tags: [{ id: "q", label: { en: "Question" } }],
    })
  );
  for (const step of content.steps) step.inputs = [input];
  const mark = { segment: "1:16", language: "en", first: 0, last: 1 };
  assert.equal(
    plain(
      entryWords({ text: "why", choice: "agree", tag: "q", marks: [mark, mark], spoken: false }, input, content, "en"),
    ),
    "I agree Question: why (1:16)",
  );
  assert.equal(entryWords({ text: "", marks: [], spoken: true }, input, content, "en"), "said aloud");
  const room = /** @type {Room} */ (
    /** @type {unknown} */ ({
      given: [
        { step: 0, input: "i", member: "dan", work: "w", entries: [], unfinished: false, late: true, held: "contact" },
      ],
    })
  );
  assert.deepEqual(shown(room, content, "en"), [{ member: "dan", asked: "What?", words: [], state: "held" }]);
});

test("a part that begins with new partners is a gate, and says so", () => {
  const plain = lesson(["group", "group", "group"]);
  assert.equal(nextFloor(plain, at(0)), null);
  const rotating = /** @type {Lesson} */ (
    /** @type {unknown} */ ({
      ...plain,
      parts: [
        { first: 0, rotate: true },
        { first: 2, rotate: true },
      ],
    })
  );
  assert.equal(nextFloor(rotating, at(0)), 2);
  assert.match(gateLabel(rotating, at(0), "en") ?? "", /New partners: .*Step 2/);
  assert.equal(nextFloor(rotating, at(2)), null);
});
