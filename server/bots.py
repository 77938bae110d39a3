"""Simulated students over the real wire: they join, answer every step with plausible words, pause, drop and come back."""

import asyncio
import json
import random
import re
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import aiohttp
import socketio
import structlog
from yarl import URL

from server.adapters.seed import read_demo_file
from server.adapters.sql.engine import make_engine
from server.adapters.sql.people import SqlPeople
from server.app import secret_of
from server.bot_days import Day, Shares, days, in_turn
from server.settings import Settings
from server.troubles import Trouble, open_database, require_store

MOST_SIGNING_IN = 20
"""More at once wait their turn, as before a school's door: else a thousand would run into each other's time-outs."""
TRY_AGAIN_SECONDS = 1.0
CONNECT_SECONDS = 20
PATIENCE = aiohttp.ClientTimeout(total=15)
HELP_REASONS = ("task", "text", "partner", "device", "")
COMES_FORWARD = 0.2
AWAY_SECONDS = (3.0, 12.0)
THINK_SECONDS = (2.0, 9.0)
_BOOT = re.compile(r'<script type="application/json" id="boot">(.*?)</script>', re.DOTALL)
_logger = structlog.get_logger(__name__)

SAYINGS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "I notice that the same word comes back.",
        "I wonder why she stayed when the other one left.",
        "Maybe she is afraid, and says it strongly because of that.",
        "The text does not tell us what she felt.",
        "I would have gone home, I think.",
        "It sounds like a promise more than an answer.",
        "What does it cost her to say this?",
        "My partner showed me a word that I had passed over.",
    ),
    "he": (
        "שמתי לב שאותה מילה חוזרת.",
        "מעניין למה היא נשארה כשהשנייה הלכה.",
        "אולי היא מפחדת, ולכן היא אומרת את זה בכזה תוקף.",
        "הטקסט לא מספר לנו מה היא הרגישה.",
        "נראה לי שאני הייתי חוזר הביתה.",
        "זה נשמע כמו הבטחה יותר מאשר תשובה.",
        "כמה זה עולה לה לומר את הדברים האלה?",
        "החברותא הראתה לי מילה שדילגתי עליה.",
    ),
}


async def read_codes(file: Path | None, data_dir: Path, each: int | None = None) -> list[str]:
    """Return personal codes from a file (one a line), or those of every student in the local store, schools in turn.

    `each`: at most so many of a school. Raises Trouble where there is no store.
    """
    if file is not None:
        try:
            lines = (await asyncio.to_thread(file.read_text, "utf-8")).splitlines()
        except UnicodeDecodeError:
            raise Trouble(f"{file} is no text file: one code a line is wanted.") from None
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    settings = Settings.read(data_dir=data_dir)
    require_store(settings)
    await open_database(settings)
    engine = make_engine(settings.database)
    try:
        people = SqlPeople(engine, secret_of(settings))
        by_school: dict[str, list[str]] = {}
        for student in await people.every_student():
            found, code = await people.student(student), await people.code_of(student)
            if found and code:
                by_school.setdefault(found.school, []).append(code)
        return in_turn([codes[:each] for codes in by_school.values()])
    finally:
        await engine.dispose()


def read_stand_ins(data_dir: Path) -> tuple[list[tuple[str, str]], str | None]:
    """Return (e-mail, password) of a demo's teachers and its lesson; nobody where the data folder is no demo's."""
    kept = data_dir / "demo.json"
    if not kept.exists():
        return [], None
    demo = read_demo_file(kept)
    return [(teacher["email"], teacher["password"]) for teacher in demo["teachers"]], demo["session"]


async def knock(url: str) -> None:
    """Raise Trouble where no Havruta answers at `url`."""
    try:
        async with aiohttp.ClientSession() as http, http.get(f"{url}/healthz", timeout=PATIENCE) as answer:
            ours = answer.status == 200 and (await answer.text()).strip() == "ok"
    except (aiohttp.ClientError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise Trouble(
            f"Nobody answers at {url} ({reason}). Start the server there, or give its address with --url."
        ) from None
    if not ours:
        raise Trouble(f"What answers at {url} is not Havruta. Give the address of the server with --url.")


class BotClass:
    """A class of bots. `pace` 1 is as quick as people; the same `seed` makes the same choices."""

    def __init__(
        self,
        url: str,
        codes: Sequence[str],
        *,
        teachers: Sequence[tuple[str, str]] = (),
        session: str | None = None,
        pace: float = 1.0,
        seed: int = 1,
        drops: bool = True,
        shares: Shares | None = None,
        stand_ins: Sequence[str] = (),
        origin: str | None = None,
    ) -> None:
        """`shares`: a class as in life; None: all come quickly and nobody stays away. `stand_ins` are adults' sign-ins.

        `origin` is the server's public address where the bots reach it by another.
        """
        self._door = Door(url.rstrip("/"), (origin or url).rstrip("/"))
        self._teachers = teachers
        self._stand_ins = stand_ins
        self._session = session
        self._pace = pace
        self.tally = Tally()
        # One class reads one lesson: it is kept once for all.
        lessons: dict[str, dict[str, Any]] = {}
        quick = Shares(arrive_over=len(codes) * 0.25 * pace, late=0, absent=0, drop=0.12 if drops else 0, help=0)
        self.bots = [
            Bot(self._door, code, random.Random(f"{seed}:{code}"), pace, day, self.tally, lessons)  # noqa: S311 -- choices of a simulation
            for code, day in zip(codes, days(len(codes), shares or quick, seed), strict=True)
        ]

    @property
    def turned_away(self) -> int:
        """How many codes the server did not know."""
        return sum(bot.turned_away for bot in self.bots)

    async def run(self, seconds: float) -> None:
        """Let each come at their time, and stay for at most `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group, self._door:
                adults: list[asyncio.Task[None]] = []
                if self._session:
                    for email, password in self._teachers:
                        adult = _stand_in(self._door, self._session, email=email, password=password)
                        adults.append(group.create_task(adult))
                    for token in self._stand_ins:
                        adults.append(group.create_task(_stand_in(self._door, self._session, token=token)))
                lives = [group.create_task(bot.live()) for bot in self.bots]
                await asyncio.wait(lives)
                # Whoever stands in for a teacher goes home with the children.
                for adult in adults:
                    adult.cancel()


@dataclass(slots=True)
class Tally:
    """What happened to a class so far, for whoever rehearses and for whoever measures."""

    arrived: int = 0
    dropped: int = 0
    came_back: int = 0
    asked_for_help: int = 0
    no_server: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])
    waits: list[float] = field(default_factory=list[float])
    """Seconds until each command was answered."""
    first_at: float = 0.0
    last_at: float = 0.0

    def came(self, at: float) -> None:
        """Note that one more is in the lobby."""
        self.arrived += 1
        self.first_at = self.first_at or at
        self.last_at = at

    def told(self) -> str:
        """Return it as one line."""
        waits = sorted(self.waits)
        p50, p99 = (waits[min(int(len(waits) * share), len(waits) - 1)] if waits else 0.0 for share in (0.5, 0.99))
        over = max(self.last_at - self.first_at, 0.001)
        return (
            f"arrived {self.arrived} in {over:.0f} s ({self.arrived / over:.1f} a second), dropped out {self.dropped}, "
            f"came back {self.came_back}, asked for help {self.asked_for_help}; {len(waits)} commands, "
            f"answered in {p50 * 1000:.0f} ms (half) and {p99 * 1000:.0f} ms (99 of 100); "
            f"refused {dict(self.refused) or 0}, lost {self.no_server}"
        )


class Door:
    """How the class reaches the server: all share its connections, each with cookies of their own."""

    def __init__(self, url: str, origin: str) -> None:
        self.url = url
        self.origin = origin
        self.turns = asyncio.Semaphore(MOST_SIGNING_IN)
        self._connector: aiohttp.TCPConnector | None = None

    async def __aenter__(self) -> Self:
        self._connector = aiohttp.TCPConnector(limit=0)
        return self

    async def __aexit__(self, *_reason: object) -> None:
        if self._connector:
            await self._connector.close()

    def browser(self) -> aiohttp.ClientSession:
        """Return a browser of its own."""
        # A server behind a proxy marks its cookies Secure; between it and us there is no network.
        jar = aiohttp.CookieJar(
            unsafe=True, treat_as_secure_origin=[URL(self.url), URL(self.url.replace("http", "ws", 1))]
        )
        return aiohttp.ClientSession(
            headers={"Origin": self.origin}, cookie_jar=jar, connector=self._connector, connector_owner=False
        )


async def _stand_in(door: Door, session: str, *, email: str = "", password: str = "", token: str = "") -> None:  # noqa: S107 -- none is the default
    """A teacher who is signed in and watches: children wait in the lobby until their adult is there."""
    async with door.browser() as http:
        try:
            headers = {"Origin": door.origin}
            if token:
                headers["Cookie"] = token
            else:
                async with http.post(f"{door.url}/signin", data={"email": email, "password": password}) as answer:
                    answer.raise_for_status()
            client = socketio.AsyncClient(http_session=http, logger=False, handle_sigint=False)
            await client.connect(
                door.url, headers=headers, auth={"session": session, "tab": "stand-in"}, transports=["websocket"]
            )
        except (aiohttp.ClientError, socketio.exceptions.ConnectionError) as problem:
            # The class comes all the same: its teachers may be real ones.
            _logger.warning("stand_in_cannot_come", reason=str(problem))
            return
        try:
            await asyncio.Event().wait()
        finally:
            await client.disconnect()


@dataclass(slots=True)
class Seen:
    """The newest of each part of the view."""

    session: dict[str, Any] = field(default_factory=dict[str, Any])
    room: dict[str, Any] = field(default_factory=dict[str, Any])
    mine: dict[str, Any] = field(default_factory=dict[str, Any])
    plenary: dict[str, Any] = field(default_factory=dict[str, Any])


class Bot:
    """One simulated student."""

    def __init__(
        self,
        door: Door,
        code: str,
        chance: random.Random,
        pace: float,
        day: Day,
        tally: Tally,
        lessons: dict[str, dict[str, Any]],
    ) -> None:
        self._door = door
        self._url = door.url
        self._code = code
        self._chance = chance
        self._pace = pace
        self._day = day
        self._out_after = list(day.out_after)
        self._help_after = day.help_after
        self._done = 0
        self._tally = tally
        self._lessons = lessons
        self._seen = Seen()
        self._changed = asyncio.Event()
        self._boot: dict[str, Any] = {}
        self._lesson: dict[str, Any] = {}
        self._sent: set[tuple[int, str]] = set()
        self._client: socketio.AsyncClient | None = None
        self.turned_away = False
        self.visits = 0

    @property
    def member(self) -> str:
        """Who this is, once they have come in."""
        return str(self._boot.get("member", ""))

    @property
    def room(self) -> str | None:
        """The room where this one sits, as far as they know."""
        return self._seen.mine.get("room")

    async def drop(self) -> None:
        """Lose the connection, as a laptop that is closed does; it comes back by itself."""
        if self._client:
            await self._client.disconnect()

    async def live(self) -> None:
        """Come in at their time, take part until the lesson is closed, come back after a drop or when the server is back."""
        if self._day.comes_after is None:
            return
        await asyncio.sleep(self._day.comes_after / self._pace)
        async with self._door.browser() as http:
            while True:
                try:
                    if not self._boot:
                        async with self._door.turns:
                            await self._sign_in(http)
                    if not self._boot.get("session") or await self._visit(http):
                        return
                    await asyncio.sleep(self._chance.uniform(*AWAY_SECONDS) / self._pace)
                except (aiohttp.ClientError, TimeoutError) as problem:
                    _logger.warning("bot_finds_no_server", reason=type(problem).__name__)
                    self._tally.no_server += 1
                    await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def _sign_in(self, http: aiohttp.ClientSession) -> None:
        async with http.post(f"{self._url}/j/{self._code}") as answer:
            if answer.status == 404:
                self.turned_away = True
                return
            answer.raise_for_status()
            found = _BOOT.search(await answer.text())
        if found is None:
            raise RuntimeError("the student's page has no boot data")
        self._boot = json.loads(found[1])

    async def _visit(self, http: aiohttp.ClientSession) -> bool:
        """Be connected until the lesson ends (True), or until the connection is dropped (False)."""
        client = socketio.AsyncClient(http_session=http, logger=False, handle_sigint=False, reconnection=False)
        client.on("view", self._hear)
        away = asyncio.Event()

        def gone(*_reason: object) -> None:
            away.set()
            self._changed.set()

        client.on("disconnect", gone)
        try:
            await client.connect(
                self._url,
                headers={"Origin": self._door.origin},
                auth={"session": self._boot["session"], "tab": secrets.token_hex(4)},
                transports=["websocket"],
                socketio_path=self._boot["socket"].strip("/"),
                # The library waits one second by itself; a whole class on one machine takes longer.
                wait_timeout=CONNECT_SECONDS,
            )
            self._client = client
            self.visits += 1
            if self.visits == 1:
                self._tally.came(time.monotonic())
            else:
                self._tally.came_back += 1
            await self._say(client, {"kind": "device_state", "camera": "off", "microphone": "off"})
            return await self._take_part(http, client, away)
        except socketio.exceptions.ConnectionError as problem:
            if str(problem) in ("removed", "not_your_session"):
                return True
            _logger.warning("bot_cannot_connect", reason=str(problem))
            self._tally.no_server += 1
            await asyncio.sleep(TRY_AGAIN_SECONDS)
            return False
        finally:
            with suppress(Exception):
                await client.disconnect()

    async def _hear(self, message: dict[str, Any]) -> None:
        part = message["part"]
        if part in ("session", "room", "mine", "plenary"):
            setattr(self._seen, part, message["view"])
            self._changed.set()

    async def _take_part(self, http: aiohttp.ClientSession, client: socketio.AsyncClient, away: asyncio.Event) -> bool:
        while not away.is_set():
            if self._seen.session.get("status") == "closed":
                return True
            with suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await self._changed.wait()
            self._changed.clear()
            if not self._in_a_room():
                continue
            if self._out_after and self._done >= self._out_after[0]:
                self._out_after.pop(0)
                self._tally.dropped += 1
                return False
            await asyncio.sleep(self._chance.uniform(*THINK_SECONDS) * self._day.tempo / self._pace)
            if not client.connected:
                return False
            if self._help_after is not None and self._done >= self._help_after and self._in_a_room():
                self._help_after = None
                self._tally.asked_for_help += await self._say(
                    client, {"kind": "ask_help", "reason": self._chance.choice(HELP_REASONS)}
                )
            await self._act(http, client)
        return False

    def _in_a_room(self) -> bool:
        running = self._seen.session.get("status") == "running" and not self._seen.session.get("paused")
        return running and self._seen.mine.get("room") == self._seen.room.get("room") is not None

    async def _act(self, http: aiohttp.ClientSession, client: socketio.AsyncClient) -> None:
        room = self._seen.room
        if not self._in_a_room() or room["state"] in ("done", "waiting_for_class"):
            return
        step = await self._step(http, room["step"])
        turn = room.get("turn")
        me = self._boot["member"]
        if step["kind"] == "board":
            await self._share(client, room, step)
            return
        if step["kind"] == "round":
            await self._speak_in_round(client, room["room"])
        if step["scope"] == "class":
            return
        if step["kind"] == "solo":
            gave = await self._answer_inputs(client, room, step)
            if step["completion"] == "partner_confirms":
                await self._confirm_what_was_written(client, room)
                if gave:
                    return  # the partner may be writing about my idea just now: read it before Done
        elif step["kind"] == "together":
            await self._write_together(client, room, step)
        elif turn is not None:
            if turn["acts"] == me:
                confirm = turn["phase"] == "confirm"
                kind = {"kind": "confirm", "right": self._chance.random() < 0.8} if confirm else {"kind": "take_turn"}
                await self._say(client, {**kind, "step": room["step"]})
            return
        if me not in room["finished"]:
            await self._say(client, {"kind": "finish", "step": room["step"]})

    async def _step(self, http: aiohttp.ClientSession, index: int) -> dict[str, Any]:
        wanted = self._seen.session["lesson"]
        if wanted not in self._lessons:
            async with http.get(f"{self._url}/api/lessons/{wanted}") as answer:
                answer.raise_for_status()
                self._lessons[wanted] = await answer.json()
        self._lesson = self._lessons[wanted]
        step: dict[str, Any] = self._lesson["steps"][index]
        fitted = step["for_group"].get(str(len(self._seen.room["members"])))
        return {**step, **(fitted or {})}

    async def _answer_inputs(self, client: socketio.AsyncClient, room: dict[str, Any], step: dict[str, Any]) -> bool:
        """Answer what is not answered yet; True if anything was given just now."""
        gave = False
        for asked in step["inputs"]:
            if (room["step"], asked["id"]) in self._sent:
                continue
            entries = [self._entry(asked) for _ in range(max(asked["min"], 1))]
            if await self._say(
                client, {"kind": "answer", "step": room["step"], "input": asked["id"], "entries": entries}
            ):
                self._sent.add((room["step"], asked["id"]))
                gave = True
        return gave

    async def _confirm_what_was_written(self, client: socketio.AsyncClient, room: dict[str, Any]) -> None:
        """Say once whether the one who writes about my idea has understood it."""
        seated = [member["id"] for member in room["members"]]
        me = self._boot["member"]
        writer = seated[seated.index(me) - 1] if me in seated else me
        written = any(given["step"] == room["step"] and given["member"] == writer for given in room["given"])
        if writer != me and written and writer not in room["confirmed"]:
            right = self._chance.random() < 0.8
            await self._say(client, {"kind": "confirm", "step": room["step"], "member": writer, "right": right})

    async def _share(self, client: socketio.AsyncClient, room: dict[str, Any], step: dict[str, Any]) -> None:
        """Give one thing of mine or of my room to the class, where there is one that is not up there yet."""
        at = room["step"]
        used = {one["index"] for one in self._lesson["steps"] if one["id"] in step["uses"]}
        there = {(shared["work"], shared["entry"]) for shared in room["shared"]}
        left = [
            (one["work"], entry)
            for one in (*self._seen.mine["answers"], *room["lines"])
            if one["step"] in used and not one["held"]
            for entry in range(len(one["entries"]))
            if (one["work"], entry) not in there
        ]
        if left and (at, step["id"]) not in self._sent:
            work, entry = self._chance.choice(left)
            if await self._say(client, {"kind": "share", "step": at, "work": work, "entry": entry}):
                self._sent.add((at, step["id"]))

    async def _speak_in_round(self, client: socketio.AsyncClient, room: str) -> None:
        """Say that I have spoken when it is my turn or my room's; where volunteers speak, come forward now and then."""
        turns = self._seen.plenary.get("round")
        me = self._boot["member"]
        if not turns:
            return
        if turns["speaker"] == me and turns["who"] in (me, room):
            await self._say(client, {"kind": "end_round_turn", "turn": turns["turn"]})
        elif turns["of"] == "volunteers" and me not in turns["volunteers"] and self._chance.random() < COMES_FORWARD:
            await self._say(client, {"kind": "join_round", "joins": True})

    async def _write_together(self, client: socketio.AsyncClient, room: dict[str, Any], step: dict[str, Any]) -> None:
        me = self._boot["member"]
        asked = step["inputs"][0]
        lines = [line for line in room["lines"] if line["step"] == room["step"]]
        if not any(line["author"] == me for line in lines):
            entries = [self._entry(asked)]
            await self._say(
                client, {"kind": "add_line", "step": room["step"], "input": asked["id"], "entries": entries}
            )
        for line in lines:
            if me not in line["approved"]:
                await self._say(client, {"kind": "approve_line", "step": room["step"], "line": line["id"]})
        if step["choose_one"] and lines and not any(me in line["chosen_by"] for line in lines):
            line = self._chance.choice(lines)
            await self._say(client, {"kind": "choose_line", "step": room["step"], "line": line["id"]})

    def _entry(self, asked: dict[str, Any]) -> dict[str, Any]:
        entry: dict[str, Any] = {}
        if asked["options"]:
            entry["choice"] = self._chance.choice(asked["options"])["id"]
        if asked["kind"] in ("text", "list") or asked["because"]:
            entry["text"] = self._chance.choice(SAYINGS.get(self._boot["language"], SAYINGS["en"]))
        if asked["tags"]:
            entry["tag"] = self._chance.choice(asked["tags"])["id"]
        if asked["kind"] == "rating":
            done = [
                s["id"] for s in self._lesson["steps"] if s["index"] < self._seen.room["step"] and s["kind"] != "frame"
            ]
            entry["moment"] = self._chance.choice(done) if done else None
        if asked["evidence"] != "none" and self._lesson["text"]:
            entry["marks"] = [self._mark()]
        return entry

    def _mark(self) -> dict[str, Any]:
        segment = self._chance.choice(self._lesson["text"]["segments"])
        language = (
            self._boot["language"] if self._boot["language"] in segment["words"] else next(iter(segment["words"]))
        )
        first = self._chance.randrange(len(segment["words"][language]))
        last = min(first + self._chance.randrange(3), len(segment["words"][language]) - 1)
        return {"segment": segment["id"], "language": language, "first": first, "last": last}

    async def _say(self, client: socketio.AsyncClient, command: dict[str, Any]) -> bool:
        """Send a command; a refusal is part of life (the step moved on meanwhile), a lost connection ends the visit."""
        self._done += 1
        with suppress(socketio.exceptions.TimeoutError, socketio.exceptions.BadNamespaceError):
            sent = time.monotonic()
            answer = await client.call("command", {"id": f"b{secrets.token_hex(8)}", **command}, timeout=10)
            self._tally.waits.append(time.monotonic() - sent)
            if not answer.get("ok"):
                self._tally.refused[str(answer.get("code"))] += 1
            return bool(answer.get("ok"))
        self._tally.no_server += 1
        return False
