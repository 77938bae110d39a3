"""Two twinned schools and a third, with the teacher's pages behind a real aiohttp server over a real SQLite file."""

import shutil
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
import pytest
import pytest_asyncio
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from server.adapters.calendars import PackagedHolidays
from server.adapters.ice import IceServersFromSettings
from server.adapters.protocol_files import SentProtocols, load_protocols
from server.adapters.sql.engine import make_engine, migrate
from server.adapters.sql.pairings import SqlPairings
from server.adapters.sql.people import SqlPeople
from server.adapters.sql.rehearsals import SqlRehearsals
from server.adapters.sql.review import SqlReview
from server.adapters.sql.school_texts import SqlSchoolTexts
from server.adapters.sql.shelves import SqlShelves
from server.adapters.sql.sign_ins import SqlSignIns
from server.core.importing.fetched import Fetched
from server.core.live.pairing import Layout
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
from server.core.texts import Text
from server.edges.identity import STAFF_COOKIE
from server.edges.limits import LIMITS, Limits
from server.edges.locale import CATALOGUES, Catalogues, install_locale
from server.edges.pages import (
    another_day,
    cards,
    classes,
    home,
    library,
    own_protocols,
    pairing,
    plan_making,
    plan_shelf,
    planning,
    preview,
    printing,
    rehearsal,
    rehearse,
    rehearse_lesson,
    schools,
    text_import,
    twinnings,
)
from server.edges.pages.known import PROTOCOL_TEXT, SHELVES
from server.edges.pages.live import ICE
from server.edges.pages.pairing import PAIRING, PairingParts
from server.edges.pages.rehearsal import REHEARSALS
from server.edges.pages.text_shelf import SCHOOL_TEXTS, TEXT_SOURCE
from server.edges.parts import PARTS, Parts
from server.edges.security import MIDDLEWARES, MOST_BYTES, add_security_headers
from server.ports.school_texts import FetchTrouble

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
STARTS = datetime(2026, 11, 18, 14, 10, tzinfo=UTC)
SECRET = "a secret for tests only"
RELAY = ("turn:relay.test:3478?transport=udp", "turns:relay.test:443")
AGREED = Consent(takes_part="across", media="video", keep_words="year")

HAIFA = School(
    id="haifa",
    names={"en": "Carmel School", "he": "בית ספר כרמל"},
    place={"en": "Haifa", "he": "חיפה"},
    zone="Asia/Jerusalem",
    country="IL",
    language="he",
    days=(7, 1, 2, 3, 4, 5),
    closes=time(16, 30),
    friday_closes=time(12, 30),
    diaspora=False,
    emergency={"en": "Police 100", "he": "משטרה 100"},
)
CHICAGO = School(
    id="chicago",
    names={"en": "Lakeside Academy", "he": "אקדמיית לייקסייד"},
    place={"en": "Chicago", "he": "שיקגו"},
    zone="America/Chicago",
    country="US",
    region="IL",
    language="en",
)
BOSTON = School(
    id="boston",
    names={"en": "Harbor School"},
    place={"en": "Boston"},
    zone="America/New_York",
    country="US",
    language="en",
)
TWINNING = Twinning(
    id="twinning",
    names={"en": "Carmel and Lakeside", "he": "כרמל ולייקסייד"},
    sides=(TwinningSide(side="a", schools=("haifa",)), TwinningSide(side="b", schools=("chicago",))),
)
STAFF = (
    Staff(id="levi", school="haifa", email="levi@carmel.example", names={"en": "Dina Levi", "he": "דינה לוי"},
          roles=frozenset({"teacher", "coordinator"}), language="he"),
    Staff(id="stone", school="chicago", email="stone@lakeside.example", names={"en": "Sam Stone", "he": "סם סטון"},
          roles=frozenset({"teacher"}), language="en"),
    Staff(id="lead", school="chicago", email="lead@lakeside.example", names={"en": "Lee Park"},
          roles=frozenset({"safety_lead"}), language="en"),
    Staff(id="admin", school="chicago", email="admin@lakeside.example", names={"en": "Ada Min"},
          roles=frozenset({"admin"}), language="en"),
    Staff(id="other", school="boston", email="other@harbor.example", names={"en": "Oli Brown"},
          roles=frozenset({"teacher", "coordinator"}), language="en"),
)  # fmt: skip
NAMES = {
    "haifa": (("Noa", "נועה"), ("Dan", "דן"), ("Tal", "טל"), ("Lior", "ליאור")),
    "chicago": (("Max", "מקס"), ("Ruby", "רובי"), ("Sam", "סאם")),
}


def student(school: School, number: int, **changed: Any) -> Student:
    """Return the nth child of a school's class."""
    english, hebrew = NAMES[school.id][number]
    plain = Student(
        id=f"{school.id}-{number}",
        school=school.id,
        class_id=f"class-{school.id}",
        names={"en": english, "he": hebrew},
        speaks=(school.language,),
        reads=(school.language,),
        band="B",
        consent=AGREED,
        language=school.language,
    )
    return plain.model_copy(update=changed)


LESSON = LessonSession(
    id="lesson",
    twinning="twinning",
    title={"en": "Ruth and Naomi", "he": "רות ונעמי"},
    starts_at=STARTS,
    plan=Plan(
        parts=(
            PlannedPart(protocol="havruta_warm_up_young", short=True),
            PlannedPart(protocol="noticing_and_wondering", short=True),
            PlannedPart(protocol="reflection", short=True),
        ),
        text="ruth-1",
        first="1:14",
        last="1:17",
    ),
    sides=(
        SessionSide(side="a", classes=("class-haifa",), adult="levi"),
        SessionSide(side="b", classes=("class-chicago",), adult="stone"),
    ),
)


@dataclass
class StillClock:
    """The clock, standing still until it is moved."""

    at: datetime = NOW

    def now(self) -> datetime:
        """The time that was set."""
        return self.at


@dataclass(frozen=True)
class PageSettings:
    """What edges read of the settings."""

    origin: str = "https://havruta.test"
    https: bool = False
    demo: bool = False
    pseudo_locale: bool = False
    trusted_proxies: int = 0
    media_origins: tuple[str, ...] = ()
    livekit_rooms: bool = False


class NoSource:
    """A library of texts elsewhere that nobody has set up."""

    host = ""

    async def fetch(self, reference: str, editions: Mapping[str, str], now: datetime) -> Fetched:
        """It answers nothing."""
        raise FetchTrouble("off")


@dataclass
class Forgetting:
    """The live room's door, noting whom it was told to forget."""

    forgotten: list[str] = field(default_factory=list[str])

    async def forget(self, student: str) -> None:
        """Note it."""
        self.forgotten.append(student)

    async def may_share(self, session: str, first: str, second: str) -> bool:
        """Nobody shares a device here."""
        return False

    async def shares_changed(self, student: str) -> None:
        """Nothing to look at."""

    async def concerns_changed(self, session: str) -> None:
        """No board is open here."""

    async def adults_changed(self, session: str) -> None:
        """No board is open here."""


@dataclass
class StillRooms:
    """The live room as pairing's pages see it: rooms that stand still, noting when it was told to look at them again."""

    rooms: tuple[tuple[str, ...], ...] = ()
    looked: list[str] = field(default_factory=list[str])

    async def rooms_now(self, session_id: str) -> tuple[tuple[str, ...], ...]:
        """The rooms that were set."""
        return self.rooms

    async def partners(self, session_id: str) -> tuple[int | None, Layout]:
        """Nobody changes partners here."""
        return None, Layout(self.rooms)

    async def rules_changed(self, session_id: str) -> None:
        """Note it."""
        self.looked.append(session_id)


async def furnish(people: SqlPeople) -> None:
    """Put schools, staff, classes, children, the twinning and one lesson into a store."""
    for school in (HAIFA, CHICAGO, BOSTON):
        await people.save_school(school)
        await people.save_class(
            ClassGroup(
                id=f"class-{school.id}", school=school.id, name={"en": f"7b {school.id}", "he": f"ז2 {school.id}"}
            )
        )
    for person in STAFF:
        await people.save_staff(person)
    codes = iter(f"ABCDEFG{n}{m}" for n in "23456789" for m in "23456789")
    for school in (HAIFA, CHICAGO):
        await people.add_students([(student(school, n), next(codes)) for n in range(len(NAMES[school.id]))])
    await people.save_twinning(TWINNING)
    await people.save_session(LESSON)


@dataclass
class Page:
    """One answer: where it leads, or what it shows."""

    status: int
    location: str
    html: str
    headers: Mapping[str, str]

    @property
    def words(self) -> str:
        """The visible words, with single spaces."""
        return _Words.of(self.html)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What a browser would send with the plan's form (`form="plan-form"`)."""
        return self.fields_in("plan-form")

    def fields_in(self, form: str) -> list[tuple[str, str]]:
        """What a browser would send with the form of this id."""
        return Fields.of(self.html, form)


@dataclass
class Desk:
    """A browser in which one member of staff is signed in."""

    client: TestClient[web.Request, web.Application]
    cookie: str

    async def get(self, path: str) -> Page:
        """Ask for a page without following it elsewhere."""
        return await _page(await self.client.get(path, headers=self._headers(), allow_redirects=False))

    async def post(self, path: str, form: Iterable[tuple[str, str]] | FormData = ()) -> Page:
        """Send a form as a browser does, without following the answer."""
        body = form if isinstance(form, FormData) else FormData(list(form))
        origin = str(self.client.make_url("/")).rstrip("/")
        headers = {**self._headers(), "Origin": origin, "Sec-Fetch-Site": "same-origin"}
        return await _page(await self.client.post(path, data=body, headers=headers, allow_redirects=False))

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{STAFF_COOKIE}={self.cookie}"} if self.cookie else {}


async def _page(response: Any) -> Page:
    return Page(response.status, response.headers.get("Location", ""), await response.text(), response.headers)


@dataclass
class House:
    """A running server with its parts."""

    client: TestClient[web.Request, web.Application]
    people: SqlPeople
    clock: StillClock
    live: Forgetting
    sign_ins: SqlSignIns
    rooms: StillRooms

    async def desk_of(self, staff: str) -> Desk:
        """Return a browser in which this person is signed in; nobody for ""."""
        return Desk(self.client, await self.sign_ins.start("staff", staff, self.clock.now()) if staff else "")


def hebrew_catalogue(folder: Path) -> Path:
    """Compile the Hebrew of these pages into a folder: tests need no build step."""
    compiled = folder / "he" / "LC_MESSAGES" / "messages.mo"
    compiled.parent.mkdir(parents=True, exist_ok=True)
    kept = ROOT / "server" / "locale" / "he" / "LC_MESSAGES" / "messages.po"
    catalogue = read_po(BytesIO(kept.read_bytes()), locale="he")
    with compiled.open("wb") as out:
        write_mo(out, catalogue)
    return folder


@pytest.fixture(scope="session")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any], Path]:
    """The protocols and texts that ship, and compiled Hebrew; read once."""
    folder = hebrew_catalogue(tmp_path_factory.mktemp("locale"))
    ruth = Text.model_validate_json((ROOT / "server/texts/ruth-1.json").read_text("utf-8"))
    return load_protocols(ROOT / "protocols"), {"ruth-1": ruth}, folder


def make_house_app(
    people: SqlPeople, sign_ins: SqlSignIns, review: SqlReview, clock: Any, live: Any, shelves: Any, settings: Any
) -> web.Application:
    """Return an application with the teacher's pages."""
    protocols, texts, locale = shelves
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=MOST_BYTES)
    app[PARTS] = Parts(
        people=people,
        sign_ins=sign_ins,
        review=review,
        clock=clock,
        settings=settings,
        protocols=protocols,
        texts=texts,
        holidays=PackagedHolidays(),
        live=live,
    )
    app[PROTOCOL_TEXT] = SentProtocols()
    app[LIMITS] = Limits(SECRET)
    app[ICE] = IceServersFromSettings(clock, (), RELAY, "relay secret", 3600)
    app[CATALOGUES] = Catalogues(locale)
    loader = jinja2.FileSystemLoader(ROOT / "server/templates")
    install_locale(aiohttp_jinja2.setup(app, loader=loader), app[CATALOGUES])
    app.on_response_prepare.append(add_security_headers)
    for module in (
        home,
        schools,
        twinnings,
        classes,
        cards,
        planning,
        plan_making,
        plan_shelf,
        own_protocols,
        preview,
        another_day,
        printing,
        library,
        rehearsal,
        rehearse,
        pairing,
        text_import,
        rehearse_lesson,
    ):
        app.add_routes(module.routes)
    return app


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished database file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("database") / "havruta.sqlite"
    url = f"sqlite+aiosqlite:///{path}"
    await migrate(url)
    engine = make_engine(url)
    await furnish(SqlPeople(engine, SECRET))
    await engine.dispose()
    return path


@pytest.fixture
async def house(tmp_path: Path, furnished: Path, shelves: Any) -> AsyncGenerator[House, None]:
    """A furnished, running server."""
    engine = make_engine(f"sqlite+aiosqlite:///{shutil.copy(furnished, tmp_path)}")
    people, sign_ins, clock, live = SqlPeople(engine, SECRET), SqlSignIns(engine), StillClock(), Forgetting()
    app = make_house_app(people, sign_ins, SqlReview(engine), clock, live, shelves, PageSettings())
    app[SHELVES] = SqlShelves(engine)
    app[REHEARSALS] = SqlRehearsals(engine, SECRET)
    app[SCHOOL_TEXTS], app[TEXT_SOURCE] = SqlSchoolTexts(engine), NoSource()
    rooms = StillRooms()
    app[PAIRING] = PairingParts(SqlPairings(engine), rooms)
    client = TestClient(TestServer(app))
    await client.start_server()
    yield House(client, people, clock, live, sign_ins, rooms)
    await client.close()
    await engine.dispose()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @classmethod
    def of(cls, html: str) -> str:
        reader = cls()
        reader.feed(html)
        return " ".join(" ".join(reader.found).split())

    def handle_data(self, data: str) -> None:
        self.found.append(data)


class Fields(HTMLParser):
    """Reads a form as a browser would send it, its fields tied to it by their `form` attribute or by standing in it."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form
        self.found: list[tuple[str, str]] = []
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._area: tuple[str, list[str]] | None = None
        self._inside = False

    @classmethod
    def of(cls, html: str, form: str) -> list[tuple[str, str]]:
        reader = cls(form)
        reader.feed(html)
        return reader.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self._inside = said.get("id") == self.form
        mine = said.get("form") == self.form or (self._inside and "form" not in said)
        name = said.get("name") or ""
        if tag == "option" and self._select:
            self._select[1].append((said.get("value") or "", "selected" in said))
        if not mine or not name:
            return
        if tag == "input" and (said.get("type") not in ("checkbox", "radio") or "checked" in said):
            self.found.append((name, said.get("value") or ""))
        elif tag == "select":
            self._select = (name, [])
        elif tag == "textarea":
            self._area = (name, [])

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "select" and self._select:
            name, options = self._select
            chosen = next((value for value, selected in options if selected), options[0][0] if options else "")
            self.found.append((name, chosen))
            self._select = None
        if tag == "textarea" and self._area:
            self.found.append((self._area[0], "".join(self._area[1])))
            self._area = None
