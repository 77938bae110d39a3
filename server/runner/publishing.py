"""Views on their way to browsers: at once where a person waits for them, coalesced where many change together."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

import structlog
from pydantic import BaseModel

from server.core.live.brought import former_rooms, with_brought
from server.core.live.commands import WonderToo
from server.core.live.media import Talking, TalkView, talk_view
from server.core.live.moments import Curated
from server.core.live.plenary import circle, is_together, sources_in_plenary
from server.core.live.projector import projector_room, projector_view
from server.core.live.rounds import RoundScene, round_view
from server.core.live.scene import Scene
from server.core.live.signs import Signs
from server.core.live.state import Room, Session, current_step
from server.core.live.views import (
    DraftView,
    Words,
    board_view,
    milliseconds,
    mine_view,
    room_view,
    row_view,
    seats_view,
    session_view,
)
from server.core.live.works import MemberId, RoomId, Work
from server.ports.clock import Clock
from server.ports.live import Directory, Draft, Outbox, Peer, Presence, Setup, Store, StoreUnavailable
from server.runner.guests import GUEST, Guests
from server.runner.memory_of_rooms import Memory, words_of
from server.runner.rechecks import Rechecks
from server.runner.scenes import Scenes, UnknownSession
from server.wire.messages import (
    MeView,
    Notice,
    OfferView,
    PeerView,
    PlenaryView,
    PresenceView,
    RowsOut,
    SignalOut,
    TakesPart,
    ViewOut,
)

PULSE_SECONDS = 0.08
ROOMS_A_BREATH = 25
_logger = structlog.get_logger(__name__)


def encoded(message: BaseModel) -> bytes:
    """Return a message as JSON, made once for all who get it."""
    return message.model_dump_json(exclude_defaults=False).encode()


@dataclass(frozen=True, slots=True)
class Checks:
    """Rooms of a lesson that its teachers are asked to look at, and those where somebody asked to sit apart."""

    look: frozenset[RoomId]
    part: frozenset[RoomId]


class Publisher:
    """Makes views and hands them to the outbox. `start` and `stop` bound the life of its pulse."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        outbox: Outbox,
        presence: Presence,
        clock: Clock,
        memory: Memory,
        scenes: Scenes,
    ) -> None:
        self._store = store
        self._directory = directory
        self._outbox = outbox
        self._presence = presence
        self._clock = clock
        self._memory = memory
        self._scenes = scenes
        self.rechecks = Rechecks(directory, scenes, presence, clock)
        self._rows: defaultdict[str, set[RoomId]] = defaultdict(set)
        self._arrivals: set[str] = set()
        self._boards: set[str] = set()
        self._plenaries: set[str] = set()
        self._projectors: set[str] = set()
        self._steps: dict[str, dict[RoomId, int]] = {}
        self._waves: dict[str, asyncio.Task[None]] = {}
        self.guests = Guests(outbox, presence, clock, memory, scenes)
        self._beat = asyncio.Event()
        self._pulse: asyncio.Task[None] | None = None
        self.checks: dict[str, Checks] = {}
        self.carrier: Callable[[], Literal["livekit", "mesh"]] = lambda: "mesh"
        """Asked who carries the pictures of the whole class."""

    def start(self) -> None:
        """Start the pulse that sends what is coalesced."""
        self._pulse = asyncio.get_running_loop().create_task(self._pulse_forever(), name="publisher-pulse")

    async def stop(self) -> None:
        """End the pulse and what is under way."""
        tasks = [task for task in (self._pulse, *self._waves.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _now(self) -> int:
        return milliseconds(self._clock.now()) or 0

    async def words(self, room: Room, scene: Scene) -> Words:
        """Return a room's words and notes, with what a passed step left behind where this step turns it over."""
        works = await self._works(room, scene.session)
        before = former_rooms(room, scene.session)
        if any(note.room == room.id for note in scene.session.notes):
            works = works | await self._memory.words(scene.session.id, None)
        drafts: list[Draft] = []
        if _somebody_left_words(room, scene):
            for place in (*before, room.id):
                drafts += await self._store.drafts(scene.session.id, place)
        return words_of(works, drafts, current_step(room, scene.session))

    async def _works(self, room: Room, session: Session) -> dict[str, Work]:
        works = await self._memory.words(session.id, room.id)
        for place in former_rooms(room, session):
            works = works | await self._memory.words(session.id, place)
        return works

    async def with_what_was_brought(self, room: Room, scene: Scene) -> Room:
        """Return the room with what its members wrote in rooms where they sat before: it turns over here, too."""
        before = [await self._memory.room(place) for place in former_rooms(room, scene.session)]
        return with_brought(room, scene.session, before) if before else room

    async def room(self, room: Room, scene: Scene, *, only_to: str | None = None) -> None:
        """Send a room's view to its members and visitors, or to one connection."""
        room = await self.with_what_was_brought(room, scene)
        view = room_view(room, scene, await self.words(room, scene))
        body = encoded(ViewOut(part="room", now=self._now(), view=view))
        if only_to:
            await self._outbox.to_peer(only_to, "view", body)
        else:
            await self._outbox.to_room(room.id, "view", body)
            self.row_changed(scene.session.id, room.id)

    async def mine(
        self,
        member: MemberId,
        room: Room | None,
        scene: Scene,
        *,
        to_peer: str | None = None,
        with_drafts: bool = False,
    ) -> None:
        """Send one member's own part; with drafts when a connection has just come, or where it is asked for."""
        session = scene.session
        with_drafts = with_drafts or to_peer is not None
        former = [await self._memory.room(r) for r in session.former.get(member, ()) if room is None or r != room.id]
        places = [*former, *([room] if room else [])]
        works = {k: w for place in places for k, w in (await self._memory.words(session.id, place.id)).items()}
        kept = [d for place in places for d in await self._store.drafts(session.id, place.id)] if with_drafts else []
        # Of the same words in two rooms, those go on that were written last.
        newest = {(d.step, d.input): d for d in sorted(kept, key=lambda d: d.at) if d.member == member}
        drafts = tuple(_draft_view(d) for d in newest.values())
        view = mine_view(member, room, scene, Words(works, {}), drafts, tuple(former))
        body = encoded(ViewOut(part="mine", now=self._now(), view=view))
        if to_peer:
            await self._outbox.to_peer(to_peer, "view", body)
        else:
            await self._outbox.to_member(scene.session.id, member, "view", body)

    async def session(self, session: Session, scene: Scene, *, only_to: str | None = None) -> None:
        """Send the lesson's view to everyone in it, or to one connection."""
        setup = await self._scenes.setup(session)
        notes = await self._memory.words(session.id, None)
        view = session_view(session, scene, setup.hosts, notes, setup.bell, self.guests.names(setup))
        body = encoded(ViewOut(part="session", now=self._now(), view=view))
        if only_to:
            await self._outbox.to_peer(only_to, "view", body)
        else:
            await self._outbox.to_session(session.id, "view", body)
            self.projector_changed(session.id)

    async def seats(self, session: Session, *, only_to: str | None = None) -> None:
        """Send who sits where to the teachers, and before the start what speaks against it.

        To substitutes without the reasons and warnings, which tell of earlier lessons.
        """
        setup = await self._scenes.setup(session)
        view = seats_view(session, setup.arrivals, await self.rechecks.of(session))
        body = encoded(ViewOut(part="seats", now=self._now(), view=view))
        bare = encoded(ViewOut(part="seats", now=self._now(), view=view.model_copy(update={"why": {}, "warnings": {}})))
        passes = setup.passes
        teachers = [p for p in self._presence.peers(session.id) if p.kind == "teacher"]
        if only_to or any(peer.who in passes for peer in teachers):
            for peer in teachers:
                if only_to in (None, peer.id):
                    await self._outbox.to_peer(peer.id, "view", bare if peer.who in passes else body)
        else:
            await self._outbox.to_teachers(session.id, "view", body)

    async def me(self, peer: Peer) -> None:
        """Tell a connection who it is."""
        role = peer.kind if peer.kind in ("teacher", "guest") else "student"
        also = peer.speaks_for[1:]
        view = MeView(peer=peer.id, who=peer.who, role=cast(Any, role), session=peer.session, side=peer.side, also=also)
        await self._outbox.to_peer(peer.id, "view", encoded(ViewOut(part="me", now=self._now(), view=view)))

    async def notice(self, session: str, code: str) -> None:
        """Tell everyone in a session something."""
        await self._outbox.to_session(session, "notice", encoded(Notice.model_validate({"code": code})))

    async def notice_to_peer(self, peer: str, code: str) -> None:
        """Tell one connection something."""
        await self._outbox.to_peer(peer, "notice", encoded(Notice.model_validate({"code": code})))

    async def signal(self, peer: str, signal: SignalOut) -> None:
        """Relay signalling to one connection."""
        await self._outbox.to_peer(peer, "signal", signal.model_dump_json(exclude_none=True).encode())

    async def room_presence(self, session: str, room: RoomId) -> None:
        """Tell a room who is connected to it."""
        peers = [p for p in self._presence.peers(session) if p.room == room]
        view = PresenceView(
            scope=room,
            present=tuple(sorted({who for p in peers if p.kind == "student" for who in p.speaks_for})),
            peers=tuple(_peer_view(p) for p in sorted(peers, key=lambda p: p.order)),
            talk=await self._talk_shown(session, room),
        )
        await self._outbox.to_room(room, "view", encoded(ViewOut(part="presence", now=self._now(), view=view)))

    async def talk_changed(self, session: Session, room: RoomId) -> None:
        """Show the teachers, and the room where the plan says so, how it shares the talking now."""
        self.row_changed(session.id, room)
        if (await self._scenes.setup(session)).classrooms.talk_shown:
            await self.room_presence(session.id, room)

    async def _talk_shown(self, session_id: str, room: RoomId) -> TalkView | None:
        session = await self._memory.session(session_id)
        if not (await self._scenes.setup(session)).classrooms.talk_shown:
            return None
        scene = await self._scenes.scene(session, self._clock.now())
        return talk_view(await self._memory.room(room), scene, self._talking(session_id))

    def _talking(self, session: str) -> dict[MemberId, Talking]:
        return {
            peer.who: Talking(peer.talk_step, peer.talk_seconds, peer.talk_reliable)
            for peer in self._presence.peers(session)
            if peer.talk_step >= 0
        }

    def _signs(self, session: str) -> Signs:
        peers = [peer for peer in self._presence.peers(session) if peer.kind == "student"]
        return Signs(
            here=frozenset(who for peer in peers for who in peer.speaks_for),
            writing=frozenset(peer.writing for peer in peers if peer.writing),
            weak=frozenset(who for peer in peers if peer.line == "weak" for who in peer.speaks_for),
            last_seen=self._presence.last_seen(session),
        )

    async def arrivals(self, session: str, *, only_to: Peer | None = None) -> None:
        """Tell who has arrived: teachers get everybody, students only numbers."""
        peers = [p for p in self._presence.peers(session) if p.kind != GUEST]
        students = {(p.side, who) for p in peers if p.kind == "student" for who in p.speaks_for}
        adults = tuple(sorted({p.who for p in peers if p.kind == "teacher"}))
        counts = {side: sum(s == side for s, _ in students) for side in ("a", "b")}
        for_students = PresenceView(scope=session, present=(), adults=adults, counts=counts)
        for_teachers = PresenceView(
            scope=session,
            present=tuple(sorted(who for _, who in students)),
            peers=tuple(_peer_view(p) for p in sorted(peers, key=lambda p: p.order)),
            adults=adults,
            counts=counts,
        )
        if only_to:
            view = for_teachers if only_to.kind == "teacher" else for_students
            await self._outbox.to_peer(
                only_to.id, "view", encoded(ViewOut(part="presence", now=self._now(), view=view))
            )
            return
        if (await self._memory.session(session)).status == "lobby":
            # In their rooms children look at each other, not at how many have come.
            body = encoded(ViewOut(part="presence", now=self._now(), view=for_students))
            await self._outbox.to_students(session, "view", body)
        await self._outbox.to_teachers(
            session, "view", encoded(ViewOut(part="presence", now=self._now(), view=for_teachers))
        )

    def row_changed(self, session: str, room: RoomId) -> None:
        """Note that a room's row is to be sent with the next beat."""
        self._rows[session].add(room)
        self._beat.set()

    def arrivals_changed(self, session: str) -> None:
        """Note that who is here is to be sent with the next beat."""
        self._arrivals.add(session)
        self._beat.set()

    def board_changed(self, session: str) -> None:
        """Note that the class board is to be sent with the next beat."""
        self._boards.add(session)
        self._beat.set()

    def every_room(self, session_id: str) -> None:
        """Send every room's view, a few a breath: the class has moved, and everyone knows that from the session's view."""
        wave = self._waves.pop(session_id, None)
        if wave:
            wave.cancel()
        self._waves[session_id] = asyncio.get_running_loop().create_task(self._wave(session_id), name="every-room")

    async def _wave(self, session_id: str) -> None:
        session = await self._memory.session(session_id)
        for count, room_id in enumerate(session.rooms, start=1):
            scene = await self._scenes.scene(session, self._clock.now())
            await self.room(await self._memory.room(room_id), scene)
            if count % ROOMS_A_BREATH == 0:
                await asyncio.sleep(0)
        self.board_changed(session_id)

    async def rows(self, session_id: str, rooms: set[RoomId], *, only_to: str | None = None) -> None:
        """Send board rows to the teachers."""
        session = await self._memory.session(session_id)
        scene = await self._scenes.scene(session, self._clock.now())
        checks = self.checks.get(session_id)
        if checks is None:
            look, part = await asyncio.gather(
                self._directory.rooms_to_check(session_id), self._directory.rooms_to_part(session_id)
            )
            checks = self.checks[session_id] = Checks(look, part)
        talking, signs = self._talking(session_id), self._signs(session_id)
        rows = [
            row_view(
                await self._memory.room(room),
                scene,
                check=room in checks.look,
                apart=room in checks.part,
                talking=talking,
                signs=signs,
            )
            for room in sorted(rooms & set(session.rooms))
        ]
        if session_id in self._steps:
            self._steps[session_id].update({row.room: row.step for row in rows if row.members})
        body = encoded(RowsOut(now=self._now(), rows=tuple(rows)))
        if only_to:
            await self._outbox.to_peer(only_to, "rows", body)
        elif rows:
            await self._outbox.to_teachers(session_id, "rows", body)

    async def board(self, session_id: str, *, only_to: str | None = None, for_teachers: bool = False) -> None:
        """Send the whole-class board, if the class is at one; what was put aside goes to the teachers alone."""
        session = await self._memory.session(session_id)
        scene = await self._scenes.scene(session, self._clock.now())
        if not (0 <= session.floor < len(scene.lesson.steps)) or scene.lesson.steps[session.floor].step.kind != "board":
            return
        rooms = await self._shown_rooms(session, counted=scene.lesson.steps[session.floor].step.board == "spectrum")

        def shown(*, teachers: bool) -> bytes:
            view = board_view(scene, session.floor, rooms, for_teachers=teachers)
            return encoded(ViewOut(part="board", now=self._now(), view=view))

        if only_to:
            await self._outbox.to_peer(only_to, "view", shown(teachers=for_teachers))
            return
        for_all = shown(teachers=False)
        await self._outbox.to_students(session_id, "view", for_all)
        await self._outbox.to_room(projector_room(session_id), "view", for_all)
        aside = bool(session.boards.get(session.floor, Curated()).aside)
        await self._outbox.to_teachers(session_id, "view", shown(teachers=True) if aside else for_all)

    async def _shown_rooms(self, session: Session, *, counted: bool) -> list[tuple[Room, Words]]:
        """Return every room with its words, or with none where nothing of them is on the board."""
        rooms = [await self._memory.room(room) for room in session.rooms]
        return [(room, Words(await self._works(room, session) if counted or room.shared else {}, {})) for room in rooms]

    async def is_on_board(self, session: Session, command: WonderToo) -> bool:
        """Whether a room may wonder about an entry as far as the other rooms go; whether it may at all, its own room says."""
        if command.step != session.floor:
            return True
        scene = await self._scenes.scene(session, self._clock.now())
        if not 0 <= session.floor < len(scene.lesson.steps):
            return True
        view = board_view(scene, session.floor, await self._shown_rooms(session, counted=False))
        return any(entry.id == command.entry for entry in view.entries)

    async def projector(self, session_id: str, *, only_to: str | None = None) -> None:
        """Send what a page on the classroom's wall shows: no names, nothing of any room."""
        session = await self._memory.session(session_id)
        setup = await self._scenes.setup(session)
        steps = self._steps.get(session_id)
        if steps is None:
            rooms = [await self._memory.room(room) for room, members in session.rooms.items() if members]
            steps = self._steps[session_id] = {room.id: current_step(room, session) for room in rooms}
        view = projector_view(session, setup.lesson, setup.people, steps.values(), self._clock.now())
        body = encoded(ViewOut(part="projector", now=self._now(), view=view))
        if only_to:
            await self._outbox.to_peer(only_to, "view", body)
        else:
            await self._outbox.to_room(projector_room(session_id), "view", body)

    def projector_changed(self, session: str) -> None:
        """Note that what the classroom's wall shows is to be sent with the next beat."""
        self._projectors.add(session)
        self._beat.set()

    def plenary_changed(self, session: str) -> None:
        """Note that the whole class's part is to be sent with the next beat."""
        self._plenaries.add(session)
        self._beat.set()

    async def circle(self, session: Session, setup: Setup) -> tuple[Peer, ...]:
        """Return the devices that see and hear each other in the whole class where no media server carries it."""
        if self.carrier() != "mesh" or not is_together(session, setup.lesson):
            return ()
        peers = sorted(self._presence.peers(session.id), key=lambda peer: peer.order)
        adults = [(peer, peer.side) for peer in peers if peer.kind == "teacher"]
        speaks = session.plenary.speaker
        person = setup.people.get(speaks or "")
        place = setup.classrooms.place_of(person.side) if person else "school"
        heard = person and "microphone" in sources_in_plenary(session, person.id, person.media, place)
        return circle(adults, next((peer for peer in peers if heard and peer.who == speaks), None))

    async def plenary(self, session_id: str, *, only_to: str | None = None) -> None:
        """Send the whole class's part; names are in it only while all are together."""
        session = await self._memory.session(session_id)
        setup = await self._scenes.setup(session)
        together = is_together(session, setup.lesson)
        now = session.plenary
        # While the teachers show something nobody else is on the air, and there is nobody to name.
        in_rooms = together and session.status == "running"
        seated = [m for members in session.rooms.values() for m in members] if in_rooms else []
        view = PlenaryView(
            session=session_id,
            version=session.version,
            together=together,
            step=session.floor,
            carrier=self.carrier(),
            hands=now.hands,
            speaker=now.speaker,
            spotlight=now.spotlight,
            muted=now.muted,
            circle=tuple(_peer_view(peer) for peer in await self.circle(session, setup)),
            offer=OfferView(room=now.offer.room, entry=now.offer.entry) if now.offer else None,
            round=round_view(session, RoundScene(setup.lesson, setup.people)),
            people=tuple(
                TakesPart(id=m, side=setup.people[m].side, names=setup.people[m].names)
                for m in seated
                if m in setup.people
            ),
        )
        body = encoded(ViewOut(part="plenary", now=self._now(), view=view))
        if only_to:
            await self._outbox.to_peer(only_to, "view", body)
        else:
            await self._outbox.to_session(session_id, "view", body)

    async def _pulse_forever(self) -> None:
        while True:
            await self._beat.wait()
            await asyncio.sleep(PULSE_SECONDS)
            self._beat.clear()
            rows, self._rows = self._rows, defaultdict(set)
            arrivals, self._arrivals = self._arrivals, set()
            boards, self._boards = self._boards, set()
            plenaries, self._plenaries = self._plenaries, set()
            projectors, self._projectors = self._projectors, set()
            try:
                for session, rooms in rows.items():
                    await self.rows(session, rooms)
                for session in arrivals:
                    await self.arrivals(session)
                for session in boards:
                    await self.board(session)
                for session in plenaries:
                    await self.plenary(session)
                for session in projectors | plenaries | boards | rows.keys():
                    await self.projector(session)
                for session in {*rows, *boards, *plenaries}:
                    await self.guests.show(session)
            except (StoreUnavailable, UnknownSession) as problem:
                # Browsers resync by version; what is lost here is only a moment.
                _logger.warning("beat_lost", reason=type(problem).__name__)
            except Exception:
                _logger.exception("beat_failed")


def _somebody_left_words(room: Room, scene: Scene) -> bool:
    at = scene.lesson_step(room)
    if at is None:
        return False
    for used in at.uses:
        index = scene.lesson.by_id[used].index
        for asked in scene.as_met(scene.lesson.steps[index], room).inputs:
            if any(m not in room.answers.get((index, asked.id), {}) for m in scene.seated(room)):
                return True
    return False


def _draft_view(draft: Draft) -> DraftView:
    return DraftView(step=draft.step, input=draft.input, sequence=draft.sequence, entries=draft.entries)


def _peer_view(peer: Peer) -> PeerView:
    kind = "teacher" if peer.kind == "teacher" else "student"
    return PeerView(
        peer=peer.id,
        who=peer.who,
        kind=kind,
        order=peer.order,
        camera=peer.camera,
        microphone=peer.microphone,
        also=peer.speaks_for[1:],
        holding=peer.holding,
        adult_beside=peer.adult_beside,
    )
