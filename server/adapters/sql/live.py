"""The live room's store on SQLite or PostgreSQL: one writer commits what many rooms have waiting, together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import structlog
from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, and_, bindparam, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.engine import forget_deleted, make_file_engine, write_turn
from server.adapters.sql.live_tables import deadlines, drafts, lessons, log, session_lessons, works
from server.adapters.sql.people_tables import concern_evidence, concerns
from server.core.live.events import EVENTS
from server.core.live.lesson import Lesson
from server.core.live.works import Entry, Held, MemberId, RoomId, Work
from server.ports.live import Append, Appended, Draft, Due, StoredWork, StoreUnavailable

LARGEST_BATCH = 500
READ_PATIENCE_SECONDS = 15.0
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
NOTICE_SECONDS = 2.0
GIVE_UP_SECONDS = 15.0
# SQLSTATE classes where trying again cannot help: cardinality, data, integrity, syntax or access, limits.
_HOPELESS = frozenset({"21", "22", "23", "42", "54"})

_ENTRIES: TypeAdapter[tuple[Entry, ...]] = TypeAdapter(tuple[Entry, ...])
_logger = structlog.get_logger(__name__)
Result = TypeVar("Result")


@dataclass(slots=True)
class _Waiting:
    """One write that waits for the next commit."""

    write: Append | Draft
    done: "asyncio.Future[bool]"


class SqlLiveStore:
    """Fulfils ports.live.Store. `start` and `stop` bound its writer's life.

    `on_delay(True)` is called when a commit takes longer than NOTICE_SECONDS or had to be tried again,
    `on_delay(False)` when saving works again. A commit without an answer for GIVE_UP_SECONDS is tried anew.

    On a SQLite file a commit runs in a thread of its own from its first statement to its last: going to aiosqlite's
    thread and back for each statement was most of a commit.
    """

    def __init__(self, engine: AsyncEngine, on_delay: Callable[[bool], Awaitable[None]] | None = None) -> None:
        self._engine = engine
        self._insert: Any = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
        self._statements = _Statements(self._insert)
        self._file: Engine | None = make_file_engine(engine)
        self._thread = ThreadPoolExecutor(1, "live-store-writer") if self._file else None
        self._waiting: list[_Waiting] = []
        self._in_hand: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._delayed = False
        self._abandoned: set[asyncio.Task[list[bool]]] = set()
        self.on_delay = on_delay

    def start(self) -> None:
        """Start the writer."""
        self._writer = asyncio.get_running_loop().create_task(self._write_forever(), name="live-store-writer")

    async def stop(self) -> None:
        """Commit what waits, then end. What a database that is away has not taken is cancelled, never acknowledged."""
        while (self._waiting or self._in_hand) and not self._delayed:  # noqa: ASYNC110 -- once, at the end; two conditions
            await asyncio.sleep(FIRST_PAUSE_SECONDS)
        if self._writer:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        for waiting in (*self._in_hand, *self._waiting):
            waiting.done.cancel()
        thread, self._thread = self._thread, None
        if thread and self._file:
            closed = asyncio.get_running_loop().run_in_executor(thread, self._file.dispose)
            # A database that is locked just now keeps the thread until it has given up.
            await asyncio.wait({closed}, timeout=NOTICE_SECONDS)
            thread.shutdown(wait=False)

    @property
    def delayed(self) -> bool:
        """Whether the database is not taking writes just now."""
        return self._delayed

    async def append(self, append: Append) -> bool:
        """See ports.live.Store.append."""
        return await self._queued(append)

    async def save_draft(self, draft: Draft) -> None:
        """See ports.live.Store.save_draft."""
        await self._queued(draft)

    async def _queued(self, write: Append | Draft) -> bool:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(write, done))
        self._wake.set()
        return await done

    async def _write_forever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                self._in_hand, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
                await self._commit_until_it_holds(self._in_hand)
                self._in_hand = []

    async def _commit_until_it_holds(self, batch: list[_Waiting]) -> None:
        pause = FIRST_PAUSE_SECONDS
        again = False
        while True:
            try:
                won = await self._commit_watched([w.write for w in batch], again)
            except Exception as problem:  # noqa: BLE001 -- handed to whoever asked to write
                if not _may_help_to_try_again(problem):
                    await self._refuse(batch, problem)
                    return
                await self._say_delayed(True, problem)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                again = True
                continue
            await self._say_delayed(False)
            for waiting, stored in zip(batch, won, strict=True):
                if not waiting.done.done():
                    waiting.done.set_result(stored)
            return

    async def _refuse(self, batch: list[_Waiting], problem: Exception) -> None:
        """A write that the database cannot take at all must fail alone, not with its neighbours, nor end the writer."""
        if len(batch) > 1:
            for waiting in batch:
                await self._commit_until_it_holds([waiting])
            return
        _logger.error("write_refused_by_database", error=type(problem).__name__)
        if not batch[0].done.done():
            batch[0].done.set_exception(problem)

    async def _commit_watched(self, writes: Sequence[Append | Draft], again: bool) -> list[bool]:
        """Commit, saying so when it takes long; raise TimeoutError when no answer comes, whatever became of it.

        A database whose machine is gone does not even refuse a connection: without this, nobody would be told.
        """
        task = asyncio.get_running_loop().create_task(self._commit(writes, again), name="live-store-commit")
        try:
            done, _ = await asyncio.wait({task}, timeout=NOTICE_SECONDS)
            if not done:
                await self._say_delayed(True)
                done, _ = await asyncio.wait({task}, timeout=GIVE_UP_SECONDS - NOTICE_SECONDS)
            if done:
                return task.result()
            raise TimeoutError
        finally:
            if not task.done():
                # Not awaited: ending a transaction on a dead connection can itself take minutes.
                self._abandoned.add(task)
                task.add_done_callback(self._forget_abandoned)
                task.cancel()

    def _forget_abandoned(self, task: "asyncio.Task[list[bool]]") -> None:
        self._abandoned.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            _logger.warning("abandoned_commit_failed", error=type(problem).__name__)

    async def _say_delayed(self, delayed: bool, problem: BaseException | None = None) -> None:
        if delayed == self._delayed:
            return
        self._delayed = delayed
        if delayed:
            _logger.warning("saving_is_delayed", error=type(problem).__name__ if problem else "slow")
        else:
            _logger.info("saving_works_again")
        if self.on_delay:
            try:
                await self.on_delay(delayed)
            except Exception:
                # Whoever wants to know of delays must not cause one.
                _logger.exception("telling_of_a_delay_failed")

    async def _commit(self, writes: Sequence[Append | Draft], again: bool = False) -> list[bool]:
        if self._file:
            loop = asyncio.get_running_loop()
            async with write_turn(self._engine):
                return await loop.run_in_executor(self._thread, self._commit_to, self._file, writes, again)
        async with self._engine.begin() as connection:
            return await connection.run_sync(self._write, writes, again)

    def _commit_to(self, file: Engine, writes: Sequence[Append | Draft], again: bool) -> list[bool]:
        with file.begin() as connection:
            return self._write(connection, writes, again)

    def _write(self, connection: Connection, writes: Sequence[Append | Draft], again: bool) -> list[bool]:
        appends = [w for w in writes if isinstance(w, Append)]
        # Of two writes for one place, even within this batch, the first has it.
        first = {(a.appended.stream, a.appended.version): a for a in reversed(appends)}
        # In one order everywhere: two processes that wait for each other's rows would both be thrown out.
        ordered = [first[key] for key in sorted(first)]
        won = self._insert_log(connection, ordered) if ordered else set[tuple[str, int]]()
        winners = [a for a in ordered if (a.appended.stream, a.appended.version) in won]
        stored = {id(a) for a in winners}
        if again:
            stored |= {id(a) for a in ordered if id(a) not in stored and _is_stored(connection, a.appended)}
        if new := [_work_row(work) for a in winners for work in a.works]:
            connection.execute(self._statements.works, new)
        if gone := [work for a in winners for work in a.replaced]:
            connection.execute(self._statements.gone, {"gone": gone})
        self._set_all_due(connection, {a.appended.stream: a.due for a in winners if a.due is not None})
        self._upsert_drafts(connection, [w for w in writes if isinstance(w, Draft)])
        return [isinstance(w, Draft) or id(w) in stored for w in writes]

    def _insert_log(self, connection: Connection, appends: list[Append]) -> set[tuple[str, int]]:
        """Insert one row an append; a loser is simply not returned, so that its neighbours stay untouched."""
        result = connection.execute(self._statements.log, [_log_row(a.appended) for a in appends])
        return {(row.stream, row.version) for row in result}

    def _set_all_due(self, connection: Connection, due: dict[str, Due]) -> None:
        if over := [stream for stream, at in due.items() if at.at is None]:
            connection.execute(self._statements.not_due, {"over": over})
        if rows := [{"stream": stream, "step": at.step, "due": at.at} for stream, at in due.items() if at.at]:
            connection.execute(self._statements.due, rows)

    def _upsert_drafts(self, connection: Connection, new: list[Draft]) -> None:
        newest: dict[tuple[str, str, int, str], Draft] = {}
        for draft in new:
            key = (draft.member, draft.session, draft.step, draft.input)
            if key not in newest or newest[key].sequence <= draft.sequence:
                newest[key] = draft
        if newest:
            connection.execute(self._statements.drafts, [_draft_row(newest[key]) for key in sorted(newest)])

    async def read(self, stream: str, after: int = 0) -> list[Appended]:
        """See ports.live.Store.read."""
        query = select(log).where(log.c.stream == stream, log.c.version > after).order_by(log.c.version)
        return [_appended(row) for row in await self._rows(query)]

    async def works_in(self, session: str, room: RoomId | None) -> list[Work]:
        """See ports.live.Store.works_in."""
        in_room = works.c.room.is_(None) if room is None else works.c.room == room
        return [_work(row) for row in await self._rows(select(works).where(works.c.session == session, in_room))]

    async def drafts(self, session: str, room: RoomId) -> list[Draft]:
        """See ports.live.Store.drafts."""
        return [
            _draft(row)
            for row in await self._rows(select(drafts).where(drafts.c.session == session, drafts.c.room == room))
        ]

    async def due(self, now: datetime, limit: int) -> list[tuple[str, int]]:
        """See ports.live.Store.due."""
        query = select(deadlines.c.stream, deadlines.c.step).where(deadlines.c.due <= now).order_by(deadlines.c.due)
        return [(row.stream, row.step) for row in await self._rows(query.limit(limit))]

    async def set_due(self, stream: str, due: Due) -> None:
        """See ports.live.Store.set_due."""

        async def change() -> None:
            async with self._engine.begin() as connection:
                await connection.run_sync(self._set_all_due, {stream: due})

        await self._patiently(change)

    async def versions(self, streams: Sequence[str]) -> dict[str, int]:
        """See ports.live.Store.versions."""
        query = select(log.c.stream, func.max(log.c.version).label("newest"))
        rows = await self._rows(query.where(log.c.stream.in_(list(streams))).group_by(log.c.stream))
        return dict.fromkeys(streams, 0) | {row.stream: row.newest for row in rows}

    async def save_lesson(self, session: str, lesson: Lesson) -> None:
        """See ports.live.Store.save_lesson."""
        body = lesson.model_dump_json().encode()

        async def change() -> None:
            async with self._engine.begin() as connection:
                row = self._insert(lessons).values(hash=lesson.content_hash, body=body)
                await connection.execute(row.on_conflict_do_nothing())
                pin = self._insert(session_lessons).values(session=session, hash=lesson.content_hash)
                await connection.execute(
                    pin.on_conflict_do_update(index_elements=["session"], set_={"hash": lesson.content_hash})
                )

        await self._patiently(change)

    async def lesson_of(self, session: str) -> Lesson | None:
        """See ports.live.Store.lesson_of."""
        query = select(lessons.c.body).join(session_lessons, session_lessons.c.hash == lessons.c.hash)
        rows = await self._rows(query.where(session_lessons.c.session == session))
        return Lesson.model_validate_json(rows[0].body) if rows else None

    async def end_session(self, session: str, forget: Sequence[MemberId]) -> None:
        """See ports.live.Store.end_session."""

        async def change() -> None:
            async with self._engine.begin() as connection:
                await connection.execute(delete(drafts).where(drafts.c.session == session))
                fleeting = or_(works.c.keep == "session", works.c.author.in_(list(forget)))
                mine = and_(works.c.session == session, works.c.by_staff.is_(False), fleeting)
                mine = and_(mine, works.c.id.not_in(_held_as_evidence()))
                await connection.execute(delete(works).where(mine))
                await connection.execute(
                    delete(deadlines).where(deadlines.c.stream.startswith(f"{session}.", autoescape=True))
                )
                await connection.execute(delete(deadlines).where(deadlines.c.stream == session))

        await self._patiently(change)
        await forget_deleted(self._engine)

    async def lesson(self, content_hash: str) -> Lesson | None:
        """See ports.live.Store.lesson."""
        rows = await self._rows(select(lessons.c.body).where(lessons.c.hash == content_hash))
        return Lesson.model_validate_json(rows[0].body) if rows else None

    async def _rows(self, query: Any) -> Sequence[Any]:
        async def read() -> Sequence[Any]:
            async with self._engine.connect() as connection:
                return (await connection.execute(query)).all()

        return await self._patiently(read)

    async def _patiently(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Try again while the database is away, for as long as a client should wait; then say so."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + READ_PATIENCE_SECONDS
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await work()
            except (SQLAlchemyError, OSError) as problem:
                if not _may_help_to_try_again(problem):
                    raise
                if loop.time() > give_up:
                    raise StoreUnavailable from problem
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _may_help_to_try_again(problem: BaseException) -> bool:
    """Whether the database, and not the statement, is what fails.

    asyncpg's errors reach SQLAlchemy as plain DBAPIErrors: only their SQLSTATE tells a value that no database takes
    from a server that is away.
    """
    if isinstance(problem, (DataError, IntegrityError, ProgrammingError)):
        return False
    if isinstance(problem, DBAPIError):
        return str(getattr(problem.orig, "sqlstate", None) or "")[:2] not in _HOPELESS
    # The pool's own: no connection came free in time.
    return isinstance(problem, (OSError, PoolTimeout))


def _held_as_evidence() -> Any:
    """Words that an open concern holds stay until it is closed, whatever their writer does."""
    held = select(concern_evidence.c.work).join(concerns, concerns.c.id == concern_evidence.c.concern)
    return held.where(concerns.c.closed_at.is_(None))


class _Statements:
    """The statements of a commit, put together once: that costs more than to run them."""

    def __init__(self, insert: Any) -> None:
        self.log = insert(log).on_conflict_do_nothing().returning(log.c.stream, log.c.version)
        self.works = insert(works).on_conflict_do_nothing()
        self.gone = delete(works).where(
            works.c.id.in_(bindparam("gone", expanding=True)), works.c.id.not_in(_held_as_evidence())
        )
        self.not_due = delete(deadlines).where(deadlines.c.stream.in_(bindparam("over", expanding=True)))
        due = insert(deadlines)
        self.due = due.on_conflict_do_update(
            index_elements=["stream"], set_={"step": due.excluded.step, "due": due.excluded.due}
        )
        draft = insert(drafts)
        self.drafts = draft.on_conflict_do_update(
            index_elements=["member", "session", "step", "input"],
            set_={name: draft.excluded[name] for name in ("room", "sequence", "at", "entries")},
            where=draft.excluded.sequence >= drafts.c.sequence,
        )


def _is_stored(connection: Connection, appended: Appended) -> bool:
    """Whether this very append was committed before: the answer to its first commit may have been lost.

    Its works and deadline were stored with it, and may have been replaced since: they are not written again.
    """
    query = select(log).where(log.c.stream == appended.stream, log.c.version == appended.version)
    row = connection.execute(query).one_or_none()
    return row is not None and _appended(row) == appended


def _log_row(appended: Appended) -> dict[str, object]:
    return {
        "stream": appended.stream,
        "version": appended.version,
        "at": appended.at,
        "sender": appended.sender,
        "command": appended.command,
        "events": EVENTS.dump_json(list(appended.events)).decode(),
    }


def _appended(row: Any) -> Appended:
    return Appended(row.stream, row.version, row.at, row.sender, row.command, tuple(EVENTS.validate_json(row.events)))


def _work_row(stored: StoredWork) -> dict[str, object]:
    return {
        "id": stored.work.id,
        "session": stored.session,
        "room": stored.room,
        "author": stored.work.member,
        "by_staff": stored.by_staff,
        "step": stored.step,
        "step_id": stored.step_id,
        "protocol": stored.protocol,
        "protocol_version": stored.protocol_version,
        "text_hash": stored.text_hash,
        "input": stored.input,
        "visibility": stored.visibility,
        "keep": stored.keep,
        "held": stored.work.held,
        "late": stored.late,
        "at": stored.at,
        "entries": _ENTRIES.dump_json(stored.work.entries).decode(),
    }


def _work(row: Any) -> Work:
    held: Held = row.held
    return Work(row.id, row.author, _ENTRIES.validate_json(row.entries), held)


def _draft_row(draft: Draft) -> dict[str, object]:
    return {
        "member": draft.member,
        "session": draft.session,
        "step": draft.step,
        "input": draft.input,
        "room": draft.room,
        "sequence": draft.sequence,
        "at": draft.at,
        "entries": _ENTRIES.dump_json(draft.entries).decode(),
    }


def _draft(row: Any) -> Draft:
    return Draft(
        row.session,
        row.room,
        row.member,
        row.step,
        row.input,
        row.sequence,
        row.at,
        _ENTRIES.validate_json(row.entries),
    )
