import assert from "node:assert/strict";
import { test } from "node:test";
import {
  aheadFrom,
  doing,
  grouped,
  needOf,
  needWords,
  nextCall,
  placesFor,
  sameOrder,
  stateWords,
  unseated,
} from "../../views/teacher/board.mjs";

/** @import { People, Presence, Row, Seats } from "../../views/teacher/types.mjs" */

const NOW = 1_000_000_000;
/** @type {People} */
const PEOPLE = {
  dan: { names: { en: "Dan", he: "דן" }, side: "a", media: "video", speaks: ["he"], reads: ["he"] },
  noa: { names: { en: "Noa", he: "נועה" }, side: "b", media: "video", speaks: ["en"], reads: ["en"] },
  gil: { names: { en: "Gil", he: "גיל" }, side: "a", media: "video", speaks: ["he"], reads: ["he"] },
};
const HOSTS = [{ id: "levi", side: "a", names: { en: "Ms Levi" }, school: {} }];

/**
 * @param {number} number
 * @param {Partial<Row>} [changes]
 * @returns {Row}
 */
function row(number, changes = {}) {
  return {
    room: `s.${number}`,
    number,
    version: 1,
    members: ["dan", "noa"],
    present: ["dan", "noa"],
    step: 2,
    state: "working",
    finished: [],
    acts: null,
    help: null,
    visitors: [],
    entered_at: NOW - 30_000,
    ends_at: NOW + 60_000,
    moved_at: NOW,
    check: false,
    ...changes,
  };
}

/** @param {Partial<import("../../views/teacher/board.mjs").Scene>} [changes] */
function scene(changes = {}) {
  return { now: NOW, paused: false, ahead: Number.POSITIVE_INFINITY, missingSince: () => null, ...changes };
}

/** @param {string | null} [by] @param {number} [since] */
function help(by = null, since = NOW - 48_000) {
  return { member: "dan", reason: "", since, taken_by: by };
}

test("rooms that need a teacher come in the order of urgency, the longest waiting first", () => {
  const rows = [
    row(1, { state: "waiting_for_class", step: 5, entered_at: NOW - 200_000 }),
    row(2, { ends_at: NOW - 90_000 }),
    row(3, { present: ["dan"] }),
    row(4, { check: true }),
    row(5, { help: help(null, NOW - 10_000) }),
    row(6, { help: help(null, NOW - 90_000) }),
    row(7, { help: help("levi") }),
  ];
  assert.deepEqual(grouped(rows, scene({ ahead: 3 })).needs, ["s.6", "s.5", "s.4", "s.3", "s.2", "s.1", "s.7"]);
});

test("the other groups stay in the order of their numbers, and a room without members is no row", () => {
  const rows = [
    row(3),
    row(1),
    row(2, { state: "waiting_for_class" }),
    row(4, { state: "done" }),
    row(9, { members: [], present: [] }),
  ];
  assert.deepEqual(grouped(rows, scene()), { needs: [], working: ["s.1", "s.3"], waiting: ["s.2"], done: ["s.4"] });
});

test("a room is stuck only when it is over its time by more than a minute, and never while paused", () => {
  assert.equal(needOf(row(1, { ends_at: NOW - 60_000 }), scene()), null);
  assert.equal(needOf(row(1, { ends_at: NOW - 60_001 }), scene())?.code, "stuck");
  assert.equal(needOf(row(1, { ends_at: NOW - 60_001 }), scene({ paused: true })), null);
  assert.equal(needOf(row(1, { ends_at: null }), scene()), null);
});

test("a call for help stands even while paused", () => {
  assert.deepEqual(needOf(row(1, { help: help() }), scene({ paused: true })), { code: "help", since: NOW - 48_000 });
});

test("a missing partner is told with the time since it was first seen", () => {
  const need = needOf(
    row(1, { present: ["dan"] }),
    scene({ missingSince: (member) => (member === "noa" ? NOW - 31_000 : null) }),
  );
  assert.deepEqual(need, { code: "missing", since: NOW - 31_000 });
  assert.equal(needOf(row(1, { present: [], state: "done" }), scene()), null);
});

test("early is a room that has waited a while and is ahead of nine in ten", () => {
  const rows = [
    row(1, { step: 2 }),
    row(2, { step: 2 }),
    row(3, { step: 6, state: "done", entered_at: NOW - 130_000 }),
  ];
  const ahead = aheadFrom(rows);
  assert.equal(ahead, 3);
  assert.equal(needOf(/** @type {Row} */ (rows[2]), scene({ ahead }))?.code, "early");
  assert.equal(needOf({ .../** @type {Row} */ (rows[2]), entered_at: NOW - 100_000 }, scene({ ahead })), null);
  const thirty = Array.from({ length: 30 }, (_, at) => row(at, { step: at < 3 ? 6 : at < 6 ? 5 : 2 }));
  assert.equal(aheadFrom(thirty), 6);
  assert.equal(aheadFrom([row(1)]), Number.POSITIVE_INFINITY);
});

test("a row to check on never says why", () => {
  const flagged = row(7, { check: true });
  assert.equal(needWords({ code: "check", since: null }, flagged, PEOPLE, HOSTS, "en"), "Check on room 7");
});

test("reasons are words", () => {
  /** @param {string} text */
  const plain = (text) => text.replace(/[\u2066-\u2069]/g, "");
  const asked = row(1, { help: { ...help(), reason: "text" } });
  assert.equal(
    plain(needWords({ code: "help", since: 0 }, asked, PEOPLE, HOSTS, "en")),
    "Help asked by Dan: We do not understand the text",
  );
  assert.equal(
    plain(needWords({ code: "help_taken", since: 0 }, row(1, { help: help("levi") }), PEOPLE, HOSTS, "en")),
    "Ms Levi is on the way",
  );
  assert.equal(
    plain(needWords({ code: "missing", since: null }, row(1, { present: ["dan"] }), PEOPLE, HOSTS, "en")),
    "Noa is not here; the place is kept",
  );
  assert.equal(
    plain(
      needWords(
        { code: "missing", since: null },
        row(1, { members: ["dan", "noa", "gil"], present: ["dan"] }),
        PEOPLE,
        HOSTS,
        "en",
      ),
    ),
    "Noa, Gil are not here; their places are kept",
  );
  assert.equal(plain(stateWords(row(1, { acts: "noa" }), PEOPLE, "he")), "Turn: נועה");
  assert.equal(stateWords(row(1, { finished: ["noa"] }), PEOPLE, "en"), "1 of 2 done");
});

test("what a member does: away counts before done, and at a gate one waits", () => {
  const at = row(1, { finished: ["dan"], acts: "noa" });
  assert.equal(doing("dan", at), "done");
  assert.equal(doing("noa", at), "acts");
  assert.equal(doing("dan", { ...at, present: ["noa"] }), "away");
  assert.equal(doing("noa", { ...at, state: "waiting_for_class" }), "waiting");
});

test("an order that did not change is recognised", () => {
  const order = grouped([row(1), row(2)], scene());
  assert.ok(sameOrder(order, grouped([row(2), row(1)], scene())));
  assert.ok(!sameOrder(order, grouped([row(1), row(2, { check: true })], scene())));
});

test("H goes from call to call and round again, and not to one that is taken", () => {
  const rows = [row(1, { help: help() }), row(2), row(3, { help: help("levi") }), row(4, { help: help() })];
  assert.equal(nextCall(rows, null), "s.1");
  assert.equal(nextCall(rows, "s.1"), "s.4");
  assert.equal(nextCall(rows, "s.4"), "s.1");
  assert.equal(nextCall([row(1)], null), null);
});

/** @type {Seats} */
const SEATS = {
  session: "s",
  version: 1,
  rooms: { "s.1": ["dan", "noa"], "s.2": ["noa"], "s.3": [], "s.4": ["dan"] },
  why: {},
  unplaced: { gil: "with_teacher" },
  removed: [],
  parted: ["s.3"],
};

test("places for a late student: with somebody alone from the other school first, never a parted room", () => {
  assert.deepEqual(
    placesFor("gil", SEATS, PEOPLE).map((place) => place.room),
    ["s.2", "s.4", "s.1"],
  );
});

test("whoever waits without a room is listed with the reason; who was never here is not", () => {
  /** @type {Presence} */
  const nobody = { scope: "s", present: [], peers: [], adults: [] };
  assert.deepEqual(
    unseated(PEOPLE, SEATS, nobody, "en").map((one) => [one.id, one.here, one.why]),
    [["gil", false, "with the teacher"]],
  );
  assert.deepEqual(unseated(PEOPLE, { ...SEATS, unplaced: {} }, nobody, "en"), []);
  assert.deepEqual(unseated(PEOPLE, { ...SEATS, removed: ["gil"] }, { ...nobody, present: ["gil"] }, "en"), []);
});
