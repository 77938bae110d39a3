"""Simulated students hold a whole lesson, as the demo and rehearsals count on."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from server.bots import Bot, BotClass
from tests.live.servers import PersonOnline, ServerProcess, demo_server, teacher_online
from tests.socket.served import serving

# Together they have every kind of step, three boards, and a step that a partner confirms.
WITH_A_BOARD = ("advisory_who_is_responsible", "another_way", "listening_to_my_peer_partner")
PLAN = (*WITH_A_BOARD, "self_assessment")
PACE = 40.0
PATIENCE_SECONDS = 150.0
LONGEST_SECONDS = 900.0
EACH_SCHOOL = 2
STORED_AS = {
    "frame": "finished",
    "talk": "finished",
    "reveal": "finished",
    "read": "turn_taken",
    "turns": "turn_taken",
    "restate": "turn_taken",
    "solo": "answered",
    "together": "line_added",
    "board": "shared",
}


@asynccontextmanager
async def planned_demo(data: Path) -> AsyncGenerator[ServerProcess]:
    """A demo whose lesson has every kind of step."""
    async with serving(data) as served:
        await served.plan(*PLAN)
    async with demo_server(data) as server:
        yield server


@asynccontextmanager
async def both_teachers(server: ServerProcess) -> AsyncGenerator[list[PersonOnline]]:
    """Both teachers with the lesson open."""
    teachers: list[PersonOnline] = []
    try:
        for line in server.said["teachers"]:
            teachers.append(
                await teacher_online(server.url, line["email"], line["password"], server.said["session"]["id"])
            )
        yield teachers
    finally:
        for teacher in teachers:
            await teacher.leave()


def codes_of(server: ServerProcess) -> list[str]:
    """Return codes of as many students of each school."""
    schools = [teacher["school"] for teacher in server.said["teachers"]]
    return [
        student["code"]
        for school in schools
        for student in [s for s in server.said["students"] if s["school"] == school][:EACH_SCHOOL]
    ]


def states(teacher: PersonOnline) -> set[str]:
    """Return the states of all rooms as a teacher sees them."""
    return {row["state"] for row in teacher.rows.values()}


async def wait(teacher: PersonOnline, true: Callable[[PersonOnline], object], what: str) -> None:
    """Wait as long as a busy machine may need."""
    await teacher.until(true, what, PATIENCE_SECONDS)


async def start(teacher: PersonOnline, students: int) -> dict[str, Any]:
    """Wait for all, propose rooms and start; return who sits where."""
    await wait(teacher, lambda p: len(p.views["presence"]["present"]) == students, "for all students")
    assert (await teacher.say("propose_rooms"))["ok"]
    await wait(teacher, lambda p: p.views["seats"]["rooms"], "for rooms")
    started = await teacher.say("start_lesson")
    assert started["ok"], started
    seats: dict[str, Any] = teacher.views["seats"]["rooms"]
    await wait(teacher, lambda p: p.rows.keys() == seats.keys(), "for the rooms to open")
    return seats


async def drop_and_return(teacher: PersonOnline, bot: Bot) -> None:
    """Cut one bot off in the middle; it comes back to the room where it sat."""
    await wait(teacher, lambda p: bot.room and p.rows[bot.room]["step"] >= 1, "for a beginning")
    room, visits = bot.room, bot.visits
    assert room is not None
    await bot.drop()
    await wait(teacher, lambda p: bot.visits > visits and bot.member in p.rows[room]["present"], "for the drop-out")
    assert bot.room == room


async def lead_to_the_end(teacher: PersonOnline) -> list[int]:
    """Open each gate when all rooms wait for it, and go on when each has shared; return how much stood on each board."""
    boards: list[int] = []
    while True:
        await wait(teacher, lambda p: "working" not in states(p), "for all rooms to wait")
        if states(teacher) == {"done"}:
            return boards
        board = await next_gate(teacher)

        def all_have_shared(person: PersonOnline, board: int = board) -> bool:
            shown = person.views.get("board", {})
            shared = {entry["room"] for entry in shown.get("entries", [])}
            return shown.get("step") == board and len(shared) == len(person.rows)

        await wait(teacher, all_have_shared, "for something of every room on the board")
        boards.append(len(teacher.views["board"]["entries"]))
        await next_gate(teacher)


async def next_gate(teacher: PersonOnline) -> int:
    """Move the class on; return the step to which it came, when every room is there."""
    before = teacher.views["session"]["floor"]
    assert (await teacher.say("next_gate", after=before))["ok"]
    await wait(teacher, lambda p: p.views["session"]["floor"] > before, "for the class to move")
    floor: int = teacher.views["session"]["floor"]
    await wait(teacher, lambda p: all(row["step"] >= floor for row in p.rows.values()), "for the rooms to move")
    return floor


def read(data: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(data / "havruta.sqlite")) as database:
        return database.execute(query).fetchall()


def assert_all_was_stored(data: Path, steps: list[dict[str, Any]], members: list[str]) -> None:
    """Every step left its event in the log, and every child words where words were asked for."""
    assert {step["kind"] for step in steps} == set(STORED_AS)
    events = [event for (row,) in read(data, "SELECT events FROM log") for event in json.loads(row)]
    stored = {(event["kind"], event.get("of_step", event.get("step"))) for event in events}
    written = set(read(data, "SELECT author, step FROM works"))
    for step in steps:
        assert (STORED_AS[step["kind"]], step["index"]) in stored, step["id"]
        if step["completion"] == "partner_confirms":
            assert ("partner_confirmed", step["index"]) in stored, step["id"]
        if step["kind"] in ("solo", "together"):
            assert {(member, step["index"]) for member in members} <= written, step["id"]


@pytest.mark.slow
async def test_simulated_students_do_every_kind_of_step_drop_out_and_come_back(tmp_path: Path) -> None:
    async with planned_demo(tmp_path) as server, both_teachers(server) as (first, second), asyncio.TaskGroup() as group:
        codes = codes_of(server)
        bots = BotClass(server.url, [*codes, "ZZZ-ZZZ-ZZZ"], pace=PACE, drops=False)
        class_in_progress = group.create_task(bots.run(LONGEST_SECONDS))
        seats = await start(first, len(codes))

        await drop_and_return(first, bots.bots[0])
        boards = await lead_to_the_end(first)
        assert len(boards) == len(WITH_A_BOARD)
        assert all(entries >= len(seats) for entries in boards)
        assert first.views["seats"]["rooms"] == seats, "whoever drops out keeps the seat"

        async with first.http.get(f"{server.url}/api/lessons/{first.views['session']['lesson']}") as answer:
            steps = (await answer.json())["steps"]
        assert_all_was_stored(tmp_path, steps, [bot.member for bot in bots.bots[: len(codes)]])

        assert (await second.say("close_session"))["ok"]
        async with asyncio.timeout(PATIENCE_SECONDS):
            await class_in_progress
        assert bots.turned_away == 1, "a code that nobody has opens no door, and stops nobody else"
