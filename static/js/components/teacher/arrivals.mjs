// Learners without a room or a partner: what is proposed, one press each, and how much happens by itself.
import { useComputed } from "@preact/signals";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import {
  news,
  placedSentence,
  placingReason,
  placingSentence,
  policyWords,
  pressable,
  waitReason,
} from "../../views/teacher/arrivals.mjs";
import { unseated } from "../../views/teacher/board.mjs";
import { Name } from "./parts.mjs";

/** @import { PlacedView, PlacingView } from "../../wire.mjs" */
/** @import { Policy } from "../../views/teacher/arrivals.mjs" */
/** @import { Desk } from "./state.mjs" */

const PLACE = "everyone";
/** @type {readonly Policy[]} */
const POLICIES = ["automatic", "suggest", "off"];

/**
 * Stands above the rows while there is somebody to place, and takes no room otherwise.
 * @param {{ desk: Desk }} props
 */
export function Arrivals({ desk }) {
  const { boot, seats, presence } = desk;
  const proposed = pressable(seats.value);
  const placed = JSON.parse(useComputed(() => JSON.stringify(news(seats.value, desk.now.value))).value);
  const spokenFor = new Set(proposed.flatMap((one) => one.members));
  const waiting = unseated(boot.people, seats.value, presence.value, boot.language).filter(
    (one) => !spokenFor.has(one.id),
  );
  const count = waiting.length + proposed.length;
  // Present from the start, so that a screen reader notices when words come into it.
  return html`<p class="visually-hidden" aria-live="polite">${sentence(desk, proposed[proposed.length - 1])}</p>
  <section class="board-group without-room" aria-labelledby="without-room" hidden=${count + placed.length === 0}>
    <h2 id="without-room">${count > 0 ? html`${t("Without a room or a partner")} <span class="count">${count}</span>` : t("Placed a moment ago")}</h2>
    <ul class="board-rows placings">
      ${proposed.map((one) => html`<${Proposed} key=${one.id} desk=${desk} one=${one} />`)}
      ${waiting.map(
        (one) => html`<li key=${one.id} class="placing">
          <span class="glyph people" aria-hidden="true"></span>
          <span class="placing-words"><strong><${Name} desk=${desk} member=${one.id} /></strong> <span class="soft">${waitReason(seats.value, one.id)}${!one.here && html` · ${t("not here")}`}</span></span>
          <span class="row-actions"><button type="button" class="button" aria-label=${t("Give {name} a seat", { name: one.name })} onClick=${() => giveSeat(desk, one.id)}>${t("Give a seat")}</button></span>
        </li>`,
      )}
      ${placed.map((/** @type {PlacedView} */ one) => html`<${Placed} key=${one.id} desk=${desk} one=${one} />`)}
    </ul>
  </section>`;
}

/** @param {Desk} desk @param {PlacingView | undefined} one */
function sentence({ boot, presence }, one) {
  if (!one) return "";
  const words = placingSentence(one, boot.people, boot.language, boot.side, presence.value.present);
  return `${words}: ${placingReason(one)}`;
}

/** @param {Desk} desk @param {string} member */
function giveSeat(desk, member) {
  desk.asked.value = { dialog: "move", member };
}

/** @param {{ desk: Desk, one: PlacingView }} props */
function Proposed({ desk, one }) {
  const { boot } = desk;
  const words = placingSentence(one, boot.people, boot.language, boot.side, desk.presence.value.present);
  const act = (/** @type {string} */ kind, told = "") => desk.act(PLACE, kind, { placing: one.id }, told);
  const counts = one.due !== null;
  return html`<li class=${`placing is-proposed${counts ? " is-counting" : ""}`}>
    <span class=${`glyph ${counts ? "hourglass" : "people"}`} aria-hidden="true"></span>
    <span class="placing-words"><strong>${words}</strong> <span class="soft">${placingReason(one)}</span>${counts && html` <${Countdown} desk=${desk} due=${one.due} />`}</span>
    <span class="row-actions">
      ${
        counts
          ? html`<button type="button" class="button primary" aria-label=${t("Keep: do not do this: {what}", { what: words })} onClick=${() => act("decline_placing", t("Everybody keeps their place."))}>${t("Keep")}</button>
            <button type="button" class="button" aria-label=${t("Do it now: {what}", { what: words })} onClick=${() => act("do_placing")}>${t("Do it now")}</button>`
          : html`<button type="button" class="button primary" aria-label=${t("Do it: {what}", { what: words })} onClick=${() => act("do_placing")}>${t("Do it")}</button>
            <button type="button" class="button" aria-label=${t("Not now: {what}", { what: words })} onClick=${() => act("decline_placing", t("Everybody keeps their place."))}>${t("Not now")}</button>`
      }
      ${one.members.length === 1 && one.out_of === null && html`<button type="button" class="button quiet" onClick=${() => giveSeat(desk, one.members[0] ?? "")}>${t("Another seat…")}</button>`}
    </span>
  </li>`;
}

/** @param {{ desk: Desk, due: number | null }} props */
function Countdown({ desk, due }) {
  const text = useComputed(() => {
    const left = Math.ceil(((due ?? 0) - desk.now.value) / 1000);
    return left > 0 ? t("by itself in {n} s", { n: left }) : t("now");
  });
  return html`<span class="chip num">${text}</span>`;
}

/** @param {{ desk: Desk, one: PlacedView }} props */
function Placed({ desk, one }) {
  const { boot, seats, session } = desk;
  const { present } = desk.presence.value;
  const words = placedSentence(one, seats.value, boot.people, session.value.hosts, boot.language, boot.side, present);
  return html`<li class="placing is-placed">
    <span class="glyph check" aria-hidden="true"></span>
    <span class="placing-words" role="status">${words}</span>
    <span class="row-actions"><button type="button" class="button quiet" aria-label=${t("Undo: {what}", { what: words })} onClick=${() => desk.act(PLACE, "undo_placing", { placing: one.id }, t("They are where they were before."))}>${t("Undo")}</button></span>
  </li>`;
}

/**
 * How much happens by itself, for this lesson: either teacher may change it.
 * @param {{ desk: Desk }} props
 */
export function ArrivalsPolicy({ desk }) {
  const now = desk.seats.value.arrivals ?? "suggest";
  const choose = (/** @type {Event} */ event) => {
    const select = /** @type {HTMLSelectElement} */ (event.target);
    const policy = select.value;
    void desk
      .act(PLACE, "choose_arrivals", { policy, instead_of: now }, t("It holds for both teachers."))
      .then((ack) => {
        // Where the other teacher was faster, the page shows what holds.
        if (!ack.ok) select.value = desk.seats.peek().arrivals ?? "suggest";
      });
  };
  return html`<p class="arrivals-policy"><label for="arrivals-policy">${t("Late students, and those who have lost their partner")}</label>
    <select id="arrivals-policy" value=${now} onChange=${choose}>
      ${POLICIES.map((policy) => html`<option key=${policy} value=${policy} selected=${policy === now}>${policyWords(policy)}</option>`)}
    </select></p>`;
}
