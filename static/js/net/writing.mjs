// What a learner writes: a signal for each input, kept as a draft while it grows and given as an answer when left.
import { batch, signal } from "@preact/signals-core";
import { newestDraft } from "./drafts.mjs";

/** @import {Ack, Entry, MineView} from "../wire.mjs" */
/** @import {Signal} from "@preact/signals-core" */
/** @import {Drafts} from "./drafts.mjs" */

/** @typedef {"" | "writing" | "here" | "saved"} Saved */
/**
 * @typedef {object} Field
 * @property {Signal<Entry[]>} entries
 * @property {Signal<Saved>} saved here: on this device only, so far
 * @property {Signal<string>} trouble a refusal, in words
 * @property {Signal<string>} held why these words are kept from the partner, or ""
 * @property {string} given what the server has, as JSON
 * @property {number} changed when it was last written in, 0: not on this page
 */

const NOTHING = "[]";

/**
 * Return the entries that say something, in the form that the server compares and stores.
 * @param {Entry[]} entries
 * @returns {Entry[]}
 */
export function worthSending(entries) {
  return entries.filter((e) => e.text.trim() || e.choice || e.tag || e.moment || e.marks.length > 0 || e.spoken);
}

/**
 * @param {Entry[]} entries
 * @returns {string} equal for equal entries, whether fields are missing or empty
 */
export function sameAs(entries) {
  return JSON.stringify(
    worthSending(entries).map((e) => [
      e.text,
      e.stem ?? null,
      e.choice ?? null,
      e.tag ?? null,
      e.moment ?? null,
      e.marks.map((m) => [m.segment, m.language, m.first, m.last]),
      Boolean(e.spoken),
    ]),
  );
}

export class Writing {
  /**
   * @param {object} parts
   * @param {Drafts} parts.drafts
   * @param {(step: number, input: string, entries: Entry[]) => Promise<Ack>} parts.answer
   * @param {() => number} [parts.now]
   */
  constructor({ drafts, answer, now = Date.now }) {
    this.drafts = drafts;
    this.answer = answer;
    this.now = now;
    /** @type {Map<string, Field>} */
    this.fields = new Map();
    /** @type {MineView | null} */
    this.mine = null;
  }

  /**
   * Return one input's field, filled with the newest of: this device's draft, the server's draft, the answer given.
   * @param {number} step
   * @param {string} input
   * @returns {Field}
   */
  field(step, input) {
    const key = `${step}/${input}`;
    const known = this.fields.get(key);
    if (known) return known;
    /** @type {Field} */
    const field = {
      entries: signal([]),
      saved: signal(/** @type {Saved} */ ("")),
      trouble: signal(""),
      held: signal(""),
      given: NOTHING,
      changed: 0,
    };
    this.fields.set(key, field);
    this.#fill(field, step, input);
    return field;
  }

  /**
   * Hear what the server has of mine. What is being written on this page is never overwritten.
   * @param {MineView} mine
   */
  hear(mine) {
    this.mine = mine;
    batch(() => {
      for (const [key, field] of this.fields) {
        const [step, input] = /** @type {[string, string]} */ (key.split("/"));
        this.#fill(field, Number(step), input);
      }
    });
  }

  /**
   * Forget everything: another person, or another room, starts clean.
   */
  reset() {
    this.fields.clear();
  }

  /**
   * @param {Field} field
   * @param {number} step
   * @param {string} input
   */
  #fill(field, step, input) {
    const answer = this.mine?.answers.find((a) => a.step === step && a.input === input);
    if (answer) {
      field.given = sameAs(answer.entries);
      field.held.value = answer.held;
    }
    if (field.changed > 0) return;
    const sent = this.mine?.drafts.find((d) => d.step === step && d.input === input);
    const draft = newestDraft(this.drafts.kept(step, input), sent);
    const entries = draft?.entries ?? answer?.entries;
    if (entries && sameAs(entries) !== sameAs(field.entries.peek())) field.entries.value = entries;
    if (entries && field.saved.peek() === "") field.saved.value = sent || answer ? "saved" : "here";
  }

  /**
   * Write: the words are kept from here on.
   * @param {number} step
   * @param {string} input
   * @param {Entry[]} entries
   */
  write(step, input, entries) {
    const field = this.field(step, input);
    field.changed = this.now();
    batch(() => {
      field.entries.value = entries;
      field.saved.value = "writing";
      field.trouble.value = "";
    });
    this.drafts.keep(step, input, entries);
  }

  /**
   * A draft has reached the server.
   * @param {number} step
   * @param {string} input
   * @param {Ack} ack
   */
  draftKept(step, input, ack) {
    const field = this.fields.get(`${step}/${input}`);
    // After a gap the words that stood on this device alone are with the server too; a refused answer is still refused.
    if (field && ack.ok && field.saved.value !== "" && !field.trouble.value) field.saved.value = "saved";
  }

  /**
   * Give what stands in an input as my answer; does nothing when the server has the same words.
   * @param {number} step
   * @param {string} input
   * @returns {Promise<Ack | null>}
   */
  async give(step, input) {
    const field = this.fields.get(`${step}/${input}`);
    if (!field) return null;
    const entries = worthSending(field.entries.peek());
    const words = sameAs(entries);
    if (words === field.given) {
      this.drafts.flush();
      return null;
    }
    const before = field.given;
    const upTo = this.now();
    field.given = words;
    field.saved.value = "writing";
    const ack = await this.answer(step, input, entries);
    this.#answered(field, step, input, ack, before, upTo);
    return ack;
  }

  /**
   * @param {Field} field
   * @param {number} step
   * @param {string} input
   * @param {Ack} ack
   * @param {string} before what the server had before this answer
   * @param {number} upTo when it was sent
   */
  #answered(field, step, input, ack, before, upTo) {
    batch(() => {
      if (ack.ok || ack.kept) {
        field.held.value = ack.held ?? "";
        if (field.changed <= upTo) {
          this.drafts.clear(step, input, upTo);
          field.saved.value = "saved";
          field.changed = 0;
        }
        field.trouble.value = ack.held ? (ack.message ?? "") : "";
        return;
      }
      field.given = before;
      field.saved.value = "here";
      field.trouble.value = ack.message ?? "";
    });
  }

  /**
   * Give all inputs of a step that were written in.
   * @param {number} step
   * @returns {Promise<(Ack | null)[]>}
   */
  giveAll(step) {
    const inputs = [...this.fields.keys()].filter((key) => key.startsWith(`${step}/`));
    return Promise.all(inputs.map((key) => this.give(step, key.slice(key.indexOf("/") + 1))));
  }

  /**
   * Give everything that was written on this page and not yet given: the lesson is over.
   * @param {(step: number) => boolean} taken whether a step takes answers
   * @returns {Promise<(Ack | null)[]>}
   */
  async giveEverything(taken) {
    const steps = new Set([...this.fields.keys()].map((key) => Number(key.split("/")[0])));
    const acks = await Promise.all([...steps].filter(taken).map((step) => this.giveAll(step)));
    for (const [key, field] of this.fields) {
      const [step, input] = /** @type {[string, string]} */ (key.split("/"));
      // The server may have made an answer of a draft by itself when it closed the lesson.
      if (sameAs(field.entries.peek()) === field.given) this.drafts.clear(Number(step), input);
    }
    return acks.flat();
  }

  /** The connection is gone: what was not answered is on this device only. */
  offline() {
    for (const field of this.fields.values()) if (field.saved.value === "writing") field.saved.value = "here";
  }
}
