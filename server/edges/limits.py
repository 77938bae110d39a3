"""How often a door may be tried: wrong codes and wrong passwords cost, right ones never do."""

import hashlib
import hmac
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

import structlog
from aiohttp import web
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from server.edges.parts import PARTS

CODES_A_MINUTE = 30
PASSWORDS_A_QUARTER_HOUR = 10
PASSWORDS_AN_HOUR_ANYWHERE = 100
LINKS_A_MINUTE = 30
REDIS_WAITS_SECONDS = 1.0
REDIS_RESTS_SECONDS = 2.0
"""How long Redis is not asked again after it did not answer: a class that signs in then must not wait for it one by one."""

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many failures a door stands, and whose they are: one address, one name at one address, one name anywhere."""

    limit: RateLimitItem
    name: str
    by_address: bool = True
    by_subject: bool = False


CODES = (Bucket(RateLimitItemPerMinute(CODES_A_MINUTE), "code"),)
"""Thirty wrong codes a minute from one address, and only wrong ones count: a whole school behind one address signs in
without ever meeting the limit, and a class that mistypes has a clean minute again a minute later.

The maths: 28⁹ ≈ 1.06·10¹³ codes. Thirty a minute are 43,200 a day; with 10,000 students in one installation the chance of
hitting anybody is 43,200 · 10⁴ / 1.06·10¹³ ≈ 0.004 % a day, one hit in about 67 years from one address.
"""

PASSWORDS = (
    Bucket(RateLimitItemPerMinute(PASSWORDS_A_QUARTER_HOUR, 15), "password", by_subject=True),
    # Many addresses and one e-mail: slow the guessing. High enough that locking a teacher out on purpose takes an effort
    # that shows in the logs, and it passes within the hour.
    Bucket(RateLimitItemPerHour(PASSWORDS_AN_HOUR_ANYWHERE), "password anywhere", by_address=False, by_subject=True),
    Bucket(RateLimitItemPerMinute(CODES_A_MINUTE), "password address"),
)
LINKS = (Bucket(RateLimitItemPerMinute(LINKS_A_MINUTE), "link"),)


class TooManyTries(Exception):
    """This door is closed for a while: `seconds` until it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Attempt:
    """One try at a door. Call `failed()` when it was wrong; a right one costs nothing."""

    def __init__(self) -> None:
        self.was_wrong = False

    def failed(self) -> None:
        """Count this try."""
        self.was_wrong = True


class Limits:
    """Counts failures in memory, and in Redis too when several processes must count together.

    While Redis is away each process counts for itself: the doors stay open, and guessing stays slow. Addresses are never
    kept: only a hash under a key that changes daily and cannot be made without the secret.
    """

    def __init__(self, secret: str, redis_url: str | None = None) -> None:
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._connections = _connections(redis_url) if redis_url else None
        self._shared = _shared(redis_url, self._connections) if redis_url else None
        self._away_until: float | None = None
        self._secret = secret.encode()
        self._under_way: Counter[tuple[str, ...]] = Counter()

    async def stop(self) -> None:
        """Close the connections to Redis."""
        if self._connections is not None:
            await self._connections.disconnect()

    @asynccontextmanager
    async def trying(
        self, buckets: tuple[Bucket, ...], address: str, now: datetime, subject: str = ""
    ) -> AsyncGenerator[Attempt, None]:
        """Let one try happen, or raise TooManyTries.

        Tries under way count as failures until they are over: a thousand sent at the same moment are no way around.
        """
        keys = [(bucket, self._key(bucket, address, now, subject)) for bucket in buckets]
        for bucket, key in keys:
            await self._refuse_if_full(bucket, key, now)
        self._under_way.update(key for _, key in keys)
        attempt = Attempt()
        try:
            yield attempt
        finally:
            self._under_way.subtract(key for _, key in keys)
            self._under_way += Counter()  # forgets those at nought
            if attempt.was_wrong:
                for bucket, key in keys:
                    await self._count(bucket, key)

    async def _refuse_if_full(self, bucket: Bucket, key: tuple[str, ...], now: datetime) -> None:
        resets, left = await self._window(bucket, key)
        if left == 0:
            raise TooManyTries(min(max(1, round(resets - now.timestamp())), bucket.limit.get_expiry()))
        # A class signs in at the same moment: what is under way may be several times what may fail.
        if self._under_way[key] >= 4 * bucket.limit.amount:
            raise TooManyTries(1)

    async def _count(self, bucket: Bucket, key: tuple[str, ...]) -> None:
        # Always here as well, so that whoever was guessing when Redis went does not begin anew.
        await self._own.hit(bucket.limit, *key)
        if shared := self._shared_now():
            try:
                await shared.hit(bucket.limit, *key)
            except StorageError as problem:
                self._note_away(problem)
            else:
                self._note_back()

    async def _window(self, bucket: Bucket, key: tuple[str, ...]) -> tuple[float, int]:
        """Return when the bucket has room again (seconds since 1970) and how many failures it still takes."""
        if shared := self._shared_now():
            try:
                found = await shared.get_window_stats(bucket.limit, *key)
            except StorageError as problem:
                self._note_away(problem)
            else:
                self._note_back()
                return found.reset_time, found.remaining
        own = await self._own.get_window_stats(bucket.limit, *key)
        return own.reset_time, own.remaining

    def _shared_now(self) -> MovingWindowRateLimiter | None:
        """Return what counts in Redis, unless Redis was away a moment ago."""
        resting = self._away_until is not None and time.monotonic() < self._away_until
        return None if resting else self._shared

    def _note_away(self, problem: StorageError) -> None:
        if self._away_until is None:
            _logger.warning("redis_is_away", part="limits", error=type(problem.storage_error).__name__)
        self._away_until = time.monotonic() + REDIS_RESTS_SECONDS

    def _note_back(self) -> None:
        if self._away_until is not None:
            _logger.info("redis_is_back", part="limits")
            self._away_until = None

    def _key(self, bucket: Bucket, address: str, now: datetime, subject: str) -> tuple[str, ...]:
        who = (address if bucket.by_address else "", subject if bucket.by_subject else "")
        said = "\n".join((now.date().isoformat(), *who)).encode()
        return (bucket.name, hmac.new(self._secret, said, hashlib.sha256).hexdigest()[:32])


def _connections(redis_url: str) -> Any:
    # Typed loosely: the library's own types know only part of what it takes.
    pool: Any = ConnectionPool
    waits = REDIS_WAITS_SECONDS
    return pool.from_url(redis_url, socket_connect_timeout=waits, socket_timeout=waits, retry=Retry(NoBackoff(), 0))


def _shared(redis_url: str, connections: Any) -> MovingWindowRateLimiter:
    storage = RedisStorage(
        f"async+{redis_url}", wrap_exceptions=True, implementation="redispy", connection_pool=connections
    )
    return MovingWindowRateLimiter(storage)


LIMITS: Final[web.AppKey[Limits]] = web.AppKey("limits", Limits)


def client_address(request: web.Request) -> str:
    """Return the browser's network address; of IPv6 the /64, which is what one household or school has.

    X-Forwarded-For is believed for as many steps as there are trusted proxies, counted from our side: what stands further
    left was written by the client.
    """
    hops = request.app[PARTS].settings.trusted_proxies
    seen = request.remote or ""
    if hops:
        forwarded = [part.strip() for part in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")]
        seen = ([p for p in forwarded if p] + [seen])[-1 - hops :][0]
    try:
        address = ip_address(seen)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(getattr(address, "ipv4_mapped", None) or address)
