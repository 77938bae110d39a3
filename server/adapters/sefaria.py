"""Asks a library in Sefaria's form for a passage: one host only, briefly, little, and nothing it says is believed unread."""

import asyncio
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Protocol

import aiohttp
import orjson
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from server.core.importing.fetched import BadShape, Edition, Fetched, read_v1, read_v3
from server.core.importing.markup import one_line
from server.ports.school_texts import FetchTrouble

MOST_BYTES = 1024 * 1024
LONGEST_REFERENCE = 120
LONGEST_EDITION = 300
MOST_REDIRECTS = 2
CONNECT_SECONDS = 4.0
READ_SECONDS = 6.0
TOTAL_SECONDS = 12.0
AT_ONCE = 2
MOST_A_MINUTE = 40
"""A school's worth of teachers preparing lessons; one that is asked more often than that is somebody's loop."""
CHUNK = 16 * 1024
JSON_TYPES = frozenset({"application/json", "text/json"})
AGENT = "Havruta (live paired learning; fetches single passages for teachers)"
LANGUAGES = {"he": "hebrew", "en": "english"}
_NAT64 = 0x0064_FF9B << 96
_logger = structlog.get_logger(__name__)


class Passages(Protocol):
    """Where passages are kept once they were fetched."""

    async def kept(self, asked: list[str], now: datetime) -> Fetched | None: ...
    async def keep(self, asked: list[str], passage: Fetched, now: datetime) -> None: ...


class SefariaTexts:
    """The port TextSource. `base` is "https://host" or "" for a server that asks nobody.

    A name must lead to public addresses: one inside the network of this server could be a service that trusts it. Whoever
    runs the server may name an address itself, or localhost, and means it.
    """

    def __init__(
        self,
        base: str,
        passages: Passages,
        *,
        total_seconds: float = TOTAL_SECONDS,
        read_seconds: float = READ_SECONDS,
        resolver: Callable[[], AbstractResolver] = ThreadedResolver,
    ) -> None:
        self._base = URL(base.rstrip("/"))
        self._passages = passages
        self._timeout = aiohttp.ClientTimeout(
            total=total_seconds, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=read_seconds
        )
        self._resolver = resolver
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._asked: deque[float] = deque()

    @property
    def host(self) -> str:
        """The host that is asked; "" where none is."""
        return self._base.host or ""

    async def fetch(self, reference: str, editions: Mapping[str, str], now: datetime) -> Fetched:
        """Return a passage, from what is kept or from the host. Raises FetchTrouble."""
        if not self.host:
            raise FetchTrouble("off")
        reference = one_line(reference)
        if not reference or len(reference) > LONGEST_REFERENCE or not any(map(str.isalpha, reference)):
            raise FetchTrouble("unknown_reference")
        wanted = {lang: one_line(editions.get(lang, ""))[:LONGEST_EDITION].replace("|", " ") for lang in LANGUAGES}
        asked = [str(self._base), reference, *wanted.values()]
        if kept := await self._passages.kept(asked, now):
            return kept
        found = await self._ask(reference, wanted)
        await self._passages.keep(asked, found, now)
        return found

    async def _ask(self, reference: str, wanted: Mapping[str, str]) -> Fetched:
        self._count()
        try:
            # Waiting for a turn counts, too: a teacher waits no longer because others wait.
            async with asyncio.timeout(self._timeout.total), self._turns, self._open() as http:
                return await self._newer(http, reference, wanted)
        except TimeoutError:
            raise FetchTrouble("slow") from None
        except (aiohttp.ClientError, OSError) as problem:
            _logger.info("texts_unreachable", host=self.host, reason=type(problem).__name__)
            raise FetchTrouble("unreachable") from None
        except (BadShape, ValueError, RecursionError) as problem:
            _logger.info("texts_not_understood", host=self.host, reason=type(problem).__name__)
            raise FetchTrouble("not_understood") from None

    def _count(self) -> None:
        at = time.monotonic()
        while self._asked and self._asked[0] < at - 60:
            self._asked.popleft()
        if len(self._asked) >= MOST_A_MINUTE:
            raise FetchTrouble("busy")
        self._asked.append(at)

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=_PublicOnly(self._resolver(), self.host), limit=1, use_dns_cache=False
        )
        return aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            headers={"User-Agent": AGENT, "Accept": "application/json"},
            cookie_jar=aiohttp.DummyCookieJar(),
            # A proxy that the environment names would be another host.
            trust_env=False,
            max_line_size=8190,
            max_field_size=8190,
        )

    async def _newer(self, http: aiohttp.ClientSession, reference: str, wanted: Mapping[str, str]) -> Fetched:
        """Ask the v3 form; a host that knows only the older one is asked in that."""
        versions = [f"{LANGUAGES[lang]}|{title}" if title else LANGUAGES[lang] for lang, title in wanted.items()]
        query = [("version", version) for version in versions]
        status, answer = await self._get(http, self._url("api/v3/texts", reference, query))
        if status == 404 and not _says_error(answer):
            older = [("context", "0"), ("commentary", "0"), ("pad", "0")]
            older += [(name, wanted[lang]) for name, lang in (("ven", "en"), ("vhe", "he")) if wanted[lang]]
            status, answer = await self._get(http, self._url("api/texts", reference, older))
            read = read_v1
        else:
            read = read_v3
        if status in (400, 404) or _says_error(answer):
            raise FetchTrouble("unknown_reference")
        if status != 200:
            raise FetchTrouble("unreachable")
        found = read(answer)
        if not found.editions:
            raise FetchTrouble("no_such_edition" if any(wanted.values()) else "unknown_reference")
        return _named_languages_only(found)

    def _url(self, path: str, reference: str, query: list[tuple[str, str]]) -> URL:
        # One part of the path, whatever was typed: a slash or dots in a reference lead to no other page.
        part = reference.replace("/", " ").replace("\\", " ").strip(". ")
        return (self._base / path / part).with_query(query)

    async def _get(self, http: aiohttp.ClientSession, url: URL) -> tuple[int, object]:
        """Return (status, JSON); JSON is None where an error came with none."""
        for _ in range(MOST_REDIRECTS + 1):
            async with http.get(url, allow_redirects=False) as response:
                if response.status in (301, 302, 303, 307, 308):
                    url = self._within(url, response.headers.get("Location", ""))
                    continue
                if response.status == 429:
                    raise FetchTrouble("busy")
                if response.status >= 500:
                    raise FetchTrouble("unreachable")
                is_json = response.content_type in JSON_TYPES
                if not is_json and response.status == 200:
                    raise FetchTrouble("not_understood")
                return response.status, orjson.loads(await _read(response)) if is_json else None
        raise FetchTrouble("led_elsewhere")

    def _within(self, url: URL, location: str) -> URL:
        """Return where a redirect leads, if that is at the same host; nobody else is asked."""
        try:
            target = url.join(URL(location))
        except ValueError:
            raise FetchTrouble("led_elsewhere") from None
        if not location or target.origin() != self._base.origin():
            raise FetchTrouble("led_elsewhere")
        return target


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Return the body; whatever is larger than any passage is cut off while it comes, also one that was compressed."""
    if (response.content_length or 0) > MOST_BYTES:
        raise FetchTrouble("too_large")
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            response.close()
            raise FetchTrouble("too_large")
    return bytes(body)


def _says_error(answer: object) -> bool:
    return isinstance(answer, dict) and "error" in answer


def _named_languages_only(found: Fetched) -> Fetched:
    """Leave out other editions that are the ones we have."""
    have = {(edition.language, edition.title) for edition in found.editions.values()}
    others: tuple[Edition, ...] = tuple(o for o in found.others if (o.language, o.title) not in have)
    return found.model_copy(update={"others": others})


class _PublicOnly(AbstractResolver):
    """Lets a name lead to public addresses alone, looked at in the same moment as they are connected to."""

    def __init__(self, resolver: AbstractResolver, allowed: str) -> None:
        self._inner = resolver
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host != self._allowed:
            raise OSError("another host")
        found = await self._inner.resolve(host, port, family)
        if host == "localhost":
            return found
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise OSError("no public address")
        return public

    async def close(self) -> None:
        await self._inner.close()


def is_public(address: str) -> bool:
    """Whether an address is out in the world, also behind the mapped forms in which IPv6 carries IPv4."""
    try:
        parsed: Any = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inside: IPv4Address | None = None
    if isinstance(parsed, IPv6Address):
        inside = parsed.ipv4_mapped or parsed.sixtofour
        if inside is None and int(parsed) >> 32 == _NAT64 >> 32:
            inside = IPv4Address(int(parsed) & 0xFFFF_FFFF)
    looked_at = inside or parsed
    return bool(looked_at.is_global and not looked_at.is_multicast)
