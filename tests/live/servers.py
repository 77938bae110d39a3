"""Real servers as child processes, and people who talk to them over the real wire."""

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
import socketio

START_SECONDS = 180
COMING_IN_SECONDS = 60.0
PATIENCE_SECONDS = 12.0


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class ServerProcess:
    """One `havruta` process that can be killed and started again on the same port and data."""

    arguments: list[str]
    port: int
    environment: dict[str, str] = field(default_factory=dict[str, str])
    process: asyncio.subprocess.Process | None = None
    said: dict[str, Any] = field(default_factory=dict[str, Any])
    within: tuple[str, ...] = ()
    """Words before the command, where it runs on a machine of its own."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> Self:
        """Start it and wait until it answers; the first line of a demo is kept in `said`."""
        self.process = await asyncio.create_subprocess_exec(
            *self.within,
            sys.executable,
            "-m",
            "server",
            *self.arguments,
            "--port",
            str(self.port),
            stdout=asyncio.subprocess.PIPE,
            stderr=None,
            env={**os.environ, **self.environment},
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = await self.process.stdout.readline()
        assert line, "the server ended before it was ready"
        if line.startswith(b"{"):
            self.said = json.loads(line)
        return self

    async def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        """End it kindly."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            async with asyncio.timeout(10):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def demo_server(data: Path, *more: str, **environment: str) -> AsyncGenerator[ServerProcess]:
    """A demo on a free port, stopped at the end."""
    server = ServerProcess(["demo", "--json", "--data", str(data), *more], free_port(), environment)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


class PersonOnline:
    """Somebody with a browser's manners: a cookie, one socket, the newest of each view."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = aiohttp.ClientSession(headers={"Origin": url}, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.views: dict[str, dict[str, Any]] = {}
        self.mines: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self.notices: list[str] = []
        self.signals: list[dict[str, Any]] = []
        self.heard: list[str] = []
        self.path = "socket.io"
        self.session = ""
        self.who = ""
        self.client = self._new_client()
        self._news = asyncio.Event()

    def _new_client(self) -> socketio.AsyncClient:
        client = socketio.AsyncClient(http_session=self.http, logger=False, handle_sigint=False, reconnection=False)
        client.on("view", self._view)
        client.on("rows", self._rows)
        client.on("notice", self._notice)
        client.on("signal", self._signal)
        client.on("disconnect", lambda *_reason: self._news.set())
        return client

    async def _view(self, message: dict[str, Any]) -> None:
        self.heard.append(json.dumps(message, ensure_ascii=False))
        # Who is here has two scopes: the lesson's arrivals, and the room one sits in.
        in_room = message["part"] == "presence" and message["view"]["scope"] != self.session
        self.views["beside" if in_room else message["part"]] = message["view"]
        if message["part"] == "mine":
            self.mines[message["view"]["member"]] = message["view"]
        self._news.set()

    async def _rows(self, message: dict[str, Any]) -> None:
        self.heard.append(json.dumps(message, ensure_ascii=False))
        self.rows.update({row["room"]: row for row in message["rows"]})
        self._news.set()

    async def _notice(self, message: dict[str, Any]) -> None:
        self.notices.append(message["code"])
        self._news.set()

    async def _signal(self, message: dict[str, Any]) -> None:
        self.signals.append(message)
        self._news.set()

    async def connect(self, **auth: Any) -> None:
        """Open the socket (a new one if there was one before: a reload)."""
        if self.client.connected:
            await self.client.disconnect()
        self.client = self._new_client()
        self.views.clear()
        self.mines.clear()
        await self.client.connect(
            self.url,
            headers={"Origin": self.url},
            auth={"session": self.session, "tab": secrets.token_hex(4), **auth},
            transports=["websocket"],
            socketio_path=self.path,
            # The library waits one second by itself; a machine with other work may need more.
            wait_timeout=30,
        )

    async def until(self, true: Callable[[Self], object], what: str = "", seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until something is true of what this person sees."""
        try:
            async with asyncio.timeout(seconds):
                while not true(self):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{self.who}: waited in vain {what}; saw {self.views.keys()} {self.notices}") from None

    async def say(self, kind: str, *, command_id: str | None = None, **fields: Any) -> dict[str, Any]:
        """Send a command and return its acknowledgement."""
        message = {"id": command_id or f"t{secrets.token_hex(8)}", "kind": kind, **fields}
        answer: dict[str, Any] = await self.client.call("command", message, timeout=COMING_IN_SECONDS)
        return answer

    @property
    def room(self) -> dict[str, Any]:
        """The room as this person sees it."""
        return self.views.get("room", {})

    @property
    def step(self) -> int:
        """The lesson index on this person's screen: the room's step or the class's floor, whichever is further."""
        return max(self.room.get("step", -1), self.views.get("session", {}).get("floor", -1))

    async def leave(self) -> None:
        """Close everything."""
        if self.client.connected:
            await self.client.disconnect()
        await self.http.close()


async def teacher_online(url: str, email: str, password: str, session: str) -> PersonOnline:
    """Sign in as a teacher and open the lesson."""
    person = PersonOnline(url)
    person.who, person.session = email, session
    async with person.http.post(f"{url}/signin", data={"email": email, "password": password}) as answer:
        assert answer.status == 200, answer.status
    await person.connect()
    await person.until(lambda p: "seats" in p.views and "presence" in p.views, "for the lobby", COMING_IN_SECONDS)
    return person


async def student_online(url: str, code: str, session: str) -> PersonOnline:
    """Come in with a personal code and open the lesson."""
    person = PersonOnline(url)
    person.session = session
    async with person.http.post(f"{url}/j/{code}") as answer:
        assert answer.status == 200, answer.status
        person.who = answer.url.path.strip("/").split("/")[1]
    person.path = f"s/{person.who}/socket.io"
    await person.connect()
    await person.until(lambda p: "mine" in p.views and "session" in p.views, "for the first views", COMING_IN_SECONDS)
    return person


@dataclass(slots=True)
class Lesson:
    """Two teachers and some students of both schools in one lesson."""

    server: ServerProcess
    teachers: list[PersonOnline]
    students: list[PersonOnline]

    def everybody(self) -> list[PersonOnline]:
        """All of them."""
        return [*self.teachers, *self.students]

    def partners(self, room: str) -> list[PersonOnline]:
        """Those who sit in a room."""
        seats = self.teachers[0].views["seats"]["rooms"][room]
        return [s for s in self.students if s.who in seats]

    async def start(self) -> None:
        """Propose rooms and start, as the first teacher."""
        first = self.teachers[0]
        want = len(self.students)
        await first.until(lambda p: len(p.views["presence"]["present"]) == want, "for all students")
        assert (await first.say("propose_rooms"))["ok"]
        await first.until(lambda p: p.views["seats"]["rooms"], "for rooms")
        started = await first.say("start_lesson")
        assert started["ok"], started
        for student in self.students:
            await student.until(lambda p: p.views.get("mine", {}).get("room") and p.room, "for the room")


@asynccontextmanager
async def lesson_on(server: ServerProcess, pairs: int, second: str | None = None) -> AsyncGenerator[Lesson]:
    """`pairs` students of each school and both teachers; the second school comes by the address `second`, if given."""
    said = server.said
    session = said["session"]["id"]
    schools = [t["school"] for t in said["teachers"]]
    urls = {schools[0]: server.url, schools[1]: second or server.url}
    everybody: list[PersonOnline] = []
    try:
        teachers = [
            await teacher_online(urls[t["school"]], t["email"], t["password"], session) for t in said["teachers"]
        ]
        everybody += teachers
        students: list[PersonOnline] = []
        for school in schools:
            for line in [s for s in said["students"] if s["school"] == school][:pairs]:
                students.append(await student_online(urls[school], line["code"], session))
                everybody.append(students[-1])
        yield Lesson(server, teachers, students)
    finally:
        for person in everybody:
            await person.leave()
