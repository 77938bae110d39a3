"""The time of all on the wire: two teachers, two schools, and what every child sees of it."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from server.core.people.consent import plan_hash
from server.core.twinning.another_day import moved_to
from server.edges.parts import PARTS
from tests.live.servers import Lesson, PersonOnline
from tests.socket.served import SESSION, Served, lesson_steps, serving, soon

LEAST_WRAP_UP = 10
A_WHILE = 60.0
PHRASE = {"en": "Look again at verse 16.", "he": "כדאי להסתכל שוב בפסוק ט״ז."}


@pytest_asyncio.fixture
async def served(fresh_data: Callable[[], Path]) -> AsyncGenerator[Served]:
    async with serving(fresh_data()) as running:
        yield running


@pytest_asyncio.fixture
async def lesson(served: Served) -> AsyncGenerator[Lesson]:
    async with served.lesson(pairs=2) as started:
        yield started


def moves(person: PersonOnline) -> int:
    return person.views["session"]["moves"]


def moved(person: PersonOnline) -> str:
    return person.views["session"]["moved"]["kind"]


def added(person: PersonOnline) -> int:
    """When what was given last would be over, had it been given to a step that was over already."""
    return person.views["session"]["moved"]["at"] + person.views["session"]["moved"]["seconds"] * 1000


def is_calm(person: PersonOnline) -> bool:
    paused = person.views["session"]["paused"]
    return paused is not None and paused["calm"]


async def everybody_sees(lesson: Lesson, kind: str) -> None:
    for person in lesson.everybody():
        await person.until(lambda p: moved(p) == kind, f"for {kind}")


async def status_of(served: Served) -> str:
    kept = await served.house.people.session(SESSION)
    assert kept is not None
    return kept.status


async def ring_in(served: Served, minutes: float) -> datetime:
    """Let the lesson have begun so that its bell rings in so many minutes; return when that is."""
    people = served.house.people
    planned = await people.session(SESSION)
    assert planned is not None
    bell = served.house.app[PARTS].clock.now() + timedelta(minutes=minutes)
    await people.save_session(moved_to(planned, bell - timedelta(minutes=planned.slot_minutes)))
    served.house.live.scenes.forget(SESSION)
    return bell


async def test_a_minute_that_is_called_is_left_in_every_room(lesson: Lesson) -> None:
    before = {child.who: child.room["ends_at"] for child in lesson.students}
    assert (await lesson.teachers[0].say("warn_minute"))["ok"]
    await everybody_sees(lesson, "minute_warned")
    called = lesson.teachers[1].views["session"]["warned_at"]
    for child in lesson.students:
        await child.until(lambda p: p.room["ends_at"] != before[p.who], "for the shorter time")
        assert child.room["ends_at"] == called + 60_000


async def test_of_two_teachers_who_press_at_once_one_gives_the_minute_and_the_other_sees_who(lesson: Lesson) -> None:
    seen = moves(lesson.teachers[0])
    answers = await asyncio.gather(*(t.say("extend_all", seconds=60, seen=seen) for t in lesson.teachers))
    assert sorted(answer.get("code", "ok") for answer in answers) == ["ok", "somebody_was_faster"]
    winner = lesson.teachers[0 if answers[0]["ok"] else 1]
    await everybody_sees(lesson, "class_time_added")
    for person in lesson.everybody():
        view = person.views["session"]
        assert view["moves"] == seen + 1
        host = next(host for host in view["hosts"] if host["id"] == view["moved"]["by"])
        assert host["school"]
        assert view["moved"]["seconds"] == 60
    assert winner.views["session"]["moved"]["by"] == winner.views["me"]["who"]


@pytest.mark.parametrize("kind", ["close_session", "set_aside", "wrap_up", "fit_to_bell", "warn_minute"])
async def test_whoever_is_slower_than_a_close_is_told_so(lesson: Lesson, kind: str) -> None:
    first, second = lesson.teachers
    seen = moves(second)
    assert (await first.say("close_session", seen=seen))["ok"]
    answer = await second.say(kind, seen=seen)
    assert answer["code"] == "somebody_was_faster"
    await second.until(lambda p: moved(p) == "session_closed", "for the close")


async def test_fitting_is_shown_before_it_is_done_and_every_clock_follows(served: Served, lesson: Lesson) -> None:
    first, second = lesson.teachers
    # Whatever a busy machine takes until then, there is something left of the step to shorten.
    assert (await first.say("extend_all", seconds=600))["ok"]
    await everybody_sees(lesson, "class_time_added")
    await soon(lambda: all(child.room["ends_at"] > added(child) for child in lesson.students))
    bell = await ring_in(served, 20)
    browser = await served.browser("staff", first.views["me"]["who"])
    async with browser.get(f"{served.url}/sessions/{SESSION}/bell") as answer:
        shown = await answer.json()
    assert shown["fits"]
    assert shown["takes"] <= 20 * 60 < shown["needed"]
    before = {child.who: child.room["ends_at"] for child in lesson.students}
    assert (await second.say("fit_to_bell", seen=moves(second)))["ok"]
    await everybody_sees(lesson, "fitted_to_bell")
    assert lesson.students[0].views["session"]["bell"] == round(bell.timestamp() * 1000)
    assert lesson.students[0].views["session"]["left_out"] == shown["left_out"]
    for child in lesson.students:
        await child.until(lambda p: p.room["ends_at"] < before[p.who], "for the shorter time")
        ends_at = child.room["ends_at"]
        await first.until(
            lambda p, room=child.room["room"], at=ends_at: p.rows.get(room, {}).get("ends_at") == at, "for the row"
        )
    steps = await lesson_steps(served, lesson.students[0].views["session"]["lesson"])
    kept = [step["index"] for step in steps if step["output"] == "intention" or step["protocol"] == "reflection"]
    assert kept
    assert not set(kept) & set(shown["left_out"])


async def test_too_late_to_fit_leads_to_the_reflection(served: Served, lesson: Lesson) -> None:
    first, second = lesson.teachers
    await ring_in(served, 1)
    answer = await first.say("fit_to_bell", seen=moves(first))
    assert answer["code"] == "too_late_to_fit"
    browser = await served.browser()
    async with browser.get(f"{served.url}/api/lessons/{first.views['session']['lesson']}") as said:
        reflection = (await said.json())["reflection"]
    assert (await second.say("next_gate", after=0, to=reflection))["ok"]
    for child in lesson.students:
        await child.until(lambda p: p.step == reflection, "for the reflection")


async def test_an_announced_close_is_seen_by_all_and_either_teacher_takes_it_back(lesson: Lesson) -> None:
    first, second = lesson.teachers
    assert (await first.say("wrap_up", seconds=120))["ok"]
    for person in lesson.everybody():
        await person.until(lambda p: p.views["session"]["wrap_up"], "for the countdown")
    assert (await second.say("wrap_up", seconds=60))["code"] == "somebody_was_faster"
    assert (await second.say("cancel_wrap_up"))["ok"]
    for person in lesson.everybody():
        await person.until(lambda p: p.views["session"]["wrap_up"] is None, "for the countdown to go")
        assert person.views["session"]["status"] == "running"


async def test_an_announced_close_comes_by_itself_also_after_the_server_has_died(
    fresh_data: Callable[[], Path],
) -> None:
    data = fresh_data()
    async with serving(data) as served, served.lesson(pairs=1) as lesson:
        assert (await lesson.teachers[0].say("wrap_up", seconds=LEAST_WRAP_UP))["ok"]
        assert await status_of(served) == "running"
    async with serving(data) as again:
        async with asyncio.timeout(A_WHILE):
            while await status_of(again) != "closed":  # noqa: ASYNC110 -- nobody is connected to be told
                await asyncio.sleep(0.1)
        session = await again.house.live.memory.session(SESSION)
        assert session.status == "closed"
        assert session.moved is not None
        assert session.moved.by == lesson.teachers[0].views["me"]["who"], "it is the close that a teacher announced"


async def test_stop_now_is_calm_for_both_schools_also_during_a_pause_and_after_a_reload(lesson: Lesson) -> None:
    first, second = lesson.teachers
    assert (await first.say("pause"))["ok"]
    assert (await second.say("pause", calm=True))["ok"]
    for person in lesson.everybody():
        await person.until(is_calm, "for the calm")
    child = lesson.students[0]
    await child.connect()
    await child.until(lambda p: "session" in p.views and "mine" in p.views, "for the first views")
    assert child.views["session"]["paused"]["calm"]


async def test_a_note_is_read_by_each_in_their_own_language(lesson: Lesson) -> None:
    first = lesson.teachers[0]
    assert (await first.say("send_note", phrase="look_again", segment="1:16"))["ok"]
    for child in lesson.students:
        await child.until(lambda p: p.views["session"]["notes"], "for the note")
        note = child.views["session"]["notes"][0]
        assert note["wording"] == PHRASE
    room = lesson.students[0].room["room"]
    assert (await first.say("send_note", text="Just for you", room=room))["ok"]
    for child in lesson.partners(room):
        await child.until(lambda p: p.room["notes"], "for the note to the room")
        assert (child.room["notes"][0]["text"], child.room["notes"][0]["wording"]) == ("Just for you", {})


async def keep_for_the_lesson_only(served: Served, member: str) -> None:
    people = served.house.people
    student = await people.student(member)
    assert student is not None
    consent = student.consent.model_copy(update={"keep_words": "session"})
    await people.save_student(student.model_copy(update={"consent": consent}))
    served.house.live.scenes.forget()


def first_writing(steps: list[dict[str, Any]]) -> dict[str, Any]:
    return next(step for step in steps if step["kind"] == "solo" and step["inputs"][0]["kind"] in ("text", "choice"))


async def test_a_lesson_set_aside_goes_on_with_the_same_rooms_steps_and_words(served: Served, lesson: Lesson) -> None:
    first, second = lesson.teachers
    child = lesson.students[0]
    await keep_for_the_lesson_only(served, child.who)
    writing = first_writing(await lesson_steps(served, first.views["session"]["lesson"]))
    index, asked = writing["index"], writing["inputs"][0]
    assert (await first.say("next_gate", after=0, to=index))["ok"]
    await child.until(lambda p: p.room["step"] == index, "for the step")
    entry = {"choice": asked["options"][0]["id"]} if asked["options"] else {"text": "mine"}
    assert (await child.say("answer", step=index, input=asked["id"], entries=[entry]))["ok"]
    rooms = dict(first.views["seats"]["rooms"])
    left = child.room["ends_at"] - child.views["session"]["moved"]["at"]

    seen = moves(second)
    assert (await first.say("set_aside", seen=seen))["ok"]
    assert (await second.say("close_session", seen=seen))["code"] == "somebody_was_faster"
    for person in lesson.everybody():
        await person.until(lambda p: p.views["session"]["status"] == "set_aside", "for the calm page")
    assert await status_of(served) == "set_aside"
    assert (await child.say("finish", step=index))["code"] == "not_running"
    draft: dict[str, Any] = {
        "step": index,
        "input": asked["id"],
        "sequence": 2**40,
        "entries": [{"text": "half a sent"}],
    }
    assert (await lesson.students[1].say("save_draft", **draft))["ok"], "what was being typed is kept"

    bell = await ring_in(served, 40)
    assert (await second.say("reopen_session"))["ok"]
    assert (await first.say("reopen_session"))["ok"], "both may press"
    for person in lesson.everybody():
        await person.until(lambda p: p.views["session"]["status"] == "running", "for the lesson")
        assert person.views["session"]["bell"] == round(bell.timestamp() * 1000)
    assert await status_of(served) == "running"
    await child.connect()
    await child.until(lambda p: p.room and p.views.get("mine"), "for the room")
    assert child.room["step"] == index
    assert first.views["seats"]["rooms"] == rooms
    assert [answer["step"] for answer in child.views["mine"]["answers"]] == [index], "nothing is erased in between"
    assert abs(child.room["ends_at"] - child.views["session"]["moved"]["at"] - left) < left
    await lesson.students[1].connect()
    await lesson.students[1].until(lambda p: p.views.get("mine"), "for the draft")
    assert "half a sent" in json.dumps(lesson.students[1].views["mine"]["drafts"])
    kept = await served.house.people.session(SESSION)
    assert kept is not None
    assert all(side.agreed_plan == plan_hash(kept) for side in kept.sides), "what was agreed stays agreed"

    assert (await first.say("close_session"))["ok"]
    await soon(lambda: all(p.views["session"]["status"] == "closed" for p in lesson.everybody()))
    works = await served.house.store.works_in(SESSION, child.views["mine"]["room"])
    assert child.who not in {work.member for work in works}, "what was for the lesson only goes with its close"


async def test_without_the_adult_of_a_side_it_does_not_go_on(lesson: Lesson) -> None:
    first, second = lesson.teachers
    assert (await first.say("set_aside"))["ok"]
    await second.client.disconnect()
    await first.until(lambda p: len(p.views["presence"]["adults"]) == 1, "for the other teacher to go")
    assert (await first.say("reopen_session"))["code"] == "adult_missing"
    await second.connect()
    await first.until(lambda p: len(p.views["presence"]["adults"]) == 2, "for the other teacher")
    assert (await first.say("reopen_session"))["ok"]
