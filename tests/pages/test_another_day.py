"""A lesson that was set aside: the desk and the plan name it, and its other day leaves what was agreed as it is."""

from typing import TYPE_CHECKING

from server.core.people.consent import plan_hash
from server.core.people.models import LessonSession

if TYPE_CHECKING:
    from conftest import House

PLAN = "/sessions/lesson"
OTHER_DAY = f"{PLAN}/another-day"


async def set_aside(house: "House") -> LessonSession:
    """Let the lesson have been agreed to, begun and set aside."""
    planned = await house.people.session("lesson")
    assert planned is not None
    agreed = tuple(side.model_copy(update={"agreed_plan": plan_hash(planned)}) for side in planned.sides)
    lesson = planned.model_copy(update={"status": "set_aside", "sides": agreed})
    await house.people.save_session(lesson)
    return lesson


async def test_the_other_day_is_chosen_on_the_teachers_own_clock_and_nobody_agrees_anew(house: "House") -> None:
    await set_aside(house)
    desk = await house.desk_of("stone")
    page = await desk.get(PLAN)
    assert "The lesson is set aside" in page.words
    assert "Open the lesson" in page.words
    done = await desk.post(OTHER_DAY, [("next_day", "2026-11-25"), ("next_at", "09:00")])
    assert done.location == f"{PLAN}?done=another_day#another-day"
    kept = await house.people.session("lesson")
    assert kept is not None
    assert (kept.status, kept.starts_at.isoformat()) == ("set_aside", "2026-11-25T15:00:00+00:00")
    assert all(side.agreed_plan == plan_hash(kept) for side in kept.sides)
    home = await (await house.desk_of("levi")).get("/home")
    assert "ממשיך מהמקום שבו נעצר" in home.words, "the partner's desk says so, in the partner's language"


async def test_an_hour_that_is_none_changes_nothing_and_is_named(house: "House") -> None:
    before = await set_aside(house)
    desk = await house.desk_of("stone")
    done = await desk.post(OTHER_DAY, [("next_day", ""), ("next_at", "09:00")])
    assert "Choose the day of the lesson." in (await desk.get(str(done.location))).words
    assert await house.people.session("lesson") == before


async def test_only_a_lesson_that_was_set_aside_gets_another_day(house: "House") -> None:
    before = await house.people.session("lesson")
    desk = await house.desk_of("stone")
    done = await desk.post(OTHER_DAY, [("next_day", "2026-11-25"), ("next_at", "09:00")])
    assert done.location == f"{PLAN}?done=not_now"
    assert await house.people.session("lesson") == before
    assert (await (await house.desk_of("")).post(OTHER_DAY, [])).location != f"{PLAN}?done=another_day#another-day"
