// The time left of a step. It invites; it never cuts talk.
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.mjs";
import { t } from "../i18n.mjs";
import { clock, secondsLeft, urgency } from "../views/time.mjs";

/** @import {RoomView} from "../wire.mjs" */

/**
 * Render again at the start of each second.
 * @param {() => number} now the server's time, ms
 * @returns {number} the server's time, ms
 */
export function useSeconds(now) {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), 500);
    return () => clearInterval(timer);
  }, [now]);
  return at;
}

/**
 * @param {{room: Pick<RoomView, "ends_at" | "seconds_left">, paused: boolean, now: () => number, of?: number}} props `of`: seconds of the whole step
 */
export function StepTimer({ room, paused, now, of }) {
  const left = secondsLeft(room, useSeconds(now));
  if (left === null) return null;
  const words = left > 0 ? t("time left in this step") : t("the step's time is over");
  return html`<span class=${`timer ${urgency(left, paused, of)}`} role="timer" aria-label=${words} title=${words}>${clock(left)}</span>`;
}

/**
 * How long a turn has lasted, beside how long it was meant to be. Going over is allowed.
 * @param {{turn: string, seconds: number | null, now: () => number}} props `turn` names the turn: a new one starts at nought
 */
export function TurnClock({ turn, seconds, now }) {
  const [started, setStarted] = useState({ turn, at: now() });
  if (started.turn !== turn) setStarted({ turn, at: now() });
  const at = useSeconds(now);
  if (!seconds) return null;
  const left = seconds - (at - started.at) / 1000;
  if (left < 0) return html`<span class="turn-clock">${t("take the time you need")}</span>`;
  return html`<span class="turn-clock num" role="timer" aria-label=${t("time of this turn")}>${clock(left)}</span>`;
}
