"""Test our classroom: the teacher's side of a rehearsal with the real devices, its verdict, and a page for the school's IT."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import segno
from aiohttp import web

from server.core.languages import COMPLETE, direction
from server.core.people.codes import shown_code
from server.core.people.models import ClassGroup
from server.core.rehearsal import (
    ENOUGH_FOR_VIDEO,
    ENOUGH_FOR_VOICE,
    MOST_DEVICES,
    Device,
    Phase,
    Rehearsal,
    Relaying,
    Result,
    Transport,
    is_here,
    phase_of,
    result_of,
    seconds_left,
    took_part,
)
from server.edges.pages.desk import Desk, desk_of, see_other
from server.edges.pages.live import ICE, accepts_direct
from server.edges.parts import PARTS
from server.ports.rehearsals import Rehearsals

routes = web.RouteTableDef()

REHEARSALS: Final[web.AppKey[Rehearsals]] = web.AppKey("rehearsals", Rehearsals)
CREDENTIAL_SECONDS = 600
TRANSPORTS: Final[tuple[Transport, ...]] = ("udp", "tcp", "tls")
DEFAULT_PORTS: Final = {"turn": 3478, "turns": 5349}


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing that a school's firewall must let out. `what`: "pages" or the transport to the relay."""

    what: str
    host: str
    port: int
    protocol: str


@dataclass(frozen=True, slots=True)
class Tested:
    """The newest result of a class as other pages mention it."""

    result: Result
    days: int


@routes.get("/classes/{group}/rehearsal")
async def rehearsal_page(request: web.Request) -> web.Response:
    """Show what to do now: begin, wait for devices, let all send at once, or read the verdict."""
    desk, group = await _tester(request)
    store = request.app[REHEARSALS]
    rehearsal = await store.of_class(group.id)
    phase: Phase = phase_of(rehearsal, desk.now) if rehearsal else "over"
    devices = await store.devices(rehearsal) if rehearsal and phase != "over" else []
    if rehearsal is not None:
        await count_if_due(request, rehearsal, devices)
    context: dict[str, object] = {
        "group": group,
        "rehearsal": rehearsal,
        "phase": phase,
        "devices": devices,
        "here": [d.number for d in devices if is_here(d, desk.now)],
        "ready": [d.number for d in devices if is_here(d, desk.now) and d.report.tried],
        "seconds_left": seconds_left(rehearsal, desk.now) if rehearsal else 0,
        "code": shown_code(store.code_of(rehearsal)) if rehearsal else "",
        "host": desk.parts.settings.origin.split("://", 1)[-1],
        "ends": desk.clock(rehearsal.expires, desk.school).time if rehearsal else "",
        "last": (await tested(desk, [group.id])).get(group.id),
        "relaying": await relaying_of(request, group),
        "most": MOST_DEVICES,
        **_figures(),
    }
    return desk.render("rehearsal/class.html", context)


@routes.post("/classes/{group}/rehearsal")
async def begin(request: web.Request) -> web.Response:
    """Open the door for devices, under a new code."""
    desk, group = await _tester(request)
    await request.app[REHEARSALS].open(group.id, desk.now)
    raise see_other(f"/classes/{group.id}/rehearsal")


@routes.post("/classes/{group}/rehearsal/together")
async def all_at_once(request: web.Request) -> web.Response:
    """Let all devices send at the same time; pressed twice, they send once."""
    desk, group = await _tester(request)
    store = request.app[REHEARSALS]
    rehearsal = await store.of_class(group.id)
    if rehearsal is not None and phase_of(rehearsal, desk.now) in ("gathering", "told"):
        await store.begin_round(rehearsal, desk.now)
    raise see_other(f"/classes/{group.id}/rehearsal")


@routes.post("/classes/{group}/rehearsal/end")
async def end(request: web.Request) -> web.Response:
    """Close the door; devices and their figures are forgotten, the verdict stays."""
    _desk, group = await _tester(request)
    store = request.app[REHEARSALS]
    rehearsal = await store.of_class(group.id)
    if rehearsal is not None:
        await count_if_due(request, rehearsal, await store.devices(rehearsal))
    await store.end(group.id)
    raise see_other(f"/classes/{group.id}/rehearsal")


@routes.get("/classes/{group}/rehearsal/code.svg")
async def qr(request: web.Request) -> web.Response:
    """Draw the QR of the way in for devices."""
    desk, group = await _tester(request)
    store = request.app[REHEARSALS]
    rehearsal = await store.of_class(group.id)
    if rehearsal is None or phase_of(rehearsal, desk.now) == "over":
        raise web.HTTPNotFound
    drawn = io.BytesIO()
    segno.make(f"{desk.parts.settings.origin}/rehearse/{store.code_of(rehearsal)}", error="m", micro=False).save(
        drawn, kind="svg", border=2, scale=4, omitsize=True, xmldecl=False, svgns=True
    )
    return web.Response(body=drawn.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@routes.get("/classes/{group}/rehearsal/it")
async def for_it(request: web.Request) -> web.Response:
    """Say to whoever looks after the network what was tried, what came of it, and what must be open."""
    desk, group = await _tester(request)
    last = (await tested(desk, [group.id])).get(group.id)
    order = [desk.school.language, *(language for language in COMPLETE if language != desk.school.language)]
    ice = request.app[ICE].for_person("it", "rehearsal", accepts_direct=await accepts_direct(request, group.school))
    context = {
        "group": group,
        "last": last,
        "at": desk.clock(last.result.at, desk.school) if last else None,
        "openings": openings(desk.parts.settings.origin, ice),
        "relaying": await relaying_of(request, group),
        "voices": [(language, direction(language), desk.voice(language)) for language in order],
        "transports": TRANSPORTS,
        **_figures(),
    }
    return desk.render("rehearsal/it.html", context)


async def tested(desk: Desk, classes: Sequence[str]) -> dict[str, Tested]:
    """Return the newest result of each class, with its age in days on the reader's calendar."""
    zone = ZoneInfo(desk.school.zone)
    today = desk.now.astimezone(zone).date()
    return {
        class_id: Tested(result, (today - result.at.astimezone(zone).date()).days)
        for class_id, result in (await desk.request.app[REHEARSALS].results(classes)).items()
    }


async def count_if_due(request: web.Request, rehearsal: Rehearsal, devices: Sequence[Device]) -> None:
    """Keep the verdict on a round that is over, whoever asks first: the teacher's page or a device."""
    parts = request.app[PARTS]
    now = parts.clock.now()
    if rehearsal.round == rehearsal.counted or phase_of(rehearsal, now) not in ("told", "over"):
        return
    group = await parts.people.class_group(rehearsal.class_id)
    part = took_part(rehearsal, devices)
    if group is None or not part:
        return
    children = len(await parts.people.students_in([group.id]))
    relaying = await relaying_of(request, group)
    result = result_of(part, relaying, round_=rehearsal.round, children=children, now=now)
    await request.app[REHEARSALS].keep_result(rehearsal, result)


async def relaying_of(request: web.Request, group: ClassGroup) -> Relaying:
    """Return how the calls of a class go."""
    ice = request.app[ICE].for_person("test", "rehearsal", accepts_direct=await accepts_direct(request, group.school))
    if not ice["video"]:
        return "off"
    return "relay" if ice["iceTransportPolicy"] == "relay" else "direct"


def openings(origin: str, ice: Mapping[str, object]) -> list[Opening]:
    """Return what must be open from the school to the world: our pages, and each address of the relay."""
    ours = urlsplit(origin)
    port = ours.port or (443 if ours.scheme == "https" else 80)
    found = [Opening("pages", ours.hostname or "", port, "TCP")]
    servers = ice.get("iceServers")
    for server in servers if isinstance(servers, list) else ():  # pyright: ignore[reportUnknownVariableType]
        for url in server["urls"]:  # pyright: ignore[reportUnknownVariableType]
            if (opening := _relay_opening(str(url))) is not None:  # pyright: ignore[reportUnknownArgumentType]
                found.append(opening)
    return found


def _relay_opening(url: str) -> Opening | None:
    """Read turn:host:port?transport=tcp (RFC 7065)."""
    scheme, _, rest = url.partition(":")
    if scheme not in DEFAULT_PORTS:
        return None
    where, _, query = rest.partition("?")
    there = urlsplit(f"//{where}")
    transport = "tls" if scheme == "turns" else "tcp" if query == "transport=tcp" else "udp"
    return Opening(
        transport, there.hostname or "", there.port or DEFAULT_PORTS[scheme], "UDP" if transport == "udp" else "TCP"
    )


def _figures() -> dict[str, object]:
    return {"enough": {"video": ENOUGH_FOR_VIDEO, "voice": ENOUGH_FOR_VOICE}}


async def _tester(request: web.Request) -> tuple[Desk, ClassGroup]:
    desk = await desk_of(request)
    group = await desk.own_class(request.match_info["group"])
    desk.require("test_class")
    return desk, group
