import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, columnsOf, heightsOf, saidOf } from "../views/plots.mjs";

/** @param {Partial<import("../views/plots.mjs").Dot>} more @returns {import("../views/plots.mjs").Dot} */
const dot = (more) => ({
  at: 0,
  height: 0,
  label: "",
  when: "lesson",
  day: "",
  moment: "",
  words: "",
  session: "",
  ...more,
});

test("“at first” and “now” of one form stand in columns of their own", () => {
  const [times, first, now] = columnsOf([
    dot({ at: 5, height: 0.3, when: "at_first" }),
    dot({ at: 6, height: 1, when: "now" }),
  ]);
  assert.deepEqual(
    [times, first, now],
    [
      [5, 6],
      [0.3, null],
      [null, 1],
    ],
  );
});

test("ratings of the same second are both kept, in order", () => {
  assert.deepEqual(
    apart([dot({ at: 7 }), dot({ at: 3 }), dot({ at: 7 })]).map((one) => one.at),
    [3, 7, 8],
  );
});

test("a scale reaches from 0 to 1 whatever its length", () => {
  assert.deepEqual(heightsOf(["a", "b", "c"]), [0, 0.5, 1]);
  assert.deepEqual(heightsOf(["a"]), [0]);
});

test("what is said of a point leaves out what was not said", () => {
  assert.equal(
    saidOf(dot({ day: "3 May", label: "Mostly", words: "when she asked" })),
    "3 May · Mostly · when she asked",
  );
  assert.equal(saidOf(undefined), "");
});
