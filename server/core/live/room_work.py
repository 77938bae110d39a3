"""A room's work as a teacher reads it while it is being done, without going in: written words and marks, and what happened when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from server.core.live import events as e
from server.core.live.protocol import Input, Step
from server.core.live.scene import Scene
from server.core.live.session_engine import room_number
from server.core.live.state import Line, Room, Session, apply_room, apply_session, current_step
from server.core.live.views import LineView, ProposalView, View, milliseconds
from server.core.live.works import Entry, MemberId, RoomId, Work, WorkId

SHOWN_TO_PARTNERS = frozenset({"after_reveal", "live"})


class AnswerRead(View):
    """What one member gave. `seen`: partners have it too; `held`: why partners do not."""

    step: int
    input: str
    member: MemberId
    work: WorkId
    entries: tuple[Entry, ...]
    seen: bool
    held: str = ""
    late: bool = False


class StepPassed(View):
    """One step of the room's way. `until` None: it is there now. `added`: seconds that a teacher gave."""

    step: int
    at: int
    until: int | None
    added: int


class VisitPaid(View):
    """An adult in the room. `until` None: still there."""

    by: str
    at: int
    until: int | None
    listening_only: bool


class RoomWorkView(View):
    """Everything of a room's work that one teacher may read now; no draft and no private note is in it."""

    room: RoomId
    number: int
    version: int
    step: int
    answers: tuple[AnswerRead, ...]
    lines: tuple[LineView, ...]
    passed: tuple[StepPassed, ...]
    visits: tuple[VisitPaid, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: `own` are the children of the reader's school, `shares` whether the schools agreed to read each other's work."""

    own: frozenset[MemberId]
    shares: bool

    def may_read(self, member: MemberId, step: Step, asked: Input | None, *, seen: bool) -> bool:
        """Whether words of this member at this step are for the reader.

        Private notes are nobody's. What is for a teacher, and how children rate themselves, stays with their own school.
        Of the other school's children both teachers read what partners have; what has not turned over yet only where the
        schools agreed to read each other's work.
        """
        if step.visibility == "private":
            return False
        if member in self.own:
            return True
        if step.visibility not in SHOWN_TO_PARTNERS or (asked is not None and asked.kind == "rating"):
            return False
        return seen or self.shares


@dataclass(frozen=True, slots=True)
class Passage:
    """A room's way through the lesson, read from the logs: its steps, the visits, and words that came after their step."""

    steps: tuple[StepPassed, ...] = ()
    visits: tuple[VisitPaid, ...] = ()
    late: tuple[e.Answered, ...] = ()


def room_work_view(
    room: Room, scene: Scene, works: dict[WorkId, Work], passage: Passage, reader: Reader
) -> RoomWorkView:
    """Return what the reader may read of a room now."""
    return RoomWorkView(
        room=room.id,
        number=room_number(room.id),
        version=room.version,
        step=current_step(room, scene.session),
        answers=tuple(_answers(room, scene, works, passage, reader)),
        lines=tuple(view for line in room.lines if (view := _line(line, room, scene, works, reader)) is not None),
        passed=passage.steps,
        visits=passage.visits,
    )


def passage_of(room_id: RoomId, happened: Iterable[tuple[datetime, e.AnyEvent]]) -> Passage:
    """Return a room's way from the events of its lesson and of itself, in the order of time."""
    session, room = Session(""), Room(room_id)
    steps: list[StepPassed] = []
    visits: list[VisitPaid] = []
    late: list[e.Answered] = []
    for at, event in happened:
        now = milliseconds(at) or 0
        if isinstance(event, e.SessionEvents):
            session = apply_session(session, event, at)
        else:
            room = apply_room(room, event, at)
        here = current_step(room, session)
        # A room that was opened late has not been where the class was before.
        if here >= 0 and session.rooms.get(room_id) and (not steps or steps[-1].step != here):
            _end(steps, now)
            steps.append(StepPassed(step=here, at=now, until=None, added=0))
        match event:
            case e.TimeAdded(seconds=seconds) | e.ClassTimeAdded(seconds=seconds) if steps:
                steps[-1] = steps[-1].model_copy(update={"added": steps[-1].added + seconds})
            case e.TeacherCame(by=by, listening_only=listening):
                visits.append(VisitPaid(by=by, at=now, until=None, listening_only=listening))
            case e.TeacherWent(by=by):
                visits = [v.model_copy(update={"until": now}) if v.by == by and v.until is None else v for v in visits]
            case e.Answered(late=True):
                late.append(event)
            case e.SessionClosed():
                _end(steps, now)
            case _:
                pass
    return Passage(tuple(steps), tuple(visits), tuple(late))


def _end(steps: list[StepPassed], now: int) -> None:
    if steps and steps[-1].until is None:
        steps[-1] = steps[-1].model_copy(update={"until": now})


def _answers(
    room: Room, scene: Scene, works: dict[WorkId, Work], passage: Passage, reader: Reader
) -> Iterable[AnswerRead]:
    given = [(*key, member, work) for key, of in room.answers.items() for member, work in of.items()]
    standing = {work for *_, work in given}
    given += [(a.of_step, a.input, a.member, a.work) for a in passage.late if a.work not in standing]
    for index, asked_id, member, work_id in sorted(given, key=lambda one: (one[0], one[1], one[3] in room.late)):
        work = works.get(work_id)
        if work is None or member not in scene.people or not 0 <= index < len(scene.lesson.steps):
            continue  # erased, or of a lesson that is not this one
        step = scene.as_met(scene.lesson.steps[index], room)
        asked = next((one for one in step.inputs if one.id == asked_id), None)
        seen = turned_over(index, room, scene)
        if not reader.may_read(member, step, asked, seen=seen):
            continue
        yield AnswerRead(
            step=index,
            input=asked_id,
            member=member,
            work=work.id,
            entries=_words(work, reader),
            seen=seen and not work.held,
            held=work.held,
            late=work.id in room.late,
        )


def turned_over(index: int, room: Room, scene: Scene) -> bool:
    """Whether partners have the answers of a step by now: seen as they are given, or turned over by a step that uses it."""
    at = scene.lesson.steps[index]
    now_at = current_step(room, scene.session)
    if at.step.visibility not in SHOWN_TO_PARTNERS:
        return False
    if at.step.visibility == "live" or at.step.completion == "partner_confirms":
        return index <= now_at
    return any(at.id in later.uses for later in scene.lesson.steps[: now_at + 1])


def _words(work: Work, reader: Reader) -> tuple[Entry, ...]:
    # What was held back from the partner is held back from the partner's teacher.
    return work.entries if not work.held or work.member in reader.own else ()


def _line(line: Line, room: Room, scene: Scene, works: dict[WorkId, Work], reader: Reader) -> LineView | None:
    work = works.get(line.work)
    if work is None or line.author not in scene.people or not 0 <= line.step < len(scene.lesson.steps):
        return None
    step = scene.as_met(scene.lesson.steps[line.step], room)
    # Partners have a line from the moment at which it was added.
    if not reader.may_read(line.author, step, None, seen=True):
        return None
    proposed = works.get(line.proposal[1]) if line.proposal else None
    return LineView(
        id=line.id,
        step=line.step,
        author=line.author,
        work=line.work,
        entries=_words(work, reader),
        approved=tuple(sorted(line.approved)),
        chosen_by=tuple(sorted(line.chosen_by)),
        proposal=ProposalView(member=proposed.member, entries=_words(proposed, reader), held=proposed.held)
        if proposed
        else None,
        held=work.held,
    )
