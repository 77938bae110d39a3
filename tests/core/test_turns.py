"""Whose turn it is, for one to four, with people who leave and come back in the middle."""

import pytest

from server.core.live import commands as c
from tests.core.builders import (
    DAN,
    ELI,
    MAYA,
    NOA,
    PEOPLE,
    ROOM,
    Played,
    lesson,
    person,
    refusal,
    restate,
    ruth,
    step,
    talk,
    turns,
)

ALL = (NOA, DAN, MAYA, ELI)
TELL = lesson(turns(), talk())
TWO_ROUNDS = lesson(turns(rounds=2, rotate=1), talk())
HEAR = lesson(restate(max_loops=2), talk())
READ = lesson(step("read", "read", completion="turns"), talk(), text=ruth())
READ_TWICE = lesson(step("read", "read", completion="turns", reread=True), talk(), text=ruth())


def spoken(play: Played) -> list[str]:
    """Let everybody take their turn to the end of the step; return who did, in order."""
    order: list[str] = []
    here = play.at()
    while play.at() == here and (turn := play.turn()):
        order.append(turn.acts)
        if turn.phase == "confirm":
            play.confirm(turn.acts, right=True)
        else:
            play.take_turn(turn.acts)
    return order


@pytest.mark.parametrize("size", [1, 2, 3, 4])
class TestEverySize:
    def test_everyone_speaks_once_and_the_room_moves_on(self, size: int) -> None:
        play = Played(TELL, *ALL[:size])
        assert spoken(play) == list(ALL[:size])
        assert play.step_id() == "talk"

    def test_rounds_and_rotation_give_everyone_their_share(self, size: int) -> None:
        play = Played(TWO_ROUNDS, *ALL[:size])
        order = spoken(play)
        assert order[0] == ALL[1 % size]
        assert sorted(order) == sorted(ALL[:size] * 2)

    def test_everyone_is_heard_in_a_restating_round(self, size: int) -> None:
        play = Played(HEAR, *ALL[:size])
        spoken(play)
        assert play.step_id() == "talk"
        assert play.view().turn is None

    def test_the_text_is_read_once_in_each_language_by_somebody_who_reads_it(self, size: int) -> None:
        play = Played(READ, *ALL[:size])
        read: list[str] = []
        while (turn := play.turn()) and turn.language:
            assert turn.language in PEOPLE[turn.acts].reads
            read.append(turn.language)
            play.take_turn(turn.acts)
        assert read == ["he", "en"]
        assert play.step_id() == "talk"

    def test_a_turn_can_be_passed(self, size: int) -> None:
        play = Played(TELL, *ALL[:size])
        for member in ALL[:size]:
            play.take_turn(member, passed=True)
        assert play.step_id() == "talk"


def test_in_a_pair_one_listens_and_in_a_trio_one_keeps_the_text() -> None:
    pair, trio = Played(TELL, NOA, DAN).turn(), Played(TELL, NOA, DAN, MAYA).turn()
    assert pair is not None
    assert trio is not None
    assert (pair.listener, pair.keeper) == (DAN, None)
    assert (trio.listener, trio.keeper) == (DAN, MAYA)


def test_nobody_speaks_out_of_turn() -> None:
    play = Played(TELL, NOA, DAN)
    assert refusal(lambda: play.take_turn(DAN)) == "not_your_turn"
    play.take_turn(NOA)
    assert refusal(lambda: play.take_turn(NOA)) == "not_your_turn"


def test_done_by_all_ends_a_step_of_turns_too() -> None:
    play = Played(TELL, NOA, DAN)
    play.finish(NOA, DAN)
    assert play.step_id() == "talk"


class TestComingAndGoing:
    def test_the_turn_of_somebody_who_left_goes_to_the_next(self) -> None:
        play = Played(TELL, NOA, DAN, MAYA)
        play.leaves(NOA)
        assert play.acts() == DAN

    def test_somebody_who_comes_back_still_has_their_turn(self) -> None:
        play = Played(TELL, NOA, DAN)
        play.leaves(NOA)
        play.take_turn(DAN)
        assert play.step_id() == "talk", "all who are here have spoken"
        late = Played(TELL, NOA, DAN, MAYA)
        late.leaves(NOA)
        late.take_turn(DAN)
        late.comes_back(NOA)
        assert spoken(late) == [NOA, MAYA]

    def test_a_room_does_not_wait_for_the_turn_of_somebody_who_left(self) -> None:
        play = Played(TELL, NOA, DAN)
        play.take_turn(NOA)
        play.leaves(DAN)
        play.tick()
        assert play.step_id() == "talk"

    def test_a_turn_taken_is_not_taken_again_after_coming_back(self) -> None:
        play = Played(TELL, NOA, DAN, MAYA)
        play.take_turn(NOA)
        play.leaves(NOA)
        play.comes_back(NOA)
        assert play.acts() == DAN

    def test_when_the_listener_leaves_the_next_one_listens(self) -> None:
        play = Played(HEAR, NOA, DAN, MAYA)
        play.take_turn(NOA)
        assert play.acts() == DAN
        play.leaves(DAN)
        assert play.acts() == MAYA

    def test_left_alone_speaking_is_the_whole_turn(self) -> None:
        play = Played(HEAR, NOA, DAN)
        play.take_turn(NOA)
        play.leaves(DAN)
        turn = play.turn()
        assert turn is not None
        assert (turn.acts, turn.phase) == (NOA, "speak")
        play.take_turn(NOA)
        assert play.step_id() == "talk"

    def test_somebody_who_comes_back_does_not_break_into_the_turn_that_has_begun(self) -> None:
        play = Played(HEAR, NOA, DAN, MAYA)
        play.take_turn(NOA)
        play.leaves(NOA)
        play.take_turn(DAN)
        play.comes_back(NOA)
        turn = play.turn()
        assert turn is not None
        assert (turn.speaker, turn.phase) == (DAN, "restate")
        dans, noas, mayas = [MAYA, DAN, NOA], [NOA, DAN, NOA, MAYA], [MAYA, NOA, MAYA, DAN]
        assert spoken(play) == dans + noas + mayas
        assert play.step_id() == "talk"

    def test_a_third_who_joins_gets_a_turn(self) -> None:
        play = Played(TELL, NOA, DAN)
        play.take_turn(NOA)
        play.teacher(c.MoveSeat(member=MAYA, room=ROOM))
        play.comes_back(MAYA)
        assert spoken(play) == [DAN, MAYA]

    def test_one_who_is_taken_out_in_the_middle_of_a_turn_is_not_waited_for(self) -> None:
        play = Played(HEAR, NOA, DAN, MAYA)
        play.take_turn(NOA)
        play.teacher(c.RemoveMember(member=NOA))
        assert NOA not in spoken(play)
        assert play.step_id() == "talk"


class TestRestating:
    def phases(self, play: Played, *answers: bool) -> list[tuple[str, str]]:
        """Play one speaker's turn with these answers to the restatements; return (who acts, phase)."""
        seen: list[tuple[str, str]] = []
        left = list(answers)
        start = play.turn()
        assert start is not None
        while (turn := play.turn()) and turn.speaker == start.speaker and play.step_id() == "hear":
            seen.append((turn.acts, turn.phase))
            if turn.phase == "confirm":
                play.confirm(turn.acts, right=left.pop(0))
            else:
                play.take_turn(turn.acts)
        return seen

    def test_accepted_at_once(self) -> None:
        assert self.phases(Played(HEAR, NOA, DAN), True) == [
            (NOA, "speak"),
            (DAN, "restate"),
            (NOA, "confirm"),
            (DAN, "ask"),
        ]

    def test_asked_again_once(self) -> None:
        phases = [phase for _, phase in self.phases(Played(HEAR, NOA, DAN), False, True)]
        assert phases == ["speak", "restate", "confirm", "restate", "confirm", "ask"]

    def test_after_the_last_try_the_text_is_shown(self) -> None:
        phases = self.phases(Played(HEAR, NOA, DAN), False, False)
        assert phases[-2:] == [(DAN, "show"), (DAN, "ask")]
        assert [phase for _, phase in phases].count("restate") == 2

    def test_in_a_trio_one_restates_and_another_asks(self) -> None:
        assert self.phases(Played(HEAR, NOA, DAN, MAYA), True) == [
            (NOA, "speak"),
            (DAN, "restate"),
            (NOA, "confirm"),
            (MAYA, "ask"),
        ]

    def test_only_the_speaker_says_whether_it_was_understood(self) -> None:
        play = Played(HEAR, NOA, DAN)
        play.take_turn(NOA)
        play.take_turn(DAN)
        assert refusal(lambda: play.confirm(DAN, right=True)) == "not_your_turn"
        assert refusal(lambda: play.take_turn(NOA)) == "not_your_turn"

    def test_a_speaker_may_pass(self) -> None:
        play = Played(HEAR, NOA, DAN)
        play.take_turn(NOA, passed=True)
        assert play.acts() == DAN


class TestReading:
    def test_a_second_reading_has_another_reader_where_there_is_one(self) -> None:
        play = Played(READ_TWICE, NOA, ELI)
        readers: dict[str, set[str]] = {"he": set(), "en": set()}
        while (turn := play.turn()) and turn.language:
            readers[turn.language].add(turn.acts)
            play.take_turn(turn.acts)
        assert readers == {"he": {NOA, ELI}, "en": {NOA, ELI}}

    def test_a_language_that_nobody_here_reads_is_not_read(self) -> None:
        turn = Played(READ, DAN).turn()
        assert turn is not None
        assert turn.language == "en"

    def test_where_nobody_reads_the_languages_of_the_text_it_is_not_skipped_unread(self) -> None:
        people = {p.id: p for p in (person("ilya", "a", "ru"), person("chloe", "b", "fr"))}
        play = Played(READ, "ilya", "chloe", people=people)
        play.tick()
        assert play.step_id() == "read"
        play.finish("ilya", "chloe")
        assert play.step_id() == "talk"
