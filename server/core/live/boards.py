"""A whole-class board: what rooms chose to share, merged; where both classes stand; and what wonders others, too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.lesson import LessonStep
from server.core.live.moments import Curated
from server.core.live.protocol import BoardKind, Input
from server.core.live.refusals import Refused
from server.core.live.scene import Scene
from server.core.live.state import Room, SharedEntry
from server.core.live.works import Entry, MemberId, RoomId, Work, WorkId

FEWEST_SHOWN = 3
"""Fewer than this of one side are shown together with the other's, fewer altogether not at all: nobody is made out."""
MOST_WONDERS = 200
NOBODY: Mapping[str, tuple[int, ...]] = {}
SEEN_BY_PARTNERS = frozenset({"after_reveal", "live"})


class Part(BaseModel):
    """Part of a view."""

    model_config = ConfigDict(frozen=True)


class BoardEntryView(Part):
    """One thing on the whole-class board: the side it came from, never a child's name.

    `of` and `input`: the step and the question that it answers. `wonders`: how many other rooms wonder, too.
    """

    room: int
    side: str
    entry: Entry
    id: str = ""
    of: int | None = None
    input: str = ""
    wonders: int = 0


class AsideView(Part):
    """An entry that a teacher put aside: for teachers alone."""

    shown: BoardEntryView
    by: str


class StandView(Part):
    """How many stood where, in the order of the options, before and after. `side`: "a", "b", or "both" together."""

    side: str
    before: tuple[int, ...]
    after: tuple[int, ...] = ()


class SpectrumView(Part):
    """One statement. `step` and `input` say where it was asked; `stands` is empty where too few answered to be shown."""

    step: int
    input: str
    options: tuple[str, ...]
    stands: tuple[StandView, ...] = ()


class BoardView(Part):
    """What rooms chose to share at one whole-class step, merged. `aside` is filled for teachers alone."""

    session: str
    step: int
    version: int
    entries: tuple[BoardEntryView, ...]
    kind: BoardKind = "list"
    pinned: str | None = None
    spectrum: tuple[SpectrumView, ...] = ()
    aside: tuple[AsideView, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomsWords:
    """A room with its works by id."""

    room: Room
    works: Mapping[WorkId, Work]


def entry_id(work: WorkId, entry: int) -> str:
    """Return the name of an entry on the board."""
    return f"{work}.{entry}"


def wondered(room: Room, scene: Scene, member: MemberId, command: c.WonderToo) -> tuple[e.RoomEvents, ...]:
    """Return what "we wonder too" makes happen, or raise Refused. That the entry is there, the caller has looked."""
    at = scene.lesson_step(room)
    if at is None or at.step.kind != "board":
        raise Refused("not_allowed")
    if not scene.gate_is_open(room):
        raise Refused("not_together")
    if command.entry in {entry_id(s.work, s.entry) for s in room.shared}:
        raise Refused("not_allowed")
    if (command.entry in room.wondered) == command.up:
        return ()
    if command.up and len(room.wondered) >= MOST_WONDERS:
        raise Refused("too_many_entries")
    return (e.Wondered(step=command.step, member=member, entry=command.entry, up=command.up),)


def merged_board(scene: Scene, step: int, rooms: Iterable[RoomsWords], *, for_teachers: bool = False) -> BoardView:
    """Return the board of one whole-class step in room order: nobody's name, nothing that is held back."""
    here = sorted(rooms, key=lambda one: number_of(one.room.id))
    at = scene.lesson.steps[step]
    curated = scene.session.boards.get(step, Curated())
    every = {view.id: view for one in here for view in _entries(scene, step, one, here)}
    return BoardView(
        session=scene.session.id,
        step=step,
        # Everything that changes a board is an append of a room, or a teacher's doing, so this never goes back.
        version=sum(one.room.version for one in here) + curated.changes,
        entries=tuple(view for key, view in every.items() if key not in curated.aside),
        kind=at.step.board,
        pinned=curated.pinned if curated.pinned in every else None,
        spectrum=tuple(_spectrum(scene, at, here)) if at.step.board == "spectrum" else (),
        aside=tuple(AsideView(shown=every[key], by=by) for key, by in curated.aside.items() if key in every)
        if for_teachers
        else (),
    )


def number_of(room: RoomId) -> int:
    """Return the number by which people call a room."""
    return int(room.rsplit(".", 1)[1])


def _entries(scene: Scene, step: int, one: RoomsWords, others: list[RoomsWords]) -> Iterable[BoardEntryView]:
    for shared in one.room.shared:
        work = one.works.get(shared.work)
        person = scene.people.get(shared.member)
        if shared.step != step or work is None or work.held or shared.entry >= len(work.entries) or person is None:
            continue
        key = entry_id(shared.work, shared.entry)
        of, asked = _source(scene, one.room, shared)
        yield BoardEntryView(
            id=key,
            room=number_of(one.room.id),
            side=person.side,
            entry=work.entries[shared.entry],
            of=of,
            input=asked,
            wonders=sum(key in other.room.wondered for other in others if other.room.id != one.room.id),
        )


def _source(scene: Scene, room: Room, shared: SharedEntry) -> tuple[int | None, str]:
    """Return the step and the input in which something shared was written."""
    for (index, asked), given in room.answers.items():
        if shared.work in given.values():
            return index, asked
    line = next((line for line in room.lines if line.work == shared.work), None)
    if line is None:
        return None, ""
    inputs = scene.lesson.steps[line.step].step.inputs
    return line.step, inputs[0].id if inputs else ""


def _spectrum(scene: Scene, at: LessonStep, rooms: list[RoomsWords]) -> Iterable[SpectrumView]:
    asked_in = [scene.lesson.by_id[used] for used in at.uses]
    stances = [one for one in asked_in if any(i.kind == "choice" for i in one.step.inputs)]
    # Turned over in their rooms by now; what only a teacher may read is never counted in public.
    stances = [one for one in stances if one.step.visibility in SEEN_BY_PARTNERS]
    if not stances:
        return
    first, last = stances[0], stances[-1] if len(stances) > 1 else None
    for asked in first.step.inputs:
        if asked.kind != "choice":
            continue
        before = _counted(scene, rooms, first.index, asked)
        after = _counted(scene, rooms, last.index, asked) if last else {}
        options = tuple(option.id for option in asked.options)
        yield SpectrumView(step=first.index, input=asked.id, options=options, stands=stands(before, after))


def _counted(scene: Scene, rooms: list[RoomsWords], index: int, asked: Input) -> dict[str, tuple[int, ...]]:
    """Return by side how many chose each option, of those whose words are still there."""
    options = [option.id for option in asked.options]
    found = {side: [0] * len(options) for side in ("a", "b")}
    for one in rooms:
        for member, given in one.room.answers.get((index, asked.id), {}).items():
            work, person = one.works.get(given), scene.people.get(member)
            chosen = work.entries[0].choice if work and work.entries else None
            if person is not None and chosen in options and person.side in found:
                found[person.side][options.index(chosen)] += 1
    return {side: tuple(counts) for side, counts in found.items()}


def stands(before: Mapping[str, tuple[int, ...]], after: Mapping[str, tuple[int, ...]]) -> tuple[StandView, ...]:
    """Return counts as they may be shown: by side where enough of each answered, else both together, else not."""
    later = after if sum(map(sum, after.values())) >= FEWEST_SHOWN else NOBODY
    if sum(map(sum, before.values())) < FEWEST_SHOWN:
        return ()
    # One form for both moments: what stands apart in one and together in the other could be told by subtraction.
    if all(sum(counts) >= FEWEST_SHOWN for counts in (*before.values(), *later.values())):
        return tuple(StandView(side=side, before=before[side], after=later.get(side, ())) for side in sorted(before))
    return (StandView(side="both", before=_together(before), after=_together(later)),)


def _together(counts: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*counts.values(), strict=True)))
