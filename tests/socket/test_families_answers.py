"""A family's "not with the partner school" binds teachers too: no seat across, and not even a name over there."""

import json
from collections.abc import AsyncGenerator, Callable
from html import unescape
from pathlib import Path

import pytest

from server.core.people.models import Consent
from tests.socket.served import CHICAGO_TEACHER, HAIFA_TEACHER, SESSION, Served, serving

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
