// Two learners at one device: whose page this is, the cover while it is passed on, and how a second one comes and goes.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../../html.mjs";
import { fill, say, t } from "../../i18n.mjs";
import { memberOf, nameOf } from "../../views/people.mjs";
import { isOnesOwn, momentOf, wantedAt } from "../../views/seat.mjs";
import { Name, SchoolMark } from "../person.mjs";

/** @import {LessonStep, RoomView} from "../../wire.mjs" */
/** @import {Cover} from "../../views/seat.mjs" */
/** @import {StudentPage} from "./page.mjs" */

/**
 * Return the learners of this device who sit in the room, in the order in which they came to the device.
 * @param {StudentPage} page
 * @param {RoomView} room
 * @returns {string[]}
 */
export function seatedHere(page, room) {
  return page.seat.members.value.filter((member) => memberOf(room, member));
}

/**
 * @param {StudentPage} page
 * @param {RoomView} room
 * @param {LessonStep | null} step
 * @param {string} member
 */
function sit(page, room, step, member) {
  // Who sits down although it is the other's turn was asked, and has said so.
  const elsewhere = wantedAt(seatedHere(page, room), member, step, room) !== member;
  page.seat.sit(member, elsewhere ? momentOf(room) : "");
}

/** @param {{page: StudentPage, room: RoomView, step: LessonStep | null}} props */
export function SeatBar({ page, room, step }) {
  const members = seatedHere(page, room);
  const at = page.seat.at.value;
  if (members.length < 2) return null;
  const own = isOnesOwn(step, room);
  const others = members.filter((member) => member !== at);
  return html`<div class="seat-bar">
    <p class="seat-now"><span class="visually-hidden">${t("At the keyboard:")} </span><${SchoolMark} whose="ours" /> <strong><${Name} name=${nameOf(memberOf(room, at))} /></strong></p>
    ${
      own
        ? others.map(
            (member) =>
              html`<button key=${member} type="button" class="button" onClick=${() => page.seat.pass(member)}>${named(t("Pass to {name}"), room, member)}</button>`,
          )
        : html`<div class="segmented" role="group" aria-label=${t("In whose name is it written?")}>
          ${members.map((member) => html`<button key=${member} type="button" aria-pressed=${String(member === at)} onClick=${() => sit(page, room, step, member)}><${Name} name=${nameOf(memberOf(room, member))} /></button>`)}</div>`
    }
  </div>`;
}

/**
 * What lies over the page until somebody says who they are. Nothing of what was written is in the document meanwhile.
 * @param {{page: StudentPage, room: RoomView, step: LessonStep | null, cover: Cover}} props
 */
export function SeatCover({ page, room, step, cover }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const at = page.seat.at.value;
  const members = seatedHere(page, room);
  const to = cover.kind === "pass" ? cover.to : "";
  const title =
    cover.kind === "pass" ? t("Pass to {name}", { name: nameOf(memberOf(room, to)) }) : t("Who is here now?");
  useEffect(() => {
    heading.current?.focus();
    page.announce(title);
  }, [title]);
  const here = (/** @type {string} */ member) => () => sit(page, room, step, member);
  return html`<section class="calm seat-cover" aria-labelledby="seat-cover-title">
    <img src="/static/img/logo.svg" alt="" />
    <h2 id="seat-cover-title" tabindex="-1" ref=${heading}>${
      cover.kind === "pass" ? named(t("Pass to {name}"), room, to, true) : title
    }</h2>
    <p>${t("What each of you wrote is kept, and the other does not see it here.")}</p>
    <div class="button-row">
      ${
        cover.kind === "pass"
          ? html`<button type="button" class="button primary large" onClick=${here(to)}>${named(t("I am {name}"), room, to)}</button>
          <button type="button" class="button quiet" onClick=${here(at)}>${named(t("Not yet: {name} goes on"), room, at)}</button>`
          : members.map(
              (member) =>
                html`<button key=${member} type="button" class="button large" onClick=${here(member)}>${named(t("I am {name}"), room, member)}</button>`,
            )
      }
    </div>
  </section>`;
}

/**
 * @param {string} words with `{name}`
 * @param {RoomView} room
 * @param {string} member
 * @param {boolean} [marked] with the mark of the school
 */
function named(words, room, member, marked = false) {
  const name = html`<${Name} name=${nameOf(memberOf(room, member))} />`;
  // One piece: a button sets its pieces apart.
  return html`<span>${fill(words, { name: marked ? html`<span class="mark ours" aria-hidden="true"></span> ${name}` : name })}</span>`;
}

/**
 * Before the rooms open: somebody may sit down here, and leave again.
 * @param {{page: StudentPage}} props
 */
export function Sharing({ page }) {
  const { also, share, unshare } = page.boot;
  if (also && page.seat.members.value.includes(also.id))
    return html`<form class="seat-sharing" method="post" action=${unshare} data-leaves>
      <p class="soft">${fill(t("{name} shares this device with you: the page will say whom to pass it to."), { name: html`<${Name} name=${say(also.names)} />` })}</p>
      <button type="submit" class="button quiet"><span>${fill(t("{name} leaves this device"), { name: html`<${Name} name=${say(also.names)} />` })}</span></button></form>`;
  return share
    ? html`<p class="seat-sharing"><a class="button quiet" href=${share}>${t("Two of us share this device")}</a></p>`
    : null;
}
