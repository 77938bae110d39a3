"""What a learner brings along from a room where they sat before: their answers go on counting where they are now."""

from collections.abc import Sequence
from dataclasses import replace

from server.core.live.state import Room, Session
from server.core.live.works import MemberId, RoomId, WorkId


def former_rooms(room: Room, session: Session) -> tuple[RoomId, ...]:
    """Return the rooms where those who sit here now have sat before, each once, the earliest first."""
    found: dict[RoomId, None] = {}
    for member in session.rooms.get(room.id, ()):
        found.update(dict.fromkeys(r for r in session.former.get(member, ()) if r != room.id))
    return tuple(found)


def with_brought(room: Room, session: Session, before: Sequence[Room]) -> Room:
    """Return the room as its members see it, with the answers that they gave in the rooms `before`.

    Where they have answered here, that counts. Lines written together stay with those who wrote them.
    """
    answers: dict[tuple[int, str], dict[MemberId, WorkId]] = {key: dict(given) for key, given in room.answers.items()}
    seated = set(session.rooms.get(room.id, ()))
    late = room.late
    for place in before:
        for key, given in place.answers.items():
            for member, work in given.items():
                came_from = session.former.get(member, ())
                if member in seated and place.id in came_from and member not in room.answers.get(key, {}):
                    answers.setdefault(key, {})[member] = work
                    late |= {work} & place.late
    return replace(room, answers=answers, late=late)
