"""What a decision needs to know beside its own stream: the lesson, the people, who is here, the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from server.core.live.lesson import Lesson, LessonStep
from server.core.live.protocol import Step
from server.core.live.state import Room, Session, current_step, ends_at
from server.core.live.works import MemberId, WorkId

Media = Literal["video", "audio", "none"]


@dataclass(frozen=True, slots=True)
class Person:
    """A student as the live room knows them. `side` is "a" or "b"; names by alphabet; languages in order of ease."""

    id: MemberId
    side: str
    names: dict[str, str]
    school: str
    speaks: tuple[str, ...]
    reads: tuple[str, ...]
    media: Media = "none"
    keeps_words: bool = True
    class_id: str = ""


@dataclass(frozen=True, slots=True)
class Classrooms:
    """Where the children of a lesson sit: `places` by side ("school", "home"), `budgets` by school, in kbit/s for its class.

    `talk_shown`: whether the plan lets rooms see how they share the talking.
    """

    places: Mapping[str, str] = field(default_factory=dict[str, str])
    budgets: Mapping[str, int] = field(default_factory=dict[str, int])
    talk_shown: bool = False

    def place_of(self, side: str) -> str:
        """Return where a side's children are."""
        return self.places.get(side, "school")


@dataclass(frozen=True, slots=True)
class Scene:
    """The surroundings of one decision. `present`: members here now, or gone for less than the grace."""

    lesson: Lesson
    session: Session
    people: Mapping[MemberId, Person]
    present: frozenset[MemberId]
    now: datetime
    new_id: WorkId
    classrooms: Classrooms = Classrooms()

    def seated(self, room: Room) -> tuple[MemberId, ...]:
        """Members with a seat in the room, in seat order."""
        return self.session.rooms.get(room.id, ())

    def here(self, room: Room) -> tuple[MemberId, ...]:
        """Members of the room who are present, in seat order."""
        return tuple(m for m in self.seated(room) if m in self.present)

    def group_size(self, room: Room) -> int:
        """The size that prompts and minutes fit: seats, not presence, so that a lost connection changes no wording."""
        return min(max(len(self.seated(room)), 1), 4)

    def lesson_step(self, room: Room) -> LessonStep | None:
        """The step at which the room is; None before the start and after the last."""
        index = current_step(room, self.session)
        return self.lesson.steps[index] if 0 <= index < len(self.lesson.steps) else None

    def step(self, room: Room) -> Step | None:
        """The room's step as its members meet it; None before the start and after the last."""
        at = self.lesson_step(room)
        return None if at is None else self.as_met(at, room)

    def as_met(self, at: LessonStep, room: Room) -> Step:
        """A step fitted to the room's size; the pair's form where this size would skip it.

        A room meets such a step when the class is there, or when somebody came or went since.
        """
        return at.fitted(self.group_size(room)) or at.step

    def deadline(self, room: Room) -> datetime | None:
        """When the room's step is over by the clock."""
        at = self.lesson_step(room)
        return None if at is None else ends_at(room, self.session, at.seconds_in(self.group_size(room)), self.now)

    def waits_for_class(self, room: Room) -> bool:
        """Whether the room has reached a gate that no teacher has opened yet."""
        at = current_step(room, self.session)
        return at < len(self.lesson.steps) and at == limit(self.lesson, self.session) and not self.gate_is_open(room)

    def gate_is_open(self, room: Room) -> bool:
        """Whether the room's step is one that the class was brought to."""
        return self.session.floor == current_step(room, self.session)


def limit(lesson: Lesson, session: Session) -> int:
    """Return the last index that rooms may reach by themselves: the next gate (to wait there), or the floor itself.

    In a class-paced lesson every step is a gate. len(lesson.steps) means: to the end.
    """
    if lesson.pacing == "class":
        return session.floor
    gates = [gate for gate in lesson.gates if gate >= session.floor]
    gates += [step for step in lesson.rotations if step > session.floor]
    return min((gate for gate in gates if gate not in session.left_out), default=len(lesson.steps))


def next_gate(lesson: Lesson, session: Session) -> int | None:
    """Return the floor to which the class moves next: on from an open gate, to the next gate, or None if none is left."""
    stays = (index for index in range(session.floor + 1, len(lesson.steps) + 1) if index not in session.left_out)
    if lesson.pacing == "class" or session.floor in lesson.gates:
        return next(stays, None)
    gates = {*lesson.gates, *lesson.rotations}
    return next((index for index in stays if index in gates), None)
