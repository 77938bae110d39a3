// What the teacher's page holds: what the server pushed, in the order of the board, and what this screen has open.
import { computed, effect, signal } from "@preact/signals";
import { aheadFrom, grouped, missingFrom, sameOrder } from "../../views/teacher/board.mjs";
import { found, inLine } from "../../views/teacher/finding.mjs";
import { makeLook, withoutNames } from "./look.mjs";

/** @import { ReadonlySignal, Signal } from "@preact/signals" */
/** @import { Ack, Board, Boot, Lesson, Presence, Room, Row, Seats, Session } from "../../views/teacher/types.mjs" */
/** @import { Group, Scene } from "../../views/teacher/board.mjs" */
/** @import { Look } from "./look.mjs" */

/** @typedef {{ place: string, code: string, message: string, kind?: string }} Refusal shown near the place where the press was made */
/** @typedef {{ dialog: "note", room: string | null } | { dialog: "move", member: string } | { dialog: "remove", member: string } | { dialog: "part", room: string } | { dialog: "bring" } | { dialog: "fit" } | { dialog: "aside" } | { dialog: "close" }} Asked */
/** @typedef {import("../../rtc/media-room.mjs").Remote} Remote */
/**
 * @typedef {object} Call the visitor's side of a room's video call
 * @property {ReadonlySignal<Remote[]>} remotes
 * @property {ReadonlySignal<string>} microphone on, off, none, refused
 * @property {ReadonlySignal<string>} camera
 * @property {(device: "camera" | "microphone", on: boolean) => void} turn
 */
/**
 * @typedef {import("../plenary.mjs").WholeClassCall & {
 *   mine: {microphone: ReadonlySignal<string>, camera: ReadonlySignal<string>, stream: ReadonlySignal<MediaStream | null>},
 *   turn: (device: "camera" | "microphone", on: boolean) => void}} WholeClass the whole class, and my devices in it
 */
/**
 * @typedef {object} Pushed what the server told, as the page's store keeps it
 * @property {Signal<Session | null>} session
 * @property {Signal<Seats | null>} seats
 * @property {ReadonlySignal<Presence | null>} presence
 * @property {Signal<ReadonlyMap<string, Room>>} rooms
 * @property {Signal<ReadonlyMap<number, Board>>} boards
 * @property {Map<string, Signal<Row>>} row
 * @property {Signal<string[]>} rowIds
 * @property {ReadonlySignal<import("../../wire.mjs").PassesView | null>} [passes]
 */

/**
 * @typedef {object} Desk
 * @property {Boot} boot
 * @property {ReadonlySignal<Session>} session
 * @property {ReadonlySignal<Seats>} seats
 * @property {ReadonlySignal<Presence>} presence
 * @property {Signal<Lesson | null>} lesson
 * @property {ReadonlySignal<Room | null>} room the room that is being visited, as its members see it
 * @property {ReadonlySignal<Board | null>} board the class board of the step that all were brought to
 * @property {Signal<number>} now server time, once a second
 * @property {ReadonlySignal<Row[]>} rows
 * @property {ReadonlySignal<Record<Group, string[]>>} order
 * @property {ReadonlySignal<Record<Group, string[]>>} shown the order, with those rooms alone that are looked for
 * @property {ReadonlySignal<string | null>} at the room at which the keyboard stands: it alone can be tabbed to
 * @property {Look} look how this screen shows the board
 * @property {ReadonlySignal<Scene>} scene
 * @property {ReadonlySignal<import("../../wire.mjs").PassesView | null>} passes who may come by a link
 * @property {(path: string, fields: Record<string, string>) => Promise<import("./also_here.mjs").LinkAnswer>} askPasses
 * @property {(room: string) => Signal<Row> | undefined} row
 * @property {Signal<string | null>} open the room whose drawer is open
 * @property {Signal<string | null>} visiting
 * @property {Call} call
 * @property {WholeClass} plenary
 * @property {Signal<Asked | null>} asked
 * @property {Signal<string | null>} held the student picked up in the lobby
 * @property {Signal<Refusal | null>} refusal
 * @property {Signal<string>} told what the last press did, for eye and screen reader
 * @property {Signal<boolean>} calm the countdown is hidden
 * @property {(place: string, kind: string, fields?: Record<string, unknown>, told?: string) => Promise<Ack>} act `told` is said when it is done
 */

/** Commands about the time of all. */
const OF_ALL = new Set(["extend_all", "warn_minute", "fit_to_bell", "wrap_up", "set_aside", "close_session"]);

/**
 * Return the page's state. `send` delivers a command and resolves with its acknowledgement.
 * @param {Boot} boot
 * @param {Pushed} pushed
 * @param {Call} call
 * @param {(kind: string, fields: Record<string, unknown>) => Promise<Ack>} send
 * @param {WholeClass} plenary
 * @returns {Desk}
 */
export function makeDesk(boot, pushed, call, send, plenary) {
  const now = signal(Date.now());
  const session = computed(() => pushed.session.value ?? noSession(boot.session));
  const rows = computed(() => pushed.rowIds.value.flatMap((id) => pushed.row.get(id)?.value ?? []));
  const missingSince = rememberMissing(rows, now);
  // A number of its own: a change in one room must not have every other room judged again.
  const ahead = computed(() => aheadFrom(rows.value));
  const scene = computed(() => ({
    now: now.value,
    paused: session.value.paused !== null,
    ahead: ahead.value,
    missingSince,
  }));
  const seats = computed(() => pushed.seats.value ?? noSeats(boot.session));
  const look = makeLook(boot.side);
  const shownBoot = withoutNames(boot, look, seats);
  const order = ordered(rows, scene);
  const shown = filtered(order, rows, scene, look, shownBoot);
  const visiting = signal(/** @type {string | null} */ (null));
  const refusal = signal(/** @type {Refusal | null} */ (null));
  const told = signal("");
  look.onHide = () => {
    told.value = "";
  };
  return {
    boot: shownBoot,
    session,
    seats,
    presence: computed(() => pushed.presence.value ?? { scope: boot.session, present: [], peers: [], adults: [] }),
    lesson: signal(null),
    room: computed(() => (visiting.value ? (pushed.rooms.value.get(visiting.value) ?? null) : null)),
    board: computed(() => pushed.boards.value.get(session.value.floor) ?? null),
    now,
    rows,
    order,
    shown,
    at: computed(() => {
      const line = inLine(shown.value);
      const at = look.current.value;
      return at !== null && line.includes(at) ? at : (line[0] ?? null);
    }),
    look,
    scene,
    passes: pushed.passes ?? signal(null),
    askPasses: async () => ({ ok: false }),
    row: (room) => pushed.row.get(room),
    open: signal(null),
    visiting,
    call,
    plenary,
    asked: signal(null),
    held: signal(null),
    refusal,
    told,
    calm: signal(false),
    async act(place, kind, fields = {}, words = "") {
      // Two teachers may press at once: what was seen goes along, so that the second press does not count double.
      const ack = await send(kind, OF_ALL.has(kind) ? { seen: session.peek().moves ?? 0, ...fields } : fields);
      refusal.value = ack.ok ? null : { place, code: ack.code ?? "", message: ack.message ?? "", kind };
      if (ack.ok && words) told.value = words;
      return ack;
    },
  };
}

/**
 * The rows in their groups: the same object as long as nothing moved, so that nothing is drawn again.
 * @param {ReadonlySignal<Row[]>} rows
 * @param {ReadonlySignal<Scene>} scene
 */
function ordered(rows, scene) {
  /** @type {Record<Group, string[]>} */
  let last = { needs: [], working: [], waiting: [], done: [] };
  return computed(() => {
    const next = grouped(rows.value, scene.value);
    last = sameOrder(last, next) ? last : next;
    return last;
  });
}

/**
 * What is looked for, of the order: the same object as long as nothing moved.
 * @param {ReadonlySignal<Record<Group, string[]>>} order
 * @param {ReadonlySignal<Row[]>} rows
 * @param {ReadonlySignal<Scene>} scene
 * @param {Look} look
 * @param {Boot} boot
 */
function filtered(order, rows, scene, look, boot) {
  /** @type {Record<Group, string[]>} */
  let last = { needs: [], working: [], waiting: [], done: [] };
  return computed(() => {
    const wanted = look.wanted.value;
    const all = order.value;
    // Rows and clock are asked for only while something is looked for.
    const next = look.isAll.value ? all : found(all, rows.value, wanted, boot.people, scene.value);
    last = sameOrder(last, next) ? last : next;
    return last;
  });
}

/**
 * Note when somebody was first seen to be missing: presence carries no times.
 * @param {ReadonlySignal<Row[]>} rows
 * @param {Signal<number>} now
 */
function rememberMissing(rows, now) {
  /** @type {Map<string, number>} */
  const since = new Map();
  effect(() => {
    for (const row of rows.value) {
      for (const member of row.present) since.delete(member);
      for (const member of missingFrom(row)) if (!since.has(member)) since.set(member, now.peek());
    }
  });
  return (/** @type {string} */ member) => since.get(member) ?? null;
}

/**
 * @param {string} id
 * @returns {Session}
 */
function noSession(id) {
  return {
    session: id,
    version: -1,
    status: "lobby",
    lesson: "",
    floor: -1,
    limit: -1,
    paused: null,
    started_at: null,
    closed_at: null,
    hosts: [],
    notes: [],
  };
}

/**
 * @param {string} id
 * @returns {Seats}
 */
function noSeats(id) {
  return { session: id, version: -1, rooms: {}, why: {}, unplaced: {}, removed: [], parted: [] };
}
