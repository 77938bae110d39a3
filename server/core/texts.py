"""A bilingual text: segments with the words of each language exactly as received, and what a word is."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from server.core.languages import Wording

MAQAF = "\u05be"
_NIQQUD_AND_TEAMIM = re.compile("[\u0591-\u05bd\u05bf-\u05c7]")
_KETIV_QERE = re.compile(r"(?P<ketiv>[^\s\[\]]+) \[(?P<qere>[^\[\]]+)\]")
_POINTS = "[\u0591-\u05bd\u05bf-\u05c7]*"
_NAME = re.compile("י" + _POINTS + "ה" + _POINTS + "ו" + _POINTS + "ה" + _POINTS)
_HEBREW_ONES = ("", "א", "ב", "ג", "ד", "ה", "ו", "ז", "ח", "ט")
_HEBREW_TENS = ("", "י", "כ", "ל", "מ", "נ", "ס", "ע", "פ", "צ")
_HEBREW_HUNDREDS = ("", "ק", "ר", "ש", "ת")


class Model(BaseModel):
    """Frozen; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Model):
    """Where one language's words come from, and under which licence."""

    edition: str = Field(min_length=1)
    licence: str = Field(min_length=1)


class Gloss(Model):
    """An explanation of some words (indices `first`..`last` in `lang`) of a segment."""

    lang: str
    first: int = Field(ge=0)
    last: int = Field(ge=0)
    note: Wording


class Span(Model):
    """Words of one segment."""

    segment: str
    lang: str
    first: int = Field(ge=0)
    last: int = Field(ge=0)


class Segment(Model):
    """A verse or a paragraph; `words` by language, never normalised. The languages of a segment share its id."""

    id: str = Field(min_length=1, max_length=40)
    number: int | None = None
    words: dict[str, str]
    plain: Wording = {}
    glosses: tuple[Gloss, ...] = ()

    @model_validator(mode="after")
    def _glosses_lie_in_the_words(self) -> Self:
        for gloss in self.glosses:
            if gloss.last < gloss.first or gloss.last >= len(words(self.words.get(gloss.lang, ""))):
                raise ValueError(f"segment {self.id}: a gloss points outside its words ({gloss.lang} {gloss.first}-{gloss.last})")
        return self


class Text(Model):
    """One passage."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    title: Wording
    ref: Wording
    theme: Wording
    intro: Wording
    source: dict[str, Source]
    levels: tuple[Literal["A", "B", "C"], ...]
    segments: tuple[Segment, ...] = Field(min_length=1)
    ambiguous: tuple[Span, ...] = ()

    @model_validator(mode="after")
    def _segments_are_told_apart(self) -> Self:
        ids = [segment.id for segment in self.segments]
        if len(set(ids)) != len(ids):
            raise ValueError("two segments have the same id")
        return self

    def span(self, first: str | None, last: str | None) -> "Text":
        """Return the text with only the segments from `first` to `last`, both included; None means the end.

        Raises KeyError for an unknown segment, ValueError where `last` comes before `first`.
        """
        ids = [segment.id for segment in self.segments]
        for wanted in (first, last):
            if wanted is not None and wanted not in ids:
                raise KeyError(wanted)
        start = ids.index(first) if first is not None else 0
        end = ids.index(last) if last is not None else len(ids) - 1
        if end < start:
            raise ValueError("the span ends before it begins")
        kept = self.segments[start : end + 1]
        inside = {segment.id for segment in kept}
        ambiguous = tuple(span for span in self.ambiguous if span.segment in inside)
        return self.model_copy(update={"segments": kept, "ambiguous": ambiguous})


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read. `joiner` follows it (space, maqaf or nothing); `ketiv` is the written form where it differs."""

    shown: str
    joiner: str = ""
    ketiv: str | None = None


def words(text: str) -> list[Word]:
    """Split on white space and maqaf; niqqud never splits a word; "ketiv [qere]" is one word, read as the qere."""
    found: list[Word] = []
    at = 0
    for match in _KETIV_QERE.finditer(text):
        found += _plain_words(text[at : match.start()])
        qere = _plain_words(match["qere"])
        # A qere of several words stays one place to point at, as the ketiv is.
        found.append(Word("".join(w.shown + w.joiner for w in qere), ketiv=match["ketiv"]))
        at = match.end()
    found += _plain_words(text[at:])
    return _joined(found)


def _plain_words(text: str) -> list[Word]:
    parts = re.split(rf"(\s+|{MAQAF})", text)
    return [
        Word(part, parts[i + 1] if i + 1 < len(parts) else "")
        for i, part in enumerate(parts)
        if i % 2 == 0 and part
    ]


def _joined(found: list[Word]) -> list[Word]:
    """Give the words around a ketiv/qere the joiner that stands in the text."""
    out: list[Word] = []
    for i, word in enumerate(found):
        last = i == len(found) - 1
        out.append(Word(word.shown, word.joiner or ("" if last else " "), word.ketiv))
    return out


def content_hash(text: Text) -> str:
    """SHA-256 over what evidence points into: segment ids and words, unnormalised."""
    pointed_at = [[s.id, sorted(s.words.items())] for s in text.segments]
    return hashlib.sha256(json.dumps(pointed_at, ensure_ascii=False).encode()).hexdigest()


def verse_number(number: int, language: str) -> str:
    """Return a verse's number as the language writes it: 15 → "ט״ו" in Hebrew (never י״ה), "15" elsewhere."""
    if language != "he":
        return str(number)
    rest = number % 1000
    letters = ""
    while rest >= 100:
        hundreds = min(rest // 100, 4)
        letters += _HEBREW_HUNDREDS[hundreds]
        rest -= hundreds * 100
    if rest in (15, 16):
        letters += "ט" + _HEBREW_ONES[rest - 9]
    else:
        letters += _HEBREW_TENS[rest // 10] + _HEBREW_ONES[rest % 10]
    return letters if len(letters) < 2 else f"{letters[:-1]}״{letters[-1]}"


def the_name(text: str, style: Literal["written", "heh"]) -> str:
    """Return the text with the Name as written, or as ה׳. In display only: nothing stored is changed."""
    return text if style == "written" else _NAME.sub("ה׳", text)


def searchable(text: str) -> str:
    """Return the text without niqqud and teamim and with maqaf as a space, for comparing and searching."""
    return _NIQQUD_AND_TEAMIM.sub("", text.replace(MAQAF, " "))


def text_for_wire(text: Text) -> dict[str, Any]:
    """Return what browsers show: words already split ({w: word, j: joiner, k: ketiv}), numbers per language."""
    return {
        "id": text.id,
        "title": text.title,
        "ref": text.ref,
        "intro": text.intro,
        "source": {language: source.model_dump() for language, source in text.source.items()},
        "hash": content_hash(text),
        "segments": [_segment_for_wire(segment) for segment in text.segments],
        "ambiguous": [span.model_dump() for span in text.ambiguous],
    }


def _segment_for_wire(segment: Segment) -> dict[str, Any]:
    languages = segment.words
    number = {lang: verse_number(segment.number, lang) for lang in languages} if segment.number is not None else None
    return {
        "id": segment.id,
        "number": number,
        "words": {
            lang: [{"w": w.shown, "j": w.joiner} | ({"k": w.ketiv} if w.ketiv else {}) for w in words(said)]
            for lang, said in languages.items()
        },
        "plain": segment.plain,
        "glosses": [gloss.model_dump() for gloss in segment.glosses],
    }
