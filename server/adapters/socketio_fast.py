"""python-socketio with the few overrides that were measured to matter, in this one file, tested against the stock manager.

Measured on python-socketio 5.18 (docs/performance.md): a room emit spawns a task per recipient and encodes the packet for
each; a disconnect scans every room of the namespace; permessage-deflate is agreed to whenever a browser offers it, for
four times the memory of a connection.
"""

# This file overrides internals of two packages that ship no types, so what it reads of them is unknown to the checker:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportOptionalMemberAccess=false, reportIncompatibleMethodOverride=false, reportPrivateUsage=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false

import asyncio
from collections.abc import Iterable
from typing import Any

import orjson
from aiohttp import web
from engineio import packet as engine_packet
from engineio.async_drivers.aiohttp import WebSocket
from socketio import packet
from socketio.async_manager import AsyncManager
from socketio.async_redis_manager import AsyncRedisManager

SLOW_READER_PACKETS = 400
"""Packets that may wait for one reader: past it the connection is dropped, and a reconnect gives it everything again."""
STALLED_SECONDS = 20
"""How long one packet may wait for its reader, pings or not."""


class FastJson:
    """orjson behind the two functions that python-socketio asks for; a Fragment inside is written as it is."""

    @staticmethod
    def dumps(value: Any, **_options: Any) -> str:
        """Return JSON text."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_options: Any) -> Any:
        """Return what the JSON says."""
        return orjson.loads(text)


class TextPacket(packet.Packet):
    """A packet that takes no binary attachments: they would hold memory until they are complete."""

    json = FastJson

    def decode(self, encoded_packet: str) -> int:
        """Refuse binary packets."""
        waiting = super().decode(encoded_packet)
        if self.packet_type in (packet.BINARY_EVENT, packet.BINARY_ACK):
            raise ValueError("binary messages are not taken")
        return waiting


class PlainWebSocket(WebSocket):
    """A websocket that declines compression: there is no option for that."""

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        """Serve one connection; the stock one with another response."""
        self._sock = web.WebSocketResponse(max_msg_size=self.server.max_http_buffer_size, compress=False)
        await self._sock.prepare(environ["aiohttp.request"])
        self.environ = environ
        await self.handler(self)
        return self._sock

    async def send(self, message: str | bytes) -> None:
        """Send as the stock one does, but wait for a reader who takes nothing only so long."""
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                await super().send(message)
        except TimeoutError:
            _cut(self.environ)
            raise OSError from None


def _cut(environ: dict[str, Any]) -> None:
    """Drop a connection with all that waits to be sent: closing it kindly would wait for its reader."""
    transport = environ["aiohttp.request"].transport
    if transport is not None:
        transport.abort()


class _EncodeOnce(AsyncManager):
    """A room index per connection, one encoding for all recipients of an emit, and no compression."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rooms_of: dict[tuple[str, str], set[str | None]] = {}

    def set_server(self, server: Any) -> None:
        """Called by the server with itself, once it is made."""
        super().set_server(server)
        # A copy: the driver's table belongs to every server of the process.
        server.eio._async = {**server.eio._async, "websocket": PlainWebSocket}

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        self._rooms_of.setdefault((namespace, sid), set()).add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        super().basic_leave_room(sid, namespace, room)
        self._rooms_of.get((namespace, sid), set()).discard(room)

    def basic_disconnect(self, sid: str, namespace: str, **options: Any) -> None:
        everything = self.rooms.get(namespace)
        if everything is None:
            return
        mine: Iterable[str | None] = self._rooms_of.pop((namespace, sid), ())
        # The stock clean-up looks through every room there is: let it see only this client's.
        self.rooms[namespace] = {room: everything[room] for room in mine if room in everything}
        try:
            super().basic_disconnect(sid, namespace, **options)
        finally:
            left = self.rooms.get(namespace, {})
            for room in mine:
                if room in everything and room not in left:
                    del everything[room]
            if everything:
                self.rooms[namespace] = everything

    async def _emit_here(
        self, event: str, arguments: list[Any], namespace: str, room: str | None, skip: set[str]
    ) -> None:
        members = self.rooms.get(namespace, {}).get(room)
        if not members:
            return
        encoded = self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, *arguments]).encode()
        text = encoded if isinstance(encoded, str) else encoded[0]
        for sid, eio_sid in list(members.items()):
            if sid in skip:
                continue
            connection = self.server.eio.sockets.get(eio_sid)
            if connection is None or connection.closed:
                continue
            if connection.queue.qsize() > SLOW_READER_PACKETS:
                # One stalled reader must not grow the memory of all.
                environ = self.server.environ.get(eio_sid)
                await connection.close(wait=False, abort=True)
                if environ:
                    _cut(environ)
                continue
            connection.queue.put_nowait(engine_packet.Packet(engine_packet.MESSAGE, text))


def _arguments(data: Any) -> list[Any]:
    """Return what an event is sent with: a tuple is several arguments, None is none, anything else is one."""
    if isinstance(data, tuple):
        return list(data)
    return [] if data is None else [data]


def _skipped(skip_sid: Any) -> set[str]:
    return set(skip_sid) if isinstance(skip_sid, list) else {skip_sid} if skip_sid else set()


class FastManager(_EncodeOnce):
    """For one process."""

    async def emit(
        self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None, callback: Any = None,
        to: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        room = to or room
        if callback or not (room is None or isinstance(room, str)):
            await super().emit(event, data, namespace, room=room, skip_sid=skip_sid, callback=callback, **options)
            return
        await self._emit_here(event, _arguments(data), namespace, room, _skipped(skip_sid))


class FastRedisManager(AsyncRedisManager, _EncodeOnce):
    """For several processes over Redis: what is published elsewhere is delivered here in the same fast way."""

    async def _handle_emit(self, message: dict[str, Any]) -> None:
        room = message.get("room")
        if message.get("callback") or not (room is None or isinstance(room, str)):
            await super()._handle_emit(message)
            return
        if message.get("binary"):
            return
        # Between processes the arguments travel as a list.
        data = message["data"]
        arguments = (
            _arguments(data[0] if len(data) == 1 else tuple(data)) if isinstance(data, list) else _arguments(data)
        )
        await self._emit_here(
            message["event"], arguments, message.get("namespace") or "/", room, _skipped(message.get("skip_sid"))
        )
