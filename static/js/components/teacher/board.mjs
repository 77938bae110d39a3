// The board while the lesson runs: a head with both clocks, rooms in the order of who needs a teacher first, a foot for everyone.
import { useComputed } from "@preact/signals";
import { html } from "../../html.mjs";
import { say, t } from "../../i18n.mjs";
import { across, clocksOf } from "../../views/schools.mjs";
import { DENSE_FROM } from "../../views/teacher/board.mjs";
import { left, urgency } from "../../views/teacher/clocks.mjs";
import { behindTheGate, countdownTo, gateLabel, nextFloor, placeRange } from "../../views/teacher/lesson.mjs";
import { timeAt } from "../../views/time.mjs";
import { Listed } from "../person.mjs";
import { AlsoHere, GuestRequests } from "./also_here.mjs";
import { Arrivals, ArrivalsPolicy } from "./arrivals.mjs";
import { ClassBoard } from "./class_board.mjs";
import { Drawer } from "./drawer.mjs";
import { Finding } from "./finding.mjs";
import { BoardFoot } from "./foot.mjs";
import { PaceBars } from "./pace.mjs";
import { Refused } from "./parts.mjs";
import { WholeClass } from "./plenary.mjs";
import { RoundLed } from "./round.mjs";
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
      <${GuestRequests} desk=${desk} />
      <${Refused} desk=${desk} place="everyone" />
      <${RoundLed} desk=${desk} />
      <${PaceBars} desk=${desk} />
      <${WholeClass} desk=${desk} />
      <${ClassBoard} desk=${desk} />
      <${Arrivals} desk=${desk} />
      ${(count > 0 || hidden.value) && html`<${Finding} desk=${desk} />`}
      <div class=${`board-with-drawer${isOpen ? " is-open" : ""}`}>
        <div>${count === 0 ? html`<${NoRooms} />` : html`<${Rows} desk=${desk} onEnter=${onEnter} />`}</div>
        <${Drawer} desk=${desk} onEnter=${onEnter} onLeave=${onLeave} />
      </div>
      <${ArrivalsPolicy} desk=${desk} />
    </div>
    <${BoardFoot} desk=${desk}><${AlsoHere} desk=${desk} /><//>
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
  const { calm, now } = desk;
  const target = useComputed(() => JSON.stringify(countdownTo(desk.rows.value, desk.session.value.bell ?? null)));
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

function NoRooms() {
  return html`<div class="empty"><h2>${t("No room is open")}</h2><p>${t("As soon as a student is seated, the room stands here.")}</p></div>`;
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
      ${
        !desk.boot.substitute &&
        html`<button type="button" class="button" onClick=${() => {
          desk.asked.value = { dialog: "close" };
        }}>${t("Close the lesson")}</button>`
      }
    </div>
    <${AlsoHere} desk=${desk} />
  </div>`;
}
