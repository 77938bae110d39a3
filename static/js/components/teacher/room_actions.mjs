// What regroups one room: split, merge, end. Each asks first, shows who sits there now, and sends what was seen.
import { useSignal } from "@preact/signals";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { groupWarning, mergeable } from "../../views/teacher/arrivals.mjs";
import { roomNumber } from "../../views/teacher/lobby.mjs";
import { besideOf, isolated, nameOf, namesLine } from "../../views/teacher/people.mjs";
import { Dialog, Name, Refused } from "./parts.mjs";

/** @import { Signal } from "@preact/signals" */
/** @import { ComponentChildren } from "preact" */
/** @import { Row } from "../../views/teacher/types.mjs" */
/** @import { Desk } from "./state.mjs" */

const PLACE = "regroup";

/** @param {{ desk: Desk, row: Row, onLeave: () => void }} props */
export function Regroup({ desk, row, onLeave }) {
  const asked = useSignal(/** @type {"" | "split" | "merge" | "end"} */ (""));
  const close = () => {
    asked.value = "";
    if (desk.refusal.peek()?.place === PLACE) desk.refusal.value = null;
  };
  const emptied = () => {
    // Whoever visits it would stand in a room without anybody.
    if (desk.visiting.peek() === row.room) onLeave();
    close();
  };
  const props = { desk, row, onClose: close, onEmptied: emptied };
  return html`<div class="button-row drawer-actions regroup">
    ${
      row.members.length > 2 &&
      html`<button type="button" class="button" onClick=${() => {
        asked.value = "split";
      }}>${t("Split…")}</button>`
    }
    <button type="button" class="button" onClick=${() => {
      asked.value = "merge";
    }}>${t("Merge with another room…")}</button>
    <button type="button" class="button" onClick=${() => {
      asked.value = "end";
    }}>${t("End this room…")}</button>
    ${asked.value === "split" && html`<${Split} ...${props} />`}
    ${asked.value === "merge" && html`<${Merge} ...${props} />`}
    ${asked.value === "end" && html`<${End} ...${props} />`}
  </div>`;
}

/** @typedef {{ desk: Desk, row: Row, onClose: () => void }} Asked */
/** @typedef {Asked & { onEmptied: () => void }} Emptying */

/**
 * @param {Desk} desk
 * @param {() => void} onClose
 * @param {string} told
 * @param {string} kind
 * @param {Record<string, unknown>} fields
 */
async function act(desk, onClose, told, kind, fields) {
  const ack = await desk.act(PLACE, kind, fields);
  if (!ack.ok) return;
  desk.told.value = told;
  onClose();
}

/**
 * @param {Asked & { title: string, press: string, ready: boolean, danger?: boolean, onPress: () => void, children?: ComponentChildren }} props
 */
function Question({ desk, title, press, ready, danger = false, onPress, onClose, children }) {
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form onSubmit=${(/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (ready) onPress();
    }}>
      ${children}
      <${Refused} desk=${desk} place=${PLACE} />
      <footer>
        <button type="button" class="button quiet" onClick=${onClose}>${t("Back")}</button>
        <button type="submit" class=${danger ? "button danger" : "button primary"} disabled=${!ready}>${press}</button>
      </footer>
    </form>
  <//>`;
}

/**
 * Who sits in the room now: it may change while the question is open.
 * @param {Desk} desk
 * @param {Row} row
 */
function seatsOf(desk, row) {
  return desk.seats.value.rooms[row.room] ?? [];
}

/** @param {Asked} props */
function Split({ desk, row, onClose }) {
  const { people, language, side } = desk.boot;
  const members = seatsOf(desk, row);
  const chosen = useSignal(/** @type {ReadonlySet<string>} */ (new Set()));
  const going = members.filter((id) => chosen.value.has(id));
  const staying = members.filter((id) => !chosen.value.has(id));
  const toggle = (/** @type {string} */ id) => {
    const next = new Set(chosen.value);
    const on = !next.has(id);
    // Two at one device go together.
    for (const one of [id, besideOf(id, desk.presence.value.peers)])
      if (one && members.includes(one)) on ? next.add(one) : next.delete(one);
    chosen.value = next;
  };
  const ready = going.length > 0 && staying.length > 0;
  const warnings = (ready ? [staying, going] : []).flatMap((group) => {
    const warning = groupWarning(group, people);
    return warning ? [`${namesLine(group, people, language, side)}: ${warning}`] : [];
  });
  const split = () =>
    act(desk, onClose, t("The room is split."), "split_room", { room: row.room, members: going, seen: members });
  return html`<${Question} desk=${desk} row=${row} onClose=${onClose} title=${t("Split room {n}", { n: row.number })} press=${t("Split")} ready=${ready} onPress=${split}>
    <fieldset class="choices"><legend>${t("Who goes into a new room?")}</legend>
      ${members.map((id) => html`<label key=${id} class="check"><input type="checkbox" checked=${chosen.value.has(id)} onChange=${() => toggle(id)} /><span><${Name} desk=${desk} member=${id} /></span></label>`)}
    </fieldset>
    <p class="hint">${t("The new room begins at the same step. Everybody keeps what they wrote; lines written together stay with this room.")}</p>
    ${ready && html`<p role="status">${t("Then: {staying}, and {going}.", { staying: namesLine(staying, people, language, side), going: namesLine(going, people, language, side) })}</p>`}
    ${warnings.map((words) => html`<p key=${words} class="notice warn"><span>${words}</span></p>`)}
  <//>`;
}

/** @param {Emptying} props */
function Merge({ desk, row, onClose, onEmptied }) {
  const { people, language, side } = desk.boot;
  const members = seatsOf(desk, row);
  // Who is away keeps the seat: coming back, they are placed like anybody.
  const here = members.filter((id) => desk.presence.value.present.includes(id));
  const going = here.length > 0 ? here : members;
  const stepOf = (/** @type {string} */ room) => desk.row(room)?.value.step ?? 0;
  const rooms = mergeable(row.room, going, desk.seats.value, people, stepOf);
  const picked = useSignal(rooms[0]?.room ?? "");
  const into = rooms.find(({ room }) => room === picked.value) ?? rooms[0];
  const away = members.filter((id) => !going.includes(id));
  const merge = () =>
    into &&
    act(desk, away.length > 0 ? onClose : onEmptied, t("The rooms are merged."), "merge_rooms", {
      room: row.room,
      members: going,
      seen: members,
      into: into.room,
      into_seen: into.members,
    });
  return html`<${Question} desk=${desk} row=${row} onClose=${onClose} title=${t("Bring room {n} into another room", { n: row.number })} press=${t("Merge")} ready=${into !== undefined} onPress=${merge}>
    <p>${t("Who goes: {names}", { names: namesLine(going, people, language, side) })}</p>
    ${away.length > 0 && html`<p class="hint">${t("Not here now, the seat stays: {names}", { names: namesLine(away, people, language, side) })}</p>`}
    ${
      into
        ? html`<div class="field">
      <label for="merge-into">${t("Into which room")}</label>
      <select id="merge-into" value=${into.room} onChange=${(/** @type {Event} */ event) => {
        picked.value = /** @type {HTMLSelectElement} */ (event.target).value;
      }}>
        ${rooms.map((one) => html`<option key=${one.room} value=${one.room}>${t("Room {n}: {names}", { n: roomNumber(one.room), names: namesLine(one.members, people, language, side) })} · ${stepWords(one.ahead)}</option>`)}
      </select>
      <p class="hint">${t("The best comes first. That room stays at its step; everybody keeps what they wrote.")}</p>
    </div>`
        : html`<p class="notice"><span>${t("There is no room with enough places: a group has three, and four only where one school has more than twice as many.")}</span></p>`
    }
  <//>`;
}

/** @param {number} ahead */
function stepWords(ahead) {
  if (ahead === 0) return t("at the same step");
  return ahead < 0 ? t("{n} behind", { n: -ahead }) : t("{n} ahead", { n: ahead });
}

/** @param {Emptying} props */
function End({ desk, row, onClose, onEmptied }) {
  const { people, language } = desk.boot;
  const members = seatsOf(desk, row);
  const names = members.map((id) => isolated(nameOf(people[id], language))).join(", ");
  const end = () =>
    act(desk, onEmptied, t("The room is ended. You can seat the students elsewhere."), "end_room", {
      room: row.room,
      seen: members,
    });
  return html`<${Question} desk=${desk} row=${row} onClose=${onClose} danger=${true} title=${t("End room {n}?", { n: row.number })} press=${t("End this room")} ready=${members.length > 0} onPress=${end}>
    <p>${t("Each waits with their own teacher: {names}. What they wrote is kept. Nobody is seated again until you do it.", { names })}</p>
  <//>`;
}
