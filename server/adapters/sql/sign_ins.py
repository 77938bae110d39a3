"""SqlSignIns: who is signed in on which device. Only hashes of tokens are kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Update, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.engine import reading, writing
from server.adapters.sql.people_tables import sign_ins

STAFF_IDLE = timedelta(hours=12)
STAFF_LONGEST = timedelta(days=7)
# From the first lesson of a day to its last homework, and over before the next morning.
STUDENT_DAY = timedelta(hours=16)
# How exactly "last seen" is kept: a write for each request would be one too many.
SEEN_EVERY = timedelta(minutes=10)


class SqlSignIns:
    """The port SignIns."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def start(self, kind: str, subject: str, now: datetime) -> str:
        """Return a new secret token for "staff" or "student". What is over is cleared away on the way."""
        token = secrets.token_urlsafe(32)
        lasts = STAFF_LONGEST if kind == "staff" else STUDENT_DAY
        row = {"token_hash": _hashed(token), "kind": kind, "subject": subject, "seen": now, "expires": now + lasts}
        async with writing(self._engine) as connection:
            await connection.execute(delete(sign_ins).where(sign_ins.c.expires <= now))
            await connection.execute(insert(sign_ins).values(row))
        return token

    async def subject(self, token: str, now: datetime) -> tuple[str, str] | None:
        """Return (kind, subject) of a live sign-in, or None."""
        mine = sign_ins.c.token_hash == _hashed(token)
        async with reading(self._engine) as connection:
            row = (await connection.execute(select(sign_ins).where(mine))).mappings().first()
        if row is None or row["expires"] <= now:
            return None
        if row["kind"] == "staff" and now - row["seen"] >= STAFF_IDLE:
            return None
        if now - row["seen"] >= SEEN_EVERY:
            async with writing(self._engine) as connection:
                await connection.execute(update(sign_ins).where(mine).values(seen=now))
        return row["kind"], row["subject"]

    async def beside(self, token: str) -> str | None:
        """Return the second learner for whom this sign-in speaks too, or None."""
        async with reading(self._engine) as connection:
            query = select(sign_ins.c.beside).where(sign_ins.c.token_hash == _hashed(token))
            return (await connection.execute(query)).scalar_one_or_none()

    async def share(self, token: str, beside: str | None) -> None:
        """Let a student's sign-in speak for a second learner too, or (None) for its own only."""
        mine = (sign_ins.c.token_hash == _hashed(token), sign_ins.c.kind == "student")
        async with writing(self._engine) as connection:
            if beside:
                await connection.execute(_without(beside))
            await connection.execute(update(sign_ins).where(*mine).values(beside=beside))

    async def own_seat(self, student: str) -> bool:
        """Let a learner be spoken for by no device but their own; True if one did."""
        async with reading(self._engine) as connection:
            query = select(sign_ins.c.token_hash).where(sign_ins.c.beside == student).limit(1)
            if (await connection.execute(query)).first() is None:
                return False
        async with writing(self._engine) as connection:
            await connection.execute(_without(student))
        return True

    async def end(self, token: str) -> None:
        """Sign one device out."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(sign_ins).where(sign_ins.c.token_hash == _hashed(token)))

    async def end_all(self, kind: str, subject: str) -> None:
        """Sign a person out everywhere."""
        theirs = (sign_ins.c.kind == kind, sign_ins.c.subject == subject)
        async with writing(self._engine) as connection:
            await connection.execute(delete(sign_ins).where(*theirs))
            if kind == "student":
                await connection.execute(_without(subject))


def _without(student: str) -> Update:
    return update(sign_ins).where(sign_ins.c.beside == student).values(beside=None)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
