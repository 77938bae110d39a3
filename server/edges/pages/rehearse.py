"""Test our classroom: a device's side of a rehearsal. It has a number and a key of its own; nobody is asked for a name."""

import secrets
from typing import Annotated

import aiohttp_jinja2
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.core.languages import direction
from server.core.people.codes import normalise_code
from server.core.rehearsal import Rehearsal, Report, browser_of, phase_of, seconds_left
from server.edges.api import as_json
from server.edges.limits import CODES, LIMITS, TooManyTries, client_address
from server.edges.locale import CATALOGUES, locale_of, speak
from server.edges.locale import gettext as _
from server.edges.pages.live import ICE, accepts_direct
from server.edges.pages.rehearsal import CREDENTIAL_SECONDS, REHEARSALS, count_if_due
from server.edges.pages.scripts import script_json
from server.edges.parts import PARTS
from server.edges.problems import Problem
from server.edges.security import import_map_script

routes = web.RouteTableDef()

MOST_BYTES = 4096
LONGEST_CODE = 40
KEY_BYTES = 32


class Said(BaseModel):
    """What a device sends: the key of its number, and, if anything has changed, all it knows of itself."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, Field(min_length=1, max_length=100)]
    report: Report | None = None


@routes.get("/rehearse")
async def code_page(request: web.Request) -> web.Response:
    """Where the code on the teacher's screen is typed."""
    return _code_form(request)


@routes.post("/rehearse")
async def code_typed(request: web.Request) -> web.Response:
    """Send a code that can be one to its page."""
    typed = str((await request.post()).get("code", "")).strip()[:LONGEST_CODE]
    code = normalise_code(typed)
    if code is None:
        return _code_form(request, typed, _("A code has nine letters and digits, like KMT-4RX-9PA."), 422)
    raise web.HTTPSeeOther(f"/rehearse/{code}")


@routes.get("/rehearse/{code}")
async def device_page(request: web.Request) -> web.Response:
    """The shell of a device's page. Looking joins nobody: link previews look too."""
    rehearsal = await _by_code(request)
    if rehearsal is None:
        error = _("No rehearsal is open under this code. Please compare it with the teacher’s screen.")
        return _code_form(request, request.match_info["code"], error, 404)
    people = request.app[PARTS].people
    group = await people.class_group(rehearsal.class_id)
    school = await people.school(group.school) if group else None
    if school is not None:
        speak(request, school.language)
    language = locale_of(request).language
    boot = {
        "language": language,
        "dir": direction(language),
        "languages": [one for one in request.app[CATALOGUES].named() if one["code"] != language],
        "here": request.path,
        "rehearsal": rehearsal.id,
        "socket": "/socket.io/",
    }
    context = {
        "page_title": _("Testing the classroom"),
        "page": "rehearse",
        "importmap_script": import_map_script(request.app),
        "boot_json": script_json(boot),
        "entry": "/static/js/pages/rehearse.mjs",
    }
    return aiohttp_jinja2.render_template("live.html", request, context)


@routes.post("/rehearse/{code}/devices")
async def join(request: web.Request) -> web.Response:
    """Give this device a number, and a key that shows it is the same device."""
    rehearsal = await _by_code(request)
    if rehearsal is None:
        raise _over()
    key = secrets.token_urlsafe(KEY_BYTES)
    browser = browser_of(request.headers.get("User-Agent", ""))
    number = await request.app[REHEARSALS].join(rehearsal, key, browser, request.app[PARTS].clock.now())
    if number is None:
        raise Problem(409, "rehearsal_is_full", _("There are as many devices in this rehearsal as it takes."))
    return as_json({"number": number, "key": key})


@routes.post("/rehearse/{code}/devices/{number:[0-9]{1,3}}")
async def report(request: web.Request) -> web.Response:
    """Hear what a device has found, and tell it what is under way."""
    rehearsal, said = await _open(request), await _said(request)
    store, now = request.app[REHEARSALS], request.app[PARTS].clock.now()
    match await store.hear(rehearsal, _number(request), said.key, said.report, now):
        case "too_soon":
            raise TooManyTries(1)
        case "unknown":
            raise web.HTTPForbidden
        case "kept":
            pass
    phase = phase_of(rehearsal, now)
    if phase == "told" and rehearsal.round != rehearsal.counted:
        await count_if_due(request, rehearsal, await store.devices(rehearsal))
    return as_json({"phase": phase, "round": rehearsal.round, "seconds_left": seconds_left(rehearsal, now)})


@routes.post("/rehearse/{code}/devices/{number:[0-9]{1,3}}/ice")
async def ice(request: web.Request) -> web.Response:
    """Give the ways that a lesson would use; the relay's credential belongs to this device and lives for ten minutes."""
    rehearsal, said = await _open(request), await _said(request)
    if not await request.app[REHEARSALS].knows(rehearsal, _number(request), said.key):
        raise web.HTTPForbidden
    group = await request.app[PARTS].people.class_group(rehearsal.class_id)
    if group is None:
        raise _over()
    number, test = str(_number(request)), f"rehearsal-{rehearsal.id[:12]}"
    direct = await accepts_direct(request, group.school)
    return as_json(request.app[ICE].for_person(number, test, accepts_direct=direct, seconds=CREDENTIAL_SECONDS))


def _number(request: web.Request) -> int:
    return int(request.match_info["number"])


async def _open(request: web.Request) -> Rehearsal:
    """Return the rehearsal of a device that was here before. A code that opens none any more costs no try: a class whose
    rehearsal has ended must not close the school's door to codes."""
    code = normalise_code(request.match_info["code"])
    rehearsal = await request.app[REHEARSALS].by_code(code) if code else None
    if rehearsal is None or phase_of(rehearsal, request.app[PARTS].clock.now()) == "over":
        raise _over()
    return rehearsal


async def _said(request: web.Request) -> Said:
    if (request.content_length or 0) > MOST_BYTES or len(body := await request.read()) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(max_size=MOST_BYTES, actual_size=MOST_BYTES + 1)
    try:
        return Said.model_validate_json(body)
    except ValidationError:
        raise web.HTTPBadRequest from None


async def _by_code(request: web.Request) -> Rehearsal | None:
    """Return the open rehearsal whose code stands in the address; a wrong code costs a try."""
    code = normalise_code(request.match_info["code"])
    if code is None:
        return None
    now = request.app[PARTS].clock.now()
    async with request.app[LIMITS].trying(CODES, client_address(request), now) as attempt:
        found = await request.app[REHEARSALS].by_code(code)
        if found is None:
            attempt.failed()
    return found if found and phase_of(found, now) != "over" else None


def _over() -> Problem:
    return Problem(410, "rehearsal_is_over", _("This rehearsal is over. The teacher can begin a new one."))


def _code_form(request: web.Request, typed: str = "", error: str = "", status: int = 200) -> web.Response:
    context = {"typed": typed[:LONGEST_CODE], "error": error}
    return aiohttp_jinja2.render_template("rehearsal/code.html", request, context, status=status)
