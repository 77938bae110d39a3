// The room: faces, one step, the text, a place to write, Done.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.mjs";
import { fill, say, t, tn } from "../../i18n.mjs";
import { changed, tapped, toggled } from "../../views/entries.mjs";
import { atHalfTime, intentionOf, placeInPart, showsIntention, stepAt, wordsInView } from "../../views/lesson.mjs";
import { inMyClassroom } from "../../views/media.mjs";
import { KNOCK } from "../../views/notices.mjs";
import { isHere, listed, memberOf, nameOf, partnerNames, partnersOf, signature } from "../../views/people.mjs";
import { byDevice, coverOf, isOnesOwn, leastOf } from "../../views/seat.mjs";
import { languagesShown, marksOf } from "../../views/text.mjs";
import { banner, turnButtons } from "../../views/turns.mjs";
import { IntentionPin } from "../intention.mjs";
import { Name } from "../person.mjs";
import { TextPane } from "../text-pane.mjs";
import { DeviceButton, FlipButton, Tile } from "../tile.mjs";
import { TurnClock } from "../timer.mjs";
import { AdultSigns, AdultToggle } from "./adults.mjs";
import { WholeClass } from "./plenary.mjs";
import { SeatBar, SeatCover } from "./seat.mjs";
import { Soon } from "./soon.mjs";
import { SoundDialog, SoundLine, TalkLine } from "./sound.mjs";
import { StepWork } from "./steps.mjs";
import { CalmClock, OneMinute, WrapUpLine } from "./time.mjs";

/** @import {Lesson, LessonStep, Mark, MemberView, RoomView, SessionView} from "../../wire.mjs" */
/** @import {StudentPage} from "./page.mjs" */
/** @import {Picking} from "./steps.mjs" */

/**
 * @typedef {object} Scene
 * @property {StudentPage} page
 * @property {Lesson} lesson
 * @property {LessonStep | null} step null after the last
 * @property {RoomView} room
 * @property {SessionView} session
 * @property {string} me
 */

/** @param {{page: StudentPage, onHelp: () => void, onConcern: () => void}} props */
export function Room({ page, onHelp, onConcern }) {
  const lesson = /** @type {Lesson} */ (page.lesson.value);
  const room = /** @type {RoomView} */ (page.room.value);
  const session = /** @type {SessionView} */ (page.session.value);
  const me = page.seat.at.value;
  const step = stepAt(lesson, room.step, room.members.length);
  const scene = { page, lesson, step, room, session, me };
  return html`<${Opened} key=${room.room} ...${scene} onHelp=${onHelp} onConcern=${onConcern} />`;
}

/** @param {Scene & {onHelp: () => void, onConcern: () => void}} props */
function Opened(props) {
  const { page, lesson, step, room, session, me } = props;
  const [view, setView] = useState(startView(step));
  const [picking, setPicking] = useState(/** @type {Picking | null} */ (null));
  const [goTo, setGoTo] = useState(/** @type {Mark | null} */ (null));
  const [refusal, setRefusal] = useState("");
  const now = `${room.step}/${me}`;
  const [at, setAt] = useState(now);
  // A new step starts afresh, and so does another learner's page, but the faces stay: a picture that is taken out of the
  // page stops the voice with it.
  if (at !== now) {
    setAt(now);
    setView(startView(step));
    setPicking(null);
    setGoTo(null);
    setRefusal("");
  }
  const cover = coverOf(seatNow(page, room), step, room);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const desk = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    desk.current?.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: false });
  }, [now, cover === null]);
  useEffect(() => setRefusal(""), [room.turn?.acts, room.turn?.phase, room.finished.length, room.lines.length]);
  const text = textOf(lesson, step, room, me);
  const names = partnerNames(room, me);
  const fillNames = (/** @type {string} */ words) => words.replaceAll("{partner}", names);
  const pick = (/** @type {Picking | null} */ next) => {
    setPicking(next);
    setView(next ? "text" : "write");
  };
  const show = (/** @type {Mark} */ mark) => {
    setGoTo({ ...mark });
    setView("text");
  };
  const work = {
    page,
    lesson,
    room,
    me,
    fillNames,
    picking,
    onPick: pick,
    onMark: show,
    text: text?.text ?? null,
    language: page.boot.language,
    onAnswered: (/** @type {{ok: boolean, message?: string | null}} */ ack) =>
      setRefusal(ack.ok ? "" : (ack.message ?? t("That did not work. Please try again."))),
  };
  if (cover)
    return html`<div class="room is-covered">
    <${Head} ...${props} />
    <${Notices} ...${props} />
    <div class="room-main no-text">
      <${Videos} ...${props} />
      <${SeatCover} page=${page} room=${room} step=${step} cover=${cover} />
    </div>
    <${Foot} room=${room} session=${session} onHelp=${props.onHelp} onConcern=${props.onConcern} page=${page} />
  </div>`;
  return html`<div class="room" data-view=${view}>
    <${Head} ...${props} />
    <${Notices} ...${props} />
    <div class=${`room-main${text ? "" : " no-text"}`}>
      ${page.plenary.together.value ? html`<${WholeClass} page=${page} />` : html`<${Videos} ...${props} />`}
      <${StepCard} ...${props} heading=${heading} fillNames=${fillNames} />
      ${
        text &&
        html`<div class="room-switch"><div class="segmented" role="group" aria-label=${t("Show")}>
        <button type="button" aria-pressed=${String(view === "text")} onClick=${() => setView("text")}>${t("Text")}</button>
        <button type="button" aria-pressed=${String(view === "write")} onClick=${() => setView("write")}>${t("Our work")}</button></div></div>
      <${Text} ...${props} shown=${text} picking=${picking} onPick=${pick} goTo=${goTo} />`
      }
      <section class="write-pane" ref=${desk} aria-label=${t("Our work")}>
        ${step && html`<${StepWork} key=${now} ...${work} step=${step} />`}
      </section>
      ${step && html`<${DoneBar} key=${now} ...${props} refusal=${refusal} onAnswered=${work.onAnswered} onPicked=${() => setPicking(null)} />`}
    </div>
    <${Foot} room=${room} session=${session} onHelp=${props.onHelp} onConcern=${props.onConcern} page=${page} />
  </div>`;
}

/**
 * @param {StudentPage} page
 * @param {RoomView} room
 */
function seatNow({ seat }, room) {
  const members = seat.members.value.filter((member) => memberOf(room, member));
  return {
    members,
    at: seat.at.value,
    covered: seat.covered.value,
    passing: seat.passing.value,
    stays: seat.stays.value,
  };
}

/** @param {LessonStep | null} step */
function startView(step) {
  return step && (step.kind === "read" || step.inputs.some((input) => input.kind === "marks")) ? "text" : "write";
}

/**
 * @param {Lesson} lesson
 * @param {LessonStep | null} step
 * @param {RoomView} room
 * @param {string} me
 */
function textOf(lesson, step, room, me) {
  // What a board shows brings the words that it stands on.
  if (!lesson.text || !step || step.kind === "board") return null;
  const reads = room.members.find((member) => member.id === me)?.reads ?? [];
  const languages = languagesShown(lesson.text, step.text_shown, lesson.source_language, reads);
  return languages.length > 0 ? { text: lesson.text, languages } : null;
}

/** @param {Scene} props */
function Head({ page, lesson, step, room, session }) {
  const place = placeInPart(lesson, room.step, room.members.length, session.left_out);
  const title = say(step?.protocol_title ?? lesson.title);
  return html`<header class="room-head"><h1>${title}</h1>
    <div class="room-place">
    ${
      step &&
      html`<p class="room-step"><span>${t("step {n} of {of}", { n: place.number, of: place.of })}</span>
      <span class="dots" aria-hidden="true">${Array.from({ length: place.of }, (_, index) => html`<i key=${index} class=${index + 1 < place.number ? "done" : index + 1 === place.number ? "now" : ""}></i>`)}</span></p>`
    }
    ${step && room.state !== "waiting_for_class" && html`<${CalmClock} page=${page} room=${room} session=${session} step=${step} />`}
    <button type="button" class="button icon quiet" popovertarget="reading-menu" aria-label=${t("Text size and colours")}><span class="glyph settings" aria-hidden="true"></span></button></div>
  </header>`;
}

/** @param {Scene} props */
function Notices(props) {
  const { page, room, session } = props;
  return html`<div class="room-notices">
    ${page.trouble.value && html`<div class="banner offline" role="status"><span>${t("Connection lost. We are trying again, and what you write is kept.")}</span></div>`}
    ${page.savingIsDelayed.value && html`<div class="banner offline" role="status"><span>${t("Saving takes a little longer just now. Your words are kept on this device.")}</span></div>`}
    ${session.paused && html`<div class="banner" role="status"><span>${t("Your teacher has paused the lesson. You can go on writing.")}</span></div>`}
    <${Visitors} room=${room} session=${session} />
    <${AdultSigns} page=${page} room=${room} />
    <${Soon} page=${page} />
    ${
      page.uplink.value.voiceAlone &&
      html`<div class="banner" role="status"><span>${t("The connection is weak: your voice goes on, without your picture.")}</span>
      <button type="button" class="button quiet" onClick=${page.tryPicture}>${t("Try the picture again")}</button></div>`
    }
    <${WrapUpLine} page=${page} />
    <${OneMinute} ...${props} />
    ${page.told.value.slice(-2).map(
      (
        one,
      ) => html`<div key=${one.id} class=${`banner ${one.kind}`} role="status"><span>${one.by && html`<strong><${Name} name=${one.by} />: </strong>`}<bdi dir="auto">${one.text}</bdi></span>
      <button type="button" class="button quiet" onClick=${() => page.dismiss(one.id)}>${t("All right")}</button></div>`,
    )}
    <${HalfTime} ...${props} />
  </div>`;
}

/**
 * Adults in the room: a knock first, before they hear or see anybody, and then for as long as they are here.
 * @param {{room: RoomView, session: SessionView}} props
 */
function Visitors({ room, session }) {
  const [inside, setInside] = useState(/** @type {string[]} */ ([]));
  const ids = Object.keys(room.visitors).join();
  useEffect(() => {
    const here = ids ? ids.split(",") : [];
    const timer = setTimeout(() => setInside(here), KNOCK);
    return () => clearTimeout(timer);
  }, [ids]);
  const visitors = Object.entries(room.visitors);
  if (visitors.length === 0) return null;
  const words = (/** @type {[string, boolean]} */ [id, listening]) => {
    const name = signature(session.hosts.find((one) => one.id === id));
    if (!inside.includes(id)) return t("{name} is coming in", { name });
    return listening ? t("{name} is listening in your room", { name }) : t("{name} is in your room", { name });
  };
  return html`<div class="banner" role="status"><span>${visitors.map(words).join(" · ")}</span></div>`;
}

/** @param {Scene} props */
function HalfTime({ page, lesson, room, me }) {
  const [open, setOpen] = useState(true);
  const intention = intentionOf(lesson, page.mine.value);
  const key = `half-${room.room}`;
  if (!intention || !open || !atHalfTime(lesson, room.step) || sessionStorage.getItem(key) || room.state === "done")
    return null;
  return html`<div class="banner" role="status"><span>${fill(tn("Half the lesson is over. How is it going with your intention? And what does {name} need?", "Half the lesson is over. How is it going with your intention? And what do {name} need?", Math.max(1, room.members.length - 1)), { name: html`<${Name} name=${partnerNames(room, me)} />` })}</span>
    <button type="button" class="button quiet" onClick=${() => {
      sessionStorage.setItem(key, "1");
      setOpen(false);
    }}>${t("I have thought about it")}</button></div>`;
}

/** @param {Scene} props */
function Videos({ page, room, me }) {
  const remotes = page.remotes.value;
  const presence = page.presence.value;
  const { devices } = page;
  const here = page.seat.members.value;
  const mine = room.members.filter((member) => member.id === me || here.includes(member.id));
  const partners = partnersOf(room, me).filter((member) => !mine.includes(member));
  const teachers = remotes.filter((remote) => remote.kind === "teacher" && remote.state === "connected");
  return html`<section class="videos" aria-label=${t("Faces and voices")}>
    ${byDevice(partners, presence?.peers ?? []).map((members) => html`<${PartnerTile} key=${members[0]?.id} page=${page} members=${members} near=${members.some((member) => inMyClassroom(room, me, member.id))} />`)}
    ${teachers.map((remote) => html`<${Tile} key=${remote.peer} name=${nameOf(page.session.value?.hosts.find((host) => host.id === remote.who))} whose=${page.session.value?.hosts.find((host) => host.id === remote.who)?.side === page.boot.side ? "ours" : "theirs"} stream=${remote.stream} hasVideo=${remote.hasVideo} speaking=${remote.speaking} level=${remote.level} />`)}
    ${
      mine[0] &&
      html`<${Tile} name=${listed(mine.map(nameOf))} whose="ours" self=${true} both=${mine.length > 1} stream=${devices.stream.value} hasVideo=${devices.cameraOpen.value}
      muted=${!devices.microphoneOpen.value} level=${page.uplink.value.level} note=${page.noVideo.value}>
      <div class="tile-controls">
        ${devices.microphone.value === "on" || devices.microphone.value === "off" ? html`<${DeviceButton} device="microphone" on=${devices.microphone.value === "on"} onTurn=${(/** @type {boolean} */ on) => page.turn("microphone", on)} />` : null}
        ${devices.camera.value === "on" || devices.camera.value === "off" ? html`<${DeviceButton} device="camera" on=${devices.camera.value === "on"} onTurn=${(/** @type {boolean} */ on) => page.turn("camera", on)} />` : null}
        ${devices.mayFlip.value && devices.camera.value === "on" && html`<${FlipButton} onFlip=${() => devices.flip()} />`}
        ${!devices.stream.value && leastOf(mine.map((member) => member.media)) !== "none" && !page.noVideo.value && html`<button type="button" class="button" onClick=${page.openDevices}>${t("Switch on")}</button>`}
      </div><//>`
    }
  </section>`;
}

/**
 * One device at the other end, with the one or two who sit at it.
 * @param {{page: StudentPage, members: MemberView[], near: boolean}} props
 */
function PartnerTile({ page, members, near }) {
  const ids = members.map((member) => member.id);
  const here = ids.some((id) => isHere(page.presence.value, id));
  const remote = page.remotes.value.find((one) => ids.includes(one.who));
  const peer = page.presence.value?.peers.find((one) => ids.includes(one.who));
  const whose = members[0]?.side === page.boot.side ? "ours" : "theirs";
  const name = listed(members.map(nameOf));
  const flowing = remote?.state === "connected" && !remote.lost;
  const met = usedToBeHere(ids.join(), here);
  // The line knows of a loss before the server does, and the server where no line was made.
  const reached = flowing || (here && !remote?.lost);
  const note = reached
    ? ""
    : met
      ? t("The connection of {name} is lost; the place is kept", { name })
      : t("{name} is not here yet", { name });
  const state = reached ? (remote && !flowing ? "connecting" : "") : met ? "lost" : "away";
  return html`<${Tile} name=${name} whose=${whose} stream=${remote?.stream ?? null} hasVideo=${Boolean(flowing && remote?.hasVideo && peer?.camera !== "off" && page.sees(remote?.who ?? ""))}
    speaking=${remote?.speaking ?? false} near=${near} speaker=${page.devices.remembered.value.speaker} muted=${flowing && peer?.microphone === "off"} level=${remote?.level ?? 0} state=${state} note=${note} silenced=${Boolean(page.session.value?.paused?.calm) || !page.hears(remote?.who ?? "")} />`;
}

/** @type {Set<string>} */
const seen = new Set();

/**
 * @param {string} member
 * @param {boolean} here
 * @returns {boolean} whether they were here before on this page
 */
function usedToBeHere(member, here) {
  if (here) seen.add(member);
  return seen.has(member);
}

/** @param {Scene & {heading: {current: HTMLElement | null}, fillNames: (words: string) => string}} props */
function StepCard(props) {
  const { page, lesson, step, room, me, heading, fillNames } = props;
  const alone = !partnersOf(room, me).some((member) => isHere(page.presence.value, member.id));
  const waiting = room.state === "waiting_for_class";
  const turn = step && !waiting ? banner(step, room, me) : null;
  const spoken = turn ? `${turn.text.replaceAll("{name}", turn.name)} ${fillNames(turn.role)}` : "";
  const title = !step
    ? t("You have reached the end")
    : waiting
      ? t("Waiting for the class")
      : fillNames(say(step.title));
  useEffect(() => page.announce(`${title}. ${spoken}`), [title, spoken]);
  const prompt = !step
    ? t("You have done everything. Stay together and talk until your teacher closes the lesson.")
    : waiting
      ? t("You are early. Your teacher opens the next step for everybody: “{title}”.", { title: say(step.title) })
      : fillNames(say(alone && step.alone ? step.alone : step.prompt));
  return html`<section class="step-card">
    <${SeatBar} page=${page} room=${room} step=${step} />
    ${
      turn &&
      html`<p class=${`turn-banner ${turn.tone}`}><span>${fill(turn.text, { name: html`<${Name} name=${turn.name} />` })}</span>
      ${step?.kind !== "read" && room.turn && html`<${TurnClock} turn=${`${room.turn.speaker}/${room.turn.key}`} seconds=${room.turn.phase === "speak" ? (step?.turn_seconds ?? null) : null} now=${page.now} />`}</p>`
    }
    ${step && !turn && !waiting && step.kind === "together" && html`<p class="turn-banner together">${t("Together")}</p>`}
    <h2 tabindex="-1" ref=${heading}>${title}</h2>
    ${prompt && html`<p class="instruction">${prompt}</p>`}
    ${turn?.role && html`<p class="why">${fillNames(turn.role)}</p>`}
    ${alone && room.members.length > 1 && !waiting && html`<p class="why">${tn("You are alone for the moment. Go on; your partner finds you here.", "You are alone for the moment. Go on; your partners find you here.", room.members.length - 1)}</p>`}
    <${SoundLine} page=${page} room=${room} me=${me} />
    <${TalkLine} page=${page} room=${room} me=${me} />
    ${!(step && showsIntention(lesson, step)) && html`<${IntentionPin} intention=${intentionOf(lesson, page.mine.value)} />`}
  </section>`;
}

/**
 * @param {Scene & {shown: {text: import("../../wire.mjs").TextView, languages: string[]}, picking: Picking | null,
 *   onPick: (picking: Picking | null) => void, goTo: Mark | null}} props
 */
function Text(props) {
  const { page, lesson, step, room, me, shown, picking, onPick, goTo } = props;
  if (!step) return null;
  const used = wordsInView(lesson, step, room, page.mine.value);
  const current = step.inputs.map((input) => ({ member: me, entries: page.field(step.index, input.id).entries.value }));
  const live = room.given.filter((one) => one.step === step.index);
  const everything = [...used, ...live.filter((one) => one.member !== me), ...current];
  const mine = marksOf(everything.filter((one) => one.member === me));
  const theirs = marksOf(everything.filter((one) => one.member !== me));
  return html`<${TextPane} text=${shown.text} languages=${shown.languages} wanted=${step.kind === "read" ? (room.turn?.language ?? null) : null}
    segment=${step.segment} mine=${mine} theirs=${theirs} theirName=${partnerNames(room, me)} band=${lesson.band} theName=${page.boot.the_name} goTo=${goTo}
    picking=${pickingOf(props, picking, onPick)} />`;
}

/**
 * @param {Scene} scene
 * @param {Picking | null} picking
 * @param {(picking: Picking | null) => void} onPick
 */
function pickingOf({ page, step, room }, picking, onPick) {
  if (!step || room.state !== "working") return null;
  const marks = step.inputs.find((input) => input.kind === "marks");
  const target = picking ? step.inputs.find((input) => input.id === picking.input) : marks;
  if (!target) return null;
  const entries = page.field(step.index, target.id).entries.value;
  if (!picking) {
    return {
      label: t("Tap words to mark them; tap again to take a mark back."),
      marks: entries.flatMap((entry) => entry.marks),
      onWord: (/** @type {string} */ segment, /** @type {string} */ language, /** @type {number} */ word) => {
        const next = tapped(target, entries, segment, language, word);
        if (next) page.write(step.index, target.id, next);
        else page.announce(t("That is as many as are asked for. Take one back first."));
      },
    };
  }
  const now = entries[picking.entry]?.marks ?? [];
  return {
    label: t("Tap the words that show it."),
    marks: now,
    onStop: () => {
      page.give(step.index, target.id);
      onPick(null);
    },
    onWord: (/** @type {string} */ segment, /** @type {string} */ language, /** @type {number} */ word) => {
      const next = toggled(now, segment, language, word);
      if (next.length <= 12) page.write(step.index, target.id, changed(entries, picking.entry, { marks: next }));
    },
  };
}

/** @param {Scene & {refusal: string, onAnswered: (ack: {ok: boolean, message?: string | null}) => void, onPicked: () => void, onHelp: () => void}} props */
function DoneBar(props) {
  const { page, step, room, session, me, refusal, onAnswered } = props;
  const [busy, setBusy] = useState(false);
  // Where two work on one page they are done together.
  const both = page.seat.members.value.filter((member) => memberOf(room, member));
  const writers = isOnesOwn(step, room) || both.length < 2 ? [me] : both;
  const send = async (/** @type {string} */ kind, /** @type {Record<string, unknown>} */ fields = {}) => {
    setBusy(true);
    props.onPicked();
    // Answers go before Done, so that nothing is revealed without them.
    if (kind === "finish") void page.giveAll(room.step);
    const acks = writers.map((member) => page.command(kind, { step: room.step, ...fields }, member));
    const ack = await Promise.all(acks).then((all) => all.find((one) => !one.ok) ?? all[0] ?? { ok: true });
    setBusy(false);
    onAnswered(ack.code === "step_is_over" ? { ok: true } : ack);
  };
  const done = writers.every((member) => room.finished.includes(member));
  const turns = step ? turnButtons(step, room, me) : [];
  const paused = session.paused !== null;
  const asks = step && room.state === "working" && step.scope !== "class";
  return html`<div class="done-bar">
    ${asks && turns.map((button, index) => html`<button key=${button.label} type="button" class=${`button${index === 0 ? " primary large" : ""}`} disabled=${paused} aria-busy=${String(busy)} onClick=${() => send(button.kind, button.fields)}>${button.label}</button>`)}
    ${asks && !room.turn && !done && html`<button type="button" class="button primary large" disabled=${paused} aria-busy=${String(busy)} onClick=${() => send("finish")}>${t("Done")}</button>`}
    ${asks && !room.turn && done && html`<button type="button" class="button large" disabled=${paused} onClick=${() => send("reopen")}>${t("Not done yet")}</button>`}
    <button type="button" class="button icon help-button narrow-only" aria-label=${t("Help")} onClick=${props.onHelp}><span class="glyph hand" aria-hidden="true"></span></button>
    <p class="others" aria-live="polite">${refusal ? html`<strong>${refusal}</strong>` : othersLine(props)}</p>
  </div>`;
}

/**
 * @param {Scene} scene
 * @returns {unknown} one sentence about what the others are doing
 */
function othersLine({ page, step, room, me }) {
  if (!step) return "";
  if (room.state === "waiting_for_class") return t("Your teacher opens the next step.");
  if (step.scope === "class") return t("Your teacher takes everyone on.");
  const partners = partnersOf(room, me);
  const named = (/** @type {MemberView[]} */ members) => html`<${Name} name=${listed(members.map(nameOf))} />`;
  const here = partners.filter((member) => isHere(page.presence.value, member.id));
  const busy = here.filter((member) => !room.finished.includes(member.id));
  const done = room.finished.includes(me);
  const acts = memberOf(room, room.turn?.acts ?? "");
  if (acts) return acts.id === me ? "" : fill(t("The turn ends when {name} ends it."), { name: named([acts]) });
  if (partners.length > 0 && here.length === 0)
    return tn(
      "Your partner is away; the place is kept.",
      "Your partners are away; their places are kept.",
      partners.length,
    );
  const asked = room.lines.find((line) => line.step === step.index && line.author === me && line.proposal);
  const proposer = memberOf(room, asked?.proposal?.member ?? "");
  if (proposer) return fill(t("{name} proposes other words for your line."), { name: named([proposer]) });
  if (busy.length === 0 && here.length > 0) {
    const waits = tn("{name} is done, and waits calmly.", "{name} are done, and wait calmly.", here.length);
    return done ? t("Everybody is done.") : fill(waits, { name: named(here) });
  }
  if (busy.length === 0) return "";
  const words =
    step.kind === "solo"
      ? tn("{name} is still at work", "{name} are still at work", busy.length)
      : tn("{name} is not done yet", "{name} are not done yet", busy.length);
  return done || step.kind === "solo" ? fill(words, { name: named(busy) }) : "";
}

/** @param {{room: RoomView, session: SessionView, page: StudentPage, onHelp: () => void, onConcern: () => void}} props */
function Foot({ room, session, page, onHelp, onConcern }) {
  const [sound, setSound] = useState(false);
  const taken = room.help?.taken_by;
  const host = taken ? signature(session.hosts.find((one) => one.id === taken)) : "";
  const words = taken ? t("{name} is on the way", { name: host }) : t("Help is asked for. A teacher sees it.");
  return html`<footer class="room-foot">
    ${
      room.help
        ? html`<span class="help-asked" role="status"><span class="glyph hand" aria-hidden="true"></span> ${words}</span>
        <button type="button" class="button quiet" onClick=${() => page.command("cancel_help")}>${t("We found our way")}</button>
        <button type="button" class="button quiet" onClick=${onHelp}>${t("Say what it is about")}</button>`
        : html`<button type="button" class="button quiet help-button" onClick=${onHelp}><span class="glyph hand" aria-hidden="true"></span>${t("Help")}</button>`
    }
    <button type="button" class="button quiet" onClick=${onConcern}>${t("Report a concern")}</button>
    <${AdultToggle} page=${page} short=${true} />
    ${page.allowed() !== "none" && html`<button type="button" class="button quiet" aria-label=${t("Sound and picture")} onClick=${() => setSound(true)}><span class="glyph speaker" aria-hidden="true"></span><span class="wide-only">${t("Sound and picture")}</span></button>`}
    ${sound && html`<${SoundDialog} page=${page} onClose=${() => setSound(false)} />`}
  </footer>`;
}
