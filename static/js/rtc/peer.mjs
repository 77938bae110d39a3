// One connection to one other browser: perfect negotiation, candidates as they come, a fresh start of ICE when it fails.

/** @import {LinkState} from "./media-room.mjs" */
/** @typedef {{description?: RTCSessionDescriptionInit | null, candidate?: RTCIceCandidateInit | null}} Message */

const GIVE_UP_WAITING = 12_000;
const DISCONNECTED_FOR = 4000;
const MOST_BITS = 400_000;

export class Peer {
  /**
   * @param {object} parts
   * @param {boolean} parts.polite yields when both offer at the same moment; the other one opens the connection
   * @param {RTCConfiguration} parts.ice
   * @param {(message: Message) => void} parts.send
   * @param {() => void} parts.changed
   * @param {MediaStream | null} parts.local
   * @param {(ice: RTCConfiguration) => RTCPeerConnection} [parts.connect]
   */
  constructor({ polite, ice, send, changed, local, connect = (config) => new RTCPeerConnection(config) }) {
    this.polite = polite;
    this.send = send;
    this.changed = changed;
    this.local = local;
    /** @type {LinkState} */
    this.state = "new";
    this.stream = new MediaStream();
    this.makingOffer = false;
    this.ignoring = false;
    this.closed = false;
    /** @type {Promise<unknown>} */
    this.queue = Promise.resolve();
    this.pc = connect(ice);
    this.#listen();
    // Only one side lays out the lines of sound and picture; the other side fills those it is offered.
    if (!polite) {
      this.pc.addTransceiver("audio", { direction: "sendrecv" });
      this.pc.addTransceiver("video", { direction: "sendrecv" });
      this.#fillLines();
    }
    this.watch = setInterval(() => this.#nudgeWhenStuck(), GIVE_UP_WAITING);
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
   * A message of the other side. Messages are worked through one after the other.
   * @param {Message} message
   * @returns {Promise<unknown>}
   */
  hear(message) {
    this.queue = this.queue.then(() => this.#heard(message)).catch(() => this.restart());
    return this.queue;
  }

  /** Look for a way to the other side anew. */
  restart() {
    if (this.closed) return;
    if (this.pc.signalingState === "have-local-offer" && this.pc.localDescription) {
      // The offer may have been lost with the connection that carried it.
      this.send({ description: this.pc.localDescription });
      return;
    }
    this.pc.restartIce();
  }

  /** Once messages can be sent again: go on where they were lost. */
  again() {
    if (this.state !== "connected") this.restart();
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
    pc.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      track.onmute = track.onunmute = () => this.changed();
      this.changed();
    };
    pc.onconnectionstatechange = () => this.#moved();
  }

  async #offer() {
    if (this.closed) return;
    try {
      this.makingOffer = true;
      await this.pc.setLocalDescription();
      if (this.pc.localDescription) this.send({ description: this.pc.localDescription });
    } catch {
      // The other side's offer came in between; it is answered instead.
    } finally {
      this.makingOffer = false;
    }
  }

  /** @param {Message} message */
  async #heard({ description, candidate }) {
    const { pc } = this;
    if (this.closed) return;
    if (description) {
      const collision = description.type === "offer" && (this.makingOffer || pc.signalingState !== "stable");
      this.ignoring = !this.polite && collision;
      if (this.ignoring) return;
      await pc.setRemoteDescription(description);
      if (description.type !== "offer") return;
      this.#fillLines();
      await pc.setLocalDescription();
      if (pc.localDescription) this.send({ description: pc.localDescription });
    } else if (candidate !== undefined) {
      try {
        await pc.addIceCandidate(candidate ?? undefined);
      } catch (problem) {
        if (!this.ignoring) throw problem;
      }
    }
  }

  #fillLines() {
    for (const line of this.pc.getTransceivers()) {
      const kind = line.receiver.track.kind;
      const track = this.local?.getTracks().find((one) => one.kind === kind) ?? null;
      if (line.direction !== "stopped" && line.direction !== "sendrecv") line.direction = "sendrecv";
      if (line.sender.track !== track) void line.sender.replaceTrack(track).then(() => this.#spare(line.sender));
    }
  }

  /**
   * A class of thirty shares one school connection.
   * @param {RTCRtpSender} sender
   */
  async #spare(sender) {
    if (sender.track?.kind !== "video") return;
    const wished = sender.getParameters();
    for (const encoding of wished.encodings ?? []) encoding.maxBitrate = MOST_BITS;
    try {
      await sender.setParameters(wished);
    } catch {
      // before the first negotiation there is nothing to limit yet; the browser's own limit holds
    }
  }

  #moved() {
    const now = this.pc.connectionState;
    clearTimeout(this.patience);
    if (now === "connected") {
      this.state = "connected";
      for (const sender of this.pc.getSenders()) void this.#spare(sender);
    } else if (now === "failed") {
      this.state = "failed";
      this.restart();
    } else if (now === "disconnected") {
      this.state = "connecting";
      this.patience = setTimeout(() => this.restart(), DISCONNECTED_FOR);
    } else if (now === "connecting") {
      this.state = "connecting";
    }
    this.changed();
  }

  #nudgeWhenStuck() {
    if (this.state === "connected") return;
    // One side is enough; the other one answers.
    if (!this.polite || this.state === "failed") this.restart();
  }
}
