"""The sound rules of a room: whose microphone is open, when cameras are, who shares a classroom, how talk is shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from server.core.live.lesson import Lesson
from server.core.live.scene import Media, Person, Scene
from server.core.live.signalling import media_between
from server.core.live.state import Room, current_step
from server.core.live.works import MemberId

VOICE_KBITS = 40
"""What one voice takes, one way: Opus at 32 kbit/s as browsers send it, with the headers of fifty packets a second."""
PICTURE_KBITS = 400
"""What one picture takes, one way: the most that our browsers send for it (static/js/rtc/peer.mjs)."""
GREETING_SECONDS = 180
"""Where pictures must be spared they are there for the first and the last minutes of a lesson."""
TALK_ROUNDED_TO = 5
LEAST_TALK_SECONDS = 10
_SENDS: Mapping[Media, int] = {"video": VOICE_KBITS + PICTURE_KBITS, "audio": VOICE_KBITS, "none": 0}


class MediaRulesView(BaseModel):
    """What browsers obey. `microphones`: who may be heard now (None: everybody); `cameras`: by side, whether they are on.

    `apart`: sides whose children sit in one classroom, and hear each other through the air only.
    """

    model_config = ConfigDict(frozen=True)

    microphones: tuple[MemberId, ...] | None
    cameras: dict[str, bool]
    apart: tuple[str, ...]


class TalkView(BaseModel):
    """Who has talked how much of a step, in per cent, in seat order. Not `reliable` where a loudspeaker may have talked."""

    model_config = ConfigDict(frozen=True)

    step: int
    shares: dict[MemberId, int]
    reliable: bool


@dataclass(frozen=True, slots=True)
class Talking:
    """What one browser has measured of its own learner: seconds of voice in a step, and whether to believe them."""

    step: int
    seconds: int
    reliable: bool


def media_rules(room: Room, scene: Scene, acts: MemberId | None) -> MediaRulesView:
    """Return the rules for the room now. `acts`: whose turn it is to do something, where the step has turns."""
    people = _seated(room, scene)
    sides = sorted({person.side for person in people})
    pictures = _greets(scene.lesson, current_step(room, scene.session), scene.group_size(room)) or not any(
        over_budget(scene, school) for school in {person.school for person in people}
    )
    return MediaRulesView(
        microphones=_microphones(room, scene, acts),
        # A picture costs both ends: where one school has to spare them, its partners' pictures are spared too.
        cameras=dict.fromkeys(sides, pictures),
        apart=tuple(side for side in sides if in_one_classroom(scene, side)),
    )


def in_one_classroom(scene: Scene, side: str) -> bool:
    """Whether a side's children sit in one room: as its teacher says, else as the plan does."""
    return scene.session.classrooms.get(side, scene.classrooms.place_of(side) == "school")


def over_budget(scene: Scene, school: str) -> bool:
    """Whether all its children's devices at once would need more than the school allows its class."""
    budget = scene.classrooms.budgets.get(school)
    return budget is not None and school_needs(scene, school) > budget


def school_needs(scene: Scene, school: str) -> int:
    """Return the kbit/s, both ways together, that the children who learn at a school need with every picture on."""
    needed = 0
    for members in scene.session.rooms.values():
        people = [scene.people[m] for m in members if m in scene.people]
        for person in people:
            if person.school == school and scene.classrooms.place_of(person.side) == "school":
                needed += device_needs(person, [other for other in people if other is not person])
    return needed


def device_needs(person: Person, partners: Sequence[Person]) -> int:
    """Return the kbit/s of one device, both ways together: it sends to each partner, and gets from each."""
    heard = [other for other in partners if media_between(person.media, other.media) != "none"]
    return len(heard) * _SENDS[person.media] + sum(_SENDS[other.media] for other in heard)


def talk_view(room: Room, scene: Scene, talking: Mapping[MemberId, Talking]) -> TalkView | None:
    """Return how the room shares the talking of its present step; None outside talk, and before it says anything."""
    at = scene.lesson_step(room)
    if at is None or at.step.kind != "talk":
        return None
    members = scene.seated(room)
    told = {m: talking[m] for m in members if m in talking and talking[m].step == at.index}
    together = sum(one.seconds for one in told.values())
    if len(told) < 2 or together < LEAST_TALK_SECONDS:
        return None
    return TalkView(
        step=at.index,
        shares={m: _rounded(100 * one.seconds / together) for m, one in told.items()},
        reliable=len(told) == len(members) and all(one.reliable for one in told.values()),
    )


def _rounded(share: float) -> int:
    return TALK_ROUNDED_TO * round(share / TALK_ROUNDED_TO)


def _seated(room: Room, scene: Scene) -> list[Person]:
    return [scene.people[m] for m in scene.seated(room) if m in scene.people]


def _microphones(room: Room, scene: Scene, acts: MemberId | None) -> tuple[MemberId, ...] | None:
    step = scene.step(room)
    if acts is None or step is None or step.channel == "type" or scene.waits_for_class(room):
        return None
    return (acts,)


def _greets(lesson: Lesson, index: int, group_size: int) -> bool:
    """Whether a step belongs to hello or goodbye: the first or the last one, or all within the first or last minutes."""
    seconds = [step.seconds_in(group_size) for step in lesson.steps]
    if index <= 0 or index >= len(seconds) - 1:
        return True
    return sum(seconds[: index + 1]) <= GREETING_SECONDS or sum(seconds[index:]) <= GREETING_SECONDS
