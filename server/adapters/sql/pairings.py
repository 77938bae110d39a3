"""SqlPairings: groups kept under a name, and the year's meetings, in SQLite or PostgreSQL."""

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql import people_tables as t
from server.adapters.sql.engine import reading, writing
from server.adapters.sql.pairing_tables import saved_groups, saved_seats
from server.adapters.sql.rows import record_of, row_of, upsert
from server.core.twinning.groups import Meeting, SavedGroups


class SqlPairings:
    """The port Pairings."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def met_in(self, twinning: str, student: str | None = None) -> list[Meeting]:
        """Return who met whom in a twinning's lessons, the latest first."""
        query = (
            select(t.meetings)
            .join(t.sessions, t.sessions.c.id == t.meetings.c.session)
            .where(t.sessions.c.twinning == twinning)
            .order_by(t.meetings.c.at.desc(), t.meetings.c.session)
        )
        if student is not None:
            query = query.where(or_(t.meetings.c.one == student, t.meetings.c.other == student))
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).mappings()
            return [Meeting(row["one"], row["other"], row["session"], row["at"]) for row in rows]

    async def saved_of(self, twinning: str) -> list[SavedGroups]:
        """Return the groups that are kept for a twinning, the newest first."""
        mine = saved_groups.c.twinning == twinning
        heads = select(saved_groups).where(mine).order_by(saved_groups.c.at.desc(), saved_groups.c.id)
        seats = (
            select(saved_seats)
            .join(saved_groups, saved_groups.c.id == saved_seats.c.saved)
            .where(mine)
            .order_by(saved_seats.c.saved, saved_seats.c.room, saved_seats.c.place)
        )
        rooms: dict[str, dict[int, list[str]]] = {}
        async with reading(self._engine) as connection:
            found = list((await connection.execute(heads)).mappings())
            for seat in (await connection.execute(seats)).mappings():
                rooms.setdefault(seat["saved"], {}).setdefault(seat["room"], []).append(seat["student"])
        return [
            record_of(SavedGroups, head, rooms=tuple(tuple(room) for room in rooms.get(head["id"], {}).values()))
            for head in found
        ]

    async def save(self, groups: SavedGroups) -> None:
        """Keep groups, or keep others in their place under the same id."""
        asked = [member for room in groups.rooms for member in room]
        async with writing(self._engine) as connection:
            known = select(t.students.c.id).where(t.students.c.id.in_(asked))
            # Somebody may have been erased since the rooms were laid out.
            there = set((await connection.execute(known)).scalars())
            seats = [
                {"saved": groups.id, "student": member, "room": number, "place": place}
                for number, room in enumerate(groups.rooms)
                for place, member in enumerate(room)
                if member in there
            ]
            await upsert(connection, saved_groups, row_of(groups, saved_groups))
            await connection.execute(delete(saved_seats).where(saved_seats.c.saved == groups.id))
            if seats:
                await connection.execute(insert(saved_seats), seats)

    async def rename(self, twinning: str, saved: str, name: str) -> bool:
        """Give another name; False where these groups are not there any more."""
        this = (saved_groups.c.id == saved, saved_groups.c.twinning == twinning)
        async with writing(self._engine) as connection:
            changed = await connection.execute(update(saved_groups).where(*this).values(name=name))
        return changed.rowcount == 1

    async def delete(self, twinning: str, saved: str) -> None:
        """Keep these groups no longer."""
        this = (saved_groups.c.id == saved, saved_groups.c.twinning == twinning)
        async with writing(self._engine) as connection:
            await connection.execute(delete(saved_groups).where(*this))
