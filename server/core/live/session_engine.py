"""The rules of the lesson as a whole: rooms laid out, started, moved on, paused, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.arrivals import decide_arrivals_command
from server.core.live.bell import Hour
from server.core.live.curation import decide_curation
from server.core.live.engine import Decision
from server.core.live.lesson import Lesson
from server.core.live.modelling import decide_modelling
from server.core.live.pace import decide_pace, is_stale
from server.core.live.phrasebook import note_entries
from server.core.live.plenary import decide_plenary
from server.core.live.proposals import DEFAULT_POLICY, ArrivalsPolicy
from server.core.live.rechecking import apart_in
from server.core.live.refusals import Refused
from server.core.live.regroup import decide_regroup
from server.core.live.rotation import new_partners, partners_due
from server.core.live.rounds import RoundScene, decide_lead
from server.core.live.scene import Person, next_gate
from server.core.live.seating import LARGEST_ROOM, Seating, free_room, room_id, room_number
from server.core.live.state import Session
from server.core.live.works import MemberId, RoomId, Work, WorkId

__all__ = ["LARGEST_ROOM", "Rules", "decide_session", "room_id", "room_number"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a session's decision needs to know: `ready` is a refusal code if the lesson may not start, else None."""

    lesson: Lesson
    people: Mapping[MemberId, Person]
    new_id: WorkId
    may_cross: frozenset[MemberId]
    apart: frozenset[frozenset[MemberId]] = frozenset()
    missing: str | None = None
    beside: Mapping[MemberId, MemberId] = field(default_factory=dict[MemberId, MemberId])
    """Who shares a device with whom now, both ways."""
    adults: frozenset[str] = frozenset()
    arrivals: ArrivalsPolicy = DEFAULT_POLICY
    """What the plan says of learners without a partner."""
    steps: Mapping[RoomId, int] = field(default_factory=dict[RoomId, int])
    """Where the rooms are that a command takes learners out of."""

    @property
    def seating(self) -> Seating:
        """Who may sit where."""
        return Seating(self.people, self.may_cross, self.apart, self.beside, self.lesson.largest_group)

    present: frozenset[MemberId] | None = None
    """Learners who are here, or gone for less than the grace; None: nobody has looked."""
    hour: Hour | None = None
    """Filled in for commands about the time of all."""


def decide_session(session: Session, rules: Rules, teacher: c.Teacher, command: c.SessionCommand) -> Decision:
    """Return what `command` makes happen in the session, or raise Refused. Changes nothing."""
    if is_stale(session, command):
        raise Refused("somebody_was_faster")
    if session.status == "closed":
        raise Refused("not_running")
    match command:
        case c.LayOutRooms():
            return Decision((_laid_out(session, command),))
        case c.MoveSeat(member=member, out_of=out_of):
            if out_of is not None and out_of != (session.room_of(member) or "nowhere"):
                raise Refused("somebody_was_faster")
            return Decision(_signed(_seats(session, rules, command), session, rules, teacher))
        case c.StartLesson():
            return Decision(_start(session, rules, teacher))
        case c.NextGate():
            return Decision((_floor(session, rules.lesson, command, teacher),))
        case c.StartPartners():
            return Decision((_partners(session, rules, command, teacher),))
        case c.Pause(calm=calm):
            _running(session)
            still = session.paused and (session.paused.calm or not calm)
            return Decision(() if still else (e.Paused(by=teacher.staff, calm=calm),))
        case c.Resume():
            _running(session)
            return Decision((e.Resumed(by=teacher.staff),) if session.paused else ())
        case c.ExtendAll(seconds=seconds):
            _running(session)
            return Decision((e.ClassTimeAdded(seconds=seconds, by=teacher.staff),))
        case c.SendNote(text=text, phrase=phrase, segment=segment, room=room):
            if room is not None and room not in session.rooms:
                raise Refused("unknown_room")
            entries = note_entries(rules.lesson, text, phrase, segment)
            note = e.NoteSent(by=teacher.staff, work=rules.new_id, room=room)
            return Decision((note,), (Work(rules.new_id, teacher.staff, entries),))
        case c.RemoveMember(member=member):
            if member not in rules.people or member in session.removed:
                raise Refused("unknown_member")
            return Decision((e.MemberRemoved(member=member, by=teacher.staff),))
        case c.PartRoom(room=room):
            if not session.rooms.get(room):
                raise Refused("unknown_room")
            return Decision((e.RoomParted(room=room),))
        case c.ShareClassroom(shared=shared):
            if session.classrooms.get(teacher.side) == shared:
                return Decision()
            return Decision((e.ClassroomShared(side=teacher.side, shared=shared, by=teacher.staff),))
        case c.SplitRoom() | c.MergeRooms() | c.EndRoom():
            return Decision(decide_regroup(session, rules.seating, rules.steps, teacher, command))
        case c.ChooseArrivals() | c.DoPlacing() | c.DeclinePlacing() | c.UndoPlacing():
            return Decision(decide_arrivals_command(session, rules.seating, rules.arrivals, teacher, command))
        case c.StartModelling() | c.EndModelling():
            return decide_modelling(session, rules.lesson, teacher, command)
        case c.GiveFloor() | c.PutHandDown() | c.MutePerson() | c.Spotlight() | c.OfferFloor():
            return decide_plenary(session, rules.lesson, rules.adults, teacher, command)
        case c.NextSpeaker() | c.OrderRound():
            return decide_lead(session, RoundScene(rules.lesson, rules.people, rules.present), teacher, command)
        case c.PutAside() | c.PinEntry():
            return decide_curation(session, rules.lesson, teacher, command)
        case c.WarnMinute() | c.FitToBell() | c.WrapUp() | c.CancelWrapUp() | c.SetAside() | c.ReopenSession() if (
            rules.hour is not None
        ):
            adult_missing = rules.missing == "adult_missing"
            return Decision(decide_pace(session, rules.lesson, rules.hour, adult_missing, teacher, command))
        case c.WarnMinute() | c.FitToBell() | c.WrapUp() | c.CancelWrapUp() | c.SetAside() | c.ReopenSession():
            raise ValueError("a decision about time needs the hour")
        case c.CloseSession():
            return Decision((e.SessionClosed(by=teacher.staff),))
        case _:
            assert_never(command)


def _in_lobby(session: Session) -> None:
    if session.status != "lobby":
        raise Refused("already_running")


def _running(session: Session) -> None:
    if session.status != "running":
        raise Refused("not_running")


def _laid_out(session: Session, laid: c.LayOutRooms) -> e.RoomsProposed:
    _in_lobby(session)
    if session.by_hand and laid.over != session.version:
        # What the other teacher has just moved is not thrown away by somebody who has not seen it.
        raise Refused("changed_by_hand")
    return e.RoomsProposed(
        rooms=laid.rooms, why=laid.why, unplaced=laid.unplaced, by_hand=laid.by_hand, apart=laid.apart
    )


def _seats(session: Session, rules: Rules, move: c.MoveSeat) -> tuple[e.SeatMoved, ...]:
    """Move a learner, and with them whoever sits beside them at the same device."""
    member = move.member
    moved = _seat(session, rules, move)
    mate = rules.beside.get(member)
    if mate is None or mate in session.removed or session.room_of(mate) != session.room_of(member):
        return (moved,)
    others = [m for m in session.rooms.get(moved.room or "", ()) if m not in (member, mate)]
    if len(others) + 2 > LARGEST_ROOM:
        raise Refused("room_is_full")
    return (moved, e.SeatMoved(member=mate, room=moved.room, apart=_apart(rules, mate, others, move)))


def _seat(session: Session, rules: Rules, move: c.MoveSeat) -> e.SeatMoved:
    member, room = move.member, move.room
    if member not in rules.people or member in session.removed:
        raise Refused("unknown_member")
    if room is None:
        return e.SeatMoved(member=member, room=None)
    if member not in rules.may_cross:
        raise Refused("may_not_cross")
    if room == "new":
        return e.SeatMoved(member=member, room=free_room(session))
    if room not in session.rooms or room in session.parted:
        raise Refused("unknown_room")
    others = [m for m in session.rooms[room] if m != member]
    if len(others) >= LARGEST_ROOM:
        raise Refused("room_is_full")
    return e.SeatMoved(member=member, room=room, apart=_apart(rules, member, others, move))


def _apart(rules: Rules, member: MemberId, others: Sequence[MemberId], move: c.MoveSeat) -> tuple[MemberId, ...]:
    """Return those from whom a member is to be kept apart: a teacher may seat them together, once they have said so."""
    apart = apart_in(others, member, rules.apart)
    if apart and not move.apart_too:
        raise Refused("keep_apart")
    return apart


def _signed(
    moved: tuple[e.SeatMoved, ...], session: Session, rules: Rules, teacher: c.Teacher
) -> tuple[e.SessionEvents, ...]:
    """Return moves with who made them; a new room begins where its first learner comes from."""
    signed = tuple(one.model_copy(update={"by": teacher.staff}) for one in moved)
    room, came_from = moved[0].room, session.room_of(moved[0].member)
    step = rules.steps.get(came_from or "")
    if session.status != "running" or room is None or room in session.rooms or step is None:
        return signed
    return (e.RoomOpened(room=room, step=step), *signed)


def _start(session: Session, rules: Rules, teacher: c.Teacher) -> tuple[e.SessionEvents, ...]:
    _in_lobby(session)
    seated = [member for members in session.rooms.values() for member in members]
    # A family may have thought better of it since the rooms were proposed.
    withdrawn = [member for member in seated if member not in rules.may_cross]
    if len(seated) == len(withdrawn):
        raise Refused("no_rooms")
    match rules.missing:
        case None:
            unseated = (e.SeatMoved(member=member, room=None) for member in withdrawn)
            return (*unseated, e.LessonStarted(by=teacher.staff))
        case "not_agreed":
            raise Refused("not_agreed")
        case "adult_missing":
            raise Refused("adult_missing")
        case _:
            raise Refused("consent_missing")


def _partners(session: Session, rules: Rules, command: c.StartPartners, teacher: c.Teacher) -> e.PartnersChanged:
    seatable = {
        member: person
        for member, person in rules.people.items()
        if member in rules.may_cross and member not in session.removed
    }
    return new_partners(session, rules.lesson, seatable, rules.apart, teacher, command)


def _floor(session: Session, lesson: Lesson, command: c.NextGate, teacher: c.Teacher) -> e.FloorMoved:
    _running(session)
    after, to = command.after, command.to
    if after != session.floor:
        # Both teachers pressed at once: one move, not two.
        raise Refused("somebody_was_faster")
    target = to if to is not None else next_gate(lesson, session)
    if target is None or target > len(lesson.steps):
        raise Refused("no_gate_left")
    if target <= session.floor:
        raise Refused("step_is_over")
    if partners_due(lesson, session, target) and not command.same_partners:
        raise Refused("partners_first")
    return e.FloorMoved(step=target, by=teacher.staff)
