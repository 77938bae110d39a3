// Calls come about whoever offers first, and end for whoever has no place in the room.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Mesh } from "../rtc/mesh.mjs";
import { Peer } from "../rtc/peer.mjs";
import { levelOf } from "../rtc/quality.mjs";

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
    /** @type {() => void} */
    this.onnegotiationneeded = () => {};
    this.onicecandidate = null;
    this.ontrack = null;
    /** @type {() => void} */
    this.onconnectionstatechange = () => {};
  }
  addTransceiver(/** @type {string} */ kind) {
    this.lines.push({
      direction: "sendrecv",
      receiver: { track: { kind } },
      sender: { track: null, replaceTrack: async () => {}, getParameters: () => ({}) },
    });
    queueMicrotask(() => this.onnegotiationneeded());
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
  async setRemoteDescription(/** @type {{type: string}} */ description) {
    if (description.type === "offer") {
      if (this.signalingState === "have-local-offer") this.rolledBack += 1;
      this.signalingState = "have-remote-offer";
    } else {
      if (this.signalingState !== "have-local-offer") throw new Error("an answer without an offer");
      this.signalingState = "stable";
    }
  }
  async addIceCandidate(/** @type {any} */ candidate) {
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

test("a connection that failed looks for a new way", async () => {
  const { pcs } = pair();
  await turns();
  pcs.polite.become("failed");
  await turns();
  assert.equal(pcs.polite.restarts, 1);
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

test("the level of a connection falls with loss and delay", () => {
  assert.deepEqual([levelOf(0.05, 0), levelOf(0.4, 0), levelOf(0.1, 0.2)], [3, 2, 1]);
});
