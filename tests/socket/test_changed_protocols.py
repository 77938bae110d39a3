"""Protocol files change under a server: a broken one keeps it from starting, and a running lesson stays what it was."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.live.servers import free_port
from tests.socket.served import CHICAGO_TEACHER, HAIFA_TEACHER, lesson_steps, serving

PROTOCOLS = Path(__file__).resolve().parents[2] / "protocols"


@pytest.fixture
def protocols(tmp_path: Path) -> Path:
    """A copy that may be changed."""
    return Path(shutil.copytree(PROTOCOLS, tmp_path / "protocols"))


async def test_a_broken_file_keeps_the_server_from_starting_and_is_named(
    protocols: Path, fresh_data: Callable[[], Path]
) -> None:
    broken = protocols / "reflection.yaml"
    lines = broken.read_text("utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if re.match(r"\s+kind: ", line))
    lines[at] = re.sub(r"kind: \w+", "kind: no_such_kind", lines[at])
    broken.write_text("".join(lines), "utf-8")
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", "demo", "--json", "--data", str(fresh_data()), "--port", str(port)),
        env={**os.environ, "HAVRUTA_PROTOCOLS_DIR": str(protocols)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(90):
        said, complained = (text.decode() for text in await process.communicate())
    assert process.returncode == 1
    assert said == ""
    assert f"reflection.yaml:{at + 1}" in complained, complained
    assert "kind" in complained
    assert "Traceback" not in complained


async def test_a_running_lesson_keeps_the_protocol_it_began_with(
    protocols: Path, fresh_data: Callable[[], Path]
) -> None:
    data = fresh_data()
    async with serving(data, protocols_dir=protocols) as served, served.lesson(pairs=1) as lesson:
        began_with = lesson.students[0].views["session"]["lesson"]
        steps = await lesson_steps(served, began_with)
        who = lesson.students[0].who
        port = served.house.settings.port

    changed = protocols / "reflection.yaml"
    text = changed.read_text("utf-8")
    version = re.search(r"^version: (\d+)$", text, re.MULTILINE)
    assert version is not None
    text = text.replace(version[0], f"version: {int(version[1]) + 1}")
    text, replaced = re.subn(r"(title: \{en: )\"?[^,\"]+\"?", r'\1"Changed since"', text)
    assert replaced
    changed.write_text(text, "utf-8")

    async with serving(data, protocols_dir=protocols, port=port) as served:
        assert served.house.library.protocols["reflection"].version == int(version[1]) + 1, "the change is read"
        child = await served.online("student", who)
        assert child.views["session"]["lesson"] == began_with
        assert await lesson_steps(served, began_with) == steps
        for teacher in (HAIFA_TEACHER, CHICAGO_TEACHER):
            at_desk = await served.online("staff", teacher)
            assert at_desk.views["session"]["lesson"] == began_with
            await at_desk.leave()
        assert (await child.say("finish", step=child.step))["ok"], "and it goes on"
        await child.leave()

    changed.unlink()
    async with serving(data, protocols_dir=protocols, port=port) as served:
        assert "reflection" not in served.house.library.protocols
        child = await served.online("student", who)
        assert child.views["session"]["lesson"] == began_with, "a file that is gone locks nobody out"
        await child.leave()
