"""What `havruta demo` prepares and prints: the sample twinning, an open lobby, and the class that can be filled."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.adapters.assignment import assign
from server.adapters.clock import SystemClock
from server.adapters.seed import SESSION, DemoPeople, seed_demo
from server.adapters.seed import DemoStudent as DemoStudentKept
from server.app import House
from server.bot_days import in_turn
from server.bots import BotClass
from server.core.languages import say
from server.edges.identity import hash_password
from server.edges.pages.entrance import DemoDoor, DemoStudent, DemoTeacher
from server.year.seeding import Shelf, Year, seed_year

LESSONS_OF_A_YEAR = 20
from server.rehearsing import offer_rehearsals


@dataclass(frozen=True, slots=True)
class TeacherLine:
    """A teacher of the sample twinning, as printed."""

    school: str
    email: str
    password: str
    url: str


@dataclass(frozen=True, slots=True)
class StudentLine:
    """A student of the sample twinning, as printed."""

    name: str
    school: str
    code: str
    url: str


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """Everything that is needed to be anybody in the demo."""

    url: str
    teachers: tuple[TeacherLine, ...]
    students: tuple[StudentLine, ...]
    session: str
    data_dir: Path

    def as_json(self) -> dict[str, Any]:
        """Return the object of `havruta demo --json`."""
        return {
            "url": self.url,
            "teachers": [
                {"school": t.school, "email": t.email, "password": t.password, "url": t.url} for t in self.teachers
            ],
            "students": [{"name": s.name, "school": s.school, "code": s.code, "url": s.url} for s in self.students],
            "session": {"id": self.session, "url": f"{self.url}/sessions/{self.session}/live"},
        }


class DemoClass:
    """Fills the class once, over the real wire, for as long as the server runs."""

    def __init__(self, house: House, people: DemoPeople) -> None:
        self._house = house
        self._people = people
        self._running: asyncio.Task[None] | None = None

    async def fill(self, count: int | None = None) -> None:
        """Let simulated students come, and stand-ins for teachers who are not here; again while they are here: nothing."""
        if self._running and not self._running.done():
            return
        here = {peer.who for peer in self._house.presence.peers(self._people.session)}
        teachers = [(t.email, t.password) for t in self._people.teachers if t.id not in here]
        codes = [s.code for s in in_turn(_sides(self._people)) if s.id not in here]
        bots = BotClass(self._house.settings.origin, codes[:count], teachers=teachers, session=self._people.session)
        self._running = asyncio.get_running_loop().create_task(bots.run(2 * 3600), name="demo-bots")

    async def stop(self, _app: object) -> None:
        """Send everybody home."""
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)


def _sides(people: DemoPeople) -> list[list[DemoStudentKept]]:
    return [[s for s in people.students if s.side == side] for side in ("a", "b")]


async def make_demo(house: House, each: int | None = None) -> tuple[DemoPeople, DemoClass]:
    """Seed the sample twinning (once), open its lobby, and hang the first-minute page's door."""
    kept_in = house.settings.data_dir / "demo.json"
    people = await seed_demo(house.people, SystemClock(), kept_in, hash_password, each)
    lesson = await house.people.session(people.session)
    if lesson and lesson.status == "planned":
        await house.people.save_session(lesson.model_copy(update={"status": "lobby"}))
    bots = DemoClass(house, people)
    house.app.on_shutdown.append(bots.stop)
    offer_rehearsals(house)
    return people, bots


async def make_year(house: House) -> int:
    """Give the sample twinning a year of lessons to look back at; those that are there stay as they are."""
    lesson = await house.people.session(SESSION)
    if lesson is None:
        return 0
    shelf = Shelf(house.library.protocols, house.library.texts)
    year = Year(lesson, LESSONS_OF_A_YEAR, lesson.starts_at)
    return await seed_year(house.people, house.store, shelf, assign, year)


def demo_door(people: DemoPeople, bots: DemoClass) -> DemoDoor:
    """Return what the first page offers."""
    return DemoDoor(
        teachers=tuple(DemoTeacher(t.id, t.names, t.school, t.email, t.password, t.side) for t in people.teachers),
        students=tuple(DemoStudent(s.names, s.school, s.code, s.side) for s in people.students),
        session=people.session,
        fill=bots.fill,
    )


def summary(house: House, people: DemoPeople) -> DemoSummary:
    """Return what is printed."""
    url = house.settings.origin
    return DemoSummary(
        url=url,
        teachers=tuple(TeacherLine(say(t.school, "en"), t.email, t.password, f"{url}/signin") for t in people.teachers),
        students=tuple(
            StudentLine(say(s.names, "en"), say(s.school, "en"), s.code, f"{url}/j/{s.code}") for s in people.students
        ),
        session=people.session,
        data_dir=house.settings.data_dir,
    )
