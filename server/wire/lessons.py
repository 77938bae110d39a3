"""A lesson as browsers fetch it: once, by its content hash."""

from typing import Any

from server.core.live.bell import reflection_start
from server.core.live.lesson import Lesson, LessonStep
from server.core.live.protocol import Step
from server.core.texts import text_for_wire

STEP_FIELDS = (
    "title",
    "prompt",
    "alone",
    "turn_seconds",
    "rounds",
    "rotate",
    "inputs",
    "roles",
    "stems",
    "deeper",
)


def lesson_for_wire(lesson: Lesson) -> dict[str, Any]:
    """Return the lesson with every step compiled; `for_group` holds only what differs from a pair's form."""
    steps = [_step(lesson, step) for step in lesson.steps]
    return {
        "hash": lesson.content_hash,
        "title": lesson.title,
        "band": lesson.band,
        "pacing": lesson.pacing,
        "source_language": lesson.source_language,
        "text": text_for_wire(lesson.text) if lesson.text else None,
        "parts": [_part(lesson, number) for number in range(len(lesson.parts))],
        "steps": steps,
        "reflection": reflection_start(lesson),
    }


def _part(lesson: Lesson, number: int) -> dict[str, Any]:
    indices = [step.index for step in lesson.steps if step.part == number]
    protocol = lesson.parts[number].protocol
    return {
        "protocol": protocol.id,
        "title": protocol.title,
        "rotate": lesson.parts[number].rotate,
        "first": indices[0] if indices else None,
        "last": indices[-1] if indices else None,
    }


def _step(lesson: Lesson, at: LessonStep) -> dict[str, Any]:
    protocol = lesson.parts[at.part].protocol
    step = at.step
    return {
        "id": at.id,
        "index": at.index,
        "part": at.part,
        "protocol": protocol.id,
        "protocol_version": protocol.version,
        "protocol_title": protocol.title,
        "practices": protocol.practices,
        "kind": step.kind,
        "scope": step.scope,
        "channel": step.channel,
        "seconds": at.seconds,
        "seconds_for": {str(size): seconds for size, seconds in at.seconds_for.items()},
        "for_group": {str(size): _changed(step, fitted) for size, fitted in at.for_group.items()},
        "segment": at.segment,
        "text_shown": step.text_shown,
        "uses": at.uses,
        "visibility": step.visibility,
        "keep": step.keep,
        "completion": step.completion,
        "choose_one": step.choose_one,
        "board": step.board,
        "round_of": step.round_of,
        "max_loops": step.max_loops,
        "output": step.output,
        **_wording(step),
    }


def _wording(step: Step) -> dict[str, Any]:
    return step.model_dump(mode="json", include=set(STEP_FIELDS))


def _changed(pair: Step, fitted: Step | None) -> dict[str, Any] | None:
    if fitted is None:
        return None
    before, after = _wording(pair), _wording(fitted)
    return {name: after[name] for name in STEP_FIELDS if after[name] != before[name]}
