"""Protocols and texts to read before a lesson: for teachers, and as children see them."""

from aiohttp import web

from server.core.languages import COMPLETE, direction
from server.core.live.protocol import Band, resolved
from server.core.texts import Segment, the_name, verse_number
from server.core.twinning.own_protocol import MOST_OWN
from server.edges.pages.desk import Desk, desk_of
from server.edges.pages.known import SHELVES, own_protocol, protocol_seen
from server.edges.pages.text_shelf import own_texts, used_in, whose

routes = web.RouteTableDef()

GROUPS = ("warm_up", "text", "partnership", "advisory", "reflection")


@routes.get("/protocols")
async def protocols(request: web.Request) -> web.Response:
    """List all protocols by what they are for."""
    desk = await desk_of(request)
    by_group = {
        group: sorted((p for p in desk.parts.protocols.values() if p.group == group), key=lambda p: desk.say(p.title))
        for group in GROUPS
    }
    own = await desk.request.app[SHELVES].own_of(desk.school.id)
    context = {"by_group": by_group, "own": own, "may_change": desk.may("change_library"), "most_own": MOST_OWN}
    return desk.render("library/protocols.html", context)


@routes.get("/protocols/{protocol}")
async def protocol(request: web.Request) -> web.Response:
    """Show one protocol as a teacher or as a child reads it, in both languages."""
    desk = await desk_of(request)
    name = request.match_info["protocol"]
    found = await protocol_seen(desk, name)
    if found is None:
        raise web.HTTPNotFound
    asked = request.query.get("band", "")
    usual: Band = "B" if "B" in found.bands else found.bands[0]
    offered: dict[str, Band] = {band: band for band in found.bands}
    band = offered.get(asked, usual)
    view = "student" if request.query.get("view") == "student" else "teacher"
    wanted = request.query.get("language", "")
    languages = [wanted] if wanted in COMPLETE else both_languages(desk)
    context = {
        "protocol": found,
        "name": name,
        "own": own if (own := await own_protocol(desk, name)) and own.school == desk.school.id else None,
        "may_change": desk.may("change_library"),
        "band": band,
        "view": view,
        "shown_in": languages,
        "wanted": wanted if wanted in COMPLETE else "",
        "voices": {language: desk.voice(language) for language in languages},
        "steps": [(step, fitted) for step in found.steps if (fitted := resolved(step, band, 2))],
    }
    return desk.render("library/protocol.html", context | {"language_name": desk.language_name})


@routes.get("/texts")
async def texts(request: web.Request) -> web.Response:
    """List all texts with what they are about, those of the reader's school first."""
    desk = await desk_of(request)
    listed = sorted(desk.parts.texts.values(), key=lambda text: desk.say(text.title))
    own = [kept.text for kept in await own_texts(desk)]
    context = {"texts": listed, "own": own, "may_bring": desk.may("change_texts"), "language_name": desk.language_name}
    return desk.render("library/texts.html", context)


@routes.get("/texts/{text}")
async def text(request: web.Request) -> web.Response:
    """Show one text in both languages, with where it comes from and its licence."""
    desk = await desk_of(request)
    found, kept = desk.parts.texts.get(request.match_info["text"]), None
    if found is None:
        kept = await whose(desk, request.match_info["text"])
        found = kept.text
    ours = kept is not None and kept.school == desk.school.id
    context = {
        "text": found,
        "shown_in": [lang for lang in both_languages(desk) if any(lang in s.words for s in found.segments)],
        "language_name": desk.language_name,
        "kept": kept,
        "ours": ours,
        "may_change": ours and desk.may("change_texts"),
        "used": await used_in(desk, kept) if kept and ours else [],
    }
    return desk.render("library/text.html", context | reading(desk))


def both_languages(desk: Desk) -> list[str]:
    """Return the reader's language first, then the other."""
    return [desk.language, *(language for language in COMPLETE if language != desk.language)][: len(COMPLETE)]


def reading(desk: Desk) -> dict[str, object]:
    """Return what a template needs to set a text: numbers and words as this school shows them on screen."""

    def words_in(segment: Segment, language: str, paper: bool = False) -> str:
        style = "heh" if paper else desk.school.the_name
        return the_name(segment.words.get(language, ""), style)

    def number_in(segment: Segment, language: str) -> str:
        return "" if segment.number is None else verse_number(segment.number, language)

    return {"words_in": words_in, "number_in": number_in, "dir_of": direction}
