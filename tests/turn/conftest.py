"""One divided machine and one relay for a test file."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.turn.network import Machine, Network, need_real_parts, network
from tests.turn.relays import Relay, make_certificate, relay


@dataclass(frozen=True, slots=True)
class Stage:
    """A relay and a school's device, each on a machine of its own."""

    network: Network
    relay: Relay
    device: Machine
    cert: Path


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    """The shipped relay with TLS, and somebody who wants to use it."""
    need_real_parts()
    folder = tmp_path_factory.mktemp("relay")
    with network() as made:
        device = made.machine("device")
        cert, key = make_certificate(folder, made.server)
        with relay(made.server, folder, TURN_CERT=str(cert), TURN_KEY=str(key), TURN_TLS_PORT="443") as running:
            yield Stage(made, running, device, cert)
