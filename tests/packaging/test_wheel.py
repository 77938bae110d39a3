"""The wheel carries everything a server needs and runs where there is no checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.packaging, pytest.mark.slow]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as `pip wheel` does, with the build tools that are already here."""
    target = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target), cwd=ROOT)
    (built,) = target.glob("havruta-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone into a new environment that sees our libraries but not our checkout; return its bin/."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home / "env", with_pip=False)
    binaries, site = home / "env" / "bin", Path(sysconfig.get_path("purelib", vars={"base": str(home / "env")}))
    run(
        sys.executable, "-m", "pip", "--python", str(binaries / "python"), "install", "--quiet", "--no-deps", str(wheel)
    )
    # A path added by a .pth file comes after the environment's own packages, and the .pth files inside it, among them
    # the one of the editable install, are not followed.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return binaries


def test_the_wheel_carries_what_a_browser_is_sent(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for wanted in (
        "static/vendor/preact/preact.mjs",
        "static/vendor/socket.io-client/socket.io.mjs",
        "static/vendor/fonts/fonts.css",
        "static/importmap.json",
    ):
        assert f"server/_bundle/{wanted}" in names
    assert any(name.startswith("server/_bundle/protocols/") and name.endswith(".yaml") for name in names)


def test_the_wheel_carries_every_file_of_the_checkout_that_a_server_reads(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    listed = run("git", "ls-files", "server", "static", "protocols", cwd=ROOT).splitlines()
    assert listed
    for path in listed:
        if not path.endswith((".test.mjs", ".test.js")) and (ROOT / path).exists():
            assert (path if path.startswith("server/") else f"server/_bundle/{path}") in names


def test_the_wheel_carries_no_tests_and_no_caches(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        wrong = [
            name
            for name in archive.namelist()
            if "__pycache__" in name or ".test." in name or name.startswith("tests/")
        ]
    assert wrong == []


def test_the_installed_package_is_the_one_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    where = run(str(installed / "python"), "-c", "import server; print(server.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(installed.parent)


def test_the_command_checks_the_protocols_it_brought_along(installed: Path, tmp_path: Path) -> None:
    run(str(installed / "havruta"), "protocols", "check", cwd=tmp_path)


def run(*command: str, cwd: Path | None = None) -> str:
    """Run a program without our environment's paths and return what it printed; fail with what it said."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "HAVRUTA_"))
    }
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
