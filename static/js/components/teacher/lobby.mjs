// Before the start: who has arrived from each school, the proposed rooms between them, and the start.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../../html.mjs";
import { fill, say, t, tn } from "../../i18n.mjs";
import {
  cards,
  cardWarning,
  columns,
  devicesOf,
  deviceWords,
  hindrances,
  startSentence,
  unplacedReason,
  whyThisPair,
  withoutAnswers,
} from "../../views/teacher/lobby.mjs";
import { besideOf, initial, isolated, nameOf, namesLine, whose } from "../../views/teacher/people.mjs";
import { Listed } from "../person.mjs";
import { AlsoHere, GuestRequests } from "./also_here.mjs";
import { Clocks } from "./board.mjs";
import { TeachersModel } from "./modelling.mjs";
import { Name, OneClassroom, Refused, School } from "./parts.mjs";

/** @import { Arrival, Column } from "../../views/teacher/lobby.mjs" */
/** @import { Desk } from "./state.mjs" */

const DRAGGED = "application/x-havruta-member";

/**
 * @param {{ desk: Desk, onFill: () => Promise<boolean> }} props
 */
export function Lobby({ desk, onFill }) {
  const { boot, session, seats, presence } = desk;
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
        <${Arrivals} desk=${desk} column=${ours} />
        <${Proposed} desk=${desk} onFill=${onFill} here=${ours.here + theirs.here} />
        <${Arrivals} desk=${desk} column=${theirs} />
      </div>
    </div>
    <${LobbyFoot} desk=${desk} />
  </div>`;
}

/** @param {{ desk: Desk, column: Column }} props */
function Arrivals({ desk, column }) {
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
    ${present.length > 0 && html`<ul>${present.map((one) => html`<${Arrived} key=${one.id} desk=${desk} one=${one} />`)}</ul>`}
    ${
      absent.length > 0 &&
      html`<details class="fold" open=${present.length === 0}>
        <summary>${tn("One has not arrived yet", "{n} have not arrived yet", absent.length)}</summary>
        <ul class="absent" role="list">${absent.map((one) => html`<${Arrived} key=${one.id} desk=${desk} one=${one} />`)}</ul>
      </details>`
    }
    ${elsewhere > 0 && html`<p class="soft small">${tn("One child of another school is not let in: the family’s answers are not recorded.", "{n} children of other schools are not let in: their families’ answers are not recorded.", elsewhere)}</p>`}
    ${inClass.length > 0 && html`<p class="soft small">${t("not in the rooms this time")}: <bdi>${inClass.map((one) => one.name).join(", ")}</bdi></p>`}
  </section>`;
}

/** @param {{ desk: Desk, one: Arrival }} props */
function Arrived({ desk, one }) {
  const of = whose(desk.boot.people[one.id]?.side, desk.boot.side);
  return html`<li class=${`arrival${one.here ? "" : " is-absent"}`}>
    <span class=${`avatar small ${of}`} aria-hidden="true">${initial(one.name)}</span>
    ${one.seated ? html`<bdi>${one.name}</bdi>` : html`<${Handle} desk=${desk} member=${one.id} />`}
    ${one.here && !one.seated && one.reason !== "" && html`<span class="soft small arrival-why">${unplacedReason(one.reason)}</span>`}
    ${one.beside !== "" && html`<span class="soft small beside"><span class="glyph people" aria-hidden="true"></span> ${t("shares a device with {name}", { name: isolated(one.beside) })}</span>`}
    <span class="devices">${devicesOf(one).map((which) => html`<${Device} key=${which} which=${which} state=${one[which]} />`)}</span>
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
 * A student who can be dragged, or picked up with a press and put down with another.
 * @param {{ desk: Desk, member: string }} props
 */
function Handle({ desk, member }) {
  const held = desk.held.value === member;
  const name = nameOf(desk.boot.people[member], desk.boot.language);
  return html`<button type="button" class=${`seat handle${held ? " is-held" : ""}`} draggable="true" aria-pressed=${held}
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
 * @param {Desk} desk
 * @param {string | null} room
 */
async function putDown(desk, room) {
  const member = desk.held.peek();
  if (!member) return;
  desk.held.value = null;
  const ack = await desk.act("lobby", "move_seat", { member, room });
  if (ack.ok) desk.told.value = t("Moved: {name}", { name: nameOf(desk.boot.people[member], desk.boot.language) });
}

/**
 * Somewhere to put a student down.
 * @param {Desk} desk
 * @param {string | null} room
 * @param {{ value: boolean }} over
 */
function dropTarget(desk, room, over) {
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
      putDown(desk, room);
    },
  };
}

/** @param {{ desk: Desk, here: number, onFill: () => Promise<boolean> }} props */
function Proposed({ desk, here, onFill }) {
  const rooms = cards(desk.seats.value);
  const held = desk.held.value;
  return html`<section aria-labelledby="rooms-title">
    <h2 id="rooms-title" class="visually-hidden">${t("Rooms")}</h2>
    <${Refused} desk=${desk} place="lobby" />
    <p class="soft small">${held ? t("Choose where to put {name}. Escape lets go.", { name: isolated(nameOf(desk.boot.people[held], desk.boot.language)) }) : rooms.length > 0 ? t("To change a room, drag a name, or press it and then press a room.") : ""}</p>
    ${
      rooms.length === 0
        ? html`<${NoRoomsYet} desk=${desk} here=${here} onFill=${onFill} />`
        : html`<ul class="proposed">
            ${rooms.map((card) => html`<${RoomCard} key=${card.room} desk=${desk} card=${card} />`)}
            ${held && html`<${Elsewhere} desk=${desk} room="new" title=${t("A new room")} /><${Elsewhere} desk=${desk} room=${null} title=${t("With the teacher, without a room")} />`}
          </ul>`
    }
  </section>`;
}

/** @param {{ desk: Desk, card: ReturnType<typeof cards>[number] }} props */
function RoomCard({ desk, card }) {
  const over = useSignal(false);
  const { people, language, side } = desk.boot;
  const warning = cardWarning(card.members, people);
  const held = desk.held.value;
  const target = held !== null && !card.members.includes(held);
  const why = whyThisPair(card.why, language);
  const apart = card.members
    .map((member) => besideOf(member, desk.presence.value.peers))
    .find((other) => other && !card.members.includes(other));
  const absent = card.members.filter((member) => !desk.presence.value.present.includes(member));
  return html`<li class=${`room-card${over.value ? " is-target" : ""}`} ...${dropTarget(desk, card.room, over)}>
    <h3>${t("Room {n}", { n: card.number })}</h3>
    <ul class="seats">
      ${card.members.map((member) => html`<li key=${member}><${Handle} desk=${desk} member=${member} />${absent.includes(member) && html`<span class="soft small">${t("not here")}</span>`}</li>`)}
    </ul>
    ${warning !== "" && html`<p class="chip accent">${warning}</p>`}
    ${apart && html`<p class="chip accent">${t("{name} shares a device, and sits in another room", { name: isolated(nameOf(people[apart], language)) })}</p>`}
    ${why.length > 0 && html`<p class="why-this-pair"><span class="visually-hidden">${t("Why this room:")} </span>${why.join(" · ")}</p>`}
    ${target && html`<button type="button" class="button block" aria-label=${t("Put into room {n}: {names}", { n: card.number, names: namesLine(card.members, people, language, side) })} onClick=${() => putDown(desk, card.room)}>${t("Put here")}</button>`}
  </li>`;
}

/** @param {{ desk: Desk, room: string | null, title: string }} props */
function Elsewhere({ desk, room, title }) {
  const over = useSignal(false);
  return html`<li class=${`room-card${over.value ? " is-target" : ""}`} ...${dropTarget(desk, room, over)}>
    <h3>${title}</h3>
    <button type="button" class="button block" aria-label=${title} onClick=${() => putDown(desk, room)}>${t("Put here")}</button>
  </li>`;
}

/** @param {{ desk: Desk, here: number, onFill: () => Promise<boolean> }} props */
function NoRoomsYet({ desk, here, onFill }) {
  return html`<div class="empty">
    <h2>${here === 0 ? t("Nobody has arrived yet") : tn("One student is here", "{n} students are here", here)}</h2>
    <p>${here === 0 ? t("Students who sign in with their code appear at the sides. Rooms are proposed across both schools, and you can change them.") : t("Rooms are proposed across both schools, with the reason for each. You can change them before the start.")}</p>
    ${here > 0 && html`<${Propose} desk=${desk} primary=${true} />`}
    <${Fill} desk=${desk} onFill=${onFill} />
  </div>`;
}

/** @param {{ desk: Desk, primary: boolean }} props */
function Propose({ desk, primary }) {
  const again = cards(desk.seats.value).length > 0;
  const propose = async () => {
    const ack = await desk.act("lobby", "propose_rooms");
    if (ack.ok) desk.told.value = t("Rooms are proposed.");
  };
  return html`<button type="button" class=${`button${primary ? " primary" : ""}`} onClick=${propose}>${again ? t("Propose anew for all who are here") : t("Propose rooms")}</button>`;
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

/** @param {{ desk: Desk }} props */
function LobbyFoot({ desk }) {
  const { session, presence, seats, boot } = desk;
  const rooms = cards(seats.value);
  const missing = hindrances(session.value, presence.value, seats.value, boot.side);
  const start = () => desk.act("start", "start_lesson");
  return html`<footer class="board-foot lobby-start">
    ${
      rooms.length > 0 &&
      html`<button type="button" class="button primary large" disabled=${missing.length > 0} aria-describedby="start-missing" onClick=${start}>${startSentence(rooms.map((card) => card.members))}</button>
      <${Propose} desk=${desk} primary=${false} />`
    }
    <div id="start-missing" class="start-missing">
      ${missing.map((sentence) => html`<p key=${sentence} class="small">${sentence}</p>`)}
      <${Refused} desk=${desk} place="start" />
    </div>
    <button type="button" class="button quiet" popovertarget="reading-menu"><span class="glyph settings" aria-hidden="true"></span>${t("Text size and colours")}</button>
    <${AlsoHere} desk=${desk} />
  </footer>`;
}
