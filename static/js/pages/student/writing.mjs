// What is written at this device: in whose name, kept in step with the lesson, and handed in at the bell.
import { effect } from "@preact/signals";
import { Drafts } from "../../net/drafts.mjs";
import { deviceShelf } from "../../net/live.mjs";
import { Writing, worthSending } from "../../net/writing.mjs";

/** @import {Live} from "../../net/live.mjs" */
/** @import {Seat} from "../../net/seat.mjs" */
/** @import {Page} from "../student.mjs" */

const THANKS_AFTER = 4000;
const LEAVES_AFTER = 2000;

/** @typedef {{member: string, drafts: Drafts, writing: Writing, room: string}} Pen */
/** @typedef {{of: (member: string) => Pen, all: () => Pen[]}} Pens */

/**
 * What is written at this device: each learner's drafts and answers, kept and sent in their own name.
 * @param {string} session
 * @param {Live} live
 * @param {Seat} seat
 * @returns {Pens}
 */
export function makePens(session, live, seat) {
  /** @type {Map<string, Pen>} */
  const pens = new Map();
  const make = (/** @type {string} */ member) => {
    const as = seat.as(member);
    const drafts = new Drafts({
      session,
      member,
      shelf: deviceShelf(),
      send: async (draft) => {
        const fields = { ...draft, entries: worthSending(draft.entries), ...as };
        const place = `draft/${member}/${draft.step}/${draft.input}`;
        if (live.trouble.value) writing.offline();
        const ack = await live.command("save_draft", fields, place);
        // One that was dropped for a newer one has arrived nowhere: the newer one says when the words are with the server.
        if (!live.outbox.pending.some((one) => one.replaces === place)) writing.draftKept(draft.step, draft.input, ack);
      },
    });
    const writing = new Writing({
      drafts,
      answer: (step, input, entries) => live.command("answer", { step, input, entries, ...as }),
    });
    return { member, drafts, writing, room: "" };
  };
  return {
    of: (member) => {
      const known = pens.get(member) ?? make(member);
      pens.set(member, known);
      return known;
    },
    all: () => [...pens.values()],
  };
}

/**
 * @param {Live} live
 * @param {Seat} seat
 * @param {Pens} pens
 */
export function keepSeat(live, seat, pens) {
  effect(() => {
    const me = live.store.me.value;
    if (me) seat.hear(me);
  });
  effect(() => {
    live.store.keyboard.value = seat.at.value;
  });
  // Whoever leaves this device takes along what they have written, to the last word.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.leaves === undefined) return;
    event.preventDefault();
    for (const { drafts } of pens.all()) drafts.flush();
    const unanswered = new Promise((resolve) => {
      const stop = effect(() => {
        if (live.unanswered.value === 0) resolve(undefined);
      });
      setTimeout(() => {
        stop();
        resolve(undefined);
      }, LEAVES_AFTER);
    });
    void unanswered.then(() => form.submit());
  });
}

/**
 * @param {Live} live
 * @param {Pens} pens
 */
export function keepWritingInStep(live, pens) {
  const { store } = live;
  let step = -1;
  const flush = () => {
    for (const { drafts } of pens.all()) drafts.flush();
  };
  effect(() => {
    for (const mine of store.mines.value.values()) {
      const pen = pens.of(mine.member);
      // Drafts belong to a person; the answers of another room are not the ones to go on with.
      if (pen.room && mine.room && mine.room !== pen.room) pen.writing.reset();
      pen.room = mine.room ?? pen.room;
      if (pen.writing.mine !== mine) pen.writing.hear(mine);
    }
  });
  effect(() => {
    const now = store.room.value?.step ?? -1;
    if (now !== step) flush();
    step = now;
  });
  effect(() => {
    if (live.trouble.value) for (const { writing } of pens.all()) writing.offline();
  });
  document.addEventListener("visibilitychange", flush);
  window.addEventListener("pagehide", flush);
}

/**
 * Whoever is in the middle of a sentence when the lesson closes still hands it in; thanks wait for that, but not for ever.
 * @param {Live} live
 * @param {Pens} pens
 * @param {Page} page
 */
export function keepLastWords(live, pens, page) {
  let wasOpen = false;
  effect(() => {
    const status = live.store.session.value?.status;
    if (status === "running") wasOpen = true;
    if (status !== "closed" || !wasOpen) return;
    wasOpen = false;
    const steps = page.lesson.peek()?.steps ?? [];
    const thanks = () => {
      page.handingIn.value = false;
    };
    page.handingIn.value = true;
    setTimeout(thanks, THANKS_AFTER);
    const last = live.store.room.peek()?.step ?? -1;
    const lines = steps[last]?.kind === "together" ? pens.all().map((pen) => page.giveAllOf(pen, last)) : [];
    // What is written together is added as a line; it is no answer of one's own.
    const answers = pens.all().map(({ writing }) => writing.giveEverything((at) => steps[at]?.kind !== "together"));
    void Promise.all([...lines, ...answers]).then(thanks);
  });
}
