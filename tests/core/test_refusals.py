"""Every refusal code has a situation in which a person meets it; a code that nobody can meet is dead."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from server.core.live import commands as c
from server.core.live.answers import MOST_LINES
from server.core.live.engine import Decision
from server.core.live.lesson import Lesson, Part
from server.core.live.refusals import REFUSAL_CODES
from server.core.live.rounds import RoundScene, decide_speaker
from server.core.live.session_engine import Rules, decide_session
from server.core.live.state import apply_session
from server.core.live.works import Entry, Mark
from tests.core.builders import (
    DAN,
    ELI,
    JUDITH,
    MAYA,
    NOA,
    NOW,
    PEOPLE,
    ROOM,
    TAMAR,
    Played,
    asked,
    entries,
    gate,
    lesson,
    person,
    protocol,
    refusal,
    ruth,
    said,
    solo,
    talk,
    together,
    turns,
)

CORE = Path(__file__).parents[2] / "server" / "core"
# Not of the rules: the call between two browsers, whose one end has gone.
RAISED_ELSEWHERE = {"not_at_this_device", "not_here"}

LESSON = lesson(solo(), turns(), together(), gate(), talk(), text=ruth())
Situation = Callable[[], object]


def at(step_id: str, *members: str) -> Played:
    """A lesson that has come to this step."""
    play = Played(LESSON, *(members or (NOA, DAN)))
    while play.step_id() != step_id:
        if play.scene().waits_for_class(play.room()):
            play.teacher(c.NextGate(after=play.session.floor))
            play.teacher(c.NextGate(after=play.session.floor))
        else:
            play.teacher(c.MoveRoomOn(room=ROOM, step=play.at()))
    return play


def lobby(*members: str, missing: str | None = None) -> Played:
    play = Played(LESSON, *members, started=False)
    play.missing = missing
    return play


def full_room() -> object:
    people = {**PEOPLE, "gil": person("gil", "a", "he")}
    play = Played(LESSON, NOA, DAN, MAYA, ELI, people=people)
    return play.teacher(c.MoveSeat(member="gil", room=ROOM))


def kept_apart() -> object:
    play = lobby(NOA, DAN)
    play.apart = frozenset({frozenset({MAYA, NOA})})
    return play.teacher(c.MoveSeat(member=MAYA, room=ROOM))


def made_by_hand() -> object:
    play = lobby(NOA, DAN)
    play.teacher(c.MoveSeat(member=MAYA, room=ROOM))
    return play.teacher(c.LayOutRooms(rooms={}))


def next_part() -> object:
    parts = (Part(protocol=protocol(talk())), Part(protocol=protocol(talk()), rotate=True))
    return Played(Lesson(title=said("two"), band="B", parts=parts), NOA, DAN).teacher(c.NextGate(after=0))


def stays_in_the_own_class() -> object:
    play = lobby(NOA, DAN)
    play.may_cross -= {MAYA}
    return play.teacher(c.MoveSeat(member=MAYA, room=ROOM))


def many_lines() -> None:
    play = at("list")
    for n in range(MOST_LINES + 1):
        play.add_line(NOA, f"line {n}")


def others_line() -> object:
    play = at("list")
    line = play.add_line(NOA, "mine")
    return play.does(c.Student(DAN), c.WithdrawLine(step=play.at(), line=line))


def marked_outside() -> object:
    mark = Mark(segment="1:14", language="en", first=0, last=4_000)
    return at("think").does(c.Student(NOA), c.Answer(step=0, input="idea", entries=(Entry(marks=(mark,)),)))


def chosen_wrongly() -> object:
    return at("think").does(c.Student(NOA), c.Answer(step=0, input="idea", entries=(Entry(choice="agree"),)))


def two_teachers() -> None:
    play = Played(LESSON, NOA, DAN)
    play.teacher(c.NextGate(after=0))
    play.teacher(c.NextGate(after=0), by=JUDITH)


def paused() -> object:
    play = at("think")
    play.teacher(c.Pause())
    return play.does(c.Student(NOA), c.Finish(step=0))


def two_at_one_device() -> object:
    play = Played(LESSON, NOA, MAYA, DAN)
    rules = Rules(play.lesson, play.people, "w", play.may_cross, beside={NOA: MAYA, MAYA: NOA})
    split = c.SplitRoom(room=ROOM, members=(NOA,), seen=(NOA, MAYA, DAN))
    return decide_session(play.session, rules, TAMAR, split)


def one_volunteer_too_many() -> None:
    play = Played(lesson(gate("circle", kind="round", round_of="volunteers", most=1)), NOA, DAN)
    around = RoundScene(play.lesson, play.people)
    for member in (NOA, DAN):
        for event in decide_speaker(play.session, around, member, c.JoinRound(joins=True)).events:
            play.session = apply_session(play.session, event, NOW)  # type: ignore[arg-type] -- session events


SITUATIONS: dict[str, Situation] = {
    "not_running": lambda: lobby(NOA, DAN).does(c.Student(NOA), c.Finish(step=0)),
    "not_your_room": lambda: at("think").does(c.Student(MAYA), c.Finish(step=0)),
    "not_your_turn": lambda: at("tell").take_turn(DAN),
    "not_yours": others_line,
    "step_is_over": lambda: at("tell").does(c.Student(NOA), c.Finish(step=0)),
    "step_not_reached": lambda: at("think").does(c.Student(NOA), c.Finish(step=3)),
    "paused": paused,
    "unknown_input": lambda: at("think").answer(NOA, "words", to="other"),
    "unknown_option": chosen_wrongly,
    "unknown_line": lambda: at("list").reword(NOA, "no such line", "words"),
    "unknown_word": marked_outside,
    "unknown_room": lambda: lobby(NOA, DAN).teacher(c.PartRoom(room="s.9")),
    "unknown_member": lambda: lobby(NOA, DAN).teacher(c.RemoveMember(member="nobody")),
    "too_many_entries": lambda: at("think").answer(NOA, "one", "two"),
    "too_many_lines": many_lines,
    "nothing_written": lambda: at("list").add_line(NOA, "  "),
    "room_is_full": full_room,
    "room_changed": lambda: at("think").teacher(c.EndRoom(room=ROOM, seen=(NOA,))),
    "nobody_left": lambda: at("think").teacher(c.SplitRoom(room=ROOM, members=(NOA, DAN), seen=(NOA, DAN))),
    "shared_device": two_at_one_device,
    "no_gate_left": lambda: at("talk").teacher(c.NextGate(after=4)),
    "somebody_was_faster": two_teachers,
    "already_running": lambda: at("think").teacher(c.StartLesson()),
    "no_rooms": lambda: lobby().teacher(c.StartLesson()),
    "adult_missing": lambda: lobby(NOA, DAN, missing="adult_missing").teacher(c.StartLesson()),
    "not_agreed": lambda: lobby(NOA, DAN, missing="not_agreed").teacher(c.StartLesson()),
    "consent_missing": lambda: lobby(NOA, DAN, missing="consent_missing").teacher(c.StartLesson()),
    "keep_apart": kept_apart,
    "changed_by_hand": made_by_hand,
    "partners_first": next_part,
    "may_not_cross": stays_in_the_own_class,
    "not_together": lambda: at("think").teacher(c.Spotlight(who=NOA)),
    "unknown_entry": lambda: at("think").teacher(c.PinEntry(step=0, entry="no such entry")),
    "round_is_full": one_volunteer_too_many,
    "too_late_to_fit": lambda: at("think").teacher(c.FitToBell()),
    "not_allowed": lambda: at("think").does(TAMAR, c.Finish(step=0)),
}


@pytest.mark.parametrize("code", sorted(SITUATIONS))
def test_a_refusal_is_met_in_its_situation(code: str) -> None:
    assert refusal(SITUATIONS[code]) == code


def test_every_code_has_a_situation_or_belongs_to_another_floor() -> None:
    assert set(SITUATIONS) | RAISED_ELSEWHERE == set(REFUSAL_CODES)
    assert not set(SITUATIONS) & RAISED_ELSEWHERE


def test_no_code_is_dead_and_none_is_unknown() -> None:
    # A form of its own may refuse in words of its own; this is about what the live room says.
    files = [path.read_text(encoding="utf-8") for path in CORE.rglob("*.py")]
    source = "\n".join(text for text in files if "server.core.live.refusals import" in text)
    raised = {code for call in re.findall(r"Refused\(([^)]*)\)", source) for code in re.findall(r'"(\w+)"', call)}
    assert raised == set(REFUSAL_CODES) - RAISED_ELSEWHERE


@pytest.mark.parametrize(
    ("sender", "command"),
    [
        (c.Student(NOA), c.AddTime(room=ROOM)),
        (c.Student(NOA), c.MoveRoomOn(room=ROOM, step=0)),
        (c.Student(NOA), c.EnterRoom(room=ROOM)),
        (TAMAR, c.Answer(step=0, input="idea", entries=entries("words of an adult"))),
        (TAMAR, c.AskHelp()),
        (TAMAR, c.Tick(step=0)),
        (c.Clock(), c.Finish(step=0)),
        (c.Clock(), c.MoveRoomOn(room=ROOM, step=0)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nobody_uses_the_powers_of_others(sender: c.Sender, command: c.RoomDecision) -> None:
    assert refusal(lambda: at("think").does(sender, command)) == "not_allowed"


def test_a_student_cannot_play_the_clock() -> None:
    assert refusal(lambda: at("think").does(c.Student(NOA), c.Tick(step=0))) in {"not_allowed", "unknown_input"}


def test_a_choice_takes_only_options_that_exist_and_a_tag_only_tags() -> None:
    play = Played(lesson(solo("think", asked("stance", "choice", options=("agree", "differ"), tags=("fact",)))), NOA)

    def give(entry: Entry) -> Decision:
        return play.does(c.Student(NOA), c.Answer(step=0, input="stance", entries=(entry,)))

    assert give(Entry(choice="agree")).events
    assert give(Entry(tag="fact")).events
    assert refusal(lambda: give(Entry(choice="maybe"))) == "unknown_option"
    assert refusal(lambda: give(Entry(tag="rumour"))) == "unknown_option"
    assert refusal(lambda: give(Entry(moment="9.nowhere"))) == "unknown_option"
    assert give(Entry(moment="0.think")).events
