// Above the rows: search, filters, and how the board is shown.
import { useComputed } from "@preact/signals";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { FILTERS, passes, stepsNow } from "../../views/teacher/finding.mjs";
import { stepTitle } from "../../views/teacher/lesson.mjs";
import { Dialog } from "./parts.mjs";

/** @import { Filter } from "../../views/teacher/finding.mjs" */
/** @import { Desk } from "./state.mjs" */

/** @param {{ desk: Desk }} props */
export function Finding({ desk }) {
  const { look } = desk;
  const { query } = look.wanted.value;
  const hidden = look.hidden.value;
  return html`<div class="finding"><search class="finding-search" aria-label=${t("Find rooms")}><input type="search" class="input" id="find-room" dir="auto" autocomplete="off" spellcheck=${false} enterkeyhint="search"
      aria-label=${hidden ? t("Room number") : t("A name, or the number of a room")} placeholder=${hidden ? t("Room number") : t("Name or room number")}
      value=${query} onInput=${(/** @type {InputEvent} */ event) => look.want({ query: /** @type {HTMLInputElement} */ (event.target).value })}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => leaveSearch(event, desk)} /></search>
    <div class="finding-filters" role="group" aria-label=${t("Which rooms are shown")}>
      ${FILTERS.map((filter) => html`<${FilterButton} key=${filter} desk=${desk} filter=${filter} />`)}
      <${StepChoice} desk=${desk} />
    </div>
    <div class="finding-looks">
      <button type="button" class="chip" aria-pressed=${String(look.compact.value)} onClick=${() => look.pack(!look.compact.peek())}>${t("Compact")}</button>
      <button type="button" class="chip" aria-pressed=${String(hidden)} onClick=${() => look.hide(!look.hidden.peek())}>${t("Hide names")}</button>
      <button type="button" class="chip keys-button" aria-label=${t("What the keys do")} onClick=${() => {
        look.keys.value = true;
      }}><span aria-hidden="true">?</span></button>
    </div>
    ${look.keys.value && html`<${Keys} desk=${desk} />`}
  </div>`;
}

/**
 * From the search down to what was found, and out of it.
 * @param {KeyboardEvent} event
 * @param {Desk} desk
 */
function leaveSearch(event, desk) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (event.key === "Escape") {
    event.preventDefault();
    if (field.value) desk.look.want({ query: "" });
    else field.blur();
  } else if (event.key === "ArrowDown" || event.key === "Enter") {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (document.querySelector(".board-row .row-open"))?.focus();
  }
}

/** @param {Filter} filter */
function filterName(filter) {
  switch (filter) {
    case "needs":
      return t("Needs me");
    case "one_school":
      return t("One school alone");
    case "not_started":
      return t("Not started");
    default:
      return t("All rooms");
  }
}

/** @param {{ desk: Desk, filter: Filter }} props */
function FilterButton({ desk, filter }) {
  const count = useComputed(() => {
    const people = desk.boot.people;
    return desk.rows.value.filter((row) => row.members.length && passes(row, filter, people, desk.scene.value)).length;
  }).value;
  const on = useComputed(() => desk.look.wanted.value.filter === filter).value;
  return html`<button type="button" class="chip" aria-pressed=${String(on)} onClick=${() => desk.look.want({ filter: on ? "all" : filter })}>${filterName(filter)} <span class="num">${count}</span></button>`;
}

/** @param {{ desk: Desk }} props */
function StepChoice({ desk }) {
  const { language } = desk.boot;
  const steps = useComputed(() => JSON.stringify(stepsNow(desk.rows.value))).value;
  const chosen = useComputed(() => desk.look.wanted.value.step).value;
  /** @type {[number, number][]} */
  const now = JSON.parse(steps);
  const known = chosen === null || now.some(([step]) => step === chosen) ? now : [...now, [chosen, 0]];
  return html`<select class="input step-choice" aria-label=${t("Rooms at one step")} value=${chosen ?? ""} onChange=${(
    /** @type {Event} */ event,
  ) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    desk.look.want({ step: value === "" ? null : Number(value) });
  }}>
    <option value="">${t("At any step")}</option>
    ${known.map(([step, rooms]) => html`<option key=${step} value=${step}>${stepTitle(desk.lesson.value, /** @type {number} */ (step), language)} (${rooms})</option>`)}
  </select>`;
}

/** @param {{ desk: Desk }} props */
function Keys({ desk }) {
  const close = () => {
    desk.look.keys.value = false;
  };
  const keys = [
    ["↑ ↓", t("to the next room, or the one before")],
    ["Home End", t("to the first and the last room")],
    ["Enter", t("open the room, close it again")],
    ["Esc", t("back: out of the search, the room, the visit")],
    ["H", t("to the next call for help")],
    ["/", t("search")],
    ["?", t("this list")],
  ];
  return html`<${Dialog} title=${t("What the keys do")} onClose=${close}>
    <dl class="keys">${keys.map(([key, what]) => html`<div key=${key}><dt><kbd dir="ltr">${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
    <footer><button type="button" class="button primary" onClick=${close}>${t("Close")}</button></footer>
  <//>`;
}
