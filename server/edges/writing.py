"""Who is writing just now: a draft that came in says so, and a few seconds without another one say that it is over."""

import asyncio
from collections.abc import Callable

STILL_WRITING_SECONDS = 8.0
"""Browsers send drafts every two seconds while somebody types; whoever looks for a word is writing still."""


class Writing:
    """One timer a connection. `change(sid, member)` is called when somebody begins, and with None when they have stopped."""

    def __init__(self, change: Callable[[str, str | None], None], seconds: float = STILL_WRITING_SECONDS) -> None:
        self._change = change
        self._seconds = seconds
        self._until: dict[str, asyncio.TimerHandle] = {}

    def heard(self, sid: str, member: str) -> None:
        """A draft of somebody came in."""
        self.forget(sid)
        self._until[sid] = asyncio.get_running_loop().call_later(self._seconds, self._over, sid)
        self._change(sid, member)

    def forget(self, sid: str) -> None:
        """The connection is gone, or another draft has come."""
        timer = self._until.pop(sid, None)
        if timer:
            timer.cancel()

    def stop(self) -> None:
        """Forget everybody."""
        for sid in list(self._until):
            self.forget(sid)

    def _over(self, sid: str) -> None:
        del self._until[sid]
        self._change(sid, None)
