"""From the runner to browsers, through Socket.IO rooms; what is sent was encoded once before it comes here."""

from dataclasses import dataclass

import orjson
from socketio import AsyncServer

from server.core.live.works import RoomId


@dataclass(frozen=True, slots=True)
class SocketOutbox:
    """Fulfils ports.live.Outbox. The socket edge puts each connection into the rooms named here."""

    sio: AsyncServer

    async def _send(self, room: str, event: str, body: bytes) -> None:
        await self.sio.emit(event, orjson.Fragment(body), room=room)

    async def to_session(self, session: str, event: str, body: bytes) -> None:
        """To everyone in a session."""
        await self._send(f"session:{session}", event, body)

    async def to_room(self, room: RoomId, event: str, body: bytes) -> None:
        """To a room's members and visitors."""
        await self._send(f"room:{room}", event, body)

    async def to_students(self, session: str, event: str, body: bytes) -> None:
        """To a session's students."""
        await self._send(f"students:{session}", event, body)

    async def to_teachers(self, session: str, event: str, body: bytes) -> None:
        """To a session's teachers."""
        await self._send(f"teachers:{session}", event, body)

    async def to_member(self, session: str, member: str, event: str, body: bytes) -> None:
        """To one student's connection."""
        await self._send(f"member:{session}:{member}", event, body)

    async def to_peer(self, peer: str, event: str, body: bytes) -> None:
        """To one connection."""
        await self._send(f"peer:{peer}", event, body)
