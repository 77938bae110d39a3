"""Which texts a teacher can reach beside the library: their school's own, and those of schools they are twinned with."""

from typing import Final

from aiohttp import web

from server.core.importing.text import SchoolText
from server.core.people.models import LessonSession, Twinning
from server.core.texts import Text
from server.edges.pages.desk import Desk
from server.ports.school_texts import SchoolTexts, TextSource

SCHOOL_TEXTS: Final[web.AppKey[SchoolTexts]] = web.AppKey("school_texts", SchoolTexts)
TEXT_SOURCE: Final[web.AppKey[TextSource]] = web.AppKey("text_source", TextSource)


def shelf(desk: Desk) -> SchoolTexts:
    """Return where texts of schools are kept."""
    return desk.request.app[SCHOOL_TEXTS]


async def own_texts(desk: Desk) -> list[SchoolText]:
    """Return what the reader's school brought, the newest first."""
    return await shelf(desk).of_schools([desk.school.id])


async def texts_for(desk: Desk, twinning: Twinning) -> dict[str, Text]:
    """Return the texts that a lesson of a twinning may be planned with: the library, and what its schools brought."""
    schools = [school for side in twinning.sides for school in side.schools]
    brought = await shelf(desk).of_schools(schools)
    return {**desk.parts.texts, **{kept.id: kept.text for kept in brought}}


async def whose(desk: Desk, text_id: str) -> SchoolText:
    """Return a text of the reader's school or of one it is twinned with; 404 for any other, as if it did not exist."""
    kept = await shelf(desk).text(text_id)
    if kept is None:
        raise web.HTTPNotFound
    if kept.school != desk.school.id:
        twinnings = await desk.parts.people.twinnings_of(desk.school.id)
        if not any(twinning.side_of(kept.school) for twinning in twinnings):
            raise web.HTTPNotFound
    return kept


async def own_text(desk: Desk, text_id: str) -> SchoolText:
    """Return a text that the reader may change: their own school's; 403 for one that they may only read."""
    kept = await whose(desk, text_id)
    desk.require("change_texts", school=kept.school)
    return kept


async def used_in(desk: Desk, kept: SchoolText) -> list[LessonSession]:
    """Return the lessons that still need a text: those which are not over. What is over has its own copy."""
    people = desk.parts.people
    return [
        session
        for twinning in await people.twinnings_of(kept.school)
        for session in await people.sessions_of(twinning.id)
        if session.plan.text == kept.id and session.status != "closed"
    ]
