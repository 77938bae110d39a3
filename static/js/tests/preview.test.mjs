// What a teacher tries before a lesson is made of the same views that a child gets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsInView } from "../views/lesson.mjs";
import { phaseOf } from "../views/phase.mjs";
import {
  nextStep,
  previewBoards,
  previewMine,
  previewPresence,
  previewRoom,
  previewSession,
  turnsOf,
} from "../views/preview.mjs";
import { banner } from "../views/turns.mjs";

/** @param {string} words */
const w = (words) => ({ en: words, he: words });
const noa = { id: "noa", side: "a", names: w("Noa"), language: "he" };
const max = { id: "max", side: "b", names: w("Max"), language: "en" };
const ruby = { id: "ruby", side: "b", names: w("Ruby"), language: "en" };

/** @param {number} index @param {Record<string, unknown>} fields */
const step = (index, fields) => ({
  id: `0.s${index}`,
  index,
  part: 0,
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
  rounds: 1,
  visibility: "after_reveal",
  ...fields,
});
/** @param {Record<string, unknown>} fields */
const input = (fields) => ({
  id: "a",
  kind: "text",
  prompt: w("?"),
  min: 1,
  max: 3,
  evidence: "none",
  options: [],
  tags: [],
  ...fields,
});
const lesson = /** @type {any} */ ({
  hash: "hash",
  title: w("lesson"),
  text: { segments: [{ id: "1:1", words: { he: [{}, {}, {}], en: [{}] } }] },
  steps: [
    step(0, { kind: "read" }),
    step(1, { kind: "solo", inputs: [input({ evidence: "wanted" })] }),
    step(2, { kind: "solo", visibility: "teacher", inputs: [input({ id: "b" })] }),
    step(3, { kind: "reveal", uses: ["0.s1", "0.s2"] }),
    step(4, { kind: "turns", rounds: 2, for_group: { 3: null } }),
    step(5, { kind: "restate" }),
    step(6, { kind: "together", inputs: [input({ kind: "list" })] }),
    step(7, { kind: "board", uses: ["0.s1"] }),
  ],
});
const words = { en: ["sample"], he: ["דוגמה"] };
const sample = { lesson, people: [noa, max], words, me: "noa", now: 0 };
/** @param {number} at */
const moment = (at) => ({ step: at, turn: 0, finished: [], lines: [] });

test("the student's page takes it for a room", () => {
  const state = {
    stoppedBy: null,
    bootSession: "preview",
    session: previewSession(sample),
    mine: previewMine(sample, moment(0)),
  };
  assert.equal(phaseOf({ ...state, room: previewRoom(sample, moment(0)), hasLesson: true, checked: true }), "room");
  assert.deepEqual(previewPresence(sample).present, ["noa", "max"]);
});

test("each writes in their own language, and what is not shown to partners is not shown here", () => {
  const room = previewRoom(sample, moment(3));
  const seen = wordsInView(lesson, lesson.steps[3], room, previewMine(sample, moment(3)));
  assert.deepEqual(
    seen.map((one) => [one.step, one.member, one.entries[0]?.text]),
    [
      [1, "noa", "דוגמה"],
      [2, "noa", "דוגמה"],
      [1, "max", "sample"],
    ],
  );
  assert.deepEqual(previewRoom(sample, moment(2)).given, []);
});

test("marks lie inside the words of the text", () => {
  const [hers, his] = previewRoom(sample, moment(3)).given.map((one) => one.entries[0]?.marks[0]);
  assert.deepEqual([hers?.language, hers?.first, hers?.last], ["he", 0, 1]);
  assert.deepEqual([his?.language, his?.first, his?.last], ["en", 0, 0]);
});

test("turns are those of the step: each language once, each person a round, and saying back", () => {
  assert.deepEqual(
    turnsOf(lesson.steps[0], [noa, max, ruby]).map((one) => one.language),
    ["he", "en"],
  );
  assert.deepEqual(
    turnsOf(lesson.steps[4], [noa, max]).map((one) => one.speaker),
    ["noa", "max", "noa", "max"],
  );
  assert.deepEqual(
    turnsOf(lesson.steps[5], [noa, max, ruby])
      .slice(0, 4)
      .map((one) => [one.phase, one.acts]),
    [
      ["speak", "noa"],
      ["restate", "max"],
      ["confirm", "noa"],
      ["ask", "ruby"],
    ],
  );
  assert.equal(banner(lesson.steps[4], previewRoom(sample, moment(4)), "noa")?.tone, "mine");
  assert.equal(banner(lesson.steps[4], previewRoom(sample, moment(4)), "max")?.tone, "listen");
});

test("a step that a trio skips is passed over, and the last one stays", () => {
  assert.equal(nextStep(lesson, 3, 2), 4);
  assert.equal(nextStep(lesson, 3, 3), 5);
  assert.equal(nextStep(lesson, 7, 2), 7);
});

test("a line has an author, and the whole class's board has something on it", () => {
  assert.deepEqual(
    previewRoom(sample, moment(6)).lines.map((one) => one.author),
    ["noa"],
  );
  assert.deepEqual(
    previewBoards(sample)
      .get(7)
      ?.entries.map((one) => one.side),
    ["a", "b"],
  );
});
