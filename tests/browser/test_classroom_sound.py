"""Sound rules as real browsers keep them: one speaker, one classroom, spared pictures, devices that come, go and are refused."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, async_playwright, expect

from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.browser.people import NARROW, Language, Learner, TeacherAtDesk, Watch, demo_watched, said, until
from tests.live.servers import teacher_online

HAIFA, CHICAGO = "Carmel Breeze School", "Lakeside Willow School"
SPOKEN: dict[str, Language] = {HAIFA: "he", CHICAGO: "en"}
AFTER_HELLO, TALK = 3, 7
# RFC 8866: session and version; it grows with each negotiation, and not with candidates that come later.
ORIGIN = r"() => window.__calls.at(-1).localDescription.sdp.match(/^o=.*$/m)[0]"
SENT = """(kind) => window.__calls.filter((call) => call.connectionState === 'connected')
  .flatMap((call) => call.getSenders()).map((sender) => sender.track).filter((track) => track?.kind === kind)"""
MICROPHONE_IS = (
    "(open) => { const sent = (%s)('audio'); return sent.length > 0 && sent.every((t) => t.enabled === open); }"
)
CAMERA_IS = MICROPHONE_IS.replace("'audio'", "'video'")

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass
class Room:
    """Children of one room, and a teacher at the board."""

    desk: TeacherAtDesk
    learners: list[Learner]

    async def bring_to(self, step: int) -> None:
        """Bring everybody to a step."""
        await self.desk.from_more("Everyone to a step…")
        await self.desk.page.locator("#bring-to").select_option(str(step))
        await self.desk.page.get_by_role("dialog").get_by_role("button", name="Bring everyone there").click()
        for learner in self.learners:
            await learner.step_heading(step).wait_for()


@asynccontextmanager
async def opened(
    watch: Watch, data: Path, schools: Sequence[str], *, budget: int | None = None
) -> AsyncGenerator[Room]:
    """A lesson under way in one room, with one child of each named school (in order), all of them seen and heard."""
    async with demo_watched(watch, data) as server, AsyncExitStack() as leaving:
        lines = {line["school"]: line for line in server.said["teachers"]}
        desk = TeacherAtDesk(await watch.page("en"), "en")
        await desk.sign_in(server.url, lines[CHICAGO])
        if budget is not None:
            await spare_bandwidth(desk, budget)
        await desk.page.goto(server.said["session"]["url"])
        haifa = lines[HAIFA]
        other = await teacher_online(server.url, haifa["email"], haifa["password"], server.said["session"]["id"])
        leaving.push_async_callback(other.leave)
        cards = {school: [s for s in server.said["students"] if s["school"] == school] for school in SPOKEN}
        learners: list[Learner] = []
        for school in schools:
            card = cards[school].pop(0)
            page = await watch.page(SPOKEN[school], *((NARROW,) if not learners else ()))
            learners.append(Learner(page, SPOKEN[school], card["name"], names_of(data, card["code"])))
            await learners[-1].come_in(card["url"], try_devices=True)
        assert len(await desk.start(len(learners))) == 1, "all in one room"
        for learner in learners:
            await learner.sees_partner()
        yield Room(desk, learners)


def names_of(data: Path, code: str) -> set[str]:
    """Return how a student is called, in every language."""
    students = json.loads((data / "demo.json").read_text("utf-8"))["students"]
    return set(next(student["names"].values() for student in students if student["code"] == code))


async def spare_bandwidth(desk: TeacherAtDesk, kbits: int) -> None:
    """Say on the school's page how much of its connection a class may use."""
    await desk.page.get_by_role("link", name="School settings").click()
    await desk.page.get_by_label("The most that one class may use, in kbit/s").fill(str(kbits))
    await desk.page.get_by_role("button", name="Save", exact=True).click()
    await desk.page.get_by_text("Saved.").wait_for()


async def microphone_is(learner: Learner, open_: bool) -> None:
    """Wait until what this child's browser sends is a voice, or silence."""
    await learner.page.wait_for_function(MICROPHONE_IS % SENT, arg=open_, polling=200)


async def camera_is(learner: Learner, open_: bool) -> None:
    await learner.page.wait_for_function(CAMERA_IS % SENT, arg=open_, polling=200)


def tile(learner: Learner, of: Learner) -> Locator:
    """The picture of another child, as this one sees it."""
    tiles = learner.page.locator(".videos .tile:not(.is-self)")
    name = next(name for name in of.names if any("\u0590" < letter for letter in name) == (learner.language == "he"))
    return tiles.filter(has=learner.page.locator(".name-plate bdi", has_text=name))


async def plays(learner: Learner, of: Learner, *, sound: bool) -> None:
    """Wait until another child's voice is, or is not, played on this device."""
    await expect(tile(learner, of).locator("video")).to_have_js_property("muted", not sound)


def hold_button(learner: Learner) -> Locator:
    return learner.button("Hold to talk")


async def speaker_of(learners: list[Learner]) -> Learner:
    """Whose turn it is, as the pages say."""
    for learner in learners:
        await learner.page.locator(".turn-banner").wait_for()
    (mine,) = [learner for learner in learners if await learner.page.locator(".turn-banner.mine").count()]
    return mine


# -- turns, classmates, hold to talk ----------------------------------------------------------------------------------


async def test_in_a_turn_one_voice_is_sent_and_classmates_are_heard_through_the_air(
    watch: Watch, tmp_path: Path
) -> None:
    async with opened(watch, tmp_path, [CHICAGO, CHICAGO, HAIFA]) as room:
        speaker = await speaker_of(room.learners)
        listeners = [learner for learner in room.learners if learner is not speaker]
        await microphone_is(speaker, True)
        for listener in listeners:
            await microphone_is(listener, False)
            await expect(hold_button(listener)).to_be_visible()
        await expect(hold_button(speaker)).to_have_count(0)

        one, classmate, partner = room.learners
        for first, second in ((one, classmate), (classmate, one)):
            await plays(first, second, sound=False)
            await expect(tile(first, second)).to_contain_text("beside you")
        for listener in listeners:
            if listener.language != speaker.language:
                await plays(listener, speaker, sound=True)

        # Whoever holds is heard across the schools, for as long as they hold.
        across = listeners[0]
        hearer = next(learner for learner in room.learners if learner.language != across.language)
        await plays(hearer, across, sound=False)
        await hold_button(across).hover()
        await across.page.mouse.down()
        await microphone_is(across, True)
        await plays(hearer, across, sound=True)
        await across.page.mouse.up()
        await microphone_is(across, False)
        await plays(hearer, across, sound=False)
        await across.page.keyboard.down("Space")
        await microphone_is(across, True)
        await across.page.keyboard.up("Space")
        await microphone_is(across, False)

        # In different rooms of the building classmates hear each other through the network after all.
        await room.desk.button("More").click()
        await room.desk.page.get_by_label("Our class sits in one room").click()
        await room.desk.page.keyboard.press("Escape")
        if speaker is not partner:
            await plays(classmate if speaker is one else one, speaker, sound=True)
        await expect(tile(one, classmate)).not_to_contain_text("beside you")

        await room.bring_to(TALK)
        for learner in room.learners:
            await microphone_is(learner, True)
        await plays(one, classmate, sound=True)


# -- pictures, talk, devices ------------------------------------------------------------------------------------------


async def test_over_the_schools_budget_pictures_are_for_hello_and_voices_stay(watch: Watch, tmp_path: Path) -> None:
    async with opened(watch, tmp_path, [HAIFA, CHICAGO], budget=100) as room:
        for learner in room.learners:
            await camera_is(learner, True)
        await room.bring_to(AFTER_HELLO)
        for learner in room.learners:
            await camera_is(learner, False)
            await microphone_is(learner, True)
            why = said(learner.language, "Pictures are off for now so that everybody’s voice gets through.")
            await expect(learner.page.locator(".sound-line")).to_contain_text(why)
            await expect(learner.page.locator(".videos .tile:not(.is-self) video")).to_be_hidden()
        await room.bring_to(TALK)
        # The devices that are not real beep twice a second, both of them alike.
        await expect(room.desk.page.locator(".row-talk")).to_contain_text("talk even, roughly")
        await room.bring_to(len(room.learners[0].steps) - 1)
        for learner in room.learners:
            await camera_is(learner, True)


async def test_another_microphone_takes_over_in_the_middle_of_a_call(watch: Watch, tmp_path: Path) -> None:
    async with opened(watch, tmp_path, [HAIFA, CHICAGO]) as room:
        await room.bring_to(TALK)
        child = room.learners[1]
        await child.page.evaluate(f"() => {{ window.__agreed = ({ORIGIN})(); }}")
        await child.button("Sound and picture").click()
        choice = child.page.get_by_role("dialog").get_by_label("Microphone", exact=True)
        other = choice.locator("option").last
        wanted = await other.get_attribute("value")
        await choice.select_option(value=wanted)
        in_use = f"(id) => (({SENT})('audio')).some((track) => track.getSettings().deviceId === id && track.enabled)"
        await child.page.wait_for_function(in_use, arg=wanted, polling=200)
        await child.page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()

        # What a browser does when a device is pulled out.
        await child.page.evaluate(f"() => (({SENT})('audio'))[0].dispatchEvent(new Event('ended'))")
        await child.page.get_by_text("The microphone is gone; another one is in use now.").wait_for()
        await microphone_is(child, True)
        assert await child.page.evaluate(f"() => ({ORIGIN})() === window.__agreed"), "no new negotiation"
        await child.page.reload()
        await child.step_heading(TALK).wait_for()
        await child.page.wait_for_function(in_use, arg=wanted, polling=200)


# -- the check --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def strict() -> AsyncGenerator[Watch]:
    """Windows of a browser that asks before it opens a camera, and takes no answer for a no."""
    async with async_playwright() as playwright:
        arguments = [argument for argument in ARGUMENTS if argument != "--use-fake-ui-for-media-stream"]
        browser = await playwright.chromium.launch(executable_path=find_chromium(playwright), args=arguments)
        watching = Watch(browser)
        try:
            yield watching
            await watching.close()
        finally:
            await browser.close()
        assert not watching.complaints, "\n".join(watching.complaints)


async def test_whatever_is_refused_there_is_a_sentence_and_a_way_on(strict: Watch, tmp_path: Path) -> None:
    async with demo_watched(strict, tmp_path) as server:
        card = next(s for s in server.said["students"] if s["school"] == CHICAGO)
        child = Learner(await strict.page("en"), "en", card["name"])
        context = child.page.context
        await context.grant_permissions([], origin=server.url)
        await child.page.goto(card["url"])
        await child.button("That is me, come in").click()
        await child.page.get_by_role("group", name="Are you wearing headphones?").get_by_label("Yes").check()

        await child.button("Try my camera and microphone").click()
        await child.page.get_by_text("The browser was told not to use camera and microphone.").wait_for()
        await expect(child.button("Go on, and write")).to_be_visible()

        await context.grant_permissions(["microphone"], origin=server.url)
        await child.button("Try again").click()
        await child.page.get_by_text("The browser was told not to use the camera.").wait_for()
        await child.page.get_by_text("You can be heard.").wait_for()
        await child.page.get_by_text("Choose other devices").click()
        await expect(child.page.get_by_label("Microphone", exact=True)).to_be_visible()
        await child.button("Go on with my voice").click()
        await child.page.locator(".lobby-partner").wait_for()
        kept = json.loads(await child.page.evaluate("() => localStorage.getItem('havruta-devices')"))
        assert kept["headphones"] == "yes"


async def test_without_a_secure_address_the_page_says_so_and_goes_on(watch: Watch, tmp_path: Path) -> None:
    async with demo_watched(watch, tmp_path) as server:
        card = next(s for s in server.said["students"] if s["school"] == CHICAGO)
        child = Learner(await watch.page("en"), "en", card["name"])
        # What a browser shows a page that came over plain http.
        await child.page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined });")
        await child.page.goto(card["url"])
        await child.button("That is me, come in").click()
        await child.button("Try my camera and microphone").click()
        await child.page.get_by_text("This page was not opened over a secure address (https)").wait_for()
        await child.button("Go on, and write").click()
        await child.page.locator(".lobby-partner").wait_for()


async def test_a_camera_that_another_program_uses_leaves_the_voice(watch: Watch, tmp_path: Path) -> None:
    async with demo_watched(watch, tmp_path) as server:
        card = next(s for s in server.said["students"] if s["school"] == CHICAGO)
        child = Learner(await watch.page("en"), "en", card["name"])
        await child.page.add_init_script("""
            const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = (wish) =>
              wish.video ? Promise.reject(new DOMException('in use', 'NotReadableError')) : ask(wish);
        """)
        await child.page.goto(card["url"])
        await child.button("That is me, come in").click()
        await child.button("Try my camera and microphone").click()
        await child.page.get_by_text("Another program is using the camera.").wait_for()
        await until(child.page, "() => (document.querySelector('meter.level')?.value ?? 0) > 0")
        await child.button("Go on with my voice").click()
        await child.page.locator(".lobby-partner").wait_for()
