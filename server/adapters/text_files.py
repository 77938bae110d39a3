"""Reads the text library: one JSON file a passage."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from server.core.texts import Text

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
        text = Text.model_validate_json(path.read_bytes())
    except ValidationError as error:
        return [
            Problem(path.name, ".".join(str(part) for part in e["loc"]), e["msg"])
            for e in error.errors(include_url=False, include_input=False, include_context=False)
        ]
    if text.id != path.stem:
        return [Problem(path.name, "id", f"the id '{text.id}' is not the file's name")]
    return text
