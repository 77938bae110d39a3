"""A partner drops out, and the survivor is brought to others: what the child reads, and what both boards show."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.people import NARROW, Language, Learner, TeacherAtDesk, Watch, demo_watched, said
from tests.live.servers import ServerProcess

HAIFA, CHICAGO = "Carmel Breeze School", "Lakeside Willow School"
SPOKEN: dict[str, Language] = {HAIFA: "he", CHICAGO: "en"}
GRACE_SECONDS = "4"
"""Long enough for a page that is only slow, short enough for a test."""

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def teachers_of(watch: Watch, server: ServerProcess) -> list[TeacherAtDesk]:
    """Both teachers, in the lobby."""
    found: list[TeacherAtDesk] = []
    for line in server.said["teachers"]:
        language = SPOKEN[line["school"]]
        teacher = TeacherAtDesk(await watch.page(language), language)
        await teacher.sign_in(server.url, line)
        await teacher.page.goto(server.said["session"]["url"])
        found.append(teacher)
    return found


async def learner_of(watch: Watch, server: ServerProcess, school: str, number: int) -> Learner:
    """A student who has come in with their card."""
    line = [s for s in server.said["students"] if s["school"] == school][number]
    size = (NARROW,) if number == 0 else ()
    learner = Learner(await watch.page(SPOKEN[school], *size), SPOKEN[school], line["name"])
    await learner.come_in(line["url"])
    return learner


async def test_a_survivor_is_brought_to_others_and_a_late_child_finds_a_place(watch: Watch, tmp_path: Path) -> None:
    async with demo_watched(watch, tmp_path, HAVRUTA_GRACE_SECONDS=GRACE_SECONDS) as server:
        levi, stone = await teachers_of(watch, server)
        learners = [await learner_of(watch, server, school, n) for school in (HAIFA, CHICAGO) for n in (0, 1)]
        await levi.start(4)
        for learner in learners:
            await learner.step_heading(0).wait_for()

        survivor = learners[0]
        partner_name = await survivor.page.locator(".videos .tile:not(.is-self) .name-plate bdi").inner_text()
        gone = await partner_named(survivor, partner_name, learners[2:])
        await survivor_writes(survivor)

        # One teacher says that it may happen by itself, and the other sees so.
        policy = "Late students, and those who have lost their partner"
        await levi.page.get_by_label(said("he", policy)).select_option("automatic")
        await expect(stone.page.get_by_label(said("en", policy))).to_have_value("automatic")

        await gone.page.context.close()
        before = survivor.page.get_by_text(said("he", "Your notes come with you."))
        await before.wait_for()
        for teacher in (levi, stone):
            keep = teacher.page.locator(".placing.is-counting .button.primary")
            await expect(keep).to_have_text(said(teacher.language, "Keep"))

        # It happens, unless one of them says no; and it is told in words everywhere.
        moved = survivor.page.locator(".banner.good").filter(has_text=said("he", "Your notes come with you.")[:4])
        await expect(survivor.page.locator(".videos .tile:not(.is-self)")).to_have_count(2)
        await moved.first.wait_for()
        await survivor_finds_again(survivor)
        for teacher in (levi, stone):
            undo = teacher.page.locator(".placing.is-placed").get_by_role("button")
            await expect(undo).to_have_text(said(teacher.language, "Undo"))

        # A teacher takes it back; and a child who comes late goes to whoever waits for a partner.
        await stone.page.locator(".placing.is-placed").get_by_role("button").click()
        await expect(survivor.page.locator(".videos .tile:not(.is-self) .name-plate bdi")).to_have_text([partner_name])
        late = await learner_of(watch, server, CHICAGO, 2)
        await late.step_heading(0).wait_for()
        await expect(survivor.page.locator(".videos .tile:not(.is-self)")).to_have_count(2)


async def partner_named(survivor: Learner, name: str, candidates: list[Learner]) -> Learner:
    """Which of these pages belongs to the partner: the one that shows the survivor in its tile."""
    own = await survivor.page.locator("#boot").evaluate("boot => JSON.parse(boot.textContent).names.en")
    for one in candidates:
        tile = one.page.locator(".videos .tile:not(.is-self) .name-plate bdi")
        if await tile.inner_text() == own:
            return one
    raise AssertionError(f"nobody is the partner of {own}: {name}")


async def survivor_writes(survivor: Learner) -> None:
    """Type something where the step asks for it; some steps ask for nothing written."""
    box = survivor.page.locator(".write-pane textarea").first
    if await box.count():
        await box.fill(survivor.words("kept"))


async def survivor_finds_again(survivor: Learner) -> None:
    """The words that were being written are here."""
    box = survivor.page.locator(".write-pane textarea").first
    if await box.count():
        await expect(box).to_have_value(survivor.words("kept"))
