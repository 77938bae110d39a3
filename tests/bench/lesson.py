"""One lesson under load: everybody comes in, rooms open, commands and drafts arrive at a steady rate, the class moves on."""

import asyncio
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.bench.load import Target, Times, steady
from tests.bench.processes import Server
from tests.bench.school import TEACHERS, Class
from tests.bench.wire import Client, join

AT_ONCE_AT_THE_DOOR = 16
PATIENCE_SECONDS = 60
VIEWS_AT_FIRST = frozenset({"me", "session", "mine", "presence"})
STEP_UNDER_LOAD = "1.questions"
WORDS = (
    "I wonder why she stayed when the other one left; the verse tells what she said, and nothing of what she felt.",
    "מעניין למה היא נשארה כשהשנייה הלכה; הפסוק מספר מה היא אמרה, ולא מה היא הרגישה.",
)
_PART = re.compile(r'^42\["view",\{"part":"(\w+)"')


@dataclass(slots=True)
class Learner(Target):
    """A student's connection and what they do: write, think again, be done, and not be done after all."""

    client: Client
    step: int
    turn: int = 0
    sequence: int = 0

    def next_command(self) -> tuple[str, dict[str, Any]]:
        """Return the next thing a student sends: two of four are private answers, two are seen by the partner."""
        self.turn += 1
        match self.turn % 4:
            case 0:
                return "command", {"kind": "finish", "step": self.step}
            case 1:
                return "command", {"kind": "reopen", "step": self.step}
            case _:
                return "command", {
                    "kind": "answer",
                    "step": self.step,
                    "input": "question",
                    "entries": self._entries(2),
                }

    def next_draft(self) -> tuple[str, dict[str, Any]]:
        """Return what was typed so far."""
        self.sequence += 1
        draft = {"step": self.step, "input": "question", "sequence": self.sequence, "entries": self._entries(1)}
        return "command", {"kind": "save_draft", **draft}

    def _entries(self, count: int) -> list[dict[str, str]]:
        return [{"text": f"{WORDS[self.turn % 2]} ({self.turn})"} for _ in range(count)]


@dataclass(slots=True)
class _Awaited:
    """The last of many clients to hear one part of the view."""

    part: str
    left: set[Client]
    last: float = 0.0
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Lesson:
    """Drives one class through its lesson on a running server."""

    def __init__(self, server: Server, group: Class) -> None:
        self._server = server
        self._group = group
        self._url = f"http://127.0.0.1:{server.port}"
        self._seen: dict[Client, set[str]] = {}
        self._awaited: _Awaited | None = None
        self._session_view: dict[str, Any] = {}
        self._staff_tickets: list[tuple[str, str]] = []
        self._student_tickets: list[tuple[str, str]] = []
        self._teachers: list[Client] = []
        self.students: list[Client] = []
        self.bytes_at_first = 0
        self.bytes_of_session_view = 0

    async def sign_in(self) -> float:
        """Let everybody come through the door; return how many students came in a second."""
        gate = asyncio.Semaphore(AT_ONCE_AT_THE_DOOR)
        loop = asyncio.get_running_loop()
        async with aiohttp.ClientSession(headers={"Origin": self._url}, cookie_jar=aiohttp.DummyCookieJar()) as http:
            for email in TEACHERS:
                form = {"email": email, "password": self._group.password}
                self._staff_tickets.append(("/", (await _posted(http, gate, f"{self._url}/signin", form))[1]))
            began = loop.time()
            async with asyncio.TaskGroup() as tasks:
                coming = [tasks.create_task(_posted(http, gate, f"{self._url}/j/{c}", {})) for c in self._group.codes]
            took = loop.time() - began
        self._student_tickets = [task.result() for task in coming]
        return len(coming) / took

    async def teachers_join(self) -> None:
        """Let both teachers open the lesson."""
        self._teachers = [await self._join(*ticket) for ticket in self._staff_tickets]

    async def students_join(self, at_once: int) -> float:
        """Let all students open the lesson, so many at the same moment; return joins a second, first views included."""
        gate = asyncio.Semaphore(at_once)
        loop = asyncio.get_running_loop()

        async def one(path: str, cookie: str) -> Client:
            async with gate:
                return await self._join(path, cookie)

        began = loop.time()
        async with asyncio.TaskGroup() as tasks:
            joining = [tasks.create_task(one(*ticket)) for ticket in self._student_tickets]
        took = loop.time() - began
        self.students = [task.result() for task in joining]
        self.bytes_at_first = sum(s.bytes_in for s in self.students) // len(self.students)
        return len(self.students) / took

    async def _join(self, path: str, cookie: str) -> Client:
        """Connect and wait until everything that a page shows at first is there."""
        auth = {"session": self._group.session, "tab": secrets.token_hex(4)}
        complete: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def heard(client: Client, text: str, at: float) -> None:
            self._heard(client, text, at)
            if not complete.done() and self._seen.get(client, set()) >= VIEWS_AT_FIRST - (
                {"mine"} if path == "/" else set()
            ):
                complete.set_result(None)

        client = await join(self._server.port, f"{path}socket.io/", cookie, auth, heard)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await complete
        return client

    def _heard(self, client: Client, text: str, at: float) -> None:
        found = _PART.match(text)
        if found is None:
            return
        part = found[1]
        self._seen.setdefault(client, set()).add(part)
        if self._teachers and client is self._teachers[0] and part == "session":
            self._session_view = json.loads(text[2:])[1]["view"]
            self.bytes_of_session_view = len(text.encode())
        awaited = self._awaited
        if awaited and part == awaited.part and client in awaited.left:
            awaited.left.discard(client)
            awaited.last = at
            if not awaited.left:
                awaited.done.set()

    async def start(self) -> None:
        """Propose rooms, start, and bring the class to a step with something to write."""
        await self.teach({"kind": "propose_rooms"})
        await self.everyone_hears("room", {"kind": "start_lesson"})
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{self._url}/api/lessons/{self._session_view['lesson']}") as answer,
        ):
            steps = [step["id"] for step in (await answer.json())["steps"]]
        await self.everyone_hears(
            "room", {"kind": "next_gate", "after": self.floor, "to": steps.index(STEP_UNDER_LOAD)}
        )

    @property
    def staff_cookie(self) -> str:
        """The first teacher's cookie, for a browser of theirs."""
        return self._staff_tickets[0][1]

    @property
    def floor(self) -> int:
        """The step to which the class was brought."""
        return int(self._session_view["floor"])

    async def teach(self, command: dict[str, Any]) -> None:
        """Send a teacher's command; raises where it is refused."""
        answer = json.loads(
            await self._teachers[0].ask("command", json.dumps({"id": secrets.token_hex(8), **command}))
        )[0]
        if not answer["ok"]:
            raise RuntimeError(f"{command['kind']}: {answer}")

    async def everyone_hears(self, part: str, command: dict[str, Any]) -> float:
        """Send a teacher's command; return the milliseconds until the last student has the new view of `part`."""
        awaited = self._awaited = _Awaited(part, set(self.students))
        began = asyncio.get_running_loop().time()
        await self.teach(command)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await awaited.done.wait()
        return (awaited.last - began) * 1000

    async def next_step(self) -> float:
        """Move the whole class on; return the milliseconds until the last student knows."""
        return await self.everyone_hears("session", {"kind": "next_gate", "after": self.floor})

    async def under_load(self, commands_a_second: float, seconds: float) -> Times:
        """Let students write and be done at a steady rate, each command with a draft before it."""
        learners = [Learner(client, self.floor) for client in self.students]
        # Whoever begins at different places spreads the kinds of commands evenly over time.
        for number, learner in enumerate(learners):
            learner.turn = number
        return await steady(learners, commands_a_second, seconds, drafts=True)

    def leave(self) -> None:
        """Close every connection."""
        for client in (*self.students, *self._teachers):
            client.close()


async def _posted(
    http: aiohttp.ClientSession, gate: asyncio.Semaphore, url: str, form: dict[str, str]
) -> tuple[str, str]:
    """Return (where it leads, the cookie) of a form that signs somebody in."""
    async with gate, http.post(url, data=form, allow_redirects=False) as answer:
        cookie = next(iter(answer.cookies.values()))
        return answer.headers["Location"], f"{cookie.key}={cookie.value}"
