// The whole class: who is shown where, what a child's devices do meanwhile, and one call at a time for a room.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals-core";
import { ChosenRoom } from "../rtc/chosen-room.mjs";
import { mayPublish, personBehind } from "../rtc/livekit-room.mjs";
import { hush } from "../rtc/plenary-call.mjs";
import { arranged, named, pageOf } from "../views/plenary.mjs";

/** @import {PlenaryView} from "../wire.mjs" */

/** @type {PlenaryView} */
const VIEW = {
  session: "s",
  version: 1,
  together: true,
  step: 3,
  carrier: "livekit",
  hands: [],
  speaker: "dan",
  spotlight: "noa",
  muted: {},
  circle: [],
  people: ["eli", "dan", "noa", "maya"].map((id) => ({ id, side: "a", names: { en: id } })),
};
const HOSTS = [{ id: "levi", side: "a", names: { en: "Ms Levi" }, school: { en: "Haifa" } }];
const child = (/** @type {string} */ who) => ({ peer: who, who, kind: /** @type {const} */ ("student") });
const LEVI = { peer: "levi~1", who: "levi", kind: /** @type {const} */ ("teacher") };

test("whoever the view does not know is not shown", () => {
  const faces = named(VIEW, HOSTS, [child("noa"), child("stranger"), LEVI]);
  assert.deepEqual(
    faces.map((face) => face.remote.who),
    ["noa", "levi"],
  );
});

test("the light, the floor, whoever spoke last, adults, and then everybody in a lasting order", () => {
  const faces = named(VIEW, HOSTS, [child("maya"), LEVI, child("eli"), child("dan"), child("noa")]);
  const order = (/** @type {Map<string, number>} */ heard) =>
    arranged(faces, VIEW, heard).map((face) => face.remote.who);
  assert.deepEqual(order(new Map()), ["noa", "dan", "levi", "eli", "maya"]);
  assert.deepEqual(order(new Map([["maya", 5]])), ["noa", "dan", "maya", "levi", "eli"]);
});

test("a page that is gone becomes the last there is", () => {
  const all = Array.from({ length: 25 }, (_, index) => index);
  assert.deepEqual(pageOf(all, 0, 12), { shown: all.slice(0, 12), page: 0, pages: 3 });
  assert.deepEqual(pageOf(all, 9, 12), { shown: [24], page: 2, pages: 3 });
  assert.deepEqual(pageOf([], 3, 12), { shown: [], page: 0, pages: 1 });
});

test("an adult's device stands for the adult", () => {
  assert.equal(personBehind("demo-levi~Ab1"), "demo-levi");
  assert.equal(personBehind("noa"), "noa");
});

test("a track is published only as far as the server allows", () => {
  assert.equal(mayPublish(undefined, "video"), false);
  assert.equal(mayPublish({ canPublish: false, canPublishSources: [1, 2] }, "audio"), false);
  assert.equal(mayPublish({ canPublish: true, canPublishSources: [1] }, "video"), true);
  assert.equal(mayPublish({ canPublish: true, canPublishSources: [1] }, "audio"), false);
});

function devices(/** @type {"on" | "off"} */ camera = "on") {
  const found = {
    stream: signal(/** @type {any} */ ({})),
    camera: signal(/** @type {any} */ (camera)),
    microphone: signal(/** @type {any} */ ("on")),
    turn(/** @type {"camera" | "microphone"} */ device, /** @type {boolean} */ on) {
      found[device].value = on ? "on" : "off";
    },
  };
  return found;
}
const state = (/** @type {ReturnType<typeof devices>} */ mine) => [mine.camera.value, mine.microphone.value];

test("at home the microphone opens with the floor, and everything is as before afterwards", () => {
  const [mine, together, hasFloor] = [devices(), signal(false), signal(false)];
  hush({ together, hasFloor, where: "home", devices: mine });
  assert.deepEqual(state(mine), ["on", "on"]);
  together.value = true;
  assert.deepEqual(state(mine), ["on", "off"]);
  hasFloor.value = true;
  assert.deepEqual(state(mine), ["on", "on"]);
  hasFloor.value = false;
  assert.deepEqual(state(mine), ["on", "off"]);
  together.value = false;
  assert.deepEqual(state(mine), ["on", "on"]);
});

test("in a classroom a child's device says nothing even with the floor; its camera is off until it is switched on", () => {
  const [mine, together, hasFloor] = [devices(), signal(true), signal(false)];
  hush({ together, hasFloor, where: "school", devices: mine });
  assert.deepEqual(state(mine), ["off", "off"]);
  mine.turn("camera", true);
  hasFloor.value = true;
  assert.deepEqual(state(mine), ["on", "off"]);
  mine.stream.value = {};
  assert.deepEqual(state(mine), ["off", "off"], "devices that were opened anew begin switched off");
  together.value = false;
  assert.deepEqual(state(mine), ["on", "on"]);
});

function fakeCall() {
  const call = {
    remotes: signal(/** @type {any[]} */ ([])),
    /** @type {string[]} */
    did: [],
    met: 0,
    open: () => call.did.push("open"),
    close: () => call.did.push("close"),
    again: () => call.did.push("again"),
    hear: () => call.did.push("hear"),
    show: () => {},
    meet: (/** @type {any} */ _mine, /** @type {any[]} */ peers) => {
      call.met = peers.length;
    },
  };
  return call;
}

test("a room is in one call at a time, the one that the server names", () => {
  const [mesh, livekit] = [fakeCall(), fakeCall()];
  const carrier = signal(/** @type {"livekit" | "mesh" | null} */ (null));
  const room = new ChosenRoom({ mesh: /** @type {any} */ (mesh), livekit: /** @type {any} */ (livekit), carrier });
  const partner = /** @type {any} */ ({
    peer: "p",
    who: "dan",
    kind: "student",
    order: 1,
    camera: "on",
    microphone: "on",
  });
  room.open({});
  room.meet("me", [partner], () => true);
  assert.deepEqual([mesh.did, livekit.did], [[], []], "nothing before the server has said how");
  carrier.value = "livekit";
  assert.deepEqual([livekit.did.at(-1), mesh.did, mesh.met], ["open", [], 0]);
  carrier.value = "mesh";
  assert.deepEqual([livekit.did.at(-1), mesh.did.at(-1), mesh.met], ["close", "open", 1]);
  carrier.value = "livekit";
  assert.deepEqual([livekit.did.at(-1), mesh.met], ["open", 0], "the mesh lets its peers go");
  room.close();
});
