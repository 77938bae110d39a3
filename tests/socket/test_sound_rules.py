"""Sound rules on the wire: one classroom, one speaker, hold to talk, and talk that is measured and never recorded."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from server.core.people.models import SessionSide
from tests.live.servers import Lesson, PersonOnline
from tests.socket.served import SESSION, Served, serving

TALKING = "noticing_and_wondering"
"""It begins with reading aloud, and goes on with talk."""
READ, TALK = 0, 1

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(fresh_data: Callable[[], Path]) -> AsyncGenerator[Served]:
    async with serving(fresh_data()) as running:
        await running.plan(TALKING)
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lesson(served: Served) -> AsyncGenerator[Lesson]:
    async with served.lesson(pairs=2) as started:
        yield started


def rooms(lesson: Lesson) -> list[str]:
    return list(lesson.teachers[0].views["seats"]["rooms"])


def apart(person: PersonOnline) -> list[str]:
    return person.room["media"]["apart"]


async def talk_in(lesson: Lesson, room: str) -> list[PersonOnline]:
    """Bring a room to its talk; return who is in it."""
    children = lesson.partners(room)
    if children[0].room["step"] == READ:
        assert (await lesson.teachers[0].say("move_room_on", room=room, step=READ))["ok"]
    for child in children:
        await child.until(lambda p: p.room["step"] == TALK, "for the talk")
    return children


async def test_while_one_reads_aloud_one_microphone_is_open(lesson: Lesson) -> None:
    child = lesson.partners(rooms(lesson)[0])[0]
    assert child.room["media"]["microphones"] == [child.room["turn"]["acts"]]


async def test_a_teacher_says_that_the_own_class_does_not_share_a_room(lesson: Lesson) -> None:
    haifa, chicago = lesson.teachers
    child = lesson.students[0]
    assert apart(child) == ["a", "b"]
    assert haifa.views["session"]["classrooms"] == {"a": True, "b": True}
    assert (await haifa.say("share_classroom", shared=False))["ok"]
    for person in lesson.students:
        await person.until(lambda p: apart(p) == ["b"], "for the new rule")
    await chicago.until(lambda p: p.views["session"]["classrooms"] == {"a": False, "b": True}, "for the switch")
    assert (await haifa.say("share_classroom", shared=True))["ok"]
    await child.until(lambda p: apart(p) == ["a", "b"], "for the old rule")


async def test_partners_see_who_holds_to_talk(lesson: Lesson) -> None:
    speaker, listener = lesson.partners(rooms(lesson)[0])
    state = {"camera": "on", "microphone": "on"}
    for holding in (True, False):
        assert (await listener.say("device_state", **state, holding=holding))["ok"]
        await speaker.until(lambda p, now=holding: holds(p, listener.who) is now, "for the other's hand")


def holds(person: PersonOnline, who: str) -> bool | None:
    peers: list[dict[str, Any]] = person.views["beside"]["peers"]
    return next((peer["holding"] for peer in peers if peer["who"] == who), None)


async def test_the_board_sees_how_a_room_shares_its_talk(lesson: Lesson) -> None:
    teacher = lesson.teachers[0]
    room = rooms(lesson)[0]
    one, other = await talk_in(lesson, room)
    assert (await one.say("talk_share", step=TALK, seconds_spoken=12, reliable=True))["ok"]
    assert (await other.say("talk_share", step=TALK, seconds_spoken=4, reliable=True))["ok"]
    await teacher.until(lambda p: p.rows.get(room, {}).get("talk"), "for the balance")
    talk = teacher.rows[room]["talk"]
    assert talk == {"step": TALK, "shares": {one.who: 75, other.who: 25}, "reliable": True}
    assert one.views["beside"]["talk"] is None, "the plan does not show it to rooms"


async def test_measured_talk_is_in_no_log_and_goes_with_the_connection(lesson: Lesson, served: Served) -> None:
    teacher = lesson.teachers[0]
    room = rooms(lesson)[1]
    one, other = await talk_in(lesson, room)
    store = served.house.live.memory
    before = (await store.room(room)).version, (await store.session(SESSION)).version
    for child in (one, other):
        assert (await child.say("talk_share", step=TALK, seconds_spoken=20))["ok"]
    await teacher.until(lambda p: p.rows.get(room, {}).get("talk"), "for the balance")
    assert teacher.rows[room]["talk"]["reliable"] is False
    assert ((await store.room(room)).version, (await store.session(SESSION)).version) == before
    await other.client.disconnect()
    await teacher.until(lambda p: p.rows.get(room, {}).get("talk") is None, "for it to be gone")
    await other.connect()
    await other.until(lambda p: p.room, "for the room")


async def test_talk_of_a_step_that_is_over_counts_no_more_and_is_no_fault(lesson: Lesson) -> None:
    child, _ = await talk_in(lesson, rooms(lesson)[0])
    assert (await child.say("talk_share", step=READ, seconds_spoken=9))["ok"]
    assert (await child.say("talk_share", step=TALK + 1, seconds_spoken=9))["code"] == "step_not_reached"


@pytest.mark.parametrize(
    "fields",
    [
        {"step": TALK, "seconds_spoken": -1},
        {"step": TALK, "seconds_spoken": 10**6},
        {"step": TALK, "seconds_spoken": "a lot"},
        {"step": TALK},
        {"step": TALK, "seconds_spoken": 1, "member": "noa"},
        {"step": TALK, "seconds_spoken": 1, "words": "what was said"},
    ],
)
async def test_a_number_is_all_that_talk_can_say(lesson: Lesson, fields: dict[str, Any]) -> None:
    assert (await lesson.students[0].say("talk_share", **fields))["code"] == "malformed"


async def test_where_the_plan_says_so_the_room_sees_it_too(fresh_data: Callable[[], Path]) -> None:
    async with serving(fresh_data()) as served:
        await served.plan(TALKING, talk_shown=True)
        async with served.lesson(pairs=1) as lesson:
            one, other = await talk_in(lesson, rooms(lesson)[0])
            for child in (one, other):
                assert (await child.say("talk_share", step=TALK, seconds_spoken=10, reliable=True))["ok"]
            for child in (one, other):
                await child.until(lambda p: p.views["beside"]["talk"], "for the balance")
                assert child.views["beside"]["talk"]["shares"] == {one.who: 50, other.who: 50}


async def test_a_school_that_has_to_spare_pictures_keeps_its_voices(fresh_data: Callable[[], Path]) -> None:
    async with serving(fresh_data()) as served:
        await served.plan(TALKING)
        haifa = await served.house.people.school("demo-haifa")
        assert haifa is not None
        await served.house.people.save_school(haifa.model_copy(update={"class_kbits": 100}))
        async with served.lesson(pairs=2) as lesson:
            room = rooms(lesson)[0]
            children = lesson.partners(room)
            assert children[0].room["media"]["cameras"] == {"a": True, "b": True}, "hello"
            for step in (READ, TALK, TALK + 1):
                assert (await lesson.teachers[0].say("move_room_on", room=room, step=step))["ok"]
            for child in children:
                await child.until(lambda p: p.room["step"] == TALK + 2, "for the end of the greeting")
                assert child.room["media"]["cameras"] == {"a": False, "b": False}
                assert child.room["media"]["microphones"] is None


async def test_from_home_nobody_is_kept_apart(fresh_data: Callable[[], Path]) -> None:
    async with serving(fresh_data()) as served:
        await served.plan(TALKING)
        planned = await served.house.people.session(SESSION)
        assert planned is not None
        at_home: tuple[SessionSide, SessionSide] = tuple(  # pyright: ignore[reportAssignmentType] -- two sides stay two
            side.model_copy(update={"place": "home"}) for side in planned.sides
        )
        await served.house.people.save_session(planned.model_copy(update={"sides": at_home}))
        async with served.lesson(pairs=1) as lesson:
            assert apart(lesson.students[0]) == []
