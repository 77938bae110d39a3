// Whole-class moments: cards in their groups, where both classes stand, and where somebody is in a round.
import assert from "node:assert/strict";
import { test } from "node:test";
import { groupsOf, pagesOf, sourceOf, standRows } from "../views/boards.mjs";
import { before, behind, invited, placeIn } from "../views/rounds.mjs";

/** @import {BoardEntryView, BoardView, Lesson, PlenaryView, RoundView} from "../wire.mjs" */

const said = (/** @type {string} */ words) => ({ en: words, he: `${words} (he)` });
const option = (/** @type {string} */ id) => ({ id, label: said(id) });
const LESSON = /** @type {Lesson} */ (
  /** @type {unknown} */ ({
    text: {
      segments: ["1:14", "1:16"].map((id) => ({ id, number: { en: id, he: id }, words: {}, plain: {}, glosses: [] })),
    },
    steps: [
      {
        id: "list",
        index: 0,
        uses: [],
        inputs: [{ id: "line", options: [], tags: [option("fact"), option("meaning")] }],
      },
      {
        id: "before",
        index: 1,
        uses: [],
        inputs: [
          { id: "stance_1", prompt: said("Was it right?"), options: [option("agree"), option("disagree")], tags: [] },
        ],
      },
      { id: "wall", index: 2, uses: ["list"], inputs: [] },
    ],
  })
);

/**
 * @param {string} id
 * @param {Partial<BoardEntryView["entry"]>} entry
 * @param {Partial<BoardEntryView>} [more]
 * @returns {BoardEntryView}
 */
const card = (id, entry, more = {}) => ({
  id,
  room: 1,
  side: "a",
  of: 0,
  input: "line",
  wonders: 0,
  entry: { text: id, marks: [], spoken: false, ...entry },
  ...more,
});

/**
 * @param {BoardView["kind"]} kind
 * @param {BoardEntryView[]} entries
 * @returns {BoardView}
 */
const board = (kind, entries) => ({
  session: "s",
  step: 2,
  version: 1,
  entries,
  kind,
  pinned: null,
  spectrum: [],
  aside: [],
});
const mark = (/** @type {string} */ segment) => [{ segment, language: "en", first: 0, last: 1 }];
const told = (/** @type {ReturnType<typeof groupsOf>} */ groups) =>
  groups.map((one) => [one.title, one.entries.map((e) => e.id)]);

test("a wall stands by kind, in the protocol's order, never by how many wonder", () => {
  const cards = [
    card("x", { tag: "meaning" }),
    card("y", { tag: "fact" }),
    card("z", {}),
    card("w", { tag: "meaning" }, { wonders: 9 }),
  ];
  assert.deepEqual(told(groupsOf(board("wall", cards), LESSON, "en")), [
    ["fact", ["y"]],
    ["meaning", ["x", "w"]],
    ["Other questions", ["z"]],
  ]);
  assert.deepEqual(told(groupsOf(board("wall", [card("z", {})]), LESSON, "en")), [["", ["z"]]]);
});

test("readings stand by verse, and like ones stay apart", () => {
  const cards = [
    card("x", { marks: mark("1:16") }),
    card("y", { marks: mark("1:14") }),
    card("x2", { text: "x", marks: mark("1:16") }),
  ];
  assert.deepEqual(
    groupsOf(board("readings", cards), LESSON, "en").map((one) => one.entries.map((e) => e.id)),
    [["y"], ["x", "x2"]],
  );
  assert.deepEqual(groupsOf(board("list", []), LESSON, "en"), []);
});

test("a card knows the question that it answers", () => {
  assert.equal(sourceOf(card("x", {}), LESSON).input?.id, "line");
  assert.equal(sourceOf(card("x", {}, { of: null }), LESSON).step, undefined);
});

test("where both classes stand is told in numbers, one's own side first, and nothing for what is not shown", () => {
  const one = {
    step: 1,
    input: "stance_1",
    options: ["agree", "disagree"],
    stands: [
      { side: "a", before: [3, 1], after: [4, 0] },
      { side: "b", before: [0, 3], after: [] },
    ],
  };
  const rows = standRows(one, LESSON, "en", "b");
  assert.deepEqual(
    rows.map((row) => [row.side, row.when, row.of]),
    [
      ["b", "before", 3],
      ["a", "before", 4],
      ["a", "after", 4],
    ],
  );
  assert.deepEqual(rows[1]?.shares, [
    { label: "agree", n: 3 },
    { label: "disagree", n: 1 },
  ]);
});

test("a wall turns pages of a size that fits, and shows one card alone where it is looked at", () => {
  const cards = Array.from({ length: 17 }, (_, n) => card(`c${n}`, {}));
  assert.deepEqual(
    pagesOf(board("wall", cards)).map((page) => page.length),
    [8, 8, 1],
  );
  assert.deepEqual(
    pagesOf({ ...board("wall", cards), pinned: "c3" }).map((page) => page.map((one) => one.id)),
    [["c3"]],
  );
  assert.deepEqual(pagesOf(null), []);
});

/** @type {RoundView} */
const ROUND = {
  of: "children",
  turn: 2,
  who: "noa",
  speaker: "noa",
  since: 1000,
  seconds: 30,
  coming: ["dan", "maya"],
  passed: ["eli"],
  spoke: ["tal"],
  volunteers: [],
  most: null,
  over: false,
  rooms: {},
};

test("everybody knows where they stand in a round", () => {
  const places = ["noa", "dan", "maya", "eli", "tal", "guest"].map((who) => placeIn(ROUND, who, "s.1"));
  assert.deepEqual(places, ["mine", "next", "coming", "passed", "spoke", "listening"]);
  assert.equal(placeIn({ ...ROUND, turn: 0, who: null }, "dan", "s.1"), "coming");
  assert.equal(placeIn({ ...ROUND, who: null, over: true, coming: [] }, "guest", "s.1"), "over");
  assert.equal(before(ROUND, "maya"), 2);
  assert.equal(before(ROUND, "noa"), null);
});

test("a room has one voice, and both know whose turn it is", () => {
  const round = /** @type {RoundView} */ ({
    ...ROUND,
    of: "rooms",
    who: "s.1",
    speaker: "noa",
    coming: ["s.2"],
    rooms: { "s.1": ["noa", "dan"], "s.2": ["maya"] },
  });
  assert.deepEqual(
    [placeIn(round, "noa", "s.1"), placeIn(round, "dan", "s.1"), placeIn(round, "maya", "s.2")],
    ["mine", "ours", "next"],
  );
  const people = ["noa", "dan"].map((id) => ({ id, side: "a", names: { en: id } }));
  const view = /** @type {PlenaryView} */ ({
    session: "s",
    version: 1,
    together: true,
    step: 2,
    carrier: "mesh",
    hands: [],
    speaker: null,
    spotlight: null,
    muted: {},
    circle: [],
    people,
    round,
  });
  assert.deepEqual(behind(view, "s.1"), { room: 1, people });
});

test("half a minute is an invitation: it goes below nought and cuts nobody off", () => {
  assert.equal(invited(ROUND, 11_000), 20);
  assert.equal(invited(ROUND, 41_000), -10);
  assert.equal(invited({ since: null, seconds: 30 }, 0), null);
});
