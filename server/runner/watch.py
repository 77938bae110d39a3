"""What happens without anybody asking: deadlines that are over, and views that another process's news made stale."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

import structlog

from server.core.live.state import current_step
from server.ports.clock import Clock
from server.ports.live import Presence, Store, StoreUnavailable
from server.runner.live import Live
from server.runner.scenes import UnknownSession

POLL_SECONDS = 1.0
MOST_AT_ONCE = 500
CATCH_UP_EVERY = 3
CENSUS_EVERY = 5
_logger = structlog.get_logger(__name__)


class Here(Protocol):
    """The connections of this process."""

    def sessions(self) -> Collection[str]: ...
    def rooms_here(self, session: str) -> Collection[str]: ...


class Watch:
    """Polls each second. Every process does, so that deadlines fire when any of them dies: a tick twice is harmless."""

    def __init__(self, live: Live, store: Store, presence: Presence, clock: Clock, here: Here, *, shared: bool) -> None:
        self._live = live
        self._store = store
        self._presence = presence
        self._clock = clock
        self._here = here
        self._shared = shared
        self._seen: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self.on_census: Callable[[dict[str, int]], None] = lambda by_state: None
        """Called every few seconds with the number of rooms by state."""
        self.each_second: list[Callable[[], Awaitable[None]]] = []
        """What else is looked at with each poll."""

    def start(self) -> None:
        """Start polling."""
        self._task = asyncio.get_running_loop().create_task(self._forever(), name="watch")

    async def stop(self) -> None:
        """Stop polling."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _forever(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(POLL_SECONDS)
            turn += 1
            await self._safely(self._fire_deadlines)
            for look in self.each_second:
                await self._safely(look)
            if self._shared and turn % CATCH_UP_EVERY == 0:
                await self._safely(self._catch_up)
            if turn % CENSUS_EVERY == 0:
                await self._safely(self._count)

    async def _count(self) -> None:
        self.on_census(await self._live.census(list(self._here.sessions())))

    async def _safely(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except StoreUnavailable:
            _logger.warning("watch_waits_for_the_database")
        except Exception:
            _logger.exception("watch_failed")

    async def _fire_deadlines(self) -> None:
        for stream, step in await self._store.due(self._clock.now(), MOST_AT_ONCE):
            try:
                await self._live.tick(stream, step)
            except UnknownSession:
                _logger.info("deadline_of_unknown_session", stream=stream)

    async def _catch_up(self) -> None:
        """Give local browsers what was written elsewhere and whose message got lost: resync after any gap."""
        for session_id in list(self._here.sessions()):
            rooms = list(self._here.rooms_here(session_id))
            newest = await self._store.versions([session_id, *rooms])
            stale = {stream for stream, version in newest.items() if version > self._seen.get(stream, -1)}
            self._seen.update(newest)
            if not stale:
                continue
            session = await self._live.memory.session(session_id)
            scene = await self._live.scenes.scene(session, self._clock.now())
            if session_id in stale:
                self._live.reseat(session_id)
            for peer in self._presence.peers(session_id):
                if session_id in stale:
                    await self._live.publish.session(session, scene, only_to=peer.id)
                    await self._live.publish.plenary(session_id, only_to=peer.id)
                if peer.room in stale:
                    room = await self._live.memory.room(peer.room)
                    await self._live.publish.room(room, scene, only_to=peer.id)
            for room_id in stale - {session_id}:
                room = await self._live.memory.room(room_id)
                if current_step(room, session) >= 0:
                    self._live.publish.row_changed(session_id, room_id)
