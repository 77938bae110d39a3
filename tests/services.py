"""Throw-away PostgreSQL and Redis servers on loopback, for tests that were given none."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

START_SECONDS = 120
STOP_SECONDS = 20
TRIES = 3
# Debian and Homebrew keep initdb out of the path, one folder a version.
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/pgsql-*/bin",
)


def missing(what: str) -> NoReturn:
    """Skip with a loud line; with CI=true fail, because there everything is to be proved."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI without {what}")
    pytest.skip(f"NOT TESTED: {what}")


def postgres_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this machine."""
    found = [path.parent for pattern in POSTGRES_FOLDERS for path in Path("/").glob(f"{pattern[1:]}/initdb")]
    if found:
        return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


@contextmanager
def own_postgres() -> Generator[str]:
    """Start a PostgreSQL server of our own; gives the address of an empty database in it."""
    programs = postgres_programs()
    if programs is None:
        missing("PostgreSQL: no initdb here, and HAVRUTA_TEST_DATABASE_URL is not set")
    with _folder("havruta-postgres-") as folder:
        cluster = folder / "cluster"
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        made = subprocess.run(
            [
                programs / "initdb",
                "-D",
                cluster,
                "-U",
                "havruta",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale",
                locale,
                "-N",
            ],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=START_SECONDS,
            **_as_nobody_special(),
        )
        assert made.returncode == 0, made.stdout

        def arguments(port: int) -> Sequence[str | Path]:
            options = ["-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-c", "max_connections=200"]
            # No test pulls the plug of the whole machine.
            return [programs / "postgres", "-D", cluster, *options, "-c", "fsync=off"]

        def answers(port: int) -> bool:
            asked = [
                programs / "pg_isready",
                "-q",
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-U",
                "havruta",
                "-d",
                "postgres",
            ]
            return subprocess.run(asked).returncode == 0

        # SIGINT: it does not wait for connections that a test left open.
        with _running(arguments, answers, folder, stop=signal.SIGINT) as port:
            at = ["-h", "127.0.0.1", "-p", str(port), "-U", "havruta"]
            subprocess.run([programs / "createdb", *at, "havruta"], check=True, timeout=START_SECONDS)
            yield f"postgresql+asyncpg://havruta@127.0.0.1:{port}/havruta"


@contextmanager
def own_redis() -> Generator[str]:
    """Start a Redis server of our own that keeps nothing on disk; gives its address."""
    program = shutil.which("redis-server")
    if program is None:
        missing("Redis: no redis-server here, and HAVRUTA_TEST_REDIS_URL is not set")

    def answers(port: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as asked:
                asked.sendall(b"PING\r\n")
                return asked.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    with _folder("havruta-redis-") as folder:

        def arguments(port: int) -> Sequence[str | Path]:
            there = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
            return [program, *there, "--save", "", "--appendonly", "no"]

        with _running(arguments, answers, folder, stop=signal.SIGTERM) as port:
            yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _folder(prefix: str) -> Generator[Path]:
    """A folder that the unprivileged user can enter, which pytest's own do not allow."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        owner = _as_nobody_special()
        if owner:
            os.chown(folder, owner["user"], owner["group"])
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody_special() -> dict[str, Any]:
    """Return whom servers run as: PostgreSQL refuses to be root's. Nothing where we are nobody special ourselves."""
    if os.geteuid() != 0:
        return {}
    people = {entry.pw_name: entry for entry in pwd.getpwall()}
    one = people.get("postgres") or people["nobody"]
    return {"user": one.pw_uid, "group": one.pw_gid, "extra_groups": []}


@contextmanager
def _running(
    arguments: Callable[[int], Sequence[str | Path]],
    answers: Callable[[int], bool],
    folder: Path,
    *,
    stop: signal.Signals,
) -> Generator[int]:
    """Run a server until the end of the block; gives its port. Somebody may take a free port first: then another."""
    log = folder / "log"
    for _ in range(TRIES):
        port = _free_port()
        with log.open("wb") as out:
            # A session of its own: Ctrl-C is for the tests, which then stop it.
            process = subprocess.Popen(
                arguments(port),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **_as_nobody_special(),
            )
        try:
            if _wait_until(lambda port=port: answers(port), process):
                yield port
                return
        finally:
            _stop(process, stop)
    pytest.fail(f"{Path(arguments(0)[0]).name} did not start:\n{log.read_text(errors='replace')[-4000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until(true: Callable[[], bool], process: "subprocess.Popen[Any]") -> bool:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if true():
            return True
        time.sleep(0.1)
    return False


def _stop(process: "subprocess.Popen[Any]", kindly: signal.Signals) -> None:
    process.send_signal(kindly)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
