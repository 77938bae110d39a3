"""Fitting what is left of a lesson to the bell: what gets shorter, what is left out, and what stays whatever happens."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from server.core.live.lesson import Lesson, LessonStep
from server.core.live.scene import limit
from server.core.live.state import Room, Session, current_step, ends_at
from server.core.live.works import RoomId

GENTLY = 0.75
"""Before anything is left out, steps are shortened to no less than this share of their time."""
HALF = 0.5
SHORTEST = 30
ROUNDED_TO = 5


@dataclass(frozen=True, slots=True)
class Fitting:
    """Seconds for every step still to come; for a step at which rooms are, from now on. `needed`: without shortening.

    Where it does not fit, nothing is changed: even the shortest form takes longer than there is.
    """

    seconds: dict[int, int] = field(default_factory=dict[int, int])
    left_out: tuple[int, ...] = ()
    shortened: tuple[int, ...] = ()
    needed: int = 0
    fits: bool = True
    kept_shorter: bool = False
    """Whether even what is kept (intention, reflection) had to be shortened."""

    @property
    def takes(self) -> int:
        """Seconds that what is left takes now."""
        return sum(self.seconds.values()) if self.fits else self.needed


@dataclass(frozen=True, slots=True)
class Hour:
    """What a decision about time needs beside the session: the hour it is, the bell, when the lesson was to begin, the rooms."""

    now: datetime
    bell: datetime | None = None
    starts_at: datetime | None = None
    rooms: Mapping[RoomId, Room] = field(default_factory=dict[RoomId, Room])


def fit(
    lesson: Lesson,
    here: Mapping[int, int],
    sizes: Collection[int],
    left: int,
    shorter: Mapping[int, int] | None = None,
    out: Collection[int] = (),
) -> Fitting:
    """Return how what is left fits into `left` seconds.

    `here`: steps at which rooms are, with the seconds that the slowest of them still has there. `sizes`: of the rooms.
    `shorter` and `out`: what an earlier fitting made shorter and left out already.
    """
    first = min(here, default=len(lesson.steps))
    full = {
        step.index: _needed(step, sizes, shorter or {})
        for step in lesson.steps[first:]
        if step.index not in out and any(step.fitted(size) is not None for size in sizes)
    }
    least = {i: _least(lesson, i, seconds) for i, seconds in full.items()}
    if first in here and first in full:
        # What was added to it counts, as what has gone by of it does.
        full[first] = max(here[first], 0)
        least[first] = min(least[first], full[first])
    needed = sum(full.values())
    if needed <= left:
        return Fitting(full, needed=needed)
    kept = {i for i in full if is_kept(lesson, lesson.steps[i])}
    gently = {i: full[i] if i in kept else max(least[i], ceil(GENTLY * full[i])) for i in full}
    gone = _left_out(lesson, gently, kept | here.keys(), left)
    stays = {i: seconds for i, seconds in full.items() if i not in gone}
    loose = stays.keys() - kept
    tight = {**stays, **{i: least[i] for i in loose}}
    if sum(tight.values()) <= left:
        seconds = _squeezed(stays, least, loose, left)
    elif sum(least[i] for i in stays) <= left:
        seconds = _squeezed(tight, least, kept, left)
    else:
        return Fitting(full, needed=needed, fits=False)
    shortened = tuple(i for i in stays if seconds[i] < full[i])
    return Fitting(seconds, tuple(sorted(gone)), shortened, needed, kept_shorter=bool(kept & set(shortened)))


def fit_now(lesson: Lesson, session: Session, hour: Hour) -> Fitting | None:
    """Return how what is left fits until the bell, from where the rooms are now; None without a bell or without rooms."""
    seated = [room for room_id, room in hour.rooms.items() if session.rooms.get(room_id)]
    if hour.bell is None or not seated:
        return None
    left = int((hour.bell - hour.now) / timedelta(seconds=1))
    sizes = {_size(session, room.id) for room in seated}
    return fit(
        lesson,
        where_rooms_are(lesson, session, seated, hour.now),
        sizes,
        left,
        session.fit.seconds if session.fit else None,
        session.left_out,
    )


def where_rooms_are(lesson: Lesson, session: Session, rooms: Iterable[Room], now: datetime) -> dict[int, int]:
    """Return the steps at which rooms are, with the seconds that the slowest of them still has there."""
    found: dict[int, int] = {}
    for room in rooms:
        at = current_step(room, session)
        if not 0 <= at < len(lesson.steps):
            continue
        step = lesson.steps[at]
        seconds = step.seconds_in(_size(session, room.id))
        waits = at == limit(lesson, session) and session.floor != at
        # Whoever is early and waits for the class has all of the class's time ahead.
        over = None if waits else ends_at(room, session, seconds, now)
        left = seconds if over is None else int((over - now) / timedelta(seconds=1))
        found[at] = max(found.get(at, 0), left)
    return found


def reflection_start(lesson: Lesson) -> int:
    """Return where the lesson comes back to the intention and looks back; its last step where no protocol does."""
    steps = lesson.steps
    start = len(steps)
    while start > 0 and _looks_back(lesson, steps[start - 1]):
        start -= 1
    if start < len(steps):
        return start
    return next((step.index for step in steps if _looks_back(lesson, step)), max(len(steps) - 1, 0))


def is_kept(lesson: Lesson, step: LessonStep) -> bool:
    """Whether a step stays whatever the hour: the intention, everything that comes back to it, reflection, self-rating."""
    intention = step.step.output == "intention" or _uses_intention(lesson, step)
    return intention or _looks_back(lesson, step) or any(asked.kind == "rating" for asked in step.step.inputs)


def _uses_intention(lesson: Lesson, step: LessonStep) -> bool:
    return any(lesson.by_id[used].step.output == "intention" for used in step.uses)


def _looks_back(lesson: Lesson, step: LessonStep) -> bool:
    earlier = any(
        lesson.by_id[used].part < step.part for used in step.uses if lesson.by_id[used].step.output == "intention"
    )
    return earlier or lesson.parts[step.part].protocol.group == "reflection"


def _size(session: Session, room: RoomId) -> int:
    return min(max(len(session.rooms.get(room, ())), 1), 4)


def _needed(step: LessonStep, sizes: Collection[int], shorter: Mapping[int, int]) -> int:
    seconds = max(step.seconds_in(size) for size in sizes if step.fitted(size) is not None)
    return min(seconds, shorter.get(step.index, seconds))


def _least(lesson: Lesson, index: int, seconds: int) -> int:
    """Return the shortest that still makes sense: a protocol's own short form, else (or from there) half the time."""
    at = lesson.steps[index]
    short = None if lesson.parts[at.part].short else at.step.short_minutes
    share = min(short / at.step.minutes, 1.0) if short else HALF
    return min(seconds, max(SHORTEST, ceil(share * seconds)))


def _left_out(lesson: Lesson, gently: Mapping[int, int], stays: Collection[int], left: int) -> set[int]:
    """Return optional steps to leave out, the longest first and no more than needed; never one whose words are used later."""
    gone: set[int] = set()

    def used_later(index: int) -> bool:
        name = lesson.steps[index].id
        return any(name in lesson.steps[i].uses for i in gently if i not in gone)

    def takes() -> int:
        return sum(seconds for i, seconds in gently.items() if i not in gone)

    while takes() > left:
        free = [i for i in gently if i not in gone and i not in stays and _optional(lesson, i) and not used_later(i)]
        if not free:
            break
        gone.add(max(free, key=lambda i: (gently[i], i)))
    for index in sorted(gone, key=lambda i: gently[i]):
        rests_on = {lesson.by_id[used].index for used in lesson.steps[index].uses}
        if takes() + gently[index] <= left and not rests_on & gone:
            gone.discard(index)
    return gone


def _optional(lesson: Lesson, index: int) -> bool:
    return not lesson.steps[index].step.core


def _squeezed(full: Mapping[int, int], least: Mapping[int, int], loose: Collection[int], left: int) -> dict[int, int]:
    """Return the seconds with `loose` steps shortened evenly, in whole five seconds, so that all together takes `left`."""
    slack = sum(full[i] - least[i] for i in loose)
    too_much = sum(full.values()) - left
    keeps = 1 - too_much / slack if slack and too_much > 0 else 1.0
    seconds = dict(full)
    for i in loose:
        exact = int(least[i] + (full[i] - least[i]) * keeps)
        seconds[i] = max(least[i], exact - exact % ROUNDED_TO) if exact < full[i] else full[i]
    return seconds
