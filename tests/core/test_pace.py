"""The time of all: a minute called, a close that is announced, stop, set aside and go on, and two teachers who press at once."""

from datetime import timedelta

import pytest

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.engine import look_again_at
from server.core.live.pace import decide_over, wraps_up_at
from server.core.live.phrasebook import PHRASEBOOK, Phrase
from server.core.live.state import current_step
from server.core.live.views import SessionView, session_view
from tests.core.builders import (
    DAN,
    ELI,
    JUDITH,
    MAYA,
    NOA,
    ROOM,
    TAMAR,
    Played,
    entries,
    gate,
    lesson,
    refusal,
    ruth,
    solo,
    step,
    talk,
)

LESSON = lesson(solo(minutes=5), talk(minutes=5), gate(), talk("after"))
TIMED = lesson(step("look", "frame", completion="timer", minutes=5), talk())


@pytest.fixture
def play() -> Played:
    return Played(LESSON, NOA, DAN)


def seen(play: Played) -> SessionView:
    return session_view(play.session, play.scene(), (), play.works)


def left(play: Played) -> int:
    over = play.scene().deadline(play.room())
    assert over is not None
    return round((over - play.now).total_seconds())


class TestAMinuteIsCalled:
    def test_a_minute_is_left_in_every_room(self, play: Played) -> None:
        play.later(30).teacher(c.WarnMinute())
        assert left(play) == 60
        assert seen(play).warned_at is not None

    def test_a_room_with_less_than_a_minute_keeps_what_it_has(self, play: Played) -> None:
        play.later(270).teacher(c.WarnMinute())
        assert left(play) == 30

    def test_time_can_be_added_to_it_and_a_pause_stops_it(self, play: Played) -> None:
        play.teacher(c.WarnMinute())
        play.later(20).teacher(c.ExtendAll(seconds=120))
        play.teacher(c.Pause())
        play.later(300).teacher(c.Resume())
        assert left(play) == 160

    def test_the_next_step_has_its_own_time(self, play: Played) -> None:
        play.teacher(c.WarnMinute())
        play.later(10).finish(NOA, DAN)
        assert left(play) == 300

    def test_a_timed_step_ends_with_that_minute(self) -> None:
        play = Played(TIMED, NOA, DAN)
        play.teacher(c.WarnMinute())
        assert look_again_at(play.room(), play.scene(), timedelta(seconds=20)) == play.now + timedelta(seconds=60)
        play.later(60).tick()
        assert play.step_id() == "talk"

    def test_not_while_all_stands_still(self, play: Played) -> None:
        play.teacher(c.Pause())
        assert refusal(lambda: play.teacher(c.WarnMinute())) == "paused"


class TestNothingAdvancesByItself:
    def test_a_timed_step_stands_while_paused_however_long(self) -> None:
        play = Played(TIMED, NOA, DAN)
        play.teacher(c.Pause())
        assert play.later(3600).tick().events == ()
        assert play.step_id() == "look"

    def test_a_step_that_waits_for_the_teacher_waits_at_zero(self) -> None:
        waits = lesson(solo(), gate(), talk())
        play = Played(waits, NOA, DAN)
        play.teacher(c.NextGate(after=0))
        play.later(3600)
        assert left(play) < 0
        assert play.tick().events == ()
        play.finish(NOA, DAN)
        assert play.step_id() == "class"

    def test_a_rooms_own_step_that_waits_for_the_teacher_waits_too(self) -> None:
        waits = lesson(talk("wait", completion="teacher"), talk())
        play = Played(waits, NOA, DAN).later(3600)
        play.finish(NOA, DAN)
        assert play.tick().events == ()
        assert play.step_id() == "wait"
        play.teacher(c.MoveRoomOn(room=ROOM, step=0))
        assert play.step_id() == "talk"

    def test_a_class_that_moves_together_waits_at_zero(self) -> None:
        play = Played(lesson(talk("one"), talk("two"), pacing="class"), NOA, DAN).later(3600)
        play.finish(NOA, DAN)
        assert play.tick().events == ()
        assert play.step_id() == "one"


def test_after_the_whole_class_children_are_back_in_the_same_rooms() -> None:
    play = Played(LESSON, NOA, DAN, started=False)
    play.teacher(c.MoveSeat(member=MAYA, room="new"))
    play.teacher(c.MoveSeat(member=ELI, room="s.2"))
    play.teacher(c.StartLesson())
    before = play.session.rooms
    play.answer(NOA, "my words")
    play.teacher(c.NextGate(after=0))
    assert {play.step_id(ROOM), play.step_id("s.2")} == {"class"}
    play.teacher(c.NextGate(after=2), by=JUDITH)
    assert play.session.rooms == before == {ROOM: (NOA, DAN), "s.2": (MAYA, ELI)}
    assert {play.step_id(ROOM), play.step_id("s.2")} == {"after"}
    assert play.mine(NOA).answers[0].entries == entries("my words")


class TestStopNow:
    def test_it_works_during_a_pause_too(self, play: Played) -> None:
        play.teacher(c.Pause())
        play.later(60).teacher(c.Pause(calm=True), by=JUDITH)
        assert play.session.paused is not None
        assert play.session.paused.calm
        play.later(60).teacher(c.Resume())
        assert play.session.paused is None
        assert left(play) == 300, "one pause, from its beginning"

    def test_a_second_stop_and_a_pause_after_it_change_nothing(self, play: Played) -> None:
        play.teacher(c.Pause(calm=True))
        assert play.teacher(c.Pause(calm=True), by=JUDITH).events == ()
        assert play.teacher(c.Pause(), by=JUDITH).events == ()


class TestWrapUp:
    def test_it_closes_when_its_time_is_over_and_not_before(self, play: Played) -> None:
        play.teacher(c.WrapUp(seconds=60))
        over = seen(play).wrap_up
        assert over is not None
        assert over.until == round((play.now + timedelta(seconds=60)).timestamp() * 1000)
        assert decide_over(play.session, play.now + timedelta(seconds=59)) == ()
        assert decide_over(play.session, play.now + timedelta(seconds=60)) == (e.SessionClosed(by=TAMAR.staff),)

    def test_either_teacher_takes_it_back(self, play: Played) -> None:
        play.teacher(c.WrapUp(seconds=60))
        play.teacher(c.CancelWrapUp(), by=JUDITH)
        assert wraps_up_at(play.session) is None
        assert decide_over(play.session, play.now + timedelta(hours=1)) == ()
        assert play.teacher(c.CancelWrapUp()).events == ()

    def test_a_pause_stops_it(self, play: Played) -> None:
        play.teacher(c.WrapUp(seconds=60))
        play.later(20).teacher(c.Pause())
        assert decide_over(play.session, play.now + timedelta(hours=1)) == ()
        shown = seen(play).wrap_up
        assert shown is not None
        assert (shown.until, shown.seconds_left) == (None, 40)
        play.later(600).teacher(c.Resume())
        assert wraps_up_at(play.session) == play.now + timedelta(seconds=40)

    def test_there_is_one_at_a_time(self, play: Played) -> None:
        play.teacher(c.WrapUp(seconds=60))
        assert refusal(lambda: play.teacher(c.WrapUp(seconds=120), by=JUDITH)) == "somebody_was_faster"


class TestSetAside:
    def test_rooms_come_back_where_they_stopped(self, play: Played) -> None:
        play.answer(NOA, "half of it")
        play.later(60).teacher(c.SetAside())
        assert seen(play).status == "set_aside"
        play.later(7 * 24 * 3600).teacher(c.ReopenSession(), by=JUDITH)
        assert seen(play).status == "running"
        assert play.session.rooms == {ROOM: (NOA, DAN)}
        assert current_step(play.room(), play.session) == 0
        assert left(play) == 240, "the days between are a pause"
        assert play.mine(NOA).answers[0].entries == entries("half of it")

    def test_nothing_moves_and_the_last_words_still_come_in(self, play: Played) -> None:
        play.teacher(c.SetAside())
        assert play.answer(DAN, "on its way").events
        assert refusal(lambda: play.finish(NOA)) == "not_running"
        assert refusal(lambda: play.tick()) == "not_running"
        assert look_again_at(play.room(), play.scene(), timedelta(seconds=20)) is None
        for command in (c.NextGate(after=0), c.Pause(), c.Resume(), c.ExtendAll(), c.FitToBell()):
            with pytest.raises(Exception, match="not_running|somebody_was_faster"):
                play.teacher(command)

    def test_nobody_is_heard_or_seen_meanwhile(self, play: Played) -> None:
        play.teacher(c.Pause())
        play.teacher(c.SetAside())
        assert play.session.paused is not None
        assert play.session.paused.calm

    def test_whoever_is_absent_keeps_the_place(self, play: Played) -> None:
        play.teacher(c.SetAside())
        play.leaves(DAN)
        play.teacher(c.ReopenSession())
        assert play.session.room_of(DAN) == ROOM

    def test_a_close_that_was_announced_does_not_come_then(self, play: Played) -> None:
        play.teacher(c.WrapUp(seconds=60))
        play.teacher(c.SetAside())
        play.teacher(c.ReopenSession())
        assert decide_over(play.session, play.now + timedelta(hours=1)) == ()

    def test_the_bell_is_counted_from_the_hour_at_which_it_goes_on(self, play: Played) -> None:
        play.teacher(c.SetAside())
        play.later(24 * 3600)
        play.starts_at, play.bell = play.now - timedelta(minutes=3), play.now + timedelta(minutes=42)
        assert play.teacher(c.ReopenSession()).events == (e.SessionReopened(starts_at=play.starts_at, by=TAMAR.staff),)

    def test_without_a_day_it_begins_when_it_goes_on(self, play: Played) -> None:
        play.starts_at, play.bell = play.now, play.now + timedelta(minutes=45)
        play.teacher(c.SetAside())
        play.later(24 * 3600)
        assert play.teacher(c.ReopenSession()).events == (e.SessionReopened(starts_at=play.now, by=TAMAR.staff),)

    def test_the_adults_of_both_sides_are_there_first(self, play: Played) -> None:
        play.teacher(c.SetAside())
        play.missing = "adult_missing"
        assert refusal(lambda: play.teacher(c.ReopenSession())) == "adult_missing"

    def test_both_press_go_on(self, play: Played) -> None:
        play.teacher(c.SetAside())
        play.teacher(c.ReopenSession())
        assert play.teacher(c.ReopenSession(), by=JUDITH).events == ()

    def test_it_can_be_closed_for_good_instead(self, play: Played) -> None:
        play.teacher(c.SetAside())
        play.teacher(c.CloseSession())
        assert refusal(lambda: play.teacher(c.ReopenSession())) == "not_running"


AT_ONCE = (c.ExtendAll(), c.WarnMinute(), c.WrapUp(), c.SetAside(), c.CloseSession())


@pytest.mark.parametrize("second", AT_ONCE, ids=lambda command: command.kind)
@pytest.mark.parametrize("first", AT_ONCE, ids=lambda command: command.kind)
def test_of_two_who_press_at_once_one_is_heard_and_the_other_sees_who_it_was(
    play: Played, first: c.PaceCommand, second: c.PaceCommand
) -> None:
    moves = seen(play).moves
    play.teacher(first.model_copy(update={"seen": moves}))  # pyright: ignore[reportArgumentType] -- of the union's kinds
    slower = second.model_copy(update={"seen": moves})
    assert refusal(lambda: play.teacher(slower, by=JUDITH)) == "somebody_was_faster"  # pyright: ignore[reportArgumentType]
    moved = seen(play).moved
    assert moved is not None
    assert (moved.by, seen(play).moves) == (TAMAR.staff, moves + 1)


class TestNotes:
    def test_a_phrase_is_read_by_each_in_their_own_language(self) -> None:
        play = Played(lesson(talk(), text=ruth()), NOA, DAN)
        play.teacher(c.SendNote(phrase="look_again", segment="1:16"))
        note = seen(play).notes[0]
        assert note.wording == {"en": "Look again at verse 16.", "he": "כדאי להסתכל שוב בפסוק ט״ז."}
        assert note.by == TAMAR.staff

    def test_a_typed_note_stays_as_it_was_typed(self, play: Played) -> None:
        play.teacher(c.SendNote(text="Two minutes for tea", room=ROOM))
        assert play.view().notes[0].text == "Two minutes for tea"
        assert play.view().notes[0].wording == {}
        assert seen(play).notes == ()

    def test_a_phrase_about_a_verse_names_one_of_this_lesson(self) -> None:
        play = Played(lesson(talk(), text=ruth()), NOA, DAN)
        assert refusal(lambda: play.teacher(c.SendNote(phrase="look_again"))) == "unknown_word"
        assert refusal(lambda: play.teacher(c.SendNote(phrase="look_again", segment="1:1"))) == "unknown_word"
        assert refusal(lambda: play.teacher(c.SendNote(phrase="no_such_phrase"))) == "unknown_option"

    def test_a_note_says_one_thing(self) -> None:
        for fields in ({}, {"text": "words", "phrase": "ask_why"}, {"text": "  "}):
            with pytest.raises(ValueError, match="one of the two"):
                c.SendNote.model_validate({"kind": "send_note", **fields})

    @pytest.mark.parametrize("phrase", PHRASEBOOK, ids=lambda phrase: phrase.id)
    def test_every_phrase_is_there_in_both_languages(self, phrase: Phrase) -> None:
        words = phrase.words
        assert set(words) == {"en", "he"}
        assert len({"{verse}" in said for said in words.values()}) == 1
