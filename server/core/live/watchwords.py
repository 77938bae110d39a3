"""Words that quietly alert a child's own safety lead. A short, local list: a prompt to look, never a verdict."""

import re

from server.core.live.works import Entries
from server.core.texts import Text, searchable

_ENGLISH = (
    r"kill (my|your|him|her|them)sel(f|ves)",
    r"kill you",
    r"(want|going) to die",
    r"suicid\w*",
    r"hurt(ing)? (my|your)self",
    r"cut(ting)? myself",
    r"(hits?|beats?|touch(es|ed)?) me",
    r"(send|show) me (a )?(pic|pics|photo|nudes?)",
    r"don'?t tell (anyone|your (mom|mum|dad|parents|teacher))",
    r"meet me (alone|after school)",
    r"i('m| am) (scared|afraid) (of|to go) home",
    r"rape[ds]?",
)
_HEBREW = (
    "להתאבד",
    "להרוג את עצמי",
    "לפגוע בעצמי",
    "רוצה למות",
    "בא לי למות",
    "מרביץ לי",
    "מרביצה לי",
    "מרביצים לי",
    "נגע בי",
    "נוגע בי",
    "אל תספר לאף אחד",
    "אל תספרי לאף אחד",
    "תשלח לי תמונה",
    "תשלחי לי תמונה",
    "מפחד ללכת הביתה",
    "מפחדת ללכת הביתה",
    "אונס",
    "אונסים",
)
# Hebrew prepositions cling to the front of a word; at its end another letter makes another word.
_PATTERN = re.compile(
    "|".join([rf"\b(?:{words})\b" for words in _ENGLISH] + [rf"{re.escape(words)}(?!\w)" for words in _HEBREW]),
    re.IGNORECASE,
)


def alarming(entries: Entries, text: Text | None) -> bool:
    """Whether something in these entries should make a safety lead look; words quoted from the lesson's text do not."""
    for entry in entries:
        for found in _PATTERN.finditer(_plain(entry.text)):
            if not _quoted(found.group(0), text):
                return True
    return False


def _quoted(words: str, text: Text | None) -> bool:
    if text is None:
        return False
    wanted = words.casefold()
    return any(wanted in _plain(line).casefold() for s in text.segments for line in s.words.values())


def _plain(said: str) -> str:
    """Return words without niqqud, with single spaces and straight apostrophes."""
    return " ".join(searchable(said).replace("’", "'").split())
