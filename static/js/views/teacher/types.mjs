// The types of the teacher's page: short names for what travels (wire.mjs), and what the page is opened with.

/** @typedef {import("../../wire.mjs").Wording} Wording */
/** @typedef {import("../../wire.mjs").RowView} Row */
/** @typedef {import("../../wire.mjs").SessionView} Session */
/** @typedef {import("../../wire.mjs").SeatsView} Seats */
/** @typedef {import("../../wire.mjs").PresenceView} Presence */
/** @typedef {import("../../wire.mjs").PeerView} Peer */
/** @typedef {import("../../wire.mjs").HostView} Host */
/** @typedef {import("../../wire.mjs").NoteView} Note */
/** @typedef {import("../../wire.mjs").RoomView} Room */
/** @typedef {import("../../wire.mjs").BoardView} Board */
/** @typedef {import("../../wire.mjs").Entry} Entry */
/** @typedef {import("../../wire.mjs").Input} Input */
/** @typedef {import("../../wire.mjs").Lesson} Lesson */
/** @typedef {import("../../wire.mjs").Ack} Ack */

/** @typedef {"ours" | "theirs"} Whose relative to the reader */
/** @typedef {{ names: Wording, side: string, class?: string, media: string, crosses?: boolean, answered?: boolean, speaks: string[], reads: string[],
 *   hidden?: string | true }} Pupil `hidden`: the names are left out; a number tells two of one school in one room apart */
/** @typedef {Record<string, Pupil>} People learners of the lesson by member id */
/** @typedef {import("../../wire.mjs").SideBoot} SideBoot */
/** @typedef {{ id: string, words: Wording, verse: boolean }} Phrase of the phrasebook; `verse`: it is about one */
/**
 * What the server's page hands over.
 * @typedef {object} Boot
 * @property {string} staff
 * @property {string} side
 * @property {string} language
 * @property {string} session
 * @property {Wording} title
 * @property {number | string} starts_at
 * @property {number} slot_minutes
 * @property {Record<string, SideBoot>} sides
 * @property {People} people
 * @property {string} socket
 * @property {string} ice
 * @property {string} media_way
 * @property {boolean} livekit_rooms
 * @property {Record<string, number>} [unanswered] by side: children of other schools whose families have not answered
 * @property {{ plan: string, review: string, home: string, people?: string, bell?: string, partners?: string }} urls
 * @property {Phrase[]} phrasebook
 * @property {"written" | "heh"} [the_name]
 * @property {boolean} [substitute] an adult who came by a link
 * @property {string} [passes] address of the links for substitutes and guests
 * @property {boolean} demo
 * @property {string | null} [fill]
 */

export {};
