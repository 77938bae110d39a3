"""A lesson made from one that was there before."""

from datetime import UTC, datetime

from server.core.people.models import LessonSession, Plan, PlannedPart, SessionSide
from server.core.twinning.shelf import a_week_later, copied_lesson, only_known

LESSON = LessonSession(
    id="lesson",
    twinning="twinning",
    title={"en": "Ruth"},
    starts_at=datetime(2026, 10, 28, 14, 0, tzinfo=UTC),
    plan=Plan(parts=(PlannedPart(protocol="talk"), PlannedPart(protocol="own_x@1"))),
    sides=(
        SessionSide(side="a", classes=("one",), adult="levi", agreed_plan="hash"),
        SessionSide(side="b", classes=("two",), adult="stone", agreed_plan="hash"),
    ),
    status="closed",
    arc="arc",
)


def test_next_week_is_the_same_hour_on_the_schools_own_wall_when_clocks_change() -> None:
    later = a_week_later(LESSON, "America/Chicago", datetime(2026, 10, 28, tzinfo=UTC))
    assert later == datetime(2026, 11, 4, 15, 0, tzinfo=UTC)


def test_a_lesson_of_long_ago_is_planned_for_a_week_that_comes() -> None:
    later = a_week_later(LESSON, "UTC", datetime(2027, 3, 1, 12, 0, tzinfo=UTC))
    assert later == datetime(2027, 3, 3, 14, 0, tzinfo=UTC)


def test_nobody_has_agreed_to_the_copy() -> None:
    made = copied_lesson(LESSON, "new", LESSON.starts_at)
    assert (made.id, made.status, made.arc) == ("new", "planned", None)
    assert [(s.classes, s.adult, s.agreed_plan) for s in made.sides] == [
        (("one",), "levi", None),
        (("two",), "stone", None),
    ]
    assert made.plan == LESSON.plan


def test_what_new_readers_may_not_know_stays_out_of_the_plan() -> None:
    assert [p.protocol for p in only_known(LESSON.plan, {"talk"}).parts] == ["talk"]
