// New partners for the next part: the rooms that are proposed, over the running board, until a teacher begins with them.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../../../html.mjs";
import { say, t, tn } from "../../../i18n.mjs";
import { movedTo, partWithNewPartners, unequal } from "../../../views/teacher/pairing.mjs";
import { isolated, nameOf, namesLine } from "../../../views/teacher/people.mjs";
import { Dialog, Name } from "../parts.mjs";

/** @import { Desk } from "../state.mjs" */
/** @typedef {import("../../../wire.mjs").PairingDesk} PairingDesk */
/** @typedef {{ step: number, rooms: string[][], unplaced: string[] }} Proposal */

/**
 * It opens by itself when a press would take the class into a part that begins with new partners.
 * @param {{ desk: Desk, asks: PairingDesk }} props
 */
export function NewPartners({ desk, asks }) {
  const open = useSignal(false);
  const asked = desk.refusal.value?.code === "partners_first";
  useEffect(() => {
    if (!asked) return;
    desk.refusal.value = null;
    desk.asked.value = null;
    open.value = true;
  }, [asked]);
  if (!open.value) return null;
  return html`<${Proposed} desk=${desk} asks=${asks} onClose=${() => {
    open.value = false;
  }} />`;
}

/** @param {{ desk: Desk, asks: PairingDesk, onClose: () => void }} props */
function Proposed({ desk, asks, onClose }) {
  const { boot, lesson, session } = desk;
  const proposal = useSignal(/** @type {Proposal | null} */ (null));
  const trouble = useSignal("");
  const held = useSignal(/** @type {string | null} */ (null));
  const apart = useSignal(false);
  useEffect(() => {
    asks.newPartners().then((answer) => {
      if (answer.ok && answer.step !== null) proposal.value = { ...answer, step: answer.step };
      else trouble.value = (answer.ok ? "" : answer.message) || t("That did not work. Please try again.");
    });
  }, []);
  const found = proposal.value;
  // Where the other teacher was faster, the class is there already.
  const over = found !== null && session.value.floor >= found.step;
  useEffect(() => {
    if (over) onClose();
  }, [over]);
  const send = async (
    /** @type {string} */ kind,
    /** @type {Record<string, unknown>} */ fields,
    /** @type {string} */ told,
  ) => {
    const ack = await desk.act("partners", kind, { after: session.peek().floor, ...fields });
    if (ack.ok) {
      desk.told.value = told;
      onClose();
    } else {
      desk.refusal.value = null;
      apart.value = ack.code === "keep_apart";
      trouble.value = ack.message || t("That did not work. Please try again.");
    }
  };
  const put = (/** @type {number} */ at) => () => {
    if (!found || !held.value) return;
    proposal.value = { ...found, rooms: movedTo(found.rooms, held.value, at) };
    held.value = null;
  };
  const part = partWithNewPartners(lesson.value, session.value.floor);
  const title = part
    ? t("New partners for: {part}", { part: isolated(say(part.title, boot.language)) })
    : t("New partners");
  const odd = unequal(found?.rooms ?? [], boot.people);
  const waiting = (found?.unplaced ?? [])
    .filter((id) => !found?.rooms.flat().includes(id))
    .map((id) => nameOf(boot.people[id], boot.language));
  const begin = () =>
    send(
      "start_partners",
      { rooms: found?.rooms ?? [], ...(apart.value ? { apart_too: true } : {}) },
      t("Everybody has a new partner."),
    );
  return html`<${Dialog} title=${title} onClose=${onClose}>
    ${!found && trouble.value === "" && html`<p role="status">${t("One moment…")}</p>`}
    ${
      found &&
      html`<p class="soft small">${held.value ? t("Where to put {name}?", { name: isolated(nameOf(boot.people[held.value], boot.language)) }) : t("Nobody has a partner of this lesson again, as far as that can be done. To change a room, press a name and then a room. Children keep their intention and everything they have written.")}</p>
      <ol class="new-partners">
        ${found.rooms.map(
          (room, at) => html`<li key=${room.join()} class=${odd.has(at) ? "is-odd" : ""}>
            <span class="seats">${room.map(
              (member) =>
                html`<button key=${member} type="button" class=${`seat handle${held.value === member ? " is-held" : ""}`} aria-pressed=${held.value === member} onClick=${() => {
                  held.value = held.value === member ? null : member;
                }}><${Name} desk=${desk} member=${member} /></button>`,
            )}</span>
            ${odd.has(at) && html`<span class="chip accent">${t("Worth a look")}</span>`}
            ${held.value && !room.includes(held.value) && html`<button type="button" class="button" aria-label=${t("Put into room {n}: {names}", { n: at + 1, names: namesLine(room, boot.people, boot.language, boot.side) })} onClick=${put(at)}>${t("Put here")}</button>`}
          </li>`,
        )}
        ${held.value && html`<li><span>${t("A new room")}</span><button type="button" class="button" aria-label=${t("A new room")} onClick=${put(found.rooms.length)}>${t("Put here")}</button></li>`}
      </ol>
      ${waiting.length > 0 && html`<p class="notice warn"><span>${t("Without a room then, with their teacher: {names}", { names: waiting.map(isolated).join(", ") })}</span></p>`}`
    }
    <div role="status">${trouble.value !== "" && html`<p class="notice warn"><span>${trouble.value}</span></p>`}</div>
    <footer>
      <button type="button" class="button quiet" onClick=${onClose}>${t("Not yet")}</button>
      ${found && html`<button type="button" class="button" onClick=${() => send("next_gate", { to: found.step, same_partners: true }, t("The class goes on with the same partners."))}>${t("Keep the same partners")}</button>`}
      ${found && found.rooms.length > 0 && html`<button type="button" class="button primary" onClick=${begin}>${apart.value ? t("Seat them together all the same") : tn("Start with this room", "Start with these {n} rooms", found.rooms.length)}</button>`}
    </footer>
  <//>`;
}
