"""What a learner, a teacher or the clock asks of a room or of a session. The sender is never part of the message."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from server.core.live.proposals import ArrivalsPolicy
from server.core.live.works import Entries, MemberId, RoomId, WorkId

MOST_SECONDS_ADDED = 30 * 60
LONGEST_WRAP_UP = 10 * 60
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


class WonderToo(StepCommand):
    """Our room wonders about this entry of another room, too (or takes that back); once a room."""

    kind: Literal["wonder_too"] = "wonder_too"
    entry: Short
    up: bool = True


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


class AnswerOffer(Command):
    """Our room speaks about what it shared, with my voice; or not now."""

    kind: Literal["answer_offer"] = "answer_offer"
    takes: bool


class JoinRound(Command):
    """I would like to speak in this round; `joins` false: I pass, now or ahead of my turn."""

    kind: Literal["join_round"] = "join_round"
    joins: bool


class EndRoundTurn(Command):
    """I have spoken; `turn` is the one that I saw."""

    kind: Literal["end_round_turn"] = "end_round_turn"
    turn: Annotated[int, Field(ge=0, le=10_000)]


HandCommand = RaiseHand | LowerHand | AnswerOffer
RoundCommand = JoinRound | EndRoundTurn
TogetherCommand = HandCommand | RoundCommand
"""What a student asks of the whole class, not of their room."""
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
    | WonderToo
    | AskHelp
    | CancelHelp
    | TogetherCommand
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

    `out_of`: the room in which the teacher saw them ("nowhere": in none); where they are elsewhere by now, nobody moves.
    `apart_too`: the teacher has said that those who are to be kept apart shall sit together all the same.
    """

    kind: Literal["move_seat"] = "move_seat"
    member: Short
    room: Short | None
    out_of: Short | None = None
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


class PaceCommand(Command):
    """A command about the time of all. `seen`: the `moves` of the session's view when the teacher pressed.

    Where two press at once, the second is told so.
    """

    seen: Annotated[int, Field(ge=0)] | None = None


class ExtendAll(PaceCommand):
    """More time for every room's step."""

    kind: Literal["extend_all"] = "extend_all"
    seconds: Annotated[int, Field(ge=10, le=MOST_SECONDS_ADDED)] = 60


class WarnMinute(PaceCommand):
    """One minute is left for the step that every room is on."""

    kind: Literal["warn_minute"] = "warn_minute"


class FitToBell(PaceCommand):
    """Shorten what is left to the minutes that are left until the bell."""

    kind: Literal["fit_to_bell"] = "fit_to_bell"


class WrapUp(PaceCommand):
    """Close the lesson by itself in so many seconds, for all to see."""

    kind: Literal["wrap_up"] = "wrap_up"
    seconds: Annotated[int, Field(ge=10, le=LONGEST_WRAP_UP)] = 120


class CancelWrapUp(Command):
    """Do not close by itself after all."""

    kind: Literal["cancel_wrap_up"] = "cancel_wrap_up"


class SetAside(PaceCommand):
    """Stop here, and go on another day with the same rooms, steps and words."""

    kind: Literal["set_aside"] = "set_aside"


class ReopenSession(Command):
    """Go on with a lesson that was set aside."""

    kind: Literal["reopen_session"] = "reopen_session"


class SendNote(Command):
    """A signed note to all rooms, or to one: typed words, or a phrase of the phrasebook, about a verse where it asks for one."""

    kind: Literal["send_note"] = "send_note"
    text: Annotated[str, Field(max_length=400)] = ""
    phrase: Short | None = None
    segment: Short | None = None
    room: Short | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if bool(self.text.strip()) == bool(self.phrase):
            raise ValueError("a note has words of its own or a phrase, one of the two")
        return self


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


class CloseSession(PaceCommand):
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


class StartModelling(Command):
    """Show both classes how the teachers learn one verse (None: without a text), before rooms open."""

    kind: Literal["start_modelling"] = "start_modelling"
    segment: Short | None = None


class EndModelling(Command):
    """The teachers have shown it."""

    kind: Literal["end_modelling"] = "end_modelling"


ModellingCommand = StartModelling | EndModelling


Members = Annotated[tuple[Short, ...], Field(min_length=1, max_length=4)]


class SplitRoom(Command):
    """Make two rooms of one: `members` go into a new one. `seen`: who sat there when the teacher decided."""

    kind: Literal["split_room"] = "split_room"
    room: Short
    members: Members
    seen: Members


class MergeRooms(Command):
    """Bring `members` of one room into another. `seen` and `into_seen`: who sat in them when the teacher decided."""

    kind: Literal["merge_rooms"] = "merge_rooms"
    room: Short
    members: Members
    seen: Members
    into: Short
    into_seen: Annotated[tuple[Short, ...], Field(max_length=4)]


class EndRoom(Command):
    """End one room: its learners wait with their teachers. `seen`: who sat there when the teacher decided."""

    kind: Literal["end_room"] = "end_room"
    room: Short
    seen: Members


RegroupCommand = SplitRoom | MergeRooms | EndRoom


class ChooseArrivals(Command):
    """Say how much is done by itself for learners without a partner; `instead_of` is what the teacher saw."""

    kind: Literal["choose_arrivals"] = "choose_arrivals"
    policy: ArrivalsPolicy
    instead_of: ArrivalsPolicy


class DoPlacing(Command):
    """Carry out a proposal now."""

    kind: Literal["do_placing"] = "do_placing"
    placing: Short


class DeclinePlacing(Command):
    """Not now: everybody keeps their place."""

    kind: Literal["decline_placing"] = "decline_placing"
    placing: Short


class UndoPlacing(Command):
    """Take back what was placed."""

    kind: Literal["undo_placing"] = "undo_placing"
    placing: Short


ArrivalsCommand = ChooseArrivals | DoPlacing | DeclinePlacing | UndoPlacing


class OfferFloor(Command):
    """Ask a room whether it wants to speak about an entry that it shared."""

    kind: Literal["offer_floor"] = "offer_floor"
    room: Annotated[int, Field(ge=1, le=10_000)]
    entry: Short


class NextSpeaker(Command):
    """Go on to the next one in the round, or begin it; `after` is the turn that the teacher saw.

    `skip`: whoever has the turn is not here; they come at the end.
    """

    kind: Literal["next_speaker"] = "next_speaker"
    after: Annotated[int, Field(ge=0, le=10_000)]
    skip: bool = False


class OrderRound(Command):
    """Put somebody of the round next, or last; also somebody who has passed or spoken."""

    kind: Literal["order_round"] = "order_round"
    who: Short
    place: Literal["next", "last"]


class PutAside(StepCommand):
    """Take an entry off the whole-class board, or (`aside` false) put it back."""

    kind: Literal["put_aside"] = "put_aside"
    entry: Short
    aside: bool = True


class PinEntry(StepCommand):
    """Show this entry large to all (None: none); `before` is what the teacher saw there."""

    kind: Literal["pin_entry"] = "pin_entry"
    entry: Short | None
    before: Short | None = None


PlenaryCommand = GiveFloor | PutHandDown | MutePerson | Spotlight | OfferFloor
LeadCommand = NextSpeaker | OrderRound
CurateCommand = PutAside | PinEntry
TimeCommand = WarnMinute | FitToBell | WrapUp | CancelWrapUp | SetAside | ReopenSession
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
    | ModellingCommand
    | RegroupCommand
    | ArrivalsCommand
    | TimeCommand
    | PlenaryCommand
    | LeadCommand
    | CurateCommand
)
TeacherCommand = TeacherRoomCommand | ProposeRooms | ArrangeRooms | SessionCommand


class Tick(StepCommand):
    """From the clock: look whether this step's time, or the wait for somebody absent, is over."""

    kind: Literal["tick"] = "tick"


class LookAtRound(Command):
    """From the clock: look whether whoever has the turn in the round is here still."""

    kind: Literal["look_at_round"] = "look_at_round"


RoomDecision = StudentCommand | TeacherRoomCommand | Tick
