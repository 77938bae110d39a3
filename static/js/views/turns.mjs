// Whose turn it is, as a sentence for the one who reads it.
import { say, t } from "../i18n.mjs";
import { languageName, memberOf, nameOf } from "./people.mjs";

/** @import {LessonStep, RoomView, TurnView} from "../wire.mjs" */

/**
 * @typedef {object} Banner
 * @property {"mine" | "listen" | "together"} tone
 * @property {string} text may hold `{name}`
 * @property {string} name who is meant
 * @property {string} role one sentence about what I do now
 */
/**
 * @typedef {object} TurnButton
 * @property {"take_turn" | "confirm"} kind
 * @property {Record<string, unknown>} fields
 * @property {string} label
 */

/**
 * @param {LessonStep} step
 * @param {RoomView} room
 * @param {string} me
 * @returns {Banner | null} null where the step has no turns, or all are taken
 */
export function banner(step, room, me) {
  const turn = room.turn;
  if (!turn) return null;
  const name = nameOf(memberOf(room, turn.acts));
  if (step.kind === "read") return readingBanner(turn, me, name);
  if (step.kind === "restate") return restatingBanner(step, turn, room, me, name);
  return speakingBanner(step, turn, me, nameOf(memberOf(room, turn.speaker)));
}

/**
 * @param {TurnView} turn
 * @param {string} me
 * @param {string} name
 * @returns {Banner}
 */
function readingBanner(turn, me, name) {
  const language = languageName(turn.language ?? "");
  return turn.acts === me
    ? { tone: "mine", text: t("Your turn to read aloud, in {language}", { language }), name, role: "" }
    : {
        tone: "listen",
        text: t("{name} reads aloud, in {language}", { language, name: "{name}" }),
        name,
        role: t("Follow in the text with your eyes."),
      };
}

/**
 * @param {LessonStep} step
 * @param {TurnView} turn
 * @param {string} me
 * @param {string} name the speaker's
 * @returns {Banner}
 */
function speakingBanner(step, turn, me, name) {
  if (turn.speaker === me) return { tone: "mine", text: t("Your turn to speak"), name, role: say(step.roles.speaker) };
  if (turn.keeper === me)
    return { tone: "listen", text: t("{name} speaks. You keep the text"), name, role: say(step.roles.keeper) };
  return { tone: "listen", text: t("{name} speaks. Your turn to listen"), name, role: say(step.roles.listener) };
}

/**
 * @param {LessonStep} step
 * @param {TurnView} turn
 * @param {RoomView} room
 * @param {string} me
 * @param {string} name of whoever acts
 * @returns {Banner}
 */
function restatingBanner(step, turn, room, me, name) {
  const speaker = nameOf(memberOf(room, turn.speaker));
  const mine = turn.acts === me;
  const tone = mine ? "mine" : "listen";
  switch (turn.phase) {
    case "speak":
      return speakingBanner(step, turn, me, speaker);
    case "restate":
      return mine
        ? { tone, text: t("Say it back to {name}, in your own words"), name: speaker, role: say(step.roles.listener) }
        : { tone, text: t("{name} says it back"), name, role: t("Listen: is the heart of the idea there?") };
    case "confirm":
      return mine
        ? {
            tone,
            text: t("Is that what you meant?"),
            name,
            role: t("Say it kindly: what was right, and what is missing?"),
          }
        : { tone, text: t("{name} says whether that was it"), name, role: "" };
    case "show":
      return mine
        ? {
            tone,
            text: t("Look in the text together with {name}"),
            name: speaker,
            role: t("Ask: “Show me in the text.” Find the words that the idea comes from."),
          }
        : { tone, text: t("Show {name} in the text"), name, role: t("Point to the words that the idea comes from.") };
    default:
      return mine
        ? {
            tone,
            text: t("Ask {name} one opening question"),
            name: speaker,
            role: say(step.roles.asker) || t("A question that you do not know the answer to."),
          }
        : { tone, text: t("{name} asks a question"), name, role: "" };
  }
}

/**
 * Return the buttons of the one whose turn it is, the most important first; none for the others.
 * @param {LessonStep} step
 * @param {RoomView} room
 * @param {string} me
 * @returns {TurnButton[]}
 */
export function turnButtons(step, room, me) {
  const turn = room.turn;
  if (!turn || turn.acts !== me) return [];
  const take = { kind: /** @type {const} */ ("take_turn"), fields: {} };
  const pass = { kind: /** @type {const} */ ("take_turn"), fields: { passed: true }, label: t("Pass") };
  if (step.kind === "read") return [{ ...take, label: t("I have read it") }, pass];
  switch (step.kind === "restate" ? turn.phase : "speak") {
    case "restate":
      return [{ ...take, label: t("I have said it back") }];
    case "confirm":
      return [
        { kind: "confirm", fields: { right: true }, label: t("Yes, that is it") },
        { kind: "confirm", fields: { right: false }, label: t("Not yet") },
      ];
    case "show":
      return [{ ...take, label: t("We found it") }];
    case "ask":
      return [{ ...take, label: t("I have asked") }];
    default:
      return [{ ...take, label: t("End my turn") }, pass];
  }
}
