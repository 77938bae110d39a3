// Something a learner gave, as it is shown: stem and labels in the reader's language, free words as written.
import { html } from "../html.mjs";
import { say, t } from "../i18n.mjs";
import { cardGlyph } from "../views/cards.mjs";
import { quoted, verse } from "../views/text.mjs";

/** @import {Entry, Input, LessonStep, Mark, TextView} from "../wire.mjs" */

/**
 * @typedef {object} EntryProps
 * @property {Entry} entry
 * @property {LessonStep | null | undefined} step the step that it was given in
 * @property {Input | null | undefined} input
 * @property {TextView | null} text
 * @property {string} language the reader's
 * @property {(mark: Mark) => void} [onMark] go to the words in the text
 */

/** @param {EntryProps} props */
export function EntryShown({ entry, step, input, text, language, onMark }) {
  const option = input?.options.find((one) => one.id === entry.choice);
  const picture = cardGlyph(option?.icon);
  const tag = input?.tags.find((one) => one.id === entry.tag);
  const stem = entry.stem === null || entry.stem === undefined ? null : step?.stems[entry.stem];
  return html`<span class="entry-text">
      ${option && html`<strong class="chosen-option">${picture && html`<span class=${picture} aria-hidden="true"></span> `}${say(option.label)}</strong> `}
      ${stem && html`<span class="stem-shown">${say(stem)}</span> `}
      ${entry.text && html`<bdi dir="auto" class="own-words">${entry.text}</bdi>`}
      ${entry.spoken && html` <span class="chip"><span class="glyph mic" aria-hidden="true"></span>${t("said aloud")}</span>`}
    </span>
    ${tag && html`<span class="chip accent">${say(tag.label)}</span>`}
    ${text && entry.marks.map((mark) => html`<${Evidence} key=${JSON.stringify(mark)} mark=${mark} text=${text} language=${language} onMark=${onMark} />`)}`;
}

/**
 * @param {{mark: Mark, text: TextView, language: string, onMark?: (mark: Mark) => void}} props
 */
export function Evidence({ mark, text, language, onMark }) {
  const number = verse(text, mark.segment, language);
  const words = quoted(text, mark);
  const inside = html`<span class="num">${number}</span> <bdi lang=${mark.language} class="evidence-words">${words}</bdi>`;
  if (!onMark) return html`<span class="evidence-chip">${inside}</span>`;
  return html`<button type="button" class="evidence-chip" aria-label=${t("Show verse {number} in the text: {words}", { number, words })}
    onClick=${() => onMark(mark)}>${inside}</button>`;
}
