"""A socket does not outlive the right to it: signing out, a second tab, a new code, new consent, erasure, removal."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from tests.live.servers import PersonOnline
from tests.socket.served import CHICAGO_TEACHER, HAIFA_TEACHER, RefusedAtDoor, Served, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def is_told_and_cut(person: PersonOnline, code: str) -> None:
    await person.until(lambda p: code in p.notices, f"to be told {code}")
    await person.until(lambda p: not p.client.connected, "to be disconnected")


async def press(served: Served, browser: aiohttp.ClientSession, path: str, **form: str) -> None:
    async with browser.post(f"{served.url}{path}", data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()


async def test_signing_out_closes_the_live_page(served: Served) -> None:
    child, neighbour = await asyncio.gather(
        served.online("student", "demo-haifa-01"), served.online("student", "demo-haifa-02")
    )
    await press(served, child.http, f"/s/{child.who}/leave")
    await is_told_and_cut(child, "signed_out")
    teacher, other = await asyncio.gather(
        served.online("staff", HAIFA_TEACHER), served.online("staff", CHICAGO_TEACHER)
    )
    await press(served, teacher.http, "/signout")
    await is_told_and_cut(teacher, "signed_out")
    for stays in (neighbour, other):
        assert (await stays.say("resync"))["ok"]
        assert stays.notices == []
    for person in (child, neighbour, teacher, other):
        await person.leave()


async def test_of_two_tabs_the_newer_stays(served: Served) -> None:
    older = await served.online("student", "demo-haifa-03")
    newer = await served.online("student", "demo-haifa-03")
    await is_told_and_cut(older, "other_tab")
    assert (await newer.say("resync"))["ok"]
    assert newer.notices == []
    here = [p for p in served.house.presence.peers(newer.session) if p.who == newer.who]
    assert len(here) == 1
    for person in (older, newer):
        await person.leave()


async def test_what_a_teacher_changes_about_a_child_closes_the_childs_socket(served: Served) -> None:
    levi = await served.browser("staff", HAIFA_TEACHER)
    renewed, changed, erased, neighbour = [await served.online("student", f"demo-haifa-{n:02}") for n in (4, 5, 6, 8)]
    token = await served.token("student", renewed.who)
    await press(served, levi, f"/students/{renewed.who}/code")
    await is_told_and_cut(renewed, "signed_out")
    with pytest.raises(RefusedAtDoor, match="not_signed_in"):
        await served.raw("student", renewed.who, token=token)

    answers = {"takes_part": "across", "media": "none", "keep_words": "session"}
    fields = {f"{name}_{changed.who}": value for name, value in answers.items()}
    await press(served, levi, "/classes/demo-haifa-7/consent", **fields)
    await is_told_and_cut(changed, "signed_out")

    token = await served.token("student", erased.who)
    await press(served, levi, f"/students/{erased.who}/erase", sure="yes")
    await is_told_and_cut(erased, "signed_out")
    with pytest.raises(RefusedAtDoor, match="not_signed_in"):
        await served.raw("student", erased.who, token=token)

    assert (await neighbour.say("resync"))["ok"]
    assert neighbour.notices == []
    for person in (renewed, changed, erased, neighbour):
        await person.leave()


async def test_a_teacher_of_the_other_school_closes_nobodys_socket(served: Served) -> None:
    stone = await served.browser("staff", CHICAGO_TEACHER)
    child = await served.online("student", "demo-haifa-09")
    for path in (f"/students/{child.who}/code", f"/students/{child.who}/erase"):
        async with stone.post(f"{served.url}{path}", data={"sure": "yes"}, allow_redirects=False) as answer:
            assert answer.status == 404
    assert (await child.say("resync"))["ok"]
    assert child.notices == []
    await child.leave()


async def test_a_child_taken_out_of_a_running_lesson_is_told_so(fresh_data: Callable[[], Path]) -> None:
    async with serving(fresh_data()) as served, served.lesson(pairs=1) as lesson:
        child, partner = lesson.students
        assert (await lesson.teachers[0].say("remove_member", member=child.who))["ok"]
        await is_told_and_cut(child, "removed")
        assert (await partner.say("resync"))["ok"]
        with pytest.raises(RefusedAtDoor, match="removed"):
            await served.raw("student", child.who)


async def test_a_server_that_stops_waits_for_nobodys_connection(fresh_data: Callable[[], Path]) -> None:
    async with serving(fresh_data()) as running:
        child, teacher = await running.online("student", "demo-haifa-01"), await running.online("staff", HAIFA_TEACHER)
        await running.house.app.shutdown()
        for person in (child, teacher):
            await person.until(lambda p: not p.client.connected, "to be disconnected")
            assert person.notices == [], "it is no goodbye: a page comes back by itself"
            await person.leave()
