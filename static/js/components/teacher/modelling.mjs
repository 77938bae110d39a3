// In the lobby: the two teachers show both classes how they learn one verse, before the rooms open.
import { useSignal } from "@preact/signals";
import { html } from "../../html.mjs";
import { say, t } from "../../i18n.mjs";
import { hostName, isolated } from "../../views/teacher/people.mjs";
import { Modelled } from "../modelling.mjs";
import { FaceGrid } from "../plenary.mjs";
import { Tile } from "../tile.mjs";
import { Dialog, Refused } from "./parts.mjs";
import { MyDevices } from "./plenary.mjs";

/** @import { Desk } from "./state.mjs" */

/** @param {{ desk: Desk }} props */
export function TeachersModel({ desk }) {
  const choosing = useSignal(false);
  const { session, lesson, boot } = desk;
  const now = session.value.modelling;
  const close = () => {
    choosing.value = false;
  };
  if (now)
    return html`<section class="card teachers-model" aria-labelledby="model-title">
      <header class="split"><h2 id="model-title">${t("Teachers model")}</h2>
        <button type="button" class="button primary" onClick=${() => desk.act("model", "end_modelling", {}, t("The pages are back in the lobby."))}>${t("We have shown it")}</button></header>
      <p class="soft small">${t("Both classes see the verse and the two of you. {teacher} began it; either of you ends it.", { teacher: isolated(hostName(session.value.hosts, now.by, boot.language)) })}</p>
      <${Refused} desk=${desk} place="model" />
      <${Modelled} lesson=${lesson.value} now=${now} language=${boot.language} theName=${boot.the_name} clockNow=${() => desk.now.value} />
      <${OnAir} desk=${desk} />
    </section>`;
  return html`<p class="model-offer"><button type="button" class="button quiet" onClick=${() => {
    choosing.value = true;
  }}>${t("Teachers model: learn one verse before both classes")}</button></p>
    <${Refused} desk=${desk} place="model" />
    ${choosing.value && html`<${Choose} desk=${desk} onClose=${close} />`}`;
}

/** Both classrooms' screens, and nobody else. @param {{ desk: Desk }} props */
function OnAir({ desk }) {
  const silent = useSignal(false);
  const { plenary, boot, session } = desk;
  const view = plenary.view.value;
  if (!plenary.together.value || !view) return null;
  const { microphone, camera, stream } = plenary.mine;
  return html`<div class="on-air">
    <${MyDevices} desk=${desk} silent=${silent.value} onSilent=${(/** @type {boolean} */ now) => {
      silent.value = now;
    }} />
    <p class="soft small">${t("One device in each classroom speaks for all: sound and microphone are on at the one by the screen, and off at others.")}</p>
    <${FaceGrid} view=${view} call=${plenary} hosts=${session.value.hosts} side=${boot.side} silent=${silent.value}>
      <div class="face"><${Tile} name="" whose="ours" self=${true} stream=${stream.value} hasVideo=${camera.value === "on"} muted=${microphone.value !== "on"} /></div>
    <//>
  </div>`;
}

/** @param {{ desk: Desk, onClose: () => void }} props */
function Choose({ desk, onClose }) {
  const { boot, lesson } = desk;
  const segments = lesson.value?.text?.segments ?? [];
  const chosen = useSignal(segments[0]?.id ?? "");
  const start = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    void desk.act("model", "start_modelling", { segment: chosen.value || null });
    onClose();
  };
  return html`<${Dialog} title=${t("Teachers model")} onClose=${onClose}>
    <p>${t("For about two minutes both classes watch the two of you learn one verse: who reads, who asks, who answers from the text. Then the rooms open.")}</p>
    <form onSubmit=${start}>
      ${
        segments.length > 0 &&
        html`<div class="field"><label for="model-verse">${t("Which verse")}</label>
        <select id="model-verse" value=${chosen.value} onChange=${(/** @type {Event} */ event) => {
          chosen.value = /** @type {HTMLSelectElement} */ (event.target).value;
        }}>${segments.map((one) => html`<option key=${one.id} value=${one.id}>${say(one.number, boot.language)} ${opening(one, boot.language)}</option>`)}</select></div>`
      }
      <footer><button type="button" class="button quiet" onClick=${onClose}>${t("Back")}</button><button type="submit" class="button primary">${t("Show both classes")}</button></footer>
    </form>
  <//>`;
}

/**
 * Return the first words of a verse.
 * @param {import("../../wire.mjs").Segment} segment
 * @param {string} language
 */
function opening(segment, language) {
  const words = segment.words[language] ?? Object.values(segment.words)[0] ?? [];
  return `${words
    .slice(0, 6)
    .map((word) => word.w + word.j)
    .join("")
    .trim()} …`;
}
