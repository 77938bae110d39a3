"""Every screen without serious hindrances, a student's way by keyboard alone, and nothing wider than a small phone."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.people import NARROW, Learner, TeacherAtDesk, Watch, demo_watched, said
from tests.live.servers import ServerProcess, teacher_online

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
SMALL = (360, 740)
PRESSES = 80
RUN = """async () => {
  const {violations} = await axe.run(document, {resultTypes: ['violations']});
  return violations.filter((one) => ['serious', 'critical'].includes(one.impact)).flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} ${node.any.map((why) => why.message).join('; ')}`));
}"""


async def hindrances(page: Page, where: str) -> list[str]:
    """Return what axe calls serious or critical on this page, and whether it scrolls sideways on a small phone."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.add_script_tag(path=AXE)
    found = [f"{where}: {words}" for words in await page.evaluate(RUN)]
    size = page.viewport_size
    assert size is not None
    await page.set_viewport_size({"width": SMALL[0], "height": SMALL[1]})
    width: int = await page.evaluate("() => document.documentElement.scrollWidth")
    if width > SMALL[0]:
        widest: str = await page.evaluate(WIDEST, SMALL[0])
        found.append(f"{where}: {width} px wide on a phone of {SMALL[0]} px, for example {widest}")
    await page.set_viewport_size(size)
    return found


WIDEST = """(width) => [...document.querySelectorAll('body *')]
  .filter((one) => { const at = one.getBoundingClientRect(); return at.width > 0 && (at.right > width + 1 || at.left < -1); })
  .slice(-3).map((one) => one.outerHTML.slice(0, 120)).join(' | ')"""


async def open_axed(watch: Watch, language: Any, size: tuple[int, int] = (1366, 768)) -> Page:
    """A page into which axe can be put: the content policy allows no foreign script otherwise."""
    return await watch.page(language, size, bypass_csp=True)


async def test_pages_around_a_lesson(watch: Watch, tmp_path: Path) -> None:
    paths = (
        "/home",
        "/sessions/demo-lesson",
        "/twinnings/demo-twinning/sessions/new",
        "/classes/demo-chicago-7",
        "/protocols/noticing_and_wondering",
        "/texts/ruth-1",
        "/texts/import",
        "/review",
    )
    async with demo_watched(watch, tmp_path) as server:
        page = await open_axed(watch, "en")
        found: list[str] = []
        for path in ("/", "/j", "/signin"):
            await page.goto(server.url + path)
            found += await hindrances(page, path)
        await TeacherAtDesk(page, "en").sign_in(server.url, server.said["teachers"][1])
        for path in paths:
            await page.goto(server.url + path)
            found += await hindrances(page, path)
    assert not found, "\n".join(found)


async def tab_to(page: Page, target: Locator) -> None:
    """Move the focus with the Tab key until it is on what is wanted."""
    await target.wait_for()
    for _ in range(PRESSES):
        if await target.evaluate("(element) => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key never comes to {target}")


async def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Go to a control by keyboard and use it."""
    await tab_to(page, target)
    await page.keyboard.press(key)


async def come_in_by_keyboard(learner: Learner, server: ServerProcess, code: str) -> None:
    page = learner.page
    await page.goto(f"{server.url}/j")
    await tab_to(page, page.get_by_label(said(learner.language, "The code on the card")))
    await page.keyboard.type(code)
    await page.keyboard.press("Enter")
    await press(page, learner.button("That is me, come in"))
    await press(page, learner.button("Go on without trying"))
    await page.locator(".lobby-partner").wait_for()


async def learn_by_keyboard(learner: Learner) -> None:
    """A turn, a choice, a few words: the first four steps of the warm-up."""
    page = learner.page
    await learner.step_heading(0).wait_for()
    await press(page, learner.button("End my turn"))
    await learner.step_heading(1).wait_for()
    await press(page, page.locator(".write-pane input").first, "Space")
    await expect(page.locator(".write-pane input").first).to_be_checked()
    await press(page, learner.button("Done"))
    await learner.step_heading(2).wait_for()
    await press(page, learner.button("Done"))
    await learner.step_heading(3).wait_for()
    # Radio buttons are one stop of the Tab key.
    await press(page, page.locator(".write-pane input[type=radio]").first, "Space")
    await tab_to(page, page.locator(".write-pane textarea"))
    await page.keyboard.type(learner.words("by keyboard"))
    await press(page, learner.button("Done"))
    await learner.step_heading(4).wait_for()
    await expect(page.locator(".reveal-card.ours")).to_contain_text(learner.words("by keyboard"))


async def test_a_lesson_on_every_screen_and_by_keyboard_alone(watch: Watch, tmp_path: Path) -> None:
    async with demo_watched(watch, tmp_path) as server:
        desk = TeacherAtDesk(await open_axed(watch, "en"), "en")
        lines = server.said["teachers"]
        other = await teacher_online(server.url, lines[0]["email"], lines[0]["password"], server.said["session"]["id"])
        await desk.sign_in(server.url, lines[1])
        await desk.page.goto(server.said["session"]["url"])
        cards = {line["school"]: line for line in reversed(server.said["students"])}
        keys = Learner(await open_axed(watch, "en"), "en", cards[lines[1]["school"]]["name"])
        partner = Learner(await open_axed(watch, "he", NARROW), "he", cards[lines[0]["school"]]["name"])
        await partner.come_in(cards[lines[0]["school"]]["url"])
        await come_in_by_keyboard(keys, server, cards[lines[1]["school"]]["code"])
        found = await hindrances(keys.page, "the student's lobby")
        await desk.page.get_by_role("heading", name=re.compile("2 students")).wait_for()
        found += await hindrances(desk.page, "the lobby")
        await desk.start(2)
        found += await hindrances(desk.page, "the board")

        await keys.step_heading(0).wait_for()
        found += await hindrances(keys.page, "the room, wide")
        await walk_beside(keys, partner)
        found += await hindrances(partner.page, "the room, in Hebrew on a phone")
        await walk_on_to_the_text(keys, partner)
        found += await hindrances(keys.page, "the room with its text")
        found += await hindrances(partner.page, "the room with its text, in Hebrew on a phone")

        await desk.from_more("Close the lesson")
        await desk.page.get_by_role("dialog").get_by_role("button", name="Close the lesson").click()
        await desk.page.get_by_role("link", name="Read what was written").click()
        await desk.page.locator(".review-room").first.wait_for()
        found += await hindrances(desk.page, "the review")
        await other.leave()
    assert not found, "\n".join(found)


async def walk_beside(keys: Learner, partner: Learner) -> None:
    """One by keyboard, the partner by touch, through the same steps."""
    async with asyncio.TaskGroup() as group:
        group.create_task(learn_by_keyboard(keys))
        group.create_task(partner.walk(0, 4))


async def walk_on_to_the_text(keys: Learner, partner: Learner) -> None:
    beyond = next(step["index"] for step in partner.steps if step["kind"] == "solo" and step["index"] > 4)
    async with asyncio.TaskGroup() as group:
        group.create_task(keys.walk(4, beyond))
        group.create_task(partner.walk(4, beyond))
    await partner.step_heading(beyond).wait_for()
