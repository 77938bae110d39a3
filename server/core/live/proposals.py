"""What may be done for a learner without a partner: the proposals that stand, and how much the clock may do by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.core.live.works import MemberId, RoomId

ArrivalsPolicy = Literal["automatic", "suggest", "off"]
DEFAULT_POLICY: ArrivalsPolicy = "suggest"
PlacingKind = Literal["seat", "repair", "trio", "wait"]
NEW_ROOM = "new"
BY_THE_CLOCK = "clock"
PLACED_REMEMBERED = 30


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to do. `room`: where to (None: stay with the teacher); `beside`: who had a seat there when it was proposed.

    `out_of`: where the members sat then. `due`: when the clock does it by itself; None: a teacher decides.
    """

    id: str
    kind: PlacingKind
    members: tuple[MemberId, ...]
    out_of: RoomId | None
    room: RoomId | None
    beside: tuple[MemberId, ...]
    reason: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A proposal that was carried out, `by` an adult or the clock, so that it can be undone."""

    id: str
    members: tuple[MemberId, ...]
    out_of: RoomId | None
    room: RoomId
    by: str
    at: datetime
