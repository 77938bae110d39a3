"""Stores on both databases, invented people, and the entrance pages behind a real aiohttp server."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import aiohttp_jinja2
import jinja2
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.engine import make_engine, migrate, writing
from server.adapters.sql.people import SqlPeople
from server.adapters.sql.review import SqlReview
from server.adapters.sql.sign_ins import SqlSignIns
from server.core.people.models import (
    ClassGroup,
    Consent,
    LessonSession,
    Plan,
    PlannedPart,
    School,
    SessionSide,
    Staff,
    Student,
    Twinning,
    TwinningSide,
)
from server.edges.limits import LIMITS, Limits
from server.edges.locale import CATALOGUES, Catalogues, install_locale
from server.edges.pages import entrance, setting_up
from server.edges.parts import PARTS, Parts
from server.edges.security import MIDDLEWARES, MOST_BYTES, add_security_headers

SERVER = Path(__file__).resolve().parents[2] / "server"
NOW = datetime(2026, 11, 18, 14, 10, tzinfo=UTC)
SECRET = "a secret for tests only"

HAIFA = School(id="haifa", names={"en": "Haifa school", "he": "בית ספר בחיפה"}, place={"en": "Haifa", "he": "חיפה"},
    zone="Asia/Jerusalem", country="IL", language="he", days=(7, 1, 2, 3, 4, 5), diaspora=False)  # fmt: skip
CHICAGO = School(id="chicago", names={"en": "Chicago school", "he": "בית ספר בשיקגו"}, place={"en": "Chicago", "he": "שיקגו"},
    zone="America/Chicago", country="US", region="IL", language="en")  # fmt: skip
BOSTON = School(id="boston", names={"en": "Boston school"}, place={"en": "Boston"}, zone="America/New_York", country="US",
    language="en")  # fmt: skip
AGREED = Consent(takes_part="across", media="video", keep_words="year")


def teacher_of(school: School, **changed: Any) -> Staff:
    """Return a teacher of a school."""
    plain = Staff(
        id=f"teacher-{school.id}",
        school=school.id,
        email=f"Teacher@{school.id}.example",
        names={"en": f"Teacher of {school.id}"},
        roles=frozenset({"teacher"}),
        language=school.language,
    )
    return plain.model_copy(update=changed)


def student_of(school: School, number: int = 1, **changed: Any) -> Student:
    """Return the nth student of a school's only class."""
    plain = Student(
        id=f"{school.id}-{number}",
        school=school.id,
        class_id=f"class-{school.id}",
        names={"en": f"Dana {number}", "he": f"דנה {number}"},
        speaks=(school.language,),
        reads=(school.language,),
        band="B",
        consent=AGREED,
        language=school.language,
    )
    return plain.model_copy(update=changed)


TWINNING = Twinning(
    id="twinning",
    names={"en": "Haifa and Chicago"},
    sides=(TwinningSide(side="a", schools=("haifa",)), TwinningSide(side="b", schools=("chicago",))),
)


def lesson(number: int = 1, **changed: Any) -> LessonSession:
    """Return the nth lesson of the twinning, a week apart."""
    plain = LessonSession(
        id=f"lesson-{number}",
        twinning="twinning",
        title={"en": "Ruth and Naomi"},
        starts_at=NOW + timedelta(weeks=number - 1),
        plan=Plan(parts=(PlannedPart(protocol="reflection"),), text="ruth-1", first="1:14", last="1:17"),
        sides=(
            SessionSide(side="a", classes=("class-haifa",), adult="teacher-haifa"),
            SessionSide(side="b", classes=("class-chicago",), adult="teacher-chicago"),
        ),
    )
    return plain.model_copy(update=changed)


@dataclass
class FixedClock:
    """The clock, standing still until it is moved."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class SettingsForTests:
    """What edges read of the settings."""

    origin: str = "http://havruta.test"
    https: bool = False
    demo: bool = False
    pseudo_locale: bool = False
    trusted_proxies: int = 0
    media_origins: tuple[str, ...] = ()
    livekit_rooms: bool = False


@dataclass
class Forgetful:
    """The live room's door, noting whom it was told to forget."""

    forgotten: list[str] = field(default_factory=list[str])
    shares: bool = True

    async def forget(self, student: str) -> None:
        self.forgotten.append(student)

    async def may_share(self, session: str, first: str, second: str) -> bool:
        return self.shares

    async def shares_changed(self, student: str) -> None:
        pass

    async def concerns_changed(self, session: str) -> None:
        """No board is open here."""

    async def adults_changed(self, session: str) -> None:
        """No board is open here."""


def _databases() -> list[Any]:
    return [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=_databases())
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[AsyncEngine, None]:
    """A migrated, empty database of each kind."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'havruta.sqlite'}"
    else:
        url = request.getfixturevalue("postgres_server")
    engine = make_engine(url)
    if request.param == "postgres":
        async with writing(engine) as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
    await migrate(url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncGenerator[AsyncEngine, None]:
    """SQLite alone, for what does not depend on the database."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'havruta.sqlite'}"
    await migrate(url)
    engine = make_engine(url)
    yield engine
    await engine.dispose()


async def furnish(people: SqlPeople) -> None:
    """Put the two schools, their teachers, a class with two students each, the twinning and a lesson into a store."""
    for school in (HAIFA, CHICAGO, BOSTON):
        await people.save_school(school)
        await people.save_staff(teacher_of(school))
        await people.save_class(ClassGroup(id=f"class-{school.id}", school=school.id, name={"en": "7b"}))
    codes = iter(f"ABCDEFGH{n}" for n in "23456789")
    for school in (HAIFA, CHICAGO):
        await people.add_students([(student_of(school, n), next(codes)) for n in (1, 2)])
    await people.save_twinning(TWINNING)
    await people.save_session(lesson())


@pytest.fixture
async def people(engine: AsyncEngine) -> SqlPeople:
    """A furnished store on each database."""
    store = SqlPeople(engine, SECRET)
    await furnish(store)
    return store


@dataclass
class House:
    """A running server with its parts."""

    client: TestClient[web.Request, web.Application]
    people: SqlPeople
    clock: FixedClock
    app: web.Application

    @property
    def live(self) -> Forgetful:
        """The live room's door."""
        return cast(Forgetful, self.app[PARTS].live)

    def url(self, path: str) -> str:
        """Return the whole address of a path: the origin that a browser would send."""
        return str(self.client.make_url(path))

    async def get(self, path: str, **more: Any) -> tuple[int, str]:
        """Ask for a page without following it elsewhere."""
        response = await self.client.get(path, allow_redirects=False, **more)
        return response.status, response.headers.get("Location") or await response.text()

    async def post(self, path: str, form: dict[str, str] | None = None, **more: Any) -> tuple[int, str]:
        """Send a form as a browser does, without following the answer."""
        headers = {"Origin": self.url("/").rstrip("/"), "Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
        sent = await self.client.post(path, data=form or {}, headers=headers, allow_redirects=False, **more)
        return sent.status, sent.headers.get("Location") or await sent.text()


@pytest.fixture(scope="session")
def hebrew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the Hebrew messages of the entrance pages, compiled: tests need no build step."""
    folder = tmp_path_factory.mktemp("locale")
    compiled = folder / "he" / "LC_MESSAGES" / "messages.mo"
    compiled.parent.mkdir(parents=True)
    kept = SERVER / "locale" / "he" / "LC_MESSAGES" / "messages.po"
    if kept.exists():
        catalogue = read_po(BytesIO(kept.read_bytes()), locale="he")
    else:
        catalogue = Catalog(locale="he")
        for english, said in json.loads((SERVER / "locale" / "parts" / "p1.json").read_text("utf-8")).items():
            catalogue.add(english, said)
    with compiled.open("wb") as out:
        write_mo(out, catalogue)
    return folder


OpenHouse = Callable[..., Awaitable[House]]


@pytest.fixture
async def open_house(sqlite: AsyncEngine, hebrew: Path) -> AsyncGenerator[OpenHouse, None]:
    """Start a server with the entrance pages; settings by keyword."""
    clients: list[TestClient[web.Request, web.Application]] = []

    async def start(door: entrance.DemoDoor | None = None, **settings: Any) -> House:
        people, clock = SqlPeople(sqlite, SECRET), FixedClock()
        chosen = SettingsForTests(**settings)
        app = web.Application(middlewares=MIDDLEWARES, client_max_size=MOST_BYTES)
        app[PARTS] = Parts(
            people=people,
            sign_ins=SqlSignIns(sqlite),
            review=SqlReview(sqlite),
            clock=clock,
            settings=chosen,
            protocols={},
            texts={},
            holidays=cast(Any, None),
            live=cast(Any, Forgetful()),
        )
        if door is not None:
            app[entrance.DEMO] = door
        app[LIMITS] = Limits(SECRET)
        app[CATALOGUES] = Catalogues(hebrew, pseudo=chosen.pseudo_locale)
        loader = jinja2.FileSystemLoader(SERVER / "templates")
        install_locale(aiohttp_jinja2.setup(app, loader=loader), app[CATALOGUES])
        app.on_response_prepare.append(add_security_headers)
        app.add_routes([*entrance.routes, *setting_up.routes])
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return House(client, people, clock, app)

    yield start
    for client in clients:
        await client.close()
