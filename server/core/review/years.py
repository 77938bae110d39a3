"""One learner over time: lesson by lesson, what they set out to do, what they wrote, and how they saw it."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core.live.lesson import Lesson, LessonStep
from server.core.live.protocol import Input
from server.core.people.models import WorkRecord
from server.core.review.rooms import Said, entries_of, said_in


@dataclass(frozen=True, slots=True)
class Piece:
    """One kept piece of writing with the question it answers, as far as the lesson still has it."""

    work: WorkRecord
    at: LessonStep | None
    asked: Input | None
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class LessonTold:
    """One lesson of one learner."""

    intention: tuple[Piece, ...]
    reflection: tuple[Piece, ...]
    rated: tuple[Piece, ...]
    rest: tuple[Piece, ...]


def lesson_told(lesson: Lesson | None, works: Sequence[WorkRecord]) -> LessonTold:
    """Sort a learner's kept work of one lesson; words whose question is gone are told without it."""
    pieces = [_piece(lesson, work) for work in works]
    order = {work.id: n for n, work in enumerate(works)}
    pieces.sort(key=lambda p: (p.at.index if p.at else 0, order[p.work.id]))
    set_in = {s.id for s in lesson.steps if s.step.output == "intention"} if lesson else set[str]()
    rated = [p for p in pieces if p.asked is not None and p.asked.kind == "rating"]
    intention = [p for p in pieces if p not in rated and p.at is not None and p.at.id in set_in]
    reflection = [
        p
        for p in pieces
        if p not in rated and p.at is not None and set_in & set(p.at.uses) and p.at.step.kind == "solo"
    ]
    apart = [*rated, *intention, *reflection]
    return LessonTold(tuple(intention), tuple(reflection), tuple(rated), tuple(p for p in pieces if p not in apart))


def _piece(lesson: Lesson | None, work: WorkRecord) -> Piece:
    at = lesson.by_id.get(work.step) if lesson else None
    # Any size of the group will do: the question's wording is what is wanted, and a pair's is the usual one.
    steps = [at.step, *(fitted for fitted in at.for_group.values() if fitted)] if at else []
    asked = next((i for step in steps for i in step.inputs if i.id == work.input), None)
    return Piece(work, at, asked, said_in(entries_of(work), asked, at.step if at else None, lesson))
