"""One lesson played from lobby to close by the product's own rules, without anybody: its log, and the words in it."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from server.core.live import commands as c
from server.core.live.engine import Decision, decide_room, partner_of
from server.core.live.lesson import Lesson, LessonStep
from server.core.live.protocol import Input, Step
from server.core.live.refusals import Refused
from server.core.live.scene import Person, Scene, next_gate
from server.core.live.session_engine import Rules, decide_session, room_id
from server.core.live.state import Room, Session
from server.core.live.turns import turn_now
from server.core.live.works import Entry, Mark, MemberId, RoomId, Work
from server.core.texts import words
from server.ports.live import Append, Appended, Due, StoredWork
from server.runner.live import replaced_works, stored_work
from server.runner.memory_of_rooms import grown_room, grown_session
from server.runner.scenes import sender_key
from server.year.sayings import SAYINGS, kind_of

MOST_TURNS = 40
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in a lesson: a room is its members in order. `growth` is how far into the year it is, 0 to 1."""

    people: Mapping[MemberId, Person]
    languages: Mapping[MemberId, str]
    rooms: Sequence[tuple[MemberId, ...]]
    teachers: tuple[c.Teacher, c.Teacher]
    growth: float = 0.0


@dataclass(slots=True)
class Playing:
    """A lesson under way. `appends` is what a store would hold of it."""

    lesson: Lesson
    cast: Cast
    chance: random.Random
    now: datetime
    session: Session
    rooms: dict[RoomId, Room] = field(default_factory=dict[RoomId, Room])
    clocks: dict[RoomId, datetime] = field(default_factory=dict[RoomId, datetime])
    appends: list[Append] = field(default_factory=list[Append])
    ids: int = 0

    def whole(self) -> list[Append]:
        """Play to the end and return everything that happened."""
        here, _ = self.cast.teachers
        layout = {room_id(self.session.id, n): members for n, members in enumerate(self.cast.rooms, start=1)}
        self._class(here, c.LayOutRooms(rooms=layout, why=dict.fromkeys(layout, ("different_schools",))))
        self._class(here, c.StartLesson())
        for room in layout:
            self.rooms[room], self.clocks[room] = Room(room), self.now
        slow = {room for room in layout if self.chance.random() < 0.08}
        while self.session.floor < len(self.lesson.steps):
            for room in layout:
                self._room_goes_on(room, hurried=room in slow)
            self._adults_look_in(list(layout))
            self.now = max(self.now, *self.clocks.values())
            gate = next_gate(self.lesson, self.session)
            if gate is None:
                break
            self.now += timedelta(seconds=self.chance.uniform(5, 40))
            self._class(self.chance.choice(self.cast.teachers), c.NextGate(after=self.session.floor, to=gate))
            self.clocks = dict.fromkeys(layout, self.now)
        self._class(self.chance.choice(self.cast.teachers), c.CloseSession())
        return self.appends

    # -- rooms ----------------------------------------------------------------------------------------------------------

    def _room_goes_on(self, room: RoomId, *, hurried: bool) -> None:
        """Do steps until the room waits for the class or is done; a slow room is brought on before it has finished."""
        for _ in range(MOST_STEPS):
            scene = self._scene(room)
            at = scene.lesson_step(self.rooms[room])
            if at is None:
                return
            step = scene.step(self.rooms[room])
            if step is None or (step.scope == "class" and not scene.gate_is_open(self.rooms[room])):
                return
            if step.scope == "class":
                self._shares(room, at, step)
                return
            if hurried and self.chance.random() < 0.1:
                return
            self._one_step(room, at, step)
            if self._scene(room).lesson_step(self.rooms[room]) is at:
                return

    def _one_step(self, room: RoomId, at: LessonStep, step: Step) -> None:
        seated = self._scene(room).seated(self.rooms[room])
        self._time_passes(room, at)
        match step.kind:
            case "solo":
                self._alone(room, at, step, seated)
            case "together":
                self._together(room, at, step, seated)
            case "turns" | "read" | "restate":
                self._in_turns(room, at, step)
            case _:
                pass
        for member in seated:
            self._does(room, member, c.Finish(step=at.index))

    def _alone(self, room: RoomId, at: LessonStep, step: Step, seated: Sequence[MemberId]) -> None:
        for member in seated:
            for asked in step.inputs:
                if self.chance.random() < 0.05:
                    continue
                entries = tuple(self._entry(at, asked, member) for _ in range(max(asked.min, 1)))
                self._does(room, member, c.Answer(step=at.index, input=asked.id, entries=entries))
        if step.completion == "partner_confirms":
            for member in seated:
                by = partner_of(member, tuple(seated))
                if by is not None:
                    self._does(room, by, c.Confirm(step=at.index, member=member, right=True))

    def _together(self, room: RoomId, at: LessonStep, step: Step, seated: Sequence[MemberId]) -> None:
        asked = step.inputs[0]
        for member in seated:
            self._does(
                room, member, c.AddLine(step=at.index, input=asked.id, entries=(self._entry(at, asked, member),))
            )
        lines = [line for line in self.rooms[room].lines if line.step == at.index]
        for line in lines:
            for member in seated:
                if member != line.author and self.chance.random() < 0.8:
                    self._does(room, member, c.ApproveLine(step=at.index, line=line.id))
        if step.choose_one and lines:
            chosen = self.chance.choice(lines)
            for member in seated:
                self._does(room, member, c.ChooseLine(step=at.index, line=chosen.id))

    def _in_turns(self, room: RoomId, at: LessonStep, step: Step) -> None:
        for _ in range(MOST_TURNS):
            scene = self._scene(room)
            turn = turn_now(self.rooms[room], scene) if self.rooms[room].step == at.index else None
            if self.rooms[room].step < at.index:
                # Nobody has stirred here yet: the first to press decides nothing but that they are here.
                turn = turn_now(replace(self.rooms[room], step=at.index, taken=(), restating=None), scene)
            if turn is None or scene.lesson_step(self.rooms[room]) is not at:
                return
            if turn.phase == "confirm":
                did = self._does(room, turn.acts, c.Confirm(step=at.index, right=self.chance.random() < 0.8))
            else:
                did = self._does(room, turn.acts, c.TakeTurn(step=at.index))
            if not did:
                return

    def _shares(self, room: RoomId, at: LessonStep, step: Step) -> None:
        if step.kind != "board" or self.chance.random() < 0.2:
            return
        used = {s.index for s in self.lesson.steps if s.id in at.uses}
        lines = [line for line in self.rooms[room].lines if line.step in used]
        given = [
            (member, work)
            for (index, _), answers in self.rooms[room].answers.items()
            if index in used
            for member, work in answers.items()
        ]
        if lines:
            line = next((line for line in lines if line.chosen_by), lines[0])
            self._does(room, line.author, c.Share(step=at.index, work=line.work))
        elif given:
            member, work = self.chance.choice(given)
            self._does(room, member, c.Share(step=at.index, work=work))

    # -- words ----------------------------------------------------------------------------------------------------------

    def _entry(self, at: LessonStep, asked: Input, member: MemberId) -> Entry:
        language = self.cast.languages[member]
        told: dict[str, object] = {}
        if asked.kind == "rating":
            told["choice"] = asked.options[self._level(asked, member)].id
            passed = [s.id for s in self.lesson.steps if s.index < at.index and s.step.kind != "frame"]
            told["moment"] = self.chance.choice(passed) if passed else None
        elif asked.options:
            told["choice"] = self.chance.choice(asked.options).id
        if asked.kind in ("text", "list") or asked.because:
            told["text"] = self.chance.choice(SAYINGS[kind_of(at, asked)][language])
        if asked.tags:
            told["tag"] = self.chance.choice(asked.tags).id
        if asked.evidence == "wanted" or (asked.evidence == "optional" and self.chance.random() < 0.5):
            told["marks"] = self._marks(language, at.segment)
        return Entry.model_validate(told)

    def _level(self, asked: Input, member: MemberId) -> int:
        """A level that rises a little over the year, unevenly, as honest ratings do."""
        ground = random.Random(f"{member}:{asked.practice}").uniform(0.2, 1.6)  # noqa: S311 -- choices of a simulation
        first = asked.id.endswith("_first")
        wanted = ground + (0.0 if first else 1.3 * self.cast.growth) + self.chance.gauss(0, 0.7)
        return max(0, min(len(asked.options) - 1, round(wanted)))

    def _marks(self, language: str, segment_id: str | None) -> tuple[Mark, ...]:
        text = self.lesson.text
        if text is None:
            return ()
        there = [s for s in text.segments if segment_id in (None, s.id)] or list(text.segments)
        segment = self.chance.choice(there)
        spoken = language if language in segment.words else next(iter(segment.words))
        count = len(words(segment.words[spoken]))
        first = self.chance.randrange(count)
        last = min(first + self.chance.randrange(3), count - 1)
        return (Mark(segment=segment.id, language=spoken, first=first, last=last),)

    # -- adults ---------------------------------------------------------------------------------------------------------

    def _adults_look_in(self, rooms: Sequence[RoomId]) -> None:
        for teacher in self.cast.teachers:
            if self.chance.random() < 0.5:
                room = self.chance.choice(rooms)
                self._adult(room, teacher, c.EnterRoom(room=room, listening_only=self.chance.random() < 0.4))
                self.clocks[room] += timedelta(seconds=self.chance.uniform(40, 150))
                self._adult(room, teacher, c.LeaveRoom(room=room))
        if self.chance.random() < 0.3:
            room = self.chance.choice(rooms)
            seated = self.session.rooms.get(room, ())
            if seated and self._does(room, self.chance.choice(seated), c.AskHelp(reason="")):
                teacher = self.chance.choice(self.cast.teachers)
                self.clocks[room] += timedelta(seconds=self.chance.uniform(10, 50))
                self._adult(room, teacher, c.TakeHelp(room=room))
                self._adult(room, teacher, c.AddTime(room=room))
                self._adult(room, teacher, c.ClearHelp(room=room))

    # -- the rules ------------------------------------------------------------------------------------------------------

    def _scene(self, room: RoomId) -> Scene:
        here = frozenset(self.session.rooms.get(room, ()))
        return Scene(
            self.lesson, self.session, self.cast.people, here, self.clocks.get(room, self.now), self._next_id()
        )

    def _next_id(self) -> str:
        self.ids += 1
        return f"{self.session.id}-{self.ids:06d}"

    def _time_passes(self, room: RoomId, at: LessonStep) -> None:
        usual = at.seconds_in(len(self.session.rooms.get(room, ())) or 2)
        self.clocks[room] += timedelta(seconds=usual * self.chance.uniform(0.6, 1.15))

    def _does(self, room: RoomId, member: MemberId, command: c.StudentCommand) -> bool:
        return not isinstance(command, c.HandCommand) and self._in_room(room, c.Student(member), command)

    def _adult(self, room: RoomId, teacher: c.Teacher, command: c.TeacherRoomCommand) -> bool:
        return self._in_room(room, teacher, command)

    def _in_room(self, room: RoomId, sender: c.Sender, command: c.RoomDecision) -> bool:
        scene, before = self._scene(room), self.rooms[room]
        try:
            decision = decide_room(before, scene, sender, command)
        except Refused:
            # Somebody else was faster, or the room has gone on: life in a lesson.
            return False
        if decision.events:
            appended = self._appended(room, before.version, scene.now, sender, decision)
            after = grown_room(before, appended)
            self._keep(
                appended, decision, replaced_works(before, decision.events), lambda w: _stored(w, decision, scene, room)
            )
            self.rooms[room] = after
        return True

    def _class(self, teacher: c.Teacher, command: c.SessionCommand) -> None:
        rules = Rules(self.lesson, self.cast.people, self._next_id(), frozenset(self.cast.people))
        decision = decide_session(self.session, rules, teacher, command)
        appended = self._appended(self.session.id, self.session.version, self.now, teacher, decision)
        self.session = grown_session(self.session, appended)
        self._keep(
            appended,
            decision,
            (),
            lambda w: StoredWork(w, self.session.id, None, self.now, by_staff=True, keep="record"),
        )

    def _appended(self, stream: str, version: int, at: datetime, sender: c.Sender, decision: Decision) -> Appended:
        return Appended(stream, version + 1, at, sender_key(sender), None, decision.events)

    def _keep(
        self, appended: Appended, decision: Decision, replaced: tuple[str, ...], stored: Callable[[Work], StoredWork]
    ) -> None:
        self.appends.append(Append(appended, tuple(map(stored, decision.works)), replaced, Due(0, None)))


def _stored(work: Work, decision: Decision, scene: Scene, room: RoomId) -> StoredWork:
    return stored_work(work, decision.events, scene, room)
