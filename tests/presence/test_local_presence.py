"""Who counts as here: connections, and members gone for less than the grace."""

from dataclasses import replace
from datetime import timedelta
from time import perf_counter

from server.adapters.presence import LocalPresence
from server.ports.live import Peer
from tests.presence.conftest import GRACE, START, MovedClock

NOA = Peer("p1", "s", "noa", "student", "a", 1, room="s.1")
DAN = Peer("p2", "s", "dan", "student", "b", 2, room="s.1")
TEACHER = Peer("p3", "s", "teacher-1", "teacher", "a", 3)


async def presence_of(clock: MovedClock, *peers: Peer) -> LocalPresence:
    presence = LocalPresence(clock, GRACE)
    for peer in peers:
        await presence.put(peer)
    return presence


async def test_nobody_is_in_a_session_that_nobody_came_to(clock: MovedClock) -> None:
    presence = await presence_of(clock)
    assert presence.peers("s") == []
    assert presence.present("s", clock.now()) == frozenset()
    assert presence.last_seen("s") == {}
    await presence.drop("unknown", clock.now())


async def test_members_are_present_and_teachers_are_peers_only(clock: MovedClock) -> None:
    presence = await presence_of(clock, DAN, TEACHER, NOA, replace(NOA, id="p9", session="t"))
    assert presence.present("s", clock.now()) == {"noa", "dan"}
    assert presence.peers("s") == [NOA, DAN, TEACHER]


async def test_a_lost_member_is_present_until_the_grace_runs_out_and_not_after(clock: MovedClock) -> None:
    presence = await presence_of(clock, NOA, DAN)
    await presence.drop("p1", START)
    just_before = START + GRACE - timedelta(microseconds=1)
    assert presence.present("s", START) == {"noa", "dan"}
    assert presence.present("s", just_before) == {"noa", "dan"}
    assert presence.present("s", START + GRACE) == {"dan"}
    assert presence.present("s", just_before) == {"noa", "dan"}
    assert presence.last_seen("s") == {"noa": START}
    assert presence.peers("s") == [DAN]


async def test_two_graces_run_out_one_after_the_other(clock: MovedClock) -> None:
    presence = await presence_of(clock, NOA, DAN)
    await presence.drop("p1", START)
    await presence.drop("p2", START + timedelta(seconds=10))
    assert presence.present("s", START + timedelta(seconds=44)) == {"noa", "dan"}
    assert presence.present("s", START + timedelta(seconds=45)) == {"dan"}
    assert presence.present("s", START + timedelta(seconds=55)) == frozenset()


async def test_a_reload_is_not_a_second_person_nor_a_loss(clock: MovedClock) -> None:
    presence = await presence_of(clock, NOA, replace(NOA, id="p4", order=4))
    assert presence.present("s", clock.now()) == {"noa"}
    await presence.drop("p1", START)
    assert presence.last_seen("s") == {}
    assert presence.present("s", START + 2 * GRACE) == {"noa"}


async def test_who_comes_back_was_never_gone(clock: MovedClock) -> None:
    presence = await presence_of(clock, NOA)
    await presence.drop("p1", START)
    await presence.put(replace(NOA, id="p4", order=4))
    assert presence.last_seen("s") == {}
    assert presence.present("s", START + 2 * GRACE) == {"noa"}


async def test_a_changed_room_or_camera_replaces_the_connection(clock: MovedClock) -> None:
    presence = await presence_of(clock, NOA, DAN)
    changed = replace(NOA, room="s.2", camera="on")
    await presence.put(changed)
    assert presence.peers("s") == [changed, DAN]


async def test_a_connection_that_passes_to_somebody_else_leaves_the_first_with_a_grace(clock: MovedClock) -> None:
    presence = await presence_of(clock, NOA)
    await presence.put(replace(NOA, who="dan"))
    assert presence.last_seen("s") == {"noa": START}
    assert presence.present("s", START + GRACE) == {"dan"}


async def test_the_list_of_peers_is_the_caller_s_own(clock: MovedClock) -> None:
    presence = await presence_of(clock, NOA)
    presence.peers("s").clear()
    assert presence.peers("s") == [NOA]


async def test_a_later_connection_has_a_greater_order_even_within_one_tick_of_the_clock(clock: MovedClock) -> None:
    presence = await presence_of(clock)
    orders = [presence.next_order() for _ in range(3)]
    clock.pass_by(-60)
    orders.append(presence.next_order())
    # The same process, started anew.
    clock.pass_by(120)
    orders.append((await presence_of(clock)).next_order())
    assert orders == sorted(set(orders))
    assert orders[-1] < 2**53


async def test_old_sessions_are_let_go_when_new_ones_begin(clock: MovedClock) -> None:
    presence = await presence_of(clock, NOA)
    await presence.drop("p1", START)
    clock.pass_by(7 * 3600)
    await presence.put(replace(DAN, session="t"))
    assert presence.last_seen("s") == {}
    assert presence.present("t", clock.now()) == {"dan"}


async def test_asking_who_is_present_costs_the_same_in_a_large_session(clock: MovedClock) -> None:
    """It is asked with every command: four thousand members must not be counted each time."""
    presence = await presence_of(clock, *(replace(NOA, id=f"p{n}", who=f"m{n}", order=n) for n in range(4000)))
    assert len(presence.present("s", START)) == 4000
    began = perf_counter()
    for _ in range(2000):
        presence.present("s", START)
    # Two thousand counts of four thousand would take half a second and more.
    assert perf_counter() - began < 0.1


async def test_two_at_one_device_are_here_and_gone_together(clock: MovedClock) -> None:
    presence = await presence_of(clock, replace(NOA, also="max"))
    assert presence.present("s", clock.now()) == {"noa", "max"}
    await presence.drop("p1", START)
    assert presence.present("s", START) == {"noa", "max"}
    assert presence.present("s", START + GRACE) == frozenset()
    assert presence.last_seen("s") == {"noa": START, "max": START}


async def test_whoever_leaves_a_shared_device_is_gone_unless_they_came_elsewhere(clock: MovedClock) -> None:
    shared = replace(NOA, also="max")
    presence = await presence_of(clock, shared, NOA)
    assert presence.last_seen("s") == {"max": START}
    assert presence.present("s", START + GRACE) == {"noa"}
    presence = await presence_of(clock, shared, replace(DAN, who="max"), NOA)
    assert presence.last_seen("s") == {}
    assert presence.present("s", START + GRACE) == {"noa", "max"}


async def test_a_page_that_is_back_stays_when_its_old_line_ends(clock: MovedClock) -> None:
    back = replace(NOA, order=7, room="s.2")
    presence = await presence_of(clock, NOA, back)
    await presence.drop("p1", START, NOA.order)
    assert presence.peers("s") == [back]
    assert presence.last_seen("s") == {}
    await presence.put(replace(NOA, room="s.3"))
    assert presence.peers("s") == [back], "news of the old line is no news"
    await presence.drop("p1", START, back.order)
    assert presence.peers("s") == []


async def test_an_order_is_greater_than_all_that_were_seen_whatever_the_clock_says(clock: MovedClock) -> None:
    ahead = (await presence_of(clock)).next_order() + 90_000_000
    presence = await presence_of(clock, replace(NOA, order=ahead))
    assert presence.next_order() > ahead
