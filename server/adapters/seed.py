"""The sample twinning of a demo: two invented schools, their teachers and classes, and a lesson agreed by both."""

import json
import os
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from server.core.languages import Wording
from server.core.live.scene import Media
from server.core.people.codes import make_code
from server.core.people.consent import plan_hash
from server.core.people.models import (
    ClassGroup,
    Consent,
    LessonSession,
    Plan,
    PlannedPart,
    Role,
    School,
    SessionSide,
    SideName,
    Staff,
    Student,
    Twinning,
    TwinningSide,
)
from server.ports.clock import Clock
from server.ports.people import People

TWINNING = "demo-twinning"
SESSION = "demo-lesson"
QUARTER = timedelta(minutes=15)
MOST_OF_A_CLASS = 500
Hash = Callable[[str], Awaitable[str]]

HAIFA = School(
    id="demo-haifa",
    names={"en": "Carmel Breeze School", "he": "בית ספר רוח הכרמל"},
    place={"en": "Haifa", "he": "חיפה"},
    zone="Asia/Jerusalem",
    country="IL",
    language="he",
    days=(7, 1, 2, 3, 4, 5),
    opens=time(8, 0),
    closes=time(16, 30),
    friday_closes=time(12, 30),
    diaspora=False,
    emergency={"en": "Police 100 · Ambulance 101 · ERAN 1201", "he": "משטרה 100 · מד״א 101 · ער״ן 1201"},
)
CHICAGO = School(
    id="demo-chicago",
    names={"en": "Lakeside Willow School", "he": "בית ספר הערבה שעל האגם"},
    place={"en": "Chicago", "he": "שיקגו"},
    zone="America/Chicago",
    country="US",
    region="IL",
    language="en",
    opens=time(8, 0),
    closes=time(15, 30),
    emergency={"en": "Emergency 911 · Crisis line 988", "he": "חירום 911 · קו סיוע 988"},
)

_TEACHER: frozenset[Role] = frozenset({"teacher", "coordinator", "safety_lead"})
_SAFETY: frozenset[Role] = frozenset({"safety_lead"})
_STAFF = (
    (HAIFA, "demo-levi", "levi@haifa.example", {"en": "Ms Levi", "he": "המורה לוי"}, _TEACHER),
    (CHICAGO, "demo-stone", "stone@chicago.example", {"en": "Mr Stone", "he": "המורה סטון"}, _TEACHER),
    (HAIFA, "demo-haifa-safety", "safety@haifa.example", {"en": "Ms Shaked", "he": "היועצת שקד"}, _SAFETY),
    (CHICAGO, "demo-chicago-safety", "safety@chicago.example", {"en": "Ms Brook", "he": "היועצת ברוק"}, _SAFETY),
)
# Plainly invented: things of the field and the sky, with letters instead of family names.
_HAIFA_NAMES = (
    ("Noga A.", "נוגה א׳"),
    ("Dror B.", "דרור ב׳"),
    ("Tal C.", "טל ג׳"),
    ("Rakefet D.", "רקפת ד׳"),
    ("Erez E.", "ארז ה׳"),
    ("Kinneret F.", "כינרת ו׳"),
    ("Alon G.", "אלון ז׳"),
    ("Stav H.", "סתיו ח׳"),
    ("Oren I.", "אורן ט׳"),
    ("Yasmin J.", "יסמין י׳"),
    ("Gal K.", "גל כ׳"),
    ("Zohar L.", "זוהר ל׳"),
)
_CHICAGO_NAMES = (
    ("Maple A.", "מייפל א׳"),
    ("River B.", "ריבר ב׳"),
    ("Olive C.", "אוליב ג׳"),
    ("Robin D.", "רובין ד׳"),
    ("Clover E.", "קלובר ה׳"),
    ("Ash F.", "אש ו׳"),
    ("Juniper G.", "ג׳וניפר ז׳"),
    ("Reed H.", "ריד ח׳"),
    ("Willow I.", "וילו ט׳"),
    ("Sky J.", "סקיי י׳"),
    ("Hazel K.", "הייזל כ׳"),
)
# Mostly video; a family that prefers sound only, and one that prefers neither, are ordinary.
_MEDIA: tuple[Media, ...] = ("video", "video", "video", "audio", "video", "video", "none", "video")

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
    pacing="pairs",
)


class DemoFileDamaged(Exception):
    """The file with the demo's passwords cannot be read; its path is the message."""


class DemoTeacher(BaseModel):
    """A teacher of the sample twinning, with the password that was made for this installation."""

    model_config = ConfigDict(frozen=True)

    id: str
    names: Wording
    school: Wording
    email: str
    password: str
    side: SideName


class DemoStudent(BaseModel):
    """A student of the sample twinning with their code. `path` is where the card's QR leads."""

    model_config = ConfigDict(frozen=True)

    id: str
    names: Wording
    school: Wording
    code: str
    side: SideName

    @property
    def path(self) -> str:
        """The address that the card leads to."""
        return f"/j/{self.code}"


_PASSWORDS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


class DemoPeople(BaseModel):
    """Everything that `havruta demo` prints, and that simulated students need."""

    model_config = ConfigDict(frozen=True)

    teachers: tuple[DemoTeacher, ...]
    students: tuple[DemoStudent, ...]
    session: str
    kind: Literal["havruta demo"] = "havruta demo"


async def seed_demo(
    people: People, clock: Clock, kept_in: Path, hash_password: Hash, each: int | None = None
) -> DemoPeople:
    """Make the sample twinning, or find the one that is there; what was done in it stays.

    `each`: classes that are smaller are filled up to this many, to rehearse with a whole school.

    Passwords and codes are made once and kept in `kept_in` (readable by the owner only): they are needed again at each start,
    and the store holds no password. A code renewed since is read from the store. When the file is gone, teachers get new
    passwords.
    """
    fresh = await people.school(CHICAGO.id) is None or await people.session(SESSION) is None
    if fresh:
        await _make(people, clock.now())
    if each is not None:
        await _fill_up(people, each, clock.now())
    await _keep_upcoming(people, clock.now())
    passwords = _kept_passwords(kept_in)
    for _, staff_id, email, _, _ in _STAFF:
        found = await people.staff_by_email(email)
        if found is not None and (email not in passwords or not found[1]):
            passwords[email] = secrets.token_urlsafe(9)
            staff = await people.staff(staff_id)
            if staff is not None:
                await people.save_staff(staff, await hash_password(passwords[email]))
    demo = DemoPeople(
        teachers=tuple(_teacher(staff, passwords) for staff in _STAFF if staff[4] == _TEACHER),
        students=tuple(await _students_with_codes(people)),
        session=SESSION,
    )
    _keep(kept_in, demo, passwords)
    return demo


async def _make(people: People, now: datetime) -> None:
    """Write the whole sample. Each step may have been done by a start that was interrupted."""
    for school in (HAIFA, CHICAGO):
        await people.save_school(school)
    for school, staff_id, email, names, roles in _STAFF:
        await people.save_staff(
            Staff(id=staff_id, school=school.id, email=email, names=names, roles=roles, language=school.language)
        )
    for school, names in ((HAIFA, _HAIFA_NAMES), (CHICAGO, _CHICAGO_NAMES)):
        group = ClassGroup(id=_class_of(school), school=school.id, name=_CLASS_NAMES[school.id], year="")
        await people.save_class(group)
        if not await people.students_in([group.id]):
            await people.add_students([(_student(school, n, *both), _new_code()) for n, both in enumerate(names)])
    for student in await people.students_in([_class_of(HAIFA), _class_of(CHICAGO)]):
        await people.set_consent(student.id, student.consent, "demo-levi", now)
    await people.save_twinning(
        Twinning(
            id=TWINNING,
            names={"en": "Carmel and the Lake", "he": "הכרמל והאגם"},
            sides=(TwinningSide(side="a", schools=(HAIFA.id,)), TwinningSide(side="b", schools=(CHICAGO.id,))),
        )
    )
    await people.save_session(_lesson(now))


async def _fill_up(people: People, each: int, now: datetime) -> None:
    """Add invented students until both classes have so many; who is there already stays."""
    for school, names in ((HAIFA, _HAIFA_NAMES), (CHICAGO, _CHICAGO_NAMES)):
        there = {student.id for student in await people.students_in([_class_of(school)])}
        new: list[Student] = []
        for number in range(len(names), each):
            english, hebrew = (name.split(" ")[0] for name in names[number % len(names)])
            made = _student(school, number, f"{english} {number + 1}", f"{hebrew} {number + 1}")
            if made.id not in there:
                new.append(made)
        await people.add_students([(student, _new_code()) for student in new])
        for student in new:
            await people.set_consent(student.id, student.consent, "demo-levi", now)


_CLASS_NAMES: dict[str, Wording] = {
    HAIFA.id: {"en": "Seventh grade, Carmel", "he": "כיתה ז׳ כרמל"},
    CHICAGO.id: {"en": "Seventh grade, Lake", "he": "כיתה ז׳ אגם"},
}


def _class_of(school: School) -> str:
    return f"{school.id}-7"


def _student(school: School, number: int, english: str, hebrew: str) -> Student:
    """Return the nth invented student: all speak their school's language, some the other's as well."""
    other = "en" if school.language == "he" else "he"
    both = number % 3 == 0 if school is CHICAGO else number % 2 == 0
    languages = (school.language, other) if both else (school.language,)
    return Student(
        id=f"{school.id}-{number + 1:02}",
        school=school.id,
        class_id=_class_of(school),
        names={"en": english, "he": hebrew},
        speaks=languages,
        reads=languages,
        band="B",
        consent=Consent(takes_part="across", media=_MEDIA[number % len(_MEDIA)], keep_words="year"),
        language=school.language,
    )


def _lesson(now: datetime) -> LessonSession:
    """Return the sample lesson at the next round quarter of an hour, agreed to by both sides."""
    planned = LessonSession(
        id=SESSION,
        twinning=TWINNING,
        title={"en": "Ruth and Naomi: staying together", "he": "רות ונעמי: להישאר יחד"},
        starts_at=_next_quarter(now),
        slot_minutes=45,
        plan=PLAN,
        sides=(
            SessionSide(side="a", classes=(_class_of(HAIFA),), adult="demo-levi"),
            SessionSide(side="b", classes=(_class_of(CHICAGO),), adult="demo-stone"),
        ),
        arc="demo-arc",
    )
    agreed = tuple(side.model_copy(update={"agreed_plan": plan_hash(planned)}) for side in planned.sides)
    return planned.model_copy(update={"sides": agreed})


async def _keep_upcoming(people: People, now: datetime) -> None:
    """Move a lesson that nobody opened in its time to the next quarter of an hour: a demo is for now."""
    lesson = await people.session(SESSION)
    if lesson is None or lesson.status != "planned" or lesson.starts_at + timedelta(minutes=lesson.slot_minutes) > now:
        return
    moved = lesson.model_copy(update={"starts_at": _next_quarter(now)})
    was, now_agreed = plan_hash(lesson), plan_hash(moved)
    sides = tuple(
        side.model_copy(update={"agreed_plan": now_agreed}) if side.agreed_plan == was else side for side in moved.sides
    )
    await people.save_session(moved.model_copy(update={"sides": sides}))


def _next_quarter(now: datetime) -> datetime:
    return now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % QUARTER + QUARTER


def _teacher(staff: tuple[School, str, str, Wording, frozenset[Role]], passwords: dict[str, str]) -> DemoTeacher:
    school, staff_id, email, names, _ = staff
    return DemoTeacher(
        id=staff_id,
        names=names,
        school=school.names,
        email=email,
        password=passwords.get(email, ""),
        side="a" if school is HAIFA else "b",
    )


async def _students_with_codes(people: People) -> list[DemoStudent]:
    found: list[DemoStudent] = []
    for school in (HAIFA, CHICAGO):
        for student in await people.students_in([_class_of(school)]):
            code = await people.code_of(student.id)
            if code is not None:
                side: SideName = "a" if school is HAIFA else "b"
                found.append(DemoStudent(id=student.id, names=student.names, school=school.names, code=code, side=side))
    return found


def _new_code() -> str:
    return make_code(secrets.token_bytes(64))


def read_demo_file(path: Path) -> dict[str, Any]:
    """Return what a demo keeps beside its database: DemoPeople as JSON, and `passwords`. Raises DemoFileDamaged."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        _PASSWORDS.validate_python(kept["passwords"])
        DemoPeople.model_validate({name: value for name, value in kept.items() if name != "passwords"})
    except (ValueError, TypeError, KeyError):
        raise DemoFileDamaged(str(path)) from None
    return kept


def _kept_passwords(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return read_demo_file(path)["passwords"]


def _keep(path: Path, demo: DemoPeople, passwords: dict[str, str]) -> None:
    """Write the file, never readable by others, not even for a moment; an interrupted write leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(demo.model_dump(mode="json") | {"passwords": passwords}, ensure_ascii=False, indent=1)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    new.replace(path)
