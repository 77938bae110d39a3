"""Whose turn it is: functions of the step, the members present and what has been said; defined for 1 to 4."""

from dataclasses import dataclass, replace

from server.core.live.scene import Person, Scene
from server.core.live.state import Phase, Restating, Room
from server.core.live.works import MemberId


@dataclass(frozen=True, slots=True)
class TurnNow:
    """The turn at hand. `acts` is who does something now; `key` names the turn (a language read, a round)."""

    speaker: MemberId
    acts: MemberId
    key: str
    phase: Phase = "speak"
    loops: int = 0
    language: str | None = None
    listener: MemberId | None = None
    keeper: MemberId | None = None


def turn_now(room: Room, scene: Scene) -> TurnNow | None:
    """Return whose turn it is in the room's step, or None where the step has no turns or all are taken."""
    step = scene.step(room)
    members = scene.here(room)
    if step is None or not members:
        return None
    match step.kind:
        case "read":
            return _reading(room, scene, members, reread=step.reread)
        case "turns":
            return _speaking(room, _rotated(members, step.rotate), step.rounds)
        case "restate":
            return _restating(room, _rotated(members, step.rotate))
        case _:
            return None


def _rotated(members: tuple[MemberId, ...], by: int) -> tuple[MemberId, ...]:
    cut = by % len(members)
    return members[cut:] + members[:cut]


def _others(order: tuple[MemberId, ...], speaker: MemberId) -> tuple[MemberId | None, MemberId | None]:
    at = order.index(speaker)
    following = order[at + 1 :] + order[:at]
    return (following[0] if following else None, following[1] if len(following) > 1 else None)


def _speaking(room: Room, order: tuple[MemberId, ...], rounds: int) -> TurnNow | None:
    for key in map(str, range(1, rounds + 1)):
        for member in order:
            if (member, key) not in room.taken:
                listener, keeper = _others(order, member)
                return TurnNow(member, member, key, listener=listener, keeper=keeper)
    return None


def _restating(room: Room, order: tuple[MemberId, ...]) -> TurnNow | None:
    begun = room.restating.speaker if room.restating else None
    # Somebody who comes back waits until the turn that has begun is over.
    first = (begun,) if begun in order else ()
    turn = _speaking(room, (*first, *(m for m in order if m not in first)), 1)
    if turn is None:
        return None
    listener, keeper = _others(order, turn.speaker)
    turn = replace(turn, listener=listener, keeper=keeper)
    at = (
        room.restating
        if room.restating and room.restating.speaker == turn.speaker
        else Restating(turn.speaker, "speak")
    )
    asker = turn.keeper or turn.listener
    acts = {"restate": turn.listener, "show": turn.listener, "ask": asker}.get(at.phase) or turn.speaker
    # Alone there is nobody to restate: speaking is the whole turn.
    phase: Phase = at.phase if turn.listener else "speak"
    return TurnNow(turn.speaker, acts, turn.key, phase, at.loops, listener=turn.listener, keeper=turn.keeper)


def _reading(room: Room, scene: Scene, members: tuple[MemberId, ...], *, reread: bool) -> TurnNow | None:
    for key, language, reader in reading_order(scene, members, room.step, reread=reread):
        if key not in {k for _, k in room.taken}:
            listener, keeper = _others(members, reader)
            return TurnNow(reader, reader, key, language=language, listener=listener, keeper=keeper)
    return None


def reading_order(
    scene: Scene, members: tuple[MemberId, ...], shift: int, *, reread: bool
) -> list[tuple[str, str, MemberId]]:
    """Return the readings of a step as (key, language, reader): once in each language, by whoever reads it.

    The source language comes first; who reads rotates with `shift`; `reread` adds a second round by others.
    """
    people = {m: scene.people[m] for m in members if m in scene.people}
    spoken = {language for person in people.values() for language in person.reads}
    source = scene.lesson.source_language
    text_languages = {
        source,
        *(lang for s in (scene.lesson.text.segments if scene.lesson.text else ()) for lang in s.words),
    }
    languages = sorted(spoken & text_languages, key=lambda lang: (lang != source, lang))
    readings: list[tuple[str, str, MemberId]] = []
    load = dict.fromkeys(members, 0)
    has_read: set[tuple[MemberId, str]] = set()
    for again in (1, 2) if reread else (1,):
        for language in languages:
            able = [m for m in _rotated(members, max(shift, 0)) if m in people and language in people[m].reads]
            reader = min(able, key=lambda m: ((m, language) in has_read, load[m], _ease(people[m], language)))
            load[reader] += 1
            has_read.add((reader, language))
            readings.append((f"{language}{again}", language, reader))
    return readings


def _ease(person: Person, language: str) -> int:
    return person.reads.index(language)
