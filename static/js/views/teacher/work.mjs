// A room's work as it is being done: what was written at which step, whose marks are where, how the room came here.
import { say, t } from "../../i18n.mjs";
import { duration } from "./clocks.mjs";
import { stepTitle } from "./lesson.mjs";
import { hostName, isolated } from "./people.mjs";

/** @import { AnswerRead, Entry, Input, Lesson, LessonStep, LineView, Mark, RoomWorkView } from "../../wire.mjs" */
/** @import { Host, People } from "./types.mjs" */

/** @typedef {{ input: Input | undefined, asked: string, answers: AnswerRead[] }} Asked */
/** @typedef {{ index: number, step: LessonStep | undefined, title: string, asked: Asked[], lines: LineView[] }} StepWork */

/**
 * Return the steps at which something was written, the present one first and the others backwards from there.
 * @param {RoomWorkView} work
 * @param {Lesson | null} lesson
 * @param {string} language
 * @returns {StepWork[]}
 */
export function byStep(work, lesson, language) {
  const indices = new Set([...work.answers.map((one) => one.step), ...work.lines.map((one) => one.step)]);
  return [...indices]
    .sort((a, b) => b - a)
    .map((index) => {
      const step = lesson?.steps[index];
      const answers = work.answers.filter((one) => one.step === index && !isIntention(one, lesson));
      return {
        index,
        step,
        title: stepTitle(lesson, index, language),
        asked: byQuestion(answers, step, language),
        lines: work.lines.filter((line) => line.step === index),
      };
    })
    .filter((one) => one.asked.length > 0 || one.lines.length > 0);
}

/**
 * @param {AnswerRead[]} answers
 * @param {LessonStep | undefined} step
 * @param {string} language
 * @returns {Asked[]}
 */
function byQuestion(answers, step, language) {
  const inputs = [...new Set(answers.map((one) => one.input))];
  const place = (/** @type {string} */ id) => step?.inputs.findIndex((input) => input.id === id) ?? -1;
  return inputs
    .sort((a, b) => place(a) - place(b))
    .map((id) => {
      const input = step?.inputs.find((one) => one.id === id);
      return { input, asked: say(input?.prompt, language), answers: answers.filter((one) => one.input === id) };
    });
}

/**
 * @param {AnswerRead} answer
 * @param {Lesson | null} lesson
 */
function isIntention(answer, lesson) {
  return lesson?.steps[answer.step]?.output === "intention" && answer.input === "intention";
}

/**
 * Return what each means to work on today.
 * @param {RoomWorkView} work
 * @param {Lesson | null} lesson
 * @returns {{ member: string, step: LessonStep | undefined, input: Input | undefined, entries: Entry[] }[]}
 */
export function intentions(work, lesson) {
  return work.answers
    .filter((one) => isIntention(one, lesson) && one.entries.length > 0)
    .map((one) => {
      const step = lesson?.steps[one.step];
      return {
        member: one.member,
        step,
        input: step?.inputs.find((input) => input.id === one.input),
        entries: one.entries,
      };
    });
}

/**
 * Return the marks of either side, from all that was written.
 * @param {RoomWorkView} work
 * @param {People} people
 * @param {string} mine
 * @returns {{ ours: Mark[], theirs: Mark[] }}
 */
export function marksBySide(work, people, mine) {
  const all = [
    ...work.answers.map((one) => ({ member: one.member, entries: one.entries })),
    ...work.lines.map((one) => ({ member: one.author, entries: one.entries })),
  ];
  const of = (/** @type {boolean} */ ours) =>
    all
      .filter((one) => (people[one.member]?.side === mine) === ours)
      .flatMap((one) => one.entries.flatMap((entry) => entry.marks ?? []));
  return { ours: of(true), theirs: of(false) };
}

/**
 * Return what is to be said of an answer beside its words, or "".
 * @param {AnswerRead} answer
 */
export function answerRemark(answer) {
  if (answer.held) return t("held back: it may contain a way to get in touch");
  if (answer.late) return t("came after the time");
  return answer.seen ? "" : t("not turned over yet");
}

/** @typedef {{ at: number, words: string, long: string }} Happened */

/**
 * Return the room's way in the order of time: its steps and who visited, each with how long it took.
 * @param {RoomWorkView} work
 * @param {Lesson | null} lesson
 * @param {readonly Host[]} hosts
 * @param {string} language
 * @param {number} now
 * @returns {Happened[]}
 */
export function history(work, lesson, hosts, language, now) {
  const long = (/** @type {{ at: number, until: number | null }} */ of) => duration(((of.until ?? now) - of.at) / 1000);
  const steps = work.passed.map((one) => ({
    at: one.at,
    words:
      one.added > 0
        ? t("{step}, with {time} added", {
            step: isolated(stepTitle(lesson, one.step, language)),
            time: isolated(duration(one.added)),
          })
        : isolated(stepTitle(lesson, one.step, language)),
    long: long(one),
  }));
  const visits = work.visits.map((one) => {
    const teacher = isolated(hostName(hosts, one.by, language));
    return {
      at: one.at,
      words: one.listening_only ? t("{teacher} listened here", { teacher }) : t("{teacher} was here", { teacher }),
      long: long(one),
    };
  });
  return [...steps, ...visits].sort((a, b) => a.at - b.at);
}
