"""What of WebRTC signalling may pass between two peers: what families agreed to, and no child's address to another."""

import re
from collections.abc import Mapping, Sequence
from functools import reduce

from server.core.live.scene import Media, Person
from server.core.live.works import MemberId

# What one reader takes for the end of a line and another does not: nothing may be hidden behind it.
_ODD_LINE_ENDS = re.compile(r"\r(?!\n)|[\x00-\x09\x0b\x0c\x0e-\x1f\x85\u2028\u2029]")
_DIRECTIONS = frozenset({"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"})
_NOT_SENDING = frozenset({"a=recvonly", "a=inactive"})
_SENT_WITH: dict[Media, set[str]] = {"video": {"m=audio", "m=video"}, "audio": {"m=audio"}, "none": set()}


def media_between(one: Media, other: Media) -> Media:
    """Return what may flow between two people: the lesser of what both agreed to."""
    if "none" in (one, other):
        return "none"
    return "audio" if "audio" in (one, other) else "video"


def media_of(members: Sequence[MemberId], people: Mapping[MemberId, Person]) -> Media:
    """Return what a device may send: the lesser of what its learners' families agreed to; of a stranger, nothing."""
    agreed: list[Media] = [people[member].media if member in people else "none" for member in members]
    return reduce(media_between, agreed, "video")


def may_send(media: Media, sdp: str) -> bool:
    """Whether a description sends no more than its sender's family agreed to (RFC 8866 media lines and directions)."""
    if _ODD_LINE_ENDS.search(sdp):
        return False
    sending = [section[0].partition(" ")[0] for section in _sections(sdp) if _sends(section)]
    # One voice and one picture: a second picture would be a screen, and a data channel a way to write past the room's rules.
    if len(sending) > len(set(sending)):
        return False
    return set(sending) <= _SENT_WITH[media]


def _sends(section: list[str]) -> bool:
    # Port 0 rejects a section, unless it is bundled with another (RFC 8843). Of two directions browsers take the last.
    if section[0].split()[1:2] == ["0"] and "a=bundle-only" not in section:
        return False
    directions = _DIRECTIONS.intersection(section)
    return not directions or not directions <= _NOT_SENDING


def _lines(sdp: str) -> list[str]:
    return [line.removesuffix("\r") for line in sdp.split("\n")]


def _sections(sdp: str) -> list[list[str]]:
    sections: list[list[str]] = []
    for line in _lines(sdp):
        if line.startswith("m="):
            sections.append([])
        if sections:
            sections[-1].append(line)
    return sections


def without_direct_candidates(sdp: str) -> str:
    """Return the description with relayed candidates only (RFC 8839 `typ relay`), and no address anywhere else in it."""
    kept: list[str] = []
    for line in _lines(sdp.rstrip("\r\n")):
        if line.startswith("a=candidate:"):
            if (relayed := relayed_only(line.removeprefix("a="))) is not None:
                kept.append(f"a={relayed}")
        elif line.startswith("c="):
            # The default destination, which may be a device's own: with ICE the candidates count, not this.
            kept.append("c=IN IP4 0.0.0.0")
        elif line.startswith("a=rtcp:"):
            kept.append("a=rtcp:9 IN IP4 0.0.0.0")
        elif not line.startswith("a=remote-candidates:"):
            kept.append(line)
    return "\r\n".join(kept) + "\r\n"


def relayed_only(candidate: str) -> str | None:
    """Return the candidate without its related address if it is relayed, None if it would show a device's own address."""
    fields = candidate.split()
    # candidate:foundation component transport priority address port typ relay …
    if fields[6:8] != ["typ", "relay"]:
        return None
    if "raddr" in fields:
        at = fields.index("raddr")
        fields[at : at + 4] = ["raddr", "0.0.0.0", "rport", "0"]  # noqa: S104 -- the blank of RFC 8839, nothing listens here
    return " ".join(fields)
