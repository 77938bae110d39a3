"""What devices tell of their learners beside the lesson: who writes just now, whose line is weak or gone. Never events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from server.core.live.works import MemberId


@dataclass(frozen=True, slots=True)
class Signs:
    """Read from connections, gone with them. `here`: members with a connection now; None where nobody has looked."""

    here: frozenset[MemberId] | None = None
    writing: frozenset[MemberId] = frozenset()
    weak: frozenset[MemberId] = frozenset()
    last_seen: Mapping[MemberId, datetime] = field(default_factory=dict[MemberId, datetime])

    def gone(self, members: tuple[MemberId, ...]) -> dict[MemberId, datetime | None]:
        """Return those of `members` who have no connection, each with when they were last here (None: not yet)."""
        if self.here is None:
            return {}
        return {m: self.last_seen.get(m) for m in members if m not in self.here}


NO_SIGNS = Signs()
