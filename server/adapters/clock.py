"""The real clock."""

from datetime import UTC, datetime


class SystemClock:
    """Fulfils ports.clock.Clock."""

    def now(self) -> datetime:
        """Return the time, UTC and aware."""
        return datetime.now(UTC)  # noqa: TID251 -- the one place where the clock is read
