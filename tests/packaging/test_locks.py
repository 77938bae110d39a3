"""What is installed is pinned, hashed, and says nothing about where it was downloaded from."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON_LOCKS = sorted(path.name for path in ROOT.glob("requirements*.txt"))
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|--(?:extra-)?index-url|--find-links|--trusted-host|^-[if]\s", re.MULTILINE)
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==\S+", re.MULTILINE)


def test_the_lock_files_are_those_that_make_installs() -> None:
    assert PYTHON_LOCKS == [
        "requirements-build.txt",
        "requirements-dev.txt",
        "requirements-node.txt",
        "requirements.txt",
    ]


@pytest.mark.parametrize("name", [*PYTHON_LOCKS, "package-lock.json", ".npmrc"])
def test_no_lock_file_carries_an_address(name: str) -> None:
    found = ADDRESS.search((ROOT / name).read_text(encoding="utf-8"))
    assert found is None, f"{name} carries {found.group() if found else ''!r}; make the locks with `make lock`"


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_python_library_is_pinned_and_hashed(name: str) -> None:
    entries = re.split(r"(?<!\\)\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
    for entry in entries:
        assert PINNED.match(entry), f"not pinned in {name}: {entry.splitlines()[0]}"
        assert "--hash=sha256:" in entry, f"not hashed in {name}: {entry.splitlines()[0]}"


def test_every_browser_library_is_hashed_for_every_platform() -> None:
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))[
        "packages"
    ]
    del packages[""]
    assert packages
    for path, package in packages.items():
        assert str(package.get("integrity", "")).startswith("sha512-"), path
        # npm forgets other platforms' packages when it locks beside a node_modules; `npm ci` then fails there.
        missing = [name for name in package.get("optionalDependencies", {}) if f"node_modules/{name}" not in packages]
        peers = set(package.get("peerDependencies", {}))
        assert not set(missing) - peers, f"{path} lacks {missing}; make the locks with `make lock`"


def test_what_runs_and_what_tests_use_the_same_versions() -> None:
    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert runtime.items() <= development.items()
    assert pins("requirements-build.txt").items() <= development.items()


def test_debian_12_gets_the_timeouts_its_python_lacks() -> None:
    """Debian 12 has Python 3.11.2, where aiohttp needs async-timeout; a lock made on 3.11.7 alone would leave it out."""
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert re.search(r"^async-timeout==\S+ ; python_full_version < '3\.11\.3'", lock, re.MULTILINE)


def pins(name: str) -> dict[str, set[str]]:
    """Return which versions a lock file names for each library; one library may have several, by Python version."""
    found: dict[str, set[str]] = {}
    for line in PINNED.finditer((ROOT / name).read_text(encoding="utf-8")):
        library, version = line.group().split("==")
        found.setdefault(library, set()).add(version)
    return found
