"""LiveKit as the media server: tokens that open one room and no more, and its room service over HTTP (Twirp, JSON)."""

from collections.abc import Collection, Mapping
from typing import Any, cast

import aiohttp
import jwt

from server.core.live.plenary import Source
from server.ports.clock import Clock
from server.ports.media import Attendee, MediaServerTrouble

WAY_IN_SECONDS = 300
"""A token is read once, when a browser connects; LiveKit renews it over its own connection."""
CALL_SECONDS = 30
PATIENCE_SECONDS = 4.0
NAMES: dict[str, Source] = {"CAMERA": "camera", "MICROPHONE": "microphone"}


class LiveKit:
    """Fulfils MediaServer. `start` and `stop` bound the life of its connections."""

    def __init__(self, clock: Clock, url: str, key: str, secret: str) -> None:
        self._clock = clock
        self._key = key
        self._secret = secret
        self._http: aiohttp.ClientSession | None = None
        self._url = url.rstrip("/")

    @property
    def url(self) -> str:
        """Where browsers connect."""
        return self._url.replace("http", "ws", 1) if self._url.startswith("http") else self._url

    @property
    def _api(self) -> str:
        return self._url.replace("ws", "http", 1) if self._url.startswith("ws") else self._url

    def start(self) -> None:
        """Open nothing yet: connections are made when they are needed."""
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_SECONDS))

    async def stop(self) -> None:
        """Close what is open."""
        if self._http:
            await self._http.close()

    def token(self, room: str, identity: str, sources: Collection[Source]) -> str:
        """See ports.media.MediaServer.token. No name and no metadata: names come from the lesson's own views."""
        may = {"room": room, "roomJoin": True, **_permission(sources), "canUpdateOwnMetadata": False}
        return self._signed({"sub": identity, "video": may}, WAY_IN_SECONDS)

    async def rooms(self) -> list[str]:
        """See ports.media.MediaServer.rooms."""
        answer = await self._call("ListRooms", {"roomList": True}, {})
        return [str(room["name"]) for room in answer.get("rooms", [])]

    async def people(self, room: str) -> list[Attendee]:
        """See ports.media.MediaServer.people."""
        return [_attendee(one) for one in await self._participants(room)]

    async def allow(self, room: str, identity: str, sources: Collection[Source]) -> None:
        """See ports.media.MediaServer.allow."""
        permission = _permission(sources)
        permission["canPublishSources"] = [source.upper() for source in sorted(sources)]
        await self._in_room("UpdateParticipant", room, {"identity": identity, "permission": permission})

    async def mute(self, room: str, identity: str) -> None:
        """See ports.media.MediaServer.mute."""
        for one in await self._participants(room):
            if one.get("identity") != identity:
                continue
            for track in one.get("tracks", []):
                if track.get("source") == "MICROPHONE" and not track.get("muted"):
                    closed = {"identity": identity, "trackSid": track["sid"], "muted": True}
                    await self._in_room("MutePublishedTrack", room, closed)

    async def remove(self, room: str, identity: str) -> None:
        """See ports.media.MediaServer.remove."""
        await self._in_room("RemoveParticipant", room, {"identity": identity})

    async def close_room(self, room: str) -> None:
        """See ports.media.MediaServer.close_room."""
        await self._call("DeleteRoom", {"roomCreate": True}, {"room": room})

    async def _participants(self, room: str) -> list[dict[str, Any]]:
        return list((await self._in_room("ListParticipants", room, {})).get("participants", []))

    async def _in_room(self, method: str, room: str, body: Mapping[str, object]) -> dict[str, Any]:
        return await self._call(method, {"roomAdmin": True, "room": room}, {"room": room, **body})

    async def _call(self, method: str, may: Mapping[str, object], body: Mapping[str, object]) -> dict[str, Any]:
        """Call the room service with the rights of this one call. Who or what is not there any more is no trouble."""
        if self._http is None:
            raise MediaServerTrouble(method)
        headers = {"Authorization": f"Bearer {self._signed({'video': may}, CALL_SECONDS)}"}
        address = f"{self._api}/twirp/livekit.RoomService/{method}"
        try:
            async with self._http.post(address, json=body, headers=headers) as answer:
                if answer.status == 404:
                    return {}
                if answer.status != 200:
                    raise MediaServerTrouble(f"{method} {answer.status}")
                said: object = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
            raise MediaServerTrouble(f"{method} {type(problem).__name__}") from problem
        return cast(dict[str, Any], said) if isinstance(said, dict) else {}

    def _signed(self, claims: Mapping[str, object], seconds: int) -> str:
        now = int(self._clock.now().timestamp())
        # A few seconds back: the clocks of two machines are never quite the same.
        times = {"iss": self._key, "nbf": now - 10, "exp": now + seconds}
        return jwt.encode({**times, **claims}, self._secret, algorithm="HS256")


def _permission(sources: Collection[Source]) -> dict[str, object]:
    # Said in full: what a LiveKit grant leaves out, it allows.
    return {
        "canPublish": bool(sources),
        "canPublishSources": sorted(sources),
        "canPublishData": False,
        "canSubscribe": True,
        "hidden": False,
    }


def _attendee(one: Mapping[str, Any]) -> Attendee:
    permission: Mapping[str, Any] = one.get("permission") or {}
    # LiveKit answers in the names of its protocol files, and takes either spelling.
    named: list[str] = permission.get("can_publish_sources") or []
    sources: frozenset[Source] | None = frozenset()
    if permission.get("can_publish"):
        # Publishing without a list means any source, and so does a source that is none of ours.
        sources = frozenset(NAMES[name] for name in named) if named and set(named) <= set(NAMES) else None
    return Attendee(str(one.get("identity", "")), sources)
