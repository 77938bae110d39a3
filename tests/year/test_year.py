"""The invented year holds to the product's own rules, so that looking back at it is looking back at something real."""

import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.app import HOUSE, House, make_app, read_library
from server.core.live import commands as c
from server.core.live.lesson import Lesson
from server.core.live.scene import Person
from server.core.live.state import Session
from server.core.people.models import Plan, PlannedPart
from server.core.review.record import Happened, record_of
from server.core.twinning.plan import compile_plan
from server.demo import LESSONS_OF_A_YEAR, make_demo, make_year
from server.ports.live import Append
from server.settings import Settings
from server.year.playing import Cast, Playing
from server.year.sayings import SAYINGS

NOW = datetime(2026, 10, 13, 8, tzinfo=UTC)
LIBRARY = read_library(Settings())


def lesson_of(protocol: str) -> Lesson:
    parts = tuple(PlannedPart(protocol=p) for p in (protocol, "reflection", "self_assessment"))
    plan = Plan(parts=parts, text="ruth-1", first="1:14", last="1:17", band=LIBRARY.protocols[protocol].bands[-1])
    return compile_plan(plan, {"en": "x", "he": "x"}, LIBRARY.protocols, LIBRARY.texts, 3)


def cast(pairs: int) -> Cast:
    people: dict[str, Person] = {}
    for number in range(pairs):
        for side, language in (("a", "he"), ("b", "en")):
            member = f"{side}{number}"
            people[member] = Person(member, side, {"en": member}, side, (language,), (language,), "video")
    languages = {member: person.speaks[0] for member, person in people.items()}
    rooms = [(f"a{n}", f"b{n}") for n in range(pairs)]
    return Cast(people, languages, rooms, (c.Teacher("levi", "a"), c.Teacher("stone", "b")))


def played(protocol: str, seed: int = 1) -> list[Append]:
    return Playing(lesson_of(protocol), cast(6), random.Random(seed), NOW, Session("s")).whole()


@pytest.mark.parametrize("protocol", sorted(set(LIBRARY.protocols) - {"reflection", "self_assessment"}))
def test_every_protocol_can_be_played_to_its_end(protocol: str) -> None:
    record = record_of("s", [Happened(a.appended.stream, a.appended.at, a.appended.events) for a in played(protocol)])
    assert record.session.status == "closed"
    ends = [record.came_to(room) for room in record.session.rooms]
    assert max(ends) >= len(lesson_of(protocol).steps) - 1


def test_versions_of_each_stream_have_no_gap() -> None:
    streams: dict[str, list[int]] = {}
    for one in played("noticing_and_wondering"):
        streams.setdefault(one.appended.stream, []).append(one.appended.version)
    assert all(versions == list(range(1, len(versions) + 1)) for versions in streams.values())


def test_every_word_is_told_of_by_an_event_and_every_id_is_its_own() -> None:
    works = [stored.work.id for one in played("listening_to_my_peer_partner") for stored in one.works]
    told = {
        getattr(event, "work", None) for one in played("listening_to_my_peer_partner") for event in one.appended.events
    }
    assert len(works) == len(set(works))
    assert set(works) <= told


def test_the_same_seed_makes_the_same_lesson() -> None:
    assert played("agree_disagree", 7) == played("agree_disagree", 7)
    assert played("agree_disagree", 7) != played("agree_disagree", 8)


def test_sayings_are_as_many_in_hebrew_as_in_english() -> None:
    assert all(len(both["en"]) == len(both["he"]) for both in SAYINGS.values())


@pytest.fixture
async def house(tmp_path: Path) -> House:
    app = await make_app(Settings(data_dir=tmp_path, demo=True, database_url=None, redis_url=None))
    await make_demo(app[HOUSE])
    return app[HOUSE]


async def test_a_year_of_the_demo_is_made_once_and_can_be_read_back(house: House) -> None:
    house.store.start()
    try:
        assert await make_year(house) == LESSONS_OF_A_YEAR
        assert await make_year(house) == 0
        demo = await house.people.session("demo-lesson")
        assert demo is not None
        held = [s for s in await house.people.sessions_of(demo.twinning) if s.id != demo.id]
        assert Counter(s.status for s in held) == {"closed": LESSONS_OF_A_YEAR}
        assert all(s.starts_at < demo.starts_at for s in held)
        again = Counter(s.arc for s in held)
        assert max(again.values()) == 4, "havrutot stay together for an arc"
    finally:
        await house.store.stop()
        await house.engine.dispose()
