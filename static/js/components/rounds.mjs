// Pieces of a round of speaking that several screens show: who stands in the line, and what a turn is invited to take.
import { html } from "../html.mjs";
import { say, t } from "../i18n.mjs";
import { behind, invited } from "../views/rounds.mjs";
import { clock } from "../views/time.mjs";
import { Name, SchoolMark } from "./person.mjs";
import { useSeconds } from "./timer.mjs";

/** @import {PlenaryView} from "../wire.mjs" */

/**
 * A learner with the mark of their school, or a room with all who sit in it.
 * @param {{view: PlenaryView, who: string, side: string, me?: string}} props
 */
export function InLine({ view, who, side, me = "" }) {
  const { room, people } = behind(view, who);
  return html`${room !== null && html`<span class="nowrap">${t("Room {n}", { n: room })}: </span>`}${people.map(
    (one, at) =>
      html`<span key=${one.id} class="nowrap">${at > 0 ? " + " : ""}<${SchoolMark} whose=${one.side === side ? "ours" : "theirs"} /> ${one.id === me ? html`<strong>${t("me")}</strong>` : html`<${Name} name=${say(one.names)} />`}</span>`,
  )}`;
}

/**
 * The half minute of a turn. It invites; it never cuts anybody off.
 * @param {{round: {since: number | null, seconds: number}, now: () => number}} props
 */
export function Invited({ round, now }) {
  const left = invited(round, useSeconds(now));
  if (left === null) return null;
  if (left < 0) return html`<span class="turn-clock">${t("take the time you need")}</span>`;
  return html`<span class="turn-clock num" role="timer" aria-label=${t("time of this turn")}>${clock(left)}</span>`;
}
