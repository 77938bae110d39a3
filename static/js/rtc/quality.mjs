// What a connection can carry: read from its statistics, and decided without any other help.

/** A step of the ladder of pictures. `bits` a second at most, `height` in lines, `rate` in pictures a second. */
/** @typedef {{bits: number, height: number, rate: number}} Rung */
/** @type {readonly Rung[]} */
export const RUNGS = [
  { bits: 0, height: 0, rate: 0 },
  { bits: 60_000, height: 180, rate: 8 },
  { bits: 120_000, height: 180, rate: 15 },
  { bits: 250_000, height: 270, rate: 20 },
  { bits: 450_000, height: 360, rate: 24 },
];
export const VOICE_ALONE = 0;
export const SMALLEST = 1;
export const BEST = RUNGS.length - 1;

/** @typedef {"off" | "small" | "none"} Saver how much data may go into pictures: all they need, little, nothing */

/** A voice with its packets' headers. */
const VOICE_BITS = 45_000;
/** An encoder makes do with so much of what a rung allows; below that the next lower rung looks better. */
const ENOUGH = 0.4;
/** Where less than this share of what the line could carry is sent, its estimate says nothing of the line. */
const TELLING = 0.5;
const MUCH_LOST = 0.15;
const LONG_WAY = 1.5;
/** How many seconds in a row must be bad before a picture gets smaller, and before it goes. */
const BAD_FOR = 3;
const BAD_BEFORE_VOICE_ALONE = 4;
/** How long all must be well before the next rung is tried, s; doubled whenever the try fails soon after. */
const PATIENCE = { picture: 10, voice: 60, longest: 300 };
const SOON = 12;

/**
 * What the statistics of one connection add up to so far.
 * @typedef {object} Readings
 * @property {number} at ms
 * @property {number} lost packets that should have come
 * @property {number} got packets that came
 * @property {number} heard anything at all that came over the line, the checks of ICE included
 * @property {number} pictures decoded
 * @property {number} sent bytes
 * @property {number | null} roundTrip s
 * @property {number | null} available bits a second that the line is thought to carry
 * @property {number} lostThere share of what we sent that did not arrive, as the other side tells
 */
/**
 * What happened between two readings.
 * @typedef {object} Sample
 * @property {number} lost share of packets that did not come
 * @property {boolean} heard whether anything came
 * @property {number} pictures decoded meanwhile
 * @property {number} sentBits a second
 * @property {number | null} roundTrip
 * @property {number | null} available
 * @property {number} lostThere
 */
/**
 * @typedef {object} Quality
 * @property {number} rung of the ladder
 * @property {number} bad seconds in a row
 * @property {number} goodSince ms
 * @property {number} patience s
 * @property {number} steppedUpAt ms
 */

/** @param {number} now @returns {Readings} */
export function nothingRead(now) {
  return {
    at: now,
    lost: 0,
    got: 0,
    heard: 0,
    pictures: 0,
    sent: 0,
    roundTrip: null,
    available: null,
    lostThere: 0,
  };
}

/**
 * @param {Iterable<any>} reports of RTCPeerConnection.getStats
 * @param {number} now
 * @returns {Readings}
 */
export function readingsOf(reports, now) {
  const read = nothingRead(now);
  for (const one of reports) {
    if (one.type === "inbound-rtp") {
      read.lost += one.packetsLost ?? 0;
      read.got += one.packetsReceived ?? 0;
      read.pictures += one.framesDecoded ?? 0;
    } else if (one.type === "outbound-rtp") {
      read.sent += one.bytesSent ?? 0;
    } else if (one.type === "remote-inbound-rtp") {
      read.lostThere = Math.max(read.lostThere, one.fractionLost ?? 0);
      read.roundTrip = larger(read.roundTrip, one.roundTripTime);
    } else if (one.type === "candidate-pair") {
      read.heard += (one.responsesReceived ?? 0) + (one.requestsReceived ?? 0) + (one.packetsReceived ?? 0);
      if (one.nominated) {
        read.roundTrip = larger(read.roundTrip, one.currentRoundTripTime);
        read.available = one.availableOutgoingBitrate ?? read.available;
      }
    }
  }
  read.heard += read.got;
  return read;
}

/**
 * @param {number | null} one
 * @param {number | undefined} other
 */
function larger(one, other) {
  return other === undefined ? one : Math.max(one ?? 0, other);
}

/**
 * @param {Readings} before
 * @param {Readings} after
 * @returns {Sample}
 */
export function between(before, after) {
  // A connection that found another way counts anew.
  const grown = (/** @type {"lost" | "got" | "pictures" | "sent"} */ name) => Math.max(0, after[name] - before[name]);
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  return {
    lost: grown("lost") / Math.max(1, grown("lost") + grown("got")),
    heard: after.heard !== before.heard,
    pictures: grown("pictures"),
    sentBits: (grown("sent") * 8) / seconds,
    roundTrip: after.roundTrip,
    available: after.available,
    lostThere: after.lostThere,
  };
}

/**
 * Return how good a connection is, from round trip (s) and share of lost packets.
 * @param {number | null | undefined} roundTrip
 * @param {number} lost 0 to 1
 * @returns {1 | 2 | 3}
 */
export function levelOf(roundTrip, lost) {
  if (lost > 0.08 || (roundTrip ?? 0) > 0.7) return 1;
  return lost > 0.02 || (roundTrip ?? 0) > 0.35 ? 2 : 3;
}

/** @param {Saver} saver @returns {number} the highest rung that it leaves */
export function ceilingOf(saver) {
  return saver === "off" ? BEST : saver === "small" ? SMALLEST : VOICE_ALONE;
}

/** @param {number} now @returns {Quality} how every connection begins */
export function begun(now) {
  return { rung: BEST, bad: 0, goodSince: now, patience: PATIENCE.picture, steppedUpAt: Number.NEGATIVE_INFINITY };
}

/**
 * The person asks for the picture again: it comes small, and grows when all is well.
 * @param {number} now
 * @returns {Quality}
 */
export function triedAgain(now) {
  return { ...begun(now), rung: SMALLEST, steppedUpAt: now };
}

/**
 * Decide on the picture that is sent from now on. Called about once a second while a picture is there to be sent.
 * @param {Quality} quality
 * @param {Sample} sample
 * @param {number} now
 * @returns {Quality}
 */
export function decided(quality, sample, now) {
  const carried = carriedRung(quality.rung, sample);
  if (carried < quality.rung) return lowered({ ...quality, bad: quality.bad + 1, goodSince: now }, carried, now);
  const calm = { ...quality, bad: 0 };
  if (quality.rung === BEST || now - quality.goodSince < quality.patience * 1000) return calm;
  return { ...calm, rung: quality.rung + 1, goodSince: now, steppedUpAt: now };
}

/**
 * @param {Quality} quality
 * @param {number} carried
 * @param {number} now
 * @returns {Quality}
 */
function lowered(quality, carried, now) {
  if (quality.bad < (carried === VOICE_ALONE ? BAD_BEFORE_VOICE_ALONE : BAD_FOR)) return quality;
  const failedSoon = now - quality.steppedUpAt < SOON * 1000;
  const least = carried === VOICE_ALONE ? PATIENCE.voice : PATIENCE.picture;
  const patience = Math.min(PATIENCE.longest, Math.max(least, failedSoon ? quality.patience * 2 : quality.patience));
  return { ...quality, rung: carried, bad: 0, goodSince: now, patience };
}

/**
 * @param {number} rung
 * @param {Sample} sample
 * @returns {number} the rung that the line carries, at most the present one
 */
function carriedRung(rung, { available, sentBits, lostThere, roundTrip }) {
  if (rung === VOICE_ALONE) return rung;
  let carried = rung;
  if (available !== null && sentBits >= available * TELLING) {
    while (carried > VOICE_ALONE && available < (RUNGS[carried]?.bits ?? 0) * ENOUGH + VOICE_BITS) carried -= 1;
  }
  // Packets that queue for seconds are a full line; lost ones alone may be the air of a classroom, and leave a small picture.
  if ((roundTrip ?? 0) > LONG_WAY) carried = Math.min(carried, rung - 1);
  else if (lostThere > MUCH_LOST) carried = Math.min(carried, Math.max(SMALLEST, rung - 1));
  return carried;
}

/**
 * Write a rung into the parameters of a sender of pictures (RTCRtpSender.setParameters).
 * @param {RTCRtpSendParameters} wished changed in place
 * @param {number} rung
 * @param {number} height of what the camera gives
 */
export function asParameters(wished, rung, height) {
  const { bits, height: lines, rate } = RUNGS[rung] ?? /** @type {Rung} */ (RUNGS[BEST]);
  for (const encoding of wished.encodings ?? []) {
    encoding.active = rung !== VOICE_ALONE;
    encoding.priority = encoding.networkPriority = "low";
    if (rung === VOICE_ALONE) continue;
    encoding.maxBitrate = bits;
    encoding.maxFramerate = rate;
    encoding.scaleResolutionDownBy = Math.max(1, height / lines);
  }
}

/**
 * The voice comes before every picture, and takes little where the line is weak.
 * @param {RTCRtpSendParameters} wished changed in place
 * @param {boolean} sparing
 */
export function asVoiceParameters(wished, sparing) {
  for (const encoding of wished.encodings ?? []) {
    encoding.priority = encoding.networkPriority = "high";
    encoding.maxBitrate = sparing ? 16_000 : 32_000;
    // Longer packets on a weak line, so that headers do not take more of it than the voice (WebRTC extensions).
    Object.assign(encoding, { adaptivePtime: sparing });
  }
}
