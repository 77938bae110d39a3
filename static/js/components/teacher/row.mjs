// One room on the board. It draws itself again only when its own row or its reason changes.
import { useComputed } from "@preact/signals";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { talkBars } from "../../views/media.mjs";
import {
  doing,
  doingWords,
  lineOf,
  lineWords,
  needOf,
  needWords,
  stateWords,
  talkWords,
} from "../../views/teacher/board.mjs";
import { placeOf, stepTitle } from "../../views/teacher/lesson.mjs";
import { hostName, isolated, namesLine, sharingWords, whose } from "../../views/teacher/people.mjs";
import { SchoolMark } from "../person.mjs";
import { AdultBeside } from "./also_here.mjs";
import { Left, LessonBar, Name, Since } from "./parts.mjs";

/** @import { Signal } from "@preact/signals" */
/** @import { Need } from "../../views/teacher/board.mjs" */
/** @import { Row } from "../../views/teacher/types.mjs" */
/** @import { Desk } from "./state.mjs" */

const SIGNS = /** @type {const} */ ({
  help: "hand",
  help_taken: "hand",
  check: "flag",
  missing: "offline",
  stuck: "warn",
  early: "check",
});

const DOES = /** @type {const} */ ({ done: "check", away: "offline", acts: "speaker", writing: "pen" });

/**
 * @param {{ desk: Desk, room: string, onEnter: (room: string) => void }} props
 */
export function BoardRow({ desk, room, onEnter }) {
  const row = desk.row(room);
  // As text, so that a clock that ticks without changing the reason draws nothing.
  const need = useComputed(() => (row ? JSON.stringify(needOf(row.value, desk.scene.value)) : "null"));
  const isOpen = useComputed(() => desk.open.value === room);
  // One row at a time stands in the order of the tabulator: two hundred would be no order.
  const isCurrent = useComputed(() => desk.at.value === room);
  const sharing = useComputed(() => {
    const members = row?.value.members ?? [];
    return sharingWords(members, desk.presence.value.peers, desk.boot.people, desk.boot.language);
  });
  if (!row) return null;
  return html`<${Drawn} desk=${desk} row=${row.value} sharing=${sharing.value} need=${JSON.parse(need.value)} isOpen=${isOpen.value} isCurrent=${isCurrent.value} onEnter=${onEnter} />`;
}

/**
 * @param {{ desk: Desk, row: Row, need: Need | null, isOpen: boolean, isCurrent: boolean, sharing: string, onEnter: (room: string) => void }} props
 */
function Drawn({ desk, row, need, isOpen, isCurrent, sharing, onEnter }) {
  const { language, people, side } = desk.boot;
  const label = t("Room {n}: {names}", { n: row.number, names: namesLine(row.members, people, language, side) });
  const open = () => {
    desk.open.value = isOpen && !desk.visiting.value ? null : row.room;
  };
  const urgent = need?.code === "help" || need?.code === "check";
  return html`<li class=${`board-row${urgent ? " needs-help" : ""}${isOpen ? " is-open" : ""}${need ? " has-need" : ""}`} data-room=${row.room}>
    <span class="row-why">${need ? html`<${Why} desk=${desk} need=${need} />` : html`<${LessonBar} desk=${desk} row=${row} />`}</span>
    <span class="row-people">
      <button type="button" class="row-open" data-control="open" tabindex=${isCurrent ? 0 : -1} aria-expanded=${isOpen} aria-label=${label} aria-describedby=${`state-of-${row.room}`} onClick=${open}>
        <span class="row-number">${desk.look.hidden.value ? t("Room {n}", { n: row.number }) : row.number}</span>${" "}
        ${row.members.map((member, at) => html`${at > 0 && " + "}<${Member} key=${member} desk=${desk} member=${member} row=${row} />`)}
      </button>
      ${sharing !== "" && html`<span class="glyph people small" role="img" aria-label=${sharing} title=${sharing}></span>`}
    </span>
    <${State} desk=${desk} row=${row} need=${need} />
    <span class="row-actions"><${Actions} desk=${desk} row=${row} need=${need} isCurrent=${isCurrent} onEnter=${onEnter} /></span>
  </li>`;
}

/** @param {{ desk: Desk, need: Need }} props */
function Why({ desk, need }) {
  return html`<span class=${`glyph ${SIGNS[need.code]}`} aria-hidden="true"></span> ${need.since !== null && html`<${Since} desk=${desk} since=${need.since} />`}`;
}

/** @param {{ glyph: string, words: string }} props */
function Sign({ glyph, words }) {
  return html`<span class=${`glyph ${glyph} small`} role="img" aria-label=${words} title=${words}></span>`;
}

/** @param {{ desk: Desk, member: string, row: Row }} props */
function Member({ desk, member, row }) {
  const what = doing(member, row);
  const line = lineOf(member, row);
  // Whoever is away has no line to speak of.
  const weak = what !== "away" && line !== "good";
  return html`<span class="nowrap"><${Name} desk=${desk} member=${member} />${
    what in DOES && html`<${Sign} glyph=${DOES[/** @type {keyof typeof DOES} */ (what)]} words=${doingWords(what)} />`
  }${weak && html`<${Sign} glyph=${line === "weak" ? "weak-line" : "offline"} words=${lineWords(line)} />`}</span>`;
}

/** @param {{ desk: Desk, row: Row, need: Need | null }} props */
function State({ desk, row, need }) {
  const { language, people } = desk.boot;
  const hosts = desk.session.value.hosts;
  const words = need ? needWords(need, row, people, hosts, language) : stateWords(row, people, language);
  const at = row.state === "done" ? "" : stepTitle(desk.lesson.value, row.step, language);
  return html`<span class="row-state row-words">
    <span class=${`row-first${need ? " row-reason" : ""}`} id=${`state-of-${row.room}`}>${words}</span>
    ${at !== "" && html`<span class="row-step"><${Place} desk=${desk} row=${row} /> · <bdi>${at}</bdi></span>`}
    <span class="row-side">
      ${row.talk && html`<span class="row-talk" title=${row.talk.reliable ? "" : t("Somebody is without headphones, so a loudspeaker may have talked.")}><span class="talk-bars" aria-hidden="true">${talkBars(row.talk)}</span> ${talkWords(row.talk, people, language)}</span>`}
      <${AdultBeside} desk=${desk} row=${row} />
      ${row.visitors.map((id) => html`<${Visitor} key=${id} desk=${desk} id=${id} />`)}
      ${row.state === "working" && row.ends_at !== null && html`<span><span class="visually-hidden">${t("time left")}</span><${Left} desk=${desk} end=${row.ends_at} /></span>`}
    </span>
  </span>`;
}

/** @param {{ desk: Desk, row: Row }} props */
function Place({ desk, row }) {
  const place = placeOf(desk.lesson.value, row, desk.boot.language);
  if (!place) return null;
  return html`<span class="row-place"><span class="row-protocol"><bdi>${place.protocol}</bdi> · </span>${t("step {n} of {of}", { n: place.number, of: place.of })}</span>`;
}

/** An adult who is in the room now. @param {{ desk: Desk, id: string }} props */
function Visitor({ desk, id }) {
  const { boot, session } = desk;
  const of = whose(session.value.hosts.find((host) => host.id === id)?.side, boot.side);
  const name = isolated(hostName(session.value.hosts, id, boot.language));
  return html`<span class=${`badge ${of}`}><${SchoolMark} whose=${of} /> ${id === boot.staff ? t("you are here") : t("{teacher} is here", { teacher: name })}</span>`;
}

/** @param {{ desk: Desk, row: Row, need: Need | null, isCurrent: boolean, onEnter: (room: string) => void }} props */
function Actions({ desk, row, need, isCurrent, onEnter }) {
  if (desk.visiting.value === row.room) return null;
  const place = "everyone";
  const tab = isCurrent ? 0 : -1;
  const coming =
    need?.code === "help" &&
    html`<button type="button" class="button" data-control="coming" tabindex=${tab} onClick=${() => desk.act(place, "take_help", { room: row.room }, t("They see that you are on the way."))}>${t("I'm coming")}</button>`;
  const minute = need?.code === "stuck" || need?.code === "missing";
  const apart =
    row.apart &&
    html`<button type="button" class="button" data-control="apart" tabindex=${tab} onClick=${() => {
      desk.asked.value = { dialog: "part", room: row.room };
    }}>${t("Separate now")}</button>`;
  return html`${coming}${apart}
    ${minute && html`<button type="button" class="button" data-control="minute" tabindex=${tab} onClick=${() => desk.act(place, "add_time", { room: row.room, seconds: 60 }, t("One minute more for this room."))}>${t("+1 min")}</button>`}
    <button type="button" class=${need ? "button" : "button quiet"} data-control="enter" tabindex=${tab} onClick=${() => onEnter(row.room)}>${t("Go in")}</button>`;
}
