// The whole-class board on a student's page: what rooms shared, and "we wonder, too".
import { html } from "../../html.mjs";
import { t } from "../../i18n.mjs";
import { BoardShown } from "../boards.mjs";

/** @import {BoardEntryView} from "../../wire.mjs" */
/** @import {Work} from "./steps.mjs" */

/** @param {Work} work */
export function ClassBoard(work) {
  const { page, step, lesson, room, text, language } = work;
  const board = page.boards.value.get(step.index);
  return html`<section class="card" aria-live="polite"><h3>${t("From both classes")}</h3>
    ${
      board
        ? html`<${BoardShown} board=${board} lesson=${lesson} text=${text ?? lesson.text} language=${language} side=${page.boot.side} onMark=${text ? work.onMark : undefined}
          controls=${board.kind === "spectrum" ? undefined : (/** @type {BoardEntryView} */ one) => one.room !== room.number && html`<${Wonder} work=${work} one=${one} />`} />`
        : html`<p class="soft">${t("Nothing is shared yet. What rooms share appears here.")}</p>`
    }</section>`;
}

/**
 * One voice a room, and it can be taken back.
 * @param {{work: Work, one: BoardEntryView}} props
 */
function Wonder({ work, one }) {
  const up = work.room.wondered?.includes(one.id) ?? false;
  const press = () =>
    work.page.command("wonder_too", { step: work.step.index, entry: one.id, up: !up }).then(work.onAnswered);
  return html`<button type="button" class="chip" aria-pressed=${String(up)} onClick=${press}><bdi dir="ltr">+1</bdi> ${t("We wonder, too")}</button>`;
}
