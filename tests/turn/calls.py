"""Children's devices on machines of their own, and a call between them through a real relay."""

import shlex
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Playwright, async_playwright

from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.browser.people import Language, Learner, TeacherAtDesk, Watch
from tests.live.servers import ServerProcess
from tests.turn.network import Machine, Network

# Cameras work on secure pages alone; to browsers "localhost" is one, wherever it leads.
PORT = 8090
# Of the two schools of the demo, in their order.
LANGUAGES: tuple[Language, Language] = ("he", "en")
ORIGIN = f"http://localhost:{PORT}"
CALLS = """async () => {
  const told = [];
  for (const call of window.__calls) {
    if (call.connectionState === 'closed') continue;
    const all = [...(await call.getStats()).values()];
    const pair = all.find((one) => one.type === 'candidate-pair' && one.nominated && one.state === 'succeeded');
    const end = (id) => all.find((one) => one.id === id);
    told.push({
      state: call.connectionState,
      local: pair ? end(pair.localCandidateId) : null,
      remotes: all.filter((one) => one.type === 'remote-candidate').map((one) => [one.candidateType, one.address]),
      heard: call.remoteDescription?.sdp ?? '',
      frames: all.filter((one) => one.type === 'inbound-rtp' && one.kind === 'video')
        .reduce((sum, one) => sum + (one.framesDecoded ?? 0), 0),
      sounds: all.filter((one) => one.type === 'inbound-rtp' && one.kind === 'audio')
        .reduce((sum, one) => sum + (one.packetsReceived ?? 0), 0),
    });
  }
  return told;
}"""
# For a device behind a firewall that lets nothing out but https.
ONLY_TLS = """
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(ice) {
    const iceServers = (ice.iceServers ?? []).map((one) => ({...one, urls: one.urls.filter((url) => url.startsWith('turns:'))}));
    super({...ice, iceServers});
  }
};
"""


@asynccontextmanager
async def demo_on(machine: Machine, data: Path, **environment: str) -> AsyncGenerator[ServerProcess]:
    """Run the demo on a machine; browsers reach it as localhost."""
    server = ServerProcess(
        ["demo", "--json", "--data", str(data)],
        PORT,
        {"HAVRUTA_HOST": machine.address, "HAVRUTA_PUBLIC_URL": ORIGIN, **environment},
        within=tuple(machine.inside()),
    )
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def browser_on(
    playwright: Playwright, machine: Machine, server: Machine, folder: Path, *arguments: str
) -> AsyncGenerator[Watch]:
    """Run a Chromium on a machine; its test fails at the end if a page complained."""
    start = folder / f"chromium-{machine.name}"
    start.write_text(f'#!/bin/sh\nexec {shlex.join(machine.inside(find_chromium(playwright)))} "$@"\n')
    start.chmod(0o755)
    browser = await playwright.chromium.launch(
        executable_path=start,
        args=[
            *ARGUMENTS,
            f"--host-resolver-rules=MAP localhost {server.address}",
            # Nobody signs a certificate for an address that nobody has.
            "--ignore-certificate-errors",
            *arguments,
        ],
    )
    try:
        yield Watch(browser)
    finally:
        await browser.close()


@dataclass
class Call:
    """Children in one room, on devices of their own; the first is alone on the first device."""

    server: ServerProcess
    learners: list[Learner]
    devices: tuple[Machine, Machine]


@asynccontextmanager
async def call(
    network: Network,
    folder: Path,
    environment: Mapping[str, str],
    *,
    devices: tuple[Machine, Machine] | None = None,
    scripts: tuple[Sequence[str], Sequence[str]] = ((), ()),
    browser_arguments: Sequence[str] = (),
    beside_second: bool = False,
    may_complain: bool = False,
) -> AsyncGenerator[Call]:
    """Let a lesson begin with one pair, cameras on; with `beside_second`, a third child sits beside the second one.

    Unless they may, complaints of a page fail the test at the end.
    """
    devices = devices or (network.machine("one"), network.machine("two"))
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(demo_on(network.server, folder / "data", **environment))
        playwright = await stack.enter_async_context(async_playwright())
        watches = [
            await stack.enter_async_context(browser_on(playwright, device, network.server, folder, *browser_arguments))
            for device in devices
        ]
        desk = await _both_desks(watches[0], server)
        learners: list[Learner] = []
        for school, watch, script in ((0, watches[0], scripts[0]), (1, watches[1], scripts[1])):
            learners += await _come(server, school, watch, script, 2 if school and beside_second else 1)
        await desk.start(len(learners))
        yield Call(server, learners, devices)
        for watch in watches:
            await watch.close()
        complaints = [words for watch in watches for words in watch.complaints]
        assert may_complain or not complaints, "\n".join(complaints)


async def _come(server: ServerProcess, school: int, watch: Watch, scripts: Sequence[str], count: int) -> list[Learner]:
    name = server.said["teachers"][school]["school"]
    come: list[Learner] = []
    for card in [line for line in server.said["students"] if line["school"] == name][:count]:
        come.append(Learner(await watch.page(LANGUAGES[school]), LANGUAGES[school], card["name"]))
        for script in scripts:
            await come[-1].page.context.add_init_script(script)
        await come[-1].come_in(card["url"], try_devices=True)
    return come


async def _both_desks(watch: Watch, server: ServerProcess) -> TeacherAtDesk:
    desks: list[TeacherAtDesk] = []
    for line, language in zip(server.said["teachers"], LANGUAGES, strict=True):
        desks.append(TeacherAtDesk(await watch.page(language), language))
        await desks[-1].sign_in(server.said["url"], line)
        await desks[-1].page.goto(server.said["session"]["url"])
    return desks[0]


async def calls_of(page: Page) -> list[dict[str, Any]]:
    """Return what a page's calls are made of."""
    return await page.evaluate(CALLS)
