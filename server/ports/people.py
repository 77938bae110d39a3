"""What pages and the live room need to know and keep about people and planned lessons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from server.core.live.lesson import Lesson
from server.core.live.pairing import History
from server.core.people.models import (
    AuditEntry,
    ClassGroup,
    Concern,
    ConcernNotice,
    Consent,
    LessonSession,
    School,
    SideName,
    Staff,
    Student,
    Twinning,
    WorkRecord,
)
from server.core.review.outline import Given, Outline
from server.core.review.record import Happened


class People(Protocol):
    """Schools, staff, classes, students, twinnings, lessons. Getters return None for an unknown id."""

    async def school(self, school_id: str) -> School | None: ...
    async def schools(self, ids: Sequence[str]) -> list[School]: ...
    async def save_school(self, school: School) -> None: ...
    async def any_school(self) -> bool:
        """Whether this installation has been set up."""
        ...

    async def staff(self, staff_id: str) -> Staff | None: ...
    async def staff_of(self, school: str) -> list[Staff]: ...
    async def staff_by_email(self, email: str) -> tuple[Staff, str] | None:
        """Return the person and their argon2id hash, matching the e-mail without regard to case."""
        ...

    async def save_staff(self, staff: Staff, password_hash: str | None = None) -> None:
        """Insert or change; the hash stays as it is when None."""
        ...

    async def class_group(self, class_id: str) -> ClassGroup | None: ...
    async def classes_of(self, school: str) -> list[ClassGroup]: ...
    async def save_class(self, group: ClassGroup) -> None: ...

    async def student(self, student_id: str) -> Student | None: ...
    def pseudonym(self, student_id: str) -> str:
        """Return a name for exports that stays the same and leads nobody to the student without this installation's secret."""
        ...

    async def students_in(self, classes: Sequence[str]) -> list[Student]: ...
    async def add_students(self, students: Sequence[tuple[Student, str]]) -> None:
        """Insert students with their personal codes, all or none."""
        ...

    async def save_student(self, student: Student) -> None: ...
    async def set_consent(self, student_id: str, consent: Consent, by: str, at: datetime) -> None: ...
    async def student_by_code(self, code: str) -> Student | None:
        """Find by personal code (normalised form); codes are stored keyed and sealed, never plain."""
        ...

    async def code_of(self, student_id: str) -> str | None:
        """Return the personal code for a join card."""
        ...

    async def renew_code(self, student_id: str, code: str) -> None: ...
    async def erase_student(self, student_id: str, at: datetime) -> None:
        """Remove the student, their words everywhere, their sign-ins; the log of events stays readable."""
        ...

    async def twinning(self, twinning_id: str) -> Twinning | None: ...
    async def twinnings_of(self, school: str) -> list[Twinning]: ...
    async def save_twinning(self, twinning: Twinning) -> None: ...
    async def join_twinning(self, twinning_id: str, side: SideName, school: str) -> None:
        """Add a school to a side, after those that stand there, touching nothing else; the twinning is active as soon as
        both sides have a school. Changes nothing for a school that stands in it already."""
        ...

    async def session(self, session_id: str) -> LessonSession | None: ...
    async def sessions_of(self, twinning: str) -> list[LessonSession]: ...
    async def sessions_of_student(self, student: Student) -> list[LessonSession]:
        """Return lessons in which the student's class takes part, newest first."""
        ...

    async def save_session(self, session: LessonSession) -> None: ...
    async def set_adult(self, session_id: str, side: SideName, staff_id: str) -> None: ...

    async def history(self, session: LessonSession) -> History:
        """Return who met whom, arcs, keep-apart and keep-together, for pairing."""
        ...

    async def record_meetings(self, session_id: str, at: datetime, rooms: dict[str, tuple[str, ...]]) -> None:
        """Remember who shares which room; replaces what was remembered of this session. Changes nothing when repeated."""
        ...

    async def keep_apart(self, one: str, other: str, *, apart: bool, by: str) -> None: ...
    async def apart_pairs(self, students: Sequence[str]) -> list[tuple[str, str]]: ...
    async def keep_together(self, one: str, other: str, *, together: bool, by: str) -> None:
        """Seat two in one room wherever that can be done, or no longer. A pair is kept apart or together, as was said last."""
        ...

    async def together_pairs(self, students: Sequence[str]) -> list[tuple[str, str]]: ...

    async def new_invitation(self, token: str, kind: str, about: dict[str, str], expires: datetime) -> None:
        """Keep the hash of a one-time link's token."""
        ...

    async def invitation(self, token: str, now: datetime) -> tuple[str, dict[str, str]] | None:
        """Return (kind, about) of an unused, unexpired link, without using it."""
        ...

    async def use_invitation(self, token: str, now: datetime) -> bool:
        """Use the link up; False if somebody was faster or it has expired."""
        ...

    async def audit(self, entry: AuditEntry) -> None: ...
    async def audited(self, session: str) -> list[AuditEntry]: ...

    async def add_concern(self, concern: Concern) -> None: ...
    async def concern(self, concern_id: str) -> Concern | None: ...
    async def concerns_of(self, school: str, reader: str) -> list[Concern]:
        """Return a school's concerns, newest first, leaving out any that accuses the reader."""
        ...

    async def concerns_in(self, session: str) -> list[Concern]:
        """Return the concerns reported in one lesson, for the rules only: never shown as they are."""
        ...

    async def close_concern(self, concern_id: str, note: str, at: datetime) -> None: ...
    async def reopen_concern(self, concern_id: str) -> None:
        """Open a closed concern again, its closing note kept until the next one; words that were let go stay gone."""
        ...

    async def audited_about(self, about: str) -> list[AuditEntry]:
        """Return the lines about one child or concern, oldest first."""
        ...

    async def unread_concerns(self, school: str, reader: str) -> int:
        """Return how many open concerns, and notices from other schools, nobody at the school has opened yet; those that
        accuse the reader are not counted."""
        ...

    async def tell_school(self, notice: ConcernNotice) -> None:
        """Let another school's safety lead know; a second telling of the same changes nothing."""
        ...

    async def notices_of_concern(self, concern_id: str) -> list[ConcernNotice]: ...
    async def notices_to(self, school: str, reader: str) -> list[ConcernNotice]:
        """Return what a school was told of its own children, newest first, without concerns that accuse the reader."""
        ...


class SignIns(Protocol):
    """Who is signed in: rows in our own table, revocable; only token hashes are kept."""

    async def start(self, kind: str, subject: str, now: datetime) -> str:
        """Return a new secret token for "staff" or "student"."""
        ...

    async def subject(self, token: str, now: datetime) -> tuple[str, str] | None:
        """Return (kind, subject) of a live sign-in, or None."""
        ...

    async def beside(self, token: str) -> str | None:
        """Return the second learner for whom this sign-in speaks too (a shared laptop), or None."""
        ...

    async def share(self, token: str, beside: str | None) -> None:
        """Let a student's sign-in speak for a second learner too, and no other device for them; None ends that."""
        ...

    async def own_seat(self, student: str) -> bool:
        """Let a learner be spoken for by no device but their own; True if one did."""
        ...

    async def end(self, token: str) -> None: ...
    async def end_all(self, kind: str, subject: str) -> None: ...


class Review(Protocol):
    """What was kept, read by those who may: the rule is in the query, not in the page."""

    async def works_of_session(self, session: str, reader: Staff) -> list[WorkRecord]:
        """Return shared work of all rooms (the other side's only if the twinning shares work); `teacher` visibility only of
        the reader's own school's students; private notes never."""
        ...

    async def works_of_student(
        self, student: str, reader: Staff, within: Sequence[str] | None = None
    ) -> list[WorkRecord]:
        """Return one own-school student's kept work (of the lessons `within`, if given), oldest first; empty for another
        school's student."""
        ...

    async def sessions_with_work(self, student: str, reader: Staff) -> list[str]:
        """Return the lessons in which an own-school student has kept work; none for another school's student."""
        ...

    async def log_of_session(self, session: str, reader: Staff) -> list[Happened]:
        """Return the appends of a lesson and of its rooms, oldest first; empty unless the reader's school takes
        part in it. Learners' own words to a teacher (why they asked for help) are left out."""
        ...

    async def lesson_of_session(self, session: str, reader: Staff) -> Lesson | None:
        """Return the lesson as it was started, with all its wording; None before, and for schools not in it."""
        ...

    async def outlines(self, session_ids: Sequence[str], reader: Staff) -> dict[str, Outline]:
        """Return what is compared over time in each of these lessons; those that the reader's school is not in are left out."""
        ...

    async def answers_of(self, of: Sequence[str], inputs: Sequence[str], reader: Staff) -> list[Given]:
        """Return own-school learners' kept answers to these questions, oldest first; nobody's of another school."""
        ...

    async def partners_of(self, student: str, reader: Staff) -> dict[str, tuple[str, ...]]:
        """Return whom one own-school student sat with, by session; empty for another school's student."""
        ...

    async def evidence_of(self, concern: str, reader: Staff) -> list[WorkRecord]:
        """Return the words held with a concern, own students' private ones too, oldest first: for a safety lead of the
        concern's school who is not accused in it; for anybody else nothing. The caller writes down that they were opened."""
        ...
