"""What a review page says: in order, in the reader's language, and whatever is missing."""

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, text, update

from server.adapters.sql.engine import writing
from server.adapters.sql.live_tables import lessons, log, works

if TYPE_CHECKING:
    from tests.review.conftest import House

PAGE = "/sessions/lesson/review"


async def test_a_room_reads_from_intention_over_work_to_reflection_and_rating(held: "House") -> None:
    words = (await (await held.desk_of("stone")).get(PAGE)).words
    room = words[words.index("Intention, and what became of it") : words.index("Room 2", words.index("max asks how"))]
    in_order = [
        "max intends to wait",
        "max reflects",
        "And they lifted up",
        "max noticed the crying",
        "max asks how",
        "How they saw themselves",
    ]
    places = [room.index(said) for said in in_order]
    assert places == sorted(places)


async def test_evidence_is_marked_in_the_text_on_the_side_of_who_marked_it(held: "House") -> None:
    ours = (await (await held.desk_of("levi")).get(PAGE)).html
    theirs = (await (await held.desk_of("stone")).get(PAGE)).html
    assert '<mark class="ours">And they lifted ' in ours
    assert '<mark class="theirs">And they lifted ' in theirs
    assert 'href="#room-1-1:14"' in theirs
    assert 'id="room-1-1:14"' in theirs


async def test_the_timeline_tells_start_visit_help_and_end(held: "House") -> None:
    words = (await (await held.desk_of("stone")).get(PAGE)).words
    for said in ("Dina Levi started the rooms.", "Sam Stone visited room 2.", "Room 2 asked for help.",
                 "Dina Levi closed the lesson.", "1 note was sent to the rooms."):  # fmt: skip
        assert said in words


async def test_who_did_not_answer_and_who_had_no_room_is_said(held: "House") -> None:
    words = (await (await held.desk_of("stone")).get(PAGE)).words
    assert "No answer here: Ruby" in words
    assert words.index("Without a room") < words.index("Sam", words.index("Without a room"))


async def test_both_rooms_can_be_reached_from_each_other(held: "House") -> None:
    html = (await (await held.desk_of("stone")).get(PAGE)).html
    assert 'rel="next" href="#room-2"' in html
    assert 'rel="prev" href="#room-1"' in html


async def test_hebrew_pages_are_in_hebrew_and_from_right_to_left(held: "House") -> None:
    desk = await held.desk_of("levi")
    for path in (PAGE, "/students/haifa-0/review", "/review"):
        page = await desk.get(path)
        assert page.status == 200
        assert 'dir="rtl"' in page.html
        assert "נועה" in page.words
    assert "הכוונה ומה יצא ממנה" in (await desk.get(PAGE)).words


async def test_a_lesson_that_has_not_begun_says_so(house: "House") -> None:
    await house.status("planned")
    page = await (await house.desk_of("stone")).get(PAGE)
    assert page.status == 200
    assert "This lesson has not begun" in page.words


async def test_a_lesson_under_way_shows_what_there_is(held: "House") -> None:
    await held.status("running")
    page = await (await held.desk_of("stone")).get(PAGE)
    assert "The lesson is not over" in page.words
    assert "max noticed the crying" in page.words


async def test_a_learner_who_was_erased_leaves_a_page_that_reads(held: "House") -> None:
    await held.people.erase_student("haifa-0", held.clock.now())
    for who in ("levi", "stone"):
        page = await (await held.desk_of(who)).get(PAGE)
        assert page.status == 200
        assert "noa" not in page.words
        assert "max noticed the crying" in page.words
    assert "a learner whose name was erased" in (await (await held.desk_of("stone")).get(PAGE)).words


async def test_words_that_were_erased_are_said_to_be(held: "House") -> None:
    async with writing(held.engine) as connection:
        await connection.execute(delete(works).where(works.c.author == "chicago-0", works.c.input == "notice"))
    page = await (await held.desk_of("stone")).get(PAGE)
    assert page.words.count("Erased.") == 1
    assert "Max (our side) : Erased." in page.words
    assert "Erased." not in (await (await held.desk_of("levi")).get(PAGE)).words


async def test_a_lesson_whose_wording_is_gone_still_shows_its_words(held: "House") -> None:
    async with writing(held.engine) as connection:
        await connection.execute(delete(lessons))
    for path in (PAGE, "/students/chicago-0/review"):
        page = await (await held.desk_of("stone")).get(path)
        assert page.status == 200
        assert "max noticed the crying" in page.words


async def test_a_lesson_whose_log_is_gone_still_shows_its_words(held: "House") -> None:
    async with writing(held.engine) as connection:
        await connection.execute(delete(log))
    page = await (await held.desk_of("stone")).get(PAGE)
    assert page.status == 200
    assert "max noticed the crying" in page.words
    assert "max asks how" in page.words


async def test_a_question_that_was_retired_keeps_its_answer(held: "House") -> None:
    async with writing(held.engine) as connection:
        await connection.execute(
            update(works).where(works.c.input == "notice").values(input="retired", step_id="9.gone")
        )
        # The log still names the work; only its place is unknown.
        await connection.execute(text("DELETE FROM log WHERE stream = 'lesson.1'"))
    page = await (await held.desk_of("stone")).get(PAGE)
    assert page.status == 200
    assert "Other words that were kept" in page.words
    assert "max noticed the crying" in page.words
    student = await (await held.desk_of("stone")).get("/students/chicago-0/review")
    assert "A question that is not stored any more" in student.words


async def test_a_learner_over_time_is_headed_for_conversation(held: "House") -> None:
    await held.people.record_meetings("lesson", held.clock.now(), {"lesson.1": ("haifa-0", "chicago-0")})
    words = (await (await held.desk_of("stone")).get("/students/chicago-0/review")).words
    assert "For conversation, not measurement" in words
    places = [
        words.index(w)
        for w in ("Sometimes", "with Noa", "max intends to wait", "max reflects", "max noticed the crying")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("page", ["0", "99", "-1", "x", "9" * 9])
async def test_a_page_of_rooms_that_does_not_exist_is_the_nearest(held: "House", page: str) -> None:
    assert (await (await held.desk_of("stone")).get(f"{PAGE}?page={page}")).status == 200


async def test_many_rooms_are_spread_over_pages(house: "House") -> None:
    told = house.tell()
    await told.start({number: () for number in range(1, 65)})
    desk = await house.desk_of("stone")
    first, last = await desk.get(PAGE), await desk.get(f"{PAGE}?page=3")
    assert first.html.count("<article") == 30
    assert last.html.count("<article") == 4
    assert 'href="?page=2#room-31"' in first.html
