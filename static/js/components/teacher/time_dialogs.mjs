// What is asked before something for everyone: a note, another step, the bell, the close, another day.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../../html.mjs";
import { say, t, tn } from "../../i18n.mjs";
import { fittingWords } from "../../views/teacher/bell.mjs";
import { summary } from "../../views/teacher/board.mjs";
import { left } from "../../views/teacher/clocks.mjs";
import { stepsAhead, stepTitle } from "../../views/teacher/lesson.mjs";
import { roomNumber } from "../../views/teacher/lobby.mjs";
import { isolated, namesLine } from "../../views/teacher/people.mjs";
import { Dialog, Refused } from "./parts.mjs";

/** @import { Phrase } from "../../views/teacher/types.mjs" */
/** @import { Fitting } from "../../views/teacher/bell.mjs" */
/** @import { Desk } from "./state.mjs" */

const LONGEST_NOTE = 400;
const WRAP_UP_MINUTES = [1, 2, 3];

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
async function actAndClose(desk, told, kind, fields = {}) {
  const ack = await desk.act("dialog", kind, fields);
  if (!ack.ok) return false;
  desk.told.value = told;
  close(desk);
  return true;
}

/** @param {{ desk: Desk }} props */
function Back({ desk }) {
  return html`<button type="button" class="button quiet" onClick=${() => close(desk)}>${t("Back")}</button>`;
}

/** @param {Event} event */
function chosenIn(event) {
  return /** @type {HTMLSelectElement | HTMLTextAreaElement} */ (event.target).value;
}

/** @param {{ desk: Desk, room: string | null }} props */
export function NoteDialog({ desk, room }) {
  const { language, people, side, phrasebook } = desk.boot;
  // Kept beside the dialog: going back to look at the room again loses nothing.
  const words = desk.look.note(room);
  const to = useSignal(room ?? "");
  const verses = (desk.lesson.value?.text?.segments ?? []).filter((segment) => segment.number);
  const verse = useSignal(verses[0]?.id ?? "");
  const number = say(verses.find((segment) => segment.id === verse.value)?.number, language);
  const send = (/** @type {Record<string, unknown>} */ fields) =>
    actAndClose(desk, t("The note is sent."), "send_note", to.value ? { ...fields, room: to.value } : fields);
  const ready = phrasebook.filter((phrase) => !phrase.verse || number !== "");
  const phrase = (/** @type {Phrase} */ one) =>
    html`<button key=${one.id} type="button" class="button phrase" onClick=${() => send(one.verse ? { phrase: one.id, segment: verse.value } : { phrase: one.id })}>
      <bdi>${say(one.words, language).replace("{verse}", isolated(number))}</bdi></button>`;
  const rooms = Object.entries(desk.seats.value.rooms).filter(([, members]) => members.length > 0);
  return html`<${Dialog} title=${t("Send a note")} onClose=${() => close(desk)}>
    <div class="field">
      <label for="note-to">${t("To")}</label>
      <select id="note-to" value=${to.value} onChange=${(/** @type {Event} */ event) => {
        to.value = chosenIn(event);
      }}>
        <option value="">${t("All rooms")}</option>
        ${rooms.map(([id, members]) => html`<option key=${id} value=${id}>${t("Room {n}: {names}", { n: roomNumber(id), names: namesLine(members, people, language, side) })}</option>`)}
      </select>
    </div>
    <p class="soft small">${t("One press sends it. Each child reads it in their own language, signed with your name and your school.")}</p>
    ${
      number !== "" &&
      html`<div class="field verse-choice"><label for="note-verse">${t("Verse")}</label>
      <select id="note-verse" value=${verse.value} onChange=${(/** @type {Event} */ event) => {
        verse.value = chosenIn(event);
      }}>${verses.map((segment) => html`<option key=${segment.id} value=${segment.id}>${say(segment.number, language)}</option>`)}</select></div>`
    }
    <div class="phrases">${ready.map(phrase)}</div>
    <form onSubmit=${(/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (words.value.trim())
        void send({ text: words.value.trim() }).then((sent) => {
          if (sent) words.value = "";
        });
    }}>
      <div class="field">
        <label for="note-words">${t("In your own words")}</label>
        <textarea id="note-words" dir="auto" rows="2" maxlength=${LONGEST_NOTE} value=${words.value}
          onInput=${(/** @type {InputEvent} */ event) => {
            words.value = chosenIn(event);
          }}></textarea>
        <p class="hint">${t("It stays in the language in which you write it.")}</p>
      </div>
      <${Refused} desk=${desk} place="dialog" />
      <footer>
        <${Back} desk=${desk} />
        <button type="submit" class="button primary" disabled=${words.value.trim() === ""}>${t("Send the note")}</button>
      </footer>
    </form>
  <//>`;
}

/** @param {{ desk: Desk }} props */
export function BringDialog({ desk }) {
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
          chosen.value = Number(chosenIn(event));
        }}>
          ${indices.map((index) => html`<option key=${index} value=${index}>${index + 1}. ${stepTitle(lesson.value, index, boot.language)}</option>`)}
        </select>
        <p class="hint">${t("Rooms that are not there yet leave out what lies between; what they have written is kept. Nobody goes back.")}</p>
      </div>
      <${Refused} desk=${desk} place="dialog" />
      <footer>
        <${Back} desk=${desk} />
        <button type="submit" class="button primary" disabled=${indices.length === 0}>${t("Bring everyone there")}</button>
      </footer>
    </form>
  <//>`;
}

/** What would be shortened, before anything is. @param {{ desk: Desk }} props */
export function FitDialog({ desk }) {
  const { boot, session, lesson, now } = desk;
  const found = useSignal(/** @type {Fitting | null} */ (null));
  const lost = useSignal(false);
  const moves = session.value.moves;
  useEffect(() => {
    found.value = null;
    fetch(boot.urls.bell ?? "")
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((/** @type {Fitting} */ fitting) => {
        found.value = fitting;
      })
      .catch(() => {
        lost.value = true;
      });
    // What the other teacher does meanwhile changes what there is to shorten.
  }, [moves]);
  const fitting = found.value;
  const to = lesson.value?.reflection;
  const changes = fitting?.fits && fitting.left_out.length + fitting.shortened.length > 0;
  const fitNow = () => actAndClose(desk, t("The lesson is fitted to the bell."), "fit_to_bell");
  const finish = () =>
    actAndClose(desk, t("Everyone is at the reflection."), "next_gate", { after: session.peek().floor, to });
  return html`<${Dialog} title=${t("Fit to the bell")} onClose=${() => close(desk)}>
    <p class="soft">${t("To the bell: {time}", { time: isolated(left(session.value.bell ?? null, now.value)) })}</p>
    <div role="status" class="fitting">
      ${!fitting && html`<p>${lost.value ? t("That could not be found out just now. Please try again.") : t("One moment…")}</p>`}
      ${fitting && fittingWords(fitting, lesson.value, boot.language).map((words, at) => html`<p key=${words} class=${at === 0 ? "fitting-first" : ""}>${words}</p>`)}
    </div>
    <${Refused} desk=${desk} place="dialog" />
    <footer>
      <${Back} desk=${desk} />
      ${fitting && !fitting.fits && to !== undefined && html`<button type="button" class="button primary" onClick=${finish}>${t("Everyone to the reflection")}</button>`}
      ${changes && html`<button type="button" class="button primary" onClick=${fitNow}>${t("Shorten it so")}</button>`}
    </footer>
  <//>`;
}

/** Now, or when the rooms have finished their sentence. @param {{ desk: Desk }} props */
export function CloseDialog({ desk }) {
  const { rooms, finished } = summary(desk.rows.value, desk.seats.value);
  const running = desk.session.value.status === "running" && !desk.session.value.wrap_up;
  const wrapUp = (/** @type {number} */ minutes) =>
    actAndClose(desk, t("All rooms see when the lesson closes."), "wrap_up", { seconds: minutes * 60 });
  return html`<${Dialog} title=${t("Close the lesson?")} onClose=${() => close(desk)}>
    <p>${t("All rooms in both schools end with a word of thanks; everything written is kept for the review.")} ${
      rooms > finished
        ? tn("One room has not finished.", "{n} rooms have not finished.", rooms - finished)
        : t("All rooms have finished.")
    }</p>
    ${
      running &&
      html`<fieldset class="wrap-up-choice"><legend>${t("Let the rooms see a countdown first, to finish their sentence:")}</legend>
      <div class="button-row">${WRAP_UP_MINUTES.map((minutes) => html`<button key=${minutes} type="button" class="button" onClick=${() => wrapUp(minutes)}>${tn("Close in one minute", "Close in {n} minutes", minutes)}</button>`)}</div></fieldset>`
    }
    <${Refused} desk=${desk} place="dialog" />
    <footer>
      <${Back} desk=${desk} />
      <button type="button" class="button danger" onClick=${() => actAndClose(desk, "", "close_session")}>${t("Close the lesson")}</button>
    </footer>
  <//>`;
}

/** @param {{ desk: Desk }} props */
export function AsideDialog({ desk }) {
  return html`<${Dialog} title=${t("Continue next time?")} onClose=${() => close(desk)}>
    <p>${t("The lesson stops in both schools, and children see a calm page: we go on next time. Rooms, steps and words are kept; nothing is erased.")}</p>
    <p>${t("On the page of the lesson you choose another day. Then everybody comes back to the same room, where it stopped.")}</p>
    <${Refused} desk=${desk} place="dialog" />
    <footer>
      <${Back} desk=${desk} />
      <button type="button" class="button primary" onClick=${() => actAndClose(desk, t("The lesson is set aside; everything is kept."), "set_aside")}>${t("Set the lesson aside")}</button>
    </footer>
  <//>`;
}
