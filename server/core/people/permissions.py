"""Who may do what: role × school × twinning, as one table that pages, API and socket ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from server.core.people.models import ClassGroup, LessonSession, Role, Staff, Twinning

Action = Literal[
    "see_school",
    "change_school",
    "invite_staff",
    "see_class",
    "change_class",
    "test_class",
    "erase_student",
    "change_texts",
    "see_twinning",
    "change_twinning",
    "invite_school",
    "join_twinning",
    "plan_session",
    "agree_plan",
    "name_adult",
    "host_session",
    "review_session",
    "review_student",
    "change_library",
    "export_work",
    "see_concerns",
]
Reach = Literal["own_school", "twinning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Roles of which one is enough, and how far the action reaches from the person's own school."""

    roles: frozenset[Role]
    reach: Reach


ADMIN: Role = "admin"
EVERYONE: frozenset[Role] = frozenset({"admin", "coordinator", "teacher", "safety_lead"})
TEACHES: frozenset[Role] = frozenset({"coordinator", "teacher"})
READS_WORK: frozenset[Role] = frozenset({"coordinator", "teacher", "safety_lead"})

RULES: dict[Action, Rule] = {
    "see_school": Rule(EVERYONE, "own_school"),
    "change_school": Rule(frozenset({ADMIN, "coordinator"}), "own_school"),
    "invite_staff": Rule(frozenset({ADMIN, "coordinator"}), "own_school"),
    "see_class": Rule(READS_WORK, "own_school"),
    "change_class": Rule(TEACHES, "own_school"),
    # Who keeps the school's network running is often an administrator; no child's name is shown there.
    "test_class": Rule(frozenset({ADMIN, "coordinator", "teacher"}), "own_school"),
    "erase_student": Rule(frozenset({"coordinator", "safety_lead"}), "own_school"),
    "change_texts": Rule(TEACHES, "own_school"),
    "see_twinning": Rule(EVERYONE, "twinning"),
    "change_twinning": Rule(frozenset({"coordinator"}), "twinning"),
    "invite_school": Rule(frozenset({ADMIN, "coordinator"}), "twinning"),
    # The school does not stand in the twinning yet: whoever binds it to one speaks for their own school.
    "join_twinning": Rule(frozenset({"coordinator"}), "own_school"),
    "plan_session": Rule(TEACHES, "twinning"),
    "agree_plan": Rule(TEACHES, "twinning"),
    "name_adult": Rule(TEACHES, "twinning"),
    "host_session": Rule(TEACHES, "twinning"),
    "review_session": Rule(READS_WORK, "twinning"),
    "review_student": Rule(READS_WORK, "own_school"),
    # A school's own protocols, and the plans on its shelf.
    "change_library": Rule(TEACHES, "own_school"),
    "export_work": Rule(TEACHES, "own_school"),
    # An administrator keeps the machine running; a child's trouble is not theirs to read.
    "see_concerns": Rule(frozenset({"safety_lead"}), "own_school"),
}


def may(staff: Staff, action: Action, *, school: str | None = None, twinning: Twinning | None = None) -> bool:
    """Whether `staff` may do `action`.

    Actions within a school are asked with `school` (the one acted upon), actions across schools with `twinning`. What is
    not given is not allowed. Agreeing and naming an adult are each side's own: the caller takes the side from
    `twinning.side_of(staff.school)`.
    """
    rule = RULES[action]
    if not staff.roles & rule.roles:
        return False
    if rule.reach == "own_school":
        return school is not None and school == staff.school
    return twinning is not None and twinning.side_of(staff.school) is not None


def takes_part(lesson: LessonSession, classes: Iterable[ClassGroup]) -> bool:
    """Whether a school, given by its classes, brings children to a lesson.

    Standing on a side of its twinning is not enough: another school's lesson is neither held, agreed to nor read.
    """
    brought = {class_id for side in lesson.sides for class_id in side.classes}
    return any(group.id in brought for group in classes)
