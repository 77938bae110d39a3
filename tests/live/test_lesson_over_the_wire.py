"""A lesson over the real socket and a real SQLite file: what is acknowledged stays, and what is private stays private."""

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.live.servers import Lesson, PersonOnline, demo_server, lesson_on, student_online


async def lesson_json(person: PersonOnline) -> dict[str, Any]:
    async with person.http.get(f"{person.url}/api/lessons/{person.views['session']['lesson']}") as answer:
        assert answer.status == 200
        return json.loads(await answer.text())


async def walk_to(lesson: Lesson, room: str, kind: str) -> int:
    """Let a room's members press Done until a step of this kind is there; return its index."""
    steps = (await lesson_json(lesson.students[0]))["steps"]
    partners = lesson.partners(room)
    for _ in range(len(steps)):
        at = partners[0].step
        if steps[at]["kind"] == kind:
            return at
        for partner in partners:
            await partner.say("finish", step=at)
        for partner in partners:
            await partner.until(lambda p, at=at: p.step > at, f"to leave step {at}")
    raise AssertionError(f"no step of kind {kind}")


async def test_words_are_private_until_the_reveal_and_survive_a_kill(tmp_path: Path) -> None:
    async with demo_server(tmp_path) as server, lesson_on(server, pairs=2) as lesson:
        await lesson.start()
        room = next(iter(lesson.teachers[0].views["seats"]["rooms"]))
        writer, partner = lesson.partners(room)
        steps = (await lesson_json(writer))["steps"]
        at = await walk_to(lesson, room, "solo")
        asked = steps[at]["inputs"][0]
        option = asked["options"][0]["id"] if asked["options"] else None
        words = [{"text": "canary-of-the-writer", **({"choice": option} if option else {})}]

        answered = await writer.say("answer", step=at, input=asked["id"], entries=words, command_id="first-answer-1")
        assert answered["ok"], answered
        half = [{"text": "half a sen"}]
        assert (await writer.say("save_draft", step=at, input=asked["id"], sequence=7, entries=half))["ok"]
        nowhere = await writer.say("save_draft", step=at, input="no-such-input", sequence=8, entries=half)
        assert nowhere["code"] == "unknown_input"
        again = await writer.say("answer", step=at, input=asked["id"], entries=words, command_id="first-answer-1")
        assert again == answered, "a repeat gets the same answer and has no second effect"
        await asyncio.sleep(0.3)
        assert "canary" not in "".join(partner.heard)
        assert "canary" not in "".join(lesson.teachers[1].heard)

        await server.kill()
        await server.start()
        for person in lesson.everybody():
            await person.connect()
            await person.until(lambda p: "session" in p.views, "for the session after the restart")
        await writer.until(lambda p: p.room and p.views.get("mine"), "for the room after the restart")

        assert writer.step == at
        assert writer.views["mine"]["answers"][0]["entries"][0]["text"] == "canary-of-the-writer"
        assert writer.views["mine"]["drafts"][0]["entries"][0]["text"] == "half a sen"
        assert "canary" not in "".join(partner.heard)


async def test_the_newer_of_two_tabs_takes_over(tmp_path: Path) -> None:
    async with demo_server(tmp_path) as server, lesson_on(server, pairs=1) as lesson:
        older = lesson.students[0]
        school = server.said["teachers"][0]["school"]
        code = next(s["code"] for s in server.said["students"] if s["school"] == school)
        newer = await student_online(server.url, code, older.session)
        assert newer.who == older.who
        await older.until(lambda p: "other_tab" in p.notices, "for the older tab to be told")
        await older.until(lambda p: not p.client.connected, "for the older tab to be disconnected")
        assert newer.client.connected
        await newer.leave()


async def test_a_late_answer_is_kept_and_said_to_be_late(tmp_path: Path) -> None:
    async with demo_server(tmp_path) as server, lesson_on(server, pairs=1) as lesson:
        await lesson.start()
        room = next(iter(lesson.teachers[0].views["seats"]["rooms"]))
        writer = lesson.students[0]
        at = await walk_to(lesson, room, "solo")
        asked = (await lesson_json(writer))["steps"][at]["inputs"][0]
        option = {"choice": asked["options"][0]["id"]} if asked["options"] else {}
        moved = await lesson.teachers[1].say("next_gate", after=lesson.teachers[1].views["session"]["floor"], to=at + 1)
        assert moved["ok"], moved
        await writer.until(lambda p: p.step == at + 1, "to be taken along")
        late = await writer.say("answer", step=at, input=asked["id"], entries=[{"text": "late but here", **option}])
        assert (late["ok"], late["code"], late["kept"]) == (False, "step_is_over", True)
        assert late["message"]
        await writer.connect()
        await writer.until(lambda p: p.views.get("mine", {}).get("answers"), "for the late answer")
        assert writer.views["mine"]["answers"][0]["late"]


async def test_two_teachers_press_at_once_and_the_class_moves_one_step(tmp_path: Path) -> None:
    async with demo_server(tmp_path) as server, lesson_on(server, pairs=1) as lesson:
        await lesson.start()
        floor = lesson.teachers[0].views["session"]["floor"]
        answers = await asyncio.gather(*(t.say("next_gate", after=floor, to=floor + 1) for t in lesson.teachers))
        assert sorted(a["ok"] for a in answers) == [False, True]
        assert next(a for a in answers if not a["ok"])["code"] == "somebody_was_faster"


async def test_a_teacher_is_announced_audited_and_gone_when_the_page_closes(tmp_path: Path) -> None:
    async with demo_server(tmp_path) as server, lesson_on(server, pairs=1) as lesson:
        await lesson.start()
        room = next(iter(lesson.teachers[0].views["seats"]["rooms"]))
        teacher, student = lesson.teachers[0], lesson.students[0]
        assert (await teacher.say("enter_room", room=room))["ok"]
        await student.until(lambda p: p.room["visitors"], "to be told of the teacher")
        await student.until(
            lambda p: any(x["kind"] == "teacher" for x in p.views.get("beside", {}).get("peers", [])), "the peer"
        )
        await teacher.until(lambda p: p.room, "for the visited room")
        assert (await teacher.say("leave_room", room=room))["ok"]
        await student.until(lambda p: not p.room["visitors"], "to be told that the teacher went")


async def test_a_child_asks_for_help_and_hears_that_a_teacher_is_on_the_way(tmp_path: Path) -> None:
    async with demo_server(tmp_path) as server, lesson_on(server, pairs=1) as lesson:
        await lesson.start()
        room = next(iter(lesson.teachers[0].views["seats"]["rooms"]))
        child = lesson.students[0]
        assert (await child.say("ask_help", reason="stuck"))["ok"]
        for teacher in lesson.teachers:
            await teacher.until(lambda p: p.rows.get(room, {}).get("help"), "for the call")
        assert (await lesson.teachers[1].say("take_help", room=room))["ok"]
        taken = await lesson.teachers[0].say("take_help", room=room)
        assert taken["code"] == "somebody_was_faster"
        await child.until(lambda p: p.room["help"]["taken_by"], "to hear that somebody comes")
