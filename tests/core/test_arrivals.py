"""Late learners and survivors: who is proposed for which seat, when the clock acts, and what teachers may say to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.arrivals import (
    RESTS,
    VETO,
    Circumstances,
    decide_arrivals,
    decide_arrivals_command,
    proposals,
    without_partner,
)
from server.core.live.brought import former_rooms, with_brought
from server.core.live.pairing import History
from server.core.live.proposals import ArrivalsPolicy, Proposal
from server.core.live.scene import Person, Scene
from server.core.live.seating import Seating, group_limit
from server.core.live.session_engine import Rules, decide_session
from server.core.live.state import Room, Session, apply_session
from server.core.live.views import Words, mine_view, seats_view
from tests.core.builders import JUDITH, NOW, TAMAR, gate, lesson, person, refusal, solo, talk

GRACE = timedelta(seconds=45)
LESSON = lesson(*(solo(f"s{n}") for n in range(8)))
PAIRS = {"s.1": ("a1", "b1"), "s.2": ("a2", "b2"), "s.3": ("a3", "b3")}


def children(*names: str, **languages: str) -> dict[str, Person]:
    """Learners whose side is the first letter of their name; all speak English where nothing else is said."""
    return {n: person(n, n[0], *languages.get(n, "en").split()) for n in (*names, *languages)}


CHILDREN = children(*(f"{side}{n}" for side in "ab" for n in range(1, 7)))


@dataclass
class Hall:
    """A running lesson, looked at by the clock: `look` decides and applies, as the runner does."""

    rooms: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: PAIRS)
    policy: ArrivalsPolicy = "suggest"
    people: Mapping[str, Person] = field(default_factory=lambda: CHILDREN)
    may_cross: frozenset[str] = frozenset(CHILDREN)
    apart: frozenset[frozenset[str]] = frozenset()
    beside: dict[str, str] = field(default_factory=dict[str, str])
    steps: dict[str, int] = field(default_factory=dict[str, int])
    history: History = field(default_factory=History)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.session = Session("s")
        self.lesson = LESSON
        self._apply(e.RoomsProposed(rooms=dict(self.rooms)), e.LessonStarted(by=TAMAR.staff))
        self.here = {m for members in self.rooms.values() for m in members}
        self.came = dict.fromkeys(self.here, NOW)
        self.gone: dict[str, datetime] = {}
        self.later(600)

    def _apply(self, *events: e.SessionEvents) -> None:
        for event in events:
            self.session = apply_session(self.session, event, self.now)
        self.session = replace(self.session, version=self.session.version + 1)

    def later(self, seconds: float) -> "Hall":
        self.now += timedelta(seconds=seconds)
        return self

    def comes(self, *members: str) -> "Hall":
        self.here |= set(members)
        self.came |= dict.fromkeys(members, self.now)
        for member in members:
            self.gone.pop(member, None)
        return self.later(3)

    def leaves(self, *members: str, for_seconds: float = 60) -> "Hall":
        self.here -= set(members)
        self.gone |= dict.fromkeys(members, self.now)
        return self.later(for_seconds)

    @property
    def seating(self) -> Seating:
        return Seating(self.people, self.may_cross, self.apart, self.beside, self.lesson.largest_group)

    def circumstances(self) -> Circumstances:
        steps = {room: self.steps.get(room, 2) for room in self.session.rooms}
        policy = self.session.arrivals or self.policy
        return Circumstances(
            self.session, self.lesson, self.seating, steps, frozenset(self.here), self.gone, self.came, policy,
            self.now, GRACE, self.history,
        )  # fmt: skip

    def look(self) -> tuple[e.SessionEvents, ...]:
        events = decide_arrivals(self.circumstances())
        if events:
            self._apply(*events)
        return events

    def says(self, command: c.SessionCommand, by: c.Teacher = TAMAR) -> None:
        rules = Rules(
            self.lesson, self.people, "w", self.may_cross, self.apart, None, self.beside, arrivals=self.policy,
            steps={room: self.steps.get(room, 2) for room in self.session.rooms},
        )  # fmt: skip
        self._apply(*decide_session(self.session, rules, by, command).events)  # type: ignore[arg-type] -- session events

    @property
    def only(self) -> Proposal:
        (one,) = self.session.proposals.values()
        return one

    def seats(self) -> dict[str, tuple[str, ...]]:
        return {room: members for room, members in self.session.rooms.items() if members}


# -- who is proposed for which seat -------------------------------------------------------------------------------------


def test_where_everybody_has_a_partner_nothing_is_proposed() -> None:
    hall = Hall()
    assert not without_partner(hall.session, hall.here)
    assert hall.look() == ()


def test_a_late_learner_goes_to_whoever_waits_for_a_partner_from_the_other_school() -> None:
    hall = Hall().leaves("b2").comes("b4")
    hall.look()
    assert (hall.only.kind, hall.only.members, hall.only.room, hall.only.reason) == (
        "seat", ("b4",), "s.2", "waits_for_partner",
    )  # fmt: skip


def test_two_late_learners_of_the_two_schools_get_a_room_of_their_own() -> None:
    hall = Hall(policy="automatic").comes("a4", "b4")
    hall.look()
    assert hall.seats()["s.4"] == ("a4", "b4")


def test_a_late_learner_with_nobody_free_makes_a_trio_in_the_room_at_the_earliest_step() -> None:
    hall = Hall(steps={"s.1": 4, "s.2": 1, "s.3": 3}).comes("a4")
    hall.look()
    assert (hall.only.kind, hall.only.room, hall.only.reason) == ("trio", "s.2", "nobody_alone")


def test_a_shared_language_counts_before_the_step() -> None:
    people = children("a1", "b1", "a2", a4="he", b2="en he")
    rooms = {"s.1": ("a1", "b1"), "s.2": ("a2", "b2")}
    hall = Hall(rooms, people=people, may_cross=frozenset(people), steps={"s.1": 1, "s.2": 5}).comes("a4")
    hall.look()
    assert hall.only.room == "s.2"


def test_a_pair_without_a_common_language_gets_who_speaks_with_both_before_others() -> None:
    people = children("a1", "b1", a2="he", b2="en", a4="he en")
    rooms = {"s.1": ("a1", "b1"), "s.2": ("a2", "b2")}
    hall = Hall(rooms, people=people, may_cross=frozenset(people)).comes("a4")
    hall.look()
    assert hall.only.room == "s.2"


def test_whoever_is_kept_apart_from_everybody_waits_and_it_is_said_why() -> None:
    apart = frozenset(frozenset(("a4", other)) for other in ("b1", "b2", "b3"))
    hall = Hall(apart=apart).comes("a4")
    hall.look()
    assert (hall.only.kind, hall.only.room, hall.only.reason) == ("wait", None, "kept_apart")


def test_nobody_becomes_the_fourth_unless_one_side_has_more_than_twice_as_many() -> None:
    trios = {"s.1": ("a1", "a2", "b1"), "s.2": ("a3", "b2", "b3")}
    hall = Hall(trios).comes("a4")
    hall.look()
    assert (hall.only.kind, hall.only.reason) == ("wait", "no_seat_left")
    uneven = Hall({"s.1": ("a1", "a2", "b1")}).comes("a4")
    uneven.look()
    assert (uneven.only.kind, uneven.only.room) == ("trio", "s.1")


def test_a_seat_that_is_kept_for_somebody_away_is_not_given_away() -> None:
    hall = Hall({"s.1": ("a1", "a2", "b1"), "s.2": ("a3", "b2", "b3")}).leaves("a2").comes("a4")
    hall.look()
    assert hall.only.kind == "wait"


def test_without_the_familys_yes_nobody_is_placed() -> None:
    hall = Hall(may_cross=frozenset(CHILDREN) - {"a4"}).comes("a4")
    assert hall.look() == ()


def test_whom_a_teacher_has_taken_out_of_a_room_is_left_to_the_teacher() -> None:
    hall = Hall()
    hall.says(c.MoveSeat(member="a1", room=None))
    hall.look()
    assert all("a1" not in one.members for one in hall.session.proposals.values())
    hall.says(c.PartRoom(room="s.2"))
    hall.later(600).look()
    assert {m for one in hall.session.proposals.values() for m in one.members}.isdisjoint({"a1", "a2", "b2"})


def test_two_at_one_device_are_seated_together() -> None:
    hall = Hall(beside={"a4": "a5", "a5": "a4"}, policy="automatic").leaves("a1").comes("a4", "a5")
    hall.look()
    kinds = {one.members: one.kind for one in hall.session.proposals.values()}
    assert kinds["a4", "a5"] == "wait", "with a1's kept seat they would be four"
    alone = Hall({"s.1": ("b1",)}, beside={"a4": "a5", "a5": "a4"}, policy="automatic").comes("a4", "a5")
    alone.look()
    assert alone.seats()["s.1"] == ("b1", "a4", "a5")


def test_whoever_sits_down_at_the_device_of_a_seated_learner_gets_the_seat_beside_them() -> None:
    hall = Hall(beside={"a4": "a1", "a1": "a4"}, policy="automatic").comes("a4")
    hall.look()
    assert hall.seats()["s.1"] == ("a1", "b1", "a4")


# -- survivors ----------------------------------------------------------------------------------------------------------


def test_a_line_that_blinks_moves_nobody() -> None:
    hall = Hall(policy="automatic").leaves("b1", for_seconds=40)
    assert hall.look() == ()
    hall.comes("b1").later(60)
    assert hall.look() == ()


def test_a_survivor_is_offered_the_pair_at_their_own_step_else_a_little_behind_else_ahead() -> None:
    hall = Hall(steps={"s.1": 3, "s.2": 5, "s.3": 3}).leaves("b1")
    hall.look()
    assert (hall.only.kind, hall.only.members, hall.only.room, hall.only.reason) == (
        "repair", ("a1",), "s.3", "same_step",
    )  # fmt: skip
    behind = Hall(steps={"s.1": 3, "s.2": 4, "s.3": 1}).leaves("b1")
    behind.look()
    assert (behind.only.room, behind.only.reason) == ("s.3", "step_behind")
    ahead = Hall(steps={"s.1": 3, "s.2": 5, "s.3": 4}).leaves("b1")
    ahead.look()
    assert (ahead.only.room, ahead.only.reason) == ("s.3", "step_ahead")


def test_two_survivors_of_the_two_schools_are_brought_together_rather_than_into_two_trios() -> None:
    hall = Hall().leaves("b1", "a2")
    hall.look()
    assert (hall.only.kind, hall.only.reason) == ("repair", "both_alone")
    assert {*hall.only.members, *hall.only.beside} >= {"a1", "b2"}


def test_of_two_survivors_the_one_further_on_joins_the_other() -> None:
    hall = Hall(steps={"s.1": 4, "s.2": 3}).leaves("b1", "a2")
    hall.look()
    assert (hall.only.members, hall.only.room) == (("a1",), "s.2")


def test_a_partner_who_is_back_cancels_what_was_proposed() -> None:
    hall = Hall(policy="automatic").leaves("b1")
    hall.look()
    assert hall.only.due == hall.now + VETO
    hall.comes("b1").look()
    assert hall.session.proposals == {}
    assert hall.later(60).look() == ()
    assert hall.seats() == PAIRS


def test_while_the_class_is_together_survivors_stay_where_they_are() -> None:
    hall = Hall().leaves("b1")
    hall.lesson = lesson(gate("all"), talk())
    assert hall.look() == ()


def test_who_returns_to_a_room_from_which_the_partner_was_moved_is_placed_like_anybody() -> None:
    hall = Hall(policy="automatic").leaves("b1")
    hall.look()
    hall.later(11).look()
    assert hall.session.room_of("a1") != "s.1"
    hall.comes("b1").look()
    assert (hall.only.kind, hall.only.members) == ("repair", ("b1",))


# -- the clock acts, teachers have the last word -------------------------------------------------------------------------


def test_by_itself_the_clock_seats_late_learners_at_once_and_moves_survivors_after_ten_seconds() -> None:
    hall = Hall(policy="automatic").leaves("b1")
    hall.look()
    assert hall.later(9).look() == ()
    events = hall.later(2).look()
    assert [event.kind for event in events] == ["placing_done", "seat_moved"]
    assert all(getattr(event, "by", "clock") == "clock" for event in events)
    assert hall.session.room_of("a1") in ("s.2", "s.3")
    late = Hall(policy="automatic").comes("b5")
    late.look()
    assert late.session.room_of("b5") is not None


def test_a_suggestion_waits_for_a_teacher_for_ever() -> None:
    hall = Hall().leaves("b1")
    hall.look()
    assert hall.only.due is None
    assert hall.later(3600).look() == ()
    hall.says(c.DoPlacing(placing=hall.only.id), JUDITH)
    assert hall.session.room_of("a1") != "s.1"
    assert hall.session.placed[-1].by == JUDITH.staff


def test_off_proposes_nothing_and_takes_back_what_stood() -> None:
    hall = Hall().leaves("b1")
    hall.look()
    hall.says(c.ChooseArrivals(policy="off", instead_of="suggest"))
    assert hall.session.proposals == {}
    assert hall.look() == ()


def test_keep_is_kept_for_minutes_and_the_survivor_still_welcomes_who_comes_late() -> None:
    hall = Hall(policy="automatic").leaves("b1")
    hall.look()
    hall.says(c.DeclinePlacing(placing=hall.only.id))
    assert hall.later(120).look() == ()
    hall.comes("b4").look()
    assert hall.session.room_of("b4") == "s.1"


def test_whoever_was_moved_is_not_moved_again_by_the_clock_for_minutes_but_it_is_suggested() -> None:
    hall = Hall(policy="automatic").leaves("b1")
    hall.look()
    hall.later(11).look()
    room = hall.session.room_of("a1")
    partners = [m for m in hall.session.rooms[room or ""] if m != "a1"]
    hall.leaves(*partners).look()
    assert any(one.members == ("a1",) and one.due is None for one in hall.session.proposals.values())
    hall.later(RESTS.total_seconds()).look()
    assert any(one.members == ("a1",) and one.due for one in hall.session.proposals.values())


def test_while_paused_nobody_is_moved_and_the_countdown_begins_anew_afterwards() -> None:
    hall = Hall(policy="automatic").leaves("b1")
    hall.look()
    hall.says(c.Pause())
    hall.look()
    assert hall.session.proposals == {}
    assert hall.later(60).look() == ()
    hall.says(c.Resume())
    hall.look()
    assert hall.only.due == hall.now + VETO


def test_what_is_undone_is_as_it_was_and_stays_so() -> None:
    hall = Hall(policy="automatic").leaves("b1")
    hall.look()
    hall.later(11).look()
    hall.says(c.UndoPlacing(placing=hall.session.placed[-1].id))
    assert hall.session.room_of("a1") == "s.1"
    assert hall.later(60).look() == ()


def test_two_who_press_at_once_make_one_move_and_the_second_is_told() -> None:
    hall = Hall().leaves("b1")
    hall.look()
    one = hall.only.id
    hall.says(c.DoPlacing(placing=one))
    for late in (c.DoPlacing(placing=one), c.DeclinePlacing(placing=one)):
        assert refusal(lambda late=late: hall.says(late, JUDITH)) == "somebody_was_faster"
    hall.says(c.ChooseArrivals(policy="off", instead_of="suggest"))
    assert (
        refusal(lambda: hall.says(c.ChooseArrivals(policy="automatic", instead_of="suggest"), JUDITH))
        == "somebody_was_faster"
    )
    hall.says(c.UndoPlacing(placing=one))
    assert refusal(lambda: hall.says(c.UndoPlacing(placing=one), JUDITH)) == "somebody_was_faster"


def test_a_suggestion_for_a_room_that_has_just_changed_is_not_carried_out() -> None:
    hall = Hall().leaves("b1")
    hall.look()
    stood = hall.only
    hall.says(c.MoveSeat(member=stood.beside[0], room=None))
    assert refusal(lambda: hall.says(c.DoPlacing(placing=stood.id))) == "room_changed"


def test_a_reason_to_wait_is_nothing_to_press() -> None:
    hall = Hall({"s.1": ("a1", "b1", "b2")}).leaves("b1", "b2", "a1").comes("a4")
    hall.look()
    assert hall.only.reason == "no_partner_school"
    assert refusal(lambda: hall.says(c.DoPlacing(placing=hall.only.id))) == "somebody_was_faster"


# -- what is seen -------------------------------------------------------------------------------------------------------


def test_a_survivor_reads_with_whom_they_will_learn_before_it_happens_and_only_where_it_will() -> None:
    hall = Hall(policy="automatic").leaves("b1")
    hall.look()
    scene = Scene(hall.lesson, hall.session, hall.people, frozenset(hall.here), hall.now, "")
    seen = mine_view("a1", Room("s.1"), scene, Words({}, {}))
    assert seen.soon is not None
    assert {m.id for m in seen.soon.members} == set(hall.only.beside)
    assert mine_view("b2", Room("s.2"), scene, Words({}, {})).soon is None
    hall.says(c.ChooseArrivals(policy="suggest", instead_of="automatic"))
    hall.look()
    scene = replace(scene, session=hall.session)
    assert mine_view("a1", Room("s.1"), scene, Words({}, {})).soon is None, "it is a teacher's to decide"


def test_teachers_see_what_is_proposed_what_was_placed_and_what_holds() -> None:
    hall = Hall(policy="automatic").comes("a4").leaves("b1")
    hall.look()
    view = seats_view(hall.session, "automatic")
    assert view.arrivals == "automatic"
    assert [one.members for one in view.placed] == [("a4",)]
    assert [one.kind for one in view.proposals] == ["repair"]


def test_answers_come_along_into_the_new_room_and_the_former_partners_stay_where_they_were() -> None:
    hall = Hall()
    answered = Room("s.1", answers={(2, "idea"): {"a1": "w1", "b1": "w2"}, (1, "idea"): {"a1": "w0"}}, step=2)
    there = Room("s.3", answers={(2, "idea"): {"a3": "w3"}, (1, "idea"): {"a1": "newer"}}, step=2)
    assert former_rooms(there, hall.session) == ()
    hall.says(c.MoveSeat(member="a1", room="s.3"))
    assert former_rooms(there, hall.session) == ("s.1",)
    brought = with_brought(there, hall.session, [answered])
    assert brought.answers == {(2, "idea"): {"a3": "w3", "a1": "w1"}, (1, "idea"): {"a1": "newer"}}
    assert (brought.step, brought.version) == (there.step, there.version), "the room stays where it is"


# -- whatever happens ---------------------------------------------------------------------------------------------------

NAMES = sorted(CHILDREN)


@st.composite
def halls(draw: st.DrawFn) -> Hall:
    people = {n: person(n, n[0], *draw(st.sampled_from([("en",), ("he",), ("en", "he")]))) for n in NAMES}
    names = list(draw(st.permutations(NAMES)))
    rooms: dict[str, tuple[str, ...]] = {}
    for number in range(1, draw(st.integers(0, 4)) + 1):
        size = draw(st.integers(1, 3))
        rooms[f"s.{number}"] = tuple(names.pop() for _ in range(min(size, len(names))))
    hall = Hall(
        {room: members for room, members in rooms.items() if members},
        draw(st.sampled_from(["automatic", "suggest", "off"])),
        people,
        frozenset(n for n in NAMES if draw(st.integers(0, 5))),
        frozenset(frozenset(draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True)))
                  for _ in range(draw(st.integers(0, 4)))),
    )  # fmt: skip
    hall.steps = {room: draw(st.integers(0, 8)) for room in rooms}
    seated = [m for members in rooms.values() for m in members]
    hall.leaves(*(m for m in seated if not draw(st.integers(0, 2))), for_seconds=draw(st.sampled_from([10, 60])))
    hall.comes(*(m for m in names if draw(st.booleans())))
    mates = [m for m in names if m[0] == "a" and m in hall.here and m in hall.may_cross][:2]
    if len(mates) == 2 and draw(st.booleans()) and frozenset(mates) not in hall.apart:
        hall.beside = {mates[0]: mates[1], mates[1]: mates[0]}
    return hall


@settings(max_examples=300, deadline=None)
@given(halls())
def test_every_proposal_obeys_consent_keep_apart_sizes_and_brings_both_schools_together(hall: Hall) -> None:
    limit = group_limit(hall.seating, {*(m for r in hall.session.rooms.values() for m in r), *hall.here})
    seats = dict(hall.session.rooms)
    for one in proposals(hall.circumstances()):
        assert hall.policy != "off" or one.due is None
        assert set(one.members) <= hall.here
        mates = {hall.beside[m] for m in one.members if m in hall.beside}
        assert mates <= set(one.members), "two at one device move together"
        if one.kind == "wait":
            continue
        assert set(one.members) <= hall.may_cross
        room = one.room or ""
        together = {*seats.get(room, ()), *one.members}
        seats[room] = tuple(together)
        assert room == "new" or len(together) <= limit
        assert not any(pair <= together for pair in hall.apart if room != "new")
        new_pair = set(one.members) if room == "new" else together & hall.here
        assert hall.seating.sides(new_pair) == {"a", "b"}, "both sides are there"
        assert not hall.seating.kept_apart(new_pair)


@settings(max_examples=200, deadline=None)
@given(halls(), st.lists(st.sampled_from([1, 5, 11, 50]), max_size=4))
def test_looking_again_at_the_same_moment_changes_nothing(hall: Hall, pauses: list[int]) -> None:
    hall.look()
    assert hall.look() == (), "what one process has decided leaves the others nothing to decide"
    for seconds in pauses:
        hall.later(seconds).look()
        assert hall.look() == ()
    seated = [m for members in hall.session.rooms.values() for m in members]
    assert len(seated) == len(set(seated)), "nobody sits twice"


@settings(max_examples=100, deadline=None)
@given(halls())
def test_left_alone_the_clock_comes_to_rest(hall: Hall) -> None:
    for _ in range(8):
        hall.later(12).look()
    assert not [event for event in hall.later(12).look() if event.kind == "seat_moved"], "no one is moved to and fro"


# -- one room made two, two made one, one ended --------------------------------------------------------------------------

TRIO = {"s.1": ("a1", "a2", "b1"), "s.2": ("a3", "b3")}


def test_a_room_is_split_and_the_new_one_begins_where_they_were() -> None:
    hall = Hall({"s.1": ("a1", "a2", "b1", "b2")}, steps={"s.1": 4})
    hall.says(c.SplitRoom(room="s.1", members=("a2", "b2"), seen=hall.session.rooms["s.1"]))
    assert hall.seats() == {"s.1": ("a1", "b1"), "s.2": ("a2", "b2")}
    scene = Scene(hall.lesson, hall.session, hall.people, frozenset(hall.here), hall.now, "")
    assert scene.lesson_step(Room("s.2")) == hall.lesson.steps[4]
    over = scene.deadline(Room("s.2"))
    assert over is not None
    assert over > hall.now, "their time begins with them"


def test_somebody_stays_in_a_room_that_is_split() -> None:
    hall = Hall(TRIO)
    everybody = hall.session.rooms["s.1"]
    assert refusal(lambda: hall.says(c.SplitRoom(room="s.1", members=everybody, seen=everybody))) == "nobody_left"


def test_two_at_one_device_are_not_split() -> None:
    hall = Hall(TRIO, beside={"a1": "a2", "a2": "a1"})
    split = c.SplitRoom(room="s.1", members=("a1",), seen=hall.session.rooms["s.1"])
    assert refusal(lambda: hall.says(split)) == "shared_device"


def test_a_room_is_merged_into_another_up_to_the_group_size() -> None:
    hall = Hall({"s.1": ("a1",), "s.2": ("a3", "b3"), "s.3": ("a2", "b2", "b1")})

    def merge(into: str) -> c.MergeRooms:
        seen = hall.session.rooms["s.1"]
        return c.MergeRooms(room="s.1", members=seen, seen=seen, into=into, into_seen=hall.session.rooms[into])

    assert refusal(lambda: hall.says(merge("s.3"))) == "room_is_full"
    hall.says(merge("s.2"))
    assert hall.seats()["s.2"] == ("a3", "b3", "a1")


def test_merging_obeys_keep_apart_and_consent() -> None:
    hall = Hall({"s.1": ("a1",), "s.2": ("a3", "b3")}, apart=frozenset({frozenset(("a1", "b3"))}))
    merge = c.MergeRooms(room="s.1", members=("a1",), seen=("a1",), into="s.2", into_seen=("a3", "b3"))
    assert refusal(lambda: hall.says(merge)) == "keep_apart"
    hall.apart, hall.may_cross = frozenset(), hall.may_cross - {"a1"}
    assert refusal(lambda: hall.says(merge)) == "may_not_cross"


def test_whoever_is_in_an_ended_room_waits_with_the_teacher_and_nobody_else_places_them() -> None:
    hall = Hall(TRIO, policy="automatic")
    hall.says(c.EndRoom(room="s.1", seen=hall.session.rooms["s.1"]))
    assert dict.fromkeys(("a1", "a2", "b1"), "with_teacher").items() <= hall.session.unplaced.items()
    assert hall.later(60).look() == ()
    assert hall.session.former["a1"] == ("s.1",), "their words are found there"


@pytest.mark.parametrize("kind", ["split", "merge", "end"])
def test_a_room_that_has_just_changed_is_left_as_it_is_now(kind: str) -> None:
    hall = Hall(TRIO)
    seen = hall.session.rooms["s.1"]
    command: dict[str, c.SessionCommand] = {
        "split": c.SplitRoom(room="s.1", members=("a2",), seen=seen),
        "merge": c.MergeRooms(room="s.2", members=("a3",), seen=("a3", "b3"), into="s.1", into_seen=seen),
        "end": c.EndRoom(room="s.1", seen=seen),
    }
    hall.says(c.MoveSeat(member="a2", room=None), JUDITH)
    assert refusal(lambda: hall.says(command[kind])) == "room_changed"


def test_of_two_teachers_who_move_one_child_the_second_is_told() -> None:
    hall = Hall(TRIO)
    hall.says(c.MoveSeat(member="a2", room="s.2", out_of="s.1"))
    again = c.MoveSeat(member="a2", room=None, out_of="s.1")
    assert refusal(lambda: hall.says(again, JUDITH)) == "somebody_was_faster"


def test_regrouping_is_for_a_lesson_that_runs() -> None:
    session = Session("s")
    seating = Seating(CHILDREN, frozenset(CHILDREN))
    rules = Rules(LESSON, CHILDREN, "w", frozenset(CHILDREN))
    end = c.EndRoom(room="s.1", seen=("a1",))
    assert refusal(lambda: decide_session(session, rules, TAMAR, end)) == "not_running"
    closed = apply_session(session, e.SessionClosed(by="tamar"), NOW)
    choose = c.ChooseArrivals(policy="off", instead_of="suggest")
    assert refusal(lambda: decide_arrivals_command(closed, seating, "suggest", TAMAR, choose)) == "not_running"
