"""The floor: stock python-socketio with one durable SQLite append before each acknowledgement, and none of our rules.

Run as a program: `python -m tests.bench.stock --port P --file F`. Pairs share a room; a command is appended (WAL,
synchronous=FULL, all that waits in one commit), sent to the pair, acknowledged; a draft is only appended.
"""

import argparse
import asyncio
import json
import sqlite3
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import socketio
from aiohttp import web

LONGEST_NOTE = 2_000


class Log:
    """One writer thread; a commit takes everything that came while the last one ran."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, room TEXT, who TEXT, body TEXT)")
        self._thread = ThreadPoolExecutor(1)
        self._waiting: list[tuple[tuple[str, str, str], asyncio.Future[None]]] = []
        self._wake = asyncio.Event()

    async def append(self, room: str, who: str, body: str) -> None:
        """Return once it is on the disk."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(((room, who, body), done))
        self._wake.set()
        await done

    def _commit(self, rows: list[tuple[str, str, str]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO log (room, who, body) VALUES (?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    async def write_forever(self) -> None:
        """Commit what waits."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            await asyncio.get_running_loop().run_in_executor(self._thread, self._commit, [row for row, _ in batch])
            for _, done in batch:
                if not done.done():
                    done.set_result(None)


@dataclass(slots=True)
class Stock:
    """The handlers of the floor."""

    sio: socketio.AsyncServer
    log: Log
    rooms: dict[str, str] = field(default_factory=dict[str, str])

    async def connect(self, sid: str, _environ: dict[str, Any], auth: dict[str, str]) -> None:
        """Enter the pair's room, and get a first view of the size that was asked for."""
        number = int(auth["number"])
        self.rooms[sid] = f"pair{number // 2}"
        await self.sio.enter_room(sid, self.rooms[sid])
        await self.sio.emit("view", {"part": "first", "words": "x" * int(auth["bytes"])}, to=sid)

    async def command(self, sid: str, message: dict[str, Any]) -> dict[str, bool]:
        """Keep, tell the pair, acknowledge."""
        body = json.dumps(message)
        if len(body) > LONGEST_NOTE:
            return {"ok": False}
        await self.log.append(self.rooms[sid], sid, body)
        if message["kind"] != "draft":
            await self.sio.emit("view", {"part": "room", "body": message}, room=self.rooms[sid])
        return {"ok": True}

    async def step(self, _sid: str, message: dict[str, Any]) -> dict[str, bool]:
        """Keep a step of the whole class, and tell everybody."""
        await self.log.append("class", "teacher", str(message["number"]))
        await self.sio.emit("view", {"part": "session", "words": "x" * int(message["bytes"])})
        return {"ok": True}


async def serve(port: int, file: Path) -> None:
    """Serve until the process is ended."""
    sio = socketio.AsyncServer(async_mode="aiohttp", transports=["websocket"], cors_allowed_origins="*")
    log = Log(file)
    stock = Stock(sio, log)
    for event in ("connect", "command", "step"):
        sio.on(event, getattr(stock, event))
    app = web.Application()
    sio.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    print("ready", flush=True)
    await log.write_forever()


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        import uvloop
    except ImportError:  # it does not exist everywhere
        asyncio.run(work)
        return
    uvloop.run(work)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Stock python-socketio with a durable log")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True)
    given = parser.parse_args()
    _run(serve(given.port, given.file))
