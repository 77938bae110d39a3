"""The concrete parts that app.py hands to pages, API and socket."""

from dataclasses import dataclass
from typing import Protocol as Port

from aiohttp import web

from server.core.live.bell import Fitting
from server.core.live.protocol import Protocol
from server.core.texts import Text
from server.core.twinning.calendar import Holidays
from server.ports.clock import Clock
from server.ports.people import People, Review, SignIns


class WebSettings(Port):
    """The settings that edges read."""

    @property
    def origin(self) -> str: ...
    @property
    def https(self) -> bool: ...
    @property
    def demo(self) -> bool: ...
    @property
    def pseudo_locale(self) -> bool: ...
    @property
    def trusted_proxies(self) -> int: ...
    @property
    def media_origins(self) -> tuple[str, ...]: ...
    @property
    def livekit_rooms(self) -> bool: ...


class LiveDoor(Port):
    """What pages ask of the live room."""

    async def forget(self, student: str) -> None:
        """Close a student's sockets and drop cached words (after removal, erasure or a renewed code)."""
        ...

    async def may_share(self, session: str, first: str, second: str) -> bool:
        """Whether one device may speak for both of these learners in a lesson, as it stands now."""
        ...

    async def is_removed(self, session: str, student: str) -> bool:
        """Whether a teacher took the student out of this lesson."""
        ...

    async def shares_changed(self, student: str) -> None:
        """Let the student's connections speak for whom their sign-in speaks now."""
        ...

    async def concerns_changed(self, session: str) -> None:
        """Show a lesson's teachers anew which rooms to check on."""
        ...

    async def adults_changed(self, session: str) -> None:
        """Look again, on every process, who may come to a lesson as a substitute or a guest, and show it."""
        ...

    async def fitting(self, session: str) -> Fitting | None:
        """How what is left of a lesson would be fitted to its bell now; None where it does not run, or nobody is in it."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything an edge may use."""

    people: People
    sign_ins: SignIns
    review: Review
    clock: Clock
    settings: WebSettings
    protocols: dict[str, Protocol]
    texts: dict[str, Text]
    holidays: Holidays
    live: LiveDoor


PARTS: web.AppKey[Parts] = web.AppKey("parts", Parts)
