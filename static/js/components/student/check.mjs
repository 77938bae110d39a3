// Does my camera, microphone and speaker work? On this device only, and never a condition for learning.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.mjs";
import { say, t } from "../../i18n.mjs";
import { DeviceButton, FlipButton, Tile } from "../tile.mjs";
import { Sharing } from "./seat.mjs";
import { DeviceChoices, Findings, Headphones } from "./sound.mjs";

/** @import {StudentPage} from "./page.mjs" */

/** @param {{page: StudentPage}} props */
export function DeviceCheck({ page }) {
  const { devices, boot } = page;
  const media = boot.media ?? "video";
  const opened = devices.stream.value !== null;
  const { camera, microphone } = devices.trouble.value;
  const tried = opened || camera !== "" || microphone !== "";
  const inSchool = boot.sides[boot.side]?.where === "school";
  const ready = opened || media === "none";
  return html`<div class="page-narrow check-page">
    <h1 tabindex="-1">${t("Can you hear and be heard?")}</h1>
    <p class="lead">${media === "none" ? t("You learn by writing today; your partner can read what you share.") : t("Try it here first. Only you see and hear this.")}</p>
    <div class="device-check">
      ${
        inSchool &&
        media !== "none" &&
        html`<div class="stack stack-s"><${Headphones} devices=${devices} />
        <p class="hint">${t("In the classroom, put on headphones: then you hear your partner and not your neighbour.")}</p></div>`
      }
      ${
        media === "video" &&
        html`<${Tile} name=${say(boot.names)} whose="ours" stream=${devices.stream.value} hasVideo=${devices.camera.value === "on"} self=${true}
        ><div class="tile-controls">${devices.mayFlip.value && html`<${FlipButton} onFlip=${() => devices.flip()} />`}
        ${opened && html`<${DeviceButton} device="camera" on=${devices.camera.value === "on"} onTurn=${(/** @type {boolean} */ on) => page.turn("camera", on)} />`}</div><//>`
      }
      ${opened && devices.microphone.value !== "none" && html`<${Level} page=${page} />`}
      ${opened && somethingToChoose(devices) && html`<details class="fold"><summary>${t("Choose other devices")}</summary><div class="stack"><${DeviceChoices} devices=${devices} /></div></details>`}
      <${Findings} page=${page} />
    </div>
    <div class="button-row check-buttons">
      ${ready && html`<button type="button" class="button primary large" onClick=${page.finishCheck}>${wayOn(opened, devices)}</button>`}
      ${
        media !== "none" &&
        html`<button type="button" class=${`button${opened ? "" : " primary large"}`} aria-busy=${String(devices.opening.value)} onClick=${page.openDevices}>
        ${tried ? t("Try again") : media === "audio" ? t("Try my microphone") : t("Try my camera and microphone")}</button>
        <button type="button" class="button" onClick=${page.chime}><span class="glyph speaker" aria-hidden="true"></span>${t("Play a sound")}</button>`
      }
      ${!ready && html`<button type="button" class="button quiet" onClick=${page.finishCheck}>${tried ? t("Go on, and write") : t("Go on without trying")}</button>`}
    </div>
    <${Sharing} page=${page} />
  </div>`;
}

/** @param {StudentPage["devices"]} devices */
function somethingToChoose(devices) {
  return Object.values(devices.lists.value).some((list) => list.length > 1);
}

/**
 * @param {boolean} opened
 * @param {StudentPage["devices"]} devices
 */
function wayOn(opened, devices) {
  if (!opened) return t("Go on");
  const hearsMe = devices.microphone.value === "on" || devices.microphone.value === "off";
  if (!hearsMe) return t("Go on with my picture, and write");
  return devices.trouble.value.camera ? t("Go on with my voice") : t("Go on");
}

/** @param {{page: StudentPage}} props */
function Level({ page }) {
  const [heard, setHeard] = useState(false);
  const meter = useRef(/** @type {HTMLMeterElement | null} */ (null));
  const stream = page.devices.stream.value;
  useEffect(
    () =>
      page.listen((level) => {
        // Written straight into the meter: fifteen times a second is no reason to render.
        if (meter.current) meter.current.value = level;
        if (level > 0.08) setHeard(true);
      }),
    [stream],
  );
  return html`<div class="field"><label for="mic-level">${t("Say something: the bar moves when you are heard")}</label>
    <meter class="level" id="mic-level" ref=${meter} min="0" max="1" low="0.05" optimum="0.4"></meter>
    <p class="hint" role="status">${heard ? t("You can be heard.") : ""}</p></div>`;
}
