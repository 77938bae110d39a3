"""The media server kept in step with the lesson: who gets a way in, who has no place there any more, who may speak."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Collection, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import structlog

from server.core.live import events as e
from server.core.live.plenary import (
    Source,
    has_a_seat,
    is_together,
    sources_in_plenary,
    sources_in_room,
    sources_of_teacher,
)
from server.core.live.refusals import Refused
from server.core.live.scene import Media
from server.core.live.state import Session
from server.ports.clock import Clock
from server.ports.live import Setup, StoreUnavailable
from server.ports.media import Attendee, MediaServer, MediaServerTrouble
from server.runner.live import Live
from server.runner.scenes import UnknownSession

ROUND_SECONDS = 5.0
ROOMS_EVERY = 6
MISSED_MEANS_AWAY = 2
GONE_FOR = timedelta(hours=1)
OF_A_DEVICE = "~"
"""A teacher may have two devices in a lesson, so their identity has a part for the device."""
_logger = structlog.get_logger(__name__)


class Here(Protocol):
    """The connections of this process."""

    def sessions(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class Way:
    """How a browser reaches the others. `reason`: why there is nothing, or why not by the media server."""

    kind: Literal["livekit", "mesh", "none"]
    url: str = ""
    token: str = ""
    identity: str = ""
    reason: str = ""


def identity_of(who: str, device: str) -> str:
    """Return the name by which the media server knows an adult's device. A student has one, and is it."""
    return f"{who}{OF_A_DEVICE}{device}"


def person_behind(identity: str) -> str:
    """Return whose device this is."""
    return identity.partition(OF_A_DEVICE)[0]


class MediaRooms:
    """Gives ways in, and looks after the media server's rooms. Without a media server it says "mesh" and does nothing.

    `rooms_too`: breakout rooms use it as well as the whole class.
    """

    def __init__(self, live: Live, server: MediaServer | None, clock: Clock, here: Here, *, rooms_too: bool) -> None:
        self._live = live
        self._server = server
        self._clock = clock
        self._here = here
        self._rooms_too = rooms_too
        self._answers: bool | None = None
        self._missed = 0
        self._gone: dict[str, datetime] = {}
        self._given: defaultdict[str, set[str]] = defaultdict(set)
        self._tasks: set[asyncio.Task[None]] = set()
        self._dirty: set[str] = set()
        live.on_session = self._heard
        live.on_forget = self._forgotten
        live.publish.carrier = lambda: "livekit" if server is not None and self._answers is not False else "mesh"

    # -- ways in ----------------------------------------------------------------------------------------------------

    async def for_student(self, session_id: str, member: str, place: str) -> Way:
        """Return a student's way into the whole class ("plenary") or into their room, or raise Refused."""
        session, setup = await self._running(session_id)
        person = setup.people.get(member)
        room = session.room_of(member)
        if person is None or member not in setup.may_cross or member in session.removed:
            raise Refused("not_your_room")
        if session.modelling is not None:
            return await self._way_to_watch(session, member, person.media, place)
        if room is None:
            raise Refused("not_your_room")
        if place == "plenary" and not is_together(session, setup.lesson):
            raise Refused("not_allowed")
        if person.media == "none":
            return Way("none", reason="no_consent")
        if place == "plenary":
            sources = sources_in_plenary(session, member, person.media, setup.classrooms.place_of(person.side))
            return await self._way(session.id, member, member, sources)
        return await self._way(room, member, member, sources_in_room(session, person.media), breakout=True)

    async def _way_to_watch(self, session: Session, member: str, media: Media, place: str) -> Way:
        """Return the way to the teachers who show something before rooms open; nothing is sent from here."""
        if place != "plenary":
            raise Refused("not_your_room")
        if media == "none":
            return Way("none", reason="no_consent")
        return await self._way(session.id, member, member, sources_in_plenary(session, member, media, "school"))

    async def for_teacher(self, session_id: str, staff: str, place: str) -> Way:
        """Return an adult's way into the whole class ("plenary"), or into a room where they are seen to be."""
        session, setup = await self._running(session_id)
        sources = sources_of_teacher(session)
        identity = identity_of(staff, secrets.token_urlsafe(6))
        if place == "plenary":
            if not is_together(session, setup.lesson):
                raise Refused("not_allowed")
            return await self._way(session.id, staff, identity, sources)
        if place not in session.rooms:
            raise Refused("unknown_room")
        if staff not in (await self._live.memory.room(place)).visitors:
            raise Refused("not_your_room")
        return await self._way(place, staff, identity, sources, breakout=True)

    async def _running(self, session_id: str) -> tuple[Session, Setup]:
        session = await self._live.memory.session(session_id)
        if session.status != "running" and session.modelling is None:
            raise Refused("not_running")
        return session, await self._live.scenes.setup(session)

    async def _way(
        self, room: str, who: str, identity: str, sources: frozenset[Source], *, breakout: bool = False
    ) -> Way:
        if self._server is None or (breakout and not self._rooms_too):
            return Way("mesh", reason="no_media_server")
        if self._answers is not True and await self._ask() is None and self._answers is None:
            await self._ask()
        if not self._answers:
            return Way("mesh", reason="media_server_away")
        # Whoever is signed in again is welcome again.
        self._gone.pop(who, None)
        self._given[who].add(room)
        return Way("livekit", self._server.url, self._server.token(room, identity, sources), identity)

    # -- news -------------------------------------------------------------------------------------------------------

    def _heard(self, session: Session, events: tuple[e.AnyEvent, ...]) -> None:
        if self._server is None:
            return
        for event in events:
            if isinstance(event, e.PersonMuted):
                self._keep(self._mute(session.id, event.who))
        self._dirty.add(session.id)
        self._keep(self._look_at(session.id))

    def _forgotten(self, who: str) -> None:
        """Signed out, removed or erased: out of every room into which a way was given, and out again if they come back."""
        if self._server is None:
            return
        self._gone[who] = self._clock.now() + GONE_FOR
        self._keep(self._take_out(who, self._given.pop(who, set())))

    async def _take_out(self, who: str, rooms: Collection[str]) -> None:
        for room in sorted(rooms):
            await self._safely(self._take_out_of(room, who), room)

    async def _take_out_of(self, room: str, who: str) -> None:
        server = self._there()
        for one in await server.people(room):
            if person_behind(one.identity) == who:
                await server.remove(room, one.identity)

    async def _mute(self, room: str, who: str) -> None:
        await self._safely(self._mute_in(room, who), room)

    async def _mute_in(self, room: str, who: str) -> None:
        server = self._there()
        for one in await server.people(room):
            if person_behind(one.identity) == who:
                await server.mute(room, one.identity)

    # -- the round --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the rounds."""
        if self._server is not None:
            self._keep(self._forever())

    async def stop(self) -> None:
        """End what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _forever(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            turn += 1
            try:
                await self._round(with_rooms=turn % ROOMS_EVERY == 0)
            except Exception:
                _logger.exception("media_round_failed")

    async def _round(self, *, with_rooms: bool) -> None:
        sessions = set(self._here.sessions())
        now = self._clock.now()
        self._gone = {who: until for who, until in self._gone.items() if until > now}
        if not sessions:
            return
        names = await self._ask() or []
        for session_id in sorted(sessions):
            found = [name for name in names if name == session_id or (with_rooms and _is_room_of(name, session_id))]
            await self._look_into(session_id, found)

    async def _look_at(self, session_id: str) -> None:
        """Look at once: something of the session has changed. Several changes together are one look."""
        if session_id not in self._dirty:
            return
        self._dirty.discard(session_id)
        names = await self._ask() or []
        await self._look_into(session_id, [n for n in names if n == session_id or _is_room_of(n, session_id)])

    async def _ask(self) -> list[str] | None:
        """Ask the media server which rooms there are, None: no answer. Pages are told when it goes away and comes back."""
        if self._server is None:
            return None
        before = self._answers
        names: list[str] | None = None
        try:
            names = await self._server.rooms()
            self._answers, self._missed = True, 0
        except MediaServerTrouble as trouble:
            # Pages keep their connections to it: one slow answer must not take every face away.
            self._missed += 1
            if self._missed >= MISSED_MEANS_AWAY:
                self._answers = False
            if before is not False:
                _logger.warning("media_server_missed", what=trouble.what, times=self._missed)
        if before is False and self._answers:
            _logger.info("media_server_back")
        if before != self._answers and not (before is None and self._answers):
            for session_id in self._here.sessions():
                self._live.publish.plenary_changed(session_id)
        return names

    async def _look_into(self, session_id: str, rooms: Collection[str]) -> None:
        for room in rooms:
            await self._safely(self._set_right(session_id, room), room)

    async def _set_right(self, session_id: str, room: str) -> None:
        server = self._there()
        session = await self._live.memory.session(session_id)
        setup = await self._live.scenes.setup(session)
        breakout = room != session_id
        if (session.status != "running" and session.modelling is None) or (breakout and not self._rooms_too):
            await server.close_room(room)
            return
        if not breakout and not is_together(session, setup.lesson):
            await server.close_room(room)
            return
        visitors = (await self._live.memory.room(room)).visitors if breakout else {}
        for one in await server.people(room):
            may = self._may(session, setup, one, room if breakout else None, visitors)
            if may is None:
                _logger.info("taken_out_of_media_room", room=room, who=person_behind(one.identity))
                await server.remove(room, one.identity)
            elif may != one.sources:
                await server.allow(room, one.identity, may)

    def _may(
        self, session: Session, setup: Setup, one: Attendee, room: str | None, visitors: Collection[str]
    ) -> frozenset[Source] | None:
        """Return what somebody in a media room may send, or None where they have no place in it."""
        who = person_behind(one.identity)
        if who in self._gone:
            return None
        if any(host.id == who for host in setup.hosts):
            return sources_of_teacher(session) if room is None or who in visitors else None
        person = setup.people.get(who)
        if person is None or who not in setup.may_cross or person.media == "none" or who in session.removed:
            return None
        if session.modelling is None and not has_a_seat(session, who):
            return None
        if room is None:
            return sources_in_plenary(session, who, person.media, setup.classrooms.place_of(person.side))
        return sources_in_room(session, person.media) if session.room_of(who) == room else None

    def _there(self) -> MediaServer:
        if self._server is None:
            raise MediaServerTrouble("none is set up")
        return self._server

    # -- keeping ----------------------------------------------------------------------------------------------------

    async def _safely(self, work: Coroutine[Any, Any, None], room: str) -> None:
        try:
            await work
        except MediaServerTrouble as trouble:
            # The next round tries again; nothing else of the lesson waits for it.
            _logger.warning("media_server_trouble", what=trouble.what, room=room)
        except (UnknownSession, StoreUnavailable) as problem:
            _logger.info("media_room_not_looked_at", room=room, reason=type(problem).__name__)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            _logger.error("media_task_failed", exc_info=problem)


def _is_room_of(name: str, session_id: str) -> bool:
    return name.startswith(f"{session_id}.")
