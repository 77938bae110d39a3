// The pairing editor's presses: each is sent, asked about where a rule says so, and told to eye and ear.
import { signal } from "@preact/signals";
import { t } from "../../../i18n.mjs";
import { leftOut, seenVersion } from "../../../views/teacher/pairing.mjs";
import { isolated, nameOf } from "../../../views/teacher/people.mjs";

/** @import { Signal } from "@preact/signals" */
/** @import { Ack } from "../../../views/teacher/types.mjs" */
/** @import { Desk } from "../state.mjs" */
/** @typedef {import("../../../wire.mjs").PairingDesk} Asks */
/**
 * @typedef {{ question: "apart" | "anew", again: () => Promise<void> } | { question: "about", member: string }
 *   | { question: "saved" } | { question: "list" }} Open
 */

/**
 * @typedef {object} Editor
 * @property {Asks} asks
 * @property {Signal<Open | null>} open the dialog that is open
 * @property {Signal<string[]>} absent who was left out of rooms that were put in
 * @property {(room: string | null) => Promise<void>} putDown the student who is held
 * @property {() => Promise<void>} propose
 * @property {(rooms: string[][], told: string) => Promise<void>} arrange
 */

/**
 * @param {Desk} desk
 * @param {Asks} asks
 * @returns {Editor}
 */
export function makeEditor(desk, asks) {
  const open = signal(/** @type {Open | null} */ (null));
  const absent = signal(/** @type {string[]} */ ([]));

  /**
   * Send it; where the server wants a teacher's word first, ask, and send it with that word.
   * @param {(said: Record<string, unknown>) => Promise<Ack>} send
   * @param {() => void} done
   * @param {Record<string, unknown>} [said]
   */
  const asking = async (send, done, said = {}) => {
    const ack = await send(said);
    if (ack.ok) {
      done();
      return;
    }
    const question = ack.code === "keep_apart" ? "apart" : ack.code === "changed_by_hand" ? "anew" : null;
    if (!question) return;
    desk.refusal.value = null;
    const again = () => {
      open.value = null;
      // What is thrown away is what stands here now, at this press.
      const word =
        question === "apart" ? { apart_too: true } : { over: seenVersion(desk.seats.peek(), desk.session.peek()) };
      return asking(send, done, { ...said, ...word });
    };
    open.value = { question, again };
  };

  return {
    asks,
    open,
    absent,
    async putDown(room) {
      const member = desk.held.peek();
      if (!member) return;
      desk.held.value = null;
      const name = isolated(nameOf(desk.boot.people[member], desk.boot.language));
      await asking(
        (said) => desk.act("lobby", "move_seat", { member, room, ...said }),
        () => {
          desk.told.value = t("Moved: {name}", { name });
          focusOn(member);
        },
      );
    },
    propose: () =>
      asking(
        (said) => desk.act("lobby", "propose_rooms", said),
        () => {
          absent.value = [];
          desk.told.value = t("Rooms are proposed.");
        },
      ),
    arrange: (rooms, told) =>
      asking(
        (said) => desk.act("lobby", "arrange_rooms", { rooms, ...said }),
        () => {
          open.value = null;
          absent.value = leftOut(rooms, desk.seats.peek());
          desk.told.value = told;
        },
      ),
  };
}

/**
 * Whoever moves by keyboard goes on from the student who was moved, not from the top of the page.
 * @param {string} member
 */
function focusOn(member) {
  if (typeof document === "undefined") return;
  requestAnimationFrame(() => {
    const handles = document.querySelectorAll("[data-member]");
    for (const handle of handles)
      if (handle instanceof HTMLElement && handle.dataset.member === member) handle.focus({ preventScroll: true });
  });
}
