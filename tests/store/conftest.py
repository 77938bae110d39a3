"""Live stores: in memory, on SQLite files, and on a PostgreSQL database of these tests' own."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.memory_store import MemoryStore
from server.adapters.sql.engine import make_engine, migrate
from server.adapters.sql.live import SqlLiveStore
from server.adapters.sql.live_tables import deadlines, drafts, lessons, log, session_lessons, works
from server.ports.live import Store

OnDelay = Callable[[bool], Awaitable[None]]
OpenStore = Callable[..., SqlLiveStore]
SQLITE = pytest.param("sqlite")
POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


async def _run_outside_transactions(url: str, statement: str) -> None:
    engine = make_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def _empty(url: str) -> None:
    engine = make_engine(url)
    async with engine.begin() as connection:
        for table in (log, works, drafts, deadlines, lessons, session_lessons):
            await connection.execute(table.delete())
    await engine.dispose()


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Generator[str, None, None]:
    """A database of our own, migrated: other tests may empty the one they were given."""
    name = f"havruta_store_{uuid4().hex[:12]}"
    url = make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    asyncio.run(_run_outside_transactions(postgres_server, f"CREATE DATABASE {name}"))
    asyncio.run(migrate(url))
    yield url
    asyncio.run(_run_outside_transactions(postgres_server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty file to copy: migrating each anew would take most of the tests' time."""
    path = tmp_path_factory.mktemp("store") / "empty.sqlite"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_path(sqlite_template: Path, tmp_path: Path) -> Path:
    """An empty database file."""
    return Path(shutil.copy(sqlite_template, tmp_path / "havruta.sqlite"))


@pytest.fixture
def sqlite_url(sqlite_path: Path) -> str:
    """The address of an empty database file."""
    return f"sqlite+aiosqlite:///{sqlite_path}"


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """The address of an empty PostgreSQL database."""
    asyncio.run(_empty(postgres_database))
    return postgres_database


@pytest.fixture(params=[SQLITE, POSTGRES])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database of each kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def open_store() -> AsyncGenerator[OpenStore, None]:
    """Open started stores on a database, each with an engine of its own, as separate processes have."""
    opened: list[tuple[SqlLiveStore, AsyncEngine]] = []

    def open_one(url: str, on_delay: OnDelay | None = None, kind: type[SqlLiveStore] = SqlLiveStore) -> SqlLiveStore:
        engine = make_engine(url)
        store = kind(engine, on_delay)
        store.start()
        opened.append((store, engine))
        return store

    yield open_one
    for store, engine in opened:
        await store.stop()
        await engine.dispose()


@pytest.fixture(params=[pytest.param("memory"), SQLITE, POSTGRES])
def kind_of_store(request: pytest.FixtureRequest) -> tuple[str, str | None]:
    """The name of each kind of store, and its database's address."""
    kind: Any = request.param
    return kind, None if kind == "memory" else request.getfixturevalue(f"{kind}_url")


@pytest.fixture
async def store(kind_of_store: tuple[str, str | None], open_store: OpenStore) -> Store:
    """An empty store of each kind."""
    return MemoryStore() if kind_of_store[1] is None else open_store(kind_of_store[1])
