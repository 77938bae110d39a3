"""What a teacher reads of a room without going in: whose words, from when on, and how the room came to where it is."""

import pytest

from server.core.live import commands as c
from server.core.live.room_work import Reader, RoomWorkView, passage_of, room_work_view
from server.core.live.signs import Signs
from server.core.live.views import row_view
from tests.core.builders import (
    DAN,
    JUDITH,
    MAYA,
    NOA,
    NOW,
    PEOPLE,
    ROOM,
    TAMAR,
    Played,
    asked,
    gate,
    lesson,
    reveal,
    solo,
    together,
)

STEPS = lesson(
    solo("think"),
    reveal("think"),
    solo("notes", visibility="private"),
    solo("closing", visibility="teacher"),
    together(),
    solo("rate", asked("idea", "rating", options=("a", "b"), practice="listening"), visibility="after_reveal"),
    gate(),
)
PAIR_OF_SCHOOLS = [("school a", NOA), ("school b", DAN)]


def looked(play: Played, school: str, *, shares: bool = True) -> RoomWorkView:
    """The room's work, as a teacher of a school reads it now."""
    own = frozenset(m for m, person in PEOPLE.items() if person.school == school)
    passage = passage_of(ROOM, [(stored.at, event) for stored in play.log for event in stored.events])
    return room_work_view(play.room(), play.scene(), play.works, passage, Reader(own, shares))


def words_in(view: RoomWorkView) -> set[str]:
    """All words of learners in it."""
    lines = [line.entries for line in view.lines] + [line.proposal.entries for line in view.lines if line.proposal]
    return {entry.text for entries in [*(a.entries for a in view.answers), *lines] for entry in entries}


@pytest.mark.parametrize(("school", "own"), PAIR_OF_SCHOOLS)
def test_both_teachers_read_what_is_written_before_it_turns_over(school: str, own: str) -> None:
    play = Played(STEPS, NOA, DAN)
    play.answer(NOA, "noa thinks")
    play.answer(DAN, "dan thinks")
    view = looked(play, school)
    assert words_in(view) == {"noa thinks", "dan thinks"}
    assert not any(answer.seen for answer in view.answers)
    assert words_in(looked(play, school, shares=False)) == {f"{own} thinks"}, "the schools keep their words apart"


@pytest.mark.parametrize(("school", "own"), PAIR_OF_SCHOOLS)
def test_what_partners_have_is_read_by_both_whatever_was_agreed(school: str, own: str) -> None:
    play = Played(STEPS, NOA, DAN)
    play.answer(NOA, "noa thinks")
    play.answer(DAN, "dan thinks")
    play.finish(NOA, DAN)
    view = looked(play, school, shares=False)
    assert words_in(view) == {"noa thinks", "dan thinks"}
    assert all(answer.seen for answer in view.answers)


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize(("school", "own"), PAIR_OF_SCHOOLS)
def test_private_notes_are_read_by_nobody_and_words_for_a_teacher_by_their_own(
    school: str, own: str, shares: bool
) -> None:
    play = Played(STEPS, NOA, DAN)
    play.finish(NOA, DAN)
    play.finish(NOA, DAN)
    for member in (NOA, DAN):
        play.answer(member, f"{member} to herself")
    play.finish(NOA, DAN)
    for member in (NOA, DAN):
        play.answer(member, f"{member} to the teacher")
    assert play.step_id() == "closing"
    assert words_in(looked(play, school, shares=shares)) == {f"{own} to the teacher"}


def test_how_children_rate_themselves_stays_with_their_school() -> None:
    play = Played(STEPS, NOA, DAN)
    play.teacher(c.NextGate(after=0, to=5))
    for member in (NOA, DAN):
        play.answer(member, f"{member} about herself")
    assert words_in(looked(play, "school a")) == {"noa about herself"}


def test_what_is_held_back_from_the_partner_is_held_back_from_the_partners_teacher() -> None:
    play = Played(STEPS, NOA, DAN)
    play.answer(NOA, "write to me: noa@home.example")
    mine, theirs = looked(play, "school a").answers[0], looked(play, "school b").answers[0]
    assert mine.held
    assert mine.entries
    assert (theirs.held, theirs.entries) == (mine.held, ())


def test_lines_written_together_come_with_their_authors_and_who_stands_behind_them() -> None:
    play = Played(STEPS, NOA, DAN)
    play.teacher(c.NextGate(after=0, to=4))
    line = play.add_line(NOA, "a line")
    play.reword(DAN, line, "a better line")
    play.does(c.Student(DAN), c.ApproveLine(step=4, line=line, approves=True))
    (told,) = looked(play, "school b", shares=False).lines
    assert (told.author, told.approved) == (NOA, (DAN, NOA))
    assert told.proposal is not None
    assert told.proposal.member == DAN


def test_words_that_came_after_their_step_are_there_and_said_to_be_late() -> None:
    play = Played(STEPS, NOA, DAN)
    play.answer(NOA, "in time")
    play.finish(NOA, DAN)
    play.answer(NOA, "too late", at=0)
    assert [(a.entries[0].text, a.late) for a in looked(play, "school a").answers] == [
        ("in time", False),
        ("too late", True),
    ]


def test_whoever_was_erased_is_in_no_answer() -> None:
    play = Played(STEPS, NOA, DAN)
    play.answer(NOA, "noa thinks")
    play.works.clear()
    assert looked(play, "school a").answers == ()


def test_the_way_of_a_room_has_its_steps_their_length_what_was_added_and_who_came() -> None:
    play = Played(STEPS, NOA, DAN).later(30)
    play.teacher(c.AddTime(room=ROOM, seconds=60))
    play.later(30).finish(NOA, DAN)
    play.later(10).teacher(c.EnterRoom(room=ROOM, listening_only=True), by=JUDITH)
    play.later(20).teacher(c.LeaveRoom(room=ROOM), by=JUDITH)
    play.teacher(c.EnterRoom(room=ROOM), by=TAMAR)
    view = looked(play, "school a")
    began = round(NOW.timestamp() * 1000)
    assert [(s.step, s.at - began, s.until and s.until - began, s.added) for s in view.passed] == [
        (0, 0, 60_000, 60),
        (1, 60_000, None, 0),
    ]
    assert [(v.by, v.until and v.until - v.at, v.listening_only) for v in view.visits] == [
        ("judith", 20_000, True),
        ("tamar", None, False),
    ]


def test_a_room_that_opened_late_has_not_been_where_the_class_was_before() -> None:
    play = Played(STEPS, NOA, DAN).later(60)
    play.teacher(c.NextGate(after=0, to=6))
    play.later(60).teacher(c.MoveSeat(member=MAYA, room="new"))
    new = next(room for room in play.session.rooms if room != ROOM)
    passage = passage_of(new, [(stored.at, event) for stored in play.log for event in stored.events])
    assert [step.step for step in passage.steps] == [6]


def test_a_row_says_who_writes_whose_line_is_weak_and_who_is_gone_since_when() -> None:
    play = Played(STEPS, NOA, DAN)
    signs = Signs(here=frozenset({NOA}), writing=frozenset({NOA, MAYA}), weak=frozenset({NOA}), last_seen={DAN: NOW})
    row = row_view(play.room(), play.scene(), signs=signs)
    assert (row.writing, row.weak, row.gone) == ((NOA,), (NOA,), {DAN: round(NOW.timestamp() * 1000)})
    assert row_view(play.room(), play.scene()).gone == {}


def test_asking_again_changes_the_reason_and_keeps_the_place_in_the_queue() -> None:
    play = Played(STEPS, NOA, DAN)
    play.does(c.Student(NOA), c.AskHelp(reason="task"))
    play.later(20).teacher(c.TakeHelp(room=ROOM))
    play.later(20).does(c.Student(NOA), c.AskHelp(reason="text"))
    asked_for = play.room().help
    assert asked_for is not None
    assert (asked_for.reason, asked_for.since, asked_for.taken_by) == ("text", NOW, "tamar")
    assert play.does(c.Student(NOA), c.AskHelp(reason="text")).events == ()
