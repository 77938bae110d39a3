"""One lesson's plan, which two teachers of two schools write together and agree to."""

import asyncio
from datetime import timedelta
from typing import Any, cast
from weakref import WeakValueDictionary

from aiohttp import web

from server.core.live.protocol import Protocol
from server.core.people.consent import plan_hash
from server.core.people.models import LessonSession, SessionSide, SideName, Twinning
from server.core.texts import Text
from server.core.twinning.own_protocol import key_of, split_key
from server.core.twinning.plan import ARRIVAL_MINUTES, CLOSE_MINUTES, differences, edition, problems, timetable
from server.core.twinning.shelf import RemovedPart
from server.edges.pages.desk import Desk, desk_of, see_other
from server.edges.pages.known import protocols_of_plan, shelves_of
from server.edges.pages.library import GROUPS, reading
from server.edges.pages.plan_form import Form, TypedPlan, takes_statements, typed_from, typed_in, understood
from server.edges.pages.plan_views import (
    LOBBY_OPENED,
    LOBBY_OPENED_WITHOUT_SOME,
    LOBBY_TAKEN_BACK,
    PLAN_AGREED,
    PLAN_CHANGED,
    allowed_classes,
    audit,
    by_class,
    clocks,
    in_its_arc,
    largest_of,
    missing_for,
    side_views,
    staff_of_side,
    warned,
)
from server.edges.pages.rehearsal import tested
from server.edges.pages.rehearse_lesson import may_rehearse
from server.edges.pages.text_shelf import texts_for

routes = web.RouteTableDef()

_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@routes.get("/sessions/{session}")
async def plan(request: web.Request) -> web.Response:
    """Show the plan, to be changed while it is one."""
    desk = await desk_of(request)
    session, twinning = await desk.session(request.match_info["session"])
    typed = typed_from(session, desk.side_of(twinning), desk.school.zone)
    return await _show(desk, session, twinning, typed)


@routes.post("/sessions/{session}")
async def change_plan(request: web.Request) -> web.Response:
    """Do what the pressed button says; whatever it is, what was typed is kept first."""
    desk = await desk_of(request)
    form = cast(Form, await request.post())
    session_id = request.match_info["session"]
    async with _turns.setdefault(session_id, asyncio.Lock()):
        session, twinning = await desk.session(session_id)
        desk.require("plan_session", twinning=twinning)
        if session.status != "planned":
            return await _after_planning(desk, session, form)
        return await _change(desk, session, twinning, form)


@routes.post("/sessions/{session}/totals")
async def show_totals(request: web.Request) -> web.Response:
    """Return the minutes and the advice for what is typed and not saved yet, as pieces of the page."""
    desk = await desk_of(request)
    session, twinning = await desk.session(request.match_info["session"])
    desk.require("plan_session", twinning=twinning)
    typed = typed_in(cast(Form, await request.post()))
    protocols = await protocols_of_plan(desk, twinning, session.plan)
    allowed = await allowed_classes(desk, twinning)
    texts = await texts_for(desk, twinning)
    shown = understood(typed, session, desk.school.zone, allowed, protocols, texts)
    if shown is None:
        return web.Response(status=422)
    largest = largest_of(await side_views(desk, shown, twinning))
    return desk.render("planning/totals.html", _reckoned(shown, protocols, texts, largest))


async def _change(desk: Desk, session: LessonSession, twinning: Twinning, form: Form) -> web.Response:
    wish = str(form.get("do", "save"))
    typed = typed_in(form)
    allowed = await allowed_classes(desk, twinning)
    protocols = await protocols_of_plan(desk, twinning, session.plan)
    zone, texts = desk.school.zone, await texts_for(desk, twinning)
    if str(form.get("was", "")) != edition(session):
        mine = understood(typed, session, zone, allowed, protocols, texts)
        return await _show(desk, session, twinning, typed, mine=mine, conflict=True, status=409)
    if wish == "add":
        typed.add(str(form.get("add", "")), protocols)
    if wish.startswith("newer:"):
        typed.take_newer(wish.removeprefix("newer:"), _newer(typed, protocols))
    if wish == "restore" and (removed := await shelves_of(desk).removed_from(session.id)):
        typed.put_back(removed)
    elif not wish.startswith("remove:"):
        typed.rearrange(wish)
    changed = understood(typed, session, zone, allowed, protocols, texts)
    if changed and wish.startswith("remove:"):
        place = wish.removeprefix("remove:")
        if place.isdecimal() and int(place) < len(changed.plan.parts):
            part = changed.plan.parts[int(place)]
            await shelves_of(desk).keep_removed(RemovedPart(session=session.id, place=int(place), part=part))
        typed.rearrange(wish)
        changed = understood(typed, session, zone, allowed, protocols, texts)
    if changed is None:
        return await _show(desk, session, twinning, typed, status=422)
    side = desk.side_of(twinning)
    if edition(changed) != edition(session):
        if {"classes", "arc"} & set(differences(session, changed)):
            changed = await in_its_arc(desk, changed)
        await desk.parts.people.save_session(changed)
        await audit(desk, changed, PLAN_CHANGED)
    changed = await _with_adult(desk, changed, twinning, side, typed.adult)
    if wish == "agree":
        if not await desk.takes_part(changed):
            raise web.HTTPForbidden
        agreed = plan_hash(changed)
        changed = _with_side(changed, changed.side(side).model_copy(update={"agreed_plan": agreed}))
        await desk.parts.people.save_session(changed)
        await audit(desk, changed, PLAN_AGREED)
        raise see_other(f"/sessions/{session.id}?done=agreed")
    if wish == "open":
        return await _open_lobby(desk, changed, twinning, typed, str(form.get("without", "")))
    if wish == "restore":
        await shelves_of(desk).forget_removed(session.id)
    raise see_other(f"/sessions/{session.id}{_where_next(wish)}")


def _where_next(wish: str) -> str:
    """Return what the page says when it comes back, and where it opens: at the button that was pressed."""
    action, _, place = wish.partition(":")
    if action in ("up", "down") and place.isdecimal():
        at = int(place) + (1 if action == "down" else -1)
        # No place after "#": a browser would go there instead of to the button that has the focus.
        return f"?done=saved&at={action}-{max(at, 0)}"
    if action == "remove":
        return "?done=removed#plan"
    return "?done=saved" + ("#plan" if action in ("add", "newer", "restore") else "")


def _newest(protocols: dict[str, Protocol]) -> dict[str, int]:
    """Return the newest known version of each school's own protocol, by its id."""
    named = [found for key in protocols if (found := split_key(key))]
    return {protocol: max(version or 0 for other, version in named if other == protocol) for protocol, _ in named}


def _newer(typed: TypedPlan, protocols: dict[str, Protocol]) -> dict[str, str]:
    """Return, for each version in the plan that is not the newest one known, the newest."""
    newest = _newest(protocols)
    return {
        part.protocol: key_of(found[0], newest[found[0]])
        for part in typed.parts
        if (found := split_key(part.protocol)) and (found[1] or 0) < newest.get(found[0], 0)
    }


async def _open_lobby(
    desk: Desk, session: LessonSession, twinning: Twinning, typed: TypedPlan, without: str
) -> web.Response:
    """Open the lobby. `without`: how many children the teacher has seen will not be let across, as they ticked it."""
    views = await side_views(desk, session, twinning)
    protocols = await protocols_of_plan(desk, twinning, session.plan)
    texts = await texts_for(desk, twinning)
    found = problems(session.plan, session.slot_minutes, protocols, texts, largest_of(views))
    if any(problem.blocks for problem in found) or missing_for(session, twinning, views):
        typed.errors["open"] = "not_ready"
        return await _show(desk, session, twinning, typed, status=409)
    left_out = sum(len(view.unanswered) for view in views)
    if left_out and without != str(left_out):
        typed.errors["open"] = "answers_missing"
        return await _show(desk, session, twinning, typed, status=409)
    await desk.parts.people.save_session(session.model_copy(update={"status": "lobby"}))
    await audit(desk, session, LOBBY_OPENED_WITHOUT_SOME if left_out else LOBBY_OPENED)
    raise see_other(f"/sessions/{session.id}/live")


async def _after_planning(desk: Desk, session: LessonSession, form: Form) -> web.Response:
    """A lobby may be taken back to planning; what runs or has run is not changed any more."""
    if str(form.get("do", "")) != "back" or session.status != "lobby":
        raise see_other(f"/sessions/{session.id}?done=not_now")
    await desk.parts.people.save_session(session.model_copy(update={"status": "planned"}))
    await audit(desk, session, LOBBY_TAKEN_BACK)
    raise see_other(f"/sessions/{session.id}?done=taken_back")


async def _with_adult(
    desk: Desk, session: LessonSession, twinning: Twinning, side: SideName, typed: str
) -> LessonSession:
    chosen = session.side(side)
    staff = [s.id for s in await staff_of_side(desk, session, twinning, side)]
    if chosen.adult and chosen.adult not in staff:
        # Their school's class is no longer in the lesson, so its door is closed to them.
        chosen = chosen.model_copy(update={"adult": None})
        session = _with_side(session, chosen)
        await desk.parts.people.save_session(session)
    if typed == (chosen.adult or "") or typed not in staff:
        return session
    await desk.parts.people.set_adult(session.id, side, typed)
    return _with_side(session, chosen.model_copy(update={"adult": typed}))


def _with_side(session: LessonSession, changed: SessionSide) -> LessonSession:
    sides = tuple(changed if s.side == changed.side else s for s in session.sides)
    return session.model_copy(update={"sides": sides})


async def _show(
    desk: Desk,
    session: LessonSession,
    twinning: Twinning,
    typed: TypedPlan,
    *,
    mine: LessonSession | None = None,
    conflict: bool = False,
    status: int = 200,
) -> web.Response:
    """Render the page. What is typed stands in the fields; clocks, minutes and advice are those of what is understood."""
    shown = mine or session
    views = await side_views(desk, shown, twinning)
    largest = largest_of(views)
    texts = await texts_for(desk, twinning)
    protocols = await protocols_of_plan(desk, twinning, shown.plan)
    reckoned = _reckoned(shown, protocols, texts, largest)
    blocked = any(problem.blocks for problem in reckoned["problems"])
    missing = missing_for(session, twinning, views)
    ours = next(v for v in views if v.ours)
    own_classes = [c for c in ours.chosen.classes if c in {g.id for g in ours.classes if g.school == desk.school.id}]
    context: dict[str, Any] = {
        "session": session,
        "twinning": twinning,
        "typed": typed,
        "errors": typed.errors,
        "was": edition(session),
        "views": sorted(views, key=lambda v: not v.ours),
        "ours": ours,
        "theirs": next(v for v in views if not v.ours),
        "clocks": clocks(desk, views, shown.starts_at),
        "ends": clocks(desk, views, shown.starts_at + timedelta(minutes=shown.slot_minutes)),
        "warnings": warned(desk, views, shown),
        "staff": await staff_of_side(desk, shown, twinning, ours.side),
        "own_unanswered": by_class(desk, ours),
        "elsewhere": {v.side: sum(s.school != desk.school.id for s in v.unanswered) for v in views},
        "left_out": sum(len(view.unanswered) for view in views),
        "own_classes": own_classes,
        "takes_part": await desk.takes_part(shown),
        "to_add": _to_add(desk, protocols),
        "newer": _newer(typed, protocols),
        "removed": await shelves_of(desk).removed_from(session.id)
        if desk.request.query.get("done") == "removed"
        else None,
        "focus": desk.request.query.get("at", ""),
        "texts": sorted(texts.values(), key=lambda t: desk.say(t.title)),
        "text": texts.get(typed.text),
        "takes_statements": takes_statements,
        "missing": {(m.code, m.side) for m in missing},
        "ready": not missing and not blocked,
        "minutes_wrong": typed.minutes_wrong,
        "conflict": conflict and await _who_changed(desk, session),
        "differs": differences(session, mine) if conflict and mine else (),
        "tested": await tested(desk, own_classes),
        "may_plan": desk.may("plan_session", twinning=twinning),
        "may_rehearse": may_rehearse(desk, session, twinning, reckoned["problems"]),
        "may_change": desk.may("plan_session", twinning=twinning) and session.status == "planned",
    }
    return desk.render("planning/plan.html", reckoned | context | reading(desk), status)


def _reckoned(
    shown: LessonSession, protocols: dict[str, Protocol], texts: dict[str, Text], largest: int
) -> dict[str, Any]:
    """Return the minutes of a plan and what speaks against it: also for a plan that is typed and not saved."""
    return {
        "shown": shown,
        "protocols": protocols,
        "times": timetable(shown.plan, shown.slot_minutes, protocols, texts, largest),
        "problems": problems(shown.plan, shown.slot_minutes, protocols, texts, largest),
        "arrival": ARRIVAL_MINUTES,
        "close": CLOSE_MINUTES,
        "largest": largest,
    }


def _to_add(desk: Desk, protocols: dict[str, Protocol]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what may be added, by what it is for: (group, [(key, title)]); a school's own stand first, under "own"."""
    known = _newest(protocols)
    newest = {k: p for k, p in protocols.items() if not (own := split_key(k)) or own[1] == known[own[0]]}
    groups = {"own": [(k, desk.say(p.title)) for k, p in newest.items() if split_key(k)]}
    for group in GROUPS:
        groups[group] = [(k, desk.say(p.title)) for k, p in newest.items() if p.group == group and not split_key(k)]
    return [(group, sorted(listed, key=lambda one: one[1])) for group, listed in groups.items() if listed]


async def _who_changed(desk: Desk, session: LessonSession) -> dict[str, str]:
    """Return who changed the plan last, and when, for the reader."""
    changes = [entry for entry in await desk.parts.people.audited(session.id) if entry.what == PLAN_CHANGED]
    if not changes:
        return {"name": "", "at": ""}
    last = max(changes, key=lambda entry: entry.at)
    person = await desk.parts.people.staff(last.who)
    return {"name": desk.say(person.names) if person else "", "at": desk.hour(last.at, desk.school.zone)}
