// This device's camera and microphone: opened as far as consent and the person allow, and never a reason to stop.
import { batch, computed, signal } from "@preact/signals-core";

/** @import {Signal} from "@preact/signals-core" */
/** @import {DeviceMark, Media} from "../wire.mjs" */

/** @typedef {"camera" | "microphone"} Device */
/** @typedef {Record<Device, boolean>} Closed */
/** Why a device is not used; "" where nothing is known against it. @typedef {"" | "refused" | "none" | "busy" | "unplugged" | "insecure"} Trouble */
/** @typedef {{id: string, label: string}} Choice */
/**
 * What the device remembers, whoever uses it. Ids are the browser's own, and mean nothing elsewhere.
 * @typedef {{camera: string, microphone: string, speaker: string, headphones: "" | "yes" | "no", hold: boolean}} Remembered
 */
/** @typedef {{getItem: (key: string) => string | null, setItem: (key: string, value: string) => void}} Shelf */
/** @typedef {Pick<MediaDevices, "getUserMedia"> & Partial<Pick<MediaDevices, "enumerateDevices" | "addEventListener">>} Source */

const PICTURE = {
  width: { ideal: 480 },
  height: { ideal: 360 },
  frameRate: { ideal: 20, max: 24 },
};
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const KIND = /** @type {const} */ ({ camera: "video", microphone: "audio" });
const LIST = /** @type {const} */ ({ camera: "videoinput", microphone: "audioinput", speaker: "audiooutput" });
/** @type {readonly Device[]} */
const BOTH = ["camera", "microphone"];
/** What keeps a microphone closed only until its owner holds to talk. */
const UNTIL_HELD = new Set(["turn", "hold"]);
const SHELF = "havruta-devices";

/**
 * @param {unknown} problem what getUserMedia threw
 * @returns {Trouble}
 */
export function whyNot(problem) {
  switch (problem instanceof Error ? problem.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "none";
  }
}

export class Devices {
  /**
   * @param {Source | undefined} [media] absent where the page is not secure
   * @param {{shelf?: Shelf, tell?: (device: Device, what: "another" | "back" | "lost") => void}} [parts]
   */
  constructor(media = navigator.mediaDevices, { shelf, tell = () => {} } = {}) {
    this.media = media;
    this.shelf = shelf;
    this.tell = tell;
    this.stream = signal(/** @type {MediaStream | null} */ (null));
    this.camera = signal(/** @type {DeviceMark} */ ("none"));
    this.microphone = signal(/** @type {DeviceMark} */ ("none"));
    this.opening = signal(false);
    this.trouble = signal(/** @type {Record<Device, Trouble>} */ ({ camera: "", microphone: "" }));
    this.lists = signal(
      /** @type {Record<Device | "speaker", Choice[]>} */ ({ camera: [], microphone: [], speaker: [] }),
    );
    this.remembered = signal(recalled(shelf));
    this.holding = signal(false);
    /** Whoever keeps them closed, by reason. @type {Signal<ReadonlyMap<string, Closed>>} */
    this.closed = signal(new Map());
    this.mayHold = computed(() => {
      const reasons = this.#reasons("microphone");
      return this.microphone.value === "on" && reasons.length > 0 && reasons.every((why) => UNTIL_HELD.has(why));
    });
    this.cameraOpen = computed(() => this.camera.value === "on" && this.#reasons("camera").length === 0);
    this.microphoneOpen = computed(
      () =>
        this.microphone.value === "on" &&
        (this.#reasons("microphone").length === 0 || (this.mayHold.value && this.holding.value)),
    );
    /** Two lenses of a phone, of which the front one comes first. */
    this.mayFlip = computed(
      () => this.stream.value !== null && this.lists.value.camera.length > 1 && this.#faces() !== "",
    );
    /** @type {Media} */
    this.allowed = "none";
    this.round = 0;
    media?.addEventListener?.("devicechange", () => void this.#changed());
  }

  /**
   * Open what this person may use. Without a camera there is sound, without either there is writing.
   * @param {Media} allowed
   */
  async open(allowed) {
    this.allowed = allowed;
    this.round += 1;
    const { round } = this;
    this.opening.value = true;
    this.trouble.value = { camera: "", microphone: "" };
    try {
      const stream = new MediaStream();
      if (allowed === "video") {
        const both = await this.#asRemembered(BOTH);
        if (both) for (const track of both.getTracks()) stream.addTrack(track);
        else await this.#one(stream, "camera");
      }
      if (allowed !== "none" && stream.getAudioTracks().length === 0) await this.#one(stream, "microphone");
      // Closed, or asked anew, while the person was being asked: no light stays on.
      if (round !== this.round) for (const track of stream.getTracks()) track.stop();
      else this.#use(stream);
      await this.look();
    } finally {
      if (round === this.round) this.opening.value = false;
    }
  }

  /**
   * @param {Device} device
   * @param {boolean} on
   */
  turn(device, on) {
    if (!this.#track(device)) return;
    this[device].value = on ? "on" : "off";
    this.#settle();
  }

  /**
   * Keep devices closed for a reason, or no longer: several may hold at once, and the person's own wish stays beneath.
   * @param {string} reason
   * @param {Closed} which
   */
  keepClosed(reason, which) {
    const before = this.closed.peek();
    const was = before.get(reason) ?? { camera: false, microphone: false };
    if (was.camera === which.camera && was.microphone === which.microphone) return;
    const next = new Map(before);
    if (which.camera || which.microphone) next.set(reason, which);
    else next.delete(reason);
    this.closed.value = next;
    this.#settle();
  }

  /**
   * Open a microphone that a turn keeps closed, for as long as it is held.
   * @param {boolean} held
   */
  hold(held) {
    this.holding.value = held && this.mayHold.value;
    this.#settle();
  }

  /**
   * Use another device from now on, without a new negotiation; it is remembered on this device.
   * @param {Device | "speaker"} device
   * @param {string} id
   */
  async choose(device, id) {
    this.remember({ [device]: id });
    if (device !== "speaker") await this.#exchange(device, { deviceId: { exact: id } });
  }

  /** The other lens of a phone. */
  async flip() {
    const other = this.#faces() === "environment" ? "user" : "environment";
    await this.#exchange("camera", { facingMode: { exact: other } });
  }

  /** @param {Partial<Remembered>} what */
  remember(what) {
    this.remembered.value = { ...this.remembered.value, ...what };
    try {
      this.shelf?.setItem(SHELF, JSON.stringify(this.remembered.value));
    } catch {
      // chosen again next time
    }
  }

  /** See which devices there are; before the first permission browsers tell no names. */
  async look() {
    try {
      const found = (await this.media?.enumerateDevices?.()) ?? [];
      const of = (/** @type {Device | "speaker"} */ device) =>
        found
          .filter((one) => one.kind === LIST[device] && one.deviceId)
          .map((one) => ({ id: one.deviceId, label: one.label }));
      // Not every browser lets a page choose where sound comes out.
      const speaker = "setSinkId" in (globalThis.HTMLMediaElement?.prototype ?? {}) ? of("speaker") : [];
      this.lists.value = { camera: of("camera"), microphone: of("microphone"), speaker };
    } catch {
      // no list, no choice: the browser's own stands
    }
  }

  /**
   * Which device is in use.
   * @param {Device} device
   * @returns {string}
   */
  inUse(device) {
    return this.#track(device)?.getSettings?.().deviceId ?? "";
  }

  /** Switch everything off, also the light beside the camera. */
  close() {
    this.round += 1;
    this.allowed = "none";
    for (const track of this.stream.value?.getTracks() ?? []) track.stop();
    batch(() => {
      this.stream.value = null;
      this.camera.value = "none";
      this.microphone.value = "none";
      this.opening.value = false;
      this.holding.value = false;
    });
  }

  /** @param {Device} device */
  #reasons(device) {
    return [...this.closed.value].filter(([, which]) => which[device]).map(([reason]) => reason);
  }

  /**
   * @param {Device} device
   * @returns {MediaStreamTrack | undefined}
   */
  #track(device) {
    return this.stream.value?.getTracks().find((track) => track.kind === KIND[device]);
  }

  /** @returns {string} "user", "environment", or "" where the camera does not say */
  #faces() {
    return this.#track("camera")?.getSettings?.().facingMode ?? "";
  }

  #settle() {
    for (const device of BOTH) {
      const track = this.#track(device);
      if (track) track.enabled = device === "camera" ? this.cameraOpen.value : this.microphoneOpen.value;
    }
  }

  /** @param {MediaStream} stream */
  #use(stream) {
    for (const old of this.stream.value?.getTracks() ?? []) old.stop();
    batch(() => {
      this.stream.value = stream.getTracks().length > 0 ? stream : null;
      for (const device of BOTH) {
        const track = this.#track(device);
        if (!track) continue;
        this[device].value = "on";
        this.#watch(device, track);
      }
    });
    this.#settle();
  }

  /**
   * Put one track in the place of another; whoever switched it off finds it off.
   * @param {Device} device
   * @param {MediaStreamTrack | null} fresh null: the device is gone
   */
  #put(device, fresh) {
    const old = this.#track(device);
    const tracks = (this.stream.value?.getTracks() ?? []).filter((track) => track !== old);
    const stream = new MediaStream();
    for (const track of [...tracks, ...(fresh ? [fresh] : [])]) stream.addTrack(track);
    old?.stop();
    batch(() => {
      this.stream.value = stream.getTracks().length > 0 ? stream : null;
      if (!fresh) return;
      if (this[device].value !== "off") this[device].value = "on";
      this.trouble.value = { ...this.trouble.value, [device]: "" };
      this.#watch(device, fresh);
    });
    this.#settle();
  }

  /**
   * @param {Device} device
   * @param {MediaStreamTrack} track
   */
  #watch(device, track) {
    track.onended = () => void this.#lost(device, track);
  }

  /**
   * Pulled out in the middle of a call, or taken by another program: another one, if there is one.
   * @param {Device} device
   * @param {MediaStreamTrack} track
   */
  async #lost(device, track) {
    if (this.#track(device) !== track) return;
    this.#put(device, null);
    if (await this.#open(device)) {
      this.tell(device, "another");
      return;
    }
    if (this.trouble.value[device] === "none") this.trouble.value = { ...this.trouble.value, [device]: "unplugged" };
    this.tell(device, "lost");
  }

  /** Something was plugged in or pulled out. */
  async #changed() {
    await this.look();
    for (const device of BOTH) {
      const missed = ["none", "unplugged"].includes(this.trouble.value[device]) && !this.#track(device);
      if (missed && this.#may(device) && this.lists.value[device].length > 0 && (await this.#open(device)))
        this.tell(device, "back");
    }
  }

  /** @param {Device} device */
  #may(device) {
    return this.allowed === "video" || (device === "microphone" && this.allowed === "audio");
  }

  /**
   * Open one device again; whoever had switched it off finds it off.
   * @param {Device} device
   * @returns {Promise<boolean>}
   */
  async #open(device) {
    const { round } = this;
    const track = (await this.#asRemembered([device]))?.getTracks()[0];
    if (!track) return false;
    if (round !== this.round) {
      track.stop();
      return false;
    }
    this.#put(device, track);
    await this.look();
    return true;
  }

  /**
   * @param {Device} device
   * @param {MediaTrackConstraints} instead
   */
  async #exchange(device, instead) {
    if (!this.#may(device)) return;
    const { round } = this;
    const wish = this[device].value;
    // A phone opens one camera at a time.
    if (device === "camera") this.#track(device)?.stop();
    const kind = KIND[device];
    const own = device === "camera" ? PICTURE : SOUND;
    const asked = (await this.#ask({ [kind]: { ...own, ...instead } }))?.getTracks()[0];
    const why = this.trouble.value[device];
    const back = asked || device === "microphone" ? null : (await this.#asRemembered(["camera"]))?.getTracks()[0];
    const track = asked ?? back;
    if (round !== this.round) {
      track?.stop();
      return;
    }
    // What could not be used is said; what worked before goes on.
    if (wish === "on" || wish === "off") this[device].value = wish;
    if (track) this.#put(device, track);
    else if (device === "camera") {
      this.#put(device, null);
      this.camera.value = why === "refused" ? "refused" : "none";
    }
    if (!asked) this.trouble.value = { ...this.trouble.value, [device]: why };
  }

  /**
   * Ask for the devices that were chosen here before; where one is gone or in use, for whatever there is.
   * @param {readonly Device[]} devices
   */
  async #asRemembered(devices) {
    const wish = (/** @type {boolean} */ chosen) =>
      Object.fromEntries(devices.map((device) => [KIND[device], this.#wish(device, chosen)]));
    const got = await this.#ask(wish(true));
    const another = devices.some((device) => this.remembered.value[device] && this.trouble.value[device] !== "refused");
    return got ?? (another && this.media ? this.#ask(wish(false)) : null);
  }

  /**
   * @param {Device} device
   * @param {boolean} chosen
   * @returns {MediaTrackConstraints}
   */
  #wish(device, chosen) {
    const id = chosen ? this.remembered.value[device] : "";
    // Not `ideal`: Chromium takes the default microphone all the same.
    const which = id ? { deviceId: { exact: id } } : {};
    if (device === "microphone") return { ...SOUND, ...which };
    return { ...PICTURE, ...(id ? which : { facingMode: "user" }) };
  }

  /**
   * @param {MediaStream} stream
   * @param {Device} device
   */
  async #one(stream, device) {
    const got = await this.#asRemembered([device]);
    for (const track of got?.getTracks() ?? []) stream.addTrack(track);
  }

  /** @param {MediaStreamConstraints} wish */
  async #ask(wish) {
    const asked = BOTH.filter((device) => wish[KIND[device]]);
    if (!this.media) {
      this.#failed(asked, "insecure");
      return null;
    }
    try {
      const got = await this.media.getUserMedia(wish);
      this.trouble.value = { ...this.trouble.value, ...Object.fromEntries(asked.map((device) => [device, ""])) };
      return got;
    } catch (problem) {
      this.#failed(asked, whyNot(problem));
      return null;
    }
  }

  /**
   * @param {Device[]} devices
   * @param {Trouble} why
   */
  #failed(devices, why) {
    this.trouble.value = { ...this.trouble.value, ...Object.fromEntries(devices.map((device) => [device, why])) };
    for (const device of devices) this[device].value = why === "refused" ? "refused" : "none";
  }
}

/**
 * @param {Shelf | undefined} shelf
 * @returns {Remembered}
 */
function recalled(shelf) {
  /** @type {Remembered} */
  const fresh = { camera: "", microphone: "", speaker: "", headphones: "", hold: false };
  try {
    const kept = JSON.parse(shelf?.getItem(SHELF) ?? "{}");
    for (const [name, value] of Object.entries(fresh)) {
      if (typeof kept?.[name] === typeof value) Object.assign(fresh, { [name]: kept[name] });
    }
  } catch {
    // something else wrote there; asked anew
  }
  return fresh;
}

/**
 * Measure how loud a stream is, about fifteen times a second.
 * @param {MediaStream} stream
 * @param {(level: number) => void} heard 0 to 1
 * @returns {() => void} stops measuring
 */
export function listenTo(stream, heard) {
  if (stream.getAudioTracks().length === 0) return () => {};
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  const wake = () => void context.resume();
  // Before the first press on a page browsers may let nothing sound, not even in silence.
  if (context.state === "suspended") document.addEventListener("pointerdown", wake, { once: true });
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(wave);
    const loudness = Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
    heard(Math.min(1, loudness * 5));
  }, 66);
  return () => {
    clearInterval(timer);
    document.removeEventListener("pointerdown", wake);
    void context.close();
  };
}

/**
 * Play a short soft chord, to hear whether the speaker works.
 * @param {string} [speaker] where it comes out, if that can be chosen
 */
export async function playChime(speaker = "") {
  const context = new AudioContext();
  if (speaker && "setSinkId" in context) {
    const chosen = /** @type {AudioContext & {setSinkId: (id: string) => Promise<void>}} */ (context);
    // A speaker that is gone: the usual one sounds.
    await chosen.setSinkId(speaker).catch(() => {});
  }
  for (const [index, pitch] of [392, 523.25, 659.25].entries()) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const start = context.currentTime + index * 0.18;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.18, start + 0.04);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 1);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + 1.05);
  }
  setTimeout(() => void context.close(), 2500);
}
