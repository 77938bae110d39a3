"""A lesson that was held by two twinned schools, with its log and its words, behind a real server over a real SQLite file."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.protocol_files import load_protocols
from server.adapters.sql.engine import make_engine, migrate, writing
from server.adapters.sql.live_tables import lessons, log, session_lessons, works
from server.adapters.sql.people import SqlPeople
from server.adapters.sql.review import SqlReview
from server.adapters.sql.shelves import SqlShelves
from server.adapters.sql.sign_ins import SqlSignIns
from server.core.live import events as e
from server.core.live.lesson import Lesson, LessonStep
from server.core.people.models import LessonSession, Plan, PlannedPart, Staff
from server.core.texts import Text
from server.core.twinning.plan import compile_plan
from server.edges.pages import class_growth, exports, learner, review, safety
from server.edges.pages.known import SHELVES
from tests.pages.conftest import (
    LESSON,
    ROOT,
    SECRET,
    STARTS,
    TWINNING,
    Desk,
    Forgetting,
    PageSettings,
    StillClock,
    furnish,
    make_house_app,
)

NOA, DAN, TAL = "haifa-0", "haifa-1", "haifa-2"
MAX, RUBY = "chicago-0", "chicago-1"
HELD = LESSON.model_copy(
    update={
        "plan": Plan(
            parts=(
                PlannedPart(protocol="havruta_warm_up", short=True),
                PlannedPart(protocol="noticing_and_wondering", short=True),
                PlannedPart(protocol="reflection", short=True),
                PlannedPart(protocol="self_assessment", short=True),
            ),
            text="ruth-1",
            first="1:14",
            last="1:17",
            band="C",
        )
    }
)
MORE_STAFF = (
    Staff(id="carmel-lead", school="haifa", email="lead@carmel.example", names={"en": "Rina Or", "he": "רינה אור"},
          roles=frozenset({"safety_lead"}), language="he"),
    Staff(id="second-lead", school="chicago", email="second@lakeside.example", names={"en": "Jo Hill"},
          roles=frozenset({"safety_lead"}), language="en"),
)  # fmt: skip


@dataclass
class Told:
    """What children and teachers did in one lesson, written straight into the tables. A second passes with each deed."""

    engine: AsyncEngine
    lesson: Lesson
    session: str = "lesson"
    deeds: int = 0
    versions: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def now(self) -> datetime:
        """The moment of the last deed."""
        return STARTS + timedelta(seconds=20 * self.deeds)

    def room(self, number: int = 1) -> str:
        """Return a room's id."""
        return f"{self.session}.{number}"

    def step(self, ends_with: str) -> LessonStep:
        """Return the lesson's step with this name."""
        return next(s for s in self.lesson.steps if s.id.endswith(f".{ends_with}"))

    async def happened(self, stream: str, *events: e.AnyEvent) -> None:
        """Append events to a stream."""
        self.deeds += 1
        self.versions[stream] = self.versions.get(stream, 0) + 1
        row = {
            "stream": stream,
            "version": self.versions[stream],
            "at": self.now,
            "sender": "somebody",
            "events": e.EVENTS.dump_json(list(events)).decode(),
        }
        async with writing(self.engine) as connection:
            await connection.execute(insert(log).values(row))

    async def start(self, rooms: dict[int, tuple[str, ...]]) -> None:
        """Open rooms with these members, and pin the lesson."""
        async with writing(self.engine) as connection:
            await connection.execute(
                insert(lessons).values(hash=self.lesson.content_hash, body=self.lesson.model_dump_json().encode())
            )
            await connection.execute(
                insert(session_lessons).values(session=self.session, hash=self.lesson.content_hash)
            )
        seats = {self.room(number): members for number, members in rooms.items()}
        await self.happened(self.session, e.RoomsProposed(rooms=seats))
        await self.happened(self.session, e.LessonStarted(by="levi"))

    async def answer(self, member: str, step: str, asked: str, *entries: dict[str, Any], number: int = 1,
                     held: str = "", late: bool = False) -> str:  # fmt: skip
        """A member answers a question; returns the work's id."""
        at = self.step(step)
        work = await self._write(member, at, asked, entries, number, held, late)
        told = e.Answered(step=at.index, member=member, of_step=at.index, input=asked, work=work, late=late)
        await self.happened(self.room(number), told)
        return work

    async def line(self, member: str, step: str, text: str, number: int = 1) -> str:
        """A member adds a line to what is written together."""
        at = self.step(step)
        work = await self._write(member, at, at.step.inputs[0].id, ({"text": text},), number, "", False)
        await self.happened(self.room(number), e.LineAdded(step=at.index, member=member, line=work, work=work))
        return work

    async def _write(
        self,
        member: str,
        at: LessonStep,
        asked: str,
        entries: tuple[dict[str, Any], ...],
        number: int,
        held: str,
        late: bool,
    ) -> str:
        work = f"work-{self.deeds}"
        protocol = self.lesson.parts[at.part].protocol
        row = {
            "id": work,
            "session": self.session,
            "room": self.room(number),
            "author": member,
            "by_staff": False,
            "step": at.index,
            "step_id": at.id,
            "protocol": protocol.id,
            "protocol_version": protocol.version,
            "text_hash": self.lesson.text_hash,
            "input": asked,
            "visibility": at.step.visibility,
            "keep": at.step.keep,
            "held": held,
            "late": late,
            "at": self.now,
            "entries": json.dumps(list(entries), ensure_ascii=False),
        }
        async with writing(self.engine) as connection:
            await connection.execute(insert(works).values(row))
        return work


@dataclass
class House:
    """A running server with its parts."""

    client: TestClient[Any, Any]
    people: SqlPeople
    review: SqlReview
    engine: AsyncEngine
    clock: StillClock
    sign_ins: SqlSignIns
    lesson: Lesson

    async def desk_of(self, staff: str) -> Desk:
        """Return a browser in which this person is signed in; nobody for ""."""
        return Desk(self.client, await self.sign_ins.start("staff", staff, self.clock.now()) if staff else "")

    def tell(self) -> Told:
        """Return what writes a lesson's deeds down."""
        return Told(self.engine, self.lesson)

    async def status(self, status: Any) -> LessonSession:
        """Set the lesson's status."""
        changed = HELD.model_copy(update={"status": status})
        await self.people.save_session(changed)
        return changed

    async def share_work(self, shares: bool) -> None:
        """Set what the agreement lets the other school see."""
        await self.people.save_twinning(TWINNING.model_copy(update={"shares_work": shares}))


@pytest.fixture(scope="session")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any], Path]:
    """The protocols and the text that ship, and compiled Hebrew; read once."""
    folder = tmp_path_factory.mktemp("locale")
    compiled = folder / "he" / "LC_MESSAGES" / "messages.mo"
    compiled.parent.mkdir(parents=True, exist_ok=True)
    kept = ROOT / "server" / "locale" / "he" / "LC_MESSAGES" / "messages.po"
    catalogue = read_po(BytesIO(kept.read_bytes()), locale="he")
    with compiled.open("wb") as out:
        write_mo(out, catalogue)
    ruth = Text.model_validate_json((ROOT / "server/texts/ruth-1.json").read_text("utf-8"))
    return load_protocols(ROOT / "protocols"), {"ruth-1": ruth}, folder


@pytest.fixture
async def house(tmp_path: Path, shelves: Any) -> AsyncGenerator[House, None]:
    """A furnished, running server whose lesson is closed; nothing happened in it yet."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'havruta.sqlite'}"
    await migrate(url)
    engine = make_engine(url)
    people, sign_ins, clock, reads = SqlPeople(engine, SECRET), SqlSignIns(engine), StillClock(), SqlReview(engine)
    await furnish(people)
    for person in MORE_STAFF:
        await people.save_staff(person)
    await people.save_session(HELD.model_copy(update={"status": "closed"}))
    app = make_house_app(people, sign_ins, reads, clock, Forgetting(), shelves, PageSettings())
    app[SHELVES] = SqlShelves(engine)
    app.add_routes([*review.routes, *learner.routes, *class_growth.routes, *exports.routes, *safety.routes])
    lesson = compile_plan(HELD.plan, HELD.title, shelves[0], shelves[1], 3)
    client = TestClient(TestServer(app))
    await client.start_server()
    yield House(client, people, reads, engine, clock, sign_ins, lesson)
    await client.close()
    await engine.dispose()


@pytest.fixture
async def held(house: House) -> House:
    """The same, after Noa of Haifa and Max of Chicago learned together in room 1, and Dan and Ruby in room 2."""
    told = house.tell()
    await told.start({1: (NOA, MAX), 2: (DAN, RUBY)})
    intention = {"choice": "listening"}
    await told.answer(NOA, "set_intention", "intention", {**intention, "text": "noa intends to ask twice"})
    await told.answer(MAX, "set_intention", "intention", {**intention, "text": "max intends to wait"})
    mark = {"segment": "1:14", "language": "en", "first": 0, "last": 2}
    await told.answer(NOA, "notices", "notice", {"text": "noa noticed the kiss", "marks": [mark]})
    await told.answer(MAX, "notices", "notice", {"text": "max noticed the crying"})
    await told.answer(DAN, "notices", "notice", {"text": "call me 0501234567"}, number=2, held="contact")
    await told.happened(told.room(2), e.HelpAsked(step=3, member=DAN, reason="a reason in a child's words"))
    await told.happened(told.room(2), e.TeacherCame(step=3, by="stone"))
    await told.happened(told.room(2), e.TeacherWent(step=3, by="stone"))
    await told.line(NOA, "strongest_question", "noa asks why")
    await told.line(MAX, "strongest_question", "max asks how")
    await told.answer(NOA, "intention_back", "showed", {"text": "noa reflects"})
    await told.answer(MAX, "intention_back", "showed", {"text": "max reflects"})
    moment = told.step("notices").id
    await told.answer(NOA, "rate_intention", "intention_level", {"choice": "mostly", "moment": moment})
    await told.answer(MAX, "rate_intention", "intention_level", {"choice": "sometimes", "moment": moment})
    await told.happened(told.session, e.NoteSent(by="stone", work="note"))
    await told.happened(told.session, e.SessionClosed(by="levi"))
    return house
