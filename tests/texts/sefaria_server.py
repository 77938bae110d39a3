"""A library on loopback that speaks as Sefaria does, fed with Ruth 1; and one that misbehaves in every way there is."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

HERE = Path(__file__).resolve().parent
NOTE = '<sup class="footnote-marker">a</sup><i class="footnote"><b>cleaved</b> Or “held <i>fast</i>”.</i>'


def _read(language: str) -> dict[str, Any]:
    return json.loads((HERE / "sefaria" / f"ruth-1.{language}.json").read_text("utf-8"))


EXPORTED = {"he": _read("he"), "en": _read("en")}
FAMILY = {"he": "hebrew", "en": "english"}


@dataclass
class Sefaria:
    """What the library was asked, and how it answers: `answers` by what it was asked for win over the text."""

    url: str = ""
    asked: list[str] = field(default_factory=list[str])
    older_only: bool = False
    behaviour: str = "well"
    licence: dict[str, str] = field(default_factory=lambda: {"he": "Public Domain", "en": "Public Domain"})
    without: set[str] = field(default_factory=set[str])
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def v3(self, request: web.Request) -> web.StreamResponse:
        """Answer as /api/v3/texts does."""
        self.asked.append(request.path_qs)
        if self.older_only:
            raise web.HTTPNotFound(text="<h1>Page not found</h1>", content_type="text/html")
        if odd := await self._misbehave(request):
            return odd
        span = _span(request.match_info["ref"])
        if span is None:
            return web.json_response({"error": "Could not find title in reference"}, status=404)
        wanted = {part.partition("|")[0]: part.partition("|")[2] for part in request.query.getall("version", [])}
        versions: list[dict[str, Any]] = []
        for language in ("he", "en"):
            title = wanted.get(FAMILY[language])
            if title is None or language in self.without or title not in ("", EXPORTED[language]["versionTitle"]):
                continue
            versions.append({**_about(language, self.licence[language]), "text": _verses(language, *span)})
        every = [_about(language, self.licence[language]) for language in ("he", "en")]
        every.append({**_about("en", "CC-BY"), "versionTitle": "A Free <b>New</b> Translation"})
        said = {"versions": versions, "available_versions": every, "warnings": [], **_place(*span)}
        return web.json_response(said)

    async def older(self, request: web.Request) -> web.StreamResponse:
        """Answer as /api/texts does."""
        self.asked.append(request.path_qs)
        span = _span(request.match_info["ref"])
        if span is None:
            return web.json_response({"error": "Could not find title in reference"})
        said = {
            "text": _verses("en", *span),
            "he": _verses("he", *span),
            "versionTitle": EXPORTED["en"]["versionTitle"],
            "heVersionTitle": EXPORTED["he"]["versionTitle"],
            "license": "Public Domain",
            "heLicense": "Public Domain",
            **_place(*span),
        }
        return web.json_response(said)

    async def elsewhere(self, request: web.Request) -> web.Response:
        """Where a redirect within the host leads."""
        self.asked.append(request.path_qs)
        return web.json_response({"versions": [{**_about("en", "CC0"), "text": "moved"}], **_place(8, 8)})

    async def _misbehave(self, request: web.Request) -> web.StreamResponse | None:
        match self.behaviour:
            case "slow":
                await self.released.wait()
            case "page":
                return web.Response(text="<script>alert(1)</script>", content_type="text/html")
            case "huge":
                return web.json_response({"text": "x" * 3_000_000})
            case "endless":
                return await self._endless(request)
            case "bomb":
                answer = web.json_response({"text": "x" * 30_000_000})
                answer.enable_compression()
                return answer
            case "deep":
                return web.Response(text="[" * 100_000, content_type="application/json")
            case "nested":
                return web.json_response({"versions": [{**_about("en", ""), "text": [[[[["x"]]]]]}], **_place(8, 9)})
            case "shapeless":
                return web.json_response({"versions": {"text": 3}})
            case "many":
                return web.json_response({"versions": [{**_about("en", ""), "text": ["x"] * 5000}], **_place(8, 9)})
            case "broken":
                return web.Response(text='{"versions": [', content_type="application/json")
            case "other_host":
                raise web.HTTPFound("http://169.254.169.254/latest/meta-data/")
            case "round":
                raise web.HTTPFound(request.path_qs)
            case "moved":
                raise web.HTTPFound("/moved")
            case "hostile":
                text = '<img src=x onerror="alert(1)"><script>alert(2)</script>Go\u202e <a href="javascript:x">home</a>'
                return web.json_response({"versions": [{**_about("en", "CC0"), "text": text}], **_place(8, 8)})
            case status if status.isdecimal():
                return web.json_response({"error": "no"}, status=int(status))
            case _:
                return None
        return None

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        try:
            while True:
                await response.write(b" " * 65536)
        except ConnectionError:
            return response


@asynccontextmanager
async def sefaria() -> AsyncGenerator[Sefaria]:
    """Run the library until the block ends."""
    library = Sefaria()
    app = web.Application()
    app.router.add_get("/api/v3/texts/{ref}", library.v3)
    app.router.add_get("/api/texts/{ref}", library.older)
    app.router.add_get("/moved", library.elsewhere)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port: int = runner.addresses[0][1]
    library.url = f"http://127.0.0.1:{port}"
    try:
        yield library
    finally:
        library.released.set()
        await runner.cleanup()


def _about(language: str, licence: str) -> dict[str, Any]:
    return {
        "versionTitle": EXPORTED[language]["versionTitle"],
        "license": licence,
        "language": language,
        "actualLanguage": language,
        "languageFamilyName": FAMILY[language],
    }


def _span(reference: str) -> tuple[int, int] | None:
    if found := re.fullmatch(r"Ruth[ .]1[:.](\d+)(?:-(\d+))?", reference):
        return int(found[1]), int(found[2] or found[1])
    if reference == "רות א:ח-יח":
        return 8, 18
    return (1, 18) if reference == "Ruth 1" else None


def _verses(language: str, first: int, last: int) -> str | list[str]:
    verses: list[str] = EXPORTED[language]["text"][0][first - 1 : last]
    if language == "en":
        verses = [verse.replace("cleaved", f"<i>cleaved</i>{NOTE}") for verse in verses]
    return verses[0] if first == last else verses


def _place(first: int, last: int) -> dict[str, Any]:
    sections = {"sections": ["1", str(first)], "toSections": ["1", str(last)], "textDepth": 2}
    end = f"-{last}" if last != first else ""
    names = {"ref": f"Ruth 1:{first}{end}", "heRef": "רות א׳:ח׳-י״ח" if first == 8 else "רות א׳"}
    return {**sections, **names, "book": "Ruth", "heIndexTitle": "רות", "indexTitle": "Ruth"}
