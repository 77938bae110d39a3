"""The school's shelf of plans: kept under a name, shared with a twinning by choice, and begun from again."""

import secrets
from dataclasses import dataclass
from typing import cast

from aiohttp import web

from server.core.live.protocol import Protocol
from server.core.people.models import School, Twinning
from server.core.twinning.plan import timetable
from server.core.twinning.shelf import LONGEST_NAME, MOST_SHELVED, ShelfPlan
from server.edges.pages.desk import Desk, desk_of, see_other
from server.edges.pages.known import protocols_to_choose, shelves_of
from server.edges.pages.plan_making import shelf_seen
from server.edges.pages.text_shelf import shelf as text_shelf

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Shelved:
    """One plan as the shelf shows it: `minutes` for a room of three; `ours`: of the reader's own school."""

    plan: ShelfPlan
    school: School
    ours: bool
    protocols: list[str]
    text: str
    minutes: float


@routes.get("/plans")
async def shelf(request: web.Request) -> web.Response:
    """List the plans that a lesson can begin from."""
    desk = await desk_of(request)
    twinnings = await desk.parts.people.twinnings_of(desk.school.id)
    context = {
        "shelf": [await _shown(desk, plan, twinnings) for plan in await shelf_seen(desk)],
        "twinnings": [t for t in twinnings if t.status == "active"],
        "may_change": desk.may("change_library"),
        "may_plan": {t.id: desk.may("plan_session", twinning=t) for t in twinnings},
        "renaming": request.query.get("rename", ""),
    }
    return desk.render("planning/shelf.html", context)


@routes.post("/sessions/{session}/shelve")
async def keep_plan(request: web.Request) -> web.Response:
    """Put a lesson's plan on the school's shelf under a name."""
    desk = await desk_of(request)
    session, twinning = await desk.session(request.match_info["session"])
    desk.require("plan_session", twinning=twinning)
    form = await request.post()
    plan = ShelfPlan(
        id=secrets.token_hex(8),
        school=desk.school.id,
        name=_name(str(form.get("name", ""))) or desk.say(session.title)[:LONGEST_NAME],
        title=session.title,
        plan=session.plan,
        slot_minutes=session.slot_minutes,
        twinning=twinning.id if form.get("share") == "on" else None,
        at=desk.now,
        by=desk.staff.id,
    )
    if not await shelves_of(desk).shelve(plan, MOST_SHELVED):
        raise see_other("/plans?done=full")
    raise see_other(f"/plans?done=kept#plan-{plan.id}")


@routes.post("/plans/{plan}")
async def change_kept(request: web.Request) -> web.Response:
    """Rename a plan of one's own school, share it or no longer, or take it from the shelf."""
    desk = await desk_of(request)
    kept = await shelves_of(desk).shelved(request.match_info["plan"])
    if kept is None or kept.school != desk.school.id:
        raise web.HTTPNotFound
    desk.require("change_library")
    form = await request.post()
    wish = str(form.get("do", ""))
    if wish == "remove":
        await shelves_of(desk).unshelve(kept.id)
        raise see_other("/plans?done=removed")
    if wish == "rename" and (name := _name(str(form.get("name", "")))):
        kept = kept.model_copy(update={"name": name})
    if wish == "share":
        wanted = str(form.get("twinning", ""))
        mine = {t.id for t in await desk.parts.people.twinnings_of(desk.school.id)}
        kept = kept.model_copy(update={"twinning": wanted if wanted in mine else None})
    await shelves_of(desk).shelve(kept, MOST_SHELVED)
    raise see_other(f"/plans?done=saved#plan-{kept.id}")


def _name(typed: str) -> str:
    return " ".join(typed.split())[:LONGEST_NAME]


async def _shown(desk: Desk, plan: ShelfPlan, twinnings: list[Twinning]) -> Shelved:
    twinning = next((t for t in twinnings if t.id == plan.twinning), None)
    schools = [s for side in twinning.sides for s in side.schools] if twinning else [plan.school]
    named = await shelves_of(desk).named({part.protocol for part in plan.plan.parts}, schools)
    protocols: dict[str, Protocol] = {**await protocols_to_choose(desk), **named}
    brought = await text_shelf(desk).text(plan.plan.text) if plan.plan.text else None
    texts = {**desk.parts.texts, **({brought.id: brought.text} if brought else {})}
    text = texts.get(plan.plan.text or "")
    return Shelved(
        plan=plan,
        school=cast(School, await desk.parts.people.school(plan.school)),
        ours=plan.school == desk.school.id,
        protocols=[desk.say(protocols[p.protocol].title) for p in plan.plan.parts if p.protocol in protocols],
        text=desk.say(text.title) if text else "",
        minutes=timetable(plan.plan, plan.slot_minutes, protocols, texts, 3).total,
    )
