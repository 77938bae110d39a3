"""One lesson's plan, which two teachers of two schools write together and agree to."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from aiohttp import web

from server.core.people.consent import Problem, may_cross, plan_hash, ready_to_start, unanswered
from server.core.people.models import (
    AuditEntry,
    ClassGroup,
    LessonSession,
    Plan,
    PlannedPart,
    School,
    SessionSide,
    SideName,
    Staff,
    Student,
    Twinning,
)
from server.core.people.permissions import takes_part
from server.core.twinning.calendar import SchoolDay, SideDay, Warning, warnings_for
from server.core.twinning.plan import (
    ARRIVAL_MINUTES,
    CLOSE_MINUTES,
    arc_for,
    differences,
    edition,
    largest_group,
    problems,
    timetable,
)
from server.core.twinning.rehearsal_copy import is_rehearsal
from server.edges.pages.desk import Clock, Desk, desk_of, other_side, see_other
from server.edges.pages.library import GROUPS, reading
from server.edges.pages.plan_form import Form, TypedPlan, read_hour, takes_statements, typed_from, typed_in, understood
from server.edges.pages.rehearsal import tested
from server.edges.pages.rehearse_lesson import may_rehearse
from server.edges.pages.text_shelf import texts_for

routes = web.RouteTableDef()

FIRST_PLAN = (
    PlannedPart(protocol="havruta_warm_up_young", short=True),
    PlannedPart(protocol="noticing_and_wondering", short=True),
    PlannedPart(protocol="reflection", short=True),
    PlannedPart(protocol="self_assessment"),
)
"""What a new lesson begins with, so that nobody starts from an empty page: intention, text, reflection, self-rating."""

PLAN_CHANGED = "plan_changed"
PLAN_AGREED = "plan_agreed"
LOBBY_OPENED = "lobby_opened"
LOBBY_OPENED_WITHOUT_SOME = "lobby_opened_without_unanswered"
LOBBY_TAKEN_BACK = "lobby_taken_back"

_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


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


@routes.get("/twinnings/{twinning}/sessions/new")
async def new_lesson(request: web.Request) -> web.Response:
    """Ask when and with whom; the plan itself comes next."""
    desk = await desk_of(request)
    twinning = await desk.twinning(request.match_info["twinning"])
    desk.require("plan_session", twinning=twinning)
    tomorrow = desk.now.astimezone(ZoneInfo(desk.school.zone)).date() + timedelta(days=7)
    typed = {"title_en": "", "title_he": "", "day": tomorrow.isoformat(), "at": "", "slot": "45"}
    return await _ask_for_new(desk, twinning, typed, {}, None)


@routes.post("/twinnings/{twinning}/sessions/new")
async def make_lesson(request: web.Request) -> web.Response:
    """Make a lesson with a first plan, and go to it."""
    desk = await desk_of(request)
    twinning = await desk.twinning(request.match_info["twinning"])
    desk.require("plan_session", twinning=twinning)
    form = cast(Form, await request.post())
    names = ("title_en", "title_he", "day", "at", "slot")
    typed = {name: str(form.get(name, "")).strip() for name in names}
    chosen: dict[SideName, list[str]] = {
        side: [str(c) for c in form.getall(f"classes_{side}", [])] for side in ("a", "b")
    }
    allowed = await _allowed(desk, twinning)
    blank = LessonSession(
        id=secrets.token_hex(8),
        twinning=twinning.id,
        title={desk.language: "-"},
        starts_at=desk.now,
        plan=Plan(parts=tuple(p for p in FIRST_PLAN if p.protocol in desk.parts.protocols)),
        sides=(
            SessionSide(side="a", classes=(), adult=_me_on(desk, twinning, "a")),
            SessionSide(side="b", classes=(), adult=_me_on(desk, twinning, "b")),
        ),
    )
    whole = typed_from(blank, desk.side_of(twinning), desk.school.zone)
    whole.title = {"en": typed["title_en"], "he": typed["title_he"]}
    whole.day, whole.at, whole.slot, whole.classes = typed["day"], typed["at"], typed["slot"], chosen
    texts = await texts_for(desk, twinning)
    made = understood(whole, blank, desk.school.zone, allowed, desk.parts.protocols, texts)
    if made is None:
        return await _ask_for_new(desk, twinning, typed, whole.errors, chosen, status=422)
    made = await _in_its_arc(desk, made)
    await desk.parts.people.save_session(made)
    await _audit(desk, made, PLAN_CHANGED)
    raise see_other(f"/sessions/{made.id}?done=made")


@routes.get("/sessions/{session}")
async def plan(request: web.Request) -> web.Response:
    """Show the plan, to be changed while it is one."""
    desk = await desk_of(request)
    session, twinning = await desk.session(request.match_info["session"])
    typed = typed_from(session, desk.side_of(twinning), desk.school.zone)
    return await _show(desk, session, twinning, typed)


@routes.post("/sessions/{session}")
async def change_plan(request: web.Request) -> web.Response:
    """Do what the pressed button says; whatever it is, what was typed is kept first."""
    desk = await desk_of(request)
    form = cast(Form, await request.post())
    session_id = request.match_info["session"]
    async with _turns.setdefault(session_id, asyncio.Lock()):
        session, twinning = await desk.session(session_id)
        desk.require("plan_session", twinning=twinning)
        if session.status != "planned":
            return await _after_planning(desk, session, form)
        return await _change(desk, session, twinning, form)


async def _change(desk: Desk, session: LessonSession, twinning: Twinning, form: Form) -> web.Response:
    wish = str(form.get("do", "save"))
    typed = typed_in(form)
    allowed = await _allowed(desk, twinning)
    texts = await texts_for(desk, twinning)
    if str(form.get("was", "")) != edition(session):
        mine = understood(typed, session, desk.school.zone, allowed, desk.parts.protocols, texts)
        return await _show(desk, session, twinning, typed, mine=mine, conflict=True, status=409)
    if wish == "add":
        typed.add(str(form.get("add", "")), desk.parts.protocols)
    typed.rearrange(wish)
    changed = understood(typed, session, desk.school.zone, allowed, desk.parts.protocols, texts)
    if changed is None:
        return await _show(desk, session, twinning, typed, status=422)
    side = desk.side_of(twinning)
    if edition(changed) != edition(session):
        if {"classes", "arc"} & set(differences(session, changed)):
            changed = await _in_its_arc(desk, changed)
        await desk.parts.people.save_session(changed)
        await _audit(desk, changed, PLAN_CHANGED)
    changed = await _with_adult(desk, changed, twinning, side, typed.adult)
    if wish == "agree":
        if not await desk.takes_part(changed):
            raise web.HTTPForbidden
        agreed = plan_hash(changed)
        changed = _with_side(changed, changed.side(side).model_copy(update={"agreed_plan": agreed}))
        await desk.parts.people.save_session(changed)
        await _audit(desk, changed, PLAN_AGREED)
        raise see_other(f"/sessions/{session.id}?done=agreed")
    if wish == "open":
        return await _open_lobby(desk, changed, twinning, typed, str(form.get("without", "")))
    place = "#plan" if wish == "add" or ":" in wish else ""
    raise see_other(f"/sessions/{session.id}?done=saved{place}")


async def _in_its_arc(desk: Desk, session: LessonSession) -> LessonSession:
    """A havruta is a relationship: its classes' lessons follow one another in arcs, in which pairs stay together."""
    planned = await desk.parts.people.sessions_of(session.twinning)
    return session.model_copy(update={"arc": arc_for(session, planned)})


async def _open_lobby(
    desk: Desk, session: LessonSession, twinning: Twinning, typed: TypedPlan, without: str
) -> web.Response:
    """Open the lobby. `without`: how many children the teacher has seen will not be let across, as they ticked it."""
    views = await _side_views(desk, session, twinning)
    texts = await texts_for(desk, twinning)
    found = problems(session.plan, session.slot_minutes, desk.parts.protocols, texts, _largest(views))
    if any(problem.blocks for problem in found) or _missing(session, twinning, views):
        typed.errors["open"] = "not_ready"
        return await _show(desk, session, twinning, typed, status=409)
    left_out = sum(len(view.unanswered) for view in views)
    if left_out and without != str(left_out):
        typed.errors["open"] = "answers_missing"
        return await _show(desk, session, twinning, typed, status=409)
    await desk.parts.people.save_session(session.model_copy(update={"status": "lobby"}))
    await _audit(desk, session, LOBBY_OPENED_WITHOUT_SOME if left_out else LOBBY_OPENED)
    raise see_other(f"/sessions/{session.id}/live")


async def _after_planning(desk: Desk, session: LessonSession, form: Form) -> web.Response:
    """A lobby may be taken back to planning; what runs or has run is not changed any more."""
    if str(form.get("do", "")) != "back" or session.status != "lobby":
        raise see_other(f"/sessions/{session.id}?done=not_now")
    await desk.parts.people.save_session(session.model_copy(update={"status": "planned"}))
    await _audit(desk, session, LOBBY_TAKEN_BACK)
    raise see_other(f"/sessions/{session.id}?done=taken_back")


async def _with_adult(
    desk: Desk, session: LessonSession, twinning: Twinning, side: SideName, typed: str
) -> LessonSession:
    chosen = session.side(side)
    staff = [s.id for s in await _staff(desk, session, twinning, side)]
    if chosen.adult and chosen.adult not in staff:
        # Their school's class is no longer in the lesson, so its door is closed to them.
        chosen = chosen.model_copy(update={"adult": None})
        session = _with_side(session, chosen)
        await desk.parts.people.save_session(session)
    if typed == (chosen.adult or "") or typed not in staff:
        return session
    await desk.parts.people.set_adult(session.id, side, typed)
    return _with_side(session, chosen.model_copy(update={"adult": typed}))


def _with_side(session: LessonSession, changed: SessionSide) -> LessonSession:
    sides = tuple(changed if s.side == changed.side else s for s in session.sides)
    return session.model_copy(update={"sides": sides})


async def _show(
    desk: Desk,
    session: LessonSession,
    twinning: Twinning,
    typed: TypedPlan,
    *,
    mine: LessonSession | None = None,
    conflict: bool = False,
    status: int = 200,
) -> web.Response:
    """Render the page. What is typed stands in the fields; clocks, minutes and advice are those of what is understood."""
    shown = mine or session
    views = await _side_views(desk, shown, twinning)
    largest = _largest(views)
    protocols, texts = desk.parts.protocols, await texts_for(desk, twinning)
    found = problems(shown.plan, shown.slot_minutes, protocols, texts, largest)
    times = timetable(shown.plan, shown.slot_minutes, protocols, texts, largest)
    missing = _missing(session, twinning, views)
    ours = next(v for v in views if v.ours)
    own_classes = [c for c in ours.chosen.classes if c in {g.id for g in ours.classes if g.school == desk.school.id}]
    context: dict[str, Any] = {
        "session": session,
        "twinning": twinning,
        "typed": typed,
        "errors": typed.errors,
        "was": edition(session),
        "views": sorted(views, key=lambda v: not v.ours),
        "ours": ours,
        "theirs": next(v for v in views if not v.ours),
        "clocks": clocks(desk, views, shown.starts_at),
        "ends": clocks(desk, views, shown.starts_at + timedelta(minutes=shown.slot_minutes)),
        "warnings": warned(desk, views, shown),
        "staff": await _staff(desk, shown, twinning, ours.side),
        "own_unanswered": _by_class(desk, ours),
        "elsewhere": {v.side: sum(s.school != desk.school.id for s in v.unanswered) for v in views},
        "left_out": sum(len(view.unanswered) for view in views),
        "own_classes": own_classes,
        "takes_part": await desk.takes_part(shown),
        "all_protocols": sorted(protocols.values(), key=lambda p: (GROUPS.index(p.group), desk.say(p.title))),
        "protocols": protocols,
        "texts": sorted(texts.values(), key=lambda t: desk.say(t.title)),
        "text": texts.get(typed.text),
        "times": times,
        "arrival": ARRIVAL_MINUTES,
        "close": CLOSE_MINUTES,
        "largest": largest,
        "takes_statements": takes_statements,
        "problems": found,
        "missing": {(m.code, m.side) for m in missing},
        "ready": not missing and not any(problem.blocks for problem in found),
        "minutes_wrong": typed.minutes_wrong,
        "conflict": conflict and await _who_changed(desk, session),
        "differs": differences(session, mine) if conflict and mine else (),
        "tested": await tested(desk, own_classes),
        "may_plan": desk.may("plan_session", twinning=twinning),
        "may_rehearse": may_rehearse(desk, session, twinning, found),
        "may_change": desk.may("plan_session", twinning=twinning) and session.status == "planned",
    }
    return desk.render("planning/plan.html", context | reading(desk), status)


async def _ask_for_new(
    desk: Desk,
    twinning: Twinning,
    typed: dict[str, str],
    errors: dict[str, str],
    chosen: dict[SideName, list[str]] | None,
    *,
    status: int = 200,
) -> web.Response:
    side = desk.side_of(twinning)
    classes = await _classes(desk, twinning)
    if chosen is None:
        # One class on a side is the class that is meant.
        chosen = {s: [groups[0].id] if len(groups) == 1 else [] for s, groups in classes.items()}
    schools = await desk.schools_of(twinning)
    clocks_now: list[Clock] = []
    views = [(s, s == side, schools[s], classes[s], chosen[s]) for s in (side, other_side(side))]
    hour = read_hour(typed["day"], typed["at"], desk.school.zone)
    if isinstance(hour, datetime):
        clocks_now = desk.clocks(hour, schools, side)
    context = {"twinning": twinning, "typed": typed, "errors": errors, "views": views, "clocks": clocks_now}
    return desk.render("planning/new.html", context, status)


async def _classes(desk: Desk, twinning: Twinning) -> dict[SideName, list[ClassGroup]]:
    # The classes of a rehearsal are for the rehearsal alone, and there are no others in it.
    return {
        side.side: [
            group
            for school in side.schools
            for group in await desk.parts.people.classes_of(school)
            if is_rehearsal(group.id) == is_rehearsal(twinning.id)
        ]
        for side in twinning.sides
    }


async def _allowed(desk: Desk, twinning: Twinning) -> dict[SideName, list[str]]:
    return {side: [group.id for group in groups] for side, groups in (await _classes(desk, twinning)).items()}


async def _staff(desk: Desk, session: LessonSession, twinning: Twinning, side: SideName) -> list[Staff]:
    """Return the adults who may be with a side's children: of the schools whose classes take part, of all while none does."""
    people = desk.parts.people
    schools = next(s.schools for s in twinning.sides if s.side == side)
    bringing = [school for school in schools if takes_part(session, await people.classes_of(school))]
    return [person for school in bringing or schools for person in await people.staff_of(school)]


def _by_class(desk: Desk, ours: SideView) -> list[tuple[ClassGroup, list[str]]]:
    """Return the names of the reader's own children without answers, class by class; a school beside ours names its own."""
    groups = [group for group in ours.classes if group.school == desk.school.id]
    by_class = [(group, [desk.say(s.names) for s in ours.unanswered if s.class_id == group.id]) for group in groups]
    return [(group, names) for group, names in by_class if names]


async def _side_views(desk: Desk, session: LessonSession, twinning: Twinning) -> list[SideView]:
    """Return both sides. The partner's children are counted, never named, on any page that uses this."""
    people = desk.parts.people
    classes = await _classes(desk, twinning)
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


def _missing(session: LessonSession, twinning: Twinning, views: Sequence[SideView]) -> list[Problem]:
    """Return what stands between the plan and its lobby; that adults are signed in is the lobby's own question."""
    adults = {side.adult for side in session.sides if side.adult}
    return ready_to_start(session, twinning, [s for v in views for s in v.learners], adults)


def _largest(views: Sequence[SideView]) -> int:
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


def _me_on(desk: Desk, twinning: Twinning, side: SideName) -> str | None:
    return desk.staff.id if desk.side_of(twinning) == side else None


async def _who_changed(desk: Desk, session: LessonSession) -> dict[str, str]:
    """Return who changed the plan last, and when, for the reader."""
    changes = [entry for entry in await desk.parts.people.audited(session.id) if entry.what == PLAN_CHANGED]
    if not changes:
        return {"name": "", "at": ""}
    last = max(changes, key=lambda entry: entry.at)
    person = await desk.parts.people.staff(last.who)
    return {"name": desk.say(person.names) if person else "", "at": desk.hour(last.at, desk.school.zone)}


async def _audit(desk: Desk, session: LessonSession, what: str) -> None:
    entry = AuditEntry(at=desk.now, who=desk.staff.id, what=what, school=desk.school.id, session=session.id)
    await desk.parts.people.audit(entry)
