"""How often a door may be tried: wrong codes and wrong passwords cost, right ones never do."""

import hashlib
import hmac
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Final

from aiohttp import web
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from server.edges.parts import PARTS

CODES_A_MINUTE = 30
PASSWORDS_A_QUARTER_HOUR = 10
PASSWORDS_AN_HOUR_ANYWHERE = 100
LINKS_A_MINUTE = 30


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
    """Counts failures in memory, or in Redis when several processes must count together.

    Addresses are never kept: only a hash under a key that changes daily and cannot be made without the secret.
    """

    def __init__(self, secret: str, redis_url: str | None = None) -> None:
        storage = RedisStorage(f"async+{redis_url}", implementation="redispy") if redis_url else MemoryStorage()
        self._limiter = MovingWindowRateLimiter(storage)
        self._secret = secret.encode()
        self._under_way: Counter[tuple[str, ...]] = Counter()

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
                    await self._limiter.hit(bucket.limit, *key)

    async def _refuse_if_full(self, bucket: Bucket, key: tuple[str, ...], now: datetime) -> None:
        resets, left = await self._limiter.get_window_stats(bucket.limit, *key)
        if left == 0:
            raise TooManyTries(min(max(1, round(resets - now.timestamp())), bucket.limit.get_expiry()))
        # A class signs in at the same moment: what is under way may be several times what may fail.
        if self._under_way[key] >= 4 * bucket.limit.amount:
            raise TooManyTries(1)

    def _key(self, bucket: Bucket, address: str, now: datetime, subject: str) -> tuple[str, ...]:
        who = (address if bucket.by_address else "", subject if bucket.by_subject else "")
        said = "\n".join((now.date().isoformat(), *who)).encode()
        return (bucket.name, hmac.new(self._secret, said, hashlib.sha256).hexdigest()[:32])


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
