// Does my camera, microphone and speaker work? On this device only, and never a condition for learning.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.mjs";
import { say, t } from "../../i18n.mjs";
import { DeviceButton, Tile } from "../tile.mjs";
import { Sharing } from "./seat.mjs";

/** @import {DeviceMark} from "../../wire.mjs" */
/** @import {StudentPage} from "./page.mjs" */

/** @param {{page: StudentPage}} props */
export function DeviceCheck({ page }) {
  const { devices, boot } = page;
  const media = boot.media ?? "video";
  const opened = devices.stream.value !== null;
  const tried = opened || devices.camera.value === "refused" || devices.microphone.value === "refused";
  const ready = opened || media === "none";
  return html`<div class="page-narrow check-page">
    <h1 tabindex="-1">${t("Can you hear and be heard?")}</h1>
    <p class="lead">${media === "none" ? t("You learn by writing today; your partner can read what you share.") : t("Try it here first. Only you see and hear this.")}</p>
    ${boot.sides[boot.side]?.where !== "home" && media !== "none" && html`<p class="notice"><span>${t("In the classroom, put on headphones: then you hear your partner and not your neighbour.")}</span></p>`}
    <div class="device-check">
      ${
        media === "video" &&
        html`<${Tile} name=${say(boot.names)} whose="ours" stream=${devices.stream.value} hasVideo=${devices.camera.value === "on"} self=${true}
        ><div class="tile-controls">${opened && html`<${DeviceButton} device="camera" on=${devices.camera.value === "on"} onTurn=${(/** @type {boolean} */ on) => page.turn("camera", on)} />`}</div><//>`
      }
      ${opened && html`<${Level} page=${page} />`}
      <div aria-live="polite">${media !== "none" && html`<${Findings} camera=${media === "video" ? devices.camera.value : null} microphone=${devices.microphone.value} tried=${tried} />`}</div>
    </div>
    <div class="button-row check-buttons">
      ${ready && html`<button type="button" class="button primary large" onClick=${page.finishCheck}>${t("Go on")}</button>`}
      ${
        media !== "none" &&
        html`<button type="button" class=${`button${opened ? "" : " primary large"}`} aria-busy=${String(devices.opening.value)} onClick=${page.openDevices}>
        ${tried ? t("Try again") : media === "audio" ? t("Try my microphone") : t("Try my camera and microphone")}</button>
        <button type="button" class="button" onClick=${page.chime}><span class="glyph speaker" aria-hidden="true"></span>${t("Play a sound")}</button>`
      }
      ${!ready && html`<button type="button" class="button quiet" onClick=${page.finishCheck}>${t("Go on without trying")}</button>`}
    </div>
    <${Sharing} page=${page} />
  </div>`;
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

/** @param {{camera: DeviceMark | null, microphone: DeviceMark, tried: boolean}} props */
function Findings({ camera, microphone, tried }) {
  if (!tried && camera !== "none") return null;
  const lines = [];
  if (camera === "refused" || microphone === "refused")
    lines.push(t("The browser was told not to use them. You can allow it at the address bar, or go on without."));
  else if (tried && microphone === "none") lines.push(t("No microphone was found. You can write everything."));
  if (tried && camera === "none") lines.push(t("No camera was found. A voice is enough."));
  return lines.map((line) => html`<p class="notice" key=${line}><span>${line}</span></p>`);
}
