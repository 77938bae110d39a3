"""The shipped relay, asked by coturn's own client: what it relays, for whom, and where it never leads."""

import itertools
from pathlib import Path

import pytest

from tests.turn.conftest import Stage
from tests.turn.network import Machine, need_real_parts, network
from tests.turn.relays import credential, relay

pytestmark = [pytest.mark.turn]

_callers = itertools.count(1)
REFUSED = "error 403 (Forbidden IP)"
NOT_LET_IN = "Cannot complete Allocation"
ALL_BACK = "Total lost packets 0 "

NEVER = [
    "0.0.0.0",  # noqa: S104 -- a peer to be refused; nothing listens here
    "0.0.0.1",
    "10.0.0.1",
    "10.255.255.254",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.1.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.254",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.0.1",
    "192.168.255.254",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
]
NEVER_6 = [
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:11.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


def ask(device: Machine, relay_address: str, *options: str, by: tuple[str, str] | None = None) -> str:
    """Ask the relay as coturn's own client does, each time as somebody else, so that no quota is met."""
    name, password = by or credential(f"caller{next(_callers)}")
    return device.run(
        "turnutils_uclient", "-v", "-c", "-u", name, "-w", password, "-n", "5", "-m", "2", *options, relay_address
    )


def both_ends_relayed(device: Machine, relay_address: str, *options: str, by: tuple[str, str] | None = None) -> str:
    """Let two clients talk, each through an allocation of its own: as two children do."""
    return ask(device, relay_address, "-y", *options, by=by)


# -- what it is for ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way",
    [
        pytest.param((), id="udp"),
        pytest.param(("-t",), id="tcp"),
        pytest.param(("-x",), id="udp-for-ipv6"),
    ],
)
def test_two_relayed_ends_meet_at_the_relays_own_address(stage: Stage, way: tuple[str, ...]) -> None:
    said = both_ends_relayed(stage.device, stage.relay.address, *way)
    assert ALL_BACK in said, said[-2000:]
    assert "tot_recv_msgs=10" in said, said[-2000:]


def test_the_certificate_of_port_443_is_the_one_it_was_given(stage: Stage) -> None:
    said = stage.device.run(
        "openssl", "s_client", "-connect", f"{stage.relay.address}:443", "-CAfile", str(stage.cert), "-brief"
    )
    assert "Verification: OK" in said, said


# -- where it never leads ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("peer", NEVER)
def test_no_way_into_a_reserved_range(stage: Stage, peer: str) -> None:
    said = ask(stage.device, stage.relay.address, "-e", peer, "-r", "3480")
    assert REFUSED in said, said[-2000:]


@pytest.mark.parametrize("peer", NEVER_6)
def test_no_way_into_a_reserved_range_by_ipv6(stage: Stage, peer: str) -> None:
    said = ask(stage.device, stage.relay.address, "-x", "-e", peer, "-r", "3480")
    assert REFUSED in said, said[-2000:]


def test_no_way_to_any_other_machine_of_the_world(stage: Stage) -> None:
    for family, peer in (((), stage.device.address), ((), "8.8.4.4"), (("-x",), stage.device.address_6)):
        said = ask(stage.device, stage.relay.address, *family, "-e", peer, "-r", "3480")
        assert REFUSED in said, said[-2000:]


def test_no_tcp_is_relayed(stage: Stage) -> None:
    said = ask(stage.device, stage.relay.address, "-T", "-y")
    assert "error 442" in said, said[-2000:]
    assert "Received relay addr" not in said


# -- for whom ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "by",
    [
        pytest.param(credential("noa", made=-700, lasts=600), id="expired"),
        pytest.param(credential("noa", secret="of-another-school"), id="made-with-another-secret"),
        pytest.param((credential("noa")[0], "guessed"), id="wrong-password"),
        pytest.param((credential("noa")[0].replace("noa", "dana"), credential("noa")[1]), id="of-another-member"),
        pytest.param((credential("noa")[0].replace("1", "2", 1), credential("noa")[1]), id="prolonged-by-hand"),
        pytest.param(("noa", "guessed"), id="without-an-expiry"),
    ],
)
def test_only_what_our_server_made_opens_it(stage: Stage, by: tuple[str, str]) -> None:
    said = both_ends_relayed(stage.device, stage.relay.address, by=by)
    assert NOT_LET_IN in said, said[-2000:]
    assert "Received relay addr" not in said


# -- how it runs ------------------------------------------------------------------------------------------------------


def test_it_runs_without_roots_powers_and_keeps_the_secret_from_other_eyes(stage: Stage) -> None:
    proc = Path(f"/proc/{stage.relay.process.pid}")
    status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
    assert {*status["Uid"].split(), *status["Gid"].split()} == {"65534"}
    assert int(status["CapEff"], 16) == 0
    assert "of-this-test" not in (proc / "cmdline").read_text()
    assert stage.relay.conf.stat().st_mode & 0o777 == 0o600


def test_other_relays_are_peers_where_they_are_named(tmp_path: Path) -> None:
    need_real_parts()
    with network() as made:
        device, friend = made.machine("device"), made.machine("friend")
        peer = friend.start("turnutils_peer", "-L", friend.address)
        try:
            with relay(made.server, tmp_path, TURN_PEERS=f"{friend.address} 2a00:1::99"):
                said = ask(device, made.server.address, "-e", friend.address)
                assert ALL_BACK in said, said[-2000:]
                said = ask(device, made.server.address, "-e", device.address)
                assert REFUSED in said, said[-2000:]
        finally:
            peer.terminate()
            peer.wait()


def test_two_ends_meet_where_the_relay_stands_behind_a_translated_address(tmp_path: Path) -> None:
    """Machines of clouds have a private address, behind a public one that they do not know of."""
    need_real_parts()
    public = "11.0.7.7"
    with network() as made:
        device = made.machine("device")
        with relay(made.server, tmp_path, TURN_PUBLIC_ADDRESS=public):
            said = both_ends_relayed(device, made.server.address)
            assert f"Received relay addr: {public}" in said, said[-2000:]
            assert ALL_BACK in said, said[-2000:]
