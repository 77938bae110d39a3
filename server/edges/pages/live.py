"""The teacher's live page, and what both live pages are given to begin with."""

from collections.abc import Mapping
from typing import Final, Protocol

import aiohttp_jinja2
from aiohttp import web

from server.core.languages import direction, say
from server.core.live.phrasebook import PHRASEBOOK
from server.core.live.scene import Media
from server.core.live.signalling import media_between
from server.core.people.consent import may_cross, unanswered
from server.core.people.models import LessonSession, School, Staff, Student
from server.core.people.permissions import takes_part
from server.core.twinning.rehearsal_copy import is_rehearsal
from server.edges import identity
from server.edges.api import as_json
from server.edges.locale import gettext as _
from server.edges.locale import locale_of
from server.edges.pages.scripts import script_json
from server.edges.parts import PARTS
from server.edges.problems import Problem
from server.edges.security import import_map_script

routes = web.RouteTableDef()


class IceServers(Protocol):
    """Where a browser finds a way to another one."""

    def for_person(
        self, who: str, session: str, *, accepts_direct: bool, seconds: int | None = None
    ) -> Mapping[str, object]: ...


ICE: Final[web.AppKey[IceServers]] = web.AppKey("ice", IceServers)


@routes.get("/sessions/{session}/live")
async def teacher_page(request: web.Request) -> web.Response:
    """The shell of a teacher's lobby and board."""
    staff = await identity.staff_of(request)
    lesson = await lesson_of(request, staff, request.match_info["session"])
    if lesson.status == "planned":
        raise web.HTTPSeeOther(f"/sessions/{lesson.id}")
    context = {
        "page_title": say(lesson.title, locale_of(request).language),
        "page": "board",
        "importmap_script": import_map_script(request.app),
        "boot_json": script_json(await teacher_boot(request, staff, lesson)),
        "entry": "/static/js/pages/teacher.mjs",
    }
    return aiohttp_jinja2.render_template("live.html", request, context)


@routes.get("/sessions/{session}/ice")
async def teacher_ice(request: web.Request) -> web.Response:
    """Ways to other browsers, for a visiting teacher."""
    staff = await identity.staff_of(request)
    lesson = await lesson_of(request, staff, request.match_info["session"])
    accepts = await accepts_direct(request, staff.school)
    return as_json(request.app[ICE].for_person(staff.id, lesson.id, accepts_direct=accepts))


@routes.get("/sessions/{session}/people")
async def people_now(request: web.Request) -> web.Response:
    """The learners again, for a page on which somebody came whom it did not know: answers are recorded until the bell."""
    staff = await identity.staff_of(request)
    lesson = await lesson_of(request, staff, request.match_info["session"])
    return as_json(await known_people(request, lesson, staff.school))


@routes.get("/s/{student}/ice")
async def student_ice(request: web.Request) -> web.Response:
    """Ways to other browsers, for one device; nothing where a family of those at it agreed to no media."""
    student = await identity.student_of(request, request.match_info["student"])
    beside = await identity.student_beside(request)
    if any(one.consent.media in (None, "none") for one in (student, beside) if one):
        return as_json({"iceServers": [], "iceTransportPolicy": "relay", "video": False, "reason": "no_consent"})
    session = request.query.get("session", "")
    if all(lesson.id != session for lesson in await request.app[PARTS].people.sessions_of_student(student)):
        raise Problem(404, "not_found", _("There is no such lesson here."))
    if await request.app[PARTS].live.is_removed(session, student.id):
        raise Problem(403, "removed", _("You are no longer in this lesson."))
    accepts = await accepts_direct(request, student.school)
    return as_json(request.app[ICE].for_person(student.id, session, accepts_direct=accepts))


@routes.get("/sessions/{session}/bell")
async def what_fitting_does(request: web.Request) -> web.Response:
    """What "Fit to the bell" would shorten and leave out now: shown before a teacher agrees to it."""
    staff = await identity.staff_of(request)
    lesson = await lesson_of(request, staff, request.match_info["session"])
    fitting = await request.app[PARTS].live.fitting(lesson.id)
    if fitting is None:
        raise Problem(409, "not_running", _("The lesson is not running just now."))
    return as_json(
        {
            "fits": fitting.fits,
            "needed": fitting.needed,
            "takes": fitting.takes,
            "left_out": fitting.left_out,
            "shortened": fitting.shortened,
            "kept_shorter": fitting.kept_shorter,
        }
    )


async def accepts_direct(request: web.Request, school_id: str) -> bool:
    """Whether the school's administrator accepted that partners may see each other's addresses. The demo's do."""
    if request.app[PARTS].settings.demo:
        return True
    school = await request.app[PARTS].people.school(school_id)
    return bool(school and school.direct_addresses_accepted)


async def lesson_of(request: web.Request, staff: Staff, session_id: str) -> LessonSession:
    """Return a lesson to which the reader's school brings a class, or say kindly that there is none."""
    people = request.app[PARTS].people
    lesson = await people.session(session_id)
    twinning = await people.twinning(lesson.twinning) if lesson else None
    ours = twinning is not None and twinning.side_of(staff.school) is not None
    if lesson is None or not ours or not takes_part(lesson, await people.classes_of(staff.school)):
        raise Problem(404, "not_found", _("There is no such lesson here."))
    if not staff.roles & {"teacher", "coordinator"}:
        raise Problem(403, "not_allowed", _("Only this lesson's teachers can open its rooms."))
    return lesson


async def lesson_boot(request: web.Request, lesson: LessonSession | None, reader: str) -> dict[str, object]:
    """Return what both live pages know of a lesson before the socket opens; the `reader`'s school first on its side."""
    if lesson is None:
        return {"session": None, "sides": {}, "title": {}, "starts_at": None}
    people = request.app[PARTS].people
    twinning = await people.twinning(lesson.twinning)
    sides: dict[str, object] = {}
    for side in twinning.sides if twinning else ():
        every = sorted(await people.schools(side.schools), key=lambda school: school.id != reader)
        bringing = [school for school in every if takes_part(lesson, await people.classes_of(school.id))]
        adult = lesson.side(side.side).adult
        named = await people.staff(adult) if adult else None
        sides[side.side] = _side(bringing or every, named, lesson.side(side.side).place)
    return {
        "session": lesson.id,
        "title": lesson.title,
        "starts_at": round(lesson.starts_at.timestamp() * 1000),
        "slot_minutes": lesson.slot_minutes,
        "sides": sides,
    }


def _side(schools: list[School], adult: Staff | None, place: str) -> dict[str, object]:
    first = schools[0]
    return {
        "school": first.names,
        "schools": [{"names": s.names, "place": s.place or s.names, "zone": s.zone} for s in schools],
        "place": first.place,
        "zone": first.zone,
        "language": first.language,
        "where": place,
        "adult": {"id": adult.id, "names": adult.names} if adult else None,
    }


async def student_boot(request: web.Request, student: Student, lesson: LessonSession | None) -> dict[str, object]:
    """Return what a student's page needs before its socket opens."""
    school = await request.app[PARTS].people.school(student.school)
    twinning = await request.app[PARTS].people.twinning(lesson.twinning) if lesson else None
    language = locale_of(request).language
    here = identity.student_path(student.id)
    beside = await _beside(request, student, lesson)
    return {
        "role": "student",
        "member": student.id,
        "also": {"id": beside.id, "names": beside.names} if beside else None,
        "language": language,
        "dir": direction(language),
        "names": student.names,
        "side": twinning.side_of(student.school) if twinning else None,
        "media": _media_of(student, beside),
        "socket": f"{here}socket.io/",
        "ice": f"{here}ice?session={lesson.id}" if lesson else "",
        "media_way": f"{here}media?session={lesson.id if lesson else ''}&place=",
        "livekit_rooms": request.app[PARTS].settings.livekit_rooms,
        "signout": f"{here}leave",
        "share": f"{here}share",
        "unshare": f"{here}unshare",
        "help_numbers": school.emergency if school else {},
        "the_name": school.the_name if school else "written",
        "demo": request.app[PARTS].settings.demo,
        **await lesson_boot(request, lesson, student.school),
    }


def _media_of(student: Student, beside: Student | None) -> Media:
    mine = student.consent.media or "none"
    return media_between(mine, beside.consent.media or "none") if beside else mine


async def _beside(request: web.Request, student: Student, lesson: LessonSession | None) -> Student | None:
    second = await identity.student_beside(request) if lesson else None
    if lesson is None or second is None:
        return None
    may = await request.app[PARTS].live.may_share(lesson.id, student.id, second.id)
    return second if may else None


async def teacher_boot(request: web.Request, staff: Staff, lesson: LessonSession) -> dict[str, object]:
    """Return what the teacher's page needs before its socket opens."""
    people = request.app[PARTS].people
    twinning = await people.twinning(lesson.twinning)
    language = locale_of(request).language
    school = await people.school(staff.school)
    side = twinning.side_of(staff.school) if twinning else None
    return {
        "role": "teacher",
        "staff": staff.id,
        "names": staff.names,
        "side": side,
        "language": language,
        "dir": direction(language),
        **await known_people(request, lesson, staff.school),
        "socket": "/socket.io/",
        "ice": f"/sessions/{lesson.id}/ice",
        "media_way": f"/sessions/{lesson.id}/media?place=",
        "livekit_rooms": request.app[PARTS].settings.livekit_rooms,
        "urls": {
            "plan": f"/sessions/{lesson.id}",
            "people": f"/sessions/{lesson.id}/people",
            "bell": f"/sessions/{lesson.id}/bell",
            "review": f"/sessions/{lesson.id}/review",
            "partners": f"/twinnings/{lesson.twinning}/partners",
            "home": "/home",
        },
        "passes": f"/sessions/{lesson.id}/passes",
        "phrasebook": [
            {"id": phrase.id, "words": phrase.words, "verse": phrase.about_a_verse} for phrase in PHRASEBOOK
        ],
        "the_name": school.the_name if school else "written",
        "demo": request.app[PARTS].settings.demo and not is_rehearsal(lesson.id),
        "fill": "/demo/fill",
        **await lesson_boot(request, lesson, staff.school),
    }


async def known_people(request: web.Request, lesson: LessonSession, reader: str) -> dict[str, object]:
    """Return the learners whom a teacher of the school `reader` may know by name, and how many families of other schools
    have not answered yet, by side.

    Of other schools' children who stay in their own class, also of schools on the same side, not even names are shown.
    """
    classes = {group: side.side for side in lesson.sides for group in side.classes}
    students = await request.app[PARTS].people.students_in(list(classes))
    elsewhere = [classes[s.class_id] for s in unanswered(students) if s.school != reader]
    return {
        "people": {
            s.id: _seen_by_teacher(s, classes[s.class_id]) for s in students if may_cross(s) or s.school == reader
        },
        "unanswered": {side.side: elsewhere.count(side.side) for side in lesson.sides},
    }


def _seen_by_teacher(student: Student, side: str) -> dict[str, object]:
    """Names and arrival only; consent shows as the media that a room may use, and as whether the family has answered."""
    return {
        "names": student.names,
        "side": side,
        "class": student.class_id,
        "media": student.consent.media or "none",
        "crosses": may_cross(student),
        "answered": student.consent.complete,
        "speaks": student.speaks,
        "reads": student.reads,
    }
