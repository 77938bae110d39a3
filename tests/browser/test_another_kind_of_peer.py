"""A partner that is no browser of ours: aiortc takes part in a call, so what we send is plain WebRTC."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from aiortc.sdp import candidate_from_sdp

from tests.browser.people import Learner, TeacherAtDesk, Watch, demo_watched, until
from tests.live.servers import PersonOnline, student_online, teacher_online
from tests.socket.served import soon

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOTH_ARRIVED = """async () => {
  const got = {audio: 0, video: 0};
  for (const call of window.__calls) {
    for (const one of (await call.getStats()).values()) {
      if (one.type === 'inbound-rtp') got[one.kind] += one.kind === 'video' ? (one.framesDecoded ?? 0) : one.packetsReceived;
    }
  }
  return Math.min(got.audio, got.video) >= 5;
}"""


class OtherPeer:
    """A student whose device speaks WebRTC by another program, and who offers and answers as the server's order says."""

    def __init__(self, person: PersonOnline) -> None:
        self.person = person
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.pc.on("track", self._sees)
        self.got: dict[str, int] = {"audio": 0, "video": 0}
        self.readers: list[asyncio.Task[None]] = []
        self.offered = self.shows = False

    def _sees(self, track: MediaStreamTrack) -> None:
        self.readers.append(asyncio.get_running_loop().create_task(self._read(track)))

    async def _read(self, track: Any) -> None:
        while True:
            try:
                await track.recv()
            except MediaStreamError:
                return
            self.got[track.kind] += 1

    async def call(self, partner: str) -> None:
        """Take part until the task is ended: whoever came first offers, the other answers."""
        await self.person.until(lambda p: partner in self._peers(), "for the partner's device")
        mine, theirs = self.person.views["me"]["peer"], self._peers()[partner]
        orders = {peer["peer"]: peer["order"] for peer in self.person.views["beside"]["peers"]}
        if orders[mine] < orders[theirs]:
            self.offered = True
            self._show()
            await self.pc.setLocalDescription(await self.pc.createOffer())
            await self._describe(theirs)
        while True:
            await self.person.until(lambda p: p.signals, "for a signal", seconds=3600)
            await self._hear(self.person.signals.pop(0))

    def _peers(self) -> dict[str, str]:
        return {peer["who"]: peer["peer"] for peer in self.person.views.get("beside", {}).get("peers", [])}

    async def _hear(self, message: dict[str, Any]) -> None:
        description: dict[str, str] | None = message.get("description")
        if description and description["type"] == "answer":
            await self.pc.setRemoteDescription(RTCSessionDescription(**description))
        elif description and self.pc.signalingState == "stable":
            await self.pc.setRemoteDescription(RTCSessionDescription(**description))
            self._show()
            await self.pc.setLocalDescription(await self.pc.createAnswer())
            await self._describe(message["sender"])
        elif (candidate := message.get("candidate")) and candidate.get("candidate"):
            read = candidate_from_sdp(candidate["candidate"].removeprefix("candidate:"))
            read.sdpMid, read.sdpMLineIndex = candidate["sdpMid"], candidate["sdpMLineIndex"]
            await self.pc.addIceCandidate(read)

    def _show(self) -> None:
        if not self.shows:
            self.pc.addTrack(AudioStreamTrack())
            self.pc.addTrack(VideoStreamTrack())
        self.shows = True

    async def _describe(self, to: str) -> None:
        # It gathers before it speaks: its candidates stand in the description.
        mine = self.pc.localDescription
        await self.person.client.emit("signal", {"to": to, "description": {"type": mine.type, "sdp": mine.sdp}})

    async def leave(self) -> None:
        """Hang up."""
        for reader in self.readers:
            reader.cancel()
        await self.pc.close()
        await self.person.leave()


@asynccontextmanager
async def on_the_line(other: OtherPeer, partner: str) -> AsyncGenerator[None]:
    """Let the other peer talk until the block ends; what goes wrong with it fails the test."""
    talking = asyncio.get_running_loop().create_task(other.call(partner))
    try:
        yield
    finally:
        if talking.done():
            talking.result()
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)


@pytest.mark.parametrize("first", ["browser", "other"])
async def test_a_peer_that_is_no_browser_sees_hears_and_is_seen(watch: Watch, tmp_path: Path, first: str) -> None:
    async with demo_watched(watch, tmp_path) as running:
        said = running.said
        session = said["session"]["id"]
        far = await teacher_online(running.url, said["teachers"][0]["email"], said["teachers"][0]["password"], session)
        desk = TeacherAtDesk(await watch.page("en"), "en")
        await desk.sign_in(running.url, said["teachers"][1])
        await desk.page.goto(said["session"]["url"])
        cards = {line["school"]: line for line in reversed(said["students"])}
        card, browsers_card = (cards[line["school"]] for line in said["teachers"])
        learner = Learner(await watch.page("en"), "en", browsers_card["name"])
        if first == "browser":
            await learner.come_in(browsers_card["url"], try_devices=True)
        other = OtherPeer(await student_online(running.url, card["code"], session))
        try:
            if first == "other":
                await learner.come_in(browsers_card["url"], try_devices=True)
            browsers_id = re.search(r"/s/([^/]+)/", learner.page.url)
            assert browsers_id is not None
            await desk.start(2)
            async with on_the_line(other, browsers_id[1]):
                await learner.sees_partner()
                await until(learner.page, BOTH_ARRIVED)
                await soon(lambda: min(other.got.values()) >= 5, seconds=60)
                assert other.offered == (first == "other"), "the server's order says who offers"
        finally:
            await other.leave()
            await far.leave()
