"""What store tests write: appends, words, drafts and a lesson of invented learners."""

from datetime import UTC, datetime
from uuid import uuid4

from server.core.live.events import Answered, AnyEvent, Finished
from server.core.live.lesson import Lesson
from server.core.live.works import Entry, Work
from server.ports.live import Append, Appended, Draft, Due, StoredWork

NOW = datetime(2026, 11, 18, 14, 10, 0, 123456, tzinfo=UTC)
NOA, DAN = "noa", "dan"


def one(
    stream: str,
    version: int = 1,
    *,
    sender: str = NOA,
    command: str | None = None,
    works: tuple[StoredWork, ...] = (),
    replaced: tuple[str, ...] = (),
    due: Due | None = None,
    at: datetime = NOW,
) -> Append:
    """Return one append: that `sender` is done, and the words given with it."""
    said = tuple(
        Answered(step=0, member=stored.work.member, of_step=0, input="idea", work=stored.work.id) for stored in works
    )
    events: tuple[AnyEvent, ...] = (Finished(step=0, member=sender), *said)
    return Append(Appended(stream, version, at, sender, command or uuid4().hex, events), works, replaced, due)


def words(
    work_id: str,
    *,
    session: str = "s",
    room: str | None = "s.1",
    member: str = NOA,
    text: str = "she clings",
    keep: str = "session",
    by_staff: bool = False,
) -> StoredWork:
    """Return a member's words."""
    work = Work(work_id, member, (Entry(text=text),))
    return StoredWork(work, session, room, NOW, by_staff=by_staff, step=0, step_id="0.idea", input="idea", keep=keep)


def draft(sequence: int, text: str, *, session: str = "s", room: str = "s.1", member: str = NOA) -> Draft:
    """Return what a member has typed so far."""
    return Draft(session, room, member, 0, "idea", sequence, NOW, (Entry(text=text),))


def lesson(title: str = "Ruth and Naomi") -> Lesson:
    """Return a lesson, told apart by its title."""
    return Lesson(title={"en": title, "he": "רות ונעמי"}, band="B", parts=())
