"""Whatever is sent, in whatever order and however often: the same room, and no word lost."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.live import commands as c
from server.core.live.engine import Decision
from server.core.live.lesson import Lesson
from server.core.live.refusals import Refused
from server.core.live.state import REMEMBERED_COMMANDS, Room, Session, apply_room, apply_session, remember
from server.core.live.works import Entry, MemberId
from tests.core.builders import (
    DAN,
    JUDITH,
    MAYA,
    NOA,
    ROOM,
    TAMAR,
    Played,
    asked,
    gate,
    grown,
    lesson,
    restate,
    reveal,
    sender_name,
    solo,
    step,
    talk,
    together,
    turns,
)

EVERYTHING = lesson(
    solo(),
    reveal("think"),
    turns(rounds=2),
    restate(),
    solo("theirs", asked("theirs"), completion="partner_confirms", visibility="live"),
    together(),
    gate("wall", kind="board", uses=("think", "list")),
    step("wait", "talk", completion="timer"),
    solo("private", asked("note"), visibility="private"),
    gate("close"),
    talk("thanks"),
)
BY_CLASS = lesson(*EVERYTHING.parts, pacing="class")
MEMBERS = (NOA, DAN, MAYA)
LAST = len(EVERYTHING.steps)


@dataclass(frozen=True, slots=True)
class Sent:
    """A command on its way; `offset` is how far it was written from the step at which the room is when it arrives.

    `stray` is its sender, where it is not one who usually sends this.
    """

    stray: c.Sender | None
    kind: str
    offset: int
    choice: int
    command_id: str
    seconds: int


KINDS = (
    *["answer"] * 10,
    *["finish"] * 3,
    *["take_turn", "confirm", "share"] * 4,
    *["add_line", "reword", "answer_proposal"] * 4,
    *["resume"] * 4,
    *("reopen", "approve", "choose", "withdraw", "help", "cancel", "add_time", "move_on", "take_help", "clear_help"),
    *(
        "enter",
        "leave",
        "next_gate",
        "pause",
        "extend",
        "tick",
        "warn",
        "fit",
        "wrap",
        "aside",
        "reopen",
        "reopen",
        "reopen",
        "goes",
        "comes",
        "comes",
        "out",
        "in",
        "in",
        "close",
    ),
)
OF_TEACHERS = ("add_time", "move_on", "take_help", "clear_help", "enter", "leave")
SENDERS = (*(c.Student(member) for member in MEMBERS), TAMAR, JUDITH, c.Clock(), c.Student("stranger"))

sent = st.builds(
    Sent,
    stray=st.sampled_from([None] * 20 + list(SENDERS)),
    kind=st.sampled_from(KINDS),
    offset=st.sampled_from([0] * 9 + [-1, -1, -2, 1]),
    choice=st.integers(0, 5),
    command_id=st.integers(0, 999).map(lambda number: f"c{number % 300}"),
    seconds=st.integers(0, 90),
)


# The step of lines comes oftener: more can be done there by one to another.
starts = st.sampled_from([*range(LAST), 0, 5, 5, 5])


class Told:
    """Plays what is sent, and keeps its own account of every word that was taken."""

    def __init__(self, the_lesson: Lesson, start: int = 0) -> None:
        self.play = Played(the_lesson, *MEMBERS)
        if start:
            self.play.teacher(c.NextGate(after=0, to=start))
        self.taken: dict[tuple[MemberId, int, str], str] = {}
        self.late: set[str] = set()
        self.words = 0
        self.furthest = 0

    def send(self, sent: Sent) -> None:
        play = self.play.later(sent.seconds)
        # Words that were kept come back in a decision; what is refused outright leaves nothing behind.
        with suppress(Refused):
            self.act(sent)
        assert play.at() >= self.furthest, "a room never goes back"
        self.furthest = play.at()
        view = play.view()
        assert set(view.finished) <= set(play.session.rooms[ROOM])
        assert view.turn is None or {view.turn.speaker, view.turn.acts} <= play.present & set(play.session.rooms[ROOM])
        self.nothing_is_lost()

    def nothing_is_lost(self) -> None:
        room, works = self.play.room(), self.play.works
        for (member, index, asked_id), words in self.taken.items():
            work = works[room.answers[index, asked_id][member]]
            assert (work.member, work.entries[0].text) == (member, words)
        for late in self.late:
            assert late in works
            assert late in room.late
        for line in room.lines:
            assert line.author in MEMBERS
            assert line.work in works
            assert line.proposal is None or line.proposal[1] in works

    def act(self, sent: Sent) -> None:
        play = self.play
        at = min(max(play.at() + sent.offset, 0), LAST)
        match sent.kind:
            case "goes":
                play.leaves(MEMBERS[sent.choice % 3])
            case "comes":
                play.comes_back(MEMBERS[sent.choice % 3])
            case "next_gate":
                play.teacher(c.NextGate(after=max(play.session.floor + min(sent.offset, 0), -1)))
            case "pause":
                play.teacher(c.Pause())
            case "resume":
                play.teacher(c.Resume(), by=JUDITH)
            case "extend":
                play.teacher(c.ExtendAll(seconds=10 + sent.seconds))
            case "out":
                play.teacher(c.MoveSeat(member=MAYA, room=None))
            case "in":
                play.teacher(c.MoveSeat(member=MAYA, room=ROOM))
            case "close":
                # Rarely, or nothing else would ever be seen.
                if sent.choice == 5 and sent.offset == 1:
                    play.teacher(c.CloseSession())
            case "warn":
                play.teacher(c.WarnMinute())
            case "fit":
                play.bell = play.now + timedelta(seconds=60 * sent.choice)
                play.teacher(c.FitToBell())
            case "wrap":
                play.teacher(c.WrapUp() if sent.choice % 2 else c.CancelWrapUp())
            case "aside":
                play.teacher(c.SetAside())
            case "reopen":
                play.teacher(c.ReopenSession(), by=JUDITH)
            case "answer":
                self.answer(sent, at)
            case _:
                command = self.command(sent, at)
                before = play.room()
                sender = self.sender(sent)
                decision = play.does(sender, command, command_id=sent.command_id)
                self.only_my_own(sender, command, before, decision)

    def sender(self, sent: Sent) -> c.Sender:
        """Who usually sends this: the clock, a teacher, whoever's turn it is, a learner."""
        if sent.stray is not None:
            return sent.stray
        if sent.kind == "tick":
            return c.Clock()
        if sent.kind in OF_TEACHERS:
            return (TAMAR, JUDITH)[sent.choice % 2]
        acts = self.play.acts() if sent.kind in ("take_turn", "confirm") else None
        return c.Student(acts or MEMBERS[sent.choice % 3])

    def answer(self, sent: Sent, at: int) -> None:
        play = self.play
        sender = self.sender(sent)
        steps = play.lesson.steps
        inputs = steps[at].step.inputs if at < LAST else ()
        asked_id = inputs[0].id if inputs else "nothing"
        self.words += 1
        words = f"words {self.words}"
        command = c.Answer(step=at, input=asked_id, entries=(Entry(text=words),))
        decision = play.does(sender, command, command_id=sent.command_id)
        if not decision.works:
            return
        member = sender_name(sender)
        if decision.refused is not None:
            assert decision.refused.kept
            self.late.add(decision.works[0].id)
            self.taken.setdefault((member, at, asked_id), words)
        else:
            self.taken[member, at, asked_id] = words

    def only_my_own(self, sender: c.Sender, command: c.RoomDecision, before: Room, decision: Decision) -> None:
        """Nobody's line changes its words, or goes, by somebody else's hand."""
        after = {line.id: line for line in self.play.room().lines}
        for line in before.lines:
            changed = line.id not in after or after[line.id].work != line.work
            assert not changed or (isinstance(sender, c.Student) and sender.member == line.author), command
            if line.proposal and line.id in after and after[line.id].proposal != line.proposal:
                assert isinstance(sender, c.Student)
                assert sender.member in (line.author, line.proposal[0])
        assert all(work.member == sender_name(sender) for work in decision.works)

    def command(self, sent: Sent, at: int) -> c.RoomDecision:
        room = self.play.room()
        lines = [line.id for line in room.lines] or ["none"]
        line = lines[sent.choice % len(lines)]
        works = list(self.play.works) or ["none"]
        entries = (Entry(text=f"line {sent.command_id}"),)
        made: dict[str, c.RoomDecision] = {
            "finish": c.Finish(step=at),
            "reopen": c.Reopen(step=at),
            "take_turn": c.TakeTurn(step=at, passed=sent.choice == 5),
            "confirm": c.Confirm(step=at, right=sent.choice % 2 == 0, member=(*MEMBERS, None, None, None)[sent.choice]),
            "add_line": c.AddLine(step=at, input="line", entries=entries),
            "reword": c.RewordLine(step=at, line=line, entries=entries),
            "answer_proposal": c.AnswerProposal(step=at, line=line, accept=sent.choice % 2 == 0),
            "approve": c.ApproveLine(step=at, line=line, approves=sent.choice % 2 == 0),
            "choose": c.ChooseLine(step=at, line=line),
            "withdraw": c.WithdrawLine(step=at, line=line),
            "share": c.Share(step=at, work=works[sent.choice % len(works)]),
            "help": c.AskHelp(),
            "cancel": c.CancelHelp(),
            "add_time": c.AddTime(room=ROOM, seconds=10 + sent.seconds),
            "move_on": c.MoveRoomOn(room=ROOM, step=at),
            "take_help": c.TakeHelp(room=ROOM),
            "clear_help": c.ClearHelp(room=ROOM),
            "enter": c.EnterRoom(room=ROOM, listening_only=sent.choice % 2 == 0),
            "leave": c.LeaveRoom(room=ROOM),
            "tick": c.Tick(step=at),
        }
        return made[sent.kind]


def replayed(play: Played) -> tuple[Room, Session]:
    """The room and the session, from the log alone."""
    room, session = Room(ROOM), Session("s")
    for stored in play.log:
        if stored.stream == ROOM:
            room = grown(room, stored)
            continue
        for event in stored.events:
            session = apply_session(session, event, stored.at)  # pyright: ignore[reportArgumentType] -- session events
    return room, session


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([EVERYTHING, EVERYTHING, BY_CLASS]),
    starts,
    st.lists(sent, min_size=25, max_size=50),
)
def test_no_order_of_commands_loses_a_word_and_a_replay_gives_the_same_room(
    the_lesson: Lesson, start: int, commands: list[Sent]
) -> None:
    told = Told(the_lesson, start)
    for sent_now in commands:
        told.send(sent_now)
    assert replayed(told.play) == (told.play.room(), told.play.session)


@settings(max_examples=30, deadline=None)
@given(starts, st.lists(sent, min_size=20, max_size=40))
def test_a_command_that_comes_again_changes_nothing(start: int, commands: list[Sent]) -> None:
    told = Told(EVERYTHING, start)
    for number, sent_now in enumerate(commands):
        once = replace(sent_now, stray=told.sender(sent_now), command_id=f"once{number}")
        told.send(once)
        before = told.play.room()
        if before.heard(sender_name(told.sender(once)), once.command_id):
            told.send(replace(once, seconds=0))
            assert told.play.room() == before


def test_the_last_commands_of_each_sender_are_remembered() -> None:
    room = Room(ROOM)
    for number in range(REMEMBERED_COMMANDS + 1):
        room = remember(room, NOA, f"c{number}")
    assert not room.heard(NOA, "c0")
    assert room.heard(NOA, "c1")
    assert room.heard(NOA, f"c{REMEMBERED_COMMANDS}")
    assert not room.heard(DAN, "c1")


def test_what_somebody_else_sent_is_not_taken_for_mine() -> None:
    play = Played(EVERYTHING, NOA, DAN)
    play.does(c.Student(NOA), c.Finish(step=0), command_id="same")
    play.does(c.Student(DAN), c.Finish(step=0), command_id="same")
    assert play.step_id() == "show"


TIME = ("add_time", "extend", "pause", "resume", "answer", "finish", "help", "wait")


@settings(max_examples=100, deadline=None)
@given(st.booleans(), st.lists(st.tuples(st.sampled_from(TIME), st.integers(1, 200)), max_size=25))
def test_the_end_of_a_step_is_only_ever_put_off(behind: bool, happenings: list[tuple[str, int]]) -> None:
    play = Played(lesson(solo(), solo("more"), talk()), NOA, DAN).later(30)
    if behind:
        play.teacher(c.NextGate(after=0, to=1))
    over = end(play)
    for what, seconds in happenings:
        match what:
            case "add_time":
                play.teacher(c.AddTime(room=ROOM, seconds=10 + seconds))
            case "extend":
                play.teacher(c.ExtendAll(seconds=10 + seconds))
            case "pause":
                play.teacher(c.Pause())
            case "resume":
                play.teacher(c.Resume())
            case "answer":
                play.answer(NOA, "words")
            case "finish":
                if not play.session.paused:
                    play.finish(NOA)
            case "help":
                play.does(c.Student(NOA), c.AskHelp())
            case _:
                play.later(seconds)
        assert end(play) >= over, what
        over = end(play)


def end(play: Played) -> datetime:
    over = play.scene().deadline(play.room())
    assert over is not None
    return over


def test_events_of_a_step_take_a_room_there_that_was_behind() -> None:
    play = Played(EVERYTHING, NOA, DAN)
    play.finish(NOA)
    play.teacher(c.NextGate(after=0))
    decision = play.does(c.Student(DAN), c.AskHelp())
    room = Room(ROOM, step=0, finished=frozenset({NOA}))
    for event in decision.events:
        room = apply_room(room, event, play.now)  # pyright: ignore[reportArgumentType] -- a room's stream holds room events
    assert (room.step, room.finished) == (6, frozenset())
