"""Relays WebRTC signalling between two connections of one room; never past consent, never with a child's address."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from server.core.live.scene import Media, Person
from server.core.live.signalling import may_send, media_between, media_of, relayed_only, without_direct_candidates
from server.ports.live import Peer
from server.wire.messages import Signal, SignalOut

DESCRIPTION = frozenset({"type", "sdp"})
CANDIDATE = frozenset({"candidate", "sdpMid", "sdpMLineIndex", "usernameFragment"})
Value = TypeVar("Value", str, str | int | None)


def relayed(
    signal: Signal,
    sender: Peer,
    receiver: Peer,
    people: Mapping[str, Person],
    *,
    relay_only: bool,
    circle: Collection[str] = (),
) -> SignalOut | None:
    """Return what the receiver gets, or None where nothing may pass between these two.

    `circle`: peers who meet across rooms, because the whole class is together and no media server carries it.
    """
    share_a_room = sender.room is not None and sender.room == receiver.room
    if sender.id == receiver.id or not (share_a_room or {sender.id, receiver.id} <= set(circle)):
        return None
    mine = _media(sender, people)
    if media_between(mine, _media(receiver, people)) == "none":
        return None
    description = _only(signal.description, DESCRIPTION)
    if description is not None:
        sdp = description.get("sdp", "")
        if not may_send(mine, sdp):
            return None
        if relay_only and sdp:
            description["sdp"] = without_direct_candidates(sdp)
    candidate = _only(signal.candidate, CANDIDATE)
    if candidate is not None and relay_only and candidate.get("candidate"):
        stripped = relayed_only(str(candidate["candidate"]))
        if stripped is None:
            return None
        candidate["candidate"] = stripped
    if description is None and candidate is None:
        return None
    return SignalOut(sender=sender.id, description=description, candidate=candidate)


def _only(given: Mapping[str, Value] | None, known: frozenset[str]) -> dict[str, Value] | None:
    """Return what WebRTC knows of a message: signalling is no second way to write to somebody."""
    return None if given is None else {name: value for name, value in given.items() if name in known}


def _media(peer: Peer, people: Mapping[str, Person]) -> Media:
    """A teacher may send what they like; a device of students what all of their families agreed to."""
    if peer.kind == "teacher":
        return "video"
    return media_of(peer.speaks_for, people)
