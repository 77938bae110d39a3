import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { useMessages } from "../../i18n.mjs";
import {
  cards,
  columns,
  devicesOf,
  hindrances,
  newcomers,
  remedy,
  startSentence,
  withoutAnswers,
} from "../../views/teacher/lobby.mjs";

/** @import { People, Presence, Seats, Session } from "../../views/teacher/types.mjs" */

/** @type {People} */
const PEOPLE = {
  dan: { names: { en: "Dan" }, side: "a", media: "video", speaks: [], reads: [] },
  adi: { names: { en: "Adi" }, side: "a", media: "audio", speaks: [], reads: [] },
  ora: { names: { en: "Ora" }, side: "a", media: "none", speaks: [], reads: [] },
  noa: { names: { en: "Noa" }, side: "b", media: "video", speaks: [], reads: [] },
};
/** @type {Session} */
const SESSION = {
  session: "s",
  version: 1,
  status: "lobby",
  lesson: "h",
  floor: -1,
  limit: -1,
  paused: null,
  started_at: null,
  closed_at: null,
  hosts: [
    { id: "levi", side: "a", names: { en: "Ms Levi" }, school: {} },
    { id: "cohen", side: "b", names: { en: "Mr Cohen" }, school: {} },
  ],
  notes: [],
};
/** @type {Presence} */
const PRESENCE = {
  scope: "s",
  present: ["dan", "ora"],
  peers: [{ peer: "p", who: "dan", kind: "student", order: 1, camera: "refused", microphone: "on" }],
  adults: ["levi"],
};
/** @type {Seats} */
const SEATS = {
  session: "s",
  version: 1,
  rooms: { "s.2": ["noa"], "s.10": ["dan"], "s.3": [] },
  why: { "s.2": ["never_met"] },
  unplaced: {},
  removed: [],
  parted: [],
};

afterEach(() => useMessages("en", {}));

/** @param {...number} sizes */
const rooms = (...sizes) => sizes.map((size) => Array.from({ length: size }, (_, at) => `m${at}`));

test("the start button names what will happen", () => {
  assert.equal(startSentence(rooms(...Array(10).fill(2), 3)), "Start 11 rooms, one of three");
  assert.equal(startSentence(rooms(2)), "Start one room");
  assert.equal(startSentence(rooms(3)), "Start one room of three");
  assert.equal(
    startSentence(rooms(2, 3, 3, 4, 1, 0)),
    "Start 5 rooms, 2 of three, one of four, one with a single student",
  );
});

test("the start button speaks Hebrew with its plurals", () => {
  useMessages("he", {
    "Start one room": ["לפתוח חדר אחד", "לפתוח {n} חדרים"],
    "one of three": ["אחד מהם של שלושה", "{n} מהם של שלושה"],
  });
  assert.equal(startSentence(rooms(2, 2, 3)), "לפתוח 3 חדרים, אחד מהם של שלושה");
});

test("each side is a column, ours first, those who are here before those who are not", () => {
  const [ours, theirs] = columns(PEOPLE, PRESENCE, SEATS, SESSION, "a", "en");
  assert.deepEqual(
    ours.arrivals.map((one) => [one.id, one.here]),
    [
      ["ora", true],
      ["dan", true],
      ["adi", false],
    ],
  );
  assert.equal(ours.here, 2);
  assert.equal(ours.adult?.id, "levi");
  assert.equal(theirs.whose, "theirs");
  assert.equal(theirs.adult, null);
  assert.equal(columns(PEOPLE, PRESENCE, SEATS, SESSION, "b", "en")[0].side, "b");
});

test("devices are marked as far as the family agreed to them, and only of those who are here", () => {
  const [ours] = columns(PEOPLE, PRESENCE, SEATS, SESSION, "a", "en");
  /** @param {string} id */
  const of = (id) => ours.arrivals.filter((one) => one.id === id).flatMap(devicesOf);
  assert.deepEqual(of("dan"), ["camera", "microphone"]);
  assert.deepEqual(of("ora"), []);
  assert.deepEqual(of("adi"), []);
  assert.equal(ours.arrivals.find((one) => one.id === "dan")?.camera, "refused");
});

test("cards are in the order of their numbers, and an emptied room is none", () => {
  assert.deepEqual(
    cards(SEATS).map((card) => card.number),
    [2, 10],
  );
});

test("what stands in the way of the start is said, from the reader's side", () => {
  assert.deepEqual(hindrances(SESSION, PRESENCE, SEATS, "a"), [
    "No adult of the partner school is signed in yet; their students wait for one.",
  ]);
  assert.deepEqual(hindrances(SESSION, PRESENCE, SEATS, "b"), [
    "No adult of our school is signed in yet; our students wait for one.",
  ]);
  const ready = { ...PRESENCE, adults: ["levi", "cohen"] };
  assert.deepEqual(hindrances(SESSION, ready, SEATS, "a"), []);
  assert.equal(hindrances(SESSION, ready, { ...SEATS, rooms: {} }, "a").length, 1);
});

test("every refusal of a start says what to do", () => {
  for (const code of ["not_agreed", "adult_missing", "consent_missing", "no_rooms"])
    assert.notEqual(remedy(code), "", code);
});

test("children without answers are named class by class, and not counted as late", () => {
  const pupil = { side: "a", media: "none", speaks: [], reads: [] };
  const some = {
    dan: { ...pupil, names: { en: "Dan" }, class: "7b", crosses: false, answered: false },
    noa: { ...pupil, names: { en: "Noa" }, class: "7c", crosses: false, answered: false },
    tal: { ...pupil, names: { en: "Tal" }, class: "7b", crosses: false, answered: true },
    adi: { ...pupil, names: { en: "Adi" }, class: "7b", crosses: true, answered: true },
  };
  const session = /** @type {any} */ ({ hosts: [] });
  const presence = /** @type {any} */ ({ present: [], peers: [], adults: [] });
  const seats = /** @type {any} */ ({ rooms: {}, removed: [], unplaced: {} });
  const [ours] = columns(some, presence, seats, session, "a", "en");
  assert.deepEqual(withoutAnswers(ours.arrivals, some), [
    { group: "7b", names: ["Dan"] },
    { group: "7c", names: ["Noa"] },
  ]);
});

test("whoever comes after their family has answered is somebody new to an open page", () => {
  const pupil = { names: {}, side: "a", media: "none", speaks: [], reads: [] };
  const known = { adi: { ...pupil, crosses: true }, dan: { ...pupil, crosses: false } };
  const presence = /** @type {any} */ ({ present: ["adi", "dan"] });
  const seats = /** @type {any} */ ({ rooms: { "s.1": ["adi", "max"] } });
  assert.deepEqual(newcomers(known, presence, seats), ["dan", "max"]);
});
