"""Which school may bring which other one to a side of a twinning: a side is one or more schools, and keeps its own door."""

from typing import Literal

from server.core.people.models import SideName, Twinning

NotJoining = Literal["ended", "not_their_side", "already_here"]


def may_invite_to(twinning: Twinning, side: SideName, inviter: str) -> bool:
    """Whether the school `inviter` may send a link for a side.

    Its own side always. The side across only while nobody stands there: from then on whom that side takes in is its own
    to decide. A twinning that has ended takes in nobody.
    """
    if twinning.status == "ended":
        return False
    mine = twinning.side_of(inviter)
    return mine == side or (mine is not None and not _schools(twinning, side))


def why_not_join(twinning: Twinning, side: SideName, inviter: str, school: str | None) -> NotJoining | None:
    """Return why `school` (None: one that is not set up yet) may not follow `inviter`'s link to a side, or None.

    Asked again when the link is followed: since it was sent, another school may have come, or the twinning ended.
    """
    if twinning.status == "ended":
        return "ended"
    if school is not None and twinning.side_of(school) is not None:
        return "already_here"
    return None if may_invite_to(twinning, side, inviter) else "not_their_side"


def _schools(twinning: Twinning, side: SideName) -> tuple[str, ...]:
    return next(s.schools for s in twinning.sides if s.side == side)
