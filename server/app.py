"""The only place that chooses concrete parts: settings in, a running web application out."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import aiohttp_jinja2
import jinja2
import structlog
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.assignment import assign
from server.adapters.bus import LocalBus, RedisBus
from server.adapters.calendars import PackagedHolidays
from server.adapters.clock import SystemClock
from server.adapters.directory import PeopleDirectory
from server.adapters.ice import IceServersFromSettings
from server.adapters.known_protocols import KnownProtocols
from server.adapters.livekit import LiveKit
from server.adapters.outbox import SocketOutbox
from server.adapters.presence import LocalPresence, RedisPresence
from server.adapters.protocol_files import SentProtocols, load_protocols
from server.adapters.sefaria import SefariaTexts
from server.adapters.socketio_fast import FastJson, FastManager, FastRedisManager, TextPacket
from server.adapters.sql.engine import make_engine
from server.adapters.sql.live import SqlLiveStore
from server.adapters.sql.pairings import SqlPairings
from server.adapters.sql.passes import SqlPasses
from server.adapters.sql.people import SqlPeople
from server.adapters.sql.rehearsals import SqlRehearsals
from server.adapters.sql.review import SqlReview
from server.adapters.sql.school_texts import FetchedPassages, SqlSchoolTexts
from server.adapters.sql.shelves import SqlShelves
from server.adapters.sql.sign_ins import SqlSignIns
from server.adapters.text_files import load_texts
from server.core.live.bell import Fitting
from server.core.live.lesson import Lesson
from server.core.live.protocol import Protocol
from server.core.texts import Text
from server.edges import api
from server.edges.limits import LIMITS, Limits
from server.edges.locale import CATALOGUES, Catalogues, install_locale
from server.edges.metrics import Metrics
from server.edges.pages import PAGES
from server.edges.pages.known import PROTOCOL_TEXT, SHELVES
from server.edges.pages.live import ICE
from server.edges.pages.media import MEDIA
from server.edges.pages.pairing import PAIRING, PairingParts
from server.edges.pages.rehearsal import REHEARSALS
from server.edges.pages.room_work import LOOKING
from server.edges.pages.text_shelf import SCHOOL_TEXTS, TEXT_SOURCE
from server.edges.parts import PARTS, Parts
from server.edges.passes import PASSES
from server.edges.security import IMPORT_MAP, MIDDLEWARES, MOST_BYTES, add_security_headers
from server.edges.socket import LiveSocket, make_sio
from server.ports.live import Presence
from server.runner.live import Live
from server.runner.looking import Looking
from server.runner.media import MediaRooms
from server.runner.placing import Placing
from server.runner.watch import Watch
from server.settings import HERE, Settings
from server.troubles import open_database

STATIC_SECONDS = 3600
READY_SECONDS = 2
_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Library:
    """Protocols and texts, read and checked once when the server starts."""

    protocols: dict[str, Protocol]
    texts: dict[str, Text]


@dataclass(slots=True)
class House:
    """Everything of one running server, for tests and for the demo to reach into."""

    settings: Settings
    engine: AsyncEngine
    people: SqlPeople
    store: SqlLiveStore
    live: Live
    socket: LiveSocket
    presence: Presence
    library: Library
    secret: str
    app: web.Application = field(default_factory=web.Application)


HOUSE: web.AppKey[House] = web.AppKey("house", House)


def read_library(settings: Settings) -> Library:
    """Read protocols and texts; raises ProtocolFileError or TextFileError naming every problem."""
    known = KnownProtocols(settings.data_dir / "protocols.json")
    return Library(load_protocols(settings.protocols_dir, known), load_texts(settings.texts_dir))


def secret_of(settings: Settings) -> str:
    """Return the installation's secret: from the environment, else from a 0600 file made at first start, never a default."""
    if settings.secret:
        return settings.secret
    path = settings.data_dir / "secret"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def product_version() -> str:
    """Return the installed version."""
    try:
        return version("havruta")
    except PackageNotFoundError:
        return "0"


class LiveDoor:
    """What pages ask of the live room."""

    def __init__(self, socket: LiveSocket, live: Live) -> None:
        self._socket = socket
        self._live = live

    async def fitting(self, session: str) -> Fitting | None:
        """How what is left would be fitted to the bell."""
        return await self._live.fitting(session)

    async def forget(self, student: str) -> None:
        """Close somebody's sockets and drop cached words."""
        await self._socket.forget(student)

    async def may_share(self, session: str, first: str, second: str) -> bool:
        """Whether one device may speak for both."""
        return await self._socket.may_share(session, first, second)

    async def is_removed(self, session: str, student: str) -> bool:
        """Whether a teacher took them out of the lesson."""
        return await self._socket.is_removed(session, student)

    async def shares_changed(self, student: str) -> None:
        """Look again for whom devices speak."""
        await self._socket.shares_changed(student)

    async def concerns_changed(self, session: str) -> None:
        """Show anew which rooms to check on."""
        await self._live.concerns_changed(session)

    async def adults_changed(self, session: str) -> None:
        """Look again who may come as a substitute or a guest."""
        await self._live.adults_changed(session)


async def make_app(settings: Settings) -> web.Application:
    """Return the application; its parts start and stop with it."""
    # In this order: a mistake in a file is told before anything is changed in the database.
    library = read_library(settings)
    await open_database(settings)
    house = _house(settings, library)
    app = house.app
    app[HOUSE] = house
    app.on_response_prepare.append(add_security_headers)
    app.cleanup_ctx.append(_running)
    return app


def _house(settings: Settings, library: Library) -> House:
    clock = SystemClock()
    secret = secret_of(settings)
    engine = make_engine(settings.database)
    people = SqlPeople(engine, secret)
    sign_ins = SqlSignIns(engine)
    store = SqlLiveStore(engine)
    grace = timedelta(seconds=settings.grace_seconds)
    process = secrets.token_hex(6)
    ice = IceServersFromSettings(
        clock, settings.stun_urls, settings.turn_urls, settings.turn_secret, settings.turn_seconds
    )
    presence: LocalPresence | RedisPresence
    bus: LocalBus | RedisBus
    manager: FastManager | FastRedisManager
    if settings.redis_url:
        presence = RedisPresence(settings.redis_url, process, clock, grace)
        bus = RedisBus(settings.redis_url, process)
        manager = FastRedisManager(settings.redis_url, channel="havruta:socket")
    else:
        presence, bus, manager = LocalPresence(clock, grace), LocalBus(), FastManager()
    sio = make_sio(FastJson, manager, settings.ping_seconds, settings.ping_timeout_seconds)
    sio.packet_class = TextPacket
    school_texts = SqlSchoolTexts(engine)
    passes = SqlPasses(engine)
    shelves = SqlShelves(engine)
    directory = PeopleDirectory(people, library.protocols, library.texts, clock, school_texts, passes, shelves)
    outbox = SocketOutbox(sio)
    live = Live(store, directory, outbox, presence, bus, clock, assign, grace=grace, shared=bool(settings.redis_url))
    metrics = Metrics()
    socket = LiveSocket(sio, live, presence, bus, clock, _SocketView(settings, ice.relay_only), metrics)
    metrics.watch_connections(lambda: socket.count)
    store.on_delay = _tell_delay(live, socket)
    if isinstance(presence, RedisPresence):
        presence.on_change = socket.presence_elsewhere
    if isinstance(bus, RedisBus):
        bus.on_gap = socket.reseat_all
    watch = Watch(live, store, presence, clock, socket, shared=bool(settings.redis_url))
    watch.on_census = metrics.rooms
    watch.each_second.append(Placing(live, directory, presence, clock, socket, grace).look)
    livekit: LiveKit | None = None
    if settings.livekit_url and settings.livekit_key and settings.livekit_secret:
        livekit = LiveKit(clock, settings.livekit_url, settings.livekit_key, settings.livekit_secret)
    media = MediaRooms(live, livekit, clock, socket, rooms_too=settings.livekit_rooms)

    app = web.Application(middlewares=list(MIDDLEWARES), client_max_size=MOST_BYTES)
    house = House(settings, engine, people, store, live, socket, presence, library, secret, app)
    app[PARTS] = Parts(
        people=people,
        sign_ins=sign_ins,
        review=SqlReview(engine),
        clock=clock,
        settings=settings,
        protocols=library.protocols,
        texts=library.texts,
        holidays=PackagedHolidays(),
        live=LiveDoor(socket, live),
    )
    app[api.VERSION] = product_version()
    app[api.METRICS] = metrics
    app[api.METRICS_TOKEN] = settings.metrics_token or ""
    app[api.FIND_LESSON] = _lesson_finder(live, store)
    app[api.READY] = _readiness(engine, presence)
    app[ICE] = ice
    app[LOOKING] = Looking(store, live.memory, live.scenes, clock)
    app[MEDIA] = media
    app[PASSES] = passes
    app[REHEARSALS] = SqlRehearsals(engine, secret)
    app[SCHOOL_TEXTS] = school_texts
    app[TEXT_SOURCE] = SefariaTexts(settings.sefaria_url, FetchedPassages(engine))
    app[PAIRING] = PairingParts(SqlPairings(engine), live)
    app[SHELVES] = shelves
    app[PROTOCOL_TEXT] = SentProtocols()
    app[LIMITS] = Limits(secret, settings.redis_url)
    app.on_shutdown.append(socket.hang_up)
    app[_PARTS_OF_LIFE] = [bus, presence, live.publish, watch, *([livekit] if livekit else []), media]
    _pages(app, settings)
    _sockets(app, sio)
    return house


_PARTS_OF_LIFE: web.AppKey[list[Any]] = web.AppKey("parts_of_life", list)


@dataclass(frozen=True, slots=True)
class _SocketView:
    """The settings as the socket reads them."""

    settings: Settings
    relay_only: bool

    @property
    def grace_seconds(self) -> float:
        return self.settings.grace_seconds


def _pages(app: web.Application, settings: Settings) -> None:
    catalogues = Catalogues(HERE / "locale", pseudo=settings.pseudo_locale)
    app[CATALOGUES] = catalogues
    import_map = settings.static_dir / "importmap.json"
    app[IMPORT_MAP] = import_map.read_text() if import_map.is_file() else '{"imports":{}}'
    environment = aiohttp_jinja2.setup(
        app, loader=jinja2.FileSystemLoader(HERE / "templates"), trim_blocks=True, lstrip_blocks=True
    )
    install_locale(environment, catalogues)
    for page in (*PAGES, api.routes):
        app.router.add_routes(page)
    app.router.add_static("/static/", settings.static_dir, append_version=False)


def _sockets(app: web.Application, sio: Any) -> None:
    """The same Engine.IO endpoint at the teachers' path, and under each student's and each pass, where their cookie is scoped."""
    sio.attach(app, socketio_path="socket.io")
    app.router.add_get("/s/{student}/socket.io/", sio.eio.handle_request)
    app.router.add_get("/p/{pass}/socket.io/", sio.eio.handle_request)


def _lesson_finder(live: Live, store: SqlLiveStore) -> Any:
    async def find(content_hash: str) -> Lesson | None:
        return live.scenes.lesson_by_hash(content_hash) or await store.lesson(content_hash)

    return find


def _readiness(engine: AsyncEngine, presence: LocalPresence | RedisPresence) -> Any:
    async def database() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def ready() -> dict[str, bool]:
        asked = {"database": database}
        if isinstance(presence, RedisPresence):
            asked["redis"] = presence.ask
        answers = await asyncio.gather(*(_answers(ask) for ask in asked.values()))
        return dict(zip(asked, answers, strict=True))

    return ready


async def _answers(ask: Callable[[], Awaitable[None]]) -> bool:
    try:
        async with asyncio.timeout(READY_SECONDS):
            await ask()
    except Exception:  # noqa: BLE001 -- whatever is wrong with it, the answer is "not ready"
        return False
    return True


def _tell_delay(live: Live, socket: LiveSocket) -> Any:
    async def tell(delayed: bool) -> None:
        code = "saving_is_delayed" if delayed else "saving_works_again"
        for session in socket.sessions():
            await live.publish.notice(session, code)

    return tell


async def _running(app: web.Application) -> AsyncIterator[None]:
    house = app[HOUSE]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(house.engine.dispose)
        stack.push_async_callback(app[LIMITS].stop)
        house.store.start()
        stack.push_async_callback(house.store.stop)
        for part in app[_PARTS_OF_LIFE]:
            started = part.start()
            if asyncio.iscoroutine(started):
                await started
            stack.push_async_callback(part.stop)
        stack.push_async_callback(house.socket.stop)
        yield
