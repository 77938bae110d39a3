// Commands on their way: each keeps its id until the server has answered it, through reconnects and reloads.

/** @import {Ack, Command} from "../wire.mjs" */
/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Shelf */
/** @typedef {{command: Command, replaces?: string, tries?: number}} Pending */

const TRY_AGAIN_AFTER = 3000;
/** Answers that mean "later", not "no". */
const SLOW_DOWN = new Set(["too_fast", "saving_is_delayed", "internal"]);
const MOST_TRIES = 20;

/** @returns {string} an id that no other command has */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Outbox {
  /**
   * @param {object} parts
   * @param {(command: Command) => Promise<Ack>} parts.send rejects where no answer came
   * @param {Shelf} [parts.shelf] survives a reload of this tab
   * @param {string} [parts.name]
   * @param {(run: () => void, ms: number) => unknown} [parts.later]
   */
  constructor({ send, shelf, name = "havruta-outbox", later = (run, ms) => setTimeout(run, ms) }) {
    this.send = send;
    this.shelf = shelf;
    this.name = name;
    this.later = later;
    /** @type {Pending[]} */
    this.pending = this.#restored();
    /** @type {Set<string>} */
    this.underway = new Set();
    /** @type {Map<string, ((ack: Ack) => void)[]>} */
    this.waiting = new Map();
  }

  /**
   * Send a command, as often as it takes. The promise resolves with the server's answer and never rejects.
   * @param {Command} command
   * @param {string} [replaces] a waiting command of the same name is dropped: only the newest draft matters
   * @returns {Promise<Ack>}
   */
  put(command, replaces) {
    if (replaces) this.#drop(replaces);
    this.pending.push(replaces ? { command, replaces } : { command });
    this.#store();
    const answered = /** @type {Promise<Ack>} */ (
      new Promise((resolve) => {
        this.waiting.set(command.id, [resolve]);
      })
    );
    this.#try(command);
    return answered;
  }

  /** Send everything unanswered again, in its order. To be called when the connection is back. */
  resend() {
    for (const { command } of [...this.pending]) this.#try(command);
  }

  /** @param {string} replaces */
  #drop(replaces) {
    for (const old of this.pending.filter((one) => one.replaces === replaces && !this.underway.has(one.command.id))) {
      this.#settle(old.command.id, { ok: true });
    }
  }

  /** @param {Command} command */
  #try(command) {
    if (this.underway.has(command.id)) return;
    this.underway.add(command.id);
    this.send(command).then(
      (ack) => {
        this.underway.delete(command.id);
        if (!ack.ok && ack.code && SLOW_DOWN.has(ack.code) && this.#mayTryAgain(command.id)) this.#again();
        else this.#settle(command.id, ack);
      },
      () => {
        // No answer is no refusal. The connection's return sends it again, and so does a little time.
        this.underway.delete(command.id);
        this.#again();
      },
    );
  }

  /**
   * A command that the server cannot digest must not come back for ever.
   * @param {string} id
   */
  #mayTryAgain(id) {
    const pending = this.pending.find((one) => one.command.id === id);
    if (!pending) return false;
    pending.tries = (pending.tries ?? 0) + 1;
    return pending.tries < MOST_TRIES;
  }

  #again() {
    if (this.timer) return;
    this.timer = true;
    this.later(() => {
      this.timer = false;
      this.resend();
    }, TRY_AGAIN_AFTER);
  }

  /**
   * @param {string} id
   * @param {Ack} ack
   */
  #settle(id, ack) {
    this.pending = this.pending.filter((one) => one.command.id !== id);
    this.#store();
    for (const resolve of this.waiting.get(id) ?? []) resolve(ack);
    this.waiting.delete(id);
  }

  #store() {
    try {
      if (this.pending.length === 0) this.shelf?.removeItem(this.name);
      else this.shelf?.setItem(this.name, JSON.stringify(this.pending));
    } catch {
      // a full or forbidden storage: memory still holds everything
    }
  }

  /** @returns {Pending[]} */
  #restored() {
    try {
      const kept = JSON.parse(this.shelf?.getItem(this.name) ?? "[]");
      return Array.isArray(kept) ? kept.filter((one) => typeof one?.command?.id === "string") : [];
    } catch {
      return [];
    }
  }
}
