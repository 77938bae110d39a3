"""Two learners at one device: when that may be."""

from collections.abc import Mapping

from server.core.live.scene import Person
from server.core.live.state import Session
from server.core.live.works import MemberId


def may_share(
    first: MemberId,
    second: MemberId,
    session: Session,
    people: Mapping[MemberId, Person],
    may_cross: frozenset[MemberId],
    apart: frozenset[frozenset[MemberId]] = frozenset(),
) -> bool:
    """Whether one device may speak for both: classmates of one side and lesson, and of one room once rooms are open.

    Who has no room yet may sit down beside somebody who has: they wait there until a teacher gives them the seat.
    """
    both = frozenset((first, second))
    if len(both) < 2 or not both <= may_cross or both & session.removed or both in apart:
        return False
    if first not in people or second not in people or people[first].side != people[second].side:
        return False
    return session.status == "lobby" or session.room_of(second) in (None, session.room_of(first))
