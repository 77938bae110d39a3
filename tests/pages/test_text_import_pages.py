"""A teacher brings a text: fetched, from files or pasted; seen before it is saved; used, mended and deleted."""

import re
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import pytest
from aiohttp import FormData

from server.adapters.directory import PeopleDirectory
from server.adapters.sefaria import SefariaTexts
from server.adapters.sql.school_texts import SqlSchoolTexts
from server.edges.pages.text_shelf import SCHOOL_TEXTS, TEXT_SOURCE
from server.ports.school_texts import FetchTrouble
from tests.texts.sefaria_server import Sefaria, sefaria

if TYPE_CHECKING:
    from conftest import Desk, House, Page

PASTED = {
    "title_en": "Go home",
    "title_he": "לכו הביתה",
    "words_he": "ח לֵכְנָה שֹּׁבְנָה\nט וּמְצֶאןָ מְנוּחָה",
    "words_en": "8 Go, return\n9 and find rest",
    "edition_he": "Ours",
    "licence_he": "CC0",
    "edition_en": "Ours",
    "licence_en": "CC0",
}


def form(do: str, **changed: str) -> list[tuple[str, str]]:
    return list({**PASTED, **changed, "do": do}.items())


async def brought(desk: "Desk", **changed: str) -> str:
    """Bring the text and return its address."""
    page = await desk.post("/texts/import", form("save", **changed))
    assert page.status == 303, page.words
    return page.location.partition("?")[0]


async def fields(page: "Page") -> dict[str, str]:
    """Return what stands in the columns and names."""
    areas = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', page.html)
    inputs = re.findall(r'<input[^>]*value="([^"]*)"[^>]*name="(\w+)"', page.html)
    return {**dict(areas), **{name: value for value, name in inputs}}


# -- by paste ---------------------------------------------------------------------------------------------------------


async def test_a_pasted_text_is_shown_in_both_languages_before_it_is_saved(house: "House") -> None:
    desk = await house.desk_of("stone")
    page = await desk.post("/texts/import", form("preview"))
    assert page.status == 200
    assert "8 Go, return לֵכְנָה שֹּׁבְנָה 9 and find rest" in page.words
    assert "Save this text" in page.words
    assert await house.client.app[SCHOOL_TEXTS].of_schools(["chicago"]) == []  # type: ignore[union-attr]


async def test_a_saved_text_stands_in_the_list_and_can_be_chosen_for_lessons_of_both_schools(house: "House") -> None:
    desk = await house.desk_of("stone")
    path = await brought(desk)
    assert "Go home" in (await desk.get("/texts")).words
    assert "Go, return" in (await desk.get(path)).words
    for who in ("stone", "levi"):
        assert (
            f'<option value="{path.removeprefix("/texts/")}"'
            in (await (await house.desk_of(who)).get("/sessions/lesson")).html
        )


async def test_a_lesson_with_a_brought_text_is_planned_printed_and_compiled(
    house: "House", shelves: tuple[dict[str, object], dict[str, object], object]
) -> None:
    desk = await house.desk_of("stone")
    text = (await brought(desk)).removeprefix("/texts/")
    plan = await desk.get("/sessions/lesson")
    sent = [(name, text if name == "text" else value) for name, value in plan.fields if name not in ("first", "last")]
    assert (await desk.post("/sessions/lesson", [*sent, ("do", "save")])).status == 303
    levi = await house.desk_of("levi")
    assert "Go, return" in (await levi.get("/sessions/lesson/paper")).words
    protocols, texts, _ = shelves
    kept: SqlSchoolTexts = house.client.app[SCHOOL_TEXTS]  # type: ignore[index, assignment]
    directory = PeopleDirectory(house.people, protocols, texts, house.clock, kept)  # type: ignore[arg-type]
    setup = await directory.setup("lesson")
    assert setup is not None
    assert setup.lesson.text is not None
    assert setup.lesson.text.title["en"] == "Go home"
    assert "cannot be deleted" in (await desk.get(f"/texts/{text}")).words
    assert (await desk.post(f"/texts/{text}/delete")).location.endswith("done=still_used")


async def test_nothing_typed_is_lost_when_something_must_be_mended(house: "House") -> None:
    desk = await house.desk_of("stone")
    wrong = form("save", title_en="", title_he="", words_en="8 Go\n8 again <b>", glosses="nonsense")
    page = await desk.post("/texts/import", wrong)
    assert page.status == 422
    assert "a verse stands twice: 8" in page.words
    assert "Give the text a title" in page.words
    assert "8 Go\n8 again &lt;b&gt;" in page.html
    assert PASTED["words_he"] in page.html
    assert "nonsense" in page.html


async def test_verses_that_are_there_in_one_language_only_are_pointed_at(house: "House") -> None:
    page = await (await house.desk_of("stone")).post("/texts/import", form("preview", words_en="8 Go, return"))
    assert page.status == 200
    assert "There is no English for: 9" in page.words
    assert "nothing in English" in page.words


async def test_the_same_words_twice_are_one_text(house: "House") -> None:
    desk = await house.desk_of("stone")
    path = await brought(desk)
    again = await desk.post("/texts/import", form("save", title_en="Another title"))
    assert again.location == f"{path}?done=already"


async def test_teamim_are_left_out_when_they_are_not_wanted(house: "House") -> None:
    desk = await house.desk_of("stone")
    page = await desk.post("/texts/import", form("preview", words_he="8 בְּרֵאשִׁ֖ית\n9 בָּרָ֣א", accents="off"))
    assert ">בְּרֵאשִׁית</p>" in page.html


async def test_hostile_words_stay_words(house: "House") -> None:
    desk = await house.desk_of("stone")
    path = await brought(desk, words_en="8 <script>alert(1)</script>\n9 \u202ekcab", title_en="<img src=x>")
    for page in (await desk.get(path), await desk.get("/texts"), await desk.get(f"{path}/edit")):
        assert "<script>alert" not in page.html
        assert "<img src=x>" not in page.html
        assert "\u202e" not in page.html


# -- from files -------------------------------------------------------------------------------------------------------


def upload(**files: bytes) -> FormData:
    sent = FormData()
    for name, value in {**PASTED, "words_he": "", "words_en": "", "do": "read"}.items():
        sent.add_field(name, value)
    for name, content in files.items():
        sent.add_field(name, content, filename=f"{name}.txt", content_type="text/plain")
    return sent


@pytest.mark.parametrize(
    "files",
    [
        {"file_he": "\ufeff8 לכנה\r\n9 ומצאן".encode(), "file_en": b"8 Go\n9 find"},
        {"file_en": "8 לכנה\n8 Go\n9 ומצאן\n9 find".encode("utf-8-sig")},
    ],
    ids=["two files", "one file"],
)
async def test_files_fill_the_columns(house: "House", files: dict[str, bytes]) -> None:
    page = await (await house.desk_of("stone")).post("/texts/import", upload(**files))
    found = await fields(page)
    assert (found["words_he"], found["words_en"]) == ("8 לכנה\n9 ומצאן", "8 Go\n9 find")


@pytest.mark.parametrize("content", ["8 לכנה".encode("cp1255"), "8 Go".encode("utf-16"), b"x" * 300_000])
async def test_a_file_that_is_no_plain_text_says_how_to_save_it(house: "House", content: bytes) -> None:
    page = await (await house.desk_of("stone")).post("/texts/import", upload(file_he=content))
    assert page.status == 422
    assert "is no plain text in UTF-8" in page.words
    assert "Go home" in page.html


# -- from Sefaria -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def library(house: "House") -> AsyncGenerator[Sefaria]:
    """The house's teachers can fetch from a library on loopback."""

    class Forgetful:
        async def kept(self, asked: list[str], now: object) -> None: ...
        async def keep(self, asked: list[str], passage: object, now: object) -> None: ...

    async with sefaria() as running:
        house.client.app._state[TEXT_SOURCE] = SefariaTexts(running.url, Forgetful())  # type: ignore[union-attr, arg-type]
        yield running


async def test_a_fetched_passage_fills_the_form_with_editions_and_licences(house: "House", library: Sefaria) -> None:
    desk = await house.desk_of("stone")
    page = await desk.post("/texts/import", [("do", "fetch"), ("reference", "Ruth 1:16-17")])
    found = await fields(page)
    assert found["words_en"].startswith("16 And Ruth said: ‘Entreat me not")
    assert found["words_he"].startswith("16 ")
    assert (found["title_en"], found["ref_en"], found["licence_en"]) == (
        "Ruth 1:16-17",
        "Ruth 1:16-17",
        "Public Domain",
    )
    assert "A Free New Translation · CC-BY" in page.words
    assert "Save this text" in page.words


async def test_enter_in_the_reference_fetches_and_enter_elsewhere_keeps_what_is_typed(
    house: "House", library: Sefaria
) -> None:
    desk = await house.desk_of("stone")
    fetched = await desk.post("/texts/import", [("do", "enter"), ("reference", "Ruth 1:16")])
    assert "16 And Ruth said" in fetched.html
    kept = await desk.post("/texts/import", form("enter", reference="Ruth 1:16", fetched="Ruth 1:16"))
    assert PASTED["words_en"] in kept.html
    assert len(library.asked) == 1


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ("500", "Sefaria could not be reached. Paste the text, or try again."),
        ("429", "Sefaria is being asked too often just now."),
        ("404", "Sefaria knows no such passage."),
        ("huge", "Ask for fewer verses."),
        ("page", "could not be understood"),
    ],
)
async def test_a_trouble_is_a_sentence_and_loses_nothing(
    house: "House", library: Sefaria, behaviour: str, sentence: str
) -> None:
    library.behaviour = behaviour
    page = await (await house.desk_of("stone")).post("/texts/import", form("fetch", reference="Ruth 1:16"))
    assert page.status == 422
    assert sentence in page.words
    assert PASTED["words_en"] in page.html
    assert 'value="Ruth 1:16"' in page.html


async def test_a_passage_without_english_asks_for_a_translation_and_a_licence_that_is_not_free_is_said(
    house: "House", library: Sefaria
) -> None:
    desk = await house.desk_of("stone")
    library.without, library.licence["he"] = {"en"}, "CC-BY-NC"
    page = await desk.post("/texts/import", form("fetch", reference="Ruth 1:16", words_en="16 my own words"))
    assert "Sefaria has no English of this passage." in page.words
    assert "Hebrew: this licence does not say" in page.words
    assert "16 my own words" in page.html


async def test_without_a_library_nothing_can_be_fetched(house: "House") -> None:
    desk = await house.desk_of("stone")
    assert "Fetch from Sefaria" not in (await desk.get("/texts/import")).words
    page = await desk.post("/texts/import", form("fetch", reference="Ruth 1:16"))
    assert "This server fetches no texts." in page.words
    with pytest.raises(FetchTrouble):
        await house.client.app[TEXT_SOURCE].fetch("Ruth 1:16", {}, house.clock.now())  # type: ignore[union-attr]


# -- who may ----------------------------------------------------------------------------------------------------------


async def test_title_and_source_are_changed_and_the_words_stay(house: "House") -> None:
    desk = await house.desk_of("stone")
    path = await brought(desk)
    sent = form("", title_en="Two sisters", words_en="other words", licence_en="CC-BY")
    assert (await desk.post(f"{path}/edit", sent)).status == 303
    page = await desk.get(path)
    assert "Two sisters" in page.words
    assert "CC-BY" in page.words
    assert "Go, return" in page.words
    assert "other words" not in page.words


async def test_an_unused_text_is_deleted(house: "House") -> None:
    desk = await house.desk_of("stone")
    path = await brought(desk)
    assert (await desk.post(f"{path}/delete")).location == "/texts?done=removed"
    assert (await desk.get(path)).status == 404


@pytest.mark.parametrize(
    ("who", "read", "change"),
    [
        ("stone", 200, 200),
        ("levi", 200, 403),
        ("lead", 200, 403),
        ("admin", 200, 403),
        ("other", 404, 404),
        ("", 303, 303),
    ],
)
async def test_who_reads_and_who_changes_a_brought_text(house: "House", who: str, read: int, change: int) -> None:
    path = await brought(await house.desk_of("stone"))
    desk = await house.desk_of(who)
    assert (await desk.get(path)).status == read
    assert (await desk.get(f"{path}/edit")).status == change
    if who != "stone":
        assert (await desk.post(f"{path}/edit", form(""))).status == change
        assert (await desk.post(f"{path}/delete")).status == change
        assert "Go, return" in (await (await house.desk_of("stone")).get(path)).words


async def test_another_school_s_text_is_no_start_for_a_new_one(house: "House") -> None:
    text = (await brought(await house.desk_of("stone"))).removeprefix("/texts/")
    assert (await (await house.desk_of("other")).get(f"/texts/import?from={text}")).status == 404
    assert "8 Go, return" in (await (await house.desk_of("levi")).get(f"/texts/import?from={text}")).html
