"""The proposed rooms looked at again after each change, and rooms put in as a whole, against what earlier lessons say."""

from dataclasses import dataclass, replace
from time import monotonic

from server.core.live import commands as c
from server.core.live.pairing import History, reasons
from server.core.live.rechecking import Checked, arranged, checked
from server.core.live.scene import Person
from server.core.live.session_engine import room_id
from server.core.live.state import Session
from server.core.live.works import MemberId
from server.ports.clock import Clock
from server.ports.live import Directory, Presence
from server.runner.scenes import Scenes

HISTORY_SECONDS = 20.0
MOST_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class _Known:
    history: History
    read_at: float


class Rechecks:
    """What the rules say of rooms now. The year's meetings are remembered for seconds: a drag asks for them each time."""

    def __init__(self, directory: Directory, scenes: Scenes, presence: Presence, clock: Clock) -> None:
        self._directory = directory
        self._scenes = scenes
        self._presence = presence
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def of(self, session: Session) -> Checked | None:
        """Return why the rooms are as they are, and what speaks against them; None once the lesson runs."""
        if session.status != "lobby" or not session.rooms:
            return None
        setup = await self._scenes.setup(session)
        history = await self._history(session.id)
        here = self._presence.present(session.id, self._clock.now())
        return checked(session.rooms, setup.people, history, here)

    def forget(self, session_id: str) -> None:
        """Read anew: somebody is kept apart or together now, or no longer."""
        self._known.pop(session_id, None)

    async def seatable(self, session: Session) -> dict[MemberId, Person]:
        """Return those who can be given a seat now: here, let across by their families, and not removed."""
        setup = await self._scenes.setup(session)
        here = self._presence.present(session.id, self._clock.now())
        return {
            member: person
            for member, person in setup.people.items()
            if member in here and member in setup.may_cross and member not in session.removed
        }

    async def history_now(self, session: Session) -> History:
        """Return what earlier lessons say, read anew, with who shares a device now."""
        self.forget(session.id)
        return await self._history(session.id)

    async def arrangement(self, session: Session, command: c.ArrangeRooms) -> c.LayOutRooms:
        """Return the layout that a teacher put in, without those who cannot sit there now."""
        people = await self.seatable(session)
        history = await self.history_now(session)
        found = arranged(command.rooms, people, history, apart_too=command.apart_too)
        ids = [room_id(session.id, n) for n in range(1, len(found.rooms) + 1)]
        why = reasons([[people[m] for m in room] for room in found.rooms], history, people)
        return c.LayOutRooms(
            rooms=dict(zip(ids, found.rooms, strict=True)),
            why=dict(zip(ids, why, strict=True)),
            by_hand=True,
            apart=found.apart,
            over=command.over,
        )

    async def _history(self, session_id: str) -> History:
        known = self._known.get(session_id)
        if known is None or monotonic() - known.read_at > HISTORY_SECONDS:
            while len(self._known) >= MOST_REMEMBERED:
                self._known.pop(next(iter(self._known)))
            known = self._known[session_id] = _Known(await self._directory.history(session_id), monotonic())
        pairs = frozenset(frozenset(peer.speaks_for) for peer in self._presence.peers(session_id) if peer.also)
        return replace(known.history, shared=pairs)
