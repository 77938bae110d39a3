"""The whole class in real browsers over a real LiveKit: faces arrive, the floor opens a voice, and nothing hangs on LiveKit."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from server.adapters.clock import SystemClock
from server.adapters.livekit import LiveKit
from server.ports.media import MediaServerTrouble
from tests.browser.people import Language, Learner, TeacherAtDesk, Watch, said
from tests.live.livekit import LiveKitProcess, livekit_server
from tests.live.servers import PersonOnline
from tests.socket.served import CHICAGO_TEACHER, SESSION, Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HAIFA, CHICAGO = "Carmel Breeze School", "Lakeside Willow School"
SPOKEN: dict[str, Language] = {CHICAGO: "en", HAIFA: "he"}
# LiveKit's client tells of each attempt to reach a server that is not there; pages try on.
AWAY = r"WebSocket connection to 'ws://127\.0\.0\.1:\d+/rtc|net::ERR_CONNECTION_(REFUSED|RESET)"
SOUND_ARRIVED = """async () => {
  let packets = 0;
  for (const call of window.__calls) {
    if (call.connectionState !== 'connected') continue;
    for (const one of (await call.getStats()).values()) {
      if (one.type === 'inbound-rtp' && one.kind === 'audio') packets += one.packetsReceived ?? 0;
    }
  }
  return packets;
}"""


@dataclass
class WholeClass:
    """A lesson whose class is together: one side sits at home, one at school."""

    served: Served
    adult: PersonOnline
    desk: TeacherAtDesk
    at_home: Learner
    at_school: Learner
    ids: dict[str, str]

    def who(self, learner: Learner) -> str:
        return self.ids[learner.name]


async def until(true: Callable[[], Awaitable[object]], what: str, seconds: float = 60) -> None:
    """Wait until something has become true that tells nobody."""
    try:
        async with asyncio.timeout(seconds):
            while not await true():  # noqa: ASYNC110 -- nothing to be told by
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"waited in vain {what}") from None


@asynccontextmanager
async def whole_class(watch: Watch, folder: Path, **settings: Any) -> AsyncGenerator[WholeClass]:
    async with serving(folder, demo=True, **settings) as served:
        await served.plan("joys_and_oys")
        await one_side_at_home(served)
        adult = await served.online("staff", CHICAGO_TEACHER)
        try:
            yield await begin(watch, served, adult)
        finally:
            await watch.close()
            await adult.leave()


async def one_side_at_home(served: Served) -> None:
    people = served.house.people
    lesson = await people.session(SESSION)
    twinning = await people.twinning(lesson.twinning) if lesson else None
    assert lesson is not None
    assert twinning is not None
    chicago = twinning.side_of("demo-chicago")
    sides = tuple(s.model_copy(update={"place": "home" if s.side == chicago else "school"}) for s in lesson.sides)
    await people.save_session(lesson.model_copy(update={"sides": sides}))


async def begin(watch: Watch, served: Served, adult: PersonOnline) -> WholeClass:
    desk = TeacherAtDesk(await watch.page("he"), "he")
    line = next(t for t in served.said["teachers"] if t["school"] == HAIFA)
    await desk.sign_in(served.url, line)
    await desk.page.goto(served.said["session"]["url"])
    learners: list[Learner] = []
    for school, language in SPOKEN.items():
        card = next(s for s in served.said["students"] if s["school"] == school)
        learner = Learner(await watch.page(language), language, card["name"])
        await learner.come_in(card["url"], try_devices=True)
        learners.append(learner)
    await adult.until(lambda p: len(p.views["presence"]["present"]) == 2, "for both children")
    ids = {peer["who"]: peer for peer in adult.views["presence"]["peers"] if peer["kind"] == "student"}
    names = {name: who for who in ids for name in (await known_as(served, who))}
    assert (await adult.say("propose_rooms"))["ok"]
    await adult.until(lambda p: p.views["seats"]["rooms"], "for rooms")
    assert (await adult.say("start_lesson"))["ok"]
    for learner in learners:
        await learner.page.locator(".step-card").wait_for()
    while not adult.views.get("plenary", {}).get("together"):
        floor = adult.views["session"]["floor"]
        moved = await adult.say("next_gate", after=floor)
        assert moved["ok"], moved
        await adult.until(
            lambda p, version=moved["version"]: p.views.get("plenary", {}).get("version", -1) >= version, "for the gate"
        )
    for learner in learners:
        await learner.page.locator(".whole-class").wait_for()
    at_home, at_school = learners
    return WholeClass(served, adult, desk, at_home, at_school, names)


async def known_as(served: Served, who: str) -> set[str]:
    student = await served.house.people.student(who)
    assert student is not None
    return set(student.names.values())


def faces(learner: Learner) -> Locator:
    """The moving pictures of others on the page."""
    return learner.page.locator(".face-grid .tile:not(.is-self) video:not([hidden])")


async def sees_more(learner: Learner) -> None:
    before = await learner.frames()

    async def more() -> bool:
        return await learner.frames() > before

    await until(more, f"for a new picture at {learner.name}'s")


async def inside(admin: LiveKit, who: str) -> bool:
    try:
        return any(one.identity == who for one in await admin.people(SESSION))
    except MediaServerTrouble:
        return False


@pytest.fixture
async def livekit(tmp_path: Path) -> AsyncGenerator[LiveKitProcess]:
    folder = tmp_path / "livekit"
    folder.mkdir()
    async with livekit_server(folder) as running:
        yield running


@pytest.fixture
async def admin(livekit: LiveKitProcess) -> AsyncGenerator[LiveKit]:
    found = LiveKit(SystemClock(), livekit.url, livekit.key, livekit.secret)
    found.start()
    yield found
    await found.stop()


async def test_the_class_sees_each_other_and_a_voice_comes_with_the_floor(
    watch: Watch, livekit: LiveKitProcess, admin: LiveKit, tmp_path: Path
) -> None:
    async with whole_class(watch, tmp_path / "data", **livekit.settings) as them:
        home, school = them.at_home, them.at_school
        # At home the camera is on as before; in the classroom it is off until a child switches it on.
        await expect(faces(school)).to_have_count(1)
        await sees_more(school)
        await expect(faces(home)).to_have_count(0)
        await school.button("Camera").click()
        await expect(faces(home)).to_have_count(1)
        await sees_more(home)
        await sees_more(school)

        await school.button("Raise my hand").click()
        await expect(school.button("Take my hand down")).to_be_visible()
        await home.button("Raise my hand").click()
        line = them.desk.page.locator(".hand-line li")
        await expect(line).to_have_count(2)
        await expect(them.desk.page.locator(".whole-class .face-actions")).to_have_count(2)
        assert await school.page.evaluate(SOUND_ARRIVED) == 0, "no voice before the floor is given"

        await line.nth(1).get_by_role("button", name=said("he", "Give {name} the floor").split("{")[0]).click()
        await expect(home.page.locator(".my-voice")).to_have_text(
            said("en", "You have the floor: everybody hears you now.")
        )

        async def heard() -> bool:
            return await school.page.evaluate(SOUND_ARRIVED) > 0

        await until(heard, "for the voice of whoever has the floor")
        assert await school.page.evaluate("[...document.querySelectorAll('.face video')].every((one) => one.muted)")

        assert (await them.adult.say("spotlight", who=them.who(home)))["ok"]
        await expect(school.page.locator(".face.is-large")).to_have_count(1)
        assert (await them.adult.say("mute_person", who=them.who(home)))["ok"]
        await expect(home.page.locator(".my-voice")).to_contain_text("closed your microphone")

        async def silent() -> bool:
            return all(
                one.sources == frozenset({"camera"})
                for one in await admin.people(SESSION)
                if one.identity == them.who(home)
            )

        await until(silent, "for LiveKit to forbid the microphone")
        await home.page.reload()
        await expect(home.page.locator(".my-voice")).to_contain_text("closed your microphone")
        await expect(home.page.locator(".face.is-large")).to_have_count(0)
        await expect(school.page.locator(".face.is-large")).to_have_count(1)


async def test_whoever_is_removed_or_signs_out_is_gone_from_livekit_too(
    watch: Watch, livekit: LiveKitProcess, admin: LiveKit, tmp_path: Path
) -> None:
    async with whole_class(watch, tmp_path / "data", **livekit.settings) as them:
        home, school = them.who(them.at_home), them.who(them.at_school)
        await until(lambda: inside(admin, home), "for the child at home")
        await until(lambda: inside(admin, school), "for the child at school")
        assert (await them.adult.say("remove_member", member=home))["ok"]

        async def gone(who: str) -> bool:
            return not await inside(admin, who)

        await until(lambda: gone(home), "for the removed child to be gone")
        assert await inside(admin, school)
        await them.served.house.socket.forget(school)
        await until(lambda: gone(school), "for the signed-out child to be gone")


async def test_without_livekit_hands_and_words_go_on_and_the_page_says_why(
    watch: Watch, livekit: LiveKitProcess, tmp_path: Path
) -> None:
    watch.allow(AWAY)
    async with whole_class(watch, tmp_path / "data", **livekit.settings) as them:
        await expect(faces(them.at_school)).to_have_count(1)
        await livekit.stop()
        notice = them.at_school.page.locator(".whole-class .notice")
        await expect(notice).to_have_text(
            said(
                "he",
                "The media server does not answer, so you see hands and words here; the picture is on your classroom's screen.",
            )
        )
        await them.at_school.button("Raise my hand").click()
        await expect(them.at_home.page.locator(".hand-line li")).to_have_count(1)
        await livekit.start()
        await expect(notice).to_have_count(0)
        await expect(faces(them.at_school)).to_have_count(1)
        await sees_more(them.at_school)


async def test_a_childs_token_publishes_no_screen_and_renames_nobody(
    watch: Watch, livekit: LiveKitProcess, admin: LiveKit, tmp_path: Path
) -> None:
    async with serving(tmp_path / "data", demo=True, **livekit.settings) as served:
        page = await watch.page("en")
        await page.goto(next(s["url"] for s in served.said["students"] if s["school"] == CHICAGO))
        await page.get_by_role("button", name=said("en", "That is me, come in")).click()
        await page.locator("#app h1").wait_for()
        token = admin.token("somewhere", "child", {"camera"})
        tried = await page.evaluate(TRY_EVERYTHING, [livekit.url, token])
        await watch.close()
    assert tried == {"camera": "done", "screen": "refused", "microphone": "refused", "name": "refused"}


TRY_EVERYTHING = """async ([url, token]) => {
  const { Room, Track, setLogLevel } = await import('livekit-client');
  setLogLevel('silent');
  const room = new Room();
  await room.connect(url, token, { autoSubscribe: false });
  const me = room.localParticipant;
  const media = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  const [picture] = media.getVideoTracks();
  const [sound] = media.getAudioTracks();
  const attempt = async (what) => {
    try { await what(); return 'done'; } catch { return 'refused'; }
  };
  const found = {
    screen: await attempt(() => me.publishTrack(picture.clone(), { source: Track.Source.ScreenShare })),
    microphone: await attempt(() => me.publishTrack(sound, { source: Track.Source.Microphone })),
    camera: await attempt(() => me.publishTrack(picture, { source: Track.Source.Camera })),
    name: await attempt(() => me.setName('somebody else')),
  };
  await room.disconnect();
  return found;
}"""


async def test_breakout_rooms_go_by_the_media_server_where_the_school_has_it_so(
    watch: Watch, tmp_path: Path, livekit: LiveKitProcess
) -> None:
    settings: dict[str, Any] = {"livekit_key": livekit.key, "livekit_secret": livekit.secret, "livekit_rooms": True}
    async with serving(tmp_path / "data", demo=True, livekit_url=livekit.url, **settings) as served:
        adult = await served.online("staff", CHICAGO_TEACHER)
        desk = TeacherAtDesk(await watch.page("he"), "he")
        await desk.sign_in(served.url, next(t for t in served.said["teachers"] if t["school"] == HAIFA))
        learners: list[Learner] = []
        for school, language in SPOKEN.items():
            card = next(s for s in served.said["students"] if s["school"] == school)
            learners.append(Learner(await watch.page(language), language, card["name"]))
            await learners[-1].come_in(card["url"], try_devices=True)
        await desk.page.goto(served.said["session"]["url"])
        await desk.start(2)
        for learner in learners:
            await learner.sees_partner()
            await sees_more(learner)
            reached: str = await learner.page.evaluate("() => window.__calls.at(-1).remoteDescription.sdp")
            assert f" {livekit.media_udp} typ host" in reached, "the other end is the media server, not the partner"
        await watch.close()
        await adult.leave()
