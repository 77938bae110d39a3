"""The `havruta` command as a person meets it: help, exit codes, and what it says when something is wrong."""

import asyncio
import json
import os
import shlex
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import make_url

from server import __main__ as the_command
from server.adapters.sql.engine import migrate
from server.app import secret_of
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


# -- mistakes, told in a sentence --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What a command answered."""

    code: int
    out: str
    error: str


Say = Callable[..., Told]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run the command in this process, which is quicker; what is no sentence (a traceback) fails the test."""

    def no_logs(**_options: object) -> None:
        """Logs would go on writing to this test's captured output when it is over."""

    monkeypatch.setattr(the_command, "configure_logs", no_logs)

    def one(*arguments: str, **environment: str) -> Told:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        try:
            code = the_command.main(arguments)
        except SystemExit as stopped:
            code = cast(int, stopped.code)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Told(code, printed.out, printed.err)

    return one


@pytest.fixture(scope="module")
def a_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a server that was started once, to copy."""
    folder = tmp_path_factory.mktemp("store")
    settings = Settings(data_dir=folder, database_url=None)
    asyncio.run(migrate(settings.database))
    secret_of(settings)
    return folder


@pytest.fixture
def store(a_store: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    return Path(shutil.copytree(a_store, tmp_path / "store"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["serve", "--port", "abc"], "a port is a whole number from 0 to 65535, not 'abc'"),
        (["demo", "--port", "70000"], "a port is a whole number from 0 to 65535, not '70000'"),
        (["demo", "--bots", "many"], "how many is a whole number from 0 to 10000, not 'many'"),
        (["bots", "--count", "-1"], "how many is a whole number from 0 to 10000, not '-1'"),
        (["bots", "--seed", "x"], "a seed is a whole number"),
        (["bots", "--minutes", "soon"], "a time in minutes is a number above 0"),
        (["bots", "--pace", "0"], "a pace is a number above 0"),
        (["bots", "--pace", "nan"], "a pace is a number above 0"),
        (["bots", "--url", "havruta.example.org"], "an address looks like http://127.0.0.1:8080"),
        (["bots", "--url", "http://127.0.0.1:port"], "an address looks like http://127.0.0.1:8080"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_what_could(say: Say, arguments: list[str], sentence: str) -> None:
    told = say(*arguments)
    assert (told.code, told.out) == (USAGE, "")
    assert sentence in told.error


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("HAVRUTA_PORT", "abc", "HAVRUTA_PORT is not usable: input should be a valid integer"),
        ("HAVRUTA_GRACE_SECONDS", "-3", "HAVRUTA_GRACE_SECONDS is not usable: input should be greater than 0"),
        ("HAVRUTA_DATABASE_URL", "nonsense", "HAVRUTA_DATABASE_URL must be an address such as postgresql://"),
        ("HAVRUTA_DATABASE_URL", "mysql://somebody:canary@db/x", "HAVRUTA_DATABASE_URL must be an address"),
        ("HAVRUTA_DATABASE_URL", "postgresql://somebody:canary@db:port/x", "HAVRUTA_DATABASE_URL must be an address"),
        ("HAVRUTA_REDIS_URL", "127.0.0.1:6379/canary", "HAVRUTA_REDIS_URL must be an address such as redis://"),
        ("HAVRUTA_TURN_URLS", "turn:relay.example", "HAVRUTA_TURN_URLS must be a JSON list"),
        ("HAVRUTA_PROTOCOLS_DIR", "no/such/folder", "HAVRUTA_PROTOCOLS_DIR must be a folder that exists"),
    ],
)
def test_a_setting_that_cannot_be_is_named_and_not_repeated(
    say: Say, store: Path, variable: str, value: str, sentence: str
) -> None:
    told = say("serve", "--data", str(store), **{variable: value})
    assert (told.code, told.out) == (USAGE, "")
    assert sentence in told.error
    assert "canary" not in told.error


def test_a_database_that_does_not_answer_is_named_without_its_password(say: Say, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        url = f"postgresql://somebody:canary@127.0.0.1:{port}/havruta"
        told = say("serve", "--data", str(tmp_path), HAVRUTA_DATABASE_URL=url)
    assert told.code == FAILED
    assert f"PostgreSQL at 127.0.0.1:{port} does not answer" in told.error
    assert "HAVRUTA_DATABASE_URL" in told.error
    assert "canary" not in told.error


@pytest.mark.postgres
def test_a_database_that_is_not_there_is_told_apart_from_a_server_that_is_not(
    say: Say, tmp_path: Path, postgres_server: str
) -> None:
    url = make_url(postgres_server).set(database="no_such_database").render_as_string(hide_password=False)
    told = say("serve", "--data", str(tmp_path), HAVRUTA_DATABASE_URL=url)
    assert told.code == FAILED
    assert "does not let Havruta in" in told.error
    assert "no_such_database" in told.error


AT_THE_STORE = [["demo", "--port", "0"], ["serve", "--port", "0"], ["reset-password", "a@example.org"], ["bots"]]


@pytest.mark.parametrize("arguments", AT_THE_STORE, ids=lambda arguments: arguments[0])
def test_a_file_that_is_no_database_is_left_alone_and_named(say: Say, store: Path, arguments: list[str]) -> None:
    file = store / "havruta.sqlite"
    file.write_text("Dear diary, this is no database at all. " * 20)
    told = say(*arguments, "--data", str(store))
    assert (told.code, told.out) == (FAILED, "")
    assert f"{file} is damaged, or is no database" in told.error
    assert file.read_text().startswith("Dear diary")


@pytest.mark.parametrize("arguments", AT_THE_STORE, ids=lambda arguments: arguments[0])
def test_a_database_of_a_newer_version_is_said_to_be_one(say: Say, store: Path, arguments: list[str]) -> None:
    with closing(sqlite3.connect(store / "havruta.sqlite")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    told = say(*arguments, "--data", str(store))
    assert told.code == FAILED
    assert "was written by a newer Havruta" in told.error


@pytest.mark.parametrize("kept", ['{"teach', "[]", '{"passwords": {}}', '{"passwords": 3}'])
def test_a_damaged_file_of_the_demo_is_named_with_the_way_out(say: Say, store: Path, kept: str) -> None:
    (store / "demo.json").write_text(kept)
    told = say("demo", "--port", "0", "--data", str(store))
    assert told.code == FAILED
    assert f"{store / 'demo.json'} is damaged. Delete it" in told.error


@pytest.mark.parametrize("arguments", [["reset-password", "a@example.org"], ["bots"]], ids=lambda given: given[0])
def test_a_mistyped_folder_does_not_become_a_new_store(say: Say, tmp_path: Path, arguments: list[str]) -> None:
    told = say(*arguments, "--data", str(tmp_path / "dtaa"))
    assert (told.code, told.out) == (USAGE, "")
    assert f"There is no {tmp_path / 'dtaa' / 'havruta.sqlite'}" in told.error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["reset-password", "a@example.org"], ["bots"]], ids=lambda given: given[0])
def test_a_lost_secret_is_not_made_anew_beside_an_old_store(say: Say, store: Path, arguments: list[str]) -> None:
    (store / "secret").unlink()
    told = say(*arguments, "--data", str(store))
    assert told.code == USAGE
    assert f"There is no {store / 'secret'}" in told.error
    assert not (store / "secret").exists()


def test_a_file_where_the_data_folder_should_be_is_named(say: Say, store: Path) -> None:
    told = say("serve", "--port", "0", "--data", str(store / "secret"))
    assert told.code == USAGE
    assert f"{store / 'secret'} is a file where a folder is needed" in told.error


def test_simulated_students_say_when_nobody_answers(say: Say, tmp_path: Path) -> None:
    codes = tmp_path / "codes"
    codes.write_text("KMT4RX9PA\n")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        told = say("bots", "--codes", str(codes), "--url", url)
    assert (told.code, told.out) == (FAILED, "")
    assert f"Nobody answers at {url}" in told.error


def test_an_empty_school_has_no_students_to_simulate(say: Say, store: Path) -> None:
    told = say("bots", "--data", str(store))
    assert told.code == FAILED
    assert "There are no students yet" in told.error


def test_a_file_of_codes_that_is_no_text_is_said_so(say: Say, tmp_path: Path) -> None:
    (tmp_path / "codes").write_bytes(b"\xff\xfe\x00\x80")
    told = say("bots", "--codes", str(tmp_path / "codes"))
    assert told.code == FAILED
    assert "is no text file" in told.error


def test_a_language_that_a_protocol_lacks_is_answered_with_those_it_has(say: Say) -> None:
    told = say("protocols", "show", "reflection", "--lang", "xx")
    assert (told.code, told.out) == (USAGE, "")
    assert "'xx'. There are: en, he" in told.error


def test_a_password_is_reset_for_nobody_unknown(say: Say, store: Path) -> None:
    told = say("reset-password", "nobody@example.org", "--data", str(store))
    assert told.code == FAILED
    assert "Nobody here signs in with nobody@example.org" in told.error


def test_what_is_a_bug_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(the_command, "load_protocols", broken)
    with pytest.raises(KeyError):
        the_command.main(["protocols", "show", "reflection"])


# -- a first start ----------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("on_the_path", [False, True], ids=["not on the path", "on the path"])
def test_a_demo_names_the_command_as_this_person_can_type_it(tmp_path: Path, on_the_path: bool) -> None:
    programs = tmp_path / "tree with blanks" / "bin"
    programs.mkdir(parents=True)
    (programs / "havruta").symlink_to(Path(sys.executable).parent / "havruta")
    path = os.environ["PATH"] if not on_the_path else f"{programs}{os.pathsep}{os.environ['PATH']}"
    without_us = os.pathsep.join(p for p in path.split(os.pathsep) if p != str(Path(sys.executable).parent))
    with subprocess.Popen(
        [str(programs / "havruta"), "demo", "--port", "0", "--data", "my data"],
        cwd=programs.parent,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PATH": without_us},
    ) as server:
        assert server.stdout is not None
        said: list[str] = []
        while "bots --url" not in "".join(said):
            line = server.stdout.readline()
            assert line, said
            said.append(line)
        server.terminate()
        assert server.wait(timeout=20) == OK
    typed, *_, folder = shlex.split(said[-1])
    assert typed == ("havruta" if on_the_path else "bin/havruta")
    assert folder == "my data"
