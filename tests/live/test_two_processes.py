"""Two server processes over real PostgreSQL and Redis: partners on different processes are in one room."""

import secrets
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from socketio.exceptions import ConnectionError as ConnectionRefused
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from server.adapters.clock import SystemClock
from server.adapters.seed import seed_demo
from server.adapters.sql.engine import make_engine, migrate
from server.adapters.sql.people import SqlPeople
from server.edges.identity import hash_password
from tests.live.servers import Lesson, ServerProcess, free_port, lesson_on, student_online

SECRET = "one secret for both processes"
pytestmark = [pytest.mark.postgres, pytest.mark.redis]
GRACE_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Pair:
    """Two processes that serve one database."""

    one: ServerProcess
    two: ServerProcess


@pytest.fixture
async def pair(tmp_path: Path, postgres_server: str, redis_server: str) -> AsyncGenerator[Pair]:
    """Two processes on a database of their own, with the sample twinning in it."""
    name = f"havruta_{secrets.token_hex(6)}"
    server = create_async_engine(postgres_server, isolation_level="AUTOCOMMIT")
    async with server.connect() as connection:
        await connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = urlunsplit(urlsplit(postgres_server)._replace(path=f"/{name}"))
    await migrate(url)
    engine = make_engine(url)
    people = SqlPeople(engine, SECRET)
    seeded = await seed_demo(people, SystemClock(), tmp_path / "demo.json", hash_password)
    lesson = await people.session(seeded.session)
    assert lesson is not None
    await people.save_session(lesson.model_copy(update={"status": "lobby"}))
    await engine.dispose()
    environment = {
        "HAVRUTA_DATABASE_URL": url,
        "HAVRUTA_REDIS_URL": redis_server,
        "HAVRUTA_SECRET": SECRET,
        "HAVRUTA_GRACE_SECONDS": str(GRACE_SECONDS),
    }
    processes = [ServerProcess(["serve", "--data", str(tmp_path / str(n))], free_port(), environment) for n in (1, 2)]
    said = {
        "session": {"id": seeded.session},
        "teachers": [{"school": t.school["en"], "email": t.email, "password": t.password} for t in seeded.teachers],
        "students": [{"school": s.school["en"], "code": s.code} for s in seeded.students],
    }
    try:
        for process in processes:
            await process.start()
            process.said = said
        yield Pair(*processes)
    finally:
        for process in processes:
            await process.stop()
        async with server.connect() as connection:
            await connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        await server.dispose()


def one_room(lesson: Lesson) -> str:
    return next(iter(lesson.teachers[0].views["seats"]["rooms"]))


async def test_partners_on_two_processes_see_each_others_steps_and_presence(pair: Pair) -> None:
    async with lesson_on(pair.one, pairs=1, second=pair.two.url) as lesson:
        await lesson.start()
        here, there = lesson.students
        assert here.url != there.url
        for student in (here, there):
            await student.until(lambda p: len(p.views.get("beside", {}).get("present", [])) == 2, "to see the partner")
        at = here.step
        assert (await here.say("finish", step=at))["ok"]
        await there.until(lambda p: here.who in p.room["finished"], "to see the partner's Done")
        assert (await there.say("finish", step=at))["ok"]
        for student in (here, there):
            await student.until(lambda p, at=at: p.step == at + 1, "to move on together")

        await there.client.disconnect()
        await here.until(lambda p: len(p.views["beside"]["present"]) == 1, "to see that the partner went")


async def test_of_two_tabs_on_two_processes_the_newer_stays(pair: Pair) -> None:
    async with lesson_on(pair.one, pairs=1, second=pair.two.url) as lesson:
        older = lesson.students[0]
        assert older.url == pair.one.url
        school = pair.one.said["teachers"][0]["school"]
        code = next(s["code"] for s in pair.one.said["students"] if s["school"] == school)
        newer = await student_online(pair.two.url, code, older.session)
        assert newer.who == older.who
        await older.until(lambda p: "other_tab" in p.notices, "for the older tab to be told")
        await older.until(
            lambda p: not p.client.connected, "for the older tab to be disconnected, whatever it makes of that"
        )
        assert newer.client.connected
        await newer.leave()


async def test_a_teacher_on_either_process_moves_everybody(pair: Pair) -> None:
    async with lesson_on(pair.one, pairs=1, second=pair.two.url) as lesson:
        await lesson.start()
        far = lesson.teachers[1]
        assert far.url == pair.two.url
        assert (await far.say("pause"))["ok"]
        for person in lesson.everybody():
            await person.until(lambda p: p.views["session"]["paused"], "to hear of the pause")
        assert (await lesson.teachers[0].say("resume"))["ok"]
        assert (await far.say("send_note", text="Look at verse 16", room=one_room(lesson)))["ok"]
        for student in lesson.students:
            await student.until(
                lambda p: any(n["text"] == "Look at verse 16" for n in p.room.get("notes", [])), "the note"
            )


async def test_when_a_process_dies_its_rooms_go_on_elsewhere(pair: Pair) -> None:
    async with lesson_on(pair.one, pairs=1, second=pair.two.url) as lesson:
        await lesson.start()
        survivor = lesson.students[1]
        assert survivor.url == pair.two.url
        at = survivor.step
        assert (await survivor.say("finish", step=at))["ok"]
        await pair.one.kill()
        # The deadline that looks after the absent partner was written with the event, so the other process fires it.
        await survivor.until(
            lambda p: p.step > at, "to be taken on without the partner", seconds=GRACE_SECONDS * 2 + 15
        )


async def test_a_removed_child_is_out_on_every_process_and_cannot_come_back_by_any(pair: Pair) -> None:
    async with lesson_on(pair.one, pairs=1, second=pair.two.url) as lesson:
        await lesson.start()
        here, there = lesson.students
        assert (here.url, there.url) == (pair.one.url, pair.two.url)
        # The teacher's word comes in by the one process, the child's connection is with the other.
        assert (await lesson.teachers[0].say("remove_member", member=there.who))["ok"]
        await there.until(lambda p: "removed" in p.notices, "to be told")
        await there.until(lambda p: not p.client.connected, "to be cut off")
        await here.until(lambda p: there.who not in [m["id"] for m in p.room["members"]], "to have no call with them")
        for process in (pair.one, pair.two):
            async with there.http.get(f"{process.url}/s/{there.who}/ice?session={there.session}") as answer:
                assert answer.status in (303, 403), "no credentials, and no cookie of the other address"
            there.url = process.url
            with pytest.raises(ConnectionRefused):
                await there.connect()


async def test_what_both_processes_look_at_happens_once(pair: Pair) -> None:
    async with lesson_on(pair.one, pairs=2, second=pair.two.url) as lesson:
        await lesson.start()
        board, far = lesson.teachers
        assert (await far.say("choose_arrivals", policy="automatic", instead_of="suggest"))["ok"]
        room = one_room(lesson)
        survivor, gone = lesson.partners(room)
        await gone.client.disconnect()
        for teacher in (board, far):
            await teacher.until(lambda p: p.views["seats"]["proposals"], "for the countdown", seconds=30)
        await survivor.until(lambda p: p.views["mine"]["room"] not in (None, room), "to be moved", seconds=30)
        for teacher in (board, far):
            await teacher.until(lambda p: p.views["seats"]["placed"], "to read of it")
            assert len(teacher.views["seats"]["placed"]) == 1
            assert [one["members"] for one in teacher.views["seats"]["placed"]] == [[survivor.who]]
