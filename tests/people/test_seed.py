"""The sample twinning: complete, ready to start, and kept from one start to the next."""

import json
import stat
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.seed import SESSION, seed_demo
from server.adapters.sql.people import SqlPeople
from server.core.people.consent import may_cross, ready_to_start
from server.edges.identity import hash_password, password_fits
from tests.people.conftest import NOW, SECRET, FixedClock


async def test_the_sample_lesson_is_ready_and_its_people_can_come_in(sqlite: AsyncEngine, tmp_path: Path) -> None:
    people, kept_in = SqlPeople(sqlite, SECRET), tmp_path / "demo.json"
    demo = await seed_demo(people, FixedClock(), kept_in, hash_password)
    session = await people.session(demo.session)
    assert session is not None
    assert session.starts_at == NOW.replace(minute=15)
    twinning = await people.twinning(session.twinning)
    assert twinning is not None
    students = await people.students_in([c for side in session.sides for c in side.classes])
    assert sorted(Counter(s.school for s in students).values()) == [11, 12]
    assert all(may_cross(s) and set(s.names) == {"en", "he"} for s in students)
    adults = {side.adult for side in session.sides if side.adult}
    assert ready_to_start(session, twinning, students, adults) == []
    for teacher in demo.teachers:
        found = await people.staff_by_email(teacher.email)
        assert found is not None
        assert await password_fits(teacher.password, found[1])
    assert len(demo.students) == 23
    for student in demo.students:
        found_student = await people.student_by_code(student.code)
        assert found_student is not None
        assert found_student.id == student.id
    assert stat.S_IMODE(kept_in.stat().st_mode) == 0o600


async def test_a_second_start_keeps_what_was_done(sqlite: AsyncEngine, tmp_path: Path) -> None:
    people, clock, kept_in = SqlPeople(sqlite, SECRET), FixedClock(), tmp_path / "demo.json"
    first = await seed_demo(people, clock, kept_in, hash_password)
    await people.renew_code(first.students[0].id, "ZZZZZZZZZ")
    await people.erase_student(first.students[1].id, NOW)
    lesson = await people.session(SESSION)
    assert lesson is not None
    await people.save_session(lesson.model_copy(update={"status": "closed", "title": {"en": "Changed"}}))
    clock.at += timedelta(days=3)
    second = await seed_demo(people, clock, kept_in, hash_password)
    assert second.teachers == first.teachers
    assert second.students[0].code == "ZZZZZZZZZ"
    assert [s.id for s in second.students[1:]] == [s.id for s in first.students[2:]]
    kept = await people.session(SESSION)
    assert kept is not None
    assert (kept.status, kept.title) == ("closed", {"en": "Changed"})
    assert json.loads(kept_in.read_text("utf-8"))["teachers"][0]["password"] == first.teachers[0].password


async def test_a_lesson_that_nobody_opened_is_still_ahead_on_another_day(sqlite: AsyncEngine, tmp_path: Path) -> None:
    people, clock = SqlPeople(sqlite, SECRET), FixedClock()
    await seed_demo(people, clock, tmp_path / "demo.json", hash_password)
    clock.at += timedelta(days=1, minutes=10)
    await seed_demo(people, clock, tmp_path / "demo.json", hash_password)
    moved = await people.session(SESSION)
    assert moved is not None
    assert moved.starts_at == NOW + timedelta(days=1, minutes=20)
    assert moved.side("a").agreed_plan == moved.side("b").agreed_plan
    twinning = await people.twinning(moved.twinning)
    assert twinning is not None
    students = await people.students_in([c for side in moved.sides for c in side.classes])
    assert ready_to_start(moved, twinning, students, {s.adult for s in moved.sides if s.adult}) == []


async def test_classes_are_filled_up_to_rehearse_with_a_whole_school(sqlite: AsyncEngine, tmp_path: Path) -> None:
    people = SqlPeople(sqlite, SECRET)
    small = await seed_demo(people, FixedClock(), tmp_path / "demo.json", hash_password)
    large = await seed_demo(people, FixedClock(), tmp_path / "demo.json", hash_password, each=40)
    assert len(large.students) == 80
    assert all(student in large.students for student in small.students), (
        "who is there already stays, with the same code"
    )
    assert len({student.names["en"] for student in large.students}) == 80
    again = await seed_demo(people, FixedClock(), tmp_path / "demo.json", hash_password, each=40)
    assert again.students == large.students
