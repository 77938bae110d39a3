// Small pieces of the teacher's page: names with their mark, dialogs, times, refusals.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { moveWords } from "../../views/pace.mjs";
import { schoolNames } from "../../views/schools.mjs";
import { duration, left } from "../../views/teacher/clocks.mjs";
import { remedy } from "../../views/teacher/lobby.mjs";
import { hostName, nameOf, whose } from "../../views/teacher/people.mjs";
import { Listed, SchoolMark } from "../person.mjs";

const SETTLES_AFTER = 1200;

/** @import { ReadonlySignal } from "@preact/signals" */
/** @import { ComponentChildren } from "preact" */
/** @import { Desk } from "./state.mjs" */

/**
 * A learner's name with the mark of the school.
 * @param {{ desk: Desk, member: string }} props
 */
export function Name({ desk, member }) {
  const person = desk.boot.people[member];
  if (person?.hidden) {
    const number = person.hidden === true ? "" : person.hidden;
    return html`<span class="nowrap"><${SchoolMark} whose=${whose(person.side, desk.boot.side)} />${number}</span>`;
  }
  return html`<span class="nowrap"><bdi>${nameOf(person, desk.boot.language)}</bdi> <${SchoolMark} whose=${whose(person?.side, desk.boot.side)} /></span>`;
}

/**
 * The schools of a side, in their colour and with their mark.
 * @param {{ desk: Desk, side: string }} props
 */
export function School({ desk, side }) {
  const of = whose(side, desk.boot.side);
  return html`<span class=${`school ${of}`}><${SchoolMark} whose=${of} /> <span><${Listed} names=${schoolNames(desk.boot.sides[side], desk.boot.language)} language=${desk.boot.language} /></span></span>`;
}

/**
 * How far a room is in the whole lesson.
 * @param {{ desk: Desk, row: import("../../views/teacher/types.mjs").Row }} props
 */
export function LessonBar({ desk, row }) {
  const steps = desk.lesson.value?.steps.length ?? 0;
  if (!steps) return null;
  return html`<progress class="lesson-bar" max=${steps} value=${Math.min(row.step, steps)} aria-label=${t("how far in the whole lesson")}></progress>`;
}

/**
 * Time left, kept up to date without drawing anything else again.
 * @param {{ desk: Desk, end: number | null }} props
 */
export function Left({ desk, end }) {
  const text = useComputed(() => left(end, desk.now.value));
  return html`<span class="timer">${text}</span>`;
}

/**
 * Time since a moment, kept up to date likewise.
 * @param {{ desk: Desk, since: number }} props
 */
export function Since({ desk, since }) {
  const text = useComputed(() => duration((desk.now.value - since) / 1000));
  return html`<span class="num">${text}</span>`;
}

/**
 * Whether the children of one's own side sit in one room: then they hear each other through the air, not through the network.
 * @param {{ desk: Desk, place: string }} props where a refusal is shown
 */
export function OneClassroom({ desk, place }) {
  const shared = desk.session.value.classrooms?.[desk.boot.side] ?? false;
  const press = () =>
    desk.act(
      place,
      "share_classroom",
      { shared: !shared },
      shared
        ? t("Classmates hear each other through their devices now.")
        : t("Classmates hear each other through the air only now."),
    );
  return html`<label class="check one-classroom" title=${t("On: children of your school who share a room do not hear each other through their devices. Switch it off where they sit in different rooms.")}><input type="checkbox" checked=${shared} onChange=${press} /><span>${t("Our class sits in one room")}</span></label>`;
}

/**
 * A native dialog that is open as long as it is drawn.
 * @param {{ title: string, onClose: () => void, children?: ComponentChildren }} props
 */
export function Dialog({ title, onClose, children }) {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const heading = useId();
  // Before the next paint: the page behind must not take another press in between.
  useLayoutEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return html`<dialog class="dialog" ref=${ref} aria-labelledby=${heading} onClose=${onClose}>
    <h2 id=${heading}>${title}</h2>
    ${children}
  </dialog>`;
}

/**
 * What the server refused, near the place of the press, with what to do about it.
 * @param {{ desk: Desk, place: string }} props
 */
export function Refused({ desk, place }) {
  const shown = desk.refusal.value;
  // Present from the start, so that a screen reader notices when words come into it.
  return html`<div role="status">${
    shown?.place === place &&
    html`<div class=${shown.code === "somebody_was_faster" ? "notice" : "notice warn"}>
      <span>${fasterWords(desk, shown) || refusalWords(shown)}</span>
      <button type="button" class="button quiet" onClick=${() => {
        desk.refusal.value = null;
      }}>${t("All right")}</button>
    </div>`
  }</div>`;
}

/** Commands after which it is told who was faster: those about all rooms. */
const OF_EVERYONE = new Set([
  ...["next_gate", "pause", "resume", "extend_all", "warn_minute"],
  ...["fit_to_bell", "wrap_up", "set_aside", "close_session"],
]);

/**
 * @param {Desk} desk
 * @param {{ code: string, kind?: string }} shown
 */
function fasterWords(desk, { code, kind = "" }) {
  const { moved, hosts } = desk.session.value;
  if (code !== "somebody_was_faster" || !OF_EVERYONE.has(kind) || !moved || moved.by === desk.boot.staff) return "";
  const words = moveWords(moved, `\u2068${hostName(hosts, moved.by, desk.boot.language)}\u2069`);
  return words && `${words} ${t("This page shows what holds now.")}`;
}

/** @param {{ code: string, message: string }} shown */
function refusalWords({ code, message }) {
  if (code === "somebody_was_faster")
    return t("The other teacher pressed a moment earlier. This page shows what holds now.");
  if (code === "room_is_full") return t("That room is full: four at most.");
  if (code === "keep_apart") return t("They are to be kept apart.");
  return [message || t("That did not work. Please try again."), remedy(code)].filter(Boolean).join(" ");
}

/**
 * A button that does something weighty on its second press; between the two it says so.
 * @param {{ label: string, again: string, onPress: () => void, class?: string }} props
 */
export function TwicePressed({ label, again, onPress, class: className = "button danger" }) {
  const armed = useSignal(false);
  const shownAt = useRef(performance.now());
  useEffect(() => {
    if (!armed.value) return undefined;
    const timer = setTimeout(() => {
      armed.value = false;
    }, 5000);
    return () => clearTimeout(timer);
  }, [armed.value]);
  const press = () => {
    // The click that brought this page here may still be going on: a double click must not stop a lesson.
    if (performance.now() - shownAt.current < SETTLES_AFTER) return;
    if (armed.value) onPress();
    armed.value = !armed.value;
  };
  // Both words keep their room, so that no button moves under the finger between the two presses.
  return html`<button type="button" class=${`${className} twice`} onClick=${press} onBlur=${() => {
    armed.value = false;
  }}>
    <span aria-live="assertive">${armed.value ? again : label}</span>
    <span class="reserve" aria-hidden="true">${label}</span><span class="reserve" aria-hidden="true">${again}</span>
  </button>`;
}

/**
 * What the last press did: seen for a moment, and said by a screen reader.
 * @param {{ desk: Desk }} props
 */
export function Told({ desk }) {
  const { told } = desk;
  useEffect(() => {
    if (told.value === "") return undefined;
    const timer = setTimeout(() => {
      told.value = "";
    }, 5000);
    return () => clearTimeout(timer);
  }, [told.value]);
  return html`<div class="toasts" role="status">${told.value !== "" && html`<div class="toast good"><span>${told.value}</span></div>`}</div>`;
}
