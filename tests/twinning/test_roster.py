"""Class lists as real spreadsheets save them, with the mistakes that real people make."""

from hypothesis import given
from hypothesis import strategies as st

from server.core.people.models import Consent
from server.core.twinning.roster import (
    MAX_BYTES,
    MAX_STUDENTS,
    LineProblem,
    Roster,
    RosterLine,
    read_roster,
    roster_template_csv,
)

HEADER = "name_en,name_he,speaks,reads,band,class_name,takes_part,media,keep_words"
NOA = "Noa Levi,נועה לוי,he:fluent en:some,he,B,ז1,across,video,year"
DAN = "Dan Cohen,,en,en he,12,,,,"


def csv_of(*rows: str, header: str = HEADER, end: str = "\n") -> str:
    return end.join((header, *rows)) + end


def students(file: str | bytes) -> tuple[RosterLine, ...]:
    read = read_roster(file if isinstance(file, bytes) else file.encode())
    assert isinstance(read, Roster), read
    return read.lines


def problems(file: str | bytes) -> list[LineProblem]:
    read = read_roster(file if isinstance(file, bytes) else file.encode())
    assert isinstance(read, list)
    assert read
    return read


def problem_codes(file: str | bytes) -> list[str]:
    return [problem.code for problem in problems(file)]


def test_a_student_is_read_with_both_names_languages_band_and_consent() -> None:
    noa, dan = students(csv_of(NOA, DAN))
    assert noa == RosterLine(
        line=2,
        names={"en": "Noa Levi", "he": "נועה לוי"},
        speaks=("he", "en"),
        reads=("he",),
        band="B",
        class_name="ז1",
        consent=Consent(takes_part="across", media="video", keep_words="year"),
    )
    assert dan.names == {"en": "Dan Cohen"}
    assert dan.consent == Consent()


def test_the_easier_language_comes_first_however_it_was_written() -> None:
    [noa] = students(csv_of('Noa,,"en : some, he:fluent; ar",עברית,B,,,,'))
    assert noa.speaks == ("he", "ar", "en")
    assert noa.reads == ("he",)


def test_an_age_becomes_its_band() -> None:
    rows = [f"Child {word},,en,en,{age},,,," for word, age in (("One", 8), ("Two", 10), ("Three", 11), ("Four", 14))]
    assert [student.band for student in students(csv_of(*rows))] == ["A", "A", "B", "C"]


def test_headings_may_be_hebrew_in_another_order_and_in_any_case() -> None:
    hebrew = "גיל,שפות דיבור,שם בעברית,שפות קריאה\n12,עברית:שוטף אנגלית:מעט,נועה לוי,עברית\n"
    [noa] = students(hebrew)
    assert (noa.names, noa.speaks, noa.band) == ({"he": "נועה לוי"}, ("he", "en"), "B")
    assert students("BAND,Name EN,Reads,SPEAKS\nc,Dan,en,en\n")[0].band == "C"


def test_the_same_list_is_read_from_every_encoding_a_spreadsheet_saves() -> None:
    text = csv_of(NOA, DAN)
    expected = students(text)
    for encoding in ("utf-8-sig", "utf-16", "cp1255"):
        assert students(text.encode(encoding)) == expected
    assert students(b"\xfe\xff" + text.encode("utf-16-be")) == expected


def test_semicolons_tabs_and_windows_line_ends_are_read() -> None:
    expected = students(csv_of(NOA, DAN))
    for delimiter in ";\t":
        assert students(csv_of(NOA, DAN, end="\r\n").replace(",", delimiter)) == expected


def test_a_comma_in_quotes_stays_in_the_name() -> None:
    assert students(csv_of('"Levi, Noa ""Noni""",,he,he,B,,,,'))[0].names == {"en": 'Levi, Noa "Noni"'}


def test_niqqud_is_kept_as_it_came() -> None:
    name = "שָׁלוֹם"
    assert students(csv_of(f",{name},he,he,B,,,,"))[0].names["he"] == name


def test_one_mistake_keeps_every_line_out_and_all_mistakes_are_told_with_their_lines() -> None:
    found = problems(csv_of(NOA, "Dan,,klingon,en,Z,,maybe,video,year", "", ",,en,,9,,,,"))
    assert [(problem.code, problem.line, problem.column, problem.value) for problem in found] == [
        ("unknown_language", 3, "speaks", "klingon"),
        ("unknown_band", 3, "band", "Z"),
        ("unknown_answer", 3, "takes_part", "maybe"),
        ("missing_name", 5, "name_en", ""),
        ("missing_value", 5, "reads", ""),
    ]
    assert found[0].params == {"line": "3", "column": "speaks", "value": "klingon"}


def test_a_line_keeps_its_number_after_a_cell_with_a_line_break() -> None:
    found = problems(csv_of('"Noa\nLevi",,he,he,B,,,,', "Dan,,en,en,99,,,,"))
    assert [(problem.code, problem.line) for problem in found] == [("hidden_characters", 2), ("age_out_of_range", 4)]


def test_characters_that_turn_text_around_are_refused_and_shown() -> None:
    for hidden in ("\u202e", "\u2066", "\x00", "\x1b", "\u2028"):
        [problem] = problems(csv_of(f"No{hidden}a,,he,he,B,,,,"))
        assert (problem.code, problem.value) == ("hidden_characters", "No\ufffda")


def test_direction_marks_at_the_edge_of_a_cell_are_no_part_of_a_name() -> None:
    assert students(csv_of(",\u200fנועה\u200f,he,he,B,,,,"))[0].names == {"he": "נועה"}


def test_names_in_the_wrong_column_are_noticed() -> None:
    assert problem_codes(csv_of("נועה,Noa,he,he,B,,,,")) == ["wrong_alphabet", "wrong_alphabet"]


def test_two_children_whom_nobody_could_tell_apart_are_named() -> None:
    [problem] = problems(csv_of(NOA, DAN, "noa  levi,,he,he,B,ז1,,,"))
    assert (problem.code, problem.line, problem.first_line, problem.value) == ("duplicate_name", 4, 2, "noa  levi")
    assert problem.params["first_line"] == "2"


def test_namesakes_in_two_classes_or_spelled_apart_in_hebrew_are_two_children() -> None:
    assert len(students(csv_of("Noa,,he,he,B,1,,,", "Noa,,he,he,B,2,,,"))) == 2
    assert len(students(csv_of("Kobi,קובי,he,he,B,,,,", "Kobi,קוֹבּי,he,he,B,,,,"))) == 2


def test_a_mistyped_heading_is_told_instead_of_passed_over() -> None:
    [problem] = problems(csv_of(NOA, header=HEADER.replace("media", "meida")))
    assert (problem.code, problem.line, problem.value) == ("unknown_column", 1, "meida")
    assert problem_codes(csv_of(NOA, header=HEADER.replace("name_he", "english name"))) == ["column_twice"]
    missing = problems("class\n1\n")
    assert {(problem.code, problem.column) for problem in missing} == {
        ("missing_column", column) for column in ("speaks", "reads", "band", "name_en")
    }


def test_a_cell_beyond_the_headings_is_told_and_an_empty_one_is_not() -> None:
    assert problem_codes(csv_of(NOA + ",more")) == ["too_many_cells"]
    assert len(students(csv_of(NOA + ",,,"))) == 1


def test_files_that_are_no_class_list_get_one_clear_answer() -> None:
    assert problem_codes(b"") == ["empty_file"]
    assert problem_codes(" \n,,\n") == ["empty_file"]
    assert problem_codes(HEADER) == ["no_students"]
    assert problem_codes(b"x" * (MAX_BYTES + 1)) == ["file_too_large"]
    assert problem_codes(csv_of('"Noa')) == ["broken_quotes"]
    assert problem_codes(b"\xff\xfe\x00\xd8") == ["unreadable_encoding"]
    assert problem_codes(csv_of("José,,es,es,B,,,,").encode("cp1252")) == ["unreadable_encoding"]


def test_a_list_holds_five_hundred_students_and_not_one_more() -> None:
    rows = [f"Child {number},,en,en,B,,,," for number in range(MAX_STUDENTS + 1)]
    assert len(students(csv_of(*rows[:-1]))) == MAX_STUDENTS
    assert problem_codes(csv_of(*rows)) == ["too_many_students"]


def test_the_template_is_readable_once_its_example_is_replaced() -> None:
    for language in ("en", "he", "fr"):
        template = roster_template_csv(language)
        assert set(problem_codes(template)) == {"example_left_in"}
        filled = template.replace("Example Name", "Noa Levi").replace("שם לדוגמה", "נועה לוי")
        [noa] = students(filled)
        assert noa.names == {"en": "Noa Levi", "he": "נועה לוי"}
        assert noa.consent.complete


@given(st.binary(max_size=400))
def test_no_bytes_whatever_make_it_fail(junk: bytes) -> None:
    assert isinstance(read_roster(junk), Roster | list)


@given(
    st.lists(st.text(alphabet='",;\t\r\n :abABC129אבנ\u05b8\u202e\x00é', max_size=30), max_size=6),
    st.sampled_from([",", ";"]),
)
def test_no_rows_whatever_make_it_fail_or_lose_a_student(rows: list[str], delimiter: str) -> None:
    read = read_roster(csv_of(*rows, header=HEADER.replace(",", delimiter)).encode())
    if isinstance(read, list):
        assert read
    else:
        assert read.lines


@given(st.binary(max_size=60))
def test_no_bytes_in_a_name_make_it_fail(junk: bytes) -> None:
    read = read_roster(HEADER.encode() + b"\n" + junk + b",,he,he,B,,,,\n")
    assert read if isinstance(read, list) else read.lines
