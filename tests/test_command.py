"""The `havruta` command as a person meets it: help, exit codes, and what it says when something is wrong."""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from server.settings import Settings

OK, FAILED, USAGE = 0, 1, 2


def havruta(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        env={**os.environ, **environment},
    )


def test_without_a_command_it_says_what_there_is() -> None:
    done = havruta()
    assert done.returncode == USAGE
    for command in ("serve", "demo", "bots", "protocols", "reset-password"):
        assert command in done.stdout


@pytest.mark.parametrize("arguments", [["demo", "--port", "70000"], ["demo", "--bots", "-1"], ["no-such-command"]])
def test_wrong_use_is_told_with_exit_code_two(arguments: list[str]) -> None:
    done = havruta(*arguments)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert "usage: havruta" in done.stderr


def test_a_protocol_is_shown_in_hebrew() -> None:
    done = havruta("protocols", "show", "noticing_and_wondering", "--lang", "he")
    assert done.returncode == OK
    assert any("א" <= letter <= "ת" for letter in done.stdout)


def test_an_unknown_protocol_is_answered_with_those_there_are() -> None:
    done = havruta("protocols", "show", "nothing")
    assert done.returncode == FAILED
    assert "noticing_and_wondering" in done.stderr


def test_a_broken_protocol_file_is_named_with_its_line(tmp_path: Path) -> None:
    good = (Settings().protocols_dir / "reflection.yaml").read_text("utf-8")
    broken = tmp_path / "reflection.yaml"
    broken.write_text(good.replace("kind: solo", "kind: sollo", 1), "utf-8")
    line = next(n for n, text in enumerate(broken.read_text("utf-8").splitlines(), 1) if "kind: sollo" in text)
    done = havruta("protocols", "check", str(broken))
    assert done.returncode == FAILED
    assert f"reflection.yaml:{line}" in done.stderr


def test_a_server_with_a_broken_protocol_file_does_not_start_and_says_where(tmp_path: Path) -> None:
    folder = tmp_path / "protocols"
    shutil.copytree(Settings().protocols_dir, folder)
    broken = folder / "reflection.yaml"
    broken.write_text(broken.read_text("utf-8").replace("kind: solo", "kind: sollo", 1), "utf-8")
    done = havruta("demo", "--port", "0", "--data", str(tmp_path / "data"), HAVRUTA_PROTOCOLS_DIR=str(folder))
    assert done.returncode == FAILED
    assert "reflection.yaml:" in done.stderr


def test_a_port_in_use_is_said_so(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = havruta("demo", "--port", str(port), "--data", str(tmp_path))
    assert done.returncode == FAILED
    assert f"Port {port} is in use" in done.stderr


def test_a_password_is_reset_for_nobody_unknown(tmp_path: Path) -> None:
    done = havruta("reset-password", "nobody@example.org", "--data", str(tmp_path))
    assert done.returncode == FAILED
    assert "nobody@example.org" in done.stderr


def test_the_first_start_makes_a_secret_that_only_its_owner_reads_and_a_one_time_link(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "server", "serve", "--port", "0", "--data", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        said = [server.stdout.readline() for _ in range(3)]
        server.terminate()
        assert server.wait(timeout=20) == OK
    assert "/setup/" in said[2]
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_demo_prints_one_json_object_first(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "server", "demo", "--json", "--port", "0", "--data", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        said = json.loads(server.stdout.readline())
        server.terminate()
        assert server.wait(timeout=20) == OK
    assert set(said) == {"url", "teachers", "students", "session"}
    assert [set(t) for t in said["teachers"]] == [{"school", "email", "password", "url"}] * 2
    assert len(said["students"]) == 23
    assert {frozenset(s) for s in said["students"]} == {frozenset({"name", "school", "code", "url"})}
    assert set(said["session"]) == {"id", "url"}
