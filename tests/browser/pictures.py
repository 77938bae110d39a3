"""Take the pictures of the documentation anew: `make screenshots`."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.browser.conftest import ARGUMENTS, NAMES
from tests.browser.people import NARROW, Language, Learner, TeacherAtDesk, Watch, demo_watched
from tests.live.servers import ServerProcess, teacher_online

PICTURES = Path(__file__).parents[2] / "docs/img"
GUIDE = PICTURES.parent / "teachers-guide"
LARGEST = 300_000
STEP = 10
AT_WORK_MS = 20_000
SETTLE_MS = 1_500
LANGUAGES: tuple[Language, Language] = ("he", "en")
MARKED = {"he": ("דָּבְקָה", "בָּהּ"), "en": ("cleaved", "unto")}


class PicturedLearner(Learner):
    """A child who writes what a child might write."""

    def words(self, about: str) -> str:
        """The same few words everywhere: only the intention is in the picture."""
        return "לחכות עד סוף המשפט" if self.language == "he" else "I will wait until you finish"


async def take(page: Page, name: str, folder: Path = PICTURES) -> None:
    """Keep what a page shows now."""
    path = folder / f"{name}.png"
    await page.screenshot(path=path)
    assert path.stat().st_size < LARGEST, f"{path} is too large"


async def at_the_desk(watch: Watch, running: ServerProcess) -> TeacherAtDesk:
    """The teacher of the second school, in the lobby."""
    desk = TeacherAtDesk(await watch.page("en"), "en")
    await desk.sign_in(running.url, running.said["teachers"][1])
    await desk.page.goto(running.said["session"]["url"])
    return desk


async def bring_everyone(desk: TeacherAtDesk) -> None:
    """Bring all rooms to the step of the pictures."""
    await desk.from_more("Everyone to a step…")
    await desk.page.locator("#bring-to").select_option(str(STEP))
    await desk.page.get_by_role("dialog").get_by_role("button", name="Bring everyone there").click()


async def shoot_room(watch: Watch, data: Path) -> None:
    """Two children in one room, at their notices."""
    async with demo_watched(watch, data) as running:
        lines = running.said["teachers"]
        other = await teacher_online(
            running.url, lines[0]["email"], lines[0]["password"], running.said["session"]["id"]
        )
        desk = await at_the_desk(watch, running)
        cards = {line["school"]: line for line in reversed(running.said["students"])}
        hebrew = PicturedLearner(await watch.page("he", NARROW), "he", cards[lines[0]["school"]]["name"])
        english = PicturedLearner(await watch.page("en"), "en", cards[lines[1]["school"]]["name"])
        await hebrew.come_in(cards[lines[0]["school"]]["url"])
        await english.come_in(cards[lines[1]["school"]]["url"])
        await desk.start(2)
        await asyncio.gather(hebrew.walk(0, 4), english.walk(0, 4))
        await bring_everyone(desk)
        for learner, words in ((hebrew, "המילה ״דבקה״ מחזיקה חזק"), (english, "Orpah kisses, but Ruth cleaves")):
            await learner.step_heading(STEP).wait_for()
            await learner.sees_partner()
            await learner.page.locator(".write-pane textarea").first.fill(words)
            await learner.button("Mark the words in the text").first.click()
            for word in MARKED[learner.language]:
                await learner.page.locator(".text-pane button.word", has_text=word).first.click()
            await learner.button("Ready").click()
            for notice in await learner.page.locator(".room-notices .banner button").all():
                await notice.click()
        await english.page.locator(".saved.is-saved").first.wait_for()
        await take(english.page, "room")
        await take(hebrew.page, "room-he")
        await other.leave()


async def shoot_board(watch: Watch, data: Path) -> None:
    """A class of simulated students who are at work."""
    async with demo_watched(watch, data) as running:
        desk = await at_the_desk(watch, running)
        await desk.button("Fill the class with simulated students").click()
        await desk.page.locator(".arrival:not(.is-absent)").nth(22).wait_for()
        await desk.start(23)
        await bring_everyone(desk)
        # Simulated students take their time, as people do: some are done by then, and some still write.
        await desk.page.wait_for_timeout(AT_WORK_MS)
        await desk.page.mouse.move(600, 690)
        await desk.page.evaluate("() => scrollTo(0, 0)")
        await take(desk.page, "board")


async def shoot_guide(watch: Watch, data: Path) -> None:
    """What a teacher meets from plan to close, in both languages: the same lesson, seen from both schools."""
    GUIDE.mkdir(exist_ok=True)
    async with demo_watched(watch, data) as running:
        desks: list[TeacherAtDesk] = []
        for language, line in zip(LANGUAGES, running.said["teachers"], strict=True):
            desk = TeacherAtDesk(await watch.page(language), language)
            await desk.sign_in(running.url, line)
            desks.append(desk)
        lesson = running.said["session"]["id"]
        for name, path in (("plan", f"/sessions/{lesson}"), ("bring-a-text", "/texts/import")):
            for desk in desks:
                await desk.page.goto(f"{running.url}{path}")
                await take(desk.page, f"{desk.language}-{name}", GUIDE)
        for desk in desks:
            await desk.page.goto(running.said["session"]["url"])
        await desks[0].button("Fill the class with simulated students").click()
        await desks[0].page.locator(".arrival:not(.is-absent)").nth(15).wait_for()
        await desks[0].button("Propose rooms").click()
        for desk in desks:
            await desk.page.locator(".proposed .room-card").first.wait_for()
            await take(desk.page, f"{desk.language}-lobby", GUIDE)
        await desks[0].page.locator(".lobby-start .button.primary").click()
        for desk in desks:
            await desk.page.locator(".board-row").first.wait_for()
        await desks[1].page.wait_for_timeout(AT_WORK_MS)
        for desk in desks:
            await take(desk.page, f"{desk.language}-board", GUIDE)
            await desk.page.locator(".board-row .row-open").first.click()
            await desk.page.locator(".drawer").wait_for()
            await desk.page.wait_for_timeout(SETTLE_MS)
            await take(desk.page, f"{desk.language}-room", GUIDE)
            await desk.page.keyboard.press("Escape")
            await desk.button("Note to all").click()
            await desk.page.locator("dialog[open]").wait_for()
            await take(desk.page, f"{desk.language}-note", GUIDE)
            await desk.page.keyboard.press("Escape")


async def main() -> None:
    """Find a browser and take the pictures."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        sys.exit("No Chromium was found.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        with tempfile.TemporaryDirectory() as folder:
            await shoot_room(Watch(browser), Path(folder, "room"))
            await shoot_board(Watch(browser), Path(folder, "board"))
            await shoot_guide(Watch(browser), Path(folder, "guide"))


if __name__ == "__main__":
    asyncio.run(main())
