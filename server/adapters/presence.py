"""Who is connected: for one process, or mirrored between processes through Redis."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

import orjson
import structlog

from server.adapters.redis_link import REDIS_AWAY, RETRY_SECONDS, Listener, connect, end, key
from server.core.live.works import MemberId
from server.ports.clock import Clock
from server.ports.live import Peer

BEAT_SECONDS = 2.0
SILENT_SECONDS = 6.0
GATHER_SECONDS = 0.005
FORGET_AFTER = timedelta(hours=6)
STUDENT = "student"
_ENDLESS = datetime.max.replace(tzinfo=UTC)
_REVISION = "#"
_PEER_FIELDS = frozenset(f.name for f in fields(Peer))
_logger = structlog.get_logger(__name__)


class _Here:
    """One session's connections, and when members without one were last here."""

    def __init__(self, grace: timedelta) -> None:
        self._grace = grace
        self.peers: dict[str, Peer] = {}
        self.gone: dict[MemberId, datetime] = {}
        self._in_order: tuple[Peer, ...] | None = ()
        self._present: frozenset[MemberId] = frozenset()
        # The answer above holds from here until (not including) there; empty while nothing has been asked.
        self._holds_from = _ENDLESS
        self._holds_until = _ENDLESS

    def put(self, peer: Peer) -> None:
        self.peers[peer.id] = peer
        for who in peer.speaks_for:
            self.gone.pop(who, None)
        self._changed()

    def drop(self, peer_id: str, at: datetime) -> None:
        peer = self.peers.pop(peer_id, None)
        if peer is None:
            return
        for who in peer.speaks_for:
            self.note_gone(who, at, is_member=peer.kind == STUDENT)
        self._changed()

    def note_gone(self, who: str, at: datetime, *, is_member: bool = True) -> None:
        """Remember when a member was last here, unless they still are: a second tab, another process."""
        if is_member and not any(who in peer.speaks_for for peer in self.peers.values()):
            self.gone[who] = max(at, self.gone.get(who, at))
            self._changed()

    def _changed(self) -> None:
        self._in_order = None
        self._holds_from = _ENDLESS

    def in_order(self) -> tuple[Peer, ...]:
        if self._in_order is None:
            self._in_order = tuple(sorted(self.peers.values(), key=lambda peer: (peer.order, peer.id)))
        return self._in_order

    def present(self, now: datetime) -> frozenset[MemberId]:
        if self._holds_from <= now < self._holds_until:
            return self._present
        awaited = {who: at for who, at in self.gone.items() if now - at < self._grace}
        connected = (who for peer in self.peers.values() if peer.kind == STUDENT for who in peer.speaks_for)
        self._present = frozenset(awaited).union(connected)
        self._holds_from = now
        self._holds_until = min((at + self._grace for at in awaited.values()), default=_ENDLESS)
        return self._present

    def over(self, now: datetime) -> bool:
        return not self.peers and all(now - at > FORGET_AFTER for at in self.gone.values())


class LocalPresence:
    """Fulfils ports.live.Presence where one process serves all. Teachers are peers, but never members present."""

    def __init__(self, clock: Clock, grace: timedelta) -> None:
        self._clock = clock
        self._grace = grace
        self._sessions: dict[str, _Here] = {}
        self._session_of: dict[str, str] = {}
        self._newest = 0
        self.on_change: Callable[[str], None] = lambda session: None
        """Called with a session whose peers another process has changed: never, here."""

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    def next_order(self) -> int:
        """Return a number greater than that of every earlier connection of the installation.

        Microseconds of the clock, not a counter in Redis: a counter is away when Redis is, and begins anew when Redis
        is wiped. Not nanoseconds: a browser's numbers are exact only up to 2**53. Between machines it is as right as
        their clocks; where two peers are equal, their ids decide.
        """
        self._newest = max(self._newest + 1, int(self._clock.now().timestamp() * 1_000_000))
        return self._newest

    def peers(self, session: str) -> list[Peer]:
        """Return a session's connections, the oldest first."""
        here = self._sessions.get(session)
        return list(here.in_order()) if here else []

    def present(self, session: str, now: datetime) -> frozenset[MemberId]:
        """See ports.live.Presence.present. Kept until something changes or a grace runs out."""
        here = self._sessions.get(session)
        return here.present(now) if here else frozenset()

    def last_seen(self, session: str) -> Mapping[MemberId, datetime]:
        """See ports.live.Presence.last_seen."""
        here = self._sessions.get(session)
        return dict(here.gone) if here else {}

    async def put(self, peer: Peer) -> None:
        """See ports.live.Presence.put."""
        self.place(peer)

    async def drop(self, peer_id: str, now: datetime, order: int | None = None) -> None:
        """See ports.live.Presence.drop."""
        self.take_away(peer_id, now, order)

    def place(self, peer: Peer) -> None:
        """Add or replace a connection; one that now speaks for somebody else leaves its former member behind.

        Of two connections of one page the newer counts: the older is a line that nobody has noticed to be dead.
        """
        self._newest = max(self._newest, peer.order)
        before = self.peer(peer.id)
        if before and before.order > peer.order:
            return
        if before and (before.session, before.who) != (peer.session, peer.who):
            self.take_away(peer.id, self._clock.now())
        self._session_of[peer.id] = peer.session
        here = self._here(peer.session)
        here.put(peer)
        if before and before.session == peer.session:
            for who in set(before.speaks_for).difference(peer.speaks_for):
                here.note_gone(who, self._clock.now())

    def take_away(self, peer_id: str, at: datetime, order: int | None = None) -> None:
        """Remove a connection; its member was last here at `at`, if it was their last. A newer one of its page stays."""
        known = self.peer(peer_id)
        if known is None or (order is not None and known.order > order):
            return
        del self._session_of[peer_id]
        self._sessions[known.session].drop(peer_id, at)

    def peer(self, peer_id: str) -> Peer | None:
        """Return a connection by its id."""
        session = self._session_of.get(peer_id)
        return self._sessions[session].peers.get(peer_id) if session is not None else None

    def note_gone(self, session: str, member: MemberId, at: datetime) -> None:
        """Another process says when a member was last there."""
        self._here(session).note_gone(member, at)

    def _here(self, session: str) -> _Here:
        here = self._sessions.get(session)
        if here is None:
            now = self._clock.now()
            self._sessions = {name: known for name, known in self._sessions.items() if not known.over(now)}
            here = self._sessions[session] = _Here(self._grace)
        return here


@dataclass(slots=True)
class _Share:
    """What one process has of one session: its peers, and its members who left lately."""

    peers: dict[str, Peer] = field(default_factory=dict[str, Peer])
    gone: dict[MemberId, datetime] = field(default_factory=dict[MemberId, datetime])

    def note_gone(self, members: Iterable[MemberId], at: datetime) -> None:
        here = {who for peer in self.peers.values() for who in peer.speaks_for}
        self.gone.update((who, at) for who in members if who not in here)

    def encoded(self) -> dict[str, Any]:
        return {"peers": list(self.peers.values()), "gone": {who: at.isoformat() for who, at in self.gone.items()}}


@dataclass(slots=True)
class _Other:
    """What is mirrored of another process. `silent_at`: loop time from when it is no longer believed to live."""

    revision: int
    silent_at: float
    shares: dict[str, dict[str, Peer]] = field(default_factory=dict[str, dict[str, Peer]])


class RedisPresence:
    """Fulfils ports.live.Presence where several processes serve the same sessions.

    Each process keeps one hash in Redis (a field a session, and a revision) that expires when the process falls
    silent; every change is also published with its revision, so that others see it at once and know when they have
    missed one. Reads never touch Redis. While it is away this process knows its own connections; others' members
    become absent like anybody whose connection broke.
    """

    def __init__(self, redis_url: str, process_id: str, clock: Clock, grace: timedelta, *,
                 beat: float = BEAT_SECONDS, silent: float = SILENT_SECONDS) -> None:  # fmt: skip
        self._client = connect(redis_url)
        self._clock = clock
        self._grace = grace
        self._beat = beat
        self._silent = silent
        # A process that restarts under its old name must not inherit what its former life left behind.
        self._life = f"{process_id}.{token_hex(4)}"
        self._lives = key(self._client, "presence")
        self._everybody = LocalPresence(clock, grace)
        self._mine: dict[str, _Share] = {}
        self._others: dict[str, _Other] = {}
        self._revision = 0
        self._dirty: set[str] = set()
        self._everything_dirty = True
        self._reload: set[str] = set()
        self._look_around = True
        self._wake = asyncio.Event()
        self._away = False
        self._task: asyncio.Task[None] | None = None
        self._listener = Listener(self._client, self._lives, self._hear, self._subscribed)
        self.on_change: Callable[[str], None] = lambda session: None
        """Called with a session whose peers another process has changed."""

    async def start(self) -> None:
        """Begin to mirror; works whether Redis is there or not."""
        self._listener.start()
        self._task = asyncio.get_running_loop().create_task(self._mirror_forever(), name="presence")

    async def stop(self) -> None:
        """Say goodbye, so that others need not wait for our silence."""
        await self._listener.stop()
        if self._task:
            await end(self._task)
            with suppress(*REDIS_AWAY):
                await self._goodbye()
        await self._client.aclose()

    async def ask(self) -> None:
        """Return when Redis has answered; raise when it cannot."""
        await self._client.ping()

    def next_order(self) -> int:
        """See LocalPresence.next_order."""
        return self._everybody.next_order()

    def peers(self, session: str) -> list[Peer]:
        """Return a session's connections on all processes, the oldest first."""
        return self._everybody.peers(session)

    def present(self, session: str, now: datetime) -> frozenset[MemberId]:
        """See ports.live.Presence.present."""
        return self._everybody.present(session, now)

    def last_seen(self, session: str) -> Mapping[MemberId, datetime]:
        """See ports.live.Presence.last_seen."""
        return self._everybody.last_seen(session)

    async def put(self, peer: Peer) -> None:
        """See ports.live.Presence.put. Others are told in the background: nobody waits for Redis."""
        before = self._everybody.peer(peer.id)
        if before and (before.session, before.who) != (peer.session, peer.who):
            self._leave(before, self._clock.now())
        share = self._mine.setdefault(peer.session, _Share())
        if peer.id in share.peers and share.peers[peer.id].order > peer.order:
            return
        self._everybody.place(peer)
        share.peers[peer.id] = peer
        for who in peer.speaks_for:
            share.gone.pop(who, None)
        if before and before.session == peer.session:
            share.note_gone(set(before.speaks_for).difference(peer.speaks_for), self._clock.now())
        self._tell(peer.session)

    async def drop(self, peer_id: str, now: datetime, order: int | None = None) -> None:
        """See ports.live.Presence.drop. A connection of another process is that process's to drop."""
        mine = next((share.peers[peer_id] for share in self._mine.values() if peer_id in share.peers), None)
        if mine and (order is None or mine.order <= order):
            self._leave(mine, now)

    def _leave(self, peer: Peer, now: datetime) -> None:
        self._everybody.take_away(peer.id, now, peer.order)
        share = self._mine.setdefault(peer.session, _Share())
        share.peers.pop(peer.id, None)
        if peer.kind == STUDENT:
            share.note_gone(peer.speaks_for, now)
        self._tell(peer.session)

    def _tell(self, session: str) -> None:
        self._dirty.add(session)
        self._wake.set()

    # Writing: changes gather while the last ones are on their way.

    async def _mirror_forever(self) -> None:
        loop = asyncio.get_running_loop()
        next_beat = 0.0
        while True:
            try:
                # Where this process itself stood still, others' silence is its own: Redis is asked before they are buried.
                self._look_around = self._look_around or any(o.silent_at <= loop.time() for o in self._others.values())
                if loop.time() >= next_beat:
                    await self._show_life()
                    self._look_around = True
                    next_beat = loop.time() + self._beat
                await self._write()
                await self._read()
            except REDIS_AWAY as problem:
                self._lost(problem)
                self._bury_the_silent(loop.time())
                next_beat = 0.0
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._away = False
            self._bury_the_silent(loop.time())
            await self._rest(min([next_beat, *(other.silent_at for other in self._others.values())]))

    async def _rest(self, until: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._wake.wait()
        self._wake.clear()
        await asyncio.sleep(GATHER_SECONDS)

    def _lost(self, problem: BaseException) -> None:
        if not self._away:
            _logger.warning("presence_is_local", error=type(problem).__name__)
        self._away = True
        # It may come back empty, or have taken half of what we said.
        self._everything_dirty = True
        self._look_around = True

    async def _show_life(self) -> None:
        """Keep our hash alive; where it has expired or was wiped, write all of it anew."""
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.pexpire(self._key(self._life), self._milliseconds())
            pipe.sadd(self._lives, self._life)
            alive, _ = await pipe.execute()
        self._everything_dirty = self._everything_dirty or not alive
        now = self._clock.now()
        for session, share in self._mine.items():
            if not share.peers and all(now - at > self._grace for at in share.gone.values()):
                self._dirty.add(session)

    async def _write(self) -> None:
        if not (self._dirty or self._everything_dirty):
            return
        whole, self._everything_dirty = self._everything_dirty, False
        sessions, self._dirty = self._dirty, set()
        self._revision += 1
        shares = {session: self._share(session) for session in (set(self._mine) | sessions if whole else sessions)}
        told = {"from": self._life, "revision": self._revision, "shares": None if whole else shares}
        try:
            await self._send(shares, whole, orjson.dumps(told))
        except BaseException:
            self._everything_dirty = True
            raise

    async def _send(self, shares: dict[str, dict[str, Any] | None], whole: bool, told: bytes) -> None:
        mine = self._key(self._life)
        # One transaction: whoever reads the revision has read all that belongs to it.
        async with self._client.pipeline(transaction=True) as pipe:
            if whole:
                pipe.delete(mine)
            pipe.hset(mine, _REVISION, self._revision)
            for session, share in shares.items():
                if share is None:
                    pipe.hdel(mine, session)
                else:
                    pipe.hset(mine, session, orjson.dumps(share))
            pipe.pexpire(mine, self._milliseconds())
            pipe.sadd(self._lives, self._life)
            pipe.publish(self._lives, told)
            await pipe.execute()

    def _share(self, session: str) -> dict[str, Any] | None:
        """Return what others should know of our part of a session, None where there is nothing left."""
        share = self._mine.get(session)
        if share is None:
            return None
        now = self._clock.now()
        share.gone = {who: at for who, at in share.gone.items() if now - at <= self._grace}
        if not share.peers and not share.gone:
            del self._mine[session]
            return None
        return share.encoded()

    async def _goodbye(self) -> None:
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.delete(self._key(self._life))
            pipe.srem(self._lives, self._life)
            pipe.publish(self._lives, orjson.dumps({"from": self._life, "revision": None, "shares": None}))
            await pipe.execute()

    def _key(self, life: str) -> str:
        return f"{self._lives}:{life}"

    def _milliseconds(self) -> int:
        return int(self._silent * 1000)

    # Reading: what is published comes at once; what was missed is fetched at the next beat, or when a gap shows.

    def _subscribed(self) -> None:
        self._look_around = True
        self._wake.set()

    def _hear(self, message: bytes) -> None:
        try:
            told = orjson.loads(message)
            life, revision, shares = told["from"], told["revision"], told["shares"]
            if life == self._life:
                return
            known = self._others.get(life)
            if revision is None:
                self._bury(life, self._clock.now())
            elif shares is None or known is None or revision > known.revision + 1:
                self._reload.add(life)
                self._wake.set()
            elif revision == known.revision + 1:
                known.revision = revision
                known.silent_at = asyncio.get_running_loop().time() + self._silent
                self._take(known, {session: _read_share(share) for session, share in shares.items()})
        except (ValueError, KeyError, TypeError, AttributeError):
            # Another version of the program; its hash is looked at every beat anyway.
            _logger.warning("presence_not_understood")

    async def _read(self) -> None:
        if self._look_around:
            self._look_around = False
            await self._look()
        while self._reload:
            await self._load(self._reload.pop())

    async def _look(self) -> None:
        lives = sorted(
            life.decode() for life in await self._client.smembers(self._lives) if life.decode() != self._life
        )
        if not lives:
            return
        async with self._client.pipeline(transaction=False) as pipe:
            for life in lives:
                pipe.hget(self._key(life), _REVISION)
                pipe.pttl(self._key(life))
            answers = await pipe.execute()
        for life, revision, left in zip(lives, answers[::2], answers[1::2], strict=True):
            known = self._others.get(life)
            if revision is None:
                await self._client.srem(self._lives, life)
            elif known is None or known.revision != int(revision):
                self._reload.add(life)
            else:
                known.silent_at = asyncio.get_running_loop().time() + left / 1000

    async def _load(self, life: str) -> None:
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.hgetall(self._key(life))
            pipe.pttl(self._key(life))
            found, left = await pipe.execute()
        if b"#" not in found:
            return
        revision = int(found.pop(_REVISION.encode()))
        known = self._others.get(life)
        if known and known.revision >= revision:
            return
        known = known or self._others.setdefault(life, _Other(revision, 0.0))
        known.revision = revision
        known.silent_at = asyncio.get_running_loop().time() + left / 1000
        try:
            shares = {session.decode(): _read_share(orjson.loads(share)) for session, share in found.items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            _logger.warning("presence_not_understood")
            return
        self._take(known, {session: None for session in known.shares} | shares)

    def _take(self, other: _Other, shares: Mapping[str, _Share | None]) -> None:
        for session, share in shares.items():
            before = other.shares.get(session, {})
            after = share.peers if share else {}
            gone = share.gone if share else {}
            for peer in after.values():
                if before.get(peer.id) != peer:
                    self._everybody.place(peer)
            now = self._clock.now()
            self._remove([peer for peer in before.values() if peer.id not in after], gone, now)
            for member, at in gone.items():
                self._everybody.note_gone(session, member, at)
            if after:
                other.shares[session] = after
            else:
                other.shares.pop(session, None)
            if _without_talk(before) != _without_talk(after):
                self.on_change(session)

    def _remove(self, peers: Iterable[Peer], gone: Mapping[MemberId, datetime], now: datetime) -> None:
        for peer in peers:
            self._everybody.take_away(peer.id, gone.get(peer.who, now), peer.order)

    def _bury_the_silent(self, time: float) -> None:
        for life in [life for life, other in self._others.items() if other.silent_at <= time]:
            # Its members were last here when it last spoke.
            self._bury(life, self._clock.now() - timedelta(seconds=self._silent))

    def _bury(self, life: str, at: datetime) -> None:
        other = self._others.pop(life, None)
        for session, peers in other.shares.items() if other else ():
            self._remove(peers.values(), {}, at)
            self.on_change(session)


def _without_talk(peers: Mapping[str, Peer]) -> dict[str, Peer]:
    """Return peers without what changes every few seconds, and is shown by whoever hears of it first."""
    return {name: replace(peer, talk_step=-1, talk_seconds=0, talk_reliable=False) for name, peer in peers.items()}


def _read_share(share: dict[str, Any] | None) -> _Share | None:
    if share is None:
        return None
    # A newer process may say more of a peer than we know.
    peers = [Peer(**{name: value for name, value in peer.items() if name in _PEER_FIELDS}) for peer in share["peers"]]
    gone = {who: datetime.fromisoformat(at) for who, at in share["gone"].items()}
    return _Share({peer.id: peer for peer in peers}, gone)
