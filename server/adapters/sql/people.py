"""SqlPeople: schools, staff, classes, students, twinnings and planned lessons in SQLite or PostgreSQL."""

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import uuid4

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import ColumnElement, RowMapping, Select, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from server.adapters.sql import people_tables as t
from server.adapters.sql.adults_tables import concern_notices
from server.adapters.sql.engine import forget_deleted, reading, writing
from server.adapters.sql.live_tables import drafts, works
from server.adapters.sql.rows import record_of, row_of, upsert
from server.core.live.arcs import havrutot, rooms_of
from server.core.live.pairing import History
from server.core.people.models import (
    AuditEntry,
    ClassGroup,
    Concern,
    ConcernNotice,
    Consent,
    LessonSession,
    School,
    SessionSide,
    SideName,
    Staff,
    Student,
    Twinning,
    TwinningSide,
)

_ONLY_INVITATION_LOCK = 0x6861767275746B
"""Any number of our own will do, as long as no other lock of ours has it."""


class SqlPeople:
    """The port People. `secret` is the installation's: without it no personal code can be found or read."""

    def __init__(self, engine: AsyncEngine, secret: str) -> None:
        self._engine = engine
        self._lookup_key = _derived(secret, "personal codes: lookup")
        self._pseudonym_key = _derived(secret, "pseudonyms")
        self._sealing = Fernet(base64.urlsafe_b64encode(_derived(secret, "personal codes: sealing")))

    # -- schools ------------------------------------------------------------------------------------------------------

    async def school(self, school_id: str) -> School | None:
        """Return one school."""
        row = await self._first(select(t.schools).where(t.schools.c.id == school_id))
        return record_of(School, row) if row else None

    async def schools(self, ids: Sequence[str]) -> list[School]:
        """Return the known schools among `ids`, in that order."""
        rows = await self._all(select(t.schools).where(t.schools.c.id.in_(ids)))
        found = {row["id"]: record_of(School, row) for row in rows}
        return [found[i] for i in ids if i in found]

    async def save_school(self, school: School) -> None:
        """Insert or change."""
        async with writing(self._engine) as connection:
            await upsert(connection, t.schools, row_of(school, t.schools))

    async def any_school(self) -> bool:
        """Whether this installation has been set up."""
        return await self._first(select(t.schools.c.id).limit(1)) is not None

    # -- staff --------------------------------------------------------------------------------------------------------

    async def staff(self, staff_id: str) -> Staff | None:
        """Return one adult."""
        row = await self._first(select(t.staff).where(t.staff.c.id == staff_id))
        return record_of(Staff, row) if row else None

    async def staff_of(self, school: str) -> list[Staff]:
        """Return a school's adults, by e-mail."""
        rows = await self._all(select(t.staff).where(t.staff.c.school == school).order_by(t.staff.c.email_key))
        return [record_of(Staff, row) for row in rows]

    async def staff_by_email(self, email: str) -> tuple[Staff, str] | None:
        """Return the person and their argon2id hash, matching the e-mail without regard to case."""
        row = await self._first(select(t.staff).where(t.staff.c.email_key == _email_key(email)))
        return (record_of(Staff, row), row["password_hash"] or "") if row else None

    async def save_staff(self, staff: Staff, password_hash: str | None = None) -> None:
        """Insert or change; the hash stays as it is when None."""
        row = row_of(staff, t.staff) | {"email_key": _email_key(staff.email), "roles": sorted(staff.roles)}
        if password_hash is not None:
            row["password_hash"] = password_hash
        async with writing(self._engine) as connection:
            await upsert(connection, t.staff, row)

    # -- classes and students -----------------------------------------------------------------------------------------

    async def class_group(self, class_id: str) -> ClassGroup | None:
        """Return one class."""
        row = await self._first(select(t.classes).where(t.classes.c.id == class_id))
        return record_of(ClassGroup, row) if row else None

    async def classes_of(self, school: str) -> list[ClassGroup]:
        """Return a school's classes."""
        rows = await self._all(select(t.classes).where(t.classes.c.school == school).order_by(t.classes.c.id))
        return [record_of(ClassGroup, row) for row in rows]

    async def save_class(self, group: ClassGroup) -> None:
        """Insert or change."""
        async with writing(self._engine) as connection:
            await upsert(connection, t.classes, row_of(group, t.classes))

    async def student(self, student_id: str) -> Student | None:
        """Return one student."""
        row = await self._first(select(t.students).where(t.students.c.id == student_id))
        return _student(row) if row else None

    def pseudonym(self, student_id: str) -> str:
        """Return a name for exports that stays the same and leads nobody to the student without this installation's secret."""
        return f"learner-{hmac.new(self._pseudonym_key, student_id.encode(), hashlib.sha256).hexdigest()[:10]}"

    async def students_in(self, classes: Sequence[str]) -> list[Student]:
        """Return the students of some classes, by id."""
        rows = await self._all(select(t.students).where(t.students.c.class_id.in_(classes)).order_by(t.students.c.id))
        return [_student(row) for row in rows]

    async def every_student(self) -> list[str]:
        """Return the ids of all students of this installation: for simulated classes on the operator's own machine."""
        return [row["id"] for row in await self._all(select(t.students.c.id).order_by(t.students.c.id))]

    async def add_students(self, students: Sequence[tuple[Student, str]]) -> None:
        """Insert students with their personal codes, all or none."""
        if not students:
            return
        async with writing(self._engine) as connection:
            await connection.execute(insert(t.students), [_student_row(s) for s, _ in students])
            await connection.execute(insert(t.codes), [self._code_row(s.id, code) for s, code in students])

    async def save_student(self, student: Student) -> None:
        """Change everything but the consent, which only `set_consent` changes and records."""
        row = row_of(student, t.students)
        async with writing(self._engine) as connection:
            await connection.execute(update(t.students).where(t.students.c.id == student.id).values(row))

    async def set_consent(self, student_id: str, consent: Consent, by: str, at: datetime) -> None:
        """Change what the family agreed to, and keep who recorded it and when."""
        answers = consent.model_dump()
        async with writing(self._engine) as connection:
            await connection.execute(update(t.students).where(t.students.c.id == student_id).values(answers))
            recorded = {"id": uuid4().hex, "student": student_id, "by": by, "at": at}
            await connection.execute(insert(t.consents).values(answers | recorded))

    async def student_by_code(self, code: str) -> Student | None:
        """Find by personal code (normalised form)."""
        row = await self._first(
            select(t.students)
            .join(t.codes, t.codes.c.student == t.students.c.id)
            .where(t.codes.c.lookup == self._lookup(code))
        )
        return _student(row) if row else None

    async def code_of(self, student_id: str) -> str | None:
        """Return the personal code for a join card."""
        row = await self._first(select(t.codes.c.sealed).where(t.codes.c.student == student_id))
        return self._sealing.decrypt(row["sealed"]).decode() if row else None

    async def renew_code(self, student_id: str, code: str) -> None:
        """Give another code; the old one and every device signed in with it end."""
        async with writing(self._engine) as connection:
            await upsert(connection, t.codes, self._code_row(student_id, code))
            await _end_sign_ins(connection, student_id)

    async def erase_student(self, student_id: str, at: datetime) -> None:
        """Remove the student, their words everywhere, their sign-ins; the log of events stays readable.

        Words that are evidence of an open concern outlive the child's row, seen by nobody but the safety lead, and go when
        the concern is closed.
        """
        held = (
            select(t.concern_evidence.c.work)
            .join(t.concerns, t.concerns.c.id == t.concern_evidence.c.concern)
            .where(t.concerns.c.closed_at.is_(None))
        )
        async with writing(self._engine) as connection:
            await connection.execute(delete(works).where(works.c.author == student_id, works.c.id.not_in(held)))
            await connection.execute(delete(drafts).where(drafts.c.member == student_id))
            met = or_(t.meetings.c.one == student_id, t.meetings.c.other == student_id)
            await connection.execute(delete(t.meetings).where(met))
            await _end_sign_ins(connection, student_id)
            # Code, consents and who is kept apart or together go with the row (ON DELETE CASCADE).
            await connection.execute(delete(t.students).where(t.students.c.id == student_id))
            erased = AuditEntry(at=at, who="", what="student_erased", about=student_id)
            await connection.execute(insert(t.audit).values(row_of(erased, t.audit)))
        await forget_deleted(self._engine)

    # -- twinnings ----------------------------------------------------------------------------------------------------

    async def twinning(self, twinning_id: str) -> Twinning | None:
        """Return one twinning."""
        found = await self._twinnings(t.twinnings.c.id == twinning_id)
        return found[0] if found else None

    async def twinnings_of(self, school: str) -> list[Twinning]:
        """Return the twinnings in which a school stands."""
        mine = select(t.twinning_schools.c.twinning).where(t.twinning_schools.c.school == school)
        return await self._twinnings(t.twinnings.c.id.in_(mine))

    async def save_twinning(self, twinning: Twinning) -> None:
        """Insert or change, its schools included."""
        rows = [
            {"twinning": twinning.id, "school": school, "side": side.side, "place": place}
            for side in twinning.sides
            for place, school in enumerate(side.schools)
        ]
        async with writing(self._engine) as connection:
            await upsert(connection, t.twinnings, row_of(twinning, t.twinnings))
            await connection.execute(delete(t.twinning_schools).where(t.twinning_schools.c.twinning == twinning.id))
            if rows:
                await connection.execute(insert(t.twinning_schools), rows)

    async def join_twinning(self, twinning_id: str, side: SideName, school: str) -> None:
        """Add a school to a side, after those that stand there; active as soon as both sides have one."""
        members = select(t.twinning_schools).where(t.twinning_schools.c.twinning == twinning_id)
        head = select(t.twinnings.c.status).where(t.twinnings.c.id == twinning_id)
        async with writing(self._engine) as connection:
            # Two schools that follow their links at once come one after the other.
            status = (await connection.execute(head.with_for_update())).scalar_one()
            here = list((await connection.execute(members)).mappings())
            if any(row["school"] == school for row in here):
                return
            place = max((row["place"] + 1 for row in here if row["side"] == side), default=0)
            row = {"twinning": twinning_id, "school": school, "side": side, "place": place}
            await connection.execute(insert(t.twinning_schools).values(row))
            if status == "invited" and {side, *(row["side"] for row in here)} == {"a", "b"}:
                active = update(t.twinnings).where(t.twinnings.c.id == twinning_id).values(status="active")
                await connection.execute(active)

    async def _twinnings(self, which: ColumnElement[bool]) -> list[Twinning]:
        async with reading(self._engine) as connection:
            heads = (await connection.execute(select(t.twinnings).where(which).order_by(t.twinnings.c.id))).mappings()
            found = list(heads)
            members = select(t.twinning_schools).where(t.twinning_schools.c.twinning.in_([h["id"] for h in found]))
            rows = list((await connection.execute(members.order_by(t.twinning_schools.c.place))).mappings())
        return [
            record_of(Twinning, head, sides=_sides([r for r in rows if r["twinning"] == head["id"]])) for head in found
        ]

    # -- lessons ------------------------------------------------------------------------------------------------------

    async def session(self, session_id: str) -> LessonSession | None:
        """Return one lesson."""
        found = await self._sessions(t.sessions.c.id == session_id)
        return found[0] if found else None

    async def sessions_of(self, twinning: str) -> list[LessonSession]:
        """Return a twinning's lessons, newest first."""
        return await self._sessions(t.sessions.c.twinning == twinning)

    async def sessions_of_student(self, student: Student) -> list[LessonSession]:
        """Return lessons in which the student's class takes part, newest first."""
        theirs = select(t.session_classes.c.session).where(t.session_classes.c.class_id == student.class_id)
        return await self._sessions(t.sessions.c.id.in_(theirs))

    async def save_session(self, session: LessonSession) -> None:
        """Insert or change, both sides and their classes included."""
        classes = [
            {"session": session.id, "class_id": class_id, "side": side.side, "place": place}
            for side in session.sides
            for place, class_id in enumerate(side.classes)
        ]
        async with writing(self._engine) as connection:
            await upsert(connection, t.sessions, row_of(session, t.sessions))
            for side in session.sides:
                await upsert(connection, t.session_sides, row_of(side, t.session_sides) | {"session": session.id})
            await connection.execute(delete(t.session_classes).where(t.session_classes.c.session == session.id))
            if classes:
                await connection.execute(insert(t.session_classes), classes)

    async def set_adult(self, session_id: str, side: SideName, staff_id: str) -> None:
        """Name the adult in charge of one side, touching nothing that the other side may be changing."""
        one = (t.session_sides.c.session == session_id, t.session_sides.c.side == side)
        async with writing(self._engine) as connection:
            await connection.execute(update(t.session_sides).where(*one).values(adult=staff_id))

    async def _sessions(self, which: ColumnElement[bool]) -> list[LessonSession]:
        newest_first = select(t.sessions).where(which).order_by(t.sessions.c.starts_at.desc(), t.sessions.c.id)
        async with reading(self._engine) as connection:
            heads = list((await connection.execute(newest_first)).mappings())
            ids = [head["id"] for head in heads]
            sides_of = select(t.session_sides).where(t.session_sides.c.session.in_(ids))
            sides = list((await connection.execute(sides_of.order_by(t.session_sides.c.side))).mappings())
            classes_of = select(t.session_classes).where(t.session_classes.c.session.in_(ids))
            classes = list((await connection.execute(classes_of.order_by(t.session_classes.c.place))).mappings())
        return [_session(head, sides, classes) for head in heads]

    # -- who met whom -------------------------------------------------------------------------------------------------

    async def record_meetings(self, session_id: str, at: datetime, rooms: dict[str, tuple[str, ...]]) -> None:
        """Remember who shares which room; replaces what was remembered of this session."""
        pairs = {
            pair: room
            for room, members in sorted(rooms.items(), key=lambda room: (len(room[0]), room[0]), reverse=True)
            for pair in combinations(sorted(members), 2)
        }
        # Whoever meets twice in one lesson, before and after partners changed, has met once.
        rows = [
            {"session": session_id, "room": room, "at": at, "one": one, "other": other}
            for (one, other), room in pairs.items()
        ]
        async with writing(self._engine) as connection:
            await connection.execute(delete(t.meetings).where(t.meetings.c.session == session_id))
            if rows:
                await connection.execute(insert(t.meetings), rows)

    async def history(self, session: LessonSession) -> History:
        """Return who met whom in earlier lessons of this twinning, the arc's havrutot, and who is kept apart or together."""
        m, earlier = t.meetings.c, (t.sessions.c.twinning == session.twinning, t.sessions.c.id != session.id)
        joined = t.meetings.join(t.sessions, t.sessions.c.id == m.session)
        # A year of two large schools is thousands of pairs: what can be counted by the database is counted there.
        counted = select(m.one, m.other, func.count()).select_from(joined).where(*earlier).group_by(m.one, m.other)
        newest = select(m.session).select_from(joined).where(*earlier).order_by(m.at.desc(), m.session).limit(1)
        of_last = select(m.room, m.one, m.other).where(m.session == newest.scalar_subquery())
        of_arc = (
            select(m.session, m.room, m.one, m.other)
            .select_from(joined)
            .where(*earlier, t.sessions.c.arc == session.arc)
            .order_by(m.at, m.session)
        )
        classes = [class_id for side in session.sides for class_id in side.classes]
        async with reading(self._engine) as connection:
            met = {frozenset((one, other)): times for one, other, times in await connection.execute(counted)}
            last = [(room, one, other) for room, one, other in await connection.execute(of_last)]
            arc: dict[str, list[tuple[str, str, str]]] = {}
            for lesson, room, one, other in await connection.execute(of_arc) if session.arc is not None else ():
                arc.setdefault(lesson, []).append((room, one, other))
            who = select(t.students.c.id, t.students.c.school).where(t.students.c.class_id.in_(classes))
            schools = {row.id: row.school for row in await connection.execute(who)}
        return History(
            # Guests and absences count for nothing; a havruta that was regrouped within its arc goes on as it was last.
            arc=havrutot([rooms_of(lesson) for lesson in arc.values()]),
            last_time=frozenset(frozenset((one, other)) for _, one, other in last),
            met=met,
            alone_last_time=_alone(rooms_of(last), schools),
            apart=frozenset(frozenset(pair) for pair in await self.apart_pairs(list(schools))),
            together=frozenset(frozenset(pair) for pair in await self.together_pairs(list(schools))),
        )

    async def keep_apart(self, one: str, other: str, *, apart: bool, by: str) -> None:
        """Keep two students out of one room from now on, or no longer."""
        await self._keep(one, other, "apart", apart, by)

    async def apart_pairs(self, students: Sequence[str]) -> list[tuple[str, str]]:
        """Return the pairs kept apart of which both are among `students`."""
        return await self._kept(students, "apart")

    async def keep_together(self, one: str, other: str, *, together: bool, by: str) -> None:
        """Seat two students in one room wherever that can be done, from now on, or no longer."""
        await self._keep(one, other, "together", together, by)

    async def together_pairs(self, students: Sequence[str]) -> list[tuple[str, str]]:
        """Return the pairs kept together of which both are among `students`."""
        return await self._kept(students, "together")

    async def _keep(self, one: str, other: str, how: str, wanted: bool, by: str) -> None:
        first, second = sorted((one, other))
        async with writing(self._engine) as connection:
            if wanted:
                await upsert(connection, t.kept, {"one": first, "other": second, "how": how, "by": by})
            else:
                pair = (t.kept.c.one == first, t.kept.c.other == second, t.kept.c.how == how)
                await connection.execute(delete(t.kept).where(*pair))

    async def _kept(self, students: Sequence[str], how: str) -> list[tuple[str, str]]:
        rows = await self._all(
            select(t.kept)
            .where(t.kept.c.how == how, t.kept.c.one.in_(students), t.kept.c.other.in_(students))
            .order_by(t.kept.c.one, t.kept.c.other)
        )
        return [(row["one"], row["other"]) for row in rows]

    # -- one-time links -----------------------------------------------------------------------------------------------

    async def new_invitation(self, token: str, kind: str, about: dict[str, str], expires: datetime) -> None:
        """Keep the hash of a one-time link's token."""
        row = {"token_hash": _hashed(token), "kind": kind, "about": about, "expires": expires}
        async with writing(self._engine) as connection:
            await connection.execute(insert(t.invitations).values(row))

    async def only_invitation(self, token: str, kind: str, about: dict[str, str], expires: datetime) -> None:
        """Keep the hash of a one-time link's token and end every unused link of its kind: the newest alone opens."""
        row = {"token_hash": _hashed(token), "kind": kind, "about": about, "expires": expires}
        open_ones = (t.invitations.c.kind == kind, t.invitations.c.used_at.is_(None))
        async with writing(self._engine) as connection:
            if self._engine.dialect.name == "postgresql":
                # Of two processes that start together neither would see the other's row, and both links would open.
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONLY_INVITATION_LOCK})
            await connection.execute(delete(t.invitations).where(*open_ones))
            await connection.execute(insert(t.invitations).values(row))

    async def invitation(self, token: str, now: datetime) -> tuple[str, dict[str, str]] | None:
        """Return (kind, about) of an unused, unexpired link, without using it."""
        row = await self._first(select(t.invitations).where(*_open_invitation(token, now)))
        return (row["kind"], row["about"]) if row else None

    async def use_invitation(self, token: str, now: datetime) -> bool:
        """Use the link up; False if somebody was faster or it has expired."""
        async with writing(self._engine) as connection:
            used = await connection.execute(
                update(t.invitations).where(*_open_invitation(token, now)).values(used_at=now)
            )
        return used.rowcount == 1

    # -- audit and concerns -------------------------------------------------------------------------------------------

    async def audit(self, entry: AuditEntry) -> None:
        """Append one line."""
        async with writing(self._engine) as connection:
            await connection.execute(insert(t.audit).values(row_of(entry, t.audit)))

    async def audited(self, session: str) -> list[AuditEntry]:
        """Return a session's lines, oldest first."""
        rows = await self._all(select(t.audit).where(t.audit.c.session == session).order_by(t.audit.c.number))
        return [record_of(AuditEntry, row) for row in rows]

    async def add_concern(self, concern: Concern) -> None:
        """Keep a concern, with whom it accuses and which words are its evidence."""
        async with writing(self._engine) as connection:
            await connection.execute(insert(t.concerns).values(row_of(concern, t.concerns)))
            for staff_id in set(concern.accused):
                await connection.execute(insert(t.concern_accused).values(concern=concern.id, staff=staff_id))
            for work in set(concern.evidence):
                await connection.execute(insert(t.concern_evidence).values(concern=concern.id, work=work))

    async def concern(self, concern_id: str) -> Concern | None:
        """Return one concern."""
        row = await self._first(select(t.concerns).where(t.concerns.c.id == concern_id))
        return record_of(Concern, row) if row else None

    async def concerns_of(self, school: str, reader: str) -> list[Concern]:
        """Return a school's concerns, newest first, leaving out any that accuses the reader."""
        accuses_reader = exists().where(
            t.concern_accused.c.concern == t.concerns.c.id, t.concern_accused.c.staff == reader
        )
        rows = await self._all(
            select(t.concerns)
            .where(t.concerns.c.school == school, ~accuses_reader)
            .order_by(t.concerns.c.at.desc(), t.concerns.c.id)
        )
        return [record_of(Concern, row) for row in rows]

    async def concerns_in(self, session: str) -> list[Concern]:
        """Return the concerns reported in one lesson, for the rules only: never shown as they are."""
        rows = await self._all(select(t.concerns).where(t.concerns.c.session == session))
        return [record_of(Concern, row) for row in rows]

    async def close_concern(self, concern_id: str, note: str, at: datetime) -> None:
        """Close a concern; words of erased children that only it still held go now."""
        async with writing(self._engine) as connection:
            closed = update(t.concerns).where(t.concerns.c.id == concern_id, t.concerns.c.closed_at.is_(None))
            await connection.execute(closed.values(closed_at=at, closing_note=note))
            evidence = select(t.concern_evidence.c.work).where(t.concern_evidence.c.concern == concern_id)
            still_held = (
                select(t.concern_evidence.c.work)
                .join(t.concerns, t.concerns.c.id == t.concern_evidence.c.concern)
                .where(t.concerns.c.closed_at.is_(None))
            )
            let_go = await connection.execute(
                delete(works).where(
                    works.c.id.in_(evidence),
                    works.c.id.not_in(still_held),
                    works.c.by_staff.is_(False),
                    works.c.author.not_in(select(t.students.c.id)),
                )
            )
        if let_go.rowcount:
            await forget_deleted(self._engine)

    async def reopen_concern(self, concern_id: str) -> None:
        """Open a closed concern again."""
        async with writing(self._engine) as connection:
            await connection.execute(update(t.concerns).where(t.concerns.c.id == concern_id).values(closed_at=None))

    async def audited_about(self, about: str) -> list[AuditEntry]:
        """Return the lines about one child or concern, oldest first."""
        rows = await self._all(select(t.audit).where(t.audit.c.about == about).order_by(t.audit.c.number))
        return [record_of(AuditEntry, row) for row in rows]

    async def unread_concerns(self, school: str, reader: str) -> int:
        """Return how many open concerns and notices nobody at the school has opened yet."""
        open_ones = [c.id for c in await self.concerns_of(school, reader) if c.closed_at is None]
        told = [notice.concern for notice in await self.notices_to(school, reader)]
        opened = select(t.audit).where(
            t.audit.c.about.in_([*open_ones, *told]),
            t.audit.c.school == school,
            t.audit.c.what.in_(("concern_opened", "notice_opened")),
        )
        seen = {(row["what"], row["about"]) for row in await self._all(opened)}
        return sum(("concern_opened", c) not in seen for c in open_ones) + sum(
            ("notice_opened", c) not in seen for c in told
        )

    async def tell_school(self, notice: ConcernNotice) -> None:
        """Let another school's safety lead know, once."""
        async with writing(self._engine) as connection:
            mine = (concern_notices.c.concern == notice.concern, concern_notices.c.school == notice.school)
            if (await connection.execute(select(concern_notices.c.at).where(*mine))).first() is None:
                await connection.execute(insert(concern_notices).values(row_of(notice, concern_notices)))

    async def notices_of_concern(self, concern_id: str) -> list[ConcernNotice]:
        """Return which schools were told of a concern."""
        rows = await self._all(select(concern_notices).where(concern_notices.c.concern == concern_id))
        return [record_of(ConcernNotice, row) for row in rows]

    async def notices_to(self, school: str, reader: str) -> list[ConcernNotice]:
        """Return what a school was told of its own children, newest first."""
        accuses_reader = exists().where(
            t.concern_accused.c.concern == concern_notices.c.concern, t.concern_accused.c.staff == reader
        )
        mine = select(concern_notices).where(concern_notices.c.school == school, ~accuses_reader)
        rows = await self._all(mine.order_by(concern_notices.c.told_at.desc(), concern_notices.c.concern))
        return [record_of(ConcernNotice, row) for row in rows]

    # -- helpers ------------------------------------------------------------------------------------------------------

    async def _first(self, query: Select[Any]) -> RowMapping | None:
        async with reading(self._engine) as connection:
            return (await connection.execute(query)).mappings().first()

    async def _all(self, query: Select[Any]) -> Sequence[RowMapping]:
        async with reading(self._engine) as connection:
            return (await connection.execute(query)).mappings().all()

    def _lookup(self, code: str) -> str:
        return hmac.new(self._lookup_key, code.encode(), hashlib.sha256).hexdigest()

    def _code_row(self, student_id: str, code: str) -> dict[str, Any]:
        return {"student": student_id, "lookup": self._lookup(code), "sealed": self._sealing.encrypt(code.encode())}


def _derived(secret: str, purpose: str) -> bytes:
    """Return 32 bytes for one purpose: a key that leaks tells nothing about the others."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"havruta {purpose}".encode()).derive(secret.encode())


def _hashed(token: str) -> str:
    # Tokens are 256 random bits: there is nothing to guess, so a plain hash is enough.
    return hashlib.sha256(token.encode()).hexdigest()


def _email_key(email: str) -> str:
    return email.strip().casefold()


def _open_invitation(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    about = t.invitations.c
    return (about.token_hash == _hashed(token), about.used_at.is_(None), about.expires > now)


async def _end_sign_ins(connection: AsyncConnection, student_id: str) -> None:
    theirs = (t.sign_ins.c.kind == "student", t.sign_ins.c.subject == student_id)
    await connection.execute(delete(t.sign_ins).where(*theirs))
    await connection.execute(update(t.sign_ins).where(t.sign_ins.c.beside == student_id).values(beside=None))


def _student(row: RowMapping) -> Student:
    return record_of(Student, row, consent=record_of(Consent, row))


def _student_row(student: Student) -> dict[str, Any]:
    return row_of(student, t.students) | student.consent.model_dump()


def _sides(rows: Sequence[RowMapping]) -> tuple[TwinningSide, TwinningSide]:
    a, b = (tuple(row["school"] for row in rows if row["side"] == side) for side in ("a", "b"))
    return TwinningSide(side="a", schools=a), TwinningSide(side="b", schools=b)


def _session(head: RowMapping, sides: Sequence[RowMapping], classes: Sequence[RowMapping]) -> LessonSession:
    def of(side: RowMapping) -> SessionSide:
        mine = (c for c in classes if c["session"] == head["id"] and c["side"] == side["side"])
        return record_of(SessionSide, side, classes=tuple(c["class_id"] for c in mine))

    return record_of(LessonSession, head, sides=tuple(of(s) for s in sides if s["session"] == head["id"]))


def _alone(rooms: Sequence[frozenset[str]], schools: dict[str, str]) -> frozenset[str]:
    """Return who was the only one of their school in a room of three or four."""
    alone: set[str] = set()
    for members in rooms:
        count = Counter(schools.get(member) for member in members)
        alone |= {m for m in members if len(members) > 2 and m in schools and count[schools[m]] == 1}
    return frozenset(alone)
