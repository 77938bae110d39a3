"""A teacher looks at a room's work without going in: what is read for that, and nothing is changed or told."""

from server.core.live.room_work import Reader, RoomWorkView, passage_of, room_work_view
from server.core.live.works import RoomId
from server.ports.clock import Clock
from server.ports.live import Store
from server.runner.memory_of_rooms import Memory
from server.runner.scenes import Scenes


class Looking:
    """Reads rooms for the board's drawer."""

    def __init__(self, store: Store, memory: Memory, scenes: Scenes, clock: Clock) -> None:
        self._store = store
        self._memory = memory
        self._scenes = scenes
        self._clock = clock

    async def work(self, session_id: str, room_id: RoomId, *, school: str, shares: bool) -> RoomWorkView | None:
        """Return what a teacher of `school` may read of a room of a running lesson; None where there is no such room."""
        session = await self._memory.session(session_id)
        if session.status != "running" or room_id not in session.rooms:
            return None
        room = await self._memory.room(room_id)
        scene = await self._scenes.scene(session, self._clock.now())
        works = await self._memory.words(session_id, room_id)
        log = [*await self._store.read(session_id), *await self._store.read(room_id)]
        happened = [(one.at, event) for one in sorted(log, key=lambda one: one.at) for event in one.events]
        own = frozenset(m for m, person in scene.people.items() if person.school == school)
        return room_work_view(room, scene, works, passage_of(room_id, happened), Reader(own, shares))
