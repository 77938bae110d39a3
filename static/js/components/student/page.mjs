// What the parts of the student's page are given: signals to read, and doors to call.

/** @import {Ack, BoardView, Entry, Lesson, Media, MeView, MineView, PresenceView, RoomView, SessionView, StudentBoot} from "../../wire.mjs" */
/** @import {ReadonlySignal, Signal} from "@preact/signals" */
/** @import {Remote, Uplink} from "../../rtc/media-room.mjs" */
/** @import {Saver} from "../../rtc/quality.mjs" */
/** @import {Devices} from "../../rtc/devices.mjs" */
/** @import {Told} from "../../views/notices.mjs" */

/**
 * @typedef {object} Field
 * @property {Signal<Entry[]>} entries
 * @property {Signal<"" | "writing" | "here" | "saved">} saved
 * @property {Signal<string>} trouble
 * @property {Signal<string>} held
 */
/**
 * @typedef {object} Seat
 * @property {ReadonlySignal<readonly string[]>} members
 * @property {ReadonlySignal<string>} at
 * @property {ReadonlySignal<boolean>} covered
 * @property {ReadonlySignal<string>} passing
 * @property {ReadonlySignal<string>} stays
 * @property {(member: string, stays?: string) => void} sit
 * @property {(member: string) => void} pass
 */
/**
 * @typedef {object} StudentPage
 * @property {StudentBoot} boot
 * @property {Seat} seat for whom this device speaks, and who is at its keyboard
 * @property {ReadonlySignal<MeView | null>} me
 * @property {ReadonlySignal<SessionView | null>} session
 * @property {ReadonlySignal<MineView | null>} mine
 * @property {ReadonlySignal<RoomView | null>} room
 * @property {ReadonlySignal<PresenceView | null>} presence
 * @property {ReadonlySignal<ReadonlyMap<number, BoardView>>} boards
 * @property {ReadonlySignal<Lesson | null>} lesson
 * @property {ReadonlySignal<boolean>} trouble
 * @property {ReadonlySignal<string | null>} stoppedBy
 * @property {ReadonlySignal<boolean>} savingIsDelayed
 * @property {ReadonlySignal<Told[]>} told
 * @property {ReadonlySignal<string>} said for the screen reader
 * @property {ReadonlySignal<boolean>} checked
 * @property {ReadonlySignal<Remote[]>} remotes
 * @property {ReadonlySignal<Uplink>} uplink
 * @property {() => void} tryPicture
 * @property {Signal<Saver>} saver how much data this device may spend on pictures
 * @property {import("../plenary.mjs").WholeClassCall} plenary
 * @property {ReadonlySignal<string>} noVideo why there are no pictures at all, or ""
 * @property {Devices} devices
 * @property {() => Media} allowed what my family agreed to
 * @property {(who: string) => boolean} hears whether somebody's sound is played here
 * @property {(who: string) => boolean} sees whether somebody's picture is shown here
 * @property {() => number} now the server's time, ms
 * @property {(step: number, input: string) => Field} field
 * @property {(step: number, input: string, entries: Entry[]) => void} write
 * @property {(step: number, input: string) => void} give
 * @property {ReadonlySignal<boolean>} handingIn whether the last words of a closed lesson are on their way
 * @property {(step: number) => Promise<(Ack | null)[]>} giveAll everything in a step that was written and not yet given
 * @property {(step: number, input: string) => Promise<Ack>} addLine to what is written together
 * @property {(kind: string, fields?: Record<string, unknown>, member?: string) => Promise<Ack>} command in the name of
 *   whoever is at the keyboard, unless it is said otherwise
 * @property {(device: "camera" | "microphone", on: boolean) => void} turn
 * @property {() => void} openDevices
 * @property {() => void} finishCheck
 * @property {(heard: (level: number) => void) => () => void} listen
 * @property {() => void} chime
 * @property {ReadonlySignal<boolean>} adultBeside whether I say that an adult sits beside me
 * @property {(now: boolean) => void} sayAdultBeside
 * @property {() => void} takeOver
 * @property {(id: string) => void} dismiss
 * @property {(told: Told) => void} tell
 * @property {(words: string) => void} announce
 */

export {};
