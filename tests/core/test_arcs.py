"""A havruta over a run of lessons: guests return, absences break nothing, a teacher's regrouping holds."""

from hypothesis import given
from hypothesis import strategies as st

from server.core.live.arcs import havrutot, rooms_of
from server.core.live.pairing import History, Layout, lay_out
from server.core.live.scene import Person
from tests.core.builders import person
from tests.core.test_pairing import ASSIGN, reasons, room_with

DAN, TAL, GIL = (person(name, "a", "he", "en") for name in ("dan", "tal", "gil"))
NOA, MAX, SAM = (person(name, "b", "en") for name in ("noa", "max", "sam"))
CLASS = [DAN, TAL, GIL, NOA, MAX, SAM]
Rooms = list[frozenset[str]]


def rooms(*lines: str) -> Rooms:
    return [frozenset(line.split("+")) for line in lines]


def together(*lessons: Rooms) -> set[str]:
    return {"+".join(sorted(pair)) for pair in havrutot(lessons)}


FIRST = rooms("dan+noa", "tal+max", "gil+sam")


def test_who_sat_together_belongs_together() -> None:
    assert together(FIRST) == {"dan+noa", "max+tal", "gil+sam"}
    assert together() == set()


def test_a_guest_returns_and_the_hosts_are_no_trio() -> None:
    assert together(FIRST, rooms("tal+max+dan", "gil+sam")) == together(FIRST)


def test_two_whose_partners_are_both_absent_are_each_others_guests() -> None:
    assert together(FIRST, rooms("dan+max", "gil+sam")) == together(FIRST)


def test_a_trio_of_which_one_was_absent_is_still_one() -> None:
    trio = rooms("dan+noa+sam", "tal+max")
    assert together(trio, rooms("dan+noa", "tal+max")) == together(trio)


def test_who_misses_several_lessons_is_waited_for() -> None:
    guest = rooms("tal+max+dan", "gil+sam")
    assert together(FIRST, guest, guest, rooms("gil+sam+dan", "tal+max")) == together(FIRST)


def test_a_regrouping_by_a_teacher_holds_from_then_on() -> None:
    swapped = rooms("dan+max", "tal+noa", "gil+sam")
    assert together(FIRST, swapped) == {"dan+max", "noa+tal", "gil+sam"}
    assert together(FIRST, rooms("dan+noa+gil", "tal+max+sam")) == {
        "dan+noa", "dan+gil", "gil+noa", "max+tal", "sam+tal", "max+sam",
    }  # fmt: skip


def test_whoever_was_taken_from_a_havruta_is_not_waited_for() -> None:
    assert together(FIRST, rooms("dan+max+tal", "gil+sam+noa")) == {
        "dan+max", "dan+tal", "max+tal", "gil+sam", "gil+noa", "noa+sam",
    }  # fmt: skip


def test_rooms_are_read_from_pairs() -> None:
    assert rooms_of([("1", "a", "b"), ("1", "a", "c"), ("1", "b", "c"), ("2", "d", "e")]) == rooms("a+b+c", "d+e")


@given(st.lists(st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=2, max_size=3), max_size=4), max_size=5))
def test_pairs_are_always_of_two_and_of_those_who_came(lessons: list[list[frozenset[str]]]) -> None:
    came = {member for lesson in lessons for room in lesson for member in room}
    assert all(len(pair) == 2 and pair <= came for pair in havrutot(lessons))


# -- with the pairing: a run of four lessons -----------------------------------------------------------------------------


def laid(here: list[Person], *earlier: Rooms) -> Layout:
    met = {pair: 1 for lesson in earlier for pair in havrutot([lesson])}
    return lay_out(here, History(arc=havrutot(earlier), met=met), ASSIGN)


def sat(layout: Layout) -> Rooms:
    return [frozenset(room) for room in layout.rooms]


def test_over_four_lessons_the_absent_partners_havruta_guests_elsewhere_and_returns() -> None:
    first = sat(laid(CLASS))
    partner = next(iter(next(room for room in first if "dan" in room) - {"dan"}))
    without = [p for p in CLASS if p.id != partner]
    second = laid(without, first)
    assert len(room_with(second, "dan")) == 3
    assert f"guest:dan:{partner}" in reasons(second, "dan")
    assert "same_havruta" in reasons(second, "dan"), "the hosts are together as ever"
    third = laid(CLASS, first, sat(second))
    assert set(sat(third)) == set(first)
    assert not any("guest" in code for why in third.why for code in why)
    fourth = laid(without, first, sat(second), sat(third))
    assert f"guest:dan:{partner}" in reasons(fourth, "dan")
    assert havrutot([first, sat(second), sat(third), sat(fourth)]) == havrutot([first])
