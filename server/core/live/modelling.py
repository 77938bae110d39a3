"""Teachers model: before rooms open, both classes watch the two teachers learn one verse, for about two minutes."""

from collections.abc import Collection

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.engine import Decision
from server.core.live.lesson import Lesson
from server.core.live.refusals import Refused
from server.core.live.state import Session

MODELLING_SECONDS = 120
"""An invitation: nothing ends by itself, because nobody is cut off in the middle of a sentence."""


def decide_modelling(session: Session, lesson: Lesson, teacher: c.Teacher, command: c.ModellingCommand) -> Decision:
    """Return what showing one verse to both classes makes happen, or raise Refused. Changes nothing."""
    if session.status != "lobby":
        raise Refused("already_running")
    match command:
        case c.StartModelling(segment=segment):
            if segment is not None and segment not in segments_of(lesson):
                raise Refused("unknown_word")
            now = session.modelling
            if now is not None and now.segment != segment:
                # Both teachers pressed, each for a verse of their own: the first holds, the other sees it.
                raise Refused("somebody_was_faster")
            started = e.ModellingStarted(segment=segment, seconds=MODELLING_SECONDS, by=teacher.staff)
            return Decision((started,) if now is None else ())
        case c.EndModelling():
            return Decision((e.ModellingEnded(by=teacher.staff),) if session.modelling else ())


def segments_of(lesson: Lesson) -> Collection[str]:
    """Return the verses that can be shown."""
    return [] if lesson.text is None else [segment.id for segment in lesson.text.segments]
