"""A class over time: how it saw its practice, lesson by lesson. No child is named, and none is ranked."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from server.core.live.practices import LABELS, LOOKS_LIKE
from server.core.live.protocol import Band
from server.core.people.models import LessonSession
from server.core.review.growth import Spread, dots_of, spreads
from server.edges.pages.desk import Desk, desk_of
from server.edges.pages.review import HELD

routes = web.RouteTableDef()

FEWEST = 4
"""Fewer ratings than this would show single children."""
BANDS: tuple[Band, ...] = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class Bar:
    """One lesson's ratings of a practice. `parts`: level label, how many, where its piece begins and how wide it is, in percent."""

    session: str
    day: str
    n: int
    parts: list[tuple[str, int, float, float]]
    middle: str


@dataclass(frozen=True, slots=True)
class PracticeOver:
    """One practice of the class. `first` and `last`: the level of the middle learner then and now, with how many rated."""

    practice: str
    label: str
    looks_like: str
    bars: list[Bar]


@routes.get("/classes/{group}/review")
async def class_review(request: web.Request) -> web.Response:
    """Show how a class of the reader's school saw its practice over time, all ages or one."""
    desk = await desk_of(request)
    group = await desk.own_class(request.match_info["group"])
    desk.require("review_student", school=group.school)
    asked = request.query.get("band", "")
    band = next((b for b in BANDS if b == asked), None)
    every = await desk.parts.people.students_in([group.id])
    students = [s for s in every if band in (None, s.band)]
    held = await _held(desk, group.id)
    outlines = await desk.parts.review.outlines([s.id for s in held], desk.staff)
    inputs = sorted({input_ for outline in outlines.values() for _, input_ in outline.asked})
    given = await desk.parts.review.answers_of([s.id for s in students], inputs, desk.staff)
    found = spreads(dots_of(given, outlines), FEWEST)
    context = {
        "group": group,
        "practices": [
            PracticeOver(p, desk.say(LABELS[p]), desk.say(LOOKS_LIKE[p]), [_bar(desk, one) for one in over])
            for p, over in found.items()
        ],
        "bands": [b for b in BANDS if any(s.band == b for s in every)],
        "band": band,
        "students": len(students),
        "held": held,
        "fewest": FEWEST,
    }
    return desk.render("review/class.html", context)


async def _held(desk: Desk, class_id: str) -> list[LessonSession]:
    """Return the lessons to which this class came, oldest first."""
    found: dict[str, LessonSession] = {}
    for twinning in await desk.parts.people.twinnings_of(desk.school.id):
        for session in await desk.parts.people.sessions_of(twinning.id):
            if session.status in HELD and any(class_id in side.classes for side in session.sides):
                found[session.id] = session
    return sorted(found.values(), key=lambda s: s.starts_at)


def _bar(desk: Desk, spread: Spread) -> Bar:
    labels = [desk.say(label) for label in spread.scale]
    return Bar(
        spread.session,
        desk.clock(spread.at, desk.school).day,
        spread.n,
        _parts(labels, spread.counts),
        labels[spread.median],
    )


def _parts(labels: Sequence[str], counts: Sequence[int]) -> list[tuple[str, int, float, float]]:
    whole = max(1, sum(counts))
    begins = 0.0
    parts: list[tuple[str, int, float, float]] = []
    for label, count in zip(labels, counts, strict=True):
        wide = round(100 * count / whole, 2)
        parts.append((label, count, round(begins, 2), wide))
        begins += wide
    return parts
