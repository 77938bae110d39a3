"""What a guest of both teachers sees: where rooms stand, without names, and what rooms gave to the class board."""

from collections.abc import Sequence
from typing import Literal

from server.core.live.scene import Scene
from server.core.live.state import Room, Session, current_step
from server.core.live.views import BoardView, View, Words, board_view, room_state
from server.core.people.passes import Pass


class GuestRoomView(View):
    """One room without its members: which sides sit in it, at which step, how many are done."""

    number: int
    sides: tuple[str, ...]
    step: int
    state: Literal["working", "waiting_for_class", "done"]
    done: int


class GuestView(View):
    """All that a guest is sent. Nobody's name or id, no calls for help, no word that is not on the class board."""

    session: str
    status: Literal["lobby", "running", "closed"]
    lesson: str
    floor: int
    paused: bool
    rooms: tuple[GuestRoomView, ...]
    board: BoardView | None


class PassView(View):
    """A pass as the lesson's teachers see it; its link is shown once, to whoever made it."""

    id: str
    kind: Literal["substitute", "guest"]
    side: str
    name: str
    made_by: str
    agreed_by: str | None
    state: Literal["waiting", "open"]
    here: bool


class PassesView(View):
    """Who may come to the lesson by a link, and which guests wait for the other side's yes."""

    session: str
    passes: tuple[PassView, ...]


def guest_view(session: Session, scene: Scene, rooms: Sequence[tuple[Room, Words]]) -> GuestView:
    """Return the lesson as a guest sees it. `rooms`: with the words of those that shared something at this step."""
    steps = scene.lesson.steps
    at_board = 0 <= session.floor < len(steps) and steps[session.floor].step.kind == "board"
    running = session.status == "running"
    return GuestView(
        session=session.id,
        status="running" if session.status == "set_aside" else session.status,  # it stands still, and says so
        lesson=scene.lesson.content_hash,
        floor=session.floor,
        paused=session.paused is not None,
        rooms=tuple(_room(room, scene) for room, _ in rooms if scene.seated(room)) if running else (),
        board=board_view(scene, session.floor, list(rooms)) if running and at_board else None,
    )


def _room(room: Room, scene: Scene) -> GuestRoomView:
    members = [m for m in scene.seated(room) if m in scene.people]
    return GuestRoomView(
        number=int(room.id.rsplit(".", 1)[1]),
        sides=tuple(sorted(scene.people[m].side for m in members)),
        step=current_step(room, scene.session),
        state=room_state(room, scene),
        done=len(room.finished & set(members)) if room.step >= scene.session.floor else 0,
    )


def pass_view(one: Pass, *, waits: bool, here: bool) -> PassView:
    """Return a pass as teachers see it."""
    return PassView(
        id=one.id,
        kind=one.kind,
        side=one.side,
        name=one.name,
        made_by=one.made_by,
        agreed_by=one.agreed_by,
        state="waiting" if waits else "open",
        here=here,
    )
