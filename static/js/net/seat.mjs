// Who is at the keyboard of a device that speaks for one learner or two; remembered by the tab, and asked again after a reload.
import { batch, computed, signal } from "@preact/signals-core";

/** @import {MeView} from "../wire.mjs" */
/** @import {Shelf} from "./outbox.mjs" */

export class Seat {
  /**
   * @param {object} parts
   * @param {string} parts.first whose page it is
   * @param {string} parts.session
   * @param {Shelf} [parts.shelf]
   */
  constructor({ first, session, shelf }) {
    this.first = first;
    this.shelf = shelf;
    this.key = `havruta-keyboard/${session}/${first}`;
    /** For whom the connection speaks. */
    this.members = signal(/** @type {readonly string[]} */ ([first]));
    this.chosen = signal(first);
    /** Nobody has said yet who is here. */
    this.covered = signal(true);
    this.passing = signal("");
    this.stays = signal("");
    /** Who is at the keyboard: never anybody for whom the connection does not speak. */
    this.at = computed(() => (this.members.value.includes(this.chosen.value) ? this.chosen.value : this.first));
  }

  /** @param {MeView} me */
  hear(me) {
    const members = [me.who, ...(me.also ?? [])];
    if (members.join() === this.members.peek().join()) return;
    batch(() => {
      // Whoever sits down anew does not find the other's page open.
      if (members.length > 1) this.covered.value = true;
      this.members.value = members;
      this.chosen.value = this.shelf?.getItem(this.key) ?? this.first;
      this.passing.value = "";
    });
  }

  /**
   * @param {string} member who says that they are here
   * @param {string} stays the moment for which they keep the keyboard, or ""
   */
  sit(member, stays = "") {
    batch(() => {
      this.chosen.value = member;
      this.covered.value = false;
      this.passing.value = "";
      this.stays.value = stays;
    });
    try {
      this.shelf?.setItem(this.key, member);
    } catch {
      // asked anyway after a reload
    }
  }

  /** @param {string} member to whom the device goes now */
  pass(member) {
    this.passing.value = member;
  }

  /**
   * Return the field of a command that says in whose name it is; the first at a device need not say it.
   * @param {string} member
   * @returns {{as?: string}}
   */
  as(member) {
    return member === this.first ? {} : { as: member };
  }
}
