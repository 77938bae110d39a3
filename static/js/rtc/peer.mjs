// One connection to one other browser: perfect negotiation, candidates as they come, a fresh start of ICE when it fails.
import { asParameters, asVoiceParameters, BEST, RUNGS, SMALLEST, VOICE_ALONE } from "./quality.mjs";
import { withPicturesUpTo, withSparingVoice, writerOf } from "./sdp.mjs";

/** @import {LinkState} from "./media-room.mjs" */
/** @typedef {{description?: RTCSessionDescriptionInit | null, candidate?: RTCIceCandidateInit | null}} Message */
/** @typedef {"audio" | "video"} Kind */
/** @typedef {{audio: boolean, video: boolean}} Both */
/** What passes each way, and what of it may be heard and seen. @typedef {{sends: Both, takes: Both, plays: Both, smallPictures: boolean}} Arrangement */

const LOOK_EVERY = 5000;
/** An old laptop or a far relay takes its time: whoever starts again too soon never gets there. */
const LONGEST_ATTEMPT = 10_000;
/** How long a broken connection is mended before it is made anew. */
const GIVE_UP_AFTER = 35_000;
const DISCONNECTED_FOR = 1500;
/** Both sides notice a loss at the same moment; the polite one leaves the first attempt to the other. */
const POLITE_WAITS = 700;
const BETWEEN_RESTARTS = 1500;
const MOST_MISHEARD = 3;
const CAMERA_HEIGHT = 360;
/** @type {readonly Kind[]} */
const KINDS = ["audio", "video"];
/** @type {Arrangement} */
export const EVERYTHING = {
  sends: { audio: true, video: true },
  takes: { audio: true, video: true },
  plays: { audio: true, video: true },
  smallPictures: false,
};

export class Peer {
  /**
   * @param {object} parts
   * @param {boolean} parts.polite yields when both offer at the same moment; kept for the life of this connection
   * @param {boolean} [parts.opens] lays out the lines of sound and picture; the other side fills those it is offered
   * @param {RTCConfiguration} parts.ice
   * @param {(message: Message) => void} parts.send
   * @param {() => void} parts.changed
   * @param {(message: Message | null) => void} [parts.over] this connection cannot come about any more: the other side
   *   began anew with this message, or (null) nothing has helped
   * @param {MediaStream | null} parts.local
   * @param {Arrangement} [parts.arrangement]
   * @param {(ice: RTCConfiguration) => RTCPeerConnection} [parts.connect]
   * @param {() => number} [parts.now]
   */
  constructor(parts) {
    const { polite, opens = !polite, ice, send, changed, over = () => {}, local, now = Date.now } = parts;
    const { arrangement = EVERYTHING, connect = (config) => new RTCPeerConnection(config) } = parts;
    this.polite = polite;
    this.send = send;
    this.changed = changed;
    this.over = over;
    this.local = local;
    this.arrangement = arrangement;
    this.now = now;
    /** @type {LinkState} */
    this.state = "new";
    this.stream = new MediaStream();
    this.rung = BEST;
    this.makingOffer = false;
    this.ignoring = false;
    this.closed = false;
    this.misheard = 0;
    /** Names the connection on the other side. @type {string | null} */
    this.writer = null;
    this.brokenSince = now();
    this.restartedAt = Number.NEGATIVE_INFINITY;
    /** @type {Promise<unknown>} */
    this.queue = Promise.resolve();
    /** @type {Promise<unknown>} */
    this.tuning = Promise.resolve();
    /** One line of each kind: a second picture would be a screen. @type {Partial<Record<Kind, RTCRtpTransceiver>>} */
    this.lines = {};
    /** @type {Partial<Record<Kind, MediaStreamTrack>>} */
    this.arrived = {};
    this.pc = connect(ice);
    this.#listen();
    if (opens) {
      for (const kind of KINDS) this.pc.addTransceiver(kind, { direction: this.#direction(kind) });
      this.#fillLines();
    }
    this.watch = setInterval(() => this.#lookAfter(), LOOK_EVERY);
  }

  /**
   * Send these tracks from now on (null: nothing). Needs no new negotiation.
   * @param {MediaStream | null} local
   */
  show(local) {
    this.local = local;
    this.#fillLines();
  }

  /**
   * Let this pass from now on; what may not come any more is silent and dark at once, whatever the other side sends.
   * @param {Arrangement} arrangement
   */
  arrange(arrangement) {
    if (JSON.stringify(arrangement) === JSON.stringify(this.arrangement)) return;
    const asksAnew = arrangement.smallPictures !== this.arrangement.smallPictures;
    this.arrangement = arrangement;
    this.#fillLines();
    this.#render();
    if (asksAnew && this.writer !== null && this.pc.signalingState === "stable") void this.#offer();
  }

  /**
   * Send pictures of this rung of the ladder, without a new negotiation.
   * @param {number} rung
   */
  climb(rung) {
    if (rung === this.rung) return;
    this.rung = rung;
    this.#tune();
  }

  /**
   * Use other servers or credentials for ways that are looked for from now on; the present way is kept.
   * @param {RTCConfiguration} ice
   */
  configure(ice) {
    if (!this.closed) this.pc.setConfiguration(ice);
  }

  /**
   * A message of the other side. Messages are worked through one after the other.
   * @param {Message} message
   * @returns {Promise<unknown>}
   */
  hear(message) {
    this.queue = this.queue.then(() => this.#heard(message)).catch(() => this.#notUnderstood());
    return this.queue;
  }

  /** Look for a way to the other side anew. However many reasons there are at once, one attempt a moment is enough. */
  restart() {
    if (this.closed) return;
    clearTimeout(this.patience);
    const wait = this.restartedAt + BETWEEN_RESTARTS - this.now();
    if (wait > 0) {
      this.patience = setTimeout(() => this.restart(), wait);
      return;
    }
    this.restartedAt = this.now();
    // Whoever waits for the first offer has nothing yet that could be started again.
    if (!this.#repeatOffer() && this.pc.getTransceivers().length > 0) this.pc.restartIce();
  }

  /** Once messages can be sent again: go on where they were lost. */
  again() {
    if (this.closed) return;
    if (this.state !== "connected") this.restart();
    else this.#repeatOffer();
  }

  /** The end of this connection. */
  close() {
    this.closed = true;
    clearInterval(this.watch);
    clearTimeout(this.patience);
    this.pc.close();
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
  }

  #listen() {
    const { pc } = this;
    pc.onnegotiationneeded = () => void this.#offer();
    pc.onicecandidate = ({ candidate }) => this.send({ candidate: candidate?.toJSON() ?? null });
    pc.ontrack = ({ track, transceiver }) => {
      const kind = /** @type {Kind} */ (track.kind);
      this.lines[kind] ??= transceiver;
      if (this.lines[kind] !== transceiver) return;
      this.arrived[kind] = track;
      track.onmute = track.onunmute = () => this.changed();
      this.#render();
    };
    // Nobody writes past the rules of the room.
    pc.ondatachannel = ({ channel }) => channel.close();
    pc.onconnectionstatechange = () => this.#moved();
  }

  async #offer() {
    if (this.closed) return;
    try {
      this.makingOffer = true;
      await this.pc.setLocalDescription();
      this.#describe();
    } catch {
      // The other side's offer came in between; it is answered instead.
    } finally {
      this.makingOffer = false;
    }
  }

  /** Send my description, with what I ask the other side to do about it. */
  #describe() {
    const mine = this.pc.localDescription;
    if (!mine) return;
    const voice = withSparingVoice(mine.sdp);
    const sdp = this.arrangement.smallPictures ? withPicturesUpTo(voice, RUNGS[SMALLEST]?.bits ?? 0) : voice;
    this.send({ description: { type: mine.type, sdp } });
  }

  /** An offer without an answer may have been lost with the connection that carried it. */
  #repeatOffer() {
    if (this.pc.signalingState !== "have-local-offer") return false;
    this.#describe();
    return true;
  }

  /** @param {Message} message */
  async #heard({ description, candidate }) {
    if (this.closed) return;
    if (description) await this.#heardDescription(description);
    else if (candidate !== undefined) {
      try {
        await this.pc.addIceCandidate(candidate ?? undefined);
      } catch {
        // of an offer that is not used, of an earlier connection, or of no use to anybody
      }
    }
  }

  /** @param {RTCSessionDescriptionInit} description */
  async #heardDescription(description) {
    const { pc } = this;
    const offered = description.type === "offer";
    const writer = writerOf(description.sdp);
    if (this.writer !== null && writer !== null && writer !== this.writer) {
      // The other side has a new connection, and this one knows the keys of the old.
      this.over(offered ? { description } : null);
      return;
    }
    const collision = offered && (this.makingOffer || pc.signalingState !== "stable");
    this.ignoring = !this.polite && collision;
    if (this.ignoring || (!offered && pc.signalingState !== "have-local-offer")) return;
    await pc.setRemoteDescription(description);
    this.writer = writer;
    if (!offered) return;
    this.#fillLines();
    await pc.setLocalDescription();
    this.#describe();
  }

  #notUnderstood() {
    this.misheard += 1;
    // A slip is repaired by a fresh start; whoever keeps on sending nonsense gets no more of them.
    if (this.misheard <= MOST_MISHEARD) this.restart();
  }

  /** @param {Kind} kind @returns {RTCRtpTransceiverDirection} */
  #direction(kind) {
    const { sends, takes } = this.arrangement;
    if (sends[kind]) return takes[kind] ? "sendrecv" : "sendonly";
    return takes[kind] ? "recvonly" : "inactive";
  }

  #fillLines() {
    if (this.closed) return;
    for (const line of this.pc.getTransceivers()) {
      const kind = /** @type {Kind} */ (line.receiver.track.kind);
      this.lines[kind] ??= line;
      const direction = this.lines[kind] === line ? this.#direction(kind) : "inactive";
      if (line.direction !== "stopped" && line.direction !== direction) line.direction = direction;
      const mine = this.local?.getTracks().find((one) => one.kind === kind) ?? null;
      const track = direction.startsWith("send") ? mine : null;
      if (line.sender.track !== track) void line.sender.replaceTrack(track).then(() => this.#tune());
    }
  }

  /** Hold what may be heard and seen, and nothing else. */
  #render() {
    for (const kind of KINDS) {
      const track = this.arrived[kind];
      if (!track) continue;
      const allowed = this.arrangement.plays[kind];
      track.enabled = allowed;
      if (!allowed) this.stream.removeTrack(track);
      else if (!this.stream.getTracks().includes(track)) this.stream.addTrack(track);
    }
    this.changed();
  }

  /** One after the other: parameters that were read before the last change are refused. */
  #tune() {
    this.tuning = this.tuning
      .then(() => this.#tuned())
      .catch(() => {
        // before the first negotiation there is nothing to limit yet; the browser's own limit holds
      });
  }

  async #tuned() {
    if (this.closed) return;
    const { audio, video } = this.lines;
    if (video?.sender.track) {
      const wished = video.sender.getParameters();
      asParameters(wished, this.rung, video.sender.track.getSettings().height ?? CAMERA_HEIGHT);
      await video.sender.setParameters(wished);
    }
    if (audio?.sender.track) {
      const wished = audio.sender.getParameters();
      asVoiceParameters(wished, this.rung === VOICE_ALONE);
      await audio.sender.setParameters(wished);
    }
  }

  #moved() {
    const now = this.pc.connectionState;
    clearTimeout(this.patience);
    if (now === "connected") {
      this.state = "connected";
      this.misheard = 0;
      this.#tune();
    } else {
      if (this.state === "connected") this.brokenSince = this.now();
      if (now === "failed") {
        this.state = "failed";
        this.#restartIn(0);
      } else {
        this.state = "connecting";
        if (now === "disconnected") this.#restartIn(DISCONNECTED_FOR);
      }
    }
    this.changed();
  }

  /** @param {number} after */
  #restartIn(after) {
    const wait = after + (this.polite ? POLITE_WAITS : 0);
    this.patience = setTimeout(() => {
      if (this.state !== "connected") this.restart();
    }, wait);
  }

  #lookAfter() {
    if (this.state === "connected") return;
    const now = this.now();
    const attempted = now - Math.max(this.restartedAt, this.brokenSince);
    if (now - this.brokenSince > GIVE_UP_AFTER) this.over(null);
    // One side is enough; the other one answers.
    else if (attempted >= LONGEST_ATTEMPT && (!this.polite || this.state === "failed")) this.restart();
  }
}
