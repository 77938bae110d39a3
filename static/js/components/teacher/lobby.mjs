// Before the start: who has arrived from each school, the proposed rooms between them, and the start.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { html } from "../../html.mjs";
import { fill, say, t, tn } from "../../i18n.mjs";
import {
  cards,
  columns,
  devicesOf,
  deviceWords,
  hindrances,
  startSentence,
  unplacedReason,
  withoutAnswers,
} from "../../views/teacher/lobby.mjs";
import { warningLines, whyLine } from "../../views/teacher/pairing.mjs";
import { besideOf, initial, isolated, nameOf, namesLine, whose } from "../../views/teacher/people.mjs";
import { Listed } from "../person.mjs";
import { AlsoHere, GuestRequests } from "./also_here.mjs";
import { Clocks } from "./board.mjs";
import { TeachersModel } from "./modelling.mjs";
import { PairingDialogs } from "./pairing/dialogs.mjs";
import { makeEditor } from "./pairing/editor.mjs";
import { Name, OneClassroom, Refused, School } from "./parts.mjs";

/** @import { Arrival, Column } from "../../views/teacher/lobby.mjs" */
/** @import { Editor } from "./pairing/editor.mjs" */
/** @import { Desk } from "./state.mjs" */
/** @typedef {import("../../wire.mjs").PairingDesk} PairingDesk */

const DRAGGED = "application/x-havruta-member";

/**
 * @param {{ desk: Desk, pairing: PairingDesk, onFill: () => Promise<boolean> }} props
 */
export function Lobby({ desk, pairing, onFill }) {
  const { boot, session, seats, presence } = desk;
  const editor = useMemo(() => makeEditor(desk, pairing), [desk, pairing]);
  useEffect(() => {
    const cancel = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") desk.held.value = null;
    };
    document.addEventListener("keydown", cancel);
    return () => document.removeEventListener("keydown", cancel);
  }, []);
  const [ours, theirs] = columns(boot.people, presence.value, seats.value, session.value, boot.side, boot.language);
  return html`<div class="board">
    <header class="board-head">
      <h1><bdi>${say(boot.title, boot.language)}</bdi></h1>
      <${Clocks} desk=${desk} />
      <div class="board-actions">${boot.urls.plan && html`<a class="button quiet" href=${boot.urls.plan}>${t("The plan")}</a>`}</div>
    </header>
    <div class="board-main">
      <${GuestRequests} desk=${desk} />
      <${TeachersModel} desk=${desk} />
      <div class="lobby">
        <${Arrivals} desk=${desk} editor=${editor} column=${ours} />
        <${Proposed} desk=${desk} editor=${editor} onFill=${onFill} here=${ours.here + theirs.here} />
        <${Arrivals} desk=${desk} editor=${editor} column=${theirs} />
      </div>
    </div>
    <${LobbyFoot} desk=${desk} editor=${editor} />
    <${PairingDialogs} desk=${desk} editor=${editor} />
  </div>`;
}

/** @param {{ desk: Desk, editor: Editor, column: Column }} props */
function Arrivals({ desk, editor, column }) {
  const { adult, arrivals, here } = column;
  const expected = arrivals.filter((one) => one.crosses).length;
  const language = desk.boot.language;
  const present = arrivals.filter((one) => one.here);
  const absent = arrivals.filter((one) => !one.here && one.crosses);
  const inClass = arrivals.filter((one) => !one.here && !one.crosses && one.answered);
  const elsewhere = desk.boot.unanswered?.[column.side] ?? 0;
  return html`<section class=${`arrivals ${column.whose}`}>
    <h2><${School} desk=${desk} side=${column.side} /> <span class="soft num" aria-label=${t("{here} of {all} have arrived", { here, all: expected })}>${here}/${expected}</span></h2>
    <p class=${adult ? "soft small" : "notice warn"}>${
      adult
        ? t("{teacher} is signed in", { teacher: isolated(nameOf(adult, language)) })
        : html`<span>${t("No adult is signed in yet: the students of this school wait until one is.")}</span>`
    }</p>
    ${column.whose === "ours" && html`<${OneClassroom} desk=${desk} place="lobby" />`}
    ${withoutAnswers(arrivals, desk.boot.people).map(
      ({ group, names }) =>
        html`<p key=${group} class="notice without-answers"><span>${fill(
          t("Not let in, as their families’ answers are not recorded: {names}"),
          { names: html`<${Listed} names=${names} language=${language} />` },
        )} <a href=${`/classes/${group}`}>${t("Record the answers")}</a></span></p>`,
    )}
    ${present.length > 0 && html`<ul>${present.map((one) => html`<${Arrived} key=${one.id} desk=${desk} editor=${editor} one=${one} />`)}</ul>`}
    ${
      absent.length > 0 &&
      html`<details class="fold" open=${present.length === 0}>
        <summary>${tn("One has not arrived yet", "{n} have not arrived yet", absent.length)}</summary>
        <ul class="absent" role="list">${absent.map((one) => html`<${Arrived} key=${one.id} desk=${desk} editor=${editor} one=${one} />`)}</ul>
      </details>`
    }
    ${elsewhere > 0 && html`<p class="soft small">${tn("One child of another school is not let in: the family’s answers are not recorded.", "{n} children of other schools are not let in: their families’ answers are not recorded.", elsewhere)}</p>`}
    ${inClass.length > 0 && html`<p class="soft small">${t("not in the rooms this time")}: <bdi>${inClass.map((one) => one.name).join(", ")}</bdi></p>`}
  </section>`;
}

/** @param {{ desk: Desk, editor: Editor, one: Arrival }} props */
function Arrived({ desk, editor, one }) {
  const of = whose(desk.boot.people[one.id]?.side, desk.boot.side);
  return html`<li class=${`arrival${one.here ? "" : " is-absent"}`}>
    <span class=${`avatar small ${of}`} aria-hidden="true">${initial(one.name)}</span>
    ${one.seated ? html`<bdi>${one.name}</bdi>` : html`<${Handle} desk=${desk} member=${one.id} />`}
    ${one.here && !one.seated && one.reason !== "" && html`<span class="soft small arrival-why">${unplacedReason(one.reason)}</span>`}
    ${one.beside !== "" && html`<span class="soft small beside"><span class="glyph people" aria-hidden="true"></span> ${t("shares a device with {name}", { name: isolated(one.beside) })}</span>`}
    <span class="devices">${devicesOf(one).map((which) => html`<${Device} key=${which} which=${which} state=${one[which]} />`)}</span>
    ${!one.seated && html`<${AboutButton} desk=${desk} editor=${editor} member=${one.id} />`}
  </li>`;
}

/** @param {{ which: "camera" | "microphone", state: import("../../views/teacher/lobby.mjs").DeviceState }} props */
function Device({ which, state }) {
  const works = state === "on";
  const glyph = which === "camera" ? (works ? "camera" : "camera-off") : works ? "mic" : "mic-off";
  const words = deviceWords(which, state);
  return html`<span class=${`device is-${state}`} role="img" aria-label=${words} title=${words}><span class=${`glyph ${glyph}`} aria-hidden="true"></span>${
    state === "refused" ? "!" : state === "unknown" ? "?" : ""
  }</span>`;
}

/**
 * The year of one student, and with whom they are kept apart or together.
 * @param {{ desk: Desk, editor: Editor, member: string }} props
 */
function AboutButton({ desk, editor, member }) {
  const label = t("Whom {name} has learned with", {
    name: isolated(nameOf(desk.boot.people[member], desk.boot.language)),
  });
  return html`<button type="button" class="button icon quiet about" aria-label=${label} title=${label} onClick=${() => {
    editor.open.value = { question: "about", member };
  }}><span class="glyph people" aria-hidden="true"></span></button>`;
}

/**
 * A student who can be dragged, or picked up with a press and put down with another.
 * @param {{ desk: Desk, member: string }} props
 */
function Handle({ desk, member }) {
  const held = desk.held.value === member;
  const name = nameOf(desk.boot.people[member], desk.boot.language);
  return html`<button type="button" class=${`seat handle${held ? " is-held" : ""}`} draggable="true" aria-pressed=${held} data-member=${member}
    aria-label=${t("Move {name}", { name })}
    onClick=${() => {
      desk.held.value = held ? null : member;
    }}
    onDragStart=${(/** @type {DragEvent} */ event) => {
      event.dataTransfer?.setData(DRAGGED, member);
      desk.held.value = member;
    }}
    onDragEnd=${() => {
      desk.held.value = null;
    }}><${Name} desk=${desk} member=${member} /></button>`;
}

/**
 * Somewhere to put a student down.
 * @param {Editor} editor
 * @param {string | null} room
 * @param {{ value: boolean }} over
 */
function dropTarget(editor, room, over) {
  return {
    onDragOver: (/** @type {DragEvent} */ event) => {
      if (!event.dataTransfer?.types.includes(DRAGGED)) return;
      event.preventDefault();
      over.value = true;
    },
    onDragLeave: () => {
      over.value = false;
    },
    onDrop: (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      over.value = false;
      editor.putDown(room);
    },
  };
}

/** @param {{ desk: Desk, editor: Editor, here: number, onFill: () => Promise<boolean> }} props */
function Proposed({ desk, editor, here, onFill }) {
  const rooms = cards(desk.seats.value);
  const held = desk.held.value;
  return html`<section aria-labelledby="rooms-title">
    <h2 id="rooms-title" class="visually-hidden">${t("Rooms")}</h2>
    <${Refused} desk=${desk} place="lobby" />
    <${LeftOut} desk=${desk} editor=${editor} />
    <${PairingTools} editor=${editor} here=${here} />
    ${
      held
        ? html`<p class="held-now" role="status"><span>${t("Where to put {name}?", { name: isolated(nameOf(desk.boot.people[held], desk.boot.language)) })}</span>
            <button type="button" class="button" onClick=${() => {
              desk.held.value = null;
            }}>${t("Let go")}</button></p>`
        : rooms.length > 0 &&
          html`<p class="soft small">${t("To change a room, drag a name, or press it and then press a room.")}</p>`
    }
    ${
      rooms.length === 0
        ? html`<${NoRoomsYet} desk=${desk} editor=${editor} here=${here} onFill=${onFill} />`
        : html`<ul class="proposed">
            ${rooms.map((card) => html`<${RoomCard} key=${card.room} desk=${desk} editor=${editor} card=${card} />`)}
            ${held && html`<${Elsewhere} editor=${editor} room="new" title=${t("A new room")} /><${Elsewhere} editor=${editor} room=${null} title=${t("With the teacher, without a room")} />`}
          </ul>`
    }
  </section>`;
}

/** @param {{ editor: Editor, here: number }} props */
function PairingTools({ editor, here }) {
  if (here === 0) return null;
  const open = (/** @type {"saved" | "list"} */ question) => () => {
    editor.open.value = { question };
  };
  return html`<p class="button-row pairing-tools">
    <button type="button" class="button quiet" onClick=${open("saved")}>${t("Saved groups")}</button>
    <button type="button" class="button quiet" onClick=${open("list")}>${t("Rooms from a list")}</button>
  </p>`;
}

/**
 * Who stands in the rooms that were put in, and cannot sit there now.
 * @param {{ desk: Desk, editor: Editor }} props
 */
function LeftOut({ desk, editor }) {
  const seated = new Set(Object.values(desk.seats.value.rooms).flat());
  const names = editor.absent.value
    .filter((member) => !seated.has(member))
    .map((member) => nameOf(desk.boot.people[member], desk.boot.language));
  return html`<div role="status">${
    names.length > 0 &&
    html`<div class="notice left-out"><span>${fill(
      t("Left out, as they are not here or cannot sit here now: {names}"),
      {
        names: html`<${Listed} names=${names} language=${desk.boot.language} />`,
      },
    )}</span><button type="button" class="button quiet" onClick=${() => {
      editor.absent.value = [];
    }}>${t("All right")}</button></div>`
  }</div>`;
}

/** @param {{ desk: Desk, editor: Editor, card: ReturnType<typeof cards>[number] }} props */
function RoomCard({ desk, editor, card }) {
  const over = useSignal(false);
  const { people, language, side } = desk.boot;
  const { present, peers } = desk.presence.value;
  const held = desk.held.value;
  const target = held !== null && !card.members.includes(held);
  const why = whyLine(card.why, people, language, present);
  const warnings = warningLines(card, people, language, present);
  const apart = card.members
    .map((member) => besideOf(member, peers))
    .find((other) => other && !card.members.includes(other));
  if (apart)
    warnings.push(
      t("{name} shares a device, and sits in another room", { name: isolated(nameOf(people[apart], language)) }),
    );
  return html`<li class=${`room-card${over.value ? " is-target" : ""}`} ...${dropTarget(editor, card.room, over)}>
    <h3>${t("Room {n}", { n: card.number })}</h3>
    <ul class="seats">
      ${card.members.map((member) => html`<li key=${member}><${Handle} desk=${desk} member=${member} />${!present.includes(member) && html`<span class="chip accent">${t("not here")}</span>`}<${AboutButton} desk=${desk} editor=${editor} member=${member} /></li>`)}
    </ul>
    <ul class="card-warnings" role="list" aria-label=${t("Worth a look")} aria-live="polite">${warnings.map((line) => html`<li key=${line}><span class="glyph warn" aria-hidden="true"></span> <span>${line}</span></li>`)}</ul>
    ${why !== "" && html`<p class="why-this-pair"><span class="visually-hidden">${t("Why this room:")} </span>${why}</p>`}
    ${target && html`<button type="button" class="button block" aria-label=${t("Put into room {n}: {names}", { n: card.number, names: namesLine(card.members, people, language, side) })} onClick=${() => editor.putDown(card.room)}>${t("Put here")}</button>`}
  </li>`;
}

/** @param {{ editor: Editor, room: string | null, title: string }} props */
function Elsewhere({ editor, room, title }) {
  const over = useSignal(false);
  return html`<li class=${`room-card${over.value ? " is-target" : ""}`} ...${dropTarget(editor, room, over)}>
    <h3>${title}</h3>
    <button type="button" class="button block" aria-label=${title} onClick=${() => editor.putDown(room)}>${t("Put here")}</button>
  </li>`;
}

/** @param {{ desk: Desk, editor: Editor, here: number, onFill: () => Promise<boolean> }} props */
function NoRoomsYet({ desk, editor, here, onFill }) {
  return html`<div class="empty">
    <h2>${here === 0 ? t("Nobody has arrived yet") : tn("One student is here", "{n} students are here", here)}</h2>
    <p>${here === 0 ? t("Students who sign in with their code appear at the sides. Rooms are proposed across both schools, and you can change them.") : t("Rooms are proposed across both schools, with the reason for each. You can change them before the start.")}</p>
    ${here > 0 && html`<${Propose} desk=${desk} editor=${editor} primary=${true} />`}
    <${Fill} desk=${desk} onFill=${onFill} />
  </div>`;
}

/** @param {{ desk: Desk, editor: Editor, primary: boolean }} props */
function Propose({ desk, editor, primary }) {
  const again = cards(desk.seats.value).length > 0;
  return html`<button type="button" class=${`button${primary ? " primary" : ""}`} onClick=${editor.propose}>${again ? t("Propose anew for all who are here") : t("Propose rooms")}</button>`;
}

/** @param {{ desk: Desk, onFill: () => Promise<boolean> }} props */
function Fill({ desk, onFill }) {
  const state = useSignal(/** @type {"" | "busy" | "done" | "failed"} */ (""));
  if (!desk.boot.demo || !desk.boot.fill || state.value === "done") return null;
  const press = async () => {
    state.value = "busy";
    state.value = (await onFill()) ? "done" : "failed";
  };
  return html`<button type="button" class="button" aria-busy=${state.value === "busy"} disabled=${state.value === "busy"} onClick=${press}>${t("Fill the class with simulated students")}</button>
    ${state.value === "failed" && html`<p role="status">${t("That did not work. Please try again.")}</p>`}`;
}

/** @param {{ desk: Desk, editor: Editor }} props */
function LobbyFoot({ desk, editor }) {
  const { session, presence, seats, boot } = desk;
  const rooms = cards(seats.value);
  const missing = hindrances(session.value, presence.value, seats.value, boot.side);
  const start = () => desk.act("start", "start_lesson");
  return html`<footer class="board-foot lobby-start">
    ${
      rooms.length > 0 &&
      html`<button type="button" class="button primary large" disabled=${missing.length > 0} aria-describedby="start-missing" onClick=${start}>${startSentence(rooms.map((card) => card.members))}</button>
      <${Propose} desk=${desk} editor=${editor} primary=${false} />`
    }
    <div id="start-missing" class="start-missing">
      ${missing.map((sentence) => html`<p key=${sentence} class="small">${sentence}</p>`)}
      <${Refused} desk=${desk} place="start" />
    </div>
    <button type="button" class="button quiet" popovertarget="reading-menu"><span class="glyph settings" aria-hidden="true"></span>${t("Text size and colours")}</button>
    <${AlsoHere} desk=${desk} />
  </footer>`;
}
