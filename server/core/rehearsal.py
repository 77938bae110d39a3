"""A rehearsal of the classroom: what its devices report, which part of it is under way, and what follows for the lesson."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Annotated, Final, Literal

from pydantic import Field

from server.core.people.models import Record

MOST_DEVICES = 60
LIFE = timedelta(hours=2)
TOGETHER = timedelta(seconds=24)
"""All devices send at once for this long: the first third is the way up to full speed and is not counted."""
LAST_WORDS = timedelta(seconds=5)
"""Reports come every two seconds; who was in the middle of one is waited for."""
GONE_AFTER = timedelta(seconds=15)

ENOUGH_FOR_VIDEO = 250
"""Kbit/s each way for 360 lines that children can read a face from (the lesson itself sends at most 400)."""
ENOUGH_FOR_VOICE = 40
"""Kbit/s each way for one Opus voice with its headers."""
MOST_LOST = 0.08
MOST_ROUND_TRIP = 700
MOST = 0.8
"""The share of devices that decides for the class: single weak ones go over to voice by themselves during a lesson."""

Mark = Literal["works", "refused", "missing", "busy", "insecure", "unasked"]
Transport = Literal["udp", "tcp", "tls", "direct"]
Relaying = Literal["relay", "direct", "off"]
"""How calls go here: through a relay, directly because the school accepted that, or not at all."""
Carries = Literal["video", "audio", "writing"]
Verdict = Literal["video", "audio", "writing", "nothing"]
"""What the class is told it can do; "nothing": the lesson page itself could not keep its connection."""
Phase = Literal["gathering", "together", "counting", "told", "over"]
ReasonCode = Literal[
    "no_relay",
    "relay_blocked",
    "bandwidth",
    "loss",
    "delay",
    "slow_device",
    "lost",
    "insecure",
    "camera_refused",
    "camera_missing",
    "microphone",
    "sockets_blocked",
    "direct_only",
    "few_devices",
]
REASONS: Final[tuple[ReasonCode, ...]] = ReasonCode.__args__


class Way(Record):
    """One way to the relay (or directly), as a device tried it. `ms`: until the call stood."""

    transport: Transport
    ok: bool
    ms: Annotated[int, Field(ge=0, le=120_000)] | None = None


class Measured(Record):
    """What one device reached while all sent at once: kbit/s, ms, share of packets lost, and what held the picture back."""

    round: Annotated[int, Field(ge=1, le=10_000)]
    up: Annotated[int, Field(ge=0, le=1_000_000)]
    down: Annotated[int, Field(ge=0, le=1_000_000)]
    round_trip: Annotated[int, Field(ge=0, le=120_000)] | None = None
    lost: Annotated[float, Field(ge=0, le=1)] = 0.0
    limited: Literal["none", "bandwidth", "cpu"] = "none"


class Report(Record):
    """All that a device says of itself: no name, no picture, no sound, no address."""

    camera: Mark = "unasked"
    microphone: Mark = "unasked"
    socket: bool | None = None
    ways: Annotated[tuple[Way, ...], Field(max_length=8)] = ()
    tried: bool = False
    measured: Measured | None = None


class Device(Record):
    """One device of a rehearsal. `browser`: its family and version only."""

    number: int
    browser: str
    seen: datetime
    report: Report = Report()


class Rehearsal(Record):
    """One rehearsal of a class. `round`: how often all have sent at once; `counted`: the last round with a verdict."""

    id: str
    class_id: str
    opened: datetime
    expires: datetime
    round: int = 0
    together_at: datetime | None = None
    counted: int = 0


class Reason(Record):
    """Why the verdict is what it is: for how many devices, and the figure that belongs to it (kbit/s, ms, percent)."""

    code: ReasonCode
    devices: int
    number: int = 0


class Tried(Record):
    """How many devices tried something, and for how many it worked."""

    ok: int
    tried: int


class Spread(Record):
    """The lowest of several figures, and the middle one."""

    lowest: int
    middle: int


class Result(Record):
    """What is kept of a rehearsal: counts and figures of the class, nothing of any one device."""

    at: datetime
    carries: Verdict
    devices: int
    able: int
    relaying: Relaying
    reasons: tuple[Reason, ...] = ()
    ways: dict[Transport, Tried] = {}
    sockets: Tried = Tried(ok=0, tried=0)
    up: Spread | None = None
    down: Spread | None = None
    round_trip: int | None = None
    total: int = 0
    browsers: dict[str, int] = {}


def phase_of(rehearsal: Rehearsal, now: datetime) -> Phase:
    """Return what is under way: a function of the time, so that nobody has to end anything."""
    if now >= rehearsal.expires:
        return "over"
    if rehearsal.together_at is None:
        return "gathering"
    since = now - rehearsal.together_at
    if since < TOGETHER:
        return "together"
    return "counting" if since < TOGETHER + LAST_WORDS else "told"


def seconds_left(rehearsal: Rehearsal, now: datetime) -> int:
    """Return how long all still send at once."""
    if rehearsal.together_at is None:
        return 0
    return max(0, round((rehearsal.together_at + TOGETHER - now).total_seconds()))


def took_part(rehearsal: Rehearsal, devices: Iterable[Device]) -> list[Device]:
    """Return the devices that were here when all began to send: one that left before belongs to no verdict."""
    begun = rehearsal.together_at
    return [d for d in devices if begun is not None and d.seen >= begun - GONE_AFTER]


def is_here(device: Device, now: datetime) -> bool:
    """Whether the device has said something lately."""
    return now - device.seen < GONE_AFTER


def link_carries(report: Report, relaying: Relaying, round_: int) -> tuple[Carries, ReasonCode | None]:
    """Return what a device's connection carries, whatever its camera does, and what keeps it from carrying video."""
    if relaying == "off":
        return "writing", "no_relay"
    if report.tried and not any(way.ok for way in report.ways):
        return "writing", "relay_blocked"
    measured = report.measured
    if measured is None or measured.round != round_:
        return "writing", "lost"
    slowest = min(measured.up, measured.down)
    if slowest < ENOUGH_FOR_VOICE:
        return "writing", "bandwidth"
    if slowest < ENOUGH_FOR_VIDEO:
        return "audio", "slow_device" if measured.limited == "cpu" else "bandwidth"
    if measured.lost > MOST_LOST:
        return "audio", "loss"
    if (measured.round_trip or 0) > MOST_ROUND_TRIP:
        return "audio", "delay"
    return "video", None


def result_of(devices: Sequence[Device], relaying: Relaying, *, round_: int, children: int, now: datetime) -> Result:
    """Return the verdict on a round. `children`: how many the class has, to tell when far too few devices were tried."""
    links = {device.number: link_carries(device.report, relaying, round_) for device in devices}
    carries = _of_the_class(devices, [link for link, _ in links.values()])
    able = sum(1 for device in devices if _takes_part(device.report, links[device.number][0], carries))
    measured = [d.report.measured for d in devices if d.report.measured and d.report.measured.round == round_]
    trips = [m.round_trip for m in measured if m.round_trip is not None]
    sockets = [d.report.socket for d in devices if d.report.socket is not None]
    return Result(
        at=now,
        carries=carries,
        devices=len(devices),
        able=able,
        relaying=relaying,
        reasons=_reasons(devices, links, relaying, children),
        ways=_ways(devices),
        sockets=Tried(ok=sum(sockets), tried=len(sockets)),
        up=_spread([m.up for m in measured]),
        down=_spread([m.down for m in measured]),
        round_trip=round(median(trips)) if trips else None,
        total=sum(m.up + m.down for m in measured),
        browsers=dict(Counter(device.browser for device in devices).most_common()),
    )


_BROWSERS: Final = (
    # The order matters: Edge and Opera call themselves Chrome as well, Chrome calls itself Safari.
    ("Edge", r"\bEdg(?:e|A|iOS)?/(\d+)"),
    ("Opera", r"\bOPR/(\d+)"),
    ("Samsung Internet", r"\bSamsungBrowser/(\d+)"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"\b(?:Headless)?(?:Chrome|CriOS)/(\d+)"),
    ("Safari", r"\bVersion/(\d+(?:\.\d+)?)\S* (?:Mobile/\S+ )?Safari/"),
)


def browser_of(user_agent: str) -> str:
    """Return a browser's family and version, or "": the rest of what it tells about a device is not kept."""
    for family, pattern in _BROWSERS:
        if found := re.search(pattern, user_agent[:400]):
            return f"{family} {found[1][:8]}"
    return ""


def _of_the_class(devices: Sequence[Device], links: Sequence[Carries]) -> Verdict:
    def share(count: int) -> float:
        return count / len(devices) if devices else 0

    if share(sum(1 for device in devices if device.report.socket is not False)) < MOST:
        return "nothing"

    seen = sum(1 for device in devices if device.report.camera == "works")
    if share(links.count("video")) >= MOST and share(seen) >= 0.5:
        return "video"
    return "audio" if share(len(links) - links.count("writing")) >= MOST else "writing"


def _takes_part(report: Report, link: Carries, carries: Verdict) -> bool:
    """Whether a device can do what the class was told it can."""
    match carries:
        case "video":
            return link == "video" and report.camera == "works"
        case "audio":
            return link != "writing" and report.microphone == "works"
        case "writing" | "nothing":
            return report.socket is not False


def _reasons(
    devices: Sequence[Device],
    links: dict[int, tuple[Carries, ReasonCode | None]],
    relaying: Relaying,
    children: int,
) -> tuple[Reason, ...]:
    """Return everything worth a sentence, what weighs most first."""
    found: list[Reason] = []

    def note(code: ReasonCode, those: Sequence[Device], figure: Callable[[Measured], float] | None = None) -> None:
        figures = [figure(d.report.measured) for d in those if figure and d.report.measured]
        if those:
            found.append(Reason(code=code, devices=len(those), number=round(median(figures)) if figures else 0))

    def held_by(code: ReasonCode) -> list[Device]:
        return [device for device in devices if links[device.number][1] == code]

    note("sockets_blocked", [d for d in devices if d.report.socket is False])
    note("no_relay", held_by("no_relay"))
    note("relay_blocked", held_by("relay_blocked"))
    note("bandwidth", held_by("bandwidth"), lambda m: min(m.up, m.down))
    note("slow_device", held_by("slow_device"), lambda m: min(m.up, m.down))
    note("loss", held_by("loss"), lambda m: m.lost * 100)
    note("delay", held_by("delay"), lambda m: m.round_trip or 0)
    note("lost", held_by("lost"))
    insecure = [d for d in devices if "insecure" in (d.report.camera, d.report.microphone)]
    note("insecure", insecure)
    note("camera_refused", [d for d in devices if d.report.camera in ("refused", "unasked")])
    note("camera_missing", [d for d in devices if d.report.camera in ("missing", "busy")])
    note("microphone", [d for d in devices if d not in insecure and d.report.microphone != "works"])
    if relaying == "direct":
        found.append(Reason(code="direct_only", devices=len(devices)))
    if len(devices) < 2 or 2 * len(devices) < children:
        found.append(Reason(code="few_devices", devices=len(devices), number=children))
    return tuple(found)


def _ways(devices: Iterable[Device]) -> dict[Transport, Tried]:
    ways: dict[Transport, list[bool]] = {}
    for device in devices:
        # A transport with two addresses works when either does.
        mine: dict[Transport, bool] = {}
        for way in device.report.ways:
            mine[way.transport] = mine.get(way.transport, False) or way.ok
        for transport, ok in mine.items():
            ways.setdefault(transport, []).append(ok)
    return {transport: Tried(ok=sum(found), tried=len(found)) for transport, found in ways.items()}


def _spread(figures: Sequence[int]) -> Spread | None:
    return Spread(lowest=min(figures), middle=round(median(figures))) if figures else None
