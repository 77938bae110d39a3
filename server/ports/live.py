"""What the live room needs from the world: a log, words, drafts, deadlines; presence; a way out to browsers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from server.core.live.events import AnyEvent
from server.core.live.lesson import Lesson
from server.core.live.pairing import History
from server.core.live.proposals import DEFAULT_POLICY, ArrivalsPolicy
from server.core.live.scene import Classrooms, Person
from server.core.live.views import Host
from server.core.live.works import Entry, MemberId, RoomId, Work, WorkId
from server.core.people.passes import Pass


@dataclass(frozen=True, slots=True)
class Appended:
    """One append of a stream: the events of one decision. `version` counts from 1."""

    stream: str
    version: int
    at: datetime
    sender: str
    command: str | None
    events: tuple[AnyEvent, ...]


@dataclass(frozen=True, slots=True)
class StoredWork:
    """Words with everything that review and erasure need to know. `keep`: "record" grows over the year."""

    work: Work
    session: str
    room: RoomId | None
    at: datetime
    by_staff: bool = False
    step: int | None = None
    step_id: str | None = None
    protocol: str | None = None
    protocol_version: int | None = None
    text_hash: str | None = None
    input: str | None = None
    visibility: str = "teacher"
    keep: str = "session"
    late: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """When to look at a stream again, and at which step."""

    step: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Append:
    """What one decision stores, all or nothing. `due` None leaves the deadline as it is; Due(at=None) clears it."""

    appended: Appended
    works: tuple[StoredWork, ...] = ()
    replaced: tuple[WorkId, ...] = ()
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a member has typed and not given yet."""

    session: str
    room: RoomId
    member: MemberId
    step: int
    input: str
    sequence: int
    at: datetime
    entries: tuple[Entry, ...]


class StoreUnavailable(Exception):  # noqa: N818 -- told to clients as a delay, not as a fault
    """The database has not answered for longer than a client should wait. Nothing was acknowledged."""


class Store(Protocol):
    """The truth. Every write is durable when it returns."""

    async def read(self, stream: str, after: int = 0) -> list[Appended]:
        """Return appends with a version greater than `after`, in order."""
        ...

    async def append(self, append: Append) -> bool:
        """Store it and return True, or return False (storing nothing) if the stream has moved on."""
        ...

    async def works_in(self, session: str, room: RoomId | None) -> list[Work]:
        """Return the words of a room, or (None) of the session's notes."""
        ...

    async def save_draft(self, draft: Draft) -> None:
        """Keep the draft with the highest sequence."""
        ...

    async def drafts(self, session: str, room: RoomId) -> list[Draft]:
        """Return all drafts of a room's members."""
        ...

    async def due(self, now: datetime, limit: int) -> list[tuple[str, int]]:
        """Return (stream, step) of deadlines that are over."""
        ...

    async def set_due(self, stream: str, due: Due) -> None:
        """Set or clear a stream's deadline."""
        ...

    async def versions(self, streams: Sequence[str]) -> dict[str, int]:
        """Return the newest version of each stream; 0 where it is empty."""
        ...

    async def save_lesson(self, session: str, lesson: Lesson) -> None:
        """Pin the lesson that a session runs."""
        ...

    async def lesson_of(self, session: str) -> Lesson | None:
        """Return the lesson that a session was started with."""
        ...

    async def end_session(self, session: str, forget: Sequence[MemberId]) -> None:
        """Erase what is kept for the session only: drafts, such works, and all works of the members in `forget`."""
        ...

    async def lesson(self, content_hash: str) -> Lesson | None:
        """Return a pinned lesson by its hash."""
        ...


@dataclass(frozen=True, slots=True)
class Setup:
    """What is planned for one session. `missing`: why it may not start (a refusal code), or None. `schools`: those that bring
    a class, with their side."""

    session: str
    twinning: str
    lesson: Lesson
    people: Mapping[MemberId, Person]
    may_cross: frozenset[MemberId]
    hosts: tuple[Host, ...]
    adults: Mapping[str, str | None]
    missing: str | None
    apart: frozenset[frozenset[MemberId]] = frozenset()
    schools: Mapping[str, str] = field(default_factory=dict[str, str])
    classrooms: Classrooms = Classrooms()
    passes: Mapping[str, Pass] = field(default_factory=dict[str, Pass])
    """Substitutes and guests by id, those whose pass is over included."""
    arrivals: ArrivalsPolicy = DEFAULT_POLICY
    starts_at: datetime | None = None
    bell: datetime | None = None


class Directory(Protocol):
    """Who and what a session consists of; and what is written down beside the live room."""

    async def setup(self, session: str, pinned: Lesson | None = None) -> Setup | None:
        """Return what is planned; a lesson that has started is `pinned`, whatever became of plan and protocol files."""
        ...

    async def history(self, session: str) -> History: ...
    async def status(self, session: str, status: str, starts_at: datetime | None = None) -> None:
        """Write the session's status where pages see it, and the hour at which a lesson goes on that was set aside."""
        ...

    async def met(self, session: str, at: datetime, rooms: Mapping[RoomId, tuple[MemberId, ...]]) -> None:
        """Remember who shared a room."""
        ...

    async def concern(self, setup: Setup, concern_id: str, room: RoomId | None, member: MemberId, kind: str,
                      about: str | None, words: str, evidence: tuple[WorkId, ...],
                      near: frozenset[str] = frozenset(), *, apart: bool = False) -> None:  # fmt: skip
        """Route a concern to the safety lead of the member's own school; a repeat of the same id is not a second one.

        `near`: adults whom a concern about "an adult here" may mean; none of them ever sees it. `apart`: the child wants
        to be apart from the partner.
        """
        ...

    async def rooms_to_check(self, session: str) -> frozenset[RoomId]:
        """Rooms with an open concern that the lesson's teachers may know of as "check on room 7", no more."""
        ...

    async def rooms_to_part(self, session: str) -> frozenset[RoomId]:
        """Rooms in which somebody asked to be apart from their partner, as long as the concern is open; not who."""
        ...

    async def audit(self, who: str, what: str, session: str, room: RoomId | None, about: str | None = None,
                    seconds: int | None = None) -> None:  # fmt: skip
        """Append to the log of adults' doings."""
        ...


@dataclass(frozen=True, slots=True)
class Peer:
    """One browser connection. `who`: a member or staff id; `order` grows with each connection of the installation.
    `id` stays while a page stays: its next connection has the same one, on whichever process.
    `also`: the second learner at a shared device; they have one camera and one microphone between them.
    `adult_beside`: the child says that an adult sits beside them. `holding`: holds to talk out of turn. `talk_…`: what this browser measured of its learner's share in a talk step.
    `line`: "weak" where this browser finds its own way out weak. `writing`: who at this device has typed in the last seconds.
    """

    id: str
    session: str
    who: str
    kind: str
    side: str
    order: int
    room: RoomId | None = None
    camera: str = "off"
    microphone: str = "off"
    also: MemberId | None = None
    holding: bool = False
    talk_step: int = -1
    talk_seconds: int = 0
    talk_reliable: bool = False
    adult_beside: bool = False
    line: str = "good"
    writing: MemberId | None = None

    @property
    def speaks_for(self) -> tuple[str, ...]:
        """Everybody in whose name this connection may speak."""
        return (self.who, self.also) if self.also else (self.who,)


class Presence(Protocol):
    """Who is connected, on any process. Reads are local and immediate; other processes are mirrored."""

    def next_order(self) -> int:
        """Return a number that grows with each connection of the installation: both peers agree who is polite."""
        ...

    def peers(self, session: str) -> list[Peer]: ...
    def present(self, session: str, now: datetime) -> frozenset[MemberId]:
        """Members connected now, or gone for less than the grace."""
        ...

    def last_seen(self, session: str) -> Mapping[MemberId, datetime]:
        """When members who are gone were last here."""
        ...

    async def put(self, peer: Peer) -> None:
        """A connection came, or changed its room or devices."""
        ...

    async def drop(self, peer_id: str, now: datetime, order: int | None = None) -> None:
        """A connection is gone. `order` tells it from a newer connection of the same page, which stays."""
        ...


class Outbox(Protocol):
    """To browsers, wherever they are connected. Losing a message is repaired by versions, never by waiting."""

    async def to_session(self, session: str, event: str, body: bytes) -> None: ...
    async def to_room(self, room: RoomId, event: str, body: bytes) -> None: ...
    async def to_students(self, session: str, event: str, body: bytes) -> None: ...
    async def to_teachers(self, session: str, event: str, body: bytes) -> None: ...
    async def to_member(self, session: str, member: str, event: str, body: bytes) -> None: ...
    async def to_peer(self, peer: str, event: str, body: bytes) -> None: ...


class Bus(Protocol):
    """Between server processes: "this session's seats, people or presence changed"."""

    async def tell(self, topic: str, session: str) -> None: ...
    def listen(self, hear: Callable[[str, str], Awaitable[None]]) -> None:
        """Call `hear(topic, session)` for what other processes tell."""
        ...
