"""Real coturn with the shipped configuration, started as docker-compose.yml starts it."""

import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from server.adapters.ice import IceServersFromSettings
from tests.turn.network import Machine

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SECRET = "of-this-test"
START_SECONDS = 30
# Root with the three powers that docker-compose.yml leaves to it, and no way to gain others.
AS_IN_COMPOSE = (
    "setpriv",
    "--bounding-set=-all,+net_bind_service,+setgid,+setuid",
    "--no-new-privs",
)


@dataclass(frozen=True, slots=True)
class At:
    """A clock that stands, so many seconds from now."""

    seconds: float = 0

    def now(self) -> datetime:
        """Return that time."""
        return datetime.now(UTC) + timedelta(seconds=self.seconds)


def credential(who: str, *, secret: str = SECRET, made: float = 0, lasts: int = 600) -> tuple[str, str]:
    """Return name and password as the server would give them to a member, `made` seconds from now."""
    servers = IceServersFromSettings(At(made), (), ("turn:relay",), secret, lasts)
    given: Any = servers.for_person(who, "lesson", accepts_direct=False)
    relay = given["iceServers"][0]
    return relay["username"], relay["credential"]


def make_certificate(folder: Path, machine: Machine) -> tuple[Path, Path]:
    """Make a certificate that nobody but this test trusts."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=relay.test", "-addext", f"subjectAltName=IP:{machine.address},DNS:relay.test",
         "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    key.chmod(0o600)
    return cert, key


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay that runs."""

    machine: Machine
    process: subprocess.Popen[str]
    conf: Path

    @property
    def address(self) -> str:
        """Where browsers find it."""
        return self.machine.address


@contextmanager
def relay(machine: Machine, folder: Path, **environment: str) -> Generator[Relay]:
    """Run coturn on a machine until the block ends; it is up when it listens."""
    given = {
        "TURN_CONF": str(DEPLOY / "coturn.conf"),
        "TURN_RUN": str(folder),
        "TURN_ADDRESS": f"{machine.address} {machine.address_6}",
        "TURN_REALM": "havruta.test",
        "HAVRUTA_TURN_SECRET": SECRET,
        "TURN_CERT": "",
        "TURN_KEY": "",
        **environment,
    }
    log = folder / "coturn.log"
    with log.open("w") as output:
        process = machine.start(*AS_IN_COMPOSE, str(DEPLOY / "start-coturn"), environment=given, output=output.fileno())
        try:
            _until_it_listens(machine, process, log, int(given.get("TURN_TLS_PORT", 5349)) if given["TURN_CERT"] else 0)
            yield Relay(machine, process, folder / "turnserver.conf")
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until_it_listens(machine: Machine, process: subprocess.Popen[str], log: Path, tls_port: int) -> None:
    wanted = [("u", 3478), ("t", 3478), *([("t", tls_port)] if tls_port else [])]
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            break
        heard = {kind: machine.run("ss", f"-lnH{kind}") for kind in "ut"}
        # It begins to listen as root and answers once it has laid its powers down.
        if all(f":{port} " in heard[kind] for kind, port in wanted) and "New UID" in log.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"the relay did not start:\n{log.read_text()[-3000:]}")
