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
/** @typedef {{id: string, by: string, at: number, text: string, wording?: Wording}} NoteView */
/** @typedef {"working" | "waiting_for_class" | "done"} RoomState */
/** Whose microphone is open (null: everybody's), which sides' cameras are, and who sits in one classroom. */
/** @typedef {{microphones: string[] | null, cameras: Record<string, boolean>, apart: string[]}} MediaRulesView */
/** @typedef {{step: number, shares: Record<string, number>, reliable: boolean}} TalkView */
/**
 * @typedef {{room: string, number: number, version: number, members: MemberView[], step: number, state: RoomState,
 *   entered_at: number | null, ends_at: number | null, seconds_left: number | null, finished: string[], turn: TurnView | null,
 *   given: GivenView[], confirmed: Record<string, boolean>, lines: LineView[], shared: SharedView[], wondered?: string[], help: HelpView | null,
 *   visitors: Record<string, boolean>, notes: NoteView[], media: MediaRulesView}} RoomView
 */
/** @typedef {{step: number, input: string, work: string, entries: Entry[], held: string, late: boolean}} MineAnswerView */
/** @typedef {{step: number, input: string, sequence: number, entries: Entry[]}} DraftView */
/**
 * @typedef {{member: string, version: number, room: string | null, waiting: string | null, answers: MineAnswerView[],
 *   drafts: DraftView[], intention: string, soon?: {members: MemberView[], at: number} | null}} MineView
 */
/** @typedef {{since: number, calm: boolean}} PauseView */
/** @typedef {{kind: string, by: string, at: number, seconds: number}} MoveView */
/** @typedef {{by: string, until: number | null, seconds_left: number | null}} WrapUpView */
/** @typedef {{id: string, side: string, names: Wording, school: Wording, substitute?: boolean}} HostView */
/** @typedef {{segment: string | null, since: number, seconds: number, by: string}} ModellingView */
/**
 * @typedef {{id: string, kind: "substitute" | "guest", side: string, name: string, made_by: string, agreed_by: string | null,
 *   state: "waiting" | "open", here: boolean}} PassView
 */
/** @typedef {{session: string, passes: PassView[]}} PassesView */
/** @typedef {{number: number, sides: string[], step: number, state: RoomState, done: number}} GuestRoomView */
/**
 * @typedef {{session: string, status: "lobby" | "running" | "closed", lesson: string, floor: number, paused: boolean,
 *   rooms: GuestRoomView[], board: BoardView | null}} GuestView
 */
/**
 * @typedef {{session: string, version: number, status: "lobby" | "running" | "set_aside" | "closed", lesson: string, floor: number, limit: number,
 *   paused: PauseView | null, started_at: number | null, closed_at: number | null, hosts: HostView[], notes: NoteView[],
 *   classrooms?: Record<string, boolean>, guests?: string[], modelling?: ModellingView | null, bell?: number | null, moves?: number,
 *   moved?: MoveView | null, warned_at?: number | null, left_out?: number[], wrap_up?: WrapUpView | null}} SessionView
 */
/** @typedef {{room: number, side: string, entry: Entry, id: string, of: number | null, input: string, wonders: number}} BoardEntryView */
/** @typedef {{side: string, before: number[], after: number[]}} StandView */
/** @typedef {{step: number, input: string, options: string[], stands: StandView[]}} SpectrumView */
/** @typedef {"list" | "wall" | "spectrum" | "readings"} BoardKind */
/**
 * @typedef {{session: string, step: number, version: number, entries: BoardEntryView[], kind: BoardKind, pinned: string | null,
 *   spectrum: SpectrumView[], aside: {shown: BoardEntryView, by: string}[]}} BoardView
 */
/**
 * @typedef {{of: "children" | "rooms" | "volunteers", turn: number, who: string | null, speaker: string | null, since: number | null,
 *   seconds: number, coming: string[], passed: string[], spoke: string[], volunteers: string[], most: number | null, over: boolean,
 *   rooms: Record<string, string[]>}} RoundView
 */
/** @typedef {{side: string, room: number | null}} TurnOnWall */
/**
 * @typedef {{session: string, version: number, status: "lobby" | "running" | "closed", lesson: string, together: boolean, step: number,
 *   next: number | null, paused: boolean, calm: boolean, ends_at: number | null,
 *   round: {turn: number, now: TurnOnWall | null, next: TurnOnWall | null, since: number | null, seconds: number, left: number,
 *     over: boolean} | null}} ProjectorView
 */
/**
 * @typedef {{room: string, number: number, version: number, members: string[], present: string[], step: number, state: RoomState,
 *   finished: string[], acts: string | null, help: HelpView | null, visitors: string[], entered_at: number | null,
 *   ends_at: number | null, moved_at: number | null, check: boolean, apart?: boolean, talk?: TalkView | null, writing?: string[], weak?: string[],
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
 * @typedef {{id: string, kind: "seat" | "repair" | "trio" | "wait", members: string[], out_of: string | null, room: string | null,
 *   beside: string[], reason: string, due: number | null}} PlacingView
 */
/** @typedef {{id: string, members: string[], room: string, by: string, at: number}} PlacedView */
/**
 * @typedef {{session: string, version: number, rooms: Record<string, string[]>, why: Record<string, string[]>,
 *   unplaced: Record<string, string>, removed: string[], parted: string[], arrivals?: "automatic" | "suggest" | "off",
 *   proposals?: PlacingView[], placed?: PlacedView[], warnings?: Record<string, string[]>, by_hand?: boolean}} SeatsView
 */
/**
 * @typedef {{peer: string, who: string, kind: "student" | "teacher", order: number, camera: string, microphone: string,
 *   also?: string[], holding?: boolean, adult_beside?: boolean}} PeerView
 */
/**
 * @typedef {{scope: string, present: string[], peers: PeerView[], adults: string[],
 *   counts?: Record<string, number>, talk?: TalkView | null}} PresenceView
 */
/**
 * @typedef {{session: string, version: number, together: boolean, step: number, carrier: "livekit" | "mesh", hands: string[],
 *   speaker: string | null, spotlight: string | null, muted: Record<string, string>, circle: PeerView[],
 *   people: {id: string, side: string, names: Wording}[], offer?: {room: string, entry: string} | null,
 *   round?: RoundView | null}} PlenaryView
 */
/** @typedef {{kind: "livekit" | "mesh" | "none", url: string, token: string, me: string, reason: string}} MediaWay */
/** @typedef {{peer: string, who: string, role: "student" | "teacher" | "guest", session: string, side: string, also?: string[]}} MeView */
/**
 * @typedef {{part: "me", now: number, view: MeView} | {part: "session", now: number, view: SessionView} |
 *   {part: "room", now: number, view: RoomView} | {part: "mine", now: number, view: MineView} |
 *   {part: "board", now: number, view: BoardView} | {part: "presence", now: number, view: PresenceView} |
 *   {part: "seats", now: number, view: SeatsView} | {part: "plenary", now: number, view: PlenaryView} |
 *   {part: "guest", now: number, view: GuestView} | {part: "passes", now: number, view: PassesView} |
 *   {part: "projector", now: number, view: ProjectorView}} ViewMessage
 */
/** @typedef {{now: number, rows: RowView[]}} RowsMessage */
/** @typedef {{code: string, by?: string | null, room?: string | null}} Notice */
/** @typedef {{sender: string, description?: RTCSessionDescriptionInit | null, candidate?: RTCIceCandidateInit | null}} SignalIn */

/** @typedef {"frame" | "read" | "solo" | "reveal" | "turns" | "talk" | "restate" | "together" | "board" | "round"} StepKind */
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
 *   choose_one: boolean, board?: BoardKind, round_of?: string, max_loops: number, turn_seconds: number | null, rounds: number, output: string | null, inputs: Input[],
 *   roles: Record<string, Wording>, stems: Wording[], deeper: Wording[]}} LessonStep
 */
/** @typedef {{protocol: string, title: Wording, first: number, last: number, rotate?: boolean}} LessonPart */
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
 *   steps: LessonStep[], parts: LessonPart[], reflection?: number}} Lesson
 */

/** @typedef {{own: boolean, met: {names: Wording, times: number, last: number}[], apart: string[], together: string[]}} AboutStudent */
/** @typedef {{id: string, name: string, at: number, rooms: string[][], elsewhere: number}} SavedGroups */
/** @typedef {{rooms: string[][], problems: {code: string, line: number, value: string, message: string}[]}} ListedRooms */
/** @template T @typedef {({ok: true} & T) | {ok: false, code: string, message: string}} Answer */
/**
 * @typedef {object} PairingDesk what the lobby asks beside the socket (net/pairing.mjs)
 * @property {(student: string) => Promise<Answer<AboutStudent>>} about
 * @property {(one: string, other: string, how: "apart" | "together" | "free") => Promise<Answer<{}>>} keep
 * @property {() => Promise<Answer<{saved: SavedGroups[]}>>} saved
 * @property {(name: string) => Promise<Answer<{id: string}>>} save
 * @property {(id: string, name: string) => Promise<Answer<{}>>} rename
 * @property {(id: string) => Promise<Answer<{}>>} remove
 * @property {(form: FormData) => Promise<Answer<ListedRooms>>} read
 * @property {() => Promise<Answer<{step: number | null, rooms: string[][], unplaced: string[]}>>} newPartners
 * @property {string} template
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
