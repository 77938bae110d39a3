"""What pages need of pairings beyond one lesson: groups kept under a name, and who met whom."""

from typing import Protocol

from server.core.twinning.groups import Meeting, SavedGroups


class Pairings(Protocol):
    """Every process sees the same. Students who were erased are in none of it."""

    async def met_in(self, twinning: str, student: str | None = None) -> list[Meeting]:
        """Return who met whom in a twinning's lessons; of one student only, where one is named."""
        ...

    async def saved_of(self, twinning: str) -> list[SavedGroups]:
        """Return the groups that are kept for a twinning, the newest first."""
        ...

    async def save(self, groups: SavedGroups) -> None:
        """Keep groups, or keep others in their place under the same id."""
        ...

    async def rename(self, twinning: str, saved: str, name: str) -> bool:
        """Give another name; False where these groups are not there any more."""
        ...

    async def delete(self, twinning: str, saved: str) -> None: ...
