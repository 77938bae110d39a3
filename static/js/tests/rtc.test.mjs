// Calls come about whoever offers first, and end for whoever has no place in the room.
import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { Mesh } from "../rtc/mesh.mjs";
import { Peer } from "../rtc/peer.mjs";

/** @import {PeerView} from "../wire.mjs" */

class FakeStream {
  constructor() {
    /** @type {any[]} */
    this.tracks = [];
  }
  addTrack(/** @type {any} */ track) {
    this.tracks.push(track);
  }
  removeTrack(/** @type {any} */ track) {
    this.tracks = this.tracks.filter((one) => one !== track);
  }
  getTracks() {
    return [...this.tracks];
  }
  getVideoTracks() {
    return this.tracks.filter((one) => one.kind === "video");
  }
}
Object.assign(globalThis, { MediaStream: FakeStream });

/** @param {string} kind @param {string} direction */
const line = (kind, direction) => ({
  direction,
  receiver: { track: { kind, enabled: true, muted: false, readyState: "live" } },
  sender: { track: null, replaceTrack: async () => {}, getParameters: () => ({}) },
});

/** The part of RTCPeerConnection's state machine that negotiation depends on. */
class FakeConnection {
  constructor() {
    this.signalingState = "stable";
    this.connectionState = "new";
    /** @type {any} */
    this.localDescription = null;
    /** @type {any[]} */
    this.lines = [];
    this.restarts = 0;
    this.rolledBack = 0;
    this.isClosed = false;
    /** @type {any[]} */
    this.candidates = [];
    /** @type {any[]} */
    this.reports = [];
    /** @type {RTCConfiguration | null} */
    this.ice = null;
    /** @type {any} */
    this.ondatachannel = null;
    /** @type {() => void} */
    this.onnegotiationneeded = () => {};
    this.onicecandidate = null;
    /** @type {any} */
    this.ontrack = null;
    /** @type {() => void} */
    this.onconnectionstatechange = () => {};
  }
  addTransceiver(/** @type {string} */ kind, { direction = "sendrecv" } = {}) {
    this.lines.push(line(kind, direction));
    queueMicrotask(() => this.onnegotiationneeded());
  }
  /** What an offer of the other side brings. */
  offered(/** @type {string} */ kind) {
    const transceiver = line(kind, "recvonly");
    this.lines.push(transceiver);
    this.ontrack?.({ track: transceiver.receiver.track, transceiver });
    return transceiver;
  }
  async getStats() {
    return new Map(this.reports.map((report, index) => [String(index), report]));
  }
  setConfiguration(/** @type {RTCConfiguration} */ ice) {
    this.ice = ice;
  }
  getTransceivers() {
    return this.lines;
  }
  getSenders() {
    return [];
  }
  getReceivers() {
    return [];
  }
  async setLocalDescription() {
    if (this.signalingState === "have-remote-offer") {
      this.localDescription = { type: "answer", sdp: "" };
      this.signalingState = "stable";
    } else {
      this.localDescription = { type: "offer", sdp: "" };
      this.signalingState = "have-local-offer";
    }
  }
  async setRemoteDescription(/** @type {{type: string, sdp: string}} */ description) {
    if (description.sdp === "nonsense") throw new Error("malformed");
    if (description.type === "offer") {
      if (this.signalingState === "have-local-offer") this.rolledBack += 1;
      this.signalingState = "have-remote-offer";
    } else {
      if (this.signalingState !== "have-local-offer") throw new Error("an answer without an offer");
      this.signalingState = "stable";
    }
  }
  async addIceCandidate(/** @type {any} */ candidate) {
    if (candidate === "nonsense") throw new Error("malformed");
    this.candidates.push(candidate);
  }
  restartIce() {
    this.restarts += 1;
    queueMicrotask(() => this.onnegotiationneeded());
  }
  close() {
    this.isClosed = true;
  }
  become(/** @type {string} */ state) {
    this.connectionState = state;
    this.onconnectionstatechange();
  }
}

const turns = async (n = 20) => {
  for (let i = 0; i < n; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** @type {{close: () => void}[]} */
const open = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  mock.timers.reset();
});

/** Two peers joined by a line that can lose what is sent. */
function pair() {
  const state = { lose: false };
  const pcs = { impolite: new FakeConnection(), polite: new FakeConnection() };
  /** @type {{impolite?: Peer, polite?: Peer}} */
  const peers = {};
  const to = (/** @type {"polite" | "impolite"} */ other) => (/** @type {any} */ message) => {
    if (!state.lose) queueMicrotask(() => peers[other]?.hear(message));
  };
  const made = (/** @type {"polite" | "impolite"} */ name, /** @type {"polite" | "impolite"} */ other) =>
    new Peer({
      polite: name === "polite",
      ice: {},
      local: null,
      changed: () => {},
      send: to(other),
      connect: () => /** @type {any} */ (pcs[name]),
    });
  const polite = made("polite", "impolite");
  const impolite = made("impolite", "polite");
  peers.polite = polite;
  peers.impolite = impolite;
  open.push(polite, impolite);
  return { state, pcs, polite, impolite };
}

test("only the impolite one opens the connection, and both come to rest", async () => {
  const { pcs } = pair();
  await turns();
  assert.equal(pcs.impolite.signalingState, "stable");
  assert.equal(pcs.polite.signalingState, "stable");
  assert.equal(pcs.polite.localDescription.type, "answer");
});

test("when both offer at once the polite one yields and the impolite one does not", async () => {
  const { pcs } = pair();
  await turns();
  pcs.impolite.restartIce();
  pcs.polite.restartIce();
  await turns();
  assert.deepEqual([pcs.impolite.signalingState, pcs.polite.signalingState], ["stable", "stable"]);
  assert.equal(pcs.impolite.rolledBack, 0);
});

test("an offer that was lost with the signalling is sent again when it is back", async () => {
  const { state, pcs, impolite } = pair();
  state.lose = true;
  await turns();
  assert.equal(pcs.impolite.signalingState, "have-local-offer");
  state.lose = false;
  impolite.again();
  await turns();
  assert.equal(pcs.impolite.signalingState, "stable");
});

test("a connection that failed looks for a new way, and not both sides at once", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { pcs } = pair();
  await turns();
  pcs.polite.offered("audio");
  pcs.polite.become("failed");
  pcs.impolite.become("failed");
  mock.timers.tick(1);
  assert.deepEqual([pcs.impolite.restarts, pcs.polite.restarts], [1, 0]);
  mock.timers.tick(700);
  assert.deepEqual(
    [pcs.impolite.restarts, pcs.polite.restarts],
    [1, 1],
    "the other one helps where that was not enough",
  );
});

test("many reasons to start again are one", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const { pcs, impolite } = pair();
  await turns();
  for (let time = 0; time < 10; time += 1) impolite.restart();
  await turns();
  assert.equal(pcs.impolite.restarts, 1);
  mock.timers.tick(1500);
  assert.equal(pcs.impolite.restarts, 2);
});

test("what cannot be understood is passed over, and does not keep two browsers busy for ever", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const { pcs, polite } = pair();
  await turns();
  pcs.polite.offered("audio");
  for (let time = 0; time < 20; time += 1) {
    await polite.hear({ candidate: /** @type {any} */ ("nonsense") });
    mock.timers.tick(2000);
  }
  assert.equal(pcs.polite.restarts, 0);
  for (let time = 0; time < 20; time += 1) {
    await polite.hear({ description: { type: "offer", sdp: "nonsense" } });
    polite.state = "connected"; // whatever the line does meanwhile
    mock.timers.tick(2000);
    await turns();
  }
  assert.ok(pcs.polite.restarts <= 3, String(pcs.polite.restarts));
  assert.equal(pcs.polite.isClosed, false);
});

test("a second picture is not taken, nor is another channel", async () => {
  const { pcs, polite } = pair();
  await turns();
  pcs.polite.offered("audio");
  pcs.polite.offered("video");
  const screen = pcs.polite.offered("video");
  polite.show(null);
  assert.equal(screen.direction, "inactive");
  assert.equal(polite.stream.getTracks().length, 2);
  let closed = false;
  pcs.polite.ondatachannel({
    channel: {
      close: () => {
        closed = true;
      },
    },
  });
  assert.equal(closed, true);
});

/** @param {string} peer @param {string} who @param {number} order @returns {PeerView} */
const view = (peer, who, order) => ({ peer, who, kind: "student", order, camera: "on", microphone: "on" });

function mesh() {
  /** @type {FakeConnection[]} */
  const made = [];
  const clock = { now: 0 };
  const one = new Mesh({
    send: () => {},
    now: () => clock.now,
    connect: () => {
      const pc = new FakeConnection();
      made.push(pc);
      return /** @type {any} */ (pc);
    },
  });
  open.push(one);
  return { mesh: one, made, clock };
}

const everybody = () => true;

test("nothing flows before the way is known, and then to everybody but me", () => {
  const { mesh: room, made } = mesh();
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], everybody);
  assert.equal(made.length, 0);
  room.open({});
  assert.deepEqual(
    room.remotes.value.map((remote) => remote.who),
    ["max"],
  );
});

test("whoever has no place in the room is cut off at once", () => {
  const { mesh: room, made } = mesh();
  room.open({});
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], everybody);
  made[0]?.become("connected");
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], (who) => who !== "max");
  assert.equal(made[0]?.isClosed, true);
  assert.deepEqual(room.remotes.value, []);
});

test("a partner whose signalling is lost is still heard; their new connection takes over", () => {
  const { mesh: room, made } = mesh();
  room.open({});
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], everybody);
  made[0]?.become("connected");
  room.meet("p1", [view("p1", "noa", 1)], everybody);
  assert.equal(made[0]?.isClosed, false);
  room.meet("p1", [view("p1", "noa", 1), view("p3", "max", 3)], everybody);
  assert.equal(made[0]?.isClosed, true);
  assert.deepEqual(
    room.remotes.value.map((remote) => remote.peer),
    ["p3"],
  );
});

test("a message quicker than the news of its sender is not lost; a stranger's is never used", async () => {
  const { mesh: room, made } = mesh();
  room.open({});
  room.hear({ sender: "p2", description: { type: "offer", sdp: "" } });
  room.hear({ sender: "stranger", description: { type: "offer", sdp: "" } });
  assert.equal(made.length, 0);
  room.meet("p3", [view("p2", "max", 2), view("p3", "noa", 3)], everybody);
  await turns();
  assert.equal(made.length, 1);
  assert.equal(made[0]?.localDescription.type, "answer");
});

/** @param {string} writer */
const offerOf = (writer) => ({
  type: /** @type {const} */ ("offer"),
  sdp: `v=0\r\no=- ${writer} 2 IN IP4 127.0.0.1\r\n`,
});

test("a page that comes back keeps its call, whatever its new order", () => {
  const { mesh: room, made } = mesh();
  room.open({});
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], everybody);
  made[0]?.become("connected");
  const peer = room.links.get("p2")?.peer;
  room.meet("p1", [view("p1", "noa", 7)], everybody);
  room.meet("p1", [view("p2", "max", 6), view("p1", "noa", 7)], everybody);
  room.again();
  assert.equal(made.length, 1);
  assert.equal(room.links.get("p2")?.peer, peer);
  assert.equal(peer?.polite, false, "the role that they met with");
});

test("when the other side began anew so do we, with the roles of now", async () => {
  const { mesh: room, made, clock } = mesh();
  room.open({});
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], everybody);
  const stale = room.links.get("p2")?.peer;
  assert.equal(stale?.polite, false);
  await turns();
  room.hear({ sender: "p2", description: { ...offerOf("one"), type: "answer" } });
  await turns();
  room.meet("p1", [view("p2", "max", 2), view("p1", "noa", 7)], everybody);
  clock.now += 5000;
  room.hear({ sender: "p2", description: offerOf("another") });
  await turns();
  assert.equal(made.length, 2);
  assert.equal(made[0]?.isClosed, true);
  assert.equal(room.links.get("p2")?.peer.polite, true);
  assert.equal(made[1]?.localDescription.type, "answer");
  room.hear({ sender: "p2", description: offerOf("a third") });
  await turns();
  assert.equal(made.length, 2, "not so often");
});

test("fresh credentials reach the calls that are under way, and start nothing anew", () => {
  const { mesh: room, made } = mesh();
  room.open({ iceServers: [{ urls: "turn:x", username: "1" }] });
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], everybody);
  made[0]?.become("connected");
  room.open({ iceServers: [{ urls: "turn:x", username: "2" }] });
  assert.equal(made[0]?.ice?.iceServers?.[0]?.username, "2");
  assert.equal(made[0]?.restarts, 0);
  assert.equal(made.length, 1);
});

/** Directions of the lines of sound and picture. @param {FakeConnection | undefined} pc */
const directions = (pc) => pc?.lines.map((one) => one.direction);

test("what the view does not allow is dropped at once and asked for no more", () => {
  const { mesh: room, made } = mesh();
  room.open({});
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2), view("p3", "dan", 3)], everybody);
  for (const pc of made) {
    for (const one of pc.lines) pc.ontrack({ track: one.receiver.track, transceiver: one });
    pc.become("connected");
  }
  assert.deepEqual(directions(made[0]), ["sendrecv", "sendrecv"]);
  room.obey({ hears: (who) => who !== "max", sees: (who) => who !== "dan" });
  assert.deepEqual(directions(made[0]), ["sendrecv", "sendrecv"], "a voice is silenced here, without a negotiation");
  assert.deepEqual(directions(made[1]), ["sendrecv", "sendonly"]);
  assert.deepEqual(
    made[0]?.lines.map((one) => one.receiver.track.enabled),
    [false, true],
  );
  const kinds = () => room.remotes.value.map((one) => one.stream.getTracks().map((track) => track.kind));
  assert.deepEqual(kinds(), [["video"], ["audio"]]);
  assert.deepEqual(
    room.remotes.value.map((one) => one.hasVideo),
    [true, false],
  );
  room.obey({ hears: everybody, sees: everybody });
  assert.deepEqual(directions(made[0]), ["sendrecv", "sendrecv"]);
  assert.deepEqual(
    kinds().map((one) => one.sort()),
    [
      ["audio", "video"],
      ["audio", "video"],
    ],
  );
});

test("nobody offers to send more than their family agreed to", () => {
  const { mesh: room, made } = mesh();
  room.allow("audio");
  room.open({});
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], everybody);
  assert.deepEqual(directions(made[0]), ["sendrecv", "recvonly"]);
  room.allow("none");
  assert.deepEqual(directions(made[0]), ["recvonly", "recvonly"]);
});

test("a data saver asks for no pictures and sends none", () => {
  const { mesh: room, made } = mesh();
  room.open({});
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], everybody);
  room.spare("none");
  assert.deepEqual(directions(made[0]), ["sendrecv", "sendonly"]);
  assert.equal(room.links.get("p2")?.peer.rung, 0);
  room.spare("off");
  assert.deepEqual(directions(made[0]), ["sendrecv", "sendrecv"]);
});

test("a line that has fallen silent is said to be lost within seconds, and found again by itself", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { mesh: room, made, clock } = mesh();
  room.open({});
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], everybody);
  made[0]?.become("connected");
  const heard = { type: "candidate-pair", nominated: true, responsesReceived: 0 };
  made[0]?.reports.push(heard);
  const second = async (/** @type {boolean} */ flows) => {
    if (flows) heard.responsesReceived += 1;
    clock.now += 1000;
    mock.timers.tick(1000);
    await turns();
    return room.remotes.value.map((one) => one.lost);
  };
  for (let time = 0; time < 10; time += 1) assert.deepEqual(await second(true), [false]);
  for (let time = 0; time < 5; time += 1) assert.deepEqual(await second(false), [false]);
  assert.deepEqual(await second(false), [true]);
  assert.equal(room.remotes.value[0]?.hasVideo, false);
  assert.deepEqual(await second(true), [false]);
  room.meet("p1", [view("p1", "noa", 1)], everybody);
  assert.deepEqual(await second(true), [false], "the server alone does not see them");
  for (let time = 0; time < 4; time += 1) await second(false);
  assert.deepEqual(room.remotes.value, [], "neither the server nor the line does");
});

test("what nothing has mended is made anew", () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { mesh: room, made, clock } = mesh();
  room.open({});
  room.meet("p1", [view("p1", "noa", 1), view("p2", "max", 2)], everybody);
  for (let time = 0; time < 8; time += 1) {
    clock.now += 5000;
    mock.timers.tick(5000);
  }
  assert.equal(made.length, 2);
  assert.equal(made[0]?.isClosed, true);
  assert.equal(room.remotes.value.length, 1);
});
