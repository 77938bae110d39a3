"""A lesson to rehearse: a copy with invented children in both classes, so that one teacher alone can walk through it."""

from dataclasses import dataclass
from datetime import datetime

from server.core.people.consent import plan_hash
from server.core.people.models import (
    ClassGroup,
    Consent,
    LessonSession,
    School,
    SessionSide,
    SideName,
    Staff,
    Student,
    Twinning,
    TwinningSide,
)

PREFIX = "rehearsal-"
"""Every id of a rehearsal begins with this and a token, so that all of it can be found and removed again."""
FEWEST, MOST = 2, 40

# Plainly invented, as in the demo: things of the field and the sky.
_NAMES = (
    ("Star", "כוכב"), ("Cloud", "ענן"), ("Spring", "מעיין"), ("Stone", "אבן"), ("Reed", "קנה"), ("Olive", "זית"),
    ("Wave", "גל"), ("Almond", "שקד"), ("Wind", "רוח"), ("River", "נהר"), ("Cedar", "ארז"), ("Moon", "ירח"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RehearsalCopy:
    """Everything that is to be written; `stand_in` is the partner teacher who is played."""

    partner: School
    stand_in: Staff
    twinning: Twinning
    classes: tuple[ClassGroup, ClassGroup]
    students: tuple[Student, ...]
    session: LessonSession


def is_rehearsal(session_id: str) -> bool:
    """Whether a lesson is a rehearsal of one."""
    return session_id.startswith(PREFIX)


def copy_of(
    lesson: LessonSession,
    own: School,
    partner: School,
    teacher: str,
    sizes: dict[SideName, int],
    ours: SideName,
    token: str,
    now: datetime,
) -> RehearsalCopy:
    """Return the copy: the teacher's own school with an invented class, and an invented partner school beside the real one.

    No child, no class and no adult of the partner school is in it, and nobody there sees it.
    """
    key = f"{PREFIX}{token}"
    theirs: SideName = "b" if ours == "a" else "a"
    invented = partner.model_copy(update={"id": f"{key}-school", "names": _marked(partner.names)})
    stand_in = Staff(
        id=f"{key}-teacher",
        school=invented.id,
        # Nobody signs in with it: there is no password, and the domain is one that can never exist.
        email=f"{key}@rehearsal.invalid",
        names={"en": "Stand-in teacher", "he": "מורה בהדמיה"},
        roles=frozenset({"teacher"}),
        language=partner.language,
    )
    schools = {ours: own, theirs: invented}
    classes = {
        side: ClassGroup(id=f"{key}-{side}", school=school.id, name=_marked(school.names))
        for side, school in schools.items()
    }
    students: list[Student] = []
    for side in ("a", "b"):
        for _ in range(min(max(sizes.get(side, 0), FEWEST), MOST)):
            # Counted on across the sides: two of the same name in one room would be hard to tell apart.
            number = len(students)
            students.append(_student(f"{key}-{side}-{number:02}", classes[side], schools[side], lesson, number))
    twinning = Twinning(
        id=f"{key}-twins",
        names=_marked(lesson.title),
        sides=(TwinningSide(side="a", schools=(schools["a"].id,)), TwinningSide(side="b", schools=(schools["b"].id,))),
    )
    adults = {ours: teacher, theirs: stand_in.id}
    session = lesson.model_copy(
        update={
            "id": key,
            "twinning": twinning.id,
            "title": _marked(lesson.title),
            "starts_at": now,
            "status": "lobby",
            "arc": None,
            "sides": tuple(
                SessionSide(side=side, classes=(classes[side].id,), adult=adults[side], place=lesson.side(side).place)
                for side in ("a", "b")
            ),
        }
    )
    agreed = tuple(side.model_copy(update={"agreed_plan": plan_hash(session)}) for side in session.sides)
    session = session.model_copy(update={"sides": agreed})
    return RehearsalCopy(invented, stand_in, twinning, (classes["a"], classes["b"]), tuple(students), session)


def _student(student_id: str, group: ClassGroup, school: School, lesson: LessonSession, number: int) -> Student:
    english, hebrew = _NAMES[number % len(_NAMES)]
    other = "en" if school.language == "he" else "he"
    speaks = (school.language, other) if number % 2 == 0 else (school.language,)
    return Student(
        id=student_id,
        school=school.id,
        class_id=group.id,
        names={"en": f"{english} {number + 1}", "he": f"{hebrew} {number + 1}"},
        speaks=speaks,
        reads=speaks,
        band=lesson.plan.band,
        consent=Consent(takes_part="across", media="video", keep_words="session"),
        language=school.language,
    )


def _marked(names: dict[str, str]) -> dict[str, str]:
    """Say in the name itself that this is a rehearsal: it stands on every screen of the lesson."""
    said = {"en": "Rehearsal", "he": "חזרה כללית"}
    return {language: f"{said.get(language, said['en'])}: {name}"[:80] for language, name in names.items()}
