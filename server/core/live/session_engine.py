"""The rules of the lesson as a whole: rooms laid out, started, moved on, paused, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.engine import Decision
from server.core.live.lesson import Lesson
from server.core.live.plenary import decide_plenary
from server.core.live.rechecking import apart_in
from server.core.live.refusals import Refused
from server.core.live.rotation import new_partners, partners_due
from server.core.live.scene import Person, next_gate
from server.core.live.state import Session
from server.core.live.works import Entry, MemberId, RoomId, Work, WorkId

LARGEST_ROOM = 4


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


def decide_session(session: Session, rules: Rules, teacher: c.Teacher, command: c.SessionCommand) -> Decision:
    """Return what `command` makes happen in the session, or raise Refused. Changes nothing."""
    if session.status == "closed":
        raise Refused("not_running")
    match command:
        case c.LayOutRooms():
            return Decision((_laid_out(session, command),))
        case c.MoveSeat():
            return Decision(_seats(session, rules, command))
        case c.StartLesson():
            return Decision(_start(session, rules, teacher))
        case c.NextGate():
            return Decision((_floor(session, rules.lesson, command, teacher),))
        case c.StartPartners():
            return Decision((_partners(session, rules, command, teacher),))
        case c.Pause(calm=calm):
            _running(session)
            return Decision(() if session.paused else (e.Paused(by=teacher.staff, calm=calm),))
        case c.Resume():
            return Decision((e.Resumed(by=teacher.staff),) if session.paused else ())
        case c.ExtendAll(seconds=seconds):
            _running(session)
            return Decision((e.ClassTimeAdded(seconds=seconds, by=teacher.staff),))
        case c.SendNote(text=text, room=room):
            if room is not None and room not in session.rooms:
                raise Refused("unknown_room")
            note = e.NoteSent(by=teacher.staff, work=rules.new_id, room=room)
            return Decision((note,), (Work(rules.new_id, teacher.staff, (Entry(text=text),)),))
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
        case c.GiveFloor() | c.PutHandDown() | c.MutePerson() | c.Spotlight():
            return decide_plenary(session, rules.lesson, rules.adults, teacher, command)
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
        return e.SeatMoved(member=member, room=_free_room(session))
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


def _free_room(session: Session) -> RoomId:
    number = 1
    while room_id(session.id, number) in session.rooms:
        number += 1
    return room_id(session.id, number)


def room_id(session_id: str, number: int) -> RoomId:
    """Return the id of a session's nth room (1-based); its stream is named after it."""
    return f"{session_id}.{number}"


def room_number(room: RoomId) -> int:
    """Return the number by which people call a room."""
    return int(room.rsplit(".", 1)[1])


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
