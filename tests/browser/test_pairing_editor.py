"""The pairing editor by keyboard alone: propose, move, be warned, save, throw away, load."""

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.people import TeacherAtDesk, Watch, demo_watched, said
from tests.live.servers import teacher_online


async def press(page: Page, words: str, *, key: str = "Enter") -> None:
    """Press a button by keyboard, as somebody does who cannot use a pointer."""
    await page.get_by_role("button", name=words, exact=True).first.press(key)


async def test_rooms_are_arranged_without_a_pointer(watch: Watch, tmp_path: Path) -> None:
    async with demo_watched(watch, tmp_path) as running:
        lines = running.said["teachers"]
        session = running.said["session"]
        other = await teacher_online(running.url, lines[0]["email"], lines[0]["password"], session["id"])
        desk = TeacherAtDesk(await watch.page("en"), "en")
        page = desk.page
        await desk.sign_in(running.url, lines[1])
        await page.goto(session["url"])
        await press(page, said("en", "Fill the class with simulated students"))
        await expect(page.locator(".arrival:not(.is-absent)")).to_have_count(23)
        await press(page, said("en", "Propose rooms"))
        cards = page.locator(".room-card")
        await expect(cards).to_have_count(11)
        await expect(cards.first.locator(".why-this-pair")).to_contain_text("different schools", ignore_case=True)
        before = await cards.locator(".seats").all_inner_texts()

        # The only child of one school goes to a third room: the room left behind has one school, or one child.
        await cards.nth(0).locator(".handle").first.press("Enter")
        await page.get_by_text(said("en", "Let go")).wait_for()
        await page.keyboard.press("Escape")
        await expect(page.get_by_text(said("en", "Let go"))).to_have_count(0)
        moved = await cards.nth(0).locator(".handle").first.get_attribute("data-member")
        await cards.nth(0).locator(".handle").first.press("Space")
        await cards.nth(2).get_by_role("button", name="Put into room 3").press("Enter")
        await expect(cards.nth(2).locator(f"[data-member='{moved}']")).to_be_focused()
        await expect(cards.nth(0).locator(".card-warnings > li").first).to_be_visible()
        await other.until(lambda p: moved in p.views["seats"]["rooms"][f"{session['id']}.3"], "to see the move at once")

        await press(page, said("en", "Saved groups"))
        await page.get_by_label(said("en", "Save the rooms as they are now, by the name")).fill("Tuesday")
        await page.keyboard.press("Enter")
        await page.locator(".saved-groups > li", has_text="Tuesday").wait_for()
        await page.keyboard.press("Escape")

        await press(page, said("en", "Propose anew for all who are here"))
        await page.get_by_role("dialog").get_by_role("button", name=said("en", "Keep these rooms")).press("Enter")
        await expect(cards.nth(2).locator(f"[data-member='{moved}']")).to_be_visible()
        await press(page, said("en", "Propose anew for all who are here"))
        await (
            page.get_by_role("dialog").get_by_role("button", name=said("en", "Throw away and seat anew")).press("Enter")
        )
        await expect(cards.nth(2).locator(f"[data-member='{moved}']")).to_have_count(0)
        assert await cards.locator(".seats").all_inner_texts() == before

        await press(page, said("en", "Saved groups"))
        await page.get_by_role("button", name="Seat them as in").press("Enter")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(cards.nth(2).locator(f"[data-member='{moved}']")).to_be_visible()
        await other.leave()
