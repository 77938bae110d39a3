// What a learner set out to practise, pinned where they can see it.
import { html } from "../html.mjs";
import { say, t } from "../i18n.mjs";

/** @import {Intention} from "../views/lesson.mjs" */

/** @param {{intention: Intention | null}} props */
export function IntentionPin({ intention }) {
  if (!intention) return null;
  return html`<aside class="intention-pin"><span class="label">${t("My intention")}</span>
    ${intention.practice && html`<strong>${say(intention.practice)}</strong>`}
    ${intention.words && html`<bdi dir="auto" class="own-words">${intention.words}</bdi>`}</aside>`;
}
