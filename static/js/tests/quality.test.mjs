// What a line carries is decided from what was counted: slowly up, quickly down, and never to and fro.
import assert from "node:assert/strict";
import { test } from "node:test";
import { IceServers } from "../rtc/ice.mjs";
import {
  asParameters,
  asVoiceParameters,
  BEST,
  begun,
  between,
  ceilingOf,
  decided,
  levelOf,
  nothingRead,
  RUNGS,
  readingsOf,
  SMALLEST,
  triedAgain,
  VOICE_ALONE,
} from "../rtc/quality.mjs";
import { withPicturesUpTo, withSparingVoice, writerOf } from "../rtc/sdp.mjs";

/** @import {Quality, Sample} from "../rtc/quality.mjs" */

/** @type {Sample} */
const WELL = {
  lost: 0,
  heard: true,
  pictures: 20,
  sentBits: 480_000,
  roundTrip: 0.05,
  available: 1_500_000,
  lostThere: 0,
};
/** @type {Sample} */
const THIRTY_KBIT = { ...WELL, sentBits: 35_000, roundTrip: 1.1, available: 30_000, lostThere: 0.1 };

/** Seconds that are all alike. @param {Quality} quality @param {number} from s @param {number} seconds @param {Sample} sample */
function after(quality, from, seconds, sample) {
  let now = quality;
  for (let second = from; second < from + seconds; second += 1) now = decided(now, sample, second * 1000);
  return now;
}

test("a call begins with the whole picture, and keeps it on a good line", () => {
  assert.equal(begun(0).rung, BEST);
  assert.deepEqual(RUNGS[BEST], { bits: 450_000, height: 360, rate: 24 });
  assert.equal(after(begun(0), 0, 600, WELL).rung, BEST);
});

test("a line of 30 kbit/s is left to the voice within seconds, one bad second is nothing", () => {
  assert.equal(after(begun(0), 0, 1, THIRTY_KBIT).rung, BEST);
  assert.equal(after(begun(0), 0, 5, THIRTY_KBIT).rung, VOICE_ALONE);
  const shaken = after(after(begun(0), 0, 2, THIRTY_KBIT), 2, 1, WELL);
  assert.equal(after(shaken, 3, 2, THIRTY_KBIT).rung, BEST);
});

test("a narrower line gets the picture that it carries", () => {
  const narrow = { ...WELL, available: 160_000, sentBits: 150_000 };
  assert.equal(after(begun(0), 0, 20, narrow).rung, 3);
  assert.equal(after(begun(0), 0, 20, { ...narrow, available: 95_000, sentBits: 95_000 }).rung, 2);
});

test("an estimate says nothing of a line on which little is sent", () => {
  const dark = { ...WELL, available: 100_000, sentBits: 20_000 };
  assert.equal(after(begun(0), 0, 60, dark).rung, BEST);
});

test("lost packets make the picture small, and leave it", () => {
  assert.equal(after(begun(0), 0, 60, { ...WELL, lostThere: 0.25 }).rung, SMALLEST);
  assert.equal(after(begun(0), 0, 60, { ...WELL, lostThere: 0.05, roundTrip: 0.35 }).rung, BEST);
  assert.equal(after(begun(0), 0, 60, { ...WELL, roundTrip: 2.5 }).rung, VOICE_ALONE);
});

test("a better line is trusted slowly, and the more slowly the more often it has disappointed", () => {
  let quality = after(begun(0), 0, 5, THIRTY_KBIT);
  let clock = 5;
  /** @type {number[]} */
  const waits = [];
  for (let time = 0; time < 4; time += 1) {
    const fell = clock;
    while (quality.rung === VOICE_ALONE) {
      clock += 1;
      quality = decided(quality, WELL, clock * 1000);
    }
    waits.push(clock - fell);
    quality = after(quality, clock + 1, 6, THIRTY_KBIT);
    clock += 6;
    assert.equal(quality.rung, VOICE_ALONE);
  }
  assert.ok((waits[0] ?? 0) >= 55, String(waits));
  assert.ok((waits[3] ?? 0) > 2 * (waits[0] ?? 0), String(waits));
  assert.ok(waits.every((wait) => wait <= 301));
});

test("whoever asks for the picture again gets a small one at once, and the whole one when all is well", () => {
  const quality = triedAgain(1000);
  assert.equal(quality.rung, SMALLEST);
  assert.equal(after(quality, 1, 45, WELL).rung, BEST);
  assert.equal(after(quality, 1, 6, THIRTY_KBIT).rung, VOICE_ALONE);
});

test("a data saver leaves small pictures, or none", () => {
  assert.deepEqual(/** @type {const} */ (["off", "small", "none"]).map(ceilingOf), [BEST, SMALLEST, VOICE_ALONE]);
});

test("a rung is written into a sender's parameters, whatever the camera gives", () => {
  const wished = /** @type {any} */ ({ encodings: [{}] });
  asParameters(wished, BEST, 720);
  assert.equal(wished.encodings[0].scaleResolutionDownBy, 2);
  assert.equal(wished.encodings[0].maxBitrate, 450_000);
  asParameters(wished, BEST, 180);
  assert.equal(wished.encodings[0].scaleResolutionDownBy, 1);
  asParameters(wished, VOICE_ALONE, 360);
  assert.equal(wished.encodings[0].active, false);
  asParameters(wished, SMALLEST, 360);
  assert.equal(wished.encodings[0].active, true);
  const voice = /** @type {any} */ ({ encodings: [{}] });
  asVoiceParameters(voice, true);
  assert.equal(voice.encodings[0].priority, "high");
});

test("what the browser counted is read, and what happened meanwhile is the difference", () => {
  const reports = (/** @type {number} */ times) => [
    {
      type: "inbound-rtp",
      kind: "video",
      packetsReceived: 90 * times,
      packetsLost: 10 * times,
      framesDecoded: 24 * times,
    },
    { type: "outbound-rtp", kind: "video", bytesSent: 1000 * times },
    { type: "remote-inbound-rtp", kind: "video", fractionLost: 0.03, roundTripTime: 0.2 },
    {
      type: "candidate-pair",
      nominated: true,
      currentRoundTripTime: 0.1,
      availableOutgoingBitrate: 300_000,
      responsesReceived: times,
    },
    { type: "candidate-pair", nominated: false, responsesReceived: 1 },
    { type: "codec" },
  ];
  const before = between(nothingRead(0), readingsOf(reports(1), 1000));
  assert.equal(before.sentBits, 8000);
  const sample = between(readingsOf(reports(1), 1000), readingsOf(reports(2), 2000));
  assert.deepEqual(sample, {
    lost: 0.1,
    heard: true,
    pictures: 24,
    sentBits: 8000,
    roundTrip: 0.2,
    available: 300_000,
    lostThere: 0.03,
  });
  assert.equal(between(readingsOf(reports(2), 1000), readingsOf(reports(2), 2000)).heard, false);
});

test("the level of a connection falls with loss and delay", () => {
  assert.deepEqual([levelOf(0.05, 0), levelOf(0.4, 0), levelOf(0.1, 0.2)], [3, 2, 1]);
});

const OFFER = [
  "v=0",
  "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
  "s=-",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
  "c=IN IP4 0.0.0.0",
  "a=rtpmap:111 opus/48000/2",
  "a=rtcp-fb:111 transport-cc",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "a=fmtp:63 111/111",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "c=IN IP4 0.0.0.0",
  "b=AS:2000",
  "a=rtpmap:96 VP8/90000",
  "",
].join("\r\n");

test("a voice is asked for sparingly, by its own line alone", () => {
  const changed = withSparingVoice(OFFER);
  assert.equal(changed, OFFER.replace("minptime=10;useinbandfec=1", "minptime=10;useinbandfec=1;usedtx=1"));
  assert.equal(withSparingVoice(changed), changed);
  const bare = OFFER.replace("a=fmtp:111 minptime=10;useinbandfec=1\r\n", "");
  assert.ok(withSparingVoice(bare).includes("a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1;usedtx=1\r\n"));
  assert.equal(withSparingVoice("nonsense"), "nonsense");
});

test("small pictures are asked for in the lines of pictures alone", () => {
  const changed = withPicturesUpTo(OFFER, 60_000);
  assert.equal(changed, OFFER.replace("b=AS:2000", "b=AS:60\r\nb=TIAS:60000"));
  assert.equal(withPicturesUpTo(changed, 60_000), changed);
});

test("a description says which connection wrote it", () => {
  assert.equal(writerOf(OFFER), "4611731400430051336");
  assert.equal(writerOf(""), null);
  assert.equal(writerOf(undefined), null);
});

/** A server that answers what it is told to, and a clock that is wound by hand. */
function asked() {
  /** @type {(RTCConfiguration | null)[]} */
  const found = [];
  /** @type {{run: () => void, after: number}[]} */
  const later = [];
  const state = { answer: /** @type {any} */ (null), found, later, times: 0 };
  const servers = new IceServers({
    address: "/ice",
    found: (ice) => found.push(ice),
    fetch: async () => {
      state.times += 1;
      if (!state.answer) throw new Error("no network");
      return /** @type {any} */ ({ ok: true, json: async () => state.answer });
    },
    later: (run, after) => {
      later.push({ run, after });
      return /** @type {any} */ (0);
    },
  });
  return { servers, state };
}

test("credentials are asked for again before they end, and after a failure", async () => {
  const { servers, state } = asked();
  await servers.ask();
  assert.deepEqual(state.found, []);
  assert.equal(state.later.length, 1);
  state.answer = { iceServers: [{ urls: ["turn:x"] }], iceTransportPolicy: "relay", video: true, seconds: 3600 };
  await servers.ask();
  assert.deepEqual(state.found, [{ iceServers: [{ urls: ["turn:x"] }], iceTransportPolicy: "relay" }]);
  assert.equal(state.later.at(-1)?.after, 2_700_000);
  state.later.at(-1)?.run();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(state.found.length, 2);
});

test("where there is no video nobody asks again, and an answer after the end is not used", async () => {
  const { servers, state } = asked();
  state.answer = { iceServers: [], iceTransportPolicy: "relay", video: false, reason: "no_relay" };
  await servers.ask();
  assert.deepEqual(state.found, [null]);
  assert.equal(state.later.length, 0);
  const late = servers.ask();
  servers.stop();
  await late;
  assert.equal(state.found.length, 1);
});
