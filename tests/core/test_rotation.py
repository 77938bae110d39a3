"""New partners between two protocols: asked for by the plan, seen by a teacher, begun with one event."""

import pytest

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.lesson import Lesson, Part
from server.core.live.pairing import History
from server.core.live.refusals import Refused
from server.core.live.rotation import next_rotation, proposed_partners
from server.core.live.scene import limit, next_gate
from server.core.live.state import Session
from server.core.people.consent import plan_hash
from server.core.people.models import PlannedPart
from tests.core.builders import DAN, ELI, JUDITH, MAYA, NOA, PEOPLE, Played, protocol, solo, talk
from tests.core.test_pairing import ASSIGN, pairs
from tests.people.conftest import lesson as planned_lesson

FIRST, SECOND = protocol(solo(), talk(), name="first"), protocol(solo("again"), talk("speak"), name="second")


def lesson(*, rotate: bool = True) -> Lesson:
    parts = (Part(protocol=FIRST), Part(protocol=SECOND, rotate=rotate))
    return Lesson(title={"en": "Two parts"}, band="B", parts=parts)


def running(*, rotate: bool = True) -> Played:
    play = Played(lesson(rotate=rotate), started=False)
    play.present = frozenset(PEOPLE)
    play.teacher(c.LayOutRooms(rooms={"s.1": (NOA, DAN), "s.2": (MAYA, ELI)}))
    play.teacher(c.StartLesson())
    return play


NEW = ((NOA, ELI), (MAYA, DAN))


def test_rooms_wait_for_the_teacher_where_partners_change() -> None:
    play = running()
    assert (play.lesson.rotations, limit(play.lesson, play.session), next_gate(play.lesson, play.session)) == (
        (2,),
        2,
        2,
    )
    same = running(rotate=False)
    assert (same.lesson.rotations, limit(same.lesson, same.session)) == ((), len(same.lesson.steps))
    for _ in range(2):
        play.finish(NOA, DAN)
    assert play.at() == 2
    assert play.scene().waits_for_class(play.room())


def test_a_first_part_never_changes_partners() -> None:
    parts = (Part(protocol=FIRST, rotate=True), Part(protocol=SECOND))
    assert Lesson(title={"en": "Two parts"}, band="B", parts=parts).rotations == ()


def test_the_class_does_not_pass_on_before_partners_were_looked_at() -> None:
    play = running()
    for target in (None, 2, 3):
        with pytest.raises(Refused, match="partners_first"):
            play.teacher(c.NextGate(after=0, to=target))
    play.teacher(c.NextGate(after=0, to=1))
    play.teacher(c.NextGate(after=1, same_partners=True))
    assert (play.session.floor, play.session.rooms["s.1"]) == (2, (NOA, DAN))


def test_everybody_sits_in_a_new_room_and_the_old_ones_keep_their_history() -> None:
    play = running()
    play.answer(NOA, "mine")
    decision = play.teacher(c.StartPartners(after=0, rooms=NEW))
    assert [event.kind for event in decision.events] == ["partners_changed"]
    assert play.session.rooms == {"s.1": (), "s.2": (), "s.3": NEW[0], "s.4": NEW[1]}
    assert play.session.rotated == {"s.1": (NOA, DAN), "s.2": (MAYA, ELI)}
    assert play.session.former[NOA] == ("s.1",)
    assert play.session.rotated_after == {"s.1": 1, "s.2": 1}, "what came later is not told of these rooms"
    assert (play.session.floor, play.at("s.3")) == (2, 2)
    assert not play.scene().waits_for_class(play.room("s.3"))
    assert play.room("s.1").answers, "what was written stands in the room in which it was written"
    assert limit(play.lesson, play.session) == len(play.lesson.steps)


def test_of_two_teachers_who_press_at_once_one_begins_it() -> None:
    play = running()
    play.teacher(c.StartPartners(after=0, rooms=NEW))
    with pytest.raises(Refused, match="somebody_was_faster"):
        play.teacher(c.StartPartners(after=0, rooms=NEW), by=JUDITH)


def test_whoever_gets_no_new_seat_waits_with_a_teacher() -> None:
    play = running()
    play.teacher(c.StartPartners(after=0, rooms=((NOA, ELI),)))
    assert play.session.unplaced == {DAN: "with_teacher", MAYA: "with_teacher"}


def test_new_partners_obey_the_rules_of_any_room() -> None:
    play = running()
    play.apart = pairs((NOA, ELI))
    with pytest.raises(Refused, match="keep_apart"):
        play.teacher(c.StartPartners(after=0, rooms=NEW))
    decision = play.teacher(c.StartPartners(after=0, rooms=NEW, apart_too=True))
    assert isinstance(decision.events[0], e.PartnersChanged)
    assert decision.events[0].apart == ((NOA, ELI),)
    with pytest.raises(Refused, match="no_gate_left"):
        play.teacher(c.StartPartners(after=2, rooms=NEW))
    with pytest.raises(Refused, match="not_running"):
        Played(lesson(), started=False).teacher(c.StartPartners(after=-1, rooms=NEW))


def test_nobody_is_offered_a_partner_of_this_lesson_again_where_that_can_be_done() -> None:
    play = running()
    arc = History(arc=pairs((NOA, DAN), (MAYA, ELI)), met=dict.fromkeys(pairs((NOA, ELI)), 3))
    proposed = proposed_partners(play.session, PEOPLE, arc, ASSIGN)
    assert {frozenset(room) for room in proposed.rooms} == {frozenset(room) for room in NEW}
    play.teacher(c.StartPartners(after=0, rooms=proposed.rooms))
    few = Session("s", rooms={"s.1": (NOA, DAN)})
    assert proposed_partners(few, PEOPLE, History(), ASSIGN).rooms == ((NOA, DAN),), "with nobody else, the same again"


def test_whoever_waits_with_a_teacher_is_left_there() -> None:
    session = Session("s", rooms={"s.1": (NOA, DAN)}, unplaced={MAYA: "with_teacher"})
    layout = proposed_partners(session, PEOPLE, History(), ASSIGN)
    assert MAYA not in [member for room in layout.rooms for member in room]


def test_lessons_and_agreements_of_earlier_versions_keep_their_names() -> None:
    as_it_was = lesson(rotate=False)
    assert as_it_was.content_hash != lesson().content_hash
    assert next_rotation(as_it_was, Session("s")) is None
    plain = planned_lesson()
    rotating = plain.model_copy(
        update={
            "plan": plain.plan.model_copy(update={"parts": (PlannedPart(protocol="reflection", partners="rotate"),)})
        }
    )
    assert plan_hash(plain) != plan_hash(rotating)
