"""The live socket: who connects, one bounded queue and one worker a connection, one door that always answers."""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

import structlog
from aiohttp import web
from pydantic import ValidationError
from socketio import AsyncServer
from socketio.exceptions import ConnectionRefusedError as Refusal

from server.core.live import commands as c
from server.core.live.adults import substitute_may
from server.core.live.projector import projector_room
from server.core.live.refusals import Refused
from server.core.live.shared_seat import may_share
from server.edges.identity import staff_cookie, student_cookie
from server.edges.locale import CATALOGUES, locale_of
from server.edges.metrics import Metrics
from server.edges.origin import is_ours
from server.edges.parts import PARTS
from server.edges.passes import bearer_of, is_by_pass
from server.edges.sentences import sentence
from server.edges.signalling import relayed
from server.edges.writing import Writing
from server.ports.clock import Clock
from server.ports.live import Bus, Peer, Presence, StoreUnavailable
from server.runner.live import Live, Outcome
from server.runner.scenes import UnknownSession
from server.wire.messages import (
    LARGEST_MESSAGE,
    Ack,
    AdultBeside,
    DeviceState,
    Incoming,
    Malformed,
    ReportConcern,
    Resync,
    SaveDraft,
    Signal,
    TalkShare,
    read_command,
)

QUEUE_LENGTH = 64
COMMANDS_A_SECOND = 20.0
COMMANDS_AT_ONCE = 60.0
SIGNALS_A_SECOND = 40.0
SIGNALS_AT_ONCE = 200.0
PATIENCE_WITH_FLOODS = 200
PATIENCE_WITH_SIGNALS = 2000
LONGEST_TAB = 64
GOODBYE_SECONDS = 1.0
WALL = "projector"
"""A teacher's page for the classroom's wall: it hears little and says nothing."""
_logger = structlog.get_logger(__name__)


class SocketSettings(Protocol):
    """The settings that the socket reads."""

    @property
    def grace_seconds(self) -> float: ...
    @property
    def relay_only(self) -> bool: ...


@dataclass(slots=True)
class Bucket:
    """A token bucket: `rate` a second, `size` at once."""

    rate: float
    size: float
    tokens: float = field(init=False)
    at: float = field(default_factory=time.monotonic)
    refused: int = 0

    def __post_init__(self) -> None:
        self.tokens = self.size

    def take(self) -> bool:
        """Take one token, if there is one."""
        now = time.monotonic()
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            self.refused += 1
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class Connection:
    """One browser connection and its worker."""

    sid: str
    request: web.Request
    peer: Peer
    say: Callable[[str], str]
    queue: "asyncio.Queue[tuple[object, asyncio.Future[dict[str, Any]]]]"
    token: str = ""
    by_pass: bool = False
    """Whether an adult came by a link: a substitute, or a guest."""
    beside: str | None = None
    """The second learner, as the sign-in has it; the peer speaks for them where the lesson's seats allow it."""
    sharing: asyncio.Lock = field(default_factory=asyncio.Lock)
    worker: "asyncio.Task[None] | None" = None
    commands: Bucket = field(default_factory=lambda: Bucket(COMMANDS_A_SECOND, COMMANDS_AT_ONCE))
    signals: Bucket = field(default_factory=lambda: Bucket(SIGNALS_A_SECOND, SIGNALS_AT_ONCE))


class LiveSocket:
    """Wires Socket.IO events to the runner."""

    def __init__(
        self,
        sio: AsyncServer,
        live: Live,
        presence: Presence,
        bus: Bus,
        clock: Clock,
        settings: SocketSettings,
        metrics: Metrics,
    ) -> None:
        self._sio = sio
        self._live = live
        self._presence = presence
        self._bus = bus
        self._clock = clock
        self._settings = settings
        self._metrics = metrics
        self._connections: dict[str, Connection] = {}
        self._by_peer: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing = Writing(self._writes)
        sio.on("connect", self._connect)
        sio.on("disconnect", self._disconnect)
        sio.on("command", self._command)
        sio.on("signal", self._signal)
        live.reseat = self._reseat_soon
        bus.listen(self._hear)

    @property
    def count(self) -> int:
        """How many connections this process holds."""
        return len(self._connections)

    def sessions(self) -> set[str]:
        """Sessions with a connection on this process."""
        return {connection.peer.session for connection in self._connections.values()}

    def rooms_here(self, session: str) -> set[str]:
        """Rooms of a session with a connection on this process."""
        return {c.peer.room for c in self._connections.values() if c.peer.session == session and c.peer.room}

    async def hang_up(self, _app: object) -> None:
        """End every connection, for a server that stops: it would wait for each. Browsers come back by themselves."""
        for connection in list(self._connections.values()):
            if connection.request.transport is not None:
                connection.request.transport.close()

    async def stop(self) -> None:
        """End workers and what is under way."""
        self._writing.stop()
        tasks = [*self._tasks, *(c.worker for c in self._connections.values() if c.worker)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- coming and going -----------------------------------------------------------------------------------------------

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        try:
            given: Mapping[str, Any] = cast(dict[str, Any], auth) if isinstance(auth, dict) else {}
            await self._admit(sid, environ["aiohttp.request"], given)
        except (Refusal, asyncio.CancelledError):
            raise
        except UnknownSession:
            raise Refusal("no_session") from None
        except StoreUnavailable:
            raise Refusal("saving_is_delayed") from None
        except Exception:
            # An error that leaves a connect handler would run it a second time, or hang the client.
            _logger.exception("connect_failed")
            raise Refusal("internal") from None

    async def _admit(self, sid: str, request: web.Request, auth: Mapping[str, Any]) -> None:
        self._check_origin(request)
        session_id = auth.get("session")
        if not isinstance(session_id, str) or not 1 <= len(session_id) <= 40 or "." in session_id:
            raise Refusal("no_session")
        kind, who, token = await self._who(request)
        session = await self._live.memory.session(session_id)
        setup = await self._live.scenes.setup(session)
        side = await self._side(request, kind, who, setup)
        room = session.room_of(who) if kind == "student" and session.status != "lobby" else None
        if kind == "student" and who in session.removed:
            raise Refusal("removed")
        name = peer_id(session_id, who, _tab(auth, sid))
        if kind == "teacher" and auth.get("view") == WALL:
            kind = WALL
        peer = Peer(name, session_id, who, kind, side, self._presence.next_order(), room, *_devices(auth))
        say = await self._language(request, kind, who)
        connection = Connection(sid, request, peer, say, asyncio.Queue(QUEUE_LENGTH), token, is_by_pass(request))
        self._forget_earlier(peer)
        if kind == "student":
            if await request.app[PARTS].sign_ins.own_seat(who):
                # They sat beside somebody until now; a device of their own is theirs alone.
                await self.shares_changed(who)
            connection.beside = await request.app[PARTS].sign_ins.beside(token)
            connection.peer = peer = replace(peer, also=await self._also(connection))
            await self._supersede(peer, *peer.speaks_for)
        self._connections[sid] = connection
        self._by_peer[peer.id] = sid
        await self._enter_rooms(connection)
        connection.worker = self._keep(self._work(connection))
        if kind != WALL:
            await self._presence.put(peer)
        self._keep(self._welcome(connection))

    async def _enter_rooms(self, connection: Connection) -> None:
        peer = connection.peer
        # What everybody in a lesson gets is not for guests or a wall: notes and names are in it.
        rooms = [f"peer:{peer.id}", *([f"session:{peer.session}"] if peer.kind not in ("guest", WALL) else [])]
        if peer.kind == "guest":
            pass
        elif peer.kind == WALL:
            # Nothing else reaches a page that can be projected: no row, no name, no note.
            rooms.append(f"room:{projector_room(peer.session)}")
        elif peer.kind == "teacher":
            rooms.append(f"teachers:{peer.session}")
        else:
            rooms += [f"students:{peer.session}", *(f"member:{peer.session}:{who}" for who in peer.speaks_for)]
        if peer.room:
            rooms.append(f"room:{peer.room}")
        for room in rooms:
            await self._sio.enter_room(connection.sid, room)

    async def _welcome(self, connection: Connection) -> None:
        if connection.peer.kind == WALL:
            await self._guarded(self._live.everything_for(connection.peer))
            return
        if connection.peer.kind == "teacher":
            await self._back_into_visited_room(connection)
        if connection.beside:
            # Whoever left while this connection was on its way in was not looked for here.
            await self._guarded(self._sit_beside(connection))
        await self._guarded(self._live.everything_for(connection.peer))
        await self._guarded(self._live.presence_changed(connection.peer.session, connection.peer.room))
        if connection.by_pass:
            await self._guarded(self._live.adults_shown(connection.peer.session))
        if connection.peer.room:
            await self._guarded(self._live.look_at_room(connection.peer.session, connection.peer.room))

    async def _back_into_visited_room(self, connection: Connection) -> None:
        """A teacher whose page was reloaded while visiting is in that room still, and is shown so."""
        session = await self._live.memory.session(connection.peer.session)
        for room_id in session.rooms:
            room = await self._live.memory.room(room_id)
            if connection.peer.who in room.visitors:
                await self._move(connection, room_id)
                return

    def _check_origin(self, request: web.Request) -> None:
        # Engine.IO asks the same rule before the connection opens, but of those alone that name an origin.
        if not is_ours(request, request.headers.get("Origin", "")):
            raise Refusal("origin")

    async def _who(self, request: web.Request) -> tuple[str, str, str]:
        parts = request.app[PARTS]
        if is_by_pass(request):
            bearer = await bearer_of(request)
            if bearer is None:
                raise Refusal("not_signed_in")
            return "guest" if bearer.kind == "guest" else "teacher", bearer.id, ""
        student = request.match_info.get("student")
        token = request.cookies.get(student_cookie(request) if student else staff_cookie(request))
        found = await parts.sign_ins.subject(token, self._clock.now()) if token else None
        if (
            not token
            or not found
            or found[0] != ("student" if student else "staff")
            or (student and found[1] != student)
        ):
            raise Refusal("not_signed_in")
        return "student" if student else "teacher", found[1], token

    async def _side(self, request: web.Request, kind: str, who: str, setup: Any) -> str:
        if kind == "student":
            if who not in setup.people or who not in setup.may_cross:
                raise Refusal("not_your_session")
            return setup.people[who].side
        if is_by_pass(request):
            bearer = await bearer_of(request)
            if bearer is None or bearer.session != setup.session:
                raise Refusal("not_your_session")
            return bearer.side
        staff = await request.app[PARTS].people.staff(who)
        if staff is None or staff.school not in setup.schools or not staff.roles & {"teacher", "coordinator"}:
            raise Refusal("not_your_session")
        return setup.schools[staff.school]

    async def _language(self, request: web.Request, kind: str, who: str) -> Callable[[str], str]:
        people = request.app[PARTS].people
        if is_by_pass(request):
            return locale_of(request).gettext
        person = await people.student(who) if kind == "student" else await people.staff(who)
        return request.app[CATALOGUES].locale(person.language if person else "en").gettext

    async def _supersede(self, newcomer: Peer, *members: str) -> None:
        """Two tabs: the newer takes over, the older says so."""
        for peer in self._presence.peers(newcomer.session):
            if peer.who in members and peer.id != newcomer.id:
                await self._live.publish.notice_to_peer(peer.id, "other_tab")
                await self._close_peer(peer.id)

    def _forget_earlier(self, newcomer: Peer) -> None:
        """The same page over a new line: the old one, not yet known to be dead, ends without a word."""
        sid = self._by_peer.get(newcomer.id)
        earlier = self._connections.pop(sid, None) if sid else None
        if earlier is None:
            return
        if earlier.worker:
            earlier.worker.cancel()
        self._keep(self._hang_up(earlier))

    async def _close_peer(self, peer_id: str) -> None:
        if not self._close_peer_here(peer_id):
            await self._bus.tell("close", peer_id)

    def _close_peer_here(self, peer_id: str) -> bool:
        sid = self._by_peer.get(peer_id)
        if sid:
            self._keep(self._disconnect_soon(sid))
        return sid is not None

    async def _disconnect_soon(self, sid: str) -> None:
        # The notice must be on its way before the connection goes.
        await asyncio.sleep(0.2)
        await self._cut_off(sid)

    async def _cut_off(self, sid: str) -> None:
        """Disconnect, and end the websocket where the client does not: over it, it could come in again with fresh limits."""
        connection = self._connections.get(sid)
        if connection is None:
            await self._sio.disconnect(sid)
        else:
            await self._hang_up(connection)

    async def _hang_up(self, connection: Connection) -> None:
        await self._sio.disconnect(connection.sid)
        await asyncio.sleep(GOODBYE_SECONDS)
        transport = connection.request.transport
        if transport is not None:
            transport.abort()

    async def _disconnect(self, sid: str, *_reason: object) -> None:
        connection = self._connections.pop(sid, None)
        if connection is None:
            return
        self._writing.forget(sid)
        if self._by_peer.get(connection.peer.id) == sid:
            del self._by_peer[connection.peer.id]
        if connection.worker:
            connection.worker.cancel()
        if connection.peer.kind == WALL:
            return
        await self._presence.drop(connection.peer.id, self._clock.now(), connection.peer.order)
        await self._guarded(self._live.presence_changed(connection.peer.session, connection.peer.room))
        if connection.by_pass:
            await self._guarded(self._live.adults_shown(connection.peer.session))
        if connection.peer.room:
            self._keep(self._after_grace(connection.peer))

    async def _after_grace(self, gone: Peer) -> None:
        room = cast(str, gone.room)
        if gone.kind == "teacher":
            await asyncio.sleep(min(self._settings.grace_seconds, 10))
            if any(p.who == gone.who and p.room == room for p in self._presence.peers(gone.session)):
                return
            command_id = f"left-{gone.id}"
            teacher = c.Teacher(gone.who, gone.side)
            await self._guarded(self._live.teacher(gone.session, teacher, command_id, c.LeaveRoom(room=room)))
            return
        await asyncio.sleep(self._settings.grace_seconds + 0.05)
        await self._guarded(self._live.look_at_room(gone.session, room))

    # -- two at one device ----------------------------------------------------------------------------------------------

    async def may_share(self, session_id: str, first: str, second: str) -> bool:
        """Whether `second` may sit down beside `first` at a device in this lesson, as it stands now."""
        try:
            session = await self._live.memory.session(session_id)
            setup = await self._live.scenes.setup(session)
        except UnknownSession:
            return False
        return may_share(first, second, session, setup.people, setup.may_cross, setup.apart)

    async def is_removed(self, session_id: str, member: str) -> bool:
        """Whether a teacher took a learner out of this lesson."""
        return member in (await self._live.memory.session(session_id)).removed

    async def shares_changed(self, member: str) -> None:
        """Look again, here and on other processes, for whom the devices speak that had to do with a learner."""
        await self._shares_changed_here(member)
        await self._bus.tell("shares", member)

    async def _shares_changed_here(self, member: str) -> None:
        for connection in list(self._connections.values()):
            if connection.peer.kind == "student" and member in (*connection.peer.speaks_for, connection.beside):
                await self._guarded(self._sit_beside(connection))

    async def _also(self, connection: Connection) -> str | None:
        """Return the second learner for whom a connection may speak now."""
        peer, second = connection.peer, connection.beside
        return second if second and await self.may_share(peer.session, peer.who, second) else None

    async def _sit_beside(self, connection: Connection) -> None:
        """Let a connection speak for whom its sign-in and the lesson's seats say now. The rest of the page stays."""
        # One after the other, each with a fresh look: an older answer must not bring back who has left.
        async with connection.sharing:
            connection.beside = await connection.request.app[PARTS].sign_ins.beside(connection.token)
            left, also = connection.peer.also, await self._also(connection)
            if also == left or connection.sid not in self._connections:
                return
            connection.peer = peer = replace(connection.peer, also=also)
            if left:
                await self._sio.leave_room(connection.sid, f"member:{peer.session}:{left}")
            if also:
                await self._sio.enter_room(connection.sid, f"member:{peer.session}:{also}")
                await self._supersede(peer, also)
            await self._presence.put(connection.peer)
        await self._guarded(self._live.everything_for(connection.peer))
        await self._guarded(self._live.presence_changed(peer.session, peer.room))
        if left and peer.room:
            self._keep(self._after_grace(peer))

    # -- seats ----------------------------------------------------------------------------------------------------------

    def _reseat_soon(self, session: str) -> None:
        self._keep(self._reseat(session))

    async def reseat_all(self) -> None:
        """Look at every session again: news from other processes may have been missed."""
        for session in self.sessions():
            await self._guarded(self._reseat(session))

    async def _hear(self, topic: str, subject: str) -> None:
        if topic == "seats":
            await self._reseat(subject)
        elif topic == "forget":
            await self._forget_here(subject)
        elif topic == "close":
            self._close_peer_here(subject)
        elif topic == "shares":
            await self._shares_changed_here(subject)
        elif topic == "concerns":
            self._live.publish.checks.pop(subject, None)
        elif topic == "adults":
            self._live.scenes.forget(subject)

    async def _reseat(self, session_id: str) -> None:
        """Take every connection of a session to the room where its learner sits now."""
        session = await self._live.memory.session(session_id)
        for connection in [x for x in self._connections.values() if x.peer.session == session_id]:
            if connection.peer.kind != "student":
                continue
            if connection.peer.who in session.removed:
                await self._live.publish.notice_to_peer(connection.peer.id, "removed")
                await self._close_peer(connection.peer.id)
                continue
            if connection.beside:
                await self._guarded(self._sit_beside(connection))
            room = session.room_of(connection.peer.who) if session.status != "lobby" else None
            if room != connection.peer.room:
                await self._move(connection, room)
                await self._guarded(self._live.everything_for(connection.peer))
            elif connection.peer.also:
                # The second may have got the seat beside the first.
                await self._guarded(self._live.everything_for(connection.peer))

    async def _move(self, connection: Connection, room: str | None) -> None:
        left = connection.peer.room
        if left:
            await self._sio.leave_room(connection.sid, f"room:{left}")
        connection.peer = replace(connection.peer, room=room)
        if room:
            await self._sio.enter_room(connection.sid, f"room:{room}")
        await self._presence.put(connection.peer)
        for changed in {left, room} - {None}:
            await self._live.presence_changed(connection.peer.session, changed)

    def presence_elsewhere(self, session: str) -> None:
        """Somebody came or went on another process: show it here too."""
        for room in self.rooms_here(session):
            self._keep(self._guarded(self._live.publish.room_presence(session, room)))
        self._live.publish.arrivals_changed(session)

    async def forget(self, subject: str) -> None:
        """Close somebody's connections, here and on other processes: signed out, removed, erased, or a new code."""
        await self._forget_here(subject)
        await self._bus.tell("forget", subject)

    async def _forget_here(self, subject: str) -> None:
        await self._live.forget(subject)
        for connection in [x for x in self._connections.values() if x.peer.who == subject]:
            await self._live.publish.notice_to_peer(connection.peer.id, "signed_out")
            await self._close_peer(connection.peer.id)
        for connection in [x for x in self._connections.values() if subject in (x.peer.also, x.beside)]:
            await connection.request.app[PARTS].sign_ins.own_seat(subject)
            await self._guarded(self._sit_beside(connection))

    # -- messages -------------------------------------------------------------------------------------------------------

    async def _command(self, sid: str, message: object = None, *_more: object) -> dict[str, Any]:
        connection = self._connections.get(sid)
        if connection is None:
            return Ack(ok=False, code="not_here").model_dump(exclude_none=True)
        if not connection.commands.take() or connection.queue.full():
            if connection.commands.refused > PATIENCE_WITH_FLOODS:
                self._keep(self._cut_off(sid))
            return self._refused(connection, "too_fast")
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        # No await may come before this line: the order of the queue is the order of arrival.
        connection.queue.put_nowait((message, answer))
        return await answer

    async def _work(self, connection: Connection) -> None:
        while True:
            message, answer = await connection.queue.get()
            result = await self._answer(connection, message)
            if not answer.done():
                answer.set_result(result)

    async def _answer(self, connection: Connection, message: object) -> dict[str, Any]:
        """Run one command; whatever happens, there is an answer with a stable code."""
        began = time.perf_counter()
        kind = "malformed"
        outcome = "ok"
        try:
            command_id, speaks_as, command = read_command(message)
            kind = command.kind
            done = await self._run(connection, command_id, speaks_as, command)
            if done.refused:
                outcome = done.refused.code
                return self._refused(connection, done.refused.code, kept=done.refused.kept, version=done.version)
            return Ack(ok=True, version=done.version, held=done.held or None).model_dump(exclude_none=True)
        except Malformed as problem:
            outcome = problem.code
            return self._refused(connection, problem.code, detail=problem.detail)
        except Refused as refused:
            outcome = refused.code
            return self._refused(connection, refused.code, kept=refused.kept)
        except StoreUnavailable:
            outcome = "saving_is_delayed"
            return self._refused(connection, outcome)
        except UnknownSession:
            outcome = "not_running"
            return self._refused(connection, outcome)
        except Exception:
            outcome = "internal"
            _logger.exception("command_failed", kind=kind, session=connection.peer.session, who=connection.peer.who)
            return self._refused(connection, outcome)
        finally:
            self._metrics.command(kind, outcome, time.perf_counter() - began)

    def _refused(
        self,
        connection: Connection,
        code: str,
        *,
        kept: bool = False,
        version: int | None = None,
        detail: str | None = None,
    ) -> dict[str, Any]:
        message = sentence(code, connection.say)
        refused = Ack(ok=False, code=code, message=message, detail=detail, kept=kept or None, version=version)
        return refused.model_dump(exclude_none=True)

    async def _run(self, connection: Connection, command_id: str, speaks_as: str | None, command: Incoming) -> Outcome:
        peer = connection.peer
        if peer.kind == "guest":
            raise Refused("not_allowed")
        member = peer.who if speaks_as is None else speaks_as
        if member not in peer.speaks_for:
            raise Refused("not_at_this_device")
        if isinstance(command, Resync):
            await self._live.everything_for(peer)
            return Outcome(0)
        if peer.kind == WALL:
            raise Refused("not_allowed")
        if isinstance(command, DeviceState):
            # At once: whoever sits down or leaves meanwhile must not be undone by what this peer was before.
            connection.peer = replace(
                peer,
                camera=command.camera,
                microphone=command.microphone,
                holding=command.holding,
                line=command.line,
            )
            await self._live.device_state(connection.peer)
            return Outcome(0)
        if peer.kind == "teacher":
            return await self._run_teacher(connection, command_id, command)
        match command:
            case SaveDraft():
                outcome = await self._live.save_draft(peer.session, member, command)
                self._writing.heard(connection.sid, member)
                return outcome
            case AdultBeside():
                # At once, as above.
                connection.peer = replace(peer, adult_beside=command.here)
                await self._live.device_state(connection.peer)
                return Outcome(0)
            case TalkShare():
                if await self._live.counts_talk(peer, command):
                    # At once, as above.
                    connection.peer = _having_talked(connection.peer, command)
                    await self._live.talk_share(connection.peer)
                return Outcome(0)
            case ReportConcern():
                return await self._live.report_concern(peer.session, member, command, command_id)
            case _ if isinstance(command, c.StudentCommand):
                return await self._live.student(peer.session, member, command_id, command)
            case _:
                raise Refused("not_allowed")

    async def _run_teacher(self, connection: Connection, command_id: str, command: Incoming) -> Outcome:
        if not isinstance(command, c.TeacherCommand):
            raise Refused("not_allowed")
        peer = connection.peer
        if connection.by_pass:
            await self._check_substitute(peer, command)
        if isinstance(command, c.EnterRoom) and peer.room and peer.room != command.room:
            leave = c.LeaveRoom(room=peer.room)
            await self._live.teacher(peer.session, c.Teacher(peer.who, peer.side), f"{command_id}-out", leave)
        outcome = await self._live.teacher(peer.session, c.Teacher(peer.who, peer.side), command_id, command)
        if isinstance(command, c.EnterRoom):
            await self._move(connection, command.room)
            await self._live.everything_for(connection.peer)
        elif isinstance(command, c.LeaveRoom) and peer.room == command.room:
            await self._move(connection, None)
        return outcome

    async def _check_substitute(self, peer: Peer, command: c.TeacherCommand) -> None:
        setup = await self._live.scenes.setup(await self._live.memory.session(peer.session))
        bearer = setup.passes.get(peer.who)
        if bearer is None or not bearer.holds(self._clock.now()) or not substitute_may(command):
            raise Refused("not_allowed")

    def _writes(self, sid: str, member: str | None) -> None:
        connection = self._connections.get(sid)
        if connection and connection.peer.writing != member:
            connection.peer = replace(connection.peer, writing=member)
            self._keep(self._guarded(self._live.writing_changed(connection.peer)))

    async def _signal(self, sid: str, message: object = None, *_more: object) -> None:
        connection = self._connections.get(sid)
        if connection is None or connection.peer.kind in ("guest", WALL):
            return
        if not connection.signals.take():
            if connection.signals.refused % PATIENCE_WITH_FLOODS == 1:
                _not_relayed(connection.peer, "too_fast")
            if connection.signals.refused == PATIENCE_WITH_SIGNALS:
                self._keep(self._cut_off(sid))
            return
        try:
            signal = Signal.model_validate(message)
        except ValidationError:
            _not_relayed(connection.peer, "malformed")
            return
        await self._guarded(self._relay(connection.peer, signal))

    async def _relay(self, sender: Peer, signal: Signal) -> None:
        receiver = next((p for p in self._presence.peers(sender.session) if p.id == signal.to), None)
        if receiver is None or receiver.id == sender.id:
            # An everyday thing when somebody has just left; a receiver that does not exist is not repeated into the log.
            _not_relayed(sender, "not_in_the_room", receiver)
            return
        session = await self._live.memory.session(sender.session)
        setup = await self._live.scenes.setup(session)
        circle = {peer.id for peer in await self._live.publish.circle(session, setup)}
        out = relayed(signal, sender, receiver, setup.people, relay_only=self._settings.relay_only, circle=circle)
        if out is not None:
            await self._live.publish.signal(receiver.id, out)
        elif receiver.room != sender.room:
            _not_relayed(sender, "not_in_the_room", receiver)
        elif signal.description is not None:
            _not_relayed(sender, "not_agreed_to", receiver)

    # -- keeping --------------------------------------------------------------------------------------------------------

    def _keep(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            _logger.error("task_failed", exc_info=problem)

    async def _guarded(self, work: Any) -> None:
        """Run what nobody waits for: its failure is logged, and browsers resync by version."""
        try:
            await work
        except (Refused, UnknownSession, StoreUnavailable) as problem:
            _logger.info("not_done", reason=str(problem) or type(problem).__name__)
        except Exception:
            _logger.exception("background_work_failed")


def _having_talked(peer: Peer, share: TalkShare) -> Peer:
    # One microphone for two learners cannot tell whose voice it was.
    reliable = share.reliable and peer.also is None
    return replace(peer, talk_step=share.step, talk_seconds=share.seconds_spoken, talk_reliable=reliable)


def peer_id(session: str, who: str, tab: str) -> str:
    """Return the name of a page's connection: the same after every loss, on every process, and of no other person."""
    digest = hashlib.sha256(json.dumps([session, who, tab]).encode()).digest()
    return base64.urlsafe_b64encode(digest[:12]).decode()


def _tab(auth: Mapping[str, Any], sid: str) -> str:
    """Return what tells this page from others of the same person; a client that does not say is a new page each time."""
    tab = auth.get("tab")
    return tab if isinstance(tab, str) and 1 <= len(tab) <= LONGEST_TAB else f"sid {sid}"


def _devices(auth: Mapping[str, Any]) -> tuple[str, str]:
    """Return what of camera and microphone a page has on, so that a picture does not go out while its page comes back."""
    try:
        said = DeviceState.model_validate({"kind": "device_state", **cast(dict[str, Any], auth.get("devices") or {})})
    except (ValidationError, TypeError):
        return "off", "off"
    return said.camera, said.microphone


def _not_relayed(sender: Peer, reason: str, receiver: Peer | None = None) -> None:
    to = {"to": receiver.id} if receiver else {}
    _logger.info("signal_not_relayed", reason=reason, session=sender.session, peer=sender.id, **to)


def _from_our_page(origin: str | None, environ: dict[str, Any]) -> bool:
    return is_ours(environ["aiohttp.request"], origin or "")


def make_sio(json: Any, manager: Any, ping_seconds: float, ping_timeout_seconds: float) -> AsyncServer:
    """Return a Socket.IO server: websocket only, short pings so that a vanished partner is noticed, small messages."""
    return AsyncServer(
        client_manager=manager,
        logger=False,
        engineio_logger=False,
        json=json,
        async_mode="aiohttp",
        transports=["websocket"],
        allow_upgrades=False,
        ping_interval=ping_seconds,
        ping_timeout=ping_timeout_seconds,
        max_http_buffer_size=LARGEST_MESSAGE,
        cors_allowed_origins=_from_our_page,
        http_compression=False,
    )
