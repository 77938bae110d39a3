"""The teacher's board in a real browser: finding rooms, the keyboard, names hidden for a projector, a room's work in its drawer."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from server.edges.identity import STAFF_COOKIE
from tests.browser.people import NARROW, Watch, said
from tests.live.servers import Lesson, PersonOnline
from tests.socket.served import CHICAGO_TEACHER, SESSION, Served, lesson_steps, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEEN_AND_READ_OUT = """() => {
  const said = [document.title, document.body.innerText];
  for (const one of document.body.querySelectorAll('*')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'value', 'aria-description'])
      if (one.hasAttribute(name)) said.push(one.getAttribute(name));
    if ('value' in one) said.push(String(one.value));
  }
  return said.join('\\n');
}"""
FOCUSED_ROOM = "() => document.activeElement?.closest('[data-room]')?.dataset.room ?? ''"


def row(page: Page, room: str) -> str:
    """Where a room's button is."""
    return f'.board-row[data-room="{room}"] .row-open'


async def board(watch: Watch, served: Served, size: tuple[int, int] | None = None) -> Page:
    """A teacher's board."""
    page = await (watch.page("en", size) if size else watch.page("en"))
    cookie = {"name": STAFF_COOKIE, "value": await served.token("staff", CHICAGO_TEACHER), "url": served.url}
    await page.context.add_cookies([cookie])  # pyright: ignore[reportArgumentType] -- a cookie's three fields
    await page.goto(f"{served.url}/sessions/{SESSION}/live")
    await page.locator(".board-row").first.wait_for()
    return page


async def write_with_marks(served: Served, lesson: Lesson, room: str) -> None:
    """Both children of a room give something with a mark in the text, before it turns over."""
    teacher = lesson.teachers[0]
    steps = await lesson_steps(served, teacher.views["session"]["lesson"])
    step, asked = next(
        (s, i) for s in steps for i in s["inputs"] if s["visibility"] == "after_reveal" and i["evidence"] != "none"
    )
    moved = await teacher.say("next_gate", after=teacher.views["session"]["floor"], to=step["index"])
    assert moved["ok"], moved
    async with teacher.http.get(f"{served.url}/api/lessons/{teacher.views['session']['lesson']}") as answer:
        segment = (await answer.json())["text"]["segments"][0]["id"]
    for number, child in enumerate(lesson.partners(room)):
        await child.until(lambda p: p.step == step["index"], "for the step")
        mark = {"segment": segment, "language": "en", "first": 3 * number, "last": 3 * number + 1}
        entries = [{"text": f"words of {child.who}", "marks": [mark]}]
        given = await child.say("answer", step=step["index"], input=asked["id"], entries=entries)
        assert given["ok"], given


async def names_of(served: Served, people: list[PersonOnline]) -> set[str]:
    """What these children are called, in every alphabet."""
    found = [await served.house.people.student(person.who) for person in people]
    return {name for student in found if student for name in student.names.values()}


async def named(page: Page, names: set[str]) -> list[str]:
    """Which of these are to be seen or heard on the page."""
    everything = await page.evaluate(SEEN_AND_READ_OUT)
    return [name for name in names if name in everything]


async def test_a_teacher_finds_rooms_walks_by_keyboard_reads_along_and_hides_names(
    watch: Watch, tmp_path: Path
) -> None:
    async with serving(tmp_path) as served, served.lesson(pairs=4) as lesson:
        try:
            rooms = list(lesson.teachers[0].views["seats"]["rooms"])
            await write_with_marks(served, lesson, rooms[0])
            page = await board(watch, served)
            await finds(page, served, lesson, rooms)
            await walks(page, lesson, rooms)
            await reads_along(page, rooms[0])
            await hides(page, served, lesson, rooms[0])
            await on_a_phone(await board(watch, served, NARROW), rooms[1])
        finally:
            await watch.close()


async def finds(page: Page, served: Served, lesson: Lesson, rooms: list[str]) -> None:
    """Search in either alphabet, and filters."""
    rows = page.locator(".board-row")
    await expect(rows).to_have_count(4)
    child = await served.house.people.student(lesson.partners(rooms[2])[0].who)
    assert child is not None
    await page.keyboard.press("/")
    for name in child.names.values():
        await page.locator("#find-room").fill(name.split()[0])
        await expect(page.locator(row(page, rooms[2]))).to_be_visible()
        await expect(rows).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(rows).to_have_count(4)
    await page.keyboard.press("Escape")
    assert (await lesson.partners(rooms[1])[0].say("ask_help", reason="text"))["ok"]
    needs = page.get_by_role("button", name=said("en", "Needs me"))
    await needs.click()
    await expect(rows).to_have_count(1)
    await expect(page.locator(row(page, rooms[1]))).to_be_visible()
    await page.get_by_role("button", name=said("en", "Show all rooms")).click()
    await expect(rows).to_have_count(4)


async def walks(page: Page, lesson: Lesson, rooms: list[str]) -> None:
    """The keyboard, and rows that move while somebody stands at them."""
    await page.keyboard.press("h")
    await page.wait_for_function(f"({FOCUSED_ROOM})() === '{rooms[1]}'")
    await page.keyboard.press("ArrowDown")
    assert await page.evaluate(FOCUSED_ROOM) == rooms[0]
    assert await page.locator('.row-open[tabindex="0"]').count() == 1
    await page.keyboard.press("End")
    assert await page.evaluate(FOCUSED_ROOM) == rooms[3]
    assert (await lesson.partners(rooms[3])[0].say("ask_help"))["ok"]
    await page.locator(f'.needs [data-room="{rooms[3]}"]').wait_for()
    await page.wait_for_function(f"({FOCUSED_ROOM})() === '{rooms[3]}'")
    await page.keyboard.press("Enter")
    await expect(page.locator(".drawer h2")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator(".drawer")).to_have_count(0)
    assert await page.evaluate(FOCUSED_ROOM) == rooms[3]
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def reads_along(page: Page, room: str) -> None:
    """The drawer: words that have not turned over, both sides' marks, a note that is not lost."""
    await page.locator(row(page, room)).click()
    await expect(page.locator(".work-now .said")).to_have_count(2)
    await expect(page.locator(".work-now .said.ours")).to_have_count(1)
    await expect(page.locator(".work-now .said.theirs")).to_have_count(1)
    for side in ("mine", "theirs"):
        await expect(page.locator(f".text-body .word.is-{side}")).to_have_count(2)
        await expect(page.locator(f".word-key .is-{side} .mark")).to_be_attached()
    note = page.get_by_role("button", name=said("en", "Note to this room"))
    await note.click()
    await page.locator("#note-words").fill("Look again at the")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await note.click()
    await expect(page.locator("#note-words")).to_have_value("Look again at the")
    await page.keyboard.press("Escape")
    drawer = page.locator(".drawer")
    await page.locator(".board-foot").get_by_role("button", name=said("en", "More"), exact=True).click()
    await expect(page.locator(".foot-menu")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".foot-menu")).to_be_hidden()
    await expect(drawer).to_be_visible()


async def hides(page: Page, served: Served, lesson: Lesson, room: str) -> None:
    """No name is in anything that is seen or read out: the rows, the drawer, a dialog, and after a reload."""
    names = await names_of(served, lesson.students)
    assert await named(page, names), "the names were there before"
    await page.get_by_role("button", name=said("en", "Hide names")).click()
    await expect(page.locator(".work-now")).to_have_count(0)
    await page.get_by_role("button", name=said("en", "Move")).first.click()
    await page.get_by_role("dialog").wait_for()
    assert await named(page, names) == []
    await page.keyboard.press("Escape")
    await page.reload()
    await page.locator(row(page, room)).wait_for()
    assert await named(page, names) == []
    await expect(page.locator(row(page, room))).to_contain_text("Room 1")


async def on_a_phone(page: Page, room: str) -> None:
    """The drawer is a page, and the device's own way back leads to the rooms."""
    await page.locator(row(page, room)).click()
    await page.get_by_role("button", name=said("en", "To the rooms")).wait_for()
    await page.go_back()
    await expect(page.locator(".drawer")).to_have_count(0)
    await expect(page.locator(".board-row").first).to_be_visible()
    assert page.url.endswith("/live")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
