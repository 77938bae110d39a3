// A guest's page: the class board, and where rooms stand, without names. Nothing can be pressed but the way out.
import { html } from "../html.mjs";
import { say, t } from "../i18n.mjs";
import { roomWords, sourceOf } from "../views/guest.mjs";
import { schoolNames } from "../views/schools.mjs";
import { stepTitle } from "../views/teacher/lesson.mjs";
import { entryWords } from "../views/teacher/room.mjs";
import { Listed, SchoolMark } from "./person.mjs";

/** @import { GuestView, Lesson, SideBoot, Wording } from "../wire.mjs" */

/**
 * @typedef {{ name: string, side: string, language: string, title: Wording, session: string, sides: Record<string, SideBoot>, socket: string, leave: string }} GuestBoot
 */

/** @param {{ boot: GuestBoot, view: GuestView | null, lesson: Lesson | null, trouble: boolean, over: boolean }} props */
export function GuestPage({ boot, view, lesson, trouble, over }) {
  if (over)
    return html`<div class="calm" role="status"><img src="/static/img/logo.svg" alt="" /><h1>${t("Your visit is over")}</h1>
      <p>${t("One of the teachers has closed this page, or the link was opened on another device. Thank you for coming.")}</p></div>`;
  return html`<div class="guest-page">
    <header class="board-head"><h1><bdi>${say(boot.title, boot.language)}</bdi></h1>
      <p class="soft small">${t("You look on as a guest of both teachers. The children are told; you see and hear no child.")}</p></header>
    ${trouble && html`<div class="banner offline" role="status"><span>${t("Connection lost. We are trying again.")}</span></div>`}
    <div class="board-main">${view && html`<${Seen} boot=${boot} view=${view} lesson=${lesson} />`}</div>
    <footer class="board-foot">
      <${Schools} boot=${boot} />
      <button type="button" class="button quiet" popovertarget="reading-menu"><span class="glyph settings" aria-hidden="true"></span>${t("Text size and colours")}</button>
      <form method="post" action=${boot.leave}><button type="submit" class="button quiet">${t("Leave")}</button></form>
    </footer>
  </div>`;
}

/** @param {{ boot: GuestBoot, view: GuestView, lesson: Lesson | null }} props */
function Seen({ boot, view, lesson }) {
  if (view.status === "lobby")
    return html`<div class="empty" role="status"><h2>${t("The lesson has not begun")}</h2><p>${t("As soon as the rooms open, you see here where they stand.")}</p></div>`;
  if (view.status === "closed")
    return html`<div class="empty" role="status"><h2>${t("The lesson is over")}</h2><p>${t("Thank you for coming.")}</p></div>`;
  return html`${view.paused && html`<p class="notice" role="status"><span>${t("The lesson stands still for a moment.")}</span></p>`}
    ${view.board && html`<${SharedBoard} boot=${boot} board=${view.board} lesson=${lesson} />`}
    <section aria-labelledby="guest-rooms"><h2 id="guest-rooms">${t("Rooms")} <span class="count">${view.rooms.length}</span></h2>
      <ul class="board-rows" role="list">${view.rooms.map(
        (room) => html`<li key=${room.number} class="board-row guest-row">
          <strong class="row-number">${room.number}</strong>
          <span class="nowrap">${room.sides.map((side, at) => html`<${SchoolMark} key=${at} whose=${side === boot.side ? "ours" : "theirs"} /> `)}</span>
          <span><bdi>${roomWords(room, lesson, boot.language)}</bdi></span>
        </li>`,
      )}</ul></section>`;
}

/** @param {{ boot: GuestBoot, board: NonNullable<GuestView["board"]>, lesson: Lesson | null }} props */
function SharedBoard({ boot, board, lesson }) {
  return html`<section class="class-board card" aria-labelledby="class-board-title">
    <h2 id="class-board-title"><bdi>${stepTitle(lesson, board.step, boot.language)}</bdi></h2>
    ${
      board.entries.length === 0
        ? html`<p class="soft">${t("Nothing has been shared yet. Rooms choose what they put here.")}</p>`
        : html`<ul class="shared-list" role="list" aria-live="polite">${board.entries.map(
            (one, at) =>
              html`<li key=${at}><${SchoolMark} whose=${one.side === boot.side ? "ours" : "theirs"} /> <span dir="auto">${entryWords(one.entry, sourceOf(one.entry, lesson, board.step), lesson, boot.language)}</span></li>`,
          )}</ul>`
    }
  </section>`;
}

/** @param {{ boot: GuestBoot }} props */
function Schools({ boot }) {
  return html`<span class="guest-schools">${Object.entries(boot.sides).map(
    ([side, about]) =>
      html`<span key=${side}><${SchoolMark} whose=${side === boot.side ? "ours" : "theirs"} /> <${Listed} names=${schoolNames(about, boot.language)} language=${boot.language} /></span> `,
  )}</span>`;
}
