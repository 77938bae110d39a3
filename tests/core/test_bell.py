"""Fitted to the bell: what is shortened, what is left out, and what stays."""

from collections.abc import Collection
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.adapters.protocol_files import load_protocols
from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.bell import Fitting, fit, is_kept, reflection_start
from server.core.live.lesson import Lesson, Part
from server.core.live.protocol import Protocol
from server.core.live.scene import limit
from tests.core.builders import (
    DAN,
    ELI,
    JUDITH,
    MAYA,
    NOA,
    ROOM,
    Played,
    asked,
    gate,
    lesson,
    protocol,
    refusal,
    reveal,
    ruth,
    solo,
    step,
    talk,
)

INTEND = protocol(
    solo("intend", asked("intention"), output="intention", minutes=2), talk("hello", minutes=2), name="warm"
)
LEARN = protocol(
    talk("read", minutes=4),
    solo("extra", core=False, minutes=3),
    reveal("extra", core=False),
    talk("weigh", core=False, minutes=5),
    gate("wall", core=False, minutes=5),
    talk("close", minutes=4),
    name="learn",
)
LOOK_BACK = protocol(
    solo("back", uses=("plan.intention",), minutes=2), talk("share", minutes=2), name="look_back", group="reflection"
)
LESSON = lesson(INTEND, LEARN, LOOK_BACK)
NAMES = {s.step.id: s.index for s in LESSON.steps}


def fitted(left: int, here: dict[int, int] | None = None, sizes: Collection[int] = (2,)) -> Fitting:
    return fit(LESSON, here or {NAMES["read"]: 240}, sizes, left)


def ids(indices: Collection[int]) -> list[str]:
    return [LESSON.steps[i].step.id for i in sorted(indices)]


def test_where_there_is_time_enough_nothing_changes() -> None:
    fitting = fitted(60 * 60)
    assert (fitting.left_out, fitting.shortened) == ((), ())
    assert fitting.takes == fitting.needed == sum(LESSON.steps[i].seconds for i in fitting.seconds)


def test_a_little_is_saved_by_shortening_alone() -> None:
    fitting = fitted(fitted(3600).needed - 120)
    assert fitting.left_out == ()
    assert ids(fitting.shortened) == ["read", "extra", "show", "weigh", "wall", "close"]
    assert fitting.takes <= fitting.needed - 120


def test_more_is_saved_by_leaving_out_optional_steps_the_longest_first() -> None:
    fitting = fitted(fitted(3600).needed - 9 * 60)
    assert ids(fitting.left_out) == ["wall"]
    assert {"back", "share"}.isdisjoint(ids(fitting.shortened))


def test_a_step_whose_words_are_used_later_is_left_out_with_what_uses_it() -> None:
    fitting = fitted(11 * 60)
    assert {"extra", "show"} <= set(ids(fitting.left_out))


def test_the_looking_back_is_shortened_last_of_all() -> None:
    least = fitted(7 * 60)
    assert least.fits
    assert ids(least.left_out) == ["extra", "show", "weigh", "wall"]
    assert set(ids(least.shortened)) == {"read", "close", "back", "share"}


def test_where_even_the_shortest_form_is_too_long_nothing_is_changed() -> None:
    fitting = fitted(60)
    assert not fitting.fits
    assert (fitting.left_out, fitting.shortened) == ((), ())


def test_a_step_at_which_a_room_is_stays() -> None:
    fitting = fitted(7 * 60, {NAMES["read"]: 10, NAMES["weigh"]: 200})
    assert "weigh" not in ids(fitting.left_out)


def test_the_time_is_that_of_the_largest_room() -> None:
    whole = lesson(step("tell", "turns", completion="turns", minutes=4), talk("close", minutes=4))
    assert fit(whole, {0: 240}, (2,), 3600).needed == 480
    assert fit(whole, {0: 360}, (2, 3), 3600).needed == 600


def test_time_that_was_added_to_a_step_is_time_that_it_takes() -> None:
    assert fitted(3600, {NAMES["read"]: 840}).needed == fitted(3600).needed + 600


def test_what_an_earlier_fitting_left_out_stays_out() -> None:
    again = fit(LESSON, {NAMES["read"]: 240}, (2,), 3600, out={NAMES["wall"]})
    assert NAMES["wall"] not in again.seconds


def test_the_reflection_begins_where_the_lesson_comes_back_to_the_intention() -> None:
    assert reflection_start(LESSON) == NAMES["back"]
    assert reflection_start(lesson(talk("one"), talk("two"))) == 1, "without one, the last step"


# -- whatever the lesson ----------------------------------------------------------------------------------------------


@cache
def shipped() -> dict[str, Protocol]:
    return load_protocols(Path(__file__).parents[2] / "protocols")


@st.composite
def lessons(draw: st.DrawFn) -> Lesson:
    names = draw(st.lists(st.sampled_from(sorted(shipped())), min_size=1, max_size=4))
    parts = [Part(protocol=shipped()[name], short=draw(st.booleans())) for name in names]
    return lesson(*parts, text=ruth(), largest_group=3)


@settings(max_examples=150, deadline=None)
@given(lessons(), st.data())
def test_what_is_fitted_ends_before_the_bell_and_keeps_what_matters(the_lesson: Lesson, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(the_lesson.steps) - 1))
    sizes = data.draw(st.sets(st.integers(1, 4), min_size=1))
    left = data.draw(st.integers(-60, 90 * 60))
    fitting = fit(the_lesson, {at: data.draw(st.integers(-100, 600))}, sizes, left)
    met = [s for s in the_lesson.steps[at:] if any(s.fitted(size) is not None for size in sizes)]
    if fitting.fits:
        assert fitting.takes <= max(left, 0) or fitting.needed <= left
        assert fitting.seconds.keys() | set(fitting.left_out) == {s.index for s in met}
    assert all(fitting.seconds[i] >= 0 for i in fitting.seconds)
    for index in fitting.left_out:
        assert not is_kept(the_lesson, the_lesson.steps[index])
        assert not the_lesson.steps[index].step.core
        assert index != at
    stays = [s for s in the_lesson.steps if s.index in fitting.seconds]
    left_out = {the_lesson.steps[i].id for i in fitting.left_out}
    assert not any(used in left_out for s in stays for used in s.uses), (
        "nothing that stays shows words of what is left out"
    )


# -- in a lesson ------------------------------------------------------------------------------------------------------


def at_the_reading(left: int) -> Played:
    play = Played(LESSON, NOA, DAN)
    play.teacher(c.NextGate(after=0, to=NAMES["read"]))
    play.bell = play.now + timedelta(seconds=left)
    return play


def end(play: Played) -> int:
    over = play.scene().deadline(play.room())
    assert over is not None
    return round((over - play.now).total_seconds())


def test_the_rooms_clock_follows_and_answers_stay() -> None:
    play = at_the_reading(9 * 60).later(60)
    assert end(play) == 180
    play.teacher(c.FitToBell())
    assert end(play) < 180
    event = play.log[-1].events[0]
    assert isinstance(event, e.FittedToBell)
    assert end(play) == event.seconds[NAMES["read"]]


def test_left_out_steps_are_passed_over_by_rooms_and_by_the_class() -> None:
    play = at_the_reading(8 * 60)
    play.teacher(c.FitToBell())
    assert limit(play.lesson, play.session) == len(LESSON.steps), "the wall is no gate any more"
    play.finish(NOA, DAN)
    assert play.step_id() == "close"
    assert refusal(lambda: play.teacher(c.NextGate(after=play.session.floor))) == "no_gate_left"


def test_in_a_class_that_moves_together_the_next_press_passes_them_over_too() -> None:
    play = Played(lesson(INTEND, LEARN, LOOK_BACK, pacing="class"), NOA, DAN)
    play.teacher(c.NextGate(after=0, to=NAMES["read"]))
    play.bell = play.now + timedelta(minutes=8)
    play.teacher(c.FitToBell())
    play.teacher(c.NextGate(after=NAMES["read"]))
    assert play.step_id() == "close"


def test_rooms_that_come_later_have_the_shorter_time_too_and_time_can_be_added_to_it() -> None:
    play = at_the_reading(9 * 60)
    play.teacher(c.FitToBell())
    play.later(30).finish(NOA, DAN)
    shorter = end(play)
    assert shorter < 240
    play.teacher(c.ExtendAll(seconds=60))
    play.teacher(c.AddTime(room=ROOM, seconds=30))
    assert end(play) == shorter + 90


def test_a_second_fitting_goes_on_from_the_first() -> None:
    play = at_the_reading(9 * 60)
    play.teacher(c.FitToBell())
    gone = play.session.left_out
    assert gone
    play.later(240)
    play.teacher(c.FitToBell(), by=JUDITH)
    assert gone <= play.session.left_out


def test_too_late_is_said_and_changes_nothing() -> None:
    play = at_the_reading(30)
    assert refusal(lambda: play.teacher(c.FitToBell())) == "too_late_to_fit"
    play.teacher(c.NextGate(after=play.session.floor, to=reflection_start(LESSON)))
    assert play.step_id() == "back"


def test_with_time_enough_a_press_changes_nothing() -> None:
    assert at_the_reading(3600).teacher(c.FitToBell()).events == ()


@pytest.mark.parametrize("minutes", [6, 8, 10, 14, 20])
def test_a_lesson_that_was_fitted_and_kept_to_ends_before_its_bell(minutes: int) -> None:
    """Two rooms take all the time they are given, in a pair and in a trio; the class is brought on at each gate."""
    play = Played(LESSON, NOA, DAN, started=False)
    play.teacher(c.MoveSeat(member=MAYA, room="new"))
    play.teacher(c.MoveSeat(member=ELI, room="s.2"))
    play.teacher(c.StartLesson())
    play.teacher(c.NextGate(after=0, to=NAMES["read"]))
    play.bell = bell = play.now + timedelta(minutes=minutes)
    play.teacher(c.FitToBell())
    while play.at() < len(LESSON.steps):
        over = play.scene().deadline(play.room())
        assert over is not None
        play.now = max(play.now, over)
        if LESSON.steps[play.at()].step.scope == "class" or play.session.floor in LESSON.gates:
            play.teacher(c.NextGate(after=play.session.floor))
        else:
            play.finish(NOA, DAN)
    assert play.now <= bell
