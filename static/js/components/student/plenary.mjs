// What a student sees of the whole class, and their hand in it.
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { signature } from "../../views/people.mjs";
import { myVoice, whyNotEverybody } from "../../views/plenary.mjs";
import { FaceGrid, Hands } from "../plenary.mjs";
import { DeviceButton, Tile } from "../tile.mjs";
import { Offered } from "./round.mjs";

/** @import {StudentPage} from "./page.mjs" */

/** @param {{page: StudentPage}} props */
export function WholeClass({ page }) {
  const { plenary, boot, devices } = page;
  const view = plenary.view.value;
  if (!view) return null;
  const me = boot.member;
  const hosts = page.session.value?.hosts ?? [];
  const where = boot.sides[boot.side]?.where ?? "school";
  const mutedBy = signature(hosts.find((host) => host.id === view.muted[me]));
  const reason = whyNotEverybody(plenary.whyNot.value, "student");
  const up = view.hands.includes(me);
  const camera = devices.camera.value;
  return html`<section class="videos whole-class" aria-label=${t("The whole class")}>
    <p class="my-voice" role="status">${myVoice(view, me, where, mutedBy)}</p>
    <div class="hands-row">
      <button type="button" class=${`button${up || view.round ? "" : " primary"}`} aria-pressed=${String(up)} hidden=${view.speaker === me} onClick=${() => page.command(up ? "lower_hand" : "raise_hand")}>
        <span class="glyph hand" aria-hidden="true"></span>${up ? t("Take my hand down") : t("Raise my hand")}</button>
      <${Hands} view=${view} side=${boot.side} me=${me} />
    </div>
    <${Offered} page=${page} view=${view} />
    ${reason && html`<p class="notice"><span>${reason}</span></p>`}
    <${FaceGrid} view=${view} call=${plenary} hosts=${hosts} side=${boot.side} silent=${where === "school"}>
      ${
        !reason &&
        devices.stream.value &&
        html`<div class="face"><${Tile} name="" whose="ours" self=${true} stream=${devices.stream.value} hasVideo=${camera === "on"} muted=${devices.microphone.value !== "on"}>
          <div class="tile-controls">${(camera === "on" || camera === "off") && html`<${DeviceButton} device="camera" on=${camera === "on"} onTurn=${(/** @type {boolean} */ on) => page.turn("camera", on)} />`}</div>
        <//></div>`
      }
    <//>
  </section>`;
}
