"""Calls hold: through a server that dies, a child's reload, a teacher's visit. The witness is what each browser counts itself."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import NARROW, Learner, TeacherAtDesk, Watch, demo_watched, until
from tests.live.servers import PersonOnline, ServerProcess, teacher_online

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CONNECTED = "() => window.__calls.filter((call) => call.connectionState === 'connected').length"
OPEN = "() => window.__calls.filter((call) => call.signalingState !== 'closed').length"
MADE = "() => window.__calls.length"


@dataclass(slots=True)
class PairInARoom:
    """Two children of two schools who see each other, one teacher at a browser and one on the wire."""

    server: ServerProcess
    desk: TeacherAtDesk
    other: PersonOnline
    children: tuple[Learner, Learner]


@asynccontextmanager
async def pair_in_a_room(watch: Watch, data: Path, **environment: str) -> AsyncGenerator[PairInARoom]:
    async with demo_watched(watch, data, **environment) as server:
        # While the server is down, a browser tells that its socket could not be opened.
        watch.allow(rf"WebSocket connection to 'ws://127\.0\.0\.1:{server.port}/\S+' failed")
        session = server.said["session"]
        lines = server.said["teachers"]
        other = await teacher_online(server.url, lines[0]["email"], lines[0]["password"], session["id"])
        try:
            desk = TeacherAtDesk(await watch.page("en"), "en")
            await desk.sign_in(server.url, lines[1])
            await desk.page.goto(session["url"])
            cards = {line["school"]: line for line in reversed(server.said["students"])}
            hebrew = Learner(await watch.page("he", NARROW), "he", cards[lines[0]["school"]]["name"])
            english = Learner(await watch.page("en"), "en", cards[lines[1]["school"]]["name"])
            for child, line in ((hebrew, lines[0]), (english, lines[1])):
                await child.come_in(cards[line["school"]]["url"])
            await desk.start(2)
            for child in (hebrew, english):
                await child.sees_partner()
            yield PairInARoom(server, desk, other, (hebrew, english))
        finally:
            await other.leave()


async def count(page: Page, what: str) -> int:
    return await page.evaluate(what)


async def calls(page: Page, what: str, number: int) -> None:
    """Wait until a page has so many calls."""
    await until(page, f"() => ({what})() === {number}")


async def pictures_go_on(child: Learner) -> None:
    """Wait for new pictures, more than could have been on their way already."""
    arrived = await child.frames()
    for _ in range(300):
        if await child.frames() >= arrived + 3:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{child.name} sees no new pictures after {arrived}")


async def test_a_call_outlives_the_server_and_is_the_same_when_it_is_back(watch: Watch, tmp_path: Path) -> None:
    async with pair_in_a_room(watch, tmp_path) as room:
        made = [await count(child.page, MADE) for child in room.children]
        await room.server.kill()
        for child in room.children:
            await child.page.locator(".banner.offline").wait_for()
            await pictures_go_on(child)
        await room.server.start()
        for child in room.children:
            await expect(child.page.locator(".banner.offline")).to_have_count(0)
        for child in room.children:
            # Each hears of the other through the new server, and takes them for whom they were.
            await expect(child.page.locator(".videos .tile-note")).to_have_count(0)
            await pictures_go_on(child)
            assert await count(child.page, CONNECTED) == 1
        assert [await count(child.page, MADE) for child in room.children] == made, "no call was made anew"


async def test_a_reload_a_visit_and_a_separation_leave_only_the_calls_of_the_view(watch: Watch, tmp_path: Path) -> None:
    async with pair_in_a_room(watch, tmp_path) as room:
        hebrew, english = room.children
        await hebrew.page.reload()
        await hebrew.sees_partner()
        await pictures_go_on(hebrew)
        await pictures_go_on(english)
        await calls(english.page, OPEN, 1)

        await room.desk.page.locator(".board-row").first.click()
        await room.desk.button("Go in").first.click()
        await calls(room.desk.page, CONNECTED, 2)
        for child in room.children:
            await calls(child.page, CONNECTED, 2)
            await pictures_go_on(child)
        await room.desk.button("Leave the room").click()
        for child in room.children:
            await calls(child.page, OPEN, 1)
        await calls(room.desk.page, OPEN, 0)

        (number,) = room.other.views["seats"]["rooms"]
        assert (await room.other.say("part_room", room=number))["ok"]
        for child in room.children:
            await calls(child.page, OPEN, 0)
