// What a survivor reads before the clock brings them to others.
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { soonWords } from "../../views/soon.mjs";

/** @import {StudentPage} from "./page.mjs" */

/** @param {{page: StudentPage}} props */
export function Soon({ page }) {
  const words = soonWords(page.mine.value, page.room.value, page.presence.value);
  if (words === "") return null;
  return html`<div class="banner" role="status"><span>${words} <span class="soft">${t("Your notes come with you.")}</span></span></div>`;
}
