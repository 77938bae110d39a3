// The student's live page: brings the network, the devices and the parts of the page together.
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { StudentApp } from "../components/student/app.mjs";
import { html } from "../html.mjs";
import { loadMessages, t } from "../i18n.mjs";
import { Drafts } from "../net/drafts.mjs";
import { deviceShelf, Live, tabShelf } from "../net/live.mjs";
import { Writing, worthSending } from "../net/writing.mjs";
import { Devices, listenTo, playChime } from "../rtc/devices.mjs";
import { Mesh } from "../rtc/mesh.mjs";
import { changes } from "../views/notices.mjs";
import { signature } from "../views/people.mjs";

/** @import {Lesson, Media, StudentBoot} from "../wire.mjs" */
/** @import {Moment, Told} from "../views/notices.mjs" */

const PASSES_AFTER = 12_000;
const THANKS_AFTER = 4000;

/** @type {StudentBoot} */
const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const app = /** @type {HTMLElement} */ (document.getElementById("app"));
const shelf = tabShelf();

/**
 * @param {string} key
 * @returns {boolean}
 */
function remembered(key) {
  return shelf?.getItem(key) === "1";
}

/** @param {string} key */
function remember(key) {
  try {
    shelf?.setItem(key, "1");
  } catch {
    // asked again after a reload
  }
}

/** Everything of a lesson under way. @param {string} session */
function begin(session) {
  const live = new Live({ socket: boot.socket, session, who: boot.member });
  const drafts = new Drafts({
    session,
    member: boot.member,
    shelf: deviceShelf(),
    send: async (draft) => {
      const entries = worthSending(draft.entries);
      const place = `draft/${draft.step}/${draft.input}`;
      if (live.trouble.value) writing.offline();
      const ack = await live.command("save_draft", { ...draft, entries }, place);
      // One that was dropped for a newer one has arrived nowhere: the newer one says when the words are with the server.
      if (!live.outbox.pending.some((one) => one.replaces === place)) writing.draftKept(draft.step, draft.input, ack);
    },
  });
  const writing = new Writing({
    drafts,
    answer: (step, input, entries) => live.command("answer", { step, input, entries }),
  });
  const devices = new Devices();
  const mesh = new Mesh({ send: (to, message) => live.signal(to, message) });
  const page = makePage(session, live, writing, devices, mesh);
  keepWritingInStep(live, writing, drafts);
  keepMediaInStep(live, devices, mesh, page);
  keepLastWords(live, writing, page);
  keepTelling(live, writing, page);
  live.start();
  return page;
}

/**
 * @param {string} session
 * @param {Live} live
 * @param {Writing} writing
 * @param {Devices} devices
 * @param {Mesh} mesh
 */
function makePage(session, live, writing, devices, mesh) {
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
  const addLine = async (/** @type {number} */ step, /** @type {string} */ input) => {
    const field = writing.field(step, input);
    const sent = field.entries.peek();
    const ack = await live.command("add_line", { step, input, entries: worthSending(sent).slice(0, 1) });
    // Whoever wrote on in the meantime goes on with that.
    if (ack.ok && field.entries.peek() === sent) writing.write(step, input, []);
    return ack;
  };
  const linesToAdd = (/** @type {number} */ step) =>
    (lesson.peek()?.steps[step]?.inputs ?? []).filter(
      (input) => worthSending(writing.field(step, input.id).entries.peek()).length > 0,
    );
  return {
    boot,
    me: store.me,
    session: store.session,
    mine: store.mine,
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
    devices,
    now: () => store.clock.now(),
    field: writing.field.bind(writing),
    write: writing.write.bind(writing),
    // What is written together is made of lines, which are added; there is no answer of one's own to give.
    give: (/** @type {number} */ step, /** @type {string} */ input) => {
      if (!together(step)) void writing.give(step, input);
    },
    giveAll: (/** @type {number} */ step) =>
      together(step) ? Promise.all(linesToAdd(step).map((input) => addLine(step, input.id))) : writing.giveAll(step),
    addLine,
    command: (/** @type {string} */ kind, /** @type {Record<string, unknown>} */ fields = {}) => {
      if (kind === "finish") done = Number(fields.step);
      return live.command(kind, fields);
    },
    calledDone: () => done,
    turn: devices.turn.bind(devices),
    openDevices: () => void devices.open(allowedMedia(store.room.value?.members)),
    finishCheck: () => {
      remember(checkKey);
      checked.value = true;
    },
    listen: (/** @type {(level: number) => void} */ heard) =>
      devices.stream.value ? listenTo(devices.stream.value, heard) : () => {},
    chime: playChime,
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
 * What the family agreed to; the server refuses the rest as well.
 * @param {import("../wire.mjs").MemberView[] | undefined} members
 * @returns {Media}
 */
function allowedMedia(members) {
  return members?.find((member) => member.id === boot.member)?.media ?? boot.media ?? "video";
}

/**
 * @param {Live} live
 * @param {Writing} writing
 * @param {Drafts} drafts
 */
function keepWritingInStep(live, writing, drafts) {
  const { store } = live;
  let step = -1;
  let room = "";
  effect(() => {
    const mine = store.mine.value;
    if (!mine) return;
    // Drafts belong to a person; the answers of another room are not the ones to go on with.
    if (room && mine.room && mine.room !== room) writing.reset();
    room = mine.room ?? room;
    writing.hear(mine);
  });
  effect(() => {
    const now = store.room.value?.step ?? -1;
    if (now !== step) drafts.flush();
    step = now;
  });
  effect(() => {
    if (live.trouble.value) writing.offline();
  });
  document.addEventListener("visibilitychange", () => drafts.flush());
  window.addEventListener("pagehide", () => drafts.flush());
}

/**
 * Whoever is in the middle of a sentence when the lesson closes still hands it in; thanks wait for that, but not for ever.
 * @param {Live} live
 * @param {Writing} writing
 * @param {Page} page
 */
function keepLastWords(live, writing, page) {
  let wasOpen = false;
  effect(() => {
    const status = live.store.session.value?.status;
    if (status === "running") wasOpen = true;
    if (status !== "closed" || !wasOpen) return;
    wasOpen = false;
    const steps = page.lesson.peek()?.steps ?? [];
    const thanks = () => {
      page.handingIn.value = false;
    };
    page.handingIn.value = true;
    setTimeout(thanks, THANKS_AFTER);
    const last = live.store.room.peek()?.step ?? -1;
    const line = steps[last]?.kind === "together" ? page.giveAll(last) : Promise.resolve([]);
    // What is written together is added as a line; it is no answer of one's own.
    void Promise.all([line, writing.giveEverything((step) => steps[step]?.kind !== "together")]).then(thanks);
  });
}

/**
 * @param {Live} live
 * @param {Devices} devices
 * @param {Mesh} mesh
 * @param {Page} page
 */
function keepMediaInStep(live, devices, mesh, page) {
  const { store } = live;
  live.onSignal = (message) => mesh.hear(message);
  live.onOpen = () => {
    mesh.again();
    void openIce(mesh, page);
  };
  effect(() => mesh.show(devices.stream.value));
  effect(() => {
    const room = store.room.value;
    const presence = store.presence.value;
    const media = new Map(room?.members.map((member) => [member.id, member.media]));
    const running = store.session.value?.status === "running";
    const silent = allowedMedia(room?.members) === "none" || Boolean(store.session.value?.paused?.calm);
    const belongs = (/** @type {string} */ who) =>
      !silent && running && (who in (room?.visitors ?? {}) || (media.get(who) ?? "none") !== "none");
    mesh.meet(store.me.value?.peer ?? null, room && presence?.scope === room.room ? presence.peers : [], belongs);
  });
  effect(() => devices.silence(Boolean(store.session.value?.paused?.calm)));
  // Whoever tried the devices before (this visit or an earlier one) is not asked again.
  effect(() => {
    const ready = page.checked.value && store.room.value !== null && store.session.value?.status === "running";
    if (ready && devices.stream.peek() === null && !devices.opening.peek()) page.openDevices();
  });
  effect(() => {
    const camera = devices.camera.value;
    const microphone = devices.microphone.value;
    if (store.session.value) void live.command("device_state", { camera, microphone }, "device_state");
  });
  effect(() => {
    if (live.stoppedBy.value || store.session.value?.status === "closed") {
      mesh.close();
      devices.close();
    }
  });
}

/**
 * @param {Mesh} mesh
 * @param {Page} page
 */
async function openIce(mesh, page) {
  try {
    const answer = await fetch(boot.ice);
    if (!answer.ok) return;
    const ice = await answer.json();
    if (ice.video === false) {
      page.noVideo.value = t("Without pictures and sound today");
      return;
    }
    mesh.open({ iceServers: ice.iceServers, iceTransportPolicy: ice.iceTransportPolicy });
  } catch {
    // asked again with the next connection
  }
}

/**
 * @param {Live} live
 * @param {Writing} writing
 * @param {Page} page
 */
function keepTelling(live, writing, page) {
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
    const fields = step === undefined ? [] : [...writing.fields].filter(([key]) => key.startsWith(`${step}/`));
    const written = fields.some(([, field]) => field.entries.peek().length > 0);
    const now = { room, session, lesson: null, unfinished: written && step !== page.calledDone() };
    for (const one of changes({ ...before, unfinished: now.unfinished }, now, boot.member)) page.tell(one);
    if (!before.room) welcomeBack(room.step, room.room, page);
    for (const note of [...session.notes, ...room.notes]) {
      const by = signature(session.hosts.find((host) => host.id === note.by));
      page.tell({ id: `note-${note.id}`, kind: "good", text: note.text, stays: true, by });
    }
    before = now;
  });
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
    noVideo: signal(""),
    now: Date.now,
  });
}

await loadMessages(boot.language);
app.replaceChildren();
render(html`<${StudentApp} page=${boot.session ? begin(boot.session) : nothingYet()} />`, app);
