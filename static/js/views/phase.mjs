// Which page a learner sees now.

/** @import {MineView, RoomView, SessionView} from "../wire.mjs" */

/** @typedef {"stopped" | "no_session" | "opening" | "closed" | "set_aside" | "calm" | "check" | "lobby" | "room"} Phase */

/**
 * @param {object} state
 * @param {string | null} state.stoppedBy
 * @param {string | null} state.bootSession
 * @param {SessionView | null} state.session
 * @param {MineView | null} state.mine
 * @param {RoomView | null} state.room
 * @param {boolean} state.hasLesson
 * @param {boolean} state.checked whether the device check is behind us
 * @returns {Phase}
 */
export function phaseOf({ stoppedBy, bootSession, session, mine, room, hasLesson, checked }) {
  if (stoppedBy) return "stopped";
  if (!bootSession) return "no_session";
  if (!session || !mine) return "opening";
  if (session.status === "closed") return "closed";
  if (session.status === "set_aside") return "set_aside";
  if (session.paused?.calm) return "calm";
  if (!checked) return "check";
  if (session.status === "lobby" || !mine.room) return "lobby";
  return room && hasLesson ? "room" : "opening";
}
