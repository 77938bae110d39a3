"""What the live room needs of people and plans, put together from the people store and the library."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.core.live.lesson import Lesson
from server.core.live.pairing import History
from server.core.live.protocol import Protocol
from server.core.live.scene import Classrooms, Person
from server.core.live.views import Host
from server.core.live.works import MemberId, RoomId, WorkId
from server.core.people.consent import Problem, may_cross, ready_to_start
from server.core.people.models import AuditEntry, Concern, LessonSession, Plan, School, SessionStatus, Staff, Student
from server.core.people.passes import AFTER_THE_END, Pass
from server.core.people.permissions import takes_part
from server.core.texts import Text
from server.core.twinning.another_day import moved_to
from server.core.twinning.plan import PlanProblem, compile_plan, largest_group
from server.ports.clock import Clock
from server.ports.live import Setup
from server.ports.passes import Passes
from server.ports.people import People
from server.ports.school_texts import SchoolTexts
from server.ports.shelves import OwnProtocols

STATUSES: dict[str, SessionStatus] = {
    "running": "running",
    "set_aside": "set_aside",
    "closed": "closed",
    "lobby": "lobby",
}
MAY_BE_KNOWN_TO_TEACHERS = frozenset({"partner", None})


@dataclass(frozen=True, slots=True)
class PeopleDirectory:
    """Fulfils ports.live.Directory."""

    people: People
    protocols: Mapping[str, Protocol]
    texts: Mapping[str, Text]
    clock: Clock
    school_texts: SchoolTexts | None = None
    passes: Passes | None = None
    own: OwnProtocols | None = None

    async def setup(self, session: str, pinned: Lesson | None = None) -> Setup | None:
        """See ports.live.Directory.setup. None where the session, its twinning or a usable plan does not exist."""
        planned = await self.people.session(session)
        twinning = await self.people.twinning(planned.twinning) if planned else None
        if planned is None or twinning is None:
            return None
        side_of_class = {group: side.side for side in planned.sides for group in side.classes}
        students = await self.people.students_in(list(side_of_class))
        schools = {s.id: s for s in await self.people.schools([i for side in twinning.sides for i in side.schools])}
        crossing = Counter(side_of_class[s.class_id] for s in students if may_cross(s))
        largest = largest_group(crossing["a"], crossing["b"])
        try:
            texts = self.texts if pinned else await self._texts_of(planned.plan.text)
            protocols = {**self.protocols, **await self._own_in(planned.plan, schools)}
            lesson = pinned or compile_plan(planned.plan, planned.title, protocols, texts, largest)
        except PlanProblem:
            return None
        passes = {one.id: one for one in await self.passes.of_session(session)} if self.passes else {}
        planned = _with_substitutes(planned, passes, self.clock.now())
        adults = {side.side: side.adult for side in planned.sides}
        side_of_school = {
            school: side.side
            for side in twinning.sides
            for school in side.schools
            # A school beside ours that brings no class has no business in our children's rooms.
            if takes_part(planned, await self.people.classes_of(school))
        }
        hosts = [
            host
            for school in side_of_school
            for host in await self.people.staff_of(school)
            if host.roles & {"teacher", "coordinator"}
        ]
        return Setup(
            session=planned.id,
            twinning=twinning.id,
            lesson=lesson,
            people={s.id: _person(s, side_of_class[s.class_id]) for s in students},
            may_cross=frozenset(s.id for s in students if may_cross(s)),
            hosts=(
                *(_host(host, side_of_school[host.school], schools) for host in hosts),
                *(_substitute(one, schools) for one in passes.values() if one.kind == "substitute"),
            ),
            adults=adults,
            missing=_missing(ready_to_start(planned, twinning, students, {a for a in adults.values() if a})),
            apart=frozenset(frozenset(pair) for pair in await self.people.apart_pairs([s.id for s in students])),
            schools=side_of_school,
            classrooms=Classrooms(
                places={side.side: side.place for side in planned.sides},
                budgets={s.id: s.class_kbits for s in schools.values() if s.class_kbits is not None},
                talk_shown=planned.plan.talk_shown,
            ),
            passes=passes,
            arrivals=planned.plan.arrivals,
            starts_at=planned.starts_at,
            bell=planned.starts_at + timedelta(minutes=planned.slot_minutes),
        )

    async def _texts_of(self, wanted: str | None) -> Mapping[str, Text]:
        """Return the library, with a text that a school brought where the plan names one: planning looks at whose it is."""
        if self.school_texts is None or wanted is None or wanted in self.texts:
            return self.texts
        found = await self.school_texts.text(wanted)
        return {wanted: found.text} if found else self.texts

    async def _own_in(self, plan: Plan, schools: Collection[str]) -> dict[str, Protocol]:
        """Return the schools' own protocols that a plan names."""
        return await self.own.named({part.protocol for part in plan.parts}, schools) if self.own else {}

    async def history(self, session: str) -> History:
        """See ports.live.Directory.history."""
        planned = await self.people.session(session)
        return await self.people.history(planned) if planned else History()

    async def status(self, session: str, status: str, starts_at: datetime | None = None) -> None:
        """See ports.live.Directory.status."""
        planned = await self.people.session(session)
        if planned:
            moved = moved_to(planned, starts_at) if starts_at else planned
            await self.people.save_session(moved.model_copy(update={"status": STATUSES[status]}))
        if status == "closed" and self.passes:
            await self.passes.closes(session, self.clock.now() + AFTER_THE_END)

    async def met(self, session: str, at: datetime, rooms: Mapping[RoomId, tuple[MemberId, ...]]) -> None:
        """See ports.live.Directory.met."""
        await self.people.record_meetings(session, at, dict(rooms))

    async def concern(
        self, setup: Setup, concern_id: str, room: RoomId | None, member: MemberId, kind: str, about: str | None,
        words: str, evidence: tuple[WorkId, ...], near: frozenset[str] = frozenset(), *, apart: bool = False,
    ) -> None:  # fmt: skip
        """See ports.live.Directory.concern."""
        student = await self.people.student(member)
        if student is None or await self.people.concern(concern_id):
            return
        accused = _accused(setup, near) if about == "adult" else ()
        await self.people.add_concern(
            Concern.model_validate(
                {
                    "id": concern_id,
                    "at": self.clock.now(),
                    "session": setup.session,
                    "room": room,
                    "school": student.school,
                    "student": member,
                    "kind": kind,
                    "about": about,
                    "words": words,
                    "accused": accused,
                    "evidence": evidence,
                    "apart": apart,
                }
            )
        )

    async def rooms_to_check(self, session: str) -> frozenset[RoomId]:
        """See ports.live.Directory.rooms_to_check."""
        found = await self.people.concerns_in(session)
        return frozenset(
            c.room
            for c in found
            if c.room and c.closed_at is None and c.kind != "contact" and c.about in MAY_BE_KNOWN_TO_TEACHERS
        )

    async def rooms_to_part(self, session: str) -> frozenset[RoomId]:
        """See ports.live.Directory.rooms_to_part."""
        found = await self.people.concerns_in(session)
        return frozenset(c.room for c in found if c.room and c.apart and c.closed_at is None and c.about == "partner")

    async def audit(
        self,
        who: str,
        what: str,
        session: str,
        room: RoomId | None,
        about: str | None = None,
        seconds: int | None = None,
    ) -> None:
        """See ports.live.Directory.audit."""
        staff = await self.people.staff(who)
        bearer = await self.passes.get(who) if self.passes and staff is None else None
        school = staff.school if staff else bearer.school if bearer else None
        await self.people.audit(
            AuditEntry(
                at=self.clock.now(),
                who=who,
                what=what,
                school=school,
                session=session,
                room=room,
                about=about,
                seconds=seconds,
            )  # fmt: skip
        )


def _accused(setup: Setup, near: frozenset[str]) -> tuple[str, ...]:
    """The child names no adult, so all who are in charge of the lesson or came near it are kept out."""
    return tuple(sorted({adult for adult in setup.adults.values() if adult} | near))


def _person(student: Student, side: str) -> Person:
    return Person(
        id=student.id,
        side=side,
        names=student.names,
        school=student.school,
        speaks=student.speaks,
        reads=student.reads,
        media=student.consent.media or "none",
        keeps_words=student.consent.keep_words == "year",
        class_id=student.class_id,
    )


def _host(staff: Staff, side: str, schools: Mapping[str, School]) -> Host:
    return Host(staff.id, side, staff.names, schools[staff.school].names)


def _substitute(one: Pass, schools: Mapping[str, School]) -> Host:
    school = schools.get(one.school)
    # A name is typed in one alphabet, and read in it by everybody.
    return Host(one.id, one.side, {"en": one.name}, school.names if school else {}, substitute=True)


def _with_substitutes(planned: LessonSession, passes: Mapping[str, Pass], now: datetime) -> LessonSession:
    """Let a substitute be the adult in charge of a side that has named nobody."""
    coming = {one.side: one.id for one in passes.values() if one.kind == "substitute" and one.holds(now)}
    sides = tuple(
        side if side.adult else side.model_copy(update={"adult": coming.get(side.side)}) for side in planned.sides
    )
    return planned.model_copy(update={"sides": sides})


def _missing(problems: list[Problem]) -> str | None:
    codes = {problem.code for problem in problems}
    for code, refusal in (
        ("not_agreed", "not_agreed"),
        ("no_parts", "not_agreed"),
        ("twinning_not_active", "not_agreed"),
        ("adult_not_named", "adult_missing"),
        ("nobody_may_cross", "consent_missing"),
    ):
        if code in codes:
            return refusal
    return None
