// One room beside the board: who is in it and what a teacher can do; while visiting, what its members see.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { doing, doingWords, lineOf, lineWords } from "../../views/teacher/board.mjs";
import { placeWords, stepTitle } from "../../views/teacher/lesson.mjs";
import { nameOf } from "../../views/teacher/people.mjs";
import { AdultBeside } from "./also_here.mjs";
import { Left, LessonBar, Name, Refused } from "./parts.mjs";
import { Regroup } from "./room_actions.mjs";
import { Visit } from "./visit.mjs";
import { Work } from "./work.mjs";

/** @import { Row } from "../../views/teacher/types.mjs" */
/** @import { Desk } from "./state.mjs" */

const NARROW = "(max-width: 56rem)";

/** @typedef {{ onEnter: (room: string, listening?: boolean) => void, onLeave: () => void }} Doors */

/**
 * @param {{ desk: Desk } & Doors} props
 */
export function Drawer({ desk, onEnter, onLeave }) {
  const open = desk.open.value;
  const row = open ? desk.row(open)?.value : undefined;
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const page = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    heading.current?.focus();
    page.current?.scrollTo?.(0, 0);
  }, [open]);
  useWayBack(desk, onLeave);
  if (!row?.members.length) return null;
  const visiting = desk.visiting.value === row.room;
  return html`<aside class=${`drawer${visiting ? " is-visiting" : ""}`} aria-labelledby="drawer-title" ref=${page}>
    <header>
      ${!visiting && html`<button type="button" class="button quiet drawer-back" onClick=${() => shut(desk)}>${t("To the rooms")}</button>`}
      <h2 id="drawer-title" tabindex="-1" ref=${heading}>${t("Room {n}", { n: row.number })}</h2>
      ${
        visiting
          ? html`<button type="button" class="button" onClick=${onLeave}>${t("Leave the room")}</button>`
          : html`<button type="button" class="button icon quiet" aria-label=${t("Close")} onClick=${() => shut(desk)}><span class="glyph close" aria-hidden="true"></span></button>`
      }
    </header>
    <${Where} desk=${desk} row=${row} />
    ${visiting ? html`<${Visit} desk=${desk} />` : html`<${Entrance} row=${row} onEnter=${onEnter} />`}
    <${Refused} desk=${desk} place="drawer" />
    <${RoomActions} desk=${desk} row=${row} />
    <${Members} desk=${desk} row=${row} />
    <${Regroup} key=${row.room} desk=${desk} row=${row} onLeave=${onLeave} />
    <${Work} desk=${desk} row=${row} />
  </aside>`;
}

/** Close the drawer; whoever works with the keyboard stands at its row again. @param {Desk} desk */
function shut(desk) {
  const room = desk.open.peek();
  desk.open.value = null;
  /** @type {HTMLElement | null} */ (
    document.querySelector(`[data-room="${CSS.escape(room ?? "")}"] .row-open`)
  )?.focus({ preventScroll: true });
}

/**
 * Where the drawer fills the screen, the device's own way back leads to the rooms and not out of the lesson.
 * @param {Desk} desk
 * @param {() => void} onLeave
 */
function useWayBack(desk, onLeave) {
  const isOpen = desk.open.value !== null;
  useEffect(() => {
    if (!isOpen || !matchMedia(NARROW).matches) return undefined;
    history.pushState({ drawer: true }, "");
    const went = () => {
      if (desk.visiting.peek()) onLeave();
      desk.open.value = null;
    };
    window.addEventListener("popstate", went);
    return () => {
      window.removeEventListener("popstate", went);
      if (history.state?.drawer) history.back();
    };
  }, [isOpen]);
}

/** @param {{ desk: Desk, row: Row }} props */
function Where({ desk, row }) {
  const { language } = desk.boot;
  const place = placeWords(desk.lesson.value, row, language);
  return html`<div class="split drawer-where">
    <p><strong>${stepTitle(desk.lesson.value, row.step, language)}</strong>${place !== "" && html`<br /><span class="soft">${place}</span>`}</p>
    ${row.state === "working" && row.ends_at !== null && html`<${Left} desk=${desk} end=${row.ends_at} />`}
    <${LessonBar} desk=${desk} row=${row} />
    <${AdultBeside} desk=${desk} row=${row} />
  </div>`;
}

/** @param {{ row: Row, onEnter: Doors["onEnter"] }} props */
function Entrance({ row, onEnter }) {
  return html`<div class="button-row">
      <button type="button" class="button primary" onClick=${() => onEnter(row.room)}>${t("Go in")}</button>
      <button type="button" class="button" onClick=${() => onEnter(row.room, true)}>${t("Go in, only listening")}</button>
    </div>
    <p class="soft small">${t("They are told when you come and go, and each visit is written down.")}</p>`;
}

/** @param {{ desk: Desk, row: Row }} props */
function Members({ desk, row }) {
  return html`<ul class="drawer-members" role="list">
    ${row.members.map((member) => {
      const name = nameOf(desk.boot.people[member], desk.boot.language);
      return html`<li key=${member}>
        <strong><${Name} desk=${desk} member=${member} /></strong>
        <span class="soft">${memberWords(member, row)}</span>
        <span class="push button-row">
          <button type="button" class="button quiet" aria-label=${t("Move {name}", { name })} onClick=${() => {
            desk.asked.value = { dialog: "move", member };
          }}>${t("Move")}</button>
          ${
            !desk.boot.substitute &&
            html`<button type="button" class="button quiet" aria-label=${t("Remove {name} from the lesson", { name })} onClick=${() => {
              desk.asked.value = { dialog: "remove", member };
            }}>${t("Remove")}</button>`
          }
        </span>
      </li>`;
    })}
  </ul>`;
}

/**
 * @param {string} member
 * @param {Row} row
 */
function memberWords(member, row) {
  const line = lineOf(member, row);
  return [doingWords(doing(member, row)), line === "good" ? "" : lineWords(line)].filter(Boolean).join(" · ");
}

/** @param {{ desk: Desk, row: Row }} props */
function RoomActions({ desk, row }) {
  const { room } = row;
  const act = (/** @type {string} */ kind, /** @type {Record<string, unknown>} */ fields = {}, told = "") =>
    desk.act("drawer", kind, { room, ...fields }, told);
  const next = stepTitle(desk.lesson.value, row.step + 1, desk.boot.language);
  const atGate = row.state !== "working";
  return html`<div class="button-row drawer-actions">
    ${row.help && !row.help.taken_by && html`<button type="button" class="button" onClick=${() => act("take_help")}>${t("I'm coming")}</button>`}
    ${row.help && html`<button type="button" class="button" onClick=${() => act("clear_help")}>${t("They have been helped")}</button>`}
    <button type="button" class="button" aria-label=${t("Note to this room")} onClick=${() => {
      desk.asked.value = { dialog: "note", room };
    }}>${t("Note")}</button>
    <button type="button" class="button" onClick=${() => act("add_time", { seconds: 60 }, t("One minute more for this room."))}>${t("+1 min")}</button>
    ${!atGate && html`<button type="button" class="button" aria-label=${t("Next step for this room: {title}", { title: next })} title=${next} onClick=${() => act("move_room_on", { step: row.step })}>${t("Next step")}</button>`}
    <button type="button" class="button danger" onClick=${() => {
      desk.asked.value = { dialog: "part", room };
    }}>${t("Separate now")}</button>
  </div>`;
}
