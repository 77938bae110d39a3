"""What goes home with a child: join cards, eight on a sheet, and a letter to the family in both languages."""

import io
from dataclasses import dataclass

import segno
from aiohttp import web

from server.core.languages import COMPLETE, direction
from server.core.people.codes import shown_code
from server.core.people.models import ClassGroup, Student
from server.edges.pages.desk import Desk, desk_of

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Card:
    """One child's join card."""

    student: Student
    names: list[tuple[str, str]]
    code: str


@routes.get("/classes/{group}/cards")
async def cards(request: web.Request) -> web.Response:
    """Show join cards and the letter as they will be printed."""
    desk = await desk_of(request)
    group = await _class_with_codes(desk, request)
    students = sorted(await desk.parts.people.students_in([group.id]), key=lambda s: desk.say(s.names))
    shown = [_card(student, code) for student in students if (code := await desk.parts.people.code_of(student.id))]
    # The language of the school comes first; the other one is for families who read it with more ease.
    order = [desk.school.language, *(language for language in COMPLETE if language != desk.school.language)]
    context = {
        "group": group,
        "sheets": [shown[i : i + 8] for i in range(0, len(shown), 8)],
        "origin": desk.parts.settings.origin,
        "address": desk.parts.settings.origin.split("://", 1)[-1] + "/j",
        "letters": [(language, direction(language), desk.voice(language)) for language in order],
        "leads": [s for s in await desk.parts.people.staff_of(desk.school.id) if "safety_lead" in s.roles],
    }
    return _private(desk.render("print/cards.html", context))


@routes.get("/classes/{group}/cards/{student}.svg")
async def qr(request: web.Request) -> web.Response:
    """Draw the QR of one child's personal link."""
    desk = await desk_of(request)
    group = await _class_with_codes(desk, request)
    student = await desk.parts.people.student(request.match_info["student"])
    code = await desk.parts.people.code_of(student.id) if student and student.class_id == group.id else None
    if code is None:
        raise web.HTTPNotFound
    drawn = io.BytesIO()
    # A quarter of the picture may be creased or stained and a phone still reads it.
    segno.make(f"{desk.parts.settings.origin}/j/{code}", error="q", micro=False).save(
        drawn, kind="svg", border=2, scale=4, omitsize=True, xmldecl=False, svgns=True
    )
    return _private(web.Response(body=drawn.getvalue(), content_type="image/svg+xml"))


async def _class_with_codes(desk: Desk, request: web.Request) -> ClassGroup:
    group = await desk.own_class(request.match_info["group"])
    # A code is a key to a child's seat: only those who keep the class list hand it out.
    desk.require("change_class")
    return group


def _card(student: Student, code: str) -> Card:
    return Card(student, list(student.names.items()), shown_code(code))


def _private(response: web.Response) -> web.Response:
    response.headers["Cache-Control"] = "no-store"
    return response
