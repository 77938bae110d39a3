"""Late learners and survivors, looked at each second: the rules propose and carry out, the session's log decides who was first."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from server.core.live import events as e
from server.core.live.arrivals import Circumstances, decide_arrivals, policy_of, without_partner
from server.core.live.pairing import History
from server.core.live.state import Session, current_step
from server.core.live.works import MemberId
from server.ports.clock import Clock
from server.ports.live import Directory, Presence
from server.runner.live import Live
from server.runner.scenes import UnknownSession

LOOK_AGAIN = timedelta(seconds=5)
HISTORY_KEPT = timedelta(minutes=2)
_logger = structlog.get_logger(__name__)


class Here(Protocol):
    """The connections of this process."""

    def sessions(self) -> Collection[str]: ...


@dataclass(slots=True)
class _Noticed:
    """What this process has seen of a lesson. A restart forgets it: then everybody is given their time anew."""

    came: dict[MemberId, datetime] = field(default_factory=dict[MemberId, datetime])
    missed: dict[MemberId, datetime] = field(default_factory=dict[MemberId, datetime])
    looked: tuple[object, ...] = ()
    looked_at: datetime | None = None
    history: History = field(default_factory=History)
    history_at: datetime | None = None


class Placing:
    """Called by the watch. Every process does it: what one has decided already leaves the others nothing to decide."""

    def __init__(
        self, live: Live, directory: Directory, presence: Presence, clock: Clock, here: Here, grace: timedelta
    ) -> None:
        self._live = live
        self._directory = directory
        self._presence = presence
        self._clock = clock
        self._here = here
        self._grace = grace
        self._noticed: defaultdict[str, _Noticed] = defaultdict(_Noticed)

    async def look(self) -> None:
        """Look at every running lesson that has a connection here."""
        sessions = set(self._here.sessions())
        for gone in self._noticed.keys() - sessions:
            del self._noticed[gone]
        for session_id in sorted(sessions):
            try:
                await self._look_at(session_id)
            except UnknownSession:
                _logger.info("placing_of_unknown_session", session=session_id)

    async def _look_at(self, session_id: str) -> None:
        session = await self._live.memory.session(session_id)
        if session.status != "running":
            return
        now = self._clock.now()
        noticed = self._noticed[session_id]
        here = self._connected(session_id)
        self._notice(noticed, session, here, now)
        if not session.proposals and not without_partner(session, here):
            return
        if not self._is_news(noticed, session, here, now):
            return
        await self._live.by_the_clock(session_id, self._decide)

    def _connected(self, session_id: str) -> frozenset[MemberId]:
        peers = self._presence.peers(session_id)
        return frozenset(who for peer in peers if peer.kind == "student" for who in peer.speaks_for)

    def _notice(self, noticed: _Noticed, session: Session, here: frozenset[MemberId], now: datetime) -> None:
        noticed.came = {member: noticed.came.get(member, now) for member in here}
        away = {m for members in session.rooms.values() for m in members} - here
        noticed.missed = {member: noticed.missed.get(member, now) for member in away}

    def _is_news(self, noticed: _Noticed, session: Session, here: frozenset[MemberId], now: datetime) -> bool:
        """Whether something has changed, a countdown is over, or it is time: rooms go on with nobody telling."""
        seen = (session.version, here)
        over = any(one.due and one.due <= now for one in session.proposals.values())
        waits = any(noticed.looked_at and at > noticed.looked_at - LOOK_AGAIN for at in noticed.came.values())
        if (
            seen == noticed.looked
            and not over
            and not waits
            and noticed.looked_at
            and now < noticed.looked_at + LOOK_AGAIN
        ):
            return False
        noticed.looked, noticed.looked_at = seen, now
        return True

    async def _decide(self, session: Session) -> tuple[e.SessionEvents, ...]:
        setup = await self._live.scenes.setup(session)
        policy = policy_of(session, setup.arrivals)
        now = self._clock.now()
        here = self._connected(session.id)
        noticed = self._noticed[session.id]
        self._notice(noticed, session, here, now)
        rules = await self._live.scenes.rules(session, "", now)
        if policy == "off" or session.paused:
            steps: dict[str, int] = {}
        else:
            steps = {r: current_step(await self._live.memory.room(r), session) for r, m in session.rooms.items() if m}
        return decide_arrivals(
            Circumstances(
                session=session,
                lesson=setup.lesson,
                seating=rules.seating,
                steps=steps,
                here=here,
                gone_since=noticed.missed | dict(self._presence.last_seen(session.id)),
                came=noticed.came,
                policy=policy,
                now=now,
                grace=self._grace,
                history=await self._history(session.id, noticed, now),
            )
        )

    async def _history(self, session_id: str, noticed: _Noticed, now: datetime) -> History:
        if noticed.history_at is None or now - noticed.history_at > HISTORY_KEPT:
            noticed.history = await self._directory.history(session_id)
            noticed.history_at = now
        return noticed.history
