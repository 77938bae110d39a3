// Adults as a child's page shows them: one beside me, a guest who looks on, the teachers who show how they learn.
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { isHere, listed, nameOf } from "../../views/people.mjs";
import { whyNotEverybody } from "../../views/plenary.mjs";
import { Modelled } from "../modelling.mjs";
import { FaceGrid } from "../plenary.mjs";

/** @import { StudentPage } from "./page.mjs" */
/** @import { RoomView } from "../../wire.mjs" */

/**
 * A quiet switch: somebody grown up sits beside me.
 * @param {{ page: StudentPage, short?: boolean }} props `short`: a sign alone where the screen is narrow
 */
export function AdultToggle({ page, short = false }) {
  const on = page.adultBeside.value;
  const words = t("An adult is beside me");
  return html`<button type="button" class="button quiet adult-toggle" aria-pressed=${String(on)} aria-label=${words} title=${t("Your partner and your teachers see that an adult sits with you.")} onClick=${() => page.sayAdultBeside(!on)}>
    <span class="glyph people" aria-hidden="true"></span><span class=${short ? "wide-only" : ""}>${words}</span></button>`;
}

/**
 * Beside which of my partners an adult sits; and which guests look on.
 * @param {{ page: StudentPage, room?: RoomView | null }} props
 */
export function AdultSigns({ page, room = null }) {
  const presence = page.presence.value;
  const beside = (room?.members ?? [])
    .filter((member) => member.id !== page.boot.member && isHere(presence, member.id))
    .filter((member) => presence?.peers.some((peer) => peer.who === member.id && peer.adult_beside));
  const guests = page.session.value?.guests ?? [];
  if (beside.length + guests.length === 0) return null;
  return html`<div class="adult-signs" role="status">
    ${beside.map((member) => html`<p key=${member.id} class="soft small"><span class="glyph people" aria-hidden="true"></span> ${t("An adult is beside {name}", { name: `\u2068${nameOf(member)}\u2069` })}</p>`)}
    ${guests.length > 0 && html`<p class="soft small"><span class="glyph info" aria-hidden="true"></span> ${t("A guest of both teachers sees the class board: {names}", { names: `\u2068${listed(guests)}\u2069` })}</p>`}
  </div>`;
}

/**
 * The teachers show how they learn one verse; nobody hears or sees the children meanwhile.
 * @param {{ page: StudentPage }} props
 */
export function TeachersModel({ page }) {
  const now = page.session.value?.modelling;
  const view = page.plenary.view.value;
  if (!now) return null;
  const where = page.boot.sides[page.boot.side]?.where ?? "school";
  const reason = where === "home" ? whyNotEverybody(page.plenary.whyNot.value, "student") : "";
  return html`<section class="teachers-model" aria-labelledby="model-title">
    <h1 id="model-title" tabindex="-1">${t("Your teachers learn one verse together")}</h1>
    <p class="soft">${where === "home" ? t("Watch and listen. Nobody hears or sees you now.") : t("Look up to the screen of your classroom. Nobody hears or sees you here.")}</p>
    ${reason && html`<p class="notice"><span>${reason}</span></p>`}
    ${view?.together && html`<${FaceGrid} view=${view} call=${page.plenary} hosts=${page.session.value?.hosts ?? []} side=${page.boot.side} silent=${where === "school"} />`}
    <${Modelled} lesson=${page.lesson.value} now=${now} language=${page.boot.language} theName=${page.boot.the_name} clockNow=${page.now} />
    <${AdultSigns} page=${page} />
  </section>`;
}
