// What a child can do about sound and picture: hold to talk, other devices, headphones; and why a microphone is closed.
import { useEffect } from "preact/hooks";
import { html } from "../../html.mjs";
import { fill, t } from "../../i18n.mjs";
import { troubles } from "../../views/devices.mjs";
import { mostly, talkBars, talkSentence, whyClosed } from "../../views/media.mjs";
import { memberOf } from "../../views/people.mjs";
import { Name } from "../person.mjs";
import { DataSaver } from "./data-saver.mjs";
import { Dialog } from "./dialogs.mjs";

/** @import {Choice, Device, Devices} from "../../rtc/devices.mjs" */
/** @import {RoomView} from "../../wire.mjs" */
/** @import {StudentPage} from "./page.mjs" */

/**
 * Why I am not heard or seen just now, and what I can do.
 * @param {{page: StudentPage, room: RoomView, me: string}} props
 */
export function SoundLine({ page, room, me }) {
  const { devices } = page;
  const hold = devices.mayHold.value;
  const spared = devices.closed.value.has("budget") && memberOf(room, me)?.media === "video";
  if (!hold && !spared) return null;
  const why = whyClosed(room, page.seat.members.value, {
    holding: devices.holding.value,
    hold: devices.remembered.value.hold,
  });
  return html`<div class="sound-line">
    ${
      hold &&
      html`<${HoldButton} devices=${devices} />
      <p id="why-closed">${fill(why.text, { name: html`<${Name} name=${why.name} />` })} <span class="hint wide-only">${t("The space key does the same.")}</span></p>`
    }
    ${spared && html`<p class="pictures-off"><span class="glyph camera-off" aria-hidden="true"></span> ${t("Pictures are off for now so that everybody’s voice gets through.")}</p>`}
  </div>`;
}

const ELSEWHERE = "input, textarea, select, button, a, summary, dialog, [contenteditable]";

/** @param {{devices: Devices}} props */
function HoldButton({ devices }) {
  const letGo = () => devices.hold(false);
  useEffect(() => {
    const down = (/** @type {KeyboardEvent} */ event) => {
      const other = event.target instanceof Element && event.target.closest(ELSEWHERE);
      if (event.code !== "Space" || other || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (!event.repeat) devices.hold(true);
    };
    const up = (/** @type {KeyboardEvent} */ event) => {
      if (event.code === "Space") letGo();
    };
    document.addEventListener("keydown", down);
    document.addEventListener("keyup", up);
    // A key that is let go of in another window is never heard of here.
    window.addEventListener("blur", letGo);
    return () => {
      document.removeEventListener("keydown", down);
      document.removeEventListener("keyup", up);
      window.removeEventListener("blur", letGo);
      letGo();
    };
  }, []);
  const key = (/** @type {KeyboardEvent} */ event, /** @type {boolean} */ held) => {
    if (event.code !== "Space" && event.code !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) devices.hold(held);
  };
  return html`<button type="button" class="button hold" aria-pressed=${String(devices.holding.value)} aria-describedby="why-closed" aria-keyshortcuts="Space"
    onPointerDown=${(/** @type {PointerEvent} */ event) => {
      /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
      devices.hold(true);
    }}
    onPointerUp=${letGo} onPointerCancel=${letGo} onLostPointerCapture=${letGo} onBlur=${letGo}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => key(event, true)} onKeyUp=${(/** @type {KeyboardEvent} */ event) => key(event, false)}
    onContextMenu=${(/** @type {Event} */ event) => event.preventDefault()}
    onClick=${(/** @type {MouseEvent} */ event) => {
      // Pressed by a helper that knows no holding, such as a screen reader: it opens, and closes with the next press.
      if (event.detail === 0) devices.hold(!devices.holding.value);
    }}><span class=${`glyph ${devices.holding.value ? "mic" : "mic-off"}`} aria-hidden="true"></span>${t("Hold to talk")}</button>`;
}

/**
 * How we share the talking, where our teachers let us see it.
 * @param {{page: StudentPage, room: RoomView, me: string}} props
 */
export function TalkLine({ page, room, me }) {
  const talk = page.presence.value?.talk;
  if (!talk || talk.step !== room.step) return null;
  const { text, name } = talkSentence(talk, room, me);
  return html`<p class=${`talk-line${mostly(talk) ? "" : " even"}`}><span class="talk-bars" aria-hidden="true">${talkBars(talk)}</span>
    <span>${fill(text, { name: html`<${Name} name=${name} />` })}${!talk.reliable && html` <span class="hint">${t("(Roughly: not everybody wears headphones.)")}</span>`}</span></p>`;
}

/** Everything about sound and picture, in the middle of a lesson. @param {{page: StudentPage, onClose: () => void}} props */
export function SoundDialog({ page, onClose }) {
  const { devices } = page;
  const { hold } = devices.remembered.value;
  return html`<${Dialog} title=${t("Sound and picture")} onClose=${onClose}>
    <div class="stack">
      <${Findings} page=${page} />
      <${DeviceChoices} devices=${devices} />
      <${Headphones} devices=${devices} />
      <${DataSaver} page=${page} />
      <label class="check"><input type="checkbox" checked=${hold} onChange=${() => devices.remember({ hold: !hold })} /><span>${t("Hold to talk")}<span class="hint">${t("For a noisy classroom: my microphone is open only while I hold the button.")}</span></span></label>
      <div class="button-row">
        <button type="button" class="button" onClick=${page.chime}><span class="glyph speaker" aria-hidden="true"></span>${t("Play a sound")}</button>
        <button type="button" class="button" aria-busy=${String(devices.opening.value)} onClick=${page.openDevices}>${devices.stream.value ? t("Open them anew") : t("Switch on")}</button>
      </div>
    </div>
    <footer><button type="button" class="button primary" onClick=${onClose}>${t("Close")}</button></footer>
  <//>`;
}

/** What stands in the way of camera or microphone. @param {{page: StudentPage}} props */
export function Findings({ page }) {
  const { camera, microphone } = page.devices.trouble.value;
  const media = page.allowed();
  const mine = {
    camera: media === "video" ? camera : /** @type {const} */ (""),
    microphone: media === "none" ? /** @type {const} */ ("") : microphone,
  };
  return html`<div class="stack stack-s" aria-live="polite">${troubles(mine).map((line) => html`<p class="notice" key=${line}><span>${line}</span></p>`)}</div>`;
}

/** Which camera, which microphone, which speaker; nothing where there is nothing to choose. @param {{devices: Devices}} props */
export function DeviceChoices({ devices }) {
  const { camera, microphone, speaker } = devices.lists.value;
  const speakerNow = devices.remembered.value.speaker;
  return html`<${Which} name="camera" label=${t("Camera")} choices=${camera} now=${devices.inUse("camera")} devices=${devices} />
    <${Which} name="microphone" label=${t("Microphone")} choices=${microphone} now=${devices.inUse("microphone")} devices=${devices} />
    <${Which} name="speaker" label=${t("Loudspeaker or headphones")} choices=${speaker} now=${speakerNow} devices=${devices} />`;
}

/** @param {{name: Device | "speaker", label: string, choices: Choice[], now: string, devices: Devices}} props */
function Which({ name, label, choices, now, devices }) {
  if (choices.length < 2) return null;
  const known = choices.some((one) => one.id === now);
  return html`<div class="field"><label for=${`which-${name}`}>${label}</label>
    <select id=${`which-${name}`} dir="auto" onChange=${(/** @type {Event} */ event) => void devices.choose(name, /** @type {HTMLSelectElement} */ (event.target).value)}>
      ${!known && html`<option value="" selected disabled=${name !== "speaker"}>${t("as the device has it")}</option>`}
      ${choices.map((one, at) => html`<option key=${one.id} value=${one.id} selected=${one.id === now}>${one.label || t("number {n}", { n: at + 1 })}</option>`)}
    </select></div>`;
}

/** @param {{devices: Devices}} props */
export function Headphones({ devices }) {
  const { headphones } = devices.remembered.value;
  /** @type {["yes" | "no", string][]} */
  const answers = [
    ["yes", t("Yes")],
    ["no", t("No")],
  ];
  return html`<fieldset class="headphones"><legend>${t("Are you wearing headphones?")}</legend>
    <div class="cluster">${answers.map(([value, label]) => html`<label key=${value} class="check"><input type="radio" name="headphones" checked=${headphones === value} onChange=${() => devices.remember({ headphones: value })} /><span>${label}</span></label>`)}</div>
    ${headphones === "no" && html`<p class="hint" role="status">${t("Then keep the sound low, and ask your teacher for headphones: your partner may hear your neighbours, too.")}</p>`}
  </fieldset>`;
}
