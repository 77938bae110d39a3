// The student's page as a teacher tries it: the real parts of the page, with a room that nobody sits in and nothing that is sent.
import { computed, signal } from "@preact/signals";
import { render } from "preact";
import { StudentApp } from "../components/student/app.mjs";
import { html } from "../html.mjs";
import { loadMessages, t } from "../i18n.mjs";
import { Devices } from "../rtc/devices.mjs";
import { stepAt } from "../views/lesson.mjs";
import {
  nextStep,
  previewBoards,
  previewMine,
  previewPresence,
  previewRoom,
  previewSession,
  turnsOf,
} from "../views/preview.mjs";

/** @import {Ack, Entry, Lesson, LineView, StudentBoot} from "../wire.mjs" */
/** @import {Field, StudentPage} from "../components/student/page.mjs" */
/** @import {Moment, Sample, SamplePerson} from "../views/preview.mjs" */
/** @typedef {StudentBoot & {lesson: Lesson, people: SamplePerson[], words: Record<string, string[]>, step: number}} PreviewBoot */

const app = /** @type {HTMLElement} */ (document.getElementById("app"));
/** @type {PreviewBoot} */
const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");

/** @param {PreviewBoot} boot */
function makePreview(boot) {
  const now = Date.now();
  const { lesson, people, words } = boot;
  /** @type {Sample} */
  const sample = { lesson, people, words, me: boot.member, now };
  const moment = signal(/** @type {Moment} */ ({ step: boot.step, turn: 0, finished: [], lines: [] }));
  const said = signal("");
  /** @type {Map<string, Field>} */
  const fields = new Map();
  const field = (/** @type {number} */ step, /** @type {string} */ input) => {
    const key = `${step}/${input}`;
    const known = fields.get(key);
    if (known) return known;
    const made = {
      entries: signal(/** @type {Entry[]} */ ([])),
      saved: signal(/** @type {"" | "writing" | "here" | "saved"} */ ("")),
      trouble: signal(""),
      held: signal(""),
    };
    fields.set(key, made);
    return made;
  };
  const turnEnds = () => {
    const { step, turn } = moment.peek();
    const at = stepAt(lesson, step, people.length);
    if (at && turn + 1 < turnsOf(at, people).length) moment.value = { ...moment.peek(), turn: turn + 1 };
    else stepEnds();
  };
  const stepEnds = () => {
    const { step, lines } = moment.peek();
    moment.value = { step: nextStep(lesson, step, people.length), turn: 0, finished: [], lines };
  };
  const none = { ok: false, message: t("This is a preview: nothing is sent.") };
  const addLine = (/** @type {number} */ step, /** @type {string} */ input) => {
    const { entries } = field(step, input);
    const before = moment.peek();
    const id = `mine-${before.lines.length}`;
    const author = boot.member;
    /** @type {LineView} */
    const line = {
      id,
      step,
      author,
      work: id,
      entries: entries.peek(),
      approved: [author],
      chosen_by: [],
      proposal: null,
      held: "",
    };
    moment.value = { ...before, lines: [...before.lines, line] };
    entries.value = [];
  };
  const plain = {
    boot,
    seat: {
      members: signal([boot.member]),
      at: signal(boot.member),
      covered: signal(false),
      passing: signal(""),
      stays: signal(""),
      sit: () => {},
      pass: () => {},
    },
    me: signal(null),
    session: signal(previewSession(sample)),
    mine: computed(() => previewMine(sample, moment.value)),
    room: computed(() => previewRoom(sample, moment.value)),
    presence: signal(previewPresence(sample)),
    boards: signal(previewBoards(sample)),
    lesson: signal(lesson),
    trouble: signal(false),
    stoppedBy: signal(null),
    savingIsDelayed: signal(false),
    told: signal([]),
    said,
    checked: signal(true),
    remotes: signal([]),
    uplink: signal({ level: 0, voiceAlone: false }),
    tryPicture: () => {},
    saver: signal("off"),
    plenary: { view: signal(null), together: signal(false), whyNot: signal("") },
    noVideo: signal(t("Preview: no camera is on.")),
    devices: new Devices(undefined),
    allowed: () => "none",
    hears: () => true,
    sees: () => false,
    now: Date.now,
    field,
    write: (/** @type {number} */ step, /** @type {string} */ input, /** @type {Entry[]} */ entries) => {
      field(step, input).entries.value = entries;
    },
    give: () => {},
    handingIn: signal(false),
    giveAll: () => Promise.resolve([]),
    addLine: (/** @type {number} */ step, /** @type {string} */ input) => {
      addLine(step, input);
      return Promise.resolve(/** @type {Ack} */ ({ ok: true }));
    },
    command: (/** @type {string} */ kind) => {
      if (kind === "finish") stepEnds();
      else if (kind === "take_turn" || (kind === "confirm" && moment.peek().turn > 0)) turnEnds();
      else return Promise.resolve(none);
      return Promise.resolve(/** @type {Ack} */ ({ ok: true }));
    },
    turn: () => {},
    openDevices: () => {},
    finishCheck: () => {},
    listen: () => () => {},
    chime: () => {},
    adultBeside: signal(false),
    sayAdultBeside: () => {},
    takeOver: () => {},
    dismiss: () => {},
    tell: () => {},
    announce: (/** @type {string} */ words) => {
      said.value = words;
    },
  };
  // The whole class's call is never opened here, so most of it is not made.
  return /** @type {StudentPage} */ (/** @type {unknown} */ (plain));
}

await loadMessages(boot.language);
app.replaceChildren();
render(html`<${StudentApp} page=${makePreview(boot)} />`, app);
