// Half-written words: kept on this device first, then with the server, and offered again on the next visit.

/** @import {DraftView, Entry} from "../wire.mjs" */
/** @import {Shelf} from "./outbox.mjs" */

/** @typedef {{sequence: number, entries: Entry[]}} Draft */

const PAUSE = 2000;

/**
 * Return the draft written last, or null.
 * @param {(Draft | null | undefined)[]} drafts
 * @returns {Draft | null}
 */
export function newestDraft(...drafts) {
  return drafts.reduce(
    (/** @type {Draft | null} */ best, draft) => (draft && (!best || draft.sequence > best.sequence) ? draft : best),
    null,
  );
}

export class Drafts {
  /**
   * @param {object} parts
   * @param {string} parts.session
   * @param {string} parts.member
   * @param {(draft: DraftView) => Promise<unknown>} parts.send
   * @param {Shelf} [parts.shelf]
   * @param {() => number} [parts.now]
   * @param {(run: () => void, ms: number) => unknown} [parts.later]
   */
  constructor({ session, member, send, shelf, now = Date.now, later = (run, ms) => setTimeout(run, ms) }) {
    this.prefix = `havruta-draft/${session}/${member}/`;
    this.send = send;
    this.shelf = shelf;
    this.now = now;
    this.later = later;
    /** @type {Map<string, DraftView>} */
    this.unsent = new Map();
    this.sentAt = Number.NEGATIVE_INFINITY;
    this.timed = false;
  }

  /**
   * Keep what stands in an input now.
   * @param {number} step
   * @param {string} input
   * @param {Entry[]} entries
   */
  keep(step, input, entries) {
    const draft = { step, input, sequence: this.now(), entries };
    this.unsent.set(`${step}/${input}`, draft);
    try {
      this.shelf?.setItem(`${this.prefix}${step}/${input}`, JSON.stringify({ sequence: draft.sequence, entries }));
    } catch {
      // no storage on this device: the server's copy is the only one
    }
    this.#soon();
  }

  /**
   * Return what was kept on this device, or null.
   * @param {number} step
   * @param {string} input
   * @returns {Draft | null}
   */
  kept(step, input) {
    try {
      const found = JSON.parse(this.shelf?.getItem(`${this.prefix}${step}/${input}`) ?? "null");
      return found && typeof found.sequence === "number" && Array.isArray(found.entries) ? found : null;
    } catch {
      return null;
    }
  }

  /** Send at once what waits (leaving an input, or the page). */
  flush() {
    if (this.unsent.size === 0) return;
    const drafts = [...this.unsent.values()];
    this.unsent.clear();
    this.sentAt = this.now();
    for (const draft of drafts) void this.send(draft);
  }

  /**
   * Forget a draft: its words have been given as an answer.
   * @param {number} step
   * @param {string} input
   * @param {number} [upTo] the draft's sequence when the answer was sent; what was written since is kept
   */
  clear(step, input, upTo = Number.POSITIVE_INFINITY) {
    const waiting = this.unsent.get(`${step}/${input}`);
    if (waiting && waiting.sequence <= upTo) this.unsent.delete(`${step}/${input}`);
    const kept = this.kept(step, input);
    if (!kept || kept.sequence > upTo) return;
    try {
      this.shelf?.removeItem(`${this.prefix}${step}/${input}`);
    } catch {
      // as above
    }
  }

  #soon() {
    if (this.timed) return;
    this.timed = true;
    this.later(
      () => {
        this.timed = false;
        this.flush();
      },
      Math.max(0, this.sentAt + PAUSE - this.now()),
    );
  }
}
