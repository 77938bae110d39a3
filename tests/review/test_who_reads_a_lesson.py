"""Who reads which words of a lesson: the rule of the agreement, held on the pages themselves."""

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, update

from server.adapters.sql.engine import writing
from server.adapters.sql.live_tables import works
from server.core.people.models import Consent

if TYPE_CHECKING:
    from tests.review.conftest import House

PAGE = "/sessions/lesson/review"
OF_NOA = "/students/haifa-0/review"
OF_THE_CLASS = "/classes/class-haifa/review"
SHARED_OF_NOA = ("noa intends to ask twice", "noa noticed the kiss", "noa asks why")
SHARED_OF_MAX = ("max intends to wait", "max noticed the crying", "max asks how")
OWN_SCHOOL_OF_NOA = ("noa reflects",)
OWN_SCHOOL_OF_MAX = ("max reflects",)


@pytest.mark.parametrize(
    ("who", "shares", "read", "unread"),
    [
        ("levi", True, SHARED_OF_NOA + SHARED_OF_MAX + OWN_SCHOOL_OF_NOA, OWN_SCHOOL_OF_MAX),
        ("stone", True, SHARED_OF_NOA + SHARED_OF_MAX + OWN_SCHOOL_OF_MAX, (*OWN_SCHOOL_OF_NOA, "0501234567")),
        ("lead", True, SHARED_OF_MAX, OWN_SCHOOL_OF_NOA),
        ("levi", False, SHARED_OF_NOA + OWN_SCHOOL_OF_NOA, SHARED_OF_MAX + OWN_SCHOOL_OF_MAX),
        ("stone", False, SHARED_OF_MAX + OWN_SCHOOL_OF_MAX, SHARED_OF_NOA + OWN_SCHOOL_OF_NOA),
    ],
)
async def test_each_school_reads_what_the_agreement_shows(
    held: "House", who: str, shares: bool, read: tuple[str, ...], unread: tuple[str, ...]
) -> None:
    await held.share_work(shares)
    page = await (await held.desk_of(who)).get(PAGE)
    assert page.status == 200
    assert [words for words in read if words not in page.words] == []
    assert [words for words in unread if words in page.html] == []


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("other", PAGE, 404),
        ("other", OF_NOA, 404),
        ("stone", OF_NOA, 404),
        ("levi", OF_NOA, 200),
        ("carmel-lead", OF_NOA, 200),
        ("admin", PAGE, 403),
        ("admin", "/students/chicago-0/review", 403),
        ("admin", "/review", 403),
        ("levi", "/review", 200),
        ("levi", "/sessions/none/review", 404),
        ("levi", "/students/none/review", 404),
        ("levi", OF_THE_CLASS, 200),
        ("stone", OF_THE_CLASS, 403),
        ("other", OF_THE_CLASS, 404),
        ("admin", "/classes/class-chicago/review", 403),
        ("levi", "/classes/none/review", 404),
    ],
)
async def test_the_door_of_each_page(held: "House", who: str, path: str, status: int, shares: bool) -> None:
    await held.share_work(shares)
    page = await (await held.desk_of(who)).get(path)
    assert page.status == status
    if status != 200:
        assert not any(words in page.html for words in SHARED_OF_NOA + SHARED_OF_MAX)


@pytest.mark.parametrize("path", [PAGE, OF_NOA, "/review", "/safety", "/safety/none", "/safety/none/words"])
async def test_a_child_or_nobody_is_sent_to_the_teachers_door(held: "House", path: str) -> None:
    page = await (await held.desk_of("")).get(path)
    assert (page.status, page.location.startswith("/signin")) == (303, True)
    child = await held.sign_ins.start("student", "haifa-0", held.clock.now())
    page = await (await held.desk_of("")).get(path)
    assert page.status == 303
    answered = await held.client.get(path, headers={"Cookie": f"havruta_staff={child}"}, allow_redirects=False)
    assert answered.status == 303


@pytest.mark.parametrize("who", ["levi", "stone", "carmel-lead", "lead"])
async def test_private_notes_are_read_by_no_teacher(held: "House", who: str) -> None:
    told = held.tell()
    told.deeds, told.versions = 60, {told.room(1): 60}
    await told.answer("haifa-0", "partnership_notes", "helps", {"text": "only noa may read this"})
    await told.answer("chicago-0", "partnership_notes", "helps", {"text": "only max may read this"})
    await held.status("running")
    for path in (PAGE, OF_NOA if who in ("levi", "carmel-lead") else "/students/chicago-0/review"):
        page = await (await held.desk_of(who)).get(path)
        assert page.status == 200
        assert "may read this" not in page.html


async def test_what_was_held_back_stands_with_its_reason_for_the_writers_school_alone(held: "House") -> None:
    ours = await (await held.desk_of("levi")).get(PAGE)
    assert "call me 0501234567" in ours.words
    assert "נשמר מהחברותא" in ours.words
    theirs = await (await held.desk_of("stone")).get(PAGE)
    assert "0501234567" not in theirs.html
    assert "Held back" not in theirs.words


async def test_self_ratings_are_words_of_the_own_school_with_their_moment(held: "House") -> None:
    page = await (await held.desk_of("stone")).get(PAGE)
    rated = page.words[page.words.index("How they saw themselves") :]
    assert "Max" in rated
    assert "Sometimes" in rated
    assert "The moment:" in rated
    assert "Mostly" not in rated


async def test_of_the_other_schools_children_not_even_silence_is_told_without_the_agreement(held: "House") -> None:
    await held.share_work(False)
    page = await (await held.desk_of("stone")).get(PAGE)
    for line in page.words.split("No answer here:")[1:]:
        assert "Dan" not in line[:40]
        assert "Noa" not in line[:40]


async def test_why_a_child_asked_for_help_is_not_in_the_log_that_pages_read(held: "House") -> None:
    for who in ("levi", "stone"):
        assert "a reason in a child" not in (await (await held.desk_of(who)).get(PAGE)).html


async def test_words_kept_for_the_lesson_only_are_read_until_it_is_closed(held: "House") -> None:
    async with writing(held.engine) as connection:
        await connection.execute(update(works).where(works.c.author == "haifa-0").values(keep="session"))
    desk = await held.desk_of("levi")
    await held.status("running")
    assert "noa noticed the kiss" in (await desk.get(PAGE)).words
    await held.status("closed")
    for path in (PAGE, OF_NOA):
        assert "noa" not in (await desk.get(path)).words


async def test_a_page_says_that_the_family_agreed_to_the_lesson_only(held: "House") -> None:
    agreed = Consent(takes_part="across", media="video", keep_words="session")
    await held.people.set_consent("haifa-0", agreed, "levi", held.clock.now())
    async with writing(held.engine) as connection:
        await connection.execute(delete(works).where(works.c.author == "haifa-0"))
    desk = await held.desk_of("levi")
    assert "המשפחה הסכימה לשמור את הדברים לזמן השיעור בלבד" in (await desk.get(OF_NOA)).words
    assert "נשמר לזמן השיעור בלבד" in (await desk.get(PAGE)).words


async def test_hostile_words_do_nothing(held: "House") -> None:
    told = held.tell()
    told.deeds, told.versions = 60, {told.room(1): 60}
    await told.answer(
        "haifa-2", "questions", "question", {"text": '<script>alert(1)</script>"><img src=x onerror=a>\u202etxt'}
    )
    await told.line("haifa-2", "strongest_question", "<b onclick=x>bold</b>")
    for who in ("levi", "stone"):
        page = await (await held.desk_of(who)).get(PAGE)
        assert page.status == 200
        assert "<script>alert" not in page.html
        assert "<img src=x" not in page.html
        assert "<b onclick" not in page.html
        assert "&lt;script&gt;alert(1)" in page.html
