"""Pairing beyond the proposal: who has learned with whom, kept apart or together, saved groups, rooms from a list."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.web_request import FileField

from server.core.languages import Wording
from server.core.live.pairing import Layout
from server.core.people.consent import may_cross
from server.core.people.models import LessonSession, Staff, Student
from server.core.twinning.groups import LONGEST_NAME, MOST_SAVED, SavedGroups, free_name, partners_of
from server.core.twinning.pairing_file import MAX_BYTES, Problem, Pupil, pairing_template, read_pairing
from server.edges import identity
from server.edges.api import as_json
from server.edges.locale import gettext as _
from server.edges.locale import locale_of
from server.edges.pages.desk import Desk, desk_of
from server.edges.pages.live import lesson_of
from server.edges.parts import PARTS
from server.ports.pairings import Pairings

routes = web.RouteTableDef()

SORTS: Final = ("name", "fewest", "most")


class LiveRooms(Protocol):
    """What these pages ask of the live room."""

    async def rooms_now(self, session_id: str) -> tuple[tuple[str, ...], ...]:
        """Return the rooms of a lesson as they are laid out now, in their order."""
        ...

    async def partners(self, session_id: str) -> tuple[int | None, Layout]:
        """Return the step at which the next new partners begin, None if none do, and the rooms proposed for it."""
        ...

    async def rules_changed(self, session_id: str) -> None:
        """Look at the proposed rooms again, for every teacher who sees them."""
        ...


@dataclass(frozen=True, slots=True)
class PairingParts:
    """What app.py hands to these pages."""

    pairings: Pairings
    rooms: LiveRooms


PAIRING: Final[web.AppKey[PairingParts]] = web.AppKey("pairing", PairingParts)


def _refused(code: str, sentence: str, status: int = 422) -> web.Response:
    return as_json({"ok": False, "code": code, "message": sentence}, status)


# -- one student, asked for in the lobby ---------------------------------------------------------------------------------


@routes.get("/sessions/{session}/partners")
async def partners(request: web.Request) -> web.Response:
    """Return whom a student of the lesson has learned with in this twinning, and with whom they are kept apart or together."""
    staff, lesson = await _lesson(request)
    here = await _known(request, lesson, staff)
    student = here.get(request.query.get("student", ""))
    if student is None:
        return _refused("unknown_member", _("This student is not in the lesson."), 404)
    people = request.app[PARTS].people
    met = partners_of(student.id, await request.app[PAIRING].pairings.met_in(lesson.twinning, student.id))
    known = {one.other: here.get(one.other) or await people.student(one.other) for one in met}
    # A pair is this school's business when one of the two is its child.
    own = {one.id for one in here.values() if one.school == staff.school}
    ids = list(here)
    return as_json(
        {
            "ok": True,
            "own": student.school == staff.school,
            "met": [
                {
                    "names": _names(known[one.other], staff),
                    "times": one.times,
                    "last": round(one.last.timestamp() * 1000),
                }
                for one in met
            ],
            "apart": _kept_with(student.id, await people.apart_pairs(ids), own),
            "together": _kept_with(student.id, await people.together_pairs(ids), own),
        }
    )


@routes.post("/sessions/{session}/kept")
async def keep(request: web.Request) -> web.Response:
    """Keep a child of one's own apart from or together with another of the lesson, or no longer; it counts at once."""
    staff, lesson = await _lesson(request)
    form = await request.post()
    one, other, how = (str(form.get(name, "")) for name in ("one", "other", "how"))
    here = await _known(request, lesson, staff)
    if one == other or not {one, other} <= here.keys() or how not in ("apart", "together", "free"):
        return _refused("two_children_needed", _("Choose two children of this lesson."))
    if staff.school not in (here[one].school, here[other].school):
        return _refused("not_allowed", _("One of the two is a child of your school."), 403)
    people = request.app[PARTS].people
    if how == "free":
        await people.keep_apart(one, other, apart=False, by=staff.id)
        await people.keep_together(one, other, together=False, by=staff.id)
    elif how == "apart":
        await people.keep_apart(one, other, apart=True, by=staff.id)
    else:
        await people.keep_together(one, other, together=True, by=staff.id)
    await request.app[PAIRING].rooms.rules_changed(lesson.id)
    return as_json({"ok": True})


def _kept_with(student: str, pairs: Iterable[tuple[str, str]], own: set[str]) -> list[str]:
    return [
        other for pair in pairs for other in pair if student in pair and other != student and own.intersection(pair)
    ]


@routes.get("/sessions/{session}/new-partners")
async def new_partners(request: web.Request) -> web.Response:
    """Return the rooms proposed for the next part that begins with new partners."""
    _staff, lesson = await _lesson(request)
    step, layout = await request.app[PAIRING].rooms.partners(lesson.id)
    return as_json({"ok": True, "step": step, "rooms": layout.rooms, "unplaced": sorted(layout.unplaced)})


# -- saved groups --------------------------------------------------------------------------------------------------------


@routes.get("/sessions/{session}/groups")
async def saved(request: web.Request) -> web.Response:
    """Return the groups that are kept for this twinning, with those of their children who are in this lesson."""
    staff, lesson = await _lesson(request)
    here = await _known(request, lesson, staff)
    found = await request.app[PAIRING].pairings.saved_of(lesson.twinning)
    return as_json({"ok": True, "saved": [_as_seen(one, here) for one in found]})


def _as_seen(groups: SavedGroups, here: Mapping[str, Student]) -> dict[str, object]:
    rooms = [[member for member in room if member in here] for room in groups.rooms]
    return {
        "id": groups.id,
        "name": groups.name,
        "at": round(groups.at.timestamp() * 1000),
        "rooms": [room for room in rooms if room],
        "elsewhere": sum(member not in here for room in groups.rooms for member in room),
    }


@routes.post("/sessions/{session}/groups")
async def save(request: web.Request) -> web.Response:
    """Keep the rooms as they are laid out now, under a name that is free."""
    staff, lesson = await _lesson(request)
    pairing = request.app[PAIRING]
    name = str((await request.post()).get("name", "")).strip()
    kept = await pairing.pairings.saved_of(lesson.twinning)
    if wrong := _name_refused(name, kept):
        return wrong
    if len(kept) >= MOST_SAVED:
        return _refused("too_many_saved", _("So many groups are kept already. Delete some that are not needed."))
    rooms = await pairing.rooms.rooms_now(lesson.id)
    if not rooms:
        return _refused("no_rooms", _("There are no rooms yet. Propose rooms first."))
    now = request.app[PARTS].clock.now()
    groups = SavedGroups(id=secrets.token_hex(8), twinning=lesson.twinning, name=name, by=staff.id, at=now, rooms=rooms)
    await pairing.pairings.save(groups)
    return as_json({"ok": True, "id": groups.id})


@routes.post("/sessions/{session}/groups/{saved}")
async def rename(request: web.Request) -> web.Response:
    """Give saved groups another name."""
    _staff, lesson = await _lesson(request)
    pairings = request.app[PAIRING].pairings
    name, this = str((await request.post()).get("name", "")).strip(), request.match_info["saved"]
    if wrong := _name_refused(name, await pairings.saved_of(lesson.twinning), this):
        return wrong
    if not await pairings.rename(lesson.twinning, this, name):
        return _refused("not_found", _("These groups are not there any more."), 404)
    return as_json({"ok": True})


@routes.post("/sessions/{session}/groups/{saved}/delete")
async def delete(request: web.Request) -> web.Response:
    """Keep these groups no longer; what is gone already is gone."""
    _staff, lesson = await _lesson(request)
    await request.app[PAIRING].pairings.delete(lesson.twinning, request.match_info["saved"])
    return as_json({"ok": True})


def _name_refused(name: str, kept: list[SavedGroups], but: str = "") -> web.Response | None:
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        return _refused("name_needed", _("Give the groups a name of at most 80 letters."))
    if not free_name(name, kept, but):
        return _refused("name_taken", _("Other groups have this name. Choose another, or delete those first."), 409)
    return None


# -- rooms from a list ---------------------------------------------------------------------------------------------------


@routes.get("/sessions/{session}/rooms.csv")
async def template(request: web.Request) -> web.Response:
    """Give a list of both classes with the rooms as they are now, to be filled in and brought back."""
    staff, lesson = await _lesson(request)
    rooms = await request.app[PAIRING].rooms.rooms_now(lesson.id)
    numbers = {member: number for number, room in enumerate(rooms, start=1) for member in room}
    body = pairing_template(await _pupils(request, lesson, staff), locale_of(request).language, numbers)
    headers = {"Content-Disposition": 'attachment; filename="rooms.csv"'}
    return web.Response(body=body.encode(), content_type="text/csv", charset="utf-8", headers=headers)


@routes.post("/sessions/{session}/rooms.csv")
async def read_list(request: web.Request) -> web.Response:
    """Read a list and tell every problem by its line; nothing is seated by this."""
    staff, lesson = await _lesson(request)
    form = await request.post()
    sent: Any = form.get("file")
    if isinstance(sent, FileField) and sent.filename:
        content = sent.file.read(MAX_BYTES + 1)
    else:
        content = str(form.get("text", "")).encode("utf-8", "replace")
    found = read_pairing(content, await _pupils(request, lesson, staff))
    return as_json(
        {
            "ok": True,
            "rooms": found.rooms,
            "problems": [
                {"code": one.code, "line": one.line, "value": one.value, "message": _mend(one)}
                for one in found.problems
            ],
        }
    )


async def _pupils(request: web.Request, lesson: LessonSession, staff: Staff) -> list[Pupil]:
    schools = {side.side: side.classes for side in lesson.sides}
    side_of = {group: side for side, groups in schools.items() for group in groups}
    here = await _known(request, lesson, staff)
    bringing = await request.app[PARTS].people.schools(sorted({one.school for one in here.values()}))
    language = locale_of(request).language
    named = {school.id: school.names.get(language) or next(iter(school.names.values()), "") for school in bringing}
    return [
        Pupil(one.id, one.names, side_of[one.class_id], named.get(one.school, ""), may_cross(one))
        for one in here.values()
    ]


def _mend(problem: Problem) -> str:
    """Return what to do about a problem, in the reader's language."""
    value, room = f"\u2068{problem.value}\u2069", f"\u2068{problem.room}\u2069"
    match problem.code:
        case "file_too_large":
            said = _("The file is too large for a list of rooms.")
        case "unreadable_encoding":
            said = _("The letters of the file cannot be read. Save it as “CSV UTF-8”.")
        case "broken_quotes":
            said = _("A quotation mark is opened and not closed, here or further down.")
        case "empty_file":
            said = _("There is nobody in this list.")
        case "too_many_lines":
            said = _("The list is too long.")
        case "missing_column":
            missing = _("room") if problem.value == "room" else _("student")
            said = _("A column is missing: %(column)s.") % {"column": missing}
        case "column_twice":
            said = _("The column “%(value)s” is there twice.") % {"value": value}
        case "student_missing":
            said = _("Room %(room)s is named here, and nobody beside it.") % {"room": room}
        case "room_missing":
            said = _("No line names a room.")
        case "unknown_name":
            said = _("Nobody in this lesson is called %(value)s.") % {"value": value}
        case "several_of_that_name":
            said = _("Several are called %(value)s. Use the line of the downloaded list.") % {"value": value}
        case "stays_in_class":
            said = _("%(value)s does not learn with the partner school in this lesson.") % {"value": value}
        case "in_two_rooms":
            said = _("%(value)s stands in line %(line)s already, for another room.") % {
                "value": value,
                "line": problem.first_line,
            }
        case "room_too_large":
            said = _("Room %(room)s would have %(value)s children; four at most.") % {
                "room": room,
                "value": problem.value,
            }
        case "room_of_one_school":
            said = _("In room %(room)s there is only one school.") % {"room": room}
        case "alone_in_room":
            said = _("In room %(room)s there is only one child.") % {"room": room}
    return said


# -- the year, as a page --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Partner:
    """One with whom a child has learned; no name where this school is not told it."""

    name: str
    times: int
    last: str


@dataclass(frozen=True, slots=True)
class Row:
    """One child of the reader's school, and everybody they have met."""

    student: Student
    name: str
    group: str
    partners: list[Partner]


@routes.get("/twinnings/{twinning}/partners")
async def year(request: web.Request) -> web.Response:
    """Show with whom the school's own children have learned in a twinning, by name or by how many."""
    desk = await desk_of(request)
    twinning = await desk.twinning(request.match_info["twinning"])
    desk.require("review_student")
    people = desk.parts.people
    own = {group.id: desk.say(group.name) for group in await people.classes_of(desk.school.id)}
    students = await people.students_in(list(own))
    across = [
        group.id
        for side in twinning.sides
        for school in side.schools
        if school != desk.school.id
        for group in await people.classes_of(school)
    ]
    named = {one.id: one for one in (*students, *await people.students_in(across))}
    met: defaultdict[str, list[Partner]] = defaultdict(list)
    meetings = await request.app[PAIRING].pairings.met_in(twinning.id)
    by_student: defaultdict[str, list[Any]] = defaultdict(list)
    for meeting in meetings:
        by_student[meeting.one].append(meeting)
        by_student[meeting.other].append(meeting)
    for student in students:
        for one in partners_of(student.id, by_student[student.id]):
            name = desk.say(_names(named.get(one.other), desk.staff))
            met[student.id].append(Partner(name, one.times, _day(desk, one.last)))
    sort = request.query.get("sort", "name")
    rows = [Row(one, desk.say(one.names), own[one.class_id], met[one.id]) for one in students]
    rows.sort(key=lambda row: row.name)
    if sort in ("fewest", "most"):
        rows.sort(key=lambda row: len(row.partners), reverse=sort == "most")
    context = {"twinning": twinning, "rows": rows, "sort": sort if sort in SORTS else "name"}
    return desk.render("twinnings/partners.html", context)


def _day(desk: Desk, at: datetime) -> str:
    return desk.day(at.astimezone(ZoneInfo(desk.school.zone)).date())


# -- whom a teacher may know ----------------------------------------------------------------------------------------------


async def _lesson(request: web.Request) -> tuple[Staff, LessonSession]:
    staff = await identity.staff_of(request)
    return staff, await lesson_of(request, staff, request.match_info["session"])


async def _known(request: web.Request, lesson: LessonSession, staff: Staff) -> dict[str, Student]:
    """Return the learners of a lesson whom a teacher may know by name: see live.known_people."""
    classes = [group for side in lesson.sides for group in side.classes]
    students = await request.app[PARTS].people.students_in(classes)
    return {one.id: one for one in students if may_cross(one) or one.school == staff.school}


def _names(student: Student | None, staff: Staff) -> Wording:
    """Return the names by which a teacher may know somebody; none for other schools' children who do not cross."""
    if student is None or not (student.school == staff.school or may_cross(student)):
        return {}
    return student.names
