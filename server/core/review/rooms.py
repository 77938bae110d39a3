"""A room afterwards: what each member wrote, step by step, as far as this reader may see it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from server.core.languages import Wording
from server.core.live.lesson import Lesson, LessonStep
from server.core.live.protocol import Input, Step
from server.core.live.state import Line, Room
from server.core.live.works import Entry, Mark, MemberId, RoomId
from server.core.people.models import WorkRecord
from server.core.review.record import Record
from server.core.texts import MAQAF, Segment, Text, words

State = Literal["given", "erased", "lesson_only", "nothing"]


@dataclass(frozen=True, slots=True)
class Reader:
    """What this reader may see of a room's members: `own` (their school's), `shared` (the others', by agreement)."""

    own: frozenset[MemberId]
    shares: bool
    closed: bool
    lesson_only: frozenset[MemberId] = frozenset()

    def sees(self, member: MemberId, visibility: str) -> bool:
        """Whether answers of this visibility by this member are for the reader at all: the queries' rule, once more.

        The queries decide which words are read. This decides of whom it may be said that there are none.
        """
        if visibility == "private":
            return False
        if member in self.own:
            return True
        return self.shares and visibility in ("after_reveal", "live")


@dataclass(frozen=True, slots=True)
class Said:
    """One entry in the wording of its lesson: what was chosen and begun with, and the learner's own words."""

    entry: Entry
    choice: Wording | None = None
    tag: Wording | None = None
    stem: Wording | None = None
    moment: Wording | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one member gave to one question. `board`: numbers of the entries that went to the whole class."""

    member: MemberId
    state: State
    said: tuple[Said, ...] = ()
    held: str = ""
    late: bool = False
    board: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a step, with the answers that this reader may see."""

    asked: Input
    answers: tuple[Answer, ...]

    @property
    def silent(self) -> tuple[MemberId, ...]:
        """Members who gave nothing here."""
        return tuple(a.member for a in self.answers if a.state == "nothing")


@dataclass(frozen=True, slots=True)
class LineTold:
    """One line of what was written together."""

    author: MemberId
    answer: Answer
    approved: tuple[MemberId, ...]
    chosen_by: tuple[MemberId, ...]
    proposed: Answer | None


@dataclass(frozen=True, slots=True)
class StepTold:
    """One step of a room. `reached` False: the room did not come to it."""

    at: LessonStep
    step: Step
    reached: bool
    questions: tuple[Question, ...] = ()
    lines: tuple[LineTold, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A member's intention beside the reflection that answers it."""

    member: MemberId
    intention: tuple[Answer, ...]
    reflection: tuple[tuple[Input, Answer], ...]


@dataclass(frozen=True, slots=True)
class Rated:
    """How one own student saw themselves, with the moment that shows it."""

    member: MemberId
    asked: Input
    answer: Answer


@dataclass(frozen=True, slots=True)
class RoomTold:
    """One room, ready to be set on a page. `stray`: kept words whose question the lesson does not have."""

    id: RoomId
    members: tuple[MemberId, ...]
    gone: frozenset[MemberId]
    pairs: tuple[Pair, ...] = ()
    steps: tuple[StepTold, ...] = ()
    rated: tuple[Rated, ...] = ()
    stray: tuple[WorkRecord, ...] = ()
    marks: tuple[tuple[MemberId, Mark], ...] = ()
    notes_to_self: bool = False


def entries_of(work: WorkRecord) -> tuple[Entry, ...]:
    """Return the entries of a kept work; fields that a later version added are left out."""
    known = set(Entry.model_fields)
    return tuple(Entry.model_validate({k: v for k, v in e.items() if k in known}) for e in work.entries)


def said_in(
    entries: Iterable[Entry], asked: Input | None, step: Step | None, lesson: Lesson | None
) -> tuple[Said, ...]:
    """Return entries with the wording of the lesson in which they were given."""
    options = {o.id: o.label for o in asked.options} if asked else {}
    tags = {o.id: o.label for o in asked.tags} if asked else {}
    stems = step.stems if step else ()
    return tuple(
        Said(
            entry,
            # A choice that the lesson no longer has is shown under its own name: better than nothing.
            choice=(options.get(entry.choice) or {"en": entry.choice}) if entry.choice else None,
            tag=tags.get(entry.tag) if entry.tag else None,
            stem=stems[entry.stem] if entry.stem is not None and entry.stem < len(stems) else None,
            moment=_moment(entry.moment, lesson),
        )
        for entry in entries
    )


def _moment(moment: str | None, lesson: Lesson | None) -> Wording | None:
    at = lesson.by_id.get(moment) if lesson and moment else None
    return at.step.title if at else None


def rooms_told(record: Record, lesson: Lesson | None, works: Sequence[WorkRecord], reader: Reader) -> list[RoomTold]:
    """Return every room of a lesson in order. Rooms that only the kept words know of stand there as well."""
    by_room: dict[RoomId, list[WorkRecord]] = {}
    for work in works:
        by_room.setdefault(work.room, []).append(work)
    known = sorted({*record.sat, *by_room}, key=_in_order)
    return [_room_told(record, lesson, room, by_room.get(room, []), reader) for room in known]


def _in_order(room: RoomId) -> tuple[int, str]:
    number = room.rpartition(".")[2]
    return (int(number) if number.isdecimal() else 0, room)


def room_number(room: RoomId) -> str:
    """Return the number under which a room is known to its teachers."""
    return room.rpartition(".")[2]


def _room_told(
    record: Record, lesson: Lesson | None, room: RoomId, works: list[WorkRecord], reader: Reader
) -> RoomTold:
    members = tuple(dict.fromkeys([*record.sat.get(room, ()), *(work.student for work in works)]))
    now_there = record.session.rooms.get(room, ())
    gone = frozenset(m for m in members if m not in now_there) if room in record.sat else frozenset[str]()
    if lesson is None:
        return RoomTold(room, members, gone, stray=tuple(works))
    telling = _Telling(record, lesson, room, members, works, reader)
    steps, pairs, rated = telling.steps(), telling.pairs(), telling.rated()
    return RoomTold(
        room,
        members,
        gone,
        pairs,
        steps,
        rated,
        stray=tuple(w for w in works if w.id not in telling.placed),
        marks=tuple((w.student, m) for w in works for e in entries_of(w) for m in e.marks if not w.held),
        notes_to_self=telling.notes_to_self(),
    )


class _Telling:
    """One room being told; remembers which works have found their place."""

    def __init__(
        self,
        record: Record,
        lesson: Lesson,
        room: RoomId,
        members: tuple[MemberId, ...],
        works: list[WorkRecord],
        reader: Reader,
    ) -> None:
        self._record = record
        self._lesson = lesson
        self._room = record.rooms.get(room, Room(room))
        written_at = [at.index for work in works if (at := lesson.by_id.get(work.step)) is not None]
        # Words outlive a log that is gone: where something was written, the room has been.
        self._came_to = max(record.came_to(room), *written_at, -1)
        self._members = members
        self._works = works
        self._by_id = {work.id: work for work in works}
        self._reader = reader
        self._size = min(max(len(members), 1), 4)
        self._intentions = [s for s in lesson.steps if s.step.output == "intention"]
        self.placed: set[str] = set()

    def steps(self) -> tuple[StepTold, ...]:
        """All steps that ask for work, but for intentions with their reflections and for ratings."""
        apart = {s.index for s in self._paired()}
        return tuple(
            told
            for at in self._lesson.steps
            if at.index not in apart and at.step.visibility != "private" and (told := self._step(at)) is not None
        )

    def notes_to_self(self) -> bool:
        """Whether the room came to a step whose words are nobody's but the writer's."""
        return any(s.step.visibility == "private" and s.index <= self._came_to for s in self._lesson.steps)

    def pairs(self) -> tuple[Pair, ...]:
        """Every member's intention and what they said of it at the end."""
        found: list[Pair] = []
        for member in self._members:
            intention = tuple(
                a for at in self._intentions for _, a in self._answers(at, member) if a.state != "nothing"
            )
            reflection = tuple(x for at in self._reflections() for x in self._answers(at, member))
            if intention or any(a.state != "nothing" for _, a in reflection):
                found.append(Pair(member, intention, reflection))
        return tuple(found)

    def rated(self) -> tuple[Rated, ...]:
        """Ratings of the reader's own students, in lesson order."""
        return tuple(
            Rated(member, asked, answer)
            for member in self._members
            if member in self._reader.own
            for at in self._lesson.steps
            for asked in self._met(at).inputs
            if asked.kind == "rating" and (answer := self._answer(at, asked, member)) and answer.state != "nothing"
        )

    def _met(self, at: LessonStep) -> Step:
        return at.fitted(self._size) or at.step

    def _reflections(self) -> list[LessonStep]:
        set_in = {s.id for s in self._intentions}
        return [s for s in self._lesson.steps if set_in & set(s.uses) and s.step.kind == "solo" and self._plain(s)]

    def _paired(self) -> list[LessonStep]:
        return [*self._intentions, *self._reflections()]

    def _plain(self, at: LessonStep) -> bool:
        return any(asked.kind != "rating" for asked in self._met(at).inputs)

    def _step(self, at: LessonStep) -> StepTold | None:
        step = self._met(at)
        if not step.inputs or not self._plain(at):
            return None
        readable = [m for m in self._members if self._reader.sees(m, step.visibility)]
        lines = self._lines(at, step)
        questions = () if step.kind == "together" else self._questions(at, step, readable)
        if not readable and not lines and not any(q.answers for q in questions):
            return None
        return StepTold(at, step, at.index <= self._came_to, questions, lines)

    def _questions(self, at: LessonStep, step: Step, readable: Collection[MemberId]) -> tuple[Question, ...]:
        asked_here = [asked for asked in step.inputs if asked.kind != "rating"]
        return tuple(
            Question(asked, tuple(a for m in self._members if m in readable for a in self._all_answers(at, asked, m)))
            for asked in asked_here
        )

    def _answers(self, at: LessonStep, member: MemberId) -> list[tuple[Input, Answer]]:
        if not self._reader.sees(member, at.step.visibility) or at.index > self._came_to:
            return []
        return [
            (asked, answer)
            for asked in self._met(at).inputs
            if asked.kind != "rating"
            for answer in self._all_answers(at, asked, member)
            # What may be left empty and was is not worth a line.
            if answer.state != "nothing" or asked.min > 0
        ]

    def _all_answers(self, at: LessonStep, asked: Input, member: MemberId) -> list[Answer]:
        """Return the standing answer, and words that came after a reveal behind it."""
        first = self._answer(at, asked, member)
        late = [
            self._told(work, asked, at)
            for work in self._works
            if work.student == member
            and (work.step, work.input) == (at.id, asked.id)
            and work.late
            and work.id not in self.placed
        ]
        return late if late and first.state == "nothing" else [first, *late]

    def _answer(self, at: LessonStep, asked: Input, member: MemberId) -> Answer:
        given = self._room.answers.get((at.index, asked.id), {}).get(member)
        work = self._by_id.get(given or "")
        if work is None:
            # A log that is gone or shorter than the words: they are found by where they were written.
            work = next(
                (
                    w
                    for w in self._works
                    if w.student == member and (w.step, w.input) == (at.id, asked.id) and not w.late
                ),
                None,
            )
        if work is not None:
            return self._told(work, asked, at)
        if given is None:
            return Answer(member, "nothing")
        return Answer(member, self._why_gone(member, at.step))

    def _told(self, work: WorkRecord, asked: Input, at: LessonStep) -> Answer:
        self.placed.add(work.id)
        said = said_in(entries_of(work), asked, self._met(at), self._lesson)
        board = frozenset(s.entry for s in self._room.shared if s.work == work.id)
        return Answer(work.student, "given", said, work.held, work.late, board)

    def _why_gone(self, member: MemberId, step: Step) -> State:
        """Say why words that were given are not here. Of the other school's, one answer for every reason."""
        if member not in self._reader.own:
            return "erased"
        fleeting = step.keep == "session" or member in self._reader.lesson_only
        return "lesson_only" if fleeting and self._reader.closed else "erased"

    def _lines(self, at: LessonStep, step: Step) -> tuple[LineTold, ...]:
        if step.kind != "together":
            return ()
        asked = step.inputs[0]
        here = [line for line in self._room.lines if line.step == at.index]
        told = [self._line(line, asked, at) for line in here if self._reader.sees(line.author, step.visibility)]
        unknown = [
            LineTold(work.student, self._told(work, asked, at), (), (), None)
            for work in self._works
            if (work.step, work.input) == (at.id, asked.id) and work.id not in self.placed
        ]
        return (*told, *unknown)

    def _line(self, line: Line, asked: Input, at: LessonStep) -> LineTold:
        work = self._by_id.get(line.work)
        answer = self._told(work, asked, at) if work else Answer(line.author, self._why_gone(line.author, at.step))
        proposed = self._by_id.get(line.proposal[1]) if line.proposal else None
        return LineTold(
            line.author,
            answer,
            tuple(m for m in self._members if m in line.approved and m != line.author),
            tuple(m for m in self._members if m in line.chosen_by),
            self._told(proposed, asked, at) if proposed else None,
        )


# -- the text with its marks ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """Some words of a verse, and whose marks lie on them: "", "ours", "theirs" or "both"."""

    words: str
    side: str = ""


def marked_runs(segment: Segment, language: str, marks: Iterable[tuple[Mark, str]]) -> tuple[Run, ...]:
    """Split a segment's words where marks begin and end; marks outside the words are left out."""
    split = words(segment.words.get(language, ""))
    sides: list[set[str]] = [set() for _ in split]
    for mark, side in marks:
        if (mark.segment, mark.language) == (segment.id, language):
            for place in range(mark.first, min(mark.last + 1, len(split))):
                sides[place].add(side)
    runs: list[Run] = []
    for word, on_it in zip(split, sides, strict=True):
        side = "both" if len(on_it) > 1 else next(iter(on_it), "")
        written = word.shown + word.joiner
        if runs and runs[-1].side == side:
            runs[-1] = Run(runs[-1].words + written, side)
        else:
            runs.append(Run(written, side))
    return tuple(runs)


def quoted(text: Text | None, mark: Mark) -> tuple[Segment, str] | None:
    """Return the segment and the words that a mark lies on; None where this text does not have them."""
    segment = next((s for s in text.segments if s.id == mark.segment), None) if text else None
    if segment is None:
        return None
    split = words(segment.words.get(mark.language, ""))[mark.first : mark.last + 1]
    said = "".join(word.shown + word.joiner for word in split).rstrip(" " + MAQAF)
    return (segment, said) if said else None


def languages_marked(marks: Iterable[Mark], text: Text, reader_language: str) -> list[str]:
    """Return the languages of the text to show: those with marks in them, the reader's first; else the reader's."""
    there = list(dict.fromkeys(language for segment in text.segments for language in segment.words))
    used = {mark.language for mark in marks}
    chosen = [language for language in there if language in used]
    if not chosen:
        chosen = [reader_language] if reader_language in there else there[:1]
    return sorted(chosen, key=lambda language: language != reader_language)


def sides_of(members: Mapping[MemberId, str], marks: Iterable[tuple[MemberId, Mark]]) -> list[tuple[Mark, str]]:
    """Return marks with the side of who made them."""
    return [(mark, members.get(member, "theirs")) for member, mark in marks]
