"""Rooms across two sides: nobody lost, both sides in every room, and the reasons a teacher can read."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from server.core.live.pairing import Assign, History, Layout, lay_out
from server.core.live.scene import Person
from server.core.live.works import MemberId
from tests.core.builders import person


def solved(cost: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    rows, columns = linear_sum_assignment(cost)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]


ASSIGN: Assign = solved


def side(letter: str, count: int, *languages: str) -> list[Person]:
    return [person(f"{letter}{number:02}", letter, *(languages or ("en",))) for number in range(count)]


def pairs(*wanted: tuple[MemberId, MemberId]) -> frozenset[frozenset[MemberId]]:
    return frozenset(frozenset(pair) for pair in wanted)


def placed(people: Iterable[Person], history: History | None = None) -> Layout:
    return lay_out(list(people), history or History(), ASSIGN)


def room_with(layout: Layout, member: MemberId) -> tuple[MemberId, ...]:
    return next((room for room in layout.rooms if member in room), ())


def sizes(layout: Layout) -> dict[int, int]:
    found = [len(room) for room in layout.rooms]
    return {size: found.count(size) for size in sorted(set(found))}


def reasons(layout: Layout, member: MemberId) -> tuple[str, ...]:
    return layout.why[layout.rooms.index(room_with(layout, member))]


def check(people: Sequence[Person], layout: Layout, history: History) -> None:
    """What holds of every layout."""
    seated = [member for room in layout.rooms for member in room]
    everyone = {p.id for p in people}
    assert sorted([*seated, *layout.unplaced]) == sorted(everyone)
    assert all(layout.unplaced.values())
    assert len(layout.why) == len(layout.rooms)
    sides = {p.id: p.side for p in people}
    few, many = sorted([sum(s == "a" for s in sides.values()), sum(s == "b" for s in sides.values())])
    for room in layout.rooms:
        assert {sides[member] for member in room} == {"a", "b"}
        assert len(room) <= (4 if many > 2 * few else 3)
        assert not any(frozenset(pair) in history.apart for pair in combinations(room, 2))


@pytest.mark.parametrize(
    ("a", "b", "expected", "waiting"),
    [
        (28, 17, {2: 6, 3: 11}, 0),
        (28, 10, {3: 2, 4: 8}, 0),
        (1, 1, {2: 1}, 0),
        (0, 12, {}, 12),
        (12, 0, {}, 12),
        (12, 11, {2: 10, 3: 1}, 0),
        (12, 12, {2: 12}, 0),
        (2, 1, {3: 1}, 0),
        (3, 1, {4: 1}, 0),
        (5, 1, {4: 1}, 2),
        (0, 0, {}, 0),
    ],
)
def test_sizes(a: int, b: int, expected: dict[int, int], waiting: int) -> None:
    people = side("a", a) + side("b", b)
    layout = placed(people)
    check(people, layout, History())
    assert (sizes(layout), len(layout.unplaced)) == (expected, waiting)


def test_whoever_waits_is_told_why() -> None:
    assert set(placed(side("a", 3)).unplaced.values()) == {"no_partner_school"}
    assert set(placed(side("a", 5) + side("b", 1)).unplaced.values()) == {"no_seat_left"}


def test_the_order_in_which_people_arrive_changes_nothing() -> None:
    people = side("a", 14, "he", "en") + side("b", 9)
    history = History(met={frozenset({"a03", "b01"}): 2}, apart=pairs(("a01", "b01")), together=pairs(("a02", "b05")))
    first = placed(people, history)
    for seed in range(5):
        shuffled = list(people)
        random.Random(seed).shuffle(shuffled)
        assert placed(shuffled, history) == first


class TestArcs:
    def test_a_havruta_stays_together(self) -> None:
        arc = pairs(("a00", "b03"), ("a01", "b02"), ("a02", "b01"), ("a03", "b00"))
        layout = placed(side("a", 4) + side("b", 4), History(arc=arc, met=dict.fromkeys(arc, 1)))
        assert {frozenset(room) for room in layout.rooms} == arc
        assert all("same_havruta" in why for why in layout.why)

    def test_a_trio_stays_together_when_somebody_else_is_new(self) -> None:
        trio = ("a00", "b01", "b04")
        history = History(arc=pairs(*combinations(trio, 2)))
        for others in (2, 3):
            layout = placed(side("a", 1 + others) + side("b", 5), history)
            assert set(room_with(layout, "a00")) == set(trio), f"{others} others"

    def test_those_who_met_before_meet_others_outside_an_arc(self) -> None:
        met = {frozenset({"a00", "b00"}): 1, frozenset({"a01", "b01"}): 1}
        layout = placed(side("a", 2) + side("b", 2), History(met=met))
        assert room_with(layout, "a00") == ("a00", "b01")
        assert all("never_met" in why for why in layout.why)


class TestAlone:
    def test_nobody_is_the_only_one_of_their_school_twice_running(self) -> None:
        for alone in ("a00", "a01"):
            layout = placed(side("a", 2) + side("b", 3), History(alone_last_time=frozenset({alone})))
            assert len(room_with(layout, alone)) == 2

    def test_over_a_year_of_trios_it_goes_round(self) -> None:
        alone: frozenset[MemberId] = frozenset()
        for _ in range(6):
            layout = placed(side("a", 6) + side("b", 9), History(alone_last_time=alone))
            now = frozenset(room[0] for room in layout.rooms if len(room) > 2)
            assert len(now) == 3
            assert not now & alone
            alone = now


class TestApart:
    def test_two_who_must_be_apart_never_share_a_room(self) -> None:
        apart = pairs(*((f"a{n:02}", f"b{n:02}") for n in range(5)))
        people = side("a", 5) + side("b", 5)
        layout = placed(people, History(apart=apart))
        check(people, layout, History(apart=apart))
        assert sizes(layout) == {2: 5}

    def test_two_of_the_same_side_neither(self) -> None:
        apart = pairs(("b00", "b01"), ("b01", "b02"), ("b02", "b03"))
        people = side("a", 2) + side("b", 4)
        layout = placed(people, History(apart=apart))
        check(people, layout, History(apart=apart))
        assert layout.unplaced == {}

    def test_apart_weighs_more_than_an_arc_and_a_wish(self) -> None:
        both = pairs(("a00", "b00"))
        layout = placed(side("a", 2) + side("b", 2), History(apart=both, arc=both, together=both))
        assert room_with(layout, "a00") == ("a00", "b01")

    @pytest.mark.parametrize("count", [1, 2, 3])
    def test_one_who_is_apart_from_everyone_waits_and_the_reason_is_told(self, count: int) -> None:
        people = side("a", 1) + side("b", count)
        layout = placed(people, History(apart=pairs(*(("a00", f"b{n:02}") for n in range(count)))))
        assert layout.rooms == ()
        assert set(layout.unplaced.values()) == {"kept_apart"}

    def test_one_who_may_not_sit_beside_a_classmate_in_the_only_room_is_told_so(self) -> None:
        layout = placed(side("a", 1) + side("b", 2), History(apart=pairs(("b00", "b01"))))
        assert sizes(layout) == {2: 1}
        assert list(layout.unplaced.values()) == ["kept_apart"]

    def test_a_pair_takes_in_somebody_left_over(self) -> None:
        people = side("a", 2) + side("b", 2)
        apart = pairs(("a00", "b00"), ("a00", "b01"))
        layout = placed(people, History(apart=apart))
        check(people, layout, History(apart=apart))
        assert sizes(layout) == {3: 1}
        assert layout.unplaced == {"a00": "kept_apart"}


class TestTogether:
    def test_a_wish_across_the_schools_is_granted(self) -> None:
        layout = placed(side("a", 6) + side("b", 6), History(together=pairs(("a02", "b05"))))
        assert room_with(layout, "a02") == ("a02", "b05")
        assert "kept_together" in reasons(layout, "a02")

    @pytest.mark.parametrize("wished", list(combinations([p.id for p in side("b", 6)], 2)), ids="-".join)
    def test_two_of_the_larger_side_share_a_trio(self, wished: tuple[MemberId, MemberId]) -> None:
        layout = placed(side("a", 4) + side("b", 6), History(together=pairs(wished)))
        assert set(wished) <= set(room_with(layout, wished[0]))


class TestLanguages:
    def test_a_shared_spoken_language_comes_first(self) -> None:
        people = [person("a0", "a", "he"), person("a1", "a", "en"), person("b0", "b", "en"), person("b1", "b", "he")]
        layout = placed(people)
        assert {frozenset(room) for room in layout.rooms} == pairs(("a0", "b1"), ("a1", "b0"))
        assert "both_speak:he" in reasons(layout, "a0")

    def test_a_third_bridges_two_who_share_no_language(self) -> None:
        people = [
            person("a0", "a", "he"),
            person("b0", "b", "en"),
            person("b1", "b", "en", "he"),
            person("a1", "a", "en"),
        ]
        people += [person("b2", "b", "en")]
        layout = placed(people)
        check(people, layout, History())
        assert "b1" in room_with(layout, "a0")

    def test_no_shared_language_is_said_openly(self) -> None:
        assert "no_shared_language" in placed([person("a0", "a", "he"), person("b0", "b", "en")]).why[0]

    def test_the_bridge_is_named(self) -> None:
        people = [person("a0", "a", "he"), person("b0", "b", "en"), person("b1", "b", "en", "he")]
        # They were a havruta, which counts for more than a language; the one who speaks both joins them.
        layout = placed(people, History(arc=pairs(("a0", "b0"))))
        assert layout.rooms == (("a0", "b0", "b1"),)
        assert "bridge" in layout.why[0]


class TestTwoWhoShareADevice:
    def test_they_sit_in_one_room_with_one_partner(self) -> None:
        people = side("a", 3) + side("b", 2)
        layout = placed(people, History(shared=pairs(("a00", "a02"))))
        assert set(room_with(layout, "a00")) >= {"a00", "a02"}
        assert sizes(layout) == {2: 1, 3: 1}
        assert layout.unplaced == {}
        assert "shared_device" in reasons(layout, "a00")
        assert "group_of_three" not in reasons(layout, "a00"), "the numbers are not why they are three"

    def test_a_second_partner_comes_to_others_first(self) -> None:
        people = side("a", 3) + side("b", 3)
        layout = placed(people, History(shared=pairs(("a00", "a01"))))
        assert len(room_with(layout, "a00")) == 3
        assert len(room_with(layout, "a02")) == 3
        assert layout.unplaced == {}

    def test_rooms_of_five_are_never_made(self) -> None:
        people = side("a", 2) + side("b", 6)
        layout = placed(people, History(shared=pairs(("a00", "a01"), ("b00", "b01"))))
        assert max(map(len, layout.rooms)) <= 4
        assert set(room_with(layout, "a00")) >= {"a00", "a01"}

    def test_who_is_kept_apart_from_one_is_kept_apart_from_the_seat(self) -> None:
        people = side("a", 3) + side("b", 2)
        layout = placed(people, History(shared=pairs(("a00", "a01")), apart=pairs(("a01", "b00"))))
        assert "b01" in room_with(layout, "a01")

    def test_the_language_of_either_is_the_seats(self) -> None:
        people = [person("a0", "a", "he"), person("a1", "a", "en"), person("a2", "a", "he")]
        people += [person("b0", "b", "en"), person("b1", "b", "he")]
        layout = placed(people, History(shared=pairs(("a0", "a1"))))
        assert "b0" in room_with(layout, "a0")

    def test_a_seat_without_a_partner_waits_together(self) -> None:
        layout = placed(side("a", 2), History(shared=pairs(("a00", "a01"))))
        assert layout.unplaced == {"a00": "no_partner_school", "a01": "no_partner_school"}

    def test_across_the_sides_and_against_the_teachers_will_nobody_is_one_seat(self) -> None:
        people = side("a", 2) + side("b", 2)
        plain = placed(people, History(apart=pairs(("a00", "a01"))))
        odd = History(apart=pairs(("a00", "a01")), shared=pairs(("a00", "a01"), ("a00", "b01")))
        assert placed(people, odd).rooms == plain.rooms


@st.composite
def classes(draw: st.DrawFn) -> tuple[list[Person], History]:
    """Two classes and what earlier lessons say of them."""
    languages: st.SearchStrategy[tuple[str, ...]] = st.sampled_from(
        [("he",), ("en",), ("en", "he"), ("he", "en"), ("ru",)]
    )
    people = [
        person(f"{letter}{number:02}", letter, *draw(languages))
        for letter in ("a", "b")
        for number in range(draw(st.integers(0, 9)))
    ]
    ids = [p.id for p in people]
    if len(ids) < 2:
        return people, History()
    some: Callable[[], frozenset[frozenset[MemberId]]] = lambda: frozenset(  # noqa: E731 -- read in place
        frozenset(pair) for pair in draw(st.lists(st.sampled_from(list(combinations(ids, 2))), max_size=8))
    )
    history = History(
        arc=some(),
        met=dict.fromkeys(some(), draw(st.integers(1, 4))),
        alone_last_time=frozenset(draw(st.lists(st.sampled_from(ids), max_size=4))),
        apart=some(),
        together=some(),
    )
    return people, history


@settings(max_examples=120, deadline=None)
@given(classes(), st.randoms(use_true_random=False))
def test_everyone_is_placed_once_or_told_why_not(drawn: tuple[list[Person], History], chance: random.Random) -> None:
    people, history = drawn
    layout = placed(people, history)
    check(people, layout, history)
    shuffled = list(people)
    chance.shuffle(shuffled)
    assert placed(shuffled, history) == layout


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20))
def test_nobody_waits_while_there_are_at_most_three_times_as_many(few: int, more: int) -> None:
    many = min(few + more, 3 * few)
    assert placed(side("a", few) + side("b", many)).unplaced == {}


@settings(max_examples=80, deadline=None)
@given(classes(), st.randoms(use_true_random=False))
def test_whoever_shares_a_device_shares_the_room(drawn: tuple[list[Person], History], chance: random.Random) -> None:
    people, history = drawn
    shared: list[tuple[MemberId, MemberId]] = []
    for letter in ("a", "b"):
        ids = [p.id for p in people if p.side == letter]
        chance.shuffle(ids)
        shared += list(zip(ids[::2], ids[1::2], strict=False))[: chance.randint(0, 3)]
    history = replace(history, shared=pairs(*shared))
    layout = placed(people, history)
    assert sorted([*(m for room in layout.rooms for m in room), *layout.unplaced]) == sorted(p.id for p in people)
    sides = {p.id: p.side for p in people}
    for room in layout.rooms:
        assert len(room) <= 4
        assert {sides[m] for m in room} == {"a", "b"}
        assert not history.apart & {frozenset(pair) for pair in combinations(room, 2)}
    for one, other in shared:
        if frozenset((one, other)) not in history.apart:
            assert room_with(layout, one) == room_with(layout, other)
