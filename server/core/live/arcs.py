"""A run of lessons in which a havruta stays together: who belongs together now, guests and absences counted out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from server.core.live.works import MemberId

Group = frozenset[MemberId]


def havrutot(lessons: Sequence[Collection[Group]]) -> frozenset[frozenset[MemberId]]:
    """Return the pairs that belong together after these lessons of an arc, the oldest first; each is its rooms of two or more.

    Whoever sat elsewhere because nobody of their own havruta had come was a guest there, and belongs where they did. A
    havruta of which somebody was missing is what it was. Only a teacher's regrouping makes another one of it.
    """
    belongs: dict[MemberId, Group] = {}
    for rooms in lessons:
        came = frozenset(member for room in rooms for member in room)
        settled = dict(belongs)
        for room in _first_rooms(rooms):
            settled.update(_after(room, belongs, came))
        belongs = _of_two_sides(settled)
    return frozenset(frozenset(pair) for group in set(belongs.values()) for pair in combinations(sorted(group), 2))


def _first_rooms(rooms: Collection[Group]) -> list[Group]:
    """Return the rooms of a lesson without those of a later part: where partners changed, the first are the havruta."""
    seated: set[MemberId] = set()
    first: list[Group] = []
    for room in rooms:
        if seated.isdisjoint(room):
            first.append(room)
            seated |= room
    return first


def _after(room: Group, belongs: Mapping[MemberId, Group], came: Group) -> dict[MemberId, Group]:
    """Return to which havruta those who sat in a room belong from now on; guests are left out."""
    core = frozenset(member for member in room if not _is_guest(member, belongs, came))
    if not core:
        return {}
    earlier = belongs.get(min(core), frozenset[MemberId]())
    if core <= earlier and not (earlier - core) & came:
        return {}
    return dict.fromkeys(core, core)


def _is_guest(member: MemberId, belongs: Mapping[MemberId, Group], came: Group) -> bool:
    own = belongs.get(member, frozenset[MemberId]()) - {member}
    return bool(own) and not own & came


def _of_two_sides(settled: Mapping[MemberId, Group]) -> dict[MemberId, Group]:
    """Keep havrutot in which each agrees: whoever was taken elsewhere is no longer waited for."""
    kept: dict[MemberId, Group] = {}
    for member, group in settled.items():
        still = frozenset(other for other in group if settled.get(other) == group)
        if len(still) > 1:
            kept[member] = still
    return kept


def rooms_of(meetings: Iterable[tuple[str, MemberId, MemberId]]) -> list[Group]:
    """Return the rooms of one lesson from what is remembered of it: (room, one, other) for each two who sat together."""
    rooms: dict[str, set[MemberId]] = {}
    for room, one, other in meetings:
        rooms.setdefault(room, set()).update((one, other))
    in_order = sorted(rooms, key=lambda room: (len(room), room))
    return [frozenset(rooms[room]) for room in in_order]
