"""A lesson that was set aside goes on another day: its hour moves, and what both schools agreed to stays agreed."""

from datetime import datetime

from server.core.people.consent import plan_hash
from server.core.people.models import LessonSession


def moved_to(session: LessonSession, starts_at: datetime, slot_minutes: int | None = None) -> LessonSession:
    """Return the lesson at another hour. The plan is under way and does not change, so nobody has to agree to it anew."""
    was = plan_hash(session)
    moved = session.model_copy(
        update={"starts_at": starts_at, "slot_minutes": session.slot_minutes if slot_minutes is None else slot_minutes}
    )
    now = plan_hash(moved)
    sides = tuple(
        side.model_copy(update={"agreed_plan": now}) if side.agreed_plan == was else side for side in moved.sides
    )
    return moved.model_copy(update={"sides": sides})
