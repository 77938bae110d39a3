"""Rehearsals of lessons under way in this process: the copy is made, simulated classes come, and all of it is removed again."""

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from server.adapters.sql.lesson_copies import SqlLessonCopies
from server.app import House
from server.bot_days import Shares, in_turn
from server.bots import BotClass
from server.core.people.codes import make_code
from server.core.people.consent import may_cross
from server.core.people.models import LessonSession, SideName, Staff, Twinning
from server.core.twinning.rehearsal_copy import RehearsalCopy, copy_of
from server.edges.identity import STAFF_COOKIE
from server.edges.pages.rehearse_lesson import REHEARSE
from server.edges.parts import PARTS

LONGEST = timedelta(hours=2)
KEPT_AFTER_CLOSE_SECONDS = 60.0
LOOK_EVERY_SECONDS = 3.0
USUAL_SIZE = 12
LIVELY = Shares(arrive_over=90, late=0.08, absent=0.04, drop=0.15, help=0.12)
"""A class that shows a teacher in one lesson whatever can happen."""
_logger = structlog.get_logger(__name__)


def offer_rehearsals(house: House) -> None:
    """Let teachers of this server rehearse, unless whoever runs it wants no simulated classes on it."""
    if not house.settings.rehearsals:
        return
    rehearsing = Rehearsing(house)
    house.app[REHEARSE] = rehearsing.begin
    house.app.on_shutdown.append(rehearsing.stop)


@dataclass(slots=True)
class _UnderWay:
    teacher: str
    task: asyncio.Task[None]


class Rehearsing:
    """Begins rehearsals and cleans up after them. One a teacher: beginning another ends the one before."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._copies = SqlLessonCopies(house.engine)
        self._under_way: dict[str, _UnderWay] = {}

    async def begin(self, lesson: LessonSession, twinning: Twinning, teacher: Staff) -> str | None:
        """Return the rehearsal's lesson, its lobby open and both classes on their way; None while there are too many."""
        for key, one in list(self._under_way.items()):
            if one.teacher == teacher.id:
                await self._end(key)
        await self._remove_left_behind()
        if len(self._under_way) >= self._house.settings.rehearsals:
            return None
        copy, codes = await self._write(lesson, twinning, teacher)
        key = copy.session.id
        token = await self._house.app[PARTS].sign_ins.start("staff", copy.stand_in.id, self._now())
        cookie = f"__Host-{STAFF_COOKIE}" if self._house.settings.https else STAFF_COOKIE
        settings = self._house.settings
        bots = BotClass(
            f"http://{'127.0.0.1' if settings.host == '0.0.0.0' else settings.host}:{settings.port}",  # noqa: S104 -- asked about, not listened on
            codes,
            stand_ins=[f"{cookie}={token}"],
            session=key,
            shares=LIVELY,
            origin=settings.origin,
        )
        task = asyncio.get_running_loop().create_task(self._play(key, bots), name=key)
        self._under_way[key] = _UnderWay(teacher.id, task)
        return key

    async def stop(self, _app: object) -> None:
        """Send everybody home and leave nothing behind."""
        for key in list(self._under_way):
            await self._end(key)

    async def _write(
        self, lesson: LessonSession, twinning: Twinning, teacher: Staff
    ) -> tuple[RehearsalCopy, list[str]]:
        people = self._house.people
        ours: SideName = twinning.side_of(teacher.school) or "a"
        across = next(side for side in twinning.sides if side.side != ours)
        own = await people.school(teacher.school)
        partner = await people.school(across.schools[0]) if across.schools else own
        if own is None or partner is None:
            raise LookupError(teacher.school)
        sizes: dict[SideName, int] = {}
        for side in lesson.sides:
            learners = await people.students_in(side.classes) if side.classes else []
            sizes[side.side] = sum(1 for one in learners if may_cross(one)) or USUAL_SIZE
        copy = copy_of(lesson, own, partner, teacher.id, sizes, ours, secrets.token_hex(4), self._now())
        await people.save_school(copy.partner)
        await people.save_staff(copy.stand_in)
        for group in copy.classes:
            await people.save_class(group)
        coded = [(student, make_code(secrets.token_bytes(64))) for student in copy.students]
        await people.add_students(coded)
        await people.save_twinning(copy.twinning)
        await people.save_session(copy.session)
        sides = [[code for student, code in coded if student.class_id == group.id] for group in copy.classes]
        return copy, in_turn(sides)

    async def _play(self, key: str, bots: BotClass) -> None:
        """Let the classes come; when the lesson is closed, or has lasted long enough, remove all of it."""
        coming = asyncio.get_running_loop().create_task(bots.run(LONGEST.total_seconds()), name=f"{key}-bots")
        try:
            while not coming.done():
                await asyncio.wait([coming], timeout=LOOK_EVERY_SECONDS)
                session = await self._house.people.session(key)
                if session is None or session.status == "closed":
                    await asyncio.sleep(KEPT_AFTER_CLOSE_SECONDS)
                    break
        except Exception as problem:  # noqa: BLE001 -- a rehearsal that fails must not take the server's lessons with it
            _logger.warning("rehearsal_failed", rehearsal=key, reason=type(problem).__name__)
        finally:
            coming.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await coming
        await self._remove(key)

    async def _end(self, key: str) -> None:
        one = self._under_way.get(key)
        if one is not None:
            one.task.cancel()
            await asyncio.gather(one.task, return_exceptions=True)
        await self._remove(key)

    async def _remove(self, key: str) -> None:
        self._under_way.pop(key, None)
        await self._copies.remove(key)
        self._house.live.memory.forget_session(key)

    async def _remove_left_behind(self) -> None:
        for key in await self._copies.older_than(self._now() - LONGEST):
            if key not in self._under_way:
                await self._copies.remove(key)

    def _now(self) -> datetime:
        return self._house.app[PARTS].clock.now()
