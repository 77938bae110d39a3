// A whole-class board as it is read: cards in groups, and where both classes stand. Values in, values out.
import { say, t } from "../i18n.mjs";
import { verse } from "./text.mjs";

/** @import {BoardEntryView, BoardView, Input, Lesson, LessonStep, SpectrumView} from "../wire.mjs" */

/** @typedef {{key: string, title: string, entries: BoardEntryView[]}} BoardGroup */
/** @typedef {{label: string, n: number}} Share */
/** @typedef {{side: string, when: "before" | "after", of: number, shares: Share[]}} StandRow */

/**
 * Return the step and the question that something on the board answers.
 * @param {BoardEntryView} one
 * @param {Lesson} lesson
 * @returns {{step: LessonStep | undefined, input: Input | undefined}}
 */
export function sourceOf(one, lesson) {
  const step = one.of === null ? undefined : lesson.steps[one.of];
  return { step, input: step?.inputs.find((input) => input.id === one.input) ?? step?.inputs[0] };
}

/**
 * Return the cards of a board in its own order, never by how many wonder: by kind, by verse, by statement, or all in one.
 * @param {BoardView} board
 * @param {Lesson} lesson
 * @param {string} language
 * @returns {BoardGroup[]}
 */
export function groupsOf(board, lesson, language) {
  switch (board.kind) {
    case "wall":
      return grouped(board.entries, kinds(board, lesson, language), (one) => one.entry.tag ?? "", t("Other questions"));
    case "readings":
      return grouped(
        board.entries,
        verses(lesson, language),
        (one) => one.entry.marks[0]?.segment ?? "",
        t("Without a verse"),
      );
    case "spectrum":
      return grouped(board.entries, statements(board, lesson, language), (one) => one.input, t("Other reasons"));
    default:
      return board.entries.length > 0 ? [{ key: "all", title: "", entries: board.entries }] : [];
  }
}

/**
 * @param {BoardEntryView[]} entries
 * @param {Map<string, string>} titles in the order of the groups
 * @param {(one: BoardEntryView) => string} keyOf
 * @param {string} rest the title of what fits nowhere, where anything else fits somewhere
 */
function grouped(entries, titles, keyOf, rest) {
  const groups = [...titles].map(([key, title]) => ({
    key,
    title,
    entries: entries.filter((one) => keyOf(one) === key),
  }));
  const others = entries.filter((one) => !titles.has(keyOf(one)));
  const found = groups.filter((group) => group.entries.length > 0);
  if (others.length > 0) found.push({ key: "", title: found.length > 0 ? rest : "", entries: others });
  return found;
}

/**
 * @param {BoardView} board
 * @param {Lesson} lesson
 * @param {string} language
 */
function kinds(board, lesson, language) {
  const used = new Set(lesson.steps[board.step]?.uses ?? []);
  const tags = lesson.steps.filter((step) => used.has(step.id)).flatMap((step) => step.inputs.flatMap((i) => i.tags));
  return new Map(tags.map((tag) => [tag.id, say(tag.label, language)]));
}

/**
 * @param {Lesson} lesson
 * @param {string} language
 */
function verses(lesson, language) {
  const text = lesson.text;
  return new Map((text?.segments ?? []).map((one) => [one.id, text ? verse(text, one.id, language) : one.id]));
}

/**
 * @param {BoardView} board
 * @param {Lesson} lesson
 * @param {string} language
 */
function statements(board, lesson, language) {
  return new Map(board.spectrum.map((one) => [one.input, statement(one, lesson, language)]));
}

/**
 * Return what was asked, as the classes read it.
 * @param {SpectrumView} one
 * @param {Lesson} lesson
 * @param {string} language
 */
export function statement(one, lesson, language) {
  return say(lesson.steps[one.step]?.inputs.find((input) => input.id === one.input)?.prompt, language);
}

/**
 * Return where both classes stood, a line a side and moment, one's own side first.
 * @param {SpectrumView} one
 * @param {Lesson} lesson
 * @param {string} language
 * @param {string} mine
 * @returns {StandRow[]}
 */
export function standRows(one, lesson, language, mine) {
  const asked = lesson.steps[one.step]?.inputs.find((input) => input.id === one.input);
  const labels = one.options.map((id) => say(asked?.options.find((option) => option.id === id)?.label, language) || id);
  const stands = [...one.stands].sort((a, b) => Number(b.side === mine) - Number(a.side === mine));
  return stands.flatMap((stand) =>
    /** @type {const} */ (["before", "after"])
      .filter((when) => stand[when].length > 0)
      .map((when) => ({
        side: stand.side,
        when,
        of: stand[when].reduce((sum, n) => sum + n, 0),
        shares: stand[when].map((n, at) => ({ label: labels[at] ?? "", n })),
      })),
  );
}

const ON_A_WALL = 8;
const BESIDE_NUMBERS = 4;

/**
 * Return the cards of a board as pages for a wall that nobody scrolls; one card alone where it is looked at together.
 * @param {BoardView | null} board
 * @returns {BoardEntryView[][]}
 */
export function pagesOf(board) {
  if (!board) return [];
  const pinned = board.entries.filter((one) => one.id === board.pinned);
  if (pinned.length > 0) return [pinned];
  const size = board.spectrum.length > 0 ? BESIDE_NUMBERS : ON_A_WALL;
  return Array.from({ length: Math.ceil(board.entries.length / size) }, (_, page) =>
    board.entries.slice(page * size, (page + 1) * size),
  );
}
