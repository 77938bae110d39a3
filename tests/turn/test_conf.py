"""What the shipped relay's files say, without starting it."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest

from tests.turn.relays import DEPLOY

LINES = [line for line in (DEPLOY / "coturn.conf").read_text().splitlines() if line and not line.startswith("#")]
COMPOSE = (DEPLOY.parent / "docker-compose.yml").read_text()
START = (DEPLOY / "start-coturn").read_text()
EVERYBODY = {"0.0.0.1-255.255.255.255", "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}
# What the registries of special-purpose addresses (RFC 6890 and its updates) say is not for everybody, and multicast.
RESERVED = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24
192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
240.0.0.0/4 ::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23
2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
""".split()
Range = tuple[IPv4Address | IPv6Address, IPv4Address | IPv6Address]


def denied() -> list[Range]:
    """Return the ranges that are refused by name: what holds also for somebody who lets peers in."""
    said = [line.partition("=")[2] for line in LINES if line.startswith("denied-peer-ip=")]
    assert said[-2:] == sorted(EVERYBODY), "everybody else is refused, too, at the end"
    return [(ip_address(low), ip_address(high)) for low, _, high in (one.partition("-") for one in said[:-2])]


@pytest.mark.parametrize("reserved", RESERVED)
def test_every_reserved_range_is_refused_by_name(reserved: str) -> None:
    network = ip_network(reserved)
    first, last = network[0], network[-1]
    if int(first) == 0:
        # A range that begins there would cover the other family as well; coturn refuses this one address by itself.
        first = network[1]
    assert any(
        low.version == network.version and int(low) <= int(first) and int(last) <= int(high) for low, high in denied()
    )


def test_nothing_is_allowed_that_the_machine_itself_does_not_name() -> None:
    assert not [line for line in LINES if line.startswith(("allowed-peer-ip", "allow-loopback-peers"))]


@pytest.mark.parametrize(
    "line", ["use-auth-secret", "no-tcp-relay", "no-multicast-peers", "no-cli", "no-dtls", "fingerprint", "simple-log"]
)
def test_it_is_closed_where_it_can_be(line: str) -> None:
    assert line in LINES


def test_credentials_and_allocations_last_an_hour_at_most_and_are_counted() -> None:
    told = dict(line.split("=", 1) for line in LINES if "=" in line)
    assert int(told["max-allocate-lifetime"]) <= 3600
    assert int(told["stale-nonce"]) <= 600
    ports = int(told["max-port"]) - int(told["min-port"]) + 1
    assert 0 < int(told["user-quota"]) < int(told["total-quota"]) < ports


def test_compose_gives_the_relay_what_its_start_reads() -> None:
    found = re.search(r"^  coturn:\n(?:    .*\n|\n)+", COMPOSE, re.MULTILINE)
    assert found
    service = found[0]
    given = set(re.findall(r"^      (\w+):", service, re.MULTILINE))
    read = set(re.findall(r"\$\{?(TURN_\w+|HAVRUTA_\w+)", START)) - {"TURN_CONF", "TURN_RUN", "TURN_CERT", "TURN_KEY"}
    assert read == given
    for path in re.findall(r"/etc/coturn/[\w.]+", START):
        assert f":{path}:ro" in service
