"""What the pages of one lesson's plan show: its two sides, clocks on both, and what speaks against the hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from server.core.people.consent import Problem, may_cross, plan_hash, ready_to_start, unanswered
from server.core.people.models import (
    AuditEntry,
    ClassGroup,
    LessonSession,
    School,
    SessionSide,
    SideName,
    Staff,
    Student,
    Twinning,
)
from server.core.people.permissions import takes_part
from server.core.twinning.calendar import SchoolDay, SideDay, Warning, warnings_for
from server.core.twinning.plan import arc_for, largest_group
from server.core.twinning.rehearsal_copy import is_rehearsal
from server.edges.pages.desk import Clock, Desk

PLAN_CHANGED = "plan_changed"
PLAN_AGREED = "plan_agreed"
LOBBY_OPENED = "lobby_opened"
LOBBY_OPENED_WITHOUT_SOME = "lobby_opened_without_unanswered"
LOBBY_TAKEN_BACK = "lobby_taken_back"


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of a lesson as its page shows it. `bringing`: those of its schools that bring a class, and the reader's."""

    side: SideName
    ours: bool
    schools: list[School]
    bringing: list[School]
    classes: list[ClassGroup]
    chosen: SessionSide
    adult: Staff | None
    learners: list[Student]
    agreed: bool

    @property
    def across(self) -> int:
        """How many may learn with the other school."""
        return sum(1 for learner in self.learners if may_cross(learner))

    @property
    def unanswered(self) -> list[Student]:
        """Children whose family's answers are not all recorded: they are not let across."""
        return unanswered(self.learners)


async def classes_of_sides(desk: Desk, twinning: Twinning) -> dict[SideName, list[ClassGroup]]:
    """Return the classes of all schools of each side; those of a rehearsal for the rehearsal alone, and there no others."""
    return {
        side.side: [
            group
            for school in side.schools
            for group in await desk.parts.people.classes_of(school)
            if is_rehearsal(group.id) == is_rehearsal(twinning.id)
        ]
        for side in twinning.sides
    }


async def allowed_classes(desk: Desk, twinning: Twinning) -> dict[SideName, list[str]]:
    """Return the ids of the classes that a side may bring."""
    return {side: [group.id for group in groups] for side, groups in (await classes_of_sides(desk, twinning)).items()}


async def in_its_arc(desk: Desk, session: LessonSession) -> LessonSession:
    """A havruta is a relationship: its classes' lessons follow one another in arcs, in which pairs stay together."""
    planned = await desk.parts.people.sessions_of(session.twinning)
    return session.model_copy(update={"arc": arc_for(session, planned)})


async def staff_of_side(desk: Desk, session: LessonSession, twinning: Twinning, side: SideName) -> list[Staff]:
    """Return the adults who may be with a side's children: of the schools whose classes take part, of all while none does."""
    people = desk.parts.people
    schools = next(s.schools for s in twinning.sides if s.side == side)
    bringing = [school for school in schools if takes_part(session, await people.classes_of(school))]
    return [person for school in bringing or schools for person in await people.staff_of(school)]


def by_class(desk: Desk, ours: SideView) -> list[tuple[ClassGroup, list[str]]]:
    """Return the names of the reader's own children without answers, class by class; a school beside ours names its own."""
    groups = [group for group in ours.classes if group.school == desk.school.id]
    by_class = [(group, [desk.say(s.names) for s in ours.unanswered if s.class_id == group.id]) for group in groups]
    return [(group, names) for group, names in by_class if names]


async def side_views(desk: Desk, session: LessonSession, twinning: Twinning) -> list[SideView]:
    """Return both sides. The partner's children are counted, never named, on any page that uses this."""
    people = desk.parts.people
    classes = await classes_of_sides(desk, twinning)
    schools = await desk.schools_of(twinning)
    (bringing,) = await desk.schools_in([session], twinning)
    ours = desk.side_of(twinning)
    stands = plan_hash(session)
    return [
        SideView(
            side=side.side,
            ours=side.side == ours,
            schools=schools[side.side],
            bringing=bringing[side.side],
            classes=classes[side.side],
            chosen=side,
            adult=await people.staff(side.adult) if side.adult else None,
            learners=await people.students_in(side.classes) if side.classes else [],
            agreed=side.agreed_plan == stands,
        )
        for side in session.sides
    ]


def missing_for(session: LessonSession, twinning: Twinning, views: Sequence[SideView]) -> list[Problem]:
    """Return what stands between the plan and its lobby; that adults are signed in is the lobby's own question."""
    adults = {side.adult for side in session.sides if side.adult}
    return ready_to_start(session, twinning, [s for v in views for s in v.learners], adults)


def largest_of(views: Sequence[SideView]) -> int:
    """Return the size of the largest room that the two sides lead to."""
    one, other = views
    return largest_group(one.across, other.across)


def clocks(desk: Desk, views: Sequence[SideView], moment: datetime) -> list[Clock]:
    """Return the moment on each school's clock, the reader's own first, each zone once."""
    schools: dict[SideName, list[School]] = {view.side: view.bringing for view in views}
    return desk.clocks(moment, schools, next(view.side for view in views if view.ours))


@dataclass(frozen=True, slots=True)
class WarningView:
    """A calendar's warning with its dates and times written for the reader."""

    code: str
    school: str
    ours: bool
    words: dict[str, str]


def warned(desk: Desk, views: Sequence[SideView], session: LessonSession) -> list[WarningView]:
    """Return what speaks against the hour at each school, in the reader's language."""
    by_id = {school.id: school for view in views for school in view.schools}
    days = [
        SideDay(side=school.id, school=_school_day(school), place=view.chosen.place)
        for view in sorted(views, key=lambda v: not v.ours)
        for school in view.bringing
    ]
    found = warnings_for(session.starts_at, session.slot_minutes, days, desk.parts.holidays)
    return [
        WarningView(w.code, desk.say(by_id[w.side].names), by_id[w.side].id == desk.school.id, _words(desk, w, by_id))
        for w in found
    ]


def _school_day(school: School) -> SchoolDay:
    return SchoolDay(
        zone=school.zone,
        country=school.country,
        region=school.region,
        opens=school.opens,
        closes=school.closes,
        days=frozenset(school.days),
        friday_closes=school.friday_closes,
        diaspora=school.diaspora,
        jewish_calendar=school.jewish_calendar,
    )


def _words(desk: Desk, warning: Warning, schools: dict[str, School]) -> dict[str, str]:
    words = dict(warning.params)
    for name in ("day", "change_on"):
        if name in words:
            words[name] = desk.day(date.fromisoformat(words[name]))
    for name in ("begins", "ends", "opens", "closes"):
        if name in words:
            words[name] = desk.wall_hour(time.fromisoformat(words[name].replace("24:00", "00:00")))
    if "name_en" in words:
        words["name"] = desk.say({"en": words["name_en"], "he": words["name_he"]})
    if other := schools.get(words.get("other", "")):
        words["other"] = desk.say(other.names)
        words["hours_apart"] = f"{abs(int(words['minutes_apart'])) / 60:g}"
        words["usual_hours_apart"] = f"{abs(int(words['usual_minutes_apart'])) / 60:g}"
    return words


async def audit(desk: Desk, session: LessonSession, what: str) -> None:
    """Write down who did what to a plan."""
    entry = AuditEntry(at=desk.now, who=desk.staff.id, what=what, school=desk.school.id, session=session.id)
    await desk.parts.people.audit(entry)
