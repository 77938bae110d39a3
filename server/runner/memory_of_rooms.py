"""What this process remembers of streams: rebuilt from the log, refreshed where another process may have written."""

from dataclasses import replace

from server.core.live.answers import held_back
from server.core.live.state import Room, Session, apply_room, apply_session, remember
from server.core.live.views import Words
from server.core.live.works import MemberId, RoomId, Work
from server.ports.live import Appended, Draft, Store


def grown_room(room: Room, appended: Appended) -> Room:
    """Return the room after one append of its stream."""
    for event in appended.events:
        room = apply_room(room, event, appended.at)  # pyright: ignore[reportArgumentType] -- a room stream holds room events
    return replace(remember(room, appended.sender, appended.command), version=appended.version)


def grown_session(session: Session, appended: Appended) -> Session:
    """Return the session after one append of its stream."""
    for event in appended.events:
        session = apply_session(session, event, appended.at)  # pyright: ignore[reportArgumentType] -- a session stream
    return replace(remember(session, appended.sender, appended.command), version=appended.version)


class Memory:
    """A cache of rooms, sessions and their words. With `shared`, every read asks the log for what is new."""

    def __init__(self, store: Store, *, shared: bool) -> None:
        self._store = store
        self._shared = shared
        self._rooms: dict[RoomId, Room] = {}
        self._sessions: dict[str, Session] = {}
        self._words: dict[tuple[str, RoomId | None], dict[str, Work]] = {}

    async def session(self, session_id: str, *, fresh: bool = False) -> Session:
        """Return a session as of now."""
        known = self._sessions.get(session_id)
        if known is None or fresh or self._shared:
            known = known or Session(session_id)
            for appended in await self._store.read(session_id, known.version):
                known = grown_session(known, appended)
            self._newer_session(known)
        return self._sessions[session_id]

    async def room(self, room_id: RoomId, *, fresh: bool = False) -> Room:
        """Return a room as of now."""
        known = self._rooms.get(room_id)
        if known is None or fresh or self._shared:
            known = known or Room(room_id)
            news = await self._store.read(room_id, known.version)
            for appended in news:
                known = grown_room(known, appended)
            if news and self._shared:
                self._words.pop((_session_of(room_id), room_id), None)
            self._newer_room(known)
        return self._rooms[room_id]

    async def words(self, session_id: str, room_id: RoomId | None) -> dict[str, Work]:
        """Return the words of a room (None: the session's notes), by work id."""
        key = (session_id, room_id)
        if key not in self._words:
            self._words[key] = {work.id: work for work in await self._store.works_in(session_id, room_id)}
        return self._words[key]

    def took_room(self, room: Room, works: tuple[Work, ...], replaced: tuple[str, ...]) -> None:
        """Remember what this process has just stored for a room."""
        self._newer_room(room)
        known = self._words.get((_session_of(room.id), room.id))
        if known is not None:
            known.update({work.id: work for work in works})
            for gone in replaced:
                known.pop(gone, None)

    def took_session(self, session: Session) -> None:
        """Remember what this process has just stored for a session."""
        self._newer_session(session)
        self._words.pop((session.id, None), None)

    def forget_words(self, member: MemberId) -> None:
        """Drop cached words of somebody who was erased; they are read again without them."""
        for key, words in list(self._words.items()):
            if any(work.member == member for work in words.values()):
                del self._words[key]

    def forget_session(self, session_id: str) -> None:
        """Let go of a session that is over or has nobody left here."""
        self._sessions.pop(session_id, None)
        for room_id in [room_id for room_id in self._rooms if _session_of(room_id) == session_id]:
            del self._rooms[room_id]
        for key in [key for key in self._words if key[0] == session_id]:
            del self._words[key]

    def count_rooms(self) -> int:
        """How many rooms are remembered."""
        return len(self._rooms)

    def _newer_room(self, room: Room) -> None:
        known = self._rooms.get(room.id)
        if known is None or known.version <= room.version:
            self._rooms[room.id] = room

    def _newer_session(self, session: Session) -> None:
        known = self._sessions.get(session.id)
        if known is None or known.version <= session.version:
            self._sessions[session.id] = session


def _session_of(room_id: RoomId) -> str:
    return room_id.rsplit(".", 1)[0]


def words_of(works: dict[str, Work], drafts: list[Draft], before: int) -> Words:
    """Return works, and drafts that a step before `before` left behind, marked unfinished."""
    left = {
        (d.step, d.member, d.input): Work(
            f"draft:{d.member}:{d.step}:{d.input}", d.member, d.entries, held_back(d.entries), unfinished=True
        )
        for d in drafts
        if d.step < before and any(entry.says_something() for entry in d.entries)
    }
    return Words(works, left)
