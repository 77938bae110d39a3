// Nothing that a child wrote is lost: the outbox, the drafts, and which news is newer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../net/clock.mjs";
import { Drafts, newestDraft } from "../net/drafts.mjs";
import { Outbox } from "../net/outbox.mjs";
import { Store } from "../net/store.mjs";
import { sameAs, Writing, worthSending } from "../net/writing.mjs";

/** @import {Ack, Command, Entry, MineView} from "../wire.mjs" */

function shelf() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    kept,
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
    removeItem: (/** @type {string} */ key) => void kept.delete(key),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A connection that can be cut. */
function line() {
  /** @type {Command[]} */
  const sent = [];
  /** @type {(() => void)[]} */
  const waits = [];
  const state = {
    up: true,
    sent,
    answer: /** @type {Ack} */ ({ ok: true }),
    send: (/** @type {Command} */ command) => {
      sent.push(command);
      return state.up ? Promise.resolve(state.answer) : Promise.reject(new Error("cut"));
    },
    later: (/** @type {() => void} */ run) => void waits.push(run),
    wait: () => {
      for (const run of waits.splice(0)) run();
    },
  };
  return state;
}

/** @param {Partial<Entry>} fields @returns {Entry} */
const entry = (fields) => ({ text: "", marks: [], spoken: false, ...fields });

test("a command sent into a broken connection arrives once it is back, with the same id", async () => {
  const wire = line();
  const outbox = new Outbox({ send: wire.send, later: wire.later });
  wire.up = false;
  const answered = outbox.put({ id: "a1", kind: "finish" });
  await settled();
  wire.up = true;
  outbox.resend();
  assert.deepEqual(await answered, { ok: true });
  assert.deepEqual(
    wire.sent.map((command) => command.id),
    ["a1", "a1"],
  );
  assert.equal(outbox.pending.length, 0);
});

test("what was never answered is sent again after a reload of the page", async () => {
  const storage = shelf();
  const wire = line();
  wire.up = false;
  void new Outbox({ send: wire.send, shelf: storage, later: wire.later }).put({ id: "a1", kind: "answer" });
  await settled();
  const after = line();
  new Outbox({ send: after.send, shelf: storage, later: after.later }).resend();
  await settled();
  assert.deepEqual(after.sent, [{ id: "a1", kind: "answer" }]);
  assert.equal(storage.kept.size, 0);
});

test("commands keep their order when they are sent again", async () => {
  const wire = line();
  wire.up = false;
  const outbox = new Outbox({ send: wire.send, later: wire.later });
  for (const id of ["answer", "finish", "help"]) void outbox.put({ id, kind: id });
  await settled();
  wire.sent.length = 0;
  wire.up = true;
  outbox.resend();
  assert.deepEqual(
    wire.sent.map((command) => command.id),
    ["answer", "finish", "help"],
  );
});

test("of drafts that wait only the newest is sent", async () => {
  const wire = line();
  wire.up = false;
  const outbox = new Outbox({ send: wire.send, later: wire.later });
  void outbox.put({ id: "d1", kind: "save_draft" }, "draft/1/x");
  await settled();
  void outbox.put({ id: "d2", kind: "save_draft" }, "draft/1/x");
  await settled();
  assert.deepEqual(
    outbox.pending.map((one) => one.command.id),
    ["d2"],
  );
});

test("too fast means later, not no", async () => {
  const wire = line();
  wire.answer = { ok: false, code: "too_fast" };
  const outbox = new Outbox({ send: wire.send, later: wire.later });
  const answered = outbox.put({ id: "a1", kind: "answer" });
  await settled();
  wire.answer = { ok: true };
  wire.wait();
  assert.deepEqual(await answered, { ok: true });
});

test("a refusal is an answer and is not asked again", async () => {
  const wire = line();
  wire.answer = { ok: false, code: "not_your_turn", message: "It is not your turn just now." };
  const outbox = new Outbox({ send: wire.send, later: wire.later });
  assert.equal((await outbox.put({ id: "a1", kind: "take_turn" })).code, "not_your_turn");
  wire.wait();
  assert.equal(wire.sent.length, 1);
});

const session = (/** @type {number} */ version) =>
  /** @type {any} */ ({ part: "session", now: 0, view: { session: "s", version, status: "running" } });
const mine = (/** @type {string | null} */ room, /** @type {number} */ version) =>
  /** @type {any} */ ({ part: "mine", now: 0, view: { member: "noa", room, version, answers: [], drafts: [] } });
const room = (/** @type {string} */ id, /** @type {number} */ version, step = 0) =>
  /** @type {any} */ ({ part: "room", now: 0, view: { room: id, version, step } });

test("older news of the same thing is left aside; the same version is news", () => {
  const store = new Store();
  assert.ok(store.take(session(5)));
  assert.ok(!store.take(session(4)));
  assert.ok(store.take(session(5)));
  assert.equal(store.session.value?.version, 5);
});

test("a move to a younger room is not mistaken for old news", () => {
  const store = new Store();
  for (const message of [mine("r1", 40), room("r1", 40, 7), room("r2", 3, 2), mine("r2", 3)]) store.take(message);
  assert.equal(store.room.value?.room, "r2");
  assert.equal(store.room.value?.step, 2);
});

test("who is in the lesson does not hide who is in my room", () => {
  const store = new Store();
  const presence = (/** @type {string} */ scope, /** @type {string[]} */ present) =>
    /** @type {any} */ ({ part: "presence", now: 0, view: { scope, present, peers: [], adults: [] } });
  for (const message of [session(1), mine("r1", 1), presence("r1", ["noa", "max"]), presence("s", [])])
    store.take(message);
  assert.deepEqual(store.presence.value?.present, ["noa", "max"]);
});

test("the server's clock is never made earlier by a slow message", () => {
  const clock = new ServerClock(() => 1000);
  clock.hear(6000);
  clock.hear(4000);
  assert.equal(clock.now(), 6000);
});

test("the draft written last is the one that is offered", () => {
  const here = { sequence: 5, entries: [] };
  const there = { sequence: 9, entries: [] };
  assert.equal(newestDraft(here, there), there);
  assert.equal(newestDraft(null, undefined), null);
});

/** @param {ReturnType<typeof shelf>} storage */
function desk(storage) {
  const clock = { now: 1000 };
  /** @type {any[]} */
  const sent = [];
  /** @type {(() => void)[]} */
  const waits = [];
  const drafts = new Drafts({
    session: "s",
    member: "noa",
    shelf: storage,
    now: () => clock.now,
    send: async (draft) => void sent.push(draft),
    later: (run) => void waits.push(run),
  });
  /** @type {{answer: Ack, given: Entry[][]}} */
  const server = { answer: { ok: true }, given: [] };
  const writing = new Writing({
    drafts,
    now: () => clock.now,
    answer: async (_step, _input, entries) => {
      server.given.push(entries);
      return server.answer;
    },
  });
  return { clock, sent, drafts, writing, server, wait: () => waits.splice(0).map((run) => run()) };
}

test("words are on the device before the server hears of them, and come back after a crash", () => {
  const storage = shelf();
  desk(storage).writing.write(3, "notice", [entry({ text: "cleaved" })]);
  const again = desk(storage);
  assert.equal(again.writing.field(3, "notice").entries.value[0]?.text, "cleaved");
});

test("drafts are sent together, not at every letter", () => {
  const { writing, sent, wait } = desk(shelf());
  for (const text of ["c", "cl", "cle"]) writing.write(3, "notice", [entry({ text })]);
  wait();
  assert.deepEqual(
    sent.map((draft) => draft.entries[0].text),
    ["cle"],
  );
});

test("words that stood on this device alone are said to be kept once the server has them", async () => {
  const { writing, server } = desk(shelf());
  const field = writing.field(3, "notice");
  writing.write(3, "notice", [entry({ text: "one" })]);
  writing.offline();
  assert.equal(field.saved.value, "here");
  writing.draftKept(3, "notice", { ok: true });
  assert.equal(field.saved.value, "saved");
  server.answer = { ok: false, code: "too_many_entries", message: "That is more than fits here." };
  writing.write(3, "notice", [entry({ text: "two" })]);
  await writing.give(3, "notice");
  writing.draftKept(3, "notice", { ok: true });
  assert.equal(field.saved.value, "here", "a refused answer stays refused");
});

test("an answer that was taken clears the draft; words written meanwhile stay", async () => {
  const { writing, drafts, clock } = desk(shelf());
  writing.write(3, "notice", [entry({ text: "one" })]);
  await writing.give(3, "notice");
  assert.equal(drafts.kept(3, "notice"), null);
  writing.write(3, "notice", [entry({ text: "two" })]);
  const underway = writing.give(3, "notice");
  clock.now += 50;
  writing.write(3, "notice", [entry({ text: "two and more" })]);
  await underway;
  assert.equal(drafts.kept(3, "notice")?.entries[0]?.text, "two and more");
});

test("the same words are not given twice, and a refusal is shown and can be tried again", async () => {
  const { writing, server } = desk(shelf());
  writing.write(3, "notice", [entry({ text: "one" })]);
  server.answer = { ok: false, code: "too_many_entries", message: "That is more than fits here." };
  await writing.give(3, "notice");
  assert.equal(writing.field(3, "notice").trouble.value, "That is more than fits here.");
  server.answer = { ok: true };
  await writing.give(3, "notice");
  await writing.give(3, "notice");
  assert.equal(server.given.length, 2);
});

test("what the server sends never overwrites what is being written", () => {
  const { writing } = desk(shelf());
  writing.write(3, "notice", [entry({ text: "mine, new" })]);
  writing.hear(
    /** @type {MineView} */ (
      /** @type {any} */ ({
        answers: [{ step: 3, input: "notice", work: "w", entries: [entry({ text: "old" })], held: "", late: false }],
        drafts: [],
      })
    ),
  );
  assert.equal(writing.field(3, "notice").entries.value[0]?.text, "mine, new");
});

test("late words that were kept count as saved", async () => {
  const { writing, server } = desk(shelf());
  server.answer = { ok: false, code: "step_is_over", kept: true };
  writing.write(3, "notice", [entry({ text: "one" })]);
  await writing.give(3, "notice");
  assert.equal(writing.field(3, "notice").saved.value, "saved");
  assert.equal(writing.field(3, "notice").trouble.value, "");
});

test("empty entries are not sent; a mark or spoken words are", () => {
  const marked = entry({ marks: [{ segment: "1:14", language: "he", first: 0, last: 1 }] });
  assert.deepEqual(worthSending([entry({ text: "  " }), marked, entry({ spoken: true })]).length, 2);
  assert.equal(sameAs([entry({ text: "a", stem: null })]), sameAs([entry({ text: "a" })]));
});

test("the close of a lesson takes every sentence that was not given yet, and leaves no draft behind", async () => {
  const storage = shelf();
  const { writing, drafts, server } = desk(storage);
  server.answer = { ok: false, kept: true };
  writing.write(3, "notice", [entry({ text: "half a sen" })]);
  writing.write(4, "together", [entry({ text: "a line" })]);
  await writing.giveEverything((step) => step === 3);
  assert.deepEqual(
    server.given.map((entries) => entries[0]?.text),
    ["half a sen"],
  );
  assert.equal(drafts.kept(3, "notice"), null);
  assert.equal(drafts.kept(4, "together")?.entries[0]?.text, "a line");
});
