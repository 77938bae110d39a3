"""What a teacher does with a whole-class board: put an entry aside, put it back, look at one together."""

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.engine import Decision
from server.core.live.lesson import Lesson
from server.core.live.moments import Curated
from server.core.live.refusals import Refused
from server.core.live.state import Session


def decide_curation(session: Session, lesson: Lesson, teacher: c.Teacher, command: c.CurateCommand) -> Decision:
    """Return what a teacher's command makes of the board, or raise Refused. Changes nothing."""
    if session.status != "running":
        raise Refused("not_running")
    if not 0 <= command.step < len(lesson.steps) or lesson.steps[command.step].step.kind != "board":
        raise Refused("unknown_entry")
    now = session.boards.get(command.step, Curated())
    match command:
        case c.PutAside(step=step, entry=entry, aside=aside):
            there = entry in now.aside
            event = e.EntryPutAside(step=step, entry=entry, aside=aside, by=teacher.staff)
            return Decision(() if there == aside else (event,))
        case c.PinEntry(step=step, entry=entry, before=before):
            if entry == now.pinned:
                return Decision()
            if before != now.pinned or entry in now.aside:
                # The other teacher shows something, or has just put this aside.
                raise Refused("somebody_was_faster")
            return Decision((e.EntryPinned(step=step, entry=entry, by=teacher.staff),))
