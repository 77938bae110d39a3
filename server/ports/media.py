"""What the live room needs of a media server: a way in for one person, and a hand on who is there and what they send."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from server.core.live.plenary import Source


class MediaServerTrouble(Exception):  # noqa: N818 -- worked around: the lesson goes on without pictures
    """The media server did not answer, or answered with an error. `what` names the call, never a person."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody in a room of the media server. `sources`: what they may send there now; None: anything."""

    identity: str
    sources: frozenset[Source] | None


class MediaServer(Protocol):
    """A server that passes pictures and sound on. It knows ids, never names. Every call may raise MediaServerTrouble."""

    @property
    def url(self) -> str:
        """Where browsers connect."""
        ...

    def token(self, room: str, identity: str, sources: Collection[Source]) -> str:
        """Return the way into exactly one room: to hear and see, to send `sources`, and nothing else."""
        ...

    async def rooms(self) -> list[str]:
        """Return the names of the rooms in which somebody is."""
        ...

    async def people(self, room: str) -> list[Attendee]:
        """Return who is in a room; nobody where there is none."""
        ...

    async def allow(self, room: str, identity: str, sources: Collection[Source]) -> None:
        """Change what somebody may send; what they send beyond it stops at once."""
        ...

    async def mute(self, room: str, identity: str) -> None:
        """Close somebody's microphone; they may open it again."""
        ...

    async def remove(self, room: str, identity: str) -> None:
        """Take somebody out of a room."""
        ...

    async def close_room(self, room: str) -> None:
        """Take everybody out of a room."""
        ...
