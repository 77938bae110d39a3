"""SqlShelves: schools' own protocols and plans on shelves, in SQLite or PostgreSQL."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, String, cast, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from server.adapters.sql.engine import reading, writing
from server.adapters.sql.people_tables import schools as all_schools
from server.adapters.sql.people_tables import sessions
from server.adapters.sql.rows import record_of, row_of, upsert
from server.adapters.sql.shelf_tables import own_protocol_versions, own_protocols, removed_parts, shelf_plans
from server.core.live.protocol import Protocol
from server.core.twinning.own_protocol import OwnProtocol, OwnVersion, key_of, split_key
from server.core.twinning.protocol_form import Document
from server.core.twinning.shelf import RemovedPart, ShelfPlan


class SqlShelves:
    """The port Shelves."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    # -- own protocols ------------------------------------------------------------------------------------------------

    async def own(self, protocol: str) -> OwnProtocol | None:
        """Return one own protocol, removed or not."""
        async with reading(self._engine) as connection:
            found = await connection.execute(select(own_protocols).where(own_protocols.c.id == protocol))
            row = found.mappings().first()
        return record_of(OwnProtocol, row) if row else None

    async def own_of(self, school: str) -> list[OwnProtocol]:
        """Return a school's own protocols, the newest change first."""
        mine = (own_protocols.c.school == school) & own_protocols.c.removed.is_(False)
        query = select(own_protocols).where(mine).order_by(own_protocols.c.changed_at.desc(), own_protocols.c.id)
        async with reading(self._engine) as connection:
            return [record_of(OwnProtocol, row) for row in (await connection.execute(query)).mappings()]

    async def make_own(self, own: OwnProtocol, definition: Document | None, most: int) -> bool:
        """Keep a new one, unless the school has as many as it may have."""
        async with writing(self._engine) as connection:
            if await _count(connection, own_protocols.c.school == own.school, own.school) >= most:
                return False
            await connection.execute(insert(own_protocols).values(row_of(own, own_protocols)))
            await _add_version(connection, own, definition)
        return True

    async def change_own(self, before: OwnProtocol, after: OwnProtocol, definition: Document | None) -> bool:
        """Keep a change, if it is still to what was seen."""
        seen = (own_protocols.c.id == before.id) & (own_protocols.c.edition == before.edition)
        changed = row_of(after.model_copy(update={"edition": before.edition + 1}), own_protocols)
        async with writing(self._engine) as connection:
            done = await connection.execute(update(own_protocols).where(seen).values(changed))
            if done.rowcount == 0:
                return False
            await _add_version(connection, after, definition)
        return True

    async def versions_of(self, protocol: str) -> list[OwnVersion]:
        """Return all versions, the newest first."""
        versions = own_protocol_versions
        query = select(versions).where(versions.c.protocol == protocol).order_by(versions.c.version.desc())
        async with reading(self._engine) as connection:
            return [record_of(OwnVersion, row) for row in (await connection.execute(query)).mappings()]

    async def named(self, keys: Collection[str], schools: Collection[str]) -> dict[str, Protocol]:
        """Return what the keys name, as far as it belongs to these schools."""
        split = (split_key(key) for key in keys)
        wanted = [(found[0], found[1]) for found in split if found and found[1] is not None]
        versions = own_protocol_versions
        named = tuple_(versions.c.protocol, versions.c.version).in_(wanted)
        return await self._versions(named & own_protocols.c.school.in_(list(schools))) if wanted else {}

    async def newest_of(self, school: str) -> dict[str, Protocol]:
        """Return the newest usable version of each of a school's own protocols."""
        newest = own_protocol_versions.c.version == own_protocols.c.version
        return await self._versions(newest & (own_protocols.c.school == school) & own_protocols.c.removed.is_(False))

    async def remove_own(self, protocol: str) -> None:
        """Take it from the library; plans that name it keep it."""
        name = f'%"{protocol}@%'
        in_lessons = select(sessions.c.id).where(cast(sessions.c.plan, String).like(name)).limit(1)
        on_shelves = select(shelf_plans.c.id).where(cast(shelf_plans.c.plan, String).like(name)).limit(1)
        this = own_protocols.c.id == protocol
        async with writing(self._engine) as connection:
            used = [(await connection.execute(query)).first() for query in (in_lessons, on_shelves)]
            if any(used):
                edition = own_protocols.c.edition + 1
                await connection.execute(update(own_protocols).where(this).values(removed=True, edition=edition))
                return
            await connection.execute(delete(own_protocol_versions).where(own_protocol_versions.c.protocol == protocol))
            await connection.execute(delete(own_protocols).where(this))

    async def _versions(self, which: ColumnElement[bool]) -> dict[str, Protocol]:
        versions = own_protocol_versions
        query = (
            select(versions.c.protocol, versions.c.version, versions.c.definition)
            .join(own_protocols, own_protocols.c.id == versions.c.protocol)
            .where(which)
        )
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).mappings().all()
        return {key_of(row["protocol"], row["version"]): _protocol(orjson.dumps(row["definition"])) for row in rows}

    # -- plans --------------------------------------------------------------------------------------------------------

    async def shelved(self, plan: str) -> ShelfPlan | None:
        """Return one plan."""
        async with reading(self._engine) as connection:
            found = await connection.execute(select(shelf_plans).where(shelf_plans.c.id == plan))
            row = found.mappings().first()
        return record_of(ShelfPlan, row) if row else None

    async def shelf_of(self, school: str, twinnings: Sequence[str]) -> list[ShelfPlan]:
        """Return a school's own plans, and those shared with these twinnings."""
        those = (shelf_plans.c.school == school) | shelf_plans.c.twinning.in_(list(twinnings))
        query = select(shelf_plans).where(those).order_by(func.lower(shelf_plans.c.name), shelf_plans.c.id)
        async with reading(self._engine) as connection:
            return [record_of(ShelfPlan, row) for row in (await connection.execute(query)).mappings()]

    async def shelve(self, plan: ShelfPlan, most: int) -> bool:
        """Insert or change, unless the school has as many as it may have."""
        others = (shelf_plans.c.school == plan.school) & (shelf_plans.c.id != plan.id)
        async with writing(self._engine) as connection:
            if await _count(connection, others, plan.school) >= most:
                return False
            await upsert(connection, shelf_plans, row_of(plan, shelf_plans))
        return True

    async def unshelve(self, plan: str) -> None:
        """Forget a plan."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(shelf_plans).where(shelf_plans.c.id == plan))

    async def keep_removed(self, removed: RemovedPart) -> None:
        """Remember what was taken out last."""
        async with writing(self._engine) as connection:
            await upsert(connection, removed_parts, row_of(removed, removed_parts))

    async def removed_from(self, session: str) -> RemovedPart | None:
        """Return what was taken out of a plan last."""
        async with reading(self._engine) as connection:
            found = await connection.execute(select(removed_parts).where(removed_parts.c.session == session))
            row = found.mappings().first()
        return record_of(RemovedPart, row) if row else None

    async def forget_removed(self, session: str) -> None:
        """It was put back."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(removed_parts).where(removed_parts.c.session == session))


async def _add_version(connection: AsyncConnection, own: OwnProtocol, definition: Document | None) -> None:
    if definition is None:
        return
    row: dict[str, Any] = {
        "protocol": own.id,
        "version": own.version,
        "at": own.changed_at,
        "by": own.changed_by,
        "definition": definition,
    }
    await connection.execute(insert(own_protocol_versions).values(row))


async def _count(connection: AsyncConnection, which: ColumnElement[bool], school: str) -> int:
    # Two who press at the same moment must not pass the limit together.
    await connection.execute(select(all_schools.c.id).where(all_schools.c.id == school).with_for_update())
    return int((await connection.execute(select(func.count()).where(which))).scalar_one())


@lru_cache(maxsize=256)
def _protocol(definition: bytes) -> Protocol:
    return Protocol.model_validate_json(definition)
