// The schools of a lesson: a side is one or more of them, and every screen names them all.
import { say, spoken } from "../i18n.mjs";

/** @import { SideBoot } from "../wire.mjs" */

/** @typedef {{ places: string[], zone: string }} SharedClock a clock that schools of a side share */

/**
 * Return the names of a side's schools as the reader writes them, each once.
 * @param {SideBoot | undefined} side
 * @param {string} [language]
 */
export function schoolNames(side, language = spoken()) {
  return distinct((side?.schools ?? []).map((school) => say(school.names, language)));
}

/**
 * Return the clocks of these sides in this order, each zone once, with the places where it hangs. Give one's own side first.
 * @param {Record<string, SideBoot>} sides
 * @param {string[]} order
 * @param {string} [language]
 * @returns {SharedClock[]}
 */
export function clocksOf(sides, order, language = spoken()) {
  /** @type {Map<string, SharedClock>} */
  const clocks = new Map();
  for (const name of order) {
    for (const { zone } of sides[name]?.schools ?? []) {
      if (clocks.has(zone)) continue;
      const there = (sides[name]?.schools ?? []).filter((school) => school.zone === zone);
      const places = distinct(there.map((school) => say(school.place, language)));
      clocks.set(zone, { places, zone });
    }
  }
  return [...clocks.values()];
}

/**
 * Return the side across.
 * @param {string} side
 */
export function across(side) {
  return side === "a" ? "b" : "a";
}

/**
 * Return words joined as the language joins them, in pieces, so that each can be isolated in its own direction.
 * @param {string[]} words
 * @param {string} [language]
 */
export function listParts(words, language = spoken()) {
  return new Intl.ListFormat(language, { type: "conjunction" }).formatToParts(words);
}

/** @param {string[]} words */
function distinct(words) {
  return [...new Set(words.filter(Boolean))];
}
