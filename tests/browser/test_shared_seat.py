"""Two children at one laptop: it is passed on, each sees their own words only, and the room waits for both."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.people import Language, Learner, Watch, demo_watched, said
from tests.live.servers import PersonOnline, ServerProcess, student_online, teacher_online

pytestmark = [pytest.mark.browser]
IN_THE_DOCUMENT = """() => document.documentElement.outerHTML
  + [...document.querySelectorAll('input, textarea')].map((field) => field.value).join(' ')"""


@dataclass
class Laptop:
    """One page for two: the first came with their card, the second sat down beside them."""

    page: Page
    language: Language
    first: Learner
    second: Learner

    @property
    def cover(self) -> Locator:
        """What lies over the page."""
        return self.page.locator(".seat-cover")

    async def sit_down_together(self, card: str, code: str) -> None:
        """Come in with the first card, and with the second code on the first one's page."""
        await self.page.goto(card)
        await self.first.button("That is me, come in").click()
        await (
            self.page.locator("#app")
            .get_by_role("link", name=said(self.language, "Two of us share this device"))
            .click()
        )
        await self.page.get_by_label(said(self.language, "The code on the card")).fill(code)
        await self.first.button("Continue").click()
        await self.first.button("Go on without trying").click()
        greeting = self.page.locator("#app h1")
        await expect(greeting).to_contain_text(self.first.name)
        await expect(greeting).to_contain_text(self.second.name)

    async def is_now(self, learner: Learner, other: Learner) -> None:
        """Somebody says that they are here, with the keyboard alone; their name stands large, the other's words nowhere."""
        here = self.cover.get_by_role("button", name=said(self.language, "I am {name}", name=learner.name), exact=True)
        # The cover takes the focus when it comes; a key pressed before that would go to its heading.
        await expect(self.cover.locator(":focus")).to_have_count(1)
        await here.focus()
        await self.page.keyboard.press("Enter")
        await expect(self.cover).to_have_count(0)
        await expect(self.page.locator(".seat-now bdi")).to_have_text(learner.name)
        await self.shows_nothing_of(other)

    async def is_covered(self, title: str, *learners: Learner) -> None:
        """The cover is there, is where the reader of a screen is taken, and hides everybody's words."""
        heading = self.cover.get_by_role("heading", name=title)
        await expect(heading).to_be_focused()
        for learner in learners:
            await self.shows_nothing_of(learner)

    async def is_to_be_passed(self, to: Learner, *hidden: Learner) -> None:
        """The page says whom to pass the device to."""
        await self.is_covered(said(self.language, "Pass to {name}", name=to.name), *hidden)

    async def passes_to(self, learner: Learner) -> None:
        """Pass the device on by hand."""
        words = said(self.language, "Pass to {name}", name=learner.name)
        await self.page.locator(".seat-bar").get_by_role("button", name=words).click()

    async def shows_nothing_of(self, learner: Learner) -> None:
        """Nothing that somebody wrote in this test is anywhere in the document."""
        assert learner.words("x").startswith(f"{learner.name}: ")
        assert f"{learner.name}: " not in await self.document()

    async def document(self) -> str:
        """Everything that stands in the page, seen or unseen, and in its fields."""
        return str(await self.page.evaluate(IN_THE_DOCUMENT))


def named(data: Path, line: dict[str, str], language: Language) -> str:
    """How a student is called in a language."""
    students = json.loads((data / "demo.json").read_text("utf-8"))["students"]
    return str(next(student["names"][language] for student in students if student["code"] == line["code"]))


@asynccontextmanager
async def lesson_of_three(
    watch: Watch, server: ServerProcess, data: Path, language: Language
) -> AsyncGenerator[tuple[Laptop, PersonOnline, PersonOnline]]:
    """A laptop with two learners who read `language`, their partner, and a teacher; the rooms are open."""
    session = server.said["session"]["id"]
    schools = [line["school"] for line in server.said["teachers"]]
    ours, theirs = schools if language == "he" else schools[::-1]
    cards = {school: [s for s in server.said["students"] if s["school"] == school] for school in schools}
    teachers = [
        await teacher_online(server.url, line["email"], line["password"], session) for line in server.said["teachers"]
    ]
    partner = await student_online(server.url, cards[theirs][0]["code"], session)
    one, other = cards[ours][:2]
    page = await watch.page(language)
    laptop = Laptop(page, language, *(Learner(page, language, named(data, line, language)) for line in (one, other)))
    try:
        await laptop.sit_down_together(one["url"], other["code"])
        teacher = teachers[0]
        await teacher.until(lambda p: len(p.views["presence"]["present"]) == 3, "for all three")
        assert (await teacher.say("propose_rooms"))["ok"]
        await teacher.until(lambda p: p.views["seats"]["rooms"], "for rooms")
        assert [len(members) for members in teacher.views["seats"]["rooms"].values()] == [3]
        assert (await teacher.say("start_lesson"))["ok"]
        await partner.until(lambda p: p.room, "for the room")
        yield laptop, partner, teacher
    finally:
        await laptop.page.goto("about:blank")
        for person in (partner, *teachers):
            await person.leave()


async def bring_to(teacher: PersonOnline, step: int) -> None:
    floor = teacher.views["session"]["floor"]
    assert (await teacher.say("next_gate", after=floor, to=step))["ok"]


async def writes(learner: Learner, index: int) -> None:
    """Answer the inputs of a step, in words that nobody else writes."""
    await learner.step_heading(index).wait_for()
    for asked in learner.steps[index]["inputs"]:
        await learner.answer(learner.steps[index], asked)


def solo_before_a_reveal(steps: list[dict[str, Any]]) -> int:
    """The step at which words are written that the next one turns over."""
    return next(
        step["index"]
        for step, then in pairwise(steps)
        if step["kind"] == "solo" and step["inputs"][0]["kind"] == "list" and then["kind"] == "reveal"
    )


async def test_a_laptop_is_passed_on_and_hides_what_the_other_wrote(watch: Watch, tmp_path: Path) -> None:
    async with (
        demo_watched(watch, tmp_path) as server,
        lesson_of_three(watch, server, tmp_path, "en") as (laptop, partner, teacher),
    ):
        first, second, page = laptop.first, laptop.second, laptop.page
        await laptop.is_covered(said("en", "Who is here now?"))
        await laptop.is_now(first, second)
        await page.locator(".step-card").wait_for()
        solo = solo_before_a_reveal(first.steps)
        about = str(first.steps[solo]["id"])
        await bring_to(teacher, solo)
        await writes(first, solo)
        await first.button("Done").click()

        await laptop.is_to_be_passed(second, first)
        await laptop.is_now(second, first)
        await writes(second, solo)
        await laptop.shows_nothing_of(first)

        await page.reload()
        await laptop.is_covered(said("en", "Who is here now?"), first, second)
        await laptop.is_now(second, first)
        await expect(page.locator(".write-pane textarea").first).to_have_value(second.words(about))

        await laptop.passes_to(first)
        await laptop.is_to_be_passed(first, first, second)
        await laptop.is_now(first, second)
        await expect(first.button("Not done yet")).to_be_visible()
        await laptop.passes_to(second)
        await laptop.is_now(second, first)
        await second.button("Done").click()
        await expect(second.button("Not done yet")).to_be_visible()
        await expect(laptop.cover).to_have_count(0)

        heard = "\n".join(partner.heard)
        assert not any(f"{learner.name}: " in heard for learner in (first, second))
        assert (await partner.say("finish", step=solo))["ok"]
        await second.step_heading(solo + 1).wait_for()
        for learner in (first, second):
            card = page.locator(".reveal-card").filter(has_text=learner.words(about))
            await expect(card).to_have_count(1)

        # Where two work on one page there is no cover: they are done together, and a line has the name that was chosen.
        assert (await partner.say("finish", step=solo + 1))["ok"]
        await first.button("Done").click()
        assert first.steps[solo + 2]["kind"] == "together"
        await first.step_heading(solo + 2).wait_for()
        names = page.get_by_role("group", name=said("en", "In whose name is it written?"))
        for learner in (first, second):
            await names.get_by_role("button", name=learner.name, exact=True).click()
            await page.locator(".write-pane textarea").first.fill(learner.words("line"))
            await learner.button("Add this line").click()
            await expect(page.locator("li.line").filter(has_text=learner.words("line"))).to_have_count(1)
        await partner.until(lambda p: len(p.room["lines"]) == 2, "for both lines")
        authors = {line["entries"][0]["text"]: line["author"] for line in partner.room["lines"]}
        assert len(set(authors.values())) == 2
        assert authors.keys() == {learner.words("line") for learner in (first, second)}


async def test_the_second_child_leaves_and_takes_the_half_written_sentence_along(watch: Watch, tmp_path: Path) -> None:
    async with (
        demo_watched(watch, tmp_path) as server,
        lesson_of_three(watch, server, tmp_path, "he") as (laptop, _, teacher),
    ):
        first, second, page = laptop.first, laptop.second, laptop.page
        await laptop.is_covered(said("he", "Who is here now?"))
        await laptop.is_now(second, first)
        await page.locator(".step-card").wait_for()
        second.steps = first.steps
        solo = solo_before_a_reveal(first.steps)
        await bring_to(teacher, solo)
        await second.step_heading(solo).wait_for()
        await page.locator(".write-pane textarea").first.fill(second.words("half"))
        await page.locator("[popovertarget=reading-menu]").first.click()
        leaves = said("he", "%(name)s leaves this device", name=second.name)
        await page.get_by_role("button", name=leaves).click()
        await expect(page.locator(".seat-bar")).to_have_count(0)
        await first.step_heading(solo).wait_for()
        await laptop.shows_nothing_of(second)

        code = next(s["code"] for s in server.said["students"] if named(tmp_path, s, "he") == second.name)
        own = await student_online(server.url, code, server.said["session"]["id"])
        drafts = [entry["text"] for draft in own.views["mine"]["drafts"] for entry in draft["entries"]]
        assert drafts == [second.words("half")]
        await own.leave()
