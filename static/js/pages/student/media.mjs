// Picture and sound of the student's page, in step with what the server says of the room.
import { computed, effect, signal } from "@preact/signals";
import { t } from "../../i18n.mjs";
import { deviceShelf } from "../../net/live.mjs";
import { Awake } from "../../rtc/awake.mjs";
import { ChosenRoom } from "../../rtc/chosen-room.mjs";
import { listenTo } from "../../rtc/devices.mjs";
import { IceServers, iceOnce, NO_WAY } from "../../rtc/ice.mjs";
import { LivekitRoom } from "../../rtc/livekit-room.mjs";
import { Mesh } from "../../rtc/mesh.mjs";
import { hush, PlenaryCall, wayTo } from "../../rtc/plenary-call.mjs";
import { TalkMeter } from "../../rtc/talk.mjs";
import { closedFor, hears, sees } from "../../views/media.mjs";
import { atDevice, leastOf } from "../../views/seat.mjs";
import { boot, shelf } from "./tab.mjs";

/** @import {Live} from "../../net/live.mjs" */
/** @import {Seat} from "../../net/seat.mjs" */
/** @import {Devices} from "../../rtc/devices.mjs" */
/** @import {MediaRoom} from "../../rtc/media-room.mjs" */
/** @import {Saver} from "../../rtc/quality.mjs" */
/** @import {Media} from "../../wire.mjs" */
/** @import {Page} from "../student.mjs" */

const SAVER = "havruta-data-saver";
const TALK_TOLD_EVERY = 10_000;
/** A line that stumbles once is not weak, and one that is well for a moment not good again. */
const WEAK_FOR = 3000;
const WELL_FOR = 10_000;

/**
 * The call with my partners: between browsers, or by the media server where the school has it so.
 * @param {Live} live
 * @returns {MediaRoom}
 */
export function roomCall(live) {
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
export function plenaryCall(live, seat, devices) {
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
 * What the family agreed to, or at a shared device both; the server refuses the rest as well.
 * @param {import("../../wire.mjs").MemberView[] | undefined} members
 * @param {Seat} seat
 * @returns {Media}
 */
export function allowedMedia(members, seat) {
  const here = members?.filter((member) => seat.members.value.includes(member.id)) ?? [];
  return here.length > 0 ? leastOf(here.map((member) => member.media)) : (boot.media ?? "video");
}

/**
 * @param {Live} live
 * @param {Devices} devices
 * @param {MediaRoom} mesh
 * @param {Page} page
 * @param {PlenaryCall} plenary
 */
export function keepMediaInStep(live, devices, mesh, page, plenary) {
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
  const line = lineFelt(mesh);
  effect(() => {
    const camera = devices.camera.value;
    const microphone = devices.microphone.value;
    const holding = devices.holding.value;
    const told = { camera, microphone, holding, line: line.value };
    if (store.session.value) void live.command("device_state", told, "device_state");
  });
  effect(() => {
    if (live.stoppedBy.value || store.session.value?.status === "closed") {
      servers.stop();
      mesh.close();
      devices.close();
    } else if (store.session.value?.status === "set_aside") {
      // The call comes back with the lesson; until then no light of a camera is on.
      devices.close();
    }
  });
}

/**
 * How this device finds its own way out, for the teachers' board: only what lasts is told.
 * @param {MediaRoom} mesh
 */
function lineFelt(mesh) {
  const line = signal(/** @type {"good" | "weak"} */ ("good"));
  effect(() => {
    const { level, voiceAlone } = mesh.uplink.value;
    const weak = level === 1 || voiceAlone;
    const timer = setTimeout(
      () => {
        line.value = weak ? "weak" : "good";
      },
      weak ? WEAK_FOR : WELL_FOR,
    );
    return () => clearTimeout(timer);
  });
  return line;
}

/**
 * Whose microphone is open, whose picture may be there, who sits beside me: the server says so, and this device obeys.
 * @param {Live} live
 * @param {Seat} seat
 * @param {Devices} devices
 * @param {MediaRoom} mesh
 */
export function keepSoundRules(live, seat, devices, mesh) {
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
export function keepTalkMeasured(session, live, devices, page) {
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
export function keepSparing(mesh, page) {
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
export function rememberedSaver() {
  const kept = deviceShelf()?.getItem(SAVER);
  return kept === "small" || kept === "none" ? kept : "off";
}
