"""A plan that two teachers share: its minutes against the slot, what is wrong with it, and the lesson it becomes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from server.core.languages import Wording, missing_languages
from server.core.live.lesson import Lesson, LessonStep, Part
from server.core.live.protocol import PLAN, Protocol
from server.core.people.models import LessonSession, Plan, PlannedPart
from server.core.texts import Text

ARRIVAL_MINUTES = 5.0
CLOSE_MINUTES = 2.0
ADVISED_SEGMENTS = 4
"""Verses that two readers can look at closely in one lesson; more is advice against, never a refusal."""

ProblemCode = Literal[
    "no_parts",
    "unknown_protocol",
    "text_needed",
    "unknown_text",
    "unknown_segment",
    "span_backwards",
    "unknown_step",
    "band_not_fitted",
    "too_long",
    "long_span",
    "no_intention",
    "no_reflection",
    "own_statements",
    "statements_in_one_language",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a plan. `part` is its place in the order; what does not `blocks` is advice."""

    code: ProblemCode
    part: int | None = None
    blocks: bool = True
    params: dict[str, str] = field(default_factory=dict[str, str])


class PlanProblem(Exception):
    """A plan that cannot become a lesson; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Timetable:
    """Minutes for the largest room. `parts` are in the plan's order, 0 where a protocol is not known."""

    parts: tuple[float, ...]
    slot: float

    @property
    def learning(self) -> float:
        """Minutes of all protocols."""
        return sum(self.parts)

    @property
    def total(self) -> float:
        """Minutes with arrival and close."""
        return self.learning + ARRIVAL_MINUTES + CLOSE_MINUTES

    @property
    def left(self) -> float:
        """Minutes to spare; negative when the plan is too long for the slot."""
        return self.slot - self.total


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the run of show: from when to when, and the step (None for arrival and close)."""

    what: Literal["arrival", "step", "close"]
    begins: datetime
    ends: datetime
    step: LessonStep | None = None


def largest_group(across_a: int, across_b: int) -> int:
    """Return the size of the largest room that two numbers of learners lead to (2, 3 or 4)."""
    few, many = sorted((across_a, across_b))
    if many <= 1:
        return 2
    # Two equal classes are planned for a trio too: one absent child makes one.
    return 4 if few and many > 2 * few else 3


def compile_plan(
    plan: Plan, title: Wording, protocols: Mapping[str, Protocol], texts: Mapping[str, Text], largest_group: int
) -> Lesson:
    """Return the lesson that a plan becomes, frozen with the protocols and the span of text it names.

    Raises PlanProblem with the first thing that stands in the way.
    """
    for problem in _what_blocks(plan, protocols, texts):
        raise PlanProblem(problem)
    return _lesson(plan, title, protocols, texts, largest_group)


def problems(
    plan: Plan, slot_minutes: float, protocols: Mapping[str, Protocol], texts: Mapping[str, Text], largest_group: int
) -> list[Problem]:
    """Return all that a teacher should know about a plan, what blocks first."""
    found = _what_blocks(plan, protocols, texts)
    times = timetable(plan, slot_minutes, protocols, texts, largest_group)
    if times.left < 0:
        found.append(Problem("too_long", blocks=False, params={"over": f"{-times.left:g}"}))
    text = texts.get(plan.text or "")
    verses = len(_span(text, plan).segments) if text else 0
    if verses > ADVISED_SEGMENTS:
        found.append(Problem("long_span", blocks=False, params={"segments": str(verses)}))
    return found + _advice(plan, protocols)


def _advice(plan: Plan, protocols: Mapping[str, Protocol]) -> list[Problem]:
    """Return what an experienced colleague would say about the order; never a refusal."""
    known = [(n, part, protocols[part.protocol]) for n, part in enumerate(plan.parts) if part.protocol in protocols]
    found: list[Problem] = []
    given: set[str] = set()
    for number, part, protocol in known:
        wanted = {u.removeprefix(PLAN) for step in protocol.steps for u in step.uses if u.startswith(PLAN)}
        if "intention" in wanted - given and not any(p.code == "no_intention" for p in found):
            found.append(Problem("no_intention", number, blocks=False))
        given |= {step.output for step in protocol.steps if step.output}
        if protocol.statements and not part.statements:
            found.append(Problem("own_statements", number, blocks=False))
        if any(missing_languages(statement) for statement in part.statements):
            found.append(Problem("statements_in_one_language", number, blocks=False))
    if any(p.needs_text for _, _, p in known) and not any(p.group == "reflection" for _, _, p in known):
        found.append(Problem("no_reflection", blocks=False))
    return found


def timetable(
    plan: Plan, slot_minutes: float, protocols: Mapping[str, Protocol], texts: Mapping[str, Text], largest_group: int
) -> Timetable:
    """Return the minutes of each protocol for the largest room; works for a plan that has problems too."""
    known = [n for n, part in enumerate(plan.parts) if part.protocol in protocols]
    lesson = _lesson(plan, {"en": "-"}, protocols, texts, largest_group)
    minutes = [0.0] * len(plan.parts)
    for step in lesson.steps:
        minutes[known[step.part]] += step.seconds_in(lesson.largest_group) / 60
    return Timetable(tuple(minutes), float(slot_minutes))


def run_of_show(lesson: Lesson, starts_at: datetime) -> list[Moment]:
    """Return arrival, every step and the close, each with its beginning and end for the largest room."""
    at = starts_at + timedelta(minutes=ARRIVAL_MINUTES)
    moments = [Moment("arrival", starts_at, at)]
    for step in lesson.steps:
        seconds = step.seconds_in(lesson.largest_group)
        if not seconds:
            continue
        moments.append(Moment("step", at, at + timedelta(seconds=seconds), step))
        at += timedelta(seconds=seconds)
    moments.append(Moment("close", at, at + timedelta(minutes=CLOSE_MINUTES)))
    return moments


def edition(session: LessonSession) -> str:
    """Return a hash of all that the plan's form can change, so that nobody overwrites what they have not seen.

    It is wider than what an agreement is to: the lesson's name and where the children sit are in it too.
    """
    form: dict[str, object] = {
        "title": session.title,
        "starts_at": session.starts_at.astimezone(UTC).isoformat(),
        "slot_minutes": session.slot_minutes,
        "plan": session.plan.model_dump(mode="json"),
        "sides": [[side.side, sorted(side.classes), side.place] for side in session.sides],
    }
    return hashlib.sha256(json.dumps(form, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def arc_for(lesson: LessonSession, planned: Sequence[LessonSession]) -> str:
    """Return the arc of a lesson: the one its classes are in until that has its lessons, else one that begins with it.

    `planned` are the twinning's lessons; the lesson itself may be among them.
    """
    classes = {class_id for side in lesson.sides for class_id in side.classes}
    theirs = [
        other
        for other in planned
        if other.id != lesson.id and any(classes.intersection(side.classes) for side in other.sides)
    ]
    arc = max(theirs, key=lambda other: other.starts_at).arc if theirs else None
    if arc is None or sum(other.arc == arc for other in theirs) >= lesson.plan.arc_lessons:
        return lesson.id
    return arc


Difference = Literal[
    "title", "when", "slot", "classes", "places", "text", "band", "pacing", "talk", "arrivals", "arc", "protocols"
]


def differences(one: LessonSession, other: LessonSession) -> tuple[Difference, ...]:
    """Return in what two versions of one lesson's plan differ, for a teacher who has to choose."""
    a, b = one.plan, other.plan
    found: dict[Difference, bool] = {
        "title": one.title != other.title,
        "when": one.starts_at != other.starts_at,
        "slot": one.slot_minutes != other.slot_minutes,
        "classes": any(set(s.classes) != set(other.side(s.side).classes) for s in one.sides),
        "places": any(s.place != other.side(s.side).place for s in one.sides),
        "text": (a.text, a.first, a.last) != (b.text, b.first, b.last),
        "band": a.band != b.band,
        "pacing": a.pacing != b.pacing,
        "talk": a.talk_shown != b.talk_shown,
        "arrivals": a.arrivals != b.arrivals,
        "arc": a.arc_lessons != b.arc_lessons,
        "protocols": a.parts != b.parts,
    }
    return tuple(name for name, differs in found.items() if differs)


def _lesson(
    plan: Plan, title: Wording, protocols: Mapping[str, Protocol], texts: Mapping[str, Text], largest_group: int
) -> Lesson:
    text = texts.get(plan.text or "")
    return Lesson(
        title=title,
        band=plan.band,
        pacing=plan.pacing,
        largest_group=largest_group,
        parts=tuple(
            Part(
                protocol=protocols[part.protocol],
                short=part.short,
                minutes=part.minutes,
                statements=part.statements,
                rotate=part.partners == "rotate",
            )
            for part in plan.parts
            if part.protocol in protocols
        ),
        text=None if text is None else _span(text, plan),
    )


def _span(text: Text, plan: Plan) -> Text:
    """Return the verses of the plan; where its span cannot be found in the text, the whole of it."""
    try:
        return text.span(plan.first, plan.last)
    except (KeyError, ValueError):
        return text


def _what_blocks(plan: Plan, protocols: Mapping[str, Protocol], texts: Mapping[str, Text]) -> list[Problem]:
    if not plan.parts:
        return [Problem("no_parts")]
    found = [problem for n, part in enumerate(plan.parts) for problem in _part_problems(n, part, plan, protocols)]
    return found + _text_problems(plan, protocols, texts)


def _part_problems(number: int, part: PlannedPart, plan: Plan, protocols: Mapping[str, Protocol]) -> list[Problem]:
    protocol = protocols.get(part.protocol)
    if protocol is None:
        return [Problem("unknown_protocol", number, params={"protocol": part.protocol})]
    found: list[Problem] = []
    if plan.band not in protocol.bands:
        found.append(Problem("band_not_fitted", number, params={"protocol": part.protocol, "band": plan.band}))
    unknown = sorted(set(part.minutes) - {step.id for step in protocol.steps})
    if unknown:
        found.append(Problem("unknown_step", number, params={"step": unknown[0]}))
    return found


def _text_problems(plan: Plan, protocols: Mapping[str, Protocol], texts: Mapping[str, Text]) -> list[Problem]:
    if plan.text is None:
        needing = next(
            (n for n, p in enumerate(plan.parts) if p.protocol in protocols and protocols[p.protocol].needs_text), None
        )
        return [] if needing is None else [Problem("text_needed", needing)]
    text = texts.get(plan.text)
    if text is None:
        return [Problem("unknown_text", params={"text": plan.text})]
    ids = [segment.id for segment in text.segments]
    unknown = [named for named in (plan.first, plan.last) if named is not None and named not in ids]
    if unknown:
        return [Problem("unknown_segment", params={"segment": unknown[0]})]
    if plan.first is not None and plan.last is not None and ids.index(plan.first) > ids.index(plan.last):
        return [Problem("span_backwards", params={"first": plan.first, "last": plan.last})]
    return []
