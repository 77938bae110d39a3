"""One learner over time: what they set out to do, how they saw it, and their lessons, for a conversation with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.core.live.practices import LABELS, LOOKS_LIKE
from server.core.live.works import MemberId, RoomId
from server.core.people.models import LessonSession, Student, Twinning, WorkRecord
from server.core.review.growth import Dot, growth_of
from server.core.review.rooms import room_number
from server.core.review.years import LessonTold, lesson_told
from server.edges.pages.desk import Desk, desk_of
from server.edges.pages.home import LessonLine, lines_of
from server.edges.pages.review import HELD, Face, Faces, filled, page_of, setting
from server.edges.security import import_map_script

routes = web.RouteTableDef()

LESSONS_A_PAGE = 8


@dataclass(frozen=True, slots=True)
class LearnerLesson:
    """One lesson of one learner, ready to be set."""

    line: LessonLine
    told: LessonTold
    partners: list[Face]
    setting: dict[str, object]
    rooms: list[RoomId]


@dataclass(frozen=True, slots=True)
class Plotted:
    """One practice as a small plot: what it is called and looks like, the scale's labels from the lowest, and its dots."""

    practice: str
    label: str
    looks_like: str
    scale: list[str]
    dots: list[dict[str, object]]


@routes.get("/students/{student}/review")
async def student_review(request: web.Request) -> web.Response:
    """Show one learner's growth and lessons, newest first: for a conversation with them, not to measure them."""
    desk = await desk_of(request)
    student = await own_student(desk, request.match_info["student"])
    held = await _held(desk, student)
    partners = await desk.parts.review.partners_of(student.id, desk.staff)
    page, pages = page_of(request, len(held), LESSONS_A_PAGE)
    shown = held[(page - 1) * LESSONS_A_PAGE : page * LESSONS_A_PAGE]
    works = await desk.parts.review.works_of_student(student.id, desk.staff, [s.id for s in shown])
    context = {
        "student": student,
        "group": await desk.parts.people.class_group(student.class_id),
        "lessons": [
            told
            for session in shown
            if (told := await _learner_lesson(desk, session, works, partners.get(session.id, ()))) is not None
        ],
        "page": page,
        "pages": pages,
        "held": len(held),
        "fill": filled,
        "number": room_number,
        "importmap_script": import_map_script(request.app),
        "may_export": desk.may("export_work", school=student.school),
        "lesson_only": student.consent.keep_words == "session",
        **(await _growth(desk, student, held) if page == 1 else {}),
        "met": await _met(desk, partners) if page == 1 else [],
    }
    return desk.render("review/student.html", context)


async def own_student(desk: Desk, student_id: str) -> Student:
    """Return a learner of the reader's school whom they may look back at with; 404 or 403 for anybody else."""
    student = await desk.parts.people.student(student_id)
    if student is None or student.school != desk.school.id:
        raise web.HTTPNotFound
    desk.require("review_student", school=student.school)
    return student


async def _held(desk: Desk, student: Student) -> list[LessonSession]:
    """Return the lessons of the learner's class, and those in which they wrote with an earlier class, newest first."""
    people, review = desk.parts.people, desk.parts.review
    found = {s.id: s for s in await people.sessions_of_student(student) if s.status in HELD}
    for session_id in await review.sessions_with_work(student.id, desk.staff):
        if session_id not in found and (session := await people.session(session_id)) is not None:
            found[session_id] = session
    return sorted(found.values(), key=lambda s: s.starts_at, reverse=True)


async def _growth(desk: Desk, student: Student, held: Sequence[LessonSession]) -> dict[str, object]:
    outlines = await desk.parts.review.outlines([s.id for s in held], desk.staff)
    inputs = sorted({asked for outline in outlines.values() for _, asked in outline.asked})
    growth = growth_of(await desk.parts.review.answers_of([student.id], inputs, desk.staff), outlines)
    begun = {session.id: session for session in held}

    def day_of(at: datetime) -> str:
        return desk.clock(at, desk.school).day

    return {
        "plots": [
            Plotted(
                practice,
                desk.say(LABELS[practice]),
                desk.say(LOOKS_LIKE[practice]),
                [desk.say(label) for label in max((d.scale for d in dots), key=len)],
                [_plotted(desk, dot) for dot in dots],
            )
            for practice, dots in growth.dots.items()
        ],
        "goals": growth.goals,
        "portraits": growth.portraits,
        "lesson_named": begun,
        "day_of": day_of,
    }


def _plotted(desk: Desk, dot: Dot) -> dict[str, object]:
    """Return a dot for page and plot. `height` is 0 for the lowest level of its own scale and 1 for the highest."""
    return {
        "session": dot.session,
        "at": round(dot.at.timestamp()),
        "day": desk.clock(dot.at, desk.school).day,
        "height": dot.level / max(1, len(dot.scale) - 1),
        "label": desk.say(dot.label),
        "when": dot.when,
        "moment": filled(desk.say(dot.moment), "…") if dot.moment else "",
        "words": dot.words,
    }


async def _met(desk: Desk, partners: dict[str, tuple[MemberId, ...]]) -> list[tuple[Face, int]]:
    """Return whom the learner has met, with how often, most often first: a relationship, not a score."""
    times: dict[MemberId, int] = {}
    for members in partners.values():
        for member in members:
            times[member] = times.get(member, 0) + 1
    students = {member: await desk.parts.people.student(member) for member in times}
    twinnings = await desk.parts.people.twinnings_of(desk.school.id)
    found: list[tuple[Face, int]] = []
    for member, count in sorted(times.items(), key=lambda item: (-item[1], item[0])):
        student = students[member]
        twinning = _shared(twinnings, student) if student else None
        if student is not None and twinning is not None:
            found.append((Faces(desk, twinning, [student]).of(member), count))
    return found


def _shared(twinnings: Sequence[Twinning], student: Student) -> Twinning | None:
    return next((t for t in twinnings if t.side_of(student.school)), None)


async def _learner_lesson(
    desk: Desk, session: LessonSession, works: Sequence[WorkRecord], partners: Sequence[MemberId]
) -> LearnerLesson | None:
    twinning = await desk.parts.people.twinning(session.twinning)
    if twinning is None or twinning.side_of(desk.school.id) is None:
        return None
    mine = [work for work in works if work.session == session.id]
    lesson = await desk.parts.review.lesson_of_session(session.id, desk.staff)
    known = [await desk.parts.people.student(partner) for partner in partners]
    faces = Faces(desk, twinning, [student for student in known if student is not None])
    return LearnerLesson(
        (await lines_of(desk, [session], twinning))[0],
        lesson_told(lesson, mine),
        [faces.of(partner) for partner in partners],
        setting(desk, lesson.text if lesson else None),
        list(dict.fromkeys(work.room for work in mine)),
    )
