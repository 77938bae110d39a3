import assert from "node:assert/strict";
import { test } from "node:test";
import { roomWords } from "../views/guest.mjs";
import { languagesOf, shownStep, verseOf } from "../views/modelling.mjs";
import { signature } from "../views/people.mjs";
import { adultsHere, besideWords, roleWords } from "../views/teacher/also_here.mjs";
import { needWords } from "../views/teacher/board.mjs";
import { hostName } from "../views/teacher/people.mjs";

const HOSTS = [
  { id: "levi", side: "a", names: { en: "Ms Levi" }, school: { en: "Carmel" } },
  { id: "pass-1", side: "a", names: { en: "Mr Cohen" }, school: { en: "Carmel" }, substitute: true },
  { id: "stone", side: "b", names: { en: "Mr Stone" }, school: { en: "Lake" } },
];
const SESSION = /** @type {any} */ ({ status: "running", hosts: HOSTS });
const ROWS = /** @type {any} */ ([
  { number: 3, visitors: ["stone"] },
  { number: 4, visitors: [] },
]);
const GUEST = /** @type {any} */ ({ id: "pass-2", kind: "guest", side: "b", name: "Headmistress Or", here: true });

test("each adult is shown with where they are, substitutes and guests after the teachers", () => {
  const presence = /** @type {any} */ ({ adults: ["pass-1", "stone", "levi"] });
  const shown = adultsHere(SESSION, presence, ROWS, [GUEST, { ...GUEST, id: "x", here: false }], "levi", "en");
  assert.deepEqual(
    shown.map((one) => [one.name, roleWords(one)]),
    [
      ["Mr Stone", "in room 3"],
      ["Mr Cohen", "substitute · at the board"],
      ["Headmistress Or", "guest"],
    ],
  );
  const lobby = adultsHere({ ...SESSION, status: "lobby" }, presence, [], [], "levi", "en");
  assert.equal(roleWords(/** @type {any} */ (lobby[0])), "");
});

test("a substitute signs as one, with the school", () => {
  assert.equal(signature(HOSTS[1]), "Mr Cohen (substitute), Carmel");
  assert.equal(signature(HOSTS[0]), "Ms Levi, Carmel");
  assert.equal(hostName(HOSTS, "pass-1", "en"), "Mr Cohen (substitute)");
});

test("an adult beside a child is named after the child who says so", () => {
  const people = /** @type {any} */ ({ noa: { names: { en: "Noa" } }, dan: { names: { en: "Dan" } } });
  const peers = /** @type {any} */ ([{ who: "noa", adult_beside: true }, { who: "dan" }]);
  assert.equal(besideWords(["dan", "noa"], peers, people, "en"), "An adult is beside \u2068Noa\u2069");
  assert.equal(besideWords(["dan"], peers, people, "en"), "");
});

test("a room to check on says that somebody would like to sit apart, and never who or why", () => {
  const row = /** @type {any} */ ({ number: 7, members: ["dan", "noa"], apart: true, check: true });
  const words = needWords({ code: "check", since: null }, row, {}, HOSTS, "en");
  assert.equal(words, "Check on room 7: somebody would like to sit apart");
});

test("a guest reads where a room stands", () => {
  const lesson = /** @type {any} */ ({ steps: [{ title: { en: "Notice" } }] });
  const room = /** @type {any} */ ({ step: 0, state: "working", done: 1 });
  assert.equal(roomWords(room, lesson, "en"), "Notice · one is done");
  assert.equal(roomWords({ ...room, state: "done" }, lesson, "en"), "at the end");
});

test("the verse that teachers show stands in the reader's language first", () => {
  const verse = /** @type {any} */ ({ id: "1:16", words: { en: [], he: [] } });
  const lesson = /** @type {any} */ ({ text: { segments: [verse] } });
  assert.equal(verseOf(lesson, { segment: "1:16", since: 0, seconds: 120, by: "levi" }), verse);
  assert.equal(verseOf(lesson, { segment: null, since: 0, seconds: 120, by: "levi" }), null);
  assert.deepEqual(languagesOf(verse, "he"), ["he", "en"]);
});

test("what pairs will do with the text in both languages stands below the verse, not how they greet each other", () => {
  const step = (/** @type {object} */ given) => ({
    scope: "group",
    kind: "talk",
    text_shown: "both",
    for_group: {},
    ...given,
  });
  const steps = [step({ id: "hello", text_shown: "none" }), step({ id: "aloud", kind: "read" }), step({ id: "why" })];
  assert.equal(shownStep(/** @type {any} */ ({ steps }))?.id, "why");
  assert.equal(shownStep(/** @type {any} */ ({ steps: steps.slice(0, 2) })), null);
  assert.equal(shownStep(null), null);
});
