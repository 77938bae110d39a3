"""Whose voice and whose picture may be there, at each moment of a lesson; and how the talking is shared."""

from dataclasses import replace
from typing import Any

import pytest

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.media import LEAST_TALK_SECONDS, Talking, device_needs, school_needs, talk_view
from server.core.live.scene import Classrooms, Media, Person
from server.core.live.state import apply_session
from server.core.live.views import row_view, session_view
from tests.core.builders import (
    DAN,
    ELI,
    JUDITH,
    MAYA,
    NOA,
    NOW,
    PEOPLE,
    ROOM,
    TAMAR,
    Played,
    gate,
    lesson,
    refusal,
    restate,
    ruth,
    solo,
    step,
    talk,
    turns,
)

ON_VIDEO: dict[str, Person] = {name: replace(person, media="video") for name, person in PEOPLE.items()}
AT_SCHOOL = {"a": "school", "b": "school"}


def microphones(play: Played) -> tuple[str, ...] | None:
    return play.view().media.microphones


# -- microphones ------------------------------------------------------------------------------------------------------


def test_whoever_has_the_turn_has_the_only_open_microphone() -> None:
    play = Played(lesson(turns(), talk()), NOA, DAN)
    assert microphones(play) == (NOA,)
    play.take_turn(NOA)
    assert microphones(play) == (DAN,)


def test_in_open_talk_and_in_silent_work_every_microphone_may_be_open() -> None:
    assert microphones(Played(lesson(talk(), solo()), NOA, DAN)) is None
    assert microphones(Played(lesson(solo(), talk()), NOA, DAN)) is None


def test_while_a_restatement_is_given_the_listener_is_heard() -> None:
    play = Played(lesson(restate(), talk()), NOA, DAN)
    assert microphones(play) == (NOA,)
    play.take_turn(NOA)
    assert microphones(play) == (DAN,)


def test_whoever_reads_is_heard() -> None:
    play = Played(lesson(step("read", "read", completion="turns"), talk(), text=ruth()), NOA, DAN)
    turn = play.turn()
    assert turn is not None
    assert microphones(play) == (turn.acts,)


def test_a_turn_that_is_typed_closes_no_microphone() -> None:
    assert microphones(Played(lesson(turns(channel="type"), talk()), NOA, DAN)) is None


def test_when_a_speaker_is_gone_the_next_one_is_heard() -> None:
    play = Played(lesson(turns(), talk()), NOA, DAN)
    play.leaves(NOA)
    assert microphones(play) == (DAN,)


def test_after_the_last_turn_nobody_is_kept_silent() -> None:
    play = Played(lesson(turns(), talk()), NOA, DAN)
    play.take_turn(NOA)
    play.take_turn(DAN)
    assert microphones(play) is None


def test_those_who_wait_at_a_gate_may_talk() -> None:
    play = Played(lesson(talk(), gate("round", kind="turns"), talk("after")), NOA, DAN)
    play.finish(NOA, DAN)
    assert play.view().state == "waiting_for_class"
    assert microphones(play) is None


# -- one classroom ----------------------------------------------------------------------------------------------------


def test_children_in_one_classroom_do_not_hear_each_other_through_the_network() -> None:
    play = Played(lesson(talk()), NOA, MAYA, DAN)
    play.classrooms = Classrooms(places={"a": "school", "b": "home"})
    assert play.view().media.apart == ("a",)


def test_a_teacher_says_for_the_own_side_alone_who_sits_in_one_room() -> None:
    play = Played(lesson(talk()), NOA, MAYA, DAN, ELI)
    play.classrooms = Classrooms(places=AT_SCHOOL)
    play.teacher(c.ShareClassroom(shared=False), by=TAMAR)
    assert play.view().media.apart == ("b",)
    play.teacher(c.ShareClassroom(shared=True), by=TAMAR)
    assert play.view().media.apart == ("a", "b")


def test_a_class_that_learns_from_home_may_sit_together_all_the_same() -> None:
    play = Played(lesson(talk()), NOA, MAYA, DAN)
    play.classrooms = Classrooms(places={"a": "home", "b": "home"})
    play.teacher(c.ShareClassroom(shared=True), by=TAMAR)
    assert play.view().media.apart == ("a",)


def test_the_switch_is_attributed_and_pressing_it_again_says_nothing_new() -> None:
    play = Played(lesson(talk()), NOA, DAN, started=False)
    first = play.teacher(c.ShareClassroom(shared=False), by=JUDITH)
    assert first.events == (e.ClassroomShared(side="b", shared=False, by=JUDITH.staff),)
    assert play.teacher(c.ShareClassroom(shared=False), by=JUDITH).events == ()


def test_after_the_lesson_the_switch_is_gone() -> None:
    play = Played(lesson(talk()), NOA, DAN)
    play.teacher(c.CloseSession())
    assert refusal(lambda: play.teacher(c.ShareClassroom(shared=False))) == "not_running"


def test_both_boards_see_how_the_switches_stand() -> None:
    play = Played(lesson(talk()), NOA, DAN)
    play.classrooms = Classrooms(places={"a": "school", "b": "home"})
    play.session = apply_session(play.session, e.ClassroomShared(side="b", shared=True, by="judith"), NOW)
    assert session_view(play.session, play.scene(), (), {}).classrooms == {"a": True, "b": True}


# -- bandwidth --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "partners", "kbits"),
    [
        ("video", ["video"], 880),
        ("video", ["video", "video"], 1760),
        ("video", ["audio"], 480),
        ("audio", ["audio"], 80),
        ("video", ["none"], 0),
        ("none", ["video"], 0),
        ("video", [], 0),
    ],
)
def test_a_device_sends_to_each_partner_and_gets_from_each(mine: Media, partners: list[Media], kbits: int) -> None:
    people = [replace(PEOPLE[NOA], id=str(n), media=media) for n, media in enumerate([mine, *partners])]
    assert device_needs(people[0], people[1:]) == kbits


def with_budget(kbits: int, *steps: Any, places: dict[str, str] | None = None) -> Played:
    play = Played(lesson(*steps), NOA, DAN, people=ON_VIDEO)
    play.classrooms = Classrooms(places=places or AT_SCHOOL, budgets={"school a": kbits})
    return play


def long_lesson() -> list[Any]:
    return [talk("hello", minutes=2), talk("middle", minutes=6), solo("write", minutes=5), talk("bye", minutes=2)]


def cameras_at_each_step(play: Played) -> list[bool]:
    seen: list[bool] = []
    for _ in play.lesson.steps:
        seen.append(play.view().media.cameras["a"])
        assert play.view().media.cameras == dict.fromkeys("ab", seen[-1]), "a picture costs both ends"
        play.teacher(c.MoveRoomOn(room=ROOM, step=play.at()))
    return seen


def test_over_the_budget_pictures_are_for_hello_and_goodbye() -> None:
    play = with_budget(879, *long_lesson())
    assert cameras_at_each_step(play) == [True, False, False, True]
    assert play.view().state == "done"
    assert play.view().media.cameras["a"], "whoever has finished waits in good company"


def test_within_the_budget_pictures_stay() -> None:
    assert cameras_at_each_step(with_budget(880, *long_lesson())) == [True] * 4


def test_hello_is_no_longer_than_its_first_minutes() -> None:
    short = [talk(f"s{n}", minutes=1) for n in range(9)]
    assert cameras_at_each_step(with_budget(1, *short)) == [True] * 3 + [False] * 3 + [True] * 3


def test_children_at_home_are_not_on_the_schools_connection() -> None:
    play = with_budget(1, *long_lesson(), places={"a": "home", "b": "school"})
    assert cameras_at_each_step(play) == [True] * 4


def test_a_school_without_a_budget_has_no_limit() -> None:
    play = Played(lesson(*long_lesson()), NOA, DAN, people=ON_VIDEO)
    assert cameras_at_each_step(play) == [True] * 4


def test_a_class_needs_what_all_its_devices_need_at_once() -> None:
    play = Played(lesson(talk()), NOA, MAYA, DAN, people=ON_VIDEO)
    assert school_needs(play.scene(), "school a") == 2 * 1760
    assert school_needs(play.scene(), "school b") == 1760


# -- talk balance -----------------------------------------------------------------------------------------------------


def shares(play: Played, **seconds: int) -> dict[str, int] | None:
    at = play.at()
    view = talk_view(play.room(), play.scene(), {m: Talking(at, s, reliable=True) for m, s in seconds.items()})
    return view.shares if view else None


def test_shares_are_said_in_steps_of_five_per_cent() -> None:
    play = Played(lesson(talk()), NOA, DAN)
    assert shares(play, noa=47, dan=53) == {NOA: 45, DAN: 55}


def test_shares_stand_in_seat_order_and_never_by_size() -> None:
    play = Played(lesson(talk()), NOA, DAN, MAYA)
    assert list(shares(play, maya=90, dan=50, noa=1) or {}) == [NOA, DAN, MAYA]


def test_the_first_words_say_nothing_about_a_balance() -> None:
    play = Played(lesson(talk()), NOA, DAN)
    assert shares(play, noa=LEAST_TALK_SECONDS - 1, dan=0) is None
    assert shares(play, noa=LEAST_TALK_SECONDS, dan=0) == {NOA: 100, DAN: 0}


def test_one_who_is_measured_alone_is_compared_with_nobody() -> None:
    assert shares(Played(lesson(talk()), NOA, DAN), noa=60) is None


def test_only_talk_is_measured() -> None:
    assert shares(Played(lesson(turns(), talk()), NOA, DAN), noa=60, dan=60) is None
    assert shares(Played(lesson(solo(), talk()), NOA, DAN), noa=60, dan=60) is None


def test_what_was_said_in_an_earlier_step_does_not_count() -> None:
    play = Played(lesson(talk(), talk("again")), NOA, DAN)
    before = {m: Talking(0, 60, reliable=True) for m in (NOA, DAN)}
    assert talk_view(play.room(), play.scene(), before) is not None
    play.finish(NOA, DAN)
    assert talk_view(play.room(), play.scene(), before) is None


@pytest.mark.parametrize(
    ("members", "told", "reliable"),
    [
        ((NOA, DAN), {NOA: True, DAN: True}, True),
        ((NOA, DAN), {NOA: True, DAN: False}, False),
        ((NOA, DAN, MAYA), {NOA: True, DAN: True}, False),
    ],
)
def test_it_is_reliable_when_everybody_is_measured_with_headphones(
    members: tuple[str, ...], told: dict[str, bool], reliable: bool
) -> None:
    play = Played(lesson(talk()), *members)
    view = talk_view(play.room(), play.scene(), {m: Talking(0, 30, reliable=sure) for m, sure in told.items()})
    assert view is not None
    assert view.reliable == reliable


def test_a_row_of_the_board_shows_it_and_a_rooms_view_does_not() -> None:
    play = Played(lesson(talk()), NOA, DAN)
    talking = {m: Talking(0, 30, reliable=True) for m in (NOA, DAN)}
    row = row_view(play.room(), play.scene(), talking=talking)
    assert row.talk is not None
    assert row.talk.shares == {NOA: 50, DAN: 50}
    assert "talk" not in play.view().model_dump()
