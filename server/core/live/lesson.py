"""A plan compiled for one session: ordered protocols and one text become one flat list of steps."""

import hashlib
import json
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from server.core.languages import Wording, say
from server.core.live.practices import LABELS, LOOKS_LIKE, exercised_by
from server.core.live.protocol import PLAN, Band, Input, Practice, Protocol, Step, resolved, step_minutes
from server.core.texts import Text, content_hash

Pacing = Literal["pairs", "class"]


class Frozen(BaseModel):
    """A value that travels and is stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(Frozen):
    """One protocol of a plan. `minutes` replaces a step's minutes by step id; `statements` feed Agree / Disagree.

    `rotate`: it begins with new partners.
    """

    protocol: Protocol
    short: bool = False
    minutes: dict[str, float] = {}
    statements: tuple[Wording, ...] = ()
    rotate: bool = False


class LessonStep(Frozen):
    """One step of the lesson. `id` is unique in the lesson ("1.carry@1:16"); `seconds` are those of a pair."""

    id: str
    index: int
    part: int
    step: Step
    seconds: int
    segment: str | None = None
    uses: tuple[str, ...] = ()
    for_group: dict[int, Step | None] = {}
    seconds_for: dict[int, int] = {}

    def fitted(self, group_size: int) -> Step | None:
        """Return the step as a group of this size gets it; None where it is skipped."""
        return self.for_group.get(group_size, self.step)

    def seconds_in(self, group_size: int) -> int:
        """Return the step's length in seconds for a group of this size."""
        return self.seconds_for.get(group_size, self.seconds)


class Lesson(Frozen):
    """What one session runs through, frozen when it is launched: later changes to files do not touch it."""

    title: Wording
    band: Band
    pacing: Pacing = "pairs"
    largest_group: int = Field(default=3, ge=1, le=4)
    source_language: str = "he"
    parts: tuple[Part, ...]
    text: Text | None = None

    @cached_property
    def steps(self) -> tuple[LessonStep, ...]:
        """All steps in order."""
        return tuple(_compiled(self))

    @cached_property
    def text_hash(self) -> str | None:
        """The hash that evidence in this lesson refers to."""
        return content_hash(self.text) if self.text else None

    @cached_property
    def gates(self) -> tuple[int, ...]:
        """Indices of whole-class steps, which wait for a teacher."""
        return tuple(s.index for s in self.steps if s.step.scope == "class")

    @cached_property
    def rotations(self) -> tuple[int, ...]:
        """Indices of steps at which new partners begin: a teacher opens each of them, too."""
        firsts = {s.part: s.index for s in reversed(self.steps)}
        return tuple(sorted(index for part, index in firsts.items() if index > 0 and self.parts[part].rotate))

    @cached_property
    def by_id(self) -> dict[str, LessonStep]:
        """Steps by their lesson-wide id."""
        return {s.id: s for s in self.steps}

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the canonical JSON of the lesson: browsers fetch it once under this name."""
        content = self.model_dump(mode="json")
        for part in content["parts"]:
            if not part["rotate"]:
                # Lessons that were pinned before there was this choice keep their name.
                del part["rotate"]
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def minutes(self, group_size: int | None = None) -> float:
        """Return the minutes of the whole lesson for the largest room, or for a given group size."""
        size = group_size or self.largest_group
        return sum(step.seconds_in(size) for step in self.steps) / 60


def _compiled(lesson: Lesson) -> list[LessonStep]:
    steps: list[LessonStep] = []
    outputs: dict[str, str] = {}
    for number, part in enumerate(lesson.parts):
        local: dict[str, list[str]] = {}
        practice = exercised_by([earlier.protocol for earlier in lesson.parts[:number]])
        for step, segment in _unrolled(part, lesson):
            base = resolved(step, lesson.band, 2)
            sizes = {size: resolved(step, lesson.band, size) for size in (1, 2, 3, 4)}
            if base is None and not any(sizes.values()):
                continue
            base = base or next(s for s in sizes.values() if s is not None)
            step_id = f"{number}.{step.id}" + (f"@{segment}" if segment else "")
            seconds = {n: _seconds(part, step, lesson.band, n) for n in sizes}
            steps.append(
                LessonStep(
                    id=step_id,
                    index=len(steps),
                    part=number,
                    step=_about_this_lesson(base, part, practice),
                    seconds=seconds[2],
                    segment=segment,
                    uses=tuple(u for used in step.uses for u in _used(used, local, outputs)),
                    for_group={n: s and _about_this_lesson(s, part, practice) for n, s in sizes.items() if s != base},
                    seconds_for={n: s for n, s in seconds.items() if s != seconds[2]},
                )
            )
            local.setdefault(step.id, []).append(step_id)
        for step in part.protocol.steps:
            if step.output and step.id in local:
                outputs[step.output] = local[step.id][-1]
    return steps


def _used(used: str, local: dict[str, list[str]], outputs: dict[str, str]) -> list[str]:
    if used.startswith(PLAN):
        # An output that no earlier protocol of this plan gives is simply not there: "nothing was set".
        found = outputs.get(used.removeprefix(PLAN))
        return [found] if found else []
    return local.get(used, [])


def _unrolled(part: Part, lesson: Lesson) -> list[tuple[Step, str | None]]:
    """Leave out what the short form leaves out, and repeat loops over the first segments of the text."""
    kept = [s for s in part.protocol.steps if not part.short or s.core or s.short_minutes]
    segments = [s.id for s in lesson.text.segments[: part.protocol.loop_segments]] if lesson.text else []
    if part.short:
        segments = segments[:1]
    out: list[tuple[Step, str | None]] = []
    i = 0
    while i < len(kept):
        if kept[i].loop is None:
            out.append((kept[i], None))
            i += 1
            continue
        end = i
        while end < len(kept) and kept[end].loop == kept[i].loop:
            end += 1
        out += [(step, segment) for segment in segments or [None] for step in kept[i:end]]
        i = end
    return out


def _seconds(part: Part, step: Step, band: Band, group_size: int) -> int:
    changed = part.minutes.get(step.id)
    if changed is not None:
        return round(changed * 60)
    return round(step_minutes(step, band, group_size, short=part.short) * 60)


def _about_this_lesson(step: Step, part: Part, practice: Practice | None) -> Step:
    """Put into a step what only the plan knows: its teacher's statements, and which practice the lesson exercised."""
    step = _with_statements(step, part)
    if practice is None or not any(i.practice == "protocol" for i in step.inputs):
        return step
    named = tuple(_naming(i, practice) if i.practice == "protocol" else i for i in step.inputs)
    return step.model_copy(update={"inputs": named, "overrides": ()})


def _naming(asked: Input, practice: Practice) -> Input:
    prompt = {language: f"{say(LABELS[practice], language)}: {words}" for language, words in asked.prompt.items()}
    return asked.model_copy(update={"practice": practice, "prompt": prompt, "hint": LOOKS_LIKE[practice]})


def _with_statements(step: Step, part: Part) -> Step:
    """Repeat inputs marked `each` once for each statement (or for the first), its words put before the prompt."""
    if not any(i.each for i in step.inputs):
        return step
    statements = part.statements or part.protocol.statements
    inputs: list[Input] = []
    for asked in step.inputs:
        if asked.each is None:
            inputs.append(asked)
            continue
        asked_of = statements[:1] if asked.each == "first_statement" else statements
        for n, statement in enumerate(asked_of, start=1):
            # A statement that its teacher wrote in one language is asked about in each.
            prompt = {lang: f"“{say(statement, lang)}” — {words}" for lang, words in asked.prompt.items()}
            inputs.append(asked.model_copy(update={"id": f"{asked.id}_{n}", "prompt": prompt, "each": None}))
    # The overrides named the inputs as they were; they have been applied by now.
    return step.model_copy(update={"inputs": tuple(inputs), "overrides": ()})
