// What a device measures of its call with itself, and how it holds its line to the rehearsal.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NoAnswer, RehearsalLine, socketOpens } from "../net/rehearsal.mjs";
import { summaryOf, transportOf, waysOf } from "../rtc/loopback.mjs";

/** @import {Sample} from "../rtc/loopback.mjs" */

/**
 * @param {number} second
 * @param {Partial<Sample>} [changed]
 * @returns {Sample}
 */
function at(second, changed) {
  const bytes = second * 50_000;
  return {
    at: second * 1000,
    sent: bytes,
    received: bytes,
    got: second * 40,
    lost: 0,
    roundTrip: 40,
    limited: "none",
    ...changed,
  };
}

test("a call's figures leave out the time in which it feels its way up", () => {
  const slowAtFirst = [at(0), at(1, { limited: "bandwidth" }), ...[8, 9, 10, 20].map((second) => at(second))];
  assert.deepEqual(summaryOf(slowAtFirst), { up: 400, down: 400, round_trip: 40, lost: 0, limited: "none" });
});

test("a call that was seen too shortly has no figures", () => {
  assert.equal(summaryOf([]), null);
  assert.equal(summaryOf([at(0), at(7)]), null);
  assert.equal(summaryOf([at(0), at(9)]), null);
});

test("what got lost after the start is a share of all that was sent", () => {
  const summary = summaryOf([at(0), at(8, { lost: 5 }), at(18, { lost: 105 })]);
  assert.equal(summary?.lost, 0.2);
});

test("what held the picture back for most of the time is told", () => {
  const samples = [at(0), ...[8, 9, 10].map((second) => at(second, { limited: "cpu" })), at(11)];
  assert.equal(summaryOf(samples)?.limited, "cpu");
  assert.equal(summaryOf([at(0), at(8, { limited: "bandwidth" }), at(9), at(10)])?.limited, "none");
});

test("a call that dies in the middle counts as the little that it carried", () => {
  const died = [at(0), at(8), at(9), { ...at(9), at: 24_000 }];
  assert.equal(summaryOf(died)?.up, 25);
});

test("each address of the relay is a way of its own; without a relay there is one", () => {
  const server = {
    urls: ["turn:r:3478?transport=udp", "turn:r:3478?transport=tcp", "turns:r:443"],
    username: "u",
    credential: "c",
  };
  const ways = waysOf({ iceServers: [server], iceTransportPolicy: "relay" });
  assert.deepEqual(
    ways.map((way) => way.transport),
    ["udp", "tcp", "tls"],
  );
  assert.deepEqual(ways[1]?.ice, {
    iceServers: [{ urls: ["turn:r:3478?transport=tcp"], username: "u", credential: "c" }],
    iceTransportPolicy: "relay",
  });
  const direct = { iceServers: [], iceTransportPolicy: /** @type {const} */ ("all") };
  assert.deepEqual(waysOf(direct), [{ transport: "direct", ice: direct }]);
  assert.equal(transportOf("turn:r"), "udp");
});

/** @param {{status: number, body?: unknown}[]} answers */
function line(answers) {
  /** @type {{address: string, said: any}[]} */
  const heard = [];
  const shelf = new Map();
  const kept = {
    getItem: (/** @type {string} */ key) => shelf.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void shelf.set(key, value),
  };
  const ask = async (/** @type {any} */ address, /** @type {any} */ sent) => {
    heard.push({ address, said: JSON.parse(sent.body) });
    const answer = answers.shift();
    if (!answer) throw new TypeError("offline");
    return new Response(JSON.stringify(answer.body ?? {}), { status: answer.status });
  };
  return { make: () => new RehearsalLine("/rehearse/CODE", "r1", kept, ask), heard };
}

test("a device joins once, also when its page is loaded again", async () => {
  const { make, heard } = line([
    { status: 200, body: { number: 7, key: "k" } },
    { status: 200, body: { phase: "gathering", round: 0, seconds_left: 0 } },
  ]);
  assert.equal(await make().join(), 7);
  const again = make();
  assert.equal(await again.join(), 7);
  assert.equal((await again.say(null)).phase, "gathering");
  assert.deepEqual(heard, [
    { address: "/rehearse/CODE/devices", said: {} },
    { address: "/rehearse/CODE/devices/7", said: { key: "k" } },
  ]);
});

test("the end, a full rehearsal and a lost connection are told apart", async () => {
  for (const [status, why] of /** @type {[number, string][]} */ ([
    [410, "over"],
    [403, "over"],
    [409, "full"],
    [429, "offline"],
    [500, "offline"],
  ])) {
    const { make } = line([{ status }]);
    await assert.rejects(make().join(), (problem) => problem instanceof NoAnswer && problem.why === why);
  }
  await assert.rejects(line([]).make().join(), (problem) => problem instanceof NoAnswer && problem.why === "offline");
});

test("a websocket counts as open only when the server's greeting came through", async () => {
  Object.assign(globalThis, { location: { href: "https://havruta.example/rehearse/CODE" } });
  const opened = (/** @type {string} */ event, /** @type {unknown} */ data) => {
    /** @type {any} */
    const socket = { close: () => {} };
    let asked = "";
    queueMicrotask(() => socket[event]?.({ data }));
    return socketOpens("/socket.io/", (address) => {
      asked = address;
      assert.equal(asked, "wss://havruta.example/socket.io/?EIO=4&transport=websocket");
      return socket;
    });
  };
  assert.equal(await opened("onmessage", '0{"sid":"x"}'), true);
  assert.equal(await opened("onmessage", "<html>blocked</html>"), false);
  assert.equal(await opened("onerror", null), false);
  assert.equal(await opened("onclose", null), false);
});
