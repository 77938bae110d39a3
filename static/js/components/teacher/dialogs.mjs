// Questions about one room or one student; those about everyone are in time_dialogs.mjs.
import { useSignal } from "@preact/signals";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { placesFor } from "../../views/teacher/board.mjs";
import { roomNumber } from "../../views/teacher/lobby.mjs";
import { isolated, nameOf, namesLine } from "../../views/teacher/people.mjs";
import { Dialog, Refused } from "./parts.mjs";
import { AsideDialog, BringDialog, CloseDialog, FitDialog, NoteDialog } from "./time_dialogs.mjs";

/** @import { ComponentChildren } from "preact" */
/** @import { Asked, Desk } from "./state.mjs" */

/**
 * The dialog that is asked for, if any.
 * @param {{ desk: Desk }} props
 */
export function Dialogs({ desk }) {
  const asked = desk.asked.value;
  // What the other teacher has closed or set aside meanwhile leaves nothing to ask about.
  if (!asked || !mayBeAsked(asked.dialog, desk.session.value.status)) return null;
  switch (asked.dialog) {
    case "note":
      return html`<${NoteDialog} desk=${desk} room=${asked.room} />`;
    case "move":
      return html`<${MoveDialog} desk=${desk} member=${asked.member} />`;
    case "bring":
      return html`<${BringDialog} desk=${desk} />`;
    case "fit":
      return html`<${FitDialog} desk=${desk} />`;
    case "close":
      return html`<${CloseDialog} desk=${desk} />`;
    case "aside":
      return html`<${AsideDialog} desk=${desk} />`;
    default:
      return html`<${WeightyDialog} desk=${desk} asked=${asked} />`;
  }
}

/**
 * @param {Asked["dialog"]} dialog
 * @param {string} status of the session
 */
function mayBeAsked(dialog, status) {
  if (status === "closed") return false;
  return status !== "set_aside" || dialog === "close";
}

/** @param {Desk} desk */
function close(desk) {
  desk.asked.value = null;
  if (desk.refusal.peek()?.place === "dialog") desk.refusal.value = null;
}

/**
 * Act, and close the dialog if the server agreed.
 * @param {Desk} desk
 * @param {string} told
 * @param {string} kind
 * @param {Record<string, unknown>} fields
 */
async function actAndClose(desk, told, kind, fields) {
  const ack = await desk.act("dialog", kind, fields);
  if (!ack.ok) return false;
  desk.told.value = told;
  close(desk);
  return true;
}

/** @param {Desk} desk @param {string} member */
function roomOf(desk, member) {
  return Object.entries(desk.seats.peek().rooms).find(([, members]) => members.includes(member))?.[0] ?? "nowhere";
}

/** @param {{ desk: Desk, member: string }} props */
function MoveDialog({ desk, member }) {
  const { people, language, side } = desk.boot;
  const places = placesFor(member, desk.seats.value, people);
  const chosen = useSignal(places[0]?.room ?? "new");
  const name = nameOf(people[member], language);
  const { code, place } = desk.refusal.value ?? { code: "", place: "" };
  const apart = place === "dialog" && code === "keep_apart";
  // Where they sat when the question was asked: of two teachers who answer it, one is heard.
  const outOf = useSignal(roomOf(desk, member));
  const move = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const room = chosen.value === "teacher" ? null : chosen.value;
    actAndClose(desk, t("Moved: {name}", { name: isolated(name) }), "move_seat", {
      member,
      room,
      out_of: outOf.value,
      apart_too: apart,
    }).then(() => {
      // After a refusal the teacher looks again, and decides anew.
      outOf.value = roomOf(desk, member);
    });
  };
  return html`<${Dialog} title=${t("Move {name}", { name: isolated(name) })} onClose=${() => close(desk)}>
    <form onSubmit=${move}>
      <div class="field">
        <label for="move-to">${t("To which room")}</label>
        <select id="move-to" value=${chosen.value} onChange=${(/** @type {Event} */ event) => {
          desk.refusal.value = null;
          chosen.value = /** @type {HTMLSelectElement} */ (event.target).value;
        }}>
          ${places.map(({ room, members }) => html`<option key=${room} value=${room}>${t("Room {n}: {names}", { n: roomNumber(room), names: namesLine(members, people, language, side) })}</option>`)}
          <option value="new">${t("A new room")}</option>
          <option value="teacher">${t("With the teacher, without a room")}</option>
        </select>
        <p class="hint">${t("Rooms where somebody is alone come first. Answers and notes come along; lines written together stay with the room.")}</p>
      </div>
      <${Refused} desk=${desk} place="dialog" />
      <footer>
        <button type="button" class="button quiet" onClick=${() => close(desk)}>${t("Back")}</button>
        <button type="submit" class="button primary">${apart ? t("Seat them together all the same") : t("Move")}</button>
      </footer>
    </form>
  <//>`;
}

/** @typedef {{ title: string, consequence: ComponentChildren, press: string, told: string, kind: string, fields: Record<string, unknown> }} Weighty */

/**
 * @param {Desk} desk
 * @param {Extract<Asked, { dialog: "remove" } | { dialog: "part" }>} asked
 * @returns {Weighty}
 */
function weighty(desk, asked) {
  const { people, language, side } = desk.boot;
  switch (asked.dialog) {
    case "remove": {
      const name = isolated(nameOf(people[asked.member], language));
      return {
        title: t("Remove {name} from the lesson?", { name }),
        consequence: t(
          "Their page closes and they cannot come back to this lesson. What was written is kept. The partner keeps the room.",
        ),
        press: t("Remove from the lesson"),
        told: t("Removed: {name}", { name }),
        kind: "remove_member",
        fields: { member: asked.member },
      };
    }
    default: {
      const names = namesLine(desk.seats.peek().rooms[asked.room] ?? [], people, language, side);
      return {
        title: t("Separate room {n} now?", { n: roomNumber(asked.room) }),
        consequence: t(
          "Picture and sound end at once, and each waits with their own teacher: {names}. They are told calmly, without a reason. What was written is kept.",
          { names },
        ),
        press: t("Separate now"),
        told: t("The room is separated. You can seat the students elsewhere."),
        kind: "part_room",
        fields: { room: asked.room },
      };
    }
  }
}

/** @param {{ desk: Desk, asked: Extract<Asked, { dialog: "remove" } | { dialog: "part" }> }} props */
function WeightyDialog({ desk, asked }) {
  const { title, consequence, press, told, kind, fields } = weighty(desk, asked);
  return html`<${Dialog} title=${title} onClose=${() => close(desk)}>
    <p>${consequence}</p>
    <${Refused} desk=${desk} place="dialog" />
    <footer>
      <button type="button" class="button quiet" onClick=${() => close(desk)}>${t("Back")}</button>
      <button type="button" class="button danger" onClick=${() => actAndClose(desk, told, kind, fields)}>${press}</button>
    </footer>
  <//>`;
}
