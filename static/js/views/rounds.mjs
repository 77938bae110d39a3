// A round of speaking as one person sees it: where I stand in it, and what I can do now.

/** @import {PlenaryView, RoundView, Wording} from "../wire.mjs" */

/** @typedef {"not_begun" | "mine" | "ours" | "next" | "coming" | "passed" | "spoke" | "listening" | "over"} Place */

/**
 * Return where a learner stands in the round. `ours`: my room has the turn, and my partner speaks for it.
 * @param {RoundView} round
 * @param {string} me
 * @param {string} room
 * @returns {Place}
 */
export function placeIn(round, me, room) {
  const key = round.of === "rooms" ? room : me;
  if (round.who === key) return round.speaker === me ? "mine" : "ours";
  if (round.passed.includes(key)) return "passed";
  if (round.spoke.includes(key)) return "spoke";
  if (round.over) return "over";
  if (round.coming[0] === key && round.turn > 0) return "next";
  if (round.coming.includes(key)) return "coming";
  return round.turn === 0 ? "not_begun" : "listening";
}

/**
 * Return how many come before somebody, the present speaker included; null where they are not in the line.
 * @param {RoundView} round
 * @param {string} key
 */
export function before(round, key) {
  const at = round.coming.indexOf(key);
  return at < 0 ? null : at + (round.who ? 1 : 0);
}

/**
 * Return the number of a room by which people call it.
 * @param {string} room
 */
export function numberOf(room) {
  return Number(room.slice(room.lastIndexOf(".") + 1));
}

/**
 * Return who stands behind a place in the line: a learner, or all of a room.
 * @param {PlenaryView} view
 * @param {string} key
 * @returns {{room: number | null, people: {id: string, side: string, names: Wording}[]}}
 */
export function behind(view, key) {
  const room = view.round?.rooms[key];
  const ids = room ?? [key];
  return {
    room: room ? numberOf(key) : null,
    people: ids.flatMap((id) => view.people.find((one) => one.id === id) ?? []),
  };
}

/**
 * Return the whole seconds left of what a turn is invited to take; negative after that, null while nobody speaks.
 * @param {{since: number | null, seconds: number}} round
 * @param {number} now the server's time, ms
 */
export function invited({ since, seconds }, now) {
  return since === null ? null : Math.ceil(seconds - (now - since) / 1000);
}
