// Teachers model: the verse in its languages, what pairs will do with it, and two minutes that invite.
import { html } from "../html.mjs";
import { direction, say, t } from "../i18n.mjs";
import { languagesOf, shownStep, verseOf } from "../views/modelling.mjs";
import { withTheName } from "../views/text.mjs";
import { clock } from "../views/time.mjs";
import { useSeconds } from "./timer.mjs";

/** @import { Lesson, ModellingView } from "../wire.mjs" */

/**
 * @param {{ lesson: Lesson | null, now: ModellingView, language: string, theName: "written" | "heh" | undefined, clockNow: () => number }} props
 */
export function Modelled({ lesson, now, language, theName, clockNow }) {
  const verse = verseOf(lesson, now);
  const step = shownStep(lesson);
  const left = Math.max(0, Math.ceil((now.since + now.seconds * 1000 - useSeconds(clockNow)) / 1000));
  const words = left > 0 ? t("two minutes, as an invitation") : t("finish in your own time");
  return html`<div class="modelled">
    <p class="split"><span class="soft">${t("How do they ask? How do they answer from the text?")}</span>
      <span class="timer" role="timer" aria-label=${words} title=${words}>${clock(left)}</span></p>
    ${
      verse &&
      html`<div class="modelled-verse">
      ${languagesOf(verse, language).map(
        (code) =>
          html`<blockquote key=${code} lang=${code} dir=${direction(code)}>${say(verse.number, code) && html`<span class="verse-number">${say(verse.number, code)}</span> `}${verse.words[code]?.map(({ w, j }) => withTheName(w, theName ?? "written") + j).join("")}</blockquote>`,
      )}</div>`
    }
    ${step && html`<p class="modelled-step"><strong><bdi>${say(step.title, language)}</bdi></strong> <bdi>${say(step.prompt, language).replaceAll("{partner}", t("your partner"))}</bdi></p>`}
  </div>`;
}
