// The one connection of a live page: views come in, commands go out, and it comes back by itself.
import { signal } from "@preact/signals-core";
import { io } from "socket.io-client";
import { newId, Outbox } from "./outbox.mjs";
import { Store } from "./store.mjs";

/** @import {Ack, Command, DeviceMark, Notice, SignalIn} from "../wire.mjs" */
/** @import {Shelf} from "./outbox.mjs" */
/** @typedef {{camera: DeviceMark, microphone: DeviceMark}} Devices */

/** Notices after which this page must not come back by itself. */
const LAST_WORDS = new Set(["other_tab", "removed", "signed_out"]);
const REFUSED_FOR_GOOD = new Set(["not_signed_in", "no_session", "not_your_session", "removed"]);
const TROUBLE_AFTER = 1500;
const ANSWER_WITHIN = 10_000;

/** @returns {Shelf | undefined} this tab's storage, where the browser allows one */
export function tabShelf() {
  try {
    return window.sessionStorage;
  } catch {
    return undefined;
  }
}

/** @returns {Shelf | undefined} this device's storage, where the browser allows one */
export function deviceShelf() {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

export class Live {
  /**
   * @param {object} boot
   * @param {string} boot.socket path of the Socket.IO endpoint
   * @param {string} boot.session
   * @param {string} [boot.view] "projector" for a page that shows the lesson on a wall
   * @param {string} [boot.who] names the outbox on a device that several people use
   * @param {Store} [store]
   */
  constructor({ socket, session, who = "", view }, store = new Store()) {
    this.store = store;
    /** connecting: never yet here; open; lost: trying again; stopped: not without the person */
    this.status = signal(/** @type {"connecting" | "open" | "lost" | "stopped"} */ ("connecting"));
    /** Lost for long enough that a person should know. */
    this.trouble = signal(false);
    /** Why the page stopped: other_tab, removed, signed_out, or a code of the refused connection. */
    this.stoppedBy = signal(/** @type {string | null} */ (null));
    /** Whether the server has said that saving takes longer than it should. */
    this.savingIsDelayed = signal(false);
    this.unanswered = signal(0);
    /** @type {(notice: Notice) => void} */
    this.onNotice = () => {};
    /** @type {(message: SignalIn) => void} */
    this.onSignal = () => {};
    /** @type {() => void} */
    this.onOpen = () => {};
    const shelf = tabShelf();
    this.outbox = new Outbox({
      send: (command) => this.#emit(command),
      shelf,
      name: `havruta-outbox/${session}/${who}`,
    });
    /** What of this page's devices is on: said at once, so that a picture does not go out while its page comes back. */
    this.devices = () => /** @type {Devices | undefined} */ (undefined);
    // Of this page, not of this tab: after a reload the calls of the former page are gone.
    const tab = newId();
    this.socket = io({
      path: socket,
      transports: ["websocket"],
      auth: (say) => say({ session, tab, devices: this.devices(), ...(view ? { view } : {}) }),
      autoConnect: false,
      reconnectionDelay: 400,
      // Within five seconds of a server's return everybody is back, the wait, the handshake and the views together.
      reconnectionDelayMax: 2000,
    });
    this.#listen();
  }

  /** Connect, and stay connected. */
  start() {
    this.stoppedBy.value = null;
    this.status.value = "connecting";
    this.socket.connect();
  }

  /** Go away for good. */
  stop() {
    this.socket.disconnect();
  }

  /**
   * Ask the server for something; the answer comes sooner or later, also across a lost connection.
   * @param {string} kind
   * @param {Record<string, unknown>} [fields]
   * @param {string} [replaces] see Outbox.put
   * @returns {Promise<Ack>}
   */
  command(kind, fields = {}, replaces = undefined) {
    const answer = this.outbox.put({ ...fields, id: newId(), kind }, replaces);
    this.unanswered.value = this.outbox.pending.length;
    return answer.finally(() => {
      this.unanswered.value = this.outbox.pending.length;
    });
  }

  /**
   * Pass a WebRTC message on to another peer.
   * @param {string} to
   * @param {{description?: unknown, candidate?: unknown}} message
   * @returns {boolean} whether it could be sent now
   */
  signal(to, message) {
    if (!this.socket.connected) return false;
    this.socket.emit("signal", { to, ...message });
    return true;
  }

  /**
   * @param {Command} command
   * @returns {Promise<Ack>}
   */
  #emit(command) {
    // Socket.IO would queue it unseen; the outbox is the one queue.
    if (!this.socket.connected) return Promise.reject(new Error("not connected"));
    return this.socket.timeout(ANSWER_WITHIN).emitWithAck("command", command);
  }

  #listen() {
    const { socket, store } = this;
    socket.on("connect", () => this.#opened());
    socket.on("disconnect", (reason) => this.#closed(reason));
    socket.on("connect_error", (problem) => this.#refused(problem.message));
    socket.on("view", (message) => store.take(message));
    socket.on("rows", (message) => store.takeRows(message));
    socket.on("signal", (message) => this.onSignal(message));
    socket.on("notice", (notice) => this.#noticed(notice));
    const wake = () => {
      if (socket.connected || this.stoppedBy.value || document.visibilityState !== "visible") return;
      // Socket.IO sits out its present pause unless it is told to begin anew.
      socket.disconnect();
      socket.connect();
    };
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
  }

  #opened() {
    this.status.value = "open";
    this.trouble.value = false;
    clearTimeout(this.worry);
    this.outbox.resend();
    this.onOpen();
  }

  /** @param {string} reason */
  #closed(reason) {
    if (this.stoppedBy.value) {
      this.status.value = "stopped";
      return;
    }
    this.status.value = "lost";
    this.#worrySoon();
    // Socket.IO comes back from everything but a server that hung up, which a restart does too.
    if (reason === "io server disconnect") setTimeout(() => this.socket.connect(), 1000);
  }

  /** @param {string} code */
  #refused(code) {
    if (REFUSED_FOR_GOOD.has(code)) {
      this.stoppedBy.value = code;
      this.status.value = "stopped";
      this.socket.disconnect();
      return;
    }
    if (this.status.value !== "connecting") this.status.value = "lost";
    this.#worrySoon();
    // A refusal by a middleware ends Socket.IO's own attempts; a network error does not.
    if (!this.socket.active) setTimeout(() => this.socket.connect(), 3000);
  }

  #worrySoon() {
    clearTimeout(this.worry);
    this.worry = setTimeout(() => {
      if (!this.socket.connected && !this.stoppedBy.value) this.trouble.value = true;
    }, TROUBLE_AFTER);
  }

  /** @param {Notice} notice */
  #noticed(notice) {
    if (notice.code === "saving_is_delayed") this.savingIsDelayed.value = true;
    if (notice.code === "saving_works_again") this.savingIsDelayed.value = false;
    if (LAST_WORDS.has(notice.code)) {
      this.stoppedBy.value = notice.code;
      this.status.value = "stopped";
      this.socket.disconnect();
    }
    this.onNotice(notice);
  }
}
