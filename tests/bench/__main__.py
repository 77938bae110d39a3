"""`make bench`: a school's load on a real server, one JSON object a line on standard output. BENCH=quick takes a minute."""

import asyncio
import gc
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.board import measure_board
from tests.bench.figures import Figure, percentile, remark
from tests.bench.floors import FLOOR_OF, Floor, Size, measure_floor
from tests.bench.lesson import Lesson
from tests.bench.load import Times
from tests.bench.pairing import bench_pairing
from tests.bench.processes import FIRST_PORT, Server, running
from tests.bench.school import make_school

STUDENTS, FEW = 500, 20
COMMANDS_A_SECOND, COMMANDS_OF_FEW = 200.0, 100.0
JOIN_AT_ONCE = 50
SETTLE_SECONDS = 1.5
DEMO_PORT, SERVER_PORT, STOCK_PORT, PAIRING_PORT = FIRST_PORT, FIRST_PORT + 1, FIRST_PORT + 2, FIRST_PORT + 3


@dataclass(frozen=True, slots=True)
class Extent:
    """How long to look."""

    seconds: float
    seconds_of_few: float
    idle_seconds: float
    steps: int
    starts: int
    board_rounds: int


QUICK = Extent(seconds=6, seconds_of_few=3, idle_seconds=2, steps=5, starts=1, board_rounds=2)
FULL = Extent(seconds=40, seconds_of_few=20, idle_seconds=5, steps=7, starts=3, board_rounds=5)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the product did."""

    entrances: float
    joins: float
    kb_a_student: float | None
    times: Times
    steps: list[float]
    cpu_ms_few: float | None
    cpu_ms_many: float | None
    bytes_at_first: int
    bytes_of_step: int


async def main() -> int:
    """Measure everything and print it."""
    extent = QUICK if os.environ.get("BENCH") == "quick" else FULL
    # What the load generator was imported with never becomes garbage; a pause here would look like the server's.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    with TemporaryDirectory(prefix="havruta-bench-") as name:
        folder = Path(name)
        await _starts(folder / "demo", extent)
        seen = await _product(folder / "data", extent)
        size = Size(
            STUDENTS,
            JOIN_AT_ONCE,
            COMMANDS_A_SECOND,
            extent.seconds,
            extent.steps,
            seen.bytes_at_first,
            seen.bytes_of_step,
        )
        remark("the floor: stock python-socketio with the same load")
        _tell(seen, await measure_floor(STOCK_PORT, folder, size))
        await bench_pairing(folder / "pairing", PAIRING_PORT)
        await measure_board(folder / "board", extent.seconds_of_few, extent.board_rounds)
    return 0


async def _starts(data: Path, extent: Extent) -> None:
    remark("cold start and second start of the demo")
    demo = ["-m", "server", "demo", "--json", "--data", str(data)]
    took: list[float] = []
    for _ in range(1 + extent.starts):
        async with running(demo, DEMO_PORT) as server:
            took.append(server.seconds)
    Figure("demo_first_start", took[0], "s", "lower").tell()
    Figure("demo_second_start", median(took[1:]), "s", "lower", target=3).tell()


async def _product(data: Path, extent: Extent) -> Seen:
    groups = await make_school(data, {"few": FEW // 2, "many": STUDENTS // 2})
    async with running(["-m", "server", "serve", "--data", str(data)], SERVER_PORT) as server:
        remark(f"{FEW // 2} rooms")
        few = Lesson(server, groups["few"])
        await few.sign_in()
        await few.teachers_join()
        await few.students_join(FEW)
        await few.start()
        cpu_few, times_few = await _cpu_a_command(server, few, COMMANDS_OF_FEW, extent.seconds_of_few, extent)
        _say_refused(times_few)
        few.leave()

        remark(f"{STUDENTS // 2} rooms")
        many = Lesson(server, groups["many"])
        entrances = await many.sign_in()
        await many.teachers_join()
        await asyncio.sleep(SETTLE_SECONDS)
        before = server.memory_kb()
        joins = await many.students_join(JOIN_AT_ONCE)
        await asyncio.sleep(SETTLE_SECONDS)
        after = server.memory_kb()
        await many.start()
        cpu_many, times = await _cpu_a_command(server, many, COMMANDS_A_SECOND, extent.seconds, extent)
        _say_refused(times)
        steps: list[float] = []
        for _ in range(extent.steps):
            steps.append(await many.next_step())
            await asyncio.sleep(SETTLE_SECONDS)
        many.leave()
    kb = None if before is None or after is None else (after - before) / STUDENTS
    return Seen(entrances, joins, kb, times, steps, cpu_few, cpu_many, many.bytes_at_first, many.bytes_of_session_view)


async def _cpu_a_command(
    server: Server, lesson: Lesson, a_second: float, seconds: float, extent: Extent
) -> tuple[float | None, Times]:
    """Return processor milliseconds a command (its draft, views and pings included, an idle class's cost taken off)."""
    await asyncio.sleep(SETTLE_SECONDS)
    loop = asyncio.get_running_loop()
    at, cpu = loop.time(), server.cpu_seconds()
    await asyncio.sleep(extent.idle_seconds)
    idle_until, idle_cpu = loop.time(), server.cpu_seconds()
    times = await lesson.under_load(a_second, seconds)
    end, loaded_cpu = loop.time(), server.cpu_seconds()
    if cpu is None or idle_cpu is None or loaded_cpu is None:
        return None, times
    idle_share = (idle_cpu - cpu) / (idle_until - at)
    busy = (loaded_cpu - idle_cpu) - idle_share * (end - idle_until)
    return 1000 * busy / (a_second * (end - idle_until)), times


def _say_refused(times: Times) -> None:
    if times.refused or times.unanswered:
        remark(f"refused: {dict(times.refused)}, unanswered: {times.unanswered}")


def _tell(seen: Seen, floor: Floor) -> None:
    few, many = seen.cpu_ms_few, seen.cpu_ms_many
    flat = many / few if few and many else None
    commands, drafts = seen.times.commands, seen.times.drafts
    for figure in (
        Figure("ack_p50", percentile(commands, 0.5), "ms", "lower", None, floor.ack_p50, FLOOR_OF),
        Figure("ack_p99", percentile(commands, 0.99), "ms", "lower", 25, floor.ack_p99, FLOOR_OF),
        Figure("draft_ack_p99", percentile(drafts, 0.99), "ms", "lower"),
        Figure("commands_not_acknowledged", seen.times.refused.total() + seen.times.unanswered, "commands", "lower", 0),
        Figure("class_step_to_last_of_500", median(seen.steps), "ms", "lower", None, floor.step_to_last, FLOOR_OF),
        Figure("joins_per_second", seen.joins, "joins/s", "higher", None, floor.joins_a_second, FLOOR_OF),
        Figure("entrances_per_second", seen.entrances, "students/s", "higher"),
        Figure("memory_per_student", seen.kb_a_student, "KB", "lower", 60, floor.kb_a_client, FLOOR_OF),
        Figure("cpu_per_command_250_rooms", many, "ms", "lower"),
        Figure("cost_of_250_rooms_over_10", flat, "times", "lower", 1.25),
    ):
        figure.tell()


def _run() -> int:
    try:
        import uvloop
    except ImportError:  # it does not exist everywhere
        return asyncio.run(main())
    return uvloop.run(main())


if __name__ == "__main__":
    sys.exit(_run())
