"""SqlSchoolTexts: texts that schools bring; and the passages fetched from elsewhere, kept so that they are asked for once."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.engine import reading, writing
from server.adapters.sql.rows import record_of, row_of, upsert
from server.adapters.sql.text_tables import fetched_texts, school_texts
from server.core.importing.fetched import Fetched
from server.core.importing.text import SchoolText

KEPT_FOR = timedelta(days=30)
"""Editions are corrected now and then; a passage that is a month old is asked for again."""


class SqlSchoolTexts:
    """The port SchoolTexts."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def text(self, text_id: str) -> SchoolText | None:
        """Return a text."""
        async with reading(self._engine) as connection:
            found = await connection.execute(select(school_texts).where(school_texts.c.id == text_id))
            row = found.mappings().first()
        return record_of(SchoolText, row) if row else None

    async def of_schools(self, schools: Sequence[str]) -> list[SchoolText]:
        """Return the texts of these schools, the newest first."""
        those = select(school_texts).where(school_texts.c.school.in_(schools))
        async with reading(self._engine) as connection:
            found = await connection.execute(those.order_by(school_texts.c.added_at.desc(), school_texts.c.id))
            return [record_of(SchoolText, row) for row in found.mappings()]

    async def add(self, text: SchoolText) -> SchoolText:
        """Keep a text, or return the one with the same words."""
        try:
            async with writing(self._engine) as connection:
                await connection.execute(insert(school_texts).values(row_of(text, school_texts)))
        except IntegrityError:
            same = (school_texts.c.school == text.school) & (school_texts.c.hash == text.hash)
            async with reading(self._engine) as connection:
                row = (await connection.execute(select(school_texts).where(same))).mappings().first()
            if row is None:
                raise
            return record_of(SchoolText, row)
        return text

    async def change(self, text: SchoolText) -> None:
        """Keep what stands around the words."""
        this = (school_texts.c.id == text.id) & (school_texts.c.hash == text.hash)
        async with writing(self._engine) as connection:
            await connection.execute(update(school_texts).where(this).values(text=text.text.model_dump(mode="json")))

    async def remove(self, text_id: str) -> None:
        """Forget a text."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(school_texts).where(school_texts.c.id == text_id))

    async def many_of(self, school: str) -> int:
        """Return how many texts a school has."""
        count = select(func.count()).select_from(school_texts).where(school_texts.c.school == school)
        async with reading(self._engine) as connection:
            return int((await connection.execute(count)).scalar_one())


class FetchedPassages:
    """Passages by what was asked for; whatever is a month old is gone."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def kept(self, asked: Sequence[str], now: datetime) -> Fetched | None:
        """Return the passage, if it was fetched within a month."""
        this = (fetched_texts.c.asked == _key(asked)) & (fetched_texts.c.fetched_at > now - KEPT_FOR)
        async with reading(self._engine) as connection:
            row = (await connection.execute(select(fetched_texts.c.passage).where(this))).first()
        return Fetched.model_validate(row[0]) if row else None

    async def keep(self, asked: Sequence[str], passage: Fetched, now: datetime) -> None:
        """Keep a passage, and forget the old ones."""
        row = {"asked": _key(asked), "fetched_at": now, "passage": passage.model_dump(mode="json")}
        async with writing(self._engine) as connection:
            await connection.execute(delete(fetched_texts).where(fetched_texts.c.fetched_at <= now - KEPT_FOR))
            await upsert(connection, fetched_texts, row)


def _key(asked: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(asked), ensure_ascii=False).encode()).hexdigest()
