// Who is heard and seen by whom, and what a child is told about it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closedFor, hears, inMyClassroom, mostly, sees, talkBars, talkSentence, whyClosed } from "../views/media.mjs";
import { talkWords } from "../views/teacher/board.mjs";

/** @import {PresenceView, RoomView} from "../wire.mjs" */

const member = (/** @type {string} */ id, /** @type {string} */ side) => ({ id, side, names: { en: id } });
const NOA = member("Noa", "a");
const MAYA = member("Maya", "a");
const DAN = member("Dan", "b");

/** @param {Partial<RoomView["media"]>} media */
const room = (media) =>
  /** @type {RoomView} */ (
    /** @type {unknown} */ ({
      members: [NOA, MAYA, DAN],
      media: { microphones: null, cameras: { a: true, b: true }, apart: [], ...media },
    })
  );
/** @param {string[]} holding */
const presence = (...holding) =>
  /** @type {PresenceView} */ (/** @type {unknown} */ ({ peers: holding.map((who) => ({ who, holding: true })) }));

test("in a turn only the speaker is heard, and whoever holds to talk", () => {
  const turn = room({ microphones: ["Dan"] });
  assert.equal(hears(turn, presence(), "Noa", "Dan"), true);
  assert.equal(hears(turn, presence(), "Dan", "Noa"), false);
  assert.equal(hears(turn, presence("Noa"), "Dan", "Noa"), true);
  assert.equal(closedFor(turn, ["Noa"]).turn, true);
  assert.equal(closedFor(turn, ["Dan"]).turn, false);
});

test("classmates in one classroom are heard through the air only, even when they speak", () => {
  const school = room({ apart: ["a"], microphones: ["Maya"] });
  assert.equal(hears(school, presence("Maya"), "Noa", "Maya"), false);
  assert.equal(hears(school, presence(), "Dan", "Maya"), true);
  assert.equal(inMyClassroom(school, "Noa", "Maya"), true);
  assert.equal(inMyClassroom(school, "Noa", "Noa"), false);
  assert.equal(inMyClassroom(room({}), "Noa", "Maya"), false);
});

test("a teacher who comes in is heard in every step", () => {
  assert.equal(hears(room({ microphones: ["Dan"], apart: ["a", "b"] }), presence(), "Noa", "ms-levi"), true);
});

test("pictures that have to be spared are shown nowhere", () => {
  const spared = room({ cameras: { a: false, b: false } });
  assert.equal(sees(spared, "Dan"), false);
  assert.equal(closedFor(spared, ["Noa"]).budget, true);
  assert.equal(sees(room({}), "Dan"), true);
});

test("a closed microphone is explained", () => {
  const turn = room({ microphones: ["Dan"] });
  assert.deepEqual(whyClosed(turn, ["Noa"], { holding: false, hold: false }), {
    text: "{name} is speaking. Hold the button to say something.",
    name: "Dan",
  });
  assert.equal(whyClosed(turn, ["Noa"], { holding: true, hold: false }).text, "You are heard now.");
  assert.equal(whyClosed(room({}), ["Noa"], { holding: false, hold: true }).text, "Hold the button while you speak.");
});

test("talk is even until somebody has clearly more than an equal share", () => {
  const talk = (/** @type {Record<string, number>} */ shares) => ({ step: 0, shares, reliable: true });
  assert.equal(mostly(talk({ Noa: 40, Dan: 60 })), null);
  assert.equal(mostly(talk({ Noa: 30, Dan: 70 })), "Dan");
  assert.equal(mostly(talk({ Noa: 50, Maya: 25, Dan: 25 })), null);
  assert.equal(mostly(talk({ Noa: 55, Maya: 25, Dan: 20 })), "Noa");
  assert.equal(talkBars(talk({ Noa: 0, Dan: 100 })), "▁█");
  assert.equal(talkBars(talk({ Noa: 50, Dan: 50 })), "▅▅");
});

test("a room is told gently, a board in two words, and neither in numbers", () => {
  const talk = { step: 0, shares: { Noa: 80, Dan: 20 }, reliable: true };
  const people = /** @type {any} */ ({ Noa: { names: { en: "Noa" } }, Dan: { names: { en: "Dan" } } });
  assert.match(talkSentence(talk, room({}), "Noa").text, /What do your partners think/);
  assert.equal(talkSentence(talk, room({}), "Dan").name, "Noa");
  assert.match(talkWords(talk, people, "en"), /^mostly .Noa.$/);
  assert.match(talkWords({ ...talk, reliable: false }, people, "en"), /roughly$/);
  assert.equal(talkWords({ ...talk, shares: { Noa: 50, Dan: 50 } }, people, "en"), "talk even");
  for (const words of [talkSentence(talk, room({}), "Noa").text, talkWords(talk, people, "en")])
    assert.doesNotMatch(words, /\d/);
});
