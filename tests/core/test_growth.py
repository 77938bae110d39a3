"""Growth over time: ordinal, from the learner's own words, and never a child's rank."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.app import read_library
from server.core.live.lesson import Lesson, Part
from server.core.review.growth import Dot, dots_of, growth_of, median_level, spreads
from server.core.review.outline import Given, Outline, outline_of
from server.settings import Settings

PROTOCOLS = read_library(Settings()).protocols
START = datetime(2026, 9, 1, 8, tzinfo=UTC)


def outline(*protocols: str) -> Outline:
    parts = tuple(Part(protocol=PROTOCOLS[p]) for p in protocols)
    return outline_of(Lesson(title={"en": "x"}, band="B", parts=parts))


USUAL = outline("havruta_warm_up_young", "noticing_and_wondering", "reflection", "self_assessment")
FULL = outline("havruta_warm_up_young", "self_assessment_full")


def gave(
    session: str, step: str, asked: str, choice: str, *, week: int = 0, student: str = "dan", **more: str
) -> Given:
    return Given(student, session, START + timedelta(weeks=week), step, asked, ({"choice": choice, **more},))


def test_the_rating_of_the_intention_is_about_the_practice_that_was_chosen() -> None:
    answers = [
        gave("s", "0.set_intention", "intention", "wondering"),
        gave("s", "3.rate_intention", "intention_level", "mostly", moment="1.notices", text="when she asked"),
    ]
    (dot,) = dots_of(answers, {"s": USUAL})
    assert (dot.practice, dot.level, dot.label["en"], dot.words) == ("wondering", 2, "Mostly", "when she asked")
    assert dot.moment == USUAL.titles["1.notices"]


def test_without_an_intention_there_is_nothing_to_hang_its_rating_on() -> None:
    assert dots_of([gave("s", "3.rate_intention", "intention_level", "mostly")], {"s": USUAL}) == []


def test_a_rating_whose_lesson_or_level_is_gone_is_left_out() -> None:
    answers = [
        gave("gone", "3.rate_practice", "practice_level", "mostly"),
        gave("s", "3.rate_practice", "practice_level", "x"),
    ]
    assert dots_of(answers, {"s": USUAL}) == []


def test_a_goal_tells_in_which_later_lessons_it_was_the_intention() -> None:
    answers = [
        gave("one", "0.set_intention", "intention", "listening", week=0),
        gave("one", "1.growth_goal", "goal", "listening", week=1, text="I will wait"),
        gave("two", "0.set_intention", "intention", "listening", week=2),
        gave("three", "0.set_intention", "intention", "wondering", week=3),
    ]
    (goal,) = growth_of(answers, {"one": FULL, "two": USUAL, "three": USUAL}).goals
    assert (goal.practice, goal.words, goal.taken_up) == ("listening", "I will wait", ("two",))


def test_at_first_and_now_are_told_apart() -> None:
    answers = [
        gave("s", "1.listening", "listening_first", "not_yet"),
        gave("s", "1.listening", "listening_now", "mostly"),
    ]
    assert [(d.when, d.level) for d in dots_of(answers, {"s": FULL})] == [("at_first", 0), ("now", 2)]


def dots(levels: list[int], session: str = "s", size: int = 4) -> list[Dot]:
    scale = tuple({"en": str(n)} for n in range(size))
    return [Dot(f"child{n}", session, START, "listening", level, scale) for n, level in enumerate(levels)]


def test_a_class_is_shown_only_when_enough_have_rated() -> None:
    assert spreads(dots([0, 1, 2]), 4) == {}
    (spread,) = spreads(dots([0, 1, 1, 3]), 4)["listening"]
    assert (spread.counts, spread.n, spread.median) == ((1, 2, 0, 1), 4, 1)


def test_who_rated_a_practice_twice_in_a_lesson_counts_once() -> None:
    twice = [*dots([0, 1, 2, 2]), dots([3])[0]]
    assert spreads(twice, 4)["listening"][0].counts == (0, 1, 2, 1)


def test_two_scales_of_one_lesson_are_not_mixed() -> None:
    mixed = [*dots([0, 1, 2, 3]), *[Dot(f"young{n}", "s", START, "listening", 1, ({"en": "a"},) * 3) for n in range(4)]]
    assert [spread.counts for spread in spreads(mixed, 4)["listening"]] == [(0, 4, 0), (1, 1, 1, 1)]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_the_median_is_a_level_that_somebody_chose(levels: list[int]) -> None:
    counts = [levels.count(level) for level in range(4)]
    assert sorted(levels)[(len(levels) - 1) // 2] == median_level(counts)
