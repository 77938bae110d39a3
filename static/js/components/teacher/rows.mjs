// The rooms in their groups, and the keyboard: one row at a time can be tabbed to, and whoever stands there stays there.
import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { GROUPS, groupTitle, nextCall, waitingCalls } from "../../views/teacher/board.mjs";
import { further, inLine } from "../../views/teacher/finding.mjs";
import { HelpQueue, OthersAt } from "./queue.mjs";
import { BoardRow } from "./row.mjs";

/** @import { Group } from "../../views/teacher/board.mjs" */
/** @import { Doors } from "./drawer.mjs" */
/** @import { Desk } from "./state.mjs" */

/** @param {{ desk: Desk, onEnter: Doors["onEnter"] }} props */
export function Rows({ desk, onEnter }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useKeptFocus(list, desk);
  const found = useComputed(() => inLine(desk.shown.value).length).value;
  const all = useComputed(() => inLine(desk.order.value).length).value;
  return html`<div class="board-list" ref=${list} onFocusIn=${(/** @type {FocusEvent} */ event) => {
    const room = roomOf(event.target);
    if (room) desk.look.current.value = room;
  }}>
    <div class="board-line">
      <div class="found-line" role="status">${found < all && html`${t("{n} of {all} rooms are shown.", { n: found, all })} <button type="button" class="button quiet" onClick=${() => desk.look.wantAll()}>${t("Show all rooms")}</button>`}</div>
      <${OthersAt} desk=${desk} />
    </div>
    ${GROUPS.map((group) => html`<${RowGroup} key=${group} desk=${desk} group=${group} onEnter=${onEnter} />`)}
  </div>`;
}

/** @param {{ desk: Desk, group: Group, onEnter: Doors["onEnter"] }} props */
function RowGroup({ desk, group, onEnter }) {
  const ids = useComputed(() => desk.shown.value[group]).value;
  // Calls for help are told of even where what is looked for leaves them out.
  const calls = useComputed(() => group === "needs" && waitingCalls(desk.rows.value).count > 0).value;
  if (!ids.length && !calls) return null;
  return html`<section class=${`board-group ${group}`}>
    <div class="group-head"><h2>${groupTitle(group)} <span class="count">${ids.length}</span></h2>${group === "needs" && html`<${HelpQueue} desk=${desk} onPress=${() => toNextCall(desk)} />`}</div>
    ${ids.length > 0 && html`<ul class="board-rows" role="list">${ids.map((room) => html`<${BoardRow} key=${room} desk=${desk} room=${room} onEnter=${onEnter} />`)}</ul>`}
  </section>`;
}

/**
 * A row that is moved, or drawn anew in another group, loses the focus in every browser: it gets it back.
 * @param {{ current: HTMLElement | null }} list
 * @param {Desk} desk
 */
function useKeptFocus(list, desk) {
  const held = useRef(/** @type {{ room: string, control: string } | null} */ (null));
  useEffect(() => {
    const focused = (/** @type {FocusEvent} */ event) => {
      const room = list.current?.contains(/** @type {Node} */ (event.target)) ? roomOf(event.target) : null;
      held.current = room ? { room, control: controlOf(event.target) } : null;
    };
    // Whoever presses beside the rows has left them.
    const pressed = (/** @type {PointerEvent} */ event) => {
      if (!roomOf(event.target)) held.current = null;
    };
    document.addEventListener("focusin", focused);
    document.addEventListener("pointerdown", pressed);
    return () => {
      document.removeEventListener("focusin", focused);
      document.removeEventListener("pointerdown", pressed);
    };
  }, []);
  const order = useComputed(() => desk.shown.value).value;
  useLayoutEffect(() => {
    // The groups draw themselves after this: look once they have.
    queueMicrotask(() => {
      const here = held.current;
      if (!here || (document.activeElement && document.activeElement !== document.body)) return;
      const row = list.current?.querySelector(`[data-room="${CSS.escape(here.room)}"]`);
      const control = /** @type {HTMLElement | null | undefined} */ (
        row?.querySelector(`[data-control="${here.control}"]`) ?? row?.querySelector(".row-open")
      );
      control?.focus({ preventScroll: true });
    });
  }, [order]);
}

/** @param {EventTarget | null} target */
function roomOf(target) {
  return target instanceof Element ? (target.closest("[data-room]")?.getAttribute("data-room") ?? null) : null;
}

/** @param {EventTarget | null} target */
function controlOf(target) {
  return target instanceof Element ? (target.getAttribute("data-control") ?? "open") : "open";
}

/**
 * Arrows move between rooms, H goes to the next call for help, / to the search, ? shows the keys, Escape goes back.
 * @param {Desk} desk
 * @param {() => void} onLeave
 */
export function useKeys(desk, onLeave) {
  useEffect(() => {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      const at = event.target instanceof HTMLElement ? event.target : document.body;
      if (
        event.defaultPrevented ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        desk.asked.peek() ||
        desk.look.keys.peek() ||
        // Escape is the open menu's: it must not take its teacher out of a room instead.
        document.querySelector(":popover-open") ||
        at.closest("input, textarea, select, dialog, [popover]")
      )
        return;
      if (answer(event, desk, onLeave)) event.preventDefault();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

/**
 * @param {KeyboardEvent} event
 * @param {Desk} desk
 * @param {() => void} onLeave
 * @returns {boolean} whether the key was one of the board's
 */
function answer(event, desk, onLeave) {
  const line = () => inLine(desk.shown.peek());
  // By place as well as by letter: a Hebrew keyboard has another letter there.
  const slash = event.key === "/" || event.key === "?" || event.code === "Slash";
  const asks = event.key === "?" || (event.code === "Slash" && event.shiftKey);
  if (asks) desk.look.keys.value = true;
  else if (slash) document.getElementById("find-room")?.focus();
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") return step(desk, event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Home" && inRows()) return focusRoom(line()[0]);
  else if (event.key === "End" && inRows()) return focusRoom(line().at(-1));
  else if (event.code === "KeyH") toNextCall(desk);
  else if (event.key === "Escape") back(desk, onLeave);
  else return false;
  return true;
}

function inRows() {
  return Boolean(document.activeElement?.closest(".board-row"));
}

/**
 * @param {Desk} desk
 * @param {number} rows
 */
function step(desk, rows) {
  // In the open room arrows scroll what is read there.
  if (document.activeElement?.closest(".drawer")) return false;
  return focusRoom(further(inLine(desk.shown.peek()), roomOf(document.activeElement), rows));
}

/** @param {string | null | undefined} room */
function focusRoom(room) {
  const row = room && document.querySelector(`[data-room="${CSS.escape(room)}"] .row-open`);
  if (!(row instanceof HTMLElement)) return false;
  row.focus();
  return true;
}

/**
 * Go to the next room that asks for help; whatever hid it is taken away.
 * @param {Desk} desk
 */
export function toNextCall(desk) {
  const rows = inLine(desk.order.peek()).flatMap((id) => desk.row(id)?.peek() ?? []);
  const room = nextCall(rows, roomOf(document.activeElement));
  if (!room) {
    desk.told.value = t("Nobody is asking for help.");
    return;
  }
  if (!inLine(desk.shown.peek()).includes(room)) desk.look.wantAll();
  requestAnimationFrame(() => focusRoom(room));
}

/**
 * @param {Desk} desk
 * @param {() => void} onLeave
 */
function back(desk, onLeave) {
  if (desk.visiting.peek()) onLeave();
  else if (desk.open.peek()) {
    const room = desk.open.peek();
    desk.open.value = null;
    focusRoom(room);
  } else if (!desk.look.isAll.peek()) desk.look.wantAll();
}
