// Names as the reader reads them, and who is here.
import { say, spoken, t } from "../i18n.mjs";

/** @import {HostView, MemberView, PresenceView, RoomView} from "../wire.mjs" */

/**
 * @param {{names: Record<string, string>} | undefined} person
 * @returns {string} the name in the reader's alphabet
 */
export function nameOf(person) {
  return person ? say(person.names) : "";
}

/**
 * @param {RoomView} room
 * @param {string} id
 * @returns {MemberView | undefined}
 */
export function memberOf(room, id) {
  return room.members.find((member) => member.id === id);
}

/**
 * @param {RoomView} room
 * @param {string} me
 * @returns {MemberView[]} the others, in seat order
 */
export function partnersOf(room, me) {
  return room.members.filter((member) => member.id !== me);
}

/**
 * @param {string[]} names
 * @returns {string} "Noa and Ruby"
 */
export function listed(names) {
  return new Intl.ListFormat(spoken(), { type: "conjunction" }).format(names);
}

/**
 * @param {RoomView} room
 * @param {string} me
 * @returns {string} what `{partner}` stands for
 */
export function partnerNames(room, me) {
  return listed(partnersOf(room, me).map(nameOf)) || t("your partner");
}

/**
 * @param {string} language a code
 * @returns {string} its name in the reader's language
 */
export function languageName(language) {
  try {
    return new Intl.DisplayNames([spoken()], { type: "language" }).of(language) ?? language;
  } catch {
    return language;
  }
}

/**
 * @param {PresenceView | null} presence
 * @param {string} member
 */
export function isHere(presence, member) {
  return presence?.present.includes(member) ?? false;
}

/**
 * @param {HostView | undefined} host
 * @returns {string} "Ms Levi, Haifa" for a signature
 */
export function signature(host) {
  if (!host) return t("A teacher");
  const school = say(host.school);
  const name = host.substitute ? t("{name} (substitute)", { name: nameOf(host) }) : nameOf(host);
  return school ? t("{name}, {school}", { name, school }) : name;
}

/**
 * @param {string} name
 * @returns {string} what an empty picture shows
 */
export function initial(name) {
  return [...name.trim()][0] ?? "·";
}
