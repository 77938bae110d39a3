"""Which school brings which other one to a side: each side keeps its own door, and an empty one is opened from across."""

import pytest

from server.core.people.models import Twinning, TwinningSide
from server.core.twinning.joining import may_invite_to, why_not_join


def twinned(a: str, b: str, **changed: object) -> Twinning:
    """Return a twinning with these schools, named by letters."""
    sides = (TwinningSide(side="a", schools=tuple(a)), TwinningSide(side="b", schools=tuple(b)))
    return Twinning(id="t", names={"en": "T"}, sides=sides).model_copy(update=changed)


@pytest.mark.parametrize(
    ("school", "to_a", "to_b"), [("h", True, False), ("k", True, False), ("c", False, True), ("x", False, False)]
)
def test_a_school_invites_to_its_own_side_only(school: str, to_a: bool, to_b: bool) -> None:
    twinning = twinned("hk", "c")
    assert (may_invite_to(twinning, "a", school), may_invite_to(twinning, "b", school)) == (to_a, to_b)


def test_a_side_on_which_nobody_stands_is_invited_from_across() -> None:
    waiting = twinned("h", "", status="invited")
    assert may_invite_to(waiting, "b", "h")
    assert not may_invite_to(waiting, "b", "x")


def test_a_link_sent_across_is_over_once_somebody_stands_there() -> None:
    assert why_not_join(twinned("h", "", status="invited"), "b", "h", None) is None
    assert why_not_join(twinned("h", "c"), "b", "h", None) == "not_their_side"
    assert why_not_join(twinned("h", "c"), "b", "c", None) is None


def test_a_school_stands_in_a_twinning_once() -> None:
    twinning = twinned("h", "c")
    assert why_not_join(twinning, "a", "h", "c") == "already_here"
    assert why_not_join(twinning, "a", "h", "h") == "already_here"
    assert why_not_join(twinning, "a", "h", "k") is None


def test_a_twinning_that_has_ended_takes_in_nobody() -> None:
    ended = twinned("h", "c", status="ended")
    assert not may_invite_to(ended, "a", "h")
    assert why_not_join(ended, "a", "h", "k") == "ended"
