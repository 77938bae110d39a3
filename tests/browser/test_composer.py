"""A teacher makes a protocol her own, changes its Hebrew, puts it into next week's plan and looks at it as both children will."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.people import TeacherAtDesk, Watch, demo_watched, said
from tests.browser.test_accessibility import hindrances, open_axed
from tests.live.servers import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHANGED = "הקשיבו לפסוק עד סופו, ורק אז דברו."


@pytest.fixture
async def demo(watch: Watch, tmp_path: Path) -> AsyncGenerator[ServerProcess]:
    async with demo_watched(watch, tmp_path) as server:
        yield server


async def drag(page: Page, one: Locator, onto: Locator) -> None:
    """Take a protocol by its handle and let it go on another."""
    await onto.scroll_into_view_if_needed()
    await one.locator(".drag").scroll_into_view_if_needed()
    begin, end = await one.locator(".drag").bounding_box(), await onto.bounding_box()
    assert begin is not None
    assert end is not None
    await page.mouse.move(begin["x"] + 20, begin["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(begin["x"] + 24, begin["y"] - 20, steps=4)
    await page.mouse.move(end["x"] + 60, end["y"] + end["height"] / 2, steps=6)
    await page.mouse.up()


async def test_from_a_copy_to_what_both_children_will_see(watch: Watch, demo: ServerProcess) -> None:
    page = await open_axed(watch, "en")
    found: list[str] = []
    await TeacherAtDesk(page, "en").sign_in(demo.url, demo.said["teachers"][1])

    # Her own version, its Hebrew changed.
    await page.goto(f"{demo.url}/protocols/listening_to_the_text")
    await page.get_by_role("button", name=said("en", "Make our own version")).click()
    await page.get_by_text(said("en", "This is your school’s own copy.").partition(".")[0]).wait_for()
    await page.locator("details.edit-section", has_text="Read it, and read it again").first.locator("summary").click()
    await page.locator('textarea[name="steps.read_twice.prompt:he"]').fill("")
    found += await hindrances(page, "the form")
    await page.locator("aside").get_by_role("button", name=said("en", "Save")).click()
    await expect(page.get_by_role("main")).to_contain_text(said("en", "The Hebrew is missing."))
    found += await hindrances(page, "the form with something missing")
    await page.locator('textarea[name="steps.read_twice.prompt:he"]').fill(CHANGED)
    await page.locator("aside").get_by_role("button", name=said("en", "Save")).click()
    await page.get_by_text(said("en", "Saved. Lessons can use this version.")).wait_for()
    own = page.url.split("/")[4]

    # Next week's lesson with it, first in the order: dragged there, and counted while she types.
    await page.goto(f"{demo.url}/sessions/demo-lesson")
    await page.get_by_role("button", name=said("en", "Same plan a week later")).click()
    await page.wait_for_url("**?done=copied")
    plan = page.url.partition("?")[0]
    await page.get_by_label(said("en", "Add a protocol")).select_option(f"{own}@2")
    await page.get_by_role("button", name=said("en", "Add"), exact=True).click()
    parts = page.locator("#plan-parts > [data-part]")
    await expect(parts).to_have_count(5)
    for place in (3, 2):
        # One place at a time, as far as a screen shows.
        await drag(page, parts.nth(place + 1), parts.nth(place))
        await expect(parts.nth(place)).to_contain_text("(our version)")
    await expect(parts.nth(2)).to_contain_text("(our version)")
    await parts.nth(2).get_by_role("button", name=re.compile("^Move ")).first.click()
    await expect(parts.nth(1)).to_contain_text("(our version)")
    # Whoever uses keys finds the same button under the finger when the page comes back.
    await page.keyboard.press("Enter")
    await expect(parts.nth(0)).to_contain_text("(our version)")
    await expect(parts.nth(0).locator(".minutes")).not_to_have_text("")
    await page.get_by_label(said("en", "Minutes from bell to bell")).fill("20")
    await expect(page.locator("#plan-total")).to_have_class(re.compile("over"))
    await parts.nth(1).get_by_role("button", name=re.compile("^Remove ")).click()
    await page.get_by_role("button", name=said("en", "Put it back")).click()
    await expect(parts).to_have_count(5)
    found += await hindrances(page, "the plan")

    # As both children will see it, side by side, with nothing sent.
    await page.get_by_role("link", name=said("en", "Preview as a student")).click()
    assert page.url == f"{plan}/preview"
    hebrew, english = page.frame_locator('iframe[src*="language=he"]'), page.frame_locator('iframe[src*="language=en"]')
    await expect(hebrew.locator(".instruction").first).to_have_text(CHANGED)
    await expect(english.locator(".step-card")).to_contain_text("Read it, and read it again")
    await expect(hebrew.locator("html")).to_have_attribute("dir", "rtl")
    await expect(english.locator("html")).to_have_attribute("dir", "ltr")
    found += await hindrances(page, "the preview")
    for _ in range(2):
        await page.get_by_role("link", name=said("en", "Next step")).click()
    done = hebrew.locator(".done-bar").get_by_role("button", name=said("he", "Done"), exact=True)
    await done.press("Enter")
    await expect(hebrew.locator(".room-step")).to_contain_text("4")
    assert not found, "\n".join(found)
