"""A call between two devices that see nothing of each other, through the shipped relay."""

import asyncio
from pathlib import Path

import pytest

from tests.browser.people import PATIENCE, Learner
from tests.turn.calls import ONLY_TLS, call, calls_of
from tests.turn.network import need_real_parts, network
from tests.turn.relays import SECRET, make_certificate, relay

pytestmark = [pytest.mark.turn, pytest.mark.browser, pytest.mark.slow]


async def more_arrives(learner: Learner) -> None:
    """Wait until picture and sound of the partner have come since now."""
    (before,) = await calls_of(learner.page)
    async with asyncio.timeout(PATIENCE / 1000):
        while True:
            (now,) = await calls_of(learner.page)
            if now["frames"] > before["frames"] and now["sounds"] > before["sounds"]:
                return
            await asyncio.sleep(0.1)


async def test_picture_and_sound_pass_through_the_relay_alone_also_where_only_443_is_open(tmp_path: Path) -> None:
    need_real_parts()
    with network() as made:
        at = made.server.address
        cert, key = make_certificate(tmp_path, made.server)
        turn = {
            "HAVRUTA_TURN_URLS": f'["turn:{at}:3478?transport=udp", "turns:{at}:443?transport=tcp"]',
            "HAVRUTA_TURN_SECRET": SECRET,
        }
        with relay(made.server, tmp_path, TURN_CERT=str(cert), TURN_KEY=str(key), TURN_TLS_PORT="443"):
            async with call(made, tmp_path, turn, scripts=((), (ONLY_TLS,))) as pair:
                for learner in pair.learners:
                    await learner.sees_partner()
                    await more_arrives(learner)
                (of_first,), (of_second,) = [await calls_of(learner.page) for learner in pair.learners]
                for seen in (of_first, of_second):
                    assert seen["local"]["candidateType"] == "relay"
                    assert {tuple(remote) for remote in seen["remotes"]} == {("relay", at)}
                assert of_second["local"]["relayProtocol"] == "tls"
                assert of_first["local"]["relayProtocol"] in {"udp", "tls"}
                assert pair.devices[1].address not in of_first["heard"]
                assert pair.devices[0].address not in of_second["heard"]
