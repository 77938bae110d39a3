"""What a learner, a teacher or the clock asks of a room or of a session. The sender is never part of the message."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from server.core.live.works import Entries, MemberId, RoomId, WorkId

MOST_SECONDS_ADDED = 30 * 60
Short = Annotated[str, Field(min_length=1, max_length=80)]
StepIndex = Annotated[int, Field(ge=0, le=500)]


@dataclass(frozen=True, slots=True)
class Student:
    """A learner, speaking for themselves."""

    member: MemberId


@dataclass(frozen=True, slots=True)
class Teacher:
    """An adult of one of the two sides."""

    staff: str
    side: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Time itself: deadlines and absences."""


Sender = Student | Teacher | Clock


class Command(BaseModel):
    """Frozen; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StepCommand(Command):
    """A command about the step it was written for (lesson index)."""

    step: StepIndex


class Answer(StepCommand):
    """Give or replace my answer to one input."""

    kind: Literal["answer"] = "answer"
    input: Short
    entries: Entries


class Finish(StepCommand):
    """Done with this step."""

    kind: Literal["finish"] = "finish"


class Reopen(StepCommand):
    """Not done after all."""

    kind: Literal["reopen"] = "reopen"


class TakeTurn(StepCommand):
    """End the turn that is mine (reading, speaking, restating, asking), or pass it."""

    kind: Literal["take_turn"] = "take_turn"
    passed: bool = False


class Confirm(StepCommand):
    """Answer a restatement ("yes, that is it" / "not yet"), or what a partner wrote about my idea (`member`)."""

    kind: Literal["confirm"] = "confirm"
    right: bool
    member: Short | None = None


class AddLine(StepCommand):
    """Add a line to what we write together."""

    kind: Literal["add_line"] = "add_line"
    input: Short
    entries: Entries


class RewordLine(StepCommand):
    """Change my own line, or propose other words for a partner's."""

    kind: Literal["reword_line"] = "reword_line"
    line: Short
    entries: Entries


class AnswerProposal(StepCommand):
    """Take over the words proposed for my line, or keep mine."""

    kind: Literal["answer_proposal"] = "answer_proposal"
    line: Short
    accept: bool


class ApproveLine(StepCommand):
    """Stand behind a line, or no longer."""

    kind: Literal["approve_line"] = "approve_line"
    line: Short
    approves: bool = True


class ChooseLine(StepCommand):
    """Mark one line as the one to carry on with."""

    kind: Literal["choose_line"] = "choose_line"
    line: Short


class WithdrawLine(StepCommand):
    """Take my own line back."""

    kind: Literal["withdraw_line"] = "withdraw_line"
    line: Short


class Share(StepCommand):
    """Put one of my entries, or a line of our room, on the whole-class board that this step leads to."""

    kind: Literal["share"] = "share"
    work: WorkId
    entry: Annotated[int, Field(ge=0, le=20)] = 0


class AskHelp(Command):
    """Ask for a teacher."""

    kind: Literal["ask_help"] = "ask_help"
    reason: Annotated[str, Field(max_length=40)] = ""


class CancelHelp(Command):
    """We found our way."""

    kind: Literal["cancel_help"] = "cancel_help"


class RaiseHand(Command):
    """I would like to say something to the whole class."""

    kind: Literal["raise_hand"] = "raise_hand"


class LowerHand(Command):
    """Not any more."""

    kind: Literal["lower_hand"] = "lower_hand"


HandCommand = RaiseHand | LowerHand
StudentCommand = (
    Answer
    | Finish
    | Reopen
    | TakeTurn
    | Confirm
    | AddLine
    | RewordLine
    | AnswerProposal
    | ApproveLine
    | ChooseLine
    | WithdrawLine
    | Share
    | AskHelp
    | CancelHelp
    | HandCommand
)


class RoomCommand(Command):
    """A teacher's command for one room."""

    room: Short


class AddTime(RoomCommand):
    """More time for this room's step."""

    kind: Literal["add_time"] = "add_time"
    seconds: Annotated[int, Field(ge=10, le=MOST_SECONDS_ADDED)] = 60


class MoveRoomOn(RoomCommand):
    """Take this room to its next step (never past a gate)."""

    kind: Literal["move_room_on"] = "move_room_on"
    step: StepIndex


class TakeHelp(RoomCommand):
    """I am on my way to this room."""

    kind: Literal["take_help"] = "take_help"


class ClearHelp(RoomCommand):
    """This room has been helped."""

    kind: Literal["clear_help"] = "clear_help"


class EnterRoom(RoomCommand):
    """Come in, seen by all."""

    kind: Literal["enter_room"] = "enter_room"
    listening_only: bool = False


class LeaveRoom(RoomCommand):
    """Go out again."""

    kind: Literal["leave_room"] = "leave_room"


TeacherRoomCommand = AddTime | MoveRoomOn | TakeHelp | ClearHelp | EnterRoom | LeaveRoom


SeenVersion = Annotated[int, Field(ge=0)] | None
"""The session's version that a teacher saw who throws away rooms made by hand; None where they saw none."""


class ProposeRooms(Command):
    """Lay out rooms for those who have arrived; the server fills in `rooms`, `why` and `unplaced` itself.

    Rooms that a teacher made by hand are not thrown away unless `over` says that they were seen as they are now.
    """

    kind: Literal["propose_rooms"] = "propose_rooms"
    over: SeenVersion = None


class ArrangeRooms(Command):
    """Seat students in these rooms, from saved groups or a list: who cannot sit there now is left out by the server.

    `apart_too`: the teacher has said that those who are to be kept apart shall sit together all the same.
    """

    kind: Literal["arrange_rooms"] = "arrange_rooms"
    rooms: Annotated[tuple[Annotated[tuple[Short, ...], Field(max_length=12)], ...], Field(max_length=1_000)]
    apart_too: bool = False
    over: SeenVersion = None


class LayOutRooms(Command):
    """The proposal that the pairing made, or rooms put in as a whole: from the server only, never from the wire."""

    kind: Literal["lay_out_rooms"] = "lay_out_rooms"
    rooms: dict[RoomId, tuple[MemberId, ...]]
    why: dict[RoomId, tuple[str, ...]] = {}
    unplaced: dict[MemberId, str] = {}
    by_hand: bool = False
    apart: tuple[tuple[MemberId, MemberId], ...] = ()
    over: SeenVersion = None


class MoveSeat(Command):
    """Seat a student in a room ("new": a room of their own to fill; None: with the teacher).

    `apart_too`: the teacher has said that those who are to be kept apart shall sit together all the same.
    """

    kind: Literal["move_seat"] = "move_seat"
    member: Short
    room: Short | None
    apart_too: bool = False


class StartLesson(Command):
    """Open the rooms."""

    kind: Literal["start_lesson"] = "start_lesson"


class NextGate(Command):
    """Open the next gate for everyone, or go on from the open one; `after` is the floor that the teacher saw.

    `same_partners`: also into a part that the plan begins with new ones.
    """

    kind: Literal["next_gate"] = "next_gate"
    after: Annotated[int, Field(ge=-1, le=500)]
    to: StepIndex | None = None
    same_partners: bool = False


class StartPartners(Command):
    """Begin the next part with new partners, in these rooms; `after` is the floor that the teacher saw."""

    kind: Literal["start_partners"] = "start_partners"
    after: Annotated[int, Field(ge=-1, le=500)]
    rooms: Annotated[tuple[Annotated[tuple[Short, ...], Field(max_length=12)], ...], Field(max_length=1_000)]
    apart_too: bool = False


class Pause(Command):
    """Stand still; `calm` is Stop now."""

    kind: Literal["pause"] = "pause"
    calm: bool = False


class Resume(Command):
    """Go on."""

    kind: Literal["resume"] = "resume"


class ExtendAll(Command):
    """More time for every room's step."""

    kind: Literal["extend_all"] = "extend_all"
    seconds: Annotated[int, Field(ge=10, le=MOST_SECONDS_ADDED)] = 60


class SendNote(Command):
    """A signed note to all rooms, or to one."""

    kind: Literal["send_note"] = "send_note"
    text: Annotated[str, Field(min_length=1, max_length=400)]
    room: Short | None = None


class RemoveMember(Command):
    """Take a student out of the lesson."""

    kind: Literal["remove_member"] = "remove_member"
    member: Short


class PartRoom(Command):
    """Separate now."""

    kind: Literal["part_room"] = "part_room"
    room: Short


class ShareClassroom(Command):
    """Our children sit in one classroom (or not): then they do not hear each other through the network."""

    kind: Literal["share_classroom"] = "share_classroom"
    shared: bool


class CloseSession(Command):
    """End the lesson."""

    kind: Literal["close_session"] = "close_session"


class GiveFloor(Command):
    """This student speaks to the whole class now (None: nobody does)."""

    kind: Literal["give_floor"] = "give_floor"
    member: Short | None


class PutHandDown(Command):
    """Take a student's hand out of the line."""

    kind: Literal["put_hand_down"] = "put_hand_down"
    member: Short


class MutePerson(Command):
    """Close somebody's microphone in the whole class."""

    kind: Literal["mute_person"] = "mute_person"
    who: Short


class Spotlight(Command):
    """Show this person large to all (None: nobody)."""

    kind: Literal["spotlight"] = "spotlight"
    who: Short | None


PlenaryCommand = GiveFloor | PutHandDown | MutePerson | Spotlight
SessionCommand = (
    LayOutRooms
    | MoveSeat
    | StartLesson
    | NextGate
    | StartPartners
    | Pause
    | Resume
    | ExtendAll
    | SendNote
    | RemoveMember
    | PartRoom
    | ShareClassroom
    | CloseSession
    | PlenaryCommand
)
TeacherCommand = TeacherRoomCommand | ProposeRooms | ArrangeRooms | SessionCommand


class Tick(StepCommand):
    """From the clock: look whether this step's time, or the wait for somebody absent, is over."""

    kind: Literal["tick"] = "tick"


RoomDecision = StudentCommand | TeacherRoomCommand | Tick
