"""A room's work for the drawer of the teacher's board: read by this lesson's teachers, without going in."""

from typing import Final, Protocol

from aiohttp import web

from server.core.live.room_work import RoomWorkView
from server.edges import identity
from server.edges.locale import gettext as _
from server.edges.pages.live import lesson_of
from server.edges.parts import PARTS
from server.edges.problems import Problem

routes = web.RouteTableDef()


class LooksIntoRooms(Protocol):
    """Reads a room for one school's teacher."""

    async def work(self, session_id: str, room_id: str, *, school: str, shares: bool) -> RoomWorkView | None: ...


LOOKING: Final[web.AppKey[LooksIntoRooms]] = web.AppKey("looking", LooksIntoRooms)


@routes.get("/sessions/{session}/rooms/{room}/work")
async def room_work(request: web.Request) -> web.Response:
    """What this teacher may read of a room now: no draft, no private note, no sound, no picture."""
    staff = await identity.staff_of(request)
    lesson = await lesson_of(request, staff, request.match_info["session"])
    twinning = await request.app[PARTS].people.twinning(lesson.twinning)
    found = await request.app[LOOKING].work(
        lesson.id,
        request.match_info["room"],
        school=staff.school,
        shares=twinning is not None and twinning.shares_work,
    )
    if found is None:
        raise Problem(404, "not_found", _("There is no such room open in this lesson."))
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=found.model_dump_json().encode(), content_type="application/json", headers=headers)
