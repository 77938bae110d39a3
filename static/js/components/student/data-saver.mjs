// How much data this device may spend on pictures: the reader's choice, remembered on the device.
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";

/** @import {Saver} from "../../rtc/quality.mjs" */
/** @import {StudentPage} from "./page.mjs" */

/** @param {{page: StudentPage}} props */
export function DataSaver({ page }) {
  const choices = /** @type {[Saver, string][]} */ ([
    ["off", t("All pictures")],
    ["small", t("Small pictures")],
    ["none", t("No pictures")],
  ]);
  return html`<div class="field">
    <span class="label" id="data-saver">${t("Data saver")}</span>
    <div class="segmented" role="group" aria-labelledby="data-saver">
      ${choices.map(
        ([saver, words]) =>
          html`<button key=${saver} type="button" aria-pressed=${String(page.saver.value === saver)} onClick=${() => {
            page.saver.value = saver;
          }}>${words}</button>`,
      )}
    </div>
    <p class="hint">${t("For a weak line, or one that is paid by use. Voices always go on.")}</p>
  </div>`;
}
