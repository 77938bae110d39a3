"""The whole class together: when it is, who may show and say something there, and hands in the order they went up."""

from collections.abc import Collection, Sequence
from typing import Literal, TypeVar, assert_never

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.engine import Decision
from server.core.live.lesson import Lesson
from server.core.live.refusals import Refused
from server.core.live.scene import Media
from server.core.live.state import Session
from server.core.live.works import MemberId

Source = Literal["camera", "microphone"]
Key = TypeVar("Key")
CAMERA_AND_MICROPHONE: frozenset[Source] = frozenset({"camera", "microphone"})
NOTHING: frozenset[Source] = frozenset()
MOST_IN_THE_CIRCLE = 4


def is_together(session: Session, lesson: Lesson) -> bool:
    """Whether a teacher has brought the whole class to a step that all do together, or the teachers show something to all."""
    if session.modelling is not None and session.status == "lobby":
        return True
    if session.status != "running" or not 0 <= session.floor < len(lesson.steps):
        return False
    return lesson.steps[session.floor].step.scope == "class"


def has_a_seat(session: Session, member: MemberId) -> bool:
    """Whether a student takes part: seated in a room, and not removed."""
    return session.room_of(member) is not None and member not in session.removed


def sources_in_plenary(session: Session, member: MemberId, media: Media, place: str) -> frozenset[Source]:
    """Return what a student may send to the whole class: their family's agreement, and the floor for a voice.

    In a classroom the screen of the class speaks: two microphones there would howl.
    """
    if (session.paused and session.paused.calm) or session.modelling is not None:
        # While the teachers show something, they alone are on the air.
        return NOTHING
    found: set[Source] = set()
    if media == "video":
        found.add("camera")
    if media != "none" and place == "home" and session.plenary.speaker == member:
        found.add("microphone")
    return frozenset(found)


def sources_in_room(session: Session, media: Media) -> frozenset[Source]:
    """Return what a student may send to their own room."""
    if session.paused and session.paused.calm:
        return NOTHING
    if media == "video":
        return CAMERA_AND_MICROPHONE
    return frozenset({"microphone"}) if media == "audio" else NOTHING


def sources_of_teacher(session: Session) -> frozenset[Source]:
    """Return what an adult of the lesson may send."""
    return NOTHING if session.paused and session.paused.calm else CAMERA_AND_MICROPHONE


def decide_hand(session: Session, lesson: Lesson, member: MemberId, command: c.HandCommand) -> Decision:
    """Return what a student's hand makes happen, or raise Refused. Changes nothing."""
    _together(session, lesson)
    if not has_a_seat(session, member):
        raise Refused("not_your_room")
    up = member in session.plenary.hands
    match command:
        case c.RaiseHand():
            return Decision(() if up else (e.HandRaised(member=member),))
        case c.LowerHand():
            return Decision((e.HandLowered(member=member),) if up else ())
        case c.AnswerOffer(takes=takes):
            return Decision(_answered(session, member, takes=takes))
        case _:
            assert_never(command)


def _answered(session: Session, member: MemberId, *, takes: bool) -> tuple[e.SessionEvents, ...]:
    offer = session.plenary.offer
    if offer is None or offer.room != session.room_of(member):
        # A partner answered, or the teacher went on.
        raise Refused("somebody_was_faster")
    answered = e.OfferAnswered(member=member, takes=takes)
    return (answered, e.FloorGiven(member=member, by="")) if takes else (answered,)


def decide_plenary(
    session: Session, lesson: Lesson, adults: Collection[str], teacher: c.Teacher, command: c.PlenaryCommand
) -> Decision:
    """Return what a teacher's command makes happen in the whole class, or raise Refused. Changes nothing."""
    _together(session, lesson)
    plenary = session.plenary
    match command:
        case c.GiveFloor(member=member):
            if member is not None and not has_a_seat(session, member):
                raise Refused("unknown_member")
            given = e.FloorGiven(member=member, by=teacher.staff)
            return Decision((given,) if plenary.speaker != member else ())
        case c.PutHandDown(member=member):
            lowered = e.HandLowered(member=member, by=teacher.staff)
            return Decision((lowered,) if member in plenary.hands else ())
        case c.MutePerson(who=who):
            _takes_part(session, adults, who)
            return Decision((e.PersonMuted(who=who, by=teacher.staff),))
        case c.Spotlight(who=who):
            if who is not None:
                _takes_part(session, adults, who)
            return Decision((e.Spotlit(who=who, by=teacher.staff),) if plenary.spotlight != who else ())
        case c.OfferFloor(room=number, entry=entry):
            room = f"{session.id}.{number}"
            if not session.rooms.get(room):
                raise Refused("unknown_room")
            offered = plenary.offer is not None and (plenary.offer.room, plenary.offer.entry) == (room, entry)
            return Decision(() if offered else (e.FloorOffered(room=room, entry=entry, by=teacher.staff),))
        case _:
            assert_never(command)


def circle(adults: Sequence[tuple[Key, str]], speaker: Key | None) -> tuple[Key, ...]:
    """Return whose devices see and hear each other where there is no media server: four, so that every line holds.

    `adults`: (device, side) in the order of arrival. One of each side comes first, then whoever has the floor.
    """
    first: dict[str, Key] = {}
    for device, side in adults:
        first.setdefault(side, device)
    speaking = (speaker,) if speaker is not None else ()
    others = tuple(device for device, _ in adults if device not in first.values())
    return (*first.values(), *speaking, *others)[:MOST_IN_THE_CIRCLE]


def _together(session: Session, lesson: Lesson) -> None:
    if session.status != "running":
        raise Refused("not_running")
    if not is_together(session, lesson):
        raise Refused("not_together")


def _takes_part(session: Session, adults: Collection[str], who: str) -> None:
    if who not in adults and not has_a_seat(session, who):
        raise Refused("unknown_member")
