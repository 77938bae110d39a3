"""What pages need to keep about rehearsals of a classroom: one open at a time for a class, its devices, the newest result."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from server.core.rehearsal import Device, Rehearsal, Report, Result

Heard = Literal["kept", "too_soon", "unknown"]


class Rehearsals(Protocol):
    """Every process sees the same; what is over is cleared away when the next one is opened."""

    async def open(self, class_id: str, now: datetime) -> Rehearsal:
        """Begin anew for this class: the code of the last one and its devices are gone."""
        ...

    async def end(self, class_id: str) -> None:
        """Close the door and forget the devices; the newest result stays."""
        ...

    async def of_class(self, class_id: str) -> Rehearsal | None: ...
    async def by_code(self, code: str) -> Rehearsal | None:
        """Return the rehearsal that a code opens (normalised form), also one that is over and not cleared away yet."""
        ...

    def code_of(self, rehearsal: Rehearsal) -> str:
        """Return the code that is shown to the class. It is stored nowhere."""
        ...

    async def join(self, rehearsal: Rehearsal, key: str, browser: str, now: datetime) -> int | None:
        """Give a device its number, or None when all places are taken by devices that are still here."""
        ...

    async def hear(self, rehearsal: Rehearsal, number: int, key: str, report: Report | None, now: datetime) -> Heard:
        """Keep what a device says; None says only that it is still here. "unknown": no such device, or another's key."""
        ...

    async def knows(self, rehearsal: Rehearsal, number: int, key: str) -> bool:
        """Whether this key belongs to this number."""
        ...

    async def devices(self, rehearsal: Rehearsal) -> list[Device]:
        """Return the devices by number."""
        ...

    async def begin_round(self, rehearsal: Rehearsal, now: datetime) -> None:
        """Let all send at once; nothing happens when somebody else has begun this round already."""
        ...

    async def keep_result(self, rehearsal: Rehearsal, result: Result) -> None:
        """Keep the verdict on the rehearsal's round as the newest of its class."""
        ...

    async def results(self, classes: Sequence[str]) -> dict[str, Result]:
        """Return the newest result of each class that has one."""
        ...
