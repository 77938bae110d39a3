"""Links for a substitute and for a guest: made, agreed to and taken back by the lesson's teachers; and the bearer's own pages."""

import secrets
from functools import partial
from typing import cast
from uuid import uuid4

import aiohttp_jinja2
from aiohttp import web

from server.core.languages import direction, say
from server.core.live.refusals import Refused
from server.core.people.models import AuditEntry, LessonSession, SideName, Staff
from server.core.people.passes import MOST_PASSES, Pass, clean_name, expires_at
from server.edges import identity
from server.edges.api import as_json
from server.edges.limits import LIMITS, LINKS, client_address
from server.edges.locale import gettext as _
from server.edges.locale import locale_of
from server.edges.pages.live import ICE, accepts_direct, known_people, lesson_boot, lesson_of, teacher_boot
from server.edges.pages.media import MEDIA, way_answer
from server.edges.pages.scripts import script_json
from server.edges.parts import PARTS
from server.edges.passes import PASSES, bearer_of, let_in, pass_path, put_out
from server.edges.problems import Problem
from server.edges.security import import_map_script

routes = web.RouteTableDef()


# -- the lesson's teachers --------------------------------------------------------------------------------------------


@routes.post("/sessions/{session}/passes")
async def make(request: web.Request) -> web.Response:
    """Make a link; it is shown this once. A substitute's works at once, a guest's with the other side's yes."""
    staff, lesson, side = await _host(request)
    form = await request.post()
    kind, name = str(form.get("kind", "")), clean_name(form.get("name", ""))
    if kind not in ("substitute", "guest") or name is None:
        return _refused(422, "no_name", _("Type the name by which this person signs: at least two letters."))
    now = request.app[PARTS].clock.now()
    passes = request.app[PASSES]
    if lesson.status == "closed":
        return _refused(409, "not_running", _("This lesson is over."))
    if sum(one.holds(now) or one.waits(now) for one in await passes.of_session(lesson.id)) >= MOST_PASSES:
        return _refused(409, "too_many_passes", _("There are many links for this lesson already. Take one back first."))
    token = secrets.token_urlsafe(32)
    one = Pass(
        id=f"pass-{uuid4().hex[:20]}",
        kind="guest" if kind == "guest" else "substitute",
        session=lesson.id,
        side=side,
        school=staff.school,
        name=name,
        made_by=staff.id,
        made_at=now,
        expires=expires_at(lesson, now),
    )
    await passes.make(one, token)
    await _write_down(request, staff.id, staff.school, f"{one.kind}_link_made", one)
    await request.app[PARTS].live.adults_changed(lesson.id)
    return as_json({"ok": True, "id": one.id, "link": f"{request.app[PARTS].settings.origin}/pass/{token}"}, status=201)


@routes.post("/sessions/{session}/passes/{number}/agree")
async def agree(request: web.Request) -> web.Response:
    """Give the other side's yes to a guest."""
    staff, lesson, side = await _host(request)
    one = await _pass_of(request, lesson)
    if one.kind != "guest" or one.side == side:
        return _refused(403, "not_allowed", _("The other school’s teacher says yes to a guest."))
    if not await request.app[PASSES].agree(one.id, staff.id):
        return _refused(409, "somebody_was_faster", _("Somebody else did this a moment before you."))
    await _write_down(request, staff.id, staff.school, "guest_agreed", one)
    await request.app[PARTS].live.adults_changed(lesson.id)
    return as_json({"ok": True})


@routes.post("/sessions/{session}/passes/{number}/revoke")
async def revoke(request: web.Request) -> web.Response:
    """Take a link back, or say no to a guest: either side may, and the page closes at once."""
    staff, lesson, _side = await _host(request)
    one = await _pass_of(request, lesson)
    parts = request.app[PARTS]
    if await request.app[PASSES].revoke(one.id, staff.id, parts.clock.now()):
        await _write_down(request, staff.id, staff.school, f"{one.kind}_link_ended", one)
        await put_out(request, one)
        await parts.live.adults_changed(lesson.id)
    return as_json({"ok": True})


async def _host(request: web.Request) -> tuple[Staff, LessonSession, SideName]:
    staff = await identity.staff_of(request)
    lesson = await lesson_of(request, staff, request.match_info["session"])
    twinning = await request.app[PARTS].people.twinning(lesson.twinning)
    side = twinning.side_of(staff.school) if twinning else None
    if side is None:
        raise web.HTTPNotFound
    return staff, lesson, side


async def _pass_of(request: web.Request, lesson: LessonSession) -> Pass:
    one = await request.app[PASSES].get(request.match_info["number"])
    if one is None or one.session != lesson.id:
        raise web.HTTPNotFound
    return one


def _refused(status: int, code: str, message: str) -> web.Response:
    return as_json({"ok": False, "code": code, "message": message}, status=status)


async def _write_down(request: web.Request, who: str, school: str, what: str, one: Pass) -> None:
    parts = request.app[PARTS]
    entry = AuditEntry(at=parts.clock.now(), who=who, what=what, school=school, session=one.session, about=one.id)
    await parts.people.audit(entry)


# -- the bearer -------------------------------------------------------------------------------------------------------


@routes.get("/pass/{token}")
async def welcome(request: web.Request) -> web.Response:
    """Say who is expected, and to which lesson; nothing of the lesson is shown yet."""
    return await _welcome_page(request, await _by_link(request))


@routes.post("/pass/{token}")
async def come_in(request: web.Request) -> web.Response:
    """Let this device bear the pass, and no other."""
    one = await _by_link(request)
    if not one.holds(request.app[PARTS].clock.now()):
        return await _welcome_page(request, one)
    response = web.HTTPSeeOther(pass_path(one.id))
    await let_in(request, response, one)
    await _write_down(request, one.id, one.school, f"{one.kind}_came", one)
    raise response


@routes.get("/p/{pass}/")
async def live_page(request: web.Request) -> web.Response:
    """The shell of a substitute's board, or of a guest's view."""
    one, lesson = await _bearer(request)
    if lesson.status == "planned":
        return await _welcome_page(request, one, here=True)
    guest = one.kind == "guest"
    boot = await (_guest_boot(request, one, lesson) if guest else _substitute_boot(request, one, lesson))
    context = {
        "page_title": say(lesson.title, locale_of(request).language),
        "page": "guest" if guest else "board",
        "importmap_script": import_map_script(request.app),
        "boot_json": script_json(boot),
        "entry": f"/static/js/pages/{'guest' if guest else 'teacher'}.mjs",
    }
    return aiohttp_jinja2.render_template("live.html", request, context)


@routes.get("/p/{pass}/people")
async def people_now(request: web.Request) -> web.Response:
    """The learners again, for a substitute's page."""
    one, lesson = await _substitute(request)
    return as_json(await known_people(request, lesson, one.school))


@routes.get("/p/{pass}/ice")
async def ice(request: web.Request) -> web.Response:
    """Ways to other browsers, for a visiting substitute."""
    one, lesson = await _substitute(request)
    accepts = await accepts_direct(request, one.school)
    return as_json(request.app[ICE].for_person(one.id, lesson.id, accepts_direct=accepts))


@routes.get("/p/{pass}/media")
async def media(request: web.Request) -> web.Response:
    """A substitute's way to pictures and sound: as a teacher's."""
    one, lesson = await _substitute(request)
    try:
        return way_answer(
            await request.app[MEDIA].for_teacher(lesson.id, one.id, request.query.get("place", "plenary"))
        )
    except Refused:
        raise Problem(409, "not_running", _("There is no call to join just now.")) from None


@routes.post("/p/{pass}/leave")
async def leave(request: web.Request) -> web.Response:
    """Give the pass back on this device; the link works again while it holds."""
    one, _lesson = await _bearer(request)
    await put_out(request, one)
    raise web.HTTPSeeOther("/")


async def _by_link(request: web.Request) -> Pass:
    now = request.app[PARTS].clock.now()
    async with request.app[LIMITS].trying(LINKS, client_address(request), now) as attempt:
        one = await request.app[PASSES].by_token(request.match_info["token"])
        if one is None or not (one.holds(now) or one.waits(now)):
            attempt.failed()
            raise _over()
    return one


async def _bearer(request: web.Request) -> tuple[Pass, LessonSession]:
    one = await bearer_of(request)
    lesson = await request.app[PARTS].people.session(one.session) if one else None
    if one is None or lesson is None:
        raise _over()
    return one, lesson


async def _substitute(request: web.Request) -> tuple[Pass, LessonSession]:
    one, lesson = await _bearer(request)
    if one.kind != "substitute":
        raise web.HTTPForbidden
    return one, lesson


def _over() -> Problem:
    return Problem(
        410,
        "link_is_over",
        _("This link does not open the lesson any more, or it is open on another device. Ask whoever sent it."),
    )


async def _welcome_page(request: web.Request, one: Pass, *, here: bool = False) -> web.Response:
    parts = request.app[PARTS]
    lesson = await parts.people.session(one.session)
    school = await parts.people.school(one.school)
    context = {
        "one": one,
        "lesson": lesson,
        "school": school,
        "say": partial(say, language=locale_of(request).language),
        "waits": one.waits(parts.clock.now()),
        "here": here,
        "again": pass_path(one.id) if here else request.path,
    }
    return aiohttp_jinja2.render_template("entrance/pass.html", request, context)


async def _substitute_boot(request: web.Request, one: Pass, lesson: LessonSession) -> dict[str, object]:
    here = pass_path(one.id)
    bearer = Staff(id=one.id, school=one.school, email="", names={"en": one.name}, roles=frozenset())
    return {
        **await teacher_boot(request, bearer, lesson),
        "substitute": True,
        "socket": f"{here}socket.io/",
        "ice": f"{here}ice",
        "media_way": f"{here}media?place=",
        # No plan, no review, no desk: this lesson is all there is.
        "urls": {"plan": "", "people": f"{here}people", "review": "", "home": "/"},
        "passes": "",
        "fill": "",
    }


async def _guest_boot(request: web.Request, one: Pass, lesson: LessonSession) -> dict[str, object]:
    language = locale_of(request).language
    sides = cast(dict[str, dict[str, object]], (await lesson_boot(request, lesson, one.school))["sides"])
    return {
        "role": "guest",
        "name": one.name,
        "side": one.side,
        "language": language,
        "dir": direction(language),
        "session": lesson.id,
        "title": lesson.title,
        # Adults' names stay out, like all others.
        "sides": {side: {**about, "adult": None} for side, about in sides.items()},
        "socket": f"{pass_path(one.id)}socket.io/",
        "leave": f"{pass_path(one.id)}leave",
    }
