// A call of a page with itself, over the same servers as a lesson's: does a way lead out, and how much does it carry?

/** @typedef {"udp" | "tcp" | "tls" | "direct"} Transport */
/** @typedef {{iceServers: RTCIceServer[], iceTransportPolicy: RTCIceTransportPolicy}} Ice */
/**
 * One look at the call: counters since its start, and what held the picture back just then.
 * @typedef {{at: number, sent: number, received: number, got: number, lost: number, roundTrip: number | null, limited: string}} Sample
 */
/** @typedef {{up: number, down: number, round_trip: number | null, lost: number, limited: "none" | "bandwidth" | "cpu"}} Summary */

/** What a lesson's picture may use at most (see peer.mjs): a class of thirty shares one school connection. */
const MOST_BITS = 400_000;
/** A call begins slowly and feels its way up; that part says nothing about the line. */
const WARM_UP = 8000;

export class Loopback {
  /**
   * @param {RTCConfiguration} ice
   * @param {(ice: RTCConfiguration) => RTCPeerConnection} [connect]
   */
  constructor(ice, connect = (config) => new RTCPeerConnection(config)) {
    this.near = connect(ice);
    this.far = connect(ice);
    this.near.onicecandidate = ({ candidate }) => pass(this.far, candidate);
    this.far.onicecandidate = ({ candidate }) => pass(this.near, candidate);
  }

  /**
   * Call; without a picture the call carries an empty channel, which is enough to see whether it stands.
   * @param {MediaStreamTrack | null} picture
   * @param {number} patience ms
   * @returns {Promise<number | null>} ms until it stood, or null where it did not
   */
  async call(picture, patience) {
    const since = performance.now();
    if (picture) this.near.addTransceiver(picture, { direction: "sendonly" });
    else this.near.createDataChannel("way");
    const stands = this.#stands(patience);
    try {
      await this.near.setLocalDescription();
      await this.far.setRemoteDescription(/** @type {RTCSessionDescription} */ (this.near.localDescription));
      await this.far.setLocalDescription();
      await this.near.setRemoteDescription(/** @type {RTCSessionDescription} */ (this.far.localDescription));
    } catch {
      return null; // a browser that cannot call itself cannot call anybody
    }
    if (!(await stands)) return null;
    await this.#spare();
    return Math.round(performance.now() - since);
  }

  /** @returns {Promise<Sample>} */
  async look() {
    /** @type {Sample} */
    const seen = { at: performance.now(), sent: 0, received: 0, got: 0, lost: 0, roundTrip: null, limited: "none" };
    for (const one of (await this.near.getStats()).values()) {
      if (one.type === "outbound-rtp") {
        seen.sent += one.bytesSent ?? 0;
        seen.limited = one.qualityLimitationReason ?? seen.limited;
      }
      if (one.type === "candidate-pair" && one.nominated && one.currentRoundTripTime !== undefined)
        seen.roundTrip = one.currentRoundTripTime * 1000;
    }
    for (const one of (await this.far.getStats()).values()) {
      if (one.type !== "inbound-rtp") continue;
      seen.received += one.bytesReceived ?? 0;
      seen.got += one.packetsReceived ?? 0;
      seen.lost += Math.max(0, one.packetsLost ?? 0);
    }
    return seen;
  }

  close() {
    this.near.close();
    this.far.close();
  }

  /** @param {number} patience */
  #stands(patience) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), patience);
      this.near.onconnectionstatechange = () => {
        const state = this.near.connectionState;
        if (state !== "connected" && state !== "failed") return;
        clearTimeout(timer);
        resolve(state === "connected");
      };
    });
  }

  async #spare() {
    for (const sender of this.near.getSenders()) {
      const wished = sender.getParameters();
      for (const encoding of wished.encodings ?? []) encoding.maxBitrate = MOST_BITS;
      try {
        await sender.setParameters(wished);
      } catch {
        // then the browser's own limit holds, and the figure is only larger
      }
    }
  }
}

/**
 * @param {RTCPeerConnection} other
 * @param {RTCIceCandidate | null} candidate
 */
function pass(other, candidate) {
  // Candidates can come after the end of a short call; there is nothing left to add them to.
  if (candidate && other.signalingState !== "closed") void other.addIceCandidate(candidate).catch(() => {});
}

/**
 * Return the ways that a lesson could take, each alone: one a TURN address, or the direct one.
 * @param {Ice} ice
 * @returns {{transport: Transport, ice: RTCConfiguration}[]}
 */
export function waysOf(ice) {
  if (ice.iceTransportPolicy !== "relay") return [{ transport: "direct", ice }];
  return ice.iceServers.flatMap((server) =>
    [server.urls].flat().map((url) => ({
      transport: transportOf(url),
      ice: { iceServers: [{ ...server, urls: [url] }], iceTransportPolicy: ice.iceTransportPolicy },
    })),
  );
}

/**
 * @param {string} url turn:host:port?transport=tcp, as in RFC 7065
 * @returns {Transport}
 */
export function transportOf(url) {
  if (url.startsWith("turns:")) return "tls";
  return url.endsWith("transport=tcp") ? "tcp" : "udp";
}

/**
 * Return what the call carried once it had found its speed, or null where it was seen too shortly.
 * @param {Sample[]} samples
 * @returns {Summary | null}
 */
export function summaryOf(samples) {
  const began = samples[0]?.at ?? 0;
  const steady = samples.filter((one) => one.at - began >= WARM_UP);
  const [first, last] = [steady[0], steady.at(-1)];
  if (!first || !last || last.at === first.at) return null;
  const kilobits = (/** @type {number} */ bytes) => Math.max(0, Math.round((bytes * 8) / (last.at - first.at)));
  const lost = Math.max(0, last.lost - first.lost);
  const trips = steady.flatMap((one) => (one.roundTrip === null ? [] : [one.roundTrip])).sort((a, b) => a - b);
  const held = (/** @type {string} */ by) => steady.filter((one) => one.limited === by).length > steady.length / 2;
  return {
    up: kilobits(last.sent - first.sent),
    down: kilobits(last.received - first.received),
    round_trip: trips.length > 0 ? Math.round(/** @type {number} */ (trips[trips.length >> 1])) : null,
    lost: lost === 0 ? 0 : Number((lost / (lost + Math.max(0, last.got - first.got))).toFixed(4)),
    limited: held("cpu") ? "cpu" : held("bandwidth") ? "bandwidth" : "none",
  };
}
