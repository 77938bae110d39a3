// Two learners at one device: who should be at the keyboard, and what may stand on the page while both look at it.

/** @import {Lesson, LessonStep, Media, MineView, PeerView, RoomView} from "../wire.mjs" */

/** @typedef {{kind: "who"} | {kind: "pass", to: string}} Cover */
/**
 * @typedef {object} AtSeat
 * @property {readonly string[]} members for whom this device speaks, in the room at hand
 * @property {string} at who is at the keyboard
 * @property {boolean} covered nobody has said yet who is here: the page has just been opened
 * @property {string} passing to whom the device is being passed by hand, or ""
 * @property {string} stays the moment for which `at` keeps the keyboard although it is another's
 */

/**
 * Return whether a step shows one learner's own page. Where it does not, two work on one page, and nothing private is on it.
 * @param {LessonStep | null} step
 * @param {RoomView} room
 */
export function isOnesOwn(step, room) {
  return step !== null && room.state === "working" && (step.kind === "solo" || room.turn !== null);
}

/**
 * Return whose turn at the keyboard it is: of the one who acts; of the one who is not done yet.
 * @param {readonly string[]} members
 * @param {string} at
 * @param {LessonStep | null} step
 * @param {RoomView} room
 */
export function wantedAt(members, at, step, room) {
  if (!step || !isOnesOwn(step, room)) return at;
  const acts = room.turn?.acts;
  if (acts) return members.includes(acts) ? acts : at;
  if (step.scope === "class" || !room.finished.includes(at)) return at;
  return members.find((member) => !room.finished.includes(member)) ?? at;
}

/**
 * Name the moment in a room after which the keyboard may be wanted by somebody else.
 * @param {RoomView} room
 */
export function momentOf(room) {
  const turn = room.turn ? `${room.turn.acts}/${room.turn.speaker}/${room.turn.key}/${room.turn.phase}` : "";
  return `${room.step}/${turn}/${room.finished.join()}`;
}

/**
 * Return what lies over the page: the question who is here, the word to pass the device on, or nothing.
 * @param {AtSeat} seat
 * @param {LessonStep | null} step
 * @param {RoomView} room
 * @returns {Cover | null}
 */
export function coverOf({ members, at, covered, passing, stays }, step, room) {
  if (members.length < 2) return null;
  if (covered) return { kind: "who" };
  if (passing && passing !== at && isOnesOwn(step, room)) return { kind: "pass", to: passing };
  const wanted = wantedAt(members, at, step, room);
  return wanted !== at && stays !== momentOf(room) ? { kind: "pass", to: wanted } : null;
}

/**
 * Return what both may see of one learner's own part: what the room sees too, or will.
 * @param {MineView} mine
 * @param {Lesson | null} lesson
 * @returns {MineView}
 */
export function withoutPrivate(mine, lesson) {
  const shared = mine.answers.filter((answer) => {
    const visibility = lesson?.steps[answer.step]?.visibility;
    return !answer.held && (visibility === "after_reveal" || visibility === "live");
  });
  return { ...mine, answers: shared, drafts: [], intention: "" };
}

/**
 * @param {readonly (Media | undefined)[]} agreed
 * @returns {Media} the least of what families agreed to; where it is not known, nothing
 */
export function leastOf(agreed) {
  if (agreed.some((media) => media === undefined || media === "none")) return "none";
  return agreed.includes("audio") ? "audio" : "video";
}

/**
 * @param {PeerView} peer
 * @returns {string[]} everybody at a device
 */
export function atDevice(peer) {
  return [peer.who, ...(peer.also ?? [])];
}

/**
 * Return members by device: two who share one stand together.
 * @template {{id: string}} Member
 * @param {readonly Member[]} members
 * @param {readonly PeerView[]} peers
 * @returns {Member[][]}
 */
export function byDevice(members, peers) {
  /** @type {Member[][]} */
  const found = [];
  for (const member of members) {
    const shared = peers.map(atDevice).find((ids) => ids.length > 1 && ids.includes(member.id)) ?? [];
    const known = found.find((group) => group.some((one) => shared.includes(one.id)));
    if (known) known.push(member);
    else found.push([member]);
  }
  return found;
}
