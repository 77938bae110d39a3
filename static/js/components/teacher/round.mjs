// A round of the whole class as a teacher leads it: begin, next, not here, and a line that can be put in another order.
import { html } from "../../html.mjs";
import { fill, say, t } from "../../i18n.mjs";
import { behind } from "../../views/rounds.mjs";
import { stepTitle } from "../../views/teacher/lesson.mjs";
import { InLine, Invited } from "../rounds.mjs";
import { ToTheWall } from "./class_board.mjs";
import { Refused } from "./parts.mjs";

/** @import { PlenaryView, RoundView } from "../../wire.mjs" */
/** @import { Desk } from "./state.mjs" */

const SHOWN = 8;

/** @param {{ desk: Desk }} props */
export function RoundLed({ desk }) {
  const view = desk.plenary.view.value;
  const round = view?.round;
  const lesson = desk.lesson.value;
  if (!view || !round || !desk.plenary.together.value) return null;
  const { boot } = desk;
  return html`<section class="card round-led" aria-labelledby="round-title">
    <header class="split"><h2 id="round-title"><bdi>${stepTitle(lesson, desk.session.value.floor, boot.language)}</bdi></h2><${ToTheWall} desk=${desk} /></header>
    <${Refused} desk=${desk} place="round" />
    <p class="speaks-now" role="status">${nowWords(view, round, boot.side)} ${round.who && html`<${Invited} key=${round.turn} round=${round} now=${() => desk.now.value} />`}</p>
    <${Lead} desk=${desk} round=${round} />
    <${Line} desk=${desk} view=${view} round=${round} />
  </section>`;
}

/**
 * @param {PlenaryView} view
 * @param {RoundView} round
 * @param {string} side
 */
function nowWords(view, round, side) {
  if (round.who)
    return fill(t("Speaking now: {name}"), { name: html`<${InLine} view=${view} who=${round.who} side=${side} />` });
  if (round.over) return t("Everybody has had their turn.");
  if (round.turn > 0) return t("Whoever is still to come is not here just now.");
  if (round.of === "volunteers")
    return round.most === null
      ? t("{n} have come forward.", { n: round.volunteers.length })
      : t("{n} of {of} have come forward.", { n: round.volunteers.length, of: round.most });
  return t("The round has not begun.");
}

/** @param {{ desk: Desk, round: RoundView }} props */
function Lead({ desk, round }) {
  const go = (skip = false) => desk.act("round", "next_speaker", { after: round.turn, skip });
  const paused = desk.session.value.paused !== null;
  const nobody = round.coming.length === 0 && !round.who;
  return html`<div class="button-row">
    <button type="button" class="button primary" disabled=${paused || nobody} onClick=${() => go()}>${round.turn === 0 ? t("Begin the round") : round.coming.length > 0 ? t("Next speaker") : t("End the round")}</button>
    ${round.who && html`<button type="button" class="button" disabled=${paused} onClick=${() => go(true)}>${t("Not here: at the end")}</button>`}
  </div>`;
}

/** @param {{ desk: Desk, view: PlenaryView, round: RoundView }} props */
function Line({ desk, view, round }) {
  const { boot } = desk;
  const order = (/** @type {string} */ who, /** @type {"next" | "last"} */ place) =>
    desk.act("round", "order_round", { who, place });
  const done = [...round.spoke, ...round.passed];
  const named = (/** @type {string} */ who) => called(view, who, boot.language);
  return html`${
    round.coming.length > 0 &&
    html`<ol class="round-line" aria-label=${t("Still to come")}>${round.coming.slice(0, SHOWN).map(
      (who, at) => html`<li key=${who}><span><${InLine} view=${view} who=${who} side=${boot.side} /></span>
        <span class="button-row">${at > 0 && html`<button type="button" class="button quiet" aria-label=${t("Put {name} next", { name: named(who) })} onClick=${() => order(who, "next")}>${t("Next")}</button>`}
        ${at < round.coming.length - 1 && html`<button type="button" class="button quiet" aria-label=${t("Put {name} last", { name: named(who) })} onClick=${() => order(who, "last")}>${t("Last")}</button>`}</span></li>`,
    )}</ol>
    ${round.coming.length > SHOWN && html`<p class="soft small">${t("and {n} more", { n: round.coming.length - SHOWN })}</p>`}`
  }
  ${
    done.length > 0 &&
    html`<details class="fold"><summary>${t("Spoken or passed")} <span class="count num">${done.length}</span></summary>
    <ul class="round-line" role="list">${done.map(
      (
        who,
      ) => html`<li key=${who}><span><${InLine} view=${view} who=${who} side=${boot.side} />${round.passed.includes(who) && html` <span class="chip">${t("passed")}</span>`}</span>
      <button type="button" class="button quiet" aria-label=${t("Bring {name} back", { name: named(who) })} onClick=${() => order(who, "last")}>${t("Bring back")}</button></li>`,
    )}</ul></details>`
  }`;
}

/**
 * @param {PlenaryView} view
 * @param {string} who
 * @param {string} language
 */
function called(view, who, language) {
  const { room, people } = behind(view, who);
  return room !== null ? t("Room {n}", { n: room }) : say(people[0]?.names, language);
}
