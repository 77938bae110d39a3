// A device is opened, lost, exchanged and kept closed; whatever happens there is a sentence and a way on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Awake } from "../rtc/awake.mjs";
import { Devices, whyNot } from "../rtc/devices.mjs";
import { TalkMeter } from "../rtc/talk.mjs";
import { deviceNews, troubles } from "../views/devices.mjs";

class FakeTrack {
  constructor(/** @type {string} */ kind, /** @type {string} */ deviceId, /** @type {string} */ facingMode = "") {
    this.kind = kind;
    this.settings = { deviceId, ...(facingMode ? { facingMode } : {}) };
    this.enabled = true;
    this.readyState = "live";
    /** @type {(() => void) | null} */
    this.onended = null;
  }
  getSettings() {
    return this.settings;
  }
  stop() {
    this.readyState = "ended";
  }
  /** Pulled out, which stopping by hand is not. */
  pullOut() {
    this.readyState = "ended";
    this.onended?.();
  }
}

class FakeStream {
  constructor(/** @type {FakeTrack[]} */ tracks = []) {
    this.tracks = [...tracks];
  }
  addTrack(/** @type {FakeTrack} */ track) {
    this.tracks.push(track);
  }
  getTracks() {
    return [...this.tracks];
  }
  getAudioTracks() {
    return this.tracks.filter((track) => track.kind === "audio");
  }
  getVideoTracks() {
    return this.tracks.filter((track) => track.kind === "video");
  }
}
Object.assign(globalThis, { MediaStream: FakeStream });

/** @typedef {{kind: "videoinput" | "audioinput", deviceId: string, label: string, facing?: string}} Plugged */
const CAMERA = /** @type {Plugged} */ ({ kind: "videoinput", deviceId: "cam", label: "Camera" });
const BACK = /** @type {Plugged} */ ({ kind: "videoinput", deviceId: "back", label: "Back", facing: "environment" });
const FRONT = /** @type {Plugged} */ ({ kind: "videoinput", deviceId: "front", label: "Front", facing: "user" });
const MIC = /** @type {Plugged} */ ({ kind: "audioinput", deviceId: "mic", label: "Microphone" });
const HEADSET = /** @type {Plugged} */ ({ kind: "audioinput", deviceId: "headset", label: "Headset" });

const failure = (/** @type {string} */ name) => Object.assign(new Error(name), { name });

/** A computer with things plugged in, some of them refused or in use elsewhere. */
class Computer {
  constructor(/** @type {Plugged[]} */ ...plugged) {
    this.plugged = plugged;
    /** @type {Record<string, string>} by device id or kind: the name of what getUserMedia throws */
    this.fails = {};
    /** @type {FakeTrack[]} */
    this.given = [];
    /** @type {() => void} */
    this.changed = () => {};
  }
  async getUserMedia(/** @type {any} */ wish) {
    const asked = [];
    if (wish.audio) asked.push(["audioinput", "audio", wish.audio]);
    if (wish.video) asked.push(["videoinput", "video", wish.video]);
    const tracks = asked.map(([list, kind, fields]) => this.#track(list, kind, fields));
    this.given.push(...tracks);
    return new FakeStream(tracks);
  }
  #track(/** @type {string} */ list, /** @type {string} */ kind, /** @type {any} */ fields) {
    const refused = this.fails[kind];
    if (refused) throw failure(refused);
    const there = this.plugged.filter((one) => one.kind === list);
    const exact = fields.deviceId?.exact;
    const lens = fields.facingMode?.exact ?? fields.facingMode;
    const found =
      there.find((one) => one.deviceId === exact) ??
      (exact ? undefined : (there.find((one) => one.facing === lens) ?? there[0]));
    if (!found) throw failure(exact ? "OverconstrainedError" : "NotFoundError");
    const busy = this.fails[found.deviceId];
    if (busy) throw failure(busy);
    return new FakeTrack(kind, found.deviceId, found.facing ?? "");
  }
  async enumerateDevices() {
    return this.plugged;
  }
  addEventListener(/** @type {string} */ _name, /** @type {() => void} */ hear) {
    this.changed = hear;
  }
}

function shelfOf(/** @type {Record<string, string>} */ kept = {}) {
  return {
    kept,
    getItem: (/** @type {string} */ key) => kept[key] ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => {
      kept[key] = value;
    },
  };
}

/** @param {Computer | undefined} computer @param {ReturnType<typeof shelfOf>} [shelf] */
function devicesOn(computer, shelf = shelfOf()) {
  /** @type {string[]} */
  const told = [];
  const tell = (/** @type {string} */ device, /** @type {string} */ what) => void told.push(`${device} ${what}`);
  // null: as where a page is not secure and there is no navigator.mediaDevices; undefined would ask Node's own.
  const devices = new Devices(/** @type {any} */ (computer ?? null), { shelf, tell });
  return { devices, told, shelf };
}

const track = (/** @type {Devices} */ devices, /** @type {string} */ kind) =>
  /** @type {FakeTrack | undefined} */ (
    /** @type {unknown} */ (devices.stream.value?.getTracks().find((one) => one.kind === kind))
  );
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

test("each way in which a device can fail has its name", () => {
  assert.equal(whyNot(failure("NotAllowedError")), "refused");
  assert.equal(whyNot(failure("NotReadableError")), "busy");
  assert.equal(whyNot(failure("NotFoundError")), "none");
  assert.equal(whyNot(failure("OverconstrainedError")), "none");
});

test("a camera in use elsewhere leaves the voice", async () => {
  const computer = new Computer(CAMERA, MIC);
  computer.fails.video = "NotReadableError";
  const { devices } = devicesOn(computer);
  await devices.open("video");
  assert.deepEqual(devices.trouble.value, { camera: "busy", microphone: "" });
  assert.equal(devices.microphone.value, "on");
  assert.equal(devices.camera.value, "none");
});

test("where both are refused one sentence says what to do", async () => {
  const computer = new Computer(CAMERA, MIC);
  Object.assign(computer.fails, { audio: "NotAllowedError", video: "NotAllowedError" });
  const { devices } = devicesOn(computer);
  await devices.open("video");
  assert.equal(devices.stream.value, null);
  assert.equal(devices.camera.value, "refused");
  assert.equal(troubles(devices.trouble.value).length, 1);
});

test("a page that is not secure opens nothing and says so once", async () => {
  const { devices } = devicesOn(undefined);
  await devices.open("video");
  assert.deepEqual(devices.trouble.value, { camera: "insecure", microphone: "insecure" });
  assert.match(troubles(devices.trouble.value).join(), /https/);
});

test("every trouble of every device has a sentence of its own", () => {
  const said = new Set();
  for (const why of /** @type {const} */ (["refused", "none", "busy", "unplugged"])) {
    for (const device of /** @type {const} */ (["camera", "microphone"])) {
      const [sentence, ...more] = troubles({ camera: "", microphone: "", [device]: why });
      assert.equal(more.length, 0);
      said.add(sentence);
      assert.equal(deviceNews(device, "lost", why), sentence);
    }
  }
  assert.equal(said.size, 8);
  assert.deepEqual(troubles({ camera: "", microphone: "" }), []);
});

test("several reasons keep a microphone closed, and the own wish comes back with the last of them", async () => {
  const { devices } = devicesOn(new Computer(CAMERA, MIC));
  await devices.open("video");
  devices.turn("camera", false);
  devices.keepClosed("calm", { camera: true, microphone: true });
  devices.keepClosed("turn", { camera: false, microphone: true });
  assert.equal(track(devices, "audio")?.enabled, false);
  devices.keepClosed("calm", { camera: false, microphone: false });
  assert.equal(track(devices, "audio")?.enabled, false);
  assert.equal(devices.microphone.value, "on", "the wish is kept beneath");
  devices.keepClosed("turn", { camera: false, microphone: false });
  assert.equal(track(devices, "audio")?.enabled, true);
  assert.equal(track(devices, "video")?.enabled, false, "whoever switched the camera off finds it off");
});

test("what is switched on while it is kept closed opens later", async () => {
  const { devices } = devicesOn(new Computer(CAMERA, MIC));
  devices.keepClosed("budget", { camera: true, microphone: false });
  await devices.open("video");
  assert.equal(track(devices, "video")?.enabled, false);
  assert.equal(track(devices, "audio")?.enabled, true);
  devices.keepClosed("budget", { camera: false, microphone: false });
  assert.equal(track(devices, "video")?.enabled, true);
});

test("a turn's closed microphone opens as long as it is held", async () => {
  const { devices } = devicesOn(new Computer(CAMERA, MIC));
  await devices.open("video");
  assert.equal(devices.mayHold.value, false, "nothing is closed");
  devices.keepClosed("turn", { camera: false, microphone: true });
  assert.equal(devices.mayHold.value, true);
  devices.hold(true);
  assert.equal(track(devices, "audio")?.enabled, true);
  devices.hold(false);
  assert.equal(track(devices, "audio")?.enabled, false);
});

test("nobody talks through a stopped lesson, and a muted microphone stays muted", async () => {
  const { devices } = devicesOn(new Computer(CAMERA, MIC));
  await devices.open("video");
  devices.keepClosed("turn", { camera: false, microphone: true });
  devices.keepClosed("calm", { camera: true, microphone: true });
  devices.hold(true);
  assert.equal(track(devices, "audio")?.enabled, false);
  devices.keepClosed("calm", { camera: false, microphone: false });
  devices.turn("microphone", false);
  devices.hold(true);
  assert.equal(track(devices, "audio")?.enabled, false);
});

test("a stop that comes while it is held closes the microphone", async () => {
  const { devices } = devicesOn(new Computer(CAMERA, MIC));
  await devices.open("video");
  devices.keepClosed("turn", { camera: false, microphone: true });
  devices.hold(true);
  devices.keepClosed("calm", { camera: true, microphone: true });
  assert.equal(track(devices, "audio")?.enabled, false);
});

test("another microphone takes over without touching the camera, and is remembered", async () => {
  const { devices, shelf } = devicesOn(new Computer(CAMERA, MIC, HEADSET));
  await devices.open("video");
  const picture = track(devices, "video");
  const before = track(devices, "audio");
  await devices.choose("microphone", "headset");
  assert.equal(devices.inUse("microphone"), "headset");
  assert.equal(track(devices, "video"), picture);
  assert.equal(before?.readyState, "ended");
  const again = devicesOn(new Computer(CAMERA, MIC, HEADSET), shelfOf(shelf.kept)).devices;
  await again.open("video");
  assert.equal(again.inUse("microphone"), "headset");
});

test("a remembered device that is not here today is no trouble", async () => {
  const shelf = shelfOf({ "havruta-devices": JSON.stringify({ microphone: "gone", headphones: "yes", hold: 7 }) });
  const { devices } = devicesOn(new Computer(CAMERA, MIC), shelf);
  await devices.open("video");
  assert.equal(devices.inUse("microphone"), "mic");
  assert.equal(devices.remembered.value.headphones, "yes");
  assert.equal(devices.remembered.value.hold, false, "what does not fit is not taken");
});

test("a remembered device that another program uses today leaves the others", async () => {
  const computer = new Computer(CAMERA, MIC, HEADSET);
  computer.fails.headset = "NotReadableError";
  const { devices } = devicesOn(computer, shelfOf({ "havruta-devices": JSON.stringify({ microphone: "headset" }) }));
  await devices.open("video");
  assert.equal(devices.inUse("microphone"), "mic");
  assert.deepEqual(devices.trouble.value, { camera: "", microphone: "" });
});

test("a chosen device that is in use elsewhere leaves the one that worked", async () => {
  const computer = new Computer(CAMERA, BACK, MIC, HEADSET);
  const { devices } = devicesOn(computer);
  await devices.open("video");
  computer.fails.headset = "NotReadableError";
  computer.fails.back = "NotReadableError";
  await devices.choose("microphone", "headset");
  assert.equal(devices.inUse("microphone"), "mic");
  assert.equal(track(devices, "audio")?.readyState, "live");
  assert.equal(devices.trouble.value.microphone, "busy");
  devices.remember({ camera: "" });
  await devices.flip();
  assert.equal(track(devices, "video")?.readyState, "live");
  assert.equal(devices.camera.value, "on");
});

test("a phone turns to its other lens, and back", async () => {
  const { devices } = devicesOn(new Computer(FRONT, BACK, MIC));
  await devices.open("video");
  assert.equal(devices.mayFlip.value, true);
  assert.equal(devices.inUse("camera"), "front");
  await devices.flip();
  assert.equal(devices.inUse("camera"), "back");
  await devices.flip();
  assert.equal(devices.inUse("camera"), "front");
});

test("a laptop with one camera offers no other lens", async () => {
  const { devices } = devicesOn(new Computer(CAMERA, MIC));
  await devices.open("video");
  assert.equal(devices.mayFlip.value, false);
});

test("a headset pulled out in the middle of a call is replaced by what is left", async () => {
  const computer = new Computer(CAMERA, HEADSET, MIC);
  const { devices, told } = devicesOn(computer);
  await devices.open("video");
  assert.equal(devices.inUse("microphone"), "headset");
  computer.plugged = [CAMERA, MIC];
  track(devices, "audio")?.pullOut();
  await settled();
  assert.equal(devices.inUse("microphone"), "mic");
  assert.deepEqual(told, ["microphone another"]);
});

test("a muted headset that is pulled out is replaced by a muted microphone", async () => {
  const computer = new Computer(CAMERA, HEADSET, MIC);
  const { devices } = devicesOn(computer);
  await devices.open("video");
  devices.turn("microphone", false);
  computer.plugged = [CAMERA, MIC];
  track(devices, "audio")?.pullOut();
  await settled();
  assert.equal(track(devices, "audio")?.enabled, false);
  assert.equal(devices.microphone.value, "off");
});

test("the only camera pulled out is said, and comes back by itself", async () => {
  const computer = new Computer(CAMERA, MIC);
  const { devices, told } = devicesOn(computer);
  await devices.open("video");
  computer.plugged = [MIC];
  track(devices, "video")?.pullOut();
  await settled();
  assert.equal(devices.trouble.value.camera, "unplugged");
  assert.equal(devices.camera.value, "none");
  assert.equal(track(devices, "audio")?.readyState, "live", "the voice goes on");
  computer.plugged = [CAMERA, MIC];
  computer.changed();
  await settled();
  assert.equal(devices.camera.value, "on");
  assert.equal(devices.trouble.value.camera, "");
  assert.deepEqual(told, ["camera lost", "camera back"]);
});

test("a device that is plugged in opens nothing that the family has not agreed to", async () => {
  const computer = new Computer(MIC);
  const { devices } = devicesOn(computer);
  await devices.open("audio");
  computer.plugged = [CAMERA, MIC];
  computer.changed();
  await settled();
  assert.equal(track(devices, "video"), undefined);
  await devices.choose("camera", "cam");
  assert.equal(track(devices, "video"), undefined);
});

test("after the lesson nothing that is plugged in is opened, and no light stays on", async () => {
  const computer = new Computer(CAMERA, MIC);
  const { devices } = devicesOn(computer);
  const opening = devices.open("video");
  devices.close();
  await opening;
  assert.ok(computer.given.every((one) => one.readyState === "ended"));
  assert.equal(devices.stream.value, null);
  computer.changed();
  await settled();
  assert.equal(devices.stream.value, null);
});

test("speaking is counted with its breaths, and silence is not", () => {
  const meter = new TalkMeter();
  let now = 1000;
  const hear = (/** @type {number} */ level, /** @type {number} */ milliseconds) => {
    for (const end = now + milliseconds; now < end; now += 100) meter.hear(level, now);
  };
  hear(0, 5000);
  assert.equal(meter.seconds, 0);
  for (let word = 0; word < 10; word += 1) {
    hear(0.5, 600);
    hear(0, 400);
  }
  assert.equal(meter.seconds, 10);
  hear(0, 10_000);
  assert.equal(meter.seconds, 10, "a last breath is no second");
});

test("a page that slept has heard nothing, and one that was reloaded goes on counting", () => {
  const meter = new TalkMeter(40);
  meter.hear(0.5, 1000);
  meter.hear(0.5, 61_000);
  assert.equal(meter.seconds, 40);
});

test("the screen is kept awake while the lesson runs, and again when the page is back in sight", async () => {
  let held = 0;
  const release = async () => {
    held -= 1;
  };
  const request = async () => {
    held += 1;
    return { release };
  };
  /** @type {() => void} */
  let seen = () => {};
  const page = {
    visibilityState: /** @type {DocumentVisibilityState} */ ("visible"),
    addEventListener: (/** @type {string} */ _name, /** @type {any} */ hear) => {
      seen = hear;
    },
  };
  const awake = new Awake({ locks: { request }, page });
  await awake.want(true);
  assert.equal(held, 1);
  held = 0; // the browser let go of it: the page was out of sight
  seen();
  await settled();
  assert.equal(held, 1);
  await awake.want(false);
  assert.equal(held, 0);
});

test("a browser that keeps no screen awake is no fault", async () => {
  const page = { visibilityState: /** @type {DocumentVisibilityState} */ ("visible"), addEventListener: () => {} };
  await new Awake({ locks: { request: () => Promise.reject(failure("NotAllowedError")) }, page }).want(true);
  await new Awake({ locks: undefined, page }).want(true);
});
