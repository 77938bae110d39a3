"""What pages and the live room need to know and keep about schools' own protocols and the plans on their shelves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol as Port

from server.core.live.protocol import Protocol
from server.core.twinning.own_protocol import OwnProtocol, OwnVersion
from server.core.twinning.protocol_form import Document
from server.core.twinning.shelf import RemovedPart, ShelfPlan


class OwnProtocols(Port):
    """Schools' own protocols. What a plan names is one version, which never changes."""

    async def own(self, protocol: str) -> OwnProtocol | None: ...
    async def own_of(self, school: str) -> list[OwnProtocol]:
        """Return a school's own protocols that were not removed, the newest change first."""
        ...

    async def make_own(self, own: OwnProtocol, definition: Document | None, most: int) -> bool:
        """Keep a new one with its first version; False if the school has as many as it may have."""
        ...

    async def change_own(self, before: OwnProtocol, after: OwnProtocol, definition: Document | None) -> bool:
        """Keep a change, and with a `definition` a new version; False if somebody was faster."""
        ...

    async def versions_of(self, protocol: str) -> list[OwnVersion]:
        """Return all versions, the newest first."""
        ...

    async def named(self, keys: Collection[str], schools: Collection[str]) -> dict[str, Protocol]:
        """Return the versions that these keys name ("own_…@3"), by key, as far as they belong to these schools."""
        ...

    async def newest_of(self, school: str) -> dict[str, Protocol]:
        """Return the newest usable version of each of a school's own protocols, by key."""
        ...

    async def remove_own(self, protocol: str) -> None:
        """Take it from the library: gone where no plan names it, else kept for those plans alone."""
        ...


class PlanShelf(Port):
    """Plans kept under a name, and what was taken out of a plan last."""

    async def shelved(self, plan: str) -> ShelfPlan | None: ...
    async def shelf_of(self, school: str, twinnings: Sequence[str]) -> list[ShelfPlan]:
        """Return a school's own plans, and those that others share with these twinnings, by name."""
        ...

    async def shelve(self, plan: ShelfPlan, most: int) -> bool:
        """Insert or change; False if the school has as many as it may have."""
        ...

    async def unshelve(self, plan: str) -> None: ...
    async def keep_removed(self, removed: RemovedPart) -> None: ...
    async def removed_from(self, session: str) -> RemovedPart | None: ...
    async def forget_removed(self, session: str) -> None: ...


class Shelves(OwnProtocols, PlanShelf, Port):
    """Both, in one store."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend in a file that was sent: `line` counts from 1, `field` is "" where the whole file is meant."""

    line: int
    field: str
    message: str


class ProtocolText(Port):
    """Protocols as files: read from what somebody sent, written for whoever wants to edit one as a file."""

    def read(self, raw: bytes) -> Protocol | list[Mistake]:
        """Return the protocol, or everything that is wrong with the file. Nothing in it is ever run."""
        ...

    def write(self, document: Mapping[str, object]) -> str:
        """Return the YAML of a definition."""
        ...
