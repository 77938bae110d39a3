"""`make bench-media`: calls between real browsers over lines that are cut, lossy and narrow; one JSON object a line.

Two machines (network namespaces) with a Chromium each, a third with the server and the relay. BENCH=quick does each a few times.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from playwright.async_api import Error, Page, expect

from tests.bench import media_page
from tests.bench.figures import Figure, remark
from tests.bench.line import CUT, GOOD, Condition, Line, machine_behind_a_line
from tests.turn.calls import Call, call
from tests.turn.network import Network, need_real_parts, network
from tests.turn.relays import SECRET, relay

PATIENCE = 30.0
CUT_SECONDS = 5.0
CALM_SECONDS = 3.0
BAD = Condition(loss=0.05, delay=0.15)
NARROW = Condition(up_bits=30_000)
PICTURES = ("--use-fake-device-for-media-stream=fps=20",)
SCRIPTS = ((media_page.WITNESS,), (media_page.WITNESS,))
SAMPLE_SECONDS = 0.25
STILL_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Extent:
    """How often each thing is done."""

    times: int
    of_slow: int
    sound_seconds: float
    rounds: int


QUICK = Extent(times=3, of_slow=2, sound_seconds=5, rounds=4)
FULL = Extent(times=10, of_slow=10, sound_seconds=8, rounds=20)


def tell(name: str, values: list[float], unit: str, target: float, *, tried: int) -> None:
    """Print the median of what was seen; what never came is said, and spoils the figure rather than hiding."""
    missed = tried - len(values)
    if missed:
        remark(f"{name}: not seen {missed} of {tried} times within {PATIENCE:.0f} s")
    value = median([*values, *([float("inf")] * missed)]) if tried else None
    Figure(name, None if value == float("inf") else value, unit, "lower", target).tell()


async def seen(doing: Awaitable[float], into: list[float]) -> None:
    """Keep a measured value; one that never came is left out."""
    try:
        into.append(await doing)
    except Error as why:
        remark(f"  {str(why).splitlines()[0]}")


def pages_of(pair: Call) -> list[Page]:
    """The children's pages."""
    return [learner.page for learner in pair.learners]


async def everybody_sees(pair: Call) -> None:
    """Wait until pictures flow both ways, and a moment longer, so that nothing of the last measurement is left."""
    for page in pages_of(pair):
        await media_page.first_picture_after(page, await media_page.now(page), 2 * PATIENCE)
    await asyncio.sleep(CALM_SECONDS)


# -- coming in --------------------------------------------------------------------------------------------------------


async def reloads(pair: Call, times: int) -> tuple[list[float], list[float]]:
    """Let the second child's page be loaded anew; return ms from its connection, and from its load, to the first picture.

    The first is how long it takes once the two know of each other: what an entering costs the one who sits there.
    """
    entering: list[float] = []
    loading: list[float] = []
    first, second = pages_of(pair)
    for _ in range(times):
        await everybody_sees(pair)
        mark = await media_page.now(first)
        await second.reload()
        # The clock of a page begins when its loading does.
        await seen(media_page.first_picture_after(second, 0, PATIENCE), loading)
        await seen(_since_connecting(first, mark), entering)
    return entering, loading


async def _since_connecting(page: Page, mark: float) -> float:
    await page.wait_for_function("(mark) => window.__born.some((at) => at > mark)", arg=mark, timeout=PATIENCE * 1000)
    born: float = await media_page.ask(page, media_page.BORN_AFTER, mark)
    return await media_page.first_picture_after(page, born, PATIENCE)


# -- what lines do ----------------------------------------------------------------------------------------------------


async def cuts(pair: Call, line: Line, times: int) -> list[float]:
    """Cut the second child's line for five seconds; return ms from its return until both see each other again."""
    took: list[float] = []
    for _ in range(times):
        await everybody_sees(pair)
        line.become(CUT)
        await asyncio.sleep(CUT_SECONDS)
        line.become(GOOD)
        marks = [await media_page.now(page) for page in pages_of(pair)]
        waits = (media_page.first_picture_after(p, m, PATIENCE) for p, m in zip(pages_of(pair), marks, strict=True))
        await seen(_latest(waits), took)
    return took


async def _latest(waits: Iterable[Awaitable[float]]) -> float:
    return max(await asyncio.gather(*waits))


async def restarts(pair: Call, times: int) -> tuple[list[float], list[float]]:
    """Kill the server and start it again; return longest freezes, and how many calls were not the same afterwards."""
    freezes: list[float] = []
    others: list[float] = []
    for _ in range(times):
        await everybody_sees(pair)
        marks = [await media_page.now(page) for page in pages_of(pair)]
        await pair.server.kill()
        for page in pages_of(pair):
            await page.locator(".banner.offline").first.wait_for()
        await pair.server.start()
        for page in pages_of(pair):
            await expect(page.locator(".banner.offline")).to_have_count(0)
        await asyncio.sleep(CALM_SECONDS)
        asked = list(zip(pages_of(pair), marks, strict=True))
        freezes.append(max([await media_page.ask(page, media_page.LONGEST_GAP, mark) for page, mark in asked]))
        new = [await media_page.ask(page, media_page.BORN_AFTER, mark) for page, mark in asked]
        others.append(sum(born is not None for born in new))
    return freezes, others


async def concealed(pair: Call, line: Line, extent: Extent) -> list[float]:
    """Lose and delay in both directions; return what share of the sound was made up, in each stretch of time."""
    await everybody_sees(pair)
    line.become(BAD)
    shares: list[float] = []
    try:
        await asyncio.sleep(CALM_SECONDS)
        for _ in range(extent.times):
            before = [await media_page.ask(page, media_page.SOUND) for page in pages_of(pair)]
            await asyncio.sleep(extent.sound_seconds)
            after = [await media_page.ask(page, media_page.SOUND) for page in pages_of(pair)]
            new = [(a[0] - b[0], a[1] - b[1]) for a, b in zip(after, before, strict=True)]
            shares += (
                [100 * max(made_up / all_samples for made_up, all_samples in new)] if all(n[1] for n in new) else []
            )
    finally:
        line.become(GOOD)
    return shares


async def narrow(pair: Call, line: Line, times: int) -> list[float]:
    """Let the second child's uplink be as narrow as 30 kbit/s; return seconds until it sends sound alone, by itself."""
    took: list[float] = []
    page = pages_of(pair)[1]
    for _ in range(times):
        await everybody_sees(pair)
        line.become(NARROW)
        began = last = monotonic()
        try:
            frames, sounds = await media_page.ask(page, media_page.SENT)
            while monotonic() - last < STILL_SECONDS and monotonic() - began < PATIENCE:
                await asyncio.sleep(SAMPLE_SECONDS)
                now_frames, now_sounds = await media_page.ask(page, media_page.SENT)
                if now_frames != frames or now_sounds == sounds:
                    last = monotonic()
                frames, sounds = now_frames, now_sounds
        finally:
            line.become(GOOD)
        if monotonic() - last >= STILL_SECONDS:
            took.append(last - began)
        await _take_picture_back(pair)
    return took


async def _take_picture_back(pair: Call) -> None:
    # A page that has gone to sound alone may wait for a person to take the picture back; a reload does it in any case.
    await pair.learners[1].page.reload()


# -- those who come and go --------------------------------------------------------------------------------------------


def memory_kb(pair: Call) -> float | None:
    """Return what the first device's browser holds, shared pages divided (Pss); None where the system does not tell."""
    total = 0.0
    for process in pair.devices[0].run("ip", "netns", "pids", pair.devices[0].name).split():
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(float(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total or None


async def comings_and_goings(pair: Call, rounds: int) -> None:
    """Let two partners come and go before a page with three videos; tell what that page keeps of them."""
    first, *others = pages_of(pair)
    devtools: Any = await first.context.new_cdp_session(first)
    await devtools.send("Performance.enable")

    async def round_of_all() -> None:
        for page in others:
            mark = await media_page.now(first)
            await page.reload()
            await media_page.first_picture_after(page, 0, PATIENCE)
            await _since_connecting(first, mark)

    async def settled() -> tuple[float | None, float, float]:
        await asyncio.sleep(CALM_SECONDS)
        await devtools.send("HeapProfiler.collectGarbage")
        metrics = {one["name"]: one["value"] for one in (await devtools.send("Performance.getMetrics"))["metrics"]}
        return memory_kb(pair), metrics["JSHeapUsedSize"], metrics["JSEventListeners"]

    await round_of_all()
    before = await settled()
    for _ in range(rounds):
        await round_of_all()
    after = await settled()
    for name, was, is_now, target in (
        ("media_browser_memory_growth", before[0], after[0], 35),
        ("media_page_heap_growth", before[1], after[1], 35),
        ("media_page_listener_growth", before[2], after[2], None),
    ):
        Figure(name, None if not was or not is_now else 100 * (is_now / was - 1), "%", "lower", target).tell()
    left = await media_page.ask(first, media_page.OPEN_CALLS) - len(others)
    Figure("media_calls_left_over", left, "calls", "lower", 0).tell()
    # Sound and picture of each partner.
    tracks = await media_page.ask(first, media_page.LIVE_TRACKS) - 2 * len(others)
    Figure("media_tracks_left_over", tracks, "tracks", "lower", 0).tell()


# -- all of it --------------------------------------------------------------------------------------------------------


async def direct(folder: Path, extent: Extent) -> None:
    """Measure calls without a relay."""
    with network() as made:
        async with call(made, folder, {}, scripts=SCRIPTS, browser_arguments=PICTURES, may_complain=True) as pair:
            entering, _ = await reloads(pair, extent.times)
    tell("media_first_picture_direct", entering, "ms", 800, tried=extent.times)


async def relayed(folder: Path, extent: Extent) -> None:
    """Measure calls through the relay."""
    with network() as made, relay(made.server, folder):
        async with call(
            made, folder, turn(made), scripts=SCRIPTS, browser_arguments=PICTURES, may_complain=True
        ) as pair:
            entering, loading = await reloads(pair, extent.times)
    tell("media_first_picture_relayed", entering, "ms", 1200, tried=extent.times)
    tell("media_picture_after_reload", loading, "ms", 2500, tried=extent.times)


async def bad_lines(folder: Path, extent: Extent) -> None:
    """Measure what cut, lossy and narrow lines and a dead server do to calls through the relay."""
    with network() as made, relay(made.server, folder), machine_behind_a_line(made, "two") as line:
        devices = (made.machine("one"), line.machine)
        async with call(
            made, folder, turn(made), devices=devices, scripts=SCRIPTS, browser_arguments=PICTURES, may_complain=True
        ) as pair:
            remark(f"a line that is cut for {CUT_SECONDS:.0f} s")
            tell("media_picture_after_cut", await cuts(pair, line, extent.times), "ms", 3000, tried=extent.times)
            remark("a server that is killed and started again")
            freezes, others = await restarts(pair, extent.of_slow)
            tell("media_freeze_by_restart", freezes, "ms", 200, tried=extent.of_slow)
            Figure("media_other_calls_after_restart", sum(others), "calls", "lower", 0).tell()
            # The lesson begins with turns, in which one microphone is open: from here on both are to be heard.
            await asyncio.gather(*(learner.finish(0) for learner in pair.learners))
            remark("a lossy and slow line, each way")
            shares = await concealed(pair, line, extent)
            tell("media_sound_made_up", shares, "%", 15, tried=extent.times)
            remark("a narrow uplink")
            seconds = await narrow(pair, line, extent.of_slow)
            tell("media_sound_alone_after", seconds, "s", 10, tried=extent.of_slow)


async def three(folder: Path, extent: Extent) -> None:
    """Measure what a page with three videos keeps of those who come and go.

    Six pictures are encoded for it on one machine, so the cameras are the slow ones of the tests.
    """
    with network() as made, relay(made.server, folder):
        async with call(made, folder, turn(made), scripts=SCRIPTS, may_complain=True, beside_second=True) as room:
            remark(f"two partners who come and go {extent.rounds} times")
            await comings_and_goings(room, extent.rounds)


def turn(made: Network) -> dict[str, str]:
    """Return the settings of a server with a relay."""
    at = made.server.address
    return {
        "HAVRUTA_TURN_URLS": f'["turn:{at}:3478?transport=udp", "turn:{at}:3478?transport=tcp"]',
        "HAVRUTA_TURN_SECRET": SECRET,
    }


async def main() -> int:
    """Measure everything and print it."""
    extent = QUICK if os.environ.get("BENCH") == "quick" else FULL
    for part in (direct, relayed, bad_lines, three):
        with TemporaryDirectory(prefix="havruta-bench-") as name:
            remark(part.__name__)
            try:
                await part(Path(name), extent)
            except (Error, AssertionError) as why:
                # The figures of the other parts are worth having all the same.
                remark(f"{part.__name__} ended early: {why}")
    return 0


if __name__ == "__main__":
    need_real_parts()
    sys.exit(asyncio.run(main()))
