// The board while the lesson runs: a head with both clocks, rooms in the order of who needs a teacher first, a foot for everyone.
import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../../html.mjs";
import { say, t } from "../../i18n.mjs";
import { across, clocksOf } from "../../views/schools.mjs";
import { DENSE_FROM, GROUPS, groupTitle, nextCall } from "../../views/teacher/board.mjs";
import { left, urgency } from "../../views/teacher/clocks.mjs";
import { behindTheGate, countdownTo, gateLabel, nextFloor, placeRange } from "../../views/teacher/lesson.mjs";
import { timeAt } from "../../views/time.mjs";
import { Listed } from "../person.mjs";
import { AlsoHere, GuestRequests } from "./also_here.mjs";
import { Arrivals, ArrivalsPolicy } from "./arrivals.mjs";
import { ClassBoard } from "./class_board.mjs";
import { Drawer } from "./drawer.mjs";
import { BoardFoot } from "./foot.mjs";
import { PaceBars } from "./pace.mjs";
import { Refused } from "./parts.mjs";
import { WholeClass } from "./plenary.mjs";
import { RoundLed } from "./round.mjs";
import { BoardRow } from "./row.mjs";

/** @import { Group } from "../../views/teacher/board.mjs" */
/** @import { Doors } from "./drawer.mjs" */
/** @import { Desk } from "./state.mjs" */

/**
 * @param {{ desk: Desk } & Doors} props
 */
export function BoardPage({ desk, onEnter, onLeave }) {
  useKeys(desk, onLeave);
  const count = useComputed(() => desk.rows.value.filter((row) => row.members.length).length).value;
  const isOpen = useComputed(() => (desk.row(desk.open.value ?? "")?.value.members.length ?? 0) > 0).value;
  if (desk.session.value.paused?.calm) return html`<${Stopped} desk=${desk} />`;
  return html`<div class=${`board${count >= DENSE_FROM ? " is-dense" : ""}`}>
    <${BoardHead} desk=${desk} />
    <div class="board-main">
      ${desk.session.value.paused && html`<p class="notice" role="status"><span>${t("Paused in both schools: the clocks stand still, words can still be written.")}</span></p>`}
      <${GuestRequests} desk=${desk} />
      <${Refused} desk=${desk} place="everyone" />
      <${RoundLed} desk=${desk} />
      <${PaceBars} desk=${desk} />
      <${WholeClass} desk=${desk} />
      <${ClassBoard} desk=${desk} />
      ${
        !desk.projected.value &&
        html`<${Arrivals} desk=${desk} />
        <div class=${`board-with-drawer${isOpen ? " is-open" : ""}`}>
          <div>${count === 0 ? html`<${NoRooms} />` : GROUPS.map((group) => html`<${RowGroup} key=${group} desk=${desk} group=${group} onEnter=${onEnter} />`)}</div>
          <${Drawer} desk=${desk} onEnter=${onEnter} onLeave=${onLeave} />
        </div>
        <${ArrivalsPolicy} desk=${desk} />`
      }
    </div>
    <${BoardFoot} desk=${desk}><${AlsoHere} desk=${desk} /><//>
  </div>`;
}

/** @param {{ desk: Desk }} props */
function BoardHead({ desk }) {
  const { session, lesson, boot } = desk;
  const range = useComputed(() => placeRange(lesson.value, desk.rows.value, boot.language)).value;
  const behind = useComputed(() => behindTheGate(lesson.value, session.value, desk.rows.value)).value;
  const label = gateLabel(lesson.value, session.value, boot.language);
  const paused = session.value.paused !== null;
  const next = () =>
    desk.act("everyone", "next_gate", { after: session.value.floor, to: nextFloor(lesson.value, session.value) });
  return html`<header class="board-head">
    <h1><bdi>${say(boot.title, boot.language)}</bdi></h1>
    <div class="board-when"><${Clocks} desk=${desk} />${range !== "" && html`<span>${range}</span>`}</div>
    <${Countdown} desk=${desk} />
    <div class="board-actions">
      ${behind !== "" && label !== null && html`<span class="soft small behind">${behind}</span>`}
      <button type="button" class="button" disabled=${paused} onClick=${() => desk.act("everyone", "extend_all", { seconds: 60 }, t("One minute more for every room."))}>${t("+1 min for all")}</button>
      ${
        label === null
          ? html`<span class="soft small behind">${t("No gate is left: rooms go on by themselves")}</span>`
          : html`<button type="button" class="button primary" disabled=${paused} onClick=${next}>${label}</button>`
      }
    </div>
  </header>`;
}

/**
 * What the clock says in each school, one's own first.
 * @param {{ desk: Desk }} props
 */
export function Clocks({ desk }) {
  const { boot } = desk;
  return html`<div class="board-clocks">
    ${clocksOf(boot.sides, [boot.side, across(boot.side)], boot.language).map(({ places, zone }) => html`<${Clock} key=${zone} desk=${desk} places=${places} zone=${zone} />`)}
  </div>`;
}

/** @param {{ desk: Desk, places: string[], zone: string }} props */
function Clock({ desk, places, zone }) {
  const text = useComputed(() => timeAt(desk.now.value, zone, desk.boot.language));
  return html`<span class="nowrap"><${Listed} names=${places} language=${desk.boot.language} /> <time>${text}</time></span>`;
}

/** @param {{ desk: Desk }} props */
function Countdown({ desk }) {
  const { calm, now } = desk;
  const target = useComputed(() => JSON.stringify(countdownTo(desk.rows.value, desk.session.value.bell ?? null)));
  const { end, of } = /** @type {ReturnType<typeof countdownTo>} */ (JSON.parse(target.value));
  const text = useComputed(() => left(JSON.parse(target.value).end, now.value));
  const look = useComputed(() => urgency(JSON.parse(target.value).end, now.value)).value;
  if (end === null) return null;
  return html`<span class="countdown">
    ${!calm.value && html`<span class=${`timer ${look}`} role="timer">${text}</span> <span class="soft small">${of === "step" ? t("in this step") : t("to the bell")}</span>`}
    <button type="button" class="button quiet" aria-pressed=${calm.value} onClick=${() => {
      calm.value = !calm.value;
    }}>${calm.value ? t("Show the time left") : t("Hide")}<span class="visually-hidden">${calm.value ? "" : ` ${t("the time left")}`}</span></button>
  </span>`;
}

/** @param {{ desk: Desk, group: Group, onEnter: Doors["onEnter"] }} props */
function RowGroup({ desk, group, onEnter }) {
  const ids = useComputed(() => desk.order.value[group]).value;
  if (!ids.length) return null;
  return html`<section class=${`board-group ${group}`}>
    <h2>${groupTitle(group)} <span class="count">${ids.length}</span></h2>
    <ul class="board-rows">${ids.map((room) => html`<${BoardRow} key=${room} desk=${desk} room=${room} onEnter=${onEnter} />`)}</ul>
  </section>`;
}

function NoRooms() {
  return html`<div class="empty"><h2>${t("No room is open")}</h2><p>${t("As soon as a student is seated, the room stands here.")}</p></div>`;
}

/** Stop now: calm on this page too. @param {{ desk: Desk }} props */
function Stopped({ desk }) {
  return html`<div class="calm" role="status">
    <img src="/static/img/logo.svg" alt="" />
    <h1>${t("Everything stands still in both schools")}</h1>
    <p>${t("Picture and sound are off and the students see a calm page. What was written is kept.")}</p>
    <${Refused} desk=${desk} place="everyone" />
    <div class="button-row">
      <button type="button" class="button primary large" onClick=${() => desk.act("everyone", "resume")}>${t("Go on where we stopped")}</button>
      ${
        !desk.boot.substitute &&
        html`<button type="button" class="button" onClick=${() => {
          desk.asked.value = { dialog: "close" };
        }}>${t("Close the lesson")}</button>`
      }
    </div>
    <${AlsoHere} desk=${desk} />
  </div>`;
}

/**
 * Arrows move between rooms, H goes to the next call for help, Escape goes back.
 * @param {Desk} desk
 * @param {() => void} onLeave
 */
function useKeys(desk, onLeave) {
  useEffect(() => {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      const at = event.target instanceof HTMLElement ? event.target : document.body;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        desk.asked.peek() ||
        at.closest("input, textarea, select, dialog, [popover]")
      )
        return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") stepThroughRows(event);
      else if (event.code === "KeyH") goToCall(desk);
      else if (event.key === "Escape") back(desk, onLeave);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

/** @param {KeyboardEvent} event */
function stepThroughRows(event) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".board-row .row-open")]);
  const now = rows.findIndex((row) => row.closest(".board-row")?.contains(document.activeElement));
  const next =
    now < 0 ? rows[0] : rows[Math.max(0, Math.min(rows.length - 1, now + (event.key === "ArrowDown" ? 1 : -1)))];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** @param {Desk} desk */
function goToCall(desk) {
  const rows = GROUPS.flatMap((group) => desk.order.peek()[group]).flatMap((id) => desk.row(id)?.peek() ?? []);
  const focused = document.activeElement?.closest("[data-room]")?.getAttribute("data-room") ?? null;
  const room = nextCall(rows, focused);
  if (!room) {
    desk.told.value = t("Nobody is asking for help.");
    return;
  }
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-room="${CSS.escape(room)}"] .row-open`))?.focus();
}

/**
 * @param {Desk} desk
 * @param {() => void} onLeave
 */
function back(desk, onLeave) {
  if (desk.projected.peek()) desk.projected.value = false;
  else if (desk.visiting.peek()) onLeave();
  else {
    const room = desk.open.peek();
    desk.open.value = null;
    if (room)
      /** @type {HTMLElement | null} */ (
        document.querySelector(`[data-room="${CSS.escape(room)}"] .row-open`)
      )?.focus();
  }
}
