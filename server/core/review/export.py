"""What an export says of one answer, one rating or one lesson: plain cells in a fixed order, the same in every form."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from server.core.languages import Wording, say
from server.core.live.lesson import Lesson, LessonStep
from server.core.live.protocol import Input, Step
from server.core.people.models import LessonSession, Student, WorkRecord
from server.core.review.rooms import Said, entries_of, quoted, room_number, said_in
from server.core.texts import Segment, Text, verse_number

Cell = str | int | None
Kind = Literal["answers", "ratings", "lessons", "attendance"]
KINDS: Final[tuple[Kind, ...]] = ("answers", "ratings", "lessons", "attendance")
COLUMNS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "answers": (
        "lesson", "date", "title", "class", "learner", "room", "protocol", "step", "question", "number", "choice", "kind",
        "words", "begun_with", "evidence", "aloud", "late", "held",
    ),
    "ratings": ("lesson", "date", "title", "class", "learner", "about", "level", "of", "label", "moment", "words"),
    "lessons": ("lesson", "date", "title", "status", "text", "protocols", "minutes", "rooms", "learners"),
    "attendance": ("lesson", "date", "title", "class", "learner", "sat", "room"),
}  # fmt: skip
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would run."""


def inert(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe before it, as spreadsheets themselves write text."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" \u00a0\ufeff").startswith(FORMULA) else cell


@dataclass(frozen=True, slots=True)
class Naming:
    """How an export names: in which language, and each learner by name or by a pseudonym."""

    language: str
    names: Mapping[str, str]

    def say(self, wording: Wording | None) -> str:
        """Return a wording in the export's language."""
        return say(wording, self.language) if wording else ""


def answer_rows(
    session: LessonSession,
    lesson: Lesson | None,
    works: Iterable[WorkRecord],
    learners: Mapping[str, Student],
    by: Naming,
) -> Iterator[tuple[Cell, ...]]:
    """Yield one row an entry, oldest first. Ratings are in a sheet of their own."""
    for work in works:
        learner = learners.get(work.student)
        if learner is None:
            continue
        at, step, asked = _question(lesson, work)
        if asked is not None and asked.kind == "rating":
            continue
        protocol = lesson.parts[at.part].protocol.title if lesson and at else None
        for number, said in enumerate(said_in(entries_of(work), asked, step, lesson), start=1):
            yield (
                *_head(session, learner, by),
                room_number(work.room),
                by.say(protocol) or work.protocol,
                by.say(step.title) if step else work.step,
                by.say(asked.prompt) if asked else work.input,
                number,
                by.say(said.choice),
                by.say(said.tag),
                said.entry.text,
                by.say(said.stem),
                "; ".join(_evidence(said, lesson.text if lesson else None)),
                int(said.entry.spoken),
                int(work.late),
                work.held,
            )


def rating_rows(
    session: LessonSession,
    lesson: Lesson | None,
    works: Iterable[WorkRecord],
    learners: Mapping[str, Student],
    by: Naming,
) -> Iterator[tuple[Cell, ...]]:
    """Yield one row a rating: the level counted from 1, of how many, and its label. Ordinal: not to be averaged."""
    for work in works:
        learner = learners.get(work.student)
        _, step, asked = _question(lesson, work)
        if learner is None or asked is None or asked.kind != "rating":
            continue
        levels = [option.id for option in asked.options]
        for said in said_in(entries_of(work), asked, step, lesson):
            level = levels.index(said.entry.choice) + 1 if said.entry.choice in levels else None
            yield (
                *_head(session, learner, by),
                by.say(asked.prompt),
                level,
                len(levels),
                by.say(said.choice),
                by.say(said.moment),
                said.entry.text,
            )


def lesson_row(
    session: LessonSession, lesson: Lesson | None, rooms: Mapping[str, Sequence[str]], by: Naming
) -> tuple[Cell, ...]:
    """Return one lesson. `rooms`: who sat in each."""
    return (
        session.id,
        _day(session.starts_at),
        by.say(session.title),
        session.status,
        by.say(lesson.text.ref) if lesson and lesson.text else "",
        "; ".join(by.say(part.protocol.title) for part in lesson.parts) if lesson else "",
        session.slot_minutes,
        sum(1 for members in rooms.values() if members),
        len({member for members in rooms.values() for member in members}),
    )


def attendance_rows(
    session: LessonSession, rooms: Mapping[str, Sequence[str]], learners: Mapping[str, Student], by: Naming
) -> Iterator[tuple[Cell, ...]]:
    """Yield one row a learner of the lesson's classes: whether they had a seat, and where last."""
    sat = {member: room for room, members in rooms.items() for member in members}
    for learner in learners.values():
        room = sat.get(learner.id)
        yield (*_head(session, learner, by), int(room is not None), room_number(room) if room else "")


def _head(session: LessonSession, learner: Student, by: Naming) -> tuple[Cell, ...]:
    return (session.id, _day(session.starts_at), by.say(session.title), learner.class_id, by.names.get(learner.id, ""))


def _day(at: datetime) -> str:
    return at.date().isoformat()


def _question(lesson: Lesson | None, work: WorkRecord) -> tuple[LessonStep | None, Step | None, Input | None]:
    at = lesson.by_id.get(work.step) if lesson else None
    if at is None:
        return None, None, None
    for step in (at.step, *(fitted for fitted in at.for_group.values() if fitted)):
        for asked in step.inputs:
            if asked.id == work.input:
                return at, step, asked
    return at, at.step, None


def _evidence(said: Said, text: Text | None) -> list[str]:
    found = [(quoted(text, mark), mark) for mark in said.entry.marks]
    return [f"{_verse(q[0], mark.language)} “{q[1]}”" for q, mark in found if q]


def _verse(segment: Segment, language: str) -> str:
    return segment.id if segment.number is None else verse_number(segment.number, language)
