"""SqlReview: kept work, read by those who may. The rule stands in the query, so that no page can forget it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, RowMapping, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.engine import reading
from server.adapters.sql.live_tables import lessons, log, session_lessons, works
from server.adapters.sql.people_tables import (
    classes,
    concern_accused,
    concern_evidence,
    concerns,
    meetings,
    session_classes,
    sessions,
    students,
    twinning_schools,
    twinnings,
)
from server.core.live.events import EVENTS, AnyEvent, HelpAsked
from server.core.live.lesson import Lesson
from server.core.people.models import Staff, WorkRecord
from server.core.people.permissions import READS_WORK, RULES
from server.core.review.outline import Given, Outline, outline_of
from server.core.review.record import Happened

MOST_OUTLINES = 512
BODIES_AT_ONCE = 100


class SqlReview:
    """The port Review."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # A pinned lesson never changes, so what was read of it once holds.
        self._outlines: dict[str, Outline] = {}

    async def works_of_session(self, session: str, reader: Staff) -> list[WorkRecord]:
        """Return shared work of all rooms (the other side's only if the twinning shares work); `teacher` visibility only of
        the reader's own school's students; private notes never."""
        return await self._read(_readable(reader).where(works.c.session == session), reader)

    async def works_of_student(
        self, student: str, reader: Staff, within: Sequence[str] | None = None
    ) -> list[WorkRecord]:
        """Return one own-school student's kept work (of the lessons `within`, if given), oldest first; empty for another
        school's student."""
        mine = _readable(reader).where(works.c.author == student, students.c.school == reader.school)
        if within is not None:
            mine = mine.where(works.c.session.in_(within))
        return await self._read(mine, reader)

    async def sessions_with_work(self, student: str, reader: Staff) -> list[str]:
        """Return the lessons in which an own-school student has kept work; none for another school's student."""
        mine = _readable(reader).where(works.c.author == student, students.c.school == reader.school)
        query = mine.with_only_columns(works.c.session).distinct().order_by(works.c.session)
        return [session for (session,) in await self._tuples(query, reader)]

    async def log_of_session(self, session: str, reader: Staff) -> list[Happened]:
        """Return the appends of a lesson and of its rooms, oldest first; empty unless the reader's school takes
        part in it. Learners' own words to a teacher (why they asked for help) are left out."""
        of_it = or_(log.c.stream == session, log.c.stream.startswith(f"{session}.", autoescape=True))
        query = select(log.c.stream, log.c.at, log.c.events).where(of_it, _takes_part_in(reader, session))
        rows = await self._rows(query.order_by(log.c.at, log.c.stream, log.c.version), reader)
        return [Happened(row["stream"], row["at"], _without_words(EVENTS.validate_json(row["events"]))) for row in rows]

    async def lesson_of_session(self, session: str, reader: Staff) -> Lesson | None:
        """Return the lesson as it was started, with all its wording; None before, and for schools not in it."""
        query = (
            select(lessons.c.body)
            .join(session_lessons, session_lessons.c.hash == lessons.c.hash)
            .where(session_lessons.c.session == session, _takes_part_in(reader, session))
        )
        rows = await self._rows(query, reader)
        return Lesson.model_validate_json(rows[0]["body"]) if rows else None

    async def outlines(self, session_ids: Sequence[str], reader: Staff) -> dict[str, Outline]:
        """Return what is compared over time in each of these lessons; those that the reader's school is not in are left out."""
        hashes = (
            select(session_lessons.c.session, session_lessons.c.hash)
            .join(sessions, sessions.c.id == session_lessons.c.session)
            .where(session_lessons.c.session.in_(session_ids), _takes_part_in(reader, session_lessons.c.session))
        )
        of = {row["session"]: row["hash"] for row in await self._rows(hashes, reader)}
        wanted = sorted(set(of.values()) - self._outlines.keys())
        for first in range(0, len(wanted), BODIES_AT_ONCE):
            some = wanted[first : first + BODIES_AT_ONCE]
            bodies = select(lessons.c.hash, lessons.c.body).where(lessons.c.hash.in_(some))
            for row in await self._rows(bodies, reader):
                self._outlines[row["hash"]] = outline_of(Lesson.model_validate_json(row["body"]))
        found = {session: self._outlines[name] for session, name in of.items() if name in self._outlines}
        while len(self._outlines) > MOST_OUTLINES:
            self._outlines.pop(next(iter(self._outlines)))
        return found

    async def answers_of(self, of: Sequence[str], inputs: Sequence[str], reader: Staff) -> list[Given]:
        """Return own-school learners' kept answers to these questions, oldest first; nobody's of another school."""
        own = select(students.c.id).where(students.c.id.in_(of), students.c.school == reader.school)
        query = (
            select(works.c.author, works.c.session, works.c.at, works.c.step_id, works.c.input, works.c.entries)
            .where(
                works.c.author.in_(own),
                works.c.input.in_(inputs),
                works.c.by_staff.is_(False),
                works.c.visibility.in_(("after_reveal", "live", "teacher")),
                works.c.keep == "record",
            )
            .order_by(works.c.at, works.c.id)
        )
        return [
            Given(author, session, at, step or "", asked or "", tuple(orjson.loads(entries)))
            for author, session, at, step, asked, entries in await self._tuples(query, reader)
        ]

    async def partners_of(self, student: str, reader: Staff) -> dict[str, tuple[str, ...]]:
        """Return whom one own-school student sat with, by session; empty for another school's student."""
        own = exists().where(students.c.id == student, students.c.school == reader.school)
        met = or_(meetings.c.one == student, meetings.c.other == student)
        query = select(meetings.c.session, meetings.c.one, meetings.c.other).where(met, own)
        found: dict[str, list[str]] = {}
        for row in await self._rows(query.order_by(meetings.c.one, meetings.c.other), reader):
            found.setdefault(row["session"], []).append(row["other"] if row["one"] == student else row["one"])
        return {session: tuple(partners) for session, partners in found.items()}

    async def evidence_of(self, concern: str, reader: Staff) -> list[WorkRecord]:
        """Return the words held with a concern, own students' private ones too, oldest first: for a safety lead of the
        concern's school who is not accused in it; for anybody else nothing. The caller writes down that they were opened."""
        if not reader.roles & RULES["see_concerns"].roles:
            return []
        accused = exists().where(concern_accused.c.concern == concerns.c.id, concern_accused.c.staff == reader.id)
        # The child whose concern it is may have been erased since; their words are still their own school's.
        reporter = select(concerns.c.student).where(concerns.c.id == concern)
        own = select(students.c.id).where(students.c.school == reader.school).union(reporter)
        query = (
            select(works)
            .join(concern_evidence, concern_evidence.c.work == works.c.id)
            .join(concerns, concerns.c.id == concern_evidence.c.concern)
            .where(
                concerns.c.id == concern,
                concerns.c.school == reader.school,
                works.c.room.is_not(None),
                works.c.by_staff.is_(False),
                # Notes to oneself and reflections of another school's child are that school's to open.
                or_(works.c.visibility.in_(("after_reveal", "live")), works.c.author.in_(own)),
                ~accused,
            )
        )
        return await self._read(query, reader)

    async def _read(self, query: Select[Any], reader: Staff) -> list[WorkRecord]:
        return [_work(row) for row in await self._rows(query.order_by(works.c.at, works.c.id), reader)]

    async def _tuples(self, query: Select[*tuple[Any, ...]], reader: Staff) -> Sequence[tuple[Any, ...]]:
        if not reader.roles & READS_WORK:
            return []
        async with reading(self._engine) as connection:
            return [tuple(row) for row in await connection.execute(query)]

    async def _rows(self, query: Select[*tuple[Any, ...]], reader: Staff) -> Sequence[RowMapping]:
        if not reader.roles & READS_WORK:
            return []
        async with reading(self._engine) as connection:
            return (await connection.execute(query)).mappings().all()


def _readable(reader: Staff) -> Select[Any]:
    """Select what `reader` may see: their school must have brought a class to the lesson, whatever the work."""
    return (
        select(works)
        .join(students, students.c.id == works.c.author)
        .join(sessions, sessions.c.id == works.c.session)
        .join(twinnings, twinnings.c.id == sessions.c.twinning)
        .where(
            _takes_part_in(reader, works.c.session),
            works.c.by_staff.is_(False),
            works.c.room.is_not(None),
            or_(_of_own_school(reader), _shared_with_the_other_school()),
            # Words kept for the lesson only are gone for review when it closes, before they are deleted.
            or_(works.c.keep == "record", sessions.c.status != "closed"),
        )
    )


def _takes_part_in(reader: Staff, session: str | Column[str]) -> ColumnElement[bool]:
    """Whether the reader's school stands in the lesson's twinning and brought a class to this lesson.

    A school that came to a side later, or stood aside this time, reads nothing of it.
    """
    planned = sessions.alias("planned")
    return exists().where(
        planned.c.id == session,
        twinning_schools.c.twinning == planned.c.twinning,
        twinning_schools.c.school == reader.school,
        session_classes.c.session == planned.c.id,
        classes.c.id == session_classes.c.class_id,
        classes.c.school == reader.school,
    )


def _without_words(events: list[AnyEvent]) -> tuple[AnyEvent, ...]:
    return tuple(e.model_copy(update={"reason": ""}) if isinstance(e, HelpAsked) else e for e in events)


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
