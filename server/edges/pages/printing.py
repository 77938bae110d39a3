"""A lesson on paper: for a child or a day without network, and the run of show for the adult who holds it."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.core.people.consent import may_cross
from server.core.people.models import LessonSession, School, Staff, Twinning
from server.core.twinning.plan import PlanProblem, compile_plan, largest_group, run_of_show
from server.edges.pages.desk import Desk, desk_of, other_side, see_other
from server.edges.pages.known import protocols_of_plan
from server.edges.pages.library import both_languages, reading
from server.edges.pages.text_shelf import texts_for

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Column:
    """The schools of one side that share a clock; `adult` stands with the side's first column."""

    ours: bool
    schools: list[School]
    places: str
    adult: Staff | None


@routes.get("/sessions/{session}/paper")
async def paper(request: web.Request) -> web.Response:
    """Show every step as a child would read it, in both languages, with the text and lines to write on."""
    desk = await desk_of(request)
    session, twinning = await desk.session(request.match_info["session"])
    texts = await texts_for(desk, twinning)
    protocols = await protocols_of_plan(desk, twinning, session.plan)
    try:
        # On paper two children sit together, whatever the rooms are.
        lesson = compile_plan(session.plan, session.title, protocols, texts, 2)
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
    protocols = await protocols_of_plan(desk, twinning, session.plan)
    try:
        lesson = compile_plan(session.plan, session.title, protocols, await texts_for(desk, twinning), largest)
    except PlanProblem:
        raise see_other(f"/sessions/{session.id}?done=plan_first") from None
    columns = await _columns(desk, session, twinning)
    moments = run_of_show(lesson, session.starts_at)
    context = {
        "session": session,
        "twinning": twinning,
        "lesson": lesson,
        "moments": moments,
        "columns": columns,
        "clock": desk.clock,
        "largest": largest,
        "late": _late(moments[-1].ends, session),
    }
    return desk.render("print/run_of_show.html", context | reading(desk))


async def _columns(desk: Desk, session: LessonSession, twinning: Twinning) -> list[Column]:
    """Return a column for each clock of each side, the reader's own side and school first."""
    ours = desk.side_of(twinning)
    (schools,) = await desk.schools_in([session], twinning)
    columns: list[Column] = []
    for side in (ours, other_side(ours)):
        named = session.side(side).adult
        adult = await desk.parts.people.staff(named) if named else None
        own_first = sorted(schools[side], key=lambda s: s.id != desk.school.id)
        for zone in dict.fromkeys(school.zone for school in own_first):
            group = [school for school in own_first if school.zone == zone]
            columns.append(Column(side == ours, group, desk.listed(map(desk.place, group)), adult))
            adult = None
    return columns


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
