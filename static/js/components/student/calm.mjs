// Pages on which there is nothing to do but breathe.
import { html } from "../../html.mjs";
import { fill, say, t } from "../../i18n.mjs";
import { intentionOf } from "../../views/lesson.mjs";
import { listed } from "../../views/people.mjs";
import { across, clocksOf, schoolNames } from "../../views/schools.mjs";
import { timeAt } from "../../views/time.mjs";
import { IntentionPin } from "../intention.mjs";
import { Listed, SchoolMark } from "../person.mjs";
import { AdultSigns, TeachersModel } from "./adults.mjs";
import { Sharing } from "./seat.mjs";

/** @import {StudentPage} from "./page.mjs" */
/** @import {Phase} from "../../views/phase.mjs" */

/**
 * @param {{title: unknown, words?: unknown, children?: unknown}} props
 */
export function Calm({ title, words = "", children = null }) {
  return html`<div class="calm" role="status">
    <img src="/static/img/logo.svg" alt="" />
    <h1 tabindex="-1">${title}</h1>
    ${words && html`<p>${words}</p>`}
    ${children}
  </div>`;
}

/** @param {{page: StudentPage, phase: Phase}} props */
export function CalmPage({ page, phase }) {
  const { boot } = page;
  switch (phase) {
    case "stopped":
      return html`<${Stopped} page=${page} />`;
    case "no_session":
      return html`<${Calm} title=${t("There is no lesson right now")} words=${t("When your teacher opens one, come back with the same card.")}>
        <a class="button" href=${boot.signout}>${t("Sign out")}</a><//>`;
    case "closed":
      return html`<${Closed} page=${page} />`;
    case "set_aside":
      return html`<${Calm} title=${t("We go on next time")} words=${t("The lesson stops here for today. Your room, your step and your words are kept for you and your partner.")}>
        <a class="button" href=${boot.signout}>${t("Sign out")}</a><//>`;
    case "calm":
      return html`<${Calm} title=${t("Stop for now")} words=${t("Please look up and listen to your teacher. Nobody hears or sees you here. Everything you wrote is kept.")} />`;
    default:
      return html`<${Calm} title=${t("Opening the room…")} words=${page.trouble.value ? t("The connection is slow. We are trying again.") : ""} />`;
  }
}

/** @param {{page: StudentPage}} props */
function Stopped({ page }) {
  const { stoppedBy, boot } = page;
  switch (stoppedBy.value) {
    case "other_tab":
      return html`<${Calm} title=${t("The lesson is open in another place")} words=${t("It went on in another window or on another device. Nothing is lost.")}>
        <button type="button" class="button primary large" onClick=${page.takeOver}>${t("Go on here")}</button><//>`;
    case "removed":
      return html`<${Calm} title=${t("You are no longer in this lesson")} words=${t("Please ask your teacher what to do now. What you wrote is kept.")} />`;
    case "not_your_session":
      return html`<${Calm} title=${t("Stay with your class for now")} words=${t("Your teacher knows what you do in this lesson, and can let you in later.")}>
        <button type="button" class="button" onClick=${page.takeOver}>${t("Try again")}</button><//>`;
    case "too_many":
      return html`<${Calm} title=${t("Too many windows are open")} words=${t("Close the other windows of this lesson, and try again.")}>
        <button type="button" class="button primary" onClick=${page.takeOver}>${t("Try again")}</button><//>`;
    default:
      return html`<${Calm} title=${t("Please sign in again")} words=${t("Use your card once more. What you wrote is kept.")}>
        <a class="button primary large" href=${boot.signout}>${t("To the sign-in")}</a><//>`;
  }
}

/** @param {{page: StudentPage}} props */
function Closed({ page }) {
  if (page.handingIn.value) return html`<${Calm} title=${t("One moment: your last words are being kept")} />`;
  const schools = schoolNames(page.boot.sides[across(page.boot.side)]);
  const words = t("The lesson with {school} is over. What you wrote is kept for your next lesson.");
  return html`<${Calm} title=${t("Thank you for learning together")} words=${fill(words, { school: html`<${Listed} names=${schools} />` })}>
    <${IntentionPin} intention=${intentionOf(page.lesson.value, page.mine.value)} />
    <a class="button" href=${page.boot.signout}>${t("Sign out")}</a><//>`;
}

/** @param {{page: StudentPage}} props */
export function Lobby({ page }) {
  const { boot, presence, mine, session } = page;
  if (session.value?.modelling) return html`<${TeachersModel} page=${page} />`;
  const their = across(boot.side);
  const other = boot.sides[their];
  const waiting = mine.value?.waiting ?? "lobby";
  const running = session.value?.status === "running";
  const counts = presence.value?.counts ?? {};
  const here = { ours: counts[boot.side] ?? 0, theirs: counts[their] ?? 0 };
  const greeting = typeof boot.greeting === "string" ? boot.greeting : say(boot.greeting);
  return html`<${Calm} title=${fill(t("Hello, {name}"), { name: html`<bdi>${greeted(page)}</bdi>` })}>
    <p>${lobbyWords(waiting, running)}</p>
    ${
      other &&
      html`<section class="card lobby-partner">
      <h2><span class="school theirs"><span class="mark" aria-hidden="true"></span> <span><${Listed} names=${schoolNames(other)} /></span></span></h2>
      ${greeting && html`<blockquote dir="auto">${greeting}</blockquote>`}
      ${clocksOf(boot.sides, [their]).map(({ places, zone }) => html`<p key=${zone}><${Listed} names=${places} /> · <${LocalTime} page=${page} zone=${zone} /></p>`)}
    </section>`
    }
    ${
      here.ours + here.theirs > 0 &&
      html`<p class="cluster arrived" aria-live="polite"><span>${t("Here already:")}</span>
      <span><${SchoolMark} whose="ours" /> <span class="num">${here.ours}</span></span>
      <span><${SchoolMark} whose="theirs" /> <span class="num">${here.theirs}</span></span></p>`
    }
    <${AdultSigns} page=${page} />
    <${Sharing} page=${page} />
  <//>`;
}

/** @param {StudentPage} page */
function greeted({ boot, seat }) {
  const also = boot.also && seat.members.value.includes(boot.also.id) ? [boot.also] : [];
  return listed([say(boot.names), ...also.map((one) => say(one.names))]);
}

/**
 * @param {string} waiting the server's reason
 * @param {boolean} running
 */
function lobbyWords(waiting, running) {
  if (!running) return t("Your teacher will open the rooms. You do not need to do anything.");
  if (waiting === "with_teacher") return t("Stay with your teacher for now. A room opens here when it is time.");
  return t("The lesson is under way. Your teacher is finding a room for you.");
}

/** @param {{page: StudentPage, zone: string}} props */
function LocalTime({ page, zone }) {
  const time = timeAt(page.now(), zone);
  return html`<time>${t("it is {time} there", { time })}</time>`;
}
