"""A room's work over HTTP, and who writes and whose line is weak on the board's rows: over the real wire."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.live.servers import Lesson, PersonOnline
from tests.socket.served import CHICAGO_TEACHER, HAIFA_SAFETY, HAIFA_TEACHER, SESSION, Served, lesson_steps, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
PROTOCOLS = ("advisory_one_strength", "noticing_and_wondering")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(fresh_data: Callable[[], Path]) -> AsyncGenerator[Served]:
    async with serving(fresh_data()) as running:
        await running.plan(*PROTOCOLS)
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lesson(served: Served) -> AsyncGenerator[Lesson]:
    async with served.lesson(pairs=2) as started:
        yield started


def room_of(lesson: Lesson) -> str:
    return next(iter(lesson.teachers[0].views["seats"]["rooms"]))


async def work(served: Served, staff: str, room: str) -> tuple[int, str, dict[str, Any]]:
    browser = await served.browser("staff", staff)
    async with browser.get(f"{served.url}/sessions/{SESSION}/rooms/{room}/work", allow_redirects=False) as answer:
        body = await answer.text()
        return answer.status, body, await answer.json() if answer.status == 200 else {}


async def bring_to(lesson: Lesson, room: str, index: int) -> list[PersonOnline]:
    """Bring the class to a step; return who sits in the room."""
    teacher, children = lesson.teachers[0], lesson.partners(room)
    moved = await teacher.say("next_gate", after=teacher.views["session"]["floor"], to=index)
    assert moved["ok"], moved
    for person in (teacher, *children):
        await person.until(lambda p: p.views["session"]["floor"] == index, "for the step")
    return children


async def test_private_notes_and_drafts_are_in_no_byte_of_it(lesson: Lesson, served: Served) -> None:
    room = room_of(lesson)
    steps = await lesson_steps(served, lesson.teachers[0].views["session"]["lesson"])
    private = next(s for s in steps if s["visibility"] == "private" and s["inputs"])
    children = await bring_to(lesson, room, private["index"])
    for child in children:
        to = private["inputs"][0]
        answered = await child.say("answer", step=private["index"], input=to["id"], entries=[{"text": "SECRET NOTE"}])
        assert answered["ok"], answered
    open_one, asked = next(
        (s, i)
        for s in steps[private["index"] + 1 :]
        for i in s["inputs"]
        if s["visibility"] == "after_reveal" and i["kind"] in ("text", "list") and s["kind"] == "solo"
    )
    one, other = await bring_to(lesson, room, open_one["index"])
    answer = {"step": open_one["index"], "input": asked["id"]}
    assert (await one.say("answer", **answer, entries=[{"text": "not turned over yet"}]))["ok"]
    assert (await other.say("save_draft", **answer, sequence=1, entries=[{"text": "HALF A SENTENCE"}]))["ok"]
    for teacher in (HAIFA_TEACHER, CHICAGO_TEACHER):
        status, body, seen = await work(served, teacher, room)
        assert status == 200, body
        assert "SECRET NOTE" not in body
        assert "HALF A SENTENCE" not in body
        assert [(a["entries"][0]["text"], a["seen"]) for a in seen["answers"]] == [("not turned over yet", False)]
        assert seen["passed"][-1]["step"] == open_one["index"]


async def test_schools_that_keep_words_apart_read_their_own_until_they_turn_over(
    lesson: Lesson, served: Served
) -> None:
    room = room_of(lesson)
    people = served.house.people
    planned = await people.session(SESSION)
    twinning = await people.twinning(planned.twinning) if planned else None
    assert twinning is not None
    await people.save_twinning(twinning.model_copy(update={"shares_work": False}))
    read = [bool((await work(served, teacher, room))[2]["answers"]) for teacher in (HAIFA_TEACHER, CHICAGO_TEACHER)]
    assert sorted(read) == [False, True]


@pytest.mark.parametrize(
    ("who", "expected"), [("third-teacher", 404), (HAIFA_SAFETY, 403), ("watching", 403), (HAIFA_TEACHER, 200)]
)
async def test_only_this_lessons_teachers_look_in(lesson: Lesson, served: Served, who: str, expected: int) -> None:
    await served.hire("third-teacher", "third-school", "teacher", "coordinator")
    await served.hire("watching", "demo-haifa", "admin")
    status, body, _ = await work(served, who, room_of(lesson))
    assert status == expected
    if expected != 200:
        assert "not turned over yet" not in body


@pytest.mark.parametrize("room", [f"{SESSION}.99", SESSION, "other-lesson.1", ".."])
async def test_a_room_that_this_lesson_does_not_have_is_not_there(served: Served, lesson: Lesson, room: str) -> None:
    assert (await work(served, HAIFA_TEACHER, room))[0] == 404


async def test_a_child_is_not_let_in(served: Served, lesson: Lesson) -> None:
    child = lesson.partners(room_of(lesson))[0]
    browser = await served.browser("student", child.who)
    url = f"{served.url}/sessions/{SESSION}/rooms/{room_of(lesson)}/work"
    async with browser.get(url, allow_redirects=False) as answer:
        assert answer.status == 303


async def test_a_row_tells_who_writes_now_and_is_no_event(lesson: Lesson, served: Served) -> None:
    room = room_of(lesson)
    child = lesson.partners(room)[0]
    teacher = lesson.teachers[0]
    steps = await lesson_steps(served, teacher.views["session"]["lesson"])
    asked = next(i for i in steps[child.step]["inputs"])
    before = (await served.house.live.memory.room(room)).version
    draft: dict[str, Any] = {"step": child.step, "input": asked["id"], "sequence": 7, "entries": [{"text": "and so"}]}
    assert (await child.say("save_draft", **draft))["ok"]
    await teacher.until(lambda p: child.who in p.rows[room]["writing"], "for the pen")
    assert (await served.house.live.memory.room(room)).version == before
    # Nobody is told but teachers: partners read the words when they turn over.
    assert not any("writing" in heard for heard in lesson.partners(room)[1].heard)
    await teacher.until(lambda p: child.who not in p.rows[room]["writing"], "for the pen to rest")


async def test_a_row_tells_a_weak_line_and_a_lost_one(lesson: Lesson) -> None:
    room = room_of(lesson)
    one, other = lesson.partners(room)
    teacher = lesson.teachers[1]
    devices = {"camera": "on", "microphone": "on"}
    assert (await one.say("device_state", **devices, line="weak"))["ok"]
    await teacher.until(lambda p: p.rows[room]["weak"] == [one.who], "for the weak line")
    assert (await one.say("device_state", **devices))["ok"]
    await teacher.until(lambda p: p.rows[room]["weak"] == [], "for the line to be well")
    assert (await one.say("device_state", **devices, line="broken"))["code"] == "malformed"
    await other.client.disconnect()
    await teacher.until(lambda p: p.rows[room]["gone"].get(other.who), "for the lost line")
    await other.connect()
    await teacher.until(lambda p: p.rows[room]["gone"] == {}, "for them to be back")


async def test_of_two_teachers_who_take_a_call_one_is_on_the_way_and_the_other_is_told(lesson: Lesson) -> None:
    room = room_of(lesson)
    child, partner = lesson.partners(room)
    assert (await child.say("ask_help", reason="task"))["ok"]
    for teacher in lesson.teachers:
        await teacher.until(lambda p: p.rows[room]["help"], "for the call")
    answers = await asyncio.gather(*(teacher.say("take_help", room=room) for teacher in lesson.teachers))
    assert sorted(answer.get("code", "ok") for answer in answers) == ["ok", "somebody_was_faster"]
    comes = lesson.teachers[0 if answers[0]["ok"] else 1]
    who = comes.views["me"]["who"]
    for person in (child, partner):
        await person.until(lambda p: p.room["help"] and p.room["help"]["taken_by"] == who, "to hear who comes")
    for teacher in lesson.teachers:
        await teacher.until(lambda p: p.rows[room]["help"]["taken_by"] == who, "to see that it is taken")
    assert (await child.say("ask_help", reason="partner"))["ok"]
    await comes.until(lambda p: p.rows[room]["help"]["reason"] == "partner", "for more about it")
    assert comes.rows[room]["help"]["taken_by"] == who
    assert (await comes.say("enter_room", room=room))["ok"]
    for teacher in lesson.teachers:
        await teacher.until(lambda p: p.rows[room]["help"] is None, "for the call to be over")
        await teacher.until(lambda p: p.rows[room]["visitors"] == [who], "to see who is there")
    assert (await comes.say("leave_room", room=room))["ok"]
