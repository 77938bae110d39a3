"""Written together: attributed lines, which nobody but their author changes."""

import pytest

from server.core.live import commands as c
from server.core.live.answers import MOST_LINES
from server.core.live.views import LineView
from server.core.live.works import Entry
from tests.core.builders import DAN, MAYA, NOA, ROOM, Played, entries, lesson, refusal, talk, together

LIST = lesson(together(), talk(uses=("list",)))


@pytest.fixture
def play() -> Played:
    return Played(LIST, NOA, DAN, MAYA)


def line(play: Played, line_id: str) -> LineView:
    return next(line for line in play.view().lines if line.id == line_id)


def words_of(play: Played, line_id: str) -> str:
    return line(play, line_id).entries[0].text


def test_a_line_has_an_author_who_stands_behind_it(play: Played) -> None:
    added = play.add_line(NOA, "Ruth chose")
    assert (line(play, added).author, line(play, added).approved) == (NOA, (NOA,))


def test_lines_stand_in_the_order_in_which_they_came_and_stay_in_view_where_they_are_used(play: Played) -> None:
    play.add_line(NOA, "first")
    play.add_line(DAN, "second")
    play.finish(NOA, DAN, MAYA)
    assert play.step_id() == "talk"
    assert [(view.author, view.entries[0].text) for view in play.view().lines] == [(NOA, "first"), (DAN, "second")]


def test_the_author_changes_their_own_words_and_is_approved_anew(play: Played) -> None:
    added = play.add_line(NOA, "Ruth chose")
    play.does(c.Student(DAN), c.ApproveLine(step=0, line=added))
    assert line(play, added).approved == (DAN, NOA)
    play.reword(NOA, added, "Ruth clung")
    assert words_of(play, added) == "Ruth clung"
    assert line(play, added).approved == (NOA,)


def test_an_approval_can_be_taken_back(play: Played) -> None:
    added = play.add_line(NOA, "Ruth chose")
    play.does(c.Student(DAN), c.ApproveLine(step=0, line=added))
    play.does(c.Student(DAN), c.ApproveLine(step=0, line=added, approves=False))
    assert line(play, added).approved == (NOA,)


def test_a_partner_can_only_propose_other_words(play: Played) -> None:
    added = play.add_line(NOA, "Ruth chose")
    play.reword(DAN, added, "Ruth clung")
    assert words_of(play, added) == "Ruth chose"
    proposal = line(play, added).proposal
    assert proposal is not None
    assert (proposal.member, proposal.entries) == (DAN, entries("Ruth clung"))


def test_only_the_author_answers_a_proposal(play: Played) -> None:
    added = play.add_line(NOA, "Ruth chose")
    play.reword(DAN, added, "Ruth clung")
    answer = c.AnswerProposal(step=0, line=added, accept=True)
    assert refusal(lambda: play.does(c.Student(DAN), answer)) == "not_yours"
    play.does(c.Student(NOA), answer)
    assert words_of(play, added) == "Ruth clung"
    assert line(play, added).proposal is None
    assert line(play, added).author == NOA
    assert line(play, added).approved == (DAN, NOA), "whoever proposed the words stands behind them"


def test_the_author_may_keep_their_words(play: Played) -> None:
    added = play.add_line(NOA, "Ruth chose")
    play.reword(DAN, added, "Ruth clung")
    play.does(c.Student(NOA), c.AnswerProposal(step=0, line=added, accept=False))
    assert words_of(play, added) == "Ruth chose"
    assert line(play, added).proposal is None
    assert (
        refusal(lambda: play.does(c.Student(NOA), c.AnswerProposal(step=0, line=added, accept=True))) == "unknown_line"
    )


def test_a_proposal_waits_for_the_author_and_is_not_overwritten_by_a_third(play: Played) -> None:
    added = play.add_line(NOA, "Ruth chose")
    play.reword(DAN, added, "Ruth clung")
    assert refusal(lambda: play.reword(MAYA, added, "Ruth went")) == "somebody_was_faster"
    play.reword(DAN, added, "Ruth clung to her")
    proposal = line(play, added).proposal
    assert proposal is not None
    assert proposal.entries == entries("Ruth clung to her")


def test_a_line_is_withdrawn_by_its_author_only(play: Played) -> None:
    added = play.add_line(NOA, "Ruth chose")
    assert refusal(lambda: play.does(c.Student(DAN), c.WithdrawLine(step=0, line=added))) == "not_yours"
    play.does(c.Student(NOA), c.WithdrawLine(step=0, line=added))
    assert play.view().lines == ()


def test_everyone_marks_one_line_to_carry_on_with(play: Played) -> None:
    first, second = play.add_line(NOA, "first"), play.add_line(DAN, "second")
    for member in (NOA, DAN):
        play.does(c.Student(member), c.ChooseLine(step=0, line=first))
    play.does(c.Student(DAN), c.ChooseLine(step=0, line=second))
    assert (line(play, first).chosen_by, line(play, second).chosen_by) == ((NOA,), (DAN,))


def test_lines_of_a_step_that_is_over_stand(play: Played) -> None:
    added = play.add_line(NOA, "Ruth chose")
    play.teacher(c.MoveRoomOn(room=ROOM, step=0))
    assert refusal(lambda: play.does(c.Student(NOA), c.WithdrawLine(step=0, line=added))) == "step_is_over"
    assert refusal(lambda: play.reword(NOA, added, "changed")) == "unknown_input"


def test_a_line_is_one_entry_with_something_in_it(play: Played) -> None:
    two = c.AddLine(step=0, input="line", entries=entries("one", "two"))
    assert refusal(lambda: play.does(c.Student(NOA), two)) == "too_many_entries"
    assert refusal(lambda: play.does(c.Student(NOA), c.AddLine(step=0, input="line", entries=()))) == "nothing_written"
    spoken = c.AddLine(step=0, input="line", entries=(Entry(spoken=True),))
    assert play.does(c.Student(NOA), spoken).events, "what was said aloud counts as much as what was written"


def test_there_is_an_end_to_the_lines_of_one_step(play: Played) -> None:
    for number in range(MOST_LINES):
        play.add_line(NOA, f"line {number}")
    assert refusal(lambda: play.add_line(DAN, "one more")) == "too_many_lines"


def test_what_is_written_together_is_no_answer_of_one(play: Played) -> None:
    assert refusal(lambda: play.answer(NOA, "words", to="line")) == "unknown_input"


def test_contact_details_in_a_line_are_held_from_the_others_and_not_from_oneself(play: Played) -> None:
    added = play.add_line(NOA, "write to me: noa@example.com")
    assert (line(play, added).entries, line(play, added).held) == ((), "contact")
    assert "noa@example.com" not in play.view().model_dump_json()
    assert play.works[line(play, added).work].entries == entries("write to me: noa@example.com")


def test_contact_details_in_a_proposal_are_held(play: Played) -> None:
    added = play.add_line(NOA, "Ruth chose")
    play.reword(DAN, added, "call 052-123-4567")
    assert "052-123-4567" not in play.view().model_dump_json()
