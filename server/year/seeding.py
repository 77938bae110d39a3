"""The lessons of a year, planned week by week, played, and stored as a real year would have been."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.core.languages import Wording
from server.core.live import commands as c
from server.core.live.events import TeacherCame, TeacherWent
from server.core.live.pairing import Assign, lay_out
from server.core.live.protocol import Protocol
from server.core.live.scene import Person
from server.core.live.state import Session
from server.core.people.consent import may_cross, plan_hash
from server.core.people.models import AuditEntry, LessonSession, Plan, PlannedPart, Student
from server.core.texts import Text
from server.core.twinning.plan import arc_for, compile_plan, largest_group
from server.ports.live import Append, Store
from server.ports.people import People
from server.year.playing import Cast, Playing

ABSENT = 0.06
AT_ONCE = 500
WEEK = timedelta(days=7)
SPANS: tuple[tuple[str, str | None, str | None], ...] = (
    ("ruth-1", "1:8", "1:11"),
    ("ruth-1", "1:14", "1:17"),
    ("bundle-of-sticks", None, None),
    ("leviticus-19", None, None),
    ("esther-4", None, None),
    ("avot-hillel", None, None),
    ("genesis-12", None, None),
    ("jeremiah-29", None, None),
)
COURSES: tuple[tuple[str, ...], ...] = (
    ("listening_to_the_text",),
    ("listening_to_my_peer_partner",),
    ("noticing_and_wondering",),
    ("another_way",),
    ("agree_disagree",),
)
TOLD: Mapping[str, Wording] = {
    "listening_to_the_text": {"en": "Hearing what the text says", "he": "לשמוע מה הטקסט אומר"},
    "listening_to_my_peer_partner": {"en": "Hearing each other", "he": "לשמוע זה את זה"},
    "noticing_and_wondering": {"en": "Noticing and wondering", "he": "לשים לב ולתהות"},
    "another_way": {"en": "Is there another way to read it?", "he": "אפשר לקרוא אחרת?"},
    "agree_disagree": {"en": "I agree, I disagree", "he": "מסכימים, לא מסכימים"},
}


@dataclass(frozen=True, slots=True)
class Year:
    """What a year is made of: `like` is the lesson whose twinning, classes and adults all its lessons have."""

    like: LessonSession
    lessons: int
    ends: datetime
    every: timedelta = WEEK
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Shelf:
    """The library that lessons are made of."""

    protocols: Mapping[str, Protocol]
    texts: Mapping[str, Text]


async def seed_year(people: People, store: Store, shelf: Shelf, assign: Assign, year: Year) -> int:
    """Store the lessons of a year that are not there yet, oldest first; return how many were made."""
    chance = random.Random(year.seed)  # noqa: S311 -- choices of a simulation
    twinning = await people.twinning(year.like.twinning)
    made: list[LessonSession] = []
    new = 0
    for number in range(year.lessons):
        planned = _planned(year, number, made)
        made.append(planned)
        if await people.session(planned.id) is None and twinning is not None:
            await _held(people, store, shelf, assign, planned, number / max(1, year.lessons - 1), chance)
            new += 1
    return new


def _planned(year: Year, number: int, earlier: Sequence[LessonSession]) -> LessonSession:
    course = COURSES[number % len(COURSES)]
    text, first, last = SPANS[number % len(SPANS)]
    thrice = {0, year.lessons // 2, year.lessons - 1}
    opening = "portrait_of_a_learning_partner" if number in (0, year.lessons // 2) else "havruta_warm_up_young"
    closing = ("reflection", "self_assessment_full" if number in thrice else "self_assessment")
    parts = tuple(PlannedPart(protocol=p, short=p != "reflection") for p in (opening, *course, *closing))
    lesson = year.like.model_copy(
        update={
            "id": f"{year.like.id}-y{number + 1:03}",
            "title": TOLD[course[0]],
            "starts_at": year.ends - year.every * (year.lessons - number),
            "plan": Plan(parts=parts, text=text, first=first, last=last, band=year.like.plan.band),
            "status": "closed",
            "arc": None,
        }
    )
    lesson = lesson.model_copy(update={"arc": arc_for(lesson, earlier)})
    agreed = tuple(side.model_copy(update={"agreed_plan": plan_hash(lesson)}) for side in lesson.sides)
    return lesson.model_copy(update={"sides": agreed})


async def _held(
    people: People,
    store: Store,
    shelf: Shelf,
    assign: Assign,
    planned: LessonSession,
    growth: float,
    chance: random.Random,
) -> None:
    """Hold one lesson: who came is paired by the history so far, and everything is stored."""
    side_of = {group: side.side for side in planned.sides for group in side.classes}
    students = [s for s in await people.students_in(list(side_of)) if may_cross(s)]
    here = [s for s in students if chance.random() >= ABSENT]
    everybody = {s.id: _person(s, side_of[s.class_id]) for s in students}
    layout = lay_out([everybody[s.id] for s in here], await people.history(planned), assign)
    if not layout.rooms:
        return
    counts = [sum(p.side == side for p in everybody.values()) for side in ("a", "b")]
    lesson = compile_plan(planned.plan, planned.title, shelf.protocols, shelf.texts, largest_group(*counts))
    adults = [c.Teacher(side.adult or side.side, side.side) for side in planned.sides]
    cast = Cast(everybody, {s.id: s.language for s in students}, layout.rooms, (adults[0], adults[1]), growth)
    playing = Playing(lesson, cast, chance, planned.starts_at + timedelta(minutes=5), Session(planned.id))
    happened = playing.whole()
    await people.save_session(planned)
    await store.save_lesson(planned.id, lesson)
    await _stored(store.append, happened)
    await people.record_meetings(planned.id, planned.starts_at, dict(playing.session.rooms))
    await store.end_session(planned.id, [s.id for s in students if s.consent.keep_words == "session"])
    for entry in _visits(planned, happened):
        await people.audit(entry)


async def _stored(append: Callable[[Append], Awaitable[bool]], happened: Sequence[Append]) -> None:
    for first in range(0, len(happened), AT_ONCE):
        await asyncio.gather(*(append(one) for one in happened[first : first + AT_ONCE]))


def _visits(planned: LessonSession, happened: Sequence[Append]) -> list[AuditEntry]:
    """Every visit is written down, also that of an adult who never was."""
    came: dict[tuple[str, str], datetime] = {}
    found: list[AuditEntry] = []
    for append in happened:
        at, room = append.appended.at, append.appended.stream
        for event in append.appended.events:
            if isinstance(event, TeacherCame):
                came[room, event.by] = at
                what = "entered_room_listening" if event.listening_only else "entered_room"
                found.append(AuditEntry(at=at, who=event.by, what=what, session=planned.id, room=room))
            elif isinstance(event, TeacherWent):
                stayed = round((at - came.pop((room, event.by), at)).total_seconds())
                found.append(
                    AuditEntry(at=at, who=event.by, what="left_room", session=planned.id, room=room, seconds=stayed)
                )
    return found


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
