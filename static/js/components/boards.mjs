// A whole-class board for every screen: cards in their groups, the spectrum, one card large. Marks of schools, never names.
import { html } from "../html.mjs";
import { t, tn } from "../i18n.mjs";
import { groupsOf, sourceOf, standRows, statement } from "../views/boards.mjs";
import { EntryShown } from "./entry.mjs";
import { SchoolMark } from "./person.mjs";

/** @import {BoardEntryView, BoardView, Lesson, Mark, SpectrumView, TextView} from "../wire.mjs" */

/**
 * @typedef {object} Shown
 * @property {BoardView} board
 * @property {Lesson} lesson
 * @property {TextView | null} text
 * @property {string} language the reader's
 * @property {string} side the reader's
 * @property {(mark: Mark) => void} [onMark] go to the words in the text
 * @property {(one: BoardEntryView) => unknown} [controls] what can be done with a card
 */

/** @param {Shown} props */
export function BoardShown(props) {
  const { board, lesson, language } = props;
  const groups = groupsOf(board, lesson, language);
  const pinned = board.entries.find((one) => one.id === board.pinned);
  return html`<div class=${`class-cards of-${board.kind}`}>
    ${
      pinned &&
      html`<section class="pinned-card" aria-label=${t("We look at this one together")}>
      <p class="pinned-why">${t("We look at this one together")}</p><${Card} ...${props} one=${pinned} /></section>`
    }
    ${board.spectrum.length > 0 && html`<div class="spectra">${board.spectrum.map((one) => html`<${Spectrum} key=${one.input} ...${props} one=${one} />`)}</div>`}
    ${groups.length === 0 && html`<p class="soft">${t("Nothing is shared yet. What rooms share appears here.")}</p>`}
    ${groups.map(
      (group) => html`<section key=${group.key} class="card-group">
        ${group.title && html`<h3><bdi>${group.title}</bdi> <span class="count num">${group.entries.length}</span></h3>`}
        <ul class="cards" role="list">${group.entries.map(
          (one) =>
            html`<li key=${one.id} class=${`board-card ${one.side === props.side ? "ours" : "theirs"}`}><${Card} ...${props} one=${one} /></li>`,
        )}</ul>
      </section>`,
    )}
  </div>`;
}

/** @param {Shown & {one: BoardEntryView}} props */
function Card({ one, board, lesson, text, language, side, onMark, controls }) {
  const { step, input: asked } = sourceOf(one, lesson);
  // On a wall its kind stands above the card.
  const input = asked && board.kind === "wall" && board.pinned !== one.id ? { ...asked, tags: [] } : asked;
  return html`<div class="card-words"><${SchoolMark} whose=${one.side === side ? "ours" : "theirs"} />
      <span class="card-entry"><${EntryShown} entry=${one.entry} step=${step} input=${input} text=${text} language=${language} onMark=${onMark} /></span></div>
    ${
      (one.wonders > 0 || controls) &&
      html`<div class="card-foot">
      ${one.wonders > 0 && html`<span class="wonders">${tn("{n} other room wonders, too", "{n} other rooms wonder, too", one.wonders)}</span>`}
      ${controls?.(one)}</div>`
    }`;
}

/**
 * Where both classes stood before and after: numbers first, bars beside them.
 * @param {Shown & {one: SpectrumView}} props
 */
function Spectrum({ one, lesson, language, side }) {
  const rows = standRows(one, lesson, language, side);
  const asked = statement(one, lesson, language);
  if (rows.length === 0)
    return html`<section class="spectrum"><h3><bdi>${asked}</bdi></h3>
      <p class="soft">${t("Too few have answered to show numbers without showing who it was.")}</p></section>`;
  return html`<section class="spectrum"><table>
    <caption><bdi>${asked}</bdi></caption>
    <thead><tr><td></td>${rows[0]?.shares.map((share) => html`<th key=${share.label} scope="col"><bdi>${share.label}</bdi></th>`)}</tr></thead>
    <tbody>${rows.map(
      (row) => html`<tr key=${`${row.side}-${row.when}`} class=${row.when}>
        <th scope="row"><${Whose} side=${row.side} mine=${side} /> ${row.when === "before" ? t("before") : t("after")}</th>
        ${row.shares.map((share) => html`<td key=${share.label}><span class="share"><span class="num">${share.n}</span><progress class=${whoseOf(row.side, side)} max=${row.of} value=${share.n} aria-hidden="true"></progress></span></td>`)}
      </tr>`,
    )}</tbody></table></section>`;
}

/**
 * @param {string} side
 * @param {string} mine
 */
function whoseOf(side, mine) {
  return side === "both" ? "both" : side === mine ? "ours" : "theirs";
}

/** @param {{side: string, mine: string}} props */
function Whose({ side, mine }) {
  if (side === "both") return html`<span class="nowrap">${t("both schools")}</span>`;
  return html`<span class="nowrap"><${SchoolMark} whose=${side === mine ? "ours" : "theirs"} /></span>`;
}
