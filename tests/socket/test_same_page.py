"""A page that comes back is the same peer, so that calls need not be made anew; another page of the same person is not."""

import pytest

from server.edges.socket import peer_id
from tests.live.servers import PersonOnline
from tests.socket.served import HAIFA_TEACHER, SESSION, Served

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOA, DAN = "demo-haifa-01", "demo-haifa-02"


async def opened(served: Served, kind: str, who: str, tab: str, **auth: object) -> PersonOnline:
    person = await served.online(kind, who)
    await person.connect(tab=tab, **auth)
    await person.until(lambda p: "me" in p.views, "for the first views")
    return person


def own_peer(person: PersonOnline) -> str:
    return person.views["me"]["peer"]


def peers_of(served: Served, who: str) -> list[str]:
    return [peer.id for peer in served.house.presence.peers(SESSION) if peer.who == who]


async def test_a_page_that_comes_back_has_its_old_name_and_a_reloaded_one_has_not(served: Served) -> None:
    noa = await opened(served, "student", NOA, "page-1")
    before = own_peer(noa)
    await noa.connect(tab="page-1")
    await noa.until(lambda p: "me" in p.views, "for the first views")
    assert own_peer(noa) == before
    await noa.connect(tab="page-2")
    await noa.until(lambda p: "me" in p.views, "for the first views")
    assert own_peer(noa) != before
    await noa.leave()


async def test_a_name_is_bound_to_lesson_person_and_page() -> None:
    names = {
        peer_id(*said)
        for said in (("s", "noa", "t"), ("s", "noa", "u"), ("s", "dan", "t"), ("r", "noa", "t"), ("s", "noat", ""))
    }
    assert len(names) == 5


async def test_nobody_gets_anothers_name_by_saying_their_page(served: Served) -> None:
    noa = await opened(served, "student", NOA, "a page that was seen somewhere")
    dan = await opened(served, "student", DAN, "a page that was seen somewhere")
    assert own_peer(noa) != own_peer(dan)
    assert noa.client.connected
    for person in (noa, dan):
        await person.leave()


async def test_a_page_is_back_before_its_old_line_is_known_to_be_dead(served: Served) -> None:
    before = await opened(served, "student", NOA, "page-1")
    now = await opened(served, "student", DAN, "other")
    again = PersonOnline(served.url)
    again.who, again.session, again.path = NOA, SESSION, before.path
    again.http.cookie_jar.update_cookies({c.key: c.value for c in before.http.cookie_jar})
    await again.connect(tab="page-1", devices={"camera": "on", "microphone": "on"})
    await again.until(lambda p: "me" in p.views, "for the first views")
    assert own_peer(again) == own_peer(before)
    await before.until(lambda p: not p.client.connected, "to be hung up")
    assert "other_tab" not in before.notices
    assert peers_of(served, NOA) == [own_peer(again)], "the end of the old line took nothing of the new one with it"
    (peer,) = [peer for peer in served.house.presence.peers(SESSION) if peer.who == NOA]
    assert (peer.camera, peer.microphone) == ("on", "on")
    assert (await again.say("resync"))["ok"]
    for person in (before, again, now):
        await person.leave()


async def test_another_page_of_the_same_child_takes_over_and_the_older_says_so(served: Served) -> None:
    older = await opened(served, "student", NOA, "page-1")
    newer = await served.online("student", NOA)
    await older.until(lambda p: "other_tab" in p.notices and not p.client.connected, "to be told")
    assert peers_of(served, NOA) == [own_peer(newer)]
    for person in (older, newer):
        await person.leave()


async def test_a_teacher_may_have_two_pages_open(served: Served) -> None:
    one = await opened(served, "staff", HAIFA_TEACHER, "page-1")
    two = await opened(served, "staff", HAIFA_TEACHER, "page-2")
    assert own_peer(one) != own_peer(two)
    assert one.client.connected
    for person in (one, two):
        await person.leave()


@pytest.mark.parametrize("devices", [None, "on", [], {"camera": "on"}, {"camera": 1, "microphone": {}}, {"x": "y"}])
async def test_devices_that_are_not_understood_are_off(served: Served, devices: object) -> None:
    noa = await opened(served, "student", NOA, "page-1", devices=devices)
    (peer,) = [peer for peer in served.house.presence.peers(SESSION) if peer.who == NOA]
    assert (peer.camera, peer.microphone) == ("off", "off")
    await noa.leave()
