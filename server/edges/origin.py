"""Where a request says it comes from, and whether that is a page of ours: one rule for forms and for sockets."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from server.edges.parts import PARTS


def is_ours(request: web.Request, origin: str) -> bool:
    """Whether a page at `origin` is a page of this installation."""
    settings = request.app[PARTS].settings
    if origin == settings.origin:
        return True
    try:
        asked = urlsplit(origin)
    except ValueError:
        return False
    # On one's own machine "localhost" and "127.0.0.1" are the same place; a name that is not loopback is never taken on trust.
    here = asked.scheme == "http" and asked.netloc == request.host and is_loopback(asked.hostname or "")
    return here and not settings.https


def is_loopback(host: str) -> bool:
    """Whether a host name or address stays on its own machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
