// The whole-class board on a teacher's page: put an entry aside, show one large, ask its room about it; and the wall's own page.
import { html } from "../../html.mjs";
import { fill, t } from "../../i18n.mjs";
import { stepTitle } from "../../views/teacher/lesson.mjs";
import { hostName } from "../../views/teacher/people.mjs";
import { BoardShown } from "../boards.mjs";
import { Refused } from "./parts.mjs";

/** @import { Board, Lesson } from "../../views/teacher/types.mjs" */
/** @import { BoardEntryView } from "../../wire.mjs" */
/** @import { Desk } from "./state.mjs" */

/**
 * @param {{ desk: Desk }} props
 */
export function ClassBoard({ desk }) {
  const { lesson, session, boot } = desk;
  const plan = lesson.value;
  const step = plan?.steps[session.value.floor];
  if (!plan || step?.kind !== "board") return null;
  const board = desk.board.value;
  return html`<section class="class-board card" aria-labelledby="class-board-title">
    <header class="split">
      <h2 id="class-board-title"><bdi>${stepTitle(plan, step.index, boot.language)}</bdi></h2>
      <${ToTheWall} desk=${desk} />
    </header>
    <${Refused} desk=${desk} place="class-board" />
    ${
      board
        ? html`<${BoardShown} board=${board} lesson=${plan} text=${plan.text} language=${boot.language} side=${boot.side}
            controls=${(/** @type {BoardEntryView} */ one) => html`<${Curation} desk=${desk} board=${board} one=${one} />`} />
          <${Aside} desk=${desk} board=${board} lesson=${plan} />`
        : html`<p class="soft">${t("Nothing has been shared yet. Rooms choose what they put here.")}</p>`
    }
  </section>`;
}

/**
 * The page for the classroom's wall, in a window of its own.
 * @param {{ desk: Desk }} props
 */
export function ToTheWall({ desk }) {
  return html`<a class="button" href=${`/sessions/${encodeURIComponent(desk.boot.session)}/projector`} target="_blank" rel="noopener">${t("Page for the projector")}</a>`;
}

/** @param {{ desk: Desk, board: Board, one: BoardEntryView }} props */
function Curation({ desk, board, one }) {
  const step = board.step;
  const large = board.pinned === one.id;
  const asked = desk.plenary.view.value?.offer?.entry === one.id;
  const pin = () =>
    desk.act("class-board", "pin_entry", { step, entry: large ? null : one.id, before: board.pinned ?? null });
  const ask = () =>
    desk.act(
      "class-board",
      "offer_floor",
      { room: one.room, entry: one.id },
      t("Room {n} is asked whether it wants to speak.", { n: one.room }),
    );
  const put = () =>
    desk.act("class-board", "put_aside", { step, entry: one.id }, t("Put aside. The words stay the room's."));
  return html`<span class="soft small">${t("Room {n}", { n: one.room })}</span>
    <button type="button" class="button quiet" aria-pressed=${String(large)} onClick=${pin}>${large ? t("Not large any more") : t("Let's look at this one")}</button>
    <button type="button" class="button quiet" aria-pressed=${String(asked)} onClick=${ask}>${asked ? t("The room is asked") : t("Ask the room to speak")}</button>
    <button type="button" class="button quiet" onClick=${put}>${t("Put aside")}</button>`;
}

/**
 * What was put aside, and by whom: for teachers alone, and it can be put back.
 * @param {{ desk: Desk, board: Board, lesson: Lesson }} props
 */
function Aside({ desk, board, lesson }) {
  if (board.aside.length === 0) return null;
  const { boot, session } = desk;
  const by = new Map(board.aside.map((one) => [one.shown.id, one.by]));
  const shown = {
    ...board,
    kind: /** @type {const} */ ("list"),
    pinned: null,
    spectrum: [],
    entries: board.aside.map((one) => one.shown),
  };
  const back = (/** @type {string} */ entry) =>
    desk.act("class-board", "put_aside", { step: board.step, entry, aside: false });
  return html`<details class="fold"><summary>${t("Put aside")} <span class="count num">${board.aside.length}</span></summary><div>
    <${BoardShown} board=${shown} lesson=${lesson} text=${lesson.text} language=${boot.language} side=${boot.side}
      controls=${(
        /** @type {BoardEntryView} */ one,
      ) => html`<span class="soft small">${fill(t("put aside by {name}"), { name: html`<bdi>${hostName(session.value.hosts, by.get(one.id) ?? "", boot.language)}</bdi>` })}</span>
        <button type="button" class="button quiet" onClick=${() => back(one.id)}>${t("Put it back")}</button>`} />
  </div></details>`;
}
