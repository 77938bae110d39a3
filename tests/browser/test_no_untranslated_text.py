"""Every sentence of every page has gone through translation: where the pseudo-locale speaks, all of them stand in ⟦⟧."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import available_timezones

import pytest
from playwright.async_api import Page
from pydantic import BaseModel
from ruamel.yaml import YAML

import server
from server.adapters import seed
from tests.browser.people import Watch, demo_watched, until
from tests.live.servers import ServerProcess, free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERE = Path(server.__file__).parent
# Latin text outside ⟦⟧, on Hebrew pages: sentences of the interface are written in English and reach a page through
# translation, while names of people, days and countries come in Hebrew by themselves. Names and words of people and lessons
# are isolated (bdi) or carry their language; codes, keys, clocks and numbers are the same for everybody.
NAKED = r"""() => {
  const content = 'bdi, [dir=auto], [lang]:not(html), code, kbd, time, .num, script, style, noscript, template';
  const named = ['aria-label', 'title', 'placeholder', 'alt'];
  const found = [];
  const says = (words) => /[A-Za-z]{2,}/.test(words);
  let depth = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest(content)) continue;
    let outside = '';
    for (const letter of node.data) {
      if (letter === '⟦') depth += 1;
      else if (letter === '⟧') depth -= 1;
      else if (depth === 0) outside += letter;
    }
    if (says(outside)) found.push(outside.trim().replace(/\s+/g, ' '));
  }
  for (const element of document.body.querySelectorAll(named.map((name) => `[${name}]`).join())) {
    if (element.closest('bdi, code')) continue;
    for (const name of named) {
      const words = element.getAttribute(name) ?? '';
      if (says(words.replace(/⟦[^]*⟧/, ''))) found.push(words);
    }
  }
  if (depth !== 0) found.push(`unbalanced: ${depth}`);
  if (says(document.title.replace(/⟦[^]*?⟧/g, ''))) found.push(`the page's title: ${document.title}`);
  return found;
}"""


def strings(value: Any) -> Iterator[str]:
    """Return every text inside a document."""
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, BaseModel):
        yield from strings(value.model_dump())
    elif isinstance(value, dict):
        yield from strings(list(cast("dict[Any, Any]", value).values()))
    elif isinstance(value, list | tuple):
        for inner in cast("list[Any]", value):
            yield from strings(inner)


def parsed(path: Path) -> Any:
    load: Callable[[Path], Any] = vars(YAML)["load"].__get__(YAML(typ="safe"))  # its own annotations are incomplete
    return load(path)


@cache
def lesson_content() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return what protocols, texts and the invented people say, and how their wordings look with names put in."""
    found: set[str] = {"XXX-XXX-XXX", *available_timezones()}
    for path in (HERE.parent / "protocols").glob("*.yaml"):
        found.update(strings(parsed(path)))
    for path in (HERE / "texts").glob("*.json"):
        found.update(strings(json.loads(path.read_text("utf-8"))))
    for value in vars(seed).values():
        found.update(strings(value))
    wordings = [re.escape(one) for one in found if "{" in one]
    with_names = [re.sub(r"\\\{\w+\\\}", ".+", one) for one in wordings]
    return frozenset(found), re.compile("|".join(with_names) or "(?!)")


def is_content(words: str) -> bool:
    """Whether these words, or each part of a line of them, belong to a lesson and not to the interface."""
    known, with_names = lesson_content()
    parts = [words, *re.split(r" · |: |, ", words)]
    fits = [part.strip() in known or with_names.fullmatch(part.strip()) is not None for part in parts]
    return fits[0] or all(fits[1:])


async def untranslated(page: Page, where: str) -> list[str]:
    """Return the page's words that no translation would reach."""
    found: list[str] = await page.evaluate(NAKED)
    return [f"{where}: {words}" for words in dict.fromkeys(found) if not is_content(words)]


async def look_at(page: Page, url: str, paths: tuple[str, ...]) -> list[str]:
    """Visit pages and return what they say untranslated."""
    found: list[str] = []
    for path in paths:
        answer = await page.goto(url + path)
        assert answer is not None
        assert answer.status in (200, 404), path
        assert (answer.status == 404) == (path in MISSING), path
        found += await untranslated(page, path)
    return found


# Speaking, choosing, turning over, reading, marking, comparing, writing, writing together, rating: one of each.
BROUGHT_TO = (0, 1, 2, 6, 8, 9, 10, 12, 14, 15, 18)
MISSING = ("/nothing-here", "/j/ZZZZZZZZZ")
OUTSIDE = ("/", "/signin", "/j", *MISSING)
INSIDE = (
    "/home",
    "/schools/demo-haifa",
    "/twinnings/demo-twinning",
    "/twinnings/demo-twinning/sessions/new",
    "/sessions/demo-lesson",
    "/sessions/demo-lesson/paper",
    "/sessions/demo-lesson/run-of-show",
    "/sessions/demo-lesson/review",
    "/classes/demo-haifa-7",
    "/classes/demo-haifa-7/cards",
    "/students/demo-haifa-01/review",
    "/students/demo-haifa-01/erase",
    "/protocols",
    "/protocols/noticing_and_wondering",
    "/protocols/self_assessment",
    "/protocols/agree_disagree/preview",
    "/plans",
    "/sessions/demo-lesson/preview",
    "/texts",
    "/texts/ruth-1",
    "/texts/import",
    "/review",
    "/safety",
)


async def test_every_page_of_a_teacher_and_of_a_visitor(watch: Watch, tmp_path: Path) -> None:
    watch.allow(r"the server responded with a status of 404")
    async with demo_watched(watch, tmp_path, HAVRUTA_PSEUDO_LOCALE="true") as running:
        page = await watch.page("he")
        found = await look_at(page, running.url, OUTSIDE)
        await page.goto(running.said["students"][0]["url"])
        found += await untranslated(page, "the greeting")
        await sign_in(page, running)
        found += await look_at(page, running.url, INSIDE)
    assert not found, "\n".join(found)


async def test_the_doors_of_a_server_that_is_no_demo(watch: Watch, tmp_path: Path) -> None:
    running = ServerProcess(["serve", "--data", str(tmp_path)], free_port(), {"HAVRUTA_PSEUDO_LOCALE": "true"})
    await running.start()
    try:
        page = await watch.page("he")
        found = await look_at(page, running.url, ("/",))
        await watch.close()  # before the server: a browser fetches the tab's icon when it likes
    finally:
        await running.stop()
    assert not found, "\n".join(found)


async def test_a_lesson_from_lobby_to_thanks(watch: Watch, tmp_path: Path) -> None:
    async with demo_watched(watch, tmp_path, HAVRUTA_PSEUDO_LOCALE="true") as running:
        teacher, student = await watch.page("he"), await watch.page("he")
        await sign_in(teacher, running)
        await student.goto(running.said["students"][0]["url"])
        await student.locator("main button[type=submit]").click()
        await student.locator(".check-page").wait_for()
        found = await untranslated(student, "the device check")
        await student.locator(".check-buttons button").first.click()
        await student.locator(".check-page .level").wait_for()
        found += await untranslated(student, "the device check, opened")
        await student.locator(".check-buttons .primary").click()
        await student.locator(".lobby-partner").wait_for()
        found += await untranslated(student, "the student's lobby")
        await teacher.goto(running.said["session"]["url"])
        await teacher.locator(".arrivals").first.wait_for()
        found += await untranslated(teacher, "the lobby")
        # The other teacher and one partner are simulated.
        await teacher.locator(".empty button:not(.primary)").click()
        await teacher.locator(".lobby-start, .empty .primary").first.wait_for()
        await until(teacher, "() => document.querySelectorAll('.arrival:not(.is-absent)').length > 3")
        await teacher.locator(".empty .primary").click()
        await teacher.locator(".room-card").first.wait_for()
        found += await untranslated(teacher, "the proposed rooms")
        await until(teacher, "() => !document.querySelector('.lobby-start .primary').disabled")
        await teacher.locator(".lobby-start .primary").click()
        await teacher.locator(".board-row").first.wait_for()
        found += await untranslated(teacher, "the board")
        found += await walk_through(student, teacher)
        await teacher.locator(".row-actions button", has_text="⟦Gó ín").first.click()
        await teacher.locator(".visit").wait_for()
        found += await untranslated(teacher, "a visited room")
        # The student's clock can be put away.
        await student.locator(".calm-clock button").first.click()
        more = teacher.locator(".board-foot > button[popovertarget=for-everyone]")
        for button in await teacher.locator(".board-foot button:not([popovertarget])").all():
            if "danger" in (await button.get_attribute("class") or "") or await button.get_attribute("aria-pressed"):
                continue
            if not await button.is_visible():
                if not await teacher.locator(".foot-menu").is_visible():
                    await more.click()
                found += await untranslated(teacher, "more for everyone")
                if not await button.is_visible():
                    continue  # it stands in the foot itself where there is room
            await button.click()
            dialog = teacher.locator("dialog[open]")
            if await dialog.count():
                found += await untranslated(teacher, "a dialog of the board")
                await teacher.keyboard.press("Escape")
                await dialog.wait_for(state="detached")
        await teacher.locator("body").press("Escape")
        await close(teacher)
        await teacher.locator(".closed").wait_for()
        found += await untranslated(teacher, "the closed lesson")
        await student.locator(".calm .button").wait_for()
        found += await untranslated(student, "the thanks")
        found += await look_at(teacher, running.url, ("/sessions/demo-lesson/review", "/students/demo-haifa-01/review"))
    assert not found, "\n".join(dict.fromkeys(found))


async def walk_through(student: Page, teacher: Page) -> list[str]:
    """Look at the steps of a room as they come, and at the two dialogs that are always one press away."""
    found: list[str] = []
    await student.locator(".room .step-card h2").wait_for()
    await student.locator(".room-foot button").first.click()
    await student.locator("dialog[open]").wait_for()
    found += await untranslated(student, "asking for help")
    await student.locator("dialog[open] footer button").first.click()
    await student.locator(".room-foot button").last.click()
    await student.locator("dialog[open]").wait_for()
    found += await untranslated(student, "reporting a concern")
    await student.locator("dialog[open] footer button").first.click()
    for index in BROUGHT_TO:
        title = await student.locator(".step-card h2").inner_text()
        if index > 0:
            await bring(teacher, index)
            await until(student, f"() => document.querySelector('.step-card h2').innerText !== {json.dumps(title)}")
        found += await untranslated(student, f"the room at “{await student.locator('.step-card h2').inner_text()}”")
    return found


async def close(teacher: Page) -> None:
    """Close the lesson now."""
    await teacher.locator(".board-foot > button[popovertarget=for-everyone]").click()
    await teacher.locator(".foot-menu > .danger").click()
    await teacher.locator("dialog[open] footer .danger").click()


async def bring(teacher: Page, index: int) -> None:
    """Bring all rooms to a step of the lesson."""
    await teacher.locator(".board-foot > button[popovertarget=for-everyone]").click()
    await teacher.locator(".foot-menu button", has_text=re.compile("⟦Év")).click()
    await teacher.locator("#bring-to").select_option(str(index))
    await teacher.locator("dialog[open] button[type=submit]").click()
    await teacher.locator("dialog[open]").wait_for(state="detached")


async def sign_in(page: Page, running: ServerProcess) -> None:
    line = next(t for t in running.said["teachers"] if t["email"].endswith("haifa.example"))
    await page.goto(f"{running.url}/signin")
    await page.locator("input[name=email]").fill(line["email"])
    await page.locator("input[name=password]").fill(line["password"])
    await page.locator("main button[type=submit]").click()
    await page.wait_for_url("**/home")
