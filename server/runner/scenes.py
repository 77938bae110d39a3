"""What the live room knows of a session at one moment: its setup, its lesson, its people, who is here."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from weakref import WeakValueDictionary

from server.core.live.bell import Hour
from server.core.live.commands import Clock as TheClock
from server.core.live.commands import Sender, Student
from server.core.live.lesson import Lesson
from server.core.live.scene import Scene
from server.core.live.session_engine import Rules
from server.core.live.state import Session
from server.core.people.passes import substitutes_of
from server.ports.live import Directory, Presence, Setup, Store

SETUP_SECONDS = 20.0


class UnknownSession(Exception):  # noqa: N818 -- an answer to a stale link, not a fault
    """There is no such session."""


def sender_key(sender: Sender) -> str:
    """Return the name under which a sender's commands are remembered."""
    match sender:
        case Student(member=member):
            return member
        case TheClock():
            return "clock"
        case _:
            return sender.staff


def fresh_id(sender: Sender, command_id: str | None, now: datetime) -> str:
    """Return an id for what a command makes: the same for its repeat, so that nothing is stored twice."""
    seed = f"{sender_key(sender)}:{command_id or now.isoformat()}"
    return hashlib.blake2b(seed.encode(), digest_size=12).hexdigest()


@dataclass(slots=True)
class _Known:
    """A setup as it was read. `pinned`: with the lesson that the session was started with."""

    setup: Setup
    pinned: bool
    read_at: float
    forgotten: bool = False

    def usable(self, *, pinned: bool) -> bool:
        return self.pinned == pinned and not self.forgotten

    def young(self) -> bool:
        return monotonic() - self.read_at < SETUP_SECONDS


class Scenes:
    """Puts scenes and rules together. Setups are remembered for a few seconds; a started lesson is pinned."""

    def __init__(self, store: Store, directory: Directory, presence: Presence) -> None:
        self._store = store
        self._directory = directory
        self._presence = presence
        self._setups: dict[str, _Known] = {}
        self._reading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._times_forgotten = 0

    async def setup(self, session: Session) -> Setup:
        """Return the session's setup, with the lesson it was started with once it runs."""
        pinned = session.status != "lobby"
        known = self._setups.get(session.id)
        lock = self._reading.get(session.id)
        # While one turn reads it anew, the others go on with what is seconds old: a class that read five hundred people
        # at once for each of its commands would stand still.
        if known and known.usable(pinned=pinned) and (known.young() or (lock is not None and lock.locked())):
            return known.setup
        if lock is None:
            lock = self._reading[session.id] = asyncio.Lock()
        async with lock:
            known = self._setups.get(session.id)
            if known and known.usable(pinned=pinned) and known.young():
                return known.setup
            return await self._read(session, known, pinned=pinned)

    async def _read(self, session: Session, known: _Known | None, *, pinned: bool) -> Setup:
        began, times_forgotten = monotonic(), self._times_forgotten
        lesson: Lesson | None = None
        if pinned:
            lesson = known.setup.lesson if known and known.pinned else await self._store.lesson_of(session.id)
        setup = await self._directory.setup(session.id, lesson)
        if setup is None:
            raise UnknownSession(session.id)
        # What changed while it was being read may or may not be in it.
        self._setups[session.id] = _Known(setup, pinned, began, forgotten=times_forgotten != self._times_forgotten)
        return setup

    def forget(self, session_id: str | None = None) -> None:
        """Read setups anew: something about people or plans has changed."""
        self._times_forgotten += 1
        for name, known in self._setups.items():
            if session_id in (None, name):
                known.forgotten = True

    def lesson_by_hash(self, content_hash: str) -> Lesson | None:
        """Return a lesson that is in use here, or None: in the lobby it is not pinned in the store yet."""
        return next(
            (k.setup.lesson for k in self._setups.values() if k.setup.lesson.content_hash == content_hash), None
        )

    async def scene(self, session: Session, now: datetime, new_id: str = "") -> Scene:
        """Return the surroundings of a room's decision."""
        setup = await self.setup(session)
        present = self._presence.present(session.id, now)
        return Scene(setup.lesson, session, setup.people, present, now, new_id, setup.classrooms)

    async def rules(self, session: Session, new_id: str, now: datetime, hour: Hour | None = None) -> Rules:
        """Return the surroundings of a session's decision; `hour` where it is one about time, with the rooms in it."""
        setup = await self.setup(session)
        adults = frozenset(host.id for host in setup.hosts)
        pairs = [peer.speaks_for for peer in self._presence.peers(session.id) if peer.also]
        beside = {one: other for pair in pairs for one, other in (pair, pair[::-1])}
        present = self._presence.present(session.id, now)
        if hour is not None:
            hour = replace(hour, bell=setup.bell, starts_at=setup.starts_at)
        return Rules(
            setup.lesson,
            setup.people,
            new_id,
            setup.may_cross,
            setup.apart,
            self._missing(setup),
            beside,
            adults,
            setup.arrivals,
            present=present,
            hour=hour,
        )

    def _missing(self, setup: Setup) -> str | None:
        if setup.missing:
            return setup.missing
        here = {(peer.side, peer.who) for peer in self._presence.peers(setup.session) if peer.kind == "teacher"}
        substitutes = substitutes_of(setup.passes)
        for side, adult in setup.adults.items():
            if not any(s == side and (adult in (None, who) or who in substitutes) for s, who in here):
                return "adult_missing"
        return None
