"""What happened in a room or in a session: past tense, frozen, no words of learners (those are works)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from server.core.live.proposals import ArrivalsPolicy, PlacingKind
from server.core.live.works import MemberId, RoomId, WorkId

StaffId = str
LineId = str


class Event(BaseModel):
    """Frozen; `step` is the lesson index that a room event belongs to."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RoomEvent(Event):
    """Something that happened in one room, during one step."""

    step: int


class StepEntered(RoomEvent):
    """The room moved on to this step by itself (whole-class moves are session events)."""

    kind: Literal["step_entered"] = "step_entered"


class Answered(RoomEvent):
    """A member gave an answer to an input; a later one replaces an earlier one."""

    kind: Literal["answered"] = "answered"
    member: MemberId
    of_step: int
    input: str
    work: WorkId
    late: bool = False


class Finished(RoomEvent):
    """A member pressed Done."""

    kind: Literal["finished"] = "finished"
    member: MemberId


class Reopened(RoomEvent):
    """A member took Done back."""

    kind: Literal["reopened"] = "reopened"
    member: MemberId


class TurnTaken(RoomEvent):
    """A speaker's turn is over (`key`: the language read, or the round). `passed` where they chose to pass."""

    kind: Literal["turn_taken"] = "turn_taken"
    member: MemberId
    key: str = ""
    passed: bool = False


class PhaseMoved(RoomEvent):
    """Within the turn of `speaker`, restating moved on: speak → restate → confirm → ask; `loops` restatements so far."""

    kind: Literal["phase_moved"] = "phase_moved"
    speaker: MemberId
    phase: Literal["speak", "restate", "confirm", "show", "ask"]
    loops: int = 0


class PartnerConfirmed(RoomEvent):
    """`by` says that what `member` wrote about their idea is right (or asks for another try)."""

    kind: Literal["partner_confirmed"] = "partner_confirmed"
    member: MemberId
    by: MemberId
    right: bool


class LineAdded(RoomEvent):
    """A member added a line to what is written together."""

    kind: Literal["line_added"] = "line_added"
    member: MemberId
    line: LineId
    work: WorkId


class LineReworded(RoomEvent):
    """The author changed their own line, or took over a proposal; approvals start again."""

    kind: Literal["line_reworded"] = "line_reworded"
    line: LineId
    work: WorkId


class LineProposed(RoomEvent):
    """A member proposed other words for somebody's line; the author decides."""

    kind: Literal["line_proposed"] = "line_proposed"
    member: MemberId
    line: LineId
    work: WorkId


class ProposalDeclined(RoomEvent):
    """The author keeps their own words."""

    kind: Literal["proposal_declined"] = "proposal_declined"
    line: LineId


class LineApproved(RoomEvent):
    """A member stands behind somebody's line, or no longer."""

    kind: Literal["line_approved"] = "line_approved"
    member: MemberId
    line: LineId
    approves: bool = True


class LineChosen(RoomEvent):
    """A member marks one line as the one to carry on with (the strongest question, the reading that fits best)."""

    kind: Literal["line_chosen"] = "line_chosen"
    member: MemberId
    line: LineId


class LineWithdrawn(RoomEvent):
    """The author took a line back."""

    kind: Literal["line_withdrawn"] = "line_withdrawn"
    line: LineId


class Shared(RoomEvent):
    """A member gave one of their works (or a line) to the whole-class board of `step`; `entry` counts within the work."""

    kind: Literal["shared"] = "shared"
    member: MemberId
    work: WorkId
    entry: int = 0


class Wondered(RoomEvent):
    """The room says "we wonder too" about another room's entry on the whole-class board, or takes it back."""

    kind: Literal["wondered"] = "wondered"
    member: MemberId
    entry: str
    up: bool = True


class HelpAsked(RoomEvent):
    """A member asked for a teacher."""

    kind: Literal["help_asked"] = "help_asked"
    member: MemberId
    reason: str = ""


class HelpTaken(RoomEvent):
    """A teacher is on the way."""

    kind: Literal["help_taken"] = "help_taken"
    by: StaffId


class HelpCleared(RoomEvent):
    """The call for help is over."""

    kind: Literal["help_cleared"] = "help_cleared"


class TimeAdded(RoomEvent):
    """A teacher gave this room more time for its step."""

    kind: Literal["time_added"] = "time_added"
    seconds: int
    by: StaffId


class TeacherCame(RoomEvent):
    """A teacher is in the room, visibly."""

    kind: Literal["teacher_came"] = "teacher_came"
    by: StaffId
    listening_only: bool = False


class TeacherWent(RoomEvent):
    """The teacher left."""

    kind: Literal["teacher_went"] = "teacher_went"
    by: StaffId


RoomEvents = (
    StepEntered
    | Answered
    | Finished
    | Reopened
    | TurnTaken
    | PhaseMoved
    | PartnerConfirmed
    | LineAdded
    | LineReworded
    | LineProposed
    | ProposalDeclined
    | LineApproved
    | LineChosen
    | LineWithdrawn
    | Shared
    | Wondered
    | HelpAsked
    | HelpTaken
    | HelpCleared
    | TimeAdded
    | TeacherCame
    | TeacherWent
)


class RoomsProposed(Event):
    """Rooms laid out before the start; a later proposal replaces an earlier one. `why`: reason codes, a room each.

    `by_hand`: a teacher put them in as a whole; `apart`: pairs kept apart that sit together all the same.
    """

    kind: Literal["rooms_proposed"] = "rooms_proposed"
    rooms: dict[RoomId, tuple[MemberId, ...]]
    why: dict[RoomId, tuple[str, ...]] = {}
    unplaced: dict[MemberId, str] = {}
    by_hand: bool = False
    apart: tuple[tuple[MemberId, MemberId], ...] = ()


class SeatMoved(Event):
    """A member sits in `room` now; None: with the teacher in the lobby. `by`: an adult, or the clock.

    `apart`: kept apart, seated together all the same.
    """

    kind: Literal["seat_moved"] = "seat_moved"
    member: MemberId
    room: RoomId | None
    by: str | None = None
    apart: tuple[MemberId, ...] = ()


class LessonStarted(Event):
    """Rooms opened; students go in."""

    kind: Literal["lesson_started"] = "lesson_started"
    by: StaffId


class FloorMoved(Event):
    """Every room is at this step at least: a gate opened, or the class moved on."""

    kind: Literal["floor_moved"] = "floor_moved"
    step: int
    by: StaffId


class PartnersChanged(Event):
    """Everybody sits in a new room, and the class is at the step that begins with new partners. `apart`: as above."""

    kind: Literal["partners_changed"] = "partners_changed"
    step: int
    rooms: dict[RoomId, tuple[MemberId, ...]]
    apart: tuple[tuple[MemberId, MemberId], ...] = ()
    by: StaffId


class Paused(Event):
    """The lesson stands still; `calm` is Stop now: media silent, a calm page."""

    kind: Literal["paused"] = "paused"
    by: StaffId
    calm: bool = False


class Resumed(Event):
    """The lesson goes on."""

    kind: Literal["resumed"] = "resumed"
    by: StaffId


class ClassTimeAdded(Event):
    """Every room got more time for the step it is on."""

    kind: Literal["class_time_added"] = "class_time_added"
    seconds: int
    by: StaffId


class NoteSent(Event):
    """A teacher's signed note to all rooms, or to one. Staff's words; still a work, so that it can be erased."""

    kind: Literal["note_sent"] = "note_sent"
    by: StaffId
    work: WorkId
    room: RoomId | None = None


class MemberRemoved(Event):
    """A student was taken out of the lesson by a teacher."""

    kind: Literal["member_removed"] = "member_removed"
    member: MemberId
    by: StaffId


class RoomParted(Event):
    """'Separate now': the members of a room are parted quietly; each waits with their own teacher."""

    kind: Literal["room_parted"] = "room_parted"
    room: RoomId


class ClassroomShared(Event):
    """A teacher said whether the children of their side sit in one classroom."""

    kind: Literal["classroom_shared"] = "classroom_shared"
    side: str
    shared: bool
    by: StaffId


class RoomOpened(Event):
    """A room that begins at a later step than the class's own: those who go into it come from there."""

    kind: Literal["room_opened"] = "room_opened"
    room: RoomId
    step: int


class ArrivalsChosen(Event):
    """A teacher said how much is done by itself for learners without a partner."""

    kind: Literal["arrivals_chosen"] = "arrivals_chosen"
    policy: ArrivalsPolicy
    by: StaffId


class PlacingProposed(Event):
    """The clock proposes a seat (see proposals.Proposal)."""

    kind: Literal["placing_proposed"] = "placing_proposed"
    placing: str
    what: PlacingKind
    members: tuple[MemberId, ...]
    out_of: RoomId | None
    room: RoomId | None
    beside: tuple[MemberId, ...]
    reason: str
    due: datetime | None = None


class PlacingWithdrawn(Event):
    """The reason for a proposal is gone."""

    kind: Literal["placing_withdrawn"] = "placing_withdrawn"
    placing: str


class PlacingDone(Event):
    """A proposal is carried out, `by` an adult or the clock; the seats move with the events that follow."""

    kind: Literal["placing_done"] = "placing_done"
    placing: str
    room: RoomId
    by: str


class PlacingDeclined(Event):
    """A teacher said no to a proposal."""

    kind: Literal["placing_declined"] = "placing_declined"
    placing: str
    by: StaffId


class PlacingUndone(Event):
    """A teacher took a placing back."""

    kind: Literal["placing_undone"] = "placing_undone"
    placing: str
    by: StaffId


ArrivalEvents = ArrivalsChosen | PlacingProposed | PlacingWithdrawn | PlacingDone | PlacingDeclined | PlacingUndone


class SessionClosed(Event):
    """The lesson ended."""

    kind: Literal["session_closed"] = "session_closed"
    by: StaffId


class MinuteWarned(Event):
    """A teacher told every room that one minute is left for the step it is on."""

    kind: Literal["minute_warned"] = "minute_warned"
    by: StaffId


class FittedToBell(Event):
    """What is left was shortened to the bell: new seconds by step (for rooms at that step, from now), and steps left out."""

    kind: Literal["fitted_to_bell"] = "fitted_to_bell"
    seconds: dict[int, int]
    left_out: tuple[int, ...] = ()
    by: StaffId


class WrapUpAnnounced(Event):
    """The lesson closes by itself when so many seconds have gone by, unless somebody takes that back."""

    kind: Literal["wrap_up_announced"] = "wrap_up_announced"
    seconds: int
    by: StaffId


class WrapUpCancelled(Event):
    """The lesson does not close by itself after all."""

    kind: Literal["wrap_up_cancelled"] = "wrap_up_cancelled"
    by: StaffId


class SessionSetAside(Event):
    """The lesson stops here and goes on another day: rooms, steps and words are kept as they are."""

    kind: Literal["session_set_aside"] = "session_set_aside"
    by: StaffId


class SessionReopened(Event):
    """A lesson that was set aside goes on; its bell is counted from `starts_at` now."""

    kind: Literal["session_reopened"] = "session_reopened"
    starts_at: AwareDatetime
    by: StaffId


class HandRaised(Event):
    """A student asks to speak to the whole class."""

    kind: Literal["hand_raised"] = "hand_raised"
    member: MemberId


class HandLowered(Event):
    """A hand is down again; `by` where a teacher put it down."""

    kind: Literal["hand_lowered"] = "hand_lowered"
    member: MemberId
    by: StaffId | None = None


class FloorGiven(Event):
    """A teacher gave a student the floor in the whole class; None: took it back."""

    kind: Literal["floor_given"] = "floor_given"
    member: MemberId | None
    by: StaffId


class PersonMuted(Event):
    """A teacher closed somebody's microphone in the whole class."""

    kind: Literal["person_muted"] = "person_muted"
    who: str
    by: StaffId


class Spotlit(Event):
    """A teacher shows one person large to all; None: nobody any more."""

    kind: Literal["spotlit"] = "spotlit"
    who: str | None
    by: StaffId


class ModellingStarted(Event):
    """Both classes watch the teachers learn one verse; `seconds` is an invitation."""

    kind: Literal["modelling_started"] = "modelling_started"
    segment: str | None
    seconds: int
    by: StaffId


class ModellingEnded(Event):
    """It has been shown."""

    kind: Literal["modelling_ended"] = "modelling_ended"
    by: StaffId


ModellingEvents = ModellingStarted | ModellingEnded


class FloorOffered(Event):
    """A teacher asked a room whether it wants to say something about what it shared."""

    kind: Literal["floor_offered"] = "floor_offered"
    room: RoomId
    entry: str
    by: StaffId


class OfferAnswered(Event):
    """Somebody of the room said yes (and gets the floor) or "not now"."""

    kind: Literal["offer_answered"] = "offer_answered"
    member: MemberId
    takes: bool


HowEnded = Literal["spoke", "passed", "absent"]


class RoundTurnGiven(Event):
    """The round came to somebody (`who`: a member, or a room with its `speaker`); None: nobody is left, or nobody is here."""

    kind: Literal["round_turn_given"] = "round_turn_given"
    who: str | None
    speaker: MemberId | None
    turn: int


class RoundTurnEnded(Event):
    """A turn of the round is over; `by` where a teacher ended it."""

    kind: Literal["round_turn_ended"] = "round_turn_ended"
    who: str
    how: HowEnded
    by: StaffId | None = None


class RoundOrdered(Event):
    """A teacher put those who are still to come into another order, or brought somebody back."""

    kind: Literal["round_ordered"] = "round_ordered"
    order: tuple[str, ...]
    by: StaffId


class RoundJoined(Event):
    """Somebody wants to speak in the round (a volunteer, or after a pass), or would rather not."""

    kind: Literal["round_joined"] = "round_joined"
    who: str
    joins: bool


class EntryPutAside(Event):
    """A teacher took an entry off the whole-class board, or put it back. The words stay the room's."""

    kind: Literal["entry_put_aside"] = "entry_put_aside"
    step: int
    entry: str
    aside: bool
    by: StaffId


class EntryPinned(Event):
    """A teacher shows one entry of the board large to all; None: none any more."""

    kind: Literal["entry_pinned"] = "entry_pinned"
    step: int
    entry: str | None
    by: StaffId


PaceEvents = MinuteWarned | FittedToBell | WrapUpAnnounced | WrapUpCancelled | SessionSetAside | SessionReopened
PlenaryEvents = HandRaised | HandLowered | FloorGiven | PersonMuted | Spotlit | FloorOffered | OfferAnswered
RoundEvents = RoundTurnGiven | RoundTurnEnded | RoundOrdered | RoundJoined
BoardEvents = EntryPutAside | EntryPinned
MomentEvents = PlenaryEvents | RoundEvents | BoardEvents
"""What happens while the whole class is together: many at a time, and in parts of their own."""
SessionEvents = (
    RoomsProposed
    | SeatMoved
    | LessonStarted
    | FloorMoved
    | PartnersChanged
    | Paused
    | Resumed
    | ClassTimeAdded
    | NoteSent
    | MemberRemoved
    | RoomParted
    | ClassroomShared
    | RoomOpened
    | ArrivalEvents
    | SessionClosed
    | ModellingEvents
    | PaceEvents
    | MomentEvents
)

AnyEvent = Annotated[RoomEvents | SessionEvents, Field(discriminator="kind")]
EVENTS: TypeAdapter[list[AnyEvent]] = TypeAdapter(list[AnyEvent])
"""Reads and writes the events of one append."""
