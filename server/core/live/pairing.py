"""Who learns with whom: minimum-cost rooms across the two sides, the same for the same input."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    """What earlier lessons say. Pairs are unordered; `arc` are havrutot that should stay together this time.

    `last_time`: those who shared a room in the last lesson.
    """

    arc: frozenset[frozenset[MemberId]] = frozenset()
    last_time: frozenset[frozenset[MemberId]] = frozenset()
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
        return _laid_out(people, history, assign, seats, by_id.keys())
    beside = set(seats.values())
    ones = [_as_one(p, by_id[seats[p.id]]) if p.id in seats else p for p in people if p.id not in beside]
    layout = _laid_out(ones, _for_seats(history, seats), assign, seats, by_id.keys())
    rooms = tuple(tuple(x for m in room for x in (m, seats.get(m)) if x) for room in layout.rooms)
    unplaced = {x: why for m, why in layout.unplaced.items() for x in (m, seats.get(m)) if x}
    return Layout(rooms, reasons([[by_id[m] for m in room] for room in rooms], history, by_id.keys()), unplaced)


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


def _laid_out(
    people: Sequence[Person],
    history: History,
    assign: Assign,
    seats: Mapping[MemberId, MemberId],
    here: Iterable[MemberId],
) -> Layout:
    sides = [sorted((p for p in people if p.side == side), key=lambda p: p.id) for side in ("a", "b")]
    few, many = sorted(sides, key=len)
    if not few:
        return Layout(unplaced={p.id: "no_partner_school" for p in many})
    costs = _Costs(history, seats)
    rooms: list[list[Person]] = [[p] for p in few]
    waiting = list(many)
    seats_per_room = 1 if len(many) == len(few) else 2 if len(many) <= 2 * len(few) else 3
    for level in range(1, seats_per_room + 1):
        waiting = _fill(rooms, waiting, costs, assign, level)
    placed = [room for room in rooms if len(room) > 1]
    alone = [room[0] for room in rooms if len(room) == 1]
    # Where keeping apart left somebody over on a side, a pair may take them in as a third.
    waiting = _fill(placed, alone + waiting, costs, assign, 2)
    unplaced = {p.id: _why_not(p, few if p in many else many, placed, history) for p in waiting}
    return Layout(
        rooms=tuple(tuple(p.id for p in room) for room in placed),
        why=reasons(placed, history, here),
        unplaced=unplaced,
    )


def _fill(
    rooms: list[list[Person]], waiting: list[Person], costs: "_Costs", assign: Assign, level: int
) -> list[Person]:
    """Seat at most one more member in each room, at minimum cost; return those still waiting."""
    open_rooms = [room for room in rooms if len(room) == level]
    if not waiting or not open_rooms:
        return waiting
    cost = costs.table(waiting, open_rooms, frozenset(p.id for room in rooms for p in room), level)
    seated: set[MemberId] = set()
    for row, column in assign(cost):
        if cost[row][column] < FORBIDDEN / 2:
            open_rooms[column].append(waiting[row])
            seated.add(waiting[row].id)
    return [p for p in waiting if p.id not in seated]


Kind = tuple[str, frozenset[str], frozenset[str], bool]


class _Costs:
    """What it costs to seat somebody in a room.

    A class has many alike, and few who have a past with each other: costs are computed once for each kind of person and
    room, and what was between two is put in by name. For 2×500 that is a tenth of a second instead of three.
    """

    def __init__(self, history: History, seats: Mapping[MemberId, MemberId]) -> None:
        self._history = history
        self._seats = seats
        self._mates = mates_in(history.arc | history.together)
        self._between: defaultdict[MemberId, dict[MemberId, float]] = defaultdict(dict)
        for pair, times in history.met.items():
            self._put(pair, times * MET_BEFORE)
        for pairs, cost in ((history.arc, SAME_HAVRUTA), (history.together, TOGETHER), (history.apart, FORBIDDEN)):
            for pair in pairs:
                self._put(pair, cost)

    def _put(self, pair: frozenset[MemberId], cost: float) -> None:
        if len(pair) != 2:
            return
        one, other = pair
        self._between[one][other] = self._between[one].get(other, 0.0) + cost
        self._between[other][one] = self._between[other].get(one, 0.0) + cost

    def table(
        self, waiting: Sequence[Person], rooms: Sequence[list[Person]], seated: frozenset[MemberId], level: int
    ) -> list[list[float]]:
        """Return the costs, a row for each who waits and a column a room."""
        among = {p.id: p for p in waiting}
        column_of = {p.id: column for column, room in enumerate(rooms) for p in room}
        kinds = [tuple((self._kind(p), p.id in self._history.alone_last_time) for p in room) for room in rooms]
        alike = dict(zip(kinds, rooms, strict=True))
        plain: dict[Kind, list[float]] = {}
        table: list[list[float]] = []
        for person in waiting:
            kind = self._kind(person)
            if kind not in plain:
                found = {of: self._plain(person, room, level) for of, room in alike.items()}
                plain[kind] = [found[of] for of in kinds]
            before, after = self._sooner_or_later(person, seated, among)
            everywhere = LEFT_BEHIND * len(before) + (GOES_FIRST if after else 0.0)
            row = [cost + everywhere for cost in plain[kind]] if everywhere else plain[kind].copy()
            for other, cost in self._between.get(person.id, {}).items():
                if other in column_of:
                    row[column_of[other]] += cost
            for mate in before:
                # Sitting down where they sit, nobody is left behind.
                if mate in column_of:
                    row[column_of[mate]] -= LEFT_BEHIND
            table.append(row)
        return table

    def _kind(self, person: Person) -> Kind:
        return person.side, frozenset(person.speaks), frozenset(person.reads), person.id in self._seats

    def _sooner_or_later(
        self, person: Person, seated: frozenset[MemberId], among: Mapping[MemberId, Person]
    ) -> tuple[frozenset[MemberId], frozenset[MemberId]]:
        """Return those who belong with `person`: seated before them, and, of their own side, to be seated after them.

        A round seats one a room, so two classmates who belong together must not go in the same round.
        """
        mates = self._mates.get(person.id, frozenset())
        beside = {mate for mate in mates if mate in among and among[mate].side == person.side}
        sooner = {mate for mate in beside if mate < person.id}
        return frozenset(mates & seated | sooner), frozenset(beside - sooner)

    def _plain(self, person: Person, room: list[Person], level: int) -> float:
        """Return the cost as far as it does not depend on who has met whom."""
        total = _crowded(person, room, self._seats, level)
        if not any(shared_spoken(person, other) for other in room):
            total += NO_SHARED_LANGUAGE
        elif not any(set(person.reads) & set(other.reads) for other in room):
            total += NO_SHARED_READING
        if level > 1:
            across = [other for other in room if other.side != person.side]
            if len(across) == 1 and across[0].id in self._history.alone_last_time:
                total += ALONE_AGAIN
            if _bridges(person, room):
                total -= NO_SHARED_LANGUAGE / 2
        return total


def mates_in(pairs: Iterable[frozenset[MemberId]]) -> dict[MemberId, frozenset[MemberId]]:
    """Return with whom each member stands in one of these pairs."""
    found: defaultdict[MemberId, set[MemberId]] = defaultdict(set)
    for pair in pairs:
        for member in pair:
            found[member] |= pair - {member}
    return {member: frozenset(mates) for member, mates in found.items()}


def _crowded(person: Person, room: list[Person], seats: Mapping[MemberId, MemberId], level: int) -> float:
    """Return the cost of a third seat where one seat is two learners; five in a room are never."""
    ones = [person, *room]
    shared = sum(p.id in seats for p in ones)
    if len(ones) + shared > LARGEST_ROOM:
        return FORBIDDEN
    return CROWDED if shared and level > 1 else 0.0


def shared_spoken(one: Person, other: Person) -> bool:
    """Whether two have a spoken language in common."""
    return bool(set(one.speaks) & set(other.speaks))


def _bridges(person: Person, room: Sequence[Person]) -> bool:
    """Whether `person` speaks with each of two who do not speak with each other."""
    apart = any(not shared_spoken(a, b) for i, a in enumerate(room) for b in room[i + 1 :])
    return apart and all(shared_spoken(person, other) for other in room)


def reasons(
    rooms: Sequence[Sequence[Person]], history: History, here: Iterable[MemberId]
) -> tuple[tuple[str, ...], ...]:
    """Return why each room is as it is; `here`: those who have come, so that a guest's own havruta can be missed."""
    havruta, present = mates_in(history.arc), frozenset(here)
    return tuple(_why(room, history, _guests(room, havruta, present)) for room in rooms)


def _guests(
    room: Sequence[Person], havruta: Mapping[MemberId, frozenset[MemberId]], here: frozenset[MemberId]
) -> list[str]:
    """Return "guest:dan:noa" for each whose own havruta has not come at all: they return to it another time."""
    missed = {p.id: mates for p in room if (mates := havruta.get(p.id)) and not mates & here}
    return [f"guest:{member}:{min(mates)}" for member, mates in missed.items()]


def _why(room: Sequence[Person], history: History, guests: Sequence[str]) -> tuple[str, ...]:
    """Return reason codes in the order in which a teacher wants to hear them."""
    pairs = [frozenset((a.id, b.id)) for i, a in enumerate(room) for b in room[i + 1 :]]
    across = [(a, b) for i, a in enumerate(room) for b in room[i + 1 :] if a.side != b.side]
    found = ["different_schools"] if across else []
    found += guests
    if any(pair in history.arc for pair in pairs):
        found.append("same_havruta")
    elif not across:
        pass
    elif not any(history.met.get(frozenset((a.id, b.id))) for a, b in across):
        found.append("never_met")
    else:
        found.append("met_before")
    shared = sorted({lang for a, b in across for lang in set(a.speaks) & set(b.speaks)})
    found += [f"both_speak:{lang}" for lang in shared] or (["no_shared_language"] if across else [])
    if len(room) > 2 and _bridges(room[-1], room[:-1]):
        found.append("bridge")
    if any(pair in history.together for pair in pairs):
        found.append("kept_together")
    together = sum(pair in history.shared for pair in pairs)
    if together:
        found.append("shared_device")
    if len(room) - together > 2:
        found.append("group_of_three" if len(room) == 3 else "group_of_four")
    return tuple(found)


def _why_not(person: Person, across: Sequence[Person], rooms: Sequence[Sequence[Person]], history: History) -> str:
    def apart_from(other: Person) -> bool:
        return frozenset((person.id, other.id)) in history.apart

    if across and all(apart_from(other) for other in across):
        return "kept_apart"
    if rooms and all(any(apart_from(other) for other in room) for room in rooms):
        return "kept_apart"
    return "no_seat_left"
