// The sound rules of the room, for the one who reads them: who is heard and seen, and why the own microphone is closed.
import { t, tn } from "../i18n.mjs";
import { memberOf, nameOf, partnersOf } from "./people.mjs";

/** @import {PresenceView, RoomView, TalkView} from "../wire.mjs" */

/**
 * What the rules keep closed on a device.
 * @param {RoomView} room
 * @param {readonly string[]} mine the learners who sit at it: both are of one side
 */
export function closedFor(room, mine) {
  const { microphones, cameras } = room.media;
  const side = memberOf(room, mine[0] ?? "")?.side ?? "";
  const turn = microphones !== null && !mine.some((one) => microphones.includes(one));
  return { turn, budget: cameras[side] === false };
}

/**
 * Whether somebody's sound is to be played here.
 * @param {RoomView} room
 * @param {PresenceView | null} presence
 * @param {string} me
 * @param {string} who
 */
export function hears(room, presence, me, who) {
  const member = memberOf(room, who);
  // Adults come in to be heard.
  if (!member) return true;
  if (inMyClassroom(room, me, who)) return false;
  const { microphones } = room.media;
  const also = presence?.peers.find((peer) => peer.who === who)?.also ?? [];
  return microphones === null || [who, ...also].some((one) => microphones.includes(one)) || holds(presence, who);
}

/**
 * Whether somebody's picture may be shown here.
 * @param {RoomView} room
 * @param {string} who
 */
export function sees(room, who) {
  return room.media.cameras[memberOf(room, who)?.side ?? ""] !== false;
}

/**
 * Whether somebody sits in the same classroom, and is heard through the air.
 * @param {RoomView} room
 * @param {string} me
 * @param {string} who
 */
export function inMyClassroom(room, me, who) {
  const side = memberOf(room, me)?.side;
  return who !== me && side !== undefined && room.media.apart.includes(side) && memberOf(room, who)?.side === side;
}

/**
 * @param {PresenceView | null} presence
 * @param {string} who
 */
export function holds(presence, who) {
  return presence?.peers.some((peer) => peer.who === who && peer.holding) ?? false;
}

/**
 * Why my microphone is closed, in one sentence; `{name}` is for `fill`.
 * @param {RoomView} room
 * @param {readonly string[]} mine the learners at this device
 * @param {{holding: boolean, hold: boolean}} state
 * @returns {{text: string, name: string}}
 */
export function whyClosed(room, mine, { holding, hold }) {
  if (holding) return { text: t("You are heard now."), name: "" };
  const speaks = memberOf(room, room.media.microphones?.[0] ?? "");
  if (closedFor(room, mine).turn && speaks)
    return { text: t("{name} is speaking. Hold the button to say something."), name: nameOf(speaks) };
  return hold ? { text: t("Hold the button while you speak."), name: "" } : { text: "", name: "" };
}

/**
 * How the room shares the talking, said gently: nobody is counted, nobody wins.
 * @param {TalkView} talk
 * @param {RoomView} room
 * @param {string} me
 * @returns {{text: string, name: string}}
 */
export function talkSentence(talk, room, me) {
  const most = mostly(talk);
  if (!most) return { text: t("You share the talking evenly."), name: "" };
  const partners = Math.max(1, partnersOf(room, me).length);
  if (most === me)
    return {
      text: tn(
        "You have talked most so far. What does your partner think?",
        "You have talked most so far. What do your partners think?",
        partners,
      ),
      name: "",
    };
  return { text: t("{name} has talked most so far. What do you think?"), name: nameOf(memberOf(room, most)) };
}

/**
 * @param {TalkView} talk
 * @returns {string | null} who has talked clearly more than an equal share, or nobody
 */
export function mostly(talk) {
  const shares = Object.entries(talk.shares);
  const enough = 100 / shares.length + 20;
  return shares.find(([, share]) => share >= enough)?.[0] ?? null;
}

/**
 * Small bars, one a member in the order of seats: ▂▆
 * @param {TalkView} talk
 */
export function talkBars(talk) {
  const bars = "▁▂▃▄▅▆▇█";
  return Object.values(talk.shares)
    .map((share) => bars[Math.min(bars.length - 1, Math.round((share / 100) * bars.length))])
    .join("");
}
