"""Several processes on one Redis: they see each other at once, miss each other in time, and live on alone without it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

import pytest

from server.adapters.presence import RedisPresence
from server.adapters.redis_link import connect
from server.ports.live import Peer
from tests.presence.conftest import GRACE, START, Join, MovedClock, OwnRedis, until

pytestmark = pytest.mark.redis
NOA = Peer("p1", "s", "noa", "student", "a", 1, room="s.1", camera="on")
DAN = Peer("p2", "s", "dan", "student", "b", 2, room="s.1")


async def die(presence: RedisPresence) -> None:
    """End a process's presence without a goodbye."""

    async def silence() -> None:
        """A killed process says nothing."""

    presence._goodbye = silence  # pyright: ignore[reportPrivateUsage] -- stands for kill -9
    await presence.stop()


@pytest.fixture
async def empty_url(redis_url: str) -> str:
    """The given Redis, without what other tests left in it."""
    client = connect(redis_url)
    async for name in client.scan_iter("havruta:*:presence*"):
        await client.delete(name)
    await client.aclose()
    return redis_url


async def test_partners_on_different_processes_see_each_other(empty_url: str, join: Join, clock: MovedClock) -> None:
    here, there = await join(empty_url, "here"), await join(empty_url, "there")
    await here.put(NOA)
    await there.put(DAN)
    await until(lambda: here.peers("s") == there.peers("s") == [NOA, DAN])
    assert here.present("s", clock.now()) == there.present("s", clock.now()) == {"noa", "dan"}
    await here.put(replace(NOA, room="s.2", camera="off"))
    await until(lambda: "s.2" in [peer.room for peer in there.peers("s")])
    assert there.peers("s")[0].camera == "off"


async def test_news_does_not_wait_for_a_heartbeat(empty_url: str, join: Join) -> None:
    here, there = await join(empty_url, "here", beat=30, silent=90), await join(empty_url, "there", beat=30, silent=90)
    # The first change makes the two known to each other; the second only travels.
    await here.put(NOA)
    await until(lambda: there.peers("s") == [NOA])
    began = monotonic()
    await here.put(replace(NOA, room="s.2"))
    await until(lambda: "s.2" in [peer.room for peer in there.peers("s")])
    assert monotonic() - began < 1


async def test_a_process_that_comes_later_learns_of_all_who_are_here_and_lately_gone(
    empty_url: str, join: Join, clock: MovedClock
) -> None:
    here, watching = await join(empty_url, "here"), await join(empty_url, "watching")
    await here.put(NOA)
    await here.put(DAN)
    await here.drop("p2", clock.now())
    await until(lambda: watching.last_seen("s") == {"dan": START})
    later = await join(empty_url, "later")
    await until(lambda: later.peers("s") == [NOA])
    assert later.last_seen("s") == {"dan": START}
    assert later.present("s", START) == {"noa", "dan"}
    assert later.present("s", START + GRACE) == {"noa"}


async def test_a_member_who_moves_to_another_process_was_never_gone(
    empty_url: str, join: Join, clock: MovedClock
) -> None:
    here, there = await join(empty_url, "here"), await join(empty_url, "there")
    await here.put(NOA)
    await until(lambda: there.peers("s") == [NOA])
    moved = replace(NOA, id="p7", order=7)
    await there.put(moved)
    await here.drop("p1", clock.now())
    await until(lambda: here.peers("s") == there.peers("s") == [moved])
    assert here.present("s", START + 2 * GRACE) == there.present("s", START + 2 * GRACE) == {"noa"}
    assert here.last_seen("s") == {}


async def test_a_change_elsewhere_is_told_and_ones_own_is_not(empty_url: str, join: Join, clock: MovedClock) -> None:
    here, there = await join(empty_url, "here"), await join(empty_url, "there")
    told_here: list[str] = []
    told_there: list[str] = []
    here.on_change, there.on_change = told_here.append, told_there.append
    await here.put(NOA)
    await until(lambda: told_there == ["s"])
    await here.drop("p1", clock.now())
    await until(lambda: told_there == ["s", "s"])
    assert told_here == []
    await asyncio.sleep(0.3)
    assert told_there == ["s", "s"]


async def test_measured_talk_travels_without_making_others_show_their_rooms_anew(empty_url: str, join: Join) -> None:
    here, there = await join(empty_url, "here"), await join(empty_url, "there")
    await here.put(NOA)
    await until(lambda: there.peers("s") == [NOA])
    told: list[str] = []
    there.on_change = told.append
    talking = replace(NOA, talk_step=2, talk_seconds=11, talk_reliable=True)
    await here.put(talking)
    await until(lambda: there.peers("s") == [talking])
    assert told == []


async def test_only_its_own_process_drops_a_connection(empty_url: str, join: Join, clock: MovedClock) -> None:
    here, there = await join(empty_url, "here"), await join(empty_url, "there")
    await here.put(NOA)
    await until(lambda: there.peers("s") == [NOA])
    await there.drop("p1", clock.now())
    assert there.peers("s") == [NOA]


async def test_many_who_come_at_once_are_all_seen(empty_url: str, join: Join) -> None:
    here, there = await join(empty_url, "here"), await join(empty_url, "there")
    for number in range(300):
        of_many = replace(NOA, id=f"p{number}", who=f"m{number}", session=f"s{number % 10}", order=number)
        await (here, there)[number % 2].put(of_many)
    sessions = [f"s{n}" for n in range(10)]
    await until(lambda: all(len(p.peers(s)) == 30 for p in (here, there) for s in sessions))
    assert all(here.peers(s) == there.peers(s) for s in sessions)


async def test_a_process_that_dies_takes_its_members_with_it_after_the_silence_and_the_grace(
    empty_url: str, join: Join, clock: MovedClock
) -> None:
    here, there = await join(empty_url, "here", silent=1), await join(empty_url, "there", silent=1)
    await here.put(NOA)
    await there.put(DAN)
    await until(lambda: there.peers("s") == [NOA, DAN])
    told: list[str] = []
    there.on_change = told.append
    began = monotonic()
    await die(here)
    clock.pass_by(1)
    await until(lambda: there.peers("s") == [DAN])
    # It beat every 0.2 s, and is believed for a second after the last.
    assert 0.5 < monotonic() - began < 5
    assert told == ["s"]
    assert there.last_seen("s") == {"noa": START}
    assert there.present("s", clock.now()) == {"noa", "dan"}
    assert there.present("s", START + GRACE) == {"dan"}


async def test_a_process_that_ends_properly_is_missed_at_once(empty_url: str, join: Join, clock: MovedClock) -> None:
    here, there = await join(empty_url, "here", silent=60), await join(empty_url, "there", silent=60)
    await here.put(NOA)
    await until(lambda: there.peers("s") == [NOA])
    await here.stop()
    await until(lambda: there.peers("s") == [])
    assert there.present("s", clock.now()) == {"noa"}


async def test_a_process_that_starts_anew_under_its_name_inherits_nobody(
    empty_url: str, join: Join, clock: MovedClock
) -> None:
    watching, first = await join(empty_url, "watching", silent=1), await join(empty_url, "here", silent=1)
    await first.put(NOA)
    await until(lambda: watching.peers("s") == [NOA])
    await die(first)
    again = await join(empty_url, "here")
    await again.put(DAN)
    clock.pass_by(60)
    await until(lambda: watching.peers("s") == again.peers("s") == [DAN])


async def test_without_redis_a_process_knows_its_own(own_redis: OwnRedis, join: Join, clock: MovedClock) -> None:
    await own_redis.kill()
    alone = await join(own_redis.url, "alone")
    async with asyncio.timeout(1):
        await alone.put(NOA)
        await alone.put(DAN)
        await alone.drop("p2", clock.now())
    assert alone.peers("s") == [NOA]
    assert alone.present("s", clock.now()) == {"noa", "dan"}


async def test_a_redis_that_restarts_empty_is_filled_again_within_three_seconds(
    own_redis: OwnRedis, join: Join, clock: MovedClock
) -> None:
    # The heart beats as it does in service: healing must not depend on a faster one.
    here, there = (
        await join(own_redis.url, "here", beat=2, silent=6),
        await join(own_redis.url, "there", beat=2, silent=6),
    )
    await here.put(NOA)
    await there.put(DAN)
    await until(lambda: here.peers("s") == there.peers("s") == [NOA, DAN])
    await own_redis.kill()
    maya = replace(NOA, id="p5", who="maya", order=5)
    await here.put(maya)
    await here.drop("p1", clock.now())
    assert here.peers("s") == [DAN, maya]
    await asyncio.sleep(0.7)
    await own_redis.start()
    await until(lambda: here.peers("s") == there.peers("s") == [DAN, maya], seconds=3)
    assert there.present("s", clock.now()) == {"noa", "dan", "maya"}


async def test_members_elsewhere_become_absent_while_redis_stays_away_and_return_with_it(
    own_redis: OwnRedis, join: Join, clock: MovedClock
) -> None:
    here, there = await join(own_redis.url, "here", silent=1), await join(own_redis.url, "there", silent=1)
    await here.put(NOA)
    await there.put(DAN)
    await until(lambda: here.peers("s") == there.peers("s") == [NOA, DAN])
    await own_redis.kill()
    await until(lambda: here.peers("s") == [NOA] and there.peers("s") == [DAN])
    assert here.present("s", clock.now()) == {"noa", "dan"}
    await own_redis.start()
    await until(lambda: here.peers("s") == there.peers("s") == [NOA, DAN], seconds=3)


async def test_nonsense_on_the_channel_is_survived(empty_url: str, join: Join) -> None:
    here, there = await join(empty_url, "here"), await join(empty_url, "there")
    await here.put(NOA)
    await until(lambda: there.peers("s") == [NOA])
    client = connect(empty_url)
    number = client.connection_pool.connection_kwargs.get("db", 0)
    for nonsense in (b"", b"[1]", b"{", b'{"from": 1}', b'{"from": "x", "revision": "y", "shares": {}}'):
        await client.publish(f"havruta:{number}:presence", nonsense)
    await client.aclose()
    await here.put(replace(NOA, room="s.2"))
    await until(lambda: "s.2" in [peer.room for peer in there.peers("s")])


async def test_orders_grow_across_processes(empty_url: str, join: Join, clock: MovedClock) -> None:
    here, there = await join(empty_url, "here"), await join(empty_url, "there")
    orders: list[int] = []
    for number in range(6):
        orders.append((here, there)[number % 2].next_order())
        clock.pass_by(0.001)
    assert orders == sorted(set(orders))
    assert datetime.fromtimestamp(orders[0] / 1_000_000, START.tzinfo) - START < timedelta(milliseconds=1)


async def test_two_at_one_device_are_mirrored_until_one_leaves_it(
    empty_url: str, join: Join, clock: MovedClock
) -> None:
    here, there = await join(empty_url, "here"), await join(empty_url, "there")
    await here.put(replace(NOA, also="max"))
    await until(lambda: {"noa", "max"} <= there.present("s", clock.now()))
    await here.put(NOA)
    await until(lambda: there.last_seen("s") == {"max": START})
    assert here.present("s", START + GRACE) == {"noa"}
    assert there.present("s", START + GRACE) == {"noa"}
    later = await join(empty_url, "later")
    await until(lambda: later.last_seen("s") == {"max": START})


async def test_a_page_that_is_back_on_another_process_stays_when_its_old_line_ends(
    empty_url: str, join: Join, clock: MovedClock
) -> None:
    here, there = await join(empty_url, "here"), await join(empty_url, "there")
    await here.put(NOA)
    await until(lambda: there.peers("s") == [NOA])
    back = replace(NOA, order=7)
    await there.put(back)
    await until(lambda: here.peers("s") == [back])
    await here.put(replace(NOA, room="s.2"))
    await here.drop("p1", clock.now(), NOA.order)
    later = await join(empty_url, "later")
    await until(lambda: later.peers("s") == [back])
    assert here.peers("s") == there.peers("s") == [back]
    assert here.present("s", START + 2 * GRACE) == later.present("s", START + 2 * GRACE) == {"noa"}
    await there.drop("p1", clock.now(), back.order)
    await until(lambda: here.peers("s") == later.peers("s") == [])
