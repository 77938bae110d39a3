// What a guest's page says of a room without naming anybody.
import { t, tn } from "../i18n.mjs";
import { stepTitle } from "./teacher/lesson.mjs";

/** @import { Entry, GuestRoomView, Input, Lesson } from "../wire.mjs" */

/**
 * Return the input that a shared entry was an answer to, where that changes how it reads (a choice, a tag).
 * @param {Entry} entry
 * @param {Lesson | null} lesson
 * @param {number} step of the board
 * @returns {Input | undefined}
 */
export function sourceOf(entry, lesson, step) {
  const used = new Set(lesson?.steps[step]?.uses ?? []);
  const inputs = (lesson?.steps ?? []).filter((one) => used.has(one.id)).flatMap((one) => one.inputs);
  return inputs.find(
    (input) => input.options.some((one) => one.id === entry.choice) || input.tags.some((one) => one.id === entry.tag),
  );
}

/**
 * @param {GuestRoomView} room
 * @param {Lesson | null} lesson
 * @param {string} language
 */
export function roomWords(room, lesson, language) {
  if (room.state === "done") return t("at the end");
  if (room.state === "waiting_for_class") return t("waits for the class");
  const done = room.done > 0 ? tn("one is done", "{n} are done", room.done) : "";
  return [stepTitle(lesson, room.step, language), done].filter(Boolean).join(" · ");
}
