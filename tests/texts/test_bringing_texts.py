"""Pasted columns become verses: numbers join them, what does not match is said, and no letter is changed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.importing.columns import apart_by_script, hebrew_number, joined, read_column
from server.core.importing.fetched import BadShape, following, is_free, read_v3
from server.core.importing.markup import plain, without_accents
from server.core.importing.text import SchoolText, TypedText, begins, typed_from, understood, with_new_words_around
from server.core.texts import words

EXPORTED = Path(__file__).parent / "sefaria"
HE, EN = (json.loads((EXPORTED / f"ruth-1.{language}.json").read_text("utf-8"))["text"][0] for language in ("he", "en"))
NAMED = {"title": {"en": "Ruth"}, "edition": {"he": "A", "en": "B"}, "licence": {"he": "CC0", "en": "CC0"}}


def ids(he: str, en: str, ref: str = "") -> dict[str, dict[str, str]]:
    return {verse.id: verse.words for verse in joined({"he": he, "en": en}, begins(ref)).verses}


def codes(he: str, en: str) -> list[str]:
    return [remark.code for remark in joined({"he": he, "en": en}).remarks]


# -- columns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "en", ["8 go\n9 find", "8. go\n9. find", "(8) go\n(9) find", "1:8 go\n1:9 find", "8) go\n9) find"]
)
@pytest.mark.parametrize(
    "he", ["ח. לכנה\nט. ומצאן", "(ח) לכנה\n(ט) ומצאן", "ח׳ לכנה\nט׳ ומצאן", "ח לכנה\nט ומצאן", "8 לכנה\n9 ומצאן"]
)
def test_the_same_number_joins_both_languages_however_it_is_written(he: str, en: str) -> None:
    joined_up = {"1:8": {"en": "go", "he": "לכנה"}, "1:9": {"en": "find", "he": "ומצאן"}}
    assert ids(he, en, "Ruth 1:8-9") == joined_up


def test_lines_without_numbers_are_one_verse_each_and_begin_where_the_reference_begins() -> None:
    assert list(ids("לכנה\n\nומצאן", "go\nfind", "Ruth 1:8-9")) == ["1:8", "1:9"]
    assert list(ids("לכנה", "go")) == ["1"]


def test_a_numbered_column_gives_its_numbers_to_one_without() -> None:
    assert list(ids("לכנה\nומצאן", "8 go\n9 find")) == ["8", "9"]


def test_a_line_without_a_number_in_a_numbered_column_belongs_to_the_verse_before_it() -> None:
    assert read_column("8 go,\nreturn\n9 find").lines == ("go, return", "find")


def test_a_first_word_of_hebrew_letters_is_no_number() -> None:
    assert read_column("אם תלכי\nבא הערב").addresses is None
    assert read_column("את הולכת\nגם אני").addresses is None


@pytest.mark.parametrize(
    ("letters", "number"), [("א", 1), ("ט״ו", 15), ("ט״ז", 16), ("י״ח", 18), ("קי״ט", 119), ("חי", None)]
)
def test_hebrew_letters_count(letters: str, number: int | None) -> None:
    assert hebrew_number(letters) == number


def test_what_does_not_match_is_said_and_kept() -> None:
    found = joined({"he": "8 א\n9 ב", "en": "8 a\n10 c"})
    assert [(r.code, r.verses) for r in found.remarks] == [("only_en", ("10",)), ("only_he", ("9",))]
    assert found.usable


def test_columns_of_different_length_without_numbers_are_joined_from_the_top_and_said() -> None:
    assert codes("א\nב\nג", "a\nb") == ["only_he", "counted_only"]


def test_a_verse_twice_or_none_at_all_must_be_mended() -> None:
    for he, en, code in (
        ("8 א\n8 ב", "8 a", "twice"),
        ("", "  \n", "nothing_typed"),
        ("8 " + "א" * 4000, "", "verse_too_long"),
    ):
        found = joined({"he": he, "en": en})
        assert code in [r.code for r in found.remarks if r.blocks]
        assert not found.usable


def test_columns_in_each_other_s_place_are_noticed() -> None:
    assert "columns_swapped" in codes("8 go home", "8 לכנה שובנה")


def test_one_file_with_both_languages_is_divided_by_script() -> None:
    both = "\ufeff8 לכנה\n8 go\r\n9 ומצאן\r9 find"
    assert apart_by_script(both) == {"he": "8 לכנה\n9 ומצאן", "en": "8 go\n9 find"}


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_paste_breaks_the_form(he: str, en: str) -> None:
    found = understood(TypedText(columns={"he": he, "en": en}, title={"en": "x"}), "own-1")
    assert found.text is not None or any(r.blocks for r in found.remarks) or any(d.blocks for d in found.doubts)


# -- letters ----------------------------------------------------------------------------------------------------------


def test_niqqud_and_teamim_come_through_as_they_were_pasted() -> None:
    found = understood(ruth(columns={"he": "\n".join(HE), "en": "\n".join(EN)}, ref={}), "own-1")
    assert found.text is not None
    assert [segment.words["he"] for segment in found.text.segments] == HE


def test_teamim_can_be_left_out_and_niqqud_stays() -> None:
    assert without_accents("בְּרֵאשִׁ֖ית בָּרָ֣א׀ אֱלֹהִ֑ים׃") == "בְּרֵאשִׁית בָּרָא אֱלֹהִים׃"


def test_ketiv_and_qere_of_an_edition_are_one_word_here() -> None:
    marked = '<span class="mam-kq"><span class="mam-kq-k">(יעשה)</span> <span class="mam-kq-q">[יַ֥עַשׂ]</span></span> יְהוָ֤ה {פ}<br>'
    first = words(plain(marked))[0]
    assert (first.shown, first.ketiv) == ("יַ֥עַשׂ", "יעשה")


@pytest.mark.parametrize(
    "marked",
    [
        "<b>Go</b> home",
        'Go<sup>a</sup><i class="footnote">note <i>in</i> note</i> home',
        "Go <script>alert(1)</script>home<style>*{}</style>",
        "Go&nbsp;home<img src=x onerror=alert(1)>",
        "Go \u202e\u2066home\u0000",
        "<p>Go</p><p>home</p>",
        "Go<br>home",
    ],
)
def test_markup_is_words_and_nothing_else(marked: str) -> None:
    assert plain(marked) == "Go home"


@given(st.text(alphabet='<>/"=&;ab \u202e', max_size=200))
def test_no_markup_breaks_the_reader(marked: str) -> None:
    assert "\u202e" not in plain(marked)


# -- texts ------------------------------------------------------------------------------------------------------------


def ruth(**changed: object) -> TypedText:
    typed = {
        **NAMED,
        "ref": {"en": "Ruth 1:16-17", "he": "רות א׳, ט״ז–י״ז"},
        "columns": {"he": f"{HE[15]}\n{HE[16]}", "en": f"{EN[15]}\n{EN[16]}"},
    }
    return TypedText(**{**typed, **changed})  # type: ignore[arg-type] -- fields by name


def test_a_brought_text_says_where_its_verses_are_like_those_of_the_library() -> None:
    text = understood(ruth(), "own-1").text
    assert text is not None
    assert text.span("1:17", "1:17").ref == {"en": "Ruth 1:17", "he": "רות א׳, י״ז"}


def test_words_are_explained_where_they_stand() -> None:
    text = understood(
        ruth(glosses="16 | entreat me not | do not press me | אל תפצירי\n1:17 | תמותי | die"), "own-1"
    ).text
    assert text is not None
    (english,), (hebrew,) = text.segments[0].glosses, text.segments[1].glosses
    assert (english.lang, english.note) == ("en", {"en": "do not press me", "he": "אל תפצירי"})
    assert words(EN[15])[english.first].shown.endswith("Entreat")
    assert (hebrew.lang, hebrew.note) == ("he", {"en": "die"})


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("16 | nowhere | x", "gloss_not_found"),
        ("99 | Ruth | x", "gloss_not_found"),
        ("16 Ruth", "gloss_not_understood"),
    ],
)
def test_an_explanation_that_fits_nowhere_must_be_mended(line: str, code: str) -> None:
    found = understood(ruth(glosses=line), "own-1")
    assert found.text is None
    assert [d.code for d in found.doubts if d.blocks] == [code]


def test_a_title_is_needed_and_a_missing_source_is_only_said() -> None:
    assert understood(ruth(title={}), "own-1").text is None
    found = understood(ruth(edition={}, licence={"he": "CC0"}), "own-1")
    assert found.text is not None
    assert [d.code for d in found.doubts] == ["source_missing", "source_missing"]
    assert list(found.text.source) == ["he"]


def test_a_text_fills_the_form_from_which_it_comes_again() -> None:
    text = understood(ruth(glosses="16 | entreat me not | do not press me"), "own-1").text
    assert text is not None
    assert understood(typed_from(text), "own-1").text == text


def test_another_title_leaves_the_words_and_their_hash() -> None:
    text = understood(ruth(), "own-1").text
    assert text is not None
    at = datetime(2026, 1, 1, tzinfo=UTC)
    kept = SchoolText(id="own-1", school="s", hash="h", text=text, added_by="t", added_at=at)
    changed, doubts = with_new_words_around(kept, ruth(title={"he": "רות"}, columns={"he": "אחר"}))
    assert (doubts, changed.text.title, changed.text.segments) == ([], {"he": "רות"}, text.segments)


# -- passages ---------------------------------------------------------------------------------------------------------


def passage(text: object, sections: list[str], depth: int) -> list[str]:
    version = {"versionTitle": "T", "languageFamilyName": "english", "text": text}
    found = read_v3({"versions": [version], "sections": sections, "textDepth": depth})
    return [address for address, _ in found.editions["en"].lines]


@pytest.mark.parametrize(
    ("text", "sections", "depth", "addresses"),
    [
        ("a", ["1", "8"], 2, ["1:8"]),
        (["a", "", "c"], ["1", "8"], 2, ["1:8", "1:10"]),
        (["a", "b"], ["3"], 2, ["3:1", "3:2"]),
        ([["a", "b"], ["c"]], ["1", "21"], 2, ["1:21", "1:22", "2:1"]),
        ([["a"], ["b"]], ["31b", "6"], 2, ["31b:6", "32a:1"]),
        (["a", "b"], ["7"], 1, ["7", "8"]),
        ([["a"], ["b", "c"]], ["1", "2"], 3, ["1:2:1", "1:3:1", "1:3:2"]),
    ],
)
def test_verses_are_numbered_from_where_the_passage_begins(
    text: object, sections: list[str], depth: int, addresses: list[str]
) -> None:
    assert passage(text, sections, depth) == addresses


@pytest.mark.parametrize("text", [[[[["a"]]]], {"a": 1}, [1], ["a"] * 1000])
def test_what_is_no_passage_is_refused(text: object) -> None:
    with pytest.raises(BadShape):
        passage(text, ["1", "1"], 2)


def test_a_folio_has_two_sides() -> None:
    assert [following(section) for section in ("1", "31a", "31b", "x")] == ["2", "31b", "32a", "x"]


@pytest.mark.parametrize(
    ("licence", "free"),
    [("Public Domain", True), ("CC0", True), ("CC-BY", True), ("CC-BY-SA", True), ("CC BY 4.0", True),
     ("CC-BY-NC", False), ("CC-BY-NC-SA", False), ("CC-BY-ND", False), ("Copyright: JPS, 1985", False), ("unknown", False), ("", False)],
)  # fmt: skip
def test_which_licences_let_anybody_copy(licence: str, free: bool) -> None:
    assert is_free(licence) is free
