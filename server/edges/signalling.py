"""Relays WebRTC signalling between two connections of one room; never past consent, never with a child's address."""

from collections.abc import Mapping

from server.core.live.scene import Media, Person
from server.core.live.signalling import may_send, media_between, relayed_only, without_direct_candidates
from server.ports.live import Peer
from server.wire.messages import Signal, SignalOut


def relayed(
    signal: Signal, sender: Peer, receiver: Peer, people: Mapping[str, Person], *, relay_only: bool
) -> SignalOut | None:
    """Return what the receiver gets, or None where nothing may pass between these two."""
    if sender.room is None or sender.room != receiver.room or sender.id == receiver.id:
        return None
    mine, theirs = _media(sender, people), _media(receiver, people)
    if media_between(mine, theirs) == "none" and "none" in (mine, theirs):
        return None
    description = dict(signal.description) if signal.description else None
    if description is not None:
        if not may_send(mine, description.get("sdp", "")):
            return None
        if relay_only:
            description["sdp"] = without_direct_candidates(description.get("sdp", ""))
    candidate = dict(signal.candidate) if signal.candidate else None
    if candidate is not None and relay_only and candidate.get("candidate"):
        stripped = relayed_only(str(candidate["candidate"]))
        if stripped is None:
            return None
        candidate["candidate"] = stripped
    return SignalOut(sender=sender.id, description=description, candidate=candidate)


def _media(peer: Peer, people: Mapping[str, Person]) -> Media:
    """A teacher may send what they like; a student what the family agreed to."""
    person = people.get(peer.who)
    return "video" if peer.kind == "teacher" or person is None else person.media
