// What the server has told this page: one signal a part of the view, the newer of each kept.
import { batch, computed, signal } from "@preact/signals-core";
import { ServerClock } from "./clock.mjs";

/** @import {BoardView, GuestView, MeView, PassesView, PlenaryView, ProjectorView, MineView, PresenceView, RoomView, RowView, RowsMessage, SeatsView, SessionView, ViewMessage} from "../wire.mjs" */
/** @import {Signal} from "@preact/signals-core" */

/**
 * Name the thing that a view is a version of. A learner's own part is counted by the room they sit in, so a move to another
 * room starts anew.
 * @param {ViewMessage} message
 * @returns {string}
 */
export function scopeOf(message) {
  switch (message.part) {
    case "session":
    case "seats":
    case "plenary":
    case "projector":
      return `${message.part}:${message.view.session}`;
    case "room":
      return `room:${message.view.room}`;
    case "mine":
      return `mine:${message.view.member}:${message.view.room ?? ""}`;
    case "board":
      return `board:${message.view.session}:${message.view.step}`;
    default:
      return message.part;
  }
}

export class Store {
  /** @param {ServerClock} [clock] */
  constructor(clock = new ServerClock()) {
    this.clock = clock;
    this.me = signal(/** @type {MeView | null} */ (null));
    this.session = signal(/** @type {SessionView | null} */ (null));
    /** Own parts by member: a shared device gets two. */
    this.mines = signal(/** @type {ReadonlyMap<string, MineView>} */ (new Map()));
    /** Whose own part the page shows, where the device speaks for two. */
    this.keyboard = signal("");
    this.mine = computed(() => {
      const who = this.keyboard.value || this.me.value?.who;
      return (who ? this.mines.value.get(who) : [...this.mines.value.values()][0]) ?? null;
    });
    /** Who is here, by scope: the lesson, and each room that this page hears of. */
    this.presences = signal(/** @type {ReadonlyMap<string, PresenceView>} */ (new Map()));
    this.seats = signal(/** @type {SeatsView | null} */ (null));
    this.rooms = signal(/** @type {ReadonlyMap<string, RoomView>} */ (new Map()));
    this.boards = signal(/** @type {ReadonlyMap<number, BoardView>} */ (new Map()));
    /** All that a guest of the lesson sees. */
    this.guest = signal(/** @type {GuestView | null} */ (null));
    /** Who may come by a link: for teachers. */
    this.passes = signal(/** @type {PassesView | null} */ (null));
    this.plenary = signal(/** @type {PlenaryView | null} */ (null));
    /** What a page for the classroom's wall shows. */
    this.projector = signal(/** @type {ProjectorView | null} */ (null));
    /** Rows by room id, each a signal of its own: a change of one room renders one row. */
    this.row = /** @type {Map<string, Signal<RowView>>} */ (new Map());
    this.rowIds = signal(/** @type {string[]} */ ([]));
    /** The room in which the learner of this page sits. */
    this.room = computed(() => {
      const id = this.mine.value?.room;
      return id ? (this.rooms.value.get(id) ?? null) : null;
    });
    /** Who is here: in my room, or in the lesson while I have none (and for teachers). */
    this.presence = computed(() => {
      const scope = this.mine.value?.room ?? this.session.value?.session ?? "";
      return this.presences.value.get(scope) ?? null;
    });
    /** @type {Map<string, number>} */
    this.versions = new Map();
  }

  /**
   * Take in a view message, unless a newer one of the same thing was here before.
   * @param {ViewMessage} message
   * @returns {boolean} whether it was taken
   */
  take(message) {
    this.clock.hear(message.now);
    const scope = scopeOf(message);
    if ("version" in message.view) {
      // The same version twice is no repetition: a seat that moved changes a room's view without an event of the room.
      if (message.view.version < (this.versions.get(scope) ?? -1)) return false;
      this.versions.set(scope, message.view.version);
    }
    batch(() => this.#put(message));
    return true;
  }

  /** @param {ViewMessage} message */
  #put(message) {
    switch (message.part) {
      case "me":
        this.me.value = message.view;
        this.#forgetOthers(message.view);
        break;
      case "session":
        this.session.value = message.view;
        break;
      case "mine":
        this.mines.value = new Map(this.mines.value).set(message.view.member, message.view);
        break;
      case "presence":
        this.presences.value = new Map(this.presences.value).set(message.view.scope, message.view);
        break;
      case "seats":
        this.seats.value = message.view;
        break;
      case "plenary":
        this.plenary.value = message.view;
        break;
      case "projector":
        this.projector.value = message.view;
        break;
      case "room":
        this.rooms.value = new Map(this.rooms.value).set(message.view.room, message.view);
        break;
      case "guest":
        this.guest.value = message.view;
        break;
      case "passes":
        this.passes.value = message.view;
        break;
      case "board":
        this.boards.value = new Map(this.boards.value).set(message.view.step, message.view);
        break;
    }
  }

  /**
   * Whoever has left this device has taken their words along.
   * @param {MeView} me
   */
  #forgetOthers({ who, also = [] }) {
    const left = [...this.mines.value.keys()].filter((member) => member !== who && !also.includes(member));
    if (left.length === 0) return;
    this.mines.value = new Map([...this.mines.value].filter(([member]) => !left.includes(member)));
    for (const scope of [...this.versions.keys()])
      if (left.some((member) => scope.startsWith(`mine:${member}:`))) this.versions.delete(scope);
  }

  /** @param {RowsMessage} message */
  takeRows(message) {
    this.clock.hear(message.now);
    batch(() => {
      /** @type {string[]} */
      const fresh = [];
      for (const row of message.rows) {
        const known = this.row.get(row.room);
        if (!known) {
          this.row.set(row.room, signal(row));
          fresh.push(row.room);
        } else if (row.version >= known.value.version) {
          known.value = row;
        }
      }
      if (fresh.length > 0) this.rowIds.value = [...this.rowIds.value, ...fresh];
    });
  }
}
