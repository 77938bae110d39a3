"""What guests are sent, and what teachers are told of guests and substitutes: made apart from everything children get."""

from server.core.live.guests import PassesView, guest_view, pass_view
from server.core.live.state import Session
from server.core.live.views import Words, milliseconds
from server.ports.clock import Clock
from server.ports.live import Outbox, Peer, Presence, Setup
from server.runner.memory_of_rooms import Memory
from server.runner.scenes import Scenes
from server.wire.messages import ViewOut

GUEST = "guest"


class Guests:
    """Looks after a lesson's guests: each is one connection that gets one part."""

    def __init__(self, outbox: Outbox, presence: Presence, clock: Clock, memory: Memory, scenes: Scenes) -> None:
        self._outbox = outbox
        self._presence = presence
        self._clock = clock
        self._memory = memory
        self._scenes = scenes

    def here(self, session: str) -> list[Peer]:
        """Return the connections of guests, in the order in which they came."""
        return sorted((p for p in self._presence.peers(session) if p.kind == GUEST), key=lambda peer: peer.order)

    def names(self, setup: Setup) -> tuple[str, ...]:
        """Return the names of the guests who look on now: the children's pages show them."""
        ids = dict.fromkeys(peer.who for peer in self.here(setup.session))
        return tuple(setup.passes[who].name for who in ids if who in setup.passes)

    async def show(self, session_id: str) -> None:
        """Send the guests of a lesson what they may see now."""
        peers = self.here(session_id)
        if not peers:
            return
        session = await self._memory.session(session_id)
        body = await self._encoded(session)
        for peer in peers:
            await self._outbox.to_peer(peer.id, "view", body)

    async def _encoded(self, session: Session) -> bytes:
        scene = await self._scenes.scene(session, self._clock.now())
        rooms = [await self._memory.room(room) for room in session.rooms]
        shown = [
            (room, Words(await self._memory.words(session.id, room.id), {}))
            if any(s.step == session.floor for s in room.shared)
            else (room, Words({}, {}))
            for room in rooms
        ]
        view = guest_view(session, scene, shown)
        return ViewOut(part="guest", now=milliseconds(scene.now) or 0, view=view).model_dump_json().encode()

    async def passes(self, session_id: str, *, only_to: str | None = None) -> None:
        """Tell the teachers who may come by a link, and who waits for the other side's yes."""
        setup = await self._scenes.setup(await self._memory.session(session_id))
        now = self._clock.now()
        here = {peer.who for peer in self._presence.peers(session_id)}
        view = PassesView(
            session=session_id,
            passes=tuple(
                pass_view(one, waits=one.waits(now), here=one.id in here)
                for one in setup.passes.values()
                if one.holds(now) or one.waits(now)
            ),
        )
        body = ViewOut(part="passes", now=milliseconds(now) or 0, view=view).model_dump_json().encode()
        if only_to:
            await self._outbox.to_peer(only_to, "view", body)
        else:
            await self._outbox.to_teachers(session_id, "view", body)
