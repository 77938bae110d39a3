"""Wordings in several languages, and which one a reader is shown."""

from typing import Annotated

from pydantic import AfterValidator

COMPLETE = ("en", "he")
"""Languages in which the product is complete at all times; others may be added by translation alone."""

RIGHT_TO_LEFT = frozenset({"he", "ar", "fa", "yi"})


def _no_blanks(wording: dict[str, str]) -> dict[str, str]:
    for language, words in wording.items():
        if not words.strip():
            raise ValueError(f"the wording in '{language}' is empty")
    return wording


Wording = Annotated[dict[str, str], AfterValidator(_no_blanks)]
"""Language tag → words in it, for example {"en": "Read aloud", "he": "לקרוא בקול"}."""


def say(wording: dict[str, str], language: str) -> str:
    """Return the words in `language`, else in English, else in whatever language there is; "" for an empty wording."""
    return wording.get(language) or wording.get("en") or next(iter(wording.values()), "")


def direction(language: str) -> str:
    """Return "rtl" or "ltr"."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def missing_languages(wording: dict[str, str]) -> tuple[str, ...]:
    """Return the languages of COMPLETE that `wording` lacks."""
    return tuple(language for language in COMPLETE if language not in wording)
