"""People in front of a browser: they see words and press what bears them, in their own language."""

import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, TimeoutError, expect

import server
from server.edges.locale import Catalogues
from tests.live.servers import ServerProcess, demo_server

Language = Literal["en", "he"]
PATIENCE = 45_000
WIDE, NARROW = (1366, 768), (390, 844)
REGION: dict[Language, str] = {"en": "en-US", "he": "he-IL"}
# Every call of a page is kept, so that a test can ask it how many pictures have arrived.
KEEP_CALLS = """
window.__calls = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) { super(...given); window.__calls.push(this); }
};
"""
FRAMES_ARRIVED = """async () => {
  let frames = 0;
  for (const call of window.__calls) {
    if (call.connectionState !== 'connected') continue;
    for (const one of (await call.getStats()).values()) {
      if (one.type === 'inbound-rtp' && one.kind === 'video') frames += one.framesDecoded ?? 0;
    }
  }
  return frames;
}"""
expect.set_options(timeout=PATIENCE)


@cache
def catalogues() -> Catalogues:
    """Return the interface's own translations."""
    return Catalogues(Path(server.__file__).parent / "locale")


def said(language: Language, message: str, **values: object) -> str:
    """Return a sentence of the interface as a reader of this language sees it."""
    found = catalogues().locale(language).gettext(message)
    for name, value in values.items():
        found = found.replace(f"{{{name}}}", str(value)).replace(f"%({name})s", str(value))
    return found


@dataclass
class Watch:
    """The contexts of a test, and every error that a page wrote into its console or threw."""

    browser: Browser
    complaints: list[str] = field(default_factory=list[str])
    allowed: list[re.Pattern[str]] = field(default_factory=list[re.Pattern[str]])
    contexts: list[BrowserContext] = field(default_factory=list[BrowserContext])

    def allow(self, pattern: str) -> None:
        """Let pages say this from now on (write the reason beside the call)."""
        self.allowed.append(re.compile(pattern))

    async def page(
        self, language: Language, size: tuple[int, int] = WIDE, *, bypass_csp: bool = False, still: bool = True
    ) -> Page:
        """Open a window of somebody's own device."""
        context = await self.browser.new_context(
            locale=REGION[language],
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce" if still else "no-preference",
            bypass_csp=bypass_csp,
        )
        context.set_default_timeout(PATIENCE)
        await context.add_init_script(KEEP_CALLS)
        self.contexts.append(context)
        page = await context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._complain(f"{page.url}: {error}"))
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complain(f"{message.location.get('url', '')}: {message.text}")

    def _complain(self, words: str) -> None:
        if not any(pattern.search(words) for pattern in self.allowed):
            self.complaints.append(words)

    async def close(self) -> None:
        """Close every window; what a page says while it goes away counts no more."""
        kept = list(self.complaints)
        for context in self.contexts:
            await context.close()
        self.contexts.clear()
        self.complaints[:] = kept


@asynccontextmanager
async def demo_watched(watch: Watch, data: Path, **environment: str) -> AsyncGenerator[ServerProcess]:
    """A demo on a free port, whose visitors have left before it stops."""
    async with demo_server(data, **environment) as running:
        try:
            yield running
        finally:
            await watch.close()


async def first_of(*choices: Locator) -> int:
    """Wait until one of these can be seen; return which."""
    either = choices[0]
    for other in choices[1:]:
        either = either.or_(other)
    await either.first.wait_for()
    for number, choice in enumerate(choices):
        if await choice.first.is_visible():
            return number
    return await first_of(*choices)


@dataclass(slots=True)
class TeacherAtDesk:
    """A teacher, and the page of the lesson."""

    page: Page
    language: Language

    def button(self, message: str) -> Locator:
        """The button that bears this message."""
        return self.page.get_by_role("button", name=said(self.language, message), exact=True)

    async def sign_in(self, url: str, line: dict[str, str]) -> None:
        """Sign in as one does by hand."""
        await self.page.goto(f"{url}/signin")
        await self.page.get_by_label(said(self.language, "E-mail"), exact=True).fill(line["email"])
        await self.page.get_by_label(said(self.language, "Password"), exact=True).fill(line["password"])
        await self.page.locator("main").get_by_role("button", name=said(self.language, "Sign in")).click()
        await self.page.wait_for_url("**/home")

    async def from_more(self, message: str) -> None:
        """Press what stands under "More" in the foot of the board."""
        await (
            self.page.locator(".board-foot").get_by_role("button", name=said(self.language, "More"), exact=True).click()
        )
        await (
            self.page.locator(".foot-menu").get_by_role("button", name=said(self.language, message), exact=True).click()
        )

    async def start(self, expected: int) -> list[list[str]]:
        """Propose rooms for everybody who is here, and start; return the names in each room."""
        counted = self.page.get_by_role("heading", name=re.compile(rf"\b{expected}\b"))
        await counted.wait_for()
        await self.button("Propose rooms").click()
        cards = self.page.locator(".proposed .room-card")
        await cards.first.wait_for()
        rooms = [
            [words.strip() for words in await card.locator(".seats bdi").all_inner_texts()]
            for card in await cards.all()
        ]
        start = self.page.locator(".lobby-start .button.primary")
        await expect(start).to_be_enabled()
        await start.click()
        await self.page.locator(".board-row").first.wait_for()
        return rooms


@dataclass
class Learner:
    """A student with a card, and what they write."""

    page: Page
    language: Language
    name: str
    names: set[str] = field(default_factory=set[str])
    steps: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    intention: str = ""

    def __post_init__(self) -> None:
        self.page.on("response", self._heard)

    async def _heard(self, response: Response) -> None:
        if "/api/lessons/" in response.url and response.ok:
            self.steps = json.loads(await response.text())["steps"]

    def words(self, about: str) -> str:
        """Something of one's own, in one's own language, that no other learner writes."""
        return f"{self.name}: {about} – {'מילים שלי' if self.language == 'he' else 'my own words'}"

    def button(self, message: str, *, exact: bool = True) -> Locator:
        """The button that bears this message."""
        return self.page.get_by_role("button", name=said(self.language, message), exact=exact)

    def reads(self, wording: dict[str, str]) -> str:
        """Lesson content as this learner sees it."""
        return wording[self.language]

    def heading(self, title: str) -> Locator:
        """The heading of a step, or of a page."""
        return self.page.get_by_role("heading", name=title, exact=True)

    def step_heading(self, index: int) -> Locator:
        """The heading of a step of the lesson; after the last, that of its end."""
        if index >= len(self.steps):
            return self.heading(said(self.language, "You have reached the end"))
        return self.page.locator(".step-card h2").filter(
            has_text=re.compile(f"^{re.escape(self.reads(self.steps[index]['title']))}$")
        )

    async def come_in(self, card: str, *, try_devices: bool = False) -> None:
        """Follow the link of the card, say "that is me", and get through the device check to the lobby."""
        await self.page.goto(card)
        await self.button("That is me, come in").click()
        await self.heading(said(self.language, "Can you hear and be heard?")).wait_for()
        if try_devices:
            await self.button("Try my camera and microphone").click()
            await until(self.page, "() => (document.querySelector('.tile.is-self video')?.videoWidth ?? 0) > 0")
            await self.button("Go on").click()
        else:
            await self.button("Go on without trying").click()
        await self.page.locator(".lobby-partner").wait_for()

    async def sees_partner(self) -> None:
        """Wait until a partner's moving picture is in the page."""
        await until(
            self.page,
            """() => [...document.querySelectorAll('.videos .tile:not(.is-self) video')]
                 .some((video) => video.readyState >= 2 && video.videoWidth > 0)""",
        )

    async def frames(self) -> int:
        """How many pictures of partners have arrived so far."""
        return await self.page.evaluate(FRAMES_ARRIVED)

    async def walk(self, first: int, beyond: int) -> None:
        """Do every step from `first` up to, and not including, `beyond`."""
        for index in range(first, beyond):
            await self.step_heading(index).wait_for()
            await self.work(index)
            await self.finish(index)

    async def work(self, index: int) -> None:
        """Do what a step asks for, as far as it is written or tapped."""
        step = self.steps[index]
        if step["kind"] == "together":
            await self.write_together()
        elif step["kind"] == "solo":
            for asked in step["inputs"]:
                await self.answer(step, asked)

    async def finish(self, index: int) -> None:
        """Say that one is done, or take one's turns, until the room is at the next step."""
        beyond = self.step_heading(index + 1)
        if self.steps[index]["completion"] != "turns":
            await self.button("Done").click()
            await beyond.wait_for()
            return
        label = "I have read it" if self.steps[index]["kind"] == "read" else "End my turn"
        mine = self.page.locator(".done-bar").get_by_role("button", name=said(self.language, label), exact=True)
        banner = self.page.locator(".turn-banner span").first
        while await first_of(mine, beyond) == 0:
            # A button whose turn has just ended goes away under the finger.
            with suppress(TimeoutError, AssertionError):
                said_before = await banner.inner_text(timeout=4000)
                await mine.click(timeout=15_000)
                await expect(banner.filter(has_text=said_before)).to_have_count(0, timeout=4000)

    async def answer(self, step: dict[str, Any], asked: dict[str, Any]) -> None:
        """Answer one question in the way its kind asks for."""
        match asked["kind"]:
            case "marks":
                await self.page.locator(".text-pane button.word").nth(2).click()
                await expect(self.page.locator(".text-pane button.word[aria-pressed=true]").first).to_be_visible()
            case "choice" | "rating":
                await self.choose(step, asked)
            case _:
                await self.write(asked, self.words(step["id"]))

    async def choose(self, step: dict[str, Any], asked: dict[str, Any]) -> None:
        """Press an option, say why where that is asked, and when where moments are offered."""
        option = asked["options"][len(self.name) % len(asked["options"])]
        label = self.page.locator(".write-pane label").filter(has_text=self.reads(option["label"]))
        await label.click()
        await expect(label.locator("input")).to_be_checked()
        if step["output"] == "intention":
            self.intention = self.reads(option["label"])
        if asked["because"]:
            await self.page.locator(".write-pane textarea").fill(self.words(step["id"]))
        moment = self.page.locator(".write-pane select")
        if await moment.count():
            await moment.select_option(index=1)

    async def write(self, asked: dict[str, Any], words: str) -> None:
        """Write one entry, or two into a list, with proof from the text where it is wanted, and what kind it is."""
        boxes = self.page.locator(".write-pane textarea")
        await boxes.first.fill(words)
        if asked["kind"] == "list":
            await self.button("Add another").click()
            await boxes.nth(1).fill(f"{words} 2")
        if asked["evidence"] == "wanted":
            await self.button("Mark the words in the text").first.click()
            await self.page.locator(".text-pane button.word").nth(1).click()
            await self.button("Ready").click()
            await self.page.locator(".write-pane .evidence-chip").first.wait_for()
        if asked["tags"]:
            tag = self.button(self.reads(asked["tags"][1]["label"])).first
            await tag.click()
            await expect(tag).to_have_attribute("aria-pressed", "true")

    async def write_together(self) -> None:
        """Add a line of one's own; stand behind a partner's line, and choose it."""
        await self.page.locator(".write-pane textarea").first.fill(self.words("together"))
        await self.button("Add this line").click()
        own, theirs = self.page.locator("li.line.ours"), self.page.locator("li.line.theirs")
        await own.first.wait_for()
        await theirs.first.wait_for()
        stand = theirs.first.get_by_role("button", name=re.compile(re.escape(said(self.language, "I stand behind it"))))
        await stand.click()
        await expect(stand).to_have_attribute("aria-pressed", "true")
        await theirs.first.get_by_role("button", name=re.compile(re.escape(said(self.language, "This one")))).click()


async def until(page: Page, true: str, seconds: float = PATIENCE / 1000) -> None:
    """Wait until a JavaScript function returns something true in the page; the content policy forbids eval inside it."""
    await page.wait_for_function(true, timeout=seconds * 1000, polling=200)
