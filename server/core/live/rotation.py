"""New partners between two protocols of one lesson: who learns with whom next, and the one event that begins it."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.lesson import Lesson
from server.core.live.pairing import Assign, History, Layout, lay_out
from server.core.live.rechecking import arranged
from server.core.live.refusals import Refused
from server.core.live.scene import Person
from server.core.live.state import Session
from server.core.live.works import MemberId

MET_TODAY = 200
"""As many earlier meetings weigh as one in this lesson: more than a language that is not shared."""


def next_rotation(lesson: Lesson, session: Session) -> int | None:
    """Return the step at which the next new partners begin, or None if nobody changes any more."""
    return next((step for step in lesson.rotations if step > session.floor), None)


def partners_due(lesson: Lesson, session: Session, target: int) -> bool:
    """Whether the class would pass into a part that begins with new partners."""
    begins = next_rotation(lesson, session)
    return begins is not None and begins <= target


def proposed_partners(
    session: Session, seatable: Mapping[MemberId, Person], history: History, assign: Assign
) -> Layout:
    """Return rooms for those who sit in rooms now: nobody with a partner of this lesson again where that can be done.

    Whoever waits with a teacher, or was separated, is left to the teachers.
    """
    people = [seatable[member] for room in session.rooms.values() for member in room if member in seatable]
    rooms = [*session.rooms.values(), *session.rotated.values()]
    today = {frozenset(pair) for room in rooms for pair in combinations(room, 2)} - history.together - history.shared
    met = {**history.met, **{pair: history.met.get(pair, 0) + MET_TODAY for pair in today}}
    return lay_out(people, replace(history, arc=frozenset(), met=met), assign)


def new_partners(
    session: Session,
    lesson: Lesson,
    seatable: Mapping[MemberId, Person],
    apart: frozenset[frozenset[MemberId]],
    teacher: c.Teacher,
    command: c.StartPartners,
) -> e.PartnersChanged:
    """Return the event that seats everybody anew and brings the class to the part, or raise Refused."""
    if session.status != "running":
        raise Refused("not_running")
    if command.after != session.floor:
        raise Refused("somebody_was_faster")
    step = next_rotation(lesson, session)
    if step is None:
        raise Refused("no_gate_left")
    found = arranged(command.rooms, seatable, History(apart=apart), apart_too=command.apart_too)
    if not found.rooms:
        raise Refused("no_rooms")
    first = 1 + max((int(room.rsplit(".", 1)[1]) for room in session.rooms), default=0)
    rooms = {f"{session.id}.{first + n}": members for n, members in enumerate(found.rooms)}
    return e.PartnersChanged(step=step, rooms=rooms, apart=found.apart, by=teacher.staff)
