// The foot of the board: what is done for everyone. The few presses of every lesson stand open, the others under "More".
import { html } from "../../html.mjs";
import { t, tn } from "../../i18n.mjs";
import { OneClassroom, TwicePressed } from "./parts.mjs";

/** @import { ComponentChildren } from "preact" */
/** @import { Desk } from "./state.mjs" */

const MENU = "for-everyone";

/** @param {{ desk: Desk, children?: ComponentChildren }} props `children`: who else is here */
export function BoardFoot({ desk, children }) {
  const paused = desk.session.value.paused !== null;
  const ask = asking(desk);
  return html`<footer class="board-foot">
    <button type="button" class="button" onClick=${ask({ dialog: "note", room: null })}><span class="glyph note" aria-hidden="true"></span>${t("Note to all")}</button>
    <button type="button" class="button foot-wide" disabled=${paused} onClick=${() => warn(desk)}>${t("One-minute warning")}</button>
    <button type="button" class="button foot-wide" onClick=${ask({ dialog: "fit" })}>${t("Fit to the bell")}</button>
    <button type="button" class="button" aria-pressed=${paused} onClick=${() => desk.act("everyone", paused ? "resume" : "pause")}><span class="glyph pause" aria-hidden="true"></span>${paused ? t("Go on with the lesson") : t("Pause")}</button>
    <${TwicePressed} label=${t("Stop now")} again=${t("Press again to stop")} onPress=${() => desk.act("everyone", "pause", { calm: true })} />
    <button type="button" class="button" popovertarget=${MENU}><span class="glyph more" aria-hidden="true"></span>${t("More")}</button>
    <button type="button" class="button icon quiet" popovertarget="reading-menu" aria-label=${t("Text size and colours")} title=${t("Text size and colours")}><span class="glyph settings" aria-hidden="true"></span></button>
    ${children}
    <${More} desk=${desk} />
  </footer>`;
}

/** @param {{ desk: Desk }} props */
function More({ desk }) {
  const paused = desk.session.value.paused !== null;
  const ask = asking(desk);
  return html`<div class="menu foot-menu" id=${MENU} popover>
    ${[2, 5].map(
      (minutes) =>
        html`<button key=${minutes} type="button" disabled=${paused} onClick=${chosen(() => extend(desk, minutes))}>${tn("One more minute for all", "{n} more minutes for all", minutes)}</button>`,
    )}
    <button type="button" class="foot-narrow" disabled=${paused} onClick=${chosen(() => warn(desk))}>${t("One-minute warning")}</button>
    <button type="button" class="foot-narrow" onClick=${chosen(ask({ dialog: "fit" }))}>${t("Fit to the bell")}</button>
    <hr />
    ${desk.lesson.value?.pacing === "pairs" && html`<button type="button" disabled=${paused} onClick=${chosen(ask({ dialog: "bring" }))}>${t("Everyone to a step…")}</button>`}
    ${
      !desk.boot.substitute &&
      html`<button type="button" onClick=${chosen(ask({ dialog: "aside" }))}>${t("Continue next time…")}</button>
      <button type="button" class="danger" onClick=${chosen(ask({ dialog: "close" }))}>${t("Close the lesson")}</button>`
    }
    <hr />
    <${OneClassroom} desk=${desk} place="everyone" />
  </div>`;
}

/**
 * A press in the menu: it closes, and then does what it says.
 * @param {() => unknown} act
 */
function chosen(act) {
  return () => {
    document.getElementById(MENU)?.hidePopover();
    act();
  };
}

/** @param {Desk} desk */
function asking(desk) {
  return (/** @type {import("./state.mjs").Asked} */ asked) => () => {
    desk.asked.value = asked;
  };
}

/** @param {Desk} desk */
function warn(desk) {
  return desk.act("everyone", "warn_minute", {}, t("All rooms see that one minute is left in their step."));
}

/**
 * @param {Desk} desk
 * @param {number} minutes
 */
function extend(desk, minutes) {
  const told = tn("Every room has one more minute.", "Every room has {n} more minutes.", minutes);
  return desk.act("everyone", "extend_all", { seconds: minutes * 60 }, told);
}
