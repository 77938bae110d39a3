"""Server-rendered pages, one module a part of the product; each has `routes`, listed in PAGES."""

from importlib import import_module
from pkgutil import iter_modules

from aiohttp import web

PAGES: tuple[web.RouteTableDef, ...] = tuple(
    found
    for module in sorted(iter_modules(__path__), key=lambda module: module.name)
    if isinstance(found := getattr(import_module(f"{__name__}.{module.name}"), "routes", None), web.RouteTableDef)
)
