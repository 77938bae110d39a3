"""Choosing another day for a lesson that was set aside; what was agreed, the rooms and the words stay as they are."""

from datetime import datetime
from typing import cast

from aiohttp import web

from server.core.people.models import AuditEntry
from server.core.twinning.another_day import moved_to
from server.edges.pages.desk import desk_of, see_other
from server.edges.pages.plan_form import Form, read_hour

routes = web.RouteTableDef()

ANOTHER_DAY_CHOSEN = "another_day_chosen"


@routes.post("/sessions/{session}/another-day")
async def choose_another_day(request: web.Request) -> web.Response:
    """Move the hour, on the reader's own clock; whatever is wrong with it stands beside the fields."""
    desk = await desk_of(request)
    session, twinning = await desk.session(request.match_info["session"])
    desk.require("plan_session", twinning=twinning)
    here = f"/sessions/{session.id}"
    if session.status != "set_aside" or not await desk.takes_part(session):
        raise see_other(f"{here}?done=not_now")
    form = cast(Form, await request.post())
    hour = read_hour(str(form.get("next_day", "")), str(form.get("next_at", "")), desk.school.zone)
    if not isinstance(hour, datetime):
        raise see_other(f"{here}?done={hour}#another-day")
    await desk.parts.people.save_session(moved_to(session, hour))
    entry = AuditEntry(
        at=desk.now, who=desk.staff.id, what=ANOTHER_DAY_CHOSEN, school=desk.school.id, session=session.id
    )
    await desk.parts.people.audit(entry)
    raise see_other(f"{here}?done=another_day#another-day")
