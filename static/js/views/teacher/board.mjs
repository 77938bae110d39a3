// The board while the lesson runs: which room needs a teacher first, why, and what each member is doing.
import { t, tn } from "../../i18n.mjs";
import { helpReason } from "../help.mjs";
import { mostly } from "../media.mjs";
import { unplacedReason } from "./lobby.mjs";
import { hostName, isolated, nameOf } from "./people.mjs";

/** @import { TalkView } from "../../wire.mjs" */
/** @import { Host, People, Presence, Row, Seats } from "./types.mjs" */

/** @typedef {"needs" | "working" | "waiting" | "done"} Group */
/** @typedef {"help" | "check" | "missing" | "stuck" | "early" | "help_taken"} NeedCode */
/** @typedef {{ code: NeedCode, since: number | null }} Need */
/**
 * @typedef {object} Scene what a row is judged against
 * @property {number} now server time, milliseconds
 * @property {boolean} paused
 * @property {number} ahead from this step on, a room is ahead of most others
 * @property {(member: string) => number | null} missingSince
 */

export const OVER_TIME = 60_000;
export const EARLY_AFTER = 120_000;
export const DENSE_FROM = 60;
/** @type {readonly NeedCode[]} */
const RANKS = ["help", "check", "missing", "stuck", "early", "help_taken"];
/** @type {readonly Group[]} */
export const GROUPS = ["needs", "working", "waiting", "done"];

/**
 * Return the step from which a room counts as ahead: no more than one room in ten (but one always) has come so far, so
 * that being early stays news on a board of two hundred.
 * @param {readonly Row[]} rows
 */
export function aheadFrom(rows) {
  const steps = rows
    .filter((row) => row.members.length)
    .map((row) => row.step)
    .sort((a, b) => b - a);
  const next = steps[Math.max(1, Math.floor(steps.length / 10))];
  // One room alone cannot be ahead of anybody.
  return next === undefined ? Number.POSITIVE_INFINITY : next + 1;
}

/**
 * Return why this room needs a teacher, or null. The first reason that holds counts.
 * @param {Row} row
 * @param {Scene} scene
 * @returns {Need | null}
 */
export function needOf(row, scene) {
  if (row.help && !row.help.taken_by) return { code: "help", since: row.help.since };
  if (row.check) return { code: "check", since: null };
  if (row.help) return { code: "help_taken", since: row.help.since };
  if (scene.paused) return null;
  const missing = missingFrom(row);
  if (missing.length && row.state !== "done") {
    const times = missing.map((one) => row.gone?.[one] ?? scene.missingSince(one)).filter((at) => at !== null);
    return { code: "missing", since: times.length ? Math.min(...times) : null };
  }
  if (row.state === "working") {
    const over = row.ends_at !== null && scene.now - row.ends_at > OVER_TIME;
    return over ? { code: "stuck", since: row.ends_at } : null;
  }
  const idle = row.entered_at !== null && scene.now - row.entered_at > EARLY_AFTER;
  return idle && row.step >= scene.ahead ? { code: "early", since: row.entered_at } : null;
}

/**
 * Return the members who have a seat in the room and are not here.
 * @param {Row} row
 */
export function missingFrom(row) {
  return row.members.filter((member) => !row.present.includes(member));
}

/**
 * @param {Row} row
 * @param {Need | null} need
 * @returns {Group}
 */
export function groupOf(row, need) {
  if (need) return "needs";
  if (row.state === "done") return "done";
  return row.state === "waiting_for_class" ? "waiting" : "working";
}

/**
 * Return room ids by group. Those who need a teacher stand in the order of urgency, longest waiting first; the others
 * by number, so that a room stays where the eye left it.
 * @param {readonly Row[]} rows
 * @param {Scene} scene
 * @returns {Record<Group, string[]>}
 */
export function grouped(rows, scene) {
  /** @type {Record<Group, { row: Row, need: Need | null }[]>} */
  const groups = { needs: [], working: [], waiting: [], done: [] };
  for (const row of rows) {
    if (!row.members.length) continue;
    const need = needOf(row, scene);
    groups[groupOf(row, need)].push({ row, need });
  }
  const byNumber = (/** @type {{ row: Row }} */ a, /** @type {{ row: Row }} */ b) => a.row.number - b.row.number;
  groups.needs.sort((a, b) => urgencyOf(a.need, b.need) || byNumber(a, b));
  for (const group of /** @type {const} */ (["working", "waiting", "done"])) groups[group].sort(byNumber);
  const ids = (/** @type {{ row: Row }[]} */ of) => of.map(({ row }) => row.room);
  return {
    needs: ids(groups.needs),
    working: ids(groups.working),
    waiting: ids(groups.waiting),
    done: ids(groups.done),
  };
}

/**
 * @param {Need | null} a
 * @param {Need | null} b
 */
function urgencyOf(a, b) {
  if (!a || !b) return 0;
  const rank = RANKS.indexOf(a.code) - RANKS.indexOf(b.code);
  return rank || (a.since ?? Number.POSITIVE_INFINITY) - (b.since ?? Number.POSITIVE_INFINITY) || 0;
}

/**
 * Return whether two orders show the same rows in the same places, so that nothing needs to be drawn again.
 * @param {Record<Group, string[]>} a
 * @param {Record<Group, string[]>} b
 */
export function sameOrder(a, b) {
  return GROUPS.every(
    (group) => a[group].length === b[group].length && a[group].every((id, at) => id === b[group][at]),
  );
}

/**
 * @param {Group} group
 */
export function groupTitle(group) {
  switch (group) {
    case "needs":
      return t("Needs you");
    case "working":
      return t("Under way");
    case "waiting":
      return t("Waiting for the class");
    default:
      return t("Finished");
  }
}

/**
 * Return the reason in words. "check" never says why.
 * @param {Need} need
 * @param {Row} row
 * @param {People} people
 * @param {readonly Host[]} hosts
 * @param {string} language
 */
export function needWords(need, row, people, hosts, language) {
  switch (need.code) {
    case "help": {
      const reason = helpReason(row.help?.reason ?? "");
      const name = isolated(nameOf(people[row.help?.member ?? ""], language));
      return reason
        ? t("Help asked by {name}: {reason}", { name, reason: isolated(reason) })
        : t("Help asked by {name}", { name });
    }
    case "help_taken":
      return t("{teacher} is on the way", { teacher: isolated(hostName(hosts, row.help?.taken_by ?? "", language)) });
    case "check":
      if (row.apart) return t("Check on room {n}: somebody would like to sit apart", { n: row.number });
      return t("Check on room {n}", { n: row.number });
    case "missing":
      return missingWords(row, people, language);
    case "stuck":
      return t("Over the time of this step");
    default:
      return row.state === "done" ? t("Finished early") : t("Ready before most others");
  }
}

/**
 * @param {Row} row
 * @param {People} people
 * @param {string} language
 */
function missingWords(row, people, language) {
  const missing = missingFrom(row);
  if (missing.length === row.members.length) return t("Nobody is here now; their places are kept");
  const names = missing.map((id) => isolated(nameOf(people[id], language))).join(", ");
  return tn("{names} is not here; the place is kept", "{names} are not here; their places are kept", missing.length, {
    names,
  });
}

/**
 * Return what a member is doing in this step.
 * @param {string} member
 * @param {Row} row
 * @returns {"away" | "acts" | "done" | "writing" | "working" | "waiting"}
 */
export function doing(member, row) {
  if (!row.present.includes(member)) return "away";
  if (row.state !== "working") return "waiting";
  if (row.finished.includes(member)) return "done";
  if (row.acts === member) return "acts";
  return row.writing?.includes(member) ? "writing" : "working";
}

/**
 * @param {ReturnType<typeof doing>} what
 */
export function doingWords(what) {
  switch (what) {
    case "away":
      return t("not here");
    case "acts":
      return t("has the turn");
    case "done":
      return t("done");
    case "writing":
      return t("writing now");
    case "waiting":
      return t("waiting");
    default:
      return t("at work");
  }
}

/**
 * Return how a room under way is doing, in a few words.
 * @param {Row} row
 * @param {People} people
 * @param {string} language
 */
export function stateWords(row, people, language) {
  if (row.state === "done") return t("All steps done");
  if (row.state === "waiting_for_class") return t("Waiting for the class");
  if (row.acts) return t("Turn: {name}", { name: isolated(nameOf(people[row.acts], language)) });
  const done = row.finished.filter((member) => row.members.includes(member)).length;
  const writing = row.writing?.length ?? 0;
  if (writing && !done)
    return writing === row.members.length ? t("All are writing") : writingWords(row, people, language);
  return done ? t("{done} of {all} done", { done, all: row.members.length }) : t("At work");
}

/**
 * @param {Row} row
 * @param {People} people
 * @param {string} language
 */
function writingWords(row, people, language) {
  const names = (row.writing ?? []).map((id) => isolated(nameOf(people[id], language))).join(", ");
  return t("Writing now: {names}", { names });
}

/** @typedef {"good" | "weak" | "lost" | "none"} Line `none`: not here yet */

/**
 * Return how a member's device is connected.
 * @param {string} member
 * @param {Row} row
 * @returns {Line}
 */
export function lineOf(member, row) {
  if (row.gone && member in row.gone) return row.gone[member] === null ? "none" : "lost";
  return row.weak?.includes(member) ? "weak" : "good";
}

/**
 * @param {Line} line
 */
export function lineWords(line) {
  switch (line) {
    case "none":
      return t("not connected yet");
    case "lost":
      return t("connection lost");
    case "weak":
      return t("weak connection");
    default:
      return t("good connection");
  }
}

/**
 * Return the calls for help that nobody has taken: how many, and since when the first of them waits.
 * @param {readonly Row[]} rows
 * @returns {{ count: number, since: number }}
 */
export function waitingCalls(rows) {
  const times = rows.flatMap((row) => (row.help && !row.help.taken_by && row.members.length ? [row.help.since] : []));
  return { count: times.length, since: times.length ? Math.min(...times) : 0 };
}

/**
 * Return in which rooms the other adults are.
 * @param {readonly Row[]} rows
 * @param {string} me
 * @returns {{ who: string, number: number, room: string }[]}
 */
export function othersAt(rows, me) {
  return rows.flatMap((row) =>
    row.visitors.filter((who) => who !== me).map((who) => ({ who, number: row.number, room: row.room })),
  );
}

/**
 * Return how a room shares the talking, in a few words: never a number, never a rank.
 * @param {TalkView} talk
 * @param {People} people
 * @param {string} language
 */
export function talkWords(talk, people, language) {
  const most = mostly(talk);
  const words = most ? t("mostly {name}", { name: isolated(nameOf(people[most], language)) }) : t("talk even");
  return talk.reliable ? words : t("{words}, roughly", { words });
}

/**
 * Return learners who are here and have no seat, those who came last into question first by name.
 * @param {People} people
 * @param {Seats} seats
 * @param {Presence} presence
 * @param {string} language
 * @returns {{ id: string, name: string, here: boolean, why: string }[]}
 */
export function unseated(people, seats, presence, language) {
  const seated = new Set(Object.values(seats.rooms).flat());
  const removed = new Set(seats.removed);
  return Object.keys(people)
    .filter(
      (id) =>
        !seated.has(id) && !removed.has(id) && (presence.present.includes(id) || seats.unplaced[id] === "with_teacher"),
    )
    .map((id) => ({
      id,
      name: nameOf(people[id], language),
      here: presence.present.includes(id),
      why: unplacedReason(seats.unplaced[id] ?? ""),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, language));
}

/**
 * Return the rooms into which a student may be moved, the best first: with a learner alone, then pairs, then threes.
 * @param {string} member
 * @param {Seats} seats
 * @param {People} people
 */
export function placesFor(member, seats, people) {
  const side = people[member]?.side;
  const parted = new Set(seats.parted);
  return Object.entries(seats.rooms)
    .filter(
      ([room, members]) => members.length > 0 && members.length < 4 && !members.includes(member) && !parted.has(room),
    )
    .map(([room, members]) => ({ room, members, across: members.some((id) => people[id]?.side !== side) }))
    .sort((a, b) => a.members.length - b.members.length || Number(b.across) - Number(a.across));
}

/**
 * Return the row that has the next call for help after `from`, going round.
 * @param {readonly Row[]} ordered rows as they stand on the board
 * @param {string | null} from
 */
export function nextCall(ordered, from) {
  const calls = ordered.filter((row) => row.help && !row.help.taken_by).map((row) => row.room);
  if (!calls.length) return null;
  return calls[(calls.indexOf(from ?? "") + 1) % calls.length] ?? null;
}

/**
 * Return what the lesson came to, for the closing page.
 * @param {readonly Row[]} rows
 * @param {Seats} seats
 */
export function summary(rows, seats) {
  const rooms = rows.filter((row) => row.members.length);
  return {
    rooms: rooms.length,
    learners: Object.values(seats.rooms).flat().length,
    finished: rooms.filter((row) => row.state === "done").length,
  };
}
