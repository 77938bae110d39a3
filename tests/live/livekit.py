"""A real LiveKit server on loopback, and what a lesson needs to use it."""

import asyncio
import os
import secrets
import shutil
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.live.servers import free_port

START_SECONDS = 60


def _gopath() -> str | None:
    go = shutil.which("go")
    if go is None:
        return None
    done = subprocess.run([go, "env", "GOPATH"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def find_livekit() -> str:
    """Return the program; without one the test is skipped loudly, or fails where everything must be there."""
    named = os.environ.get("HAVRUTA_TEST_LIVEKIT")
    gopath = _gopath()
    built = Path(gopath) / "bin" / "server" if gopath else None
    found = named or shutil.which("livekit-server") or (str(built) if built and built.is_file() else None)
    if found is not None and Path(found).is_file():
        return found
    words = "NO LIVEKIT: neither HAVRUTA_TEST_LIVEKIT nor livekit-server nor $(go env GOPATH)/bin/server is there"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(words)
    pytest.skip(words)


@dataclass
class LiveKitProcess:
    """One LiveKit server, which can be killed and started again on the same ports."""

    program: str
    folder: Path
    key: str = "havruta"
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    port: int = field(default_factory=free_port)
    media_tcp: int = field(default_factory=free_port)
    media_udp: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where browsers connect."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a Havruta server that uses it."""
        return {"livekit_url": self.url, "livekit_key": self.key, "livekit_secret": self.secret}

    @property
    def environment(self) -> dict[str, str]:
        """The same for a server in a process of its own."""
        return {f"HAVRUTA_{name.upper()}": value for name, value in self.settings.items()}

    async def start(self) -> None:
        """Start it and wait until it answers."""
        config = self.folder / "livekit.yaml"
        config.write_text(
            f"""port: {self.port}
bind_addresses: ["127.0.0.1"]
rtc:
  tcp_port: {self.media_tcp}
  udp_port: {self.media_udp}
  use_external_ip: false
  node_ip: 127.0.0.1
  enable_loopback_candidate: true
  interfaces: {{includes: [lo]}}
keys: {{"{self.key}": "{self.secret}"}}
logging: {{level: warn}}
"""
        )
        config.chmod(0o600)
        log = (self.folder / "livekit.log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            self.program, "--config", str(config), stdout=log, stderr=log
        )
        log.close()
        async with aiohttp.ClientSession() as http, asyncio.timeout(START_SECONDS):
            while not await self._answers(http):
                assert self.process.returncode is None, (self.folder / "livekit.log").read_text()[-2000:]
                await asyncio.sleep(0.05)

    async def _answers(self, http: aiohttp.ClientSession) -> bool:
        try:
            async with http.get(f"http://127.0.0.1:{self.port}/") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def stop(self) -> None:
        """End it as a power cut would."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def livekit_server(folder: Path) -> AsyncGenerator[LiveKitProcess]:
    """A LiveKit server until the block ends."""
    running = LiveKitProcess(find_livekit(), folder)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()
