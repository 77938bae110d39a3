"""Writes every lock file again: what is installed, pinned and hashed, without a single address.

`uv` is found on the path or as UV=…; it is needed only here, so no environment carries it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Plain pip-compile locks for the Python it runs on and misses what Debian 12's 3.11.2 needs; --universal does not.
COMPILE = "pip compile --quiet --universal --python-version 3.11 --generate-hashes".split()
BARE = "--no-emit-index-url --no-emit-find-links --no-annotate --no-header".split()


def main() -> None:
    """Lock the Python libraries, then the browser's; with `--upgrade`, to the newest that resolve."""
    extra = [argument for argument in sys.argv[1:] if argument == "--upgrade"]
    compile_python("requirements.txt", ["pyproject.toml", *extra])
    compile_python("requirements-dev.txt", ["pyproject.toml", "--group", "dev", "-c", "requirements.txt", *extra])
    # The small locks agree with the large one, so that installing one after another changes nothing.
    compile_python("requirements-build.txt", ["--group", "build", "-c", "requirements-dev.txt", *extra])
    compile_python("requirements-node.txt", ["--group", "node", *extra])
    lock_browser()


def compile_python(target: str, sources: list[str]) -> None:
    """Resolve `sources` for every supported Python and platform at once."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        sys.exit("Locking needs uv: install it anywhere (pip install uv) and put it on the path, or name it as UV=…")
    subprocess.run([uv, *COMPILE, *BARE, *sources, "-o", target], cwd=ROOT, check=True)


def lock_browser() -> None:
    """Resolve package.json in an empty directory: beside a node_modules npm drops the packages of other platforms."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for file in ("package.json", ".npmrc"):
            shutil.copyfile(ROOT / file, place / file)
        npm = [str(ROOT / "deploy" / "with-node"), "npm", "install", "--package-lock-only", "--loglevel=error"]
        subprocess.run(npm, cwd=place, check=True)
        lock: dict[str, Any] = json.loads((place / "package-lock.json").read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("resolved", None)
        package.pop("funding", None)
    (ROOT / "package-lock.json").write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
