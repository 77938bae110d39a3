"""Who reads which kept words: every rule is in the query, so every rule is tried on the database."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.engine import writing
from server.adapters.sql.live_tables import works
from server.adapters.sql.people import SqlPeople
from server.adapters.sql.review import SqlReview
from server.core.people.models import Role, Staff
from tests.people.conftest import BOSTON, CHICAGO, HAIFA, NOW, TWINNING, lesson, student_of, teacher_of
from tests.people.test_people_store import work_row

OURS, THEIRS, STRANGER = teacher_of(HAIFA), teacher_of(CHICAGO), teacher_of(BOSTON)
KEPT = [
    work_row("haifa-1", "h-shared", "shown", at=NOW + timedelta(minutes=2)),
    work_row("haifa-1", "h-live", "written together", visibility="live"),
    work_row("haifa-1", "h-private", "a note", visibility="private"),
    work_row("haifa-1", "h-teacher", "a rating", visibility="teacher"),
    work_row("haifa-2", "h-held", "a phone number", held="contact"),
    work_row("haifa-2", "h-lesson", "for this lesson", keep="session"),
    work_row("chicago-1", "c-shared", "shown"),
    work_row("chicago-1", "c-teacher", "a rating", visibility="teacher"),
    work_row("chicago-1", "c-private", "a note", visibility="private"),
    work_row("teacher-haifa", "note", "a teacher's note", by_staff=True, room=None),
]
SHARED_FROM_HAIFA = {"h-shared", "h-live", "h-lesson"}


@pytest.fixture
async def review(people: SqlPeople, engine: AsyncEngine) -> SqlReview:
    """A store with words of both sides, of each visibility."""
    async with writing(engine) as connection:
        for row in KEPT:
            await connection.execute(insert(works).values(row))
    return SqlReview(engine)


async def seen(review: SqlReview, reader: Staff) -> set[str]:
    """Return the ids of the words of the lesson that a reader is given."""
    return {work.id for work in await review.works_of_session("lesson-1", reader)}


async def test_own_students_fully_the_partners_only_what_was_shared(review: SqlReview) -> None:
    assert await seen(review, OURS) == SHARED_FROM_HAIFA | {"h-teacher", "h-held", "c-shared"}
    assert await seen(review, THEIRS) == SHARED_FROM_HAIFA | {"c-shared", "c-teacher"}


async def test_a_school_outside_the_twinning_reads_nothing(review: SqlReview) -> None:
    assert await seen(review, STRANGER) == set()


async def test_without_an_agreement_each_side_reads_its_own(review: SqlReview, people: SqlPeople) -> None:
    await people.save_twinning(TWINNING.model_copy(update={"shares_work": False}))
    assert await seen(review, OURS) == SHARED_FROM_HAIFA | {"h-teacher", "h-held"}
    assert await seen(review, THEIRS) == {"c-shared", "c-teacher"}


async def test_what_was_kept_for_the_lesson_is_gone_when_it_closes(review: SqlReview, people: SqlPeople) -> None:
    await people.save_session(lesson(status="closed"))
    assert "h-lesson" not in await seen(review, OURS)
    assert "h-shared" in await seen(review, OURS)


@pytest.mark.parametrize("role", ["admin", "teacher", "coordinator", "safety_lead"])
async def test_an_administrator_alone_reads_no_childs_words(review: SqlReview, role: Role) -> None:
    found = await seen(review, teacher_of(HAIFA, roles=frozenset({role})))
    assert bool(found) == (role != "admin")


async def test_one_student_over_time_for_their_own_school_only(review: SqlReview) -> None:
    mine = await review.works_of_student("haifa-1", OURS)
    assert [work.id for work in mine] == ["h-live", "h-teacher", "h-shared"]
    assert mine[-1].entries == ({"text": "shown"},)
    assert await review.works_of_student("haifa-1", THEIRS) == []
    assert await review.works_of_student("haifa-1", STRANGER) == []


async def test_the_words_of_an_erased_child_are_read_by_nobody(review: SqlReview, people: SqlPeople) -> None:
    await people.erase_student("haifa-1", NOW)
    assert await seen(review, OURS) == {"h-held", "h-lesson", "c-shared"}


# -- two schools on one side --------------------------------------------------------------------------------------------

BESIDE = teacher_of(BOSTON)
OF_BOSTON = [
    work_row("boston-1", "b-shared", "shown"),
    work_row("boston-1", "b-teacher", "a reflection", visibility="teacher"),
    work_row("boston-1", "b-private", "a note", visibility="private"),
    work_row("boston-1", "b-held", "a phone number", held="contact"),
]


async def boston_joins_haifas_side(people: SqlPeople, engine: AsyncEngine, *, bringing: tuple[str, ...]) -> None:
    """Put Boston beside Haifa, with a child who wrote, and plan the lesson with these classes on that side."""
    await people.join_twinning("twinning", "a", "boston")
    await people.add_students([(student_of(BOSTON), "ABCDEFHH2")])
    ours, theirs = lesson().sides
    await people.save_session(lesson(sides=(ours.model_copy(update={"classes": bringing}), theirs)))
    async with writing(engine) as connection:
        for row in OF_BOSTON:
            await connection.execute(insert(works).values(row))


async def test_inside_one_side_too_each_school_reads_its_own_childrens_reflections_alone(
    review: SqlReview, people: SqlPeople, engine: AsyncEngine
) -> None:
    await boston_joins_haifas_side(people, engine, bringing=("class-haifa", "class-boston"))
    shared = SHARED_FROM_HAIFA | {"c-shared", "b-shared"}
    assert await seen(review, OURS) == shared | {"h-teacher", "h-held"}
    assert await seen(review, BESIDE) == shared | {"b-teacher", "b-held"}
    assert await seen(review, THEIRS) == shared | {"c-teacher"}
    assert await review.works_of_student("haifa-1", BESIDE) == []
    assert await review.works_of_student("boston-1", OURS) == []
    assert {work.id for work in await review.works_of_student("boston-1", BESIDE)} == {
        "b-shared",
        "b-teacher",
        "b-held",
    }


async def test_without_an_agreement_a_school_beside_ours_reads_its_own_too(
    review: SqlReview, people: SqlPeople, engine: AsyncEngine
) -> None:
    await boston_joins_haifas_side(people, engine, bringing=("class-haifa", "class-boston"))
    joined = await people.twinning("twinning")
    assert joined is not None
    await people.save_twinning(joined.model_copy(update={"shares_work": False}))
    assert await seen(review, BESIDE) == {"b-shared", "b-teacher", "b-held"}
    assert await seen(review, OURS) == SHARED_FROM_HAIFA | {"h-teacher", "h-held"}


async def test_a_school_that_brings_no_class_to_a_lesson_reads_nothing_of_it(
    review: SqlReview, people: SqlPeople, engine: AsyncEngine
) -> None:
    await boston_joins_haifas_side(people, engine, bringing=("class-haifa",))
    assert await seen(review, BESIDE) == set()
    assert await review.log_of_session("lesson-1", BESIDE) == []
    assert await review.lesson_of_session("lesson-1", BESIDE) is None
