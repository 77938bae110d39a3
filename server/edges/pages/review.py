"""Looking back at a lesson room by room, and where to find lessons and learners."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web

from server.core.languages import direction
from server.core.live.works import Mark, MemberId
from server.core.people.models import LessonSession, Student, Twinning, WorkRecord
from server.core.people.permissions import READS_WORK, may
from server.core.review.record import Moment, Record, record_of
from server.core.review.rooms import (
    Reader,
    RoomTold,
    Run,
    Said,
    entries_of,
    languages_marked,
    marked_runs,
    quoted,
    room_number,
    rooms_told,
    said_in,
    sides_of,
)
from server.core.texts import Segment, Text, the_name, verse_number
from server.core.twinning.rehearsal_copy import is_rehearsal
from server.edges.pages.desk import Desk, desk_of
from server.edges.pages.home import LessonLine, lesson_lines, lines_of

routes = web.RouteTableDef()

ROOMS_A_PAGE = 30
HELD = ("lobby", "running", "set_aside", "closed")
"""Lessons to which children came: there may be something to look back at."""


@dataclass(frozen=True, slots=True)
class Face:
    """How a page names a learner; `name` is empty for one who was erased."""

    id: MemberId
    name: str
    side: str
    own: bool


class Faces:
    """The learners of one lesson as the reader names them."""

    def __init__(self, desk: Desk, twinning: Twinning | None, students: Iterable[Student]) -> None:
        self._desk = desk
        self._side = twinning.side_of(desk.school.id) if twinning else None
        self._twinning = twinning
        self._known = {student.id: student for student in students}

    def of(self, member: MemberId) -> Face:
        """Return a learner's face."""
        student = self._known.get(member)
        if student is None:
            return Face(member, "", "", own=False)
        ours = student.school == self._desk.school.id
        if self._twinning is not None:
            ours = self._twinning.side_of(student.school) == self._side
        own = student.school == self._desk.school.id
        return Face(member, self._desk.say(student.names), "ours" if ours else "theirs", own)

    @property
    def own(self) -> list[Student]:
        """Learners of the reader's own school."""
        return [s for s in self._known.values() if s.school == self._desk.school.id]


# -- one lesson -------------------------------------------------------------------------------------------------------


@routes.get("/sessions/{session}/review")
async def session_review(request: web.Request) -> web.Response:
    """Show a lesson room by room, to each school what the agreement lets it see."""
    desk = await desk_of(request)
    session, twinning = await desk.session(request.match_info["session"])
    desk.require("review_session", twinning=twinning)
    if not await desk.takes_part(session):
        raise web.HTTPNotFound
    review = desk.parts.review
    record = record_of(session.id, await review.log_of_session(session.id, desk.staff))
    lesson = await review.lesson_of_session(session.id, desk.staff)
    works = await review.works_of_session(session.id, desk.staff)
    faces = Faces(desk, twinning, await _students(desk, session, record, works))
    rooms = rooms_told(record, lesson, works, _reader(session, twinning, faces))
    page, pages = page_of(request, len(rooms), ROOMS_A_PAGE)
    shown = rooms[(page - 1) * ROOMS_A_PAGE : page * ROOMS_A_PAGE]
    context = {
        "session": session,
        "twinning": twinning,
        "lesson": lesson,
        "record": record,
        "line": (await lines_of(desk, [session], twinning))[0],
        "schools": (await desk.schools_in([session], twinning))[0],
        "moments": record.moments,
        "by": await _adults(desk, record.moments),
        "who": faces.of,
        "rooms": rooms,
        "shown": shown,
        "page": page,
        "pages": pages,
        "page_of": {room.id: n // ROOMS_A_PAGE + 1 for n, room in enumerate(rooms)},
        "number": room_number,
        "without_room": _without_room(record, rooms, faces),
        "facing": twinning.side_of(desk.school.id),
    }
    return desk.render("review/session.html", context | setting(desk, lesson.text if lesson else None, faces))


def _reader(session: LessonSession, twinning: Twinning, faces: Faces) -> Reader:
    return Reader(
        own=frozenset(student.id for student in faces.own),
        shares=twinning.shares_work,
        closed=session.status == "closed",
        lesson_only=frozenset(s.id for s in faces.own if s.consent.keep_words == "session"),
    )


def page_of(request: web.Request, things: int, a_page: int) -> tuple[int, int]:
    """Return the page that is asked for, within those there are, and how many there are (one at least)."""
    asked = request.query.get("page", "1")
    last = max(1, -(-things // a_page))
    return (min(max(int(asked), 1), last) if asked.isdecimal() and len(asked) < 6 else 1), last


async def _students(desk: Desk, session: LessonSession, record: Record, works: Sequence[WorkRecord]) -> list[Student]:
    """Return the classes' children, and those who sat in a room and are in no class of the lesson any more."""
    people = desk.parts.people
    found = await people.students_in([c for side in session.sides for c in side.classes])
    known = {student.id for student in found}
    sat = {member for members in record.sat.values() for member in members} | {work.student for work in works}
    moved = [await people.student(member) for member in sorted(sat - known)]
    return [*found, *(student for student in moved if student is not None)]


async def _adults(desk: Desk, moments: Iterable[Moment]) -> dict[str, str]:
    """Return the names of the adults in a timeline."""
    found = {who: await desk.parts.people.staff(who) for who in {m.by for m in moments if m.by}}
    return {who: desk.say(staff.names) for who, staff in found.items() if staff}


def _without_room(record: Record, rooms: Sequence[RoomTold], faces: Faces) -> list[Student]:
    """Return the reader's own students who never had a seat, once the lesson had begun."""
    if not record.begun:
        return []
    sat = {member for room in rooms for member in room.members}
    return [student for student in faces.own if student.id not in sat]


def setting(desk: Desk, text: Text | None, faces: Faces | None = None) -> dict[str, object]:
    """Return what a template needs to set words, marks and verses."""

    def set_in(words: str) -> str:
        return the_name(words, desk.school.the_name)

    def runs(segment: Segment, language: str, room: RoomTold) -> list[Run]:
        marks = sides_of({m: faces.of(m).side or "theirs" for m in room.members} if faces else {}, room.marks)
        return [Run(set_in(run.words), run.side) for run in marked_runs(segment, language, marks)]

    def verse_of(segment: str) -> str:
        found = next((s for s in text.segments if s.id == segment), None) if text else None
        return _verse(found, desk.language) if found else ""

    def quote(mark: Mark) -> tuple[str, str] | None:
        found = quoted(text, mark)
        return None if found is None else (_verse(found[0], desk.language), set_in(found[1]))

    return {
        "text": text,
        "runs": runs,
        "quote": quote,
        "text_languages": _text_languages(desk, text),
        "number_in": _verse,
        "verse_of": verse_of,
        "language_name": desk.language_name,
        "dir_of": direction,
        "fill": filled,
        "on_paper": _on_paper,
        "stray": _without_question,
    }


def _text_languages(desk: Desk, text: Text | None) -> Callable[[RoomTold], list[str]]:
    def _of(room: RoomTold) -> list[str]:
        return languages_marked([mark for _, mark in room.marks], text, desk.language) if text else []

    return _of


def _verse(segment: Segment, language: str) -> str:
    return "" if segment.number is None else verse_number(segment.number, language)


def _on_paper(words: str) -> str:
    return the_name(words, "heh")


def _without_question(work: WorkRecord) -> tuple[Said, ...]:
    """Return words whose question the lesson does not have, as they stand."""
    return said_in(entries_of(work), None, None, None)


def filled(words: str, partner: str) -> str:
    """Put a word for the partner where a stem or a prompt names them."""
    return words.replace("{partner}", partner)


# -- where to find both -----------------------------------------------------------------------------------------------


@routes.get("/review")
async def index(request: web.Request) -> web.Response:
    """List lessons to look back at, and the reader's own students by class."""
    desk = await desk_of(request)
    if not desk.staff.roles & READS_WORK:
        raise web.HTTPForbidden
    people = desk.parts.people
    lines: list[LessonLine] = []
    for twinning in await people.twinnings_of(desk.school.id):
        if may(desk.staff, "review_session", twinning=twinning) and not is_rehearsal(twinning.id):
            lines += [line for line in await lesson_lines(desk, twinning) if line.ours and line.lesson.status in HELD]
    groups = await desk.classes(desk.school.id)

    def by_name(student: Student) -> str:
        return desk.say(student.names)

    context = {
        "lines": sorted(lines, key=lambda line: line.lesson.starts_at, reverse=True),
        "may_export": desk.may("export_work"),
        "classes": [(group, sorted(await people.students_in([group.id]), key=by_name)) for group in groups],
    }
    return desk.render("review/index.html", context)
