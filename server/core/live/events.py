"""What happened in a room or in a session: past tense, frozen, no words of learners (those are works)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

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
    """A member sits in `room` now; None: with the teacher in the lobby. `apart`: kept apart, seated together all the same."""

    kind: Literal["seat_moved"] = "seat_moved"
    member: MemberId
    room: RoomId | None
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


class SessionClosed(Event):
    """The lesson ended."""

    kind: Literal["session_closed"] = "session_closed"
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


PlenaryEvents = HandRaised | HandLowered | FloorGiven | PersonMuted | Spotlit
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
    | SessionClosed
    | PlenaryEvents
)

AnyEvent = Annotated[RoomEvents | SessionEvents, Field(discriminator="kind")]
EVENTS: TypeAdapter[list[AnyEvent]] = TypeAdapter(list[AnyEvent])
"""Reads and writes the events of one append."""
