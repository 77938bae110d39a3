"""Our Socket.IO manager beside the stock one: the same rooms, the same deliveries; and a reader who stalls is cut off."""

import asyncio
import json
import os
import random
import socket as sockets
import struct
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import orjson
import pytest
from aiohttp import web
from socketio import AsyncManager, AsyncRedisManager, AsyncServer

from server.adapters.socketio_fast import SLOW_READER_PACKETS, FastJson, FastManager, FastRedisManager, TextPacket
from server.edges.parts import PARTS
from server.edges.socket import make_sio
from tests.live.servers import free_port
from tests.socket.served import soon

# What is compared is inside a package without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportAttributeAccessIssue=false
# pyright: reportUnknownArgumentType=false

STEPS = 3000


def rooms(manager: Any) -> dict[Any, dict[str, str]]:
    return {room: dict(members) for room, members in manager.rooms.get("/", {}).items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_rooms_are_left_after_any_coming_and_going(seed: int) -> None:
    chance = random.Random(seed)
    stock: Any = AsyncManager()
    ours: Any = FastManager()
    here: list[str] = []
    for number in range(STEPS):
        both = (stock, ours)
        act = chance.random()
        if act < 0.25 or not here:
            sid = f"sid-{number}"
            here.append(sid)
            for manager in both:
                manager.basic_enter_room(sid, "/", None, eio_sid=f"eio-{number}")
                manager.basic_enter_room(sid, "/", sid, eio_sid=f"eio-{number}")
            continue
        sid, room = chance.choice(here), f"room-{chance.randrange(30)}"
        for manager in both:
            if act < 0.65:
                manager.basic_enter_room(sid, "/", room)
            elif act < 0.75:
                manager.basic_leave_room(sid, "/", room)
            elif act < 0.80:
                manager.basic_close_room(room, "/")
            else:
                manager.pre_disconnect(sid, "/")
                manager.basic_disconnect(sid, "/")
        if act >= 0.80:
            here.remove(sid)
        if number % 20 == 0:
            assert rooms(ours) == rooms(stock), number
    for sid in here:
        for manager in (stock, ours):
            manager.basic_disconnect(sid, "/")
    assert rooms(ours) == rooms(stock)
    assert not ours._rooms_of, "who is gone leaves nothing behind"  # pyright: ignore[reportPrivateUsage]


class Reader:
    """A client that notes what it hears."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.heard: list[str] = []

    async def hear_until(self, last: str) -> list[str]:
        """Return the packets up to the one that has `last` in it, and forget them."""
        async with asyncio.timeout(30):
            while not (self.heard and last in self.heard[-1]):
                packet = await self.ws.receive_str()
                if packet == "2":
                    await self.ws.send_str("3")
                else:
                    self.heard.append(packet)
        heard, self.heard = self.heard[:-1], []
        return heard


class Small:
    """A Socket.IO server with our settings and any manager; it puts those who come into the rooms they name."""

    def __init__(self, manager: Any, ping: float = 5) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sio: AsyncServer = make_sio(FastJson, manager, ping, ping)
        self.sio.packet_class = TextPacket
        self.sids: dict[str, str] = {}
        self.gone: list[str] = []

        async def connect(sid: str, _environ: Any, auth: dict[str, Any]) -> None:
            self.sids[auth["name"]] = sid
            for room in auth["rooms"]:
                await self.sio.enter_room(sid, room)

        async def disconnect(sid: str, *_reason: Any) -> None:
            self.gone.append(sid)

        self.sio.on("connect", connect)
        self.sio.on("disconnect", disconnect)
        self.app = web.Application()
        self.app[PARTS] = cast(Any, SimpleNamespace(settings=SimpleNamespace(origin=self.url, https=False)))
        self.sio.attach(self.app)

    async def join(self, http: aiohttp.ClientSession, name: str, *rooms: str) -> Reader:
        """Connect a client."""
        ws = await http.ws_connect(f"{self.url}/socket.io/?EIO=4&transport=websocket", headers={"Origin": self.url})
        await ws.receive_str()
        await ws.send_str("40" + json.dumps({"name": name, "rooms": rooms}))
        assert (await ws.receive_str()).startswith("40")
        return Reader(ws)


@asynccontextmanager
async def running(small: Small) -> AsyncGenerator[aiohttp.ClientSession]:
    runner = web.AppRunner(small.app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", small.port).start()
    async with aiohttp.ClientSession() as http:
        yield http
    await runner.cleanup()


SAID: list[tuple[Any, dict[str, Any]]] = [
    ({"a": 1, "נ": "אב"}, {"room": "one"}),
    ("words", {"room": "two"}),
    (None, {"room": "one"}),
    ([1, "two", None], {"room": "one"}),
    ((1, {"b": 2}), {"room": "two"}),
    ([], {"room": "one"}),
    (7, {}),
    ({"to": 1}, {"to": "two"}),
    ("skip one", {"room": "one", "skip": ["ann"]}),
    ("skip two", {"room": "two", "skip": ["ann", "ben"]}),
    ("skip all", {"skip": ["ann", "ben", "cat"]}),
    ("nobody", {"room": "nobody's"}),
    ("several", {"room": ["one", "two"]}),
    ("", {"room": "one"}),
    (False, {"room": "one"}),
    (0, {"room": "one"}),
    ({}, {"room": "one"}),
]


async def deliveries(manager: Any) -> dict[str, list[str]]:
    """Return what each of three clients hears of everything that is said."""
    small = Small(manager)
    async with running(small) as http:
        readers = {
            "ann": await small.join(http, "ann", "one"),
            "ben": await small.join(http, "ben", "one", "two"),
            "cat": await small.join(http, "cat", "two"),
        }
        for data, how in SAID:
            options = dict(how)
            skip = [small.sids[name] for name in options.pop("skip", [])]
            if skip:
                options["skip_sid"] = skip if len(skip) > 1 else skip[0]
            await small.sio.emit("view", data, **options)
        await small.sio.leave_room(small.sids["ben"], "one")
        await small.sio.emit("view", "after leaving", room="one")
        await small.sio.emit("end", "last")
        return {name: await reader.hear_until('"end"') for name, reader in readers.items()}


def as_data(heard: dict[str, list[str]]) -> dict[str, list[Any]]:
    return {name: [json.loads(packet.removeprefix("42")) for packet in packets] for name, packets in heard.items()}


async def test_everybody_hears_what_the_stock_manager_would_tell_them() -> None:
    ours, stock = await deliveries(FastManager()), await deliveries(AsyncManager())
    assert as_data(ours) == as_data(stock)
    assert sum(map(len, ours.values())) > 20


async def hang_up(manager: Any) -> None:
    """End a manager's connections, which it does not do itself."""
    listening = getattr(manager, "thread", None)
    if listening:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    await manager.pubsub.aclose()
    await manager.redis.aclose()


@pytest.mark.redis
async def test_what_the_stock_manager_publishes_is_delivered_by_ours(redis_server: str) -> None:
    url, channel = redis_server, f"test-{os.getpid()}-{random.randrange(10**9)}"
    managers: list[Any] = [FastRedisManager(url, channel=channel), FastRedisManager(url, channel=channel)]
    here, there = map(Small, managers)
    stock: Any = AsyncRedisManager(url, channel=channel, write_only=True)
    async with running(here) as http, running(there) as http_there:
        ann, ben = await here.join(http, "ann", "one"), await there.join(http_there, "ben", "one", "two")
        await asyncio.sleep(0.5)
        for data in ({"from": "stock"}, None, [1, 2], "words"):
            await stock.emit("view", data, namespace="/", room="one")
        await stock.emit("view", "not to ann", namespace="/", room="one", skip_sid=here.sids["ann"])
        await stock.emit("view", "second room", namespace="/", room="two")
        await stock.emit("end", "last", namespace="/", room="one")
        to_ann, to_ben = await ann.hear_until('"end"'), await ben.hear_until('"end"')
        everywhere = ['42["view",{"from":"stock"}]', '42["view"]', '42["view",[1,2]]', '42["view","words"]']
        assert to_ann == everywhere
        assert to_ben == [*everywhere, '42["view","not to ann"]', '42["view","second room"]']
        await here.sio.emit("view", orjson.Fragment(b'{"from":"ours"}'), room="one")
        await here.sio.emit("end", "last", room="one")
        assert await ann.hear_until('"end"') == await ben.hear_until('"end"') == ['42["view",{"from":"ours"}]']
    for manager in (*managers, stock):
        await hang_up(manager)


# -- who does not read ------------------------------------------------------------------------------------------------


def stalled(port: int, name: str) -> tuple[sockets.socket, Callable[[], None]]:
    """Return a connection that came into room "one", and a function that answers pings unread."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", port))
    raw.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )

    def send(text: str) -> None:
        body = text.encode()
        assert len(body) < 126
        raw.sendall(struct.pack("BB", 0x81, 0x80 | len(body)) + b"\0\0\0\0" + body)

    send("40" + json.dumps({"name": name, "rooms": ["one"]}))
    return raw, lambda: send("3")


async def test_who_never_reads_is_cut_off_and_holds_no_memory() -> None:
    small = Small(FastManager(), ping=0.5)
    view = orjson.Fragment(orjson.dumps({"view": "x" * 16_000}))
    async with running(small) as http:
        reader = await small.join(http, "reads", "one")
        loop = asyncio.get_running_loop()
        raw, pong = await loop.run_in_executor(None, stalled, small.port, "stalls")
        await soon(lambda: "stalls" in small.sids, 10)
        eio_sid = small.sio.manager.eio_sid_from_sid(small.sids["stalls"], "/")
        connection = small.sio.eio.sockets[eio_sid]
        transport = small.sio.environ[eio_sid]["aiohttp.request"].transport
        most_waiting, sent = 0, 0
        async with asyncio.timeout(60):
            while small.sids["stalls"] not in small.gone:
                for _ in range(50):
                    await small.sio.emit("view", view, room="one")
                    sent += 1
                with suppress(OSError):
                    # Pretends to be alive, as a hostile client would.
                    pong()
                most_waiting = max(most_waiting, connection.queue.qsize())
                await small.sio.emit("end", sent, room="one")
                heard = await reader.hear_until('"end"')
                assert len(heard) == 50, "who reads misses nothing"
        assert most_waiting <= SLOW_READER_PACKETS + 100
        assert transport.is_closing(), "nothing of it is left in the kernel's hands or ours"
        await soon(lambda: eio_sid not in small.sio.eio.sockets, 10)
        assert connection.queue.qsize() == 0 or connection.closed
        raw.close()


async def test_a_packet_waits_only_so_long_for_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too few packets to overflow: the time that one of them waits ends the connection."""
    monkeypatch.setattr("server.adapters.socketio_fast.STALLED_SECONDS", 1)
    small = Small(FastManager(), ping=60)
    async with running(small):
        loop = asyncio.get_running_loop()
        raw, _ = await loop.run_in_executor(None, stalled, small.port, "stalls")
        await soon(lambda: "stalls" in small.sids, 10)
        for _ in range(SLOW_READER_PACKETS // 2):
            await small.sio.emit("view", "x" * 60_000, room="one")
        await soon(lambda: small.sids["stalls"] in small.gone, 20)
        assert not small.sio.eio.sockets
        raw.close()
