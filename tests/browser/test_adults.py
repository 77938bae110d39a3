"""Adults of a lesson as people use it: a verse shown to both classes, a substitute and a guest, help, a concern by keyboard."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.people import NARROW, Language, Learner, TeacherAtDesk, Watch, demo_watched, said
from tests.browser.test_accessibility import hindrances, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def shot(page: Page, name: str) -> None:
    """Keep a picture, where somebody wants to look."""
    if folder := os.environ.get("PICTURES_OF_ADULTS"):
        await page.screenshot(path=f"{folder}/{name}.png")


async def both_sizes(page: Page, name: str) -> None:
    if os.environ.get("PICTURES_OF_ADULTS"):
        size = page.viewport_size
        assert size is not None
        for wide, tall in ((390, 844), (1366, 768)):
            await page.set_viewport_size({"width": wide, "height": tall})
            await shot(page, f"{name}-{wide}")
        await page.set_viewport_size(size)


def dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


async def invite(teacher: TeacherAtDesk, kind: str, name: str) -> str:
    """Make a link on the board; return it."""
    await teacher.page.locator(".also-here button").click()
    await dialog(teacher.page).get_by_role("radio", name=re.compile(said(teacher.language, kind))).check()
    await teacher.page.locator("#pass-name").fill(name)
    await both_sizes(teacher.page, f"invite-{kind[2:5]}-{teacher.language}")
    await teacher.button("Make the link").click()
    link = await teacher.page.locator("#pass-link").input_value()
    await shot(teacher.page, f"invite-made-{teacher.language}")
    await teacher.button("Ready").click()
    return link


async def by_link(watch: Watch, language: Language, link: str) -> Page:
    page = await watch.page(language, bypass_csp=True)
    await page.goto(link)
    await both_sizes(page, f"welcome-{language}")
    await page.get_by_role("button", name=said(language, "Come in"), exact=True).click()
    return page


async def report_by_keyboard(learner: Learner) -> None:
    """Tell of a partner, and ask to sit apart, without a mouse."""
    page, keys = learner.page, learner.page.keyboard
    await tab_to(page, learner.button("Report a concern"))
    await keys.press("Enter")
    radio = dialog(page).get_by_role("radio", name=said(learner.language, "My partner"))
    await tab_to(page, radio)
    await keys.press("Space")
    await tab_to(page, dialog(page).get_by_role("checkbox"))
    await keys.press("Space")
    await tab_to(page, dialog(page).locator("textarea"))
    await keys.type("לא נעים לי" if learner.language == "he" else "not kind to me")
    await both_sizes(page, f"concern-{learner.language}")
    await tab_to(page, dialog(page).get_by_role("button", name=said(learner.language, "Send")))
    await keys.press("Enter")


async def test_two_teachers_a_substitute_a_guest_and_a_child_who_needs_an_adult(watch: Watch, tmp_path: Path) -> None:
    async with demo_watched(watch, tmp_path) as server:
        haifa, chicago = server.said["teachers"]
        levi = TeacherAtDesk(await watch.page("he"), "he")
        stone = TeacherAtDesk(await watch.page("en", bypass_csp=True), "en")
        for teacher, line in ((levi, haifa), (stone, chicago)):
            await teacher.sign_in(server.url, line)
            await teacher.page.goto(server.said["session"]["url"])
        cards = {s["school"]: s for s in reversed(server.said["students"])}
        noa = Learner(await watch.page("he", NARROW), "he", cards[haifa["school"]]["name"])
        max_ = Learner(await watch.page("en", bypass_csp=True), "en", cards[chicago["school"]]["name"])
        await noa.come_in(cards[haifa["school"]]["url"])
        await max_.come_in(cards[chicago["school"]]["url"])

        # Before the rooms: the teachers show one verse, each child sees it in both languages.
        await both_sizes(stone.page, "lobby-en")
        await stone.button("Teachers model: learn one verse before both classes").click()
        await shot(stone.page, "model-choose-en")
        await stone.button("Show both classes").click()
        for learner in (noa, max_):
            await learner.heading(said(learner.language, "Your teachers learn one verse together")).wait_for()
            await expect(learner.page.locator(".modelled-verse > blockquote")).to_have_count(2)
            await both_sizes(learner.page, f"model-student-{learner.language}")
        found = await hindrances(max_.page, "teachers model")
        await both_sizes(levi.page, "model-teacher-he")
        await levi.button("We have shown it").click()
        await noa.page.locator(".lobby-partner").wait_for()

        # A substitute comes by link, a guest with the partner's yes.
        cohen = await by_link(watch, "he", await invite(levi, "A substitute", "מר כהן"))
        await cohen.locator(".board-head").wait_for()
        link = await invite(stone, "A guest", "Headmistress Or")
        await levi.page.locator(".guest-request").wait_for()
        await both_sizes(levi.page, "guest-request-he")
        await levi.button("Yes, welcome").click()
        await levi.page.locator(".guest-request").wait_for(state="detached")
        guest = await by_link(watch, "en", link)
        await both_sizes(guest, "guest-lobby-en")
        found += await hindrances(stone.page, "the lobby")
        await stone.page.locator(".also-here button").click()
        found += await hindrances(stone.page, "the invitation")
        await stone.page.keyboard.press("Escape")
        await stone.start(2)
        for learner in (noa, max_):
            signs = learner.page.locator(".adult-signs")
            await expect(signs).to_contain_text("Headmistress Or")
        await expect(guest.locator(".guest-row")).to_have_count(1)
        await both_sizes(guest, "guest-en")
        found += await hindrances(guest, "a guest's page")
        found += await hindrances(cohen, "a substitute's board")
        assert not found, "\n".join(found)
        assert noa.name not in await guest.locator("#app").inner_text()

        # An adult beside a child: the partner and the board see it.
        await noa.page.locator(".adult-toggle").click()
        await expect(max_.page.locator(".adult-signs")).to_contain_text(re.compile("An adult is beside"))
        await expect(stone.page.locator(".board-row .adult-beside")).to_be_visible()

        # Help is asked for and claimed.
        await max_.page.locator(".room-foot .help-button").click()
        await dialog(max_.page).get_by_role("button").first.click()
        await both_sizes(levi.page, "board-help-he")
        await levi.button("I'm coming").click()
        await expect(max_.page.locator(".help-asked")).to_contain_text("on the way")

        # A concern, by keyboard, right to left.
        await report_by_keyboard(noa)
        await noa.heading(said("he", "Thank you for telling us")).wait_for()
        await expect(dialog(noa.page)).to_contain_text(
            said("he", "Your report has arrived. Somebody at your school will read it.")
        )
        await dialog(noa.page).get_by_role("button", name=said("he", "Close"), exact=True).click()
        await expect(stone.page.locator(".board-row")).to_contain_text("would like to sit apart")
        await both_sizes(stone.page, "board-apart-en")
        assert "apart" not in await max_.page.locator("#app").inner_text()

        # The substitute goes on with the lesson, and signs as one.
        await expect(stone.page.locator(".also-here")).to_contain_text("מר כהן")
        await both_sizes(cohen, "substitute-he")
        await cohen.get_by_role("button", name=said("he", "Pause"), exact=True).click()
        await expect(max_.page.locator(".banner").first).to_contain_text("paused")
        await both_sizes(max_.page, "student-room-en")
        await both_sizes(noa.page, "student-room-he")
        await expect(cohen.get_by_role("button", name=said("he", "Close the lesson"))).to_have_count(0)

        # The safety lead of the child's own school finds it, and nothing of it stands on the first page but a number.
        await levi.page.goto(f"{server.url}/home")
        await both_sizes(levi.page, "home-he")
        await levi.page.locator(".safety-badge a").click()
        await shot(levi.page, "safety-he")
        await levi.page.locator(".index-list a").first.click()
        await both_sizes(levi.page, "concern-page-he")
        await levi.page.goto(f"{server.url}/home")
        await expect(levi.page.locator(".safety-badge")).to_have_count(0)
