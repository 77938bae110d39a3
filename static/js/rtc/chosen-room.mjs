// A breakout room that goes by the media server, and by the mesh while the server says that there is none.
import { computed, effect, signal } from "@preact/signals-core";

/** @import {MediaRoom} from "./media-room.mjs" */
/** @import {PeerView, SignalIn} from "../wire.mjs" */
/** @import {ReadonlySignal} from "@preact/signals-core" */

/**
 * Everybody hears the same word from the server, so that partners never sit in two different calls.
 * @implements {MediaRoom}
 */
export class ChosenRoom {
  /**
   * @param {object} parts
   * @param {MediaRoom} parts.mesh
   * @param {MediaRoom} parts.livekit
   * @param {ReadonlySignal<"livekit" | "mesh" | null>} parts.carrier null: not known yet
   */
  constructor({ mesh, livekit, carrier }) {
    this.mesh = mesh;
    this.livekit = livekit;
    this.carrier = carrier;
    this.remotes = /** @type {import("@preact/signals-core").Signal<import("./media-room.mjs").Remote[]>} */ (
      computed(() => (carrier.value === "livekit" ? livekit : mesh).remotes.value)
    );
    this.uplink = /** @type {import("@preact/signals-core").Signal<import("./media-room.mjs").Uplink>} */ (
      computed(() => (carrier.value === "livekit" ? livekit : mesh).uplink.value)
    );
    this.ice = signal(/** @type {RTCConfiguration | null} */ (null));
    /** @type {{mine: string | null, peers: PeerView[], belongs: (who: string) => boolean}} */
    this.present = { mine: null, peers: [], belongs: () => false };
    this.wanted = signal(false);
    this.stop = effect(() => this.#turn());
  }

  /** @param {RTCConfiguration} ice */
  open(ice) {
    // A list that is renewed does not open a call a second time.
    if (!this.ice.peek()) this.ice.value = ice;
    else if (this.carrier.peek() === "mesh") this.mesh.open(ice);
  }

  /**
   * @param {string | null} mine
   * @param {PeerView[]} peers
   * @param {(who: string) => boolean} belongs
   */
  meet(mine, peers, belongs) {
    this.present = { mine, peers, belongs };
    this.wanted.value = peers.some((peer) => belongs(peer.who));
    this.#meet();
  }

  /** @param {SignalIn} message */
  hear(message) {
    if (this.carrier.peek() !== "livekit") this.mesh.hear(message);
  }

  /** @param {MediaStream | null} stream */
  show(stream) {
    this.mesh.show(stream);
    this.livekit.show(stream);
  }

  /** @param {import("./media-room.mjs").Rules} rules */
  obey(rules) {
    this.mesh.obey(rules);
    this.livekit.obey(rules);
  }

  /** @param {import("../wire.mjs").Media} media */
  allow(media) {
    this.mesh.allow(media);
    this.livekit.allow(media);
  }

  /** @param {import("./quality.mjs").Saver} saver */
  spare(saver) {
    this.mesh.spare(saver);
    this.livekit.spare(saver);
  }

  tryPicture() {
    this.mesh.tryPicture();
  }

  again() {
    (this.carrier.peek() === "livekit" ? this.livekit : this.mesh).again();
  }

  close() {
    this.stop();
    this.mesh.close();
    this.livekit.close();
  }

  #turn() {
    const ice = this.ice.value;
    const carrier = this.carrier.value;
    if (!ice || !carrier) return;
    if (carrier === "livekit" && this.wanted.value) this.livekit.open(ice);
    else this.livekit.close();
    if (carrier === "mesh") this.mesh.open(ice);
    this.#meet();
  }

  #meet() {
    const { mine, peers, belongs } = this.present;
    this.livekit.meet(mine, peers, belongs);
    if (this.carrier.peek() === "livekit") this.mesh.meet(mine, [], () => false);
    else this.mesh.meet(mine, peers, belongs);
  }
}
