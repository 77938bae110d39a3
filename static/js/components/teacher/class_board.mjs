// What rooms chose to share at a whole-class step: side marks, never names; can fill the screen for a projector.
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { stepTitle } from "../../views/teacher/lesson.mjs";
import { whose } from "../../views/teacher/people.mjs";
import { entryWords } from "../../views/teacher/room.mjs";
import { SchoolMark } from "../person.mjs";

/** @import { Desk } from "./state.mjs" */

/**
 * @param {{ desk: Desk }} props
 */
export function ClassBoard({ desk }) {
  const { lesson, session, boot, projected } = desk;
  const step = lesson.value?.steps[session.value.floor];
  if (step?.kind !== "board") return null;
  const entries = desk.board.value?.entries ?? [];
  return html`<section class=${`class-board card${projected.value ? " is-projected" : ""}`} aria-labelledby="class-board-title">
    <header class="split">
      <h2 id="class-board-title"><bdi>${stepTitle(lesson.value, step.index, boot.language)}</bdi></h2>
      <button type="button" class="button" aria-pressed=${projected.value} onClick=${() => {
        projected.value = !projected.value;
      }}>
        ${projected.value ? t("Back to the rooms") : t("Show only this, for a projector")}
      </button>
    </header>
    ${
      entries.length === 0
        ? html`<p class="soft">${t("Nothing has been shared yet. Rooms choose what they put here.")}</p>`
        : html`<ul class="shared-list" role="list" aria-live="polite">
            ${entries.map(
              (one, at) =>
                html`<li key=${at}><${SchoolMark} whose=${whose(one.side, boot.side)} /> <span dir="auto">${entryWords(one.entry, sourceInput(desk, one.entry), lesson.value, boot.language)}</span></li>`,
            )}
          </ul>`
    }
  </section>`;
}

/**
 * The input that an entry was an answer to, where that changes how it reads (a choice, a tag).
 * @param {Desk} desk
 * @param {import("../../views/teacher/types.mjs").Entry} entry
 */
function sourceInput(desk, entry) {
  const steps = desk.lesson.value?.steps ?? [];
  const used = new Set(steps[desk.session.value.floor]?.uses ?? []);
  const inputs = steps.filter((step) => used.has(step.id)).flatMap((step) => step.inputs);
  return inputs.find(
    (input) => input.options.some((one) => one.id === entry.choice) || input.tags.some((one) => one.id === entry.tag),
  );
}
