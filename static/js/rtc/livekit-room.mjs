// A room of a media server: pictures and sound of many, of which this page takes what it shows.
import { signal } from "@preact/signals-core";

/** @import {MediaRoom, Remote, Rules, Uplink} from "./media-room.mjs" */
/** @import {Saver} from "./quality.mjs" */
/** @import {Media, MediaWay, PeerView} from "../wire.mjs" */
/** @import {Participant, RemoteParticipant, RemoteTrackPublication, Room} from "livekit-client" */

const AGAIN_AFTER = 4000;
const PICTURE = { maxBitrate: 400_000, maxFramerate: 20 };
const SMALL = 0;
const LARGE = 2;

/**
 * @param {string} identity
 * @returns {string} the person whose device this is
 */
export function personBehind(identity) {
  return identity.split("~")[0] ?? identity;
}

/** @implements {MediaRoom} */
export class LivekitRoom {
  /**
   * @param {object} parts
   * @param {() => Promise<MediaWay | null>} parts.way asks the server for a way in; null: it did not answer
   * @param {() => void} [parts.muted] somebody closed my microphone
   * @param {() => Promise<typeof import("livekit-client")>} [parts.load]
   */
  constructor({ way, muted = () => {}, load = () => import("livekit-client") }) {
    this.way = way;
    this.muted = muted;
    this.load = load;
    this.remotes = signal(/** @type {Remote[]} */ ([]));
    this.uplink = signal(/** @type {Uplink} */ ({ level: 0, voiceAlone: false }));
    /** @type {Rules} */
    this.rules = { hears: () => true, sees: () => true };
    /** @type {Media} */
    this.allowed = "video";
    /** @type {Saver} */
    this.saver = "off";
    /** @type {Room | null} */
    this.room = null;
    this.isOpen = false;
    this.connecting = false;
    /** @type {(who: string) => boolean} */
    this.belongs = () => false;
    /** Whose pictures are taken; null: everybody's. @type {Set<string> | null} */
    this.looked = null;
    this.large = "";
    /** @type {MediaStream | null} */
    this.local = null;
    /** @type {Map<string, MediaStream>} */
    this.streams = new Map();
    /** @type {Promise<void>} */
    this.publishing = Promise.resolve();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
  }

  /**
   * The media server brings its own ways between browsers.
   * @param {RTCConfiguration} [_ice]
   */
  open(_ice) {
    this.isOpen = true;
    void this.#connect();
  }

  /**
   * @param {string | null} _mine
   * @param {PeerView[]} _peers
   * @param {(who: string) => boolean} belongs
   */
  meet(_mine, _peers, belongs) {
    this.belongs = belongs;
    this.#settle();
  }

  hear() {}

  /** @param {Rules} rules */
  obey(rules) {
    this.rules = rules;
    this.#settle();
  }

  /** @param {Media} media */
  allow(media) {
    this.allowed = media;
    this.#publishSoon();
  }

  /** @param {Saver} saver */
  spare(saver) {
    this.saver = saver;
    this.#settle();
    this.#publishSoon();
  }

  /** The media server measures the line, and sends pictures again by itself. */
  tryPicture() {}

  /**
   * Publish exactly the tracks of this stream, as far as I may.
   * @param {MediaStream | null} stream
   */
  show(stream) {
    this.local = stream;
    this.#publishSoon();
  }

  /**
   * Take the pictures of these people only, one of them large.
   * @param {Iterable<string>} people
   * @param {string} [large]
   */
  look(people, large = "") {
    this.looked = new Set(people);
    this.large = large;
    this.#settle();
  }

  again() {
    if (this.isOpen && !this.room) void this.#connect();
  }

  close() {
    this.isOpen = false;
    clearTimeout(this.waiting);
    const { room } = this;
    this.room = null;
    void room?.disconnect(false);
    this.streams.clear();
    this.remotes.value = [];
  }

  async #connect() {
    if (this.connecting || this.room || !this.isOpen) return;
    this.connecting = true;
    clearTimeout(this.waiting);
    try {
      const way = await this.way();
      if (way?.kind === "livekit" && this.isOpen) await this.#enter(way);
      else if (way?.kind !== "none") this.#later();
    } catch {
      this.#later();
    } finally {
      this.connecting = false;
    }
  }

  #later() {
    this.room = null;
    clearTimeout(this.waiting);
    if (this.isOpen) this.waiting = setTimeout(() => void this.#connect(), AGAIN_AFTER);
  }

  /** @param {MediaWay} way */
  async #enter(way) {
    const { Room, setLogLevel } = await this.load();
    // Its log names addresses and identities.
    setLogLevel("silent");
    const room = new Room({ dynacast: true, stopLocalTrackOnUnpublish: false });
    await this.#listen(room);
    await room.connect(way.url, way.token, { autoSubscribe: false });
    if (!this.isOpen) {
      await room.disconnect(false);
      return;
    }
    this.room = room;
    this.#settle();
    this.#publishSoon();
  }

  /** @param {Room} room */
  async #listen(room) {
    const { RoomEvent } = await this.load();
    const settle = () => this.#settle();
    room
      .on(RoomEvent.ParticipantConnected, settle)
      .on(RoomEvent.ParticipantDisconnected, settle)
      .on(RoomEvent.TrackPublished, settle)
      .on(RoomEvent.TrackUnpublished, settle)
      .on(RoomEvent.TrackSubscribed, settle)
      .on(RoomEvent.TrackUnsubscribed, settle)
      .on(RoomEvent.TrackUnmuted, settle)
      .on(RoomEvent.ActiveSpeakersChanged, () => this.#tell())
      .on(RoomEvent.ConnectionQualityChanged, () => this.#tell())
      .on(RoomEvent.TrackMuted, (publication, participant) => {
        if (participant.isLocal && publication.kind === "audio") this.muted();
        settle();
      })
      .on(RoomEvent.ParticipantPermissionsChanged, (_before, participant) => {
        if (participant.isLocal) this.#publishSoon();
      })
      .on(RoomEvent.Disconnected, () => {
        if (this.room !== room) return;
        this.streams.clear();
        this.#later();
        this.#tell();
      });
  }

  #settle() {
    for (const participant of this.room?.remoteParticipants.values() ?? []) {
      const who = personBehind(participant.identity);
      for (const publication of participant.trackPublications.values())
        this.#take(publication, this.belongs(who) && this.#wants(who, publication.source), who);
    }
    this.#tell();
  }

  /**
   * Whatever else somebody might send, a screen for one, is not taken.
   * @param {string} who
   * @param {string} source
   */
  #wants(who, source) {
    if (source === "microphone") return this.rules.hears(who);
    if (source !== "camera" || this.saver === "none" || !this.rules.sees(who)) return false;
    return this.looked === null || this.looked.has(who);
  }

  /**
   * @param {RemoteTrackPublication} publication
   * @param {boolean} wanted
   * @param {string} who
   */
  #take(publication, wanted, who) {
    if (publication.isDesired !== wanted) publication.setSubscribed(wanted);
    if (wanted && publication.kind === "video" && (this.looked || this.saver === "small"))
      publication.setVideoQuality(who === this.large && this.saver === "off" ? LARGE : SMALL);
  }

  #tell() {
    const others = this.room ? [...this.room.remoteParticipants.values()] : [];
    for (const id of this.streams.keys()) if (!others.some((one) => one.identity === id)) this.streams.delete(id);
    this.remotes.value = others.filter((one) => this.belongs(personBehind(one.identity))).map((one) => this.#seen(one));
    this.uplink.value = { level: this.room ? levelOf(this.room.localParticipant) : 0, voiceAlone: false };
  }

  /**
   * @param {RemoteParticipant} participant
   * @returns {Remote}
   */
  #seen(participant) {
    const { identity } = participant;
    const stream = this.streams.get(identity) ?? new MediaStream();
    this.streams.set(identity, stream);
    const publications = [...participant.trackPublications.values()].filter((one) => one.isSubscribed);
    const tracks = publications.flatMap((one) => one.track?.mediaStreamTrack ?? []);
    for (const old of stream.getTracks()) if (!tracks.includes(old)) stream.removeTrack(old);
    for (const track of tracks) if (!stream.getTracks().includes(track)) stream.addTrack(track);
    return {
      peer: identity,
      who: personBehind(identity),
      kind: identity.includes("~") ? "teacher" : "student",
      stream,
      state: "connected",
      lost: false,
      hasVideo: publications.some((one) => one.kind === "video" && !one.isMuted),
      speaking: participant.isSpeaking,
      level: levelOf(participant),
    };
  }

  /** One after the other: what is asked for while something is under way comes out as asked last. */
  #publishSoon() {
    this.publishing = this.publishing.then(() => this.#publish()).catch(() => {});
  }

  async #publish() {
    const me = this.room?.localParticipant;
    if (!me) return;
    const agreed = (/** @type {string} */ kind) =>
      kind === "video" ? this.allowed === "video" && this.saver !== "none" : this.allowed !== "none";
    const may = (/** @type {MediaStreamTrack} */ track) => agreed(track.kind) && mayPublish(me.permissions, track.kind);
    const wanted = (this.local?.getTracks() ?? []).filter((track) => track.readyState === "live" && may(track));
    for (const publication of [...me.trackPublications.values()]) {
      const track = publication.track?.mediaStreamTrack;
      if (track && !wanted.includes(track)) await me.unpublishTrack(track, false);
    }
    const published = [...me.trackPublications.values()].map((one) => one.track?.mediaStreamTrack);
    const { Track } = await this.load();
    for (const track of wanted.filter((one) => !published.includes(one))) {
      const source = track.kind === "video" ? Track.Source.Camera : Track.Source.Microphone;
      await me.publishTrack(track, { source, simulcast: true, videoEncoding: PICTURE });
    }
  }
}

/**
 * @param {{canPublish: boolean, canPublishSources: number[]} | undefined} permissions
 * @param {string} kind of the track
 */
export function mayPublish(permissions, kind) {
  if (!permissions?.canPublish) return false;
  // The protocol counts: 1 is the camera, 2 the microphone; no list means all.
  const { canPublishSources: sources } = permissions;
  return sources.length === 0 || sources.includes(kind === "video" ? 1 : 2);
}

/**
 * @param {Participant} participant
 * @returns {0 | 1 | 2 | 3}
 */
function levelOf({ connectionQuality }) {
  if (connectionQuality === "excellent") return 3;
  if (connectionQuality === "good") return 2;
  return connectionQuality === "poor" ? 1 : 0;
}
