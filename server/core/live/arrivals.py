"""Late learners and survivors of a pair: what is proposed for them, when the clock does it, what teachers may say to it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import assert_never

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.lesson import Lesson
from server.core.live.pairing import History
from server.core.live.plenary import is_together
from server.core.live.proposals import BY_THE_CLOCK, NEW_ROOM, ArrivalsPolicy, PlacingKind, Proposal
from server.core.live.refusals import Refused
from server.core.live.seating import Seating, free_room, group_limit, room_number, why_not_there
from server.core.live.state import Session, apply_session
from server.core.live.works import MemberId, RoomId

SETTLES = timedelta(seconds=2)
"""Two who come through the door together are to be seen together."""
VETO = timedelta(seconds=10)
RESTS = timedelta(minutes=5)
"""Whoever was moved, or was left in peace by a teacher, is not moved by the clock again for so long."""
MOST_AT_ONCE = 60
"""A class that comes all at once is placed a few at a time, those who wait longest first."""
MOST_ROUNDS = 4
FAR = 3
"""Steps between two survivors beyond which joining a pair at one's own step is kinder."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """A lesson at one moment. `here`: connected now; `gone_since` and `came`: since when somebody is away, is here.

    `steps`: where rooms are. Nothing is asked of a clock or of chance, so two processes come to the same answer.
    """

    session: Session
    lesson: Lesson
    seating: Seating
    steps: Mapping[RoomId, int]
    here: frozenset[MemberId]
    gone_since: Mapping[MemberId, datetime]
    came: Mapping[MemberId, datetime]
    policy: ArrivalsPolicy
    now: datetime
    grace: timedelta
    history: History = field(default_factory=History)

    def step(self, room: RoomId) -> int:
        """Return where a room is."""
        return self.steps.get(room, self.session.floor)

    def at_rest(self, members: Iterable[MemberId]) -> bool:
        """Whether one of these was moved or left in peace a short while ago."""
        return any(self._lately(self.session.moved_at.get(m)) or self.declined((m,)) for m in members)

    def declined(self, members: Iterable[MemberId]) -> bool:
        """Whether a teacher has said no for one of these a short while ago."""
        return any(self._lately(self.session.declined.get(m)) for m in members)

    def _lately(self, at: datetime | None) -> bool:
        return at is not None and self.now - at < RESTS


@dataclass(frozen=True, slots=True)
class Party:
    """Learners who move together: one, or two at one device. `room`: where they sit, None: nowhere."""

    members: tuple[MemberId, ...]
    side: str
    room: RoomId | None
    moves: bool = True


def policy_of(session: Session, planned: ArrivalsPolicy) -> ArrivalsPolicy:
    """Return what holds: what a teacher chose in the lesson, or what the plan says."""
    return session.arrivals or planned


def without_partner(session: Session, here: Collection[MemberId]) -> bool:
    """Whether anybody here may need a place: asked often, and cheaply."""
    seated = {m for members in session.rooms.values() for m in members}
    if any(m not in seated and session.unplaced.get(m) != "with_teacher" for m in here):
        return True
    return any(sum(m in here for m in members) < max(2, len(members)) for members in session.rooms.values() if members)


# -- what the clock decides ---------------------------------------------------------------------------------------------


def decide_arrivals(now_is: Circumstances) -> tuple[e.SessionEvents, ...]:
    """Return what the clock proposes, takes back and carries out now; nothing where it has already."""
    session = now_is.session
    if session.status != "running":
        return ()
    if now_is.policy == "off":
        return tuple(e.PlacingWithdrawn(placing=key) for key in session.proposals)
    if session.paused:
        # While all stand still nobody is moved: what was counting down begins anew afterwards.
        return tuple(e.PlacingWithdrawn(placing=key) for key, one in session.proposals.items() if one.due)
    events: list[e.SessionEvents] = []
    for _ in range(MOST_ROUNDS):
        # What is carried out makes new places for those who still wait.
        more = _one_round(now_is, sum(event.kind == "placing_proposed" for event in events))
        events += more
        if not any(event.kind == "seat_moved" for event in more):
            break
        after = now_is.session
        for event in more:
            after = apply_session(after, event, now_is.now)
        now_is = replace(now_is, session=after)
    return _without_passing_thoughts(events)


def _one_round(now_is: Circumstances, counted: int) -> list[e.SessionEvents]:
    session = now_is.session
    wanted = proposals(now_is)
    kept = {_what(one) for one in wanted}
    standing = {key: one for key, one in session.proposals.items() if _what(one) in kept}
    known = {_what(one) for one in standing.values()}
    fresh = [one for one in wanted if _what(one) not in known]
    events: list[e.SessionEvents] = [
        e.PlacingWithdrawn(placing=key) for key in session.proposals if key not in standing
    ]
    events += [_proposed(one, f"{session.version + 1}-{n}") for n, one in enumerate(fresh, start=counted + 1)]
    after = session
    for event in events:
        after = apply_session(after, event, now_is.now)
    for proposal in list(after.proposals.values()):
        if proposal.due is not None and proposal.due <= now_is.now:
            carried_out = _carried_out(after, proposal, BY_THE_CLOCK)
            events += carried_out
            for event in carried_out:
                after = apply_session(after, event, now_is.now)
    return events


def _without_passing_thoughts(events: list[e.SessionEvents]) -> tuple[e.SessionEvents, ...]:
    """Leave out what was proposed and withdrawn again in the same moment."""
    proposed = {event.placing for event in events if isinstance(event, e.PlacingProposed)}
    passing = {event.placing for event in events if isinstance(event, e.PlacingWithdrawn)} & proposed
    about = (e.PlacingProposed, e.PlacingWithdrawn)
    return tuple(event for event in events if not (isinstance(event, about) and event.placing in passing))


def _what(one: Proposal) -> tuple[object, ...]:
    """What makes two proposals the same: everything but their name and the moment."""
    return (one.kind, one.members, one.out_of, one.room, one.beside, one.reason, one.due is None)


def _proposed(one: Proposal, placing: str) -> e.PlacingProposed:
    return e.PlacingProposed(
        placing=placing,
        what=one.kind,
        members=one.members,
        out_of=one.out_of,
        room=one.room,
        beside=one.beside,
        reason=one.reason,
        due=one.due,
    )


def _carried_out(session: Session, one: Proposal, by: str) -> list[e.SessionEvents]:
    room = free_room(session) if one.room in (None, NEW_ROOM) else one.room
    moves = [e.SeatMoved(member=member, room=room, by=by) for member in one.members]
    return [e.PlacingDone(placing=one.id, room=room or "", by=by), *moves]


# -- what is proposed ---------------------------------------------------------------------------------------------------


def proposals(now_is: Circumstances) -> list[Proposal]:
    """Return everything that should be proposed now, what stands already first and unchanged where it still can be."""
    table = _Table(now_is)
    for standing in now_is.session.proposals.values():
        table.keep(standing)
    table.sit_down_beside_mates()
    table.pair_up(near=True)
    table.restore_kept()
    table.join_pairs(sharing_language=True)
    table.pair_up(near=False)
    table.join_pairs(sharing_language=False)
    table.leave_with_teachers()
    return table.found


class _Table:
    """The seats as they are, and as they would be with what is proposed so far."""

    def __init__(self, now_is: Circumstances) -> None:
        self.now_is = now_is
        self.found: list[Proposal] = []
        session = now_is.session
        self.seats = {r: m for r, m in session.rooms.items() if m and r not in session.parted}
        self.seat_of = {m: r for r, members in self.seats.items() for m in members}
        everybody = {*self.seat_of, *(m for m in now_is.here if m in now_is.seating.people)}
        self.limit = group_limit(now_is.seating, everybody)
        self.together = is_together(session, now_is.lesson)
        halves = list(self._halves())
        self.waiting = list(islice(self._without_a_seat(), MOST_AT_ONCE))
        self.survivors = [one for one in halves if one.moves]
        self.halves: dict[RoomId, Party] = {one.room: one for one in halves if one.room is not None}
        self.wholes = set(self._wholes())
        self._to_restore: list[Proposal] = []

    # Who there is.

    def _without_a_seat(self) -> Iterator[Party]:
        now_is = self.now_is
        session, people = now_is.session, now_is.seating.people
        free = [
            m
            for m in now_is.here
            if m in people and m in now_is.seating.may_cross and m not in session.removed and m not in self.seat_of
        ]
        done: set[MemberId] = set()
        for member in sorted(free, key=lambda m: (now_is.came.get(m, now_is.now), m)):
            mate = now_is.seating.beside.get(member)
            members = (member, mate) if mate in free and mate not in done else (member,)
            if member in done:
                continue
            done.update(members)
            if any(session.unplaced.get(m) == "with_teacher" for m in members) or now_is.declined(members):
                # A teacher has them in hand.
                continue
            if all(now_is.now - now_is.came.get(m, now_is.now) >= SETTLES for m in members):
                yield Party(members, people[member].side, None)

    def _halves(self) -> Iterator[Party]:
        """Rooms in which one side alone is left."""
        now_is = self.now_is
        for room, members in self.seats.items():
            left = tuple(m for m in members if m in now_is.here and m in now_is.seating.people)
            if not left or now_is.step(room) >= len(now_is.lesson.steps) or len(now_is.seating.sides(left)) != 1:
                continue
            side = now_is.seating.people[left[0]].side
            if any(self._awaited(m) for m in members if m not in left):
                continue
            one_device = len(left) == 2 and now_is.seating.beside.get(left[0]) == left[1]
            alone = len(left) == 1 or one_device
            moves = alone and not self.together and not now_is.declined(left)
            yield Party(left, side, room, moves and set(left) <= now_is.seating.may_cross)

    def _awaited(self, member: MemberId) -> bool:
        since = self.now_is.gone_since.get(member, self.now_is.now)
        return self.now_is.now - since < self.now_is.grace

    def _wholes(self) -> Iterator[RoomId]:
        now_is = self.now_is
        for room, members in self.seats.items():
            here = [m for m in members if m in now_is.here]
            if len(now_is.seating.sides(here)) == 2 and now_is.step(room) < len(now_is.lesson.steps):
                yield room

    # What stands already.

    def keep(self, one: Proposal) -> None:
        """Keep what was proposed as long as its reason holds: nothing flickers while a teacher reads it."""
        party = self._party_of(one)
        if one.kind == "wait" or party is None or self._timing(one.members, one.kind, one.due) != one.due:
            return
        if one.room == NEW_ROOM:
            self._keep_new(one)
        elif one.room is not None and self.seats.get(one.room) == one.beside and self._fits(one.members, one.room):
            if one.room in self.halves and one.kind in ("seat", "repair"):
                self._take(one, [party])
            elif one.room in self.wholes and one.kind in ("trio", "repair"):
                # A partner of one's own is better, if there is one by now.
                self._to_restore.append(one)

    def _keep_new(self, one: Proposal) -> None:
        parties = [p for p in self.waiting if set(p.members) <= set(one.members)]
        if sum(len(p.members) for p in parties) == len(one.members) and self._fits(one.members, None):
            self._take(one, parties)

    def _party_of(self, one: Proposal) -> Party | None:
        if one.room == NEW_ROOM:
            return next((p for p in self.waiting if set(p.members) <= set(one.members)), None)
        everyone = self.waiting if one.out_of is None else self.survivors
        return next((p for p in everyone if p.members == one.members and p.room == one.out_of), None)

    def restore_kept(self) -> None:
        """Keep the places in pairs that were proposed, for those who have found no partner of their own."""
        for one in self._to_restore:
            party = self._party_of(one)
            if party is not None and one.room is not None and self._fits(party.members, one.room):
                self._take(one, [party])

    # What is new.

    def sit_down_beside_mates(self) -> None:
        """Whoever sits at the device of somebody who has a room is seated there."""
        for party in list(self.waiting):
            mate = self.now_is.seating.beside.get(party.members[0])
            room = self.seat_of.get(mate) if mate else None
            if room is not None and self._fits(party.members, room):
                self._propose("seat", party, room, "shares_a_device")
            elif room is not None:
                # Two at one device are not seated in two rooms.
                self._propose("wait", party, None, "no_seat_left")

    def pair_up(self, *, near: bool) -> None:
        """Bring together those who have nobody from the other school: the best two first."""
        for _, party, other in sorted(self._pairs(near=near), key=lambda option: option[0]):
            if not self._is_free(party) or not self._is_free(other) or not self._fits(party.members, other.room):
                continue
            if other.room is not None:
                kind: PlacingKind = "seat" if party.room is None else "repair"
                self._propose(kind, party, other.room, self._pair_reason(party, other))
                self._drop(other)
            else:
                both = Party((*party.members, *other.members), "", None)
                self._propose("seat", both, NEW_ROOM, "both_wait", parties=[party, other])

    def _is_free(self, party: Party) -> bool:
        return party in self.waiting or (party.room is not None and self.halves.get(party.room) == party)

    def _pairs(self, *, near: bool) -> Iterator[tuple[tuple[object, ...], Party, Party]]:
        everybody = [*self.waiting, *self.halves.values()]
        for party in [*self.waiting, *self.survivors]:
            for other in everybody:
                if party.side == other.side or (party.room is not None and other.room is None):
                    continue
                speaks = self._share_language(party.members, other.members)
                if near and not (speaks and self._near(party, other)):
                    continue
                if self._fits(party.members, other.room, others=other.members):
                    yield self._pair_cost(party, other, speaks=speaks), party, other

    def _pair_cost(self, party: Party, other: Party, *, speaks: bool) -> tuple[object, ...]:
        belong = self._belong(party.members, other.members)
        gap = 0
        if party.room is not None and other.room is not None:
            ahead = self.now_is.step(other.room) - self.now_is.step(party.room)
            gap = 2 * ahead if ahead > 0 else -ahead
        return (not speaks, not belong, gap, self._met(party.members, other.members), other.room is None,
                other.room or "", party.room or "", party.members, other.members)  # fmt: skip

    def _near(self, party: Party, other: Party) -> bool:
        if party.room is None or other.room is None:
            return True
        return abs(self.now_is.step(party.room) - self.now_is.step(other.room)) <= FAR

    def _pair_reason(self, party: Party, other: Party) -> str:
        if party.room is None or other.room is None:
            return "waits_for_partner"
        return self._step_reason(party.room, other.room, "both_alone")

    def _step_reason(self, room: RoomId, into: RoomId, same: str) -> str:
        ahead = self.now_is.step(into) - self.now_is.step(room)
        return same if ahead == 0 else "step_behind" if ahead < 0 else "step_ahead"

    def join_pairs(self, *, sharing_language: bool) -> None:
        """Make pairs into groups of three for those who have found nobody."""
        for party in [*self.waiting, *self.survivors]:
            places = [
                room
                for room in self.wholes
                if self._fits(party.members, room)
                and (not sharing_language or self._share_language(party.members, self.seats[room]))
            ]
            if not places:
                continue
            room = min(places, key=lambda room: self._place_cost(party, room))
            if party.room is None:
                self._propose("trio", party, room, "nobody_alone")
            else:
                self._propose("repair", party, room, self._step_reason(party.room, room, "same_step"))

    def _place_cost(self, party: Party, room: RoomId) -> tuple[object, ...]:
        step = self.now_is.step(room)
        gap = step
        if party.room is not None:
            # At one's own step, else a little behind: nobody is to skip what the others have done.
            ahead = step - self.now_is.step(party.room)
            gap = 100 + ahead if ahead > 0 else -ahead
        there = self.seats[room]
        return (not self._belong(party.members, there), gap, not self._bridges(party.members, there), len(there),
                self._met(party.members, there), room_number(room))  # fmt: skip

    def leave_with_teachers(self) -> None:
        """Say why somebody has to wait."""
        for party in list(self.waiting):
            self._propose("wait", party, None, self._why_wait(party))

    def _why_wait(self, party: Party) -> str:
        seating = self.now_is.seating
        across = [m for m in {*self.seat_of, *self.now_is.here} if m in seating.people]
        if not any(seating.people[m].side != party.side and m in self.now_is.here for m in across):
            return "no_partner_school"
        places = [self.seats[room] for room in (*self.wholes, *self.halves)]
        roomy = [there for there in places if len(there) + len(party.members) <= self.limit]
        kept_apart = roomy and all(seating.kept_apart((*there, *party.members)) for there in roomy)
        return "kept_apart" if kept_apart else "no_seat_left"

    # What they share.

    def _share_language(self, some: Collection[MemberId], others: Collection[MemberId]) -> bool:
        people = self.now_is.seating.people
        return any(
            set(people[m].speaks) & set(people[o].speaks) for m in some for o in others if m in people and o in people
        )

    def _bridges(self, members: Collection[MemberId], there: tuple[MemberId, ...]) -> bool:
        """Whether a pair that has no language in common gets somebody who speaks with both."""
        apart = any(not self._share_language((a,), (b,)) for n, a in enumerate(there) for b in there[n + 1 :])
        return apart and all(self._share_language(members, (one,)) for one in there)

    def _belong(self, some: Collection[MemberId], others: Collection[MemberId]) -> bool:
        """Whether they are a havruta, are kept together, or shared a room earlier in this lesson."""
        history, session = self.now_is.history, self.now_is.session
        if any(frozenset((m, o)) in history.arc | history.together for m in some for o in others):
            return True
        rooms = {r for m in some for r in (*session.former.get(m, ()), self.seat_of.get(m)) if r}
        return any(rooms & set(session.former.get(o, ())) for o in others)

    def _met(self, some: Collection[MemberId], others: Collection[MemberId]) -> int:
        return sum(self.now_is.history.met.get(frozenset((m, o)), 0) for m in some for o in others)

    def _fits(self, members: tuple[MemberId, ...], room: RoomId | None, others: tuple[MemberId, ...] = ()) -> bool:
        """Whether they may sit there, with what is proposed so far. `others`: who comes along into a new room."""
        seating, removed = self.now_is.seating, self.now_is.session.removed
        new = room is None or room == NEW_ROOM
        there = others if new else self.seats.get(room or "", ())
        if not new and not there:
            return False
        everybody = {*there, *members}
        allowed = all(m in seating.people and m in seating.may_cross and m not in removed for m in members)
        return allowed and len(everybody) <= self.limit and not seating.kept_apart(everybody)

    # Writing it down.

    def _propose(
        self, kind: PlacingKind, party: Party, room: RoomId | None, reason: str, parties: list[Party] | None = None
    ) -> None:
        beside = self.now_is.session.rooms.get(room or "", ())
        due = self._timing(party.members, kind, None)
        one = Proposal("", kind, party.members, party.room, room, beside, reason, due)
        self._take(one, parties or [party])

    def _timing(self, members: tuple[MemberId, ...], kind: PlacingKind, standing: datetime | None) -> datetime | None:
        now_is = self.now_is
        if now_is.policy != "automatic" or kind == "wait" or now_is.at_rest(members):
            return None
        if standing is not None:
            return standing
        return now_is.now + VETO if kind == "repair" else now_is.now

    def _take(self, one: Proposal, parties: list[Party]) -> None:
        self.found.append(one)
        for party in parties:
            self._drop(party)
        room = one.room or NEW_ROOM
        if room in self.seats:
            self.seats[room] = (*self.seats[room], *one.members)
            if room in self.halves:
                self._drop(self.halves[room])

    def _drop(self, party: Party) -> None:
        self.waiting = [p for p in self.waiting if p != party]
        self.survivors = [p for p in self.survivors if p != party]
        self.halves = {room: p for room, p in self.halves.items() if p != party}


# -- what teachers say --------------------------------------------------------------------------------------------------


def decide_arrivals_command(
    session: Session,
    seating: Seating,
    planned: ArrivalsPolicy,
    teacher: c.Teacher,
    command: c.ArrivalsCommand,
) -> tuple[e.SessionEvents, ...]:
    """Return what a teacher's word makes happen, or raise Refused: of two who press at once, one is heard."""
    if session.status == "closed":
        raise Refused("not_running")
    match command:
        case c.ChooseArrivals(policy=policy, instead_of=instead_of):
            now = policy_of(session, planned)
            if now == policy:
                return ()
            if now != instead_of:
                raise Refused("somebody_was_faster")
            return (e.ArrivalsChosen(policy=policy, by=teacher.staff),)
        case c.DoPlacing(placing=placing):
            return _done_by(session, seating, _standing(session, placing), teacher)
        case c.DeclinePlacing(placing=placing):
            return (e.PlacingDeclined(placing=_standing(session, placing).id, by=teacher.staff),)
        case c.UndoPlacing(placing=placing):
            return _undone(session, seating, placing, teacher)
        case _:
            assert_never(command)


def _standing(session: Session, placing: str) -> Proposal:
    one = session.proposals.get(placing)
    if one is None or one.kind == "wait":
        raise Refused("somebody_was_faster")
    return one


def _limit(session: Session, seating: Seating, more: Iterable[MemberId]) -> int:
    return group_limit(seating, {*(m for there in session.rooms.values() for m in there), *more})


def _done_by(session: Session, seating: Seating, one: Proposal, teacher: c.Teacher) -> tuple[e.SessionEvents, ...]:
    if any(session.room_of(member) != one.out_of for member in one.members):
        raise Refused("somebody_was_faster")
    room = None if one.room == NEW_ROOM else one.room
    if room is not None and session.rooms.get(room, ()) != one.beside:
        raise Refused("room_changed")
    reason = why_not_there(session, seating, one.members, room, _limit(session, seating, one.members))
    if reason is not None:
        raise Refused(reason)
    return tuple(_carried_out(session, one, teacher.staff))


def _undone(session: Session, seating: Seating, placing: str, teacher: c.Teacher) -> tuple[e.SessionEvents, ...]:
    one = next((p for p in session.placed if p.id == placing), None)
    if one is None or any(session.room_of(member) != one.room for member in one.members):
        raise Refused("somebody_was_faster")
    back = one.out_of
    if back is not None:
        reason = why_not_there(session, seating, one.members, back, _limit(session, seating, one.members))
        back = None if reason else back
    moves = (e.SeatMoved(member=member, room=back, by=teacher.staff) for member in one.members)
    return (e.PlacingUndone(placing=placing, by=teacher.staff), *moves)
