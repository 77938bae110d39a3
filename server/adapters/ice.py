"""ICE servers for browsers: time-limited TURN credentials (the shared-secret REST form), and what may be done without."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from server.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class IceServersFromSettings:
    """Fulfils what edges ask as IceServers. `turn_seconds`: life of a credential, at most an hour."""

    clock: Clock
    stun_urls: tuple[str, ...]
    turn_urls: tuple[str, ...]
    turn_secret: str | None
    turn_seconds: int

    @property
    def relay_only(self) -> bool:
        """Whether every call goes through the relay, so that no child's address reaches another child."""
        return bool(self.turn_urls and self.turn_secret)

    def for_person(
        self, who: str, session: str, *, accepts_direct: bool, seconds: int | None = None
    ) -> Mapping[str, object]:
        """Return RTCConfiguration fields, and whether there may be video at all (`reason` says why not).

        `seconds`: a shorter life than usual for the credential. Of the answer, `expires` (ms) and `seconds` say how long
        it holds; a page asks again before that.
        """
        if self.relay_only and self.turn_secret:
            life = min(self.turn_seconds, seconds or self.turn_seconds)
            until = int(self.clock.now().timestamp()) + life
            # The relay's log and quota see ids alone: which lesson, and whose.
            name = f"{until}:{session}.{who}"
            # The TURN REST form prescribes HMAC-SHA1 (draft-uberti-behave-turn-rest); coturn's use-auth-secret checks it.
            digest = hmac.new(self.turn_secret.encode(), name.encode(), hashlib.sha1).digest()
            relay = {"urls": list(self.turn_urls), "username": name, "credential": base64.b64encode(digest).decode()}
            holds = {"expires": until * 1000, "seconds": life}
            return {"iceServers": [relay], "iceTransportPolicy": "relay", "video": True, **holds}
        if not accepts_direct:
            return {"iceServers": [], "iceTransportPolicy": "relay", "video": False, "reason": "no_relay"}
        stun = [{"urls": list(self.stun_urls)}] if self.stun_urls else []
        return {"iceServers": stun, "iceTransportPolicy": "all", "video": True}
