"""Teachers model: both classes watch two teachers learn one verse before rooms open; nobody else is on the air."""

import pytest

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.modelling import MODELLING_SECONDS, decide_modelling
from server.core.live.plenary import is_together, sources_in_plenary, sources_of_teacher
from server.core.live.refusals import Refused
from server.core.live.state import Session, apply_session
from tests.core.builders import DAN, NOA, NOW, TAMAR, lesson, ruth, solo

LESSON = lesson(solo(), text=ruth())
VERSE = LESSON.text.segments[0].id if LESSON.text else ""
LOBBY = Session("s", rooms={"s.1": (NOA, DAN)})
JUDITH = c.Teacher("judith", "b")


def after(session: Session, teacher: c.Teacher, command: c.ModellingCommand) -> Session:
    for event in decide_modelling(session, LESSON, teacher, command).events:
        session = apply_session(session, event, NOW)  # type: ignore[arg-type] -- session events
    return session


def test_the_class_is_together_while_teachers_show_a_verse_and_no_child_is_on_the_air() -> None:
    session = after(LOBBY, TAMAR, c.StartModelling(segment=VERSE))
    assert session.modelling is not None
    assert (session.modelling.segment, session.modelling.seconds) == (VERSE, MODELLING_SECONDS)
    assert is_together(session, LESSON)
    assert sources_in_plenary(session, NOA, "video", "home") == frozenset()
    assert sources_of_teacher(session) == {"camera", "microphone"}


def test_either_teacher_ends_it_and_so_does_opening_the_rooms() -> None:
    session = after(LOBBY, TAMAR, c.StartModelling(segment=VERSE))
    assert not is_together(after(session, JUDITH, c.EndModelling()), LESSON)
    assert apply_session(session, e.LessonStarted(by="tamar"), NOW).modelling is None


def test_two_presses_show_one_verse_and_the_later_one_is_told() -> None:
    session = after(LOBBY, TAMAR, c.StartModelling(segment=VERSE))
    assert after(session, JUDITH, c.StartModelling(segment=VERSE)) == session
    with pytest.raises(Refused) as refused:
        after(session, JUDITH, c.StartModelling(segment=None))
    assert refused.value.code == "somebody_was_faster"
    assert after(LOBBY, JUDITH, c.EndModelling()) == LOBBY


def test_it_is_for_before_the_rooms_open_and_for_verses_that_there_are() -> None:
    running = apply_session(LOBBY, e.LessonStarted(by="tamar"), NOW)
    for session, command, code in (
        (running, c.StartModelling(), "already_running"),
        (running, c.EndModelling(), "already_running"),
        (LOBBY, c.StartModelling(segment="9:99"), "unknown_word"),
    ):
        with pytest.raises(Refused) as refused:
            after(session, TAMAR, command)
        assert refused.value.code == code
