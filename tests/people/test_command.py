"""The `havruta` command as a person types it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--host", "0.0.0.0"], {}),  # noqa: S104 -- that it is refused is the point
        ([], {"HAVRUTA_PUBLIC_URL": "http://havruta.example.org"}),
        (["--host", "192.0.2.7"], {"HAVRUTA_PUBLIC_URL": ""}),
    ],
)
def test_plain_http_is_served_on_this_machine_only(
    tmp_path: Path, arguments: list[str], environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "server", "serve", "--port", "0", "--data", str(tmp_path / "data"), *arguments]
    run = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 2
    assert "HAVRUTA_PUBLIC_URL" in run.stderr
    assert "https" in run.stderr
    assert not (tmp_path / "data").exists(), "nothing is made before the address is right"
