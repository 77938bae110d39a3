// After the lesson: thanks, what it came to, and the way to the review.
import { html } from "../../html.mjs";
import { say, t, tn } from "../../i18n.mjs";
import { summary } from "../../views/teacher/board.mjs";

/** @import { Desk } from "./state.mjs" */

/**
 * @param {{ desk: Desk }} props
 */
export function Closed({ desk }) {
  const { rooms, learners, finished } = summary(desk.rows.value, desk.seats.value);
  return html`<div class="calm closed">
    <img src="/static/img/logo.svg" alt="" />
    <h1>${t("Thank you – the lesson is closed")}</h1>
    <p><bdi>${say(desk.boot.title, desk.boot.language)}</bdi></p>
    ${
      rooms > 0 &&
      html`<p>${[
        tn("One student learned", "{n} students learned", learners),
        tn("in one room", "in {n} rooms", rooms),
      ].join(
        " ",
      )}. ${finished === rooms ? t("Every room came to the end.") : finished === 0 ? t("The words of all are kept.") : tn("One room came to the end; the words of all are kept.", "{n} rooms came to the end; the words of all are kept.", finished)}</p>`
    }
    <div class="button-row">
      ${
        !desk.boot.substitute &&
        html`<a class="button primary large" href=${desk.boot.urls.review}>${t("Read what was written")}</a>
      <a class="button quiet" href=${desk.boot.urls.home}>${t("To my desk")}</a>`
      }
    </div>
  </div>`;
}
