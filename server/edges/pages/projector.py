"""The page for the classroom's wall: the class's step, board and round, without a name and without a control."""

from typing import cast

import aiohttp_jinja2
from aiohttp import web

from server.core.languages import direction, say
from server.edges import identity
from server.edges.locale import locale_of
from server.edges.pages.live import lesson_boot, lesson_of
from server.edges.pages.scripts import script_json
from server.edges.parts import PARTS
from server.edges.security import import_map_script

routes = web.RouteTableDef()


@routes.get("/sessions/{session}/projector")
async def projector_page(request: web.Request) -> web.Response:
    """Show what the whole class looks at; opened by a teacher of the lesson in a window of its own."""
    staff = await identity.staff_of(request)
    lesson = await lesson_of(request, staff, request.match_info["session"])
    if lesson.status == "planned":
        raise web.HTTPSeeOther(f"/sessions/{lesson.id}")
    language = locale_of(request).language
    school = await request.app[PARTS].people.school(staff.school)
    twinning = await request.app[PARTS].people.twinning(lesson.twinning)
    known = await lesson_boot(request, lesson, staff.school)
    sides = cast(dict[str, dict[str, object]], known["sides"])
    context = {
        "page_title": say(lesson.title, language),
        "page": "projector",
        "importmap_script": import_map_script(request.app),
        "boot_json": script_json(
            {
                "session": lesson.id,
                "title": lesson.title,
                "side": twinning.side_of(staff.school) if twinning else None,
                # Schools and their languages; the adults' names have no business on a wall.
                "sides": {name: {k: one[k] for k in ("school", "schools", "language")} for name, one in sides.items()},
                "language": language,
                "dir": direction(language),
                "the_name": school.the_name if school else "written",
                "socket": "/socket.io/",
            }
        ),
        "entry": "/static/js/pages/projector.mjs",
    }
    return aiohttp_jinja2.render_template("live.html", request, context)
