"""One room made two, two made one, one ended: always of the room that the teacher saw."""

from collections.abc import Mapping
from typing import assert_never

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.refusals import Refused
from server.core.live.seating import Seating, free_room, group_limit, why_not_there
from server.core.live.state import Session
from server.core.live.works import MemberId, RoomId


def decide_regroup(
    session: Session,
    seating: Seating,
    steps: Mapping[RoomId, int],
    teacher: c.Teacher,
    command: c.RegroupCommand,
) -> tuple[e.SessionEvents, ...]:
    """Return what `command` makes of a room, or raise Refused. `steps`: where the room is that learners come from."""
    if session.status != "running":
        raise Refused("not_running")
    _is_as_seen(session, command.room, command.seen)
    match command:
        case c.SplitRoom(room=room, members=members):
            _go_out_of(session, room, members, some_stay=True)
            _may_sit(session, seating, members, None)
            opened = free_room(session)
            begins = (e.RoomOpened(room=opened, step=steps[room]),) if room in steps else ()
            return (*begins, *_moves(members, opened, teacher))
        case c.MergeRooms(room=room, members=members, into=into, into_seen=into_seen):
            _is_as_seen(session, into, into_seen)
            if into == room:
                raise Refused("unknown_room")
            _go_out_of(session, room, members, some_stay=False)
            _may_sit(session, seating, members, into)
            return _moves(members, into, teacher)
        case c.EndRoom(room=room):
            return _moves(session.rooms[room], None, teacher)
        case _:
            assert_never(command)


def _is_as_seen(session: Session, room: RoomId, seen: tuple[MemberId, ...]) -> None:
    if room not in session.rooms or room in session.parted:
        raise Refused("unknown_room")
    if set(session.rooms[room]) != set(seen):
        raise Refused("room_changed")


def _go_out_of(session: Session, room: RoomId, members: tuple[MemberId, ...], *, some_stay: bool) -> None:
    there = set(session.rooms[room])
    if not set(members) <= there or len(set(members)) != len(members):
        raise Refused("room_changed")
    if some_stay and set(members) == there:
        raise Refused("nobody_left")


def _may_sit(session: Session, seating: Seating, members: tuple[MemberId, ...], room: RoomId | None) -> None:
    for member in members:
        mate = seating.beside.get(member)
        if mate is not None and mate not in members and session.room_of(mate) == session.room_of(member):
            raise Refused("shared_device")
    limit = group_limit(seating, (m for there in session.rooms.values() for m in there))
    reason = why_not_there(session, seating, members, room, limit)
    if reason is not None:
        raise Refused(reason)


def _moves(members: tuple[MemberId, ...], room: RoomId | None, teacher: c.Teacher) -> tuple[e.SeatMoved, ...]:
    return tuple(e.SeatMoved(member=member, room=room, by=teacher.staff) for member in members)
