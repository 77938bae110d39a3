"""The teachers' board in a real Chromium, fed by a real server: 200 rooms, 100 changes a second, one JSON object a line.

The children are 400 connections over the real wire. Each change is one of them who is done, or not done after all: an event,
committed, and a row that goes to both teachers with the next beat.
"""

import asyncio
import json
import re
import secrets
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any, cast

from playwright.async_api import CDPSession, Page, async_playwright

from tests.bench.figures import Figure, percentile, remark
from tests.bench.lesson import Lesson
from tests.bench.processes import FIRST_PORT, running
from tests.bench.school import make_school
from tests.bench.wire import Client

ROOMS, CHANGES_A_SECOND = 200, 100.0
BOARD_PORT = FIRST_PORT + 3
JOIN_AT_ONCE = 50
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--enable-precise-memory-info",
)
SETTLE_SECONDS = 3.0
NEVER_SECONDS = 5.0
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ROOM = re.compile(r'^42\["view",\{"part":"room"')

# A change is shown when the words of its row have changed and the next frame has been made.
WITNESS = """() => {
  window.__shown = [];
  window.__frames = [];
  const frame = (at) => { window.__frames.push(at); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  const rows = document.querySelector('.board-list');
  new MutationObserver((changes) => {
    const rooms = new Set();
    for (const { target } of changes) {
      const element = target.nodeType === 1 ? target : target.parentElement;
      if (element?.closest('.row-first')) rooms.add(element.closest('[data-room]')?.dataset.room);
    }
    if (rooms.size) requestAnimationFrame(() => {
      const at = performance.timeOrigin + performance.now();
      for (const room of rooms) window.__shown.push([room, at]);
    });
  }).observe(rows, { subtree: true, characterData: true, childList: true });
}"""
TAKE = """() => {
  const taken = { shown: window.__shown, frames: window.__frames };
  window.__shown = [];
  window.__frames = [];
  return taken;
}"""


@dataclass(slots=True)
class Seen:
    """What the page did."""

    frames_a_second: list[float] = field(default_factory=list[float])
    longest_frames: list[float] = field(default_factory=list[float])
    shown: list[float] = field(default_factory=list[float])
    never: int = 0
    refused: int = 0
    heap: list[float] = field(default_factory=list[float])


async def measure_board(folder: Path, seconds: float, rounds: int) -> None:
    """Measure and print. `rounds` of so many seconds; the heap is read after each, its garbage collected."""
    browser = next(filter(None, map(which, NAMES)), None)
    if browser is None:
        remark("no Chromium here: the board is not measured")
        _tell(Seen())
        return
    groups = await make_school(folder, {"board": ROOMS})
    async with running(["-m", "server", "serve", "--data", str(folder)], BOARD_PORT) as server:
        remark(f"a board of {ROOMS} rooms in Chromium")
        lesson = Lesson(server, groups["board"])
        await lesson.sign_in()
        await lesson.teachers_join()
        await lesson.students_join(JOIN_AT_ONCE)
        await lesson.start()
        writers = await _one_a_room(lesson)
        url = f"http://127.0.0.1:{server.port}"
        async with _board_page(browser, url, groups["board"].session, lesson.staff_cookie) as page:
            _tell(await _under_changes(page, writers, lesson.floor, seconds, rounds))
        lesson.leave()


async def _one_a_room(lesson: Lesson) -> list[tuple[str, Client]]:
    """Return one child of each room, with the room's id."""
    sits: dict[Client, str] = {}
    heard_before = [(client, client.heard) for client in lesson.students]

    def heard(client: Client, text: str, _at: float) -> None:
        if _ROOM.match(text):
            sits[client] = json.loads(text[2:])[1]["view"]["room"]

    for client in lesson.students:
        client.heard = heard
        await client.ask("command", json.dumps({"id": secrets.token_hex(8), "kind": "resync"}))
    async with asyncio.timeout(30):
        while len(sits) < len(lesson.students):  # noqa: ASYNC110 -- once, before anything is measured
            await asyncio.sleep(0.05)
    for client, before in heard_before:
        client.heard = before
    return list({room: (room, client) for client, room in sits.items()}.values())


@asynccontextmanager
async def _board_page(browser: str, url: str, session: str, cookie: str) -> AsyncGenerator[Page]:
    name, _, value = cookie.partition("=")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=browser, args=list(ARGUMENTS))
        context = await chromium.new_context(viewport={"width": 1366, "height": 768})
        await context.add_cookies([{"name": name, "value": value, "url": url}])
        page = await context.new_page()
        await page.goto(f"{url}/sessions/{session}/live")
        await page.wait_for_function(f"() => document.querySelectorAll('.board-row').length === {ROOMS}")
        try:
            yield page
        finally:
            await chromium.close()


async def _under_changes(page: Page, writers: list[tuple[str, Client]], step: int, seconds: float, rounds: int) -> Seen:
    seen = Seen()
    devtools = await page.context.new_cdp_session(page)
    await page.evaluate(WITNESS)
    # The first round warms up what is compiled and cached once.
    await _round(page, writers, step, seconds, Seen())
    seen.heap.append(await _heap(devtools))
    for _ in range(rounds):
        await _round(page, writers, step, seconds, seen)
        seen.heap.append(await _heap(devtools))
    return seen


async def _round(page: Page, writers: list[tuple[str, Client]], step: int, seconds: float, seen: Seen) -> None:
    """Let rooms change at a steady rate, an even number of times each: afterwards the page shows what it did before."""
    await page.evaluate(TAKE)
    changes = 2 * len(writers) * max(1, round(seconds * CHANGES_A_SECOND / (2 * len(writers))))
    sent: dict[str, list[float]] = {room: [] for room, _ in writers}
    began, begun_at = time.perf_counter(), time.time() * 1000

    def answered(text: str, _at: float) -> None:
        seen.refused += not text.startswith('[{"ok":true')

    for number in range(changes):
        await asyncio.sleep(max(0.0, began + number / CHANGES_A_SECOND - time.perf_counter()))
        room, client = writers[number % len(writers)]
        kind = "finish" if (number // len(writers)) % 2 == 0 else "reopen"
        sent[room].append(time.time() * 1000)
        client.call("command", json.dumps({"id": secrets.token_hex(8), "kind": kind, "step": step}), answered)
    ended_at = time.time() * 1000
    await asyncio.sleep(SETTLE_SECONDS)
    _compare(await page.evaluate(TAKE), sent, begun_at, ended_at, await page.evaluate("performance.timeOrigin"), seen)


def _compare(
    taken: dict[str, Any], sent: dict[str, list[float]], begun_at: float, ended_at: float, origin: float, seen: Seen
) -> None:
    frames = [at + origin for at in taken["frames"] if begun_at <= at + origin <= ended_at]
    seen.frames_a_second.append(1000 * (len(frames) - 1) / (frames[-1] - frames[0]))
    seen.longest_frames.append(max(later - earlier for earlier, later in zip(frames, frames[1:], strict=False)))
    shown: dict[str, list[float]] = {}
    for room, at in taken["shown"]:
        shown.setdefault(room, []).append(at)
    for room, times in sent.items():
        for at in times:
            # Rooms change every two seconds: what comes first after a change is that change.
            after = next((s - at for s in shown.get(room, []) if 0 <= s - at < NEVER_SECONDS * 1000), None)
            seen.never += after is None
            seen.shown += [after] if after is not None else []


async def _heap(devtools: CDPSession) -> float:
    send = cast(Callable[[str], Awaitable[dict[str, Any]]], devtools.send)  # pyright: ignore[reportUnknownMemberType] -- its types are half there
    for _ in range(2):
        await send("HeapProfiler.collectGarbage")
    return float((await send("Runtime.getHeapUsage"))["usedSize"]) / 1024


def _tell(seen: Seen) -> None:
    growth = 100 * (seen.heap[-1] / seen.heap[0] - 1) if len(seen.heap) > 1 else None
    if seen.heap:
        remark(f"heap in KB after each round: {[round(kb) for kb in seen.heap]}")
    for figure in (
        Figure(
            "board_frames_per_second", mean(seen.frames_a_second) if seen.frames_a_second else None, "1/s", "higher", 50
        ),
        Figure("board_longest_frame", max(seen.longest_frames, default=None), "ms", "lower"),
        Figure("board_change_shown_p50", percentile(seen.shown, 0.5), "ms", "lower"),
        Figure("board_change_shown_p95", percentile(seen.shown, 0.95), "ms", "lower", 300),
        Figure("board_changes_not_shown", seen.never + seen.refused if seen.shown else None, "changes", "lower", 0),
        Figure("board_heap_growth", growth, "%", "lower", 5),
    ):
        figure.tell()


async def _alone() -> None:
    with TemporaryDirectory(prefix="havruta-bench-board-") as name:
        await measure_board(Path(name), seconds=float(sys.argv[1]) if len(sys.argv) > 1 else 8, rounds=3)


if __name__ == "__main__":
    asyncio.run(_alone())
