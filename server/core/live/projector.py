"""What a page on the classroom's wall shows of a lesson: the class's step, the time, the round. No names, ever."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from server.core.live.lesson import Lesson
from server.core.live.plenary import is_together
from server.core.live.rounds import RoundScene, round_view
from server.core.live.scene import Person
from server.core.live.state import Room, Session, ends_at
from server.core.live.works import MemberId, RoomId


class TurnOnWall(BaseModel):
    """A turn of a round by its school (and its room, where rooms speak), without a name."""

    model_config = ConfigDict(frozen=True)

    side: str
    room: int | None = None


class RoundOnWall(BaseModel):
    """A round for the wall: which school speaks, which is next, how many are to come."""

    model_config = ConfigDict(frozen=True)

    turn: int
    now: TurnOnWall | None
    next: TurnOnWall | None
    since: int | None
    seconds: int
    left: int
    over: bool


class ProjectorView(BaseModel):
    """`step`: the class's, or between whole-class steps the one at which most rooms are; `next`: the next for all.

    `calm`: everything stops now. `ends_at`: of a step that all do together.
    """

    model_config = ConfigDict(frozen=True)

    session: str
    version: int
    status: Literal["lobby", "running", "closed"]
    lesson: str
    together: bool
    step: int
    next: int | None
    paused: bool
    calm: bool
    ends_at: int | None
    round: RoundOnWall | None = None


def projector_room(session: str) -> RoomId:
    """Return the address of a lesson's walls; no room of learners is called so."""
    return f"{session}.wall"


def projector_view(
    session: Session, lesson: Lesson, people: Mapping[MemberId, Person], steps: Iterable[int], now: datetime
) -> ProjectorView:
    """Return what the wall shows. `steps`: at which step each room is."""
    together = is_together(session, lesson)
    reached = Counter(max(step, session.floor) for step in steps)
    common = max(reached, key=lambda step: (reached[step], step), default=session.floor)
    step = session.floor if together else min(common, len(lesson.steps))
    pause = session.paused
    return ProjectorView(
        session=session.id,
        version=session.version,
        status="running" if session.status == "set_aside" else session.status,  # it stands still, and says so
        lesson=lesson.content_hash,
        together=together,
        step=step,
        next=next((gate for gate in lesson.gates if gate > session.floor), None),
        paused=pause is not None,
        calm=bool(pause and pause.calm),
        ends_at=_ends_at(session, lesson, now) if together and pause is None else None,
        round=_round(session, lesson, people),
    )


def _ends_at(session: Session, lesson: Lesson, now: datetime) -> int | None:
    # A room that has done nothing stands where the class stands.
    over = ends_at(Room(""), session, lesson.steps[session.floor].seconds, now)
    return None if over is None else round(over.timestamp() * 1000)


def _round(session: Session, lesson: Lesson, people: Mapping[MemberId, Person]) -> RoundOnWall | None:
    shown = round_view(session, RoundScene(lesson, people))
    if shown is None:
        return None

    def on_wall(key: str | None, speaker: MemberId | None) -> TurnOnWall | None:
        if key is None:
            return None
        rooms = session.rooms.get(key)
        who = speaker or (rooms[0] if rooms else key)
        side = people[who].side if who in people else ""
        return TurnOnWall(side=side, room=int(key.rsplit(".", 1)[1]) if rooms else None)

    return RoundOnWall(
        turn=shown.turn,
        now=on_wall(shown.who, shown.speaker),
        next=on_wall(shown.coming[0] if shown.coming else None, None),
        since=shown.since,
        seconds=shown.seconds,
        left=len(shown.coming),
        over=shown.over,
    )
