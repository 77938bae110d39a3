// A change of partner that is about to happen, in a calm sentence.
import { t } from "../i18n.mjs";
import { isHere, listed, nameOf } from "./people.mjs";

/** @import {MineView, PresenceView, RoomView} from "../wire.mjs" */

/**
 * Return what a learner reads who will be brought to others in a moment, or "".
 * @param {MineView | null} mine
 * @param {RoomView | null} room
 * @param {PresenceView | null} presence
 */
export function soonWords(mine, room, presence) {
  if (!mine?.soon || !room || mine.soon.members.length === 0) return "";
  const names = listed(mine.soon.members.map(nameOf));
  const gone = room.members.filter((member) => member.id !== mine.member && !isHere(presence, member.id));
  if (gone.length === 0) return t("In a moment you may learn with {names}.", { names });
  return t("The connection of {gone} is lost, and the place is kept. In a moment you may learn with {names}.", {
    gone: listed(gone.map(nameOf)),
    names,
  });
}
