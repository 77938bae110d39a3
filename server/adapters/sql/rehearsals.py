"""SqlRehearsals: rehearsals of a classroom in SQLite or PostgreSQL."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.engine import reading, writing
from server.adapters.sql.rehearsal_tables import rehearsal_devices, rehearsal_results, rehearsals
from server.adapters.sql.rows import record_of, row_of, upsert
from server.core.people.codes import make_code
from server.core.rehearsal import LIFE, MOST_DEVICES, Device, Rehearsal, Report, Result
from server.ports.rehearsals import Heard

SOONEST = timedelta(milliseconds=800)
"""A device has something new to say every two seconds; one that says more is not written down."""
STILL_HERE = timedelta(seconds=4)
PLACE_IS_FREE_AFTER = timedelta(minutes=2)


class SqlRehearsals:
    """The port Rehearsals. `secret` is the installation's: codes are made from it, and found by it."""

    def __init__(self, engine: AsyncEngine, secret: str) -> None:
        self._engine = engine
        self._secret = secret.encode()

    async def open(self, class_id: str, now: datetime) -> Rehearsal:
        """Begin anew for this class, and clear away whatever is over anywhere."""
        begun = Rehearsal(id=secrets.token_hex(16), class_id=class_id, opened=now, expires=now + LIFE)
        row = row_of(begun, rehearsals) | {"lookup": self._lookup(self.code_of(begun))}
        over = (rehearsals.c.class_id == class_id) | (rehearsals.c.expires <= now)
        async with writing(self._engine) as connection:
            await connection.execute(delete(rehearsals).where(over))
            await connection.execute(insert(rehearsals).values(row))
        return begun

    async def end(self, class_id: str) -> None:
        """Close the door and forget the devices."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(rehearsals).where(rehearsals.c.class_id == class_id))

    async def of_class(self, class_id: str) -> Rehearsal | None:
        """Return the class's newest rehearsal, if it was not cleared away."""
        async with reading(self._engine) as connection:
            found = await connection.execute(select(rehearsals).where(rehearsals.c.class_id == class_id))
            row = found.mappings().first()
        return record_of(Rehearsal, row) if row else None

    async def by_code(self, code: str) -> Rehearsal | None:
        """Return the rehearsal that a code opens."""
        async with reading(self._engine) as connection:
            found = await connection.execute(select(rehearsals).where(rehearsals.c.lookup == self._lookup(code)))
            row = found.mappings().first()
        return record_of(Rehearsal, row) if row else None

    def code_of(self, rehearsal: Rehearsal) -> str:
        """Return the code that is shown to the class."""
        return make_code(self._keyed("rehearsal code", rehearsal.id))

    async def join(self, rehearsal: Rehearsal, key: str, browser: str, now: datetime) -> int | None:
        """Give a device its number: a new one, or the place of a device that has been away for long."""
        mine = rehearsal_devices.c.rehearsal == rehearsal.id
        async with writing(self._engine) as connection:
            # Two who come at the same moment must not be given the same number.
            await connection.execute(select(rehearsals.c.id).where(rehearsals.c.id == rehearsal.id).with_for_update())
            query = select(rehearsal_devices.c.number, rehearsal_devices.c.seen).where(mine)
            seen = {number: at for number, at in (await connection.execute(query)).all()}
            number = max(seen, default=0) + 1
            if number > MOST_DEVICES:
                left = [n for n, at in sorted(seen.items()) if now - at > PLACE_IS_FREE_AFTER]
                if not left:
                    return None
                number = left[0]
            row = row_of(Device(number=number, browser=browser[:40], seen=now), rehearsal_devices)
            row |= {"rehearsal": rehearsal.id, "key_hash": _hashed(key)}
            await upsert(connection, rehearsal_devices, row)
        return number

    async def hear(self, rehearsal: Rehearsal, number: int, key: str, report: Report | None, now: datetime) -> Heard:
        """Keep what is new; a device that repeats itself costs a write every few seconds only."""
        known = await self._device(rehearsal, number, key)
        if known is None:
            return "unknown"
        since = now - known.seen
        said = known.report if report is None else report
        if said == known.report and since < STILL_HERE:
            return "kept"
        if since < SOONEST:
            return "too_soon"
        changed = row_of(known.model_copy(update={"seen": now, "report": said}), rehearsal_devices)
        async with writing(self._engine) as connection:
            await connection.execute(update(rehearsal_devices).where(_place(rehearsal, number)).values(changed))
        return "kept"

    async def knows(self, rehearsal: Rehearsal, number: int, key: str) -> bool:
        """Whether this key belongs to this number."""
        return await self._device(rehearsal, number, key) is not None

    async def devices(self, rehearsal: Rehearsal) -> list[Device]:
        """Return the devices by number."""
        mine = rehearsal_devices.c.rehearsal == rehearsal.id
        async with reading(self._engine) as connection:
            found = await connection.execute(select(rehearsal_devices).where(mine).order_by(rehearsal_devices.c.number))
            return [record_of(Device, row) for row in found.mappings()]

    async def begin_round(self, rehearsal: Rehearsal, now: datetime) -> None:
        """Let all send at once."""
        this = (rehearsals.c.id == rehearsal.id) & (rehearsals.c.round == rehearsal.round)
        async with writing(self._engine) as connection:
            await connection.execute(update(rehearsals).where(this).values(round=rehearsal.round + 1, together_at=now))

    async def keep_result(self, rehearsal: Rehearsal, result: Result) -> None:
        """Keep the verdict; when two processes reach it at the same moment, the later one of the two equal ones stays."""
        row = {"class_id": rehearsal.class_id, "result": result.model_dump(mode="json")}
        this = rehearsals.c.id == rehearsal.id
        async with writing(self._engine) as connection:
            await upsert(connection, rehearsal_results, row)
            await connection.execute(update(rehearsals).where(this).values(counted=rehearsal.round))

    async def results(self, classes: Sequence[str]) -> dict[str, Result]:
        """Return the newest result of each class that has one."""
        those = rehearsal_results.c.class_id.in_(classes)
        async with reading(self._engine) as connection:
            found = await connection.execute(select(rehearsal_results).where(those))
            return {row["class_id"]: Result.model_validate(row["result"]) for row in found.mappings()}

    async def _device(self, rehearsal: Rehearsal, number: int, key: str) -> Device | None:
        async with reading(self._engine) as connection:
            found = await connection.execute(select(rehearsal_devices).where(_place(rehearsal, number)))
            row = found.mappings().first()
        if row is None or not hmac.compare_digest(row["key_hash"], _hashed(key)):
            return None
        return record_of(Device, row)

    def _lookup(self, code: str) -> str:
        return self._keyed("rehearsal lookup", code).hex()[:64]

    def _keyed(self, purpose: str, what: str) -> bytes:
        return hmac.new(self._secret, f"{purpose}\n{what}".encode(), hashlib.sha512).digest()


def _place(rehearsal: Rehearsal, number: int) -> ColumnElement[bool]:
    return (rehearsal_devices.c.rehearsal == rehearsal.id) & (rehearsal_devices.c.number == number)


def _hashed(key: str) -> str:
    # A key is 256 random bits: there is nothing to guess, so a plain hash is enough.
    return hashlib.sha256(key.encode()).hexdigest()
