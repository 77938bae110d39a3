// Questions before something weighty, and the two small forms: a note, a move.
import { useSignal } from "@preact/signals";
import { html } from "../../html.mjs";
import { say, t, tn } from "../../i18n.mjs";
import { placesFor, summary } from "../../views/teacher/board.mjs";
import { stepsAhead, stepTitle } from "../../views/teacher/lesson.mjs";
import { roomNumber } from "../../views/teacher/lobby.mjs";
import { inAllLanguages, isolated, nameOf, namesLine } from "../../views/teacher/people.mjs";
import { Dialog, Refused } from "./parts.mjs";

/** @import { ComponentChildren } from "preact" */
/** @import { Asked, Desk } from "./state.mjs" */

const LONGEST_NOTE = 400;

/**
 * The dialog that is asked for, if any.
 * @param {{ desk: Desk }} props
 */
export function Dialogs({ desk }) {
  const asked = desk.asked.value;
  if (!asked) return null;
  switch (asked.dialog) {
    case "note":
      return html`<${NoteDialog} desk=${desk} room=${asked.room} />`;
    case "move":
      return html`<${MoveDialog} desk=${desk} member=${asked.member} />`;
    case "bring":
      return html`<${BringDialog} desk=${desk} />`;
    default:
      return html`<${WeightyDialog} desk=${desk} asked=${asked} />`;
  }
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

/** @param {{ desk: Desk, room: string | null }} props */
function NoteDialog({ desk, room }) {
  // Kept beside the dialog: going back to look at the room again loses nothing.
  const words = desk.look.note(room);
  const { phrasebook, language } = desk.boot;
  const send = (/** @type {string} */ text) =>
    actAndClose(desk, t("The note is sent."), "send_note", room ? { text, room } : { text });
  const forget = () => {
    words.value = "";
  };
  const title = room ? t("A note to room {n}", { n: roomNumber(room) }) : t("A note to all rooms");
  return html`<${Dialog} title=${title} onClose=${() => close(desk)}>
    ${
      phrasebook.length > 0 &&
      html`<p class="soft small">${t("One press sends it in both languages, signed with your name.")}</p>
      <div class="stack stack-s phrases">
        ${phrasebook.map(
          (
            phrase,
          ) => html`<button type="button" class="button phrase" onClick=${() => send(inAllLanguages(phrase, language))}>
          <bdi>${say(phrase, language)}</bdi>
        </button>`,
        )}
      </div>`
    }
    <form onSubmit=${(/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (words.value.trim()) void send(words.value.trim()).then((sent) => sent && forget());
    }}>
      <div class="field">
        <label for="note-words">${t("In your own words")}</label>
        <textarea id="note-words" dir="auto" rows="3" maxlength=${LONGEST_NOTE} value=${words.value}
          onInput=${(/** @type {InputEvent} */ event) => {
            words.value = /** @type {HTMLTextAreaElement} */ (event.target).value;
          }}></textarea>
      </div>
      <${Refused} desk=${desk} place="dialog" />
      <footer>
        <button type="button" class="button quiet" onClick=${() => close(desk)}>${t("Back")}</button>
        <button type="submit" class="button primary" disabled=${words.value.trim() === ""}>${t("Send the note")}</button>
      </footer>
    </form>
  <//>`;
}

/** @param {{ desk: Desk, member: string }} props */
function MoveDialog({ desk, member }) {
  const { people, language, side } = desk.boot;
  const places = placesFor(member, desk.seats.value, people);
  const chosen = useSignal(places[0]?.room ?? "new");
  const name = nameOf(people[member], language);
  const move = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const room = chosen.value === "teacher" ? null : chosen.value;
    actAndClose(desk, t("Moved: {name}", { name: isolated(name) }), "move_seat", { member, room });
  };
  return html`<${Dialog} title=${t("Move {name}", { name: isolated(name) })} onClose=${() => close(desk)}>
    <form onSubmit=${move}>
      <div class="field">
        <label for="move-to">${t("To which room")}</label>
        <select id="move-to" value=${chosen.value} onChange=${(/** @type {Event} */ event) => {
          chosen.value = /** @type {HTMLSelectElement} */ (event.target).value;
        }}>
          ${places.map(({ room, members }) => html`<option key=${room} value=${room}>${t("Room {n}: {names}", { n: roomNumber(room), names: namesLine(members, people, language, side) })}</option>`)}
          <option value="new">${t("A new room")}</option>
          <option value="teacher">${t("With the teacher, without a room")}</option>
        </select>
        <p class="hint">${t("Rooms where somebody is alone come first. Words that were written stay with the room they were written in.")}</p>
      </div>
      <${Refused} desk=${desk} place="dialog" />
      <footer>
        <button type="button" class="button quiet" onClick=${() => close(desk)}>${t("Back")}</button>
        <button type="submit" class="button primary">${t("Move")}</button>
      </footer>
    </form>
  <//>`;
}

/** @param {{ desk: Desk }} props */
function BringDialog({ desk }) {
  const { boot, lesson, session, rows } = desk;
  const { indices, proposed } = stepsAhead(lesson.value, session.value, rows.value);
  const chosen = useSignal(proposed);
  const bring = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    actAndClose(desk, t("Everyone is at the chosen step."), "next_gate", {
      after: session.peek().floor,
      to: chosen.value,
    });
  };
  return html`<${Dialog} title=${t("Bring everyone to a step")} onClose=${() => close(desk)}>
    <form onSubmit=${bring}>
      <div class="field">
        <label for="bring-to">${t("To which step")}</label>
        <select id="bring-to" value=${chosen.value} onChange=${(/** @type {Event} */ event) => {
          chosen.value = Number(/** @type {HTMLSelectElement} */ (event.target).value);
        }}>
          ${indices.map((index) => html`<option key=${index} value=${index}>${index + 1}. ${stepTitle(lesson.value, index, boot.language)}</option>`)}
        </select>
        <p class="hint">${t("Rooms that are not there yet leave out what lies between; what they have written is kept. Nobody goes back.")}</p>
      </div>
      <${Refused} desk=${desk} place="dialog" />
      <footer>
        <button type="button" class="button quiet" onClick=${() => close(desk)}>${t("Back")}</button>
        <button type="submit" class="button primary" disabled=${indices.length === 0}>${t("Bring everyone there")}</button>
      </footer>
    </form>
  <//>`;
}

/** @typedef {{ title: string, consequence: ComponentChildren, press: string, told: string, kind: string, fields: Record<string, unknown> }} Weighty */

/**
 * @param {Desk} desk
 * @param {Exclude<Asked, { dialog: "note" } | { dialog: "move" } | { dialog: "bring" }>} asked
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
    case "part": {
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
    default: {
      const { rooms, finished } = summary(desk.rows.peek(), desk.seats.peek());
      return {
        title: t("Close the lesson?"),
        consequence: `${t("All rooms in both schools end now with a word of thanks; everything written is kept for the review.")} ${
          rooms > finished
            ? tn("One room has not finished.", "{n} rooms have not finished.", rooms - finished)
            : t("All rooms have finished.")
        }`,
        press: t("Close the lesson"),
        told: "",
        kind: "close_session",
        fields: {},
      };
    }
  }
}

/** @param {{ desk: Desk, asked: Exclude<Asked, { dialog: "note" } | { dialog: "move" } | { dialog: "bring" }> }} props */
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
