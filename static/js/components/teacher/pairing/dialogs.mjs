// The pairing editor's dialogs: two questions, one student's year, groups that are kept, rooms out of a list.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../../../html.mjs";
import { say, t, tn } from "../../../i18n.mjs";
import { cards } from "../../../views/teacher/lobby.mjs";
import { metWords } from "../../../views/teacher/pairing.mjs";
import { isolated, nameOf } from "../../../views/teacher/people.mjs";
import { Dialog, TwicePressed } from "../parts.mjs";

/** @import { Desk } from "../state.mjs" */
/** @import { Editor } from "./editor.mjs" */
/** @typedef {import("../../../wire.mjs").AboutStudent} About */
/** @typedef {import("../../../wire.mjs").SavedGroups} Saved */
/** @typedef {import("../../../wire.mjs").ListedRooms} Listed */

const LONGEST_NAME = 80;

/** @param {{ desk: Desk, editor: Editor }} props */
export function PairingDialogs({ desk, editor }) {
  const open = editor.open.value;
  switch (open?.question) {
    case "apart":
    case "anew":
      return html`<${Question} editor=${editor} question=${open.question} again=${open.again} />`;
    case "about":
      return html`<${AboutStudent} key=${open.member} desk=${desk} editor=${editor} member=${open.member} />`;
    case "saved":
      return html`<${SavedGroups} desk=${desk} editor=${editor} />`;
    case "list":
      return html`<${RoomsFromList} editor=${editor} />`;
    default:
      return null;
  }
}

/** @param {Editor} editor */
const close = (editor) => () => {
  editor.open.value = null;
};

/** @param {{ editor: Editor, question: "apart" | "anew", again: () => Promise<void> }} props */
function Question({ editor, question, again }) {
  const apart = question === "apart";
  return html`<${Dialog} title=${apart ? t("They are to be kept apart. Seat them together all the same?") : t("Rooms were changed by hand. Throw that away?")} onClose=${close(editor)}>
    <p>${apart ? t("It is noted that you decided so. The rule itself stays as it is.") : t("What you and the other teacher have moved is lost; everybody is seated anew.")}</p>
    <footer>
      <button type="button" class="button primary" onClick=${close(editor)}>${apart ? t("Leave them apart") : t("Keep these rooms")}</button>
      <button type="button" class="button" onClick=${again}>${apart ? t("Seat them together") : t("Throw away and seat anew")}</button>
    </footer>
  <//>`;
}

/**
 * What became of a request, said where it was made.
 * @param {{ words: string }} props
 */
function Trouble({ words }) {
  return html`<div role="status">${words !== "" && html`<p class="notice warn"><span>${words}</span></p>`}</div>`;
}

/** @param {{ message: string }} answer */
const troubleOf = (answer) => answer.message || t("That did not work. Please try again.");

/** @param {{ desk: Desk, editor: Editor, member: string }} props */
function AboutStudent({ desk, editor, member }) {
  const { people, language, side, urls } = desk.boot;
  const about = useSignal(/** @type {About | null} */ (null));
  const trouble = useSignal("");
  const ask = async () => {
    const answer = await editor.asks.about(member);
    if (answer.ok) about.value = answer;
    else trouble.value = troubleOf(answer);
  };
  useEffect(() => void ask(), [member]);
  const keep = async (/** @type {string} */ other, /** @type {"apart" | "together" | "free"} */ how) => {
    const answer = await editor.asks.keep(member, other, how);
    trouble.value = answer.ok ? "" : troubleOf(answer);
    if (answer.ok) await ask();
  };
  const found = about.value;
  const known = Object.keys(people).filter(
    (id) => id !== member && people[id]?.crosses !== false && (found?.own || people[id]?.side === side),
  );
  return html`<${Dialog} title=${nameOf(people[member], language)} onClose=${close(editor)}>
    ${!found && trouble.value === "" && html`<p role="status">${t("One moment…")}</p>`}
    ${
      found &&
      html`<div class="stack">
        <section>
          <h3>${t("Has learned with")}</h3>
          ${found.met.length === 0 && html`<p class="soft">${t("Nobody yet in this twinning.")}</p>`}
          ${
            found.met.length > 0 &&
            html`<ul class="met" role="list">
            ${found.met.map((met, at) => html`<li key=${at}><bdi>${say(met.names, language) || t("a child of the partner school")}</bdi> <span class="soft small">${metWords(met, language)}</span></li>`)}
          </ul>`
          }
          ${urls.partners && html`<p class="small"><a href=${urls.partners} target="_blank" rel="noopener">${t("All children of our school, over the year")}</a></p>`}
        </section>
        <section>
          <h3>${t("Apart and together")}</h3>
          <${Kept} desk=${desk} ids=${found.apart} words=${t("Kept apart from {name}")} onFree=${(/** @type {string} */ id) => keep(id, "free")} />
          <${Kept} desk=${desk} ids=${found.together} words=${t("Kept together with {name}")} onFree=${(/** @type {string} */ id) => keep(id, "free")} />
          <${Keep} desk=${desk} ids=${known.filter((id) => !found.apart.includes(id) && !found.together.includes(id))} onKeep=${keep} />
        </section>
      </div>`
    }
    <${Trouble} words=${trouble.value} />
    <footer><button type="button" class="button primary" onClick=${close(editor)}>${t("All right")}</button></footer>
  <//>`;
}

/** @param {{ desk: Desk, ids: string[], words: string, onFree: (id: string) => void }} props */
function Kept({ desk, ids, words, onFree }) {
  const { people, language } = desk.boot;
  const lines = ids.map((id) => ({ id, line: words.replace("{name}", isolated(nameOf(people[id], language))) }));
  return html`${lines.map(({ id, line }) => html`<p key=${id} class="kept"><span>${line}</span> <button type="button" class="button quiet" aria-label=${t("No longer: {what}", { what: line })} onClick=${() => onFree(id)}>${t("No longer")}</button></p>`)}`;
}

/** @param {{ desk: Desk, ids: string[], onKeep: (id: string, how: "apart" | "together") => void }} props */
function Keep({ desk, ids, onKeep }) {
  const { people, language } = desk.boot;
  const chosen = useSignal("");
  const sorted = [...ids].sort((a, b) =>
    nameOf(people[a], language).localeCompare(nameOf(people[b], language), language),
  );
  const press = (/** @type {"apart" | "together"} */ how) => () => {
    onKeep(chosen.value, how);
    chosen.value = "";
  };
  return html`<div class="field">
    <label for="keep-other">${t("Another child")}</label>
    <select id="keep-other" value=${chosen.value} onChange=${(/** @type {Event} */ event) => {
      chosen.value = /** @type {HTMLSelectElement} */ (event.target).value;
    }}>
      <option value="">${t("Choose…")}</option>
      ${sorted.map((id) => html`<option key=${id} value=${id}>${nameOf(people[id], language)}</option>`)}
    </select>
    <p class="hint">${t("It counts at once for the rooms that you see, and for every lesson from now on. Both schools’ teachers are warned; no child is told.")}</p>
    <div class="button-row">
      <button type="button" class="button" disabled=${chosen.value === ""} onClick=${press("apart")}>${t("Keep apart")}</button>
      <button type="button" class="button" disabled=${chosen.value === ""} onClick=${press("together")}>${t("Keep together")}</button>
    </div>
  </div>`;
}

/** @param {{ desk: Desk, editor: Editor }} props */
function SavedGroups({ desk, editor }) {
  const saved = useSignal(/** @type {Saved[] | null} */ (null));
  const trouble = useSignal("");
  const name = useSignal("");
  const rooms = cards(desk.seats.value).length;
  const ask = async () => {
    const answer = await editor.asks.saved();
    if (answer.ok) saved.value = answer.saved;
    else trouble.value = troubleOf(answer);
  };
  useEffect(() => void ask(), []);
  /** @type {(doing: Promise<{ ok: boolean, message?: string }>) => Promise<boolean>} */
  const changed = async (doing) => {
    const answer = await doing;
    trouble.value = answer.ok ? "" : troubleOf({ message: answer.message ?? "" });
    await ask();
    return answer.ok;
  };
  const save = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const kept = name.value.trim();
    if (kept !== "" && (await changed(editor.asks.save(kept)))) {
      name.value = "";
      desk.told.value = t("Saved: {name}", { name: isolated(kept) });
    }
  };
  return html`<${Dialog} title=${t("Saved groups")} onClose=${close(editor)}>
    ${
      rooms > 0 &&
      html`<form class="pairing-form" onSubmit=${save}>
        <div class="field">
          <label for="groups-name">${t("Save the rooms as they are now, by the name")}</label>
          <input id="groups-name" type="text" dir="auto" maxlength=${LONGEST_NAME} value=${name.value} onInput=${(
            /** @type {InputEvent} */ event,
          ) => {
            name.value = /** @type {HTMLInputElement} */ (event.target).value;
          }} />
          <p class="hint">${t("For example “Tuesday groups”. Both schools of the twinning see and use them.")}</p>
        </div>
        <p><button type="submit" class="button" disabled=${name.value.trim() === ""}>${tn("Save one room", "Save {n} rooms", rooms)}</button></p>
      </form>`
    }
    ${saved.value?.length === 0 && html`<p class="soft">${rooms > 0 ? t("No groups are saved yet.") : t("No groups are saved yet. Propose rooms first; then they can be saved here.")}</p>`}
    <ul class="saved-groups" role="list">
      ${saved.value?.map((one) => html`<${SavedLine} key=${one.id} desk=${desk} editor=${editor} one=${one} onChange=${changed} />`)}
    </ul>
    <${Trouble} words=${trouble.value} />
    <footer><button type="button" class="button quiet" onClick=${close(editor)}>${t("Back")}</button></footer>
  <//>`;
}

/** @param {{ desk: Desk, editor: Editor, one: Saved, onChange: (doing: Promise<{ ok: boolean, message?: string }>) => Promise<boolean> }} props */
function SavedLine({ desk, editor, one, onChange }) {
  const renaming = useSignal(/** @type {string | null} */ (null));
  const day = new Intl.DateTimeFormat(desk.boot.language, { day: "numeric", month: "long" }).format(one.at);
  const seat = () => editor.arrange(one.rooms, t("Seated as in: {name}", { name: isolated(one.name) }));
  const rename = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (renaming.value !== null && (await onChange(editor.asks.rename(one.id, renaming.value.trim()))))
      renaming.value = null;
  };
  return html`<li>
    ${
      renaming.value === null
        ? html`<p><strong><bdi>${one.name}</bdi></strong> <span class="soft small">${tn("one room", "{n} rooms", one.rooms.length)}, <bdi>${day}</bdi></span></p>`
        : html`<form class="button-row" onSubmit=${rename}>
            <input type="text" class="input" dir="auto" maxlength=${LONGEST_NAME} aria-label=${t("New name of “{name}”", { name: isolated(one.name) })} value=${renaming.value} onInput=${(
              /** @type {InputEvent} */ event,
            ) => {
              renaming.value = /** @type {HTMLInputElement} */ (event.target).value;
            }} />
            <button type="submit" class="button" disabled=${renaming.value.trim() === ""}>${t("Rename")}</button>
          </form>`
    }
    ${one.elsewhere > 0 && html`<p class="soft small">${tn("One child of these groups is not in this lesson.", "{n} children of these groups are not in this lesson.", one.elsewhere)}</p>`}
    <div class="button-row">
      <button type="button" class="button" disabled=${one.rooms.length === 0} aria-label=${t("Seat them as in “{name}”", { name: isolated(one.name) })} onClick=${seat}>${t("Seat them so")}</button>
      <button type="button" class="button quiet" aria-label=${t("Rename “{name}”", { name: isolated(one.name) })} onClick=${() => {
        renaming.value = renaming.value === null ? one.name : null;
      }}>${renaming.value === null ? t("Rename") : t("Back")}</button>
      <${TwicePressed} class="button quiet" label=${t("Delete")} again=${t("Really delete")} onPress=${() => onChange(editor.asks.remove(one.id))} />
    </div>
  </li>`;
}

/** @param {{ editor: Editor }} props */
function RoomsFromList({ editor }) {
  const read = useSignal(/** @type {Listed | null} */ (null));
  const trouble = useSignal("");
  const check = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const answer = await editor.asks.read(form);
    read.value = answer.ok ? answer : null;
    trouble.value = answer.ok
      ? ""
      : answer.code === "file_too_large"
        ? t("The file is too large for a list of rooms.")
        : troubleOf(answer);
  };
  const found = read.value;
  const right = found?.rooms.length ?? 0;
  return html`<${Dialog} title=${t("Rooms from a list")} onClose=${close(editor)}>
    <form class="pairing-form" onSubmit=${check}>
      <p>${t("A table with a column “room” and a column “student”, or one room a line. Names in either alphabet.")} <a href=${editor.asks.template} download="rooms.csv">${t("Download the list of both classes")}</a></p>
      <div class="field">
        <label for="list-text">${t("Paste the list")}</label>
        <textarea id="list-text" name="text" dir="auto" rows="6"></textarea>
      </div>
      <div class="field">
        <label for="list-file">${t("Or choose a file")}</label>
        <input id="list-file" name="file" type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" />
      </div>
      <p><button type="submit" class=${`button${right ? "" : " primary"}`}>${t("Check the list")}</button></p>
    </form>
    <div role="status">
      ${
        found &&
        found.problems.length > 0 &&
        html`<p class="notice warn"><span>${tn("One thing in the list is not right:", "{n} things in the list are not right:", found.problems.length)}</span></p>
        <ul class="list-problems">
          ${found.problems.map((one, at) => html`<li key=${at}>${one.line > 0 ? html`<strong>${t("Line {n}", { n: one.line })}:</strong> ` : ""}<span dir="auto">${one.message}</span></li>`)}
        </ul>`
      }
      ${found && right > 0 && html`<p>${tn("One room is right.", "{n} rooms are right.", right)} ${t("Nobody is seated yet.")}</p>`}
    </div>
    <${Trouble} words=${trouble.value} />
    <footer>
      <button type="button" class="button quiet" onClick=${close(editor)}>${t("Back")}</button>
      ${found && right > 0 && html`<button type="button" class="button primary" onClick=${() => editor.arrange(found.rooms, t("Seated as in the list."))}>${tn("Seat one room", "Seat {n} rooms", right)}</button>`}
    </footer>
  <//>`;
}
