"""What every answer carries and every request must pass: content policy, cross-site checks, size, kind error pages."""

import base64
import hashlib
import logging
from typing import Final

import aiohttp_jinja2
from aiohttp import web
from markupsafe import Markup

from server.edges.limits import TooManyTries
from server.edges.locale import Handler, device_locale_middleware, locale_middleware
from server.edges.locale import gettext as _
from server.edges.origin import is_ours
from server.edges.parts import PARTS
from server.edges.problems import Problem

MOST_BYTES = 1024 * 1024
"""The largest request body: a roster of a large school is a tenth of it. Give it to aiohttp as `client_max_size`."""

IMPORT_MAP: Final[web.AppKey[str]] = web.AppKey("import_map", str)
"""The import map as JSON text: the one inline script, allowed by its hash."""

_log = logging.getLogger(__name__)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PERMISSIONS = ", ".join(
    [
        "camera=(self)",
        "microphone=(self)",
        "fullscreen=(self)",
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "browsing-topics",
                "display-capture",
                "encrypted-media",
                "geolocation",
                "gyroscope",
                "hid",
                "identity-credentials-get",
                "magnetometer",
                "midi",
                "payment",
                "picture-in-picture",
                "publickey-credentials-get",
                "serial",
                "usb",
                "xr-spatial-tracking",
            )
        ),
    ]
)


def import_map_script(app: web.Application) -> Markup:
    """Return the import map as the script element whose hash the policy allows."""
    # The text is ours, made at install, and hashed below byte for byte.
    return Markup(f'<script type="importmap">{_import_map(app)}</script>')  # noqa: S704


def content_policy(app: web.Application) -> str:
    """Return the Content-Security-Policy: nothing inline but the import map, nothing from anywhere else."""
    digest = base64.b64encode(hashlib.sha256(_import_map(app).encode()).digest()).decode()
    # Safari before 15.4 does not count a socket of the same host as 'self'.
    socket = app[PARTS].settings.origin.replace("http", "ws", 1)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob: mediastream:",
            "font-src 'self'",
            " ".join(["connect-src 'self'", socket, *app[PARTS].settings.media_origins]),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on every answer, errors and files included (connect to `app.on_response_prepare`)."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", content_policy(request.app))
    headers["Permissions-Policy"] = _PERMISSIONS
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"
    # Not "no-referrer": browsers then send forms with the origin "null", and we could not tell them from a stranger's.
    headers["Referrer-Policy"] = "same-origin"
    if request.app[PARTS].settings.https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if not request.path.startswith("/static/"):
        # Shared laptops: the next child's Back button must not show the last one's page.
        headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def security_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what comes from elsewhere or is too large; turn every failure into a sentence with a stable code.

    Stands between the two middlewares of locale.py: see MIDDLEWARES.
    """
    try:
        if request.method not in _SAFE:
            _check_origin(request)
        if (request.content_length or 0) > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=MOST_BYTES, actual_size=request.content_length or 0)
        return await handler(request)
    except Problem as problem:
        return _answer(request, problem)
    except TooManyTries as closed:
        return _answer(request, too_many_tries(closed.seconds))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _answer(request, _problem_of(error))
    except Exception as error:  # noqa: BLE001  # whatever broke, a person waits for an answer
        # The kind of error and the route, never the words that were sent (a traceback's message may quote them).
        _log.error("a page failed", extra={"route": _route(request), "error": type(error).__name__}, exc_info=error)
        return _answer(
            request,
            Problem(500, "our_mistake", _("Something went wrong on our side. Nothing you did; please try again.")),
        )


MIDDLEWARES = (device_locale_middleware, security_middleware, locale_middleware)
"""In this order: the device's language first, so that every failure can be told; the person's own may need the database."""


def too_many_tries(seconds: int) -> Problem:
    """Return the problem of a door that is closed for a while."""
    sentence = _("That was tried too often just now. Wait a minute, then try again.")
    return Problem(429, "too_many_tries", sentence, {"Retry-After": str(seconds)})


def _check_origin(request: web.Request) -> None:
    """Raise unless an unsafe request comes from a page of ours. A browser always says where a POST comes from.

    Origin "null" is what some privacy settings send for our own forms; Sec-Fetch-Site, which no page can forge, decides.
    """
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    ours = origin is not None and origin != "null" and is_ours(request, origin)
    if (ours and site in (None, "same-origin")) or (origin == "null" and site == "same-origin"):
        return
    raise Problem(
        403, "from_elsewhere", _("This came from another site, so nothing was changed. Open the page again and retry.")
    )


def _problem_of(error: web.HTTPException) -> Problem:
    match error.status:
        case 403:
            return Problem(403, "not_yours", _("This page belongs to somebody else."))
        case 404:
            return Problem(404, "not_found", _("There is no such page. The link may be old, or a letter is missing."))
        case 405:
            return Problem(
                405, "not_this_way", _("That cannot be done here."), {"Allow": error.headers.get("Allow", "")}
            )
        case 413:
            return Problem(413, "too_large", _("That is too large. Send a smaller file."))
        case _:
            return Problem(error.status, "not_understood", _("That could not be understood. Go back and try again."))


def _answer(request: web.Request, problem: Problem) -> web.Response:
    if request.path.startswith("/api/"):
        body = {"ok": False, "code": problem.code, "message": problem.sentence}
        response = web.json_response(body, status=problem.status)
    else:
        context = {"code": problem.code, "sentence": problem.sentence}
        response = aiohttp_jinja2.render_template("entrance/error.html", request, context, status=problem.status)
    response.headers.update(problem.headers)
    return response


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"


def _import_map(app: web.Application) -> str:
    return app.get(IMPORT_MAP, "{}")
