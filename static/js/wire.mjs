// What travels between server and browser, as types only (server/wire/messages.py, server/core/live/views.py).

/** @typedef {Record<string, string>} Wording */
/** @typedef {{segment: string, language: string, first: number, last: number}} Mark */
/**
 * @typedef {{text: string, stem?: number | null, choice?: string | null, tag?: string | null, moment?: string | null,
 *   marks: Mark[], spoken: boolean}} Entry
 */

/** @typedef {{ok: boolean, version?: number | null, code?: string | null, message?: string | null, detail?: string | null, kept?: boolean | null, held?: string | null}} Ack */
/** @typedef {{id: string, kind: string, [field: string]: unknown}} Command */

/** @typedef {"video" | "audio" | "none"} Media */
/** @typedef {"on" | "off" | "none" | "refused"} DeviceMark */
/** @typedef {{id: string, side: string, names: Wording, school: string, speaks: string[], reads: string[], media: Media}} MemberView */
/** @typedef {"speak" | "restate" | "confirm" | "show" | "ask"} Phase */
/**
 * @typedef {{speaker: string, acts: string, phase: Phase, loops: number, key: string, language: string | null,
 *   listener: string | null, keeper: string | null, taken: [string, string][]}} TurnView
 */
/**
 * @typedef {{step: number, input: string, member: string, work: string, entries: Entry[], unfinished: boolean, late: boolean,
 *   held: string}} GivenView
 */
/** @typedef {{member: string, entries: Entry[], held: string}} ProposalView */
/**
 * @typedef {{id: string, step: number, author: string, work: string, entries: Entry[], approved: string[], chosen_by: string[],
 *   proposal: ProposalView | null, held: string}} LineView
 */
/** @typedef {{member: string, reason: string, since: number, taken_by: string | null}} HelpView */
/** @typedef {{work: string, entry: number, member: string}} SharedView */
/** @typedef {{id: string, by: string, at: number, text: string}} NoteView */
/** @typedef {"working" | "waiting_for_class" | "done"} RoomState */
/** Whose microphone is open (null: everybody's), which sides' cameras are, and who sits in one classroom. */
/** @typedef {{microphones: string[] | null, cameras: Record<string, boolean>, apart: string[]}} MediaRulesView */
/** @typedef {{step: number, shares: Record<string, number>, reliable: boolean}} TalkView */
/**
 * @typedef {{room: string, number: number, version: number, members: MemberView[], step: number, state: RoomState,
 *   entered_at: number | null, ends_at: number | null, seconds_left: number | null, finished: string[], turn: TurnView | null,
 *   given: GivenView[], confirmed: Record<string, boolean>, lines: LineView[], shared: SharedView[], help: HelpView | null,
 *   visitors: Record<string, boolean>, notes: NoteView[], media: MediaRulesView}} RoomView
 */
/** @typedef {{step: number, input: string, work: string, entries: Entry[], held: string, late: boolean}} MineAnswerView */
/** @typedef {{step: number, input: string, sequence: number, entries: Entry[]}} DraftView */
/**
 * @typedef {{member: string, version: number, room: string | null, waiting: string | null, answers: MineAnswerView[],
 *   drafts: DraftView[], intention: string}} MineView
 */
/** @typedef {{since: number, calm: boolean}} PauseView */
/** @typedef {{id: string, side: string, names: Wording, school: Wording}} HostView */
/**
 * @typedef {{session: string, version: number, status: "lobby" | "running" | "closed", lesson: string, floor: number, limit: number,
 *   paused: PauseView | null, started_at: number | null, closed_at: number | null, hosts: HostView[], notes: NoteView[],
 *   classrooms?: Record<string, boolean>}} SessionView
 */
/** @typedef {{room: number, side: string, entry: Entry}} BoardEntryView */
/** @typedef {{session: string, step: number, version: number, entries: BoardEntryView[]}} BoardView */
/**
 * @typedef {{room: string, number: number, version: number, members: string[], present: string[], step: number, state: RoomState,
 *   finished: string[], acts: string | null, help: HelpView | null, visitors: string[], entered_at: number | null,
 *   ends_at: number | null, moved_at: number | null, check: boolean, talk?: TalkView | null, writing?: string[], weak?: string[],
 *   gone?: Record<string, number | null>}} RowView
 */
/**
 * What a teacher reads of a room without going in (/sessions/{session}/rooms/{room}/work). `seen`: partners have it too.
 * @typedef {{step: number, input: string, member: string, work: string, entries: Entry[], seen: boolean, held: string, late: boolean}} AnswerRead
 */
/** @typedef {{step: number, at: number, until: number | null, added: number}} StepPassed */
/** @typedef {{by: string, at: number, until: number | null, listening_only: boolean}} VisitPaid */
/**
 * @typedef {{room: string, number: number, version: number, step: number, answers: AnswerRead[], lines: LineView[],
 *   passed: StepPassed[], visits: VisitPaid[]}} RoomWorkView
 */
/**
 * @typedef {{session: string, version: number, rooms: Record<string, string[]>, why: Record<string, string[]>,
 *   unplaced: Record<string, string>, removed: string[], parted: string[]}} SeatsView
 */
/**
 * @typedef {{peer: string, who: string, kind: "student" | "teacher", order: number, camera: string, microphone: string,
 *   also?: string[], holding?: boolean}} PeerView
 */
/**
 * @typedef {{scope: string, present: string[], peers: PeerView[], adults: string[],
 *   counts?: Record<string, number>, talk?: TalkView | null}} PresenceView
 */
/**
 * @typedef {{session: string, version: number, together: boolean, step: number, carrier: "livekit" | "mesh", hands: string[],
 *   speaker: string | null, spotlight: string | null, muted: Record<string, string>, circle: PeerView[],
 *   people: {id: string, side: string, names: Wording}[]}} PlenaryView
 */
/** @typedef {{kind: "livekit" | "mesh" | "none", url: string, token: string, me: string, reason: string}} MediaWay */
/** @typedef {{peer: string, who: string, role: "student" | "teacher", session: string, side: string, also?: string[]}} MeView */
/**
 * @typedef {{part: "me", now: number, view: MeView} | {part: "session", now: number, view: SessionView} |
 *   {part: "room", now: number, view: RoomView} | {part: "mine", now: number, view: MineView} |
 *   {part: "board", now: number, view: BoardView} | {part: "presence", now: number, view: PresenceView} |
 *   {part: "seats", now: number, view: SeatsView} | {part: "plenary", now: number, view: PlenaryView}} ViewMessage
 */
/** @typedef {{now: number, rows: RowView[]}} RowsMessage */
/** @typedef {{code: string, by?: string | null, room?: string | null}} Notice */
/** @typedef {{sender: string, description?: RTCSessionDescriptionInit | null, candidate?: RTCIceCandidateInit | null}} SignalIn */

/** @typedef {"frame" | "read" | "solo" | "reveal" | "turns" | "talk" | "restate" | "together" | "board"} StepKind */
/** @typedef {{id: string, label: Wording, describe?: Wording | null, icon?: string | null}} Option */
/**
 * @typedef {{id: string, kind: "text" | "list" | "marks" | "choice" | "rating", prompt: Wording, hint?: Wording | null, min: number,
 *   max: number, evidence: "none" | "optional" | "wanted", because?: Wording | null, options: Option[], tags: Option[],
 *   many: boolean, practice?: string | null}} Input
 */
/**
 * @typedef {{id: string, index: number, part: number, protocol: string, protocol_title: Wording, practices: string[], kind: StepKind,
 *   scope: "self" | "group" | "class", channel: "speak" | "type" | "both", title: Wording, prompt: Wording, alone: Wording | null,
 *   seconds: number, seconds_for: Record<string, number>, for_group: Record<string, Partial<LessonStep> | null>,
 *   segment: string | null, text_shown: "both" | "own" | "source" | "none", uses: string[], visibility: string, completion: string,
 *   choose_one: boolean, max_loops: number, turn_seconds: number | null, rounds: number, output: string | null, inputs: Input[],
 *   roles: Record<string, Wording>, stems: Wording[], deeper: Wording[]}} LessonStep
 */
/** @typedef {{protocol: string, title: Wording, first: number, last: number}} LessonPart */
/** @typedef {{lang: string, first: number, last: number, note: Wording}} Gloss */
/** One word as read: `w` is shown, `j` stands between it and the next, `k` is what is written where that differs (ketiv). */
/** @typedef {{w: string, j: string, k?: string}} Word */
/**
 * @typedef {{id: string, number: Wording | null, words: Record<string, Word[]>, plain: Wording, glosses: Gloss[]}} Segment
 */
/** @typedef {{segment: string, lang: string, first: number, last: number}} Span */
/**
 * @typedef {{id: string, title: Wording, ref: Wording, intro: Wording, source: Record<string, {edition: string, licence: string}>,
 *   hash: string, segments: Segment[], ambiguous: Span[]}} TextView
 */
/**
 * @typedef {{hash: string, title: Wording, band: "A" | "B" | "C", pacing: "pairs" | "class", source_language: string, text: TextView | null,
 *   steps: LessonStep[], parts: LessonPart[]}} Lesson
 */

/** @typedef {{names: Wording, place: Wording, zone: string}} SchoolBoot */
/** `schools`: all of the side, the reader's own first; the fields beside it are the first one's. */
/**
 * @typedef {{school: Wording, place: Wording, zone: string, language: string, schools: SchoolBoot[],
 *   where?: "school" | "home"}} SideBoot
 */
/**
 * @typedef {{role: "student", member: string, language: string, dir: "ltr" | "rtl", names: Wording, side: string,
 *   session: string | null, socket: string, ice: string, sides: Record<string, SideBoot>, title: Wording, starts_at: string | number,
 *   demo: boolean, greeting?: Wording | string, checked?: boolean, help_numbers: Wording | string, signout: string, media?: Media,
 *   the_name?: "written" | "heh", also?: {id: string, names: Wording} | null, share?: string, unshare?: string,
 *   media_way: string, livekit_rooms: boolean}} StudentBoot
 */

export {};
