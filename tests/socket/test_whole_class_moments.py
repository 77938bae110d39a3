"""Whole-class moments over the wire: two teachers at once, what a board lets through, and a wall that hears no name."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from server.core.live.state import current_step
from server.edges.identity import STAFF_COOKIE
from tests.live.servers import Lesson, PersonOnline
from tests.socket.served import HAIFA_TEACHER, SESSION, Served, serving

WALL = "noticing_and_wondering"


@asynccontextmanager
async def playing(
    folder: Path, *protocols: str, pairs: int = 2, **settings: Any
) -> AsyncGenerator[tuple[Served, Lesson]]:
    async with serving(folder, demo=True, **settings) as served:
        await served.plan(*protocols)
        async with served.lesson(pairs=pairs) as lesson:
            yield served, lesson


async def everybody_to(served: Served, lesson: Lesson, kind: str) -> int:
    """Bring the class to the first step of a kind; return its index."""
    session = await served.house.live.memory.session(SESSION)
    steps = (await served.house.live.scenes.setup(session)).lesson.steps
    index = next(step.index for step in steps if step.step.kind == kind)
    if session.floor < index:
        moved = await lesson.teachers[0].say("next_gate", after=session.floor, to=index)
        assert moved["ok"], moved
    for person in lesson.everybody():
        await person.until(lambda p: p.views.get("plenary", {}).get("step") == index, "for the step")
    for student in lesson.students:
        await student.until(lambda p: p.room.get("step") == index, "for the room's step")
    return index


async def wall(served: Served) -> PersonOnline:
    page = PersonOnline(served.url)
    page.who, page.session = "the wall", SESSION
    token = await served.token("staff", HAIFA_TEACHER)
    page.http.cookie_jar.update_cookies({STAFF_COOKIE: token})
    await page.connect(view="projector")
    await page.until(lambda p: "projector" in p.views, "for what the wall shows")
    return page


async def share_one_each(lesson: Lesson, together: int, board: int) -> None:
    first = {room: lesson.partners(room)[0] for room in lesson.teachers[0].views["seats"]["rooms"]}
    for student in first.values():
        await student.until(lambda p: any(line["step"] == together for line in p.room["lines"]), "for the line")
        line = next(line for line in student.room["lines"] if line["step"] == together)
        shared = await student.say("share", step=board, work=line["work"])
        assert shared["ok"], shared


async def with_a_wall_of_questions(served: Served, lesson: Lesson) -> int:
    """Every room has written a line and shared it."""
    together = await everybody_to(served, lesson, "together")
    for room in lesson.teachers[0].views["seats"]["rooms"]:
        student = lesson.partners(room)[0]
        line = {"text": f"why, {room}?", "tag": "meaning"}
        added = await student.say("add_line", step=together, input="shared_question", entries=[line])
        assert added["ok"], added
    board = await everybody_to(served, lesson, "board")
    await share_one_each(lesson, together, board)
    want = len(lesson.teachers[0].views["seats"]["rooms"])
    await lesson.teachers[0].until(lambda p: len(p.views.get("board", {}).get("entries", [])) == want, "for the wall")
    return board


async def test_two_teachers_who_press_next_at_once_move_the_round_once(tmp_path: Path) -> None:
    async with playing(tmp_path / "data", "this_is_not_an_x_class") as (served, lesson):
        await everybody_to(served, lesson, "round")
        answers = await asyncio.gather(*(teacher.say("next_speaker", after=0) for teacher in lesson.teachers))
        assert sorted(answer.get("code", "ok") for answer in answers) == ["ok", "somebody_was_faster"]
        for teacher in lesson.teachers:
            await teacher.until(lambda p: p.views["plenary"]["round"]["turn"] == 1, "for one turn")
        session = await served.house.live.memory.session(SESSION)
        assert session.plenary.speaker == session.round.speaker
        mates = lesson.partners(session.round.who or "")
        spoken = await mates[0].say("end_round_turn", turn=1)
        assert spoken["ok"], spoken
        await lesson.teachers[1].until(lambda p: p.views["plenary"]["round"]["turn"] == 2, "for the next turn")
        assert (await mates[1].say("end_round_turn", turn=1))["code"] == "not_your_turn"


async def test_a_speaker_whose_line_is_lost_is_skipped_after_the_grace(tmp_path: Path) -> None:
    async with playing(tmp_path / "data", "joys_and_oys_class", grace_seconds=0.5) as (served, lesson):
        await everybody_to(served, lesson, "round")
        for student in lesson.students[:2]:
            assert (await student.say("join_round", joins=True))["ok"]
        assert (await lesson.teachers[0].say("next_speaker", after=0))["ok"]
        await lesson.teachers[0].until(lambda p: p.views["plenary"]["round"]["who"], "for a speaker")
        who = lesson.teachers[0].views["plenary"]["round"]["who"]
        lost = next(student for student in lesson.students if student.who == who)
        await lost.leave()
        await lesson.teachers[0].until(lambda p: p.views["plenary"]["round"]["who"] not in (who, None), "for the other")
        assert lesson.teachers[0].views["plenary"]["round"]["coming"] == [who]


async def test_a_board_holds_no_name_and_what_is_put_aside_reaches_teachers_alone(tmp_path: Path) -> None:
    async with playing(tmp_path / "data", WALL) as (served, lesson):
        board = await with_a_wall_of_questions(served, lesson)
        first, second = lesson.teachers
        entry = first.views["board"]["entries"][0]
        other = next(s for s in lesson.students if s.room["number"] != entry["room"])
        assert (await other.say("wonder_too", step=board, entry=entry["id"]))["ok"]
        assert (await other.say("wonder_too", step=board, entry="no-such-work.0"))["code"] == "unknown_entry"
        await second.until(lambda p: p.views["board"]["entries"][0]["wonders"] == 1, "for a room that wonders, too")
        assert not any(student.who in json.dumps(other.views["board"]) for student in lesson.students)

        answers = await asyncio.gather(
            first.say("pin_entry", step=board, entry=entry["id"]),
            second.say("pin_entry", step=board, entry=first.views["board"]["entries"][1]["id"]),
        )
        assert sorted(answer.get("code", "ok") for answer in answers) == ["ok", "somebody_was_faster"]
        assert (await second.say("put_aside", step=board, entry=entry["id"]))["ok"]
        await other.until(lambda p: len(p.views["board"]["entries"]) == 1, "for one card less")
        assert other.views["board"]["aside"] == []
        await first.until(lambda p: p.views["board"]["aside"], "for what was put aside")
        assert first.views["board"]["aside"][0]["by"] == second.views["me"]["who"]
        assert (await first.say("put_aside", step=board, entry=entry["id"], aside=False))["ok"]
        await other.until(lambda p: len(p.views["board"]["entries"]) == 2, "for the card to be back")


async def test_a_line_with_contact_details_never_comes_on_a_board(tmp_path: Path) -> None:
    async with playing(tmp_path / "data", WALL) as (served, lesson):
        together = await everybody_to(served, lesson, "together")
        student = lesson.students[0]
        line = {"text": "write to me at noa@example.com"}
        added = await student.say("add_line", step=together, input="shared_question", entries=[line])
        assert added["held"] == "contact"
        await student.until(lambda p: p.room["lines"], "for the line")
        work = student.room["lines"][0]["work"]
        board = await everybody_to(served, lesson, "board")
        assert (await student.say("share", step=board, work=work))["ok"]
        await lesson.teachers[0].until(lambda p: p.views.get("board", {}).get("version", 0) > 0, "for the board")
        assert not any("noa@example" in heard for person in lesson.teachers for heard in person.heard)


async def test_a_wall_follows_the_lesson_and_hears_no_name_no_row_and_no_call_for_help(tmp_path: Path) -> None:
    async with playing(tmp_path / "data", WALL, "joys_and_oys_class") as (served, lesson):
        page = await wall(served)
        try:
            assert (await page.say("pause"))["code"] == "not_allowed"
            assert (await page.say("device_state", camera="on", microphone="on"))["code"] == "not_allowed"
            assert (await page.say("resync"))["ok"]
            assert page.who not in lesson.teachers[0].views["presence"]["adults"]
            assert all(peer["kind"] != "projector" for peer in lesson.teachers[0].views["presence"]["peers"])
            assert (await lesson.students[0].say("ask_help", reason="we disagree"))["ok"]
            await with_a_wall_of_questions(served, lesson)
            await page.until(lambda p: len(p.views.get("board", {}).get("entries", [])) == 2, "for the wall's cards")
            assert page.views["projector"]["together"]
            await everybody_to(served, lesson, "round")
            assert (await lesson.students[0].say("join_round", joins=True))["ok"]
            assert (await lesson.teachers[0].say("next_speaker", after=0))["ok"]
            await page.until(
                lambda p: p.views["projector"]["round"] and p.views["projector"]["round"]["now"], "for whose turn it is"
            )
            assert page.views["projector"]["round"]["now"]["side"] in ("a", "b")
            assert (await lesson.teachers[0].say("pause", calm=True))["ok"]
            await page.until(lambda p: p.views["projector"]["calm"], "for the calm page")
            known = {student.who for student in lesson.students}
            assert set(page.views) == {"projector", "board"}
            assert page.rows == {}
            assert not any(who in heard for heard in page.heard for who in known)
            assert not any("we disagree" in heard for heard in page.heard)
        finally:
            await page.leave()


async def test_a_wall_says_where_the_rooms_are_between_whole_class_steps(tmp_path: Path) -> None:
    async with playing(tmp_path / "data", WALL) as (served, lesson):
        page = await wall(served)
        try:
            before = page.views["projector"]["step"]
            for room in list(lesson.teachers[0].views["seats"]["rooms"]):
                at = current_step(
                    await served.house.live.memory.room(room), await served.house.live.memory.session(SESSION)
                )
                assert (await lesson.teachers[0].say("move_room_on", room=room, step=at))["ok"]
            await page.until(lambda p: p.views["projector"]["step"] > before, "for the step of most rooms")
            assert not page.views["projector"]["together"]
        finally:
            await page.leave()


async def test_a_room_that_is_asked_takes_the_floor(tmp_path: Path) -> None:
    async with playing(tmp_path / "data", WALL) as (served, lesson):
        await with_a_wall_of_questions(served, lesson)
        entry = lesson.teachers[0].views["board"]["entries"][1]
        assert (await lesson.teachers[0].say("offer_floor", room=entry["room"], entry=entry["id"]))["ok"]
        mates = lesson.partners(f"{SESSION}.{entry['room']}")
        answers = await asyncio.gather(*(mate.say("answer_offer", takes=True) for mate in mates))
        assert sorted(answer.get("code", "ok") for answer in answers) == ["ok", "somebody_was_faster"]
        await lesson.teachers[1].until(lambda p: p.views["plenary"]["speaker"] in {m.who for m in mates}, "for a voice")
        assert lesson.teachers[1].views["plenary"]["offer"] is None
