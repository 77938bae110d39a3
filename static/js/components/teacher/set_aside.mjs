// A lesson that was set aside: what is kept, who is here, and going on where it stopped.
import { html } from "../../html.mjs";
import { say, t, tn } from "../../i18n.mjs";
import { summary } from "../../views/teacher/board.mjs";
import { AlsoHere } from "./also_here.mjs";
import { Refused } from "./parts.mjs";

/** @import { Desk } from "./state.mjs" */

/** @param {{ desk: Desk }} props */
export function SetAside({ desk }) {
  const { rooms } = summary(desk.rows.value, desk.seats.value);
  const here = desk.presence.value.present.length;
  const goOn = () => desk.act("everyone", "reopen_session", {}, t("The lesson goes on where it stopped."));
  return html`<div class="calm">
    <img src="/static/img/logo.svg" alt="" />
    <h1>${t("The lesson is set aside")}</h1>
    <p><bdi>${say(desk.boot.title, desk.boot.language)}</bdi></p>
    <p>${tn("One room is kept as it is, with its step and its words.", "{n} rooms are kept as they are, with their steps and their words.", rooms)} ${tn("One student is here now.", "{n} students are here now.", here)}</p>
    <${Refused} desk=${desk} place="everyone" />
    <div class="button-row">
      <button type="button" class="button primary large" onClick=${goOn}>${t("Go on where we stopped")}</button>
      <a class="button" href=${desk.boot.urls.plan}>${t("Choose another day")}</a>
      <button type="button" class="button quiet" onClick=${() => {
        desk.asked.value = { dialog: "close" };
      }}>${t("Close the lesson")}</button>
    </div>
    <${AlsoHere} desk=${desk} />
  </div>`;
}
