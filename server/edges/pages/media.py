"""A page's way to pictures and sound: into the media server's room, or by mesh; never past consent, seat or step."""

from typing import Final, Protocol

from aiohttp import web

from server.core.live.refusals import Refused
from server.edges import identity
from server.edges.api import as_json
from server.edges.locale import gettext as _
from server.edges.pages.live import lesson_of
from server.edges.problems import Problem
from server.edges.sentences import sentence
from server.runner.media import Way
from server.runner.scenes import UnknownSession

routes = web.RouteTableDef()
PLENARY = "plenary"


class MediaWays(Protocol):
    """Who gives ways in."""

    async def for_student(self, session_id: str, member: str, place: str) -> Way: ...
    async def for_teacher(self, session_id: str, staff: str, place: str) -> Way: ...


MEDIA: Final[web.AppKey[MediaWays]] = web.AppKey("media", MediaWays)


@routes.get("/s/{student}/media")
async def student_media(request: web.Request) -> web.Response:
    """The way of one learner, `place=plenary` or `place=room`: their own seat's room, whatever they would like."""
    student = await identity.student_of(request, request.match_info["student"])
    session = request.query.get("session", "")
    place = PLENARY if request.query.get("place") == PLENARY else "room"
    try:
        return way_answer(await request.app[MEDIA].for_student(session, student.id, place))
    except (Refused, UnknownSession) as problem:
        raise _refused(problem) from None


@routes.get("/sessions/{session}/media")
async def teacher_media(request: web.Request) -> web.Response:
    """The way of an adult of the lesson: `place=plenary`, or a room in which they are seen to be."""
    staff = await identity.staff_of(request)
    lesson = await lesson_of(request, staff, request.match_info["session"])
    try:
        return way_answer(
            await request.app[MEDIA].for_teacher(lesson.id, staff.id, request.query.get("place", PLENARY))
        )
    except (Refused, UnknownSession) as problem:
        raise _refused(problem) from None


def way_answer(way: Way) -> web.Response:
    """Return a way in as pages read it."""
    return as_json({"kind": way.kind, "url": way.url, "token": way.token, "me": way.identity, "reason": way.reason})


def _refused(problem: Refused | UnknownSession) -> Problem:
    code = problem.code if isinstance(problem, Refused) else "not_running"
    return Problem(409, code, sentence(code, _))
