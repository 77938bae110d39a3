"""What tests of any folder may ask for: a PostgreSQL and a Redis server, started when the first test wants one."""

import os
from collections.abc import Generator

import pytest

from tests.services import own_postgres, own_redis


@pytest.fixture(scope="session")
def postgres_server() -> Generator[str]:
    """The address of a PostgreSQL database: the one that tests were given, else one of our own."""
    given = os.environ.get("HAVRUTA_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with own_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Generator[str]:
    """The address of a Redis server: the one that tests were given, else one of our own."""
    given = os.environ.get("HAVRUTA_TEST_REDIS_URL")
    if given:
        yield given
        return
    with own_redis() as url:
        yield url
