// The teacher's page: it connects the network and the call to the components, and holds one lesson from lobby to thanks.
import { computed, effect, signal } from "@preact/signals";
import { render } from "preact";
import { BoardPage } from "../components/teacher/board.mjs";
import { Closed } from "../components/teacher/closed.mjs";
import { Dialogs } from "../components/teacher/dialogs.mjs";
import { Lobby } from "../components/teacher/lobby.mjs";
import { MoveNews } from "../components/teacher/pace.mjs";
import { NewPartners } from "../components/teacher/pairing/partners.mjs";
import { Told } from "../components/teacher/parts.mjs";
import { SetAside } from "../components/teacher/set_aside.mjs";
import { makeDesk } from "../components/teacher/state.mjs";
import { html } from "../html.mjs";
import { loadMessages, t } from "../i18n.mjs";
import { Live } from "../net/live.mjs";
import { PairingDesk } from "../net/pairing.mjs";
import { askPasses } from "../net/passes.mjs";
import { Store } from "../net/store.mjs";
import { ChosenRoom } from "../rtc/chosen-room.mjs";
import { Devices } from "../rtc/devices.mjs";
import { IceServers, iceOnce, NO_WAY } from "../rtc/ice.mjs";
import { LivekitRoom } from "../rtc/livekit-room.mjs";
import { Mesh } from "../rtc/mesh.mjs";
import { PlenaryCall, wayTo } from "../rtc/plenary-call.mjs";
import { KNOCK } from "../views/notices.mjs";
import { newcomers } from "../views/teacher/lobby.mjs";
import { followWork } from "./teacher/work.mjs";

/** @import { Desk } from "../components/teacher/state.mjs" */
/** @import { Boot } from "../views/teacher/types.mjs" */

/** The call of the visited room: opened on the way in, closed on the way out. */
class VisitedCall {
  /** @param {Live} live @param {Store} store @param {Boot} boot */
  constructor(live, store, boot) {
    this.live = live;
    this.store = store;
    this.boot = boot;
    this.devices = new Devices();
    this.remotes = signal(/** @type {import("../rtc/media-room.mjs").Remote[]} */ ([]));
    this.microphone = this.devices.microphone;
    this.camera = this.devices.camera;
    /** @type {import("../rtc/media-room.mjs").MediaRoom | null} */
    this.mesh = null;
    this.servers = new IceServers({
      address: boot.ice,
      found: (ice, reason) => {
        if (ice) this.mesh?.open(ice);
        else if (boot.livekit_rooms && reason === "no_relay") this.mesh?.open(NO_WAY);
      },
    });
    live.devices = () => ({ camera: this.camera.peek(), microphone: this.microphone.peek() });
  }

  /** @param {string} room @returns {import("../rtc/media-room.mjs").MediaRoom} */
  #call(room) {
    const mesh = new Mesh({ send: (to, message) => void this.live.signal(to, message) });
    if (!this.boot.livekit_rooms) return mesh;
    const livekit = new LivekitRoom({ way: () => wayTo(`${this.boot.media_way}${room}`) });
    return new ChosenRoom({ mesh, livekit, carrier: computed(() => this.store.plenary.value?.carrier ?? null) });
  }

  /**
   * Join the call of a room as a teacher, the camera off.
   * @param {string} room
   * @param {boolean} listening without the microphone
   */
  async join(room, listening) {
    const mesh = this.#call(room);
    this.mesh = mesh;
    this.stop = effect(() => {
      const presence = this.store.presences.value.get(room);
      const members = new Set(this.store.rooms.value.get(room)?.members.map((member) => member.id));
      const hosts = new Set(this.store.session.value?.hosts.map((host) => host.id));
      const peers = presence?.peers ?? [];
      const circle = new Set(this.store.plenary.value?.circle.map((peer) => peer.who));
      const belongs = (/** @type {string} */ who) => !circle.has(who) && (members.has(who) || hosts.has(who));
      mesh.meet(this.store.me.value?.peer ?? null, peers, belongs);
      this.remotes.value = mesh.remotes.value;
    });
    const knocked = new Promise((resolve) => setTimeout(resolve, KNOCK));
    await Promise.all([knocked, listening ? undefined : this.devices.open("audio")]);
    if (this.mesh !== mesh) return; // left again meanwhile
    mesh.show(this.devices.stream.value);
    await this.servers.ask();
  }

  leave() {
    this.stop?.();
    this.servers.stop();
    this.mesh?.close();
    this.mesh = null;
    this.remotes.value = [];
    this.devices.close();
  }

  /**
   * @param {"camera" | "microphone"} device
   * @param {boolean} on
   */
  async turn(device, on) {
    const has = this.devices.stream.value
      ?.getTracks()
      .some((track) => track.kind === (device === "camera" ? "video" : "audio"));
    const otherOn = device === "camera" ? this.microphone.value === "on" : this.camera.value === "on";
    if (on && !has) {
      await this.devices.open(device === "camera" ? "video" : "audio");
      if (device === "camera") this.devices.turn("microphone", otherOn);
      this.mesh?.show(this.devices.stream.value);
    }
    this.devices.turn(device, on);
    this.live.command("device_state", { camera: this.camera.value, microphone: this.microphone.value }, "device_state");
  }
}

/**
 * The call of the whole class. This device starts silent and unseen: one device in a classroom speaks, and its teacher says which.
 * @param {Live} live
 * @param {Store} store
 * @param {Boot} boot
 */
function wholeClass(live, store, boot) {
  const devices = new Devices();
  const call = new PlenaryCall({
    plenary: store.plenary,
    me: store.me,
    still: computed(() => Boolean(store.session.value?.paused?.calm) || live.stoppedBy.value !== null),
    adults: computed(() => (store.session.value?.hosts ?? []).map((host) => host.id)),
    devices,
    way: boot.media_way,
    ice: () => iceOnce(boot.ice),
    send: (to, message) => void live.signal(to, message),
  });
  effect(() => {
    if (!call.together.value) devices.close();
  });
  const turn = async (/** @type {"camera" | "microphone"} */ device, /** @type {boolean} */ on) => {
    const kind = device === "camera" ? "video" : "audio";
    if (
      on &&
      !devices.stream
        .peek()
        ?.getTracks()
        .some((track) => track.kind === kind)
    ) {
      const heard = devices.microphone.peek() === "on";
      await devices.open(kind);
      if (device === "camera") devices.turn("microphone", heard);
    }
    devices.turn(device, on);
  };
  return Object.assign(call, {
    turn: (/** @type {"camera" | "microphone"} */ device, /** @type {boolean} */ on) => void turn(device, on),
    mine: devices,
  });
}

/**
 * Keep the lesson's content in step with what the session names.
 * @param {Desk} desk
 */
function followLesson(desk) {
  effect(() => {
    const hash = desk.session.value.lesson;
    if (!hash || desk.lesson.peek()?.hash === hash) return;
    fetch(`/api/lessons/${encodeURIComponent(hash)}`)
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((lesson) => {
        if (lesson) desk.lesson.value = lesson;
      })
      .catch(() => {
        // Offline: the next view of the session, after the connection is back, asks again.
      });
  });
}

/**
 * Families answer until the bell: when somebody comes whom the page does not know, ask who the learners are now.
 * @param {Desk} desk
 * @param {Store} store
 */
function followPeople(desk, store) {
  /** @type {Set<string>} */
  const asked = new Set();
  effect(() => {
    const unknown = newcomers(desk.boot.people, desk.presence.value, desk.seats.value).filter((id) => !asked.has(id));
    if (!unknown.length || !desk.boot.urls.people) return;
    for (const id of unknown) asked.add(id);
    fetch(desk.boot.urls.people)
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((now) => {
        if (!now) return;
        Object.assign(desk.boot, now);
        // Nothing that was pushed has changed, but the names that it is drawn with have.
        if (store.session.value) store.session.value = { ...store.session.value };
        if (store.seats.value) store.seats.value = { ...store.seats.value };
      })
      .catch(() => {
        // Offline: ask again with the next view.
        for (const id of unknown) asked.delete(id);
      });
  });
}

/** @param {{ desk: Desk, live: Live, doors: ReturnType<typeof doorsOf>, pairing: PairingDesk, onFill: () => Promise<boolean> }} props */
function Page({ desk, live, doors, pairing, onFill }) {
  if (live.stoppedBy.value)
    return html`<${Stopped} code=${live.stoppedBy.value} live=${live} home=${desk.boot.urls.home} />`;
  const { status, version } = desk.session.value;
  return html`
    ${live.trouble.value && html`<div class="banner offline" role="status"><span>${t("Connection lost – we are trying again. The rooms go on without this page.")}</span></div>`}
    ${live.savingIsDelayed.value && html`<div class="banner warn" role="status"><span>${t("Saving takes longer than usual; nothing is lost.")}</span></div>`}
    ${
      version < 0
        ? html`<div class="calm" role="status"><img src="/static/img/logo.svg" alt="" /><p>${t("Opening the lesson…")}</p></div>`
        : status === "lobby"
          ? html`<${Lobby} desk=${desk} pairing=${pairing} onFill=${onFill} />`
          : status === "running"
            ? html`<${BoardPage} desk=${desk} onEnter=${doors.enter} onLeave=${doors.leave} />`
            : status === "set_aside"
              ? html`<${SetAside} desk=${desk} />`
              : html`<${Closed} desk=${desk} />`
    }
    <${Told} desk=${desk} />
    <${MoveNews} desk=${desk} />
    <${Dialogs} desk=${desk} />
    <${NewPartners} desk=${desk} asks=${pairing} />`;
}

/** @param {{ code: string, live: Live, home: string }} props */
function Stopped({ code, live, home }) {
  const other = code === "other_tab";
  if (!other && home === "/")
    return html`<div class="calm" role="status"><img src="/static/img/logo.svg" alt="" />
      <h1>${t("This link does not open the lesson any more")}</h1><p>${t("It was taken back, or opened on another device.")}</p></div>`;
  return html`<div class="calm" role="status">
    <img src="/static/img/logo.svg" alt="" />
    <h1>${other ? t("This lesson is open in another tab") : t("This page is no longer signed in to the lesson")}</h1>
    <div class="button-row">
      ${other && html`<button type="button" class="button primary" onClick=${() => live.start()}>${t("Use it here")}</button>`}
      <a class="button" href=${home}>${t("To my desk")}</a>
    </div>
  </div>`;
}

/**
 * Going into a room and out again: seen by its members, and one room at a time.
 * @param {Desk} desk
 * @param {VisitedCall} call
 */
function doorsOf(desk, call) {
  const leave = async () => {
    const room = desk.visiting.peek();
    if (!room) return;
    desk.visiting.value = null;
    call.leave();
    await desk.act("drawer", "leave_room", { room });
  };
  const enter = async (/** @type {string} */ room, listening = false) => {
    if (desk.visiting.peek() === room) return;
    await leave();
    desk.open.value = room;
    const ack = await desk.act("drawer", "enter_room", { room, listening_only: listening });
    if (!ack.ok) return;
    desk.visiting.value = room;
    await call.join(room, listening);
  };
  return { enter, leave };
}

/**
 * Whether this teacher stands in a room is decided by what the rooms are told: after a reload the page is back in the room
 * where it still is, and it is out where the server has let it go (a long loss of connection, the end of the lesson).
 * @param {Desk} desk
 * @param {VisitedCall} call
 */
function keepDoorsTrue(desk, call) {
  let looked = false;
  let inside = false;
  effect(() => {
    const rows = desk.rows.value;
    const running = desk.session.value.status === "running";
    const visiting = desk.visiting.value;
    const at = rows.find((row) => row.visitors.includes(desk.boot.staff))?.room ?? null;
    if (!looked && rows.length > 0) {
      looked = true;
      if (at && !visiting && running) {
        desk.open.value = at;
        desk.visiting.value = at;
        void call.join(at, true);
        return;
      }
    }
    if (visiting && at === visiting) inside = true;
    if (!visiting) inside = false;
    else if (!running || (inside && at !== visiting)) {
      inside = false;
      desk.visiting.value = null;
      call.leave();
      if (running) desk.told.value = t("You are out of the room.");
    }
  });
}

async function main() {
  const holder = document.getElementById("boot");
  const app = document.getElementById("app");
  if (!holder || !app) return;
  /** @type {Boot} */
  const boot = JSON.parse(holder.textContent ?? "{}");
  await loadMessages(boot.language);
  const store = new Store();
  const live = new Live({ socket: boot.socket, session: boot.session, who: boot.staff }, store);
  const call = new VisitedCall(live, store, boot);
  const plenary = wholeClass(live, store, boot);
  live.onSignal = (message) => {
    // A room that is visited meanwhile has its own call; who is in the circle is not in that.
    const circle = plenary.takesOver.value ? (store.plenary.value?.circle ?? []) : [];
    if (circle.some((peer) => peer.peer === message.sender)) plenary.hear(message);
    else call.mesh?.hear(message);
  };
  live.onOpen = () => {
    if (call.mesh) {
      call.mesh.again();
      void call.servers.ask();
    }
    plenary.again();
  };
  const asked = (/** @type {string} */ kind, /** @type {Record<string, unknown>} */ fields) =>
    live.command(kind, fields);
  const desk = makeDesk(boot, store, { ...call, turn: (device, on) => void call.turn(device, on) }, asked, plenary);
  desk.askPasses = (path, fields) => askPasses(`${boot.passes ?? ""}${path}`, fields);
  followLesson(desk);
  followPeople(desk, store);
  followWork(desk);
  setInterval(() => {
    desk.now.value = store.clock.now();
  }, 1000);
  keepDoorsTrue(desk, call);
  const onFill = async () => {
    if (!boot.fill) return false;
    const answer = await fetch(boot.fill, {
      method: "POST",
      body: new URLSearchParams({ session: boot.session }),
    }).catch(() => null);
    return answer?.ok ?? false;
  };
  app.textContent = "";
  render(
    html`<${Page} desk=${desk} live=${live} doors=${doorsOf(desk, call)} pairing=${new PairingDesk(boot.session)} onFill=${onFill} />`,
    app,
  );
  live.start();
}

void main();
