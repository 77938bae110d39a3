"""Plans that a school keeps under a name, and a lesson made from a plan that was there before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from server.core.people.models import LessonSession, Plan, PlannedPart, Record

MOST_SHELVED = 100
LONGEST_NAME = 80


class ShelfPlan(Record):
    """A plan on a school's shelf. `twinning`: whose other schools may start a lesson from it too, None for nobody."""

    id: str
    school: str
    name: str
    title: dict[str, str]
    plan: Plan
    slot_minutes: int = Field(ge=10, le=180)
    twinning: str | None = None
    at: datetime
    by: str


class RemovedPart(Record):
    """The protocol that was taken out of a plan last, so that it can be put back as it was."""

    session: str
    place: int
    part: PlannedPart


def a_week_later(lesson: LessonSession, zone: str, now: datetime) -> datetime:
    """Return the next time that the lesson's weekday and hour come round on a school's own clock, at least a week on."""
    local = lesson.starts_at.astimezone(ZoneInfo(zone))
    days = 7
    # Clocks change: the same hour on the wall is what "next week" means.
    while (moment := _on_the_wall(local, days)) <= now:
        days += 7
    return moment


def _on_the_wall(local: datetime, days: int) -> datetime:
    later = (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=local.tzinfo)
    return later.astimezone(ZoneInfo("UTC"))


def copied_lesson(lesson: LessonSession, new_id: str, starts_at: datetime) -> LessonSession:
    """Return a new planned lesson with the same plan, classes and adults, that nobody has agreed to yet."""
    one, other = (side.model_copy(update={"agreed_plan": None}) for side in lesson.sides)
    return lesson.model_copy(
        update={"id": new_id, "starts_at": starts_at, "status": "planned", "sides": (one, other), "arc": None}
    )


def only_known(plan: Plan, known: Sequence[str] | set[str]) -> Plan:
    """Return the plan without protocols that its new readers may not know."""
    return plan.model_copy(update={"parts": tuple(part for part in plan.parts if part.protocol in known)})
