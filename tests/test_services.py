"""The servers that tests start for themselves: they serve, and they are gone afterwards."""

import asyncio
import socket
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests import services


def nobody_answers(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as asked:
        asked.settimeout(5)
        return asked.connect_ex((parts.hostname or "", parts.port or 0)) != 0


async def count_on(url: str) -> int:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        one = (await connection.execute(text("SELECT 1"))).scalar_one()
    await engine.dispose()
    return one


@pytest.mark.postgres
def test_a_postgresql_of_our_own_serves_and_is_gone_afterwards() -> None:
    with services.own_postgres() as url:
        assert asyncio.run(count_on(url)) == 1
    assert nobody_answers(url)


@pytest.mark.redis
def test_a_redis_of_our_own_serves_and_is_gone_afterwards() -> None:
    with services.own_redis() as url:
        assert not nobody_answers(url)
    assert nobody_answers(url)


def test_a_missing_service_is_told_loudly_and_fails_where_everything_is_to_be_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CI", "false")
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED: Redis"):
        services.missing("Redis")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI without Redis"):
        services.missing("Redis")
