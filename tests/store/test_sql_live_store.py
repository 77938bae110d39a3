"""What only a database can lose: answers, power, its place among several processes; nothing acknowledged may go with it."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from server.adapters.sql import engine as engines
from server.adapters.sql import live
from server.adapters.sql.live import SqlLiveStore
from server.ports.live import Append, Draft, Due
from tests.store.appending_child import STREAMS
from tests.store.conftest import OpenStore
from tests.store.made import DAN, NOA, NOW, draft, one, words
from tests.store.proxy import Wire

ROOT = Path(__file__).resolve().parents[2]


class Delays:
    """Notes what is told about saving."""

    def __init__(self) -> None:
        self.told: list[bool] = []
        self.delayed = asyncio.Event()

    async def __call__(self, delayed: bool) -> None:
        self.told.append(delayed)
        if delayed:
            self.delayed.set()


async def appended_somehow(store: SqlLiveStore, stream: str, command: str) -> None:
    """Append with a word, deciding again as often as somebody else was faster."""
    while True:
        version = (await store.versions([stream]))[stream] + 1
        work = words(f"w-{command}", room=stream)
        if await store.append(one(stream, version, command=command, works=(work,))):
            return


async def assert_whole(store: SqlLiveStore, streams: Sequence[str], commands: Sequence[str]) -> None:
    """Check that each command is there once with its words, and that no version is missing or doubled."""
    found: list[str | None] = []
    work_ids: list[str] = []
    for stream in streams:
        read = await store.read(stream)
        assert [a.version for a in read] == list(range(1, len(read) + 1))
        found += [a.command for a in read]
        work_ids += [work.id for work in await store.works_in("s", stream)]
    assert Counter(found) == Counter(dict.fromkeys(commands, 1))
    assert sorted(work_ids) == sorted(f"w-{command}" for command in commands)


async def test_two_processes_on_the_same_rooms_lose_and_double_nothing(
    database_url: str, open_store: OpenStore
) -> None:
    stores = open_store(database_url), open_store(database_url)
    streams = [f"s.{n}" for n in range(50)]
    commands = [f"c{n}" for n in range(200)]
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for n, command in enumerate(commands):
            group.create_task(appended_somehow(stores[n // 50 % 2], streams[n % 50], command))
    await assert_whole(stores[0], streams, commands)


async def test_a_commit_whose_answer_was_lost_counts_as_ones_own(database_url: str, open_store: OpenStore) -> None:
    class Forgetful(SqlLiveStore):
        """Its first commit holds, and nobody hears of it."""

        lost = False

        async def _commit(self, writes: Sequence[Append | Draft], again: bool = False) -> list[bool]:
            won = await super()._commit(writes, again)
            if not self.lost:
                self.lost = True
                raise ConnectionResetError
            return won

    other = open_store(database_url)
    await other.append(one("s.2", sender=DAN))
    delays = Delays()
    store = open_store(database_url, delays, Forgetful)
    mine, taken = await asyncio.gather(
        store.append(one("s.1", command="c", works=(words("w-c"),), due=Due(1, NOW))),
        store.append(one("s.2", sender=NOA)),
    )
    assert mine
    assert not taken
    assert delays.told == [True, False]
    await assert_whole(store, ["s.1"], ["c"])
    assert await store.due(NOW, 10) == [("s.1", 1)]


async def test_the_same_command_decided_elsewhere_is_not_ones_own(database_url: str, open_store: OpenStore) -> None:
    one_process, another = open_store(database_url), open_store(database_url)
    assert await one_process.append(one("s.1", command="c"))
    assert not await another.append(one("s.1", command="c"))


async def test_stopping_commits_what_was_asked_for(database_url: str, open_store: OpenStore) -> None:
    store = open_store(database_url)
    asked = [asyncio.get_running_loop().create_task(store.append(one(f"s.{n}"))) for n in range(30)]
    await asyncio.sleep(0)
    await store.stop()
    assert await asyncio.gather(*asked) == [True] * 30
    assert set((await open_store(database_url).versions([f"s.{n}" for n in range(30)])).values()) == {1}


async def test_a_listener_to_delays_that_fails_delays_nobody(sqlite_url: str, open_store: OpenStore) -> None:
    class Failing(SqlLiveStore):
        """Its first commit fails."""

        failed = False

        async def _commit(self, writes: Sequence[Append | Draft], again: bool = False) -> list[bool]:
            if not self.failed:
                self.failed = True
                raise ConnectionResetError
            return await super()._commit(writes, again)

    async def angry(delayed: bool) -> None:
        raise RuntimeError(delayed)

    async with asyncio.timeout(60):
        assert await open_store(sqlite_url, angry, Failing).append(one("s.1"))


@pytest.mark.postgres
async def test_what_postgresql_cannot_take_fails_alone_and_at_once(postgres_url: str, open_store: OpenStore) -> None:
    """Words may hold a NUL (JSON escapes it); a name may not, nor be longer than its column."""
    store = open_store(postgres_url)
    async with asyncio.timeout(60):
        bad, too_long, *good = await asyncio.gather(
            store.append(one("s.1", command="a\x00b")),
            store.append(one("s.2", sender="x" * 65)),
            store.append(one("s.3")),
            store.save_draft(draft(1, "fine")),
            return_exceptions=True,
        )
    assert isinstance(bad, DBAPIError)
    assert isinstance(too_long, DBAPIError)
    assert good == [True, None]
    assert not store.delayed
    assert await store.versions(["s.1", "s.2", "s.3"]) == {"s.1": 0, "s.2": 0, "s.3": 1}


async def hold_sqlite(path: Path, over: asyncio.Event) -> None:
    """Let nobody write until it is over."""

    def hold() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute("BEGIN EXCLUSIVE")
        return connection

    holder = hold()
    await over.wait()
    holder.execute("ROLLBACK")
    holder.close()


Away = Callable[[asyncio.Event], Coroutine[None, None, None]]


async def write_through_an_outage(store: SqlLiveStore, delays: Delays, away: Away, seconds: float = 0.3) -> None:
    """Ask for writes while the database is away: none may be acknowledged before it is back, all after.

    The outage lasts `seconds` longer than it takes until a delay is told.
    """
    over = asyncio.Event()
    outage = asyncio.get_running_loop().create_task(away(over))
    commands = [f"c{n}" for n in range(20)]
    streams = [f"s.{n}" for n in range(20)]
    await asyncio.sleep(0.1)
    asked = [
        asyncio.get_running_loop().create_task(
            store.append(one(stream, command=command, works=(words(f"w-{command}", room=stream),)))
        )
        for stream, command in zip(streams, commands, strict=True)
    ]
    typed = asyncio.get_running_loop().create_task(store.save_draft(draft(1, "typed meanwhile")))
    await delays.delayed.wait()
    assert store.delayed
    await asyncio.sleep(seconds)
    assert not any(task.done() for task in (*asked, typed))
    over.set()
    await outage
    assert await asyncio.gather(*asked) == [True] * 20
    await typed
    assert delays.told == [True, False]
    await assert_whole(store, streams, commands)
    assert await store.drafts("s", "s.1") == [draft(1, "typed meanwhile")]


async def test_a_locked_sqlite_delays_and_loses_nothing(
    sqlite_path: Path, sqlite_url: str, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0)
    delays = Delays()
    store = open_store(sqlite_url, delays)
    async with asyncio.timeout(60):
        await write_through_an_outage(store, delays, partial(hold_sqlite, sqlite_path))


async def test_a_commit_that_only_waits_is_told_of_before_it_fails(
    sqlite_path: Path, sqlite_url: str, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "NOTICE_SECONDS", 0.3)
    delays = Delays()
    store = open_store(sqlite_url, delays)
    async with asyncio.timeout(60):
        await write_through_an_outage(store, delays, partial(hold_sqlite, sqlite_path))


@pytest.mark.slow
async def test_ten_seconds_without_sqlite_as_it_is_shipped(
    sqlite_path: Path, sqlite_url: str, open_store: OpenStore
) -> None:
    delays = Delays()
    store = open_store(sqlite_url, delays)
    async with asyncio.timeout(60):
        await write_through_an_outage(store, delays, partial(hold_sqlite, sqlite_path), 10)


@pytest.fixture
async def wire(postgres_url: str) -> AsyncGenerator[Wire, None]:
    """A wire to PostgreSQL."""
    address = make_url(postgres_url)
    wire = Wire(address.host or "127.0.0.1", address.port or 5432)
    await wire.mend()
    yield wire
    await wire.cut()


@pytest.fixture
def wired_url(wire: Wire, postgres_url: str) -> str:
    """PostgreSQL's address through the wire."""
    return make_url(postgres_url).set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)


async def cut_for(wire: Wire, over: asyncio.Event) -> None:
    """Break the wire and mend it."""
    await wire.cut()
    await over.wait()
    await wire.mend()


async def dead_for(wire: Wire, over: asyncio.Event) -> None:
    """Let nothing through, and then break what was held up, as a machine does that starts anew."""
    wire.die()
    await over.wait()
    await wire.cut()
    await wire.mend()


@pytest.mark.postgres
async def test_a_postgresql_that_restarts_delays_and_loses_nothing(
    wire: Wire, wired_url: str, open_store: OpenStore
) -> None:
    delays = Delays()
    store = open_store(wired_url, delays)
    await store.versions(["s.0"])
    async with asyncio.timeout(60):
        await write_through_an_outage(store, delays, partial(cut_for, wire))


@pytest.mark.postgres
@pytest.mark.slow
async def test_ten_seconds_without_postgresql(wire: Wire, wired_url: str, open_store: OpenStore) -> None:
    delays = Delays()
    store = open_store(wired_url, delays)
    async with asyncio.timeout(60):
        await write_through_an_outage(store, delays, partial(cut_for, wire), 10)


@pytest.mark.postgres
async def test_a_postgresql_that_falls_silent_is_given_up_and_asked_anew(
    wire: Wire, wired_url: str, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "NOTICE_SECONDS", 0.3)
    monkeypatch.setattr(live, "GIVE_UP_SECONDS", 0.8)
    delays = Delays()
    store = open_store(wired_url, delays)
    await store.versions(["s.0"])
    async with asyncio.timeout(60):
        await write_through_an_outage(store, delays, partial(dead_for, wire))


@pytest.mark.postgres
async def test_postgresql_commits_and_its_answer_is_lost_on_the_way(
    wire: Wire, wired_url: str, open_store: OpenStore
) -> None:
    delays = Delays()
    store = open_store(wired_url, delays)
    await store.append(one("s.1", command="c1", works=(words("w-c1"),)))
    wire.lose_answer_to(b"COMMIT")
    async with asyncio.timeout(60):
        assert await store.append(one("s.1", 2, command="c2", works=(words("w-c2"),)))
    assert delays.told == [True, False]
    await assert_whole(store, ["s.1"], ["c1", "c2"])


async def acknowledged_before_a_kill(url: str, enough: int) -> list[str]:
    """Start a process that appends, kill it without warning, and return all that it had acknowledged."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.store.appending_child", url, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout
    lines = [await child.stdout.readline() for _ in range(enough)]
    child.send_signal(signal.SIGKILL)
    lines += (await child.stdout.read()).splitlines(keepends=True)
    assert await child.wait() == -signal.SIGKILL
    # The last line may be torn by the kill; it was not said to anybody then.
    return [line.decode().strip() for line in lines if line.endswith(b"\n")]


async def test_what_was_acknowledged_survives_kill_9(sqlite_url: str, open_store: OpenStore) -> None:
    acknowledged: list[str] = []
    async with asyncio.timeout(60):
        for enough in (40, 7, 90):
            acknowledged += await acknowledged_before_a_kill(sqlite_url, enough)
    assert len(acknowledged) >= 137
    store = open_store(sqlite_url)
    stored: list[str] = []
    for stream in STREAMS:
        read = await store.read(stream)
        assert [a.version for a in read] == list(range(1, len(read) + 1))
        stored += [f"{a.stream} {a.version} {a.command}" for a in read]
        # Words and events are saved together or not at all, also in a commit that nobody heard of.
        assert sorted(w.id for w in await store.works_in("s", stream)) == sorted(f"w-{a.command}" for a in read)
    assert len(set(acknowledged)) == len(acknowledged)
    assert set(acknowledged) <= set(stored)
