"""The teacher's live page, and what both live pages are given to begin with."""

from collections.abc import Mapping
from typing import Final, Protocol

import aiohttp_jinja2
from aiohttp import web

from server.core.languages import direction, say
from server.core.people.consent import may_cross
from server.core.people.models import LessonSession, School, Staff, Student
from server.edges import identity
from server.edges.api import as_json
from server.edges.locale import gettext as _
from server.edges.locale import locale_of
from server.edges.pages.scripts import script_json
from server.edges.parts import PARTS
from server.edges.problems import Problem
from server.edges.security import import_map_script

routes = web.RouteTableDef()

PHRASEBOOK: tuple[dict[str, str], ...] = (
    {"en": "One more minute for this step.", "he": "נשארה עוד דקה לשלב הזה."},
    {"en": "Look again at the text: which word shows it?", "he": "כדאי להסתכל שוב בטקסט: איזו מילה מראה את זה?"},
    {"en": "Ask your partner why.", "he": "כדאי לשאול את החברותא: למה?"},
    {"en": "Let your partner finish, then answer.", "he": "נותנים לחברותא לסיים, ואז עונים."},
    {"en": "Say in your own words what you heard.", "he": "אפשר להגיד במילים שלכם מה שמעתם."},
    {"en": "Is there another way to understand it?", "he": "יש עוד דרך להבין את זה?"},
    {"en": "Good listening – carry on.", "he": "הקשבה יפה – להמשיך כך."},
    {"en": "Please come back to the text.", "he": "חוזרים בבקשה אל הטקסט."},
)


class IceServers(Protocol):
    """Where a browser finds a way to another one."""

    def for_person(self, who: str, *, accepts_direct: bool) -> Mapping[str, object]: ...


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
    await lesson_of(request, staff, request.match_info["session"])
    return as_json(request.app[ICE].for_person(staff.id, accepts_direct=await _accepts_direct(request, staff.school)))


@routes.get("/s/{student}/ice")
async def student_ice(request: web.Request) -> web.Response:
    """Ways to other browsers, for one learner; nothing where the family agreed to no media."""
    student = await identity.student_of(request, request.match_info["student"])
    if student.consent.media in (None, "none"):
        return as_json({"iceServers": [], "iceTransportPolicy": "relay", "video": False, "reason": "no_consent"})
    return as_json(
        request.app[ICE].for_person(student.id, accepts_direct=await _accepts_direct(request, student.school))
    )


async def _accepts_direct(request: web.Request, school_id: str) -> bool:
    """Whether the school's administrator accepted that partners may see each other's addresses. The demo's do."""
    if request.app[PARTS].settings.demo:
        return True
    school = await request.app[PARTS].people.school(school_id)
    return bool(school and school.direct_addresses_accepted)


async def lesson_of(request: web.Request, staff: Staff, session_id: str) -> LessonSession:
    """Return a lesson of one of the reader's twinnings, or say kindly that there is none."""
    people = request.app[PARTS].people
    lesson = await people.session(session_id)
    twinning = await people.twinning(lesson.twinning) if lesson else None
    if lesson is None or twinning is None or twinning.side_of(staff.school) is None:
        raise Problem(404, "not_found", _("There is no such lesson here."))
    if not staff.roles & {"teacher", "coordinator"}:
        raise Problem(403, "not_allowed", _("Only this lesson's teachers can open its rooms."))
    return lesson


async def lesson_boot(request: web.Request, lesson: LessonSession | None) -> dict[str, object]:
    """Return what both live pages know of a lesson before the socket opens."""
    if lesson is None:
        return {"session": None, "sides": {}, "title": {}, "starts_at": None}
    people = request.app[PARTS].people
    twinning = await people.twinning(lesson.twinning)
    sides: dict[str, object] = {}
    for side in twinning.sides if twinning else ():
        schools = await people.schools(side.schools)
        adult = lesson.side(side.side).adult
        named = await people.staff(adult) if adult else None
        sides[side.side] = _side(schools, named, lesson.side(side.side).place)
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
        "schools": [school.names for school in schools],
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
    return {
        "role": "student",
        "member": student.id,
        "language": language,
        "dir": direction(language),
        "names": student.names,
        "side": twinning.side_of(student.school) if twinning else None,
        "media": student.consent.media or "none",
        "socket": f"{here}socket.io/",
        "ice": f"{here}ice",
        "signout": f"{here}leave",
        "help_numbers": school.emergency if school else {},
        "the_name": school.the_name if school else "written",
        "demo": request.app[PARTS].settings.demo,
        **await lesson_boot(request, lesson),
    }


async def teacher_boot(request: web.Request, staff: Staff, lesson: LessonSession) -> dict[str, object]:
    """Return what the teacher's page needs before its socket opens."""
    people = request.app[PARTS].people
    twinning = await people.twinning(lesson.twinning)
    classes = {group: side.side for side in lesson.sides for group in side.classes}
    students = await people.students_in(list(classes))
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
        "people": {
            s.id: _seen_by_teacher(s, classes[s.class_id])
            for s in students
            # Of the partner school's children who stay in their own class not even names are shown.
            if may_cross(s) or classes[s.class_id] == side
        },
        "socket": "/socket.io/",
        "ice": f"/sessions/{lesson.id}/ice",
        "urls": {"plan": f"/sessions/{lesson.id}", "review": f"/sessions/{lesson.id}/review", "home": "/home"},
        "phrasebook": PHRASEBOOK,
        "the_name": school.the_name if school else "written",
        "demo": request.app[PARTS].settings.demo,
        "fill": "/demo/fill",
        **await lesson_boot(request, lesson),
    }


def _seen_by_teacher(student: Student, side: str) -> dict[str, object]:
    """Names and arrival only, for both classes; consent shows as the media that a room may use."""
    return {
        "names": student.names,
        "side": side,
        "class": student.class_id,
        "media": student.consent.media or "none",
        "crosses": student.consent.complete and student.consent.takes_part == "across",
        "speaks": student.speaks,
        "reads": student.reads,
    }
