// Before the start: who has arrived, why the rooms are as they are, and what is still missing.
import { t, tn } from "../../i18n.mjs";
import { atDevice } from "../seat.mjs";
import { besideOf, nameOf, whose } from "./people.mjs";

/** @import { Host, Peer, People, Presence, Seats, Session, Whose } from "./types.mjs" */

/** @typedef {"on" | "off" | "none" | "refused" | "unknown"} DeviceState */
/** @typedef {{ id: string, name: string, here: boolean, seated: boolean, reason: string, crosses: boolean, answered: boolean, camera: DeviceState, microphone: DeviceState, asksFor: string, beside: string }} Arrival */
/** @typedef {{ whose: Whose, side: string, adult: Host | null, arrivals: Arrival[], here: number }} Column */

const DEVICE_STATES = new Set(["on", "off", "none", "refused"]);

/**
 * @param {string | undefined} state
 * @returns {DeviceState}
 */
function device(state) {
  return state !== undefined && DEVICE_STATES.has(state) ? /** @type {DeviceState} */ (state) : "unknown";
}

/**
 * Return the learners of both schools, ours first: those who are here, without a room first, then those who are not.
 * @param {People} people
 * @param {Presence} presence
 * @param {Seats} seats
 * @param {Session} session
 * @param {string} mine
 * @param {string} language
 * @returns {[Column, Column]}
 */
export function columns(people, presence, seats, session, mine, language) {
  const peers = new Map(presence.peers.flatMap((peer) => atDevice(peer).map((who) => [who, peer])));
  const seated = new Set(Object.values(seats.rooms).flat());
  const removed = new Set(seats.removed);
  const present = new Set(presence.present);
  /** @type {(side: string) => Column} */
  const column = (side) => {
    const arrivals = Object.entries(people)
      .filter(([id, person]) => person.side === side && !removed.has(id))
      .map(([id]) => arrival(id, people, present, peers, seated, seats, language))
      .sort(
        (a, b) =>
          Number(b.here) - Number(a.here) ||
          Number(a.seated) - Number(b.seated) ||
          a.name.localeCompare(b.name, language),
      );
    return {
      whose: whose(side, mine),
      side,
      adult: adultOf(side, session, presence),
      arrivals,
      here: arrivals.filter((one) => one.here).length,
    };
  };
  return [column(mine), column(mine === "a" ? "b" : "a")];
}

/**
 * @param {string} id
 * @param {People} people
 * @param {Set<string>} present
 * @param {Map<string, Peer>} peers
 * @param {Set<string>} seated
 * @param {Seats} seats
 * @param {string} language
 * @returns {Arrival}
 */
function arrival(id, people, present, peers, seated, seats, language) {
  const peer = peers.get(id);
  const beside = besideOf(id, [...peers.values()]);
  return {
    id,
    name: nameOf(people[id], language),
    here: present.has(id),
    seated: seated.has(id),
    reason: seats.unplaced[id] ?? "",
    crosses: people[id]?.crosses !== false,
    answered: people[id]?.answered !== false,
    camera: device(peer?.camera),
    microphone: device(peer?.microphone),
    asksFor: people[id]?.media ?? "none",
    beside: beside ? nameOf(people[beside], language) : "",
  };
}

/**
 * Return classes with children whose families' answers are missing, and their names; other schools' children are not named.
 * @param {readonly Arrival[]} arrivals
 * @param {People} people
 * @returns {{ group: string, names: string[] }[]}
 */
export function withoutAnswers(arrivals, people) {
  /** @type {Map<string, string[]>} */
  const classes = new Map();
  for (const one of arrivals.filter((arrival) => !arrival.answered)) {
    const group = people[one.id]?.class ?? "";
    classes.set(group, [...(classes.get(group) ?? []), one.name]);
  }
  return [...classes].map(([group, names]) => ({ group, names }));
}

/**
 * Return who is here or has a seat and is not known to this page: somebody whose family answered after it was opened.
 * @param {People} people
 * @param {Presence} presence
 * @param {Seats} seats
 */
export function newcomers(people, presence, seats) {
  return [...new Set([...presence.present, ...Object.values(seats.rooms).flat()])].filter(
    // Whoever stays with the own class cannot come: if they are here, their family has answered anew.
    (id) => !people[id] || people[id].crosses === false,
  );
}

/**
 * Return an adult of the side who is signed in, or null: until then the side's children wait.
 * @param {string} side
 * @param {Session} session
 * @param {Presence} presence
 */
export function adultOf(side, session, presence) {
  return session.hosts.find((host) => host.side === side && presence.adults.includes(host.id)) ?? null;
}

/**
 * Return which devices a mark is shown for: a camera that the family did not agree to is ordinary, never marked.
 * @param {Arrival} one
 * @returns {("camera" | "microphone")[]}
 */
export function devicesOf(one) {
  if (!one.here || one.asksFor === "none") return [];
  return one.asksFor === "video" ? ["camera", "microphone"] : ["microphone"];
}

/**
 * Return the state of a device in words.
 * @param {"camera" | "microphone"} which
 * @param {DeviceState} state
 */
export function deviceWords(which, state) {
  const camera = which === "camera";
  switch (state) {
    case "on":
      return camera ? t("camera works") : t("microphone works");
    case "off":
      return camera ? t("camera off") : t("microphone off");
    case "none":
      return camera ? t("no camera") : t("no microphone");
    case "refused":
      return camera
        ? t("the browser was not allowed to use the camera")
        : t("the browser was not allowed to use the microphone");
    default:
      return camera ? t("camera not checked yet") : t("microphone not checked yet");
  }
}

/**
 * Return why somebody has no seat.
 * @param {string} code
 */
export function unplacedReason(code) {
  switch (code) {
    case "no_partner_school":
      return t("nobody from the other school is here yet");
    case "no_seat_left":
      return t("no seat left across the schools");
    case "kept_apart":
      return t("kept apart from everyone who is free");
    case "with_teacher":
      return t("with the teacher");
    default:
      return t("arrived, not in a room yet");
  }
}

/**
 * Return what the start button will do: "Start 11 rooms, one of three".
 * @param {readonly (readonly string[])[]} rooms
 */
export function startSentence(rooms) {
  const used = rooms.filter((members) => members.length > 0);
  const count = (/** @type {number} */ size) => used.filter((members) => members.length === size).length;
  const [ones, threes, fours] = [count(1), count(3), count(4)];
  if (used.length === 1 && threes) return t("Start one room of three");
  if (used.length === 1 && fours) return t("Start one room of four");
  const parts = [tn("Start one room", "Start {n} rooms", used.length)];
  if (threes) parts.push(tn("one of three", "{n} of three", threes));
  if (fours) parts.push(tn("one of four", "{n} of four", fours));
  if (ones) parts.push(tn("one with a single student", "{n} with a single student", ones));
  return parts.join(", ");
}

/**
 * Return what stands in the way of the start as far as this page knows; the server has the last word.
 * @param {Session} session
 * @param {Presence} presence
 * @param {Seats} seats
 * @param {string} mine
 */
export function hindrances(session, presence, seats, mine) {
  const found = [];
  for (const side of ["a", "b"]) {
    if (adultOf(side, session, presence)) continue;
    found.push(
      side === mine
        ? t("No adult of our school is signed in yet; our students wait for one.")
        : t("No adult of the partner school is signed in yet; their students wait for one."),
    );
  }
  if (!Object.values(seats.rooms).some((members) => members.length))
    found.push(t("There are no rooms yet. Propose them once students have arrived."));
  return found;
}

/**
 * Return what to do about a refused start, after the server's own sentence.
 * @param {string} code
 */
export function remedy(code) {
  switch (code) {
    case "not_agreed":
      return t("Both teachers agree to the plan on its page; then the rooms can open.");
    case "adult_missing":
      return t("As soon as an adult of each school is signed in, the rooms can open.");
    case "consent_missing":
      return t("Record the answers on the class’s page, or ask the partner teacher to.");
    case "no_rooms":
      return t("Propose rooms first.");
    default:
      return "";
  }
}

/**
 * Return rooms with their numbers, in order.
 * @param {Seats} seats
 * @returns {{ room: string, number: number, members: string[], why: string[], warnings: string[] }[]}
 */
export function cards(seats) {
  return Object.entries(seats.rooms)
    .filter(([, members]) => members.length > 0)
    .map(([room, members]) => ({
      room,
      number: roomNumber(room),
      members,
      why: seats.why[room] ?? [],
      warnings: seats.warnings?.[room] ?? [],
    }))
    .sort((a, b) => a.number - b.number);
}

/**
 * Return the number by which people call a room; ids end in it ("session.7").
 * @param {string} room
 */
export function roomNumber(room) {
  return Number(room.slice(room.lastIndexOf(".") + 1)) || 0;
}
