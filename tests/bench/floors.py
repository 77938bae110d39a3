"""What the same load costs on stock python-socketio, measured in the same sitting: ratios travel, absolute figures do not."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from tests.bench.figures import percentile
from tests.bench.lesson import WORDS
from tests.bench.load import Target, steady
from tests.bench.processes import running
from tests.bench.wire import Client, join

FLOOR_OF = "stock python-socketio + SQLite FULL"
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Size:
    """How large the load is: the same numbers as for the product."""

    clients: int
    at_once: int
    commands_a_second: float
    seconds: float
    steps: int
    bytes_at_first: int
    bytes_of_step: int


@dataclass(frozen=True, slots=True)
class Floor:
    """What stock python-socketio does with it."""

    ack_p50: float | None
    ack_p99: float | None
    step_to_last: float
    joins_a_second: float
    kb_a_client: float | None


@dataclass(slots=True)
class _Writer(Target):
    """A client that sends notes of the same length as a student's answer."""

    client: Client

    def next_command(self) -> tuple[str, dict[str, Any]]:
        """Return a note."""
        return "command", {"kind": "note", "words": list(WORDS)}

    def next_draft(self) -> tuple[str, dict[str, Any]]:
        """Return a draft."""
        return "command", {"kind": "draft", "words": WORDS[0]}


async def measure_floor(port: int, folder: Path, size: Size) -> Floor:
    """Start the stock server, put the same load on it, and end it."""
    arguments = ["-m", "tests.bench.stock", "--file", str(folder / "floor.sqlite")]
    async with running(arguments, port) as server:
        crowd = _Crowd(port, size)
        before = server.memory_kb()
        joins = await crowd.join()
        await asyncio.sleep(1)
        after = server.memory_kb()
        times = await steady([_Writer(c) for c in crowd.clients], size.commands_a_second, size.seconds, drafts=True)
        steps = [await crowd.step(number) for number in range(size.steps)]
        crowd.leave()
    return Floor(
        percentile(times.commands, 0.5),
        percentile(times.commands, 0.99),
        median(steps),
        joins,
        None if before is None or after is None else (after - before) / size.clients,
    )


class _Crowd:
    """All clients of the floor."""

    def __init__(self, port: int, size: Size) -> None:
        self._port = port
        self._size = size
        self._left = 0
        self._last = 0.0
        self._all_heard = asyncio.Event()
        self.clients: list[Client] = []

    async def join(self) -> float:
        """Connect all; return joins a second, the first view included."""
        gate = asyncio.Semaphore(self._size.at_once)

        async def one(number: int) -> Client:
            first = asyncio.Event()

            def heard(_client: Client, text: str, at: float) -> None:
                first.set()
                self._heard(text, at)

            async with gate:
                auth = {"number": str(number), "bytes": str(self._size.bytes_at_first)}
                # The stock server would take the offer; it is spared that, and is a better floor for it.
                client = await join(self._port, "/socket.io/", "", auth, heard, offers_deflate=False)
                await first.wait()
                return client

        began = perf_counter()
        async with asyncio.TaskGroup() as tasks:
            joining = [tasks.create_task(one(number)) for number in range(self._size.clients)]
        took = perf_counter() - began
        self.clients = [task.result() for task in joining]
        return len(self.clients) / took

    def _heard(self, text: str, at: float) -> None:
        if self._left and text.startswith('42["view",{"part":"session"'):
            self._left -= 1
            self._last = at
            if not self._left:
                self._all_heard.set()

    async def step(self, number: int) -> float:
        """Send something to everybody; return the milliseconds until the last has it."""
        self._left = len(self.clients)
        self._all_heard.clear()
        began = perf_counter()
        await self.clients[0].ask("step", json.dumps({"number": number, "bytes": self._size.bytes_of_step}))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._all_heard.wait()
        return (self._last - began) * 1000

    def leave(self) -> None:
        """Close every connection."""
        for client in self.clients:
            client.close()
