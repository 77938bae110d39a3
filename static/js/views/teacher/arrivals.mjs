// Learners without a partner: what is proposed for them, and what was done, in sentences that say what a press will do.
import { t } from "../../i18n.mjs";
import { roomNumber, unplacedReason } from "./lobby.mjs";
import { hostName, isolated, namesLine } from "./people.mjs";

/** @import { PlacedView, PlacingView } from "../../wire.mjs" */
/** @import { Host, People, Seats } from "./types.mjs" */

/** @typedef {"automatic" | "suggest" | "off"} Policy */

/** A placing is news for so long, ms. */
export const NEWS = 120_000;

/**
 * Return what a press, or the countdown, will do. Of those who sit there, the ones who are here are named.
 * @param {PlacingView} one
 * @param {People} people
 * @param {string} language
 * @param {string} side
 * @param {readonly string[]} present
 */
export function placingSentence(one, people, language, side, present) {
  const names = namesLine(one.members, people, language, side);
  if (one.room === "new") return t("Open a room for {names}", { names });
  const here = one.beside.filter((id) => present.includes(id));
  const others = namesLine(here.length > 0 ? here : one.beside, people, language, side);
  const room = isolated(String(roomNumber(one.room ?? "")));
  return one.out_of === null
    ? t("Seat {names} with {others} (room {room})", { names, others, room })
    : t("Bring {names} to {others} (room {room})", { names, others, room });
}

/**
 * Return why.
 * @param {PlacingView} one
 */
export function placingReason(one) {
  switch (one.reason) {
    case "waits_for_partner":
      return t("nobody from the other school is there now");
    case "both_wait":
      return t("one of each school, both waiting");
    case "shares_a_device":
      return t("they share a device");
    case "nobody_alone":
      return t("nobody is alone, so they become a larger group");
    case "both_alone":
      return t("each has lost the partner, and they are at the same step");
    case "same_step":
      return t("the partner is gone, and these are at the same step");
    case "step_behind":
      return t("the partner is gone, and these are a little behind");
    case "step_ahead":
      return t("the partner is gone, and these are nearest, further on");
    default:
      return unplacedReason(one.reason);
  }
}

/**
 * Return what can be pressed, what counts down first; reasons to wait are not among them.
 * @param {Seats} seats
 * @returns {PlacingView[]}
 */
export function pressable(seats) {
  return (seats.proposals ?? [])
    .filter((one) => one.kind !== "wait")
    .sort((a, b) => (a.due ?? Number.POSITIVE_INFINITY) - (b.due ?? Number.POSITIVE_INFINITY) || 0);
}

/**
 * Return what was placed a short while ago, the newest first.
 * @param {Seats} seats
 * @param {number} now
 */
export function news(seats, now) {
  return (seats.placed ?? []).filter((one) => now - one.at < NEWS).reverse();
}

/**
 * @param {PlacedView} one
 * @param {Seats} seats
 * @param {People} people
 * @param {readonly Host[]} hosts
 * @param {string} language
 * @param {string} side
 * @param {readonly string[]} present
 */
export function placedSentence(one, seats, people, hosts, language, side, present) {
  const names = namesLine(one.members, people, language, side);
  const room = isolated(String(roomNumber(one.room)));
  const others = namesLine(
    (seats.rooms[one.room] ?? []).filter((id) => !one.members.includes(id) && present.includes(id)),
    people,
    language,
    side,
  );
  const what = others
    ? t("{names} with {others} (room {room})", { names, others, room })
    : t("{names} (room {room})", { names, room });
  if (one.by === "clock") return t("Placed automatically: {what}", { what });
  return t("Placed by {teacher}: {what}", { teacher: isolated(hostName(hosts, one.by, language)), what });
}

/**
 * Return why somebody without a room waits: what the clock has found out, else what was known before.
 * @param {Seats} seats
 * @param {string} member
 */
export function waitReason(seats, member) {
  const found = (seats.proposals ?? []).find((one) => one.kind === "wait" && one.members.includes(member));
  return unplacedReason(found?.reason ?? seats.unplaced[member] ?? "");
}

/** @param {Policy} policy */
export function policyWords(policy) {
  switch (policy) {
    case "automatic":
      return t("Place them automatically");
    case "suggest":
      return t("Suggest, a teacher decides");
    default:
      return t("Off: teachers give every seat");
  }
}

/**
 * Return the rooms into which these learners fit, the best first: where somebody is alone, then pairs, across the schools.
 * @param {string} from
 * @param {readonly string[]} going
 * @param {Seats} seats
 * @param {People} people
 * @param {(room: string) => number} stepOf
 * @returns {{ room: string, members: string[], ahead: number }[]}
 */
export function mergeable(from, going, seats, people, stepOf) {
  const limit = groupLimit(seats, people);
  const across = (/** @type {readonly string[]} */ members) =>
    new Set([...members, ...going].map((id) => people[id]?.side)).size > 1;
  const gap = (/** @type {number} */ ahead) => (ahead > 0 ? 100 + ahead : -ahead);
  return Object.entries(seats.rooms)
    .filter(([room, members]) => room !== from && members.length > 0 && !seats.parted.includes(room))
    .filter(([, members]) => members.length + going.length <= limit)
    .map(([room, members]) => ({ room, members, ahead: stepOf(room) - stepOf(from) }))
    .sort(
      (a, b) =>
        Number(across(b.members)) - Number(across(a.members)) ||
        a.members.length - b.members.length ||
        gap(a.ahead) - gap(b.ahead) ||
        roomNumber(a.room) - roomNumber(b.room),
    );
}

/**
 * Return how many a room may hold: three, and four where one side has more than twice as many in rooms.
 * @param {Seats} seats
 * @param {People} people
 */
export function groupLimit(seats, people) {
  const rooms = Object.values(seats.rooms);
  const sides = rooms.flat().map((id) => people[id]?.side);
  const count = (/** @type {string} */ side) => sides.filter((one) => one === side).length;
  const [few = 0, many = 0] = [count("a"), count("b")].sort((a, b) => a - b);
  return few && many > 2 * few ? 4 : 3;
}

/**
 * Return what a teacher should know about a group that is about to sit together, or "".
 * @param {readonly string[]} members
 * @param {People} people
 */
export function groupWarning(members, people) {
  if (members.length === 1) return t("Alone: bring somebody, or move to another room");
  const sides = new Set(members.map((id) => people[id]?.side));
  return sides.size === 1 ? t("Only one school is in this room") : "";
}
