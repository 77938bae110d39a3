// The inside of a room that a teacher visits: what has been turned over, what was written together, whose turn it is.
import { say, t } from "../../i18n.mjs";
import { isolated, nameOf } from "./people.mjs";

/** @import { Entry, Input, Lesson, People, Room } from "./types.mjs" */

/** @typedef {{ member: string, asked: string, words: string[], state: "" | "unfinished" | "late" | "held" }} Shown */

/**
 * Return an entry as words: what was written, chosen, tagged or marked.
 * @param {Entry} entry
 * @param {Input | undefined} input
 * @param {Lesson | null} lesson
 * @param {string} language
 */
export function entryWords(entry, input, lesson, language) {
  const chosen = input?.options.find((option) => option.id === entry.choice);
  const tag = input?.tags.find((option) => option.id === entry.tag);
  const marked = [...new Set((entry.marks ?? []).map((mark) => segmentLabel(mark.segment, lesson, language)))];
  const parts = [
    chosen ? say(chosen.label, language) : "",
    tag ? `${say(tag.label, language)}:` : "",
    entry.text,
    marked.length ? `(${marked.join(", ")})` : "",
    entry.spoken && !entry.text ? t("said aloud") : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/**
 * Return the number of a verse as the reader counts.
 * @param {string} id
 * @param {Lesson | null} lesson
 * @param {string} language
 */
export function segmentLabel(id, lesson, language) {
  const segments = /** @type {{ id: string, number: Record<string, string> }[]} */ (lesson?.text?.segments ?? []);
  const found = segments.find((segment) => segment.id === id);
  return isolated((found && say(found.number, language)) || id);
}

/**
 * Return what the step turns over, one piece a member and question.
 * @param {Room} room
 * @param {Lesson | null} lesson
 * @param {string} language
 * @returns {Shown[]}
 */
export function shown(room, lesson, language) {
  return room.given.map((given) => {
    const input = lesson?.steps[given.step]?.inputs.find((one) => one.id === given.input);
    return {
      member: given.member,
      asked: say(input?.prompt, language),
      words: given.entries.map((entry) => entryWords(entry, input, lesson, language)),
      state: given.held ? "held" : given.late ? "late" : given.unfinished ? "unfinished" : "",
    };
  });
}

/**
 * Return a state of words as a remark, "" where there is nothing to say.
 * @param {Shown["state"]} state
 */
export function shownRemark(state) {
  switch (state) {
    case "held":
      return t("held back: it may contain a way to get in touch");
    case "late":
      return t("came after the time");
    case "unfinished":
      return t("not finished when the time ended");
    default:
      return "";
  }
}

/**
 * Return whose turn it is and what for, or "".
 * @param {Room} room
 * @param {People} people
 * @param {string} language
 */
export function turnWords(room, people, language) {
  if (!room.turn) return "";
  const name = isolated(nameOf(people[room.turn.acts], language));
  switch (room.turn.phase) {
    case "restate":
      return t("Saying back what was heard: {name}", { name });
    case "confirm":
      return t("Saying whether it was heard right: {name}", { name });
    case "show":
      return t("Showing it in the text: {name}", { name });
    case "ask":
      return t("Asking: {name}", { name });
    default:
      return room.turn.language ? t("Reading aloud: {name}", { name }) : t("Speaking: {name}", { name });
  }
}
