"""A lesson says by name which practice its closing rating is about."""

from server.app import read_library
from server.core.live.lesson import Lesson, Part
from server.core.live.practices import LABELS, LOOKS_LIKE, exercised_by
from server.settings import Settings

PROTOCOLS = read_library(Settings()).protocols


def rating_after(*protocols: str) -> tuple[str | None, dict[str, str]]:
    parts = tuple(Part(protocol=PROTOCOLS[p]) for p in (*protocols, "self_assessment"))
    lesson = Lesson(title={"en": "x"}, band="B", parts=parts)
    asked = lesson.steps[-1].step.inputs[0]
    return asked.practice, asked.prompt


def test_the_rating_names_what_the_last_protocol_about_the_text_exercised() -> None:
    practice, prompt = rating_after("havruta_warm_up_young", "agree_disagree", "reflection")
    assert practice == "supporting"
    assert prompt == {"en": "Supporting: It happened…", "he": "תמיכה: זה קרה…"}


def test_without_a_text_it_is_what_the_lesson_did_instead() -> None:
    assert rating_after("advisory_one_strength")[0] == PROTOCOLS["advisory_one_strength"].practices[0]


def test_a_plan_of_nothing_else_leaves_the_question_open() -> None:
    assert rating_after()[0] == "protocol"
    assert exercised_by([PROTOCOLS["reflection"]]) is None


def test_every_practice_is_described_in_both_languages() -> None:
    assert set(LABELS) == set(LOOKS_LIKE)
    assert all(set(words) == {"en", "he"} for words in (*LABELS.values(), *LOOKS_LIKE.values()))
