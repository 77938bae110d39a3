"""A new lesson: made from a first plan, from a plan on the shelf, or as another lesson's copy."""

import secrets
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from aiohttp import web

from server.core.people.models import LessonSession, Plan, PlannedPart, SessionSide, SideName, Twinning
from server.core.twinning.shelf import ShelfPlan, a_week_later, copied_lesson, only_known
from server.edges.pages.desk import Clock, Desk, desk_of, other_side, see_other
from server.edges.pages.known import protocols_of_plan, shelves_of
from server.edges.pages.plan_form import Form, read_hour, typed_from, understood
from server.edges.pages.plan_views import PLAN_CHANGED, allowed_classes, audit, classes_of_sides, in_its_arc
from server.edges.pages.text_shelf import texts_for

routes = web.RouteTableDef()

FIRST_PLAN = (
    PlannedPart(protocol="havruta_warm_up_young", short=True),
    PlannedPart(protocol="noticing_and_wondering", short=True),
    PlannedPart(protocol="reflection", short=True),
    PlannedPart(protocol="self_assessment"),
)
"""What a new lesson begins with, so that nobody starts from an empty page: intention, text, reflection, self-rating."""


@routes.get("/twinnings/{twinning}/sessions/new")
async def new_lesson(request: web.Request) -> web.Response:
    """Ask when and with whom; the plan itself comes next."""
    desk = await desk_of(request)
    twinning = await desk.twinning(request.match_info["twinning"])
    desk.require("plan_session", twinning=twinning)
    tomorrow = desk.now.astimezone(ZoneInfo(desk.school.zone)).date() + timedelta(days=7)
    typed = {"title_en": "", "title_he": "", "day": tomorrow.isoformat(), "at": "", "slot": "45", "from": ""}
    chosen = await _on_shelf(desk, request.query.get("from", ""))
    if chosen:
        named = {f"title_{language}": words for language, words in chosen.title.items() if language in ("en", "he")}
        typed |= {"from": chosen.id, "slot": str(chosen.slot_minutes), **named}
    return await _ask_for_new(desk, twinning, typed, {}, None)


@routes.post("/twinnings/{twinning}/sessions/new")
async def make_lesson(request: web.Request) -> web.Response:
    """Make a lesson with a first plan, and go to it."""
    desk = await desk_of(request)
    twinning = await desk.twinning(request.match_info["twinning"])
    desk.require("plan_session", twinning=twinning)
    form = cast(Form, await request.post())
    names = ("title_en", "title_he", "day", "at", "slot", "from")
    typed = {name: str(form.get(name, "")).strip() for name in names}
    chosen: dict[SideName, list[str]] = {
        side: [str(c) for c in form.getall(f"classes_{side}", [])] for side in ("a", "b")
    }
    allowed = await allowed_classes(desk, twinning)
    shelved = await _on_shelf(desk, typed["from"])
    first = shelved.plan if shelved else Plan(parts=FIRST_PLAN)
    known = await protocols_of_plan(desk, twinning, first)
    blank = LessonSession(
        id=secrets.token_hex(8),
        twinning=twinning.id,
        title={desk.language: "-"},
        starts_at=desk.now,
        plan=only_known(first, set(known)),
        sides=(
            SessionSide(side="a", classes=(), adult=_me_on(desk, twinning, "a")),
            SessionSide(side="b", classes=(), adult=_me_on(desk, twinning, "b")),
        ),
    )
    whole = typed_from(blank, desk.side_of(twinning), desk.school.zone)
    whole.title = {"en": typed["title_en"], "he": typed["title_he"]}
    whole.day, whole.at, whole.slot, whole.classes = typed["day"], typed["at"], typed["slot"], chosen
    made = understood(whole, blank, desk.school.zone, allowed, known, await texts_for(desk, twinning))
    if made is None:
        return await _ask_for_new(desk, twinning, typed, whole.errors, chosen, status=422)
    made = await in_its_arc(desk, made)
    await desk.parts.people.save_session(made)
    await audit(desk, made, PLAN_CHANGED)
    raise see_other(f"/sessions/{made.id}?done=made")


@routes.post("/sessions/{session}/copy")
async def copy_lesson(request: web.Request) -> web.Response:
    """Make next week's lesson with the same plan, and go to it; nobody has agreed to that one yet."""
    desk = await desk_of(request)
    session, twinning = await desk.session(request.match_info["session"])
    desk.require("plan_session", twinning=twinning)
    made = copied_lesson(session, secrets.token_hex(8), a_week_later(session, desk.school.zone, desk.now))
    made = await in_its_arc(desk, made)
    await desk.parts.people.save_session(made)
    await audit(desk, made, PLAN_CHANGED)
    raise see_other(f"/sessions/{made.id}?done=copied")


async def _on_shelf(desk: Desk, plan: str) -> ShelfPlan | None:
    """Return a plan that the reader may start from: their school's, or one shared with a twinning of theirs."""
    return next((one for one in await shelf_seen(desk) if one.id == plan), None) if plan else None


async def shelf_seen(desk: Desk) -> list[ShelfPlan]:
    """Return all plans that the reader may start from."""
    twinnings = [t.id for t in await desk.parts.people.twinnings_of(desk.school.id)]
    return await shelves_of(desk).shelf_of(desk.school.id, twinnings)


async def _ask_for_new(
    desk: Desk,
    twinning: Twinning,
    typed: dict[str, str],
    errors: dict[str, str],
    chosen: dict[SideName, list[str]] | None,
    *,
    status: int = 200,
) -> web.Response:
    side = desk.side_of(twinning)
    classes = await classes_of_sides(desk, twinning)
    if chosen is None:
        # One class on a side is the class that is meant.
        chosen = {s: [groups[0].id] if len(groups) == 1 else [] for s, groups in classes.items()}
    schools = await desk.schools_of(twinning)
    clocks_now: list[Clock] = []
    views = [(s, s == side, schools[s], classes[s], chosen[s]) for s in (side, other_side(side))]
    hour = read_hour(typed["day"], typed["at"], desk.school.zone)
    if isinstance(hour, datetime):
        clocks_now = desk.clocks(hour, schools, side)
    context: dict[str, object] = {
        "twinning": twinning,
        "typed": typed,
        "errors": errors,
        "views": views,
        "clocks": clocks_now,
    }
    context["shelf"] = await shelf_seen(desk)
    return desk.render("planning/new.html", context, status)


def _me_on(desk: Desk, twinning: Twinning, side: SideName) -> str | None:
    return desk.staff.id if desk.side_of(twinning) == side else None
