"""Concerns of one school, for its safety lead alone: never on a board, and every opening is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.core.people.models import (
    AuditEntry,
    Concern,
    ConcernNotice,
    LessonSession,
    School,
    Staff,
    Student,
    Twinning,
    WorkRecord,
)
from server.core.review.record import record_of
from server.core.review.rooms import entries_of, room_number, said_in
from server.edges.locale import gettext as _
from server.edges.pages.desk import Clock, Desk, desk_of, see_other
from server.edges.pages.review import Faces, setting
from server.edges.passes import PASSES

routes = web.RouteTableDef()

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Context:
    """Where and among whom a concern arose, as far as that is still known."""

    session: LessonSession | None
    twinning: Twinning | None
    student: Student | None
    room: list[Student]
    adults: list[Staff]
    others: list[School]


@routes.get("/safety")
async def concerns(request: web.Request) -> web.Response:
    """List the school's concerns, the open ones first. The words stand only on each one's own page."""
    desk = await _safety_desk(request)
    found = await desk.parts.people.concerns_of(desk.school.id, desk.staff.id)
    names = {c.student: await desk.parts.people.student(c.student) for c in found}
    context = {
        "open": [c for c in found if c.closed_at is None],
        "closed": [c for c in found if c.closed_at is not None],
        "learners": names,
        "told": [(notice, await _name_of_school(desk, notice.from_school)) for notice in await _notices(desk)],
    }
    return desk.render("safety/list.html", context | _tools(desk))


@routes.get("/safety/{concern}")
async def concern(request: web.Request) -> web.Response:
    """Show one concern without the words that are held with it."""
    desk = await _safety_desk(request)
    found = await _concern(desk)
    await _write_down(desk, found, "concern_opened")
    return await _page(desk, found, {})


@routes.get("/safety/{concern}/words")
async def held_words(request: web.Request) -> web.Response:
    """Show the words held with a concern, private notes among them: said on the page, and written down."""
    desk = await _safety_desk(request)
    found = await _concern(desk)
    await _write_down(desk, found, "concern_words_opened")
    works = await desk.parts.review.evidence_of(found.id, desk.staff)
    return await _page(desk, found, {"words": works, "opened": True})


@routes.post("/safety/{concern}/close")
async def close(request: web.Request) -> web.StreamResponse:
    """Close a concern with a note on what was done."""
    desk = await _safety_desk(request)
    found = await _concern(desk)
    note = str((await request.post()).get("note", "")).strip()
    if found.closed_at is not None:
        raise see_other(f"/safety/{found.id}")
    if not note:
        return await _page(desk, found, {"error": _("Write what was done, and by whom: one sentence is enough.")}, 422)
    if len(note) > LONGEST_NOTE:
        return await _page(desk, found, {"error": _("That is too long. Please shorten it."), "note": note}, 422)
    await desk.parts.people.close_concern(found.id, note, desk.now)
    await _write_down(desk, found, "concern_closed")
    await _show_teachers(desk, found)
    raise see_other("/safety?done=closed")


@routes.post("/safety/{concern}/reopen")
async def reopen(request: web.Request) -> web.StreamResponse:
    """Open a closed concern again: something has come up."""
    desk = await _safety_desk(request)
    found = await _concern(desk)
    if found.closed_at is not None:
        await desk.parts.people.reopen_concern(found.id)
        await _write_down(desk, found, "concern_reopened")
        await _show_teachers(desk, found)
    raise see_other(f"/safety/{found.id}")


@routes.post("/safety/{concern}/tell")
async def tell(request: web.Request) -> web.StreamResponse:
    """Let the safety lead of a partner's school know what concerns their own child: that, when and where; nothing else."""
    desk = await _safety_desk(request)
    found = await _concern(desk)
    where = await _context(desk, found)
    if found.about == "partner":
        for student in where.room:
            if student.school != desk.school.id:
                notice = ConcernNotice(
                    concern=found.id,
                    school=student.school,
                    student=student.id,
                    from_school=desk.school.id,
                    session=found.session,
                    room=found.room,
                    at=found.at,
                    told_by=desk.staff.id,
                    told_at=desk.now,
                )
                await desk.parts.people.tell_school(notice)
        await _write_down(desk, found, "concern_told")
    raise see_other(f"/safety/{found.id}")


@routes.get("/safety/told/{concern}")
async def told_by_partner(request: web.Request) -> web.Response:
    """Show what another school's safety lead passed on about a child of one's own."""
    desk = await _safety_desk(request)
    wanted = request.match_info["concern"]
    notice = next((one for one in await _notices(desk) if one.concern == wanted), None)
    if notice is None:
        raise web.HTTPNotFound
    entry = AuditEntry(at=desk.now, who=desk.staff.id, what="notice_opened", school=desk.school.id, about=wanted)
    await desk.parts.people.audit(entry)
    session = await desk.parts.people.session(notice.session) if notice.session else None
    twinning = await desk.parts.people.twinning(session.twinning) if session else None
    student = await desk.parts.people.student(notice.student)
    context = {
        "notice": notice,
        "session": session,
        "school": await _name_of_school(desk, notice.from_school),
        "who": Faces(desk, twinning, [student] if student else []).of,
        "by": await _named(desk, [notice.told_by]),
    }
    return desk.render("safety/told.html", context | setting(desk, None) | _tools(desk))


async def _notices(desk: Desk) -> list[ConcernNotice]:
    return await desk.parts.people.notices_to(desk.school.id, desk.staff.id)


async def _name_of_school(desk: Desk, school_id: str) -> str:
    school = await desk.parts.people.school(school_id)
    return desk.say(school.names) if school else ""


async def _show_teachers(desk: Desk, found: Concern) -> None:
    """Their boards say "check on room 7" while it is open, and no longer."""
    if found.session:
        await desk.parts.live.concerns_changed(found.session)


async def _safety_desk(request: web.Request) -> Desk:
    desk = await desk_of(request)
    desk.require("see_concerns", school=desk.school.id)
    return desk


async def _concern(desk: Desk) -> Concern:
    """Return a concern of the reader's school that does not accuse the reader; any other does not exist for them."""
    wanted = desk.request.match_info["concern"]
    for found in await desk.parts.people.concerns_of(desk.school.id, desk.staff.id):
        if found.id == wanted:
            return found
    raise web.HTTPNotFound


async def _write_down(desk: Desk, found: Concern, what: str) -> None:
    # Without the session: a lesson's own log is read by its teachers, of whom one may be accused.
    entry = AuditEntry(at=desk.now, who=desk.staff.id, what=what, school=desk.school.id, about=found.id)
    await desk.parts.people.audit(entry)


async def _page(desk: Desk, found: Concern, more: dict[str, object], status: int = 200) -> web.Response:
    where = await _context(desk, found)
    lesson = await desk.parts.review.lesson_of_session(found.session, desk.staff) if found.session else None
    faces = Faces(desk, where.twinning, [*where.room, *([where.student] if where.student else [])])

    def told(work: WorkRecord) -> dict[str, object]:
        at = lesson.by_id.get(work.step) if lesson else None
        asked = next((i for i in at.step.inputs if i.id == work.input), None) if at else None
        return {"at": at, "said": said_in(entries_of(work), asked, at.step if at else None, lesson)}

    context = {
        "concern": found,
        "where": where,
        "who": faces.of,
        "told": told,
        "kept_out": [
            *(desk.say(staff.names) for staff in await _named(desk, found.accused)),
            *await _by_pass(desk, found),
        ],
        "facing_leads": await _leads_across(desk, found, where),
        "across": [student for student in where.room if student.school != desk.school.id],
        "words": None,
        "opened": False,
        "error": "",
        "note": "",
        "longest": LONGEST_NOTE,
        "log": await _log(desk, found),
        "shared_with": {n.school for n in await desk.parts.people.notices_of_concern(found.id)},
    }
    tools = setting(desk, lesson.text if lesson else None) | _tools(desk)
    return desk.render("safety/concern.html", context | tools | more, status)


async def _log(desk: Desk, found: Concern) -> list[tuple[AuditEntry, Staff | None]]:
    """Return who opened, closed and passed on what of a concern, newest first."""
    lines = [line for line in await desk.parts.people.audited_about(found.id) if line.what.startswith("concern_")]
    names = {who: await desk.parts.people.staff(who) for who in {line.who for line in lines}}
    return [(line, names[line.who]) for line in reversed(lines)]


async def _context(desk: Desk, found: Concern) -> Context:
    people = desk.parts.people
    student = await people.student(found.student)
    session = await people.session(found.session) if found.session else None
    twinning = await people.twinning(session.twinning) if session else None
    if session is None or twinning is None or twinning.side_of(desk.school.id) is None:
        return Context(None, None, student, [], [], [])
    sat = await _sat(desk, session, found)
    named = [await people.student(member) for member in sat]
    adults = await _named(desk, [side.adult for side in session.sides if side.adult])
    schools = await people.schools([s for side in twinning.sides for s in side.schools if s != desk.school.id])
    return Context(session, twinning, student, [s for s in named if s is not None], adults, schools)


async def _sat(desk: Desk, session: LessonSession, found: Concern) -> list[str]:
    """Return who had sat in the concern's room by then, as the log tells it."""
    if found.room is None:
        return []
    log = await desk.parts.review.log_of_session(session.id, desk.staff)
    record = record_of(session.id, [append for append in log if append.at <= found.at])
    return list(dict.fromkeys([*record.sat.get(found.room, ()), *record.session.rooms.get(found.room, ())]))


async def _named(desk: Desk, ids: Sequence[str]) -> list[Staff]:
    found = [await desk.parts.people.staff(who) for who in dict.fromkeys(ids)]
    return [staff for staff in found if staff is not None]


async def _by_pass(desk: Desk, found: Concern) -> list[str]:
    """Return the names of substitutes whom the child may mean."""
    passes = desk.request.app.get(PASSES)
    borne = [await passes.get(who) for who in found.accused] if passes else []
    return [_("%(name)s (substitute)") % {"name": one.name} for one in borne if one]


async def _leads_across(desk: Desk, found: Concern, where: Context) -> list[Staff]:
    """Return the other schools' safety leads, as far as the concern is theirs to know of: about a child of theirs."""
    if found.about != "partner":
        return []
    schools = {student.school for student in where.room if student.school != desk.school.id}
    return [
        staff
        for school in sorted(schools)
        for staff in await desk.parts.people.staff_of(school)
        if "safety_lead" in staff.roles and staff.id not in found.accused
    ]


def _tools(desk: Desk) -> dict[str, object]:
    def clock(at: datetime) -> Clock:
        return desk.clock(at, desk.school)

    return {"clock": clock, "number": room_number}
