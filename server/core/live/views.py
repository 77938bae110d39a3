"""What each person sees of a lesson: the session (all), a room (its members), mine (one person), a row (teachers)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from server.core.live.boards import BoardView, RoomsWords, merged_board
from server.core.live.media import MediaRulesView, Talking, TalkView, in_one_classroom, media_rules, talk_view
from server.core.live.phrasebook import wording_of
from server.core.live.proposals import DEFAULT_POLICY, ArrivalsPolicy, PlacingKind
from server.core.live.protocol import Step
from server.core.live.rechecking import Checked
from server.core.live.scene import Media, Person, Scene, limit
from server.core.live.session_engine import room_number
from server.core.live.signs import NO_SIGNS, Signs
from server.core.live.state import Line, Room, Session, current_step, entered_at
from server.core.live.turns import turn_now
from server.core.live.works import Entry, MemberId, RoomId, Work, WorkId


class View(BaseModel):
    """Part of what a browser shows. All times are milliseconds since the epoch, UTC."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True)
class Host:
    """An adult of the lesson, as shown to the room."""

    id: str
    side: str
    names: dict[str, str]
    school: dict[str, str]
    substitute: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a room: works by id, and drafts that a passed step left behind, by (step, member, input)."""

    works: dict[WorkId, Work]
    left_behind: dict[tuple[int, MemberId, str], Work]


class MemberView(View):
    """A learner in the room."""

    id: MemberId
    side: str
    names: dict[str, str]
    school: str
    speaks: tuple[str, ...]
    reads: tuple[str, ...]
    media: Media


class TurnView(View):
    """Whose turn it is; `acts` does something now."""

    speaker: MemberId
    acts: MemberId
    phase: str
    loops: int
    key: str
    language: str | None
    listener: MemberId | None
    keeper: MemberId | None
    taken: tuple[tuple[MemberId, str], ...]


class GivenView(View):
    """One member's answer to one input, as the others may see it."""

    step: int
    input: str
    member: MemberId
    work: WorkId
    entries: tuple[Entry, ...]
    unfinished: bool = False
    late: bool = False
    held: str = ""


class ProposalView(View):
    """Other words that a member proposes for a line."""

    member: MemberId
    entries: tuple[Entry, ...]
    held: str = ""


class LineView(View):
    """One attributed line."""

    id: str
    step: int
    author: MemberId
    work: WorkId
    entries: tuple[Entry, ...]
    approved: tuple[MemberId, ...]
    chosen_by: tuple[MemberId, ...]
    proposal: ProposalView | None = None
    held: str = ""


class HelpView(View):
    """An open call for a teacher."""

    member: MemberId
    reason: str
    since: int
    taken_by: str | None


class SharedView(View):
    """What this room has put on the class board."""

    work: WorkId
    entry: int
    member: MemberId


class NoteView(View):
    """A teacher's signed note: `wording` by language, where it comes from the phrasebook, else `text` as it was typed."""

    id: str
    by: str
    at: int
    text: str
    wording: dict[str, str] = {}


class RoomView(View):
    """One room, the same for all of its members and for a teacher who visits."""

    room: RoomId
    number: int
    version: int
    members: tuple[MemberView, ...]
    step: int
    state: Literal["working", "waiting_for_class", "done"]
    entered_at: int | None
    ends_at: int | None
    seconds_left: int | None
    finished: tuple[MemberId, ...]
    turn: TurnView | None
    given: tuple[GivenView, ...]
    confirmed: dict[MemberId, bool]
    lines: tuple[LineView, ...]
    shared: tuple[SharedView, ...]
    wondered: tuple[str, ...]
    help: HelpView | None
    visitors: dict[str, bool]
    notes: tuple[NoteView, ...]
    media: MediaRulesView


class MineAnswerView(View):
    """My own answer, held or not."""

    step: int
    input: str
    work: WorkId
    entries: tuple[Entry, ...]
    held: str
    late: bool


class DraftView(View):
    """What I had typed and not yet given."""

    step: int
    input: str
    sequence: int
    entries: tuple[Entry, ...]


class SoonView(View):
    """Whom I shall learn with in a moment, and when, unless a teacher keeps me where I am."""

    members: tuple[MemberView, ...]
    at: int


class MineView(View):
    """What only I see. `room` is None while I wait with my teacher; `waiting` says why."""

    member: MemberId
    version: int
    room: RoomId | None
    waiting: str | None
    answers: tuple[MineAnswerView, ...] = ()
    drafts: tuple[DraftView, ...] = ()
    intention: str = ""
    soon: SoonView | None = None


class MoveView(View):
    """The last thing that somebody did with the time of all. `kind`: that of the event; `seconds`: given or announced."""

    kind: str
    by: str
    at: int
    seconds: int = 0


class WrapUpView(View):
    """The lesson closes by itself at `until`; while it stands still `until` is None, and `seconds_left` says what is left."""

    by: str
    until: int | None
    seconds_left: int | None = None


class PauseView(View):
    """The lesson stands still."""

    since: int
    calm: bool


class ModellingView(View):
    """Both classes watch the two teachers learn one verse; the time is an invitation."""

    segment: str | None
    since: int
    seconds: int
    by: str


class HostView(View):
    """An adult of the lesson; `substitute`: one who came by a link, for this lesson alone."""

    id: str
    side: str
    names: dict[str, str]
    school: dict[str, str]
    substitute: bool = False


class SessionView(View):
    """The lesson, the same for everyone in it. `classrooms`: by side, whether its children sit in one room.

    `guests`: names of those who look on now, by the yes of both sides; they see the class board and no child.
    """

    session: str
    version: int
    status: Literal["lobby", "running", "set_aside", "closed"]
    lesson: str
    floor: int
    limit: int
    paused: PauseView | None
    started_at: int | None
    closed_at: int | None
    hosts: tuple[HostView, ...]
    notes: tuple[NoteView, ...]
    classrooms: dict[str, bool] = {}
    guests: tuple[str, ...] = ()
    modelling: ModellingView | None = None
    bell: int | None = None
    moves: int = 0
    moved: MoveView | None = None
    warned_at: int | None = None
    left_out: tuple[int, ...] = ()
    wrap_up: WrapUpView | None = None


class RowView(View):
    """One room in a teacher's board: compact, no words. `gone`: who has no connection, and since when (None: not here yet)."""

    room: RoomId
    number: int
    version: int
    members: tuple[MemberId, ...]
    present: tuple[MemberId, ...]
    step: int
    state: Literal["working", "waiting_for_class", "done"]
    finished: tuple[MemberId, ...]
    acts: MemberId | None
    help: HelpView | None
    visitors: tuple[str, ...]
    entered_at: int | None
    ends_at: int | None
    moved_at: int | None
    check: bool = False
    apart: bool = False
    talk: TalkView | None = None
    writing: tuple[MemberId, ...] = ()
    weak: tuple[MemberId, ...] = ()
    gone: dict[MemberId, int | None] = {}


class PlacingView(View):
    """What may be done for a learner without a partner. `due`: when it happens by itself; None: a teacher decides."""

    id: str
    kind: PlacingKind
    members: tuple[MemberId, ...]
    out_of: RoomId | None
    room: RoomId | None
    beside: tuple[MemberId, ...]
    reason: str
    due: int | None


class PlacedView(View):
    """What was placed, and can be taken back while everybody still sits there."""

    id: str
    members: tuple[MemberId, ...]
    room: RoomId
    by: str
    at: int


class SeatsView(View):
    """For teachers: who sits where, and why; before the start also what speaks against a room, by code and members.

    `by_hand`: a teacher has changed the proposed rooms.
    """

    session: str
    version: int
    rooms: dict[RoomId, tuple[MemberId, ...]]
    why: dict[RoomId, tuple[str, ...]]
    unplaced: dict[MemberId, str]
    removed: tuple[MemberId, ...]
    warnings: dict[RoomId, tuple[str, ...]] = {}
    by_hand: bool = False
    parted: tuple[RoomId, ...]
    arrivals: ArrivalsPolicy = DEFAULT_POLICY
    proposals: tuple[PlacingView, ...] = ()
    placed: tuple[PlacedView, ...] = ()


A_ROOMS_APPENDS = 1_000_000
"""More than a room ever has, and few enough that the product with a session's appends stays exact in a browser."""


def milliseconds(at: datetime | None) -> int | None:
    """Return milliseconds since the epoch, or None."""
    return None if at is None else round(at.timestamp() * 1000)


def room_view(room: Room, scene: Scene, words: Words) -> RoomView:
    """Return the room as its members see it: nobody's unrevealed words are in it."""
    step = scene.step(room)
    over = scene.deadline(room)
    pause = scene.session.paused
    left = round((over - scene.now) / timedelta(seconds=1)) if pause and over else None
    arrived = room.step >= scene.session.floor
    turn = _turn(room, scene)
    return RoomView(
        room=room.id,
        number=room_number(room.id),
        version=room.version,
        members=tuple(member_view(scene.people[m]) for m in scene.seated(room) if m in scene.people),
        step=current_step(room, scene.session),
        state=room_state(room, scene),
        entered_at=milliseconds(entered_at(room, scene.session)),
        ends_at=None if pause else milliseconds(over),
        seconds_left=left,
        finished=_finished(room, scene),
        turn=turn,
        given=_given(room, scene, step, words),
        confirmed=room.confirmed if arrived else {},
        lines=_lines(room, scene, words),
        shared=tuple(
            SharedView(work=s.work, entry=s.entry, member=s.member)
            for s in room.shared
            if s.step == current_step(room, scene.session)
        ),
        wondered=tuple(sorted(room.wondered)),
        help=help_view(room),
        visitors=room.visitors,
        notes=notes_view(scene.session, words.works, room.id),
        media=media_rules(room, scene, turn.acts if turn else None),
    )


def room_state(room: Room, scene: Scene) -> Literal["working", "waiting_for_class", "done"]:
    """Return where the room stands against the class."""
    if current_step(room, scene.session) >= len(scene.lesson.steps):
        return "done"
    return "waiting_for_class" if scene.waits_for_class(room) else "working"


def _finished(room: Room, scene: Scene) -> tuple[MemberId, ...]:
    if room.step < scene.session.floor:
        return ()
    return tuple(sorted(room.finished & set(scene.seated(room))))


def member_view(person: Person) -> MemberView:
    """Return a learner as a partner may know them: no code, no band, no consent but the camera's."""
    return MemberView(
        id=person.id,
        side=person.side,
        names=person.names,
        school=person.school,
        speaks=person.speaks,
        reads=person.reads,
        media=person.media,
    )


def help_view(room: Room) -> HelpView | None:
    """Return the open call for help, or None."""
    if room.help is None:
        return None
    since = milliseconds(room.help.since) or 0
    return HelpView(member=room.help.member, reason=room.help.reason, since=since, taken_by=room.help.taken_by)


def _turn(room: Room, scene: Scene) -> TurnView | None:
    from_here = room if room.step >= scene.session.floor else Room(room.id, step=scene.session.floor)
    turn = turn_now(from_here, scene)
    if turn is None:
        return None
    return TurnView(
        speaker=turn.speaker,
        acts=turn.acts,
        phase=turn.phase,
        loops=turn.loops,
        key=turn.key,
        language=turn.language,
        listener=turn.listener,
        keeper=turn.keeper,
        taken=from_here.taken,
    )


SEEN_BY_PARTNERS = frozenset({"after_reveal", "live"})


def _given(room: Room, scene: Scene, step: Step | None, words: Words) -> tuple[GivenView, ...]:
    """Return the answers that this step turns over, and those that are seen as they are given."""
    at = scene.lesson_step(room)
    if at is None or step is None:
        return ()
    shown = [scene.lesson.by_id[used].index for used in at.uses]
    if step.visibility == "live" or step.completion == "partner_confirms":
        shown.append(at.index)
    return tuple(
        given
        for index in shown
        if scene.lesson.steps[index].step.visibility in SEEN_BY_PARTNERS
        for given in _given_at(room, scene, index, words)
    )


def _given_at(room: Room, scene: Scene, index: int, words: Words) -> list[GivenView]:
    found: list[GivenView] = []
    for asked in scene.as_met(scene.lesson.steps[index], room).inputs:
        given = room.answers.get((index, asked.id), {})
        for member in scene.seated(room):
            work = words.works.get(given.get(member, "")) or words.left_behind.get((index, member, asked.id))
            if work is None:
                continue
            found.append(
                GivenView(
                    step=index,
                    input=asked.id,
                    member=member,
                    work=work.id,
                    entries=() if work.held else work.entries,
                    unfinished=work.unfinished,
                    late=work.id in room.late,
                    held=work.held,
                )
            )
    return found


def _lines(room: Room, scene: Scene, words: Words) -> tuple[LineView, ...]:
    at = scene.lesson_step(room)
    if at is None:
        return ()
    shown = {at.index, *(scene.lesson.by_id[used].index for used in at.uses)}
    return tuple(view for line in room.lines if line.step in shown if (view := _line(line, words)) is not None)


def _line(line: Line, words: Words) -> LineView | None:
    work = words.works.get(line.work)
    if work is None:
        return None  # erased
    proposed = words.works.get(line.proposal[1]) if line.proposal else None
    proposal = (
        ProposalView(member=line.proposal[0], entries=() if proposed.held else proposed.entries, held=proposed.held)
        if line.proposal and proposed
        else None
    )
    return LineView(
        id=line.id,
        step=line.step,
        author=line.author,
        work=line.work,
        entries=() if work.held else work.entries,
        approved=tuple(sorted(line.approved)),
        chosen_by=tuple(sorted(line.chosen_by)),
        proposal=proposal,
        held=work.held,
    )


def notes_view(session: Session, works: dict[WorkId, Work], room: RoomId | None) -> tuple[NoteView, ...]:
    """Return the notes to all (`room` None) or to one room, oldest first."""
    return tuple(
        NoteView(
            id=note.work,
            by=note.by,
            at=milliseconds(note.at) or 0,
            text=works[note.work].entries[0].text,
            wording=wording_of(works[note.work].entries),
        )
        for note in session.notes
        if note.room == room and note.work in works
    )


def mine_view(
    member: MemberId,
    room: Room | None,
    scene: Scene,
    words: Words,
    drafts: tuple[DraftView, ...] = (),
    former: tuple[Room, ...] = (),
) -> MineView:
    """Return what only this member sees: own answers wherever they are shown to nobody else, drafts, the intention.

    `former`: rooms where they sat earlier in this lesson; whoever is moved keeps their words. `words` holds those too.
    """
    found: dict[tuple[int, str], Work] = {}
    for place in (*former, *([room] if room else [])):
        for key, given in place.answers.items():
            if (work := words.works.get(given.get(member, ""))) is not None:
                found[key] = work
    mine = [(step, asked, work) for (step, asked), work in sorted(found.items(), key=lambda item: item[0])]
    late = {work for place in (*former, *([room] if room else [])) for work in place.late}
    return MineView(
        member=member,
        # Grows with every move too, although a new room's own count may be lower than the old one's.
        version=scene.session.version * A_ROOMS_APPENDS + (room.version if room else 0),
        room=room.id if room else None,
        waiting=None if room else scene.session.unplaced.get(member, "lobby"),
        answers=tuple(
            MineAnswerView(
                step=step,
                input=asked,
                work=work.id,
                entries=work.entries,
                held=work.held,
                late=work.id in late,
            )
            for step, asked, work in mine
        ),
        drafts=drafts,
        intention=_intention(scene, mine),
        soon=_soon(member, scene),
    )


def soon_moved(session: Session) -> frozenset[MemberId]:
    """Return those who have a seat and are brought to another room by the clock in a moment."""
    counting = (one for one in session.proposals.values() if one.due and one.out_of)
    return frozenset(member for one in counting for member in one.members)


def _soon(member: MemberId, scene: Scene) -> SoonView | None:
    for one in scene.session.proposals.values():
        if one.due and one.out_of and member in one.members:
            there = tuple(member_view(scene.people[m]) for m in one.beside if m in scene.present and m in scene.people)
            return SoonView(members=there, at=milliseconds(one.due) or 0)
    return None


def _intention(scene: Scene, mine: list[tuple[int, str, Work]]) -> str:
    said = [
        " · ".join(entry.text for entry in work.entries if entry.text)
        for step, asked, work in mine
        if scene.lesson.steps[step].step.output == "intention" and asked == "intention"
    ]
    return said[-1] if said else ""


def session_view(
    session: Session,
    scene: Scene,
    hosts: tuple[Host, ...],
    works: dict[WorkId, Work],
    bell: datetime | None = None,
    guests: tuple[str, ...] = (),
) -> SessionView:
    """Return the lesson as everyone in it sees it."""
    pause = session.paused
    return SessionView(
        session=session.id,
        version=session.version,
        status=session.status,
        lesson=scene.lesson.content_hash,
        floor=session.floor,
        limit=limit(scene.lesson, session),
        paused=PauseView(since=milliseconds(pause.since) or 0, calm=pause.calm) if pause else None,
        started_at=milliseconds(session.started_at),
        closed_at=milliseconds(session.closed_at),
        hosts=tuple(
            HostView(id=h.id, side=h.side, names=h.names, school=h.school, substitute=h.substitute) for h in hosts
        ),
        notes=notes_view(session, works, None),
        classrooms={side: in_one_classroom(scene, side) for side in ("a", "b")},
        guests=guests,
        modelling=_modelling(session),
        bell=milliseconds(bell),
        moves=session.moves,
        moved=_moved(session),
        warned_at=milliseconds(session.warned_at),
        left_out=tuple(sorted(session.left_out)),
        wrap_up=_wrap_up(session),
    )


def _moved(session: Session) -> MoveView | None:
    move = session.moved
    return move and MoveView(kind=move.kind, by=move.by, at=milliseconds(move.at) or 0, seconds=move.seconds)


def _wrap_up(session: Session) -> WrapUpView | None:
    wrap_up, pause = session.wrap_up, session.paused
    if wrap_up is None:
        return None
    if pause is None:
        return WrapUpView(by=wrap_up.by, until=milliseconds(wrap_up.until))
    return WrapUpView(by=wrap_up.by, until=None, seconds_left=round((wrap_up.until - pause.since).total_seconds()))


def _modelling(session: Session) -> ModellingView | None:
    now = session.modelling
    if now is None:
        return None
    return ModellingView(segment=now.segment, since=milliseconds(now.since) or 0, seconds=now.seconds, by=now.by)


NOBODY_TALKS: Mapping[MemberId, Talking] = {}


def row_view(
    room: Room,
    scene: Scene,
    *,
    check: bool = False,
    apart: bool = False,
    talking: Mapping[MemberId, Talking] = NOBODY_TALKS,
    signs: Signs = NO_SIGNS,
) -> RowView:
    """Return the room's row on a teacher's board."""
    turn = _turn(room, scene)
    seated = scene.seated(room)
    return RowView(
        room=room.id,
        number=room_number(room.id),
        version=room.version,
        members=seated,
        present=scene.here(room),
        step=current_step(room, scene.session),
        state=room_state(room, scene),
        finished=_finished(room, scene),
        acts=turn.acts if turn else None,
        help=help_view(room),
        visitors=tuple(sorted(room.visitors)),
        entered_at=milliseconds(entered_at(room, scene.session)),
        ends_at=None if scene.session.paused else milliseconds(scene.deadline(room)),
        moved_at=milliseconds(room.moved_at),
        check=check,
        # Once they are parted, the wish is granted.
        apart=apart and len(scene.seated(room)) > 1,
        talk=talk_view(room, scene, talking),
        writing=tuple(m for m in seated if m in signs.writing),
        weak=tuple(m for m in seated if m in signs.weak),
        gone={m: milliseconds(at) for m, at in signs.gone(seated).items()},
    )


def seats_view(session: Session, planned: ArrivalsPolicy = DEFAULT_POLICY, now: Checked | None = None) -> SeatsView:
    """Return who sits where, for the teachers, and what is proposed for those without a partner.

    `now`: the rooms looked at as they are, where that was done.
    """
    return SeatsView(
        session=session.id,
        version=session.version,
        rooms=session.rooms,
        why=now.why if now else session.why,
        unplaced=session.unplaced,
        removed=tuple(sorted(session.removed)),
        warnings=now.warnings if now else {},
        by_hand=session.by_hand,
        parted=tuple(sorted(session.parted)),
        arrivals=session.arrivals or planned,
        proposals=tuple(
            PlacingView(
                id=one.id,
                kind=one.kind,
                members=one.members,
                out_of=one.out_of,
                room=one.room,
                beside=one.beside,
                reason=one.reason,
                due=milliseconds(one.due),
            )
            for one in session.proposals.values()
        ),
        placed=tuple(
            PlacedView(id=one.id, members=one.members, room=one.room, by=one.by, at=milliseconds(one.at) or 0)
            for one in session.placed
            if all(session.room_of(member) == one.room for member in one.members)
        ),
    )


def board_view(scene: Scene, step: int, rooms: list[tuple[Room, Words]], *, for_teachers: bool = False) -> BoardView:
    """Return the merged board of one whole-class step: what rooms chose to share, in room order, no names."""
    return merged_board(
        scene, step, (RoomsWords(room, words.works) for room, words in rooms), for_teachers=for_teachers
    )
