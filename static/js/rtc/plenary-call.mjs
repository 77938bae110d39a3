// The call of the whole class: by the media server, or by mesh between a few devices; open while all are together.
import { computed, effect, signal } from "@preact/signals-core";
import { LivekitRoom } from "./livekit-room.mjs";
import { Mesh } from "./mesh.mjs";

/** @import {MediaWay, MeView, PlenaryView, SignalIn} from "../wire.mjs" */
/** @import {Devices} from "./devices.mjs" */
/** @import {Remote} from "./media-room.mjs" */
/** @import {Message} from "./peer.mjs" */
/** @import {ReadonlySignal} from "@preact/signals-core" */

/** @typedef {"no_media_server" | "media_server_away" | "no_consent" | ""} WhyNot why there is no picture of everybody */

/**
 * Ask the server for a way to pictures and sound.
 * @param {string} address
 * @returns {Promise<MediaWay | null>}
 */
export async function wayTo(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // asked again with the next connection
  }
}

export class PlenaryCall {
  /**
   * @param {object} parts
   * @param {ReadonlySignal<PlenaryView | null>} parts.plenary
   * @param {ReadonlySignal<MeView | null>} parts.me
   * @param {ReadonlySignal<boolean>} parts.still everything stands still, or this page has stopped
   * @param {ReadonlySignal<string[]>} parts.adults
   * @param {Devices} parts.devices
   * @param {string} parts.way address of the ways in, without the place
   * @param {() => Promise<RTCConfiguration | null>} parts.ice
   * @param {(to: string, message: Message) => void} parts.send
   */
  constructor({ plenary, me, still, adults, devices, way, ice, send }) {
    this.view = plenary;
    this.me = me;
    this.adults = adults;
    this.devices = devices;
    this.address = way;
    this.ice = ice;
    this.send = send;
    this.whyNot = signal(/** @type {WhyNot} */ (""));
    this.remotes = signal(/** @type {Remote[]} */ ([]));
    /** When somebody was last heard. @type {Map<string, number>} */
    this.heardAt = new Map();
    this.look = this.look.bind(this);
    this.together = computed(() => Boolean(plenary.value?.together) && !still.value);
    const inCircle = computed(() => plenary.value?.circle.some((peer) => peer.peer === me.value?.peer) ?? false);
    /** Which call is open: one word, so that nothing but its change closes one and opens another. */
    this.kind = computed(() => {
      if (!this.together.value) return "";
      return plenary.value?.carrier === "livekit" ? "livekit" : inCircle.value ? "mesh" : "words";
    });
    /** Whether this page's call with its own room rests meanwhile. */
    this.takesOver = computed(() => this.kind.value === "livekit" || this.kind.value === "mesh");
    /** @type {LivekitRoom | Mesh | null} */
    this.room = null;
    /** @type {() => void} */
    this.leave = () => {};
    effect(() => this.#change(this.kind.value));
  }

  /** @param {SignalIn} message */
  hear(message) {
    if (this.room instanceof Mesh) this.room.hear(message);
  }

  again() {
    this.room?.again();
  }

  /**
   * @param {Iterable<string>} people whose pictures are shown now
   * @param {string} large
   */
  look(people, large) {
    if (this.room instanceof LivekitRoom) this.room.look(people, large);
  }

  /** @param {string} kind */
  #change(kind) {
    this.leave();
    this.leave = () => {};
    this.room?.close();
    this.room = null;
    this.remotes.value = [];
    this.whyNot.value = "";
    if (kind === "livekit") this.#livekit();
    else if (kind === "mesh") this.#mesh();
    if (kind === "mesh" || kind === "words") void this.#ask();
  }

  #livekit() {
    const room = new LivekitRoom({ way: () => this.#ask(), muted: () => this.devices.turn("microphone", false) });
    room.look([]);
    this.#follow(room, () => []);
    room.open();
  }

  #mesh() {
    const room = new Mesh({ send: this.send });
    this.#follow(room, () => this.view.value?.circle ?? []);
    void this.ice().then((servers) => {
      if (servers && this.room === room) room.open(servers);
    });
  }

  /**
   * @param {LivekitRoom | Mesh} room
   * @param {() => import("../wire.mjs").PeerView[]} peersNow
   */
  #follow(room, peersNow) {
    this.room = room;
    const stops = [
      effect(() => {
        const peers = peersNow();
        const known = new Set([...(this.view.value?.people ?? []).map((one) => one.id), ...this.adults.value]);
        const circle = new Set(peers.map((peer) => peer.who));
        const here = room instanceof Mesh ? circle : known;
        room.meet(this.me.value?.peer ?? null, peers, (who) => here.has(who));
      }),
      effect(() => room.show(this.#mine())),
      effect(() => {
        for (const one of room.remotes.value) if (one.speaking) this.heardAt.set(one.who, Date.now());
        this.remotes.value = room.remotes.value;
      }),
    ];
    this.leave = () => {
      for (const stop of stops) stop();
    };
  }

  /** What is switched on, and no track that is switched off. */
  #mine() {
    const { stream, camera, microphone } = this.devices;
    const [seen, heard] = [camera.value === "on", microphone.value === "on"];
    const tracks = (stream.value?.getTracks() ?? []).filter((track) => (track.kind === "video" ? seen : heard));
    return tracks.length > 0 ? new MediaStream(tracks) : null;
  }

  async #ask() {
    const way = await wayTo(`${this.address}plenary`);
    if (way) this.whyNot.value = way.kind === "livekit" ? "" : /** @type {WhyNot} */ (way.reason);
    return way;
  }
}

/**
 * A child's own devices while all are together: silent until somebody at home gets the floor; as before afterwards.
 * @param {object} parts
 * @param {ReadonlySignal<boolean>} parts.together
 * @param {ReadonlySignal<boolean>} parts.hasFloor
 * @param {"school" | "home"} parts.where
 * @param {Pick<Devices, "stream" | "camera" | "microphone" | "turn">} parts.devices
 */
export function hush({ together, hasFloor, where, devices }) {
  /** @type {{microphone: boolean, camera: boolean} | null} */
  let before = null;
  /** @type {MediaStream | null} */
  let known = null;
  effect(() => {
    const stream = devices.stream.value;
    if (!together.value) {
      if (before) {
        devices.turn("microphone", before.microphone);
        devices.turn("camera", before.camera);
      }
      before = null;
      known = null;
      return;
    }
    before ??= { microphone: devices.microphone.peek() !== "off", camera: devices.camera.peek() !== "off" };
    devices.turn("microphone", where === "home" && hasFloor.value);
    // A classroom's line carries its screen; a child may switch a camera on all the same.
    if (stream !== known && where === "school") devices.turn("camera", false);
    known = stream;
  });
}
