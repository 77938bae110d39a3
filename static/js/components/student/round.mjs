// A round of the whole class on a student's page: is it my turn, who is next, and a calm way to pass.
import { html } from "../../html.mjs";
import { fill, t, tn } from "../../i18n.mjs";
import { before, placeIn } from "../../views/rounds.mjs";
import { InLine, Invited } from "../rounds.mjs";

/** @import {PlenaryView, RoundView} from "../../wire.mjs" */
/** @import {StudentPage} from "./page.mjs" */
/** @import {Work} from "./steps.mjs" */

/** @param {Work} work */
export function MyRound(work) {
  const { page, room, me } = work;
  const view = page.plenary.view.value;
  const round = view?.round;
  if (!view || !round) return null;
  const key = round.of === "rooms" ? room.room : me;
  const place = placeIn(round, me, room.room);
  const who = (/** @type {string} */ one) =>
    html`<${InLine} view=${view} who=${one} side=${page.boot.side} me=${me} />`;
  const mine = place === "mine" || place === "ours";
  return html`<section class=${`card my-round${mine ? " is-mine" : ""}`} aria-label=${t("The round")}>
    <p class="my-place" role="status">${placeWords(place, round, before(round, key))}</p>
    ${mine && html`<p><${Invited} key=${round.turn} round=${round} now=${page.now} /></p>`}
    ${!mine && round.who && html`<p class="speaks-now">${fill(t("Speaking now: {name}"), { name: who(round.who) })} <${Invited} key=${round.turn} round=${round} now=${page.now} /></p>`}
    ${round.coming.length > 0 && html`<p class="small soft">${fill(t("Next: {names}"), { names: round.coming.slice(0, 3).map((one, at) => html`<span key=${one}>${at > 0 ? " · " : ""}${who(one)}</span>`) })}${round.coming.length > 3 ? " …" : ""}</p>`}
    <div class="button-row"><${Doors} work=${work} round=${round} place=${place} /></div>
  </section>`;
}

/** @param {{work: Work, round: RoundView, place: import("../../views/rounds.mjs").Place}} props */
function Doors({ work, round, place }) {
  const { page, me } = work;
  const send = (/** @type {string} */ kind, /** @type {Record<string, unknown>} */ fields) =>
    page.command(kind, fields).then(work.onAnswered);
  const pass = (/** @type {string} */ words) =>
    html`<button type="button" class="button quiet" onClick=${() => send("join_round", { joins: false })}>${words}</button>`;
  const join = (/** @type {string} */ words, primary = true) =>
    html`<button type="button" class=${`button${primary ? " primary large" : ""}`} onClick=${() => send("join_round", { joins: true })}>${words}</button>`;
  if (place === "mine" || place === "ours")
    return html`<button type="button" class="button primary large" onClick=${() => send("end_round_turn", { turn: round.turn })}>${place === "mine" ? t("I have spoken") : t("We have spoken")}</button>
      ${pass(t("Pass"))}`;
  if (round.of === "volunteers") {
    if (round.volunteers.includes(me) && place !== "spoke") return pass(t("I would rather not"));
    const full = round.most !== null && round.volunteers.length >= round.most;
    return place === "spoke" || full ? null : join(t("I would like to speak"));
  }
  if (place === "passed") return join(t("I would like to speak after all"), false);
  return place === "next" || place === "coming" ? pass(t("Pass this time")) : null;
}

/**
 * @param {import("../../views/rounds.mjs").Place} place
 * @param {RoundView} round
 * @param {number | null} ahead
 */
function placeWords(place, round, ahead) {
  switch (place) {
    case "mine":
      return round.of === "rooms" ? t("It is your room's turn: you speak for it.") : t("It is your turn to speak.");
    case "ours":
      return t("It is your room's turn: your partner speaks for it.");
    case "next":
      return round.of === "rooms" ? t("Your room is next.") : t("You are next.");
    case "coming":
      return ahead
        ? tn("{n} comes before you. Listen until then.", "{n} come before you. Listen until then.", ahead)
        : t("Your teacher begins the round. You come first.");
    case "passed":
      return t("You pass this time. That is fine: listen to the others.");
    case "spoke":
      return t("You have spoken. Listen to the others.");
    case "over":
      return t("Everybody has had their turn.");
    case "listening":
      return t("Listen, and show that you heard.");
    default:
      return round.of === "volunteers" && round.most !== null
        ? t("{n} of {of} have come forward.", { n: round.volunteers.length, of: round.most })
        : t("Your teacher begins the round.");
  }
}

/**
 * The teacher asks our room to say something about what it shared: a question, and "not now" is an answer.
 * @param {{page: StudentPage, view: PlenaryView}} props
 */
export function Offered({ page, view }) {
  const room = page.room.value?.room;
  if (!view.offer || view.offer.room !== room) return null;
  const entry = [...page.boards.value.values()].flatMap((b) => b.entries).find((one) => one.id === view.offer?.entry);
  const answer = (/** @type {boolean} */ takes) => void page.command("answer_offer", { takes });
  return html`<div class="notice offer" role="status"><span>${t("Would your room like to say something about this?")}${entry?.entry.text && html` <q><bdi dir="auto">${entry.entry.text}</bdi></q>`}</span>
    <span class="button-row"><button type="button" class="button primary" onClick=${() => answer(true)}>${t("I will speak")}</button>
    <button type="button" class="button quiet" onClick=${() => answer(false)}>${t("Not now")}</button></span></div>`;
}
