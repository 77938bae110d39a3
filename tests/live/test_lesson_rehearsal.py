"""One teacher rehearses a lesson alone: both classes are simulated, and nothing of it is left afterwards."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest

from server import rehearsing
from server.adapters.seed import SESSION
from server.bot_days import Shares, days
from server.core.twinning.rehearsal_copy import PREFIX
from server.edges.identity import STAFF_COOKIE
from server.rehearsing import Rehearsing
from tests.socket.served import PersonOnline, Served, serving, soon

PATIENCE_SECONDS = 120.0
QUICK = Shares(arrive_over=1, late=0, absent=0, drop=0, help=0)


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Served]:
    """A server on which rehearsals are quick to fill and quick to go."""
    monkeypatch.setattr(rehearsing, "LIVELY", QUICK)
    monkeypatch.setattr(rehearsing, "KEPT_AFTER_CLOSE_SECONDS", 0.0)
    monkeypatch.setattr(rehearsing, "LOOK_EVERY_SECONDS", 0.1)
    async with serving(tmp_path) as running:
        yield running


def rows(served: Served) -> dict[str, int]:
    """Return how many rows stand in each table."""
    with closing(sqlite3.connect(served.house.settings.data_dir / "havruta.sqlite")) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 -- names of our own tables


async def begin(served: Served, staff: str = "demo-levi") -> str:
    """Press Rehearse and return the rehearsal's lesson."""
    browser = await served.browser("staff", staff)
    async with browser.post(f"{served.url}/sessions/{SESSION}/rehearse", allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return answer.headers["Location"].split("/")[2]


async def teacher_in(served: Served, session: str) -> PersonOnline:
    """Return the teacher with the rehearsal open."""
    person = PersonOnline(served.url)
    person.who, person.session = "demo-levi", session
    person.http.cookie_jar.update_cookies({STAFF_COOKIE: await served.token("staff", "demo-levi")})
    await person.connect()
    await person.until(lambda p: "presence" in p.views, "for the lobby", PATIENCE_SECONDS)
    return person


async def test_a_teacher_alone_leads_a_whole_class_and_nothing_is_left(served: Served) -> None:
    before = rows(served)
    session = await begin(served)
    assert session.startswith(PREFIX)
    teacher = await teacher_in(served, session)
    async with teacher.http.get(f"{served.url}/sessions/{session}/live") as page:
        assert "Rehearsal: " in await page.text()
    children = 23
    await teacher.until(lambda p: len(p.views["presence"]["present"]) == children, "for both classes", PATIENCE_SECONDS)
    assert (await teacher.say("propose_rooms"))["ok"]
    started = await teacher.say("start_lesson")
    assert started["ok"], "the stand-in is the partner class's adult"
    await teacher.until(lambda p: any(row["step"] > 0 for row in p.rows.values()), "for a step", PATIENCE_SECONDS)
    assert (await teacher.say("close_session"))["ok"]
    await teacher.leave()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while any(one.startswith(PREFIX) for one in await all_ids(served)):  # noqa: ASYNC110 -- nothing tells of a removal
            await asyncio.sleep(0.1)
    after = rows(served)
    for table in ("sign_ins", "lessons", "audit"):
        # The teacher's own sign-ins, the lesson's frozen plan, and the log that is only added to.
        before.pop(table)
        after.pop(table)
    assert after == before


async def all_ids(served: Served) -> list[str]:
    with closing(sqlite3.connect(served.house.settings.data_dir / "havruta.sqlite")) as database:
        found: list[str] = []
        for table in ("sessions", "students", "classes", "schools", "staff", "twinnings"):
            found += [row[0] for row in database.execute(f"SELECT id FROM {table}")]  # noqa: S608 -- the same
        return found


async def test_beginning_again_ends_the_rehearsal_before(served: Served) -> None:
    first, second = await begin(served), await begin(served)
    there = await all_ids(served)
    assert second in there
    assert first not in there


async def test_the_partner_school_sees_nothing_of_a_rehearsal(served: Served) -> None:
    session = await begin(served)
    browser = await served.browser("staff", "demo-stone")
    async with browser.get(f"{served.url}/sessions/{session}/live") as answer:
        assert answer.status == 404
    for path in ("/home", "/review", f"/sessions/{SESSION}", "/twinnings/demo-twinning"):
        async with browser.get(f"{served.url}{path}") as answer:
            assert answer.status == 200
            assert PREFIX not in await answer.text()


async def test_as_many_are_under_way_as_the_server_allows(tmp_path: Path) -> None:
    async with serving(tmp_path, rehearsals=1) as served:
        await begin(served)
        browser = await served.browser("staff", "demo-stone")
        async with browser.post(f"{served.url}/sessions/{SESSION}/rehearse") as answer:
            assert answer.status == 409


async def test_simulated_classes_come_also_where_the_server_stands_behind_https(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "LIVELY", QUICK)
    async with serving(tmp_path, public_url="https://havruta.test") as served:
        people = served.house.people
        lesson, levi = await people.session(SESSION), await people.staff("demo-levi")
        twinning = await people.twinning("demo-twinning")
        assert lesson and levi and twinning  # noqa: PT018 -- the sample
        played = Rehearsing(served.house)
        session = await played.begin(lesson, twinning, levi)
        assert session is not None
        # 23 children, and the teacher who is stood in for.
        await soon(lambda: len({peer.who for peer in served.house.presence.peers(session)}) == 24, PATIENCE_SECONDS)
        await played.stop(None)


async def test_what_a_server_that_stopped_in_the_middle_left_behind_is_removed(served: Served) -> None:
    lost = await begin(served)
    session = await served.house.people.session(lost)
    assert session is not None
    forgetful = Rehearsing(served.house)
    await served.house.people.save_session(
        session.model_copy(update={"starts_at": session.starts_at - 2 * rehearsing.LONGEST})
    )
    lesson = await served.house.people.session(SESSION)
    assert lesson is not None
    twinning, stone = await served.house.people.twinning(lesson.twinning), await served.house.people.staff("demo-stone")
    assert twinning is not None
    assert stone is not None
    assert await forgetful.begin(lesson, twinning, stone)
    assert lost not in await all_ids(served)
    await forgetful.stop(None)


# -- a class as in life -----------------------------------------------------------------------------------------------


def test_a_class_arrives_over_two_to_three_minutes_with_some_late_and_some_absent() -> None:
    made = days(500, Shares(), seed=1)
    comes = sorted(day.comes_after for day in made if day.comes_after is not None)
    assert (len(made) - len(comes), sum(at > 150 for at in comes)) == (15, 25)
    assert comes[len(comes) // 2] < 75, "most come in the first half"
    assert comes[-1] <= 450


def test_some_drop_out_some_twice_some_ask_for_help_and_one_is_quickest() -> None:
    made = days(500, Shares(), seed=1)
    outs = [len(day.out_after) for day in made]
    assert 30 < sum(out > 0 for out in outs) < 90
    assert 5 < outs.count(2) < 40
    assert 20 < sum(day.help_after is not None for day in made) < 60
    assert [day.tempo for day in made].count(0.2) == 1


def test_the_same_seed_makes_the_same_class() -> None:
    assert days(60, Shares(), 7) == days(60, Shares(), 7) != days(60, Shares(), 8)


@pytest.mark.parametrize("many", [0, 1, 2, 3])
def test_small_classes_have_days_too(many: int) -> None:
    assert len(days(many, Shares(), 1)) == many
