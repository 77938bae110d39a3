import assert from "node:assert/strict";
import { test } from "node:test";
import { isNews, moveForChildren, moveWords, NEWS_FOR, secondsToClose } from "../../views/pace.mjs";
import { phaseOf } from "../../views/phase.mjs";
import { finishIsNear, fittingWords } from "../../views/teacher/bell.mjs";
import { nextFloor, stepsAhead } from "../../views/teacher/lesson.mjs";
import { minuteLeft } from "../../views/time.mjs";

/** @import { Lesson, Row, Session } from "../../views/teacher/types.mjs" */
/** @import { MoveView } from "../../wire.mjs" */

const BELL = 1_000_000_000;
const LESSON = /** @type {Lesson} */ (
  /** @type {unknown} */ ({
    pacing: "pairs",
    reflection: 3,
    steps: ["Read", "Wall", "Close", "Back"].map((title, index) => ({
      index,
      scope: title === "Wall" ? "class" : "group",
      title: { en: title },
    })),
  })
);

/** @param {Partial<Session>} changes */
const session = (changes = {}) =>
  /** @type {Session} */ ({ status: "running", floor: 0, bell: BELL, paused: null, ...changes });
/** @param {number} step @returns {Row} */
const row = (step) => /** @type {Row} */ ({ members: ["a"], step });
/** @param {string} kind @param {number} [seconds] @returns {MoveView} */
const move = (kind, seconds = 0) => ({ kind, by: "levi", at: 5000, seconds });
/** @param {string} text */
const plain = (text) => text.replace(/[\u2066-\u2069]/g, "");

test("finishing well is offered six minutes before the bell, while some room is not looking back", () => {
  const near = BELL - 5 * 60_000;
  assert.equal(finishIsNear(LESSON, session(), [row(1), row(3)], near), true);
  assert.equal(finishIsNear(LESSON, session(), [row(3), row(4)], near), false, "all are there");
  assert.equal(finishIsNear(LESSON, session(), [row(1)], BELL - 7 * 60_000), false, "there is time");
  assert.equal(finishIsNear(LESSON, session({ floor: 3 }), [row(1)], near), false, "all were brought there");
  assert.equal(
    finishIsNear(LESSON, session({ wrap_up: { by: "x", until: BELL, seconds_left: null } }), [row(1)], near),
    false,
    "it closes anyway",
  );
  assert.equal(finishIsNear(LESSON, session(), [row(1)], BELL + 3_600_000), false, "long over");
});

test("a teacher reads what fitting saves, leaves out and shortens before agreeing", () => {
  const fitting = { fits: true, needed: 900, takes: 360, left_out: [1], shortened: [0, 2], kept_shorter: false };
  assert.deepEqual(fittingWords(fitting, LESSON, "en").map(plain), [
    "Saves 9 minutes.",
    "Left out: Wall.",
    "Shorter: Read, Close.",
    "Intention and reflection stay as they are. What was written is kept.",
  ]);
  assert.match(fittingWords({ ...fitting, fits: false }, LESSON, "en")[0] ?? "", /bring everyone to the reflection/);
  assert.deepEqual(fittingWords({ ...fitting, left_out: [], shortened: [] }, LESSON, "en"), [
    "There is time enough: nothing has to be shortened.",
  ]);
});

test("the next press passes over what is left out", () => {
  assert.equal(nextFloor(LESSON, session()), 1);
  assert.equal(nextFloor(LESSON, session({ left_out: [1] })), null);
  assert.deepEqual(stepsAhead(LESSON, session({ left_out: [1] }), []).indices, [2, 3]);
});

test("minutes are counted, and signed with who gave them", () => {
  assert.equal(moveWords(move("class_time_added", 60), "Ms Levi"), "Ms Levi gave one more minute.");
  assert.equal(moveForChildren(move("class_time_added", 300), "Ms Levi, Haifa"), "Ms Levi, Haifa gave 5 more minutes.");
  assert.equal(moveWords(move("floor_moved"), "Mr Cohen"), "Mr Cohen has just opened the next step.");
  assert.equal(moveForChildren(move("floor_moved"), "Mr Cohen"), "", "children see the step itself");
  assert.equal(isNews(move("paused"), 5000 + NEWS_FOR - 1), true);
  assert.equal(isNews(move("paused"), 5000 + NEWS_FOR), false);
  assert.equal(isNews(null, 0), false);
});

test("the countdown to the close stands still in a pause", () => {
  const closing = (/** @type {number | null} */ until, /** @type {number | null} */ left = null) =>
    session({ wrap_up: { by: "levi", until, seconds_left: left } });
  assert.equal(secondsToClose(closing(60_000), 20_000), 40);
  assert.equal(secondsToClose(closing(60_000), 90_000), 0);
  assert.equal(secondsToClose(closing(null, 33), 90_000), 33);
  assert.equal(secondsToClose(session(), 0), null);
  assert.equal(secondsToClose({ ...closing(60_000), status: "closed" }, 0), null);
});

test("the last minute is said where a teacher called it, else in steps of two minutes and more", () => {
  const room = /** @type {const} */ ({ state: "working", entered_at: 1000 });
  const quiet = { paused: null, warned_at: null };
  assert.equal(minuteLeft(50, room, quiet, 180), "left");
  assert.equal(minuteLeft(50, room, quiet, 90), "");
  assert.equal(minuteLeft(50, room, { ...quiet, warned_at: 2000 }, 90), "left");
  assert.equal(minuteLeft(50, room, { ...quiet, warned_at: 500 }, 90), "", "called for the step before");
  assert.equal(minuteLeft(-5, room, quiet, 180), "over");
  assert.equal(minuteLeft(50, room, { ...quiet, paused: { since: 0, calm: false } }, 180), "");
});

test("a lesson that was set aside has a page of its own, whatever else holds", () => {
  const phase = phaseOf(
    /** @type {any} */ ({
      stoppedBy: null,
      bootSession: "s",
      session: { status: "set_aside", paused: { calm: true } },
      mine: { room: "s.1" },
      room: {},
      hasLesson: true,
      checked: false,
    }),
  );
  assert.equal(phase, "set_aside");
});
