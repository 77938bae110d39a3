// The board while the lesson runs: a head with both clocks, rooms in the order of who needs a teacher first, a foot for everyone.
import { useComputed } from "@preact/signals";
import { html } from "../../html.mjs";
import { say, t } from "../../i18n.mjs";
import { across, clocksOf } from "../../views/schools.mjs";
import { DENSE_FROM, unseated } from "../../views/teacher/board.mjs";
import { left, urgency } from "../../views/teacher/clocks.mjs";
import { behindTheGate, countdownTo, gateLabel, nextFloor, placeRange } from "../../views/teacher/lesson.mjs";
import { inAllLanguages, nameOf } from "../../views/teacher/people.mjs";
import { timeAt } from "../../views/time.mjs";
import { Listed, SchoolMark } from "../person.mjs";
import { ClassBoard } from "./class_board.mjs";
import { Drawer } from "./drawer.mjs";
import { Finding } from "./finding.mjs";
import { Name, OneClassroom, Refused, TwicePressed } from "./parts.mjs";
import { WholeClass } from "./plenary.mjs";
import { Rows, useKeys } from "./rows.mjs";

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
  const { compact, hidden } = desk.look;
  const dense = compact.value || (count >= DENSE_FROM && !hidden.value);
  return html`<div class=${`board${dense ? " is-dense" : ""}${compact.value ? " is-compact" : ""}${hidden.value ? " without-names" : ""}`}>
    <${BoardHead} desk=${desk} />
    <div class="board-main">
      ${desk.session.value.paused && html`<p class="notice" role="status"><span>${t("Paused in both schools: the clocks stand still, words can still be written.")}</span></p>`}
      <${Refused} desk=${desk} place="everyone" />
      <${WholeClass} desk=${desk} />
      <${ClassBoard} desk=${desk} />
      ${
        !desk.projected.value &&
        html`<${Unseated} desk=${desk} />
        ${(count > 0 || hidden.value) && html`<${Finding} desk=${desk} />`}
        <div class=${`board-with-drawer${isOpen ? " is-open" : ""}`}>
          <div>${count === 0 ? html`<${NoRooms} />` : html`<${Rows} desk=${desk} onEnter=${onEnter} />`}</div>
          <${Drawer} desk=${desk} onEnter=${onEnter} onLeave=${onLeave} />
        </div>
        <${OneClassroom} desk=${desk} place="everyone" />`
      }
    </div>
    <${BoardFoot} desk=${desk} />
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
  const { boot, calm, now } = desk;
  const bell = Number(new Date(boot.starts_at)) + boot.slot_minutes * 60_000;
  const target = useComputed(() => JSON.stringify(countdownTo(desk.rows.value, bell)));
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

/** Learners who are here and have no room. @param {{ desk: Desk }} props */
function Unseated({ desk }) {
  const waiting = unseated(desk.boot.people, desk.seats.value, desk.presence.value, desk.boot.language);
  if (!waiting.length) return null;
  return html`<section class="board-group without-room">
    <h2>${t("Without a room")} <span class="count">${waiting.length}</span></h2>
    <ul class="board-rows">
      ${waiting.map(
        (one) => html`<li key=${one.id} class="board-row">
          <span class="row-why"><span class="glyph people" aria-hidden="true"></span></span>
          <span class="row-people"><strong><${Name} desk=${desk} member=${one.id} /></strong></span>
          <span class="row-state">${one.why}${!one.here && html` · ${t("not here")}`}</span>
          <span class="row-actions"><button type="button" class="button" aria-label=${t("Give {name} a seat", { name: one.name })} onClick=${() => {
            desk.asked.value = { dialog: "move", member: one.id };
          }}>${t("Give a seat")}</button></span>
        </li>`,
      )}
    </ul>
  </section>`;
}

function NoRooms() {
  return html`<div class="empty"><h2>${t("No room is open")}</h2><p>${t("As soon as a student is seated, the room stands here.")}</p></div>`;
}

/** @param {{ desk: Desk }} props */
function BoardFoot({ desk }) {
  const { session } = desk;
  const paused = session.value.paused !== null;
  // The phrasebook opens with the one-minute warning.
  const minute = desk.boot.phrasebook[0];
  const warn = async () => {
    const ack = await desk.act("everyone", "send_note", { text: inAllLanguages(minute ?? {}, desk.boot.language) });
    if (ack.ok) desk.told.value = t("The one-minute warning is sent.");
  };
  return html`<footer class="board-foot">
    <button type="button" class="button" onClick=${() => {
      desk.asked.value = { dialog: "note", room: null };
    }}><span class="glyph note" aria-hidden="true"></span>${t("Note to all")}</button>
    <${TwicePressed} label=${t("Stop now")} again=${t("Press again to stop")} onPress=${() => desk.act("everyone", "pause", { calm: true })} />
    ${minute && html`<button type="button" class="button" onClick=${warn}>${t("One-minute warning")}</button>`}
    <button type="button" class="button" aria-pressed=${paused} onClick=${() => desk.act("everyone", paused ? "resume" : "pause")}><span class="glyph pause" aria-hidden="true"></span>${paused ? t("Go on with the lesson") : t("Pause")}</button>
    ${
      desk.lesson.value?.pacing === "pairs" &&
      html`<button type="button" class="button quiet" disabled=${paused} onClick=${() => {
        desk.asked.value = { dialog: "bring" };
      }}>${t("Everyone to a step…")}</button>`
    }
    <button type="button" class="button quiet" onClick=${() => {
      desk.asked.value = { dialog: "close" };
    }}>${t("Close the lesson")}</button>
    <button type="button" class="button quiet" popovertarget="reading-menu"><span class="glyph settings" aria-hidden="true"></span>${t("Text size and colours")}</button>
    <${AlsoHere} desk=${desk} />
  </footer>`;
}

/**
 * The other adults who have this page open.
 * @param {{ desk: Desk }} props
 */
export function AlsoHere({ desk }) {
  const { session, presence, boot } = desk;
  const others = session.value.hosts.filter(
    (host) => host.id !== boot.staff && presence.value.adults.includes(host.id),
  );
  return html`<span class="also-here" role="status">${
    others.length === 0
      ? t("No other teacher is here now")
      : html`${t("also here:")} ${others.map((host, at) => html`${at > 0 && ", "}<bdi key=${host.id}>${nameOf(host, boot.language)}</bdi> <${SchoolMark} whose=${host.side === boot.side ? "ours" : "theirs"} />`)}`
  }</span>`;
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
      <button type="button" class="button" onClick=${() => {
        desk.asked.value = { dialog: "close" };
      }}>${t("Close the lesson")}</button>
    </div>
    <${AlsoHere} desk=${desk} />
  </div>`;
}
