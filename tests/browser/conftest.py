"""One Chromium a test, and a watch over what its pages complain about."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator
from functools import cache
from pathlib import Path

import pytest
from playwright.async_api import Browser, Playwright, async_playwright

from tests.browser.people import Watch

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    # Five students' pictures are encoded and decoded on this one machine: a few a second are enough to see them move.
    "--use-fake-device-for-media-stream=fps=5",
    "--use-fake-ui-for-media-stream",
    "--disable-background-networking",
)
DOWNLOAD_SECONDS = 300


@cache
def own_browser(path: str) -> str | None:
    """Return the Chromium that playwright keeps for itself, fetched if need be; None where it cannot be had."""
    if not Path(path).exists():
        fetch = [sys.executable, "-m", "playwright", "install", "chromium"]
        try:
            subprocess.run(fetch, timeout=DOWNLOAD_SECONDS, check=False, stdout=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return None
    return path if Path(path).exists() else None


def find_chromium(playwright: Playwright) -> str:
    """Return a browser of this machine; without one the test is skipped, or fails where everything must be there."""
    found = next(filter(None, map(shutil.which, NAMES)), None) or own_browser(playwright.chromium.executable_path)
    if found is not None:
        return found
    words = f"NO BROWSER: none of {', '.join(NAMES)} is installed, and playwright could not fetch its own"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture
async def chromium() -> AsyncGenerator[Browser]:
    """A headless Chromium with a camera and a microphone that are not real."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(playwright), args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def watch(chromium: Browser) -> AsyncGenerator[Watch]:
    """New browser contexts; at the end, whatever a page complained about fails the test."""
    watching = Watch(chromium)
    yield watching
    await watching.close()
    assert not watching.complaints, "\n".join(watching.complaints)
