"""The whole class together: hands in order, one who has the floor, who may send what, and who sees whom without a server."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.plenary import (
    circle,
    decide_hand,
    decide_plenary,
    is_together,
    sources_in_plenary,
    sources_in_room,
    sources_of_teacher,
)
from server.core.live.refusals import Refused
from server.core.live.scene import Media
from server.core.live.state import Pause, Plenary, Session, apply_session
from tests.core.builders import DAN, MAYA, NOA, NOW, TAMAR, lesson, solo, step

LESSON = lesson(solo(), step("class", "frame", scope="class", completion="teacher"))
TOGETHER = Session("s", status="running", rooms={"s.1": (NOA, DAN), "s.2": (MAYA,)}, floor=1, floor_at=NOW)
ADULTS = frozenset({"tamar", "judith"})


def grown(session: Session, *events: e.SessionEvents) -> Session:
    for event in events:
        session = apply_session(session, event, NOW)
    return session


def hand(session: Session, member: str, command: c.HandCommand) -> Session:
    return grown(session, *decide_hand(session, LESSON, member, command).events)  # type: ignore[arg-type] -- session events


def teacher(session: Session, command: c.PlenaryCommand) -> Session:
    return grown(session, *decide_plenary(session, LESSON, ADULTS, TAMAR, command).events)  # type: ignore[arg-type] -- session events


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_hands_stand_in_the_order_in_which_they_went_up() -> None:
    session = hand(hand(hand(TOGETHER, DAN, c.RaiseHand()), NOA, c.RaiseHand()), DAN, c.RaiseHand())
    assert session.plenary.hands == (DAN, NOA)
    assert hand(session, DAN, c.LowerHand()).plenary.hands == (NOA,)


def test_whoever_gets_the_floor_leaves_the_line_and_speaks_alone() -> None:
    session = hand(hand(TOGETHER, DAN, c.RaiseHand()), NOA, c.RaiseHand())
    session = teacher(teacher(session, c.GiveFloor(member=DAN)), c.GiveFloor(member=NOA))
    assert (session.plenary.speaker, session.plenary.hands) == (NOA, ())
    assert teacher(session, c.GiveFloor(member=None)).plenary.speaker is None


def test_a_teacher_puts_a_hand_down() -> None:
    session = hand(TOGETHER, DAN, c.RaiseHand())
    assert teacher(session, c.PutHandDown(member=DAN)).plenary.hands == ()


def test_being_muted_takes_the_floor_and_says_by_whom_until_the_floor_is_given_again() -> None:
    session = teacher(teacher(TOGETHER, c.GiveFloor(member=NOA)), c.MutePerson(who=NOA))
    assert (session.plenary.speaker, session.plenary.muted) == (None, {NOA: "tamar"})
    assert teacher(session, c.GiveFloor(member=NOA)).plenary.muted == {}


def test_one_person_is_in_the_light_a_teacher_too() -> None:
    session = teacher(teacher(TOGETHER, c.Spotlight(who=NOA)), c.Spotlight(who="judith"))
    assert session.plenary.spotlight == "judith"
    assert teacher(session, c.Spotlight(who=None)).plenary.spotlight is None


@pytest.mark.parametrize(
    "gone", [e.MemberRemoved(member=NOA, by="tamar"), e.RoomParted(room="s.1"), e.SeatMoved(member=NOA, room=None)]
)
def test_whoever_goes_leaves_nothing_behind(gone: e.SessionEvents) -> None:
    session = replace(TOGETHER, plenary=Plenary((NOA, MAYA), NOA, NOA, {NOA: "tamar"}))
    assert grown(session, gone).plenary == Plenary((MAYA,))


def test_the_next_step_begins_with_no_hand_up() -> None:
    session = hand(TOGETHER, NOA, c.RaiseHand())
    assert grown(session, e.FloorMoved(step=2, by="tamar")).plenary == Plenary()


def test_outside_a_step_for_all_there_is_nothing_to_ask_for() -> None:
    alone = replace(TOGETHER, floor=0)
    assert not is_together(alone, LESSON)
    assert refusal(lambda: decide_hand(alone, LESSON, NOA, c.RaiseHand())) == "not_together"
    assert refusal(lambda: decide_plenary(alone, LESSON, ADULTS, TAMAR, c.Spotlight(who=NOA))) == "not_together"
    closed = replace(TOGETHER, status="closed")
    assert refusal(lambda: decide_hand(closed, LESSON, NOA, c.RaiseHand())) == "not_running"


def test_strangers_and_those_without_a_seat_take_no_part() -> None:
    assert refusal(lambda: decide_hand(TOGETHER, LESSON, "stranger", c.RaiseHand())) == "not_your_room"
    for command in (c.GiveFloor(member="stranger"), c.MutePerson(who="stranger"), c.Spotlight(who="stranger")):
        assert refusal(lambda command=command: teacher(TOGETHER, command)) == "unknown_member"


@pytest.mark.parametrize(
    ("media", "place", "has_floor", "sends"),
    [
        ("video", "home", True, {"camera", "microphone"}),
        ("video", "home", False, {"camera"}),
        ("audio", "home", True, {"microphone"}),
        ("audio", "home", False, set[str]()),
        ("none", "home", True, set[str]()),
        # The classroom's own screen speaks for it.
        ("video", "school", True, {"camera"}),
        ("audio", "school", True, set[str]()),
    ],
)
def test_what_a_child_may_send_to_the_whole_class(media: Media, place: str, has_floor: bool, sends: set[str]) -> None:
    session = teacher(TOGETHER, c.GiveFloor(member=NOA)) if has_floor else TOGETHER
    assert sources_in_plenary(session, NOA, media, place) == sends


def test_a_room_hears_what_its_families_agreed_to() -> None:
    assert sources_in_room(TOGETHER, "video") == {"camera", "microphone"}
    assert sources_in_room(TOGETHER, "audio") == {"microphone"}
    assert sources_in_room(TOGETHER, "none") == set()


def test_stop_now_silences_everybody() -> None:
    calm = replace(teacher(TOGETHER, c.GiveFloor(member=NOA)), pauses=(Pause(NOW, calm=True),))
    assert not sources_in_plenary(calm, NOA, "video", "home")
    assert not sources_in_room(calm, "video")
    assert not sources_of_teacher(calm)


def test_without_a_media_server_four_see_each_other_one_of_each_side_first() -> None:
    adults = [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b")]
    assert circle(adults, None) == ("a1", "b1", "a2", "a3")
    assert circle(adults, "noa") == ("a1", "b1", "noa", "a2")
    assert circle([], "noa") == ("noa",)
