"""A wall of questions, a spectrum and a round in real browsers: on a child's page, on the teacher's, and on the classroom's wall."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect

from server.edges.identity import STAFF_COOKIE
from tests.browser.people import NARROW, Language, Learner, Watch, said
from tests.live.servers import Lesson, PersonOnline
from tests.socket.served import CHICAGO_TEACHER, HAIFA_TEACHER, SESSION, Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOMS = 3


async def page_of(watch: Watch, served: Served, who: str, language: Language, path: str) -> Page:
    page = await watch.page(language)
    await page.context.add_cookies(
        [{"name": STAFF_COOKIE, "value": await served.token("staff", who), "url": served.url}]
    )
    await page.goto(f"{served.url}/sessions/{SESSION}/{path}")
    return page


async def child_of(watch: Watch, served: Served, school: str) -> Learner:
    """A child whose page was elsewhere until now: it goes on here."""
    card = next(s for s in served.said["students"] if s["school"] == school)
    learner = Learner(await watch.page("he", NARROW), "he", card["name"])
    await learner.page.goto(card["url"])
    await learner.button("That is me, come in").click()
    await learner.button("Go on without trying").click()
    await learner.page.locator(".step-card").wait_for()
    return learner


async def steps_of(served: Served, lesson: Lesson) -> dict[str, dict[str, Any]]:
    address = f"{served.url}/api/lessons/{lesson.teachers[0].views['session']['lesson']}"
    async with aiohttp.ClientSession() as http, http.get(address) as answer:
        return {step["id"]: step for step in (await answer.json())["steps"]}


async def everybody_to(lesson: Lesson, index: int) -> None:
    first = lesson.teachers[0]
    moved = await first.say("next_gate", after=first.views["session"]["floor"], to=index)
    assert moved["ok"], moved
    for person in lesson.students:
        await person.until(lambda p: p.room and p.room["step"] == index, "for the step")


async def take_a_stance(lesson: Lesson, step: dict[str, Any], stances: list[str]) -> None:
    for student, stance in zip(lesson.students, stances, strict=True):
        for asked in step["inputs"]:
            entries = [{"choice": stance, "text": "because it is written so"}]
            given = await student.say("answer", step=step["index"], input=asked["id"], entries=entries)
            assert given["ok"], given


async def share_first_answers(lesson: Lesson, of: int, at: int) -> None:
    for room in list(lesson.teachers[0].views["seats"]["rooms"]):
        student = lesson.partners(room)[0]
        await student.until(lambda p: any(a["step"] == of for a in p.views["mine"]["answers"]), "for the answer")
        work = next(a["work"] for a in student.views["mine"]["answers"] if a["step"] == of)
        assert (await student.say("share", step=at, work=work))["ok"]


async def share_a_question_each(lesson: Lesson, of: int, at: int) -> None:
    for room in list(lesson.teachers[0].views["seats"]["rooms"]):
        student = lesson.partners(room)[0]
        await student.until(lambda p: p.room["step"] == at and p.room["lines"], "for the line")
        assert (await student.say("share", step=at, work=student.room["lines"][0]["work"]))["ok"]


def rows(place: Page) -> Locator:
    return place.locator(".spectrum").first.locator("tbody tr")


async def test_three_rooms_share_and_child_teacher_and_wall_see_it_together(watch: Watch, tmp_path: Path) -> None:
    async with serving(tmp_path / "data", demo=True) as served:
        await served.plan("agree_disagree", "noticing_and_wondering", "joys_and_oys_class")
        async with served.lesson(pairs=ROOMS) as lesson:
            step = await steps_of(served, lesson)
            await the_spectrum(watch, served, lesson, step)
        await watch.close()


async def the_spectrum(watch: Watch, served: Served, lesson: Lesson, step: dict[str, dict[str, Any]]) -> None:
    wall = await page_of(watch, served, HAIFA_TEACHER, "he", "projector")
    desk = await page_of(watch, served, CHICAGO_TEACHER, "en", "live")
    await everybody_to(lesson, step["0.before"]["index"])
    await take_a_stance(lesson, step["0.before"], ["agree", "agree", "disagree", "partly", "partly", "partly"])
    await everybody_to(lesson, step["0.now"]["index"])
    await take_a_stance(lesson, step["0.now"], ["agree", "agree", "agree", "partly", "agree", "disagree"])
    await everybody_to(lesson, step["0.spectrum"]["index"])
    await share_first_answers(lesson, step["0.now"]["index"], step["0.spectrum"]["index"])
    # Haifa's side stands first on its own wall, Chicago's on its teacher's page.
    for place, expected in ((wall, ["2", "0", "1"]), (desk, ["0", "3", "0"])):
        await expect(rows(place)).to_have_count(4)
        await expect(rows(place).first.locator(".num")).to_have_text(expected)
        await expect(place.locator(".board-card")).to_have_count(ROOMS)
    shown = await wall.content()
    assert not any(student.who in shown for student in lesson.students)

    questions = step["1.strongest_question"]["index"]
    board = step["1.question_wall"]["index"]
    await everybody_to(lesson, questions)
    for number, room in enumerate(list(lesson.teachers[0].views["seats"]["rooms"])):
        line = {"text": f"why, room {number + 1}?", "tag": ("fact", "meaning", "personal")[number]}
        asked = await lesson.partners(room)[0].say("add_line", step=questions, input="shared_question", entries=[line])
        assert asked["ok"], asked
    await everybody_to(lesson, board)
    await share_a_question_each(lesson, questions, board)
    child = await child_of(watch, served, lesson_school(served))
    for place in (wall, desk, child.page):
        await expect(place.locator(".card-group")).to_have_count(3)
        await expect(place.get_by_text("why, room 2?")).to_be_visible()

    wonder = child.page.locator(".board-card").get_by_role("button")
    await wonder.first.click()
    await expect(wonder.first).to_have_attribute("aria-pressed", "true")
    await expect(wall.locator(".wonders")).to_have_count(1)
    large = desk.locator(".board-card").nth(1).get_by_role("button", name=said("en", "Let's look at this one"))
    await large.click()
    await expect(wall.locator(".pinned-card")).to_contain_text("why, room 2?")
    await expect(child.page.locator(".pinned-card")).to_contain_text("why, room 2?")
    await desk.locator(".board-card").nth(1).get_by_role("button", name=said("en", "Put aside")).click()
    await expect(wall.get_by_text("why, room 2?")).to_have_count(0)
    await desk.locator("details summary").filter(has_text=said("en", "Put aside")).click()
    await desk.get_by_role("button", name=said("en", "Put it back")).click()
    await expect(wall.get_by_text("why, room 2?")).to_be_visible()
    await the_round(lesson, step["2.circle"]["index"], child, desk, wall)


def lesson_school(served: Served) -> str:
    return next(t["school"] for t in served.said["teachers"] if "Carmel" in t["school"])


async def the_round(lesson: Lesson, index: int, child: Learner, desk: Page, wall: Page) -> None:
    first: PersonOnline = lesson.teachers[0]
    await first.say("next_gate", after=first.views["session"]["floor"], to=index)
    await child.button("I would like to speak").click()
    begin = desk.get_by_role("button", name=said("en", "Begin the round"))
    await expect(begin).to_be_enabled()
    await begin.click()
    await expect(child.page.locator(".my-round.is-mine")).to_be_visible()
    await expect(wall.locator(".wall-now .mark.ours")).to_be_visible()
    await child.button("I have spoken").click()
    for place in (desk.locator(".round-led"), wall.locator(".wall-round")):
        language: Language = "he" if place.page == wall else "en"
        await expect(place).to_contain_text(said(language, "Everybody has had their turn."))
