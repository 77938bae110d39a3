"""One room step by step: done together, late words kept, floors that move, gates, help, visits, the end."""

from datetime import timedelta

import pytest

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.engine import look_again_at
from server.core.live.lesson import Lesson
from server.core.live.views import row_view
from tests.core.builders import (
    DAN,
    JUDITH,
    MAYA,
    NOA,
    ROOM,
    TAMAR,
    Played,
    asked,
    entries,
    gate,
    lesson,
    refusal,
    reveal,
    room_after,
    running,
    solo,
    step,
    talk,
    turns,
)

THINK_SHOW_TALK = lesson(solo(), reveal("think"), talk())
WITH_A_GATE = lesson(solo(), gate("class", kind="board", uses=("think",)), talk(), gate("close"))


def words_of(play: Played, member: str) -> list[str]:
    """What the others can read of a member's answers now."""
    return [entry.text for given in play.view().given if given.member == member for entry in given.entries]


def test_a_partner_who_vanishes_leaves_the_survivor_on_the_same_step() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.leaves(NOA)
    assert play.view().step == 0
    assert play.tick().events == ()


def test_the_room_moves_on_when_all_who_are_present_are_done() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.finish(NOA)
    assert play.step_id() == "think"
    play.finish(DAN)
    assert play.step_id() == "show"


def test_done_pressed_twice_is_done_once() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.finish(NOA)
    assert play.does(c.Student(NOA), c.Finish(step=0)).events == ()


def test_done_can_be_taken_back_until_all_are_done() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.finish(NOA)
    play.does(c.Student(NOA), c.Reopen(step=0))
    play.finish(DAN)
    assert play.step_id() == "think"
    assert play.view().finished == (DAN,)


def test_somebody_absent_for_longer_than_the_grace_is_not_waited_for() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.finish(NOA)
    scene = play.scene()
    grace = timedelta(seconds=20)
    assert look_again_at(play.room(), scene, grace) == play.now + grace
    play.leaves(DAN)
    play.tick()
    assert play.step_id() == "show"


def test_a_room_in_which_nobody_waits_is_not_looked_at() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    assert look_again_at(play.room(), play.scene(), timedelta(seconds=20)) is None


def test_an_empty_room_stays_where_it_is() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.finish(NOA)
    play.leaves(NOA)
    play.leaves(DAN)
    play.tick()
    assert play.step_id() == "think"


def test_words_are_shown_at_the_reveal_and_not_before() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.answer(NOA, "a secret until then")
    assert words_of(play, NOA) == []
    play.finish(NOA, DAN)
    assert words_of(play, NOA) == ["a secret until then"]


def test_an_answer_is_replaced_by_its_own_author_only() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.answer(NOA, "first")
    play.answer(NOA, "second")
    play.answer(DAN, "mine")
    play.finish(NOA, DAN)
    assert (words_of(play, NOA), words_of(play, DAN)) == (["second"], ["mine"])


def test_words_that_come_late_are_kept_shown_as_late_and_refused() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.teacher(c.MoveRoomOn(room=ROOM, step=0))
    decision = play.answer(NOA, "half a sen", at=0)
    assert decision.refused is not None
    assert (decision.refused.code, decision.refused.kept) == ("step_is_over", True)
    assert words_of(play, NOA) == ["half a sen"]
    assert [given.late for given in play.view().given] == [True]


def test_late_words_do_not_change_what_the_partner_has_seen() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.answer(NOA, "as shown")
    play.finish(NOA, DAN)
    decision = play.answer(NOA, "second thoughts", at=0)
    assert words_of(play, NOA) == ["as shown"]
    assert play.works[decision.works[0].id].entries == entries("second thoughts")
    assert decision.works[0].id in play.room().late, "a repeat of the command must get the same answer"


def test_nothing_but_words_is_kept_when_it_is_late() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.finish(NOA, DAN)
    assert refusal(lambda: play.answer(NOA, " ", at=0)) == "step_is_over"
    assert refusal(lambda: play.does(c.Student(NOA), c.Reopen(step=0))) == "step_is_over"


def test_late_words_for_a_step_that_only_the_former_pair_had_are_kept() -> None:
    only_for_pairs = solo("think", overrides=[{"groups": (3,), "skip": True}])
    play = Played(lesson(only_for_pairs, talk()), NOA, DAN)
    play.finish(NOA, DAN)
    play.teacher(c.MoveSeat(member=MAYA, room=ROOM))
    decision = play.answer(NOA, "what I was writing", at=0)
    assert decision.works[0].entries == entries("what I was writing")


def test_at_the_bell_what_was_being_written_is_kept() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.teacher(c.CloseSession())
    decision = play.answer(NOA, "until the bell", at=0)
    assert decision.refused is not None
    assert decision.refused.kept
    assert play.mine(NOA).answers[0].entries == entries("until the bell")
    assert refusal(lambda: play.finish(NOA)) == "not_running"


class TestPause:
    def test_nothing_moves_but_words_are_still_taken(self) -> None:
        play = Played(THINK_SHOW_TALK, NOA, DAN)
        play.teacher(c.Pause())
        assert play.answer(NOA, "still writing").events
        assert refusal(lambda: play.finish(NOA)) == "paused"
        assert play.tick().events == ()

    def test_help_can_be_asked_for(self) -> None:
        play = Played(THINK_SHOW_TALK, NOA, DAN)
        play.teacher(c.Pause(calm=True))
        play.does(c.Student(NOA), c.AskHelp())
        assert play.view().help is not None

    def test_a_second_pause_and_a_second_resume_change_nothing(self) -> None:
        play = Played(THINK_SHOW_TALK, NOA, DAN)
        assert play.teacher(c.Pause()).events
        assert play.teacher(c.Pause(), by=JUDITH).events == ()
        assert play.teacher(c.Resume()).events
        assert play.teacher(c.Resume(), by=JUDITH).events == ()

    def test_the_time_that_was_left_is_left_afterwards(self) -> None:
        play = Played(THINK_SHOW_TALK, NOA, DAN).later(20)
        play.teacher(c.Pause())
        play.later(600)
        assert play.view().seconds_left == 40
        assert play.view().ends_at is None
        play.teacher(c.Resume())
        assert play.scene().deadline(play.room()) == play.now + timedelta(seconds=40)


class TestFloor:
    def test_a_room_that_is_behind_starts_the_new_step_afresh(self) -> None:
        play = Played(WITH_A_GATE, NOA, DAN)
        play.answer(NOA, "before the gate")
        play.finish(NOA)
        play.teacher(c.NextGate(after=0))
        view = play.view()
        assert (view.step, view.finished, view.turn) == (1, (), None)
        assert play.mine(NOA).answers[0].entries == entries("before the gate")

    def test_what_was_done_on_the_step_before_does_not_count_on_the_new_one(self) -> None:
        play = Played(lesson(solo(), turns(), talk()), NOA, DAN)
        play.finish(NOA)
        play.teacher(c.NextGate(after=0, to=1))
        play.finish(DAN)
        assert play.step_id() == "tell"
        assert play.acts() == NOA

    def test_a_late_answer_of_a_room_behind_is_kept_for_its_own_step(self) -> None:
        play = Played(WITH_A_GATE, NOA, DAN)
        play.teacher(c.NextGate(after=0))
        assert play.answer(NOA, "nearly there", at=0).refused is not None
        assert [(a.step, a.late) for a in play.mine(NOA).answers] == [(0, True)]

    def test_the_first_word_in_a_room_behind_does_not_start_the_clock_again(self) -> None:
        play = Played(lesson(solo(), solo("more"), talk()), NOA, DAN).later(100)
        play.teacher(c.NextGate(after=0, to=1))
        over = play.scene().deadline(play.room())
        play.later(30)
        play.answer(NOA, "words")
        assert play.scene().deadline(play.room()) == over

    def test_a_gate_counts_its_minutes_from_when_it_opens(self) -> None:
        play = Played(WITH_A_GATE, NOA, DAN)
        play.finish(NOA, DAN)
        play.later(300)
        play.teacher(c.NextGate(after=0))
        assert play.scene().deadline(play.room()) == play.now + timedelta(seconds=60)

    def test_two_teachers_who_press_at_once_move_the_class_once(self) -> None:
        play = Played(WITH_A_GATE, NOA, DAN)
        play.teacher(c.NextGate(after=0))
        assert refusal(lambda: play.teacher(c.NextGate(after=0), by=JUDITH)) == "somebody_was_faster"
        assert play.step_id() == "class"

    def test_the_class_never_goes_back_nor_past_the_end(self) -> None:
        play = Played(WITH_A_GATE, NOA, DAN)
        play.teacher(c.NextGate(after=0, to=2))
        assert refusal(lambda: play.teacher(c.NextGate(after=2, to=1))) == "step_is_over"
        assert refusal(lambda: play.teacher(c.NextGate(after=2, to=99))) == "no_gate_left"


class TestGates:
    def test_an_early_room_waits_at_the_gate(self) -> None:
        play = Played(WITH_A_GATE, NOA, DAN)
        play.finish(NOA, DAN)
        assert (play.step_id(), play.view().state) == ("class", "waiting_for_class")
        play.finish(NOA, DAN)
        assert play.step_id() == "class"

    def test_a_teacher_opens_the_gate_and_then_leads_on(self) -> None:
        play = Played(WITH_A_GATE, NOA, DAN)
        play.teacher(c.NextGate(after=0))
        assert play.view().state == "working"
        play.teacher(c.NextGate(after=1))
        assert play.step_id() == "talk"

    def test_no_single_room_is_taken_past_a_gate(self) -> None:
        play = Played(WITH_A_GATE, NOA, DAN)
        play.teacher(c.MoveRoomOn(room=ROOM, step=0))
        assert refusal(lambda: play.teacher(c.MoveRoomOn(room=ROOM, step=1))) == "no_gate_left"

    def test_in_a_class_paced_lesson_every_step_waits_for_the_class(self) -> None:
        play = Played(lesson(solo(), talk(), pacing="class"), NOA, DAN)
        play.finish(NOA, DAN)
        assert play.step_id() == "think"
        play.teacher(c.NextGate(after=0))
        assert play.step_id() == "talk"
        play.teacher(c.NextGate(after=1))
        assert play.view().state == "done"
        assert refusal(lambda: play.teacher(c.NextGate(after=2))) == "no_gate_left"


def test_the_lesson_ends_for_a_room_that_is_done_with_everything() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    for _ in range(3):
        play.finish(NOA, DAN)
    view = play.view()
    assert (view.state, view.step, view.ends_at) == ("done", 3, None)
    assert refusal(lambda: play.finish(NOA)) == "step_is_over"
    assert play.tick().events == ()
    assert play.answer(NOA, "one more thing", at=0).refused is not None


class TestBoard:
    def at_the_board(self) -> tuple[Played, str]:
        play = Played(WITH_A_GATE, NOA, DAN)
        play.answer(NOA, "for the wall")
        work = play.room().answers[(0, "idea")][NOA]
        play.finish(NOA, DAN)
        play.teacher(c.NextGate(after=0))
        return play, work

    def test_my_own_words_go_on_the_board_once(self) -> None:
        play, work = self.at_the_board()
        share = c.Share(step=1, work=work)
        play.does(c.Student(NOA), share)
        assert play.does(c.Student(NOA), share).events == ()
        assert [shared.work for shared in play.view().shared] == [work]

    def test_nobody_shares_the_words_of_others(self) -> None:
        play, work = self.at_the_board()
        assert refusal(lambda: play.does(c.Student(DAN), c.Share(step=1, work=work))) == "not_yours"

    def test_elsewhere_nothing_is_shared(self) -> None:
        play = Played(THINK_SHOW_TALK, NOA, DAN)
        assert refusal(lambda: play.does(c.Student(NOA), c.Share(step=0, work="w1"))) == "not_allowed"


class TestHelp:
    def test_one_call_a_room_until_it_is_answered(self) -> None:
        play = Played(THINK_SHOW_TALK, NOA, DAN)
        play.does(c.Student(NOA), c.AskHelp(reason="stuck"))
        assert play.does(c.Student(DAN), c.AskHelp()).events == ()
        play.teacher(c.TakeHelp(room=ROOM))
        help_ = row_view(play.room(), play.scene()).help
        assert help_ is not None
        assert (help_.member, help_.reason, help_.taken_by) == (NOA, "stuck", TAMAR.staff)

    def test_only_one_teacher_is_on_the_way(self) -> None:
        play = Played(THINK_SHOW_TALK, NOA, DAN)
        assert refusal(lambda: play.teacher(c.TakeHelp(room=ROOM))) == "somebody_was_faster"
        play.does(c.Student(NOA), c.AskHelp())
        play.teacher(c.TakeHelp(room=ROOM))
        assert refusal(lambda: play.teacher(c.TakeHelp(room=ROOM), by=JUDITH)) == "somebody_was_faster"

    @pytest.mark.parametrize(
        "ends", [c.ClearHelp(room=ROOM), c.EnterRoom(room=ROOM)], ids=lambda command: type(command).__name__
    )
    def test_a_call_ends_when_a_teacher_has_come(self, ends: c.ClearHelp | c.EnterRoom) -> None:
        play = Played(THINK_SHOW_TALK, NOA, DAN)
        play.does(c.Student(NOA), c.AskHelp())
        play.teacher(ends)
        assert play.view().help is None

    def test_the_room_can_call_it_off(self) -> None:
        play = Played(THINK_SHOW_TALK, NOA, DAN)
        play.does(c.Student(NOA), c.AskHelp())
        play.does(c.Student(DAN), c.CancelHelp())
        assert play.view().help is None
        assert play.does(c.Student(DAN), c.CancelHelp()).events == ()


def test_every_visit_of_a_teacher_is_seen_until_it_ends() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.teacher(c.EnterRoom(room=ROOM, listening_only=True))
    play.teacher(c.EnterRoom(room=ROOM), by=JUDITH)
    assert play.view().visitors == {TAMAR.staff: True, JUDITH.staff: False}
    play.teacher(c.LeaveRoom(room=ROOM))
    assert play.view().visitors == {JUDITH.staff: False}
    assert play.teacher(c.LeaveRoom(room=ROOM)).events == ()


def test_a_room_is_moved_on_from_the_step_that_the_teacher_saw() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN)
    play.teacher(c.MoveRoomOn(room=ROOM, step=0))
    assert refusal(lambda: play.teacher(c.MoveRoomOn(room=ROOM, step=0), by=JUDITH)) == "somebody_was_faster"
    assert play.step_id() == "show"


def test_somebody_who_moved_to_another_room_is_no_longer_shown_as_done_here() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN, MAYA)
    play.finish(MAYA)
    play.teacher(c.MoveSeat(member=MAYA, room=None))
    assert play.view().finished == ()
    assert row_view(play.room(), play.scene()).finished == ()


TIMED: Lesson = lesson(step("wait", "talk", completion="timer"), talk())


class TestTimer:
    def test_a_timed_step_ends_by_the_clock_and_not_before(self) -> None:
        play = Played(TIMED, NOA, DAN)
        assert look_again_at(play.room(), play.scene(), timedelta(seconds=20)) == play.now + timedelta(seconds=60)
        assert play.later(59).tick().events == ()
        play.later(1).tick()
        assert play.step_id() == "talk"

    def test_a_doubled_or_belated_tick_does_nothing(self) -> None:
        play = Played(TIMED, NOA, DAN).later(60)
        play.tick(at=0)
        assert play.tick(at=0).events == ()
        assert play.step_id() == "talk"

    def test_added_time_and_pauses_put_the_end_off(self) -> None:
        play = Played(TIMED, NOA, DAN)
        play.teacher(c.AddTime(room=ROOM, seconds=30))
        play.teacher(c.ExtendAll(seconds=30))
        play.teacher(c.Pause())
        play.later(600)
        play.teacher(c.Resume())
        assert play.later(119).tick().events == ()
        assert play.later(1).tick().events

    def test_talk_is_not_cut_by_a_timer(self) -> None:
        play = Played(lesson(talk(), solo()), NOA, DAN).later(3_600)
        assert play.tick().events == ()


def test_time_given_to_all_counts_in_a_room_that_had_not_yet_stirred() -> None:
    play = Played(lesson(solo(), solo("more"), talk()), NOA, DAN)
    play.teacher(c.NextGate(after=0, to=1))
    play.later(10)
    play.teacher(c.ExtendAll(seconds=300))
    over = play.scene().deadline(play.room())
    play.later(10)
    play.answer(NOA, "words")
    assert play.scene().deadline(play.room()) == over


def test_a_room_replays_from_its_events() -> None:
    room = room_after(e.StepEntered(step=0), e.Answered(step=0, member=NOA, of_step=0, input="idea", work="w1"))
    assert room.answers == {(0, "idea"): {NOA: "w1"}}
    assert running(NOA, DAN).room_of(DAN) == ROOM


class TestWhatAPartnerWroteAboutMyIdea:
    LESSON = lesson(solo("theirs", asked(), completion="partner_confirms", visibility="live"), talk())

    def test_the_one_whose_idea_it_is_says_whether_it_is_right(self) -> None:
        play = Played(self.LESSON, NOA, DAN)
        play.answer(NOA, "Dan thinks that…")
        assert words_of(play, NOA) == ["Dan thinks that…"]
        play.confirm(DAN, right=False, about=NOA)
        assert play.view().confirmed == {NOA: False}
        assert refusal(lambda: play.confirm(NOA, right=True, about=NOA)) == "not_yours"

    def test_in_a_trio_everyone_is_somebodys_partner(self) -> None:
        play = Played(self.LESSON, NOA, DAN, MAYA)
        for writer, of in ((NOA, DAN), (DAN, MAYA), (MAYA, NOA)):
            play.confirm(of, right=True, about=writer)
        assert play.view().confirmed == {NOA: True, DAN: True, MAYA: True}

    def test_new_words_are_confirmed_anew(self) -> None:
        play = Played(self.LESSON, NOA, DAN)
        play.answer(NOA, "Dan thinks that…")
        play.confirm(DAN, right=True, about=NOA)
        play.answer(NOA, "Dan thinks nothing of the kind")
        assert play.view().confirmed == {}

    def test_waiting_for_a_confirmation_blocks_nobody(self) -> None:
        play = Played(self.LESSON, NOA, DAN)
        play.finish(NOA, DAN)
        assert play.step_id() == "talk"


def test_a_family_that_thought_better_of_it_before_the_start_has_its_child_out_of_the_room() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN, MAYA, started=False)
    play.may_cross -= {MAYA}
    play.teacher(c.StartLesson())
    assert play.session.status == "running"
    assert play.session.rooms[ROOM] == (NOA, DAN)
    assert MAYA in play.session.unplaced


def test_rooms_that_no_family_agrees_to_any_more_are_no_rooms() -> None:
    play = Played(THINK_SHOW_TALK, NOA, DAN, started=False)
    play.may_cross = frozenset()
    assert refusal(lambda: play.teacher(c.StartLesson())) == "no_rooms"
