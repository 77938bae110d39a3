"""Bringing a text: fetched, read from files or pasted into one form, looked at in both languages, and only then saved."""

import secrets
from collections.abc import Mapping
from typing import Any, cast

from aiohttp import web
from aiohttp.web_request import FileField

from server.core.importing.columns import LANGUAGES, MOST_VERSES, apart_by_script
from server.core.importing.fetched import Edition, Fetched, is_free
from server.core.importing.markup import visible
from server.core.importing.text import (
    LONGEST_COLUMN,
    SchoolText,
    TypedText,
    Understood,
    filled_in,
    hash_of,
    typed_from,
    understood,
    with_new_words_around,
)
from server.core.people.models import AuditEntry
from server.edges.pages.desk import Desk, desk_of, see_other
from server.edges.pages.library import both_languages, reading
from server.edges.pages.text_shelf import TEXT_SOURCE, own_text, shelf, used_in, whose
from server.ports.school_texts import FetchTrouble

routes = web.RouteTableDef()

MOST_TEXTS = 500
MOST_FILE_BYTES = 256 * 1024
LONGEST_FIELD = 300
MOST_OTHERS = 60
BROUGHT, CHANGED, REMOVED = "text_brought", "text_changed", "text_removed"


@routes.get("/texts/import")
async def new_text(request: web.Request) -> web.Response:
    """The empty form, or one filled with the text that is to be the start of another."""
    desk = await _bringing(request)
    typed = TypedText()
    if start := request.query.get("from", ""):
        library = desk.parts.texts.get(start)
        typed = typed_from(library or (await whose(desk, start)).text)
    return _show(desk, typed, {})


@routes.post("/texts/import")
async def bring(request: web.Request) -> web.Response:
    """Do what the pressed button says; whatever it is, nothing that was typed is lost."""
    desk = await _bringing(request)
    form: Mapping[str, Any] = await request.post()
    typed, said = _typed(form), _beside(form)
    match _wish(form):
        case "fetch":
            return await _fetch(desk, typed, said)
        case "read":
            return _read_files(desk, typed, said, form)
        case "save":
            return await _save(desk, typed, said)
        case _:
            found = understood(typed, "preview")
            return _show(desk, typed, said, found, status=200 if found.text else 422)


@routes.get("/texts/{text}/edit")
async def around(request: web.Request) -> web.Response:
    """What stands around the words of a text of one's own school."""
    desk = await desk_of(request)
    kept = await own_text(desk, request.match_info["text"])
    return _show_around(desk, kept, typed_from(kept.text), {})


@routes.post("/texts/{text}/edit")
async def change_around(request: web.Request) -> web.Response:
    """Keep another title, reference and source."""
    desk = await desk_of(request)
    kept = await own_text(desk, request.match_info["text"])
    typed = _typed(await request.post())
    changed, doubts = with_new_words_around(kept, typed)
    errors = {doubt.field: doubt.code for doubt in doubts if doubt.blocks}
    if errors:
        return _show_around(desk, kept, typed, errors, status=422)
    await shelf(desk).change(changed)
    await _audit(desk, CHANGED)
    raise see_other(f"/texts/{kept.id}?done=saved")


@routes.post("/texts/{text}/delete")
async def remove(request: web.Request) -> web.Response:
    """Forget a text that no lesson needs any more."""
    desk = await desk_of(request)
    kept = await own_text(desk, request.match_info["text"])
    if await used_in(desk, kept):
        raise see_other(f"/texts/{kept.id}?done=still_used")
    await shelf(desk).remove(kept.id)
    await _audit(desk, REMOVED)
    raise see_other("/texts?done=removed")


async def _bringing(request: web.Request) -> Desk:
    desk = await desk_of(request)
    desk.require("change_texts")
    return desk


def _wish(form: Mapping[str, Any]) -> str:
    """Return what is wanted. Enter in a field presses no button in particular: a new reference is meant to be fetched."""
    wish = str(form.get("do", ""))
    if wish != "enter":
        return wish
    reference = _field(form, "reference")
    return "fetch" if reference and reference != _field(form, "fetched") else "preview"


async def _fetch(desk: Desk, typed: TypedText, said: dict[str, Any]) -> web.Response:
    # Editions were chosen for the passage that was fetched last; another one may have others.
    wanted: dict[str, str] = said["wanted"] if said["reference"] == said["fetched"] else {}
    try:
        found = await desk.request.app[TEXT_SOURCE].fetch(said["reference"], wanted, desk.now)
    except FetchTrouble as trouble:
        return _show(desk, typed, {**said, "trouble": trouble.code}, status=422)
    filled = filled_in(typed, found)
    beside = {**said, "fetched": said["reference"], "others": _others(found), "came": _came(found)}
    return _show(desk, filled, beside, understood(filled, "preview"))


def _read_files(desk: Desk, typed: TypedText, said: dict[str, Any], form: Mapping[str, Any]) -> web.Response:
    """Put what two files hold into the columns, or what one file holds in both languages."""
    read: dict[str, str] = {}
    for language in LANGUAGES:
        sent: Any = form.get(f"file_{language}")
        if not isinstance(sent, FileField) or not sent.filename:
            continue
        words = _decoded(sent.file.read(MOST_FILE_BYTES + 1))
        if words is None:
            return _show(desk, typed, {**said, "file_trouble": sent.filename[:LONGEST_FIELD]}, status=422)
        read[language] = words
    if not read:
        return _show(desk, typed, {**said, "file_trouble": "-"}, status=422)
    if len(read) == 1:
        # A single file may hold both languages; one that does not fills the column of its script.
        apart = apart_by_script(next(iter(read.values())))
        read = {language: words for language, words in apart.items() if words}
    typed.columns = {**typed.columns, **read}
    found = understood(typed, "preview")
    return _show(desk, typed, said, found)


async def _save(desk: Desk, typed: TypedText, said: dict[str, Any]) -> web.Response:
    text_id = f"own-{secrets.token_hex(10)}"
    found = understood(typed, text_id)
    if found.text is None:
        return _show(desk, typed, said, found, status=422)
    if await shelf(desk).many_of(desk.school.id) >= MOST_TEXTS:
        return _show(desk, typed, {**said, "full": MOST_TEXTS}, found, status=422)
    brought = SchoolText(
        id=text_id,
        school=desk.school.id,
        hash=hash_of(found.text),
        text=found.text,
        added_by=desk.staff.id,
        added_at=desk.now,
    )
    kept = await shelf(desk).add(brought)
    if kept.id != text_id:
        raise see_other(f"/texts/{kept.id}?done=already")
    await _audit(desk, BROUGHT)
    raise see_other(f"/texts/{kept.id}?done=brought")


def _show(
    desk: Desk, typed: TypedText, said: dict[str, Any], found: Understood | None = None, status: int = 200
) -> web.Response:
    blocked = {doubt.field: doubt.code for doubt in found.doubts if doubt.blocks} if found else {}
    context = {
        "typed": typed,
        "beside": said,
        "found": found,
        "errors": blocked,
        "host": desk.request.app[TEXT_SOURCE].host,
        "in_order": both_languages(desk),
        "language_name": desk.language_name,
        "most_verses": MOST_VERSES,
        "not_free": [
            language
            for language in LANGUAGES
            if found and typed.licence.get(language) and not is_free(typed.licence[language])
        ],
    }
    return desk.render("texts/import.html", context | reading(desk), status)


def _show_around(
    desk: Desk, kept: SchoolText, typed: TypedText, errors: dict[str, str], status: int = 200
) -> web.Response:
    there = {language for segment in kept.text.segments for language in segment.words}
    context = {
        "kept": kept,
        "text": kept.text,
        "typed": typed,
        "errors": errors,
        "in_order": both_languages(desk),
        "there": there,
        "language_name": desk.language_name,
    }
    return desk.render("texts/edit.html", context | reading(desk), status)


def _typed(form: Mapping[str, Any]) -> TypedText:
    def both(name: str, longest: int = LONGEST_FIELD) -> dict[str, str]:
        return {language: _field(form, f"{name}_{language}", longest) for language in LANGUAGES}

    return TypedText(
        title=both("title"),
        ref=both("ref"),
        columns=both("words", LONGEST_COLUMN),
        edition=both("edition"),
        licence=both("licence"),
        glosses=_field(form, "glosses", LONGEST_COLUMN),
        accents=_field(form, "accents") != "off",
    )


def _beside(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form says beside the text: the reference, and which editions there are."""
    others: list[dict[str, str]] = []
    every: list[Any] = list(cast(Any, form).getall("others", []))
    for one in every[:MOST_OTHERS]:
        language, _, rest = str(one).partition("|")
        title, _, licence = rest.partition("|")
        if language in LANGUAGES and title:
            others.append({"language": language, "title": title[:LONGEST_FIELD], "licence": licence[:LONGEST_FIELD]})
    return {
        "reference": _field(form, "reference"),
        "fetched": _field(form, "fetched"),
        "wanted": {language: _field(form, f"wanted_{language}") for language in LANGUAGES},
        "others": others,
    }


def _others(found: Fetched) -> list[dict[str, str]]:
    """Return all editions to choose from, free ones first; what came stands among them."""
    came = [edition for edition in found.editions.values()]
    every: list[Edition] = sorted((*came, *found.others), key=lambda e: (not e.free, e.title.casefold()))
    return [
        {"language": e.language, "title": e.title.replace("|", " "), "licence": e.licence} for e in every[:MOST_OTHERS]
    ]


def _came(found: Fetched) -> dict[str, bool]:
    return {language: language in found.editions for language in LANGUAGES}


def _decoded(sent: bytes) -> str | None:
    if len(sent) > MOST_FILE_BYTES or b"\0" in sent:
        return None
    try:
        return visible(sent.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None


def _field(form: Mapping[str, Any], name: str, longest: int = LONGEST_FIELD) -> str:
    value = form.get(name, "")
    return value.strip()[:longest] if isinstance(value, str) else ""


async def _audit(desk: Desk, what: str) -> None:
    entry = AuditEntry(at=desk.now, who=desk.staff.id, what=what, school=desk.school.id)
    await desk.parts.people.audit(entry)
