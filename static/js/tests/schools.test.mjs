import assert from "node:assert/strict";
import { test } from "node:test";
import { clocksOf, listParts, schoolNames } from "../views/schools.mjs";

const haifa = { names: { en: "Carmel", he: "כרמל" }, place: { en: "Haifa", he: "חיפה" }, zone: "Asia/Jerusalem" };
const acre = { names: { en: "Acre School" }, place: { en: "Acre", he: "עכו" }, zone: "Asia/Jerusalem" };
const chicago = { names: { en: "Lakeside" }, place: { en: "Chicago", he: "שיקגו" }, zone: "America/Chicago" };
const boston = { names: { en: "Harbor" }, place: { en: "Boston" }, zone: "America/New_York" };

/** @param {(typeof haifa | typeof boston)[]} schools @returns {import("../wire.mjs").SideBoot} */
const side = (...schools) => /** @type {any} */ ({ schools });

test("a side names all its schools, in the reader's language where they have a name in it", () => {
  assert.deepEqual(schoolNames(side(haifa, acre), "he"), ["כרמל", "Acre School"]);
  assert.deepEqual(schoolNames(undefined, "en"), []);
});

test("one's own clock comes first for either side, and schools of one zone share theirs", () => {
  const sides = { a: side(haifa, acre), b: side(chicago, boston) };
  const ours = { places: ["Haifa", "Acre"], zone: "Asia/Jerusalem" };
  const theirs = [
    { places: ["Chicago"], zone: "America/Chicago" },
    { places: ["Boston"], zone: "America/New_York" },
  ];
  assert.deepEqual(clocksOf(sides, ["a", "b"], "en"), [ours, ...theirs]);
  assert.deepEqual(clocksOf(sides, ["b", "a"], "en"), [...theirs, ours]);
  assert.deepEqual(clocksOf({ a: sides.a }, ["a", "b"], "he"), [{ places: ["חיפה", "עכו"], zone: "Asia/Jerusalem" }]);
});

test("names are joined as the language joins them, each a piece of its own", () => {
  assert.deepEqual(
    listParts(["Lakeside", "Harbor"], "en").map((part) => part.value),
    ["Lakeside", " and ", "Harbor"],
  );
  assert.equal(listParts(["כרמל"], "he").length, 1);
});
