"""SqlPasses: adults who come to one lesson by a link. Only hashes of the links' tokens are kept."""

import hashlib
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.adults_tables import passes
from server.adapters.sql.engine import reading, writing
from server.adapters.sql.rows import record_of, row_of
from server.core.people.passes import Pass


class SqlPasses:
    """Fulfils ports.passes.Passes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def make(self, one: Pass, token: str) -> None:
        """Keep a pass with the hash of its link's token."""
        async with writing(self._engine) as connection:
            await connection.execute(insert(passes).values(row_of(one, passes) | {"token_hash": _hashed(token)}))

    async def get(self, pass_id: str) -> Pass | None:
        """Return one pass."""
        return await self._first(passes.c.id == pass_id)

    async def by_token(self, token: str) -> Pass | None:
        """Return the pass whose link has this token."""
        return await self._first(passes.c.token_hash == _hashed(token))

    async def of_session(self, session: str) -> list[Pass]:
        """Return all passes of a lesson, oldest first."""
        query = select(passes).where(passes.c.session == session).order_by(passes.c.made_at, passes.c.id)
        async with reading(self._engine) as connection:
            return [record_of(Pass, row) for row in (await connection.execute(query)).mappings()]

    async def agree(self, pass_id: str, by: str) -> bool:
        """Write down the second yes, once."""
        waits = (passes.c.id == pass_id, passes.c.agreed_by.is_(None), passes.c.revoked_at.is_(None))
        async with writing(self._engine) as connection:
            return (await connection.execute(update(passes).where(*waits).values(agreed_by=by))).rowcount == 1

    async def revoke(self, pass_id: str, by: str, at: datetime) -> bool:
        """End a pass, once."""
        holds = (passes.c.id == pass_id, passes.c.revoked_at.is_(None))
        async with writing(self._engine) as connection:
            ended = await connection.execute(update(passes).where(*holds).values(revoked_at=at, revoked_by=by))
        return ended.rowcount == 1

    async def closes(self, session: str, expires: datetime) -> None:
        """Bring forward what holds longer."""
        longer = (passes.c.session == session, passes.c.expires > expires)
        async with writing(self._engine) as connection:
            await connection.execute(update(passes).where(*longer).values(expires=expires))

    async def _first(self, which: ColumnElement[bool]) -> Pass | None:
        async with reading(self._engine) as connection:
            row = (await connection.execute(select(passes).where(which))).mappings().first()
        return record_of(Pass, row) if row else None


def _hashed(token: str) -> str:
    # Tokens are 256 random bits: there is nothing to guess, so a plain hash is enough.
    return hashlib.sha256(token.encode()).hexdigest()
