"""Pairing two schools of five hundred while others go on: how long it takes, and how long an answer takes meanwhile."""

import asyncio
import json
import random
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from server.adapters.assignment import assign
from server.adapters.sql.engine import make_engine
from server.adapters.sql.people import SqlPeople
from server.app import secret_of
from server.settings import Settings
from tests.bench.figures import Figure, percentile, remark
from tests.bench.lesson import Lesson
from tests.bench.processes import Server, running
from tests.bench.school import make_school
from tests.bench.wire import Client

PAIRS, EARLIER_LESSONS = 500, 12
JOIN_AT_ONCE = 50
TIMES = 3
ASKING = 4
PAUSE_SECONDS = 0.01
QUIET_SECONDS = 3.0
AFTERWARDS_SECONDS = 0.5
FLOOR_OF_PAIRING = "SciPy alone on a table of 500 by 500"
FLOOR_OF_ANSWERS = "the same requests while nobody is paired"


async def bench_pairing(data: Path, port: int) -> None:
    """Measure on a server of its own, and tell the figures."""
    remark(f"pairing {PAIRS} and {PAIRS}")
    year = (await make_school(data, {"year": PAIRS}))["year"]
    await _remember_a_year(data)
    async with running(["-m", "server", "serve", "--data", str(data)], port) as server:
        lesson = Lesson(server, year)
        await lesson.sign_in()
        await lesson.teachers_join()
        await lesson.students_join(JOIN_AT_ONCE)
        await asyncio.sleep(QUIET_SECONDS)
        quiet = await _answers(lesson.students[:ASKING], asyncio.create_task(asyncio.sleep(QUIET_SECONDS)))
        took, meanwhile = await _proposals(lesson, server)
        lesson.leave()
    Figure("pairing_of_2x500", max(took), "s", "lower", 1, _solver_alone(), FLOOR_OF_PAIRING).tell()
    Figure(
        "answer_during_pairing_p99", percentile(meanwhile, 0.99), "ms", "lower", 50, percentile(quiet, 0.99),
        FLOOR_OF_ANSWERS,
    ).tell()  # fmt: skip
    Figure("answer_during_pairing_worst", max(meanwhile), "ms", "lower", None, max(quiet), FLOOR_OF_ANSWERS).tell()


async def _proposals(lesson: Lesson, server: Server) -> tuple[list[float], list[float]]:
    took: list[float] = []
    meanwhile: list[float] = []

    async def propose() -> None:
        began = perf_counter()
        await lesson.teach({"kind": "propose_rooms"})
        took.append(perf_counter() - began)
        # Views of five hundred rooms go out after the answer.
        await asyncio.sleep(AFTERWARDS_SECONDS)

    for _ in range(TIMES):
        meanwhile += await _answers(lesson.students[:ASKING], asyncio.create_task(propose()))
    return took, meanwhile


async def _answers(clients: list[Client], until: "asyncio.Task[None]") -> list[float]:
    """Let these ask for something over and over until a task is done; return the milliseconds of each answer."""
    times: list[float] = []

    async def ask(client: Client) -> None:
        while not until.done():
            began = perf_counter()
            await client.ask("command", json.dumps({"id": secrets.token_hex(8), "kind": "resync"}))
            times.append((perf_counter() - began) * 1000)
            # Fewer than the twenty a second that a connection is granted, all together a hundred.
            await asyncio.sleep(PAUSE_SECONDS * 5 + random.random() * PAUSE_SECONDS)

    await asyncio.gather(*(ask(client) for client in clients))
    await until
    return times


async def _remember_a_year(data: Path) -> None:
    """Let everybody have met somebody in earlier lessons: what pairing reads and weighs late in a year."""
    settings = Settings(data_dir=data, database_url=None)
    engine = make_engine(settings.database)
    people = SqlPeople(engine, secret_of(settings))
    chance = random.Random(1)
    lesson = await people.session("year")
    assert lesson is not None
    sides = [[one.id for one in await people.students_in(list(side.classes))] for side in lesson.sides]
    try:
        for number in range(EARLIER_LESSONS):
            at = datetime.now(UTC) - timedelta(weeks=number + 1)
            name = f"earlier-{number}"
            await people.save_session(
                lesson.model_copy(update={"id": name, "starts_at": at, "status": "closed", "arc": None})
            )
            for side in sides:
                chance.shuffle(side)
            rooms = {f"{name}.{n}": pair for n, pair in enumerate(zip(*sides, strict=True), start=1)}
            await people.record_meetings(name, at, rooms)
    finally:
        await engine.dispose()


def _solver_alone() -> float:
    chance = random.Random(2)
    table = [[float(chance.randrange(20)) for _ in range(PAIRS)] for _ in range(PAIRS)]
    assign(table)
    began = perf_counter()
    assign(table)
    return perf_counter() - began


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    from tests.bench.processes import LAST_PORT

    with TemporaryDirectory(prefix="havruta-bench-") as folder:
        asyncio.run(bench_pairing(Path(folder), LAST_PORT))
