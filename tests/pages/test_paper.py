"""What leaves the printer carries both languages, both clocks, and nobody else's children."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import House


async def test_the_lesson_on_paper_has_every_step_and_verse_in_both_languages(house: "House") -> None:
    page = await (await house.desk_of("stone")).get("/sessions/lesson/paper")
    assert "And they lifted up their voice" in page.words
    assert "וַתִּשֶּׂנָה" in page.words
    assert "Noticing and Wondering" in page.words
    assert "שמים לב ושואלים" in page.words
    assert "י״ד" in page.words
    assert "{partner}" not in page.html
    assert 'class="write-lines"' in page.html


async def test_on_paper_the_name_is_never_written_out(house: "House") -> None:
    page = await (await house.desk_of("levi")).get("/sessions/lesson/paper")
    assert "ה׳" in page.words
    assert "יְהוָה" not in page.words
    assert "יְהֹוָה" not in page.words


async def test_the_run_of_show_counts_on_both_clocks(house: "House") -> None:
    page = await (await house.desk_of("stone")).get("/sessions/lesson/run-of-show")
    assert "8:10 AM 4:10 PM 5 Arrival" in page.words
    assert "8:15 AM 4:15 PM" in page.words


async def test_a_plan_that_is_not_whole_sends_back_to_itself(house: "House") -> None:
    session = await house.people.session("lesson")
    assert session is not None
    await house.people.save_session(session.model_copy(update={"plan": session.plan.model_copy(update={"text": None})}))
    page = await (await house.desk_of("stone")).get("/sessions/lesson/paper")
    assert (page.status, page.location) == (303, "/sessions/lesson?done=plan_first")


async def test_cards_carry_names_codes_and_a_picture_of_the_link(house: "House") -> None:
    desk = await house.desk_of("levi")
    page = await desk.get("/classes/class-haifa/cards")
    assert page.html.count('class="join-card"') == 4
    assert "ABC-DEF-G22" in page.words
    assert "Noa" in page.words
    assert "נועה" in page.words
    assert page.headers["Cache-Control"] == "no-store"
    picture = await desk.get("/classes/class-haifa/cards/haifa-0.svg")
    assert picture.html.startswith("<svg")
    assert (await desk.get("/classes/class-haifa/cards/chicago-0.svg")).status == 404


async def test_the_letter_is_in_both_languages_whoever_prints_it(house: "House") -> None:
    for who, path in (("levi", "/classes/class-haifa/cards"), ("stone", "/classes/class-chicago/cards")):
        page = await (await house.desk_of(who)).get(path)
        assert "What is stored" in page.words
        assert "מה נשמר" in page.words


async def test_a_protocol_page_shows_both_languages_or_one(house: "House") -> None:
    desk = await house.desk_of("stone")
    both = await desk.get("/protocols/noticing_and_wondering?view=teacher")
    assert "Look and listen for" in both.words
    assert "למה לשים לב" in both.words
    one = await desk.get("/protocols/noticing_and_wondering?view=student&language=he")
    assert "{partner}" not in one.html
    assert '<article lang="en"' not in one.html


async def test_a_text_names_its_source_and_licence(house: "House") -> None:
    words = (await (await house.desk_of("stone")).get("/texts/ruth-1")).words
    assert "JPS 1917" in words
    assert "Public Domain" in words
