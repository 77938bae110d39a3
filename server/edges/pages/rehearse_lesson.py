"""Rehearse: a teacher walks alone through a copy of a lesson, with invented children in both classes."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from aiohttp import web

from server.core.people.models import LessonSession, Staff, Twinning
from server.core.twinning.plan import Problem as PlanProblem
from server.core.twinning.plan import problems
from server.core.twinning.rehearsal_copy import is_rehearsal
from server.edges.locale import gettext as _
from server.edges.pages.desk import Desk, desk_of, see_other
from server.edges.pages.text_shelf import texts_for
from server.edges.problems import Problem

routes = web.RouteTableDef()

Begin = Callable[[LessonSession, Twinning, Staff], Awaitable[str | None]]
REHEARSE: Final[web.AppKey[Begin]] = web.AppKey("rehearse", object)  # type: ignore[arg-type]  # a function has no class


@routes.post("/sessions/{session}/rehearse")
async def rehearse(request: web.Request) -> web.Response:
    """Make the copy and go to its lobby."""
    desk = await desk_of(request)
    session, twinning = await desk.session(request.match_info["session"])
    desk.require("host_session", twinning=twinning)
    if REHEARSE not in request.app or is_rehearsal(session.id):
        raise web.HTTPNotFound
    texts = await texts_for(desk, twinning)
    if any(found.blocks for found in problems(session.plan, session.slot_minutes, desk.parts.protocols, texts, 2)):
        raise see_other(f"/sessions/{session.id}?done=plan_first")
    raise see_other(await begin(request, session, twinning, desk.staff))


def may_rehearse(desk: Desk, session: LessonSession, twinning: Twinning, found: Sequence[PlanProblem]) -> bool:
    """Whether the plan's page offers it: to those who hold lessons, while a plan is whole and not yet under way."""
    whole = bool(session.plan.parts) and not any(problem.blocks for problem in found)
    can = REHEARSE in desk.request.app and desk.may("host_session", twinning=twinning)
    return can and whole and session.status in ("planned", "lobby") and not is_rehearsal(session.id)


async def begin(request: web.Request, session: LessonSession, twinning: Twinning, staff: Staff) -> str:
    """Begin a rehearsal and return its address."""
    begun = await request.app[REHEARSE](session, twinning, staff)
    if begun is None:
        raise Problem(
            409, "rehearsals_are_full", _("Several rehearsals are under way on this server. Try again in a while.")
        )
    return f"/sessions/{begun}/live"
