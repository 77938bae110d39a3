"""What looking back over a year needs of a lesson: the few questions that are compared, with their wording. Small, so it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from server.core.languages import Wording
from server.core.live.lesson import Lesson
from server.core.live.practices import exercised_by
from server.core.live.protocol import Practice, Step

COMPARED = frozenset({"intention", "growth_goal", "portrait"})
"""Outputs of steps that are followed from lesson to lesson, beside ratings."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One question that is followed over time. `options`: id and label, in order; `practice` as the question has it."""

    practice: str | None
    output: str | None
    prompt: Wording
    options: tuple[tuple[str, Wording], ...] = ()

    @property
    def rated(self) -> bool:
        """Whether it asks for a level."""
        return self.practice is not None


@dataclass(frozen=True, slots=True)
class Outline:
    """One lesson. `asked` by (step id, input id); `titles` by step id; `exercised`: the practice of its last text protocol."""

    asked: Mapping[tuple[str, str], Compared] = field(default_factory=dict[tuple[str, str], Compared])
    titles: Mapping[str, Wording] = field(default_factory=dict[str, Wording])
    exercised: Practice | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One learner's answer to a question that is followed over time. `entries` as they were stored."""

    student: str
    session: str
    at: datetime
    step: str
    input: str
    entries: tuple[Mapping[str, object], ...]


def outline_of(lesson: Lesson) -> Outline:
    """Return the outline of a lesson; options that only a room of another size met are in it too."""
    asked: dict[tuple[str, str], Compared] = {}
    for at in lesson.steps:
        for step in (at.step, *(fitted for fitted in at.for_group.values() if fitted)):
            for key, compared in _compared(step):
                asked.setdefault((at.id, key), compared)
    titles = {at.id: at.step.title for at in lesson.steps}
    return Outline(asked, titles, exercised_by([part.protocol for part in lesson.parts]))


def _compared(step: Step) -> list[tuple[str, Compared]]:
    return [
        (
            asked.id,
            Compared(
                asked.practice if asked.kind == "rating" else None,
                step.output,
                asked.prompt,
                tuple((option.id, option.label) for option in asked.options),
            ),
        )
        for asked in step.inputs
        if asked.kind == "rating" or step.output in COMPARED
    ]
