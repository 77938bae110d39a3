"""The people store's promises, the same on SQLite and PostgreSQL."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.engine import make_engine, migrate, reading, writing
from server.adapters.sql.live_tables import drafts, log, works
from server.adapters.sql.metadata import metadata
from server.adapters.sql.people import SqlPeople
from server.adapters.sql.sign_ins import STAFF_IDLE, STAFF_LONGEST, STUDENT_DAY, SqlSignIns
from server.core.people.models import AuditEntry, ClassGroup, Concern, Consent, Twinning, TwinningSide
from server.migrations import HEAD
from tests.people.conftest import BOSTON, CHICAGO, HAIFA, NOW, SECRET, TWINNING, furnish, lesson, student_of, teacher_of

CANARY = "zebra-canary-7319"


def work_row(author: str, work: str, words: str, **changed: object) -> dict[str, object]:
    """Return a row of kept words."""
    return {
        "id": work,
        "session": "lesson-1",
        "room": "room-1",
        "author": author,
        "by_staff": False,
        "visibility": "after_reveal",
        "keep": "record",
        "held": "",
        "late": False,
        "at": NOW,
        "entries": f'[{{"text": "{words}"}}]',
        **changed,
    }


async def test_the_migration_makes_the_tables_that_the_code_names(engine: AsyncEngine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with reading(engine) as connection:
        assert await connection.run_sync(differences) == []
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one() == HEAD


async def test_what_is_saved_is_what_is_read(people: SqlPeople) -> None:
    assert await people.school("haifa") == HAIFA
    assert await people.schools(["chicago", "unknown", "haifa"]) == [CHICAGO, HAIFA]
    assert await people.any_school()
    assert await people.staff("teacher-haifa") == teacher_of(HAIFA)
    assert await people.staff_of("haifa") == [teacher_of(HAIFA)]
    assert await people.class_group("class-haifa") == ClassGroup(id="class-haifa", school="haifa", name={"en": "7b"})
    assert [c.id for c in await people.classes_of("haifa")] == ["class-haifa"]
    assert await people.student("haifa-1") == student_of(HAIFA, 1)
    assert [s.id for s in await people.students_in(["class-haifa", "class-chicago"])] == [
        "chicago-1",
        "chicago-2",
        "haifa-1",
        "haifa-2",
    ]
    assert await people.twinning("twinning") == TWINNING
    assert await people.twinnings_of("chicago") == [TWINNING]
    assert await people.twinnings_of("boston") == []
    assert await people.session("lesson-1") == lesson()


async def test_a_school_joins_a_side_after_those_that_stand_there_and_once(people: SqlPeople) -> None:
    await people.join_twinning("twinning", "b", "boston")
    await people.join_twinning("twinning", "a", "boston")
    joined = await people.twinning("twinning")
    assert joined is not None
    assert [side.schools for side in joined.sides] == [("haifa",), ("chicago", "boston")]
    assert await people.twinnings_of("boston") == [joined]


async def test_a_twinning_is_active_when_both_sides_have_a_school(people: SqlPeople) -> None:
    sides = (TwinningSide(side="a", schools=("haifa",)), TwinningSide(side="b", schools=()))
    await people.save_twinning(Twinning(id="second", names={"en": "Second"}, sides=sides, status="invited"))
    await people.join_twinning("second", "a", "chicago")
    waiting = await people.twinning("second")
    await people.join_twinning("second", "b", "boston")
    complete = await people.twinning("second")
    assert waiting is not None
    assert complete is not None
    assert (waiting.status, complete.status) == ("invited", "active")


async def test_what_is_unknown_is_none(people: SqlPeople) -> None:
    assert await people.school("x") is None
    assert await people.staff("x") is None
    assert await people.staff_by_email("x@y.example") is None
    assert await people.student("x") is None
    assert await people.student_by_code("ZZZZZZZZZ") is None
    assert await people.code_of("x") is None
    assert await people.twinning("x") is None
    assert await people.session("x") is None
    assert await people.concern("x") is None


async def test_an_e_mail_belongs_to_one_person_whatever_its_case(people: SqlPeople) -> None:
    await people.save_staff(teacher_of(HAIFA), "a hash")
    await people.save_staff(teacher_of(HAIFA, language="en"))
    found = await people.staff_by_email(" TEACHER@HAIFA.EXAMPLE ")
    assert found == (teacher_of(HAIFA, language="en"), "a hash")
    with pytest.raises(IntegrityError):
        await people.save_staff(teacher_of(CHICAGO, email="teacher@HAIFA.example"))


async def test_students_come_all_or_none(people: SqlPeople) -> None:
    new = [(student_of(HAIFA, 7), "ZZZZZZZZ7"), (student_of(HAIFA, 1), "ZZZZZZZZ8")]
    with pytest.raises(IntegrityError):
        await people.add_students(new)
    assert await people.student("haifa-7") is None


async def test_a_code_is_found_read_and_renewed_but_never_stored_plain(people: SqlPeople, engine: AsyncEngine) -> None:
    found = await people.student_by_code("ABCDEFGH2")
    assert found is not None
    assert found.id == "haifa-1"
    assert await people.code_of("haifa-1") == "ABCDEFGH2"
    async with reading(engine) as connection:
        assert "ABCDEFGH2" not in str((await connection.execute(text("SELECT * FROM codes"))).all())
    assert await SqlPeople(engine, "another secret").student_by_code("ABCDEFGH2") is None
    sign_ins = SqlSignIns(engine)
    token = await sign_ins.start("student", "haifa-1", NOW)
    await people.renew_code("haifa-1", "ZZZZZZZZZ")
    assert await people.student_by_code("ABCDEFGH2") is None
    assert await people.code_of("haifa-1") == "ZZZZZZZZZ"
    assert await sign_ins.subject(token, NOW) is None


async def test_consent_changes_only_where_it_is_recorded(people: SqlPeople) -> None:
    paper = Consent(takes_part="paper", media="none", keep_words="session")
    await people.save_student(student_of(HAIFA, 1, band="C", consent=Consent()))
    changed = await people.student("haifa-1")
    assert changed == student_of(HAIFA, 1, band="C")
    await people.set_consent("haifa-1", paper, "teacher-haifa", NOW)
    changed = await people.student("haifa-1")
    assert changed is not None
    assert changed.consent == paper


async def test_lessons_are_listed_newest_first_for_the_twinning_and_for_a_student(people: SqlPeople) -> None:
    await people.save_session(lesson(3))
    await people.save_session(lesson(2))
    assert [s.id for s in await people.sessions_of("twinning")] == ["lesson-3", "lesson-2", "lesson-1"]
    assert [s.id for s in await people.sessions_of_student(student_of(HAIFA))] == ["lesson-3", "lesson-2", "lesson-1"]
    assert await people.sessions_of_student(student_of(HAIFA, class_id="another")) == []


async def test_naming_an_adult_touches_nothing_else(people: SqlPeople) -> None:
    await people.set_adult("lesson-1", "b", "teacher-boston")
    changed = await people.session("lesson-1")
    assert changed is not None
    assert changed.side("b").adult == "teacher-boston"
    assert changed.side("a") == lesson().side("a")


async def test_history_knows_who_met_the_arcs_rooms_and_who_was_alone(people: SqlPeople) -> None:
    await people.save_session(lesson(1, arc="spring"))
    await people.save_session(lesson(2, arc="spring"))
    await people.record_meetings("lesson-1", NOW, {"r1": ("haifa-1", "chicago-1"), "r2": ("haifa-2", "chicago-2")})
    trio = {"r1": ("haifa-1", "haifa-2", "chicago-1")}
    later = NOW + timedelta(weeks=1)
    await people.record_meetings("lesson-2", later, {"r1": ("haifa-2", "chicago-2")})
    await people.record_meetings("lesson-2", later, trio)
    await people.keep_apart("haifa-2", "chicago-2", apart=True, by="teacher-haifa")
    await people.keep_apart("haifa-2", "chicago-2", apart=True, by="teacher-haifa")
    third = lesson(3, arc="spring")
    await people.save_session(third)
    history = await people.history(third)
    assert history.met[frozenset(("haifa-1", "chicago-1"))] == 2
    assert history.met[frozenset(("haifa-2", "chicago-2"))] == 1
    # Whoever was a guest in the second lesson, as the partner was absent, belongs where they did.
    assert history.arc == {frozenset(("haifa-1", "chicago-1")), frozenset(("haifa-2", "chicago-2"))}
    trio = (("haifa-1", "haifa-2"), ("haifa-1", "chicago-1"), ("haifa-2", "chicago-1"))
    assert history.last_time == {frozenset(pair) for pair in trio}
    assert history.alone_last_time == {"chicago-1"}
    assert history.apart == {frozenset(("haifa-2", "chicago-2"))}
    await people.keep_apart("chicago-2", "haifa-2", apart=False, by="teacher-haifa")
    assert await people.apart_pairs(["haifa-2", "chicago-2"]) == []


async def test_a_pair_is_kept_apart_or_together_as_was_said_last(people: SqlPeople) -> None:
    await people.keep_apart("haifa-1", "chicago-1", apart=True, by="teacher-haifa")
    await people.keep_together("chicago-1", "haifa-1", together=True, by="teacher-chicago")
    history = await people.history(lesson())
    assert (history.apart, history.together) == (frozenset(), {frozenset(("haifa-1", "chicago-1"))})
    await people.keep_apart("haifa-1", "chicago-1", apart=False, by="teacher-haifa")
    assert await people.together_pairs(["haifa-1", "chicago-1"]) == [("chicago-1", "haifa-1")]
    await people.keep_together("haifa-1", "chicago-1", together=False, by="teacher-haifa")
    assert await people.together_pairs(["haifa-1", "chicago-1"]) == []


async def test_a_link_opens_once_and_in_its_time(people: SqlPeople) -> None:
    await people.new_invitation("token", "staff", {"school": "haifa"}, NOW + timedelta(days=1))
    assert await people.invitation("token", NOW) == ("staff", {"school": "haifa"})
    assert await people.invitation("token", NOW + timedelta(days=2)) is None
    assert await people.invitation("another", NOW) is None
    assert not await people.use_invitation("token", NOW + timedelta(days=2))
    assert await people.use_invitation("token", NOW)
    assert not await people.use_invitation("token", NOW)
    assert await people.invitation("token", NOW) is None


async def test_of_two_processes_that_start_together_one_link_opens(people: SqlPeople) -> None:
    tokens = [f"token-{number}" for number in range(4)]
    week = NOW + timedelta(weeks=1)
    await people.new_invitation("staff", "staff", {}, week)
    await asyncio.gather(*(people.only_invitation(token, "setup", {}, week) for token in tokens))
    assert len([token for token in tokens if await people.invitation(token, NOW)]) == 1
    await people.only_invitation("last", "setup", {}, week)
    assert [token for token in (*tokens, "last") if await people.invitation(token, NOW)] == ["last"]
    assert await people.invitation("staff", NOW) is not None


async def test_the_audit_keeps_its_order(people: SqlPeople) -> None:
    entries = [AuditEntry(at=NOW, who="teacher-haifa", what=what, session="lesson-1") for what in ("enter", "leave")]
    for entry in entries:
        await people.audit(entry)
    assert await people.audited("lesson-1") == entries


def concern(number: int = 1, **changed: object) -> Concern:
    """Return the nth concern of Haifa."""
    plain = Concern(
        id=f"concern-{number}",
        at=NOW + timedelta(minutes=number),
        session="lesson-1",
        room="room-1",
        school="haifa",
        student="haifa-1",
        kind="report",
        about="partner",
        evidence=("work-1",),
    )
    return plain.model_copy(update=changed)


async def test_an_accused_adult_never_sees_the_concern(people: SqlPeople) -> None:
    await people.add_concern(concern(1))
    await people.add_concern(concern(2, about="adult", accused=("teacher-haifa",)))
    assert [c.id for c in await people.concerns_of("haifa", "lead")] == ["concern-2", "concern-1"]
    assert [c.id for c in await people.concerns_of("haifa", "teacher-haifa")] == ["concern-1"]
    assert await people.concerns_of("chicago", "lead") == []
    await people.close_concern("concern-1", "talked with both", NOW)
    closed = await people.concern("concern-1")
    assert closed is not None
    assert closed.closing_note == "talked with both"


async def test_erasing_a_student_removes_their_words_and_leaves_the_log_and_the_partner(
    people: SqlPeople, engine: AsyncEngine
) -> None:
    async with writing(engine) as connection:
        await connection.execute(
            insert(works), [work_row("haifa-1", "w1", CANARY), work_row("chicago-1", "w2", "kept")]
        )
        row = {"member": "haifa-1", "session": "lesson-1", "step": 0, "input": "i", "room": "room-1", "sequence": 1}
        await connection.execute(insert(drafts).values(**row, at=NOW, entries="[]"))
        await connection.execute(
            insert(log).values(stream="room-1", version=1, at=NOW, sender="haifa-1", events='["haifa-1"]')
        )
    token = await SqlSignIns(engine).start("student", "haifa-1", NOW)
    await people.record_meetings("lesson-1", NOW, {"room-1": ("haifa-1", "chicago-1")})
    await people.erase_student("haifa-1", NOW)
    assert await people.student("haifa-1") is None
    assert await people.student_by_code("ABCDEFGH2") is None
    assert await SqlSignIns(engine).subject(token, NOW) is None
    async with reading(engine) as connection:
        assert [r.id for r in await connection.execute(works.select())] == ["w2"]
        assert (await connection.execute(drafts.select())).all() == []
        assert (await connection.execute(text("SELECT count(*) FROM meetings"))).scalar_one() == 0
        assert (await connection.execute(text("SELECT count(*) FROM log"))).scalar_one() == 1


async def test_evidence_of_an_open_concern_outlives_erasure_until_it_is_closed(
    people: SqlPeople, engine: AsyncEngine
) -> None:
    async with writing(engine) as connection:
        await connection.execute(
            insert(works), [work_row("haifa-1", "work-1", "held"), work_row("haifa-1", "w2", "gone")]
        )
        await connection.execute(insert(works), [work_row("chicago-1", "work-3", "of a child who stays")])
    await people.add_concern(concern(evidence=("work-1", "work-3")))
    await people.erase_student("haifa-1", NOW)
    async with reading(engine) as connection:
        assert sorted(r.id for r in await connection.execute(works.select())) == ["work-1", "work-3"]
    await people.close_concern("concern-1", "", NOW)
    async with reading(engine) as connection:
        assert [r.id for r in await connection.execute(works.select())] == ["work-3"]


async def test_nothing_of_an_erased_child_is_left_in_the_files_of_sqlite(sqlite: AsyncEngine, tmp_path: Path) -> None:
    people = SqlPeople(sqlite, SECRET)
    await furnish(people)
    await people.save_student(student_of(HAIFA, 1, names={"en": CANARY}))
    async with writing(sqlite) as connection:
        await connection.execute(insert(works).values(work_row("haifa-1", "w1", CANARY * 50)))

    def occurrences() -> int:
        return sum(path.read_bytes().count(CANARY.encode()) for path in tmp_path.iterdir())

    assert occurrences() > 50
    await people.erase_student("haifa-1", NOW)
    assert occurrences() == 0


async def test_a_sign_in_is_known_by_its_token_alone_and_ends(engine: AsyncEngine) -> None:
    sign_ins = SqlSignIns(engine)
    token = await sign_ins.start("staff", "teacher-haifa", NOW)
    other = await sign_ins.start("staff", "teacher-haifa", NOW)
    assert await sign_ins.subject(token, NOW) == ("staff", "teacher-haifa")
    async with reading(engine) as connection:
        assert token not in str((await connection.execute(text("SELECT * FROM sign_ins"))).all())
    await sign_ins.end(token)
    assert await sign_ins.subject(token, NOW) is None
    assert await sign_ins.subject(other, NOW) is not None
    await sign_ins.end_all("staff", "teacher-haifa")
    assert await sign_ins.subject(other, NOW) is None


async def test_staff_are_signed_out_when_idle_and_after_a_week_at_the_latest(engine: AsyncEngine) -> None:
    sign_ins = SqlSignIns(engine)
    idle = await sign_ins.start("staff", "teacher-haifa", NOW)
    assert await sign_ins.subject(idle, NOW + STAFF_IDLE) is None
    busy, at = await sign_ins.start("staff", "teacher-haifa", NOW), NOW
    while at < NOW + STAFF_LONGEST - timedelta(hours=6):
        at += timedelta(hours=6)
        assert await sign_ins.subject(busy, at) is not None
    assert await sign_ins.subject(busy, NOW + STAFF_LONGEST) is None


async def test_a_student_is_signed_in_for_a_school_day(engine: AsyncEngine) -> None:
    sign_ins = SqlSignIns(engine)
    token = await sign_ins.start("student", "haifa-1", NOW)
    assert await sign_ins.subject(token, NOW + STUDENT_DAY - timedelta(minutes=1)) == ("student", "haifa-1")
    assert await sign_ins.subject(token, NOW + STUDENT_DAY) is None


async def test_a_sign_in_speaks_for_a_second_learner_until_one_of_them_ends_it(engine: AsyncEngine) -> None:
    sign_ins = SqlSignIns(engine)
    token, other = [await sign_ins.start("student", f"haifa-{n}", NOW) for n in (1, 3)]
    assert await sign_ins.beside(token) is None
    assert await sign_ins.beside("no such token") is None
    await sign_ins.share(token, "haifa-2")
    assert await sign_ins.beside(token) == "haifa-2"
    assert await sign_ins.subject(token, NOW) == ("student", "haifa-1"), "the first is who signed in"
    await sign_ins.share(other, "haifa-2")
    assert await sign_ins.beside(token) is None, "nobody sits at two devices"
    await sign_ins.share(other, None)
    assert await sign_ins.beside(other) is None
    await sign_ins.share(token, "haifa-2")
    assert await sign_ins.own_seat("haifa-2")
    assert await sign_ins.beside(token) is None
    assert not await sign_ins.own_seat("haifa-2")
    await sign_ins.share(token, "haifa-2")
    await sign_ins.end_all("student", "haifa-2")
    assert await sign_ins.beside(token) is None
    assert await sign_ins.subject(token, NOW) == ("student", "haifa-1")
    staff = await sign_ins.start("staff", "teacher-haifa", NOW)
    await sign_ins.share(staff, "haifa-2")
    assert await sign_ins.beside(staff) is None, "no adult's sign-in speaks for a child"


async def test_a_new_code_and_erasure_end_the_sharing_of_a_device(people: SqlPeople, engine: AsyncEngine) -> None:
    sign_ins = SqlSignIns(engine)
    token = await sign_ins.start("student", "haifa-1", NOW)
    await sign_ins.share(token, "haifa-2")
    await people.renew_code("haifa-2", "ZZZZZZZZZ")
    assert await sign_ins.beside(token) is None
    await sign_ins.share(token, "haifa-2")
    await people.erase_student("haifa-2", NOW)
    assert await sign_ins.beside(token) is None
    assert await sign_ins.subject(token, NOW) == ("student", "haifa-1")


async def test_sqlite_is_opened_as_promised(sqlite: AsyncEngine) -> None:
    async with reading(sqlite) as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }


async def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new' / 'folder' / 'havruta.sqlite'}"
    await migrate(url)
    engine = make_engine(url)
    people = SqlPeople(engine, SECRET)
    await people.save_school(BOSTON)
    await migrate(url)
    assert await people.school("boston") == BOSTON
    await engine.dispose()
