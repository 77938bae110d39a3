// Everybody in the room is connected with everybody: fine for two to four children and a teacher.
import { signal } from "@preact/signals-core";
import { Peer } from "./peer.mjs";
import {
  begun,
  between,
  ceilingOf,
  decided,
  levelOf,
  nothingRead,
  readingsOf,
  triedAgain,
  VOICE_ALONE,
} from "./quality.mjs";

/** @import {MediaRoom, Remote, Rules, Uplink} from "./media-room.mjs" */
/** @import {Arrangement, Message} from "./peer.mjs" */
/** @import {Quality, Readings, Saver} from "./quality.mjs" */
/** @import {Media, PeerView, SignalIn} from "../wire.mjs" */

const LISTEN_EVERY = 400;
const MEASURE_EVERY = 1000;
const LOUD = 0.02;
const MOST_HELD = 80;
/** How long a picture that still flows is kept when the server no longer sees the person (their signalling is down). */
const GRACE = 45_000;
/** After so much silence of the line (ICE alone asks every 2.5 s) a person is lost to this browser … */
const SILENT_FOR = 5000;
/** … and sooner where the server does not see them either. */
const SILENT_AND_GONE_FOR = 3500;
/** A picture that has stood still for so long is none. */
const STILL_FOR = 3000;
/** Whoever begins anew more often than this is waited for. */
const BETWEEN_BEGINNINGS = 1000;

/**
 * @typedef {object} Link
 * @property {PeerView} view
 * @property {Peer} peer
 * @property {boolean} speaking
 * @property {0 | 1 | 2 | 3} level
 * @property {Readings} readings
 * @property {Quality} quality of the picture that I send
 * @property {1 | 2 | 3} out how well I am received
 * @property {number} begunAt
 * @property {number} heardAt
 * @property {boolean} lost
 * @property {number | null} movedAt when a picture last came; null while there was no time for one yet
 * @property {number | null} goneSince
 */

/** @implements {MediaRoom} */
export class Mesh {
  /**
   * @param {object} parts
   * @param {(to: string, message: Message) => void} parts.send
   * @param {(ice: RTCConfiguration) => RTCPeerConnection} [parts.connect]
   * @param {() => number} [parts.now]
   */
  constructor({ send, connect, now = Date.now }) {
    this.send = send;
    this.connect = connect;
    this.now = now;
    this.remotes = signal(/** @type {Remote[]} */ ([]));
    this.uplink = signal(/** @type {Uplink} */ ({ level: 0, voiceAlone: false }));
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
    /** @type {Rules} */
    this.rules = { hears: () => true, sees: () => true };
    /** @type {Media} */
    this.allowed = "video";
    /** @type {Saver} */
    this.saver = "off";
    this.again = this.again.bind(this);
  }

  /** @param {RTCConfiguration} ice */
  open(ice) {
    if (this.ice === null) this.#begin();
    else if (JSON.stringify(ice) !== JSON.stringify(this.ice))
      for (const { peer } of this.links.values()) peer.configure(ice);
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

  /** @param {Rules} rules */
  obey(rules) {
    this.rules = rules;
    this.#arrange();
  }

  /** @param {Media} media */
  allow(media) {
    this.allowed = media;
    this.#arrange();
  }

  /** @param {Saver} saver */
  spare(saver) {
    this.saver = saver;
    this.#arrange();
  }

  tryPicture() {
    for (const link of this.links.values())
      if (link.quality.rung === VOICE_ALONE) link.quality = triedAgain(this.now());
    this.#climb();
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
    globalThis.removeEventListener?.("online", this.again);
    for (const id of [...this.links.keys()]) this.#end(id);
    this.ice = null;
    this.held = [];
    this.#tell();
  }

  #begin() {
    this.listening = setInterval(() => this.#listen(), LISTEN_EVERY);
    this.measuring = setInterval(() => void this.#measure(), MEASURE_EVERY);
    globalThis.addEventListener?.("online", this.again);
  }

  #settle() {
    if (!this.ice) return;
    const { mine, peers, belongs } = this.present;
    const me = peers.find((view) => view.peer === mine);
    const wanted = peers.filter((view) => view.peer !== mine && belongs(view.who));
    for (const [id, link] of this.links) this.#keepOrEnd(id, link, wanted, belongs);
    if (me) for (const view of wanted) this.#know(view, me);
    this.#arrange();
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
    // Who has no place in this room is gone at once. A partner whose page lost the server may still be heard for a while.
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
    const waiting = this.held.filter((message) => message.sender === view.peer);
    this.held = this.held.filter((message) => message.sender !== view.peer);
    this.#connect(view, me, waiting);
  }

  /**
   * @param {PeerView} view
   * @param {PeerView} me
   * @param {Message[]} heard what the other side has said already
   */
  #connect(view, me, heard) {
    const now = this.now();
    const polite = me.order > view.order;
    const peer = new Peer({
      polite,
      opens: !polite && !heard.some((message) => message.description?.type === "offer"),
      ice: /** @type {RTCConfiguration} */ (this.ice),
      local: this.local,
      arrangement: this.#arrangementWith(view.who),
      send: (message) => this.send(view.peer, message),
      changed: () => this.#tell(),
      over: (message) => this.#anew(view.peer, message),
      connect: this.connect,
      now: this.now,
    });
    this.links.set(view.peer, {
      view,
      peer,
      speaking: false,
      level: 0,
      readings: nothingRead(now),
      quality: begun(now),
      out: 3,
      begunAt: now,
      heardAt: now,
      lost: false,
      movedAt: null,
      goneSince: null,
    });
    for (const message of heard) void peer.hear(message);
  }

  /**
   * A connection cannot come about any more; the roles of the next one are those of now.
   * @param {string} id
   * @param {Message | null} message
   */
  #anew(id, message) {
    const link = this.links.get(id);
    const { mine, peers } = this.present;
    const me = peers.find((view) => view.peer === mine);
    const view = peers.find((one) => one.peer === id);
    if (!link || !me || !view || this.now() - link.begunAt < BETWEEN_BEGINNINGS) return;
    this.#end(id);
    this.#connect(view, me, message ? [message] : []);
    this.#tell();
  }

  /** @param {string} id */
  #end(id) {
    this.links.get(id)?.peer.close();
    this.links.delete(id);
  }

  /** @param {string} who @returns {Arrangement} */
  #arrangementWith(who) {
    const { allowed, rules, saver } = this;
    const sees = rules.sees(who) && saver !== "none";
    return {
      sends: { audio: allowed !== "none", video: allowed === "video" },
      // Voices come and go with every turn, and whoever holds to talk is heard at once: no negotiation for that.
      takes: { audio: true, video: sees },
      plays: { audio: rules.hears(who), video: sees },
      smallPictures: saver === "small",
    };
  }

  #arrange() {
    for (const { view, peer } of this.links.values()) peer.arrange(this.#arrangementWith(view.who));
    this.#climb();
  }

  #climb() {
    for (const { peer, quality } of this.links.values()) peer.climb(Math.min(quality.rung, ceilingOf(this.saver)));
    this.#tell();
  }

  #tell() {
    const now = this.now();
    /** @type {Remote[]} */
    const remotes = [...this.links.values()].map((link) => ({
      peer: link.view.peer,
      who: link.view.who,
      kind: link.view.kind,
      stream: link.peer.stream,
      state: link.peer.state,
      lost: link.lost,
      hasVideo: !link.lost && moves(link, now) && link.peer.stream.getVideoTracks().some(isLive),
      speaking: link.speaking,
      level: link.peer.state === "connected" && !link.lost ? link.level || 3 : 0,
    }));
    // Looked at every second: only what is new is drawn anew.
    if (!same(this.remotes.peek(), remotes)) this.remotes.value = remotes;
    this.#tellUplink();
  }

  #tellUplink() {
    const links = [...this.links.values()];
    const reached = links.filter(({ peer }) => peer.state === "connected");
    const level = /** @type {0 | 1 | 2 | 3} */ (reached.length ? Math.min(...reached.map(({ out }) => out)) : 0);
    // Whoever saves all pictures misses none. A weak line breaks off now and then, and is a weak line all the while.
    const voiceAlone = ceilingOf(this.saver) > VOICE_ALONE && links.some(({ quality }) => quality.rung === VOICE_ALONE);
    const before = this.uplink.peek();
    if (before.level !== level || before.voiceAlone !== voiceAlone) this.uplink.value = { level, voiceAlone };
  }

  #listen() {
    let changed = false;
    for (const [id, link] of this.links) {
      if (link.goneSince !== null && this.now() - link.goneSince > GRACE) {
        this.#end(id);
        changed = true;
        continue;
      }
      const loud = this.rules.hears(link.view.who) && isLoud(link.peer.pc);
      changed ||= loud !== link.speaking;
      link.speaking = loud;
    }
    if (changed) this.#tell();
  }

  async #measure() {
    await Promise.all([...this.links.values()].map((link) => this.#measureLink(link)));
    this.#climb();
  }

  /** @param {Link} link */
  async #measureLink(link) {
    const reports = (await link.peer.pc.getStats()).values();
    const now = this.now();
    const readings = readingsOf(reports, now);
    const sample = between(link.readings, readings);
    link.readings = readings;
    if (sample.heard) link.heardAt = now;
    const silence = now - link.heardAt;
    link.lost = silence > (link.goneSince === null ? SILENT_FOR : SILENT_AND_GONE_FOR);
    // Neither the server nor the line hears of them any more: a still picture would pretend that they are here.
    if (link.lost && link.goneSince !== null) {
      if (this.links.get(link.view.peer) === link) this.#end(link.view.peer);
      return;
    }
    if (link.peer.state !== "connected") return;
    if (sample.pictures > 0 || link.movedAt === null) link.movedAt = now;
    link.level = levelOf(sample.roundTrip, sample.lost);
    link.out = link.quality.rung === VOICE_ALONE ? 1 : levelOf(sample.roundTrip, sample.lostThere);
    const hasPicture = this.local?.getVideoTracks().some((track) => track.enabled && isLive(track)) ?? false;
    if (hasPicture && !link.lost) link.quality = decided(link.quality, sample, now);
  }
}

/**
 * @param {Link} link
 * @param {number} now
 */
function moves({ movedAt }, now) {
  return movedAt === null || now - movedAt < STILL_FOR;
}

/**
 * @param {Remote[]} before
 * @param {Remote[]} after
 */
function same(before, after) {
  if (before.length !== after.length) return false;
  return after.every((one, index) => {
    const other = before[index];
    return other && Object.entries(one).every(([name, value]) => value === Reflect.get(other, name));
  });
}

/** @param {MediaStreamTrack} track */
function isLive(track) {
  return !track.muted && track.readyState === "live";
}

/** @param {RTCPeerConnection} pc */
function isLoud(pc) {
  const sounds = pc.getReceivers().filter((one) => one.track.kind === "audio");
  return sounds.some((one) => one.getSynchronizationSources().some((s) => (s.audioLevel ?? 0) > LOUD));
}
