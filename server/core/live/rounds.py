"""A round of the whole class: one after the other with the one open microphone, schools in turn; passing is allowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, zip_longest
from typing import assert_never

from pydantic import BaseModel, ConfigDict

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.engine import Decision
from server.core.live.lesson import Lesson
from server.core.live.moments import round_after
from server.core.live.protocol import RoundOf, Step
from server.core.live.refusals import Refused
from server.core.live.scene import Person
from server.core.live.state import Session
from server.core.live.works import MemberId

A_TURN_SECONDS = 30
"""What a turn is invited to take; nobody is cut off."""


@dataclass(frozen=True, slots=True)
class RoundScene:
    """What a round needs to know beside its session. `present`: who is here, or gone for less than the grace; None: all."""

    lesson: Lesson
    people: Mapping[MemberId, Person]
    present: frozenset[MemberId] | None = None

    def here(self, member: MemberId) -> bool:
        """Whether a learner is here."""
        return self.present is None or member in self.present


class RoundView(BaseModel):
    """A round as all see it. `who` has the turn (a member's id, or a room's), `coming` follow; `rooms`: who sits in those.

    `seconds` is an invitation. `over`: everybody has had their turn. `volunteers`: who wants to speak; at most `most`.
    """

    model_config = ConfigDict(frozen=True)

    of: RoundOf
    turn: int
    who: str | None
    speaker: MemberId | None
    since: int | None
    seconds: int
    coming: tuple[str, ...]
    passed: tuple[str, ...]
    spoke: tuple[str, ...]
    volunteers: tuple[MemberId, ...]
    most: int | None
    over: bool
    rooms: dict[str, tuple[MemberId, ...]]


def round_step(session: Session, lesson: Lesson) -> Step | None:
    """Return the step at which the class is, where that is a round."""
    if session.status != "running" or not 0 <= session.floor < len(lesson.steps):
        return None
    step = lesson.steps[session.floor].step
    return step if step.kind == "round" else None


def coming(session: Session, scene: RoundScene) -> tuple[str, ...]:
    """Return everybody whose turn is still to come, in order; those who were absent at theirs come last."""
    step = round_step(session, scene.lesson)
    if step is None:
        return ()
    now = session.round
    base = _everybody(session, scene, step)
    ordered = [key for key in now.order if key in base or now.who == key or _seated(session, step, key)]
    every = tuple(dict.fromkeys((*ordered, *base)))
    waiting = tuple(key for key in now.ended if now.ended[key] == "absent" and key in every)
    return (*(key for key in every if key not in now.ended and key != now.who), *waiting)


def round_view(session: Session, scene: RoundScene) -> RoundView | None:
    """Return the round of the class's step, or None where it has none."""
    step = round_step(session, scene.lesson)
    if step is None:
        return None
    now = session.round
    queue = coming(session, scene)
    who = now.who if now.who is not None and _seated(session, step, now.who) else None
    named = (who, *queue) if who else queue
    return RoundView(
        of=step.round_of,
        turn=now.turn,
        who=who,
        speaker=now.speaker if who else None,
        since=_milliseconds(now.since) if who else None,
        seconds=step.turn_seconds or A_TURN_SECONDS,
        coming=queue,
        passed=tuple(key for key, how in now.ended.items() if how == "passed"),
        spoke=tuple(key for key, how in now.ended.items() if how == "spoke"),
        volunteers=now.volunteers,
        most=step.most,
        over=who is None and not queue and (now.turn > 0 or bool(now.ended)),
        rooms={key: session.rooms[key] for key in named if key in session.rooms},
    )


def decide_lead(session: Session, scene: RoundScene, teacher: c.Teacher, command: c.LeadCommand) -> Decision:
    """Return what a teacher's command makes happen in the round, or raise Refused. Changes nothing."""
    step = _the_round(session, scene)
    now = session.round
    match command:
        case c.NextSpeaker(after=after, skip=skip):
            if after != now.turn:
                # Both teachers pressed at once, or the speaker was done: one move, not two.
                raise Refused("somebody_was_faster")
            ended: tuple[e.RoundEvents, ...] = ()
            if now.who is not None:
                how = _how_skipped(session, scene, now.who) if skip else "spoke"
                ended = (e.RoundTurnEnded(who=now.who, how=how, by=teacher.staff),)
            return Decision(_going_on(session, scene, ended, teacher.staff))
        case c.OrderRound(who=who, place=place):
            if not _seated(session, step, who):
                raise Refused("unknown_member")
            if who == now.who:
                raise Refused("somebody_was_faster")
            others = tuple(key for key in coming(session, scene) if key != who and now.ended.get(key) != "absent")
            order = (who, *others) if place == "next" else (*others, who)
            return Decision((e.RoundOrdered(order=order, by=teacher.staff),))
        case _:
            assert_never(command)


def decide_speaker(session: Session, scene: RoundScene, member: MemberId, command: c.RoundCommand) -> Decision:
    """Return what a learner's command makes happen in the round, or raise Refused. Changes nothing."""
    step = _the_round(session, scene)
    room = session.room_of(member)
    if room is None or member in session.removed:
        raise Refused("not_your_room")
    key = room if step.round_of == "rooms" else member
    now = session.round
    match command:
        case c.EndRoundTurn(turn=turn):
            if key != now.who or turn != now.turn:
                raise Refused("not_your_turn")
            return Decision(_going_on(session, scene, (e.RoundTurnEnded(who=key, how="spoke"),), ""))
        case c.JoinRound(joins=False):
            if key == now.who:
                return Decision(_going_on(session, scene, (e.RoundTurnEnded(who=key, how="passed"),), ""))
            out = now.ended.get(key) in ("passed", "spoke") and key not in now.volunteers
            return Decision(() if out else (e.RoundJoined(who=key, joins=False),))
        case c.JoinRound():
            return Decision(_joined(session, scene, step, key))
        case _:
            assert_never(command)


def look_at_round(session: Session, scene: RoundScene) -> Decision:
    """Let the round go on where whoever has the turn is gone for longer than the grace, or somebody it waits for is back."""
    if round_step(session, scene.lesson) is None or session.paused or session.round.turn == 0:
        return Decision()
    now = session.round
    if now.who is None:
        return Decision(_going_on(session, scene, (), ""))
    if _voice(session, scene, now.who, now.turn) is not None:
        return Decision()
    return Decision(_going_on(session, scene, (e.RoundTurnEnded(who=now.who, how="absent"),), ""))


def _the_round(session: Session, scene: RoundScene) -> Step:
    step = round_step(session, scene.lesson)
    if session.status != "running":
        raise Refused("not_running")
    if step is None:
        raise Refused("not_together")
    if session.paused:
        raise Refused("paused")
    return step


def _joined(session: Session, scene: RoundScene, step: Step, key: str) -> tuple[e.SessionEvents, ...]:
    now = session.round
    volunteers = step.round_of == "volunteers"
    if key == now.who or now.ended.get(key) == "spoke":
        return ()
    if key in now.volunteers if volunteers else now.ended.get(key) != "passed":
        return ()
    if volunteers and step.most is not None and len(now.volunteers) >= step.most:
        raise Refused("round_is_full")
    joined: tuple[e.RoundEvents, ...] = (e.RoundJoined(who=key, joins=True),)
    # Where the round had come to its end, nobody needs to press anything for a newcomer.
    return _going_on(session, scene, joined, "") if now.turn and now.who is None else joined


def _how_skipped(session: Session, scene: RoundScene, who: str) -> e.HowEnded:
    """Whoever is skipped comes at the end; where nobody else is left to come, that was the end."""
    return "absent" if any(_voice(session, scene, key, 0) for key in coming(session, scene)) else "passed"


def _going_on(
    session: Session, scene: RoundScene, before: tuple[e.RoundEvents, ...], by: str
) -> tuple[e.SessionEvents, ...]:
    """Add the next turn to what ended the last: the first in order who is here."""
    after = session.round
    for event in before:
        after = round_after(after, event, None)
    then = replace(session, round=after)
    following = next(
        ((key, voice) for key in coming(then, scene) if (voice := _voice(session, scene, key, after.turn + 1))), None
    )
    if following is None and session.round.who is None:
        return before
    who, speaker = following or (None, None)
    given = e.RoundTurnGiven(who=who, speaker=speaker, turn=after.turn + 1)
    return (*before, given, e.FloorGiven(member=speaker, by=by))


def _everybody(session: Session, scene: RoundScene, step: Step) -> tuple[str, ...]:
    if step.round_of == "rooms":
        return tuple(room for room, members in session.rooms.items() if members)
    if step.round_of == "volunteers":
        return alternating([m for m in session.round.volunteers if session.room_of(m)], scene.people)
    return alternating([m for members in session.rooms.values() for m in members], scene.people)


def alternating(members: Sequence[MemberId], people: Mapping[MemberId, Person]) -> tuple[MemberId, ...]:
    """Return members in their order, one of each side in turn for as long as there are both."""
    sides: dict[str, list[MemberId]] = {}
    for member in members:
        if member in people:
            sides.setdefault(people[member].side, []).append(member)
    in_turn = zip_longest(*(sides[side] for side in sorted(sides)))
    return tuple(member for member in chain.from_iterable(in_turn) if member is not None)


def _seated(session: Session, step: Step, key: str) -> bool:
    if step.round_of == "rooms":
        return bool(session.rooms.get(key))
    return session.room_of(key) is not None and key not in session.removed


def _voice(session: Session, scene: RoundScene, key: str, turn: int) -> MemberId | None:
    """Return who speaks in a turn: the learner, or one of the room who is here, from the schools in turn."""
    members = [m for m in session.rooms[key] if scene.here(m)] if key in session.rooms else [key]
    members = [m for m in members if scene.here(m) and m in scene.people]
    if not members:
        return None
    wanted = "ab"[turn % 2]
    return next((m for m in members if scene.people[m].side == wanted), members[0])


def _milliseconds(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)
