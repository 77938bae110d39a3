"""A side may be more than one school: who invites whom, all of them on every screen, and each with its own children."""

from typing import TYPE_CHECKING

import pytest

from server.core.people.models import ClassGroup, Consent, SessionSide, Student
from tests.pages.conftest import AGREED, LESSON, NOW

if TYPE_CHECKING:
    from conftest import House

TWINNING = "/twinnings/twinning"
INVITE = f"{TWINNING}/invitations"


async def boston_joins(house: "House", side: str, *, bringing: bool = True) -> None:
    """Put Boston on a side, with a class of one child, in the lesson or beside it."""
    await house.people.join_twinning("twinning", "a" if side == "a" else "b", "boston")
    child = Student(
        id="boston-0",
        school="boston",
        class_id="class-boston",
        names={"en": "Beth", "he": "בת"},
        speaks=("en",),
        reads=("en",),
        band="B",
        consent=AGREED,
    )
    await house.people.add_students([(child, "ZZZZZZZZ2")])
    if bringing:
        sides = tuple(
            s.model_copy(update={"classes": (*s.classes, "class-boston")}) if s.side == side else s
            for s in LESSON.sides
        )
        await house.people.save_session(LESSON.model_copy(update={"sides": sides}))


# -- who invites whom ---------------------------------------------------------------------------------------------------


async def test_a_coordinator_invites_another_school_to_their_own_side(house: "House") -> None:
    desk = await house.desk_of("levi")
    assert "להזמין בית ספר נוסף לצד שלנו" in (await desk.get(TWINNING)).words
    page = await desk.post(INVITE, [("side", "a")])
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    token = page.html.split("/invite/")[1].split('"')[0]
    assert await house.people.invitation(token, NOW) == (
        "partner",
        {"twinning": "twinning", "side": "a", "by": "haifa"},
    )
    assert "/invite/" not in (await desk.get(TWINNING)).html, "a link is shown once"


@pytest.mark.parametrize(
    ("who", "side", "status"),
    [
        ("levi", "b", 403),
        ("levi", "c", 400),
        ("stone", "b", 403),
        ("lead", "b", 403),
        ("admin", "b", 200),
        ("admin", "a", 403),
        ("other", "a", 404),
        ("", "a", 303),
    ],
)
async def test_nobody_invites_to_a_side_that_is_not_theirs(house: "House", who: str, side: str, status: int) -> None:
    assert (await (await house.desk_of(who)).post(INVITE, [("side", side)])).status == status


async def test_who_may_not_invite_is_told_who_may(house: "House") -> None:
    page = await (await house.desk_of("stone")).get(TWINNING)
    assert "A coordinator of a side can invite another school to it." in page.words
    assert INVITE not in page.html


# -- all of them on every screen ----------------------------------------------------------------------------------------


async def test_every_page_names_all_schools_of_both_sides(house: "House") -> None:
    await boston_joins(house, "b")
    for path in ("/home", TWINNING, "/sessions/lesson", "/sessions/lesson/run-of-show"):
        for who in ("levi", "stone", "other"):
            page = await (await house.desk_of(who)).get(path)
            assert page.status == 200, page.words
            assert any(name in page.words for name in ("Boston", "Harbor School")), f"{path} as {who}"


async def test_the_readers_own_clock_comes_first_and_each_zone_once(house: "House") -> None:
    await boston_joins(house, "b")
    lines = {
        "levi": "16:10 כאן · 8:10 ב שיקגו · 9:10 ב Boston",
        "stone": "8:10 AM here · 9:10 AM in Boston · 4:10 PM in Haifa",
        "other": "9:10 AM here · 8:10 AM in Chicago · 4:10 PM in Haifa",
    }
    for who, line in lines.items():
        assert line in (await (await house.desk_of(who)).get("/home")).words


async def test_schools_of_one_zone_share_a_clock_that_names_both_places(house: "House") -> None:
    boston = await house.people.school("boston")
    assert boston is not None
    await house.people.save_school(boston.model_copy(update={"zone": "America/Chicago"}))
    await boston_joins(house, "b")
    page = await (await house.desk_of("levi")).get("/home")
    assert "<bdi>שיקגו</bdi> ו<bdi>Boston</bdi>" in page.html
    run = await (await house.desk_of("stone")).get("/sessions/lesson/run-of-show")
    assert "<bdi>Chicago</bdi> and <bdi>Boston</bdi>" in run.html


# -- each with its own children -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [("/classes/class-chicago", 403), ("/classes/class-chicago/cards", 403), ("/schools/chicago", 404)],
)
async def test_what_is_private_to_a_school_is_so_on_its_own_side_too(house: "House", path: str, status: int) -> None:
    await boston_joins(house, "b")
    assert (await (await house.desk_of("other")).get(path)).status == status


async def test_a_child_without_answers_is_named_to_its_own_school_alone_also_beside_it(house: "House") -> None:
    await boston_joins(house, "b")
    await house.people.set_consent("chicago-0", Consent(), "stone", NOW)
    assert "Max" in (await (await house.desk_of("stone")).get("/sessions/lesson")).words
    beside = await (await house.desk_of("other")).get("/sessions/lesson")
    assert "Max" not in beside.words
    assert "1 child of another school is not let across" in beside.words
    assert "/classes/class-chicago" not in beside.html


async def test_a_school_whose_class_is_not_in_the_lesson_sees_the_plan_and_agrees_to_nothing(house: "House") -> None:
    await boston_joins(house, "b", bringing=False)
    desk = await house.desk_of("other")
    page = await desk.get("/sessions/lesson")
    assert page.status == 200
    assert "Save and agree" not in page.words
    assert (await desk.post("/sessions/lesson", [*page.fields, ("do", "agree")])).status == 403
    session = await house.people.session("lesson")
    assert session is not None
    assert session.side("b").agreed_plan is None


async def test_the_adult_with_the_children_is_of_a_school_that_brings_some(house: "House") -> None:
    await boston_joins(house, "b", bringing=False)
    without = await (await house.desk_of("stone")).get("/sessions/lesson")
    assert "Oli Brown" not in without.words
    sides = (LESSON.sides[0], SessionSide(side="b", classes=("class-chicago", "class-boston"), adult="stone"))
    await house.people.save_session(LESSON.model_copy(update={"sides": sides}))
    assert "Oli Brown" in (await (await house.desk_of("stone")).get("/sessions/lesson")).words


async def test_a_class_of_a_third_school_can_be_chosen_only_once_it_has_joined(house: "House") -> None:
    await house.people.save_class(ClassGroup(id="class-boston-2", school="boston", name={"en": "8c boston"}))
    desk = await house.desk_of("stone")
    assert "8c boston" not in (await desk.get("/sessions/lesson")).words
    await boston_joins(house, "b")
    assert "8c boston" in (await desk.get("/sessions/lesson")).words


async def test_a_school_without_a_class_in_the_lesson_is_neither_named_nor_warned_about_for_it(house: "House") -> None:
    await boston_joins(house, "b", bringing=False)
    desk = await house.desk_of("stone")
    assert "Boston" not in (await desk.get("/sessions/lesson/run-of-show")).words
    plan = (await desk.get("/sessions/lesson")).words
    assert "8:10 AM here · 4:10 PM in Haifa" in plan
    assert "At Harbor School" not in plan
    own = await (await house.desk_of("other")).get("/home")
    assert "9:10 AM here" in own.words, "the reader's own clock is always there"
