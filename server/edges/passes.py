"""Who comes by a link to one lesson: the pass that this browser bears, on one device at a time."""

from typing import Final

from aiohttp import web

from server.core.people.passes import Pass
from server.edges.parts import PARTS
from server.ports.passes import Passes

BEARER = "havruta_pass"
KIND = "pass"

PASSES: Final[web.AppKey[Passes]] = web.AppKey("passes", Passes)


def is_by_pass(request: web.Request) -> bool:
    """Whether this request comes to a path under which a pass lives."""
    return "pass" in request.match_info


def pass_cookie(request: web.Request) -> str:
    """Return the name of the cookie; scoped to one pass's path, so that one browser can hold an account beside it."""
    return f"__Secure-{BEARER}" if request.app[PARTS].settings.https else BEARER


def pass_path(pass_id: str) -> str:
    """Return the path under which everything of one pass lives."""
    return f"/p/{pass_id}/"


async def bearer_of(request: web.Request) -> Pass | None:
    """Return the pass at this path if this browser bears it and it holds now."""
    parts = request.app[PARTS]
    token = request.cookies.get(pass_cookie(request))
    found = await parts.sign_ins.subject(token, parts.clock.now()) if token else None
    if found is None or found != (KIND, request.match_info["pass"]):
        return None
    one = await request.app[PASSES].get(found[1])
    return one if one is not None and one.holds(parts.clock.now()) else None


async def let_in(request: web.Request, response: web.StreamResponse, one: Pass) -> None:
    """Let this device bear the pass; whichever did before ends at once."""
    parts = request.app[PARTS]
    await put_out(request, one)
    token = await parts.sign_ins.start(KIND, one.id, parts.clock.now())
    response.set_cookie(
        pass_cookie(request),
        token,
        path=pass_path(one.id),
        httponly=True,
        samesite="Lax",
        secure=parts.settings.https,
    )


async def put_out(request: web.Request, one: Pass) -> None:
    """End every device's use of a pass, open pages included."""
    parts = request.app[PARTS]
    await parts.sign_ins.end_all(KIND, one.id)
    await parts.live.forget(one.id)
