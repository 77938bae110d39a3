"""Lessons, rooms and people for tests of the rules, built from events and commands, without mocks."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from server.core.languages import Wording
from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.bell import Hour
from server.core.live.engine import Decision, decide_room
from server.core.live.lesson import Lesson, Pacing, Part
from server.core.live.protocol import Input, Option, Protocol, Say, Step, TeacherNotes
from server.core.live.refusals import Refused
from server.core.live.scene import Classrooms, Person, Scene
from server.core.live.session_engine import Rules, decide_session
from server.core.live.state import Room, Session, apply_room, apply_session, current_step, remember
from server.core.live.turns import TurnNow, turn_now
from server.core.live.views import MineView, RoomView, Words, mine_view, room_view
from server.core.live.works import Entry, MemberId, RoomId, Work
from server.core.texts import Text
from server.runner.live import replaced_works

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOA, DAN, MAYA, ELI = "noa", "dan", "maya", "eli"
TAMAR, JUDITH = c.Teacher("tamar", "a"), c.Teacher("judith", "b")
ROOM = "s.1"
TEXTS = Path(__file__).parents[2] / "server" / "texts"


def person(name: str, side: str, *languages: str) -> Person:
    """Somebody of a side who speaks and reads these languages."""
    return Person(name, side, {"en": name.title()}, f"school {side}", languages, languages)


PEOPLE = {
    p.id: p
    for p in (
        person(NOA, "a", "he", "en"),
        person(DAN, "b", "en"),
        person(MAYA, "a", "he"),
        person(ELI, "b", "en", "he"),
    )
}


def said(words: str) -> Wording:
    """The same words as a wording in both languages."""
    return {"en": words, "he": f"{words} (עברית)"}


def asked(input_id: str = "idea", kind: str = "text", **fields: Any) -> Input:
    """An input; `options` and `tags` may be given as ids."""
    for name in ("options", "tags"):
        if name in fields:
            fields[name] = tuple(Option(id=o, label=said(o)) for o in fields[name])
    return Input.model_validate({"id": input_id, "kind": kind, "prompt": said(input_id), **fields})


def step(step_id: str, kind: str, **fields: Any) -> Step:
    """A step of one minute."""
    return Step.model_validate(
        {"id": step_id, "kind": kind, "title": said(step_id), "prompt": said(step_id), "minutes": 1, **fields}
    )


def solo(step_id: str = "think", *inputs: Input, **fields: Any) -> Step:
    """Silent work, on one text input where none is named."""
    return step(step_id, "solo", inputs=inputs or (asked(),), **fields)


def reveal(*uses: str, **fields: Any) -> Step:
    """A step that turns over the answers to `uses`."""
    return step("show", "reveal", uses=uses, **fields)


def talk(step_id: str = "talk", **fields: Any) -> Step:
    """Open conversation."""
    return step(step_id, "talk", **fields)


def turns(step_id: str = "tell", **fields: Any) -> Step:
    """One speaks at a time."""
    return step(step_id, "turns", completion="turns", **fields)


def restate(step_id: str = "hear", **fields: Any) -> Step:
    """Speak, restate until accepted, ask."""
    return step(step_id, "restate", completion="turns", **fields)


def together(step_id: str = "list", **fields: Any) -> Step:
    """Lines written together."""
    return step(step_id, "together", inputs=(asked("line", "list", max=6),), **fields)


def gate(step_id: str = "class", **fields: Any) -> Step:
    """A whole-class step."""
    return step(step_id, fields.pop("kind", "frame"), scope="class", completion="teacher", **fields)


def protocol(*steps: Step, name: str = "small", **fields: Any) -> Protocol:
    """A protocol of these steps."""
    notes = TeacherNotes(
        purpose=said("why"),
        choose_text=said("any"),
        dialogue=(Say(who=said("A"), says=said("B")), Say(who=said("B"), says=said("A"))),
        look_for=(said("words"),),
        traps=(said("haste"),),
        debrief=(said("what"),),
        adaptations=(said("slower"),),
    )
    given = {"version": 1, "title": said(name), "summary": said(name), "group": "text", "practices": ("listening",)}
    return Protocol.model_validate(
        {"id": name, **given, "bands": ("A", "B", "C"), "teacher": notes, "steps": steps, **fields}
    )


def lesson(*parts: Step | Protocol | Part, pacing: Pacing = "pairs", text: Text | None = None, **fields: Any) -> Lesson:
    """A lesson for band B: of bare steps, of protocols, or of parts."""
    steps = [p for p in parts if isinstance(p, Step)]
    others = [p if isinstance(p, Part) else Part(protocol=p) for p in parts if not isinstance(p, Step)]
    made = [Part(protocol=protocol(*steps))] if steps else []
    return Lesson.model_validate(
        {"title": said("lesson"), "band": "B", "pacing": pacing, "parts": (*made, *others), "text": text, **fields}
    )


@cache
def ruth(first: str = "1:14", last: str = "1:17") -> Text:
    """Verses of Ruth, as shipped."""
    return Text.model_validate(json.loads((TEXTS / "ruth-1.json").read_text(encoding="utf-8"))).span(first, last)


def room_after(*events: e.RoomEvents, room: RoomId = ROOM, at: datetime = NOW) -> Room:
    """The room in which these events happened."""
    state = Room(room)
    for event in events:
        state = apply_room(state, event, at)
    return state


def session_after(*events: e.SessionEvents, at: datetime = NOW) -> Session:
    """The session in which these events happened."""
    state = Session("s")
    for event in events:
        state = apply_session(state, event, at)
    return state


def running(*members: MemberId, at: datetime = NOW) -> Session:
    """A started session with these members in one room."""
    return session_after(e.RoomsProposed(rooms={ROOM: members}), e.LessonStarted(by=TAMAR.staff), at=at)


def entries(*words: str) -> tuple[Entry, ...]:
    """Entries of words."""
    return tuple(Entry(text=w) for w in words)


@dataclass(frozen=True, slots=True)
class Stored:
    """One append, as a store keeps it."""

    stream: str
    at: datetime
    sender: str
    command: str | None
    events: tuple[e.AnyEvent, ...]


class Played:
    """A lesson being played: decides, applies, keeps the words; time stands still until `later`."""

    def __init__(
        self, the_lesson: Lesson, *members: MemberId, started: bool = True, people: dict[str, Person] = PEOPLE
    ) -> None:
        self.lesson = the_lesson
        self.people = people
        self.session = Session("s")
        self.rooms: dict[RoomId, Room] = {}
        self.works: dict[str, Work] = {}
        self.present: frozenset[MemberId] = frozenset(members)
        self.now = NOW
        self.log: list[Stored] = []
        self.apart: frozenset[frozenset[MemberId]] = frozenset()
        self.missing: str | None = None
        self.may_cross = frozenset(people)
        self.classrooms = Classrooms()
        self.starts_at: datetime | None = None
        self.bell: datetime | None = None
        self._made = 0
        if members:
            self.teacher(c.LayOutRooms(rooms={ROOM: members}))
        if started:
            self.teacher(c.StartLesson())

    def later(self, seconds: float) -> "Played":
        """Let time go by."""
        self.now += timedelta(seconds=seconds)
        return self

    def leaves(self, member: MemberId) -> None:
        """Somebody has been gone for longer than the grace."""
        self.present -= {member}

    def comes_back(self, member: MemberId) -> None:
        """Somebody is here again."""
        self.present |= {member}

    def room(self, room: RoomId = ROOM) -> Room:
        """The room as it is now."""
        return self.rooms.get(room, Room(room))

    def rooms_now(self) -> dict[RoomId, Room]:
        """Every room as it is now."""
        return {room: self.room(room) for room in self.session.rooms}

    def scene(self, new_id: str = "") -> Scene:
        """The surroundings of a decision now."""
        return Scene(self.lesson, self.session, self.people, self.present, self.now, new_id, self.classrooms)

    def at(self, room: RoomId = ROOM) -> int:
        """The index of the room's step."""
        return current_step(self.room(room), self.session)

    def step_id(self, room: RoomId = ROOM) -> str:
        """The id of the room's step within its protocol; "end" after the last."""
        here = self.scene().lesson_step(self.room(room))
        return here.step.id if here else "end"

    def turn(self, room: RoomId = ROOM) -> TurnNow | None:
        """Whose turn it is."""
        return turn_now(self.arrived(room), self.scene())

    def arrived(self, room: RoomId = ROOM) -> Room:
        """The room on the step at which it is."""
        state = self.room(room)
        return state if state.step >= self.session.floor else Room(room, step=self.session.floor)

    def acts(self) -> MemberId | None:
        """Who does something now."""
        turn = self.turn()
        return turn.acts if turn else None

    def view(self, room: RoomId = ROOM) -> RoomView:
        """The room as its members see it."""
        return room_view(self.room(room), self.scene(), Words(self.works, {}))

    def mine(self, member: MemberId) -> MineView:
        """What only this member sees."""
        room = self.session.room_of(member)
        return mine_view(member, self.room(room) if room else None, self.scene(), Words(self.works, {}))

    def new_id(self) -> str:
        """An id that nothing has yet."""
        self._made += 1
        return f"w{self._made}"

    def decide(self, sender: c.Sender, command: c.RoomDecision, room: RoomId = ROOM) -> Decision:
        """What would happen; nothing changes."""
        return decide_room(self.room(room), self.scene(self.new_id()), sender, command)

    def does(
        self, sender: c.Sender, command: c.RoomDecision, room: RoomId = ROOM, command_id: str | None = None
    ) -> Decision:
        """Decide and apply, as the runner does: a command heard before changes nothing."""
        who = sender_name(sender)
        if command_id and self.room(room).heard(who, command_id):
            return Decision()
        decision = self.decide(sender, command, room)
        if decision.events:
            before = self.room(room)
            self.rooms[room] = grown(before, Stored(room, self.now, who, command_id, decision.events))
            for gone in replaced_works(before, decision.events):
                self.works.pop(gone, None)
            self.works |= {work.id: work for work in decision.works}
            self.log.append(Stored(room, self.now, who, command_id, decision.events))
        return decision

    def teacher(self, command: c.TeacherRoomCommand | c.SessionCommand, by: c.Teacher = TAMAR) -> Decision:
        """A teacher's command, for a room or for all."""
        if isinstance(command, c.RoomCommand):
            return self.does(by, command, command.room)
        hour = Hour(self.now, self.bell, self.starts_at, self.rooms_now())
        rules = Rules(self.lesson, self.people, self.new_id(), self.may_cross, self.apart, self.missing, hour=hour)
        decision = decide_session(self.session, rules, by, command)
        for event in decision.events:
            self.session = apply_session(self.session, event, self.now)  # pyright: ignore[reportArgumentType] -- session events
        self.works |= {work.id: work for work in decision.works}
        if decision.events:
            self.log.append(Stored(self.session.id, self.now, by.staff, None, decision.events))
        return decision

    def tick(self, at: int | None = None, room: RoomId = ROOM) -> Decision:
        """The clock looks at the room."""
        return self.does(c.Clock(), c.Tick(step=self.at(room) if at is None else at), room)

    def answer(self, member: MemberId, *words: str, to: str = "idea", at: int | None = None) -> Decision:
        """Somebody answers an input of the step (or of the step `at`)."""
        command = c.Answer(step=self.at() if at is None else at, input=to, entries=entries(*words))
        return self.does(c.Student(member), command)

    def finish(self, *members: MemberId) -> None:
        """These press Done on the step at which the room is now."""
        now_at = self.at()
        for member in members:
            self.does(c.Student(member), c.Finish(step=now_at))

    def take_turn(self, member: MemberId, *, passed: bool = False) -> Decision:
        """Somebody ends their turn."""
        return self.does(c.Student(member), c.TakeTurn(step=self.at(), passed=passed))

    def confirm(self, member: MemberId, *, right: bool, about: MemberId | None = None) -> Decision:
        """Somebody answers a restatement, or what a partner wrote."""
        return self.does(c.Student(member), c.Confirm(step=self.at(), right=right, member=about))

    def add_line(self, member: MemberId, words: str) -> str:
        """Somebody adds a line; return its id."""
        self.does(c.Student(member), c.AddLine(step=self.at(), input="line", entries=entries(words)))
        return self.room().lines[-1].id

    def reword(self, member: MemberId, line: str, words: str) -> Decision:
        """Somebody changes a line of theirs, or proposes other words for it."""
        return self.does(c.Student(member), c.RewordLine(step=self.at(), line=line, entries=entries(words)))


def sender_name(sender: c.Sender) -> str:
    """The name under which commands are remembered."""
    match sender:
        case c.Student(member=member):
            return member
        case c.Teacher(staff=staff):
            return staff
        case c.Clock():
            return "clock"


def grown(room: Room, stored: Stored) -> Room:
    """The room after one append."""
    for event in stored.events:
        room = apply_room(room, event, stored.at)  # pyright: ignore[reportArgumentType] -- a room's stream holds room events
    return replace(remember(room, stored.sender, stored.command), version=room.version + 1)


def refusal(act: Callable[[], object]) -> str:
    """The code with which `act` is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code
