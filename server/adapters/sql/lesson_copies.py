"""Takes a rehearsal of a lesson out of the database again, wherever anything of it lies."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, String, Table, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql import people_tables as t
from server.adapters.sql.engine import reading, writing
from server.adapters.sql.metadata import metadata
from server.core.twinning.rehearsal_copy import PREFIX

NAMES_SOMEBODY = frozenset(
    {"id", "session", "stream", "student", "author", "member", "subject", "beside", "one", "other", "school", "class_id",
     "twinning", "staff", "who", "about"}
)  # fmt: skip
"""Columns that may hold an id of a rehearsal; of later tables, too."""


class SqlLessonCopies:
    """Finds and removes rehearsals by what all their ids begin with."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def older_than(self, moment: datetime) -> list[str]:
        """Return rehearsals that began before a moment: what a server that stopped in the middle left behind."""
        old = select(t.sessions.c.id).where(t.sessions.c.id.startswith(PREFIX), t.sessions.c.starts_at < moment)
        async with reading(self._engine) as connection:
            return list((await connection.execute(old)).scalars())

    async def remove(self, key: str) -> None:
        """Remove every row of a rehearsal. The audit log is only ever added to; it holds ids alone."""
        if not key.startswith(PREFIX) or len(key) <= len(PREFIX):
            raise ValueError(key)
        concerns = select(t.concerns.c.id).where(t.concerns.c.session == key)
        async with writing(self._engine) as connection:
            for table in (t.concern_accused, t.concern_evidence):
                await connection.execute(delete(table).where(table.c.concern.in_(concerns)))
            for table in reversed(metadata.sorted_tables):
                if table is not t.audit and (mine := list(_mine(table, key))):
                    await connection.execute(delete(table).where(or_(*mine)))


def _mine(table: Table, key: str) -> Iterator[ColumnElement[bool]]:
    for column in table.columns:
        if column.name in NAMES_SOMEBODY and isinstance(column.type, String):
            yield column.startswith(key, autoescape=True)
