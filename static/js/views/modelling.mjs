// What both pages show while the two teachers learn one verse before the classes.
import { stepAt } from "./lesson.mjs";

/** @import { Lesson, LessonStep, ModellingView, Segment } from "../wire.mjs" */

/**
 * Return the verse that is shown, or null where the lesson has no text or none was chosen.
 * @param {Lesson | null} lesson
 * @param {ModellingView} now
 * @returns {Segment | null}
 */
export function verseOf(lesson, now) {
  return lesson?.text?.segments.find((segment) => segment.id === now.segment) ?? null;
}

/**
 * Return the languages in which the verse stands, the reader's first.
 * @param {Segment} verse
 * @param {string} language
 */
export function languagesOf(verse, language) {
  const all = Object.keys(verse.words);
  return all.includes(language) ? [language, ...all.filter((one) => one !== language)] : all;
}

/**
 * Return the first step that pairs do together with the text before them: what the teachers show is how that is done.
 * @param {Lesson | null} lesson
 * @returns {LessonStep | null}
 */
export function shownStep(lesson) {
  const withText = (/** @type {LessonStep} */ step) => step.scope === "group" && step.text_shown === "both";
  const index = lesson?.steps.findIndex((step) => withText(step) && !["frame", "read"].includes(step.kind)) ?? -1;
  return lesson && index >= 0 ? stepAt(lesson, index, 2) : null;
}
