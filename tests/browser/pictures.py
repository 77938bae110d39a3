"""Take the pictures of the documentation anew: `python -m tests.browser.pictures`."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser.conftest import ARGUMENTS, NAMES
from tests.browser.people import NARROW, Learner, TeacherAtDesk, Watch, demo_watched

PICTURES = Path(__file__).parents[2] / "docs/img"
LARGEST = 300_000


async def shoot(watch: Watch, data: Path) -> None:
    """A lesson of two rooms and simulated ones, seen by two children and a teacher."""
    async with demo_watched(watch, data) as running:
        lines = running.said["teachers"]
        desk = TeacherAtDesk(await watch.page("en", still=True), "en")
        await desk.sign_in(running.url, lines[1])
        await desk.page.goto(running.said["session"]["url"])
        cards = {line["school"]: line for line in reversed(running.said["students"])}
        hebrew = Learner(await watch.page("he", NARROW), "he", cards[lines[0]["school"]]["name"])
        english = Learner(await watch.page("en"), "en", cards[lines[1]["school"]]["name"])
        await hebrew.come_in(cards[lines[0]["school"]]["url"])
        await english.come_in(cards[lines[1]["school"]]["url"])
        await desk.button("Fill the class with simulated students").click()
        await desk.page.locator(".arrival:not(.is-absent)").nth(22).wait_for()
        await desk.start(23)
        at = 10
        await english.step_heading(0).wait_for()
        await desk.page.locator(".board-foot").get_by_role("button", name="Everyone to a step…").click()
        await desk.page.locator("#bring-to").select_option(str(at))
        await desk.page.get_by_role("dialog").get_by_role("button", name="Bring everyone there").click()
        for learner, words in ((hebrew, "המילה ״דבקה״ מחזיקה חזק"), (english, "Orpah kisses, but Ruth cleaves")):
            await learner.step_heading(at).wait_for()
            await learner.sees_partner()
            await learner.page.locator(".write-pane textarea").first.fill(words)
            await learner.button("Mark the words in the text").first.click()
            for word in (3, 4):
                await learner.page.locator(".text-pane button.word").nth(word).click()
            await learner.button("Ready").click()
        await desk.page.wait_for_timeout(
            12_000
        )  # simulated children answer like people: some are done, some still write
        await hebrew.page.locator(".room-notices button").first.click(timeout=2000)
        for page, name in ((english.page, "room"), (hebrew.page, "room-he"), (desk.page, "board")):
            path = PICTURES / f"{name}.png"
            await page.screenshot(path=path)
            assert path.stat().st_size < LARGEST, f"{path} is too large"


async def main() -> None:
    """Find a browser and take the pictures."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        sys.exit("No Chromium was found.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        with tempfile.TemporaryDirectory() as folder:
            await shoot(Watch(browser), Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
