"""What a word is: splitting, ketiv and qere, the Name, numbers of verses, searching. Nothing is ever normalised."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.texts import (
    Text,
    Word,
    content_hash,
    read_aloud,
    searchable,
    text_for_wire,
    the_name,
    verse_number,
    words,
)

MAQAF = "\u05be"
LETTERS_AND_MARKS = st.text(alphabet="אבהוילרשת\u05b0\u05b7\u05bc\u05c1\u05c2\u0591abc’,;:", min_size=1, max_size=8)
GAPS = st.sampled_from([" ", MAQAF, "  ", "\n"])


def passage(**segments: dict[str, str]) -> Text:
    """A small passage whose segments are "1:1", "1:2" … in the order given."""
    both = {"en": "x", "he": "א"}
    return Text.model_validate(
        {
            "id": "small",
            "title": both,
            "ref": {"en": "Ruth 1:1–3", "he": "רות א׳, א׳–ג׳"},
            "book": {"en": "Ruth", "he": "רות"},
            "theme": both,
            "intro": both,
            "source": {lang: {"edition": "an edition", "licence": "Public Domain"} for lang in ("en", "he")},
            "levels": ["A"],
            "segments": [
                {"id": f"1:{i}", "number": i, "words": said} for i, said in enumerate(segments.values(), start=1)
            ],
        }
    )


def shown(text: str) -> list[str]:
    return [word.shown for word in words(text)]


def test_a_maqaf_and_a_space_both_end_a_word_and_niqqud_never_does() -> None:
    assert words("אֶל־אֲשֶׁר תֵּלְכִי") == [Word("אֶל", MAQAF), Word("אֲשֶׁר", " "), Word("תֵּלְכִי", "")]


def test_an_english_hyphen_does_not_end_a_word() -> None:
    assert shown("her mother-in-law; but") == ["her", "mother-in-law;", "but"]


def test_a_qere_is_one_word_that_keeps_its_ketiv() -> None:
    assert words("אִמָּהּ יעשה [יַעַשׂ] יְהוָה") == [
        Word("אִמָּהּ", " "),
        Word("יַעַשׂ", " ", ketiv="יעשה"),
        Word("יְהוָה", ""),
    ]


def test_a_maqaf_before_a_ketiv_leaves_the_earlier_word_alone() -> None:
    assert words("אֶת־שביתכם [שְׁבוּתְכֶם] וְקִבַּצְתִּי")[:2] == [
        Word("אֶת", MAQAF),
        Word("שְׁבוּתְכֶם", " ", ketiv="שביתכם"),
    ]


def test_a_qere_that_is_bound_to_the_next_word_keeps_its_maqaf_as_joiner() -> None:
    assert words("לכול־[לְכָל־] עֲוֺנוֹתֵיהֶם") == [Word("לְכָל", MAQAF, ketiv="לכול"), Word("עֲוֺנוֹתֵיהֶם", "")]


def test_a_qere_of_two_words_is_one_place_to_point_at() -> None:
    assert words("לֵאָה בגד [בָּא גָד] וַתִּקְרָא")[1] == Word("בָּא גָד", " ", ketiv="בגד")


def test_the_end_of_a_verse_inside_the_bracket_is_read_with_the_qere() -> None:
    assert words("יָדוֹ ביהודיים [בַּיְּהוּדִים׃]")[-1] == Word("בַּיְּהוּדִים׃", "", ketiv="ביהודיים")


def test_a_word_that_an_editor_put_in_brackets_is_no_qere() -> None:
    assert shown("אמר ליה האי [גברא] עלמא") == ["אמר", "ליה", "האי", "[גברא]", "עלמא"]
    assert shown("he [the man] said") == ["he", "[the", "man]", "said"]


@given(st.lists(st.tuples(LETTERS_AND_MARKS, GAPS), min_size=1, max_size=12))
def test_words_put_together_again_are_what_was_received(parts: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in parts)
    split = words(text)
    assert [word.shown for word in split] == [word for word, _ in parts]
    assert read_aloud(split) == text


@given(st.lists(LETTERS_AND_MARKS, min_size=1, max_size=6))
def test_no_word_is_normalised_on_its_way_to_a_browser(said: list[str]) -> None:
    text = passage(only={"en": "x", "he": " ".join(said)})
    sent = text_for_wire(Text.model_validate_json(text.model_dump_json()))["segments"][0]["words"]["he"]
    assert [word["w"] for word in sent] == said


def test_points_in_an_order_that_composing_would_change_stay_in_it() -> None:
    received = "ש\u05c1\u05bc"
    assert unicodedata.normalize("NFC", received) != received
    assert words(received) == [Word(received, "")]


def test_two_orders_of_the_same_points_are_two_texts() -> None:
    one, other = "ש\u05c1\u05bc", "ש\u05bc\u05c1"
    assert unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert content_hash(passage(a={"en": "x", "he": one})) != content_hash(passage(a={"en": "x", "he": other}))


def test_the_hash_does_not_depend_on_the_order_of_languages() -> None:
    assert content_hash(passage(a={"en": "x", "he": "א"})) == content_hash(passage(a={"he": "א", "en": "x"}))


@pytest.mark.parametrize(
    ("number", "letters"),
    [(1, "א"), (9, "ט"), (10, "י"), (14, "י״ד"), (15, "ט״ו"), (16, "ט״ז"), (17, "י״ז"), (20, "כ"), (22, "כ״ב"),
     (100, "ק"), (115, "קט״ו"), (119, "קי״ט"), (150, "ק״נ"), (400, "ת"), (500, "ת״ק"), (999, "תתקצ״ט")],
)  # fmt: skip
def test_a_verse_is_numbered_in_letters_in_hebrew(number: int, letters: str) -> None:
    assert verse_number(number, "he") == letters
    assert verse_number(number, "en") == str(number)


@given(st.integers(min_value=1, max_value=999))
def test_no_two_verses_share_their_letters_and_none_spells_the_name(number: int) -> None:
    values = {letter: value for value, letter in enumerate("אבגדהוזחט", start=1)}
    values |= {letter: 10 * value for value, letter in enumerate("יכלמנסעפצ", start=1)}
    values |= {letter: 100 * value for value, letter in enumerate("קרשת", start=1)}
    letters = verse_number(number, "he").replace("״", "")
    assert sum(values[letter] for letter in letters) == number
    assert "יה" not in letters
    assert "יו" not in letters


@pytest.mark.parametrize("number", [0, -1, 1000])
def test_a_number_that_letters_do_not_write_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="not the number of a verse"):
        verse_number(number, "he")


@pytest.mark.parametrize(
    ("written", "hidden"),
    [
        ("יְהוָה׃", "ה׳׃"),
        ("יהוה", "ה׳"),
        ("יַד־יְהוָה", "יַד־ה׳"),
        ("כֹּה יַעֲשֶׂה יְהוָה לִי", "כֹּה יַעֲשֶׂה ה׳ לִי"),
        ("בַּיהוָה", "בַּה׳"),
        ("וְלַיהוָה", "וְלַה׳"),
        ("יְהוָ֔ה", "ה׳"),
        ("יְהוּדָה", "יְהוּדָה"),
        ("the LORD", "the LORD"),
    ],
)
def test_the_name_is_shown_as_the_school_chose(written: str, hidden: str) -> None:
    assert the_name(written, "heh") == hidden
    assert the_name(written, "written") == written


def test_searching_ignores_points_and_reads_a_maqaf_as_a_space() -> None:
    assert searchable("אַל־תִּפְגְּעִי־בִי") == "אל תפגעי בי"
    assert searchable("וַיֹּ֥אמֶר׃") == "ויאמר"


def test_a_span_holds_its_verses_and_says_its_own_reference() -> None:
    text = passage(a={"en": "one", "he": "א"}, b={"en": "two", "he": "ב"}, c={"en": "three", "he": "ג"})
    middle = text.span("1:2", "1:3")
    assert [segment.id for segment in middle.segments] == ["1:2", "1:3"]
    assert middle.ref == {"en": "Ruth 1:2–3", "he": "רות א׳, ב׳–ג׳"}
    assert text.span("1:2", "1:2").ref == {"en": "Ruth 1:2", "he": "רות א׳, ב׳"}
    assert text.span(None, None).ref == text.ref


def test_a_span_that_is_not_there_is_an_error() -> None:
    text = passage(a={"en": "one", "he": "א"}, b={"en": "two", "he": "ב"})
    with pytest.raises(KeyError):
        text.span("1:1", "1:9")
    with pytest.raises(ValueError, match="ends before it begins"):
        text.span("1:2", "1:1")


def test_a_browser_gets_words_already_split_with_the_ketiv_beside_the_qere() -> None:
    segment = text_for_wire(passage(a={"en": "may the LORD", "he": "יעשה [יַעַשׂ] יְהוָה"}))["segments"][0]
    assert segment["number"] == {"en": "1", "he": "א"}
    assert segment["words"] == {
        "en": [{"w": "may", "j": " "}, {"w": "the", "j": " "}, {"w": "LORD", "j": ""}],
        "he": [{"w": "יַעַשׂ", "j": " ", "k": "יעשה"}, {"w": "יְהוָה", "j": ""}],
    }
