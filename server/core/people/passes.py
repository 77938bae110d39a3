"""Adults without an account in one lesson: a substitute for a teacher, or a guest of both; how long a pass holds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from server.core.people.models import LessonSession, Record, SideName

PassKind = Literal["substitute", "guest"]
LONGEST_NAME = 60
AFTER_THE_END = timedelta(hours=2)
BEYOND_THE_SLOT = timedelta(hours=6)
"""A lesson that nobody closes keeps no link alive for longer than this after its planned end."""
MOST_PASSES = 12


class Pass(Record):
    """Who may come to one lesson by a link. `side`: of whoever made it; `agreed_by`: a guest's second yes, of the other side.

    Only a hash of the link's token is kept, and not in this record.
    """

    id: str
    kind: PassKind
    session: str
    side: SideName
    school: str
    name: str
    made_by: str
    made_at: datetime
    expires: datetime
    agreed_by: str | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def holds(self, now: datetime) -> bool:
        """Whether its bearer may come in now."""
        both_agree = self.kind == "substitute" or self.agreed_by is not None
        return self.revoked_at is None and both_agree and now < self.expires

    def waits(self, now: datetime) -> bool:
        """Whether it is a guest's, and the other side has not answered."""
        return self.kind == "guest" and self.agreed_by is None and self.revoked_at is None and now < self.expires


def expires_at(lesson: LessonSession, now: datetime) -> datetime:
    """Return until when a pass made now holds at most; closing the lesson brings it forward."""
    ends = max(now, lesson.starts_at) + timedelta(minutes=lesson.slot_minutes)
    return ends + BEYOND_THE_SLOT


def clean_name(typed: object) -> str | None:
    """Return the name as it is shown, or None where it is none: letters to sign with, and nothing that turns text around."""
    name = " ".join(str(typed).split())
    fits = 2 <= len(name) <= LONGEST_NAME and name.isprintable() and any(letter.isalpha() for letter in name)
    return name if fits else None


def substitutes_of(passes: Mapping[str, Pass]) -> frozenset[str]:
    """Return the ids under which substitutes act, those whose pass is over included: what they signed stays signed."""
    return frozenset(one.id for one in passes.values() if one.kind == "substitute")
