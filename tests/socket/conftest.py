"""A data folder that was used once, so that no test waits for YAML files and password hashes again."""

import shutil
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.socket.served import Served, serving


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def used_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that has run."""
    folder = tmp_path_factory.mktemp("used")
    async with serving(folder):
        pass
    return folder


@pytest.fixture(scope="session")
def fresh_data(used_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Make another data folder like it."""

    def copy() -> Path:
        return shutil.copytree(used_data, tmp_path_factory.mktemp("data"), dirs_exist_ok=True)

    return copy


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(fresh_data: Callable[[], Path]) -> AsyncGenerator[Served]:
    """One server for a test file."""
    async with serving(fresh_data()) as running:
        yield running
