import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { signal } from "@preact/signals";
import { makeEditor } from "../../components/teacher/pairing/editor.mjs";
import { useMessages } from "../../i18n.mjs";
import { PairingDesk } from "../../net/pairing.mjs";
import {
  leftOut,
  metWords,
  movedTo,
  partWithNewPartners,
  unequal,
  warningLines,
  whyLine,
} from "../../views/teacher/pairing.mjs";

/** @import { People, Seats } from "../../views/teacher/types.mjs" */

/** @type {People} */
const PEOPLE = {
  dan: { names: { en: "Dan" }, side: "a", media: "video", speaks: [], reads: [] },
  adi: { names: { en: "Adi" }, side: "a", media: "video", speaks: [], reads: [] },
  noa: { names: { en: "Noa" }, side: "b", media: "video", speaks: [], reads: [] },
  max: { names: { en: "Max" }, side: "b", media: "video", speaks: [], reads: [] },
};
const EVERYBODY = Object.keys(PEOPLE);
/** @type {Seats} */
const SEATS = {
  session: "s",
  version: 4,
  rooms: { "s.1": ["dan", "noa"] },
  why: {},
  unplaced: {},
  removed: [],
  parted: [],
};

afterEach(() => useMessages("en", {}));

/** Words without the marks that keep a name's direction. @param {string} text */
const plain = (text) => text.replace(/[\u2068\u2069]/g, "");

/** @param {string[]} codes @param {string[]} [present] */
const why = (codes, present = EVERYBODY) => plain(whyLine(codes, PEOPLE, "en", present));

test("why a pair sits together is said in one line of plain words", () => {
  assert.equal(
    why(["different_schools", "never_met", "both_speak:he"]),
    "Different schools, never met, both speak Hebrew",
  );
  assert.equal(
    why(["different_schools", "same_havruta", "both_speak:en", "both_speak:he", "bridge", "group_of_three"]),
    "Different schools, the same havruta as last time, English and Hebrew in common, one of them speaks with both of the others, a group of three",
  );
});

test("a code that this page does not know, or that stands among the warnings, is left out", () => {
  assert.equal(why(["moon_phase", "different_schools", "no_shared_language"]), "Different schools");
  assert.equal(why([]), "");
});

test("a guest is named with whom they miss, until that child comes", () => {
  const codes = ["different_schools", "guest:dan:noa", "same_havruta"];
  const card = { members: ["dan", "adi", "max"], why: codes, warnings: [] };
  assert.match(why(codes, ["dan", "adi", "max"]), /Dan is a guest, as Noa is not here/);
  assert.deepEqual(warningLines(card, PEOPLE, "en", ["dan"]), []);
  assert.doesNotMatch(why(codes), /guest/);
  assert.deepEqual(warningLines(card, PEOPLE, "en", EVERYBODY).map(plain), [
    "Noa has come: Dan belongs together with Noa",
  ]);
});

test("every warning of the server is a sentence that names whom it concerns", () => {
  const warnings = [
    "kept_apart:dan:noa",
    "only_one",
    "one_school",
    "no_shared_language",
    "speaks_with_nobody:max",
    "alone_again:max",
    "more_than_three",
    "met_last_time:dan:noa",
  ];
  const lines = warningLines({ members: [], why: [], warnings }, PEOPLE, "en", EVERYBODY).map(plain);
  assert.equal(lines.length, warnings.length);
  assert.equal(lines[0], "Dan and Noa are to be kept apart");
  assert.equal(lines[5], "Max is the only one of the school again");
  assert.deepEqual(warningLines({ members: [], why: [], warnings: ["comet"] }, PEOPLE, "en", []), []);
});

test("how often two have met is a sentence", () => {
  const last = new Date(2026, 10, 3, 12).getTime();
  assert.equal(plain(metWords({ times: 3, last }, "en-GB")), "3 times, last on 3 November");
  assert.equal(plain(metWords({ times: 1, last }, "en-GB")), "once, on 3 November");
});

test("who stands in rooms that were put in and has no seat was left out, each once", () => {
  assert.deepEqual(
    leftOut(
      [
        ["dan", "noa", "max"],
        ["max", "adi"],
      ],
      SEATS,
    ),
    ["max", "adi"],
  );
});

/**
 * A desk whose server gives these answers in turn.
 * @param {...({ ok: boolean, code?: string })} answers
 */
function deskThat(...answers) {
  /** @type {[string, Record<string, unknown>][]} */
  const sent = [];
  const desk = {
    boot: { people: PEOPLE, language: "en" },
    seats: signal(SEATS),
    session: signal({ version: 7 }),
    held: signal(/** @type {string | null} */ ("max")),
    refusal: signal(/** @type {unknown} */ (null)),
    told: signal(""),
    act: async (
      /** @type {string} */ _place,
      /** @type {string} */ kind,
      /** @type {Record<string, unknown>} */ fields,
    ) => {
      sent.push([kind, fields]);
      const ack = answers.shift() ?? { ok: true };
      desk.refusal.value = ack.ok ? null : ack;
      return ack;
    },
  };
  return { desk, sent, editor: makeEditor(/** @type {any} */ (desk), new PairingDesk("s")) };
}

test("seating those who are kept apart is asked about once, and done on the teacher's word", async () => {
  const { desk, sent, editor } = deskThat({ ok: false, code: "keep_apart" });
  await editor.putDown("s.1");
  const open = editor.open.value;
  assert.equal(open?.question, "apart");
  assert.equal(desk.refusal.value, null, "the question stands for the refusal");
  if (open?.question === "apart") await open.again();
  assert.equal(editor.open.value, null);
  assert.deepEqual(sent, [
    ["move_seat", { member: "max", room: "s.1" }],
    ["move_seat", { member: "max", room: "s.1", apart_too: true }],
  ]);
  assert.match(desk.told.value, /Max/);
});

test("rooms made by hand are thrown away only as this page shows them now", async () => {
  const { desk, sent, editor } = deskThat(
    { ok: false, code: "changed_by_hand" },
    { ok: false, code: "changed_by_hand" },
  );
  await editor.propose();
  const first = editor.open.value;
  desk.session.value = { version: 9 };
  if (first?.question === "anew") await first.again();
  assert.equal(editor.open.value?.question, "anew", "the other teacher has moved somebody meanwhile: asked again");
  const second = editor.open.value;
  desk.session.value = { version: 11 };
  if (second?.question === "anew") await second.again();
  assert.deepEqual(
    sent.map(([, fields]) => fields),
    [{}, { over: 9 }, { over: 11 }],
  );
  assert.equal(editor.open.value, null);
});

test("a refusal that no word of a teacher lifts stays where it is shown", async () => {
  const { desk, editor } = deskThat({ ok: false, code: "may_not_cross" });
  await editor.putDown("s.1");
  assert.equal(editor.open.value, null);
  assert.notEqual(desk.refusal.value, null);
});

test("who is missing from rooms that were put in is told", async () => {
  const { editor } = deskThat({ ok: true });
  await editor.arrange(
    [
      ["dan", "noa"],
      ["adi", "max"],
    ],
    "Seated",
  );
  assert.deepEqual(editor.absent.value, ["adi", "max"]);
});

test("an answer that is a page, or none, is trouble and no crash", async () => {
  const page = new PairingDesk("s", async () => new Response("<html>", { status: 413 }));
  assert.deepEqual(await page.saved(), { ok: false, code: "file_too_large", message: "" });
  const offline = new PairingDesk("s", async () => Promise.reject(new Error("offline")));
  assert.equal((await offline.about("dan")).ok, false);
});

test("requests go to this lesson, with what they say", async () => {
  /** @type {[string, string][]} */
  const asked = [];
  const desk = new PairingDesk("s 1", async (address, options) => {
    asked.push([String(address), String(options?.body ?? "")]);
    return new Response('{"ok": true}');
  });
  await desk.keep("dan", "noa", "apart");
  await desk.rename("g/1", "Tuesday");
  await desk.remove("g");
  assert.deepEqual(asked, [
    ["/sessions/s%201/kept", "one=dan&other=noa&how=apart"],
    ["/sessions/s%201/groups/g%2F1", "name=Tuesday"],
    ["/sessions/s%201/groups/g/delete", ""],
  ]);
});

test("a proposal for new partners is changed by moving one child, also into a new room", () => {
  const rooms = [
    ["dan", "noa"],
    ["adi", "max"],
  ];
  assert.deepEqual(movedTo(rooms, "dan", 1), [["noa"], ["adi", "max", "dan"]]);
  assert.deepEqual(movedTo(rooms, "dan", 2), [["noa"], ["adi", "max"], ["dan"]]);
  assert.deepEqual(movedTo([["dan"], ["adi", "max"]], "dan", 1), [["adi", "max", "dan"]]);
  assert.deepEqual([...unequal([["dan", "noa"], ["dan", "adi"], ["max"]], PEOPLE)], [1, 2]);
});

test("the next part with new partners is the one that the class has not come to", () => {
  const parts = [
    { title: { en: "First" }, first: 0, rotate: true },
    { title: { en: "Second" }, first: 3 },
    { title: { en: "Third" }, first: 6, rotate: true },
  ];
  assert.equal(partWithNewPartners({ parts }, 0)?.title.en, "Third");
  assert.equal(partWithNewPartners({ parts }, 6), null);
  assert.equal(partWithNewPartners(null, 0), null);
});
