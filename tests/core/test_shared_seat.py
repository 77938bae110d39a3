"""Two learners at one device: who may, and that a teacher moves both at once."""

from dataclasses import replace

import pytest

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.refusals import Refused
from server.core.live.session_engine import Rules, decide_session
from server.core.live.shared_seat import may_share
from server.core.live.signalling import media_of
from server.core.live.state import Session
from tests.core.builders import DAN, ELI, MAYA, NOA, PEOPLE, TAMAR, lesson, person, step

EVERYBODY = frozenset(PEOPLE)
LOBBY = Session("s")
RUNNING = replace(LOBBY, status="running", rooms={"s.1": (NOA, DAN), "s.2": (ELI,)})


def shares(first: str, second: str, session: Session = LOBBY, **more: frozenset[frozenset[str]]) -> bool:
    return may_share(first, second, session, PEOPLE, EVERYBODY, **more)


def test_classmates_of_one_side_may_share_a_device() -> None:
    assert shares(NOA, MAYA)
    assert not shares(NOA, NOA)
    assert not shares(NOA, DAN), "the partner school sits at devices of its own"
    assert not shares(NOA, "stranger")


def test_nobody_who_stays_with_the_own_class_was_taken_out_or_is_kept_apart() -> None:
    assert not may_share(NOA, MAYA, LOBBY, PEOPLE, EVERYBODY - {MAYA})
    assert not shares(NOA, MAYA, replace(LOBBY, removed=frozenset({MAYA})))
    assert not shares(NOA, MAYA, apart=frozenset({frozenset((NOA, MAYA))}))


def test_in_a_running_lesson_only_into_the_same_room_or_from_none() -> None:
    assert shares(NOA, MAYA, RUNNING)
    assert shares(NOA, MAYA, replace(RUNNING, rooms={"s.1": (NOA, DAN, MAYA)}))
    assert not shares(NOA, MAYA, replace(RUNNING, rooms={"s.1": (NOA, DAN), "s.2": (MAYA, ELI)}))


def moved(
    session: Session, member: str, room: str | None, apart: frozenset[frozenset[str]] = frozenset()
) -> dict[str, str | None]:
    rules = Rules(lesson(step("a", "talk")), PEOPLE, "w1", EVERYBODY, apart, beside={NOA: MAYA, MAYA: NOA})
    events = decide_session(session, rules, TAMAR, c.MoveSeat(member=member, room=room)).events
    assert all(isinstance(event, e.SeatMoved) for event in events)
    return {event.member: event.room for event in events if isinstance(event, e.SeatMoved)}


BESIDE = replace(RUNNING, rooms={"s.1": (NOA, MAYA, DAN), "s.2": (ELI,), "s.3": (ELI, "x", "y")})


def test_a_teacher_who_moves_one_moves_whoever_shares_the_device() -> None:
    assert moved(BESIDE, NOA, "s.2") == {NOA: "s.2", MAYA: "s.2"}
    assert moved(BESIDE, MAYA, None) == {NOA: None, MAYA: None}
    assert moved(BESIDE, NOA, "new") == {NOA: "s.4", MAYA: "s.4"}
    assert moved(RUNNING, MAYA, "s.1") == {MAYA: "s.1"}, "who sat elsewhere comes alone"


def test_both_must_find_room_and_nobody_they_are_kept_apart_from() -> None:
    with pytest.raises(Refused, match="room_is_full"):
        moved(BESIDE, NOA, "s.3")
    with pytest.raises(Refused, match="keep_apart"):
        moved(BESIDE, NOA, "s.2", frozenset({frozenset((MAYA, ELI))}))


def test_a_device_sends_the_lesser_of_what_two_families_agreed_to() -> None:
    people = {name: replace(person(name, "a"), media=media) for name, media in
              {"v": "video", "w": "video", "s": "audio", "n": "none"}.items()}  # fmt: skip
    assert media_of(("v", "w"), people) == "video"
    assert media_of(("v", "s"), people) == "audio"
    assert media_of(("s", "n"), people) == "none"
    assert media_of(("v", "stranger"), people) == "none"
