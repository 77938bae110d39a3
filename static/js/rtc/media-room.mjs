// What a page needs of a video call, whoever carries it: a mesh between browsers today, a media server one day.

/** @import {Signal} from "@preact/signals-core" */
/** @import {PeerView, SignalIn} from "../wire.mjs" */

/** @typedef {"new" | "connecting" | "connected" | "failed"} LinkState */
/**
 * One other person's picture and sound.
 * @typedef {object} Remote
 * @property {string} peer
 * @property {string} who
 * @property {"student" | "teacher"} kind
 * @property {MediaStream} stream
 * @property {LinkState} state
 * @property {boolean} hasVideo
 * @property {boolean} speaking
 * @property {0 | 1 | 2 | 3} level how good the connection is, 0: none
 */
/**
 * @typedef {object} MediaRoom
 * @property {Signal<Remote[]>} remotes
 * @property {(ice: RTCConfiguration) => void} open may be called once the servers are known; nothing flows before
 * @property {(mine: string | null, peers: PeerView[], belongs: (who: string) => boolean) => void} meet who is in the room now
 * @property {(message: SignalIn) => void} hear a message of another peer
 * @property {(stream: MediaStream | null) => void} show what the others get from me
 * @property {() => void} again the way for messages is back
 * @property {() => void} close
 */

export {};
