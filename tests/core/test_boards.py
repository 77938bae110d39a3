"""A whole-class board: merged, nameless, curated; where both classes stand, without making anybody out; and what a wall shows."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.boards import FEWEST_SHOWN, BoardView, RoomsWords, StandView, merged_board, stands
from server.core.live.lesson import Lesson
from server.core.live.plenary import decide_hand
from server.core.live.projector import projector_view
from server.core.live.scene import Person, Scene
from server.core.live.state import apply_session
from server.core.live.works import Entry
from server.core.review.record import Happened, record_of
from tests.core.builders import (
    JUDITH,
    NOW,
    Played,
    asked,
    gate,
    lesson,
    person,
    refusal,
    reveal,
    solo,
    together,
)

STANCE = asked("stance", "choice", options=("agree", "partly", "disagree"), because={"en": "because", "he": "כי"})
SPECTRUM = lesson(
    solo("before", STANCE),
    reveal("before"),
    solo("now", STANCE),
    gate("spectrum", kind="board", board="spectrum", uses=("before", "now")),
    solo("close"),
)
WALL = lesson(together(), gate("wall", kind="board", board="wall", uses=("list",)), solo("close"))


@dataclass
class Class:
    """Rooms of two, one of each side, played one beside the other."""

    play: Played

    @property
    def rooms(self) -> list[str]:
        return list(self.play.session.rooms)

    def board(self, step: int | None = None, *, for_teachers: bool = False) -> BoardView:
        play = self.play
        words = [RoomsWords(play.room(room), play.works) for room in self.rooms]
        return merged_board(
            play.scene(), play.session.floor if step is None else step, words, for_teachers=for_teachers
        )

    def says(self, member: str, command: c.StudentCommand) -> None:
        room = self.play.session.room_of(member)
        assert room is not None
        self.play.does(c.Student(member), command, room)


def class_of(the_lesson: Lesson, rooms: int) -> Class:
    people: dict[str, Person] = {}
    for number in range(1, rooms + 1):
        people |= {f"a{number}": person(f"a{number}", "a", "he"), f"b{number}": person(f"b{number}", "b", "en")}
    play = Played(the_lesson, started=False, people=people)
    play.present = frozenset(people)
    play.teacher(c.LayOutRooms(rooms={f"s.{n}": (f"a{n}", f"b{n}") for n in range(1, rooms + 1)}))
    play.teacher(c.StartLesson())
    return Class(play)


def stand(them: Class, at: int, chosen: dict[str, str]) -> None:
    for member, choice in chosen.items():
        them.says(member, c.Answer(step=at, input="stance", entries=(Entry(choice=choice, text=f"why {member}"),)))


def everybody_on(them: Class, to: int) -> None:
    them.play.teacher(c.NextGate(after=them.play.session.floor, to=to))


def with_stances(rooms: int, before: dict[str, str], now: dict[str, str]) -> Class:
    them = class_of(SPECTRUM, rooms)
    stand(them, 0, before)
    everybody_on(them, 2)
    stand(them, 2, now)
    everybody_on(them, 3)
    return them


# -- the spectrum -----------------------------------------------------------------------------------------------------


def test_both_classes_stand_apart_before_and_after() -> None:
    before = {"a1": "agree", "a2": "agree", "a3": "disagree", "b1": "partly", "b2": "partly", "b3": "agree"}
    them = with_stances(3, before, {**before, "a3": "agree", "b3": "disagree"})
    [shown] = them.board().spectrum
    assert shown.options == ("agree", "partly", "disagree")
    assert shown.stands == (
        StandView(side="a", before=(2, 0, 1), after=(3, 0, 0)),
        StandView(side="b", before=(1, 2, 0), after=(0, 2, 1)),
    )


def test_fewer_than_three_of_one_side_are_counted_together_with_the_others() -> None:
    before = {"a1": "agree", "a2": "disagree", "b1": "partly", "b2": "agree"}
    them = with_stances(2, before, before)
    assert them.board().spectrum[0].stands == (StandView(side="both", before=(2, 1, 1), after=(2, 1, 1)),)


def test_one_of_a_side_who_has_not_answered_again_is_not_told_by_subtraction() -> None:
    before = {f"{side}{n}": "agree" for side in "ab" for n in (1, 2, 3)}
    now = {member: "agree" for member in before if member != "a3"}
    shown = with_stances(3, before, now).board().spectrum[0].stands
    assert shown == (StandView(side="both", before=(6, 0, 0), after=(5, 0, 0)),)


def test_where_too_few_answered_no_number_is_shown() -> None:
    them = with_stances(1, {"a1": "agree", "b1": "disagree"}, {})
    assert them.board().spectrum[0].stands == ()


def test_what_only_teachers_may_read_is_counted_nowhere() -> None:
    secret = lesson(
        solo("before", STANCE, visibility="teacher"),
        gate("spectrum", kind="board", board="spectrum", uses=("before",)),
    )
    them = class_of(secret, 3)
    stand(them, 0, {f"{side}{n}": "agree" for side in "ab" for n in (1, 2, 3)})
    everybody_on(them, 1)
    assert them.board().spectrum == ()


def test_the_words_of_a_child_who_was_erased_are_not_counted() -> None:
    before = {f"{side}{n}": "agree" for side in "ab" for n in (1, 2, 3, 4)}
    them = with_stances(4, before, before)
    them.play.works = {key: work for key, work in them.play.works.items() if work.member != "a1"}
    assert them.board().spectrum[0].stands[0] == StandView(side="a", before=(3, 0, 0), after=(3, 0, 0))


COUNTS = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))


@given(before=st.tuples(COUNTS, COUNTS), after=st.tuples(COUNTS, COUNTS))
def test_no_group_of_fewer_than_three_is_ever_shown_and_nobody_is_lost(
    before: tuple[tuple[int, ...], ...], after: tuple[tuple[int, ...], ...]
) -> None:
    shown = stands(dict(zip("ab", before, strict=True)), dict(zip("ab", after, strict=True)))
    assert [one.side for one in shown] in ([], ["both"], ["a", "b"])
    for which, counts in (("before", before), ("after", after)):
        groups = [getattr(one, which) for one in shown if getattr(one, which)]
        assert all(sum(group) >= FEWEST_SHOWN for group in groups)
        if groups:
            assert tuple(map(sum, zip(*groups, strict=True))) == tuple(map(sum, zip(*counts, strict=True)))


# -- the wall ---------------------------------------------------------------------------------------------------------


def shared_wall(rooms: int = 3) -> tuple[Class, list[str]]:
    them = class_of(WALL, rooms)
    for n in range(1, rooms + 1):
        line = c.AddLine(step=0, input="line", entries=(Entry(text=f"question {n}"),))
        them.says(f"a{n}", line)
    everybody_on(them, 1)
    for n in range(1, rooms + 1):
        work = them.play.room(f"s.{n}").lines[0].work
        them.says(f"b{n}", c.Share(step=1, work=work))
    return them, [one.id for one in them.board().entries]


def test_what_rooms_share_stands_in_room_order_with_its_source_and_no_name() -> None:
    them, _ = shared_wall()
    board = them.board()
    assert [(one.room, one.side, one.entry.text, one.of, one.input) for one in board.entries] == [
        (n, "b", f"question {n}", 0, "line") for n in (1, 2, 3)
    ]
    assert not any(f'"{member}"' in board.model_dump_json() for member in them.play.people)


def test_a_room_wonders_too_once_and_not_about_its_own() -> None:
    them, keys = shared_wall()
    for member in ("a2", "b2", "a3"):
        them.says(member, c.WonderToo(step=1, entry=keys[0]))
    assert [one.wonders for one in them.board().entries] == [2, 0, 0]
    assert [one.entry.text for one in them.board().entries] == ["question 1", "question 2", "question 3"]
    assert refusal(lambda: them.says("a1", c.WonderToo(step=1, entry=keys[0]))) == "not_allowed"
    them.says("b3", c.WonderToo(step=1, entry=keys[0], up=False))
    assert them.board().entries[0].wonders == 1
    assert them.play.view("s.2").wondered == (keys[0],)


def test_nobody_wonders_before_the_class_is_at_the_board() -> None:
    them = class_of(WALL, 1)
    for member in ("a1", "b1"):
        them.says(member, c.Finish(step=0))
    assert refusal(lambda: them.says("a1", c.WonderToo(step=1, entry="x.0"))) == "not_together"


def test_a_teacher_puts_an_entry_aside_and_it_is_there_for_teachers_to_put_back() -> None:
    them, keys = shared_wall()
    before = them.board().version
    them.play.teacher(c.PinEntry(step=1, entry=keys[1]))
    them.play.teacher(c.PutAside(step=1, entry=keys[1]), by=JUDITH)
    assert [one.id for one in them.board().entries] == [keys[0], keys[2]]
    assert them.board().aside == ()
    assert them.board().pinned is None
    [aside] = them.board(for_teachers=True).aside
    assert (aside.shown.id, aside.by) == (keys[1], "judith")
    them.play.teacher(c.PutAside(step=1, entry=keys[1], aside=False))
    assert [one.id for one in them.board().entries] == keys
    assert them.board().version > before


def test_the_second_of_two_teachers_who_show_an_entry_large_hears_so() -> None:
    them, keys = shared_wall()
    them.play.teacher(c.PinEntry(step=1, entry=keys[0]))
    assert refusal(lambda: them.play.teacher(c.PinEntry(step=1, entry=keys[2]), JUDITH)) == "somebody_was_faster"
    them.play.teacher(c.PinEntry(step=1, entry=keys[2], before=keys[0]), JUDITH)
    assert them.board().pinned == keys[2]
    assert refusal(lambda: them.play.teacher(c.PinEntry(step=0, entry=None))) == "unknown_entry"


def test_a_room_is_asked_and_one_of_it_takes_the_floor_or_not_now() -> None:
    them, keys = shared_wall()
    play = them.play
    play.teacher(c.OfferFloor(room=2, entry=keys[1]))
    assert play.session.plenary.offer is not None
    assert refusal(lambda: decide_hand(play.session, play.lesson, "a1", c.AnswerOffer(takes=True))) == (
        "somebody_was_faster"
    )
    for event in decide_hand(play.session, play.lesson, "b2", c.AnswerOffer(takes=True)).events:
        play.session = apply_session(play.session, event, NOW)  # type: ignore[arg-type] -- session events
    assert (play.session.plenary.speaker, play.session.plenary.offer) == ("b2", None)
    assert refusal(lambda: play.teacher(c.OfferFloor(room=9, entry=keys[1]))) == "unknown_room"


# -- afterwards, and on the wall --------------------------------------------------------------------------------------


def test_a_board_is_rebuilt_from_the_record() -> None:
    them, keys = shared_wall()
    them.says("a2", c.WonderToo(step=1, entry=keys[0]))
    them.play.teacher(c.PutAside(step=1, entry=keys[2]))
    them.play.teacher(c.PinEntry(step=1, entry=keys[0]))
    shown = them.board()
    them.play.teacher(c.NextGate(after=1))
    them.play.teacher(c.CloseSession())
    record = record_of("s", [Happened(one.stream, one.at, one.events) for one in them.play.log])
    scene = Scene(WALL, record.session, them.play.people, frozenset(), NOW, "")
    again = merged_board(scene, 1, [RoomsWords(room, them.play.works) for room in record.rooms.values()])
    assert again.model_copy(update={"version": 0}) == shown.model_copy(update={"version": 0})


def test_a_wall_shows_the_step_the_time_and_the_schools_turn_and_no_name() -> None:
    them = class_of(lesson(solo(), gate("circle", kind="round"), solo("close")), 2)
    play = them.play

    apart = projector_view(play.session, play.lesson, play.people, [0, 1], play.now)
    assert (apart.together, apart.next, apart.ends_at, apart.round) == (False, 1, None, None)
    everybody_on(them, 1)
    play.teacher(c.NextSpeaker(after=0))
    shown = projector_view(play.session, play.lesson, play.people, [1, 1], play.now)
    assert shown.together
    assert shown.step == 1
    assert shown.ends_at == round(NOW.timestamp() * 1000) + 60_000
    assert shown.round is not None
    assert shown.round.now is not None
    assert (shown.round.now.side, shown.round.left) == ("a", 3)
    play.teacher(c.Pause(calm=True))
    assert projector_view(play.session, play.lesson, play.people, [1], play.now).calm
    assert not any(f'"{member}"' in shown.model_dump_json() for member in play.people)


def test_a_wall_shows_where_most_rooms_are() -> None:
    them = class_of(lesson(solo(), solo("two"), solo("three")), 1)
    view = projector_view(them.play.session, them.play.lesson, them.play.people, [0, 1, 1, 2], NOW)
    assert view.step == 1


def test_events_of_earlier_versions_still_read() -> None:
    old = '[{"kind": "shared", "step": 1, "member": "a", "work": "w"}, {"kind": "floor_given", "member": null, "by": "t"}]'
    assert len(e.EVENTS.validate_json(old)) == 2
