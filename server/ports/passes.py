"""What the product needs to keep of passes: rows of one lesson, found again by the token of their link."""

from datetime import datetime
from typing import Protocol

from server.core.people.passes import Pass


class Passes(Protocol):
    """Passes of substitutes and guests. Getters return None for what is not there."""

    async def make(self, one: Pass, token: str) -> None:
        """Keep a pass with the hash of its link's token."""
        ...

    async def get(self, pass_id: str) -> Pass | None: ...
    async def by_token(self, token: str) -> Pass | None: ...
    async def of_session(self, session: str) -> list[Pass]:
        """Return all passes of a lesson, oldest first, also those that are over."""
        ...

    async def agree(self, pass_id: str, by: str) -> bool:
        """Write down a guest's second yes; False where somebody was faster, with a yes or with a no."""
        ...

    async def revoke(self, pass_id: str, by: str, at: datetime) -> bool:
        """End a pass now; False where it had ended."""
        ...

    async def closes(self, session: str, expires: datetime) -> None:
        """Let no pass of a lesson hold beyond `expires`."""
        ...
