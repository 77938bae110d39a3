"""A real LiveKit server, and a Havruta server that uses it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio

from tests.live.livekit import LiveKitProcess, livekit_server


@pytest_asyncio.fixture
async def livekit(tmp_path: Path) -> AsyncGenerator[LiveKitProcess]:
    """One LiveKit server a test."""
    folder = tmp_path / "livekit"
    folder.mkdir()
    async with livekit_server(folder) as running:
        yield running
