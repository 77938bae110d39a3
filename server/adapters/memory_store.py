"""The live room's store in memory, for tests: the same promises as the databases', except that nothing is durable."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from server.core.live.lesson import Lesson
from server.core.live.works import MemberId, RoomId, Work, WorkId
from server.ports.live import Append, Appended, Draft, Due, StoredWork

DraftKey = tuple[MemberId, str, int, str]


class MemoryStore:
    """Fulfils ports.live.Store."""

    def __init__(self) -> None:
        self._log: dict[str, list[Appended]] = defaultdict(list)
        self._works: dict[WorkId, StoredWork] = {}
        self._drafts: dict[DraftKey, Draft] = {}
        self._due: dict[str, tuple[datetime, int]] = {}
        self._lessons: dict[str, Lesson] = {}
        self._pinned: dict[str, str] = {}

    async def read(self, stream: str, after: int = 0) -> list[Appended]:
        """See ports.live.Store.read."""
        return [appended for appended in self._log.get(stream, ()) if appended.version > after]

    async def append(self, append: Append) -> bool:
        """See ports.live.Store.append."""
        appended = append.appended
        stored = replace(appended, at=_utc(appended.at))
        works = [replace(work, at=_utc(work.at)) for work in append.works]
        if append.due and append.due.at:
            _utc(append.due.at)
        stream = self._log[appended.stream]
        if any(known.version == appended.version for known in stream):
            return False
        stream.append(stored)
        for work in works:
            self._works.setdefault(work.work.id, work)
        for gone in append.replaced:
            self._works.pop(gone, None)
        if append.due is not None:
            await self.set_due(appended.stream, append.due)
        return True

    async def works_in(self, session: str, room: RoomId | None) -> list[Work]:
        """See ports.live.Store.works_in."""
        return [stored.work for stored in self._works.values() if stored.session == session and stored.room == room]

    async def save_draft(self, draft: Draft) -> None:
        """See ports.live.Store.save_draft."""
        draft = replace(draft, at=_utc(draft.at))
        key = (draft.member, draft.session, draft.step, draft.input)
        known = self._drafts.get(key)
        if known is None or known.sequence <= draft.sequence:
            self._drafts[key] = draft

    async def drafts(self, session: str, room: RoomId) -> list[Draft]:
        """See ports.live.Store.drafts."""
        return [draft for draft in self._drafts.values() if draft.session == session and draft.room == room]

    async def due(self, now: datetime, limit: int) -> list[tuple[str, int]]:
        """See ports.live.Store.due."""
        over = sorted((at, stream, step) for stream, (at, step) in self._due.items() if at <= now)
        return [(stream, step) for _, stream, step in over[:limit]]

    async def set_due(self, stream: str, due: Due) -> None:
        """See ports.live.Store.set_due."""
        if due.at is None:
            self._due.pop(stream, None)
        else:
            self._due[stream] = (_utc(due.at), due.step)

    async def versions(self, streams: Sequence[str]) -> dict[str, int]:
        """See ports.live.Store.versions."""
        return {stream: max((a.version for a in self._log.get(stream, ())), default=0) for stream in streams}

    async def save_lesson(self, session: str, lesson: Lesson) -> None:
        """See ports.live.Store.save_lesson."""
        self._lessons.setdefault(lesson.content_hash, lesson)
        self._pinned[session] = lesson.content_hash

    async def lesson_of(self, session: str) -> Lesson | None:
        """See ports.live.Store.lesson_of."""
        pinned = self._pinned.get(session)
        return self._lessons[pinned] if pinned else None

    async def end_session(self, session: str, forget: Sequence[MemberId]) -> None:
        """See ports.live.Store.end_session."""
        self._drafts = {key: draft for key, draft in self._drafts.items() if draft.session != session}
        self._works = {
            work_id: stored
            for work_id, stored in self._works.items()
            if stored.session != session
            or stored.by_staff
            or (stored.keep != "session" and stored.work.member not in forget)
        }
        for stream in [stream for stream in self._due if stream == session or stream.startswith(f"{session}.")]:
            del self._due[stream]

    async def lesson(self, content_hash: str) -> Lesson | None:
        """See ports.live.Store.lesson."""
        return self._lessons.get(content_hash)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC)
