"""Who learns with whom: minimum-cost rooms across the two sides, the same for the same input."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.core.live.scene import Person
from server.core.live.works import MemberId

FORBIDDEN = 1_000_000.0
SAME_HAVRUTA = -1_000.0
NO_SHARED_LANGUAGE = 200.0
NO_SHARED_READING = 10.0
ALONE_AGAIN = 400.0
MET_BEFORE = 5.0
TOGETHER = -500.0
LEFT_BEHIND = 300.0
CROWDED = 600.0
GOES_FIRST = -20.0

LARGEST_ROOM = 4

Assign = Callable[[Sequence[Sequence[float]]], list[tuple[int, int]]]
"""Minimum-cost assignment: rows to columns, as (row, column) pairs (scipy's linear_sum_assignment behind a port)."""


@dataclass(frozen=True, slots=True)
class History:
    """What earlier lessons say. Pairs are unordered; `arc` are havrutot that should stay together this time."""

    arc: frozenset[frozenset[MemberId]] = frozenset()
    met: dict[frozenset[MemberId], int] = field(default_factory=dict[frozenset[MemberId], int])
    alone_last_time: frozenset[MemberId] = frozenset()
    apart: frozenset[frozenset[MemberId]] = frozenset()
    together: frozenset[frozenset[MemberId]] = frozenset()
    shared: frozenset[frozenset[MemberId]] = frozenset()
    """Classmates who share a device now: wherever one sits, the other does."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Rooms as tuples of members with the reasons of each, and who could not be placed, with why."""

    rooms: tuple[tuple[MemberId, ...], ...] = ()
    why: tuple[tuple[str, ...], ...] = ()
    unplaced: dict[MemberId, str] = field(default_factory=dict[MemberId, str])


def lay_out(people: Sequence[Person], history: History, assign: Assign) -> Layout:
    """Return rooms across the sides for those who are present.

    Every room has both sides. Groups are of two and three; of four only where one side has more than twice as many;
    beyond three to one the rest wait with their teacher. Nobody is an error: each unplaced member has a reason code.
    Two who share a device are laid out as one and count as two: with one partner they are three.
    """
    by_id = {p.id: p for p in people}
    seats = _shared_seats(by_id, history)
    if not seats:
        return _laid_out(people, history, assign, seats)
    beside = set(seats.values())
    ones = [_as_one(p, by_id[seats[p.id]]) if p.id in seats else p for p in people if p.id not in beside]
    layout = _laid_out(ones, _for_seats(history, seats), assign, seats)
    rooms = tuple(tuple(x for m in room for x in (m, seats.get(m)) if x) for room in layout.rooms)
    unplaced = {x: why for m, why in layout.unplaced.items() for x in (m, seats.get(m)) if x}
    return Layout(rooms, tuple(_why([by_id[m] for m in room], history) for room in rooms), unplaced)


def _shared_seats(people: Mapping[MemberId, Person], history: History) -> dict[MemberId, MemberId]:
    """Return who is laid out for whom: of each pair that is here, on one side and not kept apart."""
    seats: dict[MemberId, MemberId] = {}
    for one, other in sorted((min(pair), max(pair)) for pair in history.shared - history.apart if len(pair) == 2):
        taken = seats.keys() | set(seats.values())
        if {one, other} <= people.keys() - taken and people[one].side == people[other].side:
            seats[one] = other
    return seats


def _as_one(person: Person, beside: Person) -> Person:
    """Return a shared seat as one person: any language of either helps."""
    speaks = tuple(dict.fromkeys((*person.speaks, *beside.speaks)))
    reads = tuple(dict.fromkeys((*person.reads, *beside.reads)))
    return replace(person, speaks=speaks, reads=reads)


def _for_seats(history: History, seats: Mapping[MemberId, MemberId]) -> History:
    """Return the history of seats: what was between anybody and one of two holds for both."""
    stands_for = {beside: member for member, beside in seats.items()}

    def seat(pair: frozenset[MemberId]) -> frozenset[MemberId]:
        return frozenset(stands_for.get(member, member) for member in pair)

    met: dict[frozenset[MemberId], int] = {}
    for pair, times in history.met.items():
        met[seat(pair)] = met.get(seat(pair), 0) + times
    return replace(
        history,
        arc=frozenset(map(seat, history.arc)),
        met=met,
        alone_last_time=history.alone_last_time - seats.keys() - stands_for.keys(),
        apart=frozenset(map(seat, history.apart)),
        together=frozenset(map(seat, history.together)),
    )


def _laid_out(people: Sequence[Person], history: History, assign: Assign, seats: Mapping[MemberId, MemberId]) -> Layout:
    sides = [sorted((p for p in people if p.side == side), key=lambda p: p.id) for side in ("a", "b")]
    few, many = sorted(sides, key=len)
    if not few:
        return Layout(unplaced={p.id: "no_partner_school" for p in many})
    rooms: list[list[Person]] = [[p] for p in few]
    waiting = list(many)
    seats_per_room = 1 if len(many) == len(few) else 2 if len(many) <= 2 * len(few) else 3
    for level in range(1, seats_per_room + 1):
        waiting = _fill(rooms, waiting, history, assign, level, seats)
    placed = [room for room in rooms if len(room) > 1]
    alone = [room[0] for room in rooms if len(room) == 1]
    # Where keeping apart left somebody over on a side, a pair may take them in as a third.
    waiting = _fill(placed, alone + waiting, history, assign, 2, seats)
    unplaced = {p.id: _why_not(p, few if p in many else many, placed, history) for p in waiting}
    return Layout(
        rooms=tuple(tuple(p.id for p in room) for room in placed),
        why=tuple(_why(room, history) for room in placed),
        unplaced=unplaced,
    )


def _fill(
    rooms: list[list[Person]],
    waiting: list[Person],
    history: History,
    assign: Assign,
    level: int,
    seats: Mapping[MemberId, MemberId],
) -> list[Person]:
    """Seat at most one more member in each room, at minimum cost; return those still waiting."""
    open_rooms = [room for room in rooms if len(room) == level]
    if not waiting or not open_rooms:
        return waiting
    seated_already = frozenset(p.id for room in rooms for p in room)
    cost: list[list[float]] = []
    for person in waiting:
        before, after = _mates(person, seated_already, waiting, history)
        first = GOES_FIRST if after else 0.0
        cost.append(
            [
                _cost(person, room, history, level)
                + _left_behind(before, room)
                + _crowded(person, room, seats, level)
                + first
                for room in open_rooms
            ]
        )
    seated: set[MemberId] = set()
    for row, column in assign(cost):
        if cost[row][column] < FORBIDDEN / 2:
            open_rooms[column].append(waiting[row])
            seated.add(waiting[row].id)
    return [p for p in waiting if p.id not in seated]


def _mates(
    person: Person, seated: frozenset[MemberId], waiting: list[Person], history: History
) -> tuple[frozenset[MemberId], frozenset[MemberId]]:
    """Return those who belong with `person`: seated before them, and, of their own side, to be seated after them.

    A round seats one a room, so two classmates who belong together must not go in the same round.
    """
    mates = {mate for pair in history.arc | history.together if person.id in pair for mate in pair} - {person.id}
    beside = {p.id for p in waiting if p.side == person.side and p.id in mates}
    sooner = {mate for mate in beside if mate < person.id}
    return frozenset(mates & seated | sooner), frozenset(beside - sooner)


def _left_behind(mates: frozenset[MemberId], room: list[Person]) -> float:
    """Return the cost of sitting down here while somebody one belongs with sits, or is about to sit, elsewhere."""
    return LEFT_BEHIND * len(mates - {p.id for p in room})


def _crowded(person: Person, room: list[Person], seats: Mapping[MemberId, MemberId], level: int) -> float:
    """Return the cost of a third seat where one seat is two learners; five in a room are never."""
    ones = [person, *room]
    shared = sum(p.id in seats for p in ones)
    if len(ones) + shared > LARGEST_ROOM:
        return FORBIDDEN
    return CROWDED if shared and level > 1 else 0.0


def _cost(person: Person, room: list[Person], history: History, level: int) -> float:
    total = 0.0
    for other in room:
        pair = frozenset((person.id, other.id))
        if pair in history.apart:
            return FORBIDDEN
        total += history.met.get(pair, 0) * MET_BEFORE
        if pair in history.arc:
            total += SAME_HAVRUTA
        if pair in history.together:
            total += TOGETHER
    if not any(_shared_spoken(person, other) for other in room):
        total += NO_SHARED_LANGUAGE
    elif not any(set(person.reads) & set(other.reads) for other in room):
        total += NO_SHARED_READING
    if level > 1:
        across = [other for other in room if other.side != person.side]
        if len(across) == 1 and across[0].id in history.alone_last_time:
            total += ALONE_AGAIN
        if _bridges(person, room):
            total -= NO_SHARED_LANGUAGE / 2
    return total


def _shared_spoken(one: Person, other: Person) -> bool:
    return bool(set(one.speaks) & set(other.speaks))


def _bridges(person: Person, room: list[Person]) -> bool:
    """Whether `person` speaks with each of two who do not speak with each other."""
    apart = any(not _shared_spoken(a, b) for i, a in enumerate(room) for b in room[i + 1 :])
    return apart and all(_shared_spoken(person, other) for other in room)


def _why(room: list[Person], history: History) -> tuple[str, ...]:
    """Return reason codes in the order in which a teacher wants to hear them."""
    pairs = [frozenset((a.id, b.id)) for i, a in enumerate(room) for b in room[i + 1 :]]
    across = [(a, b) for i, a in enumerate(room) for b in room[i + 1 :] if a.side != b.side]
    reasons = ["different_schools"]
    if any(pair in history.arc for pair in pairs):
        reasons.append("same_havruta")
    elif not any(history.met.get(frozenset((a.id, b.id))) for a, b in across):
        reasons.append("never_met")
    else:
        reasons.append("met_before")
    shared = sorted({lang for a, b in across for lang in set(a.speaks) & set(b.speaks)})
    reasons += [f"both_speak:{lang}" for lang in shared] or ["no_shared_language"]
    if len(room) > 2 and _bridges(room[-1], room[:-1]):
        reasons.append("bridge")
    if any(pair in history.together for pair in pairs):
        reasons.append("kept_together")
    together = sum(pair in history.shared for pair in pairs)
    if together:
        reasons.append("shared_device")
    if len(room) - together > 2:
        reasons.append("group_of_three" if len(room) == 3 else "group_of_four")
    return tuple(reasons)


def _why_not(person: Person, across: Sequence[Person], rooms: Sequence[Sequence[Person]], history: History) -> str:
    def apart_from(other: Person) -> bool:
        return frozenset((person.id, other.id)) in history.apart

    if across and all(apart_from(other) for other in across):
        return "kept_apart"
    if rooms and all(any(apart_from(other) for other in room) for room in rooms):
        return "kept_apart"
    return "no_seat_left"
