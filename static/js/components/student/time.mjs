// The time of all on a learner's page: the step's clock, which can be put away; one minute left; the lesson that closes soon.
import { useState } from "preact/hooks";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { secondsToClose } from "../../views/pace.mjs";
import { nameOf } from "../../views/people.mjs";
import { clock, minuteLeft, secondsLeft } from "../../views/time.mjs";
import { StepTimer, useSeconds } from "../timer.mjs";

/** @import { LessonStep, RoomView, SessionView } from "../../wire.mjs" */
/** @import { StudentPage } from "./page.mjs" */

const HIDDEN = "havruta-clock-hidden";

/** @returns {boolean} whether this device was asked to show no clock */
function wasHidden() {
  try {
    return localStorage.getItem(HIDDEN) === "yes";
  } catch {
    return false; // storage may be forbidden; the choice then lasts for the page
  }
}

/** @param {boolean} hidden */
function rememberHidden(hidden) {
  try {
    if (hidden) localStorage.setItem(HIDDEN, "yes");
    else localStorage.removeItem(HIDDEN);
  } catch {
    // as above
  }
}

/**
 * The clock of the step; one press puts it away for calm, another brings it back.
 * @param {{ page: StudentPage, room: RoomView, session: SessionView, step: LessonStep }} props
 */
export function CalmClock({ page, room, session, step }) {
  const [hidden, setHidden] = useState(wasHidden);
  if (room.ends_at === null && room.seconds_left === null) return null;
  const label = hidden ? t("Show the time left") : t("Hide the time left");
  const turn = () => {
    rememberHidden(!hidden);
    setHidden(!hidden);
  };
  return html`<span class="calm-clock">
    ${!hidden && html`<${StepTimer} room=${room} paused=${session.paused !== null} now=${page.now} of=${step.seconds} />`}
    <button type="button" class="button icon quiet" aria-pressed=${String(hidden)} aria-label=${label} title=${label} onClick=${turn}><span class="glyph hourglass" aria-hidden="true"></span></button>
  </span>`;
}

/**
 * Said once, when a minute is left, by the clock or by a teacher.
 * @param {{ page: StudentPage, room: RoomView, session: SessionView, step: LessonStep | null }} props
 */
export function OneMinute({ page, room, session, step }) {
  const left = secondsLeft(room, useSeconds(page.now));
  const said = step ? minuteLeft(left, room, session, step.seconds) : "";
  if (!said) return null;
  const by = nameOf(session.hosts.find((host) => host.id === session.moved?.by));
  const called = session.moved?.kind === "minute_warned" && by;
  return html`<div class="banner warn one-minute" role="status"><span>${
    said === "over"
      ? t("Time is over. Finish your thought; your words are kept.")
      : called
        ? t("{name}: one minute left for this step", { name: `\u2068${by}\u2069` })
        : t("One minute left")
  }</span></div>`;
}

/** The lesson closes by itself: how long there is to finish a sentence. @param {{ page: StudentPage }} props */
export function WrapUpLine({ page }) {
  const seconds = secondsToClose(page.session.value, useSeconds(page.now));
  if (seconds === null) return null;
  return html`<div class="banner wrap-up"><span role="status">${t("The lesson closes soon. Finish your sentence; your words are kept.")}</span> <span class="timer" role="timer" aria-label=${t("until the lesson closes")}>${clock(seconds)}</span></div>`;
}
