"""Every passage that ships: whole in both languages, its sources named, its words those of the edition."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import server
from server.adapters.text_files import TextFileError, load_texts
from server.core.texts import Text, content_hash, read_aloud, searchable, text_for_wire, words

FOLDER = Path(server.__file__).parent / "texts"
LIBRARY = load_texts(FOLDER)
FREE = {"Public Domain", "CC0-1.0"}
JEWISH = {
    "avot-hillel",
    "esther-4",
    "genesis-12",
    "jeremiah-29",
    "leviticus-19",
    "ruth-1",
    "taanit-23a",
    "vayikra-rabbah-4",
}
# Evidence that children gave points into these words. A change here orphans it: correct a text by a new id instead.
HASHES = {
    "avot-hillel": "e40870d4ca01149581e7c4d147643344b58f9672844f38fffe25ee71f1154354",
    "bundle-of-sticks": "a797a87eb8220f6c73503cc7ff5ba4e9c239e05362d48094aab8458028d7cc9a",
    "esther-4": "aecf70dbf08ca283abff48e4126e0760be019475a10937a7e7cbac7b2952d0e0",
    "genesis-12": "124814ab1e957d1f61b9e5aaf8ebfa79d9943863379a2f5b416c1cc71c61f0cb",
    "jeremiah-29": "8c31323b24f753b3216cb9f8f61c117a3ec32ae98a08b83aafc58a37cbd75ff1",
    "leviticus-19": "6b262b87c67f1c4d07f4e31305d928fa700e8390ee37549d6c9d5321012e6c9c",
    "ruth-1": "df47225ff1ee2659d8b1a43a70d4cf48e202c92540b884db8d4aaad2c1391b82",
    "taanit-23a": "9fee4e3f7270359177c1e80d11543f45104dc4933df4b802bd91adecb894de98",
    "vayikra-rabbah-4": "9b93f0fc3ec8816b654eca6bf78c97682c6a6f1416cc04b32bf142d3dbbd9949",
}


def each_text() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("text", LIBRARY.values(), ids=LIBRARY.keys())


def test_the_library_holds_eight_jewish_passages_and_one_that_is_not() -> None:
    assert set(LIBRARY) == JEWISH | {"bundle-of-sticks"}


@each_text()
def test_both_languages_are_free_to_share_and_say_where_they_come_from(text: Text) -> None:
    for language in ("en", "he"):
        assert text.source[language].edition
        assert text.source[language].licence in FREE


@each_text()
def test_a_passage_fits_a_lesson_or_is_cut_to_fit(text: Text) -> None:
    assert len(text.segments) <= 5 or text.id == "ruth-1"


@each_text()
def test_every_verse_is_told_plainly_in_both_languages(text: Text) -> None:
    for segment in text.segments:
        assert set(segment.plain) == {"en", "he"}
        # The Name is not written out in our own sentences.
        assert "יהוה" not in searchable(segment.plain["he"])


@each_text()
def test_glosses_and_open_places_point_at_words_that_are_there(text: Text) -> None:
    by_id = {segment.id: segment for segment in text.segments}
    pointed = [(segment.id, g.lang, g.first, g.last) for segment in text.segments for g in segment.glosses]
    pointed += [(span.segment, span.lang, span.first, span.last) for span in text.ambiguous]
    for segment_id, language, first, last in pointed:
        assert 0 <= first <= last < len(words(by_id[segment_id].words[language]))


@each_text()
def test_every_open_place_is_open_in_both_languages(text: Text) -> None:
    open_in = {
        language: {span.segment for span in text.ambiguous if span.lang == language} for language in ("en", "he")
    }
    assert open_in["en"] == open_in["he"] != set()


@each_text()
def test_the_words_of_a_file_are_read_as_they_are_written(text: Text) -> None:
    written = json.loads((FOLDER / f"{text.id}.json").read_text(encoding="utf-8"))
    for raw, segment in zip(written["segments"], text.segments, strict=True):
        assert raw["words"] == segment.words
        for language, said in segment.words.items():
            if not any(word.ketiv for word in words(said)):
                assert read_aloud(words(said)) == said, language


@each_text()
def test_a_passage_survives_the_store_and_keeps_its_hash(text: Text) -> None:
    again = Text.model_validate_json(text.model_dump_json())
    assert again == text
    assert content_hash(again) == HASHES[text.id] == text_for_wire(text)["hash"]


def test_ruth_reads_the_qere_and_remembers_the_ketiv() -> None:
    verse = next(segment for segment in LIBRARY["ruth-1"].segments if segment.id == "1:8")
    assert [(word.shown, word.ketiv) for word in words(verse.words["he"]) if word.ketiv] == [("יַעַשׂ", "יעשה")]


def test_the_lesson_of_the_demo_is_four_verses_of_ruth() -> None:
    lesson = LIBRARY["ruth-1"].span("1:14", "1:17")
    assert lesson.ref == {"en": "Ruth 1:14–17", "he": "רות א׳, י״ד–י״ז"}
    assert [segment.number for segment in lesson.segments] == [14, 15, 16, 17]
    assert {span.segment for span in lesson.ambiguous} <= {segment.id for segment in lesson.segments}
    assert content_hash(lesson) != content_hash(LIBRARY["ruth-1"])


def ruth_with(folder: Path, change: dict[str, Any]) -> list[str]:
    """Return what is said of the Ruth file after some of its fields were replaced."""
    written = json.loads((FOLDER / "ruth-1.json").read_text(encoding="utf-8")) | change
    (folder / "ruth-1.json").write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(TextFileError) as refused:
        load_texts(folder)
    return [str(problem) for problem in refused.value.problems]


def verse(**change: object) -> dict[str, Any]:
    both = {"en": "one two", "he": "אחת שתיים"}
    return {"id": "1:1", "number": 1, "words": both, "plain": both} | change


def test_a_missing_translation_is_named_by_file_and_field(tmp_path: Path) -> None:
    assert ruth_with(tmp_path, {"title": {"en": "Ruth"}}) == ["ruth-1.json: title.he: there are no words"]
    alone = {"segments": [verse(words={"en": "one"})], "ambiguous": []}
    assert ruth_with(tmp_path, alone) == ["ruth-1.json: segments[0].words.he: there are no words"]
    assert ruth_with(tmp_path, {"segments": [verse(plain={})], "ambiguous": []}) == [
        "ruth-1.json: segments[0].plain.en: there are no words",
        "ruth-1.json: segments[0].plain.he: there are no words",
    ]


def test_a_source_without_a_licence_is_refused(tmp_path: Path) -> None:
    known = {"edition": "an edition", "licence": "Public Domain"}
    assert ruth_with(tmp_path, {"source": {"en": known}}) == [
        "ruth-1.json: source.he: no edition and licence are named"
    ]
    (problem,) = ruth_with(tmp_path, {"source": {"en": known, "he": {"edition": "an edition"}}})
    assert problem.startswith("ruth-1.json: source.he.licence: ")


def test_a_gloss_outside_its_words_is_refused(tmp_path: Path) -> None:
    gloss = {"lang": "en", "first": 1, "last": 2, "note": {"en": "n", "he": "ה"}}
    (problem,) = ruth_with(tmp_path, {"segments": [verse(glosses=[gloss]), verse(id="1:2")], "ambiguous": []})
    assert problem.startswith("ruth-1.json: segments[0]: ")
    assert "en 1-2" in problem


def test_an_open_place_in_no_segment_is_refused(tmp_path: Path) -> None:
    nowhere = {"segment": "9:9", "lang": "en", "first": 0, "last": 0}
    (problem,) = ruth_with(tmp_path, {"ambiguous": [nowhere]})
    assert "9:9 en 0-0" in problem


def test_a_misspelt_field_is_refused(tmp_path: Path) -> None:
    (problem,) = ruth_with(tmp_path, {"licens": "none"})
    assert problem.startswith("ruth-1.json: licens: ")


def test_stray_white_space_and_a_second_segment_of_the_same_id_are_refused(tmp_path: Path) -> None:
    loose = verse(words={"en": "one ", "he": "אחת"})
    assert ruth_with(tmp_path, {"segments": [loose], "ambiguous": []}) == [
        "ruth-1.json: segments[0].words.en: white space stands before or after the words"
    ]
    (problem,) = ruth_with(tmp_path, {"segments": [verse(), verse()], "ambiguous": []})
    assert "two segments have the same id" in problem


def test_every_broken_file_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "comma.json").write_text('{"id": "comma",\n}', encoding="utf-8")
    (tmp_path / "twice.json").write_text('{"id": "twice", "id": "twice"}', encoding="utf-8")
    (tmp_path / "latin.json").write_bytes(b'{"id": "\xff"}')
    shutil.copy(FOLDER / "genesis-12.json", tmp_path / "exodus-12.json")
    with pytest.raises(TextFileError) as refused:
        load_texts(tmp_path)
    where = [(problem.file, problem.field) for problem in refused.value.problems]
    assert where == [("comma.json", "line 2"), ("exodus-12.json", "id"), ("latin.json", ""), ("twice.json", "")]
