// What changed between two moments that a learner should be told, in words.
import { t } from "../i18n.mjs";
import { listed, nameOf, signature } from "./people.mjs";

/** @import {Lesson, RoomView, SessionView} from "../wire.mjs" */

/** An adult who comes into a room is announced for so long before they hear or see anybody, ms. */
export const KNOCK = 3000;

/** @typedef {{id: string, kind: "" | "good" | "warn" | "offline", text: string, stays?: boolean, by?: string}} Told */
/**
 * @typedef {object} Moment
 * @property {RoomView | null} room
 * @property {SessionView | null} session
 * @property {Lesson | null} lesson
 * @property {boolean} unfinished whether words stood in the step that I had not called done
 */

/**
 * @param {Moment} before
 * @param {Moment} after
 * @param {string} me
 * @returns {Told[]}
 */
export function changes(before, after, me) {
  if (!before.room || !after.room) return [];
  if (before.room.room !== after.room.room) return [movedRoom(before.room, after.room, me, after.lesson)];
  return [
    ...joined(before.room, after.room, me),
    ...timeIsOver(before, after.room),
    ...farewells(before.room, after.room, after.session),
  ];
}

/**
 * @param {RoomView} before
 * @param {RoomView} room
 * @param {string} me
 * @param {Lesson | null} lesson
 * @returns {Told}
 */
function movedRoom(before, room, me, lesson) {
  const others = room.members.filter((member) => member.id !== me).map(nameOf);
  const partnersChange = lesson?.parts.some((part) => part.rotate && part.first === room.step) ?? false;
  const names = listed(others);
  const text =
    others.length > 0 && partnersChange
      ? nextPartners(others)
      : names === ""
        ? t("You have moved to another room. What you wrote is kept.")
        : room.step === before.step
          ? t("You now learn with {names}. Your step and your notes are with you.", { names })
          : t("You now learn with {names}, at the step where they are. Your notes are with you.", { names });
  return { id: `moved-${room.room}`, kind: "good", text, stays: true };
}

/** @param {string[]} names */
function nextPartners(names) {
  const said = { names: listed(names) };
  return names.length === 1
    ? t("Your next partner is {names}. Your intention and everything you wrote stay with you.", said)
    : t("Your next partners are {names}. Your intention and everything you wrote stay with you.", said);
}

/**
 * @param {RoomView} before
 * @param {RoomView} after
 * @param {string} me
 * @returns {Told[]}
 */
function joined(before, after, me) {
  const known = new Set(before.members.map((member) => member.id));
  const fresh = after.members.filter((member) => member.id !== me && !known.has(member.id));
  const gone = before.members.filter((member) => !after.members.some((one) => one.id === member.id));
  return [
    ...fresh.map((member) => ({
      id: `joined-${member.id}-${after.version}`,
      kind: /** @type {const} */ ("good"),
      text: t("{name} is now in your room. Say hello!", { name: nameOf(member) }),
    })),
    ...gone.map((member) => ({
      id: `gone-${member.id}-${after.version}`,
      kind: /** @type {const} */ (""),
      text: t("{name} has moved to another place.", { name: nameOf(member) }),
    })),
  ];
}

/**
 * @param {Moment} before
 * @param {RoomView} after
 * @returns {Told[]}
 */
function timeIsOver(before, after) {
  if (!before.room || before.room.step === after.step || !before.unfinished) return [];
  return [{ id: `over-${before.room.step}`, kind: "", text: t("The lesson has moved on. Your words are kept.") }];
}

/**
 * Who is here is shown for as long as they are; only their leaving needs telling.
 * @param {RoomView} before
 * @param {RoomView} after
 * @param {SessionView | null} session
 * @returns {Told[]}
 */
function farewells(before, after, session) {
  const host = (/** @type {string} */ id) => signature(session?.hosts.find((one) => one.id === id));
  const went = Object.keys(before.visitors).filter((id) => !(id in after.visitors));
  return [
    ...went.map((id) => ({
      id: `went-${id}-${after.version}`,
      kind: /** @type {const} */ (""),
      text: t("{name} has left your room.", { name: host(id) }),
    })),
  ];
}
