"""A school's own protocol as a form edits it: which fields there are, what was typed into them, what is still wrong."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from server.core.languages import COMPLETE
from server.core.live.protocol import LARGEST_USUAL, SHORT_FORM_LIMIT, Protocol, Step, step_minutes
from server.core.people.models import Record
from server.core.twinning.protocol_form import Document, FormSection, Place, form_of

OWN = "own_"
"""What the id of every school's own protocol begins with; no shipped file may."""

MOST_OWN = 40
MOST_VERSIONS = 60
LARGEST_DOCUMENT = 96 * 1024
"""Bytes of one definition. The longest that ships has half of that."""

LONGEST = {"title": 120, "label": 120, "who": 120, "lines": 400}
LONGEST_WORDS = 1500

FaultCode = Literal[
    "missing",
    "languages_missing",
    "too_few",
    "not_a_number",
    "too_small",
    "too_large",
    "too_long",
    "min_above_max",
    "short_form_too_long",
    "document_too_large",
    "other",
]
RefusalCode = Literal[
    "at_the_end", "needs_earlier", "needed_later", "in_a_loop", "core_stays", "last_step", "no_such_step"
]


class OwnProtocol(Record):
    """A school's own protocol. `version`: the newest that can be used, 0 while there is none; `draft`: what is not sound yet.

    `edition` counts every change, so that nobody overwrites what they have not seen.
    """

    id: str
    school: str
    came_from: str
    title: dict[str, str]
    version: int = 0
    edition: int = 0
    draft: dict[str, Any] | None = None
    changed_at: datetime
    changed_by: str
    removed: bool = False

    @property
    def key(self) -> str:
        """What a plan names: this protocol in its newest version."""
        return key_of(self.id, self.version)


class OwnVersion(Record):
    """One version that could be used, as it was."""

    protocol: str
    version: int
    at: datetime
    by: str
    definition: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend before a protocol can be used; `at` is its place in the document."""

    at: Place
    code: FaultCode
    params: dict[str, str] = field(default_factory=dict[str, str])


class Refused(Exception):
    """A change of order that the protocol cannot take; `other` is the id of the step that stands in the way."""

    def __init__(self, code: RefusalCode, step: str, other: str = "") -> None:
        super().__init__(code)
        self.code: RefusalCode = code
        self.step = step
        self.other = other


# -- keys -------------------------------------------------------------------------------------------------------------


def key_of(protocol: str, version: int) -> str:
    """Return how a plan names one version of a school's own protocol."""
    return f"{protocol}@{version}"


def split_key(key: str) -> tuple[str, int | None] | None:
    """Return (id, version or None for the newest) of a school's own protocol; None for any other name."""
    found = re.fullmatch(r"(own_[a-z0-9]{1,36})(?:@([1-9][0-9]{0,5}))?", key)
    return (found[1], int(found[2]) if found[2] else None) if found else None


# -- documents --------------------------------------------------------------------------------------------------------


def document_of(protocol: Protocol) -> Document:
    """Return what a file would say, without what goes without saying."""
    return protocol.model_dump(mode="json", exclude_defaults=True)


def copied(protocol: Protocol, new_id: str, mark: Mapping[str, str]) -> Document:
    """Return a copy under a new id; `mark` is put after its title in each language, so that the two can be told apart."""
    document = document_of(protocol) | {"id": new_id, "version": 1}
    document["title"] = {
        language: words + (f" {mark[language]}" if language in mark else "")
        for language, words in protocol.title.items()
    }
    return document


def checked(document: Document) -> tuple[Protocol | None, list[Fault]]:
    """Return the protocol, or None with all that has to be mended first: the rules are those of protocol files."""
    faults = list(_too_long(document))
    if len(json.dumps(document, ensure_ascii=False).encode()) > LARGEST_DOCUMENT:
        faults.append(Fault((), "document_too_large"))
    try:
        protocol = Protocol.model_validate(document)
    except ValidationError as error:
        return None, faults + [fault for detail in error.errors() for fault in _faults(detail, document)]
    return (None, faults) if faults else (protocol, [])


def moved(document: Document, step: str, by: Literal[-1, 1]) -> Document:
    """Return the document with one step a place earlier or later, or raise Refused with what stands in the way."""
    steps = list(document["steps"])
    at = _index(steps, step)
    to = at + by
    if not 0 <= to < len(steps):
        raise Refused("at_the_end", step)
    steps[at], steps[to] = steps[to], steps[at]
    other = steps[at]["id"]
    if by < 0 and other in steps[to].get("uses", ()):
        raise Refused("needs_earlier", step, other)
    if by > 0 and step in steps[at].get("uses", ()):
        raise Refused("needed_later", step, other)
    if not _loops_hang_together(steps):
        raise Refused("in_a_loop", step, other)
    return document | {"steps": steps}


def without(document: Document, step: str) -> Document:
    """Return the document without an optional step that no other needs, or raise Refused."""
    steps = list(document["steps"])
    at = _index(steps, step)
    needing = next((one["id"] for one in steps if step in one.get("uses", ())), None)
    if len(steps) == 1:
        raise Refused("last_step", step)
    if steps[at].get("core", True):
        raise Refused("core_stays", step)
    if needing:
        raise Refused("needed_later", step, needing)
    return document | {"steps": steps[:at] + steps[at + 1 :]}


def may_move(document: Document, step: str, by: Literal[-1, 1]) -> bool:
    """Whether a step may go that way."""
    try:
        moved(document, step, by)
    except Refused:
        return False
    return True


def why_stays(document: Document, step: str) -> Refused | None:
    """Return why a step cannot be taken out, or None where it can."""
    try:
        without(document, step)
    except Refused as refused:
        return refused
    return None


def _index(steps: list[Document], step: str) -> int:
    found = next((n for n, one in enumerate(steps) if one["id"] == step), None)
    if found is None:
        raise Refused("no_such_step", step)
    return found


def _loops_hang_together(steps: list[Document]) -> bool:
    """Whether the steps of each loop still follow one another: they are repeated as one."""
    runs = [step.get("loop") for n, step in enumerate(steps) if n == 0 or step.get("loop") != steps[n - 1].get("loop")]
    named = [loop for loop in runs if loop]
    return len(named) == len(set(named))


# -- what is wrong ----------------------------------------------------------------------------------------------------


def fields_with_faults(sections: list[FormSection], faults: list[Fault]) -> dict[str, list[Fault]]:
    """Return the faults by the name of the field that they belong to; "" holds those of no single field."""
    by_name: dict[str, list[Fault]] = {}
    places = {one.at: one.name for section in sections for one in section.fields}
    for fault in faults:
        at = fault.at
        while at and at not in places:
            at = at[:-1]
        by_name.setdefault(places.get(at, ""), []).append(fault)
    return by_name


def _faults(detail: ErrorDetails, document: Document) -> Iterator[Fault]:
    at = _place(detail["loc"], document)
    limits = detail.get("ctx", {})
    said = str(limits.get("error", ""))
    match detail["type"]:
        case "missing":
            yield Fault((*at, detail["loc"][-1]), "missing")
        case "too_short":
            # Entries that failed on their own are named already.
            if len(detail["input"]) < limits.get("min_length", 0):
                yield Fault(at, "too_few", {"least": str(limits.get("min_length"))})
        case "greater_than" | "greater_than_equal":
            yield Fault(at, "too_small", {"least": f"{limits.get('gt', limits.get('ge', 0)):g}"})
        case "less_than_equal" | "less_than":
            yield Fault(at, "too_large", {"most": f"{limits.get('le', limits.get('lt', 0)):g}"})
        case kind if kind.startswith(("int_", "float_", "finite")):
            yield Fault(at, "not_a_number")
        case "value_error" if said.startswith("no wording in"):
            wording = detail["input"]
            yield Fault(at, "languages_missing", {"languages": ",".join(c for c in COMPLETE if c not in wording)})
        case "value_error" if said.startswith("the short form takes"):
            yield Fault(at, "short_form_too_long", _short_form(document))
        case "value_error" if " is more than max " in said:
            yield Fault((*at, "min"), "min_above_max")
        case _:
            yield Fault(at, "other", {"said": said or detail["msg"]})


def _place(loc: tuple[int | str, ...], document: Any) -> Place:
    """Return as much of pydantic's place as the document has: pydantic adds notes of its own."""
    at: Place = ()
    for part in loc:
        try:
            document = document[part]
        except (KeyError, IndexError, TypeError):
            return at
        at = (*at, part)
    return at


def _short_form(document: Document) -> dict[str, str]:
    """Return for how long the longest short form takes a room of three, and how long it may."""
    steps = [Step.model_validate(step) for step in document["steps"]]
    longest = max(
        sum(step_minutes(step, band, LARGEST_USUAL, short=True) for step in steps)
        for band in document.get("bands", ("B",))
    )
    return {"minutes": f"{longest:g}", "most": f"{SHORT_FORM_LIMIT:g}"}


def _too_long(document: Document) -> Iterator[Fault]:
    for section in form_of(document):
        for one in section.fields:
            if one.kind not in ("words", "long", "lines"):
                continue
            most = LONGEST.get("lines" if one.kind == "lines" else one.label, LONGEST_WORDS)
            for words in one.values.values():
                if any(len(line) > most for line in (words.split("\n") if one.kind == "lines" else [words])):
                    yield Fault(one.at, "too_long", {"most": str(most)})
                    break
