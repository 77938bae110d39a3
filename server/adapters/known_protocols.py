"""Protocols that were checked at an earlier start: parsing YAML in Python takes longer than all the rest of a start.

What is remembered belongs to the bytes of a file and to the rules that they were checked by; a change of either, or
anything wrong with the remembered file, and the YAML is read again.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from server.core import languages
from server.core.live import protocol as rules
from server.core.live.protocol import Protocol

LARGEST_FILE = 16 * 1024 * 1024
_KEPT: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])
_logger = structlog.get_logger(__name__)


class KnownProtocols:
    """Sound protocols by the fingerprint of their files, kept in one JSON file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._rules = _fingerprint_of_rules()
        self._before = _read(file)
        self._now: dict[str, str] = {}

    def recall(self, path: Path) -> Protocol | None:
        """Return the protocol of a file that was sound when it had these bytes, or None."""
        fingerprint = self._fingerprint(path)
        kept = self._before.get(fingerprint) if fingerprint else None
        if kept is None:
            return None
        try:
            return Protocol.model_validate_json(kept)
        except ValidationError:
            _logger.warning("remembered_protocol_unreadable", file=path.name)
            return None

    def remember(self, path: Path, protocol: Protocol) -> None:
        """Remember that a file is sound."""
        fingerprint = self._fingerprint(path)
        if fingerprint:
            self._now[fingerprint] = self._before.get(fingerprint) or protocol.model_dump_json()

    def keep(self) -> None:
        """Write down what is remembered, if it has changed. A folder that cannot be written to only costs time."""
        if self._now == self._before:
            return
        new = self._file.with_suffix(".new")
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(self._now, ensure_ascii=False), "utf-8")
            new.replace(self._file)

    def _fingerprint(self, path: Path) -> str | None:
        try:
            raw = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None
        except OSError:
            raw = None
        if raw is None:
            return None
        # The name counts: a protocol's id must be that of its file.
        return hashlib.sha256(b"\0".join((self._rules, path.name.encode(), raw))).hexdigest()


def _fingerprint_of_rules() -> bytes:
    """Return a hash of the code that checks protocols: a stricter rule must meet every file again."""
    here = Path(__file__).parent / "protocol_files.py"
    sources = (Path(rules.__file__ or ""), Path(languages.__file__ or ""), here)
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).digest()


def _read(file: Path) -> dict[str, str]:
    try:
        if file.stat().st_size > LARGEST_FILE:
            return {}
        return _KEPT.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return {}
