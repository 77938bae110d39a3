"""Reads protocol files: YAML checked against the core's Protocol, every problem named by file, line and field."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from server.adapters.known_protocols import KnownProtocols
from server.core.languages import missing_languages
from server.core.live.protocol import (
    Input,
    InputOverride,
    Option,
    Override,
    Protocol,
    Say,
    Step,
    TeacherNotes,
)
from server.ports.shelves import Mistake

LARGEST_FILE = 256 * 1024
"""Bytes. The longest protocol we ship has a fifth of that."""

MOST_NODES = 50_000
"""Values in one file with every alias written out: a few nested aliases can stand for billions."""

_MODELS: tuple[type[BaseModel], ...] = (Protocol, Step, Input, Option, Override, InputOverride, TeacherNotes, Say)
_FIELDS = sorted({name for model in _MODELS for name in model.model_fields})
_LANGUAGE_NAMES = {"en": "English", "he": "Hebrew"}

Node = Any
"""A node of ruamel.yaml, which carries no types: `id` is "scalar", "sequence" or "mapping"."""

Place = tuple[str | int, ...]
"""Where a value stands in the file: ("steps", 3, "prompt", "he")."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `line` counts from 1; `field` is "" where the whole file is meant."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: "
        return f"{place}{self.field}: {self.message}" if self.field else place + self.message


class ProtocolFileError(Exception):
    """Protocol files that cannot be played, with everything that has to be mended in them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems), key=lambda p: (p.file, p.line, p.field, p.message))
        super().__init__("\n".join(map(str, self.problems)))


def load_protocols(folder: Path, known: KnownProtocols | None = None) -> dict[str, Protocol]:
    """Return the protocols of all .yaml files directly in `folder`, by id, in the order of their file names.

    Files that `known` remembers as sound are not parsed again. Raises ProtocolFileError with the problems of all files.
    """
    if not folder.is_dir():
        raise ProtocolFileError([Problem(str(folder), 1, "", "There is no such folder.")])
    problems: list[Problem] = []
    found: dict[str, tuple[Path, Protocol]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".yml":
            problems.append(Problem(str(path), 1, "", "Protocol files end in .yaml; please rename this one."))
        if path.suffix != ".yaml":
            continue
        source = _Source(path)
        protocol = (known.recall(path) if known else None) or source.read()
        problems += source.problems
        if protocol is None:
            continue
        if known and not source.problems:
            known.remember(path, protocol)
        if protocol.id in found:
            other = found[protocol.id][0].name
            message = f"The id '{protocol.id}' is already taken by {other}; every protocol has its own id."
            problems.append(Problem(str(path), _line_of_id(path), "id", message))
            continue
        found[protocol.id] = (path, protocol)
    if known:
        known.keep()
    if problems:
        raise ProtocolFileError(problems)
    return {key: protocol for key, (_, protocol) in found.items()}


def read_protocol(path: Path) -> Protocol:
    """Return the protocol in the file `path`, or raise ProtocolFileError with all that is wrong with it."""
    source = _Source(path)
    protocol = source.read()
    if protocol is None or source.problems:
        raise ProtocolFileError(source.problems)
    return protocol


class SentProtocols:
    """Fulfils ports.shelves.ProtocolText: the same rules for a file that a teacher sends as for the files that ship."""

    def read(self, raw: bytes) -> Protocol | list[Mistake]:
        """Return the protocol, or everything that is wrong with the file, whatever its name."""
        source = _Source(Path("protocol.yaml"), raw)
        protocol = source.read()
        found = [Mistake(p.line, p.field, p.message) for p in source.problems]
        if protocol is None or found:
            return sorted(set(found), key=lambda m: (m.line, m.field, m.message))
        return protocol

    def write(self, document: Mapping[str, object]) -> str:
        """Return the YAML of a definition, its fields in the order of our own files."""
        writer: Any = YAML()
        writer.width = 120
        writer.indent(mapping=2, sequence=4, offset=2)
        out = StringIO()
        writer.dump(dict(document), out)
        return out.getvalue()


def _line_of_id(path: Path) -> int:
    source = _Source(path)
    source.read()
    return source.line(("id",))


class _Source:
    """One file on its way to a Protocol; remembers the line of every value."""

    def __init__(self, path: Path, sent: bytes | None = None) -> None:
        self.path = path
        self._sent = sent
        self.problems: list[Problem] = []
        self._lines: dict[Place, int] = {}
        self._nodes = 0

    def read(self) -> Protocol | None:
        """Return the protocol, or None where the file holds none; it is sound only while `problems` is empty."""
        words = self._text()
        root = None if words is None else self._composed(words)
        if root is None:
            return None
        if root.id != "mapping":
            self._problem((), "A protocol file is a list of fields: 'id: …', 'title: …', 'steps: …'.")
            return None
        try:
            values = self._mapping(root, (), (id(root),))
        except _TooMuch as too_much:
            self._problem((), str(too_much))
            return None
        return self._checked(values)

    def line(self, at: Place) -> int:
        """Return the line of the value at `at`, or of the nearest value around it that is there."""
        while at and at not in self._lines:
            at = at[:-1]
        return self._lines.get(at, 1)

    def _problem(self, at: Place, message: str, line: int | None = None) -> None:
        self.problems.append(Problem(str(self.path), line or self.line(at), _dotted(at), message))

    def _text(self) -> str | None:
        try:
            raw = self._sent if self._sent is not None else self._bytes()
        except OSError as error:
            self._problem((), f"The file cannot be opened: {error.strerror or error}.")
            return None
        if len(raw) > LARGEST_FILE:
            self._problem((), f"The file is larger than {LARGEST_FILE // 1024} kB; a protocol is much shorter.")
            return None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self._problem((), "The file is not saved as UTF-8; save it again with the encoding UTF-8.", line)
            return None

    def _bytes(self) -> bytes:
        with self.path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)

    def _composed(self, words: str) -> Node | None:
        try:
            reader: Any = YAML(typ="safe", pure=True)
            root: Node | None = reader.compose(words)
        except MarkedYAMLError as error:
            untyped: Any = error
            mark = untyped.problem_mark or untyped.context_mark
            self._problem((), _yaml_sentence(str(untyped.problem or untyped.context)), mark.line + 1 if mark else 1)
        except ReaderError:
            self._problem((), "There is an invisible control character here; delete it.", _line_of_control(words))
        except YAMLError as error:
            self._problem((), _yaml_sentence(str(error)))
        except RecursionError:
            self._problem((), "The lists are nested too deeply.")
        else:
            if root is None:
                self._problem((), "The file is empty.")
            return root
        return None

    def _value(self, node: Node, at: Place, around: tuple[int, ...]) -> object:
        """Return the plain value of `node`; `around` holds the nodes that it stands in, to notice an endless one."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise _TooMuch("The aliases (*name) in this file stand for far too many values.")
        if id(node) in around:
            raise _TooMuch(f"'{_dotted(at)}' contains itself through an alias (*name).")
        self._lines.setdefault(at, node.start_mark.line + 1)
        inside = (*around, id(node))
        match node.id:
            case "scalar":
                return self._scalar(node, at)
            case "sequence":
                return [self._value(child, (*at, n), inside) for n, child in enumerate(node.value)]
            case "mapping":
                return self._mapping(node, at, inside)
            case _:
                raise _TooMuch(f"'{_dotted(at)}' is nothing that a protocol can hold.")

    def _mapping(self, node: Node, at: Place, inside: tuple[int, ...]) -> dict[str, object]:
        values: dict[str, object] = {}
        for key, child in node.value:
            line = key.start_mark.line + 1
            if key.id != "scalar" or key.tag.endswith(":merge"):
                self._problem(at, "The left side of ':' is a plain name here.", line)
                continue
            name = str(key.value)
            place = (*at, name)
            if name in values:
                self._problem(place, f"'{name}' stands twice; the first is on line {self._lines[place]}.", line)
                continue
            self._lines[place] = line
            values[name] = self._value(child, place, inside)
        return values

    def _scalar(self, node: Node, at: Place) -> object:
        convert = _SCALARS.get(node.tag)
        if convert is None:
            self._problem(at, f"The tag '{node.tag}' is not allowed in a protocol; write plain words or numbers.")
            return str(node.value)
        return convert(str(node.value))

    def _checked(self, values: dict[str, object]) -> Protocol | None:
        try:
            protocol = Protocol.model_validate(values)
        except ValidationError as error:
            self._explain(error, values)
            return None
        if self._sent is None and protocol.id != self.path.stem:
            message = f"The id '{protocol.id}' and the file name differ; name the file {protocol.id}.yaml."
            self._problem(("id",), message)
        return protocol

    def _explain(self, error: ValidationError, values: dict[str, object]) -> None:
        choices: dict[Place, list[str]] = {}
        for detail in error.errors(include_url=False):
            at = _place(detail, values)
            if detail["type"] == "too_short" and len(detail["input"]) >= detail.get("ctx", {}).get("min_length", 0):
                # pydantic does not count entries that failed on their own; those are named already.
                continue
            said = str(detail.get("ctx", {}).get("error", ""))
            if said.startswith(("no wording in", "the wording in")):
                self._explain_wording(at, detail["input"])
            elif detail["type"] == "literal_error":
                choices.setdefault(at, []).append(str(detail["ctx"]["expected"]) if "ctx" in detail else "")
            else:
                self._problem(at or _step_named_in(said, values), _sentence(detail))
        for at, expected in choices.items():
            # A field that takes one of several sets of words fails once for each set; the author needs one sentence.
            offered = ", ".join(sorted(set(re.findall(r"'([^']+)'", " ".join(expected)))))
            self._problem(at, f"{_shown(_found(values, at))} is not possible here; choose one of: {offered}.")

    def _explain_wording(self, at: Place, wording: Mapping[str, str]) -> None:
        for language in missing_languages(dict(wording)):
            name = _LANGUAGE_NAMES.get(language, language)
            self._problem((*at, language), f"The {name} wording is missing.")
        for language, words in wording.items():
            if not words.strip():
                name = _LANGUAGE_NAMES.get(language, language)
                self._problem((*at, language), f"The {name} wording is empty.")


class _TooMuch(Exception):
    """A file whose values cannot be written out."""


def _place(detail: ErrorDetails, values: Any) -> Place:
    # pydantic appends its own notes to a place (the branch of a union, "[key]"); a missing field is the only
    # last part that may be absent from the file.
    at: Place = ()
    for part in detail["loc"]:
        if not _holds(values, part):
            return (*at, part) if detail["type"] == "missing" else at
        values = values[part]
        at = (*at, part)
    return at


def _holds(values: object, part: str | int) -> bool:
    return isinstance(values, list) if isinstance(part, int) else isinstance(values, dict) and part in values


def _found(values: Any, at: Place) -> object:
    for part in at:
        values = values[part]
    return values


def _step_named_in(said: str, values: Mapping[str, Any]) -> Place:
    """Return the place of the last step that a sentence about the whole protocol names, or the protocol itself."""
    named = re.match(r"step '(\w+)'", said)
    places = [n for n, step in enumerate(values.get("steps", ())) if named and step.get("id") == named[1]]
    return ("steps", places[-1]) if places else ()


def _dotted(at: Place) -> str:
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in at)
    return words.removeprefix(".")


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a group of fields"
        case list():
            return "a list"
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value if len(value) <= 40 else value[:39] + '…'}'"
        case _:
            return str(value)


def _sentence(detail: ErrorDetails) -> str:
    """Return what is wrong, for a teacher who writes a protocol rather than for a programmer."""
    found = _shown(detail["input"])
    limits = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "This field is missing."
        case "extra_forbidden":
            return _unknown_field(str(detail["loc"][-1]))
        case "string_type":
            return f"Words are expected here, not {found}; put them in quotation marks."
        case "dict_type":
            return f"Words in each language are expected here, like {{en: …, he: …}}, not {found}."
        case "model_type" | "model_attributes_type":
            return f"Fields are expected here, like 'id: …', not {found}."
        case "tuple_type" | "list_type":
            return f"A list is expected here, not {found}."
        case "int_type" | "int_parsing" | "int_from_float":
            return f"A whole number is expected here, not {found}."
        case "float_type" | "float_parsing" | "finite_number":
            return f"A number is expected here, not {found}."
        case "bool_type" | "bool_parsing":
            return f"'true' or 'false' is expected here, not {found}."
        case "string_pattern_mismatch":
            return (
                f"{found} cannot be an id: it starts with a letter and has only small letters a–z, digits and _, "
                "at most 40 in all."
            )
        case "too_short":
            return f"At least {limits.get('min_length')} needed here, but there are {limits.get('actual_length')}."
        case "greater_than":
            return f"The number must be more than {limits.get('gt'):g}, not {found}."
        case "greater_than_equal":
            return f"The number must be at least {limits.get('ge'):g}, not {found}."
        case "less_than_equal":
            return f"The number must be at most {limits.get('le'):g}, not {found}."
        case "value_error":
            said = str(limits.get("error", detail["msg"]))
            return said[:1].upper() + said[1:] + "."
        case _:
            return detail["msg"] + "."


def _unknown_field(name: str) -> str:
    close = get_close_matches(name, _FIELDS, n=1)
    return f"There is no field '{name}' here" + (f"; was '{close[0]}' meant?" if close else ".")


def _yaml_sentence(said: str) -> str:
    if "\\t" in said:
        return "A line starts with a tab; indent with spaces."
    if "mapping values are not allowed" in said:
        return "This line cannot be read: a ':' inside words needs quotation marks around them, or the indent is off."
    if "single document" in said or "another document" in said:
        return "A file holds one protocol; '---' starts a second one here."
    return f"This cannot be read as YAML: {said}."


def _line_of_control(words: str) -> int:
    found = re.search(r"[\x00-\x08\x0b-\x1f\x7f]", words)
    return words.count("\n", 0, found.start()) + 1 if found else 1


def _whole(words: str) -> object:
    try:
        return int(words.replace("_", ""), 0)
    except ValueError:
        # "010" is a whole number to YAML and not to Python; as words it gets a clear sentence.
        return words


def _decimal(words: str) -> object:
    try:
        return float(words.replace("_", ""))
    except ValueError:
        return words


def _words(words: str) -> object:
    return words


def _nothing(_words: str) -> object:
    return None


def _truth(words: str) -> object:
    return words.lower() == "true"


_YAML_TAG = "tag:yaml.org,2002:"
_SCALARS: dict[str, Callable[[str], object]] = {
    f"{_YAML_TAG}str": _words,
    # A date is never meant as one here; it is part of somebody's words.
    f"{_YAML_TAG}timestamp": _words,
    f"{_YAML_TAG}int": _whole,
    f"{_YAML_TAG}float": _decimal,
    f"{_YAML_TAG}bool": _truth,
    f"{_YAML_TAG}null": _nothing,
}
