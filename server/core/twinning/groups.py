"""Groups kept under a name, and who has learned with whom over the year."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from server.core.people.models import Record

LONGEST_NAME = 80
MOST_SAVED = 60


class SavedGroups(Record):
    """A layout of rooms that teachers of a twinning keep, by a name ("Tuesday groups"); both sides see it."""

    id: str
    twinning: str
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    by: str
    at: datetime
    rooms: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two who shared a room in a lesson."""

    one: str
    other: str
    session: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Met:
    """How often somebody has learned with another, and when last."""

    other: str
    times: int
    last: datetime


def partners_of(student: str, meetings: Iterable[Meeting]) -> list[Met]:
    """Return with whom a student has learned, the most frequent first, then the latest."""
    times: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for meeting in meetings:
        if student not in (meeting.one, meeting.other):
            continue
        other = meeting.other if meeting.one == student else meeting.one
        times[other] += 1
        last[other] = max(last.get(other, meeting.at), meeting.at)
    found = [Met(other, count, last[other]) for other, count in times.items()]
    return sorted(found, key=lambda met: (-met.times, -met.last.timestamp(), met.other))


def free_name(name: str, saved: Iterable[SavedGroups], but: str = "") -> bool:
    """Whether nothing else is kept under this name, without regard to case."""
    wanted = name.strip().casefold()
    return all(one.name.strip().casefold() != wanted for one in saved if one.id != but)
