// Names as the reader writes them, and whose side somebody is on.
import { say, t } from "../../i18n.mjs";
import { atDevice } from "../seat.mjs";

/** @import { Host, Peer, People, Whose, Wording } from "./types.mjs" */

/**
 * Return text that keeps its own direction inside a sentence of any direction, where markup cannot do it.
 * @param {string} text
 */
export function isolated(text) {
  return `\u2068${text}\u2069`;
}

/**
 * Return the name in the reader's alphabet.
 * @param {{ names: Wording } | undefined} person
 * @param {string} language
 */
export function nameOf(person, language) {
  return say(person?.names, language) || t("a student");
}

/**
 * @param {string | undefined} side
 * @param {string} mine
 * @returns {Whose}
 */
export function whose(side, mine) {
  return side === mine ? "ours" : "theirs";
}

/**
 * Return the mark of a side as a character, for text without markup (a list of choices, a spoken label).
 * @param {Whose} side
 */
export function markOf(side) {
  return side === "ours" ? "●" : "◆";
}

/**
 * Return "Dan ● + Noa ◆".
 * @param {readonly string[]} members
 * @param {People} people
 * @param {string} language
 * @param {string} mine
 */
export function namesLine(members, people, language, mine) {
  return members
    .map((id) => {
      const name = isolated(nameOf(people[id], language));
      return people[id]?.hidden ? name : `${name} ${markOf(whose(people[id]?.side, mine))}`;
    })
    .join(" + ");
}

/**
 * Return who shares a device with somebody now, or null.
 * @param {string} member
 * @param {readonly Peer[]} peers
 * @returns {string | null}
 */
export function besideOf(member, peers) {
  const device = peers.map(atDevice).find((ids) => ids.length > 1 && ids.includes(member));
  return device?.find((id) => id !== member) ?? null;
}

/**
 * Return "Noa and Dan share a device" for the first of two of these who do, or "".
 * @param {readonly string[]} members
 * @param {readonly Peer[]} peers
 * @param {People} people
 * @param {string} language
 */
export function sharingWords(members, peers, people, language) {
  for (const member of members) {
    const other = besideOf(member, peers);
    if (other)
      return t("{one} and {other} share a device", {
        one: isolated(nameOf(people[member], language)),
        other: isolated(nameOf(people[other], language)),
      });
  }
  return "";
}

/**
 * Return the name of an adult of the lesson, or a word that fits any adult.
 * @param {readonly Host[]} hosts
 * @param {string} id
 * @param {string} language
 */
export function hostName(hosts, id, language) {
  const host = hosts.find((one) => one.id === id);
  if (!host) return t("a teacher");
  return host.substitute ? t("{name} (substitute)", { name: nameOf(host, language) }) : nameOf(host, language);
}

/**
 * Return the first letter shown where there is no face.
 * @param {string} name
 */
export function initial(name) {
  return [...name.trim()][0]?.toLocaleUpperCase() ?? "·";
}
