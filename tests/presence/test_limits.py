"""Guessing is slowed by all processes together, and by each for itself while Redis is away."""

from datetime import UTC, datetime

import pytest

from server.edges.limits import CODES, CODES_A_MINUTE, Limits, TooManyTries
from tests.presence.conftest import OwnRedis

pytestmark = pytest.mark.redis


async def guess(limits: Limits, times: int) -> None:
    """Type so many wrong codes."""
    for _ in range(times):
        async with limits.trying(CODES, "10.0.0.1", datetime.now(UTC)) as attempt:
            attempt.failed()


async def test_the_doors_stay_open_while_redis_is_away_and_are_counted_together_when_it_is_back(
    own_redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.edges.limits.REDIS_RESTS_SECONDS", 0.0)
    one, other = Limits("secret", own_redis.url), Limits("secret", own_redis.url)
    await guess(one, 1)
    await own_redis.kill()
    await guess(one, 1)
    await own_redis.start()
    await guess(one, CODES_A_MINUTE)
    with pytest.raises(TooManyTries):
        await guess(other, 1)
    await one.stop()
    await other.stop()
