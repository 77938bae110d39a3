"""Redis servers for presence tests: the one that is given, and one of our own to stop and start."""

import asyncio
import shutil
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.adapters.bus import RedisBus
from server.adapters.presence import RedisPresence
from tests.services import missing

GRACE = timedelta(seconds=45)
START = datetime(2026, 11, 18, 14, 10, tzinfo=UTC)


@dataclass
class MovedClock:
    """A clock that moves when it is told to."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        """Let time go by."""
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> MovedClock:
    """A clock of the test's own."""
    return MovedClock()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """A Redis that these tests share with others."""
    return redis_server


@dataclass
class OwnRedis:
    """A Redis server that keeps nothing on disk: after a restart it has forgotten everything."""

    folder: Path
    port: int = 0
    running: list[asyncio.subprocess.Process] = field(default_factory=list[asyncio.subprocess.Process])

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> None:
        """Start it and wait until it takes connections."""
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        settings = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        started = await asyncio.create_subprocess_exec(
            "redis-server", *settings, "--dir", str(self.folder), stdout=asyncio.subprocess.DEVNULL
        )
        self.running.append(started)
        async with asyncio.timeout(10):
            while not await _answers(self.port):  # noqa: ASYNC110 -- another program: nothing to be told by
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """Kill it as a power cut would."""
        for process in self.running:
            process.kill()
            await process.wait()
        self.running.clear()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@pytest.fixture
async def own_redis(tmp_path: Path) -> AsyncGenerator[OwnRedis, None]:
    """A running Redis that the test may kill."""
    if not shutil.which("redis-server"):
        missing("Redis: no redis-server here to stop and start")
    own = OwnRedis(tmp_path)
    await own.start()
    yield own
    await own.kill()


Join = Callable[..., Awaitable[RedisPresence]]


@pytest.fixture
async def join(clock: MovedClock) -> AsyncGenerator[Join, None]:
    """Start one process's presence, with a heart that beats faster than a real one's."""
    joined: list[RedisPresence] = []

    async def one(url: str, name: str, *, beat: float = 0.2, silent: float = 3) -> RedisPresence:
        presence = RedisPresence(url, name, clock, GRACE, beat=beat, silent=silent)
        await presence.start()
        joined.append(presence)
        return presence

    yield one
    for presence in joined:
        await presence.stop()


OpenBus = Callable[[str, str], Awaitable[RedisBus]]


@pytest.fixture
async def open_bus() -> AsyncGenerator[OpenBus, None]:
    """Start one process's bus."""
    opened: list[RedisBus] = []

    async def one(url: str, name: str) -> RedisBus:
        bus = RedisBus(url, name)
        await bus.start()
        opened.append(bus)
        return bus

    yield one
    for bus in opened:
        await bus.stop()


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something has become true; fail when it does not."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 -- what is watched is what users see; it announces nothing
            await asyncio.sleep(0.005)
