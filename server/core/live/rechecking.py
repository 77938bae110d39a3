"""A teacher's hand on the rooms: what each room is now, what speaks against it, and rooms put in as a whole. Nothing blocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from server.core.live.pairing import LARGEST_ROOM, History, reasons, shared_spoken
from server.core.live.refusals import Refused
from server.core.live.scene import Person
from server.core.live.works import MemberId, RoomId

Pair = frozenset[MemberId]


@dataclass(frozen=True, slots=True)
class Checked:
    """Of each room in which somebody sits: why it is good, and what a teacher should know before the start."""

    why: dict[RoomId, tuple[str, ...]] = field(default_factory=dict[RoomId, tuple[str, ...]])
    warnings: dict[RoomId, tuple[str, ...]] = field(default_factory=dict[RoomId, tuple[str, ...]])


def checked(
    rooms: Mapping[RoomId, Sequence[MemberId]],
    people: Mapping[MemberId, Person],
    history: History,
    here: Iterable[MemberId],
) -> Checked:
    """Return what is true of rooms as they are now, whoever laid them out."""
    known = {room: [people[m] for m in members if m in people] for room, members in rooms.items() if members}
    why = reasons(list(known.values()), history, here)
    crowd = _is_crowded(known.values())
    return Checked(
        why=dict(zip(known, why, strict=True)),
        warnings={room: warned for room, seated in known.items() if (warned := warnings_of(seated, history, crowd))},
    )


def warnings_of(room: Sequence[Person], history: History, crowd: bool = False) -> tuple[str, ...]:
    """Return what speaks against a room, the gravest first, with whom it concerns ("kept_apart:noa:dan").

    `crowd`: one side has more than twice as many, so that rooms of four are nobody's mistake.
    """
    if len(room) < 2:
        return ("only_one",) if room else ()
    across = [(a, b) for a, b in combinations(room, 2) if a.side != b.side]
    found = [f"kept_apart:{one}:{other}" for one, other in _pairs(room, history.apart)]
    if not across:
        found.append("one_school")
    found += _unheard(room, across)
    if len(room) > 2:
        found += [f"alone_again:{p.id}" for p in room if _is_alone(p, room) and p.id in history.alone_last_time]
    devices = len(room) - len(_pairs(room, history.shared))
    if devices > 3 and not crowd:
        found.append("more_than_three")
    met = history.last_time - history.arc
    found += [f"met_last_time:{a.id}:{b.id}" for a, b in across if frozenset((a.id, b.id)) in met]
    return tuple(found)


def _is_crowded(rooms: Iterable[Sequence[Person]]) -> bool:
    sides = [person.side for room in rooms for person in room]
    few, many = sorted((sides.count("a"), sides.count("b")))
    return many > 2 * few


def _pairs(room: Sequence[Person], kept: frozenset[Pair]) -> list[tuple[MemberId, MemberId]]:
    return [(a.id, b.id) for a, b in combinations(room, 2) if frozenset((a.id, b.id)) in kept]


def _is_alone(person: Person, room: Sequence[Person]) -> bool:
    return sum(other.side == person.side for other in room) == 1


def _unheard(room: Sequence[Person], across: Sequence[tuple[Person, Person]]) -> list[str]:
    """Return whether nobody understands anybody of the other school, or who alone has nobody to speak with."""
    if across and not any(shared_spoken(a, b) for a, b in across):
        return ["no_shared_language"]
    return [
        f"speaks_with_nobody:{p.id}"
        for p in room
        if not any(other is not p and shared_spoken(p, other) for other in room)
    ]


def apart_in(members: Iterable[MemberId], member: MemberId, apart: frozenset[Pair]) -> tuple[MemberId, ...]:
    """Return those of a room's members from whom somebody is to be kept apart."""
    return tuple(other for other in members if other != member and frozenset((member, other)) in apart)


@dataclass(frozen=True, slots=True)
class Arranged:
    """Rooms that a teacher put in. `apart`: pairs who are to be kept apart and sit together all the same."""

    rooms: tuple[tuple[MemberId, ...], ...]
    apart: tuple[tuple[MemberId, MemberId], ...]


def arranged(
    rooms: Sequence[Sequence[MemberId]], seatable: Mapping[MemberId, Person], history: History, *, apart_too: bool
) -> Arranged:
    """Return rooms with those who can sit in them now; the others are left out, and of two seats the first counts.

    Raises Refused where a room is larger than any room may be, and where two sit together who are to be kept apart, unless
    the teacher has said that they shall.
    """
    if any(len(room) > LARGEST_ROOM for room in rooms):
        raise Refused("room_is_full")
    taken: set[MemberId] = set()
    kept: list[tuple[MemberId, ...]] = []
    for room in rooms:
        members = tuple(dict.fromkeys(m for m in room if m in seatable and m not in taken))
        taken.update(members)
        if members:
            kept.append(members)
    apart = tuple(
        (one, other)
        for room in kept
        for one, other in combinations(room, 2)
        if frozenset((one, other)) in history.apart
    )
    if apart and not apart_too:
        raise Refused("keep_apart")
    return Arranged(tuple(kept), apart)
