"""What a room and a session are, rebuilt from their events alone."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, TypeVar, assert_never

from server.core.live import events as e
from server.core.live.works import MemberId, RoomId, WorkId

Phase = Literal["speak", "restate", "confirm", "show", "ask"]
REMEMBERED_COMMANDS = 64
Stream = TypeVar("Stream", "Room", "Session")


@dataclass(frozen=True, slots=True)
class Line:
    """One attributed line of what a room writes together."""

    id: str
    step: int
    author: MemberId
    work: WorkId
    approved: frozenset[MemberId] = frozenset()
    chosen_by: frozenset[MemberId] = frozenset()
    proposal: tuple[MemberId, WorkId] | None = None


@dataclass(frozen=True, slots=True)
class Restating:
    """Where a restate step's present turn stands."""

    speaker: MemberId
    phase: Phase
    loops: int = 0


@dataclass(frozen=True, slots=True)
class Help:
    """An open call for a teacher."""

    member: MemberId
    reason: str
    since: datetime
    taken_by: str | None = None


@dataclass(frozen=True, slots=True)
class SharedEntry:
    """Something a room put on a whole-class board."""

    step: int
    member: MemberId
    work: WorkId
    entry: int


@dataclass(frozen=True, slots=True)
class Room:
    """One havruta's room. `version` counts appends of its stream; `step` is its own, before the session's floor."""

    id: RoomId
    version: int = 0
    step: int = -1
    entered_at: datetime | None = None
    moved_at: datetime | None = None
    finished: frozenset[MemberId] = frozenset()
    taken: tuple[tuple[MemberId, str], ...] = ()
    restating: Restating | None = None
    confirmed: dict[MemberId, bool] = field(default_factory=dict[MemberId, bool])
    added_seconds: int = 0
    answers: dict[tuple[int, str], dict[MemberId, WorkId]] = field(
        default_factory=dict[tuple[int, str], dict[MemberId, WorkId]]
    )
    late: frozenset[WorkId] = frozenset()
    lines: tuple[Line, ...] = ()
    shared: tuple[SharedEntry, ...] = ()
    help: Help | None = None
    visitors: dict[str, bool] = field(default_factory=dict[str, bool])
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def line(self, line_id: str) -> Line | None:
        """Return the line with this id, or None."""
        return next((line for line in self.lines if line.id == line_id), None)

    def heard(self, sender: str, command_id: str) -> bool:
        """Whether this command was decided already (a repeat after a lost acknowledgement)."""
        return command_id in self.commands.get(sender, ())


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch of standing still; `until` is None while it lasts."""

    since: datetime
    until: datetime | None = None
    calm: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A teacher's signed note."""

    work: WorkId
    by: str
    at: datetime
    room: RoomId | None


@dataclass(frozen=True, slots=True)
class Plenary:
    """What goes on in the whole class at one step. `hands`: in the order in which they went up; `muted`: by whom."""

    hands: tuple[MemberId, ...] = ()
    speaker: MemberId | None = None
    spotlight: str | None = None
    muted: dict[str, str] = field(default_factory=dict[str, str])

    def without(self, member: MemberId) -> "Plenary":
        """Return it as it is when somebody has gone."""
        return Plenary(
            tuple(m for m in self.hands if m != member),
            None if self.speaker == member else self.speaker,
            None if self.spotlight == member else self.spotlight,
            {who: by for who, by in self.muted.items() if who != member},
        )


@dataclass(frozen=True, slots=True)
class Session:
    """One lesson as it runs."""

    id: str
    version: int = 0
    status: Literal["lobby", "running", "closed"] = "lobby"
    rooms: dict[RoomId, tuple[MemberId, ...]] = field(default_factory=dict[RoomId, tuple[MemberId, ...]])
    why: dict[RoomId, tuple[str, ...]] = field(default_factory=dict[RoomId, tuple[str, ...]])
    unplaced: dict[MemberId, str] = field(default_factory=dict[MemberId, str])
    former: dict[MemberId, tuple[RoomId, ...]] = field(default_factory=dict[MemberId, tuple[RoomId, ...]])
    floor: int = -1
    floor_at: datetime | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    added: tuple[tuple[datetime, int], ...] = ()
    notes: tuple[Note, ...] = ()
    removed: frozenset[MemberId] = frozenset()
    parted: frozenset[RoomId] = frozenset()
    classrooms: dict[str, bool] = field(default_factory=dict[str, bool])
    plenary: Plenary = field(default_factory=Plenary)
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def paused(self) -> Pause | None:
        """The pause that lasts now, or None."""
        return self.pauses[-1] if self.pauses and self.pauses[-1].until is None else None

    def room_of(self, member: MemberId) -> RoomId | None:
        """Return the room in which a member has a seat, or None."""
        return next((room for room, members in self.rooms.items() if member in members), None)

    def heard(self, sender: str, command_id: str) -> bool:
        """Whether this command was decided already."""
        return command_id in self.commands.get(sender, ())


def remember(state: Stream, sender: str, command_id: str | None) -> Stream:
    """Note that a command was decided, keeping the last few of each sender."""
    if command_id is None:
        return state
    kept = (*state.commands.get(sender, ()), command_id)[-REMEMBERED_COMMANDS:]
    return replace(state, commands={**state.commands, sender: kept})


def apply_room(room: Room, event: e.RoomEvents, at: datetime) -> Room:
    """Return the room after `event`. Any event of a later step than the room's own takes the room there first."""
    if event.step > room.step:
        room = replace(
            room,
            step=event.step,
            entered_at=at,
            finished=frozenset(),
            taken=(),
            restating=None,
            confirmed={},
            added_seconds=0,
        )
    return _applied(replace(room, moved_at=at), event, at)


def _applied(room: Room, event: e.RoomEvents, at: datetime) -> Room:
    match event:
        case e.StepEntered():
            return room
        case e.Answered():
            return _answered(room, event)
        case e.Finished(member=member):
            return replace(room, finished=room.finished | {member})
        case e.Reopened(member=member):
            return replace(room, finished=room.finished - {member})
        case e.TurnTaken(member=member, key=key):
            return replace(room, taken=(*room.taken, (member, key)), restating=None)
        case e.PhaseMoved(speaker=speaker, phase=phase, loops=loops):
            return replace(room, restating=Restating(speaker, phase, loops))
        case e.PartnerConfirmed(member=member, right=right):
            return replace(room, confirmed={**room.confirmed, member: right})
        case e.Shared(step=step, member=member, work=work, entry=entry):
            return replace(room, shared=(*room.shared, SharedEntry(step, member, work, entry)))
        case e.HelpAsked(member=member, reason=reason):
            asked = room.help or Help(member, reason, at)
            return replace(room, help=replace(asked, reason=reason))
        case e.HelpTaken(by=by):
            return replace(room, help=replace(room.help, taken_by=by) if room.help else None)
        case e.HelpCleared():
            return replace(room, help=None)
        case e.TimeAdded(seconds=seconds):
            return replace(room, added_seconds=room.added_seconds + seconds)
        case e.TeacherCame(by=by, listening_only=listening_only):
            return replace(room, visitors={**room.visitors, by: listening_only})
        case e.TeacherWent(by=by):
            return replace(room, visitors={k: v for k, v in room.visitors.items() if k != by})
        case _:
            return replace(room, lines=_lines_after(room.lines, event))


def _answered(room: Room, event: e.Answered) -> Room:
    key = (event.of_step, event.input)
    given = room.answers.get(key, {})
    late = room.late | {event.work} if event.late else room.late
    if event.late and event.member in given:
        # Words that come after a reveal are kept, but what the partner has seen stays as it was.
        return replace(room, late=late)
    confirmed = room.confirmed
    if event.of_step == room.step:
        # A partner confirms words: new words are confirmed anew.
        confirmed = {member: right for member, right in confirmed.items() if member != event.member}
    answers = {**room.answers, key: {**given, event.member: event.work}}
    return replace(room, answers=answers, late=late, confirmed=confirmed)


LineEvents = (
    e.LineAdded | e.LineReworded | e.LineProposed | e.ProposalDeclined | e.LineApproved | e.LineChosen | e.LineWithdrawn
)


def _lines_after(lines: tuple[Line, ...], event: LineEvents) -> tuple[Line, ...]:
    match event:
        case e.LineAdded():
            return (*lines, Line(event.line, event.step, event.member, event.work, frozenset({event.member})))
        case e.LineWithdrawn():
            return tuple(line for line in lines if line.id != event.line)
        case e.LineChosen():
            return tuple(_chosen(line, event) for line in lines)
        case e.LineReworded() | e.LineProposed() | e.ProposalDeclined() | e.LineApproved():
            return tuple(_line_after(line, event) if line.id == event.line else line for line in lines)
        case _:
            assert_never(event)


def _chosen(line: Line, event: e.LineChosen) -> Line:
    if line.step != event.step:
        return line
    chosen = line.chosen_by - {event.member}
    return replace(line, chosen_by=chosen | {event.member} if line.id == event.line else chosen)


def _line_after(line: Line, event: e.LineReworded | e.LineProposed | e.ProposalDeclined | e.LineApproved) -> Line:
    match event:
        case e.LineReworded(work=work):
            # Approval is for words, not for a place: new words are approved anew. Whoever proposed them stands behind them.
            proposer = {line.proposal[0]} if line.proposal and line.proposal[1] == work else set[MemberId]()
            return replace(line, work=work, approved=frozenset({line.author} | proposer), proposal=None)
        case e.LineProposed(member=member, work=work):
            return replace(line, proposal=(member, work))
        case e.ProposalDeclined():
            return replace(line, proposal=None)
        case e.LineApproved(member=member, approves=approves):
            return replace(line, approved=line.approved | {member} if approves else line.approved - {member})
        case _:
            assert_never(event)


def apply_session(session: Session, event: e.SessionEvents, at: datetime) -> Session:
    """Return the session after `event`."""
    match event:
        case e.RoomsProposed(rooms=rooms, why=why, unplaced=unplaced):
            return replace(session, rooms=dict(rooms), why=dict(why), unplaced=dict(unplaced))
        case e.SeatMoved(member=member, room=room):
            return _seated(session, member, room)
        case e.LessonStarted():
            return replace(session, status="running", started_at=at, floor=0, floor_at=at)
        case e.FloorMoved(step=step):
            return replace(session, floor=step, floor_at=at, plenary=Plenary())
        case e.Paused(calm=calm):
            return replace(session, pauses=(*session.pauses, Pause(at, calm=calm)))
        case e.Resumed():
            return replace(session, pauses=(*session.pauses[:-1], replace(session.pauses[-1], until=at)))
        case e.ClassTimeAdded(seconds=seconds):
            return replace(session, added=(*session.added, (at, seconds)))
        case e.NoteSent(by=by, work=work, room=room):
            return replace(session, notes=(*session.notes, Note(work, by, at, room)))
        case e.MemberRemoved(member=member):
            seated = _seated(session, member, None)
            unplaced = {m: why for m, why in seated.unplaced.items() if m != member}
            return replace(seated, unplaced=unplaced, removed=session.removed | {member})
        case e.HandRaised() | e.HandLowered() | e.FloorGiven() | e.PersonMuted() | e.Spotlit():
            return replace(session, plenary=_plenary_after(session.plenary, event))
        case e.RoomParted(room=room):
            parted = dict.fromkeys(session.rooms.get(room, ()), "with_teacher")
            former = {m: (*session.former.get(m, ()), room) for m in parted}
            rooms = {**session.rooms, room: ()}
            plenary = session.plenary
            for member in parted:
                plenary = plenary.without(member)
            return replace(
                session,
                parted=session.parted | {room},
                rooms=rooms,
                unplaced={**session.unplaced, **parted},
                former=session.former | former,
                plenary=plenary,
            )
        case e.ClassroomShared(side=side, shared=shared):
            return replace(session, classrooms={**session.classrooms, side: shared})
        case e.SessionClosed():
            return replace(session, status="closed", closed_at=at, plenary=Plenary())
        case _:
            assert_never(event)


def _plenary_after(plenary: Plenary, event: e.PlenaryEvents) -> Plenary:
    match event:
        case e.HandRaised(member=member):
            return replace(plenary, hands=(*(m for m in plenary.hands if m != member), member))
        case e.HandLowered(member=member):
            return replace(plenary, hands=tuple(m for m in plenary.hands if m != member))
        case e.FloorGiven(member=member):
            muted = {who: by for who, by in plenary.muted.items() if who != member}
            return replace(plenary, speaker=member, hands=tuple(m for m in plenary.hands if m != member), muted=muted)
        case e.PersonMuted(who=who, by=by):
            speaker = None if plenary.speaker == who else plenary.speaker
            return replace(plenary, speaker=speaker, muted={**plenary.muted, who: by})
        case e.Spotlit(who=who):
            return replace(plenary, spotlight=who)
        case _:
            assert_never(event)


def _seated(session: Session, member: MemberId, room: RoomId | None) -> Session:
    left = session.room_of(member)
    rooms = {r: tuple(m for m in members if m != member) for r, members in session.rooms.items()}
    unplaced = {m: why for m, why in session.unplaced.items() if m != member}
    if room is None:
        unplaced[member] = "with_teacher"
    else:
        rooms[room] = (*rooms.get(room, ()), member)
    if session.status == "lobby":
        # Before the start an emptied card is gone; afterwards the room keeps its history.
        rooms = {r: members for r, members in rooms.items() if members}
    # The reasons were true of the rooms as they were proposed.
    why = {r: reasons for r, reasons in session.why.items() if r not in (left, room)}
    former = session.former
    if left is not None and left != room and session.status == "running":
        former = former | {member: (*former.get(member, ()), left)}
    plenary = session.plenary.without(member) if room is None else session.plenary
    return replace(session, rooms=rooms, unplaced=unplaced, why=why, former=former, plenary=plenary)


def current_step(room: Room, session: Session) -> int:
    """Return the lesson index at which the room is: its own, or the class's floor if that is further on."""
    return max(room.step, session.floor)


def entered_at(room: Room, session: Session) -> datetime | None:
    """Return when the room came to its current step.

    Where the class was brought to the step, that moment counts: not an early room's wait at the gate, and not the first
    word in a room that had not yet stirred.
    """
    return session.floor_at if session.floor >= room.step else room.entered_at


def ends_at(room: Room, session: Session, seconds: int, now: datetime) -> datetime | None:
    """Return when the current step's time is over, pauses and added time counted; it moves on while paused."""
    start = entered_at(room, session)
    if start is None:
        return None
    added = sum(extra for when, extra in session.added if when >= start)
    if room.step >= session.floor:
        added += room.added_seconds
    still = timedelta()
    for pause in session.pauses:
        until = pause.until or now
        if until > start:
            still += until - max(pause.since, start)
    return start + timedelta(seconds=seconds + added) + still
