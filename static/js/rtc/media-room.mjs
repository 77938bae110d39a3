// What a page needs of a video call, whoever carries it: a mesh between browsers today, a media server one day.

/** @import {Signal} from "@preact/signals-core" */
/** @import {Media, PeerView, SignalIn} from "../wire.mjs" */
/** @import {Saver} from "./quality.mjs" */

/** @typedef {"new" | "connecting" | "connected" | "failed"} LinkState */
/**
 * One other person's picture and sound.
 * @typedef {object} Remote
 * @property {string} peer
 * @property {string} who
 * @property {"student" | "teacher"} kind
 * @property {MediaStream} stream holds what may be shown and heard now, and nothing else
 * @property {LinkState} state
 * @property {boolean} lost nothing has come over the line for a while: what stands there would be a frozen picture
 * @property {boolean} hasVideo
 * @property {boolean} speaking
 * @property {0 | 1 | 2 | 3} level how good the connection is, 0: none
 */
/**
 * What the view allows this browser to hear and to see.
 * @typedef {object} Rules
 * @property {(who: string) => boolean} hears
 * @property {(who: string) => boolean} sees
 */
/**
 * My own way out. `voiceAlone`: the line is too weak for my picture, which is left out.
 * @typedef {{level: 0 | 1 | 2 | 3, voiceAlone: boolean}} Uplink
 */
/**
 * @typedef {object} MediaRoom
 * @property {Signal<Remote[]>} remotes
 * @property {Signal<Uplink>} uplink
 * @property {(ice: RTCConfiguration) => void} open may be called once the servers are known, and again with fresh credentials; nothing flows before
 * @property {(mine: string | null, peers: PeerView[], belongs: (who: string) => boolean) => void} meet who is in the room now
 * @property {(rules: Rules) => void} obey drop what the view does not allow, at once, and ask for its pictures no more
 * @property {(media: Media) => void} allow what I may send, as my family agreed
 * @property {(saver: Saver) => void} spare how much data may go into pictures, mine and the others'
 * @property {() => void} tryPicture send my picture again although the line was too weak
 * @property {(message: SignalIn) => void} hear a message of another peer
 * @property {(stream: MediaStream | null) => void} show what the others get from me
 * @property {() => void} again the way for messages is back
 * @property {() => void} close
 */

export {};
