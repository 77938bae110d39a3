"""A school's own protocols: copied from one that is there, changed in a form or as a file, with every version kept."""

import secrets
from datetime import datetime
from typing import Any, Literal, cast

from aiohttp import web
from aiohttp.web_request import FileField

from server.core.languages import COMPLETE
from server.core.live.protocol import Protocol
from server.core.twinning.own_protocol import (
    MOST_OWN,
    MOST_VERSIONS,
    OWN,
    Fault,
    OwnProtocol,
    Refused,
    checked,
    copied,
    document_of,
    fields_with_faults,
    may_move,
    moved,
    split_key,
    why_stays,
    without,
)
from server.core.twinning.protocol_form import Document, form_of, with_typed
from server.edges.pages.desk import Desk, desk_of, see_other
from server.edges.pages.known import PROTOCOL_TEXT, protocol_seen, shelves_of
from server.edges.pages.library import both_languages
from server.ports.shelves import Mistake

routes = web.RouteTableDef()

MARK = {"en": "(our version)", "he": "(הגרסה שלנו)"}
"""Put after a copy's title, so that the two can be told apart until somebody gives it a name of its own."""


@routes.post("/protocols/upload")
async def send_file(request: web.Request) -> web.Response:
    """Make an own protocol of a file, or list everything that is wrong with it."""
    desk = await desk_of(request)
    desk.require("change_library")
    read = await _read_file(request)
    if not isinstance(read, Protocol):
        return desk.render("library/mistakes.html", {"mistakes": read, "back": "/protocols"}, 422)
    return await _make(desk, document_of(read) | {"id": _new_id(), "version": 1}, read.id)


@routes.post("/protocols/{protocol}/copy")
async def copy(request: web.Request) -> web.Response:
    """Make the school's own version of a protocol that the reader may see."""
    desk = await desk_of(request)
    found = await protocol_seen(desk, request.match_info["protocol"])
    if found is None:
        raise web.HTTPNotFound
    desk.require("change_library")
    return await _make(desk, copied(found, _new_id(), MARK), found.id)


@routes.get("/protocols/{protocol}/file")
async def get_file(request: web.Request) -> web.Response:
    """Give a protocol as the file that it is or could be."""
    desk = await desk_of(request)
    found = await protocol_seen(desk, request.match_info["protocol"])
    if found is None:
        raise web.HTTPNotFound
    words = request.app[PROTOCOL_TEXT].write(document_of(found))
    headers = {"Content-Disposition": f'attachment; filename="{found.id}.yaml"'}
    return web.Response(text=words, content_type="application/yaml", charset="utf-8", headers=headers)


@routes.get("/protocols/{protocol}/edit")
async def edit(request: web.Request) -> web.Response:
    """Show the form, as it was left."""
    desk = await desk_of(request)
    own = await _own(desk)
    return await _show(desk, own, await _document(desk, own))


@routes.post("/protocols/{protocol}/edit")
async def change(request: web.Request) -> web.Response:
    """Keep what was typed, whatever else the pressed button says: what is not sound yet is kept as a draft."""
    desk = await desk_of(request)
    own = await _own(desk)
    form = await request.post()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    changed = with_typed(await _document(desk, own), typed)
    wish = typed.get("do", "save")
    if typed.get("was") != str(own.edition):
        return await _show(desk, own, changed, trouble="conflict", status=409)
    refused: Refused | None = None
    try:
        changed = _rearranged(changed, wish)
    except Refused as refusal:
        refused = refusal
    trouble = await _keep(desk, own, changed)
    if trouble or refused:
        now = await _own(desk) if refused and not trouble else own
        return await _show(desk, now, changed, trouble=trouble, refused=refused, status=409)
    action, _, step = wish.partition(":")
    # The page comes back at the button that was pressed: it has the focus there.
    at = f"&at={action}-{step}" if action in ("up", "down") else ""
    raise see_other(f"/protocols/{own.id}/edit?done={'removed' if action == 'remove' else 'saved'}{at}")


@routes.post("/protocols/{protocol}/upload")
async def replace_by_file(request: web.Request) -> web.Response:
    """Make a file the newest version of an own protocol, or list everything that is wrong with it."""
    desk = await desk_of(request)
    own = await _own(desk)
    read = await _read_file(request)
    if not isinstance(read, Protocol):
        back = f"/protocols/{own.id}/edit"
        return desk.render("library/mistakes.html", {"mistakes": read, "back": back}, 422)
    return await _kept(desk, own, document_of(read))


@routes.post("/protocols/{protocol}/restore")
async def restore(request: web.Request) -> web.Response:
    """Make an earlier version the newest again; nothing in between is lost."""
    desk = await desk_of(request)
    own = await _own(desk)
    wanted = str((await request.post()).get("version", ""))
    found = next((v for v in await shelves_of(desk).versions_of(own.id) if str(v.version) == wanted), None)
    if found is None:
        raise web.HTTPNotFound
    return await _kept(desk, own, found.definition)


@routes.post("/protocols/{protocol}/remove")
async def remove(request: web.Request) -> web.Response:
    """Take an own protocol from the library; lessons that use it keep it."""
    desk = await desk_of(request)
    own = await _own(desk)
    await shelves_of(desk).remove_own(own.id)
    raise see_other("/protocols?done=protocol_removed")


async def _own(desk: Desk) -> OwnProtocol:
    """Return the own protocol that the address names, of the reader's school; for any other it does not exist."""
    asked = split_key(desk.request.match_info["protocol"])
    own = await shelves_of(desk).own(asked[0]) if asked else None
    if own is None or own.school != desk.school.id or own.removed:
        raise web.HTTPNotFound
    desk.require("change_library")
    return own


async def _document(desk: Desk, own: OwnProtocol) -> Document:
    """Return what the form is about: the draft, else the newest version."""
    if own.draft is not None:
        return own.draft
    return (await shelves_of(desk).versions_of(own.id))[0].definition


async def _make(desk: Desk, document: Document, came_from: str) -> web.Response:
    protocol, faults = checked(document)
    if any(fault.code == "document_too_large" for fault in faults):
        return desk.render("library/mistakes.html", {"mistakes": [], "too_large": True, "back": "/protocols"}, 422)
    own = OwnProtocol(
        id=document["id"],
        school=desk.school.id,
        came_from=came_from,
        title=document["title"],
        version=1 if protocol else 0,
        draft=None if protocol else document,
        changed_at=desk.now,
        changed_by=desk.staff.id,
    )
    if not await shelves_of(desk).make_own(own, document if protocol else None, MOST_OWN):
        raise see_other("/protocols?done=too_many_protocols")
    raise see_other(f"/protocols/{own.id}/edit?done=made")


async def _kept(desk: Desk, own: OwnProtocol, document: Document) -> web.Response:
    trouble = await _keep(desk, own, document | {"id": own.id})
    if trouble:
        return await _show(desk, own, document | {"id": own.id}, trouble=trouble, status=409)
    raise see_other(f"/protocols/{own.id}/edit?done=saved")


async def _keep(desk: Desk, own: OwnProtocol, document: Document) -> str:
    """Keep a document, as the newest version where it is sound and new, else as a draft; return why it could not be."""
    protocol, faults = checked(document)
    if any(fault.code == "document_too_large" for fault in faults):
        return "too_large"
    versions = await shelves_of(desk).versions_of(own.id)
    newest = versions[0].definition if versions else {}
    definition: Document | None = None
    if protocol is not None and _apart_from_version(document_of(protocol)) != _apart_from_version(newest):
        if len(versions) >= MOST_VERSIONS:
            return "too_many_versions"
        definition = document_of(protocol) | {"version": own.version + 1}
    after = own.model_copy(
        update={
            "title": document.get("title") or own.title,
            "version": own.version + (definition is not None),
            "draft": document if protocol is None else None,
            "changed_at": desk.now,
            "changed_by": desk.staff.id,
        }
    )
    return "" if await shelves_of(desk).change_own(own, after, definition) else "conflict"


def _apart_from_version(definition: Document) -> Document:
    return {name: value for name, value in definition.items() if name not in ("version", "id")}


def _rearranged(document: Document, wish: str) -> Document:
    action, _, step = wish.partition(":")
    if action in ("up", "down"):
        by: Literal[-1, 1] = -1 if action == "up" else 1
        return moved(document, step, by)
    return without(document, step) if action == "remove" else document


async def _read_file(request: web.Request) -> Protocol | list[Mistake]:
    sent = (await request.post()).get("file")
    raw = sent.file.read() if isinstance(sent, FileField) else b""
    return request.app[PROTOCOL_TEXT].read(raw)


def _new_id() -> str:
    return OWN + secrets.token_hex(8)


async def _show(
    desk: Desk,
    own: OwnProtocol,
    document: Document,
    *,
    trouble: str = "",
    refused: Refused | None = None,
    status: int = 200,
) -> web.Response:
    """Render the form with what is typed, and beside each field what has to be mended before lessons can use it."""
    sections = form_of(document)
    faults: list[Fault] = checked(document)[1]
    by_name = fields_with_faults(sections, faults)
    steps = [cast(str, step["id"]) for step in document["steps"]]
    titles = {step["id"]: _title(desk, step) for step in document["steps"]}
    versions = await shelves_of(desk).versions_of(own.id)
    context: dict[str, Any] = {
        "own": own,
        "document": document,
        "sections": sections,
        "faults": by_name,
        "faulty": [(section, [f for f in section.fields if f.name in by_name]) for section in sections],
        "languages_shown": both_languages(desk)[: len(COMPLETE)],
        "language_name": desk.language_name,
        "titles": titles,
        "may_move": {step: (may_move(document, step, -1), may_move(document, step, 1)) for step in steps},
        "stays": {step: why_stays(document, step) for step in steps},
        "versions": [(v, await _who(desk, v.by), _when(desk, v.at)) for v in versions],
        "changed_by": await _who(desk, own.changed_by),
        "changed_at": _when(desk, own.changed_at),
        "trouble": trouble,
        "refused": refused,
        "focus": desk.request.query.get("at", ""),
    }
    return desk.render("library/edit.html", context, status)


def _title(desk: Desk, step: Document) -> str:
    return desk.say(step.get("title") or {}) or str(step["id"])


async def _who(desk: Desk, staff: str) -> str:
    person = await desk.parts.people.staff(staff)
    return desk.say(person.names) if person else ""


def _when(desk: Desk, moment: datetime) -> str:
    clock = desk.clock(moment, desk.school)
    return f"{clock.day}, {clock.time}"
