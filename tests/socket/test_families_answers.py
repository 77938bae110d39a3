"""A family's answers bind teachers too: without them no seat across, and not even a name over there; nobody else waits."""

import json
from collections.abc import AsyncGenerator, Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from server.core.people.consent import plan_hash
from server.core.people.models import Consent
from server.edges.parts import PARTS
from tests.socket.served import CHICAGO_TEACHER, HAIFA_TEACHER, SESSION, RefusedAtDoor, Served, serving

CHILD = "demo-haifa-12"


@pytest.fixture
async def school(fresh_data: Callable[[], Path]) -> AsyncGenerator[Served]:
    """A server in which one child of Haifa works on paper."""
    async with serving(fresh_data()) as running:
        people = running.house.people
        answers = Consent(takes_part="paper", media="none", keep_words="session")
        await people.set_consent(CHILD, answers, HAIFA_TEACHER, running.house.live._clock.now())  # pyright: ignore[reportPrivateUsage] -- the server's own time
        yield running


async def test_no_teacher_seats_a_child_across_whose_family_did_not_agree(school: Served) -> None:
    async with school.lesson(pairs=1) as lesson:
        room = next(iter(lesson.teachers[0].views["seats"]["rooms"]))
        for teacher in lesson.teachers:
            refused = await teacher.say("move_seat", member=CHILD, room=room)
            assert (refused["ok"], refused["code"]) == (False, "may_not_cross")
            assert refused["message"]
        assert CHILD not in "".join(lesson.students[1].heard)


@pytest.mark.parametrize(("teacher", "named"), [(HAIFA_TEACHER, True), (CHICAGO_TEACHER, False)])
async def test_the_partners_teacher_reads_no_name_of_a_child_who_stays_in_the_own_class(
    school: Served, teacher: str, named: bool
) -> None:
    child = await school.house.people.student(CHILD)
    assert child is not None
    browser = await school.browser("staff", teacher)
    async with browser.get(f"{school.url}/sessions/{SESSION}/live") as answer:
        page = unescape(await answer.text())
    assert (CHILD in page) is named
    assert any(json.dumps(name, ensure_ascii=False) in page or name in page for name in child.names.values()) is named


NEWCOMER = "newcomer"


async def a_child_is_added_without_answers(school: Served) -> None:
    """Add a child to Haifa's class, as a teacher does a minute before the bell."""
    await school.enrol(NEWCOMER, "demo-haifa-7", "demo-haifa")
    await school.house.people.set_consent(NEWCOMER, Consent(), HAIFA_TEACHER, school.house.app[PARTS].clock.now())


async def test_a_child_without_answers_is_not_let_in_and_the_lesson_starts_for_all_others(school: Served) -> None:
    await a_child_is_added_without_answers(school)
    with pytest.raises(RefusedAtDoor) as refused:
        await school.raw("student", NEWCOMER)
    assert refused.value.code == "not_your_session"
    async with school.lesson(pairs=1) as lesson:
        room = next(iter(lesson.teachers[0].views["seats"]["rooms"]))
        answer = await lesson.teachers[0].say("move_seat", member=NEWCOMER, room=room)
        assert (answer["ok"], answer["code"]) == (False, "may_not_cross")


async def test_a_child_comes_in_as_soon_as_the_family_has_answered(school: Served) -> None:
    await a_child_is_added_without_answers(school)
    async with school.lesson(pairs=1):
        agreed = Consent(takes_part="across", media="none", keep_words="year")
        await school.house.people.set_consent(NEWCOMER, agreed, HAIFA_TEACHER, school.house.app[PARTS].clock.now())
        await school.house.live.forget(NEWCOMER)
        late = await school.online("student", NEWCOMER)
        assert late.views["session"]["status"] == "running"
        await late.leave()
        for teacher in (HAIFA_TEACHER, CHICAGO_TEACHER):
            assert NEWCOMER in (await people_now(school, teacher))["people"], "an open page can ask who came"


@pytest.mark.parametrize(("teacher", "named", "elsewhere"), [(HAIFA_TEACHER, True, 0), (CHICAGO_TEACHER, False, 1)])
async def test_who_has_no_answers_is_named_to_the_own_school_and_counted_for_the_partner(
    school: Served, teacher: str, named: bool, elsewhere: int
) -> None:
    await a_child_is_added_without_answers(school)
    known = await people_now(school, teacher)
    assert (NEWCOMER in known["people"]) is named
    assert known["unanswered"] == {"a": elsewhere, "b": 0}
    if named:
        assert known["people"][NEWCOMER]["answered"] is False
        assert known["people"][CHILD]["answered"] is True, "on paper is an answer"


async def people_now(school: Served, teacher: str) -> dict[str, Any]:
    """Return the learners as a teacher's page knows them."""
    browser = await school.browser("staff", teacher)
    async with browser.get(f"{school.url}/sessions/{SESSION}/people") as answer:
        assert answer.status == 200
        return await answer.json()


# -- a school beside ours -----------------------------------------------------------------------------------------------


async def a_third_school_joins_haifas_side(school: Served, *, bringing: bool) -> None:
    """Put a school with a teacher and a child beside Haifa, with or without its class in the lesson."""
    people = school.house.people
    await school.hire("third-teacher", "third-school", "teacher")
    await school.enrol("third-child", "third-class", "third-school")
    lesson = await people.session(SESSION)
    assert lesson is not None
    twinning = await people.twinning(lesson.twinning)
    assert twinning is not None
    await people.join_twinning(twinning.id, "a", "third-school")
    if bringing:
        a, b = lesson.sides
        planned = lesson.model_copy(
            update={"sides": (a.model_copy(update={"classes": (*a.classes, "third-class")}), b)}
        )
        agreed = plan_hash(planned)
        sides = tuple(side.model_copy(update={"agreed_plan": agreed}) for side in planned.sides)
        await people.save_session(planned.model_copy(update={"sides": sides}))


async def test_a_school_beside_ours_holds_the_lesson_when_it_brings_a_class_and_knows_only_its_own_at_home(
    school: Served,
) -> None:
    await a_third_school_joins_haifas_side(school, bringing=True)
    known = (await people_now(school, "third-teacher"))["people"]
    assert "third-child" in known
    assert "demo-haifa-01" in known, "who may be in one room is known by name"
    assert CHILD not in known, "who stays in the own class is that school's to know"
    teacher = await school.raw("staff", "third-teacher")
    await teacher.close()


async def test_a_school_beside_ours_without_a_class_in_the_lesson_stays_outside(school: Served) -> None:
    await a_third_school_joins_haifas_side(school, bringing=False)
    with pytest.raises(RefusedAtDoor) as refused:
        await school.raw("staff", "third-teacher")
    assert refused.value.code == "not_your_session"
    browser = await school.browser("staff", "third-teacher")
    for page in ("live", "people", "ice"):
        async with browser.get(f"{school.url}/sessions/{SESSION}/{page}") as answer:
            assert answer.status == 404
            assert "demo-haifa" not in await answer.text()
