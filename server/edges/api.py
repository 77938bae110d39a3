"""What programs ask over HTTP: lessons, messages, the API's own documents, health and figures."""

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from typing import Any, Final

import orjson
from aiohttp import web

from server.core.live.lesson import Lesson
from server.edges.locale import CATALOGUES
from server.edges.metrics import Metrics
from server.edges.parts import PARTS
from server.wire.documents import asyncapi, openapi
from server.wire.lessons import lesson_for_wire

routes = web.RouteTableDef()
YEAR = 365 * 24 * 3600

VERSION: Final[web.AppKey[str]] = web.AppKey("version", str)
METRICS: Final[web.AppKey[Metrics]] = web.AppKey("metrics", Metrics)
METRICS_TOKEN: Final[web.AppKey[str]] = web.AppKey("metrics_token", str)
FIND_LESSON: Final[web.AppKey[Callable[[str], Awaitable[Lesson | None]]]] = web.AppKey("find_lesson")
READY: Final[web.AppKey[Callable[[], Awaitable[dict[str, bool]]]]] = web.AppKey("ready")


def as_json(value: Any, status: int = 200, cache: str | None = None) -> web.Response:
    """Return a JSON answer; `cache` is its Cache-Control."""
    headers = {"Cache-Control": cache} if cache else {}
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json", headers=headers)


@routes.get("/healthz")
async def health(request: web.Request) -> web.Response:
    """The process is alive."""
    return web.Response(text="ok\n")


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """What this process needs answers."""
    found = await request.app[READY]()
    return as_json({"ready": all(found.values()), **found}, status=200 if all(found.values()) else 503)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """Figures for Prometheus; behind a bearer token where one is set, else only without a proxy in between.

    With a proxy everybody seems to come from it, so that the outside could not be told from the inside.
    """
    token = request.app.get(METRICS_TOKEN, "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    behind_a_proxy = request.app[PARTS].settings.trusted_proxies > 0
    if not compare_digest(given.encode(), token.encode()) if token else behind_a_proxy:
        raise web.HTTPNotFound
    return web.Response(body=request.app[METRICS].text(), content_type="text/plain", charset="utf-8")


@routes.get("/api/openapi.json")
async def openapi_document(request: web.Request) -> web.Response:
    """The HTTP interface."""
    return as_json(openapi(request.app[VERSION]))


@routes.get("/api/asyncapi.json")
async def asyncapi_document(request: web.Request) -> web.Response:
    """The live socket's messages."""
    return as_json(asyncapi(request.app[VERSION]))


@routes.get("/api/lessons/{hash:[0-9a-f]{64}}")
async def lesson(request: web.Request) -> web.Response:
    """A lesson by its content hash; protocols and a public text, nobody's words."""
    found = await request.app[FIND_LESSON](request.match_info["hash"])
    if found is None:
        raise web.HTTPNotFound
    return as_json(lesson_for_wire(found), cache=f"public, max-age={YEAR}, immutable")


@routes.get("/api/messages/{language}")
async def messages(request: web.Request) -> web.Response:
    """The interface's messages in one language."""
    catalogues = request.app[CATALOGUES]
    language = request.match_info["language"]
    if language not in catalogues.languages:
        raise web.HTTPNotFound
    return as_json(catalogues.messages(language), cache="no-cache")
