"""SqlReview: kept work, read by those who may. The rule stands in the query, so that no page can forget it."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.engine import reading
from server.adapters.sql.live_tables import works
from server.adapters.sql.people_tables import sessions, students, twinning_schools, twinnings
from server.core.people.models import Staff, WorkRecord
from server.core.people.permissions import READS_WORK


class SqlReview:
    """The port Review."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def works_of_session(self, session: str, reader: Staff) -> list[WorkRecord]:
        """Return shared work of all rooms (the other side's only if the twinning shares work); `teacher` visibility only of
        the reader's own school's students; private notes never."""
        return await self._read(_readable(reader).where(works.c.session == session), reader)

    async def works_of_student(self, student: str, reader: Staff) -> list[WorkRecord]:
        """Return one own-school student's kept work, oldest first; empty for another school's student."""
        mine = _readable(reader).where(works.c.author == student, students.c.school == reader.school)
        return await self._read(mine, reader)

    async def _read(self, query: Select[Any], reader: Staff) -> list[WorkRecord]:
        if not reader.roles & READS_WORK:
            return []
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query.order_by(works.c.at, works.c.id))).mappings().all()
        return [_work(row) for row in rows]


def _readable(reader: Staff) -> Select[Any]:
    """Select what `reader` may see: their school must stand in the lesson's twinning, whatever the work."""
    return (
        select(works)
        .join(students, students.c.id == works.c.author)
        .join(sessions, sessions.c.id == works.c.session)
        .join(twinnings, twinnings.c.id == sessions.c.twinning)
        .join(
            twinning_schools,
            and_(twinning_schools.c.twinning == twinnings.c.id, twinning_schools.c.school == reader.school),
        )
        .where(
            works.c.by_staff.is_(False),
            works.c.superseded.is_(False),
            works.c.room.is_not(None),
            or_(_of_own_school(reader), _shared_with_the_other_school()),
            # Words kept for the lesson only are gone for review when it closes, before they are deleted.
            or_(works.c.keep == "record", sessions.c.status != "closed"),
        )
    )


def _of_own_school(reader: Staff) -> ColumnElement[bool]:
    return and_(students.c.school == reader.school, works.c.visibility.in_(("after_reveal", "live", "teacher")))


def _shared_with_the_other_school() -> ColumnElement[bool]:
    # What was held back from the partner is held back from the partner's teacher.
    return and_(twinnings.c.shares_work.is_(True), works.c.visibility.in_(("after_reveal", "live")), works.c.held == "")


def _work(row: Mapping[Any, Any]) -> WorkRecord:
    return WorkRecord(
        id=row["id"],
        session=row["session"],
        room=row["room"],
        step=row["step_id"] or "",
        protocol=row["protocol"] or "",
        protocol_version=row["protocol_version"] or 0,
        text_hash=row["text_hash"],
        input=row["input"] or "",
        student=row["author"],
        at=row["at"],
        visibility=row["visibility"],
        entries=tuple(json.loads(row["entries"])),
        held=row["held"],
        late=row["late"],
    )
