"""One twinning: both schools and their clocks, the people, the lessons planned and held."""

from aiohttp import web

from server.core.people.models import Role, Staff
from server.edges.pages.desk import desk_of, other_side
from server.edges.pages.home import class_line, is_ahead, lesson_lines

routes = web.RouteTableDef()

SHOWN_TO_PARTNERS: frozenset[Role] = frozenset({"coordinator", "teacher"})


@routes.get("/twinnings/{twinning}")
async def twinning(request: web.Request) -> web.Response:
    """Show a twinning to either side. The partner's classes are named; their children are not."""
    desk = await desk_of(request)
    found = await desk.twinning(request.match_info["twinning"])
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
        "classes": {school.id: await people.classes_of(school.id) for group in schools.values() for school in group},
        "our_classes": [await class_line(desk, group) for group in await people.classes_of(desk.school.id)],
        "ahead": sorted((x for x in lines if is_ahead(desk, x.lesson)), key=lambda x: x.lesson.starts_at),
        "behind": sorted((x for x in lines if not is_ahead(desk, x.lesson)), key=lambda x: x.lesson.starts_at)[::-1],
        "may_plan": desk.may("plan_session", twinning=found),
    }
    return desk.render("twinnings/twinning.html", context)
