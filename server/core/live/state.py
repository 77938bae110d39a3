"""What a room and a session are, rebuilt from their events alone."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, TypeVar, assert_never

from server.core.live import events as e
from server.core.live.moments import Curated, Offer, Round, curated_after, round_after
from server.core.live.proposals import PLACED_REMEMBERED, ArrivalsPolicy, Placed, Proposal
from server.core.live.works import MemberId, RoomId, WorkId

Phase = Literal["speak", "restate", "confirm", "show", "ask"]
REMEMBERED_COMMANDS = 64
WARNED_SECONDS = 60
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
    added: tuple[tuple[datetime, int], ...] = ()
    answers: dict[tuple[int, str], dict[MemberId, WorkId]] = field(
        default_factory=dict[tuple[int, str], dict[MemberId, WorkId]]
    )
    late: frozenset[WorkId] = frozenset()
    lines: tuple[Line, ...] = ()
    shared: tuple[SharedEntry, ...] = ()
    wondered: frozenset[str] = frozenset()
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
class Move:
    """The last thing that somebody did with the time of all, and who it was. `kind`: that of the event."""

    kind: str
    by: str
    at: datetime
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Fit:
    """How what was left was shortened to the bell: new seconds by step, and steps that are left out."""

    at: datetime
    seconds: dict[int, int] = field(default_factory=dict[int, int])
    left_out: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class WrapUp:
    """The lesson closes by itself at `until`; a pause moves that on."""

    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Plenary:
    """What goes on in the whole class at one step. `hands`: in the order in which they went up; `muted`: by whom."""

    hands: tuple[MemberId, ...] = ()
    speaker: MemberId | None = None
    spotlight: str | None = None
    muted: dict[str, str] = field(default_factory=dict[str, str])
    offer: Offer | None = None

    def without(self, member: MemberId) -> "Plenary":
        """Return it as it is when somebody has gone."""
        return Plenary(
            tuple(m for m in self.hands if m != member),
            None if self.speaker == member else self.speaker,
            None if self.spotlight == member else self.spotlight,
            {who: by for who, by in self.muted.items() if who != member},
            self.offer,
        )


@dataclass(frozen=True, slots=True)
class Modelling:
    """The teachers show how they learn one verse."""

    segment: str | None
    since: datetime
    seconds: int
    by: str


@dataclass(frozen=True, slots=True)
class Session:
    """One lesson as it runs."""

    id: str
    version: int = 0
    status: Literal["lobby", "running", "set_aside", "closed"] = "lobby"
    rooms: dict[RoomId, tuple[MemberId, ...]] = field(default_factory=dict[RoomId, tuple[MemberId, ...]])
    why: dict[RoomId, tuple[str, ...]] = field(default_factory=dict[RoomId, tuple[str, ...]])
    unplaced: dict[MemberId, str] = field(default_factory=dict[MemberId, str])
    by_hand: bool = False
    """Whether a teacher has changed the proposed rooms: then nothing lays them out anew unasked."""
    rotated: dict[RoomId, tuple[MemberId, ...]] = field(default_factory=dict[RoomId, tuple[MemberId, ...]])
    """Rooms of earlier parts, with those who sat there when new partners began."""
    rotated_after: dict[RoomId, int] = field(default_factory=dict[RoomId, int])
    """The last step that such a room could come to."""
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
    modelling: Modelling | None = None
    opened: dict[RoomId, tuple[int, datetime]] = field(default_factory=dict[RoomId, tuple[int, datetime]])
    arrivals: ArrivalsPolicy | None = None
    proposals: dict[str, Proposal] = field(default_factory=dict[str, Proposal])
    placed: tuple[Placed, ...] = ()
    declined: dict[MemberId, datetime] = field(default_factory=dict[MemberId, datetime])
    moved_at: dict[MemberId, datetime] = field(default_factory=dict[MemberId, datetime])
    round: Round = field(default_factory=Round)
    boards: dict[int, Curated] = field(default_factory=dict[int, Curated])
    moves: int = 0
    moved: Move | None = None
    warned_at: datetime | None = None
    fit: Fit | None = None
    wrap_up: WrapUp | None = None
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def left_out(self) -> frozenset[int]:
        """Steps that rooms and class pass over, so that the lesson ends with the bell."""
        return self.fit.left_out if self.fit else frozenset()

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
            added=(),
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
        case e.Wondered(entry=entry, up=up):
            return replace(room, wondered=room.wondered | {entry} if up else room.wondered - {entry})
        case e.HelpAsked(member=member, reason=reason):
            asked = room.help or Help(member, reason, at)
            return replace(room, help=replace(asked, reason=reason))
        case e.HelpTaken(by=by):
            return replace(room, help=replace(room.help, taken_by=by) if room.help else None)
        case e.HelpCleared():
            return replace(room, help=None)
        case e.TimeAdded(seconds=seconds):
            return replace(room, added=(*room.added, (at, seconds)))
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
    if isinstance(event, MOVES):
        seconds = event.seconds if isinstance(event, e.ClassTimeAdded | e.WrapUpAnnounced) else 0
        session = replace(session, moves=session.moves + 1, moved=Move(event.kind, event.by, at, seconds))
    match event:
        case e.RoomsProposed(rooms=rooms, why=why, unplaced=unplaced, by_hand=by_hand):
            return replace(session, rooms=dict(rooms), why=dict(why), unplaced=dict(unplaced), by_hand=by_hand)
        case e.SeatMoved(member=member, room=room):
            seated = _seated(session, member, room)
            return replace(seated, by_hand=True, moved_at={**session.moved_at, member: at})
        case e.LessonStarted():
            return replace(session, status="running", started_at=at, floor=0, floor_at=at, modelling=None)
        case e.FloorMoved(step=step):
            return replace(session, floor=step, floor_at=at, plenary=Plenary(), round=Round())
        case e.PartnersChanged(step=step, rooms=rooms):
            return replace(
                _repartnered(session, rooms, step), floor=step, floor_at=at, plenary=Plenary(), round=Round()
            )
        case e.Paused(calm=calm):
            return _still(session, at, calm=calm)
        case e.Resumed():
            return _going_on(session, at)
        case e.ClassTimeAdded(seconds=seconds):
            return replace(session, added=(*session.added, (at, seconds)))
        case e.NoteSent(by=by, work=work, room=room):
            return replace(session, notes=(*session.notes, Note(work, by, at, room)))
        case e.MemberRemoved(member=member):
            seated = _seated(session, member, None)
            unplaced = {m: why for m, why in seated.unplaced.items() if m != member}
            return replace(seated, unplaced=unplaced, removed=session.removed | {member})
        case e.RoundTurnGiven() | e.RoundTurnEnded() | e.RoundOrdered() | e.RoundJoined():
            return replace(session, round=round_after(session.round, event, at))
        case e.EntryPutAside(step=step) | e.EntryPinned(step=step):
            curated = curated_after(session.boards.get(step, Curated()), event)
            return replace(session, boards={**session.boards, step: curated})
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
        case e.ModellingStarted(segment=segment, seconds=seconds, by=by):
            return replace(session, modelling=Modelling(segment, at, seconds, by))
        case e.ModellingEnded():
            return replace(session, modelling=None)
        case e.RoomOpened(room=room, step=step):
            return replace(session, opened={**session.opened, room: (step, at)})
        case e.ArrivalsChosen(policy=policy):
            # What was proposed under another rule is looked at anew.
            return replace(session, arrivals=policy, proposals={})
        case e.PlacingProposed() | e.PlacingWithdrawn() | e.PlacingDone() | e.PlacingDeclined() | e.PlacingUndone():
            return _placing_after(session, event, at)
        case e.SessionClosed():
            return replace(
                session,
                status="closed",
                closed_at=at,
                plenary=Plenary(),
                modelling=None,
                proposals={},
                round=Round(),
                wrap_up=None,
            )
        case e.MinuteWarned():
            return replace(session, warned_at=at)
        case e.FittedToBell(seconds=seconds, left_out=left_out):
            return replace(session, fit=Fit(at, dict(seconds), session.left_out | frozenset(left_out)))
        case e.WrapUpAnnounced(seconds=seconds, by=by):
            return replace(session, wrap_up=WrapUp(by, at + timedelta(seconds=seconds)))
        case e.WrapUpCancelled():
            return replace(session, wrap_up=None)
        case e.SessionSetAside():
            # Until it goes on nobody hears or sees anybody, and the time between is a pause.
            return replace(_still(session, at, calm=True), status="set_aside", plenary=Plenary(), wrap_up=None)
        case e.SessionReopened():
            # There is time again: nothing that is still to come has to be short.
            return replace(_going_on(session, at), status="running", fit=None, warned_at=None)
        case _:
            return replace(session, plenary=_plenary_after(session.plenary, event))


PlacingEvents = e.PlacingProposed | e.PlacingWithdrawn | e.PlacingDone | e.PlacingDeclined | e.PlacingUndone


def _placing_after(session: Session, event: PlacingEvents, at: datetime) -> Session:
    proposal = session.proposals.get(event.placing)
    others = {key: one for key, one in session.proposals.items() if key != event.placing}
    match event:
        case e.PlacingProposed():
            added = Proposal(
                event.placing,
                event.what,
                event.members,
                event.out_of,
                event.room,
                event.beside,
                event.reason,
                event.due,
            )
            return replace(session, proposals={**others, added.id: added})
        case e.PlacingWithdrawn():
            return replace(session, proposals=others)
        case e.PlacingDone(room=room, by=by):
            if proposal is None:
                return session
            done = Placed(proposal.id, proposal.members, proposal.out_of, room, by, at)
            return replace(session, proposals=others, placed=(*session.placed, done)[-PLACED_REMEMBERED:])
        case e.PlacingDeclined():
            members = proposal.members if proposal else ()
            return replace(session, proposals=others, declined={**session.declined, **dict.fromkeys(members, at)})
        case e.PlacingUndone():
            back = next((one for one in session.placed if one.id == event.placing), None)
            declined = {**session.declined, **dict.fromkeys(back.members if back else (), at)}
            return replace(session, placed=tuple(p for p in session.placed if p != back), declined=declined)
        case _:
            assert_never(event)


MOVES = (
    e.LessonStarted,
    e.FloorMoved,
    e.Paused,
    e.Resumed,
    e.ClassTimeAdded,
    e.MinuteWarned,
    e.FittedToBell,
    e.WrapUpAnnounced,
    e.WrapUpCancelled,
    e.SessionSetAside,
    e.SessionReopened,
    e.SessionClosed,
)
"""What moves the class in time: counted, so that of two teachers who press at once the second can be told."""


def _still(session: Session, at: datetime, *, calm: bool) -> Session:
    if session.paused is None:
        return replace(session, pauses=(*session.pauses, Pause(at, calm=calm)))
    # Stop now during a pause: it goes on as a calm one.
    return replace(session, pauses=(*session.pauses[:-1], replace(session.paused, calm=calm or session.paused.calm)))


def _going_on(session: Session, at: datetime) -> Session:
    pause = session.paused
    if pause is None:
        return session
    wrap_up = session.wrap_up and replace(session.wrap_up, until=session.wrap_up.until + (at - pause.since))
    return replace(session, pauses=(*session.pauses[:-1], replace(pause, until=at)), wrap_up=wrap_up)


def _plenary_after(plenary: Plenary, event: e.PlenaryEvents) -> Plenary:
    match event:
        case e.HandRaised(member=member):
            return replace(plenary, hands=(*(m for m in plenary.hands if m != member), member))
        case e.HandLowered(member=member):
            return replace(plenary, hands=tuple(m for m in plenary.hands if m != member))
        case e.FloorGiven(member=member):
            muted = {who: by for who, by in plenary.muted.items() if who != member}
            hands = tuple(m for m in plenary.hands if m != member)
            return replace(plenary, speaker=member, hands=hands, muted=muted, offer=None)
        case e.PersonMuted(who=who, by=by):
            speaker = None if plenary.speaker == who else plenary.speaker
            return replace(plenary, speaker=speaker, muted={**plenary.muted, who: by})
        case e.Spotlit(who=who):
            return replace(plenary, spotlight=who)
        case e.FloorOffered(room=room, entry=entry):
            return replace(plenary, offer=Offer(room, entry))
        case e.OfferAnswered():
            return replace(plenary, offer=None)
        case _:
            assert_never(event)


def _repartnered(session: Session, rooms: dict[RoomId, tuple[MemberId, ...]], step: int) -> Session:
    """Seat everybody in new rooms; the old ones keep their history, and whoever has no new seat waits with a teacher."""
    left = {member: room for room, members in session.rooms.items() for member in members}
    seated = {member for members in rooms.values() for member in members}
    waiting = dict.fromkeys(left.keys() - seated, "with_teacher")
    unplaced = {m: why for m, why in session.unplaced.items() if m not in seated}
    over = {room: members for room, members in session.rooms.items() if members}
    return replace(
        session,
        rooms={**dict.fromkeys(session.rooms, ()), **rooms},
        why={},
        unplaced={**unplaced, **waiting},
        rotated={**session.rotated, **over},
        rotated_after={**session.rotated_after, **dict.fromkeys(over, step - 1)},
        former={**session.former, **{m: (*session.former.get(m, ()), room) for m, room in left.items()}},
    )


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
    """Return the lesson index at which the room is: its own, or the class's floor if that is further on.

    A room that was opened for learners who came from a later step begins there.
    """
    opened = session.opened.get(room.id)
    return max(room.step, session.floor, opened[0] if opened else -1)


def entered_at(room: Room, session: Session) -> datetime | None:
    """Return when the room came to its current step.

    Where the class was brought to the step, that moment counts: not an early room's wait at the gate, and not the first
    word in a room that had not yet stirred. Where a room was opened at its step, the moment of opening counts.
    """
    opened = session.opened.get(room.id)
    if opened and opened[0] > session.floor and opened[0] >= room.step:
        return opened[1]
    return session.floor_at if session.floor >= room.step else room.entered_at


def ends_at(room: Room, session: Session, seconds: int, now: datetime) -> datetime | None:
    """Return when the current step's time is over, pauses and added time counted; it moves on while paused.

    A minute that a teacher called and a lesson fitted to the bell make it sooner, never later.
    """
    start = entered_at(room, session)
    if start is None:
        return None
    fit = session.fit
    fitted = fit.seconds.get(current_step(room, session)) if fit else None
    if fit and fitted is not None and start >= fit.at:
        ends = [_over(room, session, start, min(seconds, fitted), now)]
    else:
        ends = [_over(room, session, start, seconds, now)]
        if fit and fitted is not None:
            ends.append(_over(room, session, fit.at, fitted, now))
    if session.warned_at is not None and session.warned_at >= start:
        ends.append(_over(room, session, session.warned_at, WARNED_SECONDS, now))
    return min(ends)


def _over(room: Room, session: Session, since: datetime, seconds: int, now: datetime) -> datetime:
    """Return when so many seconds from `since` on are over, with what was added and stood still after that."""
    added = sum(extra for when, extra in session.added if when >= since)
    if room.step >= session.floor:
        added += sum(extra for when, extra in room.added if when >= since)
    still = timedelta()
    for pause in session.pauses:
        until = pause.until or now
        if until > since:
            still += until - max(pause.since, since)
    return since + timedelta(seconds=seconds + added) + still
