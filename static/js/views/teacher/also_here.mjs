// Which other adults are in the lesson, and where each of them is.
import { t } from "../../i18n.mjs";
import { isolated, nameOf } from "./people.mjs";

/** @import { Host, People, Peer, Presence, Row, Session } from "./types.mjs" */
/** @import { PassView } from "../../wire.mjs" */

/** @typedef {{ id: string, name: string, side: string, kind: "teacher" | "substitute" | "guest", where: string }} Adult */

/**
 * Return the adults who have a page of this lesson open, but for the reader: teachers, substitutes, then guests.
 * @param {Session} session
 * @param {Presence} presence
 * @param {readonly Row[]} rows
 * @param {readonly PassView[]} passes
 * @param {string} me
 * @param {string} language
 * @returns {Adult[]}
 */
export function adultsHere(session, presence, rows, passes, me, language) {
  const hosts = session.hosts.filter((host) => host.id !== me && presence.adults.includes(host.id));
  const of = (/** @type {Host} */ host) => ({
    id: host.id,
    name: nameOf(host, language),
    side: host.side,
    kind: /** @type {Adult["kind"]} */ (host.substitute ? "substitute" : "teacher"),
    where: whereIs(host.id, session, rows),
  });
  const guests = passes
    .filter((one) => one.kind === "guest" && one.here)
    .map((one) => ({ id: one.id, name: one.name, side: one.side, kind: /** @type {const} */ ("guest"), where: "" }));
  return [
    ...hosts.filter((one) => !one.substitute).map(of),
    ...hosts.filter((one) => one.substitute).map(of),
    ...guests,
  ];
}

/**
 * Return "in room 3", or "at the board"; "" before and after the rooms.
 * @param {string} who
 * @param {Session} session
 * @param {readonly Row[]} rows
 */
export function whereIs(who, session, rows) {
  if (session.status !== "running") return "";
  const room = rows.find((row) => row.visitors.includes(who));
  return room ? t("in room {n}", { n: room.number }) : t("at the board");
}

/**
 * Return what stands behind an adult's name, or "".
 * @param {Adult} adult
 */
export function roleWords(adult) {
  const role = adult.kind === "substitute" ? t("substitute") : adult.kind === "guest" ? t("guest") : "";
  return [role, adult.where].filter(Boolean).join(" · ");
}

/**
 * Return "An adult is beside Noa" for those of these learners who say so, or "".
 * @param {readonly string[]} members
 * @param {readonly Peer[]} peers
 * @param {People} people
 * @param {string} language
 */
export function besideWords(members, peers, people, language) {
  return members
    .filter((id) => peers.some((peer) => peer.adult_beside && peer.who === id))
    .map((id) => t("An adult is beside {name}", { name: isolated(nameOf(people[id], language)) }))
    .join(" · ");
}
