"""Which protocols a reader may choose and a plan may use: those that ship, and schools' own."""

from typing import Final

from aiohttp import web

from server.core.live.protocol import Protocol
from server.core.people.models import Plan, Twinning
from server.core.twinning.own_protocol import OwnProtocol, split_key
from server.edges.pages.desk import Desk
from server.ports.shelves import ProtocolText, Shelves

SHELVES: Final[web.AppKey[Shelves]] = web.AppKey("shelves", Shelves)
PROTOCOL_TEXT: Final[web.AppKey[ProtocolText]] = web.AppKey("protocol_text", ProtocolText)


def shelves_of(desk: Desk) -> Shelves:
    """Return the store of own protocols and shelf plans."""
    return desk.request.app[SHELVES]


async def protocols_to_choose(desk: Desk) -> dict[str, Protocol]:
    """Return what may be put into a plan, by the name that a plan calls it."""
    return {**desk.parts.protocols, **await shelves_of(desk).newest_of(desk.school.id)}


async def protocols_of_plan(desk: Desk, twinning: Twinning, plan: Plan) -> dict[str, Protocol]:
    """Return what may be chosen, and whatever this plan of a twinning names of its schools' own protocols."""
    named = await _named(desk, twinning, plan)
    return {**await protocols_to_choose(desk), **named}


async def own_protocol(desk: Desk, name: str) -> OwnProtocol | None:
    """Return the own protocol that a name is of, whosever it is; None for any other name."""
    asked = split_key(name)
    return await shelves_of(desk).own(asked[0]) if asked else None


async def protocol_seen(desk: Desk, name: str) -> Protocol | None:
    """Return a protocol that the reader may look at, or None.

    Another school's own one is seen in exactly the version that a lesson of a common twinning names.
    """
    if name in desk.parts.protocols:
        return desk.parts.protocols[name]
    asked = split_key(name)
    if asked is None:
        return None
    own = await shelves_of(desk).own(asked[0])
    if own is not None and own.school == desk.school.id:
        key = name if asked[1] else own.key
        return (await shelves_of(desk).named([key], [desk.school.id])).get(key)
    for twinning in await desk.parts.people.twinnings_of(desk.school.id):
        for lesson in await desk.parts.people.sessions_of(twinning.id):
            if any(part.protocol == name for part in lesson.plan.parts):
                return (await _named(desk, twinning, lesson.plan)).get(name)
    return None


async def _named(desk: Desk, twinning: Twinning, plan: Plan) -> dict[str, Protocol]:
    schools = [school for side in twinning.sides for school in side.schools]
    return await shelves_of(desk).named({part.protocol for part in plan.parts}, schools)
