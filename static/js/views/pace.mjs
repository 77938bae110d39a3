// The time of all in words: who gave a minute, what was fitted to the bell, when the lesson closes by itself.
import { t, tn } from "../i18n.mjs";

/** @import { MoveView, SessionView } from "../wire.mjs" */

/** A move is news for so long, ms: whoever comes in later sees what holds now, not who did it. */
export const NEWS_FOR = 30_000;

/**
 * Return what somebody has just done with the time of all, for an adult.
 * @param {MoveView} move
 * @param {string} name
 */
export function moveWords({ kind, seconds }, name) {
  switch (kind) {
    case "lesson_started":
      return t("{name} has just opened the rooms.", { name });
    case "floor_moved":
      return t("{name} has just opened the next step.", { name });
    case "paused":
      return t("{name} has just paused the lesson.", { name });
    case "resumed":
      return t("{name} has just gone on with the lesson.", { name });
    case "class_time_added":
      return givenWords(seconds, name);
    case "minute_warned":
      return t("{name} has just called the last minute.", { name });
    case "fitted_to_bell":
      return t("{name} has just fitted the lesson to the bell.", { name });
    case "wrap_up_announced":
      return t("{name} has just announced the close.", { name });
    case "wrap_up_cancelled":
      return t("{name} has just taken the close back.", { name });
    case "session_set_aside":
      return t("{name} has just set the lesson aside.", { name });
    case "session_reopened":
      return t("{name} has just opened the lesson again.", { name });
    case "session_closed":
      return t("{name} has just closed the lesson.", { name });
    default:
      return "";
  }
}

/**
 * @param {number} seconds
 * @param {string} name
 */
function givenWords(seconds, name) {
  const minutes = Math.round(seconds / 60);
  return tn("{name} gave one more minute.", "{name} gave {n} more minutes.", Math.max(1, minutes), { name });
}

/**
 * Return what a child is told of a move, or "" where what they see says it already.
 * @param {MoveView} move
 * @param {string} name the teacher's, with the school
 */
export function moveForChildren({ kind, seconds }, name) {
  switch (kind) {
    case "class_time_added":
      return givenWords(seconds, name);
    case "fitted_to_bell":
      return t("The lesson is a little shorter today, so that there is time to look back. What you wrote stays.");
    case "wrap_up_cancelled":
      return t("The lesson goes on.");
    default:
      return "";
  }
}

/**
 * Return whether a move is fresh enough to be told.
 * @param {MoveView | null | undefined} move
 * @param {number} now the server's time, ms
 * @returns {move is MoveView}
 */
export function isNews(move, now) {
  return Boolean(move && now - move.at < NEWS_FOR);
}

/**
 * Return the seconds until the lesson closes by itself, or null where it does not; they stand still in a pause.
 * @param {SessionView | null} session
 * @param {number} now the server's time, ms
 */
export function secondsToClose(session, now) {
  const wrapUp = session?.status === "running" ? session.wrap_up : null;
  if (!wrapUp) return null;
  return wrapUp.until === null ? wrapUp.seconds_left : Math.max(0, Math.ceil((wrapUp.until - now) / 1000));
}
