// Who waits for a teacher, and where the other teachers are: two lines above the rows.
import { useComputed } from "@preact/signals";
import { html } from "../../html.mjs";
import { t, tn } from "../../i18n.mjs";
import { othersAt, waitingCalls } from "../../views/teacher/board.mjs";
import { hostName, isolated, markOf, whose } from "../../views/teacher/people.mjs";
import { Since } from "./parts.mjs";

/** @import { Desk } from "./state.mjs" */

/**
 * "2 are asking for help, the longest for 1:20": a press goes to the next of them, as the key H does.
 * @param {{ desk: Desk, onPress: () => void }} props
 */
export function HelpQueue({ desk, onPress }) {
  const told = useComputed(() => JSON.stringify(waitingCalls(desk.rows.value))).value;
  /** @type {ReturnType<typeof waitingCalls>} */
  const { count, since } = JSON.parse(told);
  // Present from the start, so that a screen reader notices when words come into it.
  return html`<div class="help-queue-line"><div role="status">${
    count > 0 &&
    html`<button type="button" class="help-queue" aria-keyshortcuts="h" onClick=${onPress}>
      <span class="glyph hand" aria-hidden="true"></span> ${tn("One is asking for help", "{n} are asking for help", count)}</button>`
  }</div>${count > 0 && html`<span class="soft">${count > 1 ? t("the longest for") : t("for")} <${Since} desk=${desk} since=${since} /></span> <kbd class="wide-only" aria-hidden="true">H</kbd>`}</div>`;
}

/**
 * In which rooms the other teachers are.
 * @param {{ desk: Desk }} props
 */
export function OthersAt({ desk }) {
  const told = useComputed(() => JSON.stringify(othersAt(desk.rows.value, desk.boot.staff))).value;
  /** @type {ReturnType<typeof othersAt>} */
  const others = JSON.parse(told);
  const { boot, session } = desk;
  return html`<div class="others-at" role="status">${others.map(({ who, number }) => {
    const host = session.value.hosts.find((one) => one.id === who);
    const teacher = isolated(
      `${hostName(session.value.hosts, who, boot.language)} ${markOf(whose(host?.side, boot.side))}`,
    );
    return html`<span key=${who}>${t("{teacher} is in room {n}", { teacher, n: number })}</span>`;
  })}</div>`;
}
