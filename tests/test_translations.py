"""Every sentence of the interface is there in every complete language: none missing, none fuzzy, no placeholder lost."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg  # pyright: ignore[reportUnknownVariableType] -- no types shipped
from babel.messages.pofile import read_po

from server.core.languages import COMPLETE

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "server" / "locale"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "t": None, "tn": (1, 2)}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]+\}")
SLASHED = re.compile(r"[א-ת]+[/.][א-ת]{1,3}(?![א-ת])")
TRANSLATED = [language for language in COMPLETE if language != "en"]


@cache
def said() -> tuple[str | tuple[str, ...], ...]:
    """Return every message that code, templates and browser modules say."""
    with (ROOT / "babel.cfg").open() as file:
        mappings, options = cast(tuple[list[tuple[str, str]], dict[str, dict[str, Any]]], parse_mapping_cfg(file))
    found: dict[str, str | tuple[str, ...]] = {}
    for name, _line, message, _comments, _context in extract_from_dir(
        ROOT, mappings, options, keywords=KEYWORDS, directory_filter=_ours
    ):
        assert name
        key = message if isinstance(message, str) else message[0]
        found[key] = message
    return tuple(found.values())


def _ours(folder: str) -> bool:
    name = Path(folder).name
    return not name.startswith((".", "_")) and name not in {"node_modules", "vendor", "tests", "dist", "build"}


@cache
def catalogue(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def translations(language: str) -> Iterator[tuple[str, str]]:
    for message in catalogue(language):
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
            yield from ((ids[-1] if n else ids[0], string) for n, string in enumerate(strings))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_message_is_missing_or_fuzzy(language: str) -> None:
    known = catalogue(language)
    missing: list[str] = []
    for message in said():
        found = known.get(message if isinstance(message, str) else message[0])
        strings = () if found is None else (found.string,) if isinstance(found.string, str) else found.string
        if found is None or found.fuzzy or not strings or not all(strings):
            missing.append(str(message))
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_placeholder_is_lost_or_invented(language: str) -> None:
    wrong = [
        (message, string)
        for message, string in translations(language)
        if string and not set(PLACEHOLDER.findall(string)) <= set(PLACEHOLDER.findall(message)) | {"{n}"}
    ]
    assert wrong == []


def test_hebrew_addresses_everybody_without_slashes_or_dots() -> None:
    assert [(message, string) for message, string in translations("he") if SLASHED.search(string)] == []


def test_there_are_messages_to_translate() -> None:
    assert len(said()) > 500
