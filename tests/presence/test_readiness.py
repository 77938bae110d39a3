"""A process says whether what it needs answers, and says so in time."""

import asyncio
from pathlib import Path

import pytest

from server.app import HOUSE, make_app
from server.edges import api
from server.settings import Settings
from tests.presence.conftest import OwnRedis

pytestmark = pytest.mark.redis


async def test_a_process_is_ready_while_the_database_and_redis_answer(own_redis: OwnRedis, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url=own_redis.url)
    app = await make_app(settings)
    ready = app[api.READY]
    try:
        assert await ready() == {"database": True, "redis": True}
        await own_redis.kill()
        async with asyncio.timeout(3):
            assert await ready() == {"database": True, "redis": False}
    finally:
        await app[HOUSE].presence.stop()  # type: ignore[attr-defined]  # Redis was asked for
        await app[HOUSE].engine.dispose()
