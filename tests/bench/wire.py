"""The lightest Socket.IO client that is still one: raw websocket frames, so that the load is the server's, not ours."""

import asyncio
import base64
import json
import secrets
import struct
from collections.abc import Callable
from time import perf_counter
from typing import cast

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
JOIN_SECONDS = 30

Heard = Callable[["Client", str, float], None]
"""Called with the text of an event (`42[…]`) and when it arrived (perf_counter)."""

Answered = Callable[[str, float], None]
"""Called with the text of an acknowledgement (`[…]`) and when it arrived (perf_counter)."""


class RefusedByServer(Exception):
    """The server did not let a client in."""


class Client(asyncio.Protocol):
    """One connection. It offers compression as every browser does, unless `offers_deflate` is False."""

    def __init__(self, heard: Heard, auth: dict[str, str]) -> None:
        self.heard = heard
        self.views = 0
        self.bytes_in = 0
        self._auth = auth
        self._buffer = bytearray()
        self._shaken = False
        self._next = 0
        self._waiting: dict[int, Answered] = {}
        self._transport: asyncio.Transport | None = None
        self.joined: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        # uvloop's transports are no asyncio.Transport by class, and are one in everything else.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        if not self.joined.done():
            self.joined.set_exception(RefusedByServer(f"the connection was closed: {exc}"))

    def shake_hands(self, host: str, path: str, cookie: str, *, offers_deflate: bool) -> None:
        """Ask for a websocket."""
        offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" if offers_deflate else ""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._write(
            f"GET {path}?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\n{offer}Cookie: {cookie}\r\n\r\n".encode()
        )

    def call(self, event: str, body: str, answered: Answered) -> None:
        """Send an event whose argument is the JSON text `body`; `answered` is called with its acknowledgement."""
        self._next += 1
        self._waiting[self._next] = answered
        self._say(f'42{self._next}["{event}",{body}]')

    async def ask(self, event: str, body: str) -> str:
        """Send an event and return its acknowledgement's text."""
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def answered(text: str, _at: float) -> None:
            if not answer.done():
                answer.set_result(text)

        self.call(event, body, answered)
        async with asyncio.timeout(JOIN_SECONDS):
            return await answer

    def close(self) -> None:
        """Go away as a closed tab does."""
        if self._transport:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        at = perf_counter()
        self.bytes_in += len(data)
        self._buffer += data
        if not self._shaken and not self._hands_are_shaken():
            return
        while (frame := self._frame()) is not None:
            opcode, payload = frame
            if opcode == TEXT:
                self._text(payload.decode(), at)
            elif opcode == PING:
                self._write(_masked(PONG, payload))
            elif opcode == CLOSE:
                self.close()

    def _hands_are_shaken(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._buffer[:end]).decode("latin-1")
        del self._buffer[: end + 4]
        if " 101 " not in head.partition("\r\n")[0]:
            self._refuse(head.partition("\r\n")[0])
        elif "permessage-deflate" in head:
            self._refuse("the server compresses: it costs four times the memory")
        self._shaken = True
        return True

    def _frame(self) -> tuple[int, bytes] | None:
        """Take one whole frame from the buffer; servers do not mask theirs."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 127, 2
        if length == 126:
            start = 4
        elif length == 127:
            start = 10
        if len(buffer) < start:
            return None
        if start > 2:
            length = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + length:
            return None
        payload = bytes(buffer[start : start + length])
        opcode = buffer[0] & 15
        del buffer[: start + length]
        return opcode, payload

    def _text(self, text: str, at: float) -> None:
        match text[:2]:
            case "42":
                self.views += 1
                self.heard(self, text, at)
            case "43":
                bracket = text.index("[")
                answered = self._waiting.pop(int(text[2:bracket]), None)
                if answered:
                    answered(text[bracket:], at)
            case "40":
                if not self.joined.done():
                    self.joined.set_result(at)
            case "44":
                self._refuse(text[2:])
            case _ if text[0] == "0":
                self._say("40" + json.dumps(self._auth))
            case _ if text[0] == "2":
                self._say("3")
            case _:
                pass

    def _refuse(self, why: str) -> None:
        if not self.joined.done():
            self.joined.set_exception(RefusedByServer(why))
        self.close()

    def _say(self, text: str) -> None:
        self._write(_masked(TEXT, text.encode()))

    def _write(self, raw: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(raw)


def _masked(opcode: int, payload: bytes) -> bytes:
    """Return a client's frame. A mask of zeros is a mask: it spares us the arithmetic, and the server does it all the same."""
    length = len(payload)
    if length < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
    elif length < 65536:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
    return head + b"\0\0\0\0" + payload


async def join(
    port: int, path: str, cookie: str, auth: dict[str, str], heard: Heard, *, offers_deflate: bool = True
) -> Client:
    """Connect and return the client once it was let in; raises RefusedByServer."""
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(lambda: Client(heard, auth), "127.0.0.1", port)
    client.shake_hands(f"127.0.0.1:{port}", path, cookie, offers_deflate=offers_deflate)
    async with asyncio.timeout(JOIN_SECONDS):
        await client.joined
    return client
