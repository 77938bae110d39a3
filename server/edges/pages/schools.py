"""A school's own settings: its days and hours, its staff and their invitations, its emergency numbers, its partners."""

import secrets
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import ValidationError

from server.core.people.models import (
    MAX_CLASS_KBITS,
    MIN_CLASS_KBITS,
    AuditEntry,
    ClassGroup,
    Role,
    School,
    SideName,
    Twinning,
    TwinningSide,
)
from server.edges.pages.desk import Desk, desk_of, see_other
from server.edges.pages.home import home_page
from server.edges.pages.plan_form import Form
from server.edges.pages.setting_up import countries, zones

routes = web.RouteTableDef()

INVITATION_LASTS = timedelta(days=7)
ROLES: tuple[Role, ...] = ("teacher", "coordinator", "safety_lead", "admin")
LONGEST_NAME = 80
LONGEST_EMERGENCY = 600

DIRECT_ACCEPTED = "direct_addresses_accepted"
DIRECT_REFUSED = "direct_addresses_refused"


@dataclass
class TypedSchool:
    """The settings as typed, and what is wrong with them by field."""

    fields: dict[str, str]
    days: list[str]
    errors: dict[str, str] = field(default_factory=dict[str, str])


@routes.get("/schools/{school}")
async def settings(request: web.Request) -> web.Response:
    """Show the settings to the school's staff; those who may change them get fields."""
    desk = await _own_desk(request)
    return await _show(desk, _typed_from(desk.school))


@routes.post("/schools/{school}")
async def change_settings(request: web.Request) -> web.Response:
    """Keep the settings when all of them can be understood."""
    desk = await _own_desk(request)
    desk.require("change_school")
    form = cast(Form, await request.post())
    typed = TypedSchool({name: str(value).strip() for name, value in form.items()}, _texts(form, "days"))
    changed = _understood(typed, desk.school)
    if changed is None:
        return await _show(desk, typed, status=422)
    await desk.parts.people.save_school(changed)
    if changed.direct_addresses_accepted != desk.school.direct_addresses_accepted:
        what = DIRECT_ACCEPTED if changed.direct_addresses_accepted else DIRECT_REFUSED
        entry = AuditEntry(at=desk.now, who=desk.staff.id, what=what, school=desk.school.id)
        await desk.parts.people.audit(entry)
    raise see_other(f"/schools/{desk.school.id}?done=saved")


@routes.post("/schools/{school}/invitations")
async def invite(request: web.Request) -> web.Response:
    """Make a one-time link for a colleague and show it once."""
    desk = await _own_desk(request)
    desk.require("invite_staff")
    form = cast(Form, await request.post())
    roles = [role for role in ROLES if role in _texts(form, "roles")]
    typed = _typed_from(desk.school)
    if not roles:
        typed.errors["roles"] = "role_needed"
        return await _show(desk, typed, status=422)
    about = {"school": desk.school.id, "roles": ",".join(roles)}
    return await _show(desk, typed, link=await _link(desk, "staff", about), link_for="staff")


@routes.post("/schools/{school}/partner")
async def invite_partner(request: web.Request) -> web.Response:
    """Begin a twinning and make the one-time link with which the partner school sets up its side."""
    desk = await _own_desk(request)
    desk.require("invite_staff")
    form = cast(Form, await request.post())
    names = {lang: name for lang in ("en", "he") if (name := str(form.get(f"twinning_{lang}", "")).strip())}
    typed = _typed_from(desk.school)
    typed.fields |= {f"twinning_{lang}": name for lang, name in names.items()}
    if not names or any(len(name) > LONGEST_NAME for name in names.values()):
        typed.errors["twinning_en"] = "name_needed" if not names else "too_long"
        return await _show(desk, typed, status=422)
    twinning = Twinning(
        id=secrets.token_hex(8),
        names=names,
        sides=(TwinningSide(side="a", schools=(desk.school.id,)), TwinningSide(side="b", schools=())),
        status="invited",
    )
    await desk.parts.people.save_twinning(twinning)
    link = await school_link(desk, twinning.id, "b")
    return await _show(desk, _typed_from(desk.school), link=link, link_for="partner")


@routes.post("/schools/{school}/classes")
async def make_class(request: web.Request) -> web.Response:
    """Make a class and go to it."""
    desk = await _own_desk(request)
    desk.require("change_class")
    form = cast(Form, await request.post())
    names = {lang: name for lang in ("en", "he") if (name := str(form.get(f"name_{lang}", "")).strip())}
    if not names or any(len(name) > LONGEST_NAME for name in names.values()):
        return await home_page(desk, {"class_name": names, "class_error": True}, status=422)
    group = ClassGroup(id=secrets.token_hex(8), school=desk.school.id, name=names)
    await desk.parts.people.save_class(group)
    raise see_other(f"/classes/{group.id}?done=made")


async def _own_desk(request: web.Request) -> Desk:
    """Return the desk, if the address names the reader's own school; other schools' settings do not exist for them."""
    desk = await desk_of(request)
    if request.match_info["school"] != desk.school.id:
        raise web.HTTPNotFound
    return desk


async def school_link(desk: Desk, twinning: str, side: SideName) -> str:
    """Make the one-time link with which a school comes to a side of a twinning: one that it sets up, or its own."""
    return await _link(desk, "partner", {"twinning": twinning, "side": side, "by": desk.school.id})


async def _link(desk: Desk, kind: str, about: dict[str, str]) -> str:
    token = secrets.token_urlsafe(32)
    await desk.parts.people.new_invitation(token, kind, about, desk.now + INVITATION_LASTS)
    return f"{desk.parts.settings.origin}/invite/{token}"


async def _show(
    desk: Desk, typed: TypedSchool, *, link: str = "", link_for: str = "", status: int = 200
) -> web.Response:
    context = {
        "typed": typed,
        "errors": typed.errors,
        "staff": await desk.parts.people.staff_of(desk.school.id),
        "link": link,
        "link_for": link_for,
        "roles": ROLES,
        "may_change": desk.may("change_school"),
        "may_invite": desk.may("invite_staff"),
        "zones": sorted({*zones(), desk.school.zone}),
        "country_options": [{"value": code, "label": name} for code, name in countries(desk.language).items()],
        "week": (7, 1, 2, 3, 4, 5, 6),
        "weekdays": desk.weekdays(),
    }
    response = desk.render("schools/school.html", context, status)
    if link:
        # The link is shown once and must not be found again with the back button.
        response.headers["Cache-Control"] = "no-store"
    return response


def _typed_from(school: School) -> TypedSchool:
    fields = {
        "name_en": school.names.get("en", ""),
        "name_he": school.names.get("he", ""),
        "place_en": school.place.get("en", ""),
        "place_he": school.place.get("he", ""),
        "zone": school.zone,
        "country": school.country,
        "region": school.region or "",
        "language": school.language,
        "opens": f"{school.opens:%H:%M}",
        "closes": f"{school.closes:%H:%M}",
        "friday_closes": f"{school.friday_closes:%H:%M}" if school.friday_closes else "",
        "diaspora": "diaspora" if school.diaspora else "israel",
        "jewish_calendar": "on" if school.jewish_calendar else "",
        "the_name": school.the_name,
        "direct_addresses": "on" if school.direct_addresses_accepted else "",
        "class_kbits": "" if school.class_kbits is None else str(school.class_kbits),
        "emergency_en": school.emergency.get("en", ""),
        "emergency_he": school.emergency.get("he", ""),
    }
    return TypedSchool(fields, [str(day) for day in school.days])


def _understood(typed: TypedSchool, school: School) -> School | None:
    said, errors = typed.fields, typed.errors
    names, place, emergency = (_wording(said, name) for name in ("name", "place", "emergency"))
    if not names:
        errors["name_en"] = "name_needed"
    for name in ("name_en", "name_he", "place_en", "place_he"):
        if len(said.get(name, "")) > LONGEST_NAME:
            errors[name] = "too_long"
    for name in ("emergency_en", "emergency_he"):
        if len(said.get(name, "")) > LONGEST_EMERGENCY:
            errors[name] = "too_long"
    if not _is_zone(said.get("zone", "")):
        errors["zone"] = "unknown_zone"
    days = tuple(sorted({int(day) for day in typed.days if day in "1234567" and len(day) == 1}))
    if not days:
        errors["days"] = "days_needed"
    opens, closes = _hour(said, "opens", errors), _hour(said, "closes", errors)
    friday = _hour(said, "friday_closes", errors) if said.get("friday_closes") else None
    if opens and closes and opens >= closes:
        errors["closes"] = "closes_before_it_opens"
    if opens and friday and opens >= friday:
        errors["friday_closes"] = "closes_before_it_opens"
    kbits = _kbits(said, errors)
    if errors:
        return None
    changes = {
        "names": names,
        "place": place or names,
        "zone": said["zone"],
        "country": said.get("country") or school.country,
        "region": said.get("region") or None,
        "language": said.get("language") or school.language,
        "days": days,
        "opens": opens,
        "closes": closes,
        "friday_closes": friday,
        "diaspora": said.get("diaspora") != "israel",
        "jewish_calendar": said.get("jewish_calendar") == "on",
        "the_name": said.get("the_name", school.the_name),
        "emergency": emergency,
        "direct_addresses_accepted": said.get("direct_addresses") == "on",
        "class_kbits": kbits,
    }
    try:
        return School.model_validate(school.model_dump() | changes)
    except ValidationError as error:
        # A value that no field of the page can send: hand-made, but still answered beside its field.
        errors.update({str(problem["loc"][0]): "not_understood" for problem in error.errors()})
        return None


def _wording(said: dict[str, str], name: str) -> dict[str, str]:
    return {lang: words for lang in ("en", "he") if (words := said.get(f"{name}_{lang}", ""))}


def _hour(said: dict[str, str], name: str, errors: dict[str, str]) -> time | None:
    try:
        return time.fromisoformat(said.get(name, ""))
    except ValueError:
        errors[name] = "hour_needed"
        return None


def _kbits(said: dict[str, str], errors: dict[str, str]) -> int | None:
    typed = said.get("class_kbits", "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()) or not MIN_CLASS_KBITS <= int(typed) <= MAX_CLASS_KBITS:
        errors["class_kbits"] = "kbits_needed"
        return None
    return int(typed)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return False
    return True


def _texts(form: Form, name: str) -> list[str]:
    return [str(value) for value in form.getall(name, [])]
