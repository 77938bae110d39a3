"""A bilingual text: segments with the words of each language exactly as received, and what a word is."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from server.core.languages import Wording

MAQAF = "\u05be"
_MARKS = "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
"""Niqqud and teamim: what stands on a letter. Maqaf, paseq and sof pasuq stand between letters and are not here."""
_NIQQUD_AND_TEAMIM = re.compile("[\u0591-\u05bd\u05bf-\u05c7]")
_GAP = rf"[\s{MAQAF}]+"
# A qere carries points and its ketiv does not; by that it differs from a word that an editor put in brackets.
_WORD = re.compile(
    rf"(?P<ketiv>[א-ת]+)(?:{_GAP})?\[(?P<qere>[^\[\]]*{_MARKS}[^\[\]]*)\](?P<after_qere>(?:{_GAP})?)"
    rf"|(?P<word>[^\s{MAQAF}]+)(?P<after_word>(?:{_GAP})?)"
)
# The Name may carry prefixes (בה׳, ולה׳), but is never the inside of another word.
_NAME = re.compile(
    rf"(?<![א-ת])(?<!{_MARKS})(?P<prefixes>(?:[ובכלמש]{_MARKS}*)*)" + f"{_MARKS}*".join("יהוה") + rf"{_MARKS}*(?![א-ת])"
)
_VERSE_ID = re.compile(r"(?P<chapter>\d+):(?P<verse>\d+)")
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
    number: int | None = Field(default=None, ge=1, le=999)
    words: dict[str, str]
    plain: Wording = {}
    glosses: tuple[Gloss, ...] = ()

    @model_validator(mode="after")
    def _glosses_lie_in_the_words(self) -> Self:
        for gloss in self.glosses:
            if gloss.last < gloss.first or gloss.last >= len(words(self.words.get(gloss.lang, ""))):
                raise ValueError(
                    f"segment {self.id}: a gloss points outside its words ({gloss.lang} {gloss.first}-{gloss.last})"
                )
        return self


class Text(Model):
    """One passage. `book` is the name that references are made of where segments are verses ("1:14")."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    title: Wording
    ref: Wording
    book: Wording = {}
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

    @model_validator(mode="after")
    def _ambiguous_words_exist(self) -> Self:
        by_id = {segment.id: segment for segment in self.segments}
        for span in self.ambiguous:
            segment = by_id.get(span.segment)
            count = 0 if segment is None else len(words(segment.words.get(span.lang, "")))
            if not span.first <= span.last < count:
                where = f"{span.segment} {span.lang} {span.first}-{span.last}"
                raise ValueError(f"an ambiguous place points outside the words ({where})")
        return self

    def span(self, first: str | None, last: str | None) -> "Text":
        """Return the text with only the segments from `first` to `last`, both included; None means the end.

        The reference says what is left: "Ruth 1:14–17" out of "Ruth 1:1–18".
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
        ref = self.ref if len(kept) == len(ids) else _reference(self, kept)
        return self.model_copy(update={"segments": kept, "ambiguous": ambiguous, "ref": ref})


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read. `joiner` follows it (space, maqaf or nothing); `ketiv` is the written form where it differs."""

    shown: str
    joiner: str = ""
    ketiv: str | None = None


def words(text: str) -> list[Word]:
    """Split on white space and maqaf; niqqud never splits a word; "ketiv [qere]" is one word, read as the qere."""
    return [_word(match) for match in _WORD.finditer(text)]


def read_aloud(split: Iterable[Word]) -> str:
    """Return the words as one text again, each qere in place of its ketiv."""
    return "".join(word.shown + word.joiner for word in split)


def _word(match: re.Match[str]) -> Word:
    if match["ketiv"] is None:
        return Word(match["word"], match["after_word"])
    shown = match["qere"].strip()
    # Editions put the maqaf that follows a qere inside its bracket, and a space behind it.
    if shown.endswith(MAQAF):
        return Word(shown.rstrip(MAQAF), MAQAF, match["ketiv"])
    return Word(shown, match["after_qere"], match["ketiv"])


def content_hash(text: Text) -> str:
    """SHA-256 over what evidence points into: segment ids and words, unnormalised."""
    pointed_at = [[s.id, sorted(s.words.items())] for s in text.segments]
    return hashlib.sha256(json.dumps(pointed_at, ensure_ascii=False).encode()).hexdigest()


def verse_number(number: int, language: str) -> str:
    """Return a verse's number as the language writes it: 15 → "ט״ו" in Hebrew (never י״ה), "15" elsewhere.

    Raises ValueError for a number that Hebrew letters do not write: below 1 or above 999.
    """
    if language != "he":
        return str(number)
    if not 1 <= number <= 999:
        raise ValueError(f"{number} is not the number of a verse")
    rest = number
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


def _reference(text: Text, kept: tuple[Segment, ...]) -> Wording:
    """Return the reference of some segments of a text; that of the whole where its segments are not verses."""
    first, last = _VERSE_ID.fullmatch(kept[0].id), _VERSE_ID.fullmatch(kept[-1].id)
    if not text.book or first is None or last is None:
        return text.ref
    start = int(first["chapter"]), int(first["verse"])
    end = int(last["chapter"]), int(last["verse"])
    return {lang: f"{book} {_verses(start, end, lang)}" for lang, book in text.book.items()}


def _verses(start: tuple[int, int], end: tuple[int, int], language: str) -> str:
    between = ", " if language == "he" else ":"
    (chapter, verse), (last_chapter, last_verse) = start, end
    said = f"{_in_reference(chapter, language)}{between}{_in_reference(verse, language)}"
    if start == end:
        return said
    if chapter == last_chapter:
        return f"{said}–{_in_reference(last_verse, language)}"
    return f"{said} – {_in_reference(last_chapter, language)}{between}{_in_reference(last_verse, language)}"


def _in_reference(number: int, language: str) -> str:
    """A Hebrew letter that stands for a number in running text carries a geresh (א׳), as it does not beside a verse."""
    said = verse_number(number, language)
    return f"{said}׳" if language == "he" and len(said) == 1 else said


def the_name(text: str, style: Literal["written", "heh"]) -> str:
    """Return the text with the Name as written, or as ה׳. In display only: nothing stored is changed."""
    return text if style == "written" else _NAME.sub(r"\g<prefixes>ה׳", text)


def searchable(text: str) -> str:
    """Return the text without niqqud and teamim and with maqaf as a space, for comparing and searching."""
    return _NIQQUD_AND_TEAMIM.sub("", text.replace(MAQAF, " "))


def text_for_wire(text: Text) -> dict[str, Any]:
    """Return what browsers show: words already split ({w: word, j: joiner, k: ketiv}), numbers per language."""
    return {
        "id": text.id,
        "title": text.title,
        "ref": text.ref,
        "theme": text.theme,
        "levels": list(text.levels),
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
        "words": {lang: [_word_for_wire(word) for word in words(said)] for lang, said in languages.items()},
        "plain": segment.plain,
        "glosses": [gloss.model_dump() for gloss in segment.glosses],
    }


def _word_for_wire(word: Word) -> dict[str, str]:
    sent = {"w": word.shown, "j": word.joiner}
    if word.ketiv is not None:
        sent["k"] = word.ketiv
    return sent
