"""A passage as a library of texts gave it: editions with their licences, and its verses by address."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field

from server.core.importing.markup import one_line, plain

MOST_SEGMENTS = 400
DEEPEST = 3
LONGEST_NAME = 300
_FREE = re.compile(r"public domain|\bcc0\b|\bcc[- ]?by(?:[- ]?sa)?\b(?![- ]?n[cd])", re.IGNORECASE)
_FOLIO = re.compile(r"(\d+)([ab])")


class BadShape(Exception):
    """An answer that is JSON and no passage."""


class Passage(BaseModel):
    """Frozen; kept as JSON where it is cached."""

    model_config = ConfigDict(frozen=True)


class Edition(Passage):
    """One language's words, from one edition. `lines` are (address, words); addresses are "1:8", "31a:6" or "3"."""

    language: str
    title: str
    licence: str = ""
    lines: tuple[tuple[str, str], ...] = ()

    @property
    def free(self) -> bool:
        """Whether the licence says that anybody may copy the words; what says nothing is not free."""
        return is_free(self.licence)


class Fetched(Passage):
    """A passage by its reference, at most one edition a language, and the names of all the others that there are."""

    ref: dict[str, str]
    book: dict[str, str] = {}
    editions: dict[str, Edition] = {}
    others: tuple[Edition, ...] = Field(default=(), description="without words")


def is_free(licence: str) -> bool:
    """Whether a licence lets anybody copy: public domain, CC0, CC-BY and CC-BY-SA; not NC, not ND, not an unnamed one."""
    return bool(_FREE.search(licence.replace("_", " ")))


def read_v3(answer: object) -> Fetched:
    """Return the passage of an answer in the form of Sefaria's v3 texts API. Raises BadShape.

    https://developers.sefaria.org/reference/get-v3-texts: `versions` with `text`, `versionTitle`, `license` and
    `languageFamilyName`; `sections` and `toSections` say where `text` begins and ends.
    """
    said = _object(answer)
    versions = said.get("versions")
    if not isinstance(versions, list):
        raise BadShape("versions")
    editions: dict[str, Edition] = {}
    for version in cast(list[object], versions)[:20]:
        edition = _edition(_object(version), said)
        if edition and edition.language not in editions and edition.lines:
            editions[edition.language] = edition
    listed = said.get("available_versions")
    others: list[Edition] = []
    for version in cast(list[object], listed)[:200] if isinstance(listed, list) else []:
        other = _edition(_object(version), None)
        if other and not any((o.language, o.title) == (other.language, other.title) for o in others):
            others.append(other)
    return Fetched(ref=_both(said, "ref", "heRef"), book=_book(said), editions=editions, others=tuple(others))


def read_v1(answer: object) -> Fetched:
    """Return the passage of an answer in the older form: `text` and `he` beside each other. Raises BadShape.

    https://developers.sefaria.org/reference/get-v1-texts
    """
    said = _object(answer)
    if "text" not in said and "he" not in said:
        raise BadShape("text")
    editions: dict[str, Edition] = {}
    for language, words, title, licence in (
        ("he", "he", "heVersionTitle", "heLicense"),
        ("en", "text", "versionTitle", "license"),
    ):
        lines = tuple(addressed(said.get(words), said))
        if lines:
            named = _word(said.get(title)) or "?"
            editions[language] = Edition(language=language, title=named, licence=_word(said.get(licence)), lines=lines)
    return Fetched(ref=_both(said, "ref", "heRef"), book=_book(said), editions=editions)


def addressed(text: object, said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (address, words) of nested lists of verses that begin at `said["sections"]`; empty verses are left out.

    Raises BadShape for what is nested deeper than any book, longer than any lesson, or no text.
    """
    begins = [_word(part) for part in cast(list[object], said.get("sections") or [])[:DEEPEST]]
    depth = said.get("textDepth")
    depth = depth if isinstance(depth, int) and 1 <= depth <= DEEPEST else max(len(begins), _depth(text), 1)
    begins += ["1"] * (depth - len(begins))
    many = 0
    for address, words in _leaves(text, begins, depth, 0):
        many += 1
        if many > MOST_SEGMENTS:
            raise BadShape("too many verses")
        if said_plainly := plain(words):
            yield address, said_plainly


def _leaves(text: object, begins: Sequence[str], depth: int, deep: int) -> Iterator[tuple[str, str]]:
    """`begins` is the address of the first leaf of this part; the last so many places of it are counted up by the nesting."""
    if deep > DEEPEST:
        raise BadShape("nested too deep")
    if text is None:
        return
    if isinstance(text, str):
        yield ":".join(begins), text
        return
    if not isinstance(text, list):
        raise BadShape("no text")
    place = depth - _depth(cast(object, text))
    if place < 0 or place >= len(begins):
        raise BadShape("nested too deep")
    at = begins[place]
    for number, part in enumerate(cast(list[object], text)):
        if number > MOST_SEGMENTS:
            raise BadShape("too many verses")
        inside = [*begins[:place], at, *(begins[place + 1 :] if number == 0 else ["1"] * (depth - place - 1))]
        yield from _leaves(part, inside, depth, deep + 1)
        at = following(at)


def following(section: str) -> str:
    """Return the section after one: "1" → "2", "31a" → "31b" → "32a"."""
    if folio := _FOLIO.fullmatch(section):
        return f"{folio[1]}b" if folio[2] == "a" else f"{int(folio[1]) + 1}a"
    return str(int(section) + 1) if section.isascii() and section.isdecimal() else section


def _depth(text: object) -> int:
    """How deep lists are nested, at their first part; one that is deeper than any book counts as such."""
    deep = 0
    while isinstance(text, list) and deep <= DEEPEST:
        deep += 1
        parts = cast(list[object], text)
        text = next((part for part in parts if part), None)
    return deep


def _edition(version: dict[str, Any], passage: dict[str, Any] | None) -> Edition | None:
    family = _word(version.get("languageFamilyName")).lower()
    code = _word(version.get("actualLanguage")).lower() or _word(version.get("language")).lower()
    language = {"hebrew": "he", "english": "en"}.get(family, "" if family else code)
    title = _word(version.get("versionTitle"))
    if language not in ("he", "en") or not title:
        return None
    lines = tuple(addressed(version.get("text"), passage)) if passage is not None else ()
    return Edition(language=language, title=title, licence=_word(version.get("license")), lines=lines)


def _both(said: dict[str, Any], english: str, hebrew: str) -> dict[str, str]:
    named = {"en": _word(said.get(english)), "he": _word(said.get(hebrew))}
    return {language: name for language, name in named.items() if name}


def _book(said: dict[str, Any]) -> dict[str, str]:
    named = _both(said, "book", "heBook")
    hebrew = _word(said.get("heIndexTitle")) or _word(said.get("heTitle"))
    return {**named, "he": hebrew} if hebrew and "he" not in named else named


def _word(value: object) -> str:
    """Return a name or a number as plain words; anything else is as if it were not there."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return one_line(plain(str(value)))[:LONGEST_NAME]


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadShape("no object")
    return cast(dict[str, Any], value)
