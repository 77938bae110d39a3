"""What processes tell each other is heard by all others, and after an outage too."""

import asyncio

import pytest

from server.adapters.bus import LocalBus, RedisBus
from tests.presence.conftest import OpenBus, OwnRedis, until


class Ear:
    """Notes what it hears."""

    def __init__(self, bus: RedisBus | LocalBus) -> None:
        self.heard: list[tuple[str, str]] = []
        bus.listen(self._hear)

    async def _hear(self, topic: str, session: str) -> None:
        self.heard.append((topic, session))


async def known(speaker: RedisBus, ear: Ear) -> None:
    """Wait until one is heard by the other: a subscription takes a moment."""
    async with asyncio.timeout(10):
        while not ear.heard:
            await speaker.tell("hello", "")
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    ear.heard.clear()


async def test_alone_there_is_nobody_to_tell() -> None:
    bus = LocalBus()
    ear = Ear(bus)
    await bus.start()
    await bus.tell("seats", "s")
    await bus.stop()
    assert ear.heard == []


@pytest.mark.redis
async def test_others_hear_and_oneself_does_not(redis_url: str, open_bus: OpenBus) -> None:
    here, there, third = [await open_bus(redis_url, name) for name in ("here", "there", "third")]
    ears = [Ear(bus) for bus in (here, there, third)]
    await known(here, ears[1])
    await known(there, ears[2])
    await known(there, ears[0])
    for ear in ears:
        ear.heard.clear()
    await here.tell("seats", "s")
    await here.tell("people", "שיעור")
    await until(lambda: all(ear.heard == [("seats", "s"), ("people", "שיעור")] for ear in ears[1:]))
    assert ears[0].heard == []


@pytest.mark.redis
async def test_a_hearer_that_fails_does_not_make_deaf(redis_url: str, open_bus: OpenBus) -> None:
    here, there = await open_bus(redis_url, "here"), await open_bus(redis_url, "there")
    ear = Ear(there)
    await known(here, ear)

    async def stumble(topic: str, session: str) -> None:
        raise RuntimeError(topic, session)

    there.listen(stumble)
    await here.tell("seats", "s1")
    await here.tell("seats", "s2")
    await until(lambda: ear.heard == [("seats", "s1"), ("seats", "s2")])


@pytest.mark.redis
async def test_what_is_told_while_redis_is_away_is_said_once_when_it_is_back(
    own_redis: OwnRedis, open_bus: OpenBus
) -> None:
    here = await open_bus(own_redis.url, "here")
    there = await open_bus(own_redis.url, "there")
    ear = Ear(there)
    await known(here, ear)
    gaps: list[int] = []

    async def missed_something() -> None:
        gaps.append(1)

    there.on_gap = missed_something
    await own_redis.kill()
    async with asyncio.timeout(1):
        for _ in range(50):
            await here.tell("seats", "s")
    await own_redis.start()
    # Whether the one speaks before the other listens is chance: the gap is told in any case.
    await until(lambda: len(gaps) == 1, seconds=3)
    await here.tell("people", "s")
    await until(lambda: ear.heard[-1:] == [("people", "s")])
    assert ear.heard in ([("people", "s")], [("seats", "s"), ("people", "s")])
