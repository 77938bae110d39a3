"""What whole-class moments leave in a session: where a round of speaking stands, and what teachers did with a board."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from server.core.live import events as e
from server.core.live.works import MemberId


@dataclass(frozen=True, slots=True)
class Round:
    """One round of speaking. `who` has the turn (a member, or a room) and `speaker` its voice; `turn` counts turns given.

    `ended`: how each one's turn ended; whoever was absent comes back at the end. `order`: as a teacher put it.
    """

    who: str | None = None
    speaker: MemberId | None = None
    turn: int = 0
    since: datetime | None = None
    ended: Mapping[str, e.HowEnded] = field(default_factory=dict[str, e.HowEnded])
    order: tuple[str, ...] = ()
    volunteers: tuple[MemberId, ...] = ()


@dataclass(frozen=True, slots=True)
class Curated:
    """What teachers did with one board. `aside`: entries out of sight, by whom; `changes` counts, for the view's version."""

    aside: Mapping[str, str] = field(default_factory=dict[str, str])
    pinned: str | None = None
    pinned_by: str = ""
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A room is asked whether it wants to say something about what it shared."""

    room: str
    entry: str


def round_after(now: Round, event: e.RoundEvents, at: datetime | None) -> Round:
    """Return the round after `event`."""
    match event:
        case e.RoundTurnGiven(who=who, speaker=speaker, turn=turn):
            # Somebody whose connection was lost has their turn anew.
            ended = {key: how for key, how in now.ended.items() if key != who}
            return replace(now, who=who, speaker=speaker, turn=turn, since=at if who else None, ended=ended)
        case e.RoundTurnEnded(who=who, how=how):
            # Taken out and put in again, so that those who were absent stand in the order of their absence.
            ended = {key: was for key, was in now.ended.items() if key != who}
            return replace(now, who=None if now.who == who else now.who, ended={**ended, who: how})
        case e.RoundOrdered(order=order):
            return replace(now, order=order, ended={key: how for key, how in now.ended.items() if key not in order})
        case e.RoundJoined(who=who, joins=True):
            ended = {key: how for key, how in now.ended.items() if key != who}
            return replace(now, volunteers=(*(m for m in now.volunteers if m != who), who), ended=ended)
        case e.RoundJoined(who=who):
            left = tuple(m for m in now.volunteers if m != who)
            return replace(now, volunteers=left, ended={**now.ended, who: "passed"})
        case _:
            assert_never(event)


def curated_after(now: Curated, event: e.BoardEvents) -> Curated:
    """Return a board as its teachers have it after `event`."""
    now = replace(now, changes=now.changes + 1)
    match event:
        case e.EntryPutAside(entry=entry, aside=True, by=by):
            pinned = None if now.pinned == entry else now.pinned
            return replace(now, aside={**now.aside, entry: by}, pinned=pinned)
        case e.EntryPutAside(entry=entry):
            return replace(now, aside={key: by for key, by in now.aside.items() if key != entry})
        case e.EntryPinned(entry=entry, by=by):
            return replace(now, pinned=entry, pinned_by=by)
        case _:
            assert_never(event)
