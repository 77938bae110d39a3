"""The time of all before children's eyes: a minute called and given, fitted to the bell, a close taken back, next time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from server.adapters.sql.engine import make_engine
from server.adapters.sql.people import SqlPeople
from server.core.twinning.another_day import moved_to
from tests.browser.people import NARROW, Learner, TeacherAtDesk, Watch, demo_watched, said

LESSON, LEFT = "demo-lesson", 20

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def ring_in(data: Path, minutes: float) -> None:
    """Let the lesson have begun so that its bell rings in so many minutes."""
    engine = make_engine(f"sqlite+aiosqlite:///{data / 'havruta.sqlite'}")
    people = SqlPeople(engine, "read and written without codes")
    planned = await people.session(LESSON)
    assert planned is not None
    await people.save_session(moved_to(planned, datetime.now(UTC) + timedelta(minutes=minutes - planned.slot_minutes)))
    await engine.dispose()


async def test_a_lesson_short_of_time_is_warned_extended_fitted_and_continued_next_time(
    watch: Watch, tmp_path: Path
) -> None:
    async with demo_watched(watch, tmp_path) as server:
        await ring_in(tmp_path, LEFT)
        haifa, chicago = (
            TeacherAtDesk(await watch.page("he"), "he"),
            TeacherAtDesk(await watch.page("en"), "en"),
        )
        cards = {line["school"]: line for line in reversed(server.said["students"])}
        by_school = {line["school"]: line for line in server.said["teachers"]}
        noa = Learner(await watch.page("he", NARROW), "he", "Noa")
        ash = Learner(await watch.page("en"), "en", "Ash")
        for school, desk, child in (("Carmel Breeze School", haifa, noa), ("Lakeside Willow School", chicago, ash)):
            await desk.sign_in(server.url, by_school[school])
            await desk.page.goto(server.said["session"]["url"])
            await child.come_in(cards[school]["url"])
        children = (noa, ash)
        await chicago.start(2)
        await haifa.page.locator(".board-row").first.wait_for()

        await haifa.button("One-minute warning").click()
        for child in children:
            await expect(child.page.locator(".one-minute")).to_be_visible()
        await ash.button("Hide the time left").click()
        await expect(ash.page.locator(".room-head .timer")).to_have_count(0)
        await ash.button("Show the time left").click()

        await haifa.page.locator(".foot-menu").wait_for(state="attached")
        await haifa.button("More").click()
        await haifa.page.locator(".foot-menu button").first.click()
        await expect(ash.page.locator(".room-notices")).to_contain_text("gave 2 more minutes")

        await chicago.button("Fit to the bell").click()
        dialog = chicago.page.get_by_role("dialog")
        await expect(dialog).to_contain_text("Saves")
        await dialog.get_by_role("button", name="Shorten it so").click()
        await expect(dialog).to_have_count(0)
        for child in children:
            words = "The lesson is a little shorter today, so that there is time to look back. What you wrote stays."
            await expect(child.page.locator(".room-notices")).to_contain_text(said(child.language, words))

        await chicago.from_more("Close the lesson")
        await dialog.get_by_role("button", name="Close in 3 minutes").click()
        for child in children:
            await expect(child.page.locator(".banner.wrap-up")).to_be_visible()
        await haifa.button("Do not close yet").click()
        for child in children:
            await expect(child.page.locator(".banner.wrap-up")).to_have_count(0)

        title = await ash.page.locator(".step-card h2").inner_text()
        await chicago.from_more("Continue next time…")
        await dialog.get_by_role("button", name="Set the lesson aside").click()
        for child in children:
            await child.heading(said(child.language, "We go on next time")).wait_for()
        await chicago.page.get_by_role("link", name="Choose another day").click()
        await chicago.page.get_by_role("button", name="Set this day").click()
        await expect(chicago.page.locator("#another-day")).to_contain_text("The other day is set")
        await chicago.page.get_by_role("link", name="Open the lesson").click()
        await chicago.button("Go on where we stopped").click()
        await ash.page.reload()
        await expect(ash.page.locator(".step-card h2")).to_have_text(title)
        await haifa.page.locator(".board-row").first.wait_for()
