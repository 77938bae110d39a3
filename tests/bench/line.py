"""A bad line in front of a machine: loses, delays and narrows what passes, where the kernel has no netem.

Two TAP devices with this process between them: one is the machine's network card, the other a port of the bridge.
Whoever starts it writes what the line is like from now on, one JSON object a line.
"""

import asyncio
import fcntl
import json
import os
import random
import struct
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO

from tests.turn.network import Machine, Network

INSIDE, OUTSIDE = "line-in", "line-out"
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
MOST_BYTES = 65536
# Of what waits for a narrow line, routers keep about this much.
LONGEST_QUEUE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Condition:
    """How bad it is: in each direction but `up_bits`, which is what the machine sends, a second (0: as much as it likes)."""

    loss: float = 0
    delay: float = 0
    up_bits: float = 0


GOOD, CUT = Condition(), Condition(loss=1)


@dataclass(slots=True)
class Line:
    """The line in front of a machine, from outside."""

    machine: Machine
    process: subprocess.Popen[str]
    commands: IO[str]

    def become(self, condition: Condition) -> None:
        """Be like this from now on."""
        self.commands.write(json.dumps(asdict(condition)) + "\n")
        self.commands.flush()


@contextmanager
def machine_behind_a_line(network: Network, name: str) -> Generator[Line]:
    """Add a machine whose only way is such a line."""
    machine = network.machine(name, wired=False)
    process = subprocess.Popen(
        network.server.inside(sys.executable, "-m", "tests.bench.line"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready", "no TAP devices here"
        network.put_in(machine, INSIDE, OUTSIDE)
        yield Line(machine, process, process.stdin)
    finally:
        process.terminate()
        process.wait()


class _Way:
    """One direction."""

    def __init__(self, source: int, sink: int) -> None:
        self.source = source
        self.sink = sink
        self.free_at = 0.0

    def carry(self, condition: Condition, bits: float) -> None:
        frame = os.read(self.source, MOST_BYTES)
        if random.random() < condition.loss:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        out = max(now, self.free_at) + (len(frame) * 8 / bits if bits else 0)
        if out - now > LONGEST_QUEUE_SECONDS:
            return
        self.free_at = out
        loop.call_at(out + condition.delay, self._put, frame)

    def _put(self, frame: bytes) -> None:
        try:
            os.write(self.sink, frame)
        except OSError:
            return  # the other end is not up (yet, or any more): what is sent into it is lost


def _tap(name: str) -> int:
    handle = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(handle, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return handle


async def _carry_on() -> None:
    condition = GOOD
    inside, outside = _tap(INSIDE), _tap(OUTSIDE)
    up, down = _Way(inside, outside), _Way(outside, inside)
    loop = asyncio.get_running_loop()
    loop.add_reader(inside, lambda: up.carry(condition, condition.up_bits))
    loop.add_reader(outside, lambda: down.carry(condition, 0))
    said = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(said), sys.stdin)
    print("ready", flush=True)
    while line := await said.readline():
        condition = Condition(**json.loads(line))


if __name__ == "__main__":
    asyncio.run(_carry_on())
