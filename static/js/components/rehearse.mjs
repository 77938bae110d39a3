// A device's page in a rehearsal: its number large, what it has tried, and that nothing is to be done now.
import { html } from "../html.mjs";
import { fill, t, tn } from "../i18n.mjs";

/** @import {Mark, Phase, Report} from "../net/rehearsal.mjs" */
/** @import {Transport} from "../rtc/loopback.mjs" */

/** @typedef {"start" | "asking" | "trying" | "waiting" | "sending" | "done" | "over" | "full"} Doing */
/**
 * @typedef {{doing: Doing, number: number | null, report: Report, left: number, offline: boolean, noCalls: boolean,
 *   languages: {code: string, name: string}[], here: string}} DeviceState
 */

/** @param {{state: DeviceState, onStart: () => void}} props */
export function DevicePage({ state, onStart }) {
  const { doing, number } = state;
  return html`<div class="page-narrow rehearse-page">
    <h1 tabindex="-1">${number === null ? t("Testing the classroom") : fill(t("This is device {number}"), { number: html`<bdi class="num">${number}</bdi>` })}</h1>
    <div class="rehearse-now" role="status"><${Now} state=${state} /></div>
    ${doing === "start" && html`<div class="button-row"><button type="button" class="button primary large" onClick=${onStart}>${t("Start the test")}</button></div>`}
    ${doing === "sending" && html`<p class="rehearse-left">${tn("{n} second left", "{n} seconds left", state.left)}</p>`}
    ${state.offline && html`<p class="notice offline"><span>${t("No answer from the server – we are trying again.")}</span></p>`}
    ${number !== null && html`<${Findings} report=${state.report} noCalls=${state.noCalls} />`}
    ${doing === "start" && html`<${Languages} state=${state} />`}
  </div>`;
}

/** @param {{state: DeviceState}} props */
function Now({ state }) {
  switch (state.doing) {
    case "start":
      return html`<p class="lead">${t("This page tries camera, microphone and the line to the other school.")}</p>
        <p>${t("No picture and no sound leaves this device, and no name is asked for. What is sent later is a test pattern.")}</p>`;
    case "asking":
      return html`<p class="lead">${t("The browser asks for camera and microphone: please allow them.")}</p>`;
    case "trying":
      return html`<p class="lead">${t("Trying the ways to the other school…")}</p>`;
    case "waiting":
      return html`<p class="lead">${t("Ready. Leave this page open and in front; the teacher starts the next part.")}</p>`;
    case "sending":
      return html`<p class="lead">${t("All devices are sending now. Please touch nothing.")}</p>`;
    case "done":
      return html`<p class="lead">${t("Done. The result stands on the teacher’s screen.")}</p>`;
    case "full":
      return html`<p class="lead">${t("There are as many devices in this rehearsal as it takes.")}</p>`;
    default:
      return html`<p class="lead">${t("This rehearsal is over. You can close the page.")}</p>`;
  }
}

/** @param {{report: Report, noCalls: boolean}} props */
function Findings({ report, noCalls }) {
  const { camera, microphone, socket, ways } = report;
  return html`<dl class="rehearse-found">
    <div><dt>${t("Camera")}</dt><dd>${markSaid(camera)}</dd></div>
    <div><dt>${t("Microphone")}</dt><dd>${markSaid(microphone)}</dd></div>
    <div><dt>${t("Lesson page")}</dt><dd>${socket === null ? "…" : socket ? t("works") : t("blocked")}</dd></div>
    ${ways.map((way) => html`<div><dt>${waySaid(way.transport)}</dt><dd>${way.ok ? t("open") : t("closed")}</dd></div>`)}
    ${noCalls && html`<div><dt>${t("Picture and sound")}</dt><dd>${t("not set up on this server")}</dd></div>`}
  </dl>`;
}

/** @param {{state: DeviceState}} props */
function Languages({ state }) {
  return html`<form class="button-row" method="post" action="/language">
    <input type="hidden" name="next" value=${state.here} />
    ${state.languages.map(({ code, name }) => html`<button class="button quiet" type="submit" name="language" value=${code} lang=${code}>${name}</button>`)}
  </form>`;
}

/** @param {Mark} mark */
function markSaid(mark) {
  switch (mark) {
    case "works":
      return t("works");
    case "refused":
      return t("not allowed: allow it at the address bar, then load the page again");
    case "busy":
      return t("another program holds it");
    case "missing":
      return t("none found");
    case "insecure":
      return t("the page was opened without https");
    default:
      return "…";
  }
}

/** @param {Transport} transport */
function waySaid(transport) {
  switch (transport) {
    case "udp":
      return t("relay over UDP");
    case "tcp":
      return t("relay over TCP");
    case "tls":
      return t("relay over TLS");
    default:
      return t("direct call");
  }
}
