"""What families and teachers agreed to, and what a lesson may therefore do."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from server.core.live.proposals import DEFAULT_POLICY
from server.core.people.models import LESSONS_OF_AN_ARC, LessonSession, SideName, Student, Twinning

NotAcross = Literal["consent_missing", "own_class", "paper"]
ProblemCode = Literal[
    "no_parts",
    "twinning_not_active",
    "class_missing",
    "nobody_may_cross",
    "not_agreed",
    "adult_not_named",
    "adult_missing",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a lesson cannot start yet; `side` says whom it concerns."""

    code: ProblemCode
    side: SideName | None = None


def why_not(student: Student) -> NotAcross | None:
    """Return why a student cannot sit with the partner school, or None if they can."""
    if not student.consent.complete:
        return "consent_missing"
    match student.consent.takes_part:
        case "own_class":
            return "own_class"
        case "paper":
            return "paper"
        case _:
            return None


def may_cross(student: Student) -> bool:
    """Whether the family agreed that the student learns with the partner school."""
    return why_not(student) is None


def unanswered(students: Sequence[Student]) -> list[Student]:
    """Return those whose families' answers are not all recorded: until they are, they stay with their own class."""
    return [student for student in students if not student.consent.complete]


def plan_hash(session: LessonSession) -> str:
    """Return what an agreement is to: the plan, the time, the slot and who takes part. Any change of these asks anew."""
    plan = session.plan.model_dump(mode="json")
    if not plan["talk_shown"]:
        # Plans that were agreed to before there was this choice are what was agreed to.
        del plan["talk_shown"]
    if plan["arrivals"] == DEFAULT_POLICY:
        del plan["arrivals"]
    if plan["arc_lessons"] == LESSONS_OF_AN_ARC:
        del plan["arc_lessons"]
    for part in plan["parts"]:
        if part["partners"] == "keep":
            del part["partners"]
    agreed = {
        "plan": plan,
        "starts_at": int(session.starts_at.timestamp()),
        "slot_minutes": session.slot_minutes,
        "classes": {side.side: sorted(side.classes) for side in session.sides},
    }
    canonical = json.dumps(agreed, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def ready_to_start(
    session: LessonSession, twinning: Twinning, students: Sequence[Student], adults_here: Collection[str]
) -> list[Problem]:
    """Return what still stands in the way, in the order in which teachers can mend it; empty means ready.

    `students`: those of the lesson's classes. `adults_here`: ids of staff who are signed in to the lesson now.
    A child whose family has not answered stands in nobody's way: that child is not let across (see `unanswered`).
    """
    problems: list[Problem] = []
    if twinning.status != "active":
        problems.append(Problem("twinning_not_active"))
    if not session.plan.parts:
        problems.append(Problem("no_parts"))
    agreed_to = plan_hash(session)
    for side in session.sides:
        learners = [s for s in students if s.class_id in side.classes]
        if not side.classes:
            problems.append(Problem("class_missing", side.side))
        elif not any(may_cross(s) for s in learners):
            problems.append(Problem("nobody_may_cross", side.side))
        if side.agreed_plan != agreed_to:
            problems.append(Problem("not_agreed", side.side))
        if side.adult is None:
            problems.append(Problem("adult_not_named", side.side))
        elif side.adult not in adults_here:
            problems.append(Problem("adult_missing", side.side))
    return problems
