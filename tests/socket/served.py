"""A whole server inside the test's own process, and the raw wire beneath Socket.IO."""

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, cast

import aiohttp
from aiohttp import web

from server.app import HOUSE, House, make_app
from server.core.live.proposals import ArrivalsPolicy
from server.core.people.codes import make_code
from server.core.people.consent import plan_hash
from server.core.people.models import (
    ClassGroup,
    Consent,
    PlannedPart,
    Role,
    School,
    Staff,
    Student,
    Twinning,
    TwinningSide,
)
from server.demo import make_demo, summary
from server.edges.identity import STAFF_COOKIE, STUDENT_COOKIE
from server.edges.parts import PARTS
from server.edges.passes import BEARER
from server.settings import Settings
from tests.live.servers import PATIENCE_SECONDS, Lesson, PersonOnline, ServerProcess, free_port, lesson_on

SESSION = "demo-lesson"
HAIFA_TEACHER, CHICAGO_TEACHER = "demo-levi", "demo-stone"
HAIFA_SAFETY = "demo-haifa-safety"
COOKIES = {"staff": STAFF_COOKIE, "student": STUDENT_COOKIE, "pass": BEARER}
WANTED_BY_ENGINE_IO = "socket.io/?EIO=4&transport=websocket"


@dataclass
class Served:
    """A server with the sample twinning; `said` is what `havruta demo --json` would print."""

    house: House
    said: dict[str, Any]
    browsers: list[aiohttp.ClientSession] = field(default_factory=list[aiohttp.ClientSession])

    @property
    def url(self) -> str:
        """Where it listens, which is the origin of its pages."""
        return self.house.settings.origin

    def as_process(self) -> ServerProcess:
        """Return it as the lessons of tests/live know servers: they read `url` and `said` only."""
        return ServerProcess([], self.house.settings.port, said=self.said)

    async def token(self, kind: str, subject: str) -> str:
        """Sign somebody in, past the door."""
        parts = self.house.app[PARTS]
        return await parts.sign_ins.start(kind, subject, parts.clock.now())

    async def raw(
        self,
        kind: str | None,
        subject: str = "",
        *,
        session: Any = SESSION,
        path: str | None = None,
        origin: str | None = "ours",
        token: str | None = None,
    ) -> "RawSocket":
        """Open a websocket as somebody ("staff", "student" or None) and ask to be let in."""
        cookies: dict[str, str] = {}
        if kind:
            given = token if token is not None else await self.token(kind, subject)
            cookies = {STAFF_COOKIE if kind == "staff" else STUDENT_COOKIE: given}
        if path is None:
            path = f"/s/{subject}/" if kind == "student" else "/"
        return await RawSocket.open(self.url, path, cookies, self.url if origin == "ours" else origin, session)

    async def browser(self, kind: str | None = None, subject: str = "") -> aiohttp.ClientSession:
        """Return a browser in which somebody is signed in; it is closed with the server."""
        cookies = {}
        if kind:
            cookies = {COOKIES[kind]: await self.token(kind, subject)}
        self.browsers.append(aiohttp.ClientSession(cookies=cookies, headers={"Origin": self.url}))
        return self.browsers[-1]

    async def online(self, kind: str, subject: str) -> PersonOnline:
        """Return somebody whose page is open."""
        person = PersonOnline(self.url)
        person.who, person.session = subject, SESSION
        cookie = STAFF_COOKIE if kind == "staff" else STUDENT_COOKIE
        person.http.cookie_jar.update_cookies({cookie: await self.token(kind, subject)})
        if kind == "student":
            person.path = f"s/{subject}/socket.io"
        await person.connect()
        await person.until(lambda p: "session" in p.views and "me" in p.views, "for the first views")
        return person

    async def ask(self, browser: aiohttp.ClientSession, path: str, **form: str) -> tuple[int, dict[str, Any]]:
        """Post a form as a page does; return the status and the JSON, or where one was sent."""
        async with browser.post(f"{self.url}{path}", data=form, allow_redirects=False) as answer:
            if answer.content_type == "application/json":
                return answer.status, await answer.json()
            return answer.status, {"to": answer.headers.get("Location", ""), "page": await answer.text()}

    async def invite(self, kind: str, name: str, *, by: str = HAIFA_TEACHER, agreed: bool = True) -> dict[str, Any]:
        """Let a teacher make a link; a guest's second yes comes from Chicago."""
        status, made = await self.ask(
            await self.browser("staff", by), f"/sessions/{SESSION}/passes", kind=kind, name=name
        )
        assert status == 201, made
        if kind == "guest" and agreed:
            path = f"/sessions/{SESSION}/passes/{made['id']}/agree"
            assert await self.ask(await self.browser("staff", CHICAGO_TEACHER), path) == (200, {"ok": True})
        return made

    async def by_link(self, made: dict[str, Any]) -> PersonOnline:
        """Return somebody who followed a link and whose page is open."""
        person = PersonOnline(self.url)
        person.who, person.session, person.path = made["id"], SESSION, f"p/{made['id']}/socket.io"
        async with person.http.post(made["link"], allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, f"/p/{made['id']}/")
        await person.connect()
        await person.until(lambda p: "me" in p.views, "for the first views")
        return person

    async def another_lesson(self) -> PersonOnline:
        """Return a teacher of two other schools' lesson, whose page is open at that lesson."""
        people = self.house.people
        await self.hire("far-teacher", "far-school", "teacher", "coordinator")
        await people.save_class(ClassGroup(id="far-class", school="far-school", name={"en": "Far"}))
        ours = await people.session(SESSION)
        assert ours is not None
        sides = (TwinningSide(side="a", schools=("far-school",)), TwinningSide(side="b", schools=("far-school-2",)))
        await self.hire("far-teacher-2", "far-school-2", "teacher")
        await people.save_twinning(Twinning(id="far-twinning", names={"en": "Far"}, sides=sides))
        theirs = tuple(
            side.model_copy(update={"classes": classes, "adult": None})
            for side, classes in zip(ours.sides, (("far-class",), ()), strict=True)
        )
        await people.save_session(
            ours.model_copy(
                update={"id": "far-lesson", "twinning": "far-twinning", "sides": theirs, "status": "lobby", "arc": None}
            )
        )
        person = PersonOnline(self.url)
        person.who, person.session = "far-teacher", "far-lesson"
        person.http.cookie_jar.update_cookies({STAFF_COOKIE: await self.token("staff", "far-teacher")})
        await person.connect()
        await person.until(lambda p: "session" in p.views, "for the first views")
        return person

    async def hire(self, staff_id: str, school: str, *roles: Role) -> None:
        """Add an adult to a school; a school that is not there yet is founded."""
        people = self.house.people
        if await people.school(school) is None:
            far = {"en": "Third School"}
            await people.save_school(School(id=school, names=far, place=far, zone="UTC", country="GB", language="en"))
        await people.save_staff(
            Staff(
                id=staff_id,
                school=school,
                email=f"{staff_id}@x.example",
                names={"en": staff_id},
                roles=frozenset(roles),
            )
        )

    async def enrol(self, student_id: str, class_id: str, school: str, media: str = "video") -> None:
        """Add a student, agreed to take part."""
        await self.house.people.save_class(ClassGroup(id=class_id, school=school, name={"en": class_id}))
        answers = {"takes_part": "across", "media": media, "keep_words": "year"}
        student = Student(
            id=student_id,
            school=school,
            class_id=class_id,
            names={"en": student_id},
            speaks=("en",),
            reads=("en",),
            band="B",
            consent=Consent.model_validate(answers),
        )
        await self.house.people.add_students([(student, make_code(secrets.token_bytes(64)))])

    async def plan(self, *protocols: str, talk_shown: bool = False, arrivals: ArrivalsPolicy = "suggest") -> None:
        """Plan the lesson anew, with these protocols in full, agreed to by both sides."""
        people = self.house.people
        lesson = await people.session(SESSION)
        assert lesson is not None
        parts = tuple(PlannedPart(protocol=protocol) for protocol in protocols)
        planned = lesson.model_copy(
            update={
                "plan": lesson.plan.model_copy(update={"parts": parts, "talk_shown": talk_shown, "arrivals": arrivals})
            }
        )
        agreed = plan_hash(planned)
        sides = tuple(side.model_copy(update={"agreed_plan": agreed}) for side in planned.sides)
        await people.save_session(planned.model_copy(update={"sides": sides}))

    @asynccontextmanager
    async def lesson(self, pairs: int) -> AsyncGenerator[Lesson]:
        """Both teachers and `pairs` students of each school, started."""
        async with lesson_on(self.as_process(), pairs) as lesson:
            await lesson.start()
            yield lesson


@asynccontextmanager
async def serving(data: Path, *, port: int = 0, **settings: Any) -> AsyncGenerator[Served]:
    """Run a server over a data folder until the block ends. It is no demo unless `demo=True`."""
    # Tests stop a busy machine's loop for seconds: a slow answer is no absence here.
    settings = {"ping_seconds": 30, "ping_timeout_seconds": 30, **settings}
    chosen = Settings(data_dir=data, port=port or free_port(), database_url=None, redis_url=None, **settings)
    app = await make_app(chosen)
    people, _ = await make_demo(app[HOUSE])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, chosen.host, chosen.port).start()
    served = Served(app[HOUSE], summary(app[HOUSE], people).as_json())
    try:
        yield served
    finally:
        for browser in served.browsers:
            await browser.close()
        await runner.cleanup()


async def lesson_steps(served: Served, content_hash: str) -> list[dict[str, Any]]:
    """Return the steps of a lesson, as its pages get them."""
    browser = await served.browser()
    async with browser.get(f"{served.url}/api/lessons/{content_hash}") as answer:
        assert answer.status == 200
        return (await answer.json())["steps"]


async def soon(true: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something has become true that announces itself to nobody."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 -- nothing to be told by
            await asyncio.sleep(0.01)


class RefusedAtDoor(Exception):  # noqa: N818 -- what a test expects is no error
    """The connection was not let in; `code` is what the client was told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RawSocket:
    """Engine.IO and Socket.IO packets as text: what a browser would never send can be sent, and nothing is read unasked."""

    def __init__(self, http: aiohttp.ClientSession, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._http = http
        self.ws = ws
        self.events: list[tuple[str, Any]] = []
        self.answers: dict[int, Any] = {}
        self._news = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str, path: str, cookies: dict[str, str], origin: str | None, session: Any) -> Self:
        """Connect and be let in, or raise RefusedAtDoor with the code."""
        http = aiohttp.ClientSession(cookies=cookies)
        try:
            headers = {"Origin": origin} if origin else {}
            ws = await http.ws_connect(f"{url}{path}{WANTED_BY_ENGINE_IO}", headers=headers)
        except aiohttp.WSServerHandshakeError as refused:
            await http.close()
            raise RefusedAtDoor(f"http {refused.status}") from None
        me = cls(http, ws)
        await me.ws.receive_str()
        await me.ws.send_str("40" + json.dumps({"session": session, "tab": "raw"}))
        said = await me.ws.receive_str()
        if not said.startswith("40"):
            await me.close()
            raise RefusedAtDoor(json.loads(said[2:])["message"])
        return me

    def listen(self) -> None:
        """Read from now on."""
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        async for message in self.ws:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self._heard(cast(str, message.data))
            self._news.set()
        self._news.set()

    async def _heard(self, packet: str) -> None:
        if packet == "2":
            await self.ws.send_str("3")
        elif packet.startswith("42"):
            event, body = json.loads(packet[2:])
            self.events.append((event, body))
        elif packet.startswith("43"):
            digits = packet[2:].partition("[")[0]
            self.answers[int(digits)] = json.loads(packet[2 + len(digits) :])[0]

    @property
    def is_open(self) -> bool:
        """Whether the server still talks to it (known only while it listens)."""
        return self._reader is not None and not self._reader.done()

    async def send(self, event: str, body: Any, number: int | None = None) -> None:
        """Send an event, asking for an answer if it has a number."""
        await self.ws.send_str(f"42{'' if number is None else number}{json.dumps([event, body])}")

    async def ask(self, body: Any, number: int = 0) -> dict[str, Any]:
        """Send a command and return its acknowledgement."""
        await self.send("command", body, number)
        await self.until(lambda: number in self.answers)
        return self.answers.pop(number)

    async def until(self, true: Any, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until something is true of what was heard."""
        async with asyncio.timeout(seconds):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        """Go."""
        if self._reader:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self.ws.close()
        await self._http.close()
