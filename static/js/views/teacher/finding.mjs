// Finding rooms on a long board: by a name in either alphabet, by number, by what is the matter with them.
import { GROUPS, needOf } from "./board.mjs";

/** @import { Group, Scene } from "./board.mjs" */
/** @import { People, Row } from "./types.mjs" */

/** @typedef {"all" | "needs" | "one_school" | "not_started"} Filter */
/** @typedef {{ query: string, filter: Filter, step: number | null }} Wanted `step`: rooms at this step alone */

/** @type {readonly Filter[]} */
export const FILTERS = ["all", "needs", "one_school", "not_started"];
const MAQAF = /[\u05be\-–]/g;
const POINTS = /[\u0591-\u05c7\p{M}]/gu;
const SIGNS = /[\u2066-\u2069\u200e\u200f'"׳״’“”]/g;

/**
 * Return text as it is compared: without points, accents, quotes and case; maqaf and hyphen are spaces.
 * @param {string} text
 */
export function plain(text) {
  return text
    .replace(MAQAF, " ")
    .normalize("NFKD")
    .replace(POINTS, "")
    .replace(SIGNS, "")
    .toLocaleLowerCase("en")
    .trim();
}

/**
 * Whether a room is meant by what was typed: each word begins a name of somebody in it, or is its number.
 * @param {Row} row
 * @param {string} query
 * @param {People} people
 */
export function isMeant(row, query, people) {
  const asked = plain(query).split(/\s+/).filter(Boolean);
  if (!asked.length) return true;
  const names = row.members
    .flatMap((id) => Object.values(people[id]?.names ?? {}))
    .flatMap((n) => plain(n).split(/\s+/));
  return asked.every((word) => String(row.number) === word || names.some((name) => name.startsWith(word)));
}

/**
 * Whether all who are here come from one school; nobody here counts, too.
 * @param {Row} row
 * @param {People} people
 */
export function isOneSchool(row, people) {
  return new Set(row.present.map((id) => people[id]?.side)).size < 2;
}

/**
 * Whether nothing has been done at the room's step yet, and nobody writes.
 * @param {Row} row
 */
export function isNotStarted(row) {
  if (row.state !== "working" || row.writing?.length || row.finished.length) return false;
  return row.moved_at === null || (row.entered_at !== null && row.moved_at <= row.entered_at);
}

/**
 * @param {Row} row
 * @param {Filter} filter
 * @param {People} people
 * @param {Scene} scene
 */
export function passes(row, filter, people, scene) {
  if (filter === "needs") return needOf(row, scene) !== null;
  if (filter === "one_school") return isOneSchool(row, people);
  return filter === "all" || isNotStarted(row);
}

/**
 * Return the order with those rooms alone that are wanted; the very same order where all are.
 * @param {Record<Group, string[]>} order
 * @param {readonly Row[]} rows
 * @param {Wanted} wanted
 * @param {People} people
 * @param {Scene} scene
 * @returns {Record<Group, string[]>}
 */
export function found(order, rows, wanted, people, scene) {
  if (wanted.filter === "all" && wanted.step === null && plain(wanted.query) === "") return order;
  const kept = new Set(
    rows
      .filter((row) => wanted.step === null || row.step === wanted.step)
      .filter((row) => isMeant(row, wanted.query, people) && passes(row, wanted.filter, people, scene))
      .map((row) => row.room),
  );
  const of = (/** @type {Group} */ group) => order[group].filter((room) => kept.has(room));
  return { needs: of("needs"), working: of("working"), waiting: of("waiting"), done: of("done") };
}

/**
 * @param {Record<Group, string[]>} order
 * @returns {string[]} rooms from the top of the board to its foot
 */
export function inLine(order) {
  return GROUPS.flatMap((group) => order[group]);
}

/**
 * Return the room that is so many rows further, staying on the board; from nowhere it is the first.
 * @param {readonly string[]} line
 * @param {string | null} from
 * @param {number} rows
 */
export function further(line, from, rows) {
  const at = from === null ? -1 : line.indexOf(from);
  if (at < 0) return line[0] ?? null;
  return line[Math.max(0, Math.min(line.length - 1, at + rows))] ?? null;
}

/**
 * Return the steps at which rooms are now, in the order of the lesson, with how many rooms are at each.
 * @param {readonly Row[]} rows
 * @returns {[number, number][]}
 */
export function stepsNow(rows) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const row of rows) if (row.members.length) counts.set(row.step, (counts.get(row.step) ?? 0) + 1);
  return [...counts].sort((a, b) => a[0] - b[0]);
}
