"""Who may sit where: the one question behind every move, asked by teachers' commands and by the clock alike."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from server.core.live.refusals import RefusalCode
from server.core.live.scene import Person
from server.core.live.state import Session
from server.core.live.works import MemberId, RoomId

USUAL_ROOM = 3
LARGEST_ROOM = 4


@dataclass(frozen=True, slots=True)
class Seating:
    """What a seat depends on. `beside`: who shares a device with whom now, both ways."""

    people: Mapping[MemberId, Person]
    may_cross: frozenset[MemberId]
    apart: frozenset[frozenset[MemberId]] = frozenset()
    beside: Mapping[MemberId, MemberId] = field(default_factory=dict[MemberId, MemberId])
    largest_group: int = USUAL_ROOM

    def sides(self, members: Iterable[MemberId]) -> set[str]:
        """Return the sides that are among these learners."""
        return {self.people[m].side for m in members if m in self.people}

    def kept_apart(self, members: Collection[MemberId]) -> bool:
        """Whether two of these must not share a room."""
        return any(pair <= set(members) for pair in self.apart)


def group_limit(seating: Seating, learners: Iterable[MemberId]) -> int:
    """Return how many a room may hold: three, and four only where one side has more than twice as many.

    It is asked of the plan and of those who are in the lesson today: a class that is half at home changes the numbers.
    """
    sides = [seating.people[m].side for m in learners if m in seating.people]
    few, many = sorted((sides.count("a"), sides.count("b")))
    return LARGEST_ROOM if seating.largest_group >= LARGEST_ROOM or (few and many > 2 * few) else USUAL_ROOM


def why_not_there(
    session: Session, seating: Seating, members: Collection[MemberId], room: RoomId | None, limit: int
) -> RefusalCode | None:
    """Return why these learners cannot be seated in a room (None: one of their own), or None where they can."""
    for member in members:
        if member not in seating.people or member in session.removed:
            return "unknown_member"
        if member not in seating.may_cross:
            return "may_not_cross"
    there: tuple[MemberId, ...] = ()
    if room is not None:
        if room not in session.rooms or room in session.parted:
            return "unknown_room"
        there = tuple(m for m in session.rooms[room] if m not in members)
    if len(there) + len(members) > limit:
        return "room_is_full"
    return "keep_apart" if seating.kept_apart((*there, *members)) else None


def free_room(session: Session) -> RoomId:
    """Return the id of a room that there has never been."""
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
