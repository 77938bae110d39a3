"""What a lesson's log tells afterwards: who sat where, how far each room came, what happened when. No words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from server.core.live import events as e
from server.core.live.state import Room, Session, apply_room, apply_session
from server.core.live.works import MemberId, RoomId


@dataclass(frozen=True, slots=True)
class Happened:
    """One append of a stream, as review reads it."""

    stream: str
    at: datetime
    events: tuple[e.AnyEvent, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline. `kind` says what; who, where, how much and how long as far as they apply."""

    at: datetime
    kind: str
    by: str = ""
    room: RoomId | None = None
    step: int | None = None
    seconds: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A lesson rebuilt from its log. `sat`: everyone who ever had a seat in a room once the lesson had started."""

    session: Session
    rooms: dict[RoomId, Room] = field(default_factory=dict[RoomId, Room])
    sat: dict[RoomId, tuple[MemberId, ...]] = field(default_factory=dict[RoomId, tuple[MemberId, ...]])
    moments: tuple[Moment, ...] = ()

    @property
    def notes(self) -> int:
        """How many notes teachers sent."""
        return len(self.session.notes)

    @property
    def begun(self) -> bool:
        """Whether rooms ever opened."""
        return self.session.started_at is not None

    def came_to(self, room: RoomId) -> int:
        """Return the index of the furthest step that a room reached, -1 before the start."""
        own = self.rooms[room].step if room in self.rooms else -1
        opened = self.session.opened.get(room)
        came = max(own, self.session.floor, opened[0] if opened else -1)
        return min(came, self.session.rotated_after.get(room, came))


def record_of(session_id: str, log: Iterable[Happened]) -> Record:
    """Rebuild a lesson from the appends of its streams, each stream in order."""
    session = Session(session_id)
    rooms: dict[RoomId, Room] = {}
    sat: dict[RoomId, dict[MemberId, None]] = {}
    moments: list[Moment] = []
    for append in sorted(log, key=lambda append: append.at):
        for event in append.events:
            if isinstance(event, e.SessionEvents):
                session = apply_session(session, event, append.at)
                moments += _of_session(event, append.at)
            else:
                room = rooms.get(append.stream, Room(append.stream))
                rooms[append.stream] = apply_room(room, event, append.at)
                moments += _of_room(event, append.stream, append.at)
        if session.started_at is not None:
            for number, members in session.rooms.items():
                sat.setdefault(number, {}).update(dict.fromkeys(members))
    seated = {number: tuple(members) for number, members in sat.items()}
    return Record(session, rooms, seated, _with_ends(moments))


def _of_session(event: e.SessionEvents, at: datetime) -> list[Moment]:
    match event:
        case e.LessonStarted(by=by):
            return [Moment(at, "started", by)]
        case e.FloorMoved(step=step, by=by) | e.PartnersChanged(step=step, by=by):
            return [Moment(at, "class_moved", by, step=step)]
        case e.Paused(by=by, calm=calm):
            return [Moment(at, "stopped" if calm else "paused", by)]
        case e.Resumed(by=by):
            return [Moment(at, "resumed", by)]
        case e.ClassTimeAdded(by=by, seconds=seconds):
            return [Moment(at, "time_added", by, seconds=seconds)]
        case e.NoteSent(by=by, room=room):
            return [Moment(at, "note", by, room)]
        case e.SessionClosed(by=by):
            return [Moment(at, "closed", by)]
        case _:
            # Who was moved, removed or parted, and so perhaps why, is for the adults who were there.
            return []


def _of_room(event: e.RoomEvents, room: RoomId, at: datetime) -> list[Moment]:
    match event:
        case e.TeacherCame(by=by, listening_only=listening):
            return [Moment(at, "listened" if listening else "visited", by, room)]
        case e.TeacherWent(by=by):
            return [Moment(at, "left", by, room)]
        case e.TimeAdded(by=by, seconds=seconds):
            return [Moment(at, "time_added", by, room, seconds=seconds)]
        case e.HelpAsked():
            return [Moment(at, "help_asked", room=room)]
        case _:
            return []


ENDS = {"resumed": {"paused", "stopped"}, "left": {"visited", "listened"}}
"""What ends what: told as one line with two times."""


def _with_ends(moments: list[Moment]) -> tuple[Moment, ...]:
    told: list[Moment] = []
    for moment in moments:
        begun = next(
            (
                n
                for n in reversed(range(len(told)))
                if told[n].kind in ENDS.get(moment.kind, ())
                and told[n].until is None
                and told[n].room == moment.room
                and (moment.kind == "resumed" or told[n].by == moment.by)
            ),
            None,
        )
        if moment.kind not in ENDS:
            told.append(moment)
        elif begun is not None:
            first = told[begun]
            told[begun] = Moment(first.at, first.kind, first.by, first.room, until=moment.at)
    return tuple(told)
