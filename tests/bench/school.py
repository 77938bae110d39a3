"""A school year's worth of people for a bench: two schools, two lessons, and a code for everybody."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from server.adapters.seed import CHICAGO, HAIFA
from server.adapters.sql.engine import make_engine, migrate
from server.adapters.sql.people import SqlPeople
from server.app import secret_of
from server.core.people.codes import make_code
from server.core.people.consent import plan_hash
from server.core.people.models import (
    ClassGroup,
    Consent,
    LessonSession,
    Plan,
    PlannedPart,
    SessionSide,
    Staff,
    Student,
    Twinning,
    TwinningSide,
)
from server.edges.identity import hash_password
from server.settings import Settings

TEACHERS = ("one@bench.example", "two@bench.example")
# Class pacing makes every step a gate: many whole-class steps to measure, and rooms that stay together.
PLAN = Plan(
    parts=(
        PlannedPart(protocol="havruta_warm_up_young", short=True),
        PlannedPart(protocol="noticing_and_wondering", short=True),
        PlannedPart(protocol="reflection"),
        PlannedPart(protocol="self_assessment"),
    ),
    text="ruth-1",
    first="1:14",
    last="1:17",
    band="B",
    pacing="class",
)


@dataclass(frozen=True, slots=True)
class Class:
    """One lesson with both teachers' password and the codes of its students."""

    session: str
    password: str
    codes: tuple[str, ...]


async def make_school(data: Path, pairs: dict[str, int]) -> dict[str, Class]:
    """Write two schools into the data folder, with one lesson of so many pairs for each id in `pairs`."""
    settings = Settings(data_dir=data, database_url=None)
    await migrate(settings.database)
    engine = make_engine(settings.database)
    people = SqlPeople(engine, secret_of(settings))
    password = secrets.token_urlsafe(12)
    try:
        await _make_adults(people, password)
        return {name: Class(name, password, await _make_lesson(people, name, count)) for name, count in pairs.items()}
    finally:
        await engine.dispose()


async def _make_adults(people: SqlPeople, password: str) -> None:
    hashed = await hash_password(password)
    for school, email in zip((HAIFA, CHICAGO), TEACHERS, strict=True):
        await people.save_school(school)
        roles = frozenset({"teacher", "coordinator"})
        teacher = Staff.model_validate(
            {
                "id": f"t-{school.id}",
                "school": school.id,
                "email": email,
                "names": {"en": "T", "he": "מ"},
                "roles": roles,
            }
        )
        await people.save_staff(teacher, hashed)
    sides = (TwinningSide(side="a", schools=(HAIFA.id,)), TwinningSide(side="b", schools=(CHICAGO.id,)))
    await people.save_twinning(Twinning(id="bench", names={"en": "Bench", "he": "מדידה"}, sides=sides))


async def _make_lesson(people: SqlPeople, name: str, pairs: int) -> tuple[str, ...]:
    codes: list[str] = []
    sides: list[SessionSide] = []
    for side, school in (("a", HAIFA), ("b", CHICAGO)):
        group = f"{name}-{side}"
        await people.save_class(ClassGroup(id=group, school=school.id, name={"en": group, "he": group}))
        students = [_student(f"{group}-{number:03}", group, school.id, school.language) for number in range(pairs)]
        new = [make_code(secrets.token_bytes(64)) for _ in students]
        await people.add_students(list(zip(students, new, strict=True)))
        codes += new
        sides.append(SessionSide.model_validate({"side": side, "classes": (group,), "adult": f"t-{school.id}"}))
    lesson = LessonSession(
        id=name,
        twinning="bench",
        title={"en": "Bench", "he": "מדידה"},
        starts_at=datetime.now(UTC),
        slot_minutes=90,
        plan=PLAN,
        sides=(sides[0], sides[1]),
        status="lobby",
    )
    agreed = [side.model_copy(update={"agreed_plan": plan_hash(lesson)}) for side in sides]
    await people.save_session(lesson.model_copy(update={"sides": (agreed[0], agreed[1])}))
    return tuple(codes)


def _student(student_id: str, group: str, school: str, language: str) -> Student:
    return Student(
        id=student_id,
        school=school,
        class_id=group,
        names={"en": f"Student {student_id[-3:]}", "he": f"תלמיד {student_id[-3:]}"},
        speaks=(language,),
        reads=(language,),
        band="B",
        consent=Consent(takes_part="across", media="video", keep_words="year"),
        language=language,
    )
