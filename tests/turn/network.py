"""Machines of a test: network namespaces on one bridge, with addresses that look public and lead nowhere."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn

import pytest

PROGRAMS = ("ip", "setpriv", "ss", "openssl", "turnserver", "turnutils_uclient")
# Reserved ranges would be refused by the relay for what they are, so these are ordinary ones, seen by nobody outside.
PREFIX, PREFIX_6 = "11.0.0.", "2a00:1::"
_numbers = itertools.count(1)


def missing(words: str) -> NoReturn:
    """Skip the test, or fail it where everything must be there."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(words)
    pytest.skip(words)


def need_real_parts() -> None:
    """See whether this machine can be divided into several and has a relay."""
    lacking = [name for name in PROGRAMS if shutil.which(name) is None]
    if lacking:
        missing(f"NO RELAY TESTED: {', '.join(lacking)} not installed (apt-get install coturn iproute2 openssl)")
    if os.geteuid() != 0:
        missing("NO RELAY TESTED: only root may make network namespaces")


def _do(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")


@dataclass(frozen=True, slots=True)
class Machine:
    """One namespace: what runs inside sees its addresses and nothing else of this computer's network."""

    name: str
    number: int

    @property
    def address(self) -> str:
        """Its IPv4 address."""
        return f"{PREFIX}{self.number}"

    @property
    def address_6(self) -> str:
        """Its IPv6 address."""
        return f"{PREFIX_6}{self.number}"

    def inside(self, *words: str) -> list[str]:
        """Return the command that runs these words in here; the process keeps its id."""
        return ["ip", "netns", "exec", self.name, *words]

    def run(self, *words: str, seconds: float = 60) -> str:
        """Run something to its end; return all it said."""
        done = subprocess.run(
            self.inside(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=seconds,
        )
        return done.stdout

    def start(
        self, *words: str, environment: Mapping[str, str] | None = None, output: int = subprocess.DEVNULL
    ) -> subprocess.Popen[str]:
        """Start something that runs until it is ended."""
        return subprocess.Popen(
            self.inside(*words),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **(environment or {})},
        )


@dataclass
class Network:
    """A server's machine with the bridge, and as many others as a test asks for."""

    tag: str
    server: Machine
    machines: list[Machine] = field(default_factory=list[Machine])

    def machine(self, name: str, *, wired: bool = True) -> Machine:
        """Add a machine, connected unless said otherwise."""
        made = Machine(f"{self.tag}-{name}", 2 + len(self.machines))
        _do("ip", "netns", "add", made.name)
        self.machines.append(made)
        if wired:
            inside = f"in{made.number}"
            _do("ip", "-n", self.server.name, "link", "add", self.port_of(made), "type", "veth", "peer", "name", inside)
            self.put_in(made, inside, self.port_of(made))
        return made

    def put_in(self, machine: Machine, inside: str, outside: str) -> None:
        """Make one of two devices on the server's machine another machine's network card, the other a port of the bridge."""
        _do("ip", "-n", self.server.name, "link", "set", inside, "netns", machine.name)
        _do("ip", "-n", machine.name, "link", "set", inside, "name", "eth0")
        _do("ip", "-n", self.server.name, "link", "set", outside, "master", "bridge")
        _do("ip", "-n", self.server.name, "link", "set", outside, "up")
        _settle(machine, "eth0")

    def port_of(self, machine: Machine) -> str:
        """Name the bridge's port of a machine."""
        return f"port{machine.number}"


def _settle(machine: Machine, device: str) -> None:
    _do("ip", "-n", machine.name, "addr", "add", f"{machine.address}/24", "dev", device)
    # No waiting until an address is known to be nobody else's.
    _do("ip", "-n", machine.name, "addr", "add", f"{machine.address_6}/64", "dev", device, "nodad")
    _do("ip", "-n", machine.name, "link", "set", device, "up")
    _do("ip", "-n", machine.name, "link", "set", "lo", "up")


@contextmanager
def network() -> Generator[Network]:
    """Make the server's machine; at the end all of them are gone."""
    tag = f"hv{os.getpid()}n{next(_numbers)}"
    made = Network(tag, Machine(f"{tag}-server", 1))
    try:
        _do("ip", "netns", "add", made.server.name)
    except RuntimeError as why:
        missing(f"NO RELAY TESTED: no network namespaces here ({why})")
    try:
        _do("ip", "-n", made.server.name, "link", "add", "bridge", "type", "bridge")
        _settle(made.server, "bridge")
        yield made
    finally:
        for machine in (*made.machines, made.server):
            subprocess.run(["ip", "netns", "del", machine.name], check=False, capture_output=True)
