"""Which answers fit a step: options that exist, marks that lie in the text, no more entries than asked for."""

import re
import unicodedata

from server.core.live.lesson import Lesson
from server.core.live.protocol import Input, Step
from server.core.live.refusals import Refused
from server.core.live.works import Entries, Held
from server.core.texts import words

MOST_LINES = 40

_EMAIL = re.compile(r"[^\s@<>]{1,64}@[\w-]{1,63}(\.[\w-]{2,63})+", re.UNICODE)
# A Hebrew preposition may cling to the handle, so letters may stand before it.
_HANDLE = re.compile(r"(?<![@/])@[A-Za-z0-9_.]{3,30}\b")
_LINK = re.compile(
    r"(https?://|www\.)\S+|\b[\w-]{2,}\.(com|net|org|io|co\.il|me|gg|tv)\b|\b[\w-]+\.[a-z]{2,6}/\w", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\d:])\+?\d(?:[\s().\-–]{0,3}\d){6,14}(?![\d:])")
_YEARS = re.compile(r"(?<![\d–-])[125]\d{3} ?[–-] ?[125]\d{3}(?! ?[–-]? ?\d)")


def the_input(step: Step, input_id: str) -> Input:
    """Return the step's input with this id, or refuse."""
    for asked in step.inputs:
        if asked.id == input_id:
            return asked
    raise Refused("unknown_input")


def check_entries(asked: Input, entries: Entries, lesson: Lesson) -> None:
    """Refuse entries that cannot be an answer to `asked`. Too few is never a reason: a mark or a spoken word counts."""
    if len(entries) > max(asked.max, 1):
        raise Refused("too_many_entries")
    options = {option.id for option in asked.options}
    tags = {tag.id for tag in asked.tags}
    for entry in entries:
        if entry.choice is not None and entry.choice not in options:
            raise Refused("unknown_option")
        if entry.tag is not None and entry.tag not in tags:
            raise Refused("unknown_option")
        if entry.moment is not None and entry.moment not in lesson.by_id:
            raise Refused("unknown_option")
        for mark in entry.marks:
            if mark.last < mark.first or mark.last >= _word_count(lesson, mark.segment, mark.language):
                raise Refused("unknown_word")


def _word_count(lesson: Lesson, segment_id: str, language: str) -> int:
    if lesson.text is None:
        return 0
    segment = next((s for s in lesson.text.segments if s.id == segment_id), None)
    return 0 if segment is None else len(words(segment.words.get(language, "")))


def contact_details(text: str) -> bool:
    """Whether there seems to be a phone number, an e-mail address, a link or a handle in what a child wrote."""
    # Invisible and full-width characters hide a number from the patterns, not from a reader.
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    without_years = _YEARS.sub(";", seen)
    return any(pattern.search(without_years) for pattern in (_EMAIL, _HANDLE, _LINK, _NUMBER))


def held_back(entries: Entries) -> Held:
    """Return why these entries must not reach a partner, or ""."""
    return "contact" if any(contact_details(entry.text) for entry in entries) else ""
