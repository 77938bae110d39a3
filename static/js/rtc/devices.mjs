// This device's camera and microphone: opened as far as consent and the person allow, and never a reason to stop.
import { signal } from "@preact/signals-core";

/** @import {DeviceMark, Media} from "../wire.mjs" */

const PICTURE = {
  width: { ideal: 480 },
  height: { ideal: 360 },
  frameRate: { ideal: 20, max: 24 },
  facingMode: "user",
};
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/**
 * @param {unknown} problem what getUserMedia threw
 * @returns {"none" | "refused"}
 */
export function whyNot(problem) {
  const name = problem instanceof Error ? problem.name : "";
  return name === "NotAllowedError" || name === "SecurityError" ? "refused" : "none";
}

export class Devices {
  /** @param {Pick<MediaDevices, "getUserMedia"> | undefined} [media] absent where the page is not secure */
  constructor(media = navigator.mediaDevices) {
    this.media = media;
    this.stream = signal(/** @type {MediaStream | null} */ (null));
    this.camera = signal(/** @type {DeviceMark} */ ("none"));
    this.microphone = signal(/** @type {DeviceMark} */ ("none"));
    this.opening = signal(false);
    this.silenced = false;
  }

  /**
   * Open what this person may use. Without a camera there is sound, without either there is writing.
   * @param {Media} allowed
   */
  async open(allowed) {
    this.opening.value = true;
    try {
      const stream = new MediaStream();
      if (allowed === "video") {
        const both = await this.#ask({ audio: SOUND, video: PICTURE });
        if (both) for (const track of both.getTracks()) stream.addTrack(track);
        else await this.#one(stream, "video");
      }
      if (allowed !== "none" && stream.getAudioTracks().length === 0) await this.#one(stream, "audio");
      this.#use(stream);
    } finally {
      this.opening.value = false;
    }
  }

  /**
   * @param {"camera" | "microphone"} device
   * @param {boolean} on
   */
  turn(device, on) {
    const tracks = device === "camera" ? this.stream.value?.getVideoTracks() : this.stream.value?.getAudioTracks();
    if (!tracks?.length) return;
    for (const track of tracks) track.enabled = on && !this.silenced;
    this[device].value = on ? "on" : "off";
  }

  /**
   * Stop now: nothing is heard or seen until it is taken back, whatever the buttons say.
   * @param {boolean} silenced
   */
  silence(silenced) {
    this.silenced = silenced;
    for (const track of this.stream.value?.getVideoTracks() ?? [])
      track.enabled = !silenced && this.camera.value === "on";
    for (const track of this.stream.value?.getAudioTracks() ?? [])
      track.enabled = !silenced && this.microphone.value === "on";
  }

  /** Switch everything off, also the light beside the camera. */
  close() {
    for (const track of this.stream.value?.getTracks() ?? []) track.stop();
    this.stream.value = null;
    this.camera.value = "none";
    this.microphone.value = "none";
  }

  /** @param {MediaStream} stream */
  #use(stream) {
    for (const old of this.stream.value?.getTracks() ?? []) old.stop();
    this.stream.value = stream.getTracks().length > 0 ? stream : null;
    if (stream.getVideoTracks().length > 0) this.camera.value = "on";
    if (stream.getAudioTracks().length > 0) this.microphone.value = "on";
    for (const track of stream.getTracks()) {
      track.onended = () => {
        this[track.kind === "video" ? "camera" : "microphone"].value = "none";
      };
    }
    this.silence(this.silenced);
  }

  /**
   * @param {MediaStream} stream
   * @param {"audio" | "video"} kind
   */
  async #one(stream, kind) {
    const got = await this.#ask(kind === "audio" ? { audio: SOUND } : { video: PICTURE });
    for (const track of got?.getTracks() ?? []) stream.addTrack(track);
  }

  /** @param {MediaStreamConstraints} wish */
  async #ask(wish) {
    if (!this.media) return null;
    try {
      return await this.media.getUserMedia(wish);
    } catch (problem) {
      const why = whyNot(problem);
      if (wish.video) this.camera.value = why;
      if (wish.audio) this.microphone.value = why;
      return null;
    }
  }
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
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(wave);
    const loudness = Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
    heard(Math.min(1, loudness * 5));
  }, 66);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Play a short soft chord, to hear whether the speaker works. */
export function playChime() {
  const context = new AudioContext();
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
