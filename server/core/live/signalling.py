"""What of WebRTC signalling may pass between two peers: what families agreed to, and no child's address to another."""

from server.core.live.scene import Media


def media_between(one: Media, other: Media) -> Media:
    """Return what may flow between two people: the lesser of what both agreed to."""
    if "none" in (one, other):
        return "none"
    return "audio" if "audio" in (one, other) else "video"


def may_send(media: Media, sdp: str) -> bool:
    """Whether a description sends no more than its sender's family agreed to (RFC 8866 media lines and directions)."""
    if media == "video":
        return True
    for section in _sections(sdp):
        kind = section[0].partition(" ")[0].removeprefix("m=")
        sends = not any(line in ("a=recvonly", "a=inactive") for line in section) and not section[0].startswith(
            f"m={kind} 0 "
        )
        if sends and (kind == "video" or (kind == "audio" and media == "none")):
            return False
    return True


def _sections(sdp: str) -> list[list[str]]:
    sections: list[list[str]] = []
    for line in sdp.splitlines():
        if line.startswith("m="):
            sections.append([])
        if sections:
            sections[-1].append(line.strip())
    return sections


def without_direct_candidates(sdp: str) -> str:
    """Return the description with relayed candidates only (RFC 8839 `typ relay`, without its related address)."""
    kept: list[str] = []
    for line in sdp.splitlines():
        if line.startswith("a=candidate:"):
            if (relayed := relayed_only(line.removeprefix("a="))) is None:
                continue
            line = f"a={relayed}"
        kept.append(line)
    return "\r\n".join(kept) + "\r\n"


def relayed_only(candidate: str) -> str | None:
    """Return the candidate without its related address if it is relayed, None if it would show a device's own address."""
    fields = candidate.split()
    if "typ" not in fields or fields[fields.index("typ") + 1 : fields.index("typ") + 2] != ["relay"]:
        return None
    if "raddr" in fields:
        at = fields.index("raddr")
        fields[at : at + 4] = ["raddr", "0.0.0.0", "rport", "0"]  # noqa: S104 -- the blank of RFC 8839, nothing listens here
    return " ".join(fields)
