"""Two columns, one a language: numbered lines or one verse a line, joined by their numbers into verses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from server.core.importing.markup import one_line, visible, without_accents

LANGUAGES = ("he", "en")
MOST_VERSES = 150
LONGEST_VERSE = 3000

Address = tuple[int, ...]
"""(verse,) or (chapter, verse)."""

# "8 words", "8. words", "(8) words", "1:8 words"
_NUMBERED = re.compile(r"[(\[]?(?:(?P<chapter>\d{1,3})[:.,]\s?)?(?P<verse>\d{1,3})(?:[.):\]]|(?=\s)|$)\s*(?P<words>.*)")
# "ח. words", "(ח) words", "י״ח words", "א, ח words"; a bare letter could be a word.
_LETTERS = r"(?:[א-ת]{1,4}|[א-ת]{1,3}[׳']|[א-ת]{1,3}[״\"][א-ת])"
_LETTERED = re.compile(
    rf"(?:[(\[](?P<inside>{_LETTERS})[)\]]|(?P<ended>{_LETTERS})[.):]|(?P<marked>[א-ת]{{1,3}}[׳']|[א-ת]{{1,3}}[״\"][א-ת]))"
    r"(?=\s|$)\s*(?P<words>.*)"
)
_BARE_LETTERS = re.compile(r"(?P<ended>[א-ת]{1,3})\s+(?P<words>.*)")
_VALUES = dict(zip("אבגדהוזחטיכלמנסעפצקרשת", (*range(1, 10), *range(10, 100, 10), 100, 200, 300, 400), strict=True))
_HEBREW = re.compile("[א-ת]")
_LATIN = re.compile("[A-Za-z]")

Code = Literal[
    "nothing_typed",
    "twice",
    "verse_too_long",
    "too_many_verses",
    "only_he",
    "only_en",
    "counted_only",
    "columns_swapped",
]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the columns: what `blocks` must be mended, all else is for the teacher to look at."""

    code: Code
    verses: tuple[str, ...] = ()
    language: str = ""
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Verse:
    """One line of both columns. `id` is "8" or "1:8"."""

    id: str
    number: int
    words: dict[str, str]


@dataclass(slots=True)
class Joined:
    """Both columns by their numbers."""

    verses: tuple[Verse, ...] = ()
    remarks: list[Remark] = field(default_factory=list[Remark])

    @property
    def usable(self) -> bool:
        """Whether this can become a text as it is."""
        return bool(self.verses) and not any(remark.blocks for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Column:
    """One language's lines; `addresses` is None where they carry no numbers."""

    lines: tuple[str, ...]
    addresses: tuple[Address, ...] | None


def joined(typed: dict[str, str], begins: Address = (1,), *, accents: bool = True) -> Joined:
    """Join the columns ("he", "en"). `begins` is where lines without numbers begin, and gives bare numbers their chapter."""
    columns = {language: read_column(typed.get(language, "")) for language in LANGUAGES}
    if not accents:
        bare = tuple(map(without_accents, columns["he"].lines))
        columns["he"] = Column(bare, columns["he"].addresses)
    found = Joined()
    if not any(column.lines for column in columns.values()):
        found.remarks.append(Remark("nothing_typed", blocks=True))
        return found
    if _swapped(columns):
        found.remarks.append(Remark("columns_swapped"))
    by_address: dict[Address, dict[str, str]] = {}
    for language, column in columns.items():
        other = columns["en" if language == "he" else "he"]
        addresses = _addresses(column, other, begins)
        twice = sorted({_id(a) for a in addresses if addresses.count(a) > 1})
        if twice:
            found.remarks.append(Remark("twice", tuple(twice), language, blocks=True))
        for address, words in zip(addresses, column.lines, strict=True):
            by_address.setdefault(address, {})[language] = words
    found.verses = tuple(
        Verse(_id(address), address[-1], dict(sorted(words.items()))) for address, words in sorted(by_address.items())
    )
    found.remarks += _remarks(found.verses, columns)
    return found


def read_column(typed: str) -> Column:
    """Return the lines of a column. Where the first is numbered, a line without a number belongs to the verse before it."""
    lines = [line for line in map(one_line, visible(typed).split("\n")) if line]
    if not lines:
        return Column((), ())
    marks = [_number(line) for line in lines]
    if marks[0] is None:
        marks = _bare_letters(lines) or marks
    if marks[0] is None:
        return Column(tuple(lines), None)
    addresses: list[Address] = []
    words: list[str] = []
    for line, mark in zip(lines, marks, strict=True):
        if mark is None:
            words[-1] = f"{words[-1]} {line}".strip()
        else:
            addresses.append(mark[0])
            words.append(mark[1])
    kept = [(address, said) for address, said in zip(addresses, words, strict=True) if said]
    return Column(tuple(said for _, said in kept), tuple(address for address, _ in kept))


def apart_by_script(typed: str) -> dict[str, str]:
    """Return one file's lines as two columns: a line that is mostly in Hebrew letters is Hebrew."""
    columns: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for line in visible(typed).split("\n"):
        if line.strip():
            hebrew, latin = len(_HEBREW.findall(line)), len(_LATIN.findall(line))
            columns["he" if hebrew > latin else "en"].append(line.strip())
    return {language: "\n".join(lines) for language, lines in columns.items()}


def hebrew_number(letters: str) -> int | None:
    """Return what Hebrew letters count ("ט״ו" → 15), or None where they are a word and no number."""
    bare = re.sub("[׳״'\"]", "", letters)
    values = [_VALUES.get(letter, 0) for letter in bare]
    if not values or 0 in values or values != sorted(values, reverse=True):
        # ט״ו and ט״ז are the only ones whose order could be doubted, and they descend, too.
        return None
    return sum(values)


def _number(line: str) -> tuple[Address, str] | None:
    if found := _NUMBERED.fullmatch(line):
        verse = int(found["verse"])
        address = (int(found["chapter"]), verse) if found["chapter"] else (verse,)
        return (address, found["words"]) if verse else None
    if found := _LETTERED.fullmatch(line):
        number = hebrew_number(found["inside"] or found["ended"] or found["marked"])
        return ((number,), found["words"]) if number else None
    return None


def _bare_letters(lines: Sequence[str]) -> list[tuple[Address, str] | None] | None:
    """Return the numbers of lines that all begin with a bare Hebrew letter, each one more than the last, as books print them."""
    found: list[tuple[Address, str] | None] = []
    before: int | None = None
    for line in lines:
        match = _BARE_LETTERS.fullmatch(line)
        number = hebrew_number(match["ended"]) if match else None
        if match is None or number is None or (before is not None and number != before + 1):
            return None
        before = number
        found.append(((number,), match["words"]))
    return found if len(found) > 1 else None


def _addresses(column: Column, other: Column, begins: Address) -> list[Address]:
    if column.addresses is not None:
        return [(*begins[:-1], *address) if len(address) == 1 else address for address in column.addresses]
    if other.addresses and len(other.addresses) == len(column.lines):
        return _addresses(other, column, begins)
    start = begins
    if other.addresses:
        start = _addresses(other, column, begins)[0]
    return [(*start[:-1], start[-1] + place) for place in range(len(column.lines))]


def _id(address: Address) -> str:
    return ":".join(map(str, address))


def _swapped(columns: dict[str, Column]) -> bool:
    he, en = ("\n".join(columns[language].lines) for language in LANGUAGES)
    return len(_HEBREW.findall(en)) > len(_LATIN.findall(en)) and len(_LATIN.findall(he)) >= len(_HEBREW.findall(he))


def _remarks(verses: Sequence[Verse], columns: dict[str, Column]) -> list[Remark]:
    remarks: list[Remark] = []
    for language in LANGUAGES:
        missing = tuple(verse.id for verse in verses if language not in verse.words)
        if missing:
            remarks.append(Remark("only_he" if language == "en" else "only_en", missing))
    unnumbered = [c for c in columns.values() if c.lines and c.addresses is None]
    if unnumbered and all(c.lines for c in columns.values()):
        counts = {len(c.lines) for c in columns.values()}
        if len(counts) > 1:
            remarks.append(Remark("counted_only"))
    long = tuple(v.id for v in verses if any(len(said) > LONGEST_VERSE for said in v.words.values()))
    if long:
        remarks.append(Remark("verse_too_long", long, blocks=True))
    if len(verses) > MOST_VERSES:
        remarks.append(Remark("too_many_verses", blocks=True))
    return remarks
