// Above the rooms: the announced close, finishing well before the bell, and what the other teacher has just done.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { isNews, moveWords, secondsToClose } from "../../views/pace.mjs";
import { finishIsNear } from "../../views/teacher/bell.mjs";
import { duration, left } from "../../views/teacher/clocks.mjs";
import { stepTitle } from "../../views/teacher/lesson.mjs";
import { hostName, isolated } from "../../views/teacher/people.mjs";

/** @import { Desk } from "./state.mjs" */

/** @param {{ desk: Desk }} props */
export function PaceBars({ desk }) {
  return html`<${WrapUpBar} desk=${desk} /><${FinishWell} desk=${desk} />`;
}

/** The lesson closes by itself, for all to see; either teacher takes it back. @param {{ desk: Desk }} props */
function WrapUpBar({ desk }) {
  const { session, boot, now } = desk;
  const time = useComputed(() => {
    const seconds = secondsToClose(session.value, now.value);
    return seconds === null ? "" : duration(seconds);
  }).value;
  const wrapUp = session.value.wrap_up;
  if (!wrapUp || time === "") return null;
  const by = wrapUp.by === boot.staff ? "" : isolated(hostName(session.value.hosts, wrapUp.by, boot.language));
  return html`<div class="notice pace-bar">
    <span><strong>${t("The lesson closes in {time} in all rooms.", { time: isolated(time) })}</strong>${by !== "" && html` ${t("Announced by {name}.", { name: by })}`}</span>
    <button type="button" class="button" onClick=${() => desk.act("everyone", "cancel_wrap_up", {}, t("The lesson goes on."))}>${t("Do not close yet")}</button>
  </div>`;
}

/** Six minutes before the bell, while rooms are not yet looking back. @param {{ desk: Desk }} props */
function FinishWell({ desk }) {
  const { session, lesson, rows, now, boot } = desk;
  const later = useSignal(false);
  const near = useComputed(() => finishIsNear(lesson.value, session.value, rows.value, now.value)).value;
  const time = useComputed(() => left(session.value.bell ?? null, now.value));
  const to = lesson.value?.reflection;
  if (!near || later.value || to === undefined) return null;
  const finish = () =>
    desk.act("everyone", "next_gate", { after: session.peek().floor, to }, t("Everyone is at the reflection."));
  return html`<div class="notice pace-bar finish-well" role="status">
    <span><strong>${t("Finish well: to the bell")} <span class="timer">${time}</span></strong> ${t("Not every room has come to “{title}”. What was written is kept.", { title: isolated(stepTitle(lesson.value, to, boot.language)) })}</span>
    <button type="button" class="button primary" disabled=${session.value.paused !== null} onClick=${finish}>${t("Everyone to the reflection")}</button>
    <button type="button" class="button quiet" onClick=${() => {
      later.value = true;
    }}>${t("Later")}</button>
  </div>`;
}

/** Tells what the other teacher did with the time of all, once and on every page. @param {{ desk: Desk }} props */
export function MoveNews({ desk }) {
  const { session, boot } = desk;
  const move = session.value.moved;
  const told = useRef(/** @type {number | null} */ (null));
  const moves = session.value.moves ?? 0;
  useEffect(() => {
    const first = told.current === null;
    const fresh = told.current !== moves;
    told.current = moves;
    if (first || !fresh || !isNews(move, desk.now.peek()) || move.by === boot.staff) return;
    desk.told.value = moveWords(move, isolated(hostName(session.value.hosts, move.by, boot.language)));
  }, [moves]);
  return null;
}
