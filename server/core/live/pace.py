"""The time of all: a minute called, what is left fitted to the bell, a close that is announced, a lesson set aside and reopened."""

from datetime import datetime, timedelta
from typing import assert_never

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.bell import Hour, fit_now
from server.core.live.lesson import Lesson
from server.core.live.refusals import Refused
from server.core.live.state import Session

EARLY = timedelta(hours=1)
"""A lesson that goes on so long before its hour has been brought forward: its slot is counted from now."""


def decide_pace(
    session: Session, lesson: Lesson, hour: Hour, adult_missing: bool, teacher: c.Teacher, command: c.TimeCommand
) -> tuple[e.PaceEvents, ...]:
    """Return what a teacher's command about time makes happen, or raise Refused. Changes nothing."""
    if isinstance(command, c.ReopenSession):
        return _reopened(session, hour, adult_missing, teacher)
    if session.status == "set_aside":
        # The colleague has done that a moment before.
        raise Refused("somebody_was_faster")
    if session.status != "running":
        raise Refused("not_running")
    match command:
        case c.WarnMinute():
            if session.paused:
                raise Refused("paused")
            return (e.MinuteWarned(by=teacher.staff),)
        case c.FitToBell():
            return _fitted(session, lesson, hour, teacher)
        case c.WrapUp(seconds=seconds):
            if session.wrap_up:
                raise Refused("somebody_was_faster")
            return (e.WrapUpAnnounced(seconds=seconds, by=teacher.staff),)
        case c.CancelWrapUp():
            return (e.WrapUpCancelled(by=teacher.staff),) if session.wrap_up else ()
        case c.SetAside():
            return (e.SessionSetAside(by=teacher.staff),)
        case _:
            assert_never(command)


def is_stale(session: Session, command: c.SessionCommand) -> bool:
    """Whether the class was moved since the teacher looked: then the press meant something else than it would do now."""
    return isinstance(command, c.PaceCommand) and command.seen not in (None, session.moves)


def decide_over(session: Session, now: datetime) -> tuple[e.SessionClosed, ...]:
    """Return the close of a lesson whose wrap-up is over; asked by the clock, harmless when early or twice."""
    over = wraps_up_at(session)
    is_over = session.wrap_up is not None and over is not None and now >= over
    return (e.SessionClosed(by=session.wrap_up.by),) if session.wrap_up and is_over else ()


def wraps_up_at(session: Session) -> datetime | None:
    """Return when the lesson closes by itself; None where it does not, and while it stands still."""
    if session.status != "running" or session.paused or session.wrap_up is None:
        return None
    return session.wrap_up.until


def _fitted(session: Session, lesson: Lesson, hour: Hour, teacher: c.Teacher) -> tuple[e.FittedToBell, ...]:
    fitting = fit_now(lesson, session, hour)
    if fitting is None or not fitting.fits:
        raise Refused("too_late_to_fit")
    if not fitting.shortened and not fitting.left_out:
        return ()
    return (e.FittedToBell(seconds=fitting.seconds, left_out=fitting.left_out, by=teacher.staff),)


def _reopened(session: Session, hour: Hour, adult_missing: bool, teacher: c.Teacher) -> tuple[e.SessionReopened, ...]:
    if session.status == "running":
        return ()  # the colleague has just done it
    if session.status != "set_aside":
        raise Refused("not_running")
    if adult_missing:
        raise Refused("adult_missing")
    return (e.SessionReopened(starts_at=_begins(hour), by=teacher.staff),)


def _begins(hour: Hour) -> datetime:
    """The planned hour where the lesson goes on in its time, else now, so that there is a whole slot until the bell."""
    planned, bell = hour.starts_at, hour.bell
    if planned is not None and bell is not None and planned - EARLY <= hour.now < bell:
        return planned
    return hour.now
