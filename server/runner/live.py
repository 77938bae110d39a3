"""The live room's one door: commands in, acknowledgements after the commit, views out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from server.core.live import commands as c
from server.core.live import events as e
from server.core.live.answers import check_entries, the_input
from server.core.live.bell import Fitting, Hour, fit_now
from server.core.live.engine import Decision, decide_room, look_again_at
from server.core.live.pace import decide_over, wraps_up_at
from server.core.live.pairing import Assign, Layout, lay_out
from server.core.live.plenary import decide_hand, is_together
from server.core.live.refusals import Refused
from server.core.live.rotation import next_rotation, proposed_partners
from server.core.live.rounds import RoundScene, decide_speaker, look_at_round, round_step
from server.core.live.scene import Scene
from server.core.live.session_engine import Rules, decide_session, room_id, room_number
from server.core.live.state import Room, Session, current_step
from server.core.live.views import room_state, soon_moved
from server.core.live.watchwords import alarming
from server.core.live.works import MemberId, RoomId, Work, WorkId
from server.ports.clock import Clock
from server.ports.live import Append, Appended, Bus, Directory, Draft, Due, Outbox, Peer, Presence, Store, StoredWork
from server.runner.guests import GUEST
from server.runner.memory_of_rooms import Memory, grown_room, grown_session
from server.runner.publishing import Publisher
from server.runner.scenes import Scenes, fresh_id, sender_key
from server.wire.messages import ReportConcern, SaveDraft, TalkShare

TRIES = 8
LARGE_PAIRING = 120
SEATS_CHANGE = (
    e.PartnersChanged,
    e.RoomsProposed,
    e.SeatMoved,
    e.LessonStarted,
    e.MemberRemoved,
    e.RoomParted,
    e.SessionClosed,
)
SEATS_ALONE = (e.RoomsProposed, e.SeatMoved)
ROOMS_CHANGE = (
    e.PartnersChanged,
    e.LessonStarted,
    e.FloorMoved,
    e.Paused,
    e.Resumed,
    e.ClassTimeAdded,
    e.SeatMoved,
    e.MemberRemoved,
    e.ClassroomShared,
    e.MinuteWarned,
    e.FittedToBell,
    e.SessionSetAside,
    e.SessionReopened,
)
OPEN_ROOMS = (c.MoveSeat, c.SplitRoom)
SOONER = (e.MinuteWarned, e.FittedToBell, e.SessionReopened)
"""What may have brought a timed step's end nearer than when its room was to be looked at."""
_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command: the stream's version after it, and why words were held back from the partner."""

    version: int
    held: str = ""
    refused: Refused | None = None


class Live:
    """Runs turns. Concrete parts come from app.py; `shared` is true where other processes serve the same rooms."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        outbox: Outbox,
        presence: Presence,
        bus: Bus,
        clock: Clock,
        assign: Assign,
        *,
        grace: timedelta,
        shared: bool = False,
    ) -> None:
        self._store = store
        self._directory = directory
        self._presence = presence
        self._bus = bus
        self._clock = clock
        self._assign = assign
        self._grace = grace
        self._warm: asyncio.Future[list[tuple[int, int]]] | None = None
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.memory = Memory(store, shared=shared)
        self.scenes = Scenes(store, directory, presence)
        self.publish = Publisher(store, directory, outbox, presence, clock, self.memory, self.scenes)
        self.reseat: Callable[[str], None] = lambda session: None
        """Called when seats changed: the socket moves its connections to their rooms."""
        self.on_session: Callable[[Session, tuple[e.AnyEvent, ...]], None] = lambda session, events: None
        self.on_forget: Callable[[str], None] = lambda who: None
        """Called when a session changed, and when somebody has no place anywhere any more: for the media server."""

    def _lock(self, stream: str) -> asyncio.Lock:
        lock = self._locks.get(stream)
        if lock is None:
            lock = self._locks[stream] = asyncio.Lock()
        return lock

    async def student(self, session_id: str, member: MemberId, command_id: str, command: c.StudentCommand) -> Outcome:
        """Run a learner's command in the room where they sit."""
        if isinstance(command, c.TogetherCommand):
            return await self._session_turn(session_id, c.Student(member), command_id, command)
        session = await self.memory.session(session_id)
        room = session.room_of(member)
        if room is None:
            raise Refused("not_running" if session.status != "running" else "not_your_room")
        if isinstance(command, c.WonderToo) and not await self.publish.is_on_board(session, command):
            raise Refused("unknown_entry")
        outcome = await self._room_turn(session_id, room, c.Student(member), command_id, command)
        if session.status == "closed":
            # Late words of the last step came in; those that were for the lesson only go at once.
            await self._forget_fleeting(session)
        return outcome

    async def teacher(self, session_id: str, teacher: c.Teacher, command_id: str, command: c.TeacherCommand) -> Outcome:
        """Run a teacher's command for a room or for the whole lesson."""
        if isinstance(command, c.RoomCommand):
            session = await self.memory.session(session_id)
            if command.room not in session.rooms:
                raise Refused("unknown_room")
            return await self._room_turn(session_id, command.room, teacher, command_id, command)
        if isinstance(command, c.ProposeRooms | c.ArrangeRooms):
            session = await self.memory.session(session_id)
            if session.heard(teacher.staff, command_id):
                return Outcome(session.version)
            if session.status != "lobby":
                raise Refused("not_running" if session.status == "closed" else "already_running")
            laid = (
                await self._proposal(session, command)
                if isinstance(command, c.ProposeRooms)
                else await self.publish.rechecks.arrangement(session, command)
            )
            return await self._session_turn(session_id, teacher, command_id, laid)
        return await self._session_turn(session_id, teacher, command_id, command)

    async def tick(self, stream: str, step: int) -> None:
        """Look at what is due: one room, or every room of a session."""
        if "." in stream:
            await self._tick_room(stream, step)
            await self._arm_again(stream, step)
            return
        await self._store.set_due(stream, Due(step, None))
        # After that, and anew: whatever is announced meanwhile is armed either by whoever announces it, or here.
        session = await self.memory.session(stream, fresh=True)
        if wraps_up_at(session):
            await self._session_turn(stream, c.Clock(), None, c.Tick(step=step))
            if (again := wraps_up_at(await self.memory.session(stream))) is not None:
                await self._store.set_due(stream, Due(step, again))
        for room in session.rooms:
            await self._tick_room(room, step)
            await self._arm_again(room, step, only_if_waiting=True)
        await self._look_at_round(stream, again=True)

    async def _look_at_round(self, session_id: str, *, again: bool = False) -> None:
        """Let the class's round go on where its speaker has gone; `again`: have the clock look anew after the grace."""
        session = await self.memory.session(session_id)
        if session.floor < 0 or round_step(session, (await self.scenes.setup(session)).lesson) is None:
            return
        await self._session_turn(session_id, c.Clock(), None, c.LookAtRound())
        if again and not session.paused:
            await self._store.set_due(session_id, Due(session.floor, self._clock.now() + self._grace))

    async def _tick_room(self, room_id_: RoomId, step: int) -> None:
        session_id = room_id_.rsplit(".", 1)[0]
        with suppress(Refused):
            await self._room_turn(session_id, room_id_, c.Clock(), None, c.Tick(step=step))

    async def _arm_again(self, room_id_: RoomId, step: int, *, only_if_waiting: bool = False) -> None:
        """Write when the clock looks at a room next, after a look that changed nothing; what changed wrote it already."""
        session = await self.memory.session(room_id_.rsplit(".", 1)[0])
        scene = await self.scenes.scene(session, self._clock.now())
        room = await self.memory.room(room_id_)
        if current_step(room, session) != step and not only_if_waiting:
            return
        again = self._look_again(room, scene)
        if again is not None or not only_if_waiting:
            await self._store.set_due(room_id_, Due(current_step(room, session), again))

    async def save_draft(self, session_id: str, member: MemberId, draft: SaveDraft) -> Outcome:
        """Keep what a member has typed so far; no event, no view.

        Only for inputs that the lesson has, at steps that the room has come to: nobody fills the store.
        """
        session = await self.memory.session(session_id)
        room = session.room_of(member)
        # What was typed when the lesson was set aside is kept for the day on which it goes on.
        if session.status not in ("running", "set_aside"):
            raise Refused("not_running")
        if room is None:
            raise Refused("not_your_room")
        scene = await self.scenes.scene(session, self._clock.now())
        place = await self.memory.room(room)
        if draft.step > current_step(place, session) or draft.step >= len(scene.lesson.steps):
            raise Refused("step_not_reached")
        asked = the_input(scene.as_met(scene.lesson.steps[draft.step], place), draft.input)
        check_entries(asked, draft.entries, scene.lesson)
        await self._store.save_draft(
            Draft(session_id, room, member, draft.step, draft.input, draft.sequence, self._clock.now(), draft.entries)
        )
        return Outcome(0)

    async def report_concern(
        self, session_id: str, member: MemberId, report: ReportConcern, command_id: str
    ) -> Outcome:
        """Route a child's concern to their own school's safety lead, with the partner's words of this room as evidence."""
        session = await self.memory.session(session_id)
        setup = await self.scenes.setup(session)
        room = session.room_of(member)
        works = await self.memory.words(session_id, room) if room else {}
        evidence = tuple(w.id for w in works.values() if report.about == "partner" or w.member == member)
        report_id = fresh_id(c.Student(member), command_id, self._clock.now())
        near = await self._adults_near(session_id, room) if report.about == "adult" else frozenset[str]()
        # Whom a child shares no room with, they are apart from already.
        apart = report.apart and report.about == "partner" and room is not None
        await self._directory.concern(
            setup, report_id, room, member, "report", report.about, report.words, evidence, near, apart=apart
        )
        if room and report.about == "partner":
            await self._check(session_id, room)
        return Outcome(session.version)

    async def _adults_near(self, session_id: str, room: RoomId | None) -> frozenset[str]:
        """Adults whom a child may mean: those in the lesson now, and those who have been in this room."""
        here = {peer.who for peer in self._presence.peers(session_id) if peer.kind == "teacher"}
        log = await self._store.read(room) if room else []
        came = {event.by for appended in log for event in appended.events if isinstance(event, e.TeacherCame)}
        return frozenset(here | came)

    async def _check(self, session_id: str, room: RoomId) -> None:
        """Let the teachers' row say "check on this room"; other processes read it anew, too."""
        self.publish.checks.pop(session_id, None)
        self.publish.row_changed(session_id, room)
        await self._bus.tell("concerns", session_id)

    async def concerns_changed(self, session_id: str) -> None:
        """Show the teachers' rows anew: a concern was closed, or opened again."""
        self.publish.checks.pop(session_id, None)
        for room in (await self.memory.session(session_id)).rooms:
            self.publish.row_changed(session_id, room)
        await self._bus.tell("concerns", session_id)

    async def adults_changed(self, session_id: str) -> None:
        """Look again who may come as a substitute or a guest, and show everybody who is here."""
        self.scenes.forget(session_id)
        await self._bus.tell("adults", session_id)
        await self.adults_shown(session_id)

    async def adults_shown(self, session_id: str) -> None:
        """Show the children which guests look on, and the teachers who may come."""
        session = await self.memory.session(session_id)
        await self.publish.session(session, await self.scenes.scene(session, self._clock.now()))
        await self.publish.guests.passes(session_id)

    async def device_state(self, peer: Peer) -> None:
        """Note which devices work, for the room and for the teachers."""
        await self._presence.put(peer)
        await self.presence_changed(peer.session, peer.room)

    async def counts_talk(self, peer: Peer, share: TalkShare) -> bool:
        """Whether a share of talk is news: of the step at which the room is now. Refused where there is no such talk."""
        session = await self.memory.session(peer.session)
        if session.status != "running":
            raise Refused("not_running")
        if peer.room is None:
            raise Refused("not_your_room")
        step = current_step(await self.memory.room(peer.room), session)
        if share.step > step:
            raise Refused("step_not_reached")
        return share.step == step and (peer.talk_step, peer.talk_seconds) != (share.step, share.seconds_spoken)

    async def talk_share(self, peer: Peer) -> None:
        """Note how much a learner has talked in a step; it is kept with their connection, and gone with it."""
        await self._presence.put(peer)
        if peer.room:
            await self.publish.talk_changed(await self.memory.session(peer.session), peer.room)

    async def writing_changed(self, peer: Peer) -> None:
        """Note who at a device is writing, for the teachers' board: kept with the connection, and never what is written."""
        await self._presence.put(peer)
        if peer.room:
            self.publish.row_changed(peer.session, peer.room)

    async def presence_changed(self, session_id: str, room: RoomId | None) -> None:
        """Tell the room and the teachers who is connected."""
        if room:
            await self.publish.room_presence(session_id, room)
            self.publish.row_changed(session_id, room)
        self.publish.arrivals_changed(session_id)
        if await self.is_together(session_id):
            self.publish.plenary_changed(session_id)

    async def is_together(self, session_id: str) -> bool:
        """Whether the whole class is at one step together now."""
        session = await self.memory.session(session_id)
        if session.floor < 0 and session.modelling is None:
            return False
        return is_together(session, (await self.scenes.setup(session)).lesson)

    async def look_at_room(self, session_id: str, room: RoomId) -> None:
        """Look whether somebody's absence, now longer than the grace, lets a room go on; and show whose turn it is then."""
        session = await self.memory.session(session_id)
        if session.status != "running" or room not in session.rooms:
            return
        await self._look_at_round(session_id)
        before = await self.memory.room(room)
        await self._tick_room(room, current_step(before, session))
        after = await self.memory.room(room)
        if after.version == before.version:
            await self.publish.room(after, await self.scenes.scene(session, self._clock.now()))

    async def everything_for(self, peer: Peer) -> None:
        """Send a connection all that it shows: a reconnect equals a first load."""
        if peer.kind == "projector":
            await self.publish.projector(peer.session, only_to=peer.id)
            await self.publish.board(peer.session, only_to=peer.id)
            return
        session = await self.memory.session(peer.session)
        scene = await self.scenes.scene(session, self._clock.now())
        await self.publish.me(peer)
        if peer.kind == GUEST:
            await self.publish.guests.show(session.id)
            return
        await self.publish.session(session, scene, only_to=peer.id)
        room = await self.memory.room(peer.room) if peer.room else None
        if room:
            await self.publish.room(room, scene, only_to=peer.id)
        if peer.kind == "teacher":
            self._warm_up(session)
            await self.publish.seats(session, only_to=peer.id)
            await self.publish.rows(session.id, set(session.rooms), only_to=peer.id)
            await self.publish.guests.passes(session.id, only_to=peer.id)
        else:
            for member in peer.speaks_for:
                # The second at a shared device may still wait for the seat beside the first.
                seated = room if room and session.room_of(member) == room.id else None
                await self.publish.mine(member, seated, scene, to_peer=peer.id)
        await self.publish.arrivals(session.id, only_to=peer)
        await self.publish.board(session.id, only_to=peer.id, for_teachers=peer.kind == "teacher")
        await self.publish.plenary(session.id, only_to=peer.id)

    async def census(self, sessions: Iterable[str]) -> dict[str, int]:
        """Return how many rooms of these running sessions are working, waiting for the class, done, or call for help."""
        found = {"working": 0, "waiting_for_class": 0, "done": 0, "help": 0}
        for session_id in sessions:
            session = await self.memory.session(session_id)
            if session.status != "running":
                continue
            scene = await self.scenes.scene(session, self._clock.now())
            for room_id_ in session.rooms:
                room = await self.memory.room(room_id_)
                found[room_state(room, scene)] += 1
                found["help"] += room.help is not None
        return found

    async def forget(self, member: MemberId) -> None:
        """Drop what is remembered of somebody who was erased, removed, or got a new code."""
        self.on_forget(member)
        self.memory.forget_words(member)
        self.scenes.forget()

    async def _room_turn(
        self, session_id: str, room_id_: RoomId, sender: c.Sender, command_id: str | None, command: c.RoomDecision
    ) -> Outcome:
        async with self._lock(room_id_):
            for attempt in range(TRIES):
                session = await self.memory.session(session_id)
                room = await self.memory.room(room_id_, fresh=attempt > 0)
                now = self._clock.now()
                new_id = fresh_id(sender, command_id, now)
                if command_id and room.heard(sender_key(sender), command_id):
                    late = Refused("step_is_over", kept=True) if new_id in room.late else None
                    return Outcome(room.version, refused=late)
                scene = await self.scenes.scene(session, now, new_id)
                # What was brought along from another room can be put on the class board, too.
                seen = await self.publish.with_what_was_brought(room, scene) if isinstance(command, c.Share) else room
                decision = decide_room(seen, scene, sender, command)
                outcome = await self._store_room(room, scene, sender, command_id, command, decision)
                if outcome is not None:
                    return outcome
            raise Refused("somebody_was_faster")

    async def _store_room(
        self,
        room: Room,
        scene: Scene,
        sender: c.Sender,
        command_id: str | None,
        command: c.RoomDecision,
        decision: Decision,
    ) -> Outcome | None:
        """Append and publish; None where another process was faster and the turn starts over."""
        if not decision.events:
            return Outcome(room.version, refused=decision.refused)
        appended = Appended(room.id, room.version + 1, scene.now, sender_key(sender), command_id, decision.events)
        after = grown_room(room, appended)
        replaced = replaced_works(room, decision.events)
        due = Due(current_step(after, scene.session), self._look_again(after, scene))
        stored = tuple(stored_work(work, decision.events, scene, room.id) for work in decision.works)
        if not await self._store.append(Append(appended, stored, replaced, due)):
            return None
        self.memory.took_room(after, decision.works, replaced)
        await self._after_room(after, scene, sender, command, decision)
        return Outcome(after.version, held=decision.works[0].held if decision.works else "", refused=decision.refused)

    def _look_again(self, room: Room, scene: Scene) -> datetime | None:
        return look_again_at(room, scene, self._grace)

    async def _after_room(
        self, room: Room, scene: Scene, sender: c.Sender, command: c.RoomDecision, decision: Decision
    ) -> None:
        if _only_private(decision, scene):
            # The teachers' board knows that something was written; a teacher who reads along reads it then.
            self.publish.row_changed(scene.session.id, room.id)
        else:
            await self.publish.room(room, scene)
        if isinstance(sender, c.Student):
            await self.publish.mine(sender.member, room, scene)
            await self._watch_words(room, scene, sender.member, decision.works)
        if isinstance(sender, c.Teacher):
            await self._audit(room, scene, sender, command)
        if any(isinstance(event, e.Shared | e.Wondered) for event in decision.events):
            self.publish.board_changed(scene.session.id)

    async def _watch_words(self, room: Room, scene: Scene, member: MemberId, works: tuple[Work, ...]) -> None:
        for work in works:
            kind = "contact" if work.held else "word_list" if alarming(work.entries, scene.lesson.text) else None
            if kind:
                setup = await self.scenes.setup(scene.session)
                await self._directory.concern(setup, work.id, room.id, member, kind, None, "", (work.id,))
            if kind == "word_list":
                await self._check(scene.session.id, room.id)

    async def _audit(self, room: Room, scene: Scene, teacher: c.Teacher, command: c.RoomDecision) -> None:
        match command:
            case c.EnterRoom(listening_only=listening):
                what = "entered_room_listening" if listening else "entered_room"
                await self._directory.audit(teacher.staff, what, scene.session.id, room.id)
            case c.LeaveRoom():
                seconds = await self._visit_seconds(room, teacher.staff)
                await self._directory.audit(teacher.staff, "left_room", scene.session.id, room.id, seconds=seconds)
            case _:
                pass

    async def _visit_seconds(self, room: Room, staff: str) -> int | None:
        """Return how long the visit that has just ended took, read from the log itself."""
        came: datetime | None = None
        went: datetime | None = None
        for appended in await self._store.read(room.id):
            for event in appended.events:
                if isinstance(event, e.TeacherCame) and event.by == staff:
                    came = appended.at
                elif isinstance(event, e.TeacherWent) and event.by == staff:
                    went = appended.at
        return round((went - came).total_seconds()) if came and went else None

    async def _session_turn(
        self,
        session_id: str,
        sender: c.Sender,
        command_id: str | None,
        command: c.SessionCommand | c.TogetherCommand | c.LookAtRound | c.Tick,
    ) -> Outcome:
        async with self._lock(session_id):
            for attempt in range(TRIES):
                session = await self.memory.session(session_id, fresh=attempt > 0)
                if command_id and session.heard(sender_key(sender), command_id):
                    return Outcome(session.version)
                if isinstance(command, c.StartLesson | c.ReopenSession):
                    self.scenes.forget(session_id)
                now = self._clock.now()
                hour = await self._hour(session, now) if isinstance(command, c.TimeCommand | c.Tick) else None
                rules = await self.scenes.rules(session, fresh_id(sender, command_id, now), now, hour)
                if isinstance(command, OPEN_ROOMS):
                    rules = replace(rules, steps=await self._steps_behind(session, command))
                decision = decide_sent(session, rules, sender, command)
                if not decision.events:
                    return Outcome(session.version)
                if isinstance(command, c.StartLesson):
                    # From here on the lesson is what it is now, whatever happens to protocol files.
                    await self._store.save_lesson(session_id, rules.lesson)
                if any(isinstance(event, e.SessionClosed | e.PartnersChanged) for event in decision.events):
                    await self._keep_what_was_being_written(session)
                appended = Appended(
                    session_id, session.version + 1, now, sender_key(sender), command_id, decision.events
                )
                notes = tuple(
                    StoredWork(w, session_id, None, now, by_staff=True, keep="record") for w in decision.works
                )
                after = grown_session(session, appended)
                in_plenary = all(isinstance(event, e.MomentEvents) for event in decision.events)
                due = None if in_plenary else self._class_due(after, rules.lesson.steps, now, decision.events)
                if await self._store.append(Append(appended, notes, (), due)):
                    self.memory.took_session(after)
                    await self._after_session(after, sender, decision, before=session)
                    return Outcome(after.version)
            raise Refused("somebody_was_faster")

    async def by_the_clock(
        self, session_id: str, decide: Callable[[Session], Awaitable[tuple[e.SessionEvents, ...]]]
    ) -> None:
        """Let the clock decide something of the lesson. Where another process was faster, it looks again at what is now."""
        async with self._lock(session_id):
            for attempt in range(TRIES):
                session = await self.memory.session(session_id, fresh=attempt > 0)
                events = await decide(session)
                if not events:
                    return
                clock = c.Clock()
                appended = Appended(session_id, session.version + 1, self._clock.now(), sender_key(clock), None, events)
                after = grown_session(session, appended)
                if await self._store.append(Append(appended)):
                    self.memory.took_session(after)
                    await self._after_session(after, clock, Decision(events), before=session)
                    return

    async def _steps_behind(self, session: Session, command: c.MoveSeat | c.SplitRoom) -> Mapping[RoomId, int]:
        room = command.room if isinstance(command, c.SplitRoom) else session.room_of(command.member)
        if room is None or room not in session.rooms:
            return {}
        return {room: current_step(await self.memory.room(room), session)}

    async def _hour(self, session: Session, now: datetime) -> Hour:
        return Hour(now, rooms={room: await self.memory.room(room) for room in session.rooms})

    async def fitting(self, session_id: str) -> Fitting | None:
        """Return how what is left would be fitted to the bell now, for a teacher who is still to agree."""
        session = await self.memory.session(session_id)
        if session.status != "running":
            return None
        now = self._clock.now()
        rules = await self.scenes.rules(session, "", now, await self._hour(session, now))
        return fit_now(rules.lesson, session, rules.hour) if rules.hour else None

    def _class_due(
        self, session: Session, steps: tuple[object, ...], now: datetime, events: tuple[e.AnyEvent, ...]
    ) -> Due:
        """A class that was moved or resumed is looked at after the grace: timed steps, and rooms that wait for nobody.

        Where timed steps may end sooner now, at once; and when the announced close is there.
        """
        running = session.status == "running" and not session.paused and session.floor < len(steps)
        soon = any(isinstance(event, SOONER) for event in events)
        looks = [now if soon else now + self._grace] if running else []
        over = wraps_up_at(session)
        return Due(max(session.floor, 0), min([*looks, *([over] if over else [])], default=None))

    async def _after_session(self, session: Session, sender: c.Sender, decision: Decision, *, before: Session) -> None:
        if any(isinstance(event, e.SessionReopened) for event in decision.events):
            await self._reopened(session, decision.events)
        scene = await self.scenes.scene(session, self._clock.now())
        if all(isinstance(event, e.ArrivalEvents) for event in decision.events):
            # What is proposed is the teachers' to read, and the few who are about to move.
            await self.publish.seats(session)
            await self._tell_who_may_move(before, session, scene)
            return
        self.publish.plenary_changed(session.id)
        if any(isinstance(event, e.BoardEvents) for event in decision.events):
            self.publish.board_changed(session.id)
        self.on_session(session, decision.events)
        if isinstance(sender, c.Student) or all(isinstance(event, e.MomentEvents) for event in decision.events):
            # Hands go up many at a time, and are in a part of their own.
            return
        if session.status != "lobby" or not all(isinstance(event, SEATS_ALONE) for event in decision.events):
            # Seats are teachers' business before the start: a thousand children in a lobby need not hear of each drag.
            await self.publish.session(session, scene)
        for event in decision.events:
            await self._written_down(session, sender_key(sender), event)
        if any(isinstance(event, SEATS_CHANGE) for event in decision.events):
            await self.publish.seats(session)
            self.reseat(session.id)
            await self._bus.tell("seats", session.id)
            await self._look_where_somebody_left(before, decision)
        await self._tell_who_may_move(before, session, scene)
        if any(isinstance(event, ROOMS_CHANGE) for event in decision.events):
            self.publish.every_room(session.id)
        for event in decision.events:
            if isinstance(event, e.NoteSent) and event.room:
                await self.publish.room(await self.memory.room(event.room), scene)

    async def _look_where_somebody_left(self, before: Session, decision: Decision) -> None:
        """Those who stay may have been waiting for nobody but who has left."""
        moved = [event.member for event in decision.events if isinstance(event, e.SeatMoved | e.MemberRemoved)]
        for room in dict.fromkeys(before.room_of(member) for member in moved):
            if room is not None and before.status == "running":
                await self._tick_room(room, current_step(await self.memory.room(room), before))

    async def _tell_who_may_move(self, before: Session, session: Session, scene: Scene) -> None:
        """Tell survivors that the clock is about to bring them to others, or is not any more."""
        for member in soon_moved(before) ^ soon_moved(session):
            room = session.room_of(member)
            if room == before.room_of(member):
                # Whoever has moved gets everything anew.
                place = await self.memory.room(room) if room else None
                await self.publish.mine(member, place, scene, with_drafts=True)

    async def _reopened(self, session: Session, events: tuple[e.AnyEvent, ...]) -> None:
        """Before anybody is told: the bell that they see is counted from the new hour."""
        for event in events:
            if isinstance(event, e.SessionReopened):
                await self._directory.status(session.id, "running", event.starts_at)
        self.scenes.forget(session.id)

    async def _written_down(self, session: Session, by: str, event: e.AnyEvent) -> None:
        match event:
            case e.LessonStarted():
                await self._directory.status(session.id, "running")
                await self._directory.met(session.id, self._clock.now(), everybody_who_sat(session))
            case e.SeatMoved(member=member, room=room, apart=apart):
                for other in apart:
                    about = f"{member} {other}"
                    await self._directory.audit(by, "seated_kept_apart", session.id, room, about=about)
                if session.status == "running":
                    await self._directory.met(session.id, self._clock.now(), everybody_who_sat(session))
            case e.PartnersChanged():
                await self._directory.met(session.id, self._clock.now(), everybody_who_sat(session))
                for one, other in event.apart:
                    about = f"{one} {other}"
                    await self._directory.audit(by, "seated_kept_apart", session.id, None, about=about)
            case e.RoomsProposed(apart=apart):
                for one, other in apart:
                    about = f"{one} {other}"
                    await self._directory.audit(by, "seated_kept_apart", session.id, None, about=about)
            case e.SessionSetAside():
                await self._directory.status(session.id, "set_aside")
            case e.SessionClosed():
                await self._end(session)
            case e.MemberRemoved(member=member):
                await self._directory.audit(by, "removed_student", session.id, None, about=member)
            case e.RoomParted(room=room):
                await self._directory.audit(by, "separated_room", session.id, room)
            case _:
                pass

    async def _keep_what_was_being_written(self, session: Session) -> None:
        """At the bell half-written answers become late answers, so that nothing typed is lost with the drafts."""
        newest: dict[tuple[MemberId, int, str], Draft] = {}
        for room_id_ in session.rooms:
            for draft in await self._store.drafts(session.id, room_id_):
                key = (draft.member, draft.step, draft.input)
                # Whoever was moved may have gone on with the same words in another room.
                newest[key] = max(newest.get(key, draft), draft, key=lambda one: one.at)
        for (member, step, asked), draft in newest.items():
            places = {*session.former.get(member, ()), session.room_of(member) or draft.room}
            rooms = [await self.memory.room(place) for place in sorted(places)]
            given = any(member in room.answers.get((step, asked), {}) for room in rooms)
            if given or not any(entry.says_something() for entry in draft.entries):
                continue
            try:
                answer = c.Answer(step=step, input=asked, entries=draft.entries)
                await self._room_turn(session.id, draft.room, c.Student(member), f"bell-{step}-{asked}", answer)
            except Refused as refused:
                _logger.info("draft_not_kept", reason=refused.code)

    async def _end(self, session: Session) -> None:
        await self._directory.status(session.id, "closed")
        await self._forget_fleeting(session)

    async def _forget_fleeting(self, session: Session) -> None:
        """Erase what was for this lesson only, and what this process remembers of it."""
        setup = await self.scenes.setup(session)
        forget = [member for member, person in setup.people.items() if not person.keeps_words]
        await self._store.end_session(session.id, forget)
        self.memory.forget_session(session.id)

    async def _proposal(self, session: Session, command: c.ProposeRooms) -> c.LayOutRooms:
        people = list((await self.publish.rechecks.seatable(session)).values())
        history = await self.publish.rechecks.history_now(session)
        if len(people) > LARGE_PAIRING:
            layout: Layout = await asyncio.to_thread(lay_out, people, history, self._assign)
        else:
            layout = lay_out(people, history, self._assign)
        ids = [room_id(session.id, n) for n in range(1, len(layout.rooms) + 1)]
        return c.LayOutRooms(
            rooms=dict(zip(ids, layout.rooms, strict=True)),
            why=dict(zip(ids, layout.why, strict=True)),
            unplaced=layout.unplaced,
            over=command.over,
        )

    def _warm_up(self, session: Session) -> None:
        """Load the solver when a teacher comes to a lobby, not at the press: others would wait for it."""
        if not self._warm and session.status == "lobby":
            self._warm = asyncio.get_running_loop().run_in_executor(None, self._assign, [[0.0]])

    async def partners(self, session_id: str) -> tuple[int | None, Layout]:
        """Return the step at which the next new partners begin, None if none do, and the rooms proposed for it."""
        session = await self.memory.session(session_id)
        lesson = (await self.scenes.setup(session)).lesson
        people = await self.publish.rechecks.seatable(session)
        history = await self.publish.rechecks.history_now(session)
        layout = await asyncio.to_thread(proposed_partners, session, people, history, self._assign)
        return next_rotation(lesson, session), layout

    async def rooms_now(self, session_id: str) -> tuple[tuple[MemberId, ...], ...]:
        """Return the rooms of a lesson as they are laid out now, in the order of their numbers."""
        session = await self.memory.session(session_id)
        in_order = sorted(session.rooms, key=room_number)
        return tuple(session.rooms[room] for room in in_order if session.rooms[room])

    async def rules_changed(self, session_id: str) -> None:
        """Look at the proposed rooms again: somebody is kept apart or together now, or no longer."""
        self.scenes.forget(session_id)
        self.publish.rechecks.forget(session_id)
        await self.publish.seats(await self.memory.session(session_id))


def everybody_who_sat(session: Session) -> dict[RoomId, tuple[MemberId, ...]]:
    """Return the rooms of all parts of a lesson: those that there are now, and those before partners changed."""
    return {**session.rotated, **{room: members for room, members in session.rooms.items() if members}}


def decide_sent(
    session: Session,
    rules: Rules,
    sender: c.Sender,
    command: c.SessionCommand | c.TogetherCommand | c.LookAtRound | c.Tick,
) -> Decision:
    """Return what a command makes happen in the session: a learner's hand or turn, a teacher's command, or what is due."""
    around = RoundScene(rules.lesson, rules.people, rules.present)
    match sender, command:
        case c.Student(member=member), c.RaiseHand() | c.LowerHand() | c.AnswerOffer():
            return decide_hand(session, rules.lesson, member, command)
        case c.Student(member=member), c.JoinRound() | c.EndRoundTurn():
            return decide_speaker(session, around, member, command)
        case c.Clock(), c.LookAtRound():
            return look_at_round(session, around)
        case c.Clock(), c.Tick() if rules.hour is not None:
            return Decision(decide_over(session, rules.hour.now))
        case c.Teacher(), (
            c.RaiseHand()
            | c.LowerHand()
            | c.AnswerOffer()
            | c.JoinRound()
            | c.EndRoundTurn()
            | c.LookAtRound()
            | c.Tick()
        ):
            raise Refused("not_allowed")
        case c.Teacher(), _:
            return decide_session(session, rules, sender, command)
        case _:
            raise Refused("not_allowed")


def replaced_works(room: Room, events: tuple[e.AnyEvent, ...]) -> tuple[WorkId, ...]:
    """Return works that these events make obsolete: an earlier answer, an earlier wording, a proposal that was settled."""
    gone: list[WorkId] = []
    for event in events:
        match event:
            case e.Answered(of_step=step, input=asked, member=member, late=False):
                gone += [w for m, w in room.answers.get((step, asked), {}).items() if m == member]
            case e.LineReworded(line=line_id, work=work):
                line = room.line(line_id)
                gone += (
                    [w for w in (line.work, line.proposal[1] if line.proposal else work) if w != work] if line else []
                )
            case e.LineProposed(line=line_id) | e.ProposalDeclined(line=line_id):
                line = room.line(line_id)
                gone += [line.proposal[1]] if line and line.proposal else []
            case e.LineWithdrawn(line=line_id):
                line = room.line(line_id)
                gone += [line.work, *([line.proposal[1]] if line.proposal else [])] if line else []
            case _:
                pass
    return tuple(gone)


def stored_work(work: Work, events: tuple[e.AnyEvent, ...], scene: Scene, room: RoomId) -> StoredWork:
    """Return a learner's words with what review and erasure need to know of them."""
    about = next(event for event in events if getattr(event, "work", None) == work.id)
    index, asked, late = _place(about)
    lesson_step = scene.lesson.steps[index]
    protocol = scene.lesson.parts[lesson_step.part].protocol
    person = scene.people.get(work.member)
    kept = lesson_step.step.keep == "record" and (person is None or person.keeps_words)
    return StoredWork(
        work=work,
        session=scene.session.id,
        room=room,
        at=scene.now,
        step=index,
        step_id=lesson_step.id,
        protocol=protocol.id,
        protocol_version=protocol.version,
        text_hash=scene.lesson.text_hash,
        input=asked or (lesson_step.step.inputs[0].id if lesson_step.step.inputs else None),
        visibility=lesson_step.step.visibility,
        keep="record" if kept else "session",
        late=late,
    )


def _place(event: e.AnyEvent) -> tuple[int, str | None, bool]:
    match event:
        case e.Answered(of_step=step, input=asked, late=late):
            return step, asked, late
        case e.RoomEvent(step=step):
            return step, None, False
        case _:
            raise ValueError(f"{event.kind} carries no words of learners")


def _only_private(decision: Decision, scene: Scene) -> bool:
    """Whether nothing that others see has changed: an answer before its reveal is no news to the partner."""
    return all(
        isinstance(event, e.Answered)
        and scene.lesson.steps[event.of_step].step.visibility != "live"
        and scene.lesson.steps[event.of_step].step.completion != "partner_confirms"
        and not event.late
        for event in decision.events
    )
