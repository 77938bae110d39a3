// How this screen shows the board: what is looked for, how densely, with names or without. Nothing of it leaves the device.
import { computed, signal } from "@preact/signals";
import { unnamed, unnamedClass } from "../../views/teacher/hiding.mjs";

/** @import { ReadonlySignal, Signal } from "@preact/signals" */
/** @import { PlenaryView, RoomWorkView } from "../../wire.mjs" */
/** @import { Filter, Wanted } from "../../views/teacher/finding.mjs" */
/** @import { Boot, People, Seats } from "../../views/teacher/types.mjs" */

/**
 * @typedef {object} Look
 * @property {Signal<boolean>} hidden names are left out; remembered for the tab
 * @property {(hidden: boolean) => void} hide
 * @property {() => void} onHide
 * @property {Signal<boolean>} compact one line a room; remembered for the tab
 * @property {(compact: boolean) => void} pack
 * @property {Signal<Wanted>} wanted
 * @property {ReadonlySignal<boolean>} isAll nothing is looked for: all rooms are shown
 * @property {(change: Partial<Wanted>) => void} want
 * @property {() => void} wantAll
 * @property {Signal<string | null>} current the room at which the keyboard stands
 * @property {Signal<boolean>} keys what the keys do is shown
 * @property {(room: string | null) => Signal<string>} note what is typed to a room (null: to all) and not sent yet
 * @property {Signal<{ read: RoomWorkView | null, failed: boolean }>} work what the open room has written
 * @property {(view: PlenaryView | null) => PlenaryView | null} classShown the whole class, with names or without
 */

/** @type {Wanted} */
const EVERYTHING = { query: "", filter: /** @type {Filter} */ ("all"), step: null };

/**
 * @param {string} side the reader's
 * @returns {Look}
 */
export function makeLook(side) {
  const hidden = signal(kept("hidden"));
  const compact = signal(kept("compact"));
  const wanted = signal(EVERYTHING);
  /** @type {Map<string, Signal<string>>} */
  const notes = new Map();
  return {
    hidden,
    hide(value) {
      // What stands in the search may be a name, and so may what was said of the last press.
      if (value) wanted.value = { ...wanted.peek(), query: "" };
      this.onHide();
      hidden.value = value;
      keep("hidden", value);
    },
    onHide: () => {},
    compact,
    pack(value) {
      compact.value = value;
      keep("compact", value);
    },
    wanted,
    isAll: computed(
      () => wanted.value.query.trim() === "" && wanted.value.filter === "all" && wanted.value.step === null,
    ),
    want(change) {
      wanted.value = { ...wanted.peek(), ...change };
    },
    wantAll() {
      wanted.value = EVERYTHING;
    },
    current: signal(null),
    keys: signal(false),
    work: signal({ read: null, failed: false }),
    note(room) {
      const key = room ?? "";
      const known = notes.get(key) ?? signal("");
      notes.set(key, known);
      return known;
    },
    classShown: (view) => (view && hidden.value ? unnamedClass(view, side) : view),
  };
}

/**
 * Return what the page is opened with, naming nobody while names are hidden: every screen reads names from there alone.
 * @param {Boot} boot
 * @param {Look} look
 * @param {ReadonlySignal<Seats>} seats
 * @returns {Boot}
 */
export function withoutNames(boot, look, seats) {
  const people = signal(boot.people);
  const marks = computed(() => unnamed(people.value, seats.value, boot.side));
  return Object.defineProperty({ ...boot }, "people", {
    get: () => (look.hidden.value ? marks.value : people.value),
    set: (/** @type {People} */ now) => {
      people.value = now;
    },
    enumerable: true,
  });
}

/** @param {string} what */
function kept(what) {
  try {
    return window.sessionStorage.getItem(`havruta-board-${what}`) === "yes";
  } catch {
    return false; // without storage the choice lasts for the page
  }
}

/**
 * @param {string} what
 * @param {boolean} value
 */
function keep(what, value) {
  try {
    window.sessionStorage.setItem(`havruta-board-${what}`, value ? "yes" : "no");
  } catch {
    // as above
  }
}
