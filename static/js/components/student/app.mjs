// The student's page: one of its phases, and what is possible in all of them.
import { useEffect, useState } from "preact/hooks";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { phaseOf } from "../../views/phase.mjs";
import { AdultToggle } from "./adults.mjs";
import { CalmPage, Lobby } from "./calm.mjs";
import { DeviceCheck } from "./check.mjs";
import { ConcernDialog, HelpDialog } from "./dialogs.mjs";
import { Room } from "./room.mjs";
import { WrapUpLine } from "./time.mjs";

/** @import {StudentPage} from "./page.mjs" */

/** @param {{page: StudentPage}} props */
export function StudentApp({ page }) {
  const [dialog, setDialog] = useState(/** @type {"" | "help" | "concern"} */ (""));
  const phase = phaseOf({
    stoppedBy: page.stoppedBy.value,
    bootSession: page.boot.session,
    session: page.session.value,
    mine: page.mine.value,
    room: page.room.value,
    hasLesson: page.lesson.value !== null,
    checked: page.checked.value,
  });
  useEffect(() => {
    // A new page begins at its heading; the room does this for each of its steps.
    const heading = phase === "room" ? null : document.querySelector("#app h1");
    if (heading instanceof HTMLElement) heading.focus();
  }, [phase]);
  const close = () => setDialog("");
  const concern = () => setDialog("concern");
  return html`
    ${phase === "room" && html`<${Room} page=${page} onHelp=${() => setDialog("help")} onConcern=${concern} />`}
    ${phase === "lobby" && html`<${WrapUpLine} page=${page} /><${Lobby} page=${page} />`}
    ${phase === "check" && html`<${DeviceCheck} page=${page} />`}
    ${!["room", "lobby", "check"].includes(phase) && html`<${CalmPage} page=${page} phase=${phase} />`}
    ${
      phase !== "room" &&
      phase !== "no_session" &&
      phase !== "stopped" &&
      html`<footer class="room-foot page-foot">
      <button type="button" class="button quiet" popovertarget="reading-menu">${t("Text size and colours")}</button>
      <button type="button" class="button quiet" onClick=${concern}>${t("Report a concern")}</button>
      ${phase !== "closed" && html`<${AdultToggle} page=${page} />`}</footer>`
    }
    ${page.trouble.value && phase !== "room" && html`<div class="toasts"><div class="toast offline" role="status"><span>${t("Connection lost. We are trying again.")}</span></div></div>`}
    <p class="visually-hidden" aria-live="polite">${page.said.value}</p>
    ${dialog === "help" && phase === "room" && html`<${HelpDialog} page=${page} onClose=${close} />`}
    ${dialog === "concern" && html`<${ConcernDialog} page=${page} onClose=${close} />`}`;
}
