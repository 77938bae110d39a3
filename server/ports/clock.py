"""Time and fresh ids: asked for, so that rules and tests decide what they are."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, UTC and aware."""

    def now(self) -> datetime: ...
