"""A teacher's hand on the rooms: warned of everything, kept from nothing but what families and rooms forbid."""

from dataclasses import replace
from typing import Any

import pytest

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.pairing import History
from server.core.live.rechecking import arranged, checked, warnings_of
from server.core.live.refusals import Refused
from server.core.live.state import Session, apply_session
from tests.core.builders import DAN, ELI, MAYA, NOA, NOW, PEOPLE, ROOM, TAMAR, Played, lesson, person, step
from tests.core.test_pairing import pairs

LESSON = lesson(step("talk", "talk"))
GIL = person("gil", "a", "fr")
EVERYBODY = {**PEOPLE, "gil": GIL}


def warned(*members: str, crowd: bool = False, **history: Any) -> tuple[str, ...]:
    return warnings_of([EVERYBODY[member] for member in members], History(**history), crowd)


def test_a_good_room_has_no_warning() -> None:
    assert warned(NOA, DAN) == ()
    assert warned(NOA, DAN, MAYA) == ()


@pytest.mark.parametrize(
    ("members", "history", "expected"),
    [
        ((NOA,), {}, ("only_one",)),
        ((NOA, MAYA), {}, ("one_school",)),
        ((NOA, DAN), {"apart": pairs((DAN, NOA))}, ("kept_apart:noa:dan",)),
        ((NOA, DAN), {"last_time": pairs((DAN, NOA))}, ("met_last_time:noa:dan",)),
        ((NOA, DAN), {"last_time": pairs((DAN, NOA)), "arc": pairs((DAN, NOA))}, ()),
        ((MAYA, DAN), {}, ("no_shared_language",)),
        ((NOA, DAN, "gil"), {}, ("speaks_with_nobody:gil",)),
        ((NOA, ELI, MAYA), {"alone_last_time": frozenset({ELI})}, ("alone_again:eli",)),
        ((NOA, ELI), {"alone_last_time": frozenset({ELI})}, ()),
        ((NOA, DAN, MAYA, ELI), {}, ("more_than_three",)),
        ((NOA, DAN, MAYA, ELI), {"shared": pairs((NOA, MAYA))}, ()),
    ],
)
def test_what_speaks_against_a_room(
    members: tuple[str, ...], history: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert warned(*members, **history) == expected


def test_four_are_nobodys_mistake_where_one_school_is_so_much_larger() -> None:
    assert warned(NOA, DAN, MAYA, ELI, crowd=True) == ()


def test_every_room_is_looked_at_and_says_why_it_is_good() -> None:
    rooms = {ROOM: (NOA, DAN), "s.2": (MAYA, "gil"), "s.3": (), "s.4": ("gone", ELI)}
    found = checked(rooms, EVERYBODY, History(arc=pairs((MAYA, ELI))), [NOA, DAN])
    assert found.why[ROOM] == ("different_schools", "never_met", "both_speak:en")
    assert found.why["s.2"] == (f"guest:{MAYA}:{ELI}",)
    assert found.warnings == {
        "s.2": ("one_school", "speaks_with_nobody:maya", "speaks_with_nobody:gil"),
        "s.4": ("only_one",),
    }


# -- moves ---------------------------------------------------------------------------------------------------------------


def lobby(*, apart: bool = True) -> Played:
    play = Played(LESSON, started=False, people=EVERYBODY)
    play.session = apply_session(Session("s"), e.RoomsProposed(rooms={ROOM: (NOA, DAN), "s.2": (ELI,)}), NOW)
    play.apart = pairs((MAYA, NOA)) if apart else frozenset()
    return play


def test_those_who_are_kept_apart_sit_together_only_once_a_teacher_has_said_so() -> None:
    play = lobby()
    with pytest.raises(Refused, match="keep_apart"):
        play.teacher(c.MoveSeat(member=MAYA, room=ROOM))
    assert play.session.room_of(MAYA) is None
    moved = play.teacher(c.MoveSeat(member=MAYA, room=ROOM, apart_too=True))
    assert moved.events == (e.SeatMoved(member=MAYA, room=ROOM, by=TAMAR.staff, apart=(NOA,)),)
    assert play.session.room_of(MAYA) == ROOM


def test_no_word_of_a_teacher_brings_across_whom_the_family_keeps_or_a_fifth() -> None:
    play = lobby()
    play.may_cross -= {MAYA}
    with pytest.raises(Refused, match="may_not_cross"):
        play.teacher(c.MoveSeat(member=MAYA, room=ROOM, apart_too=True))
    play.session = replace(play.session, rooms={ROOM: (NOA, DAN, ELI, "x")})
    with pytest.raises(Refused, match="room_is_full"):
        play.teacher(c.MoveSeat(member="gil", room=ROOM, apart_too=True))


def test_rooms_made_by_hand_are_not_thrown_away_unseen() -> None:
    play = lobby(apart=False)
    new = c.LayOutRooms(rooms={ROOM: (NOA, ELI)})
    play.teacher(new)
    assert not play.session.by_hand
    play.teacher(c.MoveSeat(member=MAYA, room=ROOM))
    assert play.session.by_hand
    with pytest.raises(Refused, match="changed_by_hand"):
        play.teacher(new)
    play.session = replace(play.session, version=8)
    with pytest.raises(Refused, match="changed_by_hand"):
        play.teacher(new.model_copy(update={"over": 7}))
    play.teacher(new.model_copy(update={"over": 8}))
    assert (play.session.rooms, play.session.by_hand) == ({ROOM: (NOA, ELI)}, False)


def test_of_two_teachers_who_move_one_child_the_later_press_counts() -> None:
    play = lobby(apart=False)
    play.teacher(c.MoveSeat(member=MAYA, room=ROOM))
    play.teacher(c.MoveSeat(member=MAYA, room="s.2"), by=TAMAR)
    assert play.session.rooms == {ROOM: (NOA, DAN), "s.2": (ELI, MAYA)}


# -- rooms as a whole ----------------------------------------------------------------------------------------------------

NO_PAST = History()


def test_rooms_from_a_list_hold_those_who_can_sit_there_once_each() -> None:
    rooms = [[NOA, DAN, "absent"], ["absent"], [MAYA, ELI, NOA]]
    found = arranged(rooms, PEOPLE, NO_PAST, apart_too=False)
    assert found.rooms == ((NOA, DAN), (MAYA, ELI))


def test_rooms_from_a_list_obey_the_same_rules_as_a_hand() -> None:
    apart = History(apart=pairs((NOA, DAN)))
    with pytest.raises(Refused, match="keep_apart"):
        arranged([[NOA, DAN]], PEOPLE, apart, apart_too=False)
    assert arranged([[NOA, DAN]], PEOPLE, apart, apart_too=True).apart == ((NOA, DAN),)
    with pytest.raises(Refused, match="room_is_full"):
        arranged([[NOA, DAN, MAYA, ELI, "gil"]], PEOPLE, NO_PAST, apart_too=True)


def test_events_of_earlier_versions_still_read() -> None:
    old = [
        {"kind": "seat_moved", "member": NOA, "room": None},
        {"kind": "rooms_proposed", "rooms": {ROOM: [NOA, DAN]}},
    ]
    moved, proposed = e.EVENTS.validate_python(old)
    assert (moved, proposed) == (e.SeatMoved(member=NOA, room=None), e.RoomsProposed(rooms={ROOM: (NOA, DAN)}))
