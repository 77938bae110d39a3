// Clocks: what is left of a step, and what time it is at each school.
import { spoken } from "../i18n.mjs";

/** @import {RoomView, SessionView} from "../wire.mjs" */

/**
 * @param {Pick<RoomView, "ends_at" | "seconds_left">} room
 * @param {number} now the server's time, ms
 * @returns {number | null} whole seconds until the step's time is over; negative after that; null without an end
 */
export function secondsLeft(room, now) {
  if (room.ends_at !== null) return Math.ceil((room.ends_at - now) / 1000);
  return room.seconds_left;
}

/**
 * @param {number} seconds
 * @returns {string} "2:40"
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * @param {number | null} seconds
 * @param {boolean} paused
 * @param {number} [of] how long the step is: the last minute of a minute is no news
 * @returns {"" | "soon" | "paused" | "over"}
 */
export function urgency(seconds, paused, of = 180) {
  if (paused) return "paused";
  if (seconds === null) return "";
  if (seconds <= 0) return "over";
  return seconds <= Math.min(60, of / 3) ? "soon" : "";
}

/**
 * @param {number | string | Date} at
 * @param {string} zone
 * @param {string} [language]
 * @returns {string} "16:10" or "8:10 AM"
 */
export function timeAt(at, zone, language = spoken()) {
  const locale = language === "en" ? "en-US" : language;
  try {
    return new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone: zone }).format(new Date(at));
  } catch {
    return "";
  }
}

/**
 * Return what is said about a step's last minute: "left", "over", or "".
 * @param {number | null} left
 * @param {Pick<RoomView, "state" | "entered_at">} room
 * @param {Pick<SessionView, "paused" | "warned_at">} session
 * @param {number} of how long the step is
 * @returns {"left" | "over" | ""}
 */
export function minuteLeft(left, room, session, of) {
  if (left === null || session.paused || room.state !== "working") return "";
  // The last minute of a short step is no news, unless a teacher called it.
  const called = Boolean(session.warned_at && session.warned_at >= (room.entered_at ?? 0));
  if ((of < 120 && !called) || left > 60 || left < -20) return "";
  return left > 0 ? "left" : "over";
}
