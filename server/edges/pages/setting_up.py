"""One-time links: the first school of an installation, a colleague, a school that comes to a side of a twinning."""

import re
from datetime import datetime, time
from functools import lru_cache
from uuid import uuid4
from zoneinfo import available_timezones

import aiohttp_jinja2
from aiohttp import web
from babel import Locale as Names

from server.core.languages import say
from server.core.people.models import AuditEntry, Role, School, SideName, Staff, Twinning
from server.core.people.permissions import may
from server.core.twinning.joining import NotJoining, why_not_join
from server.edges import identity
from server.edges.forms import Form, read_form
from server.edges.limits import LIMITS, LINKS, client_address
from server.edges.locale import CATALOGUES, locale_of
from server.edges.locale import gettext as _
from server.edges.parts import PARTS
from server.edges.problems import Problem

routes = web.RouteTableDef()

FIRST_ROLES: frozenset[Role] = frozenset({"admin", "coordinator", "teacher", "safety_lead"})
PARTNER_ROLES: frozenset[Role] = frozenset({"coordinator", "teacher", "safety_lead"})
KNOWN_ROLES: frozenset[Role] = FIRST_ROLES
SCHOOL_JOINED = "school_joined"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
# CLDR also names places that are no countries: unions, test regions, "unknown".
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


@routes.get("/setup/{token}")
@routes.get("/invite/{token}")
async def welcome(request: web.Request) -> web.Response:
    """Show the form that the link is for; a coordinator who is signed in is first asked about their own school."""
    kind, about = await _invitation(request)
    if kind == "partner" and "another" not in request.query:
        own = await _own_school(request)
        if own is not None:
            return await _page(request, kind, about, Form({}), own=own)
    return await _page(request, kind, about, Form({}))


@routes.post("/setup/{token}")
@routes.post("/invite/{token}")
async def settle(request: web.Request) -> web.Response:
    """Create what the link is for, use the link up and sign in."""
    kind, about = await _invitation(request)
    form = read_form(await request.post())
    if kind == "partner" and form.values.get("do") == "join":
        return await _join_with_own(request, about)
    people = request.app[PARTS].people
    school = None if kind == "staff" else _school(request, form)
    person = _person(form, locale_of(request).language)
    if not form.errors and await people.staff_by_email(person.email):
        form.errors["email"] = _("Somebody is already signed up with this e-mail. Sign in instead, or use another one.")
    if form.errors:
        return await _page(request, kind, about, form, status=422)
    password_hash = await identity.hash_password(form.values["password"])
    if not await people.use_invitation(request.match_info["token"], request.app[PARTS].clock.now()):
        raise _link_is_over()
    if school is not None:
        await people.save_school(school)
    staff = person.model_copy(update={"school": school.id if school else about["school"], "roles": _roles(kind, about)})
    await people.save_staff(staff, password_hash)
    if kind == "partner" and school is not None:
        await _join(request, about, school.id, staff.id)
    response = web.HTTPSeeOther("/home")
    await identity.sign_in_staff(request, response, staff)
    raise response


async def _invitation(request: web.Request) -> tuple[str, dict[str, str]]:
    """Return what the link is for.

    Kinds: "setup" {}; "staff" {school, roles: "teacher,coordinator"}; "partner" {twinning, side: "a" or "b", by: the
    school that sent it}.
    """
    parts = request.app[PARTS]
    now: datetime = parts.clock.now()
    async with request.app[LIMITS].trying(LINKS, client_address(request), now) as attempt:
        found = await parts.people.invitation(request.match_info["token"], now)
        first = request.path.startswith("/setup/")
        if found is None or (found[0] == "setup") != first or found[0] not in ("setup", "staff", "partner"):
            attempt.failed()
            raise _link_is_over()
    if found[0] == "setup" and await parts.people.any_school():
        raise _link_is_over()
    if found[0] == "partner" and await _hindrance(request, found[1], None) is not None:
        raise _link_is_over()
    return found


def _link_is_over() -> Problem:
    return Problem(410, "link_is_over", _("This link has been used or is too old. Ask whoever sent it for a new one."))


async def _join_with_own(request: web.Request, about: dict[str, str]) -> web.Response:
    """Bring the school of the coordinator who is signed in to the side of the link, and use the link up."""
    own = await _own_school(request)
    staff = await identity.staff_of(request)
    if own is None:
        raise web.HTTPForbidden
    if await _hindrance(request, about, own.id) is not None:
        return await _page(request, "partner", about, Form({}), own=own, status=409)
    parts = request.app[PARTS]
    if not await parts.people.use_invitation(request.match_info["token"], parts.clock.now()):
        raise _link_is_over()
    await _join(request, about, own.id, staff.id)
    raise web.HTTPSeeOther(f"/twinnings/{about['twinning']}?done=joined")


async def _own_school(request: web.Request) -> School | None:
    """Return the school for which whoever is signed in here may join a twinning, or None."""
    staff = await identity.signed_in_staff(request)
    if staff is None or not may(staff, "join_twinning", school=staff.school):
        return None
    return await request.app[PARTS].people.school(staff.school)


async def _hindrance(request: web.Request, about: dict[str, str], school: str | None) -> NotJoining | None:
    twinning = await request.app[PARTS].people.twinning(about["twinning"])
    return "ended" if twinning is None else why_not_join(twinning, _side(about), _inviter(twinning, about), school)


def _side(about: dict[str, str]) -> SideName:
    return "a" if about["side"] == "a" else "b"


def _inviter(twinning: Twinning, about: dict[str, str]) -> str:
    """Return the school that sent a link; older links do not say, and all of them were sent across."""
    across = [school for side in twinning.sides if side.side != about["side"] for school in side.schools]
    return about.get("by") or (across[0] if across else "")


async def _join(request: web.Request, about: dict[str, str], school: str, staff: str) -> None:
    parts = request.app[PARTS]
    await parts.people.join_twinning(about["twinning"], _side(about), school)
    joined = AuditEntry(at=parts.clock.now(), who=staff, what=SCHOOL_JOINED, school=school, about=about["twinning"])
    await parts.people.audit(joined)


def _roles(kind: str, about: dict[str, str]) -> frozenset[Role]:
    match kind:
        case "setup":
            return FIRST_ROLES
        case "partner":
            return PARTNER_ROLES
        case _:
            wanted = set(about.get("roles", "teacher").split(","))
            return frozenset(role for role in KNOWN_ROLES if role in wanted)


def _person(form: Form, language: str) -> Staff:
    names = form.wording("name", _("Please write the name in at least one alphabet."))
    email = form.text("email", _("Please write an e-mail address."))
    if email and not _EMAIL.fullmatch(email):
        form.errors["email"] = _("This does not look like an e-mail address.")
    password = form.values.get("password", "")
    if not identity.SHORTEST_PASSWORD <= len(password) <= identity.LONGEST_PASSWORD:
        form.errors["password"] = _("Please choose at least 12 characters; a sentence is easy to remember.")
    return Staff(id=uuid4().hex, school="", email=email, names=names, roles=frozenset(), language=language)


def _school(request: web.Request, form: Form) -> School:
    names = form.wording("school", _("Please write the school's name in at least one alphabet."))
    place = form.wording("place", _("Please write the place in at least one alphabet."))
    country = form.choice("country", countries(locale_of(request).language), _("Please choose a country."))
    zone = form.choice("zone", zones(), _("Please choose a time zone."))
    language = form.choice("language", request.app[CATALOGUES].languages, _("Please choose a language."))
    in_israel = country == "IL"
    return School(
        id=uuid4().hex,
        names=names,
        place=place,
        zone=zone,
        country=country,
        language=language,
        days=(7, 1, 2, 3, 4, 5) if in_israel else (1, 2, 3, 4, 5),
        friday_closes=time(12, 30) if in_israel else None,
        diaspora=not in_israel,
        jewish_calendar=form.values.get("jewish_calendar") == "yes",
    )


async def _page(
    request: web.Request, kind: str, about: dict[str, str], form: Form, *, own: School | None = None, status: int = 200
) -> web.Response:
    people = request.app[PARTS].people
    here = await people.school(about["school"]) if kind == "staff" else None
    twinning = await people.twinning(about["twinning"]) if kind == "partner" else None
    sides = twinning.sides if twinning else ()
    other = [s for side in sides if side.side != about["side"] for s in side.schools]
    beside = [s for side in sides if side.side == about["side"] for s in side.schools]
    language = locale_of(request).language
    named = countries(language)
    context: dict[str, object] = {
        "kind": kind,
        "school": here,
        "partners": await people.schools(other),
        "beside": await people.schools(beside),
        "twinning": twinning,
        "own": own,
        "already_here": own is not None and own.id in {*other, *beside},
        "signed_in": await identity.signed_in_staff(request) is not None,
        "may_join": await _own_school(request) is not None,
        "form": form,
        "say": say,
        "countries": [{"value": "", "label": "—"}, *({"value": c, "label": n} for c, n in named.items())],
        "zones": [{"value": "", "label": "—"}, *({"value": z, "label": z.replace("_", " ")} for z in zones())],
    }
    return aiohttp_jinja2.render_template("entrance/setting_up.html", request, context, status=status)


@lru_cache
def countries(language: str) -> dict[str, str]:
    """Return country codes with their names in `language`, by name."""
    territories: dict[str, str] = dict(Names.parse(language).territories)  # pyright: ignore[reportUnknownArgumentType]
    real = {c: n for c, n in territories.items() if re.fullmatch("[A-Z]{2}", c) and c not in _NO_COUNTRIES}
    return dict(sorted(real.items(), key=lambda pair: pair[1]))


@lru_cache
def zones() -> tuple[str, ...]:
    """Return the time zones that are named after places."""
    regions = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return tuple(sorted(zone for zone in available_timezones() if zone.startswith(regions)))
