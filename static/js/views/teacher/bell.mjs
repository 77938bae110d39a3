// Towards the bell: when finishing well is offered, and what fitting the lesson to the bell would do, in words.
import { say, t, tn } from "../../i18n.mjs";
import { isolated } from "./people.mjs";

/** @import { Lesson, Row, Session } from "./types.mjs" */

/** @typedef {{ fits: boolean, needed: number, takes: number, left_out: number[], shortened: number[], kept_shorter: boolean }} Fitting */

export const FINISH_WELL = 6 * 60_000;
/** So long after the bell it is still offered: a lesson that runs over is to end well, too. */
const AFTER_THE_BELL = 15 * 60_000;

/**
 * Return whether some room has not come to the reflection while the bell is near.
 * @param {Lesson | null} lesson
 * @param {Session} session
 * @param {readonly Row[]} rows
 * @param {number} now
 */
export function finishIsNear(lesson, session, rows, now) {
  const reflection = lesson?.reflection;
  if (session.status !== "running" || !session.bell || reflection === undefined || session.wrap_up) return false;
  const left = session.bell - now;
  if (left > FINISH_WELL || left < -AFTER_THE_BELL || session.floor >= reflection) return false;
  return rows.some((row) => row.members.length > 0 && row.step < reflection);
}

/**
 * Return what fitting to the bell would do, a sentence each.
 * @param {Fitting} fitting
 * @param {Lesson | null} lesson
 * @param {string} language
 * @returns {string[]}
 */
export function fittingWords(fitting, lesson, language) {
  if (!fitting.fits)
    return [
      t(
        "Even shortened as far as it goes, what is left takes longer than there is. Better bring everyone to the reflection.",
      ),
    ];
  if (!fitting.left_out.length && !fitting.shortened.length)
    return [t("There is time enough: nothing has to be shortened.")];
  const saved = Math.max(1, Math.round((fitting.needed - fitting.takes) / 60));
  return [
    tn("Saves one minute.", "Saves {n} minutes.", saved),
    ...(fitting.left_out.length
      ? [t("Left out: {steps}.", { steps: titles(fitting.left_out, lesson, language) })]
      : []),
    ...(fitting.shortened.length
      ? [t("Shorter: {steps}.", { steps: titles(fitting.shortened, lesson, language) })]
      : []),
    fitting.kept_shorter
      ? t("Intention and reflection stay, shorter too. What was written is kept.")
      : t("Intention and reflection stay as they are. What was written is kept."),
  ];
}

/**
 * @param {readonly number[]} indices
 * @param {Lesson | null} lesson
 * @param {string} language
 */
function titles(indices, lesson, language) {
  const names = indices.map((index) => say(lesson?.steps[index]?.title, language)).filter(Boolean);
  return [...new Set(names)].map((name) => isolated(name)).join(", ");
}
