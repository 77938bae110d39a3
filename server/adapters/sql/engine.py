"""One engine a process: how SQLite and PostgreSQL are opened, and how their tables are brought up to date."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from server.migrations import HEAD

BUSY_SECONDS = 10
_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_BEGIN = "havruta_begin"
# By pool: an engine with other execution options is another engine, and writes to the same file.
_WRITE_TURNS: WeakKeyDictionary[Pool, asyncio.Lock] = WeakKeyDictionary()
# Any number will do, as long as every process of Havruta takes the same one.
_MIGRATION_LOCK = 0x4A_5652_5554


class NewerDatabase(Exception):
    """The tables were made by a newer Havruta than this one."""


def make_engine(url: str) -> AsyncEngine:
    """Return an engine for `sqlite+aiosqlite://…` or `postgresql+asyncpg://…` (`postgresql://…` is read as the latter).

    On SQLite a commit is on the disk when it returns (WAL, synchronous=FULL), what is deleted is overwritten, and a
    writer waits up to BUSY_SECONDS for another.
    """
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+asyncpg")
    to_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(
            parsed, json_serializer=to_json, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=10
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # Parameters hold children's words, and a logged error prints them.
    engine = create_async_engine(parsed, json_serializer=to_json, hide_parameters=True)
    _speak_sqlite(engine.sync_engine)
    return engine


def make_file_engine(engine: AsyncEngine) -> Engine | None:
    """Return an engine for one thread that writes to the same SQLite file in the same way; None where there is no file."""
    url = engine.url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    writer = create_engine(url.set(drivername="sqlite+pysqlite"), hide_parameters=True, pool_size=1)
    _speak_sqlite(writer)
    return writer


def _speak_sqlite(engine: Engine) -> None:
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """One transaction that will write: committed at the end, rolled back on any error.

    On SQLite it takes the write lock at once: a transaction that reads first and writes later would otherwise fail
    without waiting as soon as somebody else has written in between.
    """
    async with write_turn(engine), engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}).begin() as connection:
        yield connection


def write_turn(engine: AsyncEngine) -> AbstractAsyncContextManager[object]:
    """A place in this process's queue of writers to a SQLite file; nothing to wait for on PostgreSQL.

    SQLite itself lets waiting writers try again and again, in no order: when a whole school signed in at once, some
    never got their turn before BUSY_SECONDS were over.
    """
    if engine.dialect.name != "sqlite":
        return nullcontext()
    lock = _WRITE_TURNS.get(engine.pool)
    if lock is None:
        lock = _WRITE_TURNS[engine.pool] = asyncio.Lock()
    return lock


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """One transaction that only reads."""
    async with engine.connect() as connection:
        yield connection


async def forget_deleted(engine: AsyncEngine) -> bool:
    """Take deleted words out of SQLite's journal file too; True when nothing of them is left there.

    PostgreSQL keeps dead rows until its own vacuum, and backups until they expire: see docs.
    """
    if engine.dialect.name != "sqlite":
        return True
    async with engine.execution_options(**{_BEGIN: None}).connect() as connection:
        row = (await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()
        return row[0] == 0


async def migrate(url: str) -> None:
    """Bring the tables of the database at `url` up to date; a fast look and nothing else when they are.

    Raises NewerDatabase when the database was written by a newer Havruta.
    """
    engine = make_engine(url)
    try:
        async with engine.connect() as connection:
            if await connection.run_sync(_revision) == HEAD:
                return
        async with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                # Two processes that start together must not both create the tables.
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            if await connection.run_sync(_revision) != HEAD:
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(connection: Connection) -> None:
    # Alembic takes a tenth of a second to import, and nearly every start needs none of it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", _MIGRATIONS.as_posix().replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        # Our own scripts are sound (tests run them all), so what it cannot find is a later one.
        raise NewerDatabase(str(error)) from error


def _open_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # We say BEGIN ourselves (below): the driver's own would come too late for a read, and never for a CREATE TABLE.
    driver: Any = connection
    driver.isolation_level = None
    try:
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except Exception:
        # The pool has not taken it yet, so nobody else would close it.
        connection.close()
        raise


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get(_BEGIN, "BEGIN")
    if begin is not None:
        connection.exec_driver_sql(begin)
