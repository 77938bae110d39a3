"""A lesson or a protocol as a child will see it, step by step, in either language: nothing is sent, nothing is kept."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

import aiohttp_jinja2
from aiohttp import web

from server.core.languages import COMPLETE, direction
from server.core.live.lesson import Lesson, LessonStep, Part
from server.core.live.protocol import Band, Protocol
from server.core.twinning.plan import ADVISED_SEGMENTS, PlanProblem, compile_plan
from server.edges.pages.desk import Desk, desk_of, see_other
from server.edges.pages.known import protocol_seen, protocols_of_plan
from server.edges.pages.library import both_languages
from server.edges.pages.scripts import script_json
from server.edges.pages.text_shelf import texts_for
from server.edges.security import content_policy, import_map_script
from server.wire.lessons import lesson_for_wire

routes = web.RouteTableDef()

BANDS: tuple[Band, ...] = ("A", "B", "C")
PEOPLE: tuple[dict[str, object], ...] = (
    {"id": "sample-noa", "side": "a", "names": {"en": "Noa", "he": "נועה"}, "language": "he"},
    {"id": "sample-max", "side": "b", "names": {"en": "Max", "he": "מקס"}, "language": "en"},
    {"id": "sample-ruby", "side": "b", "names": {"en": "Ruby", "he": "רובי"}, "language": "en"},
)
"""The sample room: whoever reads Hebrew is Noa, whoever reads English is Max, and a trio has Ruby too."""

WORDS = {
    "en": ["A sample of what somebody wrote here.", "Another sample, a little longer, so that you see how words wrap on a phone."],
    "he": ["דוגמה למה שנכתב כאן.", "עוד דוגמה, קצת יותר ארוכה, כדי לראות איך המילים נשברות במסך של טלפון."],
}  # fmt: skip
TITLE = {"en": "Preview", "he": "תצוגה מקדימה"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks to see. `languages`: one, or both side by side; `step`: a place among `steps`."""

    band: Band
    size: int
    languages: list[str]
    wide: bool
    steps: list[LessonStep]
    step: int

    def query(self, **changed: object) -> str:
        """Return the address of the same preview with something changed."""
        language = self.languages[0] if len(self.languages) == 1 else "both"
        width = "wide" if self.wide else "phone"
        plain: dict[str, object] = {
            "language": language,
            "band": self.band,
            "size": self.size,
            "width": width,
            "step": self.step + 1,
        }
        return "?" + urlencode(plain | changed)


@routes.get("/sessions/{session}/preview")
async def preview_plan(request: web.Request) -> web.Response:
    """Show a planned lesson as children will see it."""
    desk = await desk_of(request)
    lesson, bands = await _of_session(desk)
    session, _twinning = await desk.session(request.match_info["session"])
    return _show(desk, lesson, bands, f"/sessions/{session.id}", desk.say(session.title))


@routes.get("/sessions/{session}/preview/student")
async def preview_plan_page(request: web.Request) -> web.Response:
    """The page of one child of that lesson, inside the other's frame."""
    desk = await desk_of(request)
    return _student(desk, *await _of_session(desk))


@routes.get("/protocols/{protocol}/preview")
async def preview_protocol(request: web.Request) -> web.Response:
    """Show one protocol as children will see it, with a few verses where it needs a text."""
    desk = await desk_of(request)
    found = await _protocol(desk)
    return _show(
        desk,
        _of_protocol(desk, found),
        found.bands,
        f"/protocols/{request.match_info['protocol']}",
        desk.say(found.title),
    )


@routes.get("/protocols/{protocol}/preview/student")
async def preview_protocol_page(request: web.Request) -> web.Response:
    """The page of one child who learns by it."""
    desk = await desk_of(request)
    found = await _protocol(desk)
    return _student(desk, _of_protocol(desk, found), found.bands)


async def _of_session(desk: Desk) -> tuple[Lesson, tuple[Band, ...]]:
    session, twinning = await desk.session(desk.request.match_info["session"])
    protocols = await protocols_of_plan(desk, twinning, session.plan)
    used = [protocols[part.protocol] for part in session.plan.parts if part.protocol in protocols]
    bands: tuple[Band, ...] = tuple(band for band in BANDS if all(band in protocol.bands for protocol in used))
    plan = session.plan.model_copy(update={"band": _band(desk, bands, session.plan.band)})
    try:
        return compile_plan(plan, session.title, protocols, await texts_for(desk, twinning), 3), bands
    except PlanProblem:
        raise see_other(f"/sessions/{session.id}?done=plan_first") from None


async def _protocol(desk: Desk) -> Protocol:
    found = await protocol_seen(desk, desk.request.match_info["protocol"])
    if found is None:
        raise web.HTTPNotFound
    return found


def _of_protocol(desk: Desk, protocol: Protocol) -> Lesson:
    text = next(iter(desk.parts.texts.values()), None) if protocol.needs_text else None
    if text is not None:
        text = desk.parts.texts.get("ruth-1", text)
        text = text.span(text.segments[0].id, text.segments[:ADVISED_SEGMENTS][-1].id)
    usual: Band = "B" if "B" in protocol.bands else protocol.bands[0]
    band = _band(desk, protocol.bands, usual)
    return Lesson(title=protocol.title, band=band, parts=(Part(protocol=protocol),), text=text)


def _band(desk: Desk, offered: tuple[Band, ...], usual: Band) -> Band:
    by_name: dict[str, Band] = {band: band for band in offered}
    return by_name.get(desk.request.query.get("band", ""), usual)


def _asked(desk: Desk, lesson: Lesson) -> Asked:
    query = desk.request.query
    size: Literal[2, 3] = 3 if query.get("size") == "3" else 2
    steps = [step for step in lesson.steps if step.fitted(size)]
    typed = query.get("step", "1")
    step = min(max(int(typed) if typed.isdecimal() and len(typed) < 6 else 1, 1), max(len(steps), 1)) - 1
    language = query.get("language", "")
    languages = [language] if language in COMPLETE else both_languages(desk)
    return Asked(lesson.band, size, languages, query.get("width") == "wide", steps, step)


def _show(desk: Desk, lesson: Lesson, bands: tuple[Band, ...], back: str, title: str) -> web.Response:
    asked = _asked(desk, lesson)
    context = {
        "asked": asked,
        "lesson": lesson,
        "bands": bands or (lesson.band,),
        "back": back,
        "title": title,
        "frames": [
            (language, f"{back}/preview/student{asked.query(language=language)}") for language in asked.languages
        ],
        "language_name": desk.language_name,
    }
    return desk.render("planning/preview.html", context)


def _student(desk: Desk, lesson: Lesson, _bands: tuple[Band, ...]) -> web.Response:
    asked = _asked(desk, lesson)
    language = asked.languages[0]
    me = next(person for person in PEOPLE if person["language"] == language)
    school = {"names": TITLE, "place": TITLE, "zone": "UTC"}
    side = {"school": TITLE, "place": TITLE, "zone": "UTC", "language": language, "schools": [school]}
    boot: dict[str, object] = {
        "role": "student",
        "member": me["id"],
        "names": me["names"],
        "side": me["side"],
        "language": language,
        "dir": direction(language),
        "session": "preview",
        "socket": "",
        "ice": "",
        "media_way": "",
        "livekit_rooms": False,
        "sides": {"a": side, "b": side},
        "title": lesson.title,
        "starts_at": 0,
        "demo": False,
        "checked": True,
        "help_numbers": {},
        "signout": "",
        "media": "none",
        "the_name": desk.school.the_name,
        "lesson": lesson_for_wire(lesson),
        "people": PEOPLE[: asked.size],
        "words": WORDS,
        "step": asked.steps[asked.step].index if asked.steps else 0,
    }
    context = {
        # The frame speaks the child's language, whatever the teacher's own is.
        "locale": {"language": language, "dir": direction(language)},
        "page_title": TITLE[language],
        "page": "room",
        "importmap_script": import_map_script(desk.request.app),
        "boot_json": script_json(boot),
        "entry": "/static/js/pages/preview.mjs",
    }
    response = aiohttp_jinja2.render_template("live.html", desk.request, context)
    # Shown inside our own page, and nobody else's.
    policy = content_policy(desk.request.app).replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    response.headers["Content-Security-Policy"] = policy
    return response
