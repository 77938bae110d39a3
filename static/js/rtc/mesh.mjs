// Everybody in the room is connected with everybody: fine for two to four children and a teacher.
import { signal } from "@preact/signals-core";
import { Peer } from "./peer.mjs";

/** @import {MediaRoom, Remote} from "./media-room.mjs" */
/** @import {PeerView, SignalIn} from "../wire.mjs" */

const LISTEN_EVERY = 400;
const MEASURE_EVERY = 2500;
const LOUD = 0.02;
const MOST_HELD = 80;
/** How long a picture that still flows is kept when the server no longer sees the person (their signalling is down). */
const GRACE = 12_000;

/**
 * Return how good a connection is, from round trip (s) and share of lost packets.
 * @param {number | undefined} roundTrip
 * @param {number} lost 0 to 1
 * @returns {1 | 2 | 3}
 */
export function levelOf(roundTrip, lost) {
  if (lost > 0.08 || (roundTrip ?? 0) > 0.7) return 1;
  return lost > 0.02 || (roundTrip ?? 0) > 0.35 ? 2 : 3;
}

/** @typedef {{view: PeerView, peer: Peer, speaking: boolean, level: 0 | 1 | 2 | 3, lost: number, got: number, goneSince: number | null}} Link */

/** @implements {MediaRoom} */
export class Mesh {
  /**
   * @param {object} parts
   * @param {(to: string, message: import("./peer.mjs").Message) => void} parts.send
   * @param {(ice: RTCConfiguration) => RTCPeerConnection} [parts.connect]
   * @param {() => number} [parts.now]
   */
  constructor({ send, connect, now = Date.now }) {
    this.send = send;
    this.connect = connect;
    this.now = now;
    this.remotes = signal(/** @type {Remote[]} */ ([]));
    /** @type {Map<string, Link>} */
    this.links = new Map();
    /** Messages of peers whose presence this page has not heard of yet. @type {SignalIn[]} */
    this.held = [];
    /** @type {RTCConfiguration | null} */
    this.ice = null;
    /** @type {MediaStream | null} */
    this.local = null;
    /** @type {{mine: string | null, peers: PeerView[], belongs: (who: string) => boolean}} */
    this.present = { mine: null, peers: [], belongs: () => false };
    this.listening = setInterval(() => this.#listen(), LISTEN_EVERY);
    this.measuring = setInterval(() => void this.#measure(), MEASURE_EVERY);
  }

  /** @param {RTCConfiguration} ice */
  open(ice) {
    this.ice = ice;
    this.#settle();
  }

  /**
   * @param {string | null} mine my own peer id
   * @param {PeerView[]} peers
   * @param {(who: string) => boolean} belongs whether this person may be in my room now
   */
  meet(mine, peers, belongs) {
    this.present = { mine, peers, belongs };
    this.#settle();
  }

  /** @param {SignalIn} message */
  hear(message) {
    const link = this.links.get(message.sender);
    if (link) {
      void link.peer.hear(message);
      return;
    }
    // The message can be quicker than the news that its sender is here.
    this.held = [...this.held, message].slice(-MOST_HELD);
  }

  /** @param {MediaStream | null} stream */
  show(stream) {
    this.local = stream;
    for (const { peer } of this.links.values()) peer.show(stream);
  }

  again() {
    for (const { peer } of this.links.values()) peer.again();
  }

  close() {
    clearInterval(this.listening);
    clearInterval(this.measuring);
    for (const id of [...this.links.keys()]) this.#end(id);
    this.ice = null;
    this.held = [];
    this.#tell();
  }

  #settle() {
    if (!this.ice) return;
    const { mine, peers, belongs } = this.present;
    const me = peers.find((view) => view.peer === mine);
    const wanted = peers.filter((view) => view.peer !== mine && belongs(view.who));
    for (const [id, link] of this.links) this.#keepOrEnd(id, link, wanted, belongs);
    if (me) for (const view of wanted) this.#know(view, me);
    this.#tell();
  }

  /**
   * @param {string} id
   * @param {Link} link
   * @param {PeerView[]} wanted
   * @param {(who: string) => boolean} belongs
   */
  #keepOrEnd(id, link, wanted, belongs) {
    if (wanted.some((view) => view.peer === id)) {
      link.goneSince = null;
      return;
    }
    const cameBack = wanted.some((view) => view.who === link.view.who);
    // Who has no place in this room is gone at once. A partner whose page lost the server may still be heard for a moment.
    if (!belongs(link.view.who) || cameBack || link.peer.state !== "connected") this.#end(id);
    else link.goneSince ??= this.now();
  }

  /**
   * @param {PeerView} view
   * @param {PeerView} me
   */
  #know(view, me) {
    const known = this.links.get(view.peer);
    if (known) {
      known.view = view;
      return;
    }
    const peer = new Peer({
      polite: me.order > view.order,
      ice: /** @type {RTCConfiguration} */ (this.ice),
      local: this.local,
      send: (message) => this.send(view.peer, message),
      changed: () => this.#tell(),
      connect: this.connect,
    });
    this.links.set(view.peer, { view, peer, speaking: false, level: 0, lost: 0, got: 0, goneSince: null });
    const waiting = this.held.filter((message) => message.sender === view.peer);
    this.held = this.held.filter((message) => message.sender !== view.peer);
    for (const message of waiting) void peer.hear(message);
  }

  /** @param {string} id */
  #end(id) {
    this.links.get(id)?.peer.close();
    this.links.delete(id);
  }

  #tell() {
    this.remotes.value = [...this.links.values()].map(({ view, peer, speaking, level }) => ({
      peer: view.peer,
      who: view.who,
      kind: view.kind,
      stream: peer.stream,
      state: peer.state,
      hasVideo: peer.stream.getVideoTracks().some((track) => !track.muted && track.readyState === "live"),
      speaking,
      level: peer.state === "connected" ? level || 3 : 0,
    }));
  }

  #listen() {
    let changed = false;
    for (const [id, link] of this.links) {
      if (link.goneSince !== null && this.now() - link.goneSince > GRACE) {
        this.#end(id);
        changed = true;
        continue;
      }
      const sounds = link.peer.pc.getReceivers().filter((one) => one.track.kind === "audio");
      const loud = sounds.some((one) => one.getSynchronizationSources().some((s) => (s.audioLevel ?? 0) > LOUD));
      changed ||= loud !== link.speaking;
      link.speaking = loud;
    }
    if (changed) this.#tell();
  }

  async #measure() {
    let changed = false;
    for (const link of this.links.values()) {
      if (link.peer.state !== "connected") continue;
      const before = link.level;
      const { level, flows } = await measured(link);
      link.level = level;
      changed ||= before !== level;
      // Neither the server nor the line hears of them any more: a still picture would pretend that they are here.
      if (link.goneSince !== null && !flows) {
        this.#end(link.view.peer);
        changed = true;
      }
    }
    if (changed) this.#tell();
  }
}

/**
 * @param {Link} link
 * @returns {Promise<{level: 1 | 2 | 3, flows: boolean}>} flows: whether anything has come since the last time
 */
async function measured(link) {
  let roundTrip;
  let lost = 0;
  let got = 0;
  for (const report of (await link.peer.pc.getStats()).values()) {
    if (report.type === "candidate-pair" && report.nominated) roundTrip = report.currentRoundTripTime;
    if (report.type === "inbound-rtp") {
      lost += report.packetsLost ?? 0;
      got += report.packetsReceived ?? 0;
    }
  }
  const newlyLost = Math.max(0, lost - link.lost);
  const newlyGot = Math.max(0, got - link.got);
  link.lost = lost;
  link.got = got;
  return { level: levelOf(roundTrip, newlyLost / Math.max(1, newlyLost + newlyGot)), flows: newlyGot > 0 };
}
