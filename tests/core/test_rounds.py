"""A round of the whole class: everybody once, schools in turn, a pass is a turn, and whoever is lost comes at the end."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.engine import Decision
from server.core.live.lesson import Lesson
from server.core.live.refusals import Refused
from server.core.live.rounds import (
    RoundScene,
    RoundView,
    alternating,
    coming,
    decide_lead,
    decide_speaker,
    look_at_round,
    round_view,
)
from server.core.live.scene import Person
from server.core.live.state import Session, apply_session
from tests.core.builders import DAN, ELI, JUDITH, MAYA, NOA, NOW, PEOPLE, TAMAR, gate, lesson, person, refusal, solo

CHILDREN = lesson(gate("circle", kind="round"), solo())
ROOMS = lesson(gate("circle", kind="round", round_of="rooms"))
VOLUNTEERS = lesson(gate("circle", kind="round", round_of="volunteers", most=2))
SEATS = {"s.1": (NOA, DAN), "s.2": (MAYA, ELI)}


class Playing:
    """A round under way: decides, applies; `present` may shrink and grow."""

    def __init__(self, the_lesson: Lesson = CHILDREN, seats: dict[str, tuple[str, ...]] | None = None) -> None:
        self.people: dict[str, Person] = dict(PEOPLE)
        self.lesson = the_lesson
        self.session = Session("s", status="running", rooms=dict(seats or SEATS), floor=0, floor_at=NOW)
        self.present = frozenset(m for members in self.session.rooms.values() for m in members)

    @property
    def around(self) -> RoundScene:
        return RoundScene(self.lesson, self.people, self.present)

    @property
    def view(self) -> RoundView:
        view = round_view(self.session, self.around)
        assert view is not None
        return view

    def took(self, decision: Decision) -> None:
        for event in decision.events:
            self.session = apply_session(self.session, event, NOW)  # type: ignore[arg-type] -- session events

    def next(self, *, skip: bool = False, after: int | None = None, by: c.Teacher = TAMAR) -> str | None:
        seen = self.session.round.turn if after is None else after
        self.took(decide_lead(self.session, self.around, by, c.NextSpeaker(after=seen, skip=skip)))
        return self.session.round.who

    def orders(self, who: str, place: str) -> None:
        command = c.OrderRound.model_validate({"who": who, "place": place})
        self.took(decide_lead(self.session, self.around, TAMAR, command))

    def says(self, member: str, command: c.RoundCommand) -> None:
        self.took(decide_speaker(self.session, self.around, member, command))

    def spoke(self, member: str) -> None:
        self.says(member, c.EndRoundTurn(turn=self.session.round.turn))

    def passes(self, member: str) -> None:
        self.says(member, c.JoinRound(joins=False))

    def joins(self, member: str) -> None:
        self.says(member, c.JoinRound(joins=True))

    def looks(self) -> None:
        self.took(look_at_round(self.session, self.around))


def test_the_queue_alternates_the_schools() -> None:
    assert coming(Playing().session, Playing().around) == (NOA, DAN, MAYA, ELI)
    people = {n: person(n, "a" if n < "x" else "b") for n in ("p", "q", "r", "x")}
    assert alternating(["p", "q", "r", "x"], people) == ("p", "x", "q", "r")


def test_whoever_has_the_turn_has_the_one_open_microphone() -> None:
    play = Playing()
    assert (play.next(), play.session.plenary.speaker) == (NOA, NOA)
    play.spoke(NOA)
    assert (play.session.round.who, play.session.plenary.speaker) == (DAN, DAN)
    assert (play.view.coming, play.view.spoke) == ((MAYA, ELI), (NOA,))


def test_after_the_last_nobody_has_the_floor_and_the_round_is_over() -> None:
    play = Playing()
    for _ in range(5):
        play.next()
    assert (play.view.who, play.view.over, play.session.plenary.speaker) == (None, True, None)
    assert not decide_lead(play.session, play.around, TAMAR, c.NextSpeaker(after=play.session.round.turn)).events


def test_a_pass_is_calm_now_or_ahead_of_the_turn_and_may_be_taken_back() -> None:
    play = Playing()
    play.next()
    play.passes(DAN)
    play.passes(NOA)
    assert play.session.round.who == MAYA
    play.joins(DAN)
    play.spoke(MAYA)
    assert play.session.round.who == DAN, "where they would have stood"
    assert set(play.view.passed) == {NOA}


def test_only_whoever_has_the_turn_ends_it() -> None:
    play = Playing()
    play.next()
    assert refusal(lambda: play.spoke(DAN)) == "not_your_turn"
    assert refusal(lambda: play.says(NOA, c.EndRoundTurn(turn=7))) == "not_your_turn"
    assert refusal(lambda: play.spoke("stranger")) == "not_your_room"


def test_two_teachers_who_press_at_once_move_the_round_once() -> None:
    play = Playing()
    play.next()
    play.next(after=1, by=TAMAR)
    assert refusal(lambda: play.next(after=1, by=JUDITH)) == "somebody_was_faster"
    assert play.session.round.who == DAN


def test_a_lost_speaker_is_skipped_and_comes_back_at_the_end() -> None:
    play = Playing()
    play.next()
    play.present -= {NOA}
    play.looks()
    assert (play.session.round.who, play.view.coming) == (DAN, (MAYA, ELI, NOA))
    for member in (DAN, MAYA, ELI):
        play.spoke(member)
    assert (play.view.who, play.view.over) == (None, False), "the round waits for whoever was lost"
    play.present |= {NOA}
    play.looks()
    assert play.session.round.who == NOA
    play.spoke(NOA)
    assert play.view.over


def test_an_absent_child_is_passed_over_until_they_are_here() -> None:
    play = Playing()
    play.present -= {NOA}
    assert play.next() == DAN
    play.present |= {NOA}
    play.spoke(DAN)
    assert play.session.round.who == NOA


def test_a_teacher_skips_whoever_is_not_in_the_classroom() -> None:
    play = Playing()
    play.next()
    assert play.next(skip=True) == DAN
    assert play.view.coming == (MAYA, ELI, NOA)


def test_a_teacher_puts_somebody_next_or_last_and_brings_somebody_back() -> None:
    play = Playing()
    play.next()
    play.orders(ELI, "next")
    play.orders(DAN, "last")
    assert play.view.coming == (ELI, MAYA, DAN)
    play.passes(NOA)
    play.orders(NOA, "next")
    assert play.view.coming == (NOA, MAYA, DAN)
    assert refusal(lambda: play.orders("stranger", "next")) == "unknown_member"


def test_where_rooms_speak_one_voice_speaks_for_the_room_from_the_schools_in_turn() -> None:
    play = Playing(ROOMS)
    assert (play.next(), play.session.plenary.speaker) == ("s.1", DAN)
    assert play.view.rooms == SEATS
    play.spoke(NOA)
    assert (play.session.round.who, play.session.plenary.speaker) == ("s.2", MAYA)
    play.present -= {MAYA, ELI}
    play.looks()
    assert play.session.round.who is None


def test_volunteers_come_forward_up_to_the_most_and_may_think_better_of_it() -> None:
    play = Playing(VOLUNTEERS)
    assert play.next() is None, "nobody has come forward"
    play.joins(DAN)
    play.joins(MAYA)
    assert refusal(lambda: play.joins(NOA)) == "round_is_full"
    play.passes(DAN)
    play.joins(NOA)
    assert play.view.coming == (MAYA, NOA)
    assert play.next() == MAYA


def test_a_newcomer_gets_the_turn_where_a_round_had_come_to_its_end() -> None:
    play = Playing(VOLUNTEERS)
    play.joins(DAN)
    play.next()
    play.spoke(DAN)
    assert play.view.over
    play.joins(ELI)
    assert play.session.round.who == ELI


def test_a_round_rests_while_the_lesson_is_paused_and_is_gone_with_its_step() -> None:
    play = Playing()
    play.next()
    play.took(Decision((e.Paused(by="tamar"),)))
    assert refusal(lambda: play.next()) == "paused"
    play.present -= {NOA}
    play.looks()
    assert play.session.round.who == NOA
    play.took(Decision((e.Resumed(by="tamar"), e.FloorMoved(step=1, by="tamar"))))
    assert round_view(play.session, play.around) is None
    assert refusal(lambda: play.next(after=0)) == "not_together"
    closed = replace(play.session, status="closed")
    assert refusal(lambda: decide_lead(closed, play.around, TAMAR, c.NextSpeaker(after=0))) == "not_running"


def test_whoever_is_removed_has_no_turn_any_more() -> None:
    play = Playing()
    play.next()
    play.took(Decision((e.MemberRemoved(member=NOA, by="tamar"), e.MemberRemoved(member=MAYA, by="tamar"))))
    assert (play.view.who, play.view.coming) == (None, (DAN, ELI))
    play.present -= {NOA}
    play.looks()
    assert play.session.round.who == DAN


MOVES = st.lists(
    st.tuples(st.sampled_from(["next", "skip", "spoke", "pass", "join", "go", "come", "look", "first", "last"]),
              st.integers(0, 9)), max_size=60)  # fmt: skip


@given(sizes=st.tuples(st.integers(1, 4), st.integers(0, 4)), moves=MOVES)
def test_everybody_who_is_here_has_their_turn_and_nobody_two(
    sizes: tuple[int, int], moves: list[tuple[str, int]]
) -> None:
    names = [f"a{n}" for n in range(sizes[0])] + [f"b{n}" for n in range(sizes[1])]
    play = Playing(seats={f"s.{n + 1}": (name,) for n, name in enumerate(names)})
    play.people = {name: person(name, name[0]) for name in names}
    play.present = frozenset(names)
    for what, number in moves:
        who = names[number % len(names)]
        had = play.view.spoke
        acts: dict[str, Callable[[], object]] = {
            "next": lambda: play.next(),
            "skip": lambda: play.next(skip=True),
            "spoke": lambda who=who: play.spoke(who),
            "pass": lambda who=who: play.passes(who),
            "join": lambda who=who: play.joins(who),
            "first": lambda who=who: play.orders(who, "next"),
            "last": lambda who=who: play.orders(who, "last"),
            "look": play.looks,
        }
        if what in ("go", "come"):
            play.present = play.present - {who} if what == "go" else play.present | {who}
            continue
        try:
            acts[what]()
        except Refused:
            continue
        view = play.view
        assert len(set(view.coming)) == len(view.coming)
        assert view.who not in view.coming
        assert view.who is None or what in ("first", "last") or view.who not in had or who == view.who
        assert set(view.coming) | set(view.passed) | set(view.spoke) | {view.who} - {None} == set(names)
        assert play.session.plenary.speaker == view.speaker
    play.present = frozenset(names)
    for _ in range(2 * len(names) + 2):
        if not play.view.over:
            play.next()
    assert play.view.over
    assert set(play.view.spoke) | set(play.view.passed) == set(names)
