"""What pages and lessons need of the texts that schools bring, and of a library of texts elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from server.core.importing.fetched import Fetched
from server.core.importing.text import SchoolText


class SchoolTexts(Protocol):
    """Texts that schools brought, each one school's own."""

    async def text(self, text_id: str) -> SchoolText | None: ...
    async def of_schools(self, schools: Sequence[str]) -> list[SchoolText]:
        """Return the texts of these schools, the newest first."""
        ...

    async def add(self, text: SchoolText) -> SchoolText:
        """Keep a text; where the school has the same words already, those are returned and nothing is added."""
        ...

    async def change(self, text: SchoolText) -> None:
        """Keep what stands around the words; the words themselves do not change."""
        ...

    async def remove(self, text_id: str) -> None: ...
    async def many_of(self, school: str) -> int: ...


TroubleCode = Literal[
    "off",
    "unreachable",
    "slow",
    "busy",
    "unknown_reference",
    "no_such_edition",
    "too_large",
    "not_understood",
    "led_elsewhere",
]


class FetchTrouble(Exception):
    """A passage could not be had; `code` says why."""

    def __init__(self, code: TroubleCode) -> None:
        super().__init__(code)
        self.code: TroubleCode = code


class TextSource(Protocol):
    """A library of texts elsewhere, asked by reference. Every answer is checked before anybody sees it."""

    @property
    def host(self) -> str:
        """The host that is asked; "" where none is."""
        ...

    async def fetch(self, reference: str, editions: Mapping[str, str], now: datetime) -> Fetched:
        """Return a passage; `editions` names one by language where another than the usual is wanted. Raises FetchTrouble."""
        ...
