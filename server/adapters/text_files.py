"""Reads the text library: one JSON file a passage, complete in both languages, its sources and licences named."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from server.core.languages import COMPLETE, Wording
from server.core.texts import Segment, Text

LARGEST_FILE = 512 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a text file, and where."""

    file: str
    field: str
    message: str

    def __str__(self) -> str:
        """Return "file: field: message"."""
        return ": ".join(part for part in (self.file, self.field, self.message) if part)


class TextFileError(Exception):
    """One or more text files cannot be used."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load_texts(folder: Path) -> dict[str, Text]:
    """Return the passages of a folder by id; raises TextFileError naming every problem of every file."""
    texts: dict[str, Text] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.json")):
        read = _read(path)
        if isinstance(read, Text):
            texts[read.id] = read
        else:
            problems += read
    if problems:
        raise TextFileError(problems)
    return texts


def _read(path: Path) -> Text | list[Problem]:
    if path.stat().st_size > LARGEST_FILE:
        return [Problem(path.name, "", "the file is larger than 512 kB")]
    try:
        # Read here and not by pydantic: of two equal keys pydantic keeps the last and says nothing.
        written = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_no_key_twice)
        text = Text.model_validate_json(json.dumps(written))
    except ValidationError as error:
        return [
            Problem(path.name, _field(e["loc"]), e["msg"])
            for e in error.errors(include_url=False, include_input=False, include_context=False)
        ]
    except json.JSONDecodeError as error:
        return [Problem(path.name, f"line {error.lineno}", error.msg)]
    except ValueError as error:
        return [Problem(path.name, "", str(error))]
    if text.id != path.stem:
        return [Problem(path.name, "id", f"the id '{text.id}' is not the file's name")]
    missing = [Problem(path.name, field, message) for field, message in _incomplete(text)]
    return missing or text


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"'{twice[0]}' is written twice in one object")
    return dict(pairs)


def _field(loc: tuple[int | str, ...]) -> str:
    """Return ("segments", 3, "words") as "segments[3].words"."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")


def _incomplete(text: Text) -> Iterator[tuple[str, str]]:
    """Yield what a shipped passage lacks: a child in either school must find all of it in their language."""
    for field, wording in (("title", text.title), ("ref", text.ref), ("theme", text.theme), ("intro", text.intro)):
        yield from _missing(field, wording)
    if text.book:
        yield from _missing("book", text.book)
    for language in COMPLETE:
        if language not in text.source:
            yield f"source.{language}", "no edition and licence are named"
    for i, segment in enumerate(text.segments):
        yield from _incomplete_segment(f"segments[{i}]", segment, for_children="A" in text.levels or "B" in text.levels)


def _incomplete_segment(field: str, segment: Segment, *, for_children: bool) -> Iterator[tuple[str, str]]:
    yield from _missing(f"{field}.words", segment.words)
    for language, said in segment.words.items():
        if said != said.strip():
            yield f"{field}.words.{language}", "white space stands before or after the words"
    if for_children or segment.plain:
        yield from _missing(f"{field}.plain", segment.plain)
    for i, gloss in enumerate(segment.glosses):
        yield from _missing(f"{field}.glosses[{i}].note", gloss.note)


def _missing(field: str, wording: Wording) -> Iterator[tuple[str, str]]:
    for language in COMPLETE:
        if not wording.get(language, "").strip():
            yield f"{field}.{language}", "there are no words"
