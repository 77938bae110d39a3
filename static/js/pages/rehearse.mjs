// A device in a rehearsal: it asks for camera and microphone, tries the ways out, and sends with all others when told to.
import { signal } from "@preact/signals";
import { render } from "preact";
import { DevicePage } from "../components/rehearse.mjs";
import { html } from "../html.mjs";
import { loadMessages } from "../i18n.mjs";
import { tabShelf } from "../net/live.mjs";
import { NoAnswer, RehearsalLine, socketOpens } from "../net/rehearsal.mjs";
import { Loopback, summaryOf, waysOf } from "../rtc/loopback.mjs";
import { Pattern } from "../rtc/pattern.mjs";

/** @import {DeviceState} from "../components/rehearse.mjs" */
/** @import {Mark, News, Report, Servers} from "../net/rehearsal.mjs" */
/** @import {Sample} from "../rtc/loopback.mjs" */

const EVERY = 2000;
const LOOK_EVERY = 1000;
const WAY_PATIENCE = 10_000;

/** @type {{language: string, languages: {code: string, name: string}[], here: string, rehearsal: string, socket: string}} */
const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const app = /** @type {HTMLElement} */ (document.getElementById("app"));
const line = new RehearsalLine(boot.here, boot.rehearsal, tabShelf());

/** What is under way as far as this device has heard. @type {News["phase"]} */
let under = "gathering";

const state = signal(
  /** @type {DeviceState} */ ({
    doing: "start",
    number: null,
    report: { camera: "unasked", microphone: "unasked", socket: null, ways: [], tried: false, measured: null },
    left: 0,
    offline: false,
    noCalls: false,
    languages: boot.languages,
    here: boot.here,
  }),
);

/** @param {Partial<DeviceState>} changed */
function be(changed) {
  state.value = { ...state.value, ...changed };
}

/** @param {Partial<Report>} found */
function found(found) {
  be({ report: { ...state.value.report, ...found } });
}

async function start() {
  be({ doing: "asking" });
  try {
    be({ number: await line.join() });
  } catch (problem) {
    stopped(problem);
    return;
  }
  void stayAwake();
  void keepTelling();
  found(await askForDevices());
  be({ doing: "trying" });
  found({ socket: await socketOpens(boot.socket) });
  await tryWays();
  found({ tried: true });
  if (state.value.doing === "trying") be({ doing: "waiting" });
}

/** Camera and microphone are opened to be asked for, and closed again at once. */
async function askForDevices() {
  const media = navigator.mediaDevices;
  if (!media?.getUserMedia)
    return { camera: /** @type {Mark} */ ("insecure"), microphone: /** @type {Mark} */ ("insecure") };
  // Together, because two questions of the browser are one too many; apart where one of them is missing.
  if ((await opened({ video: true, audio: true })) === "works")
    return { camera: /** @type {Mark} */ ("works"), microphone: /** @type {Mark} */ ("works") };
  return { camera: await opened({ video: true }), microphone: await opened({ audio: true }) };
}

/**
 * @param {MediaStreamConstraints} wish
 * @returns {Promise<Mark>}
 */
async function opened(wish) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia(wish);
    for (const track of stream.getTracks()) track.stop();
    return "works";
  } catch (problem) {
    const name = problem instanceof Error ? problem.name : "";
    if (name === "NotAllowedError" || name === "SecurityError") return "refused";
    return name === "NotReadableError" || name === "AbortError" ? "busy" : "missing";
  }
}

async function tryWays() {
  const servers = await askServers();
  if (!servers) return;
  be({ noCalls: !servers.video });
  if (!servers.video) return;
  for (const { transport, ice } of waysOf(servers).slice(0, 8)) {
    const call = new Loopback(ice);
    const ms = await call.call(null, WAY_PATIENCE);
    call.close();
    found({ ways: [...state.value.report.ways, { transport, ok: ms !== null, ms }] });
  }
}

/** @returns {Promise<Servers | null>} */
async function askServers() {
  try {
    return await line.ice();
  } catch {
    return null; // told by the line that keeps telling
  }
}

/** Say what is new and hear what is under way, every two seconds, for as long as the rehearsal lasts. */
async function keepTelling() {
  // The first word only says that this device is (again) here.
  let told = JSON.stringify(state.value.report);
  let sending = 0;
  for (;;) {
    const report = state.value.report;
    const now = JSON.stringify(report);
    try {
      const news = await line.say(now === told ? null : report);
      told = now;
      be({ offline: false });
      heard(news);
      if (news.phase === "together" && news.round !== sending) {
        sending = news.round;
        void sendWithAll(news.round);
      }
    } catch (problem) {
      if (stopped(problem)) return;
      be({ offline: true });
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

/** @param {News} news */
function heard({ phase, seconds_left }) {
  under = phase;
  if (phase === "together") be({ doing: "sending", left: seconds_left });
  else if (phase === "over") be({ doing: "over" });
  else if (phase === "told" && state.value.doing === "sending") be({ doing: "done" });
}

/** @param {number} round */
async function sendWithAll(round) {
  const servers = await askServers();
  if (!servers?.video) return;
  const pattern = new Pattern();
  const call = new Loopback({ iceServers: servers.iceServers, iceTransportPolicy: servers.iceTransportPolicy });
  /** @type {Sample[]} */
  const samples = [];
  const picture = pattern.track();
  if (picture && (await call.call(picture, WAY_PATIENCE)) !== null) {
    while (under === "together") {
      samples.push(await call.look());
      const summary = summaryOf(samples);
      if (summary) found({ measured: { round, ...summary } });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  }
  call.close();
  pattern.stop();
}

/** A device that falls asleep in the middle would be counted as lost. */
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // not allowed on battery: then the person keeps it awake
  }
}

/**
 * @param {unknown} problem
 * @returns {boolean} whether it is the end
 */
function stopped(problem) {
  const why = problem instanceof NoAnswer ? problem.why : "offline";
  if (why === "offline") {
    if (state.value.number === null) be({ doing: "start", offline: true });
    return false;
  }
  be({ doing: why, offline: false });
  return true;
}

function Page() {
  return html`<${DevicePage} state=${state.value} onStart=${() => void start()} />`;
}

await loadMessages(boot.language);
app.textContent = "";
render(html`<${Page} />`, app);
