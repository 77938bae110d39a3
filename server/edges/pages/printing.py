"""A lesson on paper: for a child or a day without network, and the run of show for the adult who holds it."""

from datetime import datetime

from aiohttp import web

from server.core.people.consent import may_cross
from server.core.people.models import LessonSession, School, Twinning
from server.core.twinning.plan import PlanProblem, compile_plan, largest_group, run_of_show
from server.edges.pages.desk import Desk, desk_of, other_side, see_other
from server.edges.pages.library import both_languages, reading

routes = web.RouteTableDef()


@routes.get("/sessions/{session}/paper")
async def paper(request: web.Request) -> web.Response:
    """Show every step as a child would read it, in both languages, with the text and lines to write on."""
    desk = await desk_of(request)
    session, _twinning = await desk.session(request.match_info["session"])
    try:
        # On paper two children sit together, whatever the rooms are.
        lesson = compile_plan(session.plan, session.title, desk.parts.protocols, desk.parts.texts, 2)
    except PlanProblem:
        raise see_other(f"/sessions/{session.id}?done=plan_first") from None
    languages = both_languages(desk)
    context = {
        "session": session,
        "lesson": lesson,
        "steps": [(step, fitted) for step in lesson.steps if (fitted := step.fitted(2))],
        "languages": languages,
        "voices": {language: desk.voice(language) for language in languages},
    }
    return desk.render("print/paper.html", context | reading(desk))


@routes.get("/sessions/{session}/run-of-show")
async def show_run(request: web.Request) -> web.Response:
    """Show what happens when, on both clocks."""
    desk = await desk_of(request)
    session, twinning = await desk.session(request.match_info["session"])
    largest = await _largest(desk, session)
    try:
        lesson = compile_plan(session.plan, session.title, desk.parts.protocols, desk.parts.texts, largest)
    except PlanProblem:
        raise see_other(f"/sessions/{session.id}?done=plan_first") from None
    facing = await _facing(desk, twinning)
    moments = run_of_show(lesson, session.starts_at)
    adults = {side.side: await desk.parts.people.staff(side.adult) if side.adult else None for side in session.sides}
    ours = desk.side_of(twinning)
    context = {
        "session": session,
        "twinning": twinning,
        "lesson": lesson,
        "moments": moments,
        "facing": facing,
        "clock": desk.clock,
        "largest": largest,
        "adults": [adults[ours], adults[other_side(ours)]],
        "late": _late(moments[-1].ends, session),
    }
    return desk.render("print/run_of_show.html", context | reading(desk))


async def _facing(desk: Desk, twinning: Twinning) -> list[School]:
    schools = await desk.schools_of(twinning)
    return [desk.school, *schools[other_side(desk.side_of(twinning))][:1]]


async def _largest(desk: Desk, session: LessonSession) -> int:
    counts = [
        sum(1 for s in await desk.parts.people.students_in(side.classes) if may_cross(s)) if side.classes else 0
        for side in session.sides
    ]
    return largest_group(counts[0], counts[1])


def _late(ends: datetime, session: LessonSession) -> int:
    """Return by how many minutes the plan goes past the bell, 0 when it does not."""
    over = (ends - session.starts_at).total_seconds() / 60 - session.slot_minutes
    return max(0, round(over))
