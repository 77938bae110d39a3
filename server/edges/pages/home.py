"""A teacher's desk: the next lesson first, then twinnings, classes and what there is to look back at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from server.core.people.models import ClassGroup, LessonSession, School, Student, Twinning
from server.core.people.permissions import takes_part
from server.core.twinning.rehearsal_copy import is_rehearsal
from server.edges.pages.desk import Clock, Desk, desk_of, other_side
from server.edges.pages.rehearsal import tested

routes = web.RouteTableDef()

STILL_OPEN = timedelta(hours=3)
"""A lesson that nobody opened stays "next" for this long after its bell, because lessons begin late."""
LOOKED_BACK_AT = 6


@dataclass(frozen=True, slots=True)
class LessonLine:
    """One lesson as a line on the desk. `ours`: the reader's school brings a class to it."""

    lesson: LessonSession
    twinning: Twinning
    clocks: list[Clock]
    near: str
    ours: bool


@dataclass(frozen=True, slots=True)
class TwinningLine:
    """One twinning with both sides, the reader's own first, and what time it is on the clocks there."""

    twinning: Twinning
    ours: list[School]
    theirs: list[School]
    there: list[Clock]


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class with how many children it has and how many families have not answered."""

    group: ClassGroup
    students: int
    unanswered: int


@routes.get("/home")
async def home(request: web.Request) -> web.Response:
    """Show what to do next, and then everything else."""
    return await home_page(await desk_of(request), {})


async def home_page(desk: Desk, more: dict[str, object], status: int = 200) -> web.Response:
    """Render the desk, with what a form on it needs besides (its typed values and errors)."""
    twinnings = await desk.parts.people.twinnings_of(desk.school.id)
    lines = [line for twinning in twinnings for line in await lesson_lines(desk, twinning)]
    ahead = sorted((line for line in lines if is_ahead(desk, line.lesson)), key=lambda line: line.lesson.starts_at)
    behind = sorted(
        (line for line in lines if line.ours and line.lesson.status == "closed"), key=lambda line: line.lesson.starts_at
    )
    waiting = [line for line in lines if line.lesson.status == "set_aside" and line not in ahead]
    classes = await desk.classes(desk.school.id)
    context = {
        "next": ahead[0] if ahead else None,
        "later": ahead[1:],
        "set_aside": sorted(waiting, key=lambda line: line.lesson.starts_at),
        "behind": behind[::-1][:LOOKED_BACK_AT],
        "twinnings": [await _twinning_line(desk, twinning) for twinning in twinnings if not is_rehearsal(twinning.id)],
        "classes": [await class_line(desk, group) for group in classes],
        "may_plan": any(desk.may("plan_session", twinning=twinning) for twinning in twinnings),
        "may_change_class": desk.may("change_class"),
        "may_see_class": desk.may("see_class"),
        "may_test": desk.may("test_class"),
        "tested": await tested(desk, [group.id for group in classes]),
        "may_invite_school": desk.may("invite_staff"),
        "unread_concerns": await _unread(desk),
    }
    return desk.render("home/home.html", context | more, status)


async def _unread(desk: Desk) -> int:
    """Return how many concerns wait for their first reading: a number, because others may see this page."""
    if not desk.may("see_concerns"):
        return 0
    return await desk.parts.people.unread_concerns(desk.school.id, desk.staff.id)


def is_ahead(desk: Desk, lesson: LessonSession) -> bool:
    """Whether a lesson is still to be held, or is under way."""
    if lesson.status in ("lobby", "running"):
        return True
    ends = lesson.starts_at + timedelta(minutes=lesson.slot_minutes)
    return lesson.status in ("planned", "set_aside") and ends + STILL_OPEN > desk.now


async def lesson_lines(desk: Desk, twinning: Twinning) -> list[LessonLine]:
    """Return all lessons of a twinning with their hour on the clocks of the schools that take part."""
    return await lines_of(desk, await desk.parts.people.sessions_of(twinning.id), twinning)


async def lines_of(desk: Desk, lessons: Sequence[LessonSession], twinning: Twinning) -> list[LessonLine]:
    """Return these lessons of a twinning with their hour on the clocks of the schools that take part."""
    ours = desk.side_of(twinning)
    classes = await desk.parts.people.classes_of(desk.school.id)
    return [
        LessonLine(
            lesson,
            twinning,
            desk.clocks(lesson.starts_at, schools, ours),
            desk.near_day(lesson.starts_at),
            takes_part(lesson, classes),
        )
        for lesson, schools in zip(lessons, await desk.schools_in(lessons, twinning), strict=True)
    ]


async def class_line(desk: Desk, group: ClassGroup) -> ClassLine:
    """Return a class with its numbers."""
    students: Sequence[Student] = await desk.parts.people.students_in([group.id])
    return ClassLine(group, len(students), sum(1 for s in students if not s.consent.complete))


async def _twinning_line(desk: Desk, twinning: Twinning) -> TwinningLine:
    schools = await desk.schools_of(twinning)
    ours = desk.side_of(twinning)
    theirs = schools[other_side(ours)]
    there = desk.clocks(desk.now, {ours: [], other_side(ours): theirs}, ours)
    return TwinningLine(twinning, schools[ours], theirs, there)
