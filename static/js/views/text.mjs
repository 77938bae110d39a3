// The text beside the work: which languages are shown, and who marked which word.
import { say } from "../i18n.mjs";

/** @import {Entry, LessonStep, Mark, Segment, TextView} from "../wire.mjs" */

/** @typedef {"mine" | "theirs" | "both"} Whose */

/**
 * @param {TextView} text
 * @returns {string[]} languages in which there are words, in the text's own order
 */
export function languagesOf(text) {
  return [...new Set(text.segments.flatMap((segment) => Object.keys(segment.words)))];
}

/**
 * Return the languages that a step lets the reader see, the one to start with first.
 * @param {TextView} text
 * @param {LessonStep["text_shown"]} shown
 * @param {string} source
 * @param {string[]} reads the reader's languages, the easiest first
 * @returns {string[]}
 */
export function languagesShown(text, shown, source, reads) {
  const there = languagesOf(text);
  const own = reads.find((language) => there.includes(language)) ?? there[0];
  if (shown === "none" || !own) return [];
  if (shown === "source") return [there.includes(source) ? source : own];
  if (shown === "own") return [own];
  return [own, ...there.filter((language) => language !== own)];
}

/**
 * @param {Segment} segment
 * @param {string} language
 * @returns {string} its number as this language writes it, or ""
 */
export function numberOf(segment, language) {
  return segment.number ? (segment.number[language] ?? say(segment.number, language)) : "";
}

/**
 * @param {TextView} text
 * @param {string} id
 * @param {string} language
 * @returns {string} the verse's number, for a chip beside evidence
 */
export function verse(text, id, language) {
  const index = text.segments.findIndex((one) => one.id === id);
  const segment = text.segments[index];
  return segment ? numberOf(segment, language) || String(index + 1) : id;
}

/**
 * @param {TextView} text
 * @param {Mark} mark
 * @returns {string} the marked words
 */
export function quoted(text, mark) {
  const words = text.segments.find((segment) => segment.id === mark.segment)?.words[mark.language] ?? [];
  return words
    .slice(mark.first, mark.last + 1)
    .map((word, index, all) => word.w + (index < all.length - 1 ? word.j : ""))
    .join("");
}

/**
 * @param {{entries: Entry[]}[]} given
 * @returns {Mark[]}
 */
export function marksOf(given) {
  return given.flatMap((one) => one.entries.flatMap((entry) => entry.marks));
}

/**
 * Return who marked which word of a segment in one language.
 * @param {string} segment
 * @param {string} language
 * @param {Mark[]} mine
 * @param {Mark[]} theirs
 * @returns {Map<number, Whose>}
 */
export function marked(segment, language, mine, theirs) {
  /** @type {Map<number, Whose>} */
  const words = new Map();
  const put = (/** @type {Mark[]} */ marks, /** @type {"mine" | "theirs"} */ whose) => {
    for (const mark of marks) {
      if (mark.segment !== segment || mark.language !== language) continue;
      for (let at = mark.first; at <= mark.last; at += 1) {
        const before = words.get(at);
        words.set(at, before && before !== whose ? "both" : whose);
      }
    }
  };
  put(mine, "mine");
  put(theirs, "theirs");
  return words;
}

/**
 * Return the languages, other than the one shown, in which somebody marked words of this segment.
 * @param {string} segment
 * @param {string} shown
 * @param {Mark[]} marks
 */
export function markedElsewhere(segment, shown, marks) {
  return [...new Set(marks.filter((m) => m.segment === segment && m.language !== shown).map((m) => m.language))];
}

const POINTS = "[\\u0591-\\u05bd\\u05bf-\\u05c7]*";
const NAME = new RegExp(`י${POINTS}ה${POINTS}ו${POINTS}ה${POINTS}`, "g");

/**
 * @param {string} word
 * @param {"written" | "heh"} style
 * @returns {string} the word as this school prints the Name; nothing stored is changed
 */
export function withTheName(word, style) {
  return style === "heh" ? word.replace(NAME, "ה׳") : word;
}

/**
 * @param {string} language
 * @returns {string} a letter for the language switch
 */
export function letterOf(language) {
  return { he: "א", en: "A", ar: "ع", ru: "Я", fr: "Fr", es: "Es", pt: "Pt" }[language] ?? language.toUpperCase();
}
