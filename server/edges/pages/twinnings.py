"""One twinning: the schools of both sides and their clocks, the people, the lessons planned and held."""

from aiohttp import web

from server.core.people.models import AuditEntry, Role, SideName, Staff, Twinning
from server.core.twinning.joining import may_invite_to
from server.edges.pages.desk import Desk, desk_of, other_side, see_other
from server.edges.pages.home import class_line, is_ahead, lesson_lines
from server.edges.pages.schools import school_link

routes = web.RouteTableDef()

WORK_SHARED = "work_shared"
WORK_NOT_SHARED = "work_not_shared"
SCHOOL_INVITED = "school_invited"
SHOWN_TO_PARTNERS: frozenset[Role] = frozenset({"coordinator", "teacher"})


@routes.get("/twinnings/{twinning}")
async def twinning(request: web.Request) -> web.Response:
    """Show a twinning to either side. The partner's classes are named; their children are not."""
    desk = await desk_of(request)
    return await _show(desk, await desk.twinning(request.match_info["twinning"]))


async def _show(desk: Desk, found: Twinning, link: str = "", link_for: str = "") -> web.Response:
    ours = desk.side_of(found)
    schools = await desk.schools_of(found)
    lines = await lesson_lines(desk, found)
    people = desk.parts.people
    staff: dict[str, list[Staff]] = {
        school.id: [person for person in await people.staff_of(school.id) if person.roles & SHOWN_TO_PARTNERS]
        for group in schools.values()
        for school in group
    }
    context = {
        "twinning": found,
        "sides": [(side == ours, schools[side]) for side in (ours, other_side(ours))],
        "staff": staff,
        "now": {school.id: desk.clock(desk.now, school) for group in schools.values() for school in group},
        "classes": {school.id: await desk.classes(school.id) for group in schools.values() for school in group},
        "our_classes": [await class_line(desk, group) for group in await desk.classes(desk.school.id)],
        "ahead": sorted((x for x in lines if is_ahead(desk, x.lesson)), key=lambda x: x.lesson.starts_at),
        "behind": sorted((x for x in lines if not is_ahead(desk, x.lesson)), key=lambda x: x.lesson.starts_at)[::-1],
        "may_plan": desk.may("plan_session", twinning=found),
        "may_change": desk.may("change_twinning", twinning=found),
        "may_invite": desk.may("invite_school", twinning=found),
        "invites": [(side, side == ours, may_invite_to(found, side, desk.school.id)) for side in _ours_first(ours)],
        "link": link,
        "link_for": link_for,
    }
    response = desk.render("twinnings/twinning.html", context)
    if link:
        # The link is shown once and must not be found again with the back button.
        response.headers["Cache-Control"] = "no-store"
    return response


def _ours_first(ours: SideName) -> tuple[SideName, SideName]:
    return ours, other_side(ours)


@routes.post("/twinnings/{twinning}/invitations")
async def invite_school(request: web.Request) -> web.Response:
    """Make the one-time link for another school on a side, and show it once. Each side decides whom it takes in."""
    desk = await desk_of(request)
    found = await desk.twinning(request.match_info["twinning"])
    desk.require("invite_school", twinning=found)
    asked = (await request.post()).get("side")
    side: SideName | None = "a" if asked == "a" else "b" if asked == "b" else None
    if side is None:
        raise web.HTTPBadRequest
    if not may_invite_to(found, side, desk.school.id):
        raise web.HTTPForbidden
    link = await school_link(desk, found.id, side)
    entry = AuditEntry(at=desk.now, who=desk.staff.id, what=SCHOOL_INVITED, school=desk.school.id, about=found.id)
    await desk.parts.people.audit(entry)
    return await _show(desk, found, link, "ours" if side == desk.side_of(found) else "theirs")


@routes.post("/twinnings/{twinning}/sharing")
async def change_sharing(request: web.Request) -> web.Response:
    """Let the partner school review work that was shared in the room, or no longer; it holds for both sides alike."""
    desk = await desk_of(request)
    found = await desk.twinning(request.match_info["twinning"])
    desk.require("change_twinning", twinning=found)
    shares = (await request.post()).get("shares") == "yes"
    if shares != found.shares_work:
        await desk.parts.people.save_twinning(found.model_copy(update={"shares_work": shares}))
        what = WORK_SHARED if shares else WORK_NOT_SHARED
        entry = AuditEntry(at=desk.now, who=desk.staff.id, what=what, school=desk.school.id, about=found.id)
        await desk.parts.people.audit(entry)
    raise see_other(f"/twinnings/{found.id}?done=sharing#sharing")
