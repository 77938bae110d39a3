"""From what a teacher typed to a text of their school: its verses, names, sources, explained words, and what to look at."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from server.core.importing.columns import LANGUAGES, Address, Joined, Remark, Verse, hebrew_number, joined
from server.core.importing.fetched import Edition, Fetched
from server.core.importing.markup import one_line, visible
from server.core.people.models import Record
from server.core.texts import Gloss, Segment, Source, Text, content_hash, searchable, words

LONGEST_TITLE = 80
LONGEST_SOURCE = 200
LONGEST_NOTE = 200
MOST_GLOSSES = 60
LONGEST_COLUMN = 120_000
NOT_NAMED = "—"

_ENGLISH_REF = re.compile(r"(?P<book>.*\D)\s+(?P<chapter>\d{1,3})(?:[:.](?P<verse>\d{1,3}))?(?:\s?[-–—].*)?")
_HEBREW_REF = re.compile(r"(?P<book>.*?)\s+(?P<chapter>[א-ת]{1,3}(?:[׳']|[״\"][א-ת])?)(?:\s?[:,]\s?.*)?")
_HEBREW_LETTER = re.compile("[א-ת]")

TypedCode = Literal["title_needed", "too_long", "gloss_not_understood", "gloss_not_found", "source_missing", "not_free"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about what was typed beside the columns. `field` is the form's; `words` repeat what is meant."""

    code: TypedCode
    field: str
    words: str = ""
    blocks: bool = False


class SchoolText(Record):
    """A text that a school brought. Its words never change; what stands around them may."""

    id: str
    school: str
    hash: str
    text: Text
    added_by: str
    added_at: datetime


@dataclass(slots=True)
class TypedText:
    """Everything of the form, as strings."""

    title: dict[str, str] = field(default_factory=dict[str, str])
    ref: dict[str, str] = field(default_factory=dict[str, str])
    columns: dict[str, str] = field(default_factory=dict[str, str])
    edition: dict[str, str] = field(default_factory=dict[str, str])
    licence: dict[str, str] = field(default_factory=dict[str, str])
    glosses: str = ""
    accents: bool = True


@dataclass(slots=True)
class Understood:
    """What was typed, as far as it can be understood. `text` is None while something blocks."""

    text: Text | None
    verses: tuple[Verse, ...]
    remarks: list[Remark]
    doubts: list[Doubt]


def understood(typed: TypedText, text_id: str) -> Understood:
    """Read the form into a text with this id, with everything that should be mended or looked at."""
    columns = {language: typed.columns.get(language, "")[:LONGEST_COLUMN] for language in LANGUAGES}
    read = joined(columns, begins(typed.ref.get("en", "")), accents=typed.accents)
    doubts: list[Doubt] = []
    around = _around(typed, doubts)
    there = {language for verse in read.verses for language in verse.words}
    source = _source(typed, there, doubts)
    segments = _segments(read, typed.glosses, doubts)
    text: Text | None = None
    if read.usable and not any(doubt.blocks for doubt in doubts):
        text = Text(
            id=text_id,
            title=around["title"],
            ref=around["ref"],
            book=book_of(around["ref"], read),
            theme={},
            intro={},
            source=source,
            levels=("A", "B", "C"),
            segments=segments,
        )
    return Understood(text, read.verses, read.remarks, doubts)


def begins(ref: str) -> Address:
    """Return where an English reference begins ("Ruth 1:8-18" → (1, 8)); (1,) where it is none."""
    found = _ENGLISH_REF.fullmatch(one_line(ref))
    if found is None:
        return (1,)
    return (int(found["chapter"]), int(found["verse"] or 1))


def book_of(ref: dict[str, str], read: Joined) -> dict[str, str]:
    """Return the book's name in each language, from which references to single verses are made; {} where it is not sure."""
    if not all(re.fullmatch(r"\d+:\d+", verse.id) for verse in read.verses):
        return {}
    english = _ENGLISH_REF.fullmatch(ref.get("en", ""))
    if english is None:
        return {}
    named = {"en": english["book"].strip()}
    hebrew = _HEBREW_REF.fullmatch(ref.get("he", ""))
    if hebrew and hebrew_number(hebrew["chapter"]) == int(english["chapter"]):
        named["he"] = hebrew["book"].strip()
    return named


def with_new_words_around(kept: SchoolText, typed: TypedText) -> tuple[SchoolText, list[Doubt]]:
    """Return the text with another title, reference and source. Its verses stay: lessons may be planned with them."""
    doubts: list[Doubt] = []
    around = _around(typed, doubts)
    there = {language for segment in kept.text.segments for language in segment.words}
    source = _source(typed, there, doubts)
    if any(doubt.blocks for doubt in doubts):
        return kept, doubts
    changed = kept.text.model_copy(update={"title": around["title"], "ref": around["ref"], "source": source})
    return kept.model_copy(update={"text": changed}), doubts


def hash_of(text: Text) -> str:
    """Return the hash by which the same words are known again: the library's, over segments and words."""
    return content_hash(text)


def typed_from(text: Text) -> TypedText:
    """Return the form for a text, to begin another one from it or to change what stands around it."""
    lines: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for segment in text.segments:
        for language, said in segment.words.items():
            if language in lines:
                lines[language].append(f"{segment.id} {said}")
    glosses = [
        " | ".join([segment.id, _glossed(segment, gloss), *gloss.note.values()])
        for segment in text.segments
        for gloss in segment.glosses
    ]
    return TypedText(
        title=dict(text.title),
        ref=dict(text.ref),
        columns={language: "\n".join(said) for language, said in lines.items()},
        edition={language: source.edition for language, source in text.source.items()},
        licence={language: source.licence for language, source in text.source.items()},
        glosses="\n".join(glosses),
    )


def filled_in(typed: TypedText, fetched: Fetched) -> TypedText:
    """Return the form with a fetched passage in it. A title that is there already stays; so does a column that came with none."""
    columns, edition, licence = dict(typed.columns), dict(typed.edition), dict(typed.licence)
    for language, one in fetched.editions.items():
        columns[language] = _as_column(one, fetched)
        edition[language], licence[language] = one.title[:LONGEST_SOURCE], one.licence[:LONGEST_SOURCE]
    named = {language: ref[:LONGEST_TITLE] for language, ref in fetched.ref.items()}
    return TypedText(
        title={**named, **{language: title for language, title in typed.title.items() if title}},
        ref=named,
        columns=columns,
        edition=edition,
        licence=licence,
        glosses=typed.glosses,
        accents=typed.accents,
    )


def _as_column(one: Edition, fetched: Fetched) -> str:
    """Write numbered lines: the verse alone within a chapter, chapter and verse across chapters, else a count."""
    every = [address for edition in fetched.editions.values() for address, _ in edition.lines]
    parts = [address.split(":") for address in every]
    last_is_number = all(part[-1].isdecimal() for part in parts)
    if last_is_number and len({tuple(part[:-1]) for part in parts}) == 1:
        return "\n".join(f"{address.split(':')[-1]} {said}" for address, said in one.lines)
    if all(len(part) == 2 and part[0].isdecimal() and part[1].isdecimal() for part in parts):
        return "\n".join(f"{address} {said}" for address, said in one.lines)
    order = {address: number for number, address in enumerate(dict.fromkeys(every), start=1)}
    return "\n".join(f"{order[address]} {said}" for address, said in one.lines)


def _around(typed: TypedText, doubts: list[Doubt]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"title": {}, "ref": {}}
    for name, values in (("title", typed.title), ("ref", typed.ref)):
        for language in LANGUAGES:
            if said := one_line(values.get(language, "")):
                found[name][language] = said
                if len(said) > LONGEST_TITLE:
                    doubts.append(Doubt("too_long", f"{name}_{language}", blocks=True))
    if not found["title"]:
        doubts.append(Doubt("title_needed", "title_he", blocks=True))
    return found


def _source(typed: TypedText, there: set[str], doubts: list[Doubt]) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for language in LANGUAGES:
        edition, licence = one_line(typed.edition.get(language, "")), one_line(typed.licence.get(language, ""))
        for name, said in (("edition", edition), ("licence", licence)):
            if len(said) > LONGEST_SOURCE:
                doubts.append(Doubt("too_long", f"{name}_{language}", blocks=True))
        if language not in there:
            continue
        if not edition or not licence:
            doubts.append(Doubt("source_missing", f"edition_{language}", language))
        if edition or licence:
            found[language] = Source(edition=edition or NOT_NAMED, licence=licence or NOT_NAMED)
    return found


def _segments(read: Joined, typed: str, doubts: list[Doubt]) -> tuple[Segment, ...]:
    glosses = _glosses(read, typed, doubts)
    made: list[Segment] = []
    for verse in read.verses:
        try:
            made.append(
                Segment(id=verse.id, number=verse.number, words=verse.words, glosses=tuple(glosses.get(verse.id, ())))
            )
        except ValidationError:
            # The words of a gloss were looked for in this very verse, so this is not met; and no form should fail by it.
            made.append(Segment(id=verse.id, number=verse.number, words=verse.words))
    return tuple(made)


def _glosses(read: Joined, typed: str, doubts: list[Doubt]) -> dict[str, list[Gloss]]:
    """Read lines "verse | the words | what they mean", a meaning in the other language behind another bar."""
    found: dict[str, list[Gloss]] = {}
    lines = [line for line in map(one_line, visible(typed).split("\n")) if line]
    for line in lines[:MOST_GLOSSES]:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) not in (3, 4) or not all(parts) or any(len(part) > LONGEST_NOTE for part in parts):
            doubts.append(Doubt("gloss_not_understood", "glosses", line[:LONGEST_NOTE], blocks=True))
            continue
        note = {"he" if _HEBREW_LETTER.search(part) else "en": part for part in parts[2:]}
        verse = next((v for v in read.verses if parts[0] in (v.id, str(v.number))), None)
        place = _found_in(verse, parts[1]) if verse else None
        if verse is None or place is None:
            doubts.append(Doubt("gloss_not_found", "glosses", line[:LONGEST_NOTE], blocks=True))
            continue
        language, first, last = place
        found.setdefault(verse.id, []).append(Gloss(lang=language, first=first, last=last, note=note))
    return found


def _found_in(verse: Verse, wanted: str) -> tuple[str, int, int] | None:
    sought = [_bare(word.shown) for word in words(wanted)]
    for language, said in verse.words.items():
        there = [_bare(word.shown) for word in words(said)]
        for at in range(len(there) - len(sought) + 1):
            if there[at : at + len(sought)] == sought:
                return language, at, at + len(sought) - 1
    return None


def _bare(word: str) -> str:
    return searchable(word).strip(".,;:!?‘’“”\"'()[]׃").casefold()


def _glossed(segment: Segment, gloss: Gloss) -> str:
    split = words(segment.words.get(gloss.lang, ""))
    return " ".join(word.shown for word in split[gloss.first : gloss.last + 1])
