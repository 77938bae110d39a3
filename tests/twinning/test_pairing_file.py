"""Rooms from a spreadsheet: every problem by its line, nothing lost, and nothing that makes it fail."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.twinning.pairing_file import (
    MAX_BYTES,
    MAX_LINES,
    PairingFile,
    Pupil,
    pairing_template,
    read_pairing,
)

PUPILS = (
    Pupil("1a", {"en": "Dan", "he": "דן"}, "a", "Carmel"),
    Pupil("1b", {"en": "Tal", "he": "טַל"}, "a", "Carmel"),
    Pupil("1c", {"en": "Gil", "he": "גיל"}, "a", "Carmel"),
    Pupil("1d", {"en": "Adi", "he": "עדי"}, "a", "Carmel", crosses=False),
    Pupil("2a", {"en": "Noa"}, "b", "Lakeside"),
    Pupil("2b", {"en": "Max"}, "b", "Lakeside"),
    Pupil("2c", {"en": "Max"}, "b", "Lakeside"),
    Pupil("2d", {"en": "Zoë O’Hara"}, "b", "Lakeside"),
)


def read(text: str | bytes) -> PairingFile:
    return read_pairing(text.encode() if isinstance(text, str) else text, PUPILS)


def codes(found: PairingFile) -> list[tuple[str, int]]:
    return [(problem.code, problem.line) for problem in found.problems]


def test_a_column_of_rooms_and_one_of_students() -> None:
    found = read("room,student\n1,Dan\n1,Noa\n2,טל\n2,zoe o’hara\n")
    assert found == PairingFile((("1a", "2a"), ("1b", "2d")))


def test_headings_in_hebrew_ids_of_the_template_and_other_columns() -> None:
    found = read("שם באנגלית;חדר;תלמיד\nwhoever;א;1a\nwhoever;א;2c\n")
    assert found == PairingFile((("1a", "2c"),))


def test_a_room_a_line_with_or_without_its_number() -> None:
    assert read("Dan,Noa\n2,Tal,Zoë O’Hara\n").rooms == (("1a", "2a"), ("1b", "2d"))
    assert read("חדר 1\tדן\tNoa\nחדר 2\tגיל\tZoë O’Hara").rooms == (("1a", "2a"), ("1c", "2d"))
    assert read("Dan ● + Noa ◆\nTal ● + Zoë O’Hara ◆").rooms == (("1a", "2a"), ("1b", "2d"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(("comma", "end"), [(",", "\n"), (";", "\r\n"), ("\t", "\r\n")])
def test_whatever_a_spreadsheet_saves(encoding: str, comma: str, end: str) -> None:
    lines = [f"room{comma}student", f'1{comma}"דן"', f" 1 {comma} Noa ", ""]
    assert read(end.join(lines).encode(encoding)).rooms == (("1a", "2a"),)


def test_every_problem_is_told_by_its_line_and_what_is_right_stays() -> None:
    found = read(
        "room,student\n1,Dan\n1,Noa\n2,Nobody\n2,Tal\n3,Max\n3,Gil\n4,Dan\n5,Adi\n5,\n6,Zoë O’Hara\n6,2b\n6,Gil\n"
    )
    assert codes(found) == [
        ("alone_in_room", 3),
        ("unknown_name", 4),
        ("alone_in_room", 5),
        ("several_of_that_name", 6),
        ("in_two_rooms", 8),
        ("stays_in_class", 9),
        ("student_missing", 10),
        ("room_of_one_school", 11),
        ("in_two_rooms", 13),
    ]
    twice = next(problem for problem in found.problems if problem.code == "in_two_rooms")
    assert (twice.value, twice.room, twice.first_line) == ("Dan", "4", 2)
    assert all("1a" not in room for room in found.rooms), "whoever is in two rooms is in neither"


def test_rooms_of_one_school_and_rooms_that_are_too_large() -> None:
    assert codes(read("room,student\n1,Dan\n1,Tal\n")) == [("room_of_one_school", 2)]
    five = "".join(f"1,{who}\n" for who in ("1a", "1b", "1c", "2a", "2b"))
    found = read("room,student\n" + five)
    assert (codes(found), found.problems[0].value, found.rooms) == ([("room_too_large", 2)], "5", ())


def test_a_name_twice_in_one_room_is_one_seat() -> None:
    assert read("room,student\n1,Dan\n1,Dan\n1,Noa\n") == PairingFile((("1a", "2a"),))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf\r\n , \r\n", "empty_file"),
        (b"x" * (MAX_BYTES + 1), "file_too_large"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "unreadable_encoding"),
        (b"PK\x03\x04\x00\x00room", "unreadable_encoding"),
        (b'room,student\n1,"Dan\n1,Noa\n', "broken_quotes"),
        (b"student\nDan\n", "missing_column"),
        (b"room,room,student\n1,1,Dan\n", "column_twice"),
        (b"room,student\n,Dan\n", "room_missing"),
        (b"room,student\n", "empty_file"),
        (b"7", "empty_file"),
        (b"Dan,Noa\n" * (MAX_LINES + 1), "too_many_lines"),
    ],
)
def test_hostile_or_empty_input_is_answered_with_one_stable_code(sent: bytes, code: str) -> None:
    found = read(sent)
    assert (found.rooms, [problem.code for problem in found.problems]) == ((), [code])


def test_what_is_shown_of_a_cell_is_short_and_has_nothing_unseen_in_it() -> None:
    found = read("room,student\n1,Da\u202en" + "x" * 500 + "\n")
    shown = next(p.value for p in found.problems if p.code == "unknown_name")
    assert len(shown) == 60
    assert "\u202e" not in shown


def test_the_template_comes_back_as_it_was_given() -> None:
    hostile = (*PUPILS, Pupil("9", {"en": '=HYPERLINK("http://x")', "he": "-דן"}, "b", "@Lakeside"))
    rooms = {"1a": 1, "9": 1, "1b": 2, "2a": 2}
    for language in ("en", "he"):
        text = pairing_template(hostile, language, rooms)
        cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
        assert "1d" not in cells, "who stays in the own class is not offered a room"
        found = read_pairing(text.encode(), hostile)
        assert (set(map(frozenset, found.rooms)), found.problems) == (
            {frozenset({"1a", "9"}), frozenset({"1b", "2a"})}, (),
        )  # fmt: skip


@given(st.binary(max_size=600))
def test_no_bytes_whatever_make_it_fail(sent: bytes) -> None:
    check(read_pairing(sent, PUPILS))


CELL = st.sampled_from(["room", "student", "1", "2", "", "Dan", "Noa", "דן", "1a", "2b", "Max", "Nobody", '"', "=1"])


@given(st.lists(st.lists(CELL, max_size=5), max_size=30), st.sampled_from([",", ";", "\t"]))
def test_no_rows_whatever_seat_anybody_twice_or_wrongly(table: list[list[str]], comma: str) -> None:
    check(read("\n".join(comma.join(row) for row in table)))


def check(found: PairingFile) -> None:
    seated = [member for room in found.rooms for member in room]
    sides = {pupil.id: pupil.side for pupil in PUPILS if pupil.crosses}
    assert len(seated) == len(set(seated))
    assert all({sides[member] for member in room} == {"a", "b"} and len(room) <= 4 for room in found.rooms)
    assert found.rooms or found.problems
