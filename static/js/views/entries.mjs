// Entries as they are edited: values in, values out.

/** @import {Entry, Input, Mark} from "../wire.mjs" */

/** @returns {Entry} */
export function blank() {
  return { text: "", stem: null, choice: null, tag: null, moment: null, marks: [], spoken: false };
}

/**
 * @param {Partial<Entry>} entry
 * @returns {Entry} with every field
 */
export function whole(entry) {
  return { ...blank(), ...entry };
}

/**
 * @param {Entry} entry
 * @returns {boolean} whether there is anything in it: a mark, an icon, or words said aloud count as much as words
 */
export function saysSomething(entry) {
  return Boolean(entry.text.trim() || entry.choice || entry.tag || entry.marks.length > 0 || entry.spoken);
}

/**
 * Replace entry `at`, growing the list where it is short.
 * @param {Entry[]} entries
 * @param {number} at
 * @param {Partial<Entry>} change
 * @returns {Entry[]}
 */
export function changed(entries, at, change) {
  const grown = [...entries];
  while (grown.length <= at) grown.push(blank());
  grown[at] = { ...whole(grown[at] ?? {}), ...change };
  return grown;
}

/**
 * Choose an option, or take the choice back; with `many` each chosen option is an entry of its own.
 * @param {Input} input
 * @param {Entry[]} entries
 * @param {string} option
 * @returns {Entry[]}
 */
export function chosen(input, entries, option) {
  if (!input.many) return changed(entries, 0, { choice: option });
  const there = entries.some((entry) => entry.choice === option);
  if (there) return entries.filter((entry) => entry.choice !== option);
  const kept = entries.filter((entry) => entry.choice);
  return kept.length >= Math.max(input.max, 1) ? kept : [...kept, { ...blank(), choice: option }];
}

/**
 * Mark a word or take its mark back; words that stand side by side become one span.
 * @param {Mark[]} marks
 * @param {string} segment
 * @param {string} language
 * @param {number} word
 * @returns {Mark[]}
 */
export function toggled(marks, segment, language, word) {
  const here = (/** @type {Mark} */ mark) => mark.segment === segment && mark.language === language;
  const others = marks.filter((mark) => !here(mark));
  const words = new Set(marks.filter(here).flatMap((mark) => range(mark.first, mark.last)));
  if (words.has(word)) words.delete(word);
  else words.add(word);
  return [...others, ...spans([...words], segment, language)];
}

/**
 * @param {number[]} words
 * @param {string} segment
 * @param {string} language
 * @returns {Mark[]}
 */
function spans(words, segment, language) {
  /** @type {Mark[]} */
  const found = [];
  for (const word of words.sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && last.last === word - 1) last.last = word;
    else found.push({ segment, language, first: word, last: word });
  }
  return found;
}

/**
 * @param {number} first
 * @param {number} last
 */
function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/**
 * Return the entries of a "marks" input after a tap: one entry a span. Null where there would be more than are asked for.
 * @param {Input} input
 * @param {Entry[]} entries
 * @param {string} segment
 * @param {string} language
 * @param {number} word
 * @returns {Entry[] | null}
 */
export function tapped(input, entries, segment, language, word) {
  const marks = toggled(
    entries.flatMap((entry) => entry.marks),
    segment,
    language,
    word,
  );
  if (marks.length > Math.max(input.max, 1)) return null;
  const spoken = entries.some((entry) => entry.spoken);
  if (marks.length === 0) return spoken ? [{ ...blank(), spoken: true }] : [];
  return marks.map((mark, index) => ({ ...blank(), marks: [mark], spoken: spoken && index === 0 }));
}

/**
 * Return how many more entries would be welcome; Done is never held up by it.
 * @param {Input} input
 * @param {Entry[]} entries
 */
export function missing(input, entries) {
  const said = entries.filter(saysSomething);
  if (said.some((entry) => entry.spoken)) return 0;
  return Math.max(0, input.min - said.length);
}
