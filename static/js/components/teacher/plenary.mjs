// The whole class on the teacher's page, which is also the classroom's screen: faces, hands, the floor, the light.
import { useState } from "preact/hooks";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { whyNotEverybody } from "../../views/plenary.mjs";
import { FaceGrid, Hands } from "../plenary.mjs";
import { Tile } from "../tile.mjs";
import { Refused } from "./parts.mjs";

/** @import { PlenaryView } from "../../wire.mjs" */
/** @import { Desk } from "./state.mjs" */

/** @param {{ desk: Desk }} props */
export function WholeClass({ desk }) {
  const [silent, setSilent] = useState(false);
  const { plenary, boot, session } = desk;
  const view = desk.look.classShown(plenary.view.value);
  if (!plenary.together.value || !view) return null;
  const reason = whyNotEverybody(plenary.whyNot.value, "teacher");
  const { microphone, camera, stream } = plenary.mine;
  const of = { desk, view };
  return html`<section class="card whole-class" aria-labelledby="whole-class-title">
    <header class="split"><h2 id="whole-class-title">${t("The whole class")}</h2>
      <${MyDevices} desk=${desk} silent=${silent} onSilent=${setSilent} />
    </header>
    ${reason && html`<p class="notice"><span>${reason}</span></p>`}
    <p class="soft small">${t("One device in each classroom speaks for all: sound and microphone are on at the one by the screen, and off at others.")}</p>
    ${boot.staff in view.muted && microphone.value !== "on" && html`<p class="soft" role="status">${t("A teacher closed your microphone, perhaps because of an echo. You may open it again.")}</p>`}
    <${Refused} desk=${desk} place="plenary" />
    <${Hands} view=${view} side=${boot.side} controls=${(/** @type {string} */ who, /** @type {string} */ name) => html`<${Floor} ...${of} who=${who} name=${name} /><${HandDown} ...${of} who=${who} name=${name} />`} />
    <${FaceGrid} view=${view} call=${plenary} hosts=${session.value.hosts} side=${boot.side} silent=${silent}
      controls=${(/** @type {string} */ who, /** @type {string} */ name) => html`<${Actions} ...${of} who=${who} name=${name} />`}>
      <div class="face"><${Tile} name="" whose="ours" self=${true} stream=${stream.value} hasVideo=${camera.value === "on"} muted=${microphone.value !== "on"} /></div>
    <//>
  </section>`;
}

/** @param {{ desk: Desk, silent: boolean, onSilent: (silent: boolean) => void }} props */
export function MyDevices({ desk, silent, onSilent }) {
  const { mine, turn } = desk.plenary;
  const heard = mine.microphone.value === "on";
  const seen = mine.camera.value === "on";
  return html`<div class="button-row">
    <button type="button" class="button" aria-pressed=${String(heard)} onClick=${() => turn("microphone", !heard)}>
      <span class=${`glyph ${heard ? "mic" : "mic-off"}`} aria-hidden="true"></span>${heard ? t("You are heard") : t("Speak")}</button>
    <button type="button" class="button" aria-pressed=${String(seen)} onClick=${() => turn("camera", !seen)}>
      <span class=${`glyph ${seen ? "camera" : "camera-off"}`} aria-hidden="true"></span>${seen ? t("You are seen") : t("Show me")}</button>
    <button type="button" class="button" aria-pressed=${String(!silent)} onClick=${() => onSilent(!silent)}>
      <span class="glyph speaker" aria-hidden="true"></span>${silent ? t("Sound is off here") : t("Sound is on here")}</button>
  </div>`;
}

/** @typedef {{ desk: Desk, view: PlenaryView, who: string, name: string }} OfOne */

/** @param {OfOne} props */
function Actions({ desk, view, who, name }) {
  const inLight = view.spotlight === who;
  return html`<div class="face-actions">
    ${view.people.some((one) => one.id === who) && html`<${Floor} desk=${desk} view=${view} who=${who} name=${name} />`}
    <button type="button" class="button quiet" aria-label=${t("Close the microphone of {name}", { name })} onClick=${() => desk.act("plenary", "mute_person", { who }, t("The microphone is closed, and {name} is told.", { name }))}>${t("Mute")}</button>
    <button type="button" class="button quiet" aria-pressed=${String(inLight)} aria-label=${t("Show {name} large to all", { name })} onClick=${() => desk.act("plenary", "spotlight", { who: inLight ? null : who })}>${t("Large")}</button>
  </div>`;
}

/** @param {OfOne} props */
function Floor({ desk, view, who, name }) {
  const give = (/** @type {string | null} */ member) => desk.act("plenary", "give_floor", { member });
  return view.speaker === who
    ? html`<button type="button" class="button quiet" aria-label=${t("Take the floor back from {name}", { name })} onClick=${() => give(null)}>${t("Floor back")}</button>`
    : html`<button type="button" class="button quiet" aria-label=${t("Give {name} the floor", { name })} onClick=${() => give(who)}>${t("Give the floor")}</button>`;
}

/** @param {OfOne} props */
function HandDown({ desk, view, who, name }) {
  if (!view.hands.includes(who)) return null;
  return html`<button type="button" class="button quiet" aria-label=${t("Take the hand of {name} down", { name })} onClick=${() => desk.act("plenary", "put_hand_down", { member: who })}>${t("Hand down")}</button>`;
}
