"""The main job from join card to review, as people do it: with cameras, a reload, and a server that dies in the middle."""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Page, expect

from tests.browser.people import NARROW, Language, Learner, TeacherAtDesk, Watch, demo_watched, said
from tests.live.servers import ServerProcess

BACK_WITHIN = 5.0
HAIFA, CHICAGO = "Carmel Breeze School", "Lakeside Willow School"
PARTNERS = ".videos .tile:not(.is-self) .name-plate bdi"
SPOKEN: dict[str, Language] = {HAIFA: "he", CHICAGO: "en"}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def back_within() -> float:
    """The promised seconds; up to twice as long on a machine that has more to do than it has cores."""
    return BACK_WITHIN * min(2.0, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


async def reachable(url: str) -> float:
    """Wait until the server answers; return when that was."""
    async with aiohttp.ClientSession() as http, asyncio.timeout(60):
        while True:
            try:
                async with http.get(f"{url}/healthz") as answer:
                    if answer.status == 200:
                        return time.monotonic()
            except aiohttp.ClientError:
                await asyncio.sleep(0.02)


async def everybody(acts: Callable[[Learner], Awaitable[None]], learners: list[Learner]) -> None:
    """Let all do something at the same time; whatever goes wrong with one is told."""
    async with asyncio.TaskGroup() as group:
        for learner in learners:
            group.create_task(_one(acts, learner))


async def _one(acts: Callable[[Learner], Awaitable[None]], learner: Learner) -> None:
    try:
        await acts(learner)
    except Exception as error:
        seen = await learner.page.locator("#app").inner_text()
        raise AssertionError(f"{learner.name}: {error}\n{seen[:1500]}") from error


def names_of(data: Path, code: str) -> set[str]:
    """Return how a student is called, in every language."""
    students = json.loads((data / "demo.json").read_text("utf-8"))["students"]
    return set(next(student["names"].values() for student in students if student["code"] == code))


async def open_lesson(watch: Watch, server: ServerProcess, data: Path) -> tuple[list[TeacherAtDesk], list[Learner]]:
    """Both teachers in the lobby, and five students who came with their cards."""
    teachers: list[TeacherAtDesk] = []
    for line in server.said["teachers"]:
        language = SPOKEN[line["school"]]
        teacher = TeacherAtDesk(await watch.page(language), language)
        await teacher.sign_in(server.url, line)
        await teacher.page.goto(server.said["session"]["url"])
        teachers.append(teacher)
    learners: list[Learner] = []
    for school, count in ((HAIFA, 3), (CHICAGO, 2)):
        for number, line in enumerate([s for s in server.said["students"] if s["school"] == school][:count]):
            page = await watch.page(SPOKEN[school], *((NARROW,) if number == 0 else ()))
            learner = Learner(page, SPOKEN[school], line["name"], names_of(data, line["code"]))
            await learner.come_in(line["url"], try_devices=number == 0)
            learners.append(learner)
    return teachers, learners


async def half_typed(learner: Learner, index: int) -> str:
    """Type the beginning of an answer and leave it there."""
    words = learner.words(f"half of {index} and then")
    await learner.step_heading(index).wait_for()
    await learner.page.locator(".write-pane textarea").first.fill(words)
    return words


async def finds_again(learner: Learner, index: int, words: str, partners: list[str]) -> None:
    """The same step, the same partner, the same half of an answer."""
    await learner.step_heading(index).wait_for()
    await expect(learner.page.locator(".write-pane textarea").first).to_have_value(words)
    await expect(learner.page.locator(PARTNERS)).to_have_text(partners)


async def reload_in_the_middle(learner: Learner, index: int) -> None:
    words = await half_typed(learner, index)
    partners = await learner.page.locator(PARTNERS).all_inner_texts()
    await expect(
        learner.page.locator(".write-pane .saved.is-saved, .write-pane .saved.is-kept-here").first
    ).to_be_visible()
    began = time.monotonic()
    await learner.page.reload()
    await finds_again(learner, index, words, partners)
    assert time.monotonic() - began < back_within()
    await learner.sees_partner()


async def connection_lost(page: Page) -> None:
    await page.locator(".banner.offline").first.wait_for()


async def connection_back(page: Page) -> None:
    await expect(page.locator(".banner.offline")).to_have_count(0)


async def die_in_the_middle(server: ServerProcess, desks: list[Page], learners: list[Learner], index: int) -> None:
    """Kill the server while all are writing; calls go on, nobody loses a word, everybody is back soon."""
    typed = {learner.name: await half_typed(learner, index) for learner in learners}
    partners = {learner.name: await learner.page.locator(PARTNERS).all_inner_texts() for learner in learners}
    pages = [*desks, *(learner.page for learner in learners)]
    await server.kill()
    await asyncio.gather(*map(connection_lost, pages))
    before = [await learner.frames() for learner in learners]
    for learner, arrived in zip(learners, before, strict=True):
        await grows(learner, arrived)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.start())
        answered = await reachable(server.url)
        await asyncio.gather(*map(connection_back, pages))
        assert time.monotonic() - answered < back_within(), "everybody is back soon after the server is"
    for learner in learners:
        await finds_again(learner, index, typed[learner.name], partners[learner.name])


async def grows(learner: Learner, arrived: int) -> None:
    for _ in range(150):
        if await learner.frames() > arrived:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{learner.name} sees no new picture after {arrived}")


async def has_intention_in_sight(learner: Learner) -> None:
    """What one set out to practise stays pinned while one learns."""
    await expect(learner.page.locator(".intention-pin")).to_contain_text(learner.intention)


async def reflect(learner: Learner) -> None:
    """The intention is recalled on the page on which one thinks about it."""
    index = next(step["index"] for step in learner.steps if step["id"].endswith("intention_back"))
    await learner.step_heading(index).wait_for()
    await expect(learner.page.locator(".in-view")).to_contain_text(learner.intention)
    await expect(learner.page.locator(".in-view")).to_contain_text(learner.words("0.set_intention"))


async def read_the_review(teacher: TeacherAtDesk, own: list[Learner], others: list[Learner]) -> None:
    """The own school's intentions, reflections and ratings; of the other school what was shared in the room, and no more."""
    page = teacher.page
    await page.get_by_role("link", name=said(teacher.language, "Read what was written")).click()
    await page.locator(".review-room").first.wait_for()
    words = await page.locator("main").inner_text()
    for learner in own:
        assert learner.words("0.set_intention") in words
        assert learner.words("2.intention_back") in words
    for learner in others:
        assert learner.words("0.set_intention") in words, "intentions were shown in the room"
        assert learner.words("2.intention_back") not in words, "reflections are for the own school"
    rated = page.locator("section[aria-labelledby$=-rated]")
    assert await rated.count() > 0
    # Who rated is named beside each rating: only children of the own school are.
    shown = await rated.locator("bdi").all_inner_texts()
    assert shown
    assert not any(name in words for learner in others for name in learner.names for words in shown)
    assert all(any(name in words for words in shown for name in learner.names) for learner in own)


async def test_from_the_join_card_to_the_review(watch: Watch, tmp_path: Path) -> None:
    async with demo_watched(watch, tmp_path) as server:
        # While the server is down, a browser tells that its socket could not be opened.
        watch.allow(rf"WebSocket connection to 'ws://127\.0\.0\.1:{server.port}/\S+' failed")
        teachers, learners = await open_lesson(watch, server, tmp_path)
        rooms = await teachers[1].start(len(learners))
        assert sorted(map(len, rooms)) == [2, 3]
        pair = [learner for learner in learners if learner.name in min(rooms, key=len)]
        assert {learner.language for learner in pair} == {"en", "he"}, "a room holds children of both schools"

        await everybody(lambda learner: learner.sees_partner(), learners)
        for learner in pair:
            await grows(learner, await learner.frames())
        await everybody(lambda learner: learner.walk(0, 10), learners)
        await everybody(has_intention_in_sight, learners)
        await reload_in_the_middle(pair[0], 10)
        await everybody(lambda learner: learner.walk(10, 12), learners)
        await die_in_the_middle(server, [teacher.page for teacher in teachers], learners, 12)
        await everybody(lambda learner: learner.walk(12, 15), learners)
        await everybody(reflect, learners)
        await everybody(lambda learner: learner.walk(15, len(learner.steps)), learners)

        await teachers[0].from_more("Close the lesson")
        await (
            teachers[0]
            .page.get_by_role("dialog")
            .get_by_role("button", name=said(teachers[0].language, "Close the lesson"))
            .click()
        )
        for learner in learners:
            await learner.heading(said(learner.language, "Thank you for learning together")).wait_for()
        for teacher in teachers:
            own = [learner for learner in learners if learner.language == teacher.language]
            await read_the_review(teacher, own, [learner for learner in learners if learner not in own])
