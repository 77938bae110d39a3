// The student's live page: brings the network, the devices and the parts of the page together.
import { computed, effect, signal } from "@preact/signals";
import { render } from "preact";
import { StudentApp } from "../components/student/app.mjs";
import { html } from "../html.mjs";
import { loadMessages, t } from "../i18n.mjs";
import { Drafts } from "../net/drafts.mjs";
import { deviceShelf, Live, tabShelf } from "../net/live.mjs";
import { Seat } from "../net/seat.mjs";
import { Writing, worthSending } from "../net/writing.mjs";
import { Awake } from "../rtc/awake.mjs";
import { ChosenRoom } from "../rtc/chosen-room.mjs";
import { Devices, listenTo, playChime } from "../rtc/devices.mjs";
import { IceServers, iceOnce, NO_WAY } from "../rtc/ice.mjs";
import { LivekitRoom } from "../rtc/livekit-room.mjs";
import { Mesh } from "../rtc/mesh.mjs";
import { hush, PlenaryCall, wayTo } from "../rtc/plenary-call.mjs";
import { TalkMeter } from "../rtc/talk.mjs";
import { deviceNews } from "../views/devices.mjs";
import { stepAt } from "../views/lesson.mjs";
import { closedFor, hears, sees } from "../views/media.mjs";
import { changes } from "../views/notices.mjs";
import { signature } from "../views/people.mjs";
import { atDevice, isOnesOwn, leastOf, withoutPrivate } from "../views/seat.mjs";

/** @import {Entry, Lesson, Media, StudentBoot} from "../wire.mjs" */
/** @import {Saver} from "../rtc/quality.mjs" */
/** @import {MediaRoom} from "../rtc/media-room.mjs" */
/** @import {Moment, Told} from "../views/notices.mjs" */

const PASSES_AFTER = 12_000;
const THANKS_AFTER = 4000;
const LEAVES_AFTER = 2000;
const SAVER = "havruta-data-saver";
const TALK_TOLD_EVERY = 10_000;

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

/** @typedef {{member: string, drafts: Drafts, writing: Writing, room: string}} Pen */
/** @typedef {{of: (member: string) => Pen, all: () => Pen[]}} Pens */

/**
 * What is written at this device: each learner's drafts and answers, kept and sent in their own name.
 * @param {string} session
 * @param {Live} live
 * @param {Seat} seat
 * @returns {Pens}
 */
function makePens(session, live, seat) {
  /** @type {Map<string, Pen>} */
  const pens = new Map();
  const make = (/** @type {string} */ member) => {
    const as = seat.as(member);
    const drafts = new Drafts({
      session,
      member,
      shelf: deviceShelf(),
      send: async (draft) => {
        const fields = { ...draft, entries: worthSending(draft.entries), ...as };
        const place = `draft/${member}/${draft.step}/${draft.input}`;
        if (live.trouble.value) writing.offline();
        const ack = await live.command("save_draft", fields, place);
        // One that was dropped for a newer one has arrived nowhere: the newer one says when the words are with the server.
        if (!live.outbox.pending.some((one) => one.replaces === place)) writing.draftKept(draft.step, draft.input, ack);
      },
    });
    const writing = new Writing({
      drafts,
      answer: (step, input, entries) => live.command("answer", { step, input, entries, ...as }),
    });
    return { member, drafts, writing, room: "" };
  };
  return {
    of: (member) => {
      const known = pens.get(member) ?? make(member);
      pens.set(member, known);
      return known;
    },
    all: () => [...pens.values()],
  };
}

/**
 * @param {Live} live
 * @param {Seat} seat
 * @param {Pens} pens
 */
function keepSeat(live, seat, pens) {
  effect(() => {
    const me = live.store.me.value;
    if (me) seat.hear(me);
  });
  effect(() => {
    live.store.keyboard.value = seat.at.value;
  });
  // Whoever leaves this device takes along what they have written, to the last word.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.leaves === undefined) return;
    event.preventDefault();
    for (const { drafts } of pens.all()) drafts.flush();
    const unanswered = new Promise((resolve) => {
      const stop = effect(() => {
        if (live.unanswered.value === 0) resolve(undefined);
      });
      setTimeout(() => {
        stop();
        resolve(undefined);
      }, LEAVES_AFTER);
    });
    void unanswered.then(() => form.submit());
  });
}

/**
 * The call with my partners: between browsers, or by the media server where the school has it so.
 * @param {Live} live
 * @returns {MediaRoom}
 */
function roomCall(live) {
  const mesh = new Mesh({ send: (to, message) => live.signal(to, message) });
  if (!boot.livekit_rooms) return mesh;
  const livekit = new LivekitRoom({ way: () => wayTo(`${boot.media_way}room`) });
  return new ChosenRoom({ mesh, livekit, carrier: computed(() => live.store.plenary.value?.carrier ?? null) });
}

/**
 * The call of the whole class, in which my own devices are silent unless I have the floor.
 * @param {Live} live
 * @param {Seat} seat
 * @param {Devices} devices
 */
function plenaryCall(live, seat, devices) {
  const { store } = live;
  const plenary = new PlenaryCall({
    plenary: store.plenary,
    me: store.me,
    still: computed(
      () => Boolean(store.session.value?.paused?.calm) || live.stoppedBy.value !== null || store.room.value === null,
    ),
    adults: computed(() => (store.session.value?.hosts ?? []).map((host) => host.id)),
    devices,
    way: boot.media_way,
    ice: () => iceOnce(boot.ice),
    send: (to, message) => live.signal(to, message),
  });
  const hasFloor = computed(() => seat.members.value.includes(store.plenary.value?.speaker ?? ""));
  hush({ together: plenary.together, hasFloor, where: boot.sides[boot.side]?.where ?? "school", devices });
  return plenary;
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
 * What the family agreed to, or at a shared device both; the server refuses the rest as well.
 * @param {import("../wire.mjs").MemberView[] | undefined} members
 * @param {Seat} seat
 * @returns {Media}
 */
function allowedMedia(members, seat) {
  const here = members?.filter((member) => seat.members.value.includes(member.id)) ?? [];
  return here.length > 0 ? leastOf(here.map((member) => member.media)) : (boot.media ?? "video");
}

/**
 * @param {Live} live
 * @param {Pens} pens
 */
function keepWritingInStep(live, pens) {
  const { store } = live;
  let step = -1;
  const flush = () => {
    for (const { drafts } of pens.all()) drafts.flush();
  };
  effect(() => {
    for (const mine of store.mines.value.values()) {
      const pen = pens.of(mine.member);
      // Drafts belong to a person; the answers of another room are not the ones to go on with.
      if (pen.room && mine.room && mine.room !== pen.room) pen.writing.reset();
      pen.room = mine.room ?? pen.room;
      if (pen.writing.mine !== mine) pen.writing.hear(mine);
    }
  });
  effect(() => {
    const now = store.room.value?.step ?? -1;
    if (now !== step) flush();
    step = now;
  });
  effect(() => {
    if (live.trouble.value) for (const { writing } of pens.all()) writing.offline();
  });
  document.addEventListener("visibilitychange", flush);
  window.addEventListener("pagehide", flush);
}

/**
 * Whoever is in the middle of a sentence when the lesson closes still hands it in; thanks wait for that, but not for ever.
 * @param {Live} live
 * @param {Pens} pens
 * @param {Page} page
 */
function keepLastWords(live, pens, page) {
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
    const lines = steps[last]?.kind === "together" ? pens.all().map((pen) => page.giveAllOf(pen, last)) : [];
    // What is written together is added as a line; it is no answer of one's own.
    const answers = pens.all().map(({ writing }) => writing.giveEverything((at) => steps[at]?.kind !== "together"));
    void Promise.all([...lines, ...answers]).then(thanks);
  });
}

/**
 * @param {Live} live
 * @param {Devices} devices
 * @param {MediaRoom} mesh
 * @param {Page} page
 * @param {PlenaryCall} plenary
 */
function keepMediaInStep(live, devices, mesh, page, plenary) {
  const { store } = live;
  const servers = new IceServers({
    address: boot.ice,
    found: (ice, reason) => {
      if (ice) mesh.open(ice);
      // A media server brings its own ways; between browsers there is none.
      else if (boot.livekit_rooms && reason === "no_relay") mesh.open(NO_WAY);
      else page.noVideo.value = t("Without pictures and sound today");
    },
  });
  live.onSignal = (message) => (plenary.takesOver.value ? plenary.hear(message) : mesh.hear(message));
  live.devices = () => ({ camera: devices.camera.peek(), microphone: devices.microphone.peek() });
  live.onOpen = () => {
    mesh.again();
    plenary.again();
    void servers.ask();
  };
  effect(() => mesh.show(devices.stream.value));
  effect(() => {
    const room = store.room.value;
    const presence = store.presence.value;
    const agreed = new Map(room?.members.map((member) => [member.id, member.media]));
    const shared = (presence?.peers ?? []).filter((peer) => peer.kind === "student" && atDevice(peer).length > 1);
    const media = new Map([
      ...agreed,
      ...shared.map((peer) => /** @type {const} */ ([peer.who, leastOf(atDevice(peer).map((who) => agreed.get(who)))])),
    ]);
    const running = store.session.value?.status === "running";
    const silent = allowedMedia(room?.members, page.seat) === "none" || Boolean(store.session.value?.paused?.calm);
    const elsewhere = plenary.takesOver.value;
    const belongs = (/** @type {string} */ who) =>
      !silent && !elsewhere && running && (who in (room?.visitors ?? {}) || (media.get(who) ?? "none") !== "none");
    mesh.allow(allowedMedia(room?.members, page.seat));
    mesh.meet(store.me.value?.peer ?? null, room && presence?.scope === room.room ? presence.peers : [], belongs);
  });
  // Whoever tried the devices before (this visit or an earlier one) is not asked again.
  effect(() => {
    const ready = page.checked.value && store.room.value !== null && store.session.value?.status === "running";
    if (ready && devices.stream.peek() === null && !devices.opening.peek()) page.openDevices();
  });
  effect(() => {
    const camera = devices.camera.value;
    const microphone = devices.microphone.value;
    const holding = devices.holding.value;
    if (store.session.value) void live.command("device_state", { camera, microphone, holding }, "device_state");
  });
  effect(() => {
    if (live.stoppedBy.value || store.session.value?.status === "closed") {
      servers.stop();
      mesh.close();
      devices.close();
    }
  });
}

/**
 * Whose microphone is open, whose picture may be there, who sits beside me: the server says so, and this device obeys.
 * @param {Live} live
 * @param {Seat} seat
 * @param {Devices} devices
 * @param {MediaRoom} mesh
 */
function keepSoundRules(live, seat, devices, mesh) {
  const { store } = live;
  effect(() => {
    const calm = Boolean(store.session.value?.paused?.calm);
    devices.keepClosed("calm", { camera: calm, microphone: calm });
  });
  effect(() => {
    const room = store.room.value;
    const { turn, budget } = room ? closedFor(room, seat.members.value) : { turn: false, budget: false };
    devices.keepClosed("turn", { camera: false, microphone: turn });
    devices.keepClosed("budget", { camera: budget, microphone: false });
  });
  effect(() => devices.keepClosed("hold", { camera: false, microphone: devices.remembered.value.hold }));
  effect(() => {
    const room = store.room.value;
    const presence = store.presence.value;
    const rules = {
      hears: (/** @type {string} */ who) => room === null || hears(room, presence, boot.member, who),
      sees: (/** @type {string} */ who) => room === null || sees(room, who),
    };
    mesh.obey(rules);
  });
  const awake = new Awake();
  effect(() => void awake.want(store.session.value?.status === "running" && !live.stoppedBy.value));
}

/**
 * In open talk count how long I speak, and tell the number now and then. A reload goes on counting; a new step begins anew.
 * @param {string} session
 * @param {Live} live
 * @param {Devices} devices
 * @param {Page} page
 */
function keepTalkMeasured(session, live, devices, page) {
  const { store } = live;
  const talking = computed(() => {
    const room = store.room.value;
    const open = room?.state === "working" && store.session.value?.status === "running" && !store.session.value.paused;
    return room && open && page.lesson.value?.steps[room.step]?.kind === "talk" ? `${room.room}/${room.step}` : "";
  });
  effect(() => {
    const stream = devices.stream.value;
    const place = talking.value;
    if (!place || !stream || stream.getAudioTracks().length === 0) return;
    const key = `havruta-talk/${session}/${place}`;
    const step = Number(place.slice(place.lastIndexOf("/") + 1));
    const meter = new TalkMeter(Number(shelf?.getItem(key) ?? 0));
    const stop = listenTo(stream, (level) => meter.hear(level, performance.now()));
    const tell = () => {
      const reliable = devices.remembered.peek().headphones === "yes";
      shelf?.setItem(key, String(meter.seconds));
      void live.command("talk_share", { step, seconds_spoken: meter.seconds, reliable }, "talk_share");
    };
    const timer = setInterval(tell, TALK_TOLD_EVERY);
    return () => {
      clearInterval(timer);
      stop();
    };
  });
}

/**
 * How much data this device may spend on pictures is its own business, and lasts.
 * @param {MediaRoom} mesh
 * @param {Page} page
 */
function keepSparing(mesh, page) {
  effect(() => {
    const saver = page.saver.value;
    mesh.spare(saver);
    try {
      deviceShelf()?.setItem(SAVER, saver);
    } catch {
      // without storage the choice lasts for the page
    }
  });
}

/** @returns {Saver} */
function rememberedSaver() {
  const kept = deviceShelf()?.getItem(SAVER);
  return kept === "small" || kept === "none" ? kept : "off";
}

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
    now: Date.now,
  });
}

await loadMessages(boot.language);
app.replaceChildren();
render(html`<${StudentApp} page=${boot.session ? begin(boot.session) : nothingYet()} />`, app);
