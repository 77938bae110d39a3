"""Servers as child processes: started, measured from outside, ended by their own id."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

FIRST_PORT, LAST_PORT = 18320, 18339
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `seconds`: from its start to its first line."""

    pid: int
    port: int
    seconds: float
    said: str

    def memory_kb(self) -> float | None:
        """Return its resident memory; None where the system does not tell."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return None
        return next((float(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), None)

    def cpu_seconds(self) -> float | None:
        """Return the processor time that it has used, all threads; None where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def running(
    arguments: list[str], port: int, environment: Mapping[str, str] | None = None
) -> AsyncGenerator[Server]:
    """Run `python ARGUMENTS --port PORT` until the block ends; it is up when it has printed its first line."""
    began = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        "--port",
        str(port),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server ended at once: {' '.join(arguments)}")
        yield Server(process.pid, port, perf_counter() - began, line.decode())
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
