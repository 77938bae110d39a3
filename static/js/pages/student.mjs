// The student's live page: brings the network, the devices and the parts of the page together.
import { computed, effect, signal } from "@preact/signals";
import { render } from "preact";
import { StudentApp } from "../components/student/app.mjs";
import { html } from "../html.mjs";
import { loadMessages, say, t } from "../i18n.mjs";
import { deviceShelf, Live } from "../net/live.mjs";
import { Seat } from "../net/seat.mjs";
import { worthSending } from "../net/writing.mjs";
import { Devices, listenTo, playChime } from "../rtc/devices.mjs";
import { deviceNews } from "../views/devices.mjs";
import { stepAt } from "../views/lesson.mjs";
import { hears, sees } from "../views/media.mjs";
import { changes } from "../views/notices.mjs";
import { isNews, moveForChildren } from "../views/pace.mjs";
import { signature } from "../views/people.mjs";
import { isOnesOwn, withoutPrivate } from "../views/seat.mjs";
import { adultBeside } from "./student/adult.mjs";
import {
  allowedMedia,
  keepMediaInStep,
  keepSoundRules,
  keepSparing,
  keepTalkMeasured,
  plenaryCall,
  rememberedSaver,
  roomCall,
} from "./student/media.mjs";
import { boot, remember, remembered, shelf } from "./student/tab.mjs";
import { keepLastWords, keepSeat, keepWritingInStep, makePens } from "./student/writing.mjs";

/** @import {Entry, Lesson} from "../wire.mjs" */
/** @import {MediaRoom} from "../rtc/media-room.mjs" */
/** @import {PlenaryCall} from "../rtc/plenary-call.mjs" */
/** @import {Moment, Told} from "../views/notices.mjs" */
/** @import {Pen, Pens} from "./student/writing.mjs" */

const PASSES_AFTER = 12_000;

const app = /** @type {HTMLElement} */ (document.getElementById("app"));

/** Everything of a lesson under way. @param {string} session */
function begin(session) {
  const live = new Live({ socket: boot.socket, session, who: boot.member });
  const seat = new Seat({ first: boot.member, session, shelf });
  const pens = makePens(session, live, seat);
  const devices = new Devices(navigator.mediaDevices, {
    shelf: deviceShelf(),
    tell: (device, what) => {
      const text = deviceNews(device, what, devices.trouble.peek()[device]);
      page.tell({ id: `device-${Date.now()}`, kind: what === "lost" ? "warn" : "good", text });
    },
  });
  const mesh = roomCall(live);
  const plenary = plenaryCall(live, seat, devices);
  const page = makePage(session, live, seat, pens, devices, mesh, plenary);
  keepSeat(live, seat, pens);
  keepWritingInStep(live, pens);
  keepMediaInStep(live, devices, mesh, page, plenary);
  keepSparing(mesh, page);
  keepSoundRules(live, seat, devices, mesh);
  keepTalkMeasured(session, live, devices, page);
  keepLastWords(live, pens, page);
  keepTelling(live, page);
  live.start();
  return page;
}

/**
 * @param {string} session
 * @param {Live} live
 * @param {Seat} seat
 * @param {Pens} pens
 * @param {Devices} devices
 * @param {MediaRoom} mesh
 * @param {PlenaryCall} plenary
 */
function makePage(session, live, seat, pens, devices, mesh, plenary) {
  const { store } = live;
  const checkKey = `havruta-checked/${boot.member}`;
  const told = signal(/** @type {Told[]} */ ([]));
  const said = signal("");
  const checked = signal(Boolean(boot.checked) || remembered(checkKey));
  const noVideo = signal("");
  /** The step that I last called done; the room may move on with that same word. */
  let done = -1;
  /** @type {Set<string>} */
  const toldBefore = new Set();
  const tell = (/** @type {Told} */ one) => {
    if (toldBefore.has(one.id) || remembered(`havruta-told/${session}/${one.id}`)) return;
    toldBefore.add(one.id);
    // peek: whoever tells must not be told again because of it
    told.value = [...told.peek(), one];
    if (!one.stays) setTimeout(() => dismiss(one.id), PASSES_AFTER);
  };
  const dismiss = (/** @type {string} */ id) => {
    if (told.peek().some((one) => one.id === id && one.stays)) remember(`havruta-told/${session}/${id}`);
    told.value = told.peek().filter((one) => one.id !== id);
  };
  const lesson = signal(/** @type {Lesson | null} */ (null));
  const together = (/** @type {number} */ step) => lesson.peek()?.steps[step]?.kind === "together";
  const pen = () => pens.of(seat.at.value);
  const addLineOf = async (
    /** @type {Pen} */ { member, writing },
    /** @type {number} */ step,
    /** @type {string} */ input,
  ) => {
    const field = writing.field(step, input);
    const sent = field.entries.peek();
    const entries = worthSending(sent).slice(0, 1);
    const ack = await live.command("add_line", { step, input, entries, ...seat.as(member) });
    // Whoever wrote on in the meantime goes on with that.
    if (ack.ok && field.entries.peek() === sent) writing.write(step, input, []);
    return ack;
  };
  const giveAllOf = (/** @type {Pen} */ one, /** @type {number} */ step) => {
    if (!together(step)) return one.writing.giveAll(step);
    const lines = (lesson.peek()?.steps[step]?.inputs ?? []).filter(
      (input) => worthSending(one.writing.field(step, input.id).entries.peek()).length > 0,
    );
    return Promise.all(lines.map((input) => addLineOf(one, step, input.id)));
  };
  /** Whether the page shows one learner's own part: always, unless two look at it together. */
  const onesOwn = computed(() => {
    const room = store.room.value;
    const plan = lesson.value;
    if (seat.members.value.length < 2) return true;
    const step = room && plan ? stepAt(plan, room.step, room.members.length) : null;
    return store.session.value?.status === "running" && room !== null && isOnesOwn(step, room);
  });
  const mine = computed(() => {
    const own = store.mine.value;
    return own && !onesOwn.value ? withoutPrivate(own, lesson.value) : own;
  });
  return {
    boot,
    me: store.me,
    session: store.session,
    seat,
    mine,
    room: store.room,
    presence: store.presence,
    boards: store.boards,
    lesson,
    trouble: live.trouble,
    stoppedBy: live.stoppedBy,
    savingIsDelayed: live.savingIsDelayed,
    told,
    said,
    checked,
    handingIn: signal(false),
    noVideo,
    remotes: mesh.remotes,
    uplink: mesh.uplink,
    tryPicture: mesh.tryPicture.bind(mesh),
    saver: signal(rememberedSaver()),
    plenary,
    devices,
    now: () => store.clock.now(),
    field: (/** @type {number} */ step, /** @type {string} */ input) => pen().writing.field(step, input),
    write: (/** @type {number} */ step, /** @type {string} */ input, /** @type {Entry[]} */ entries) =>
      pen().writing.write(step, input, entries),
    // What is written together is made of lines, which are added; there is no answer of one's own to give.
    give: (/** @type {number} */ step, /** @type {string} */ input) => {
      if (!together(step)) void pen().writing.give(step, input);
    },
    giveAll: async (/** @type {number} */ step) => {
      const writers = onesOwn.peek() ? [pen()] : pens.all();
      return (await Promise.all(writers.map((one) => giveAllOf(one, step)))).flat();
    },
    giveAllOf,
    unfinished: (/** @type {number} */ step) =>
      step !== done &&
      pens
        .all()
        .some(({ writing }) =>
          [...writing.fields].some(([key, field]) => key.startsWith(`${step}/`) && field.entries.peek().length > 0),
        ),
    addLine: (/** @type {number} */ step, /** @type {string} */ input) => addLineOf(pen(), step, input),
    command: (
      /** @type {string} */ kind,
      /** @type {Record<string, unknown>} */ fields = {},
      /** @type {string} */ member = seat.at.value,
    ) => {
      if (kind === "finish") done = Number(fields.step);
      return live.command(kind, { ...fields, ...seat.as(member) });
    },
    turn: devices.turn.bind(devices),
    openDevices: () => void devices.open(allowedMedia(store.room.value?.members, seat)),
    finishCheck: () => {
      remember(checkKey);
      checked.value = true;
    },
    listen: (/** @type {(level: number) => void} */ heard) =>
      devices.stream.value ? listenTo(devices.stream.value, heard) : () => {},
    chime: () => void playChime(devices.remembered.peek().speaker),
    allowed: () => allowedMedia(store.room.value?.members, seat),
    hears: (/** @type {string} */ who) => {
      const room = store.room.value;
      return room === null || hears(room, store.presence.value, boot.member, who);
    },
    sees: (/** @type {string} */ who) => store.room.value === null || sees(store.room.value, who),
    ...adultBeside(live),
    takeOver: () => live.start(),
    dismiss,
    tell,
    announce: (/** @type {string} */ words) => {
      said.value = words;
    },
  };
}

/** @typedef {ReturnType<typeof makePage>} Page */

/**
 * @param {Live} live
 * @param {Page} page
 */
function keepTelling(live, page) {
  const { store } = live;
  let hash = "";
  effect(() => {
    const wanted = store.session.value?.lesson;
    if (!wanted || wanted === hash) return;
    hash = wanted;
    void fetchLesson(wanted, page);
  });
  /** @type {Moment} */
  let before = { room: null, session: null, lesson: null, unfinished: false };
  effect(() => {
    const room = store.room.value;
    const session = store.session.value;
    if (!room || session?.status !== "running") return;
    const step = before.room?.step;
    const now = { room, session, lesson: null, unfinished: step !== undefined && page.unfinished(step) };
    for (const one of changes({ ...before, unfinished: now.unfinished }, now, boot.member)) page.tell(one);
    if (!before.room) welcomeBack(room.step, room.room, page);
    for (const note of [...session.notes, ...room.notes]) {
      const by = signature(session.hosts.find((host) => host.id === note.by));
      page.tell({ id: `note-${note.id}`, kind: "good", text: say(note.wording) || note.text, stays: true, by });
    }
    tellMove(session, page);
    before = now;
  });
}

/**
 * What a teacher has just done with the time of all, once, with a name to it.
 * @param {import("../wire.mjs").SessionView} session
 * @param {Page} page
 */
function tellMove({ moved, hosts }, page) {
  if (!isNews(moved, page.now())) return;
  const text = moveForChildren(moved, signature(hosts.find((host) => host.id === moved.by)));
  if (text) page.tell({ id: `move-${moved.at}`, kind: "good", text });
}

/**
 * @param {number} step
 * @param {string} room
 * @param {Page} page
 */
function welcomeBack(step, room, page) {
  const key = `havruta-was-in/${room}`;
  if (remembered(key) && step > 0) {
    page.tell({
      id: `back-${Date.now()}`,
      kind: "good",
      text: t("Welcome back. You are where your room is now, and your words are here."),
    });
  }
  remember(key);
}

/**
 * @param {string} hash
 * @param {Page} page
 */
async function fetchLesson(hash, page) {
  try {
    const answer = await fetch(`/api/lessons/${encodeURIComponent(hash)}`);
    if (!answer.ok) throw new Error(String(answer.status));
    page.lesson.value = await answer.json();
  } catch {
    setTimeout(() => void fetchLesson(hash, page), 2000);
  }
}

/** A visit outside a lesson: nothing is connected. */
function nothingYet() {
  const none = signal(null);
  return /** @type {any} */ ({
    boot,
    seat: { members: signal([boot.member]), at: signal(boot.member) },
    me: none,
    session: none,
    mine: none,
    room: none,
    presence: none,
    boards: signal(new Map()),
    lesson: none,
    trouble: signal(false),
    stoppedBy: none,
    savingIsDelayed: signal(false),
    told: signal([]),
    said: signal(""),
    checked: signal(true),
    handingIn: signal(false),
    remotes: signal([]),
    uplink: signal({ level: 0, voiceAlone: false }),
    saver: signal("off"),
    plenary: { view: none, together: signal(false) },
    noVideo: signal(""),
    adultBeside: signal(false),
    now: Date.now,
  });
}

await loadMessages(boot.language);
app.replaceChildren();
render(html`<${StudentApp} page=${boot.session ? begin(boot.session) : nothingYet()} />`, app);
