"""What the store of rehearsals promises, on both databases."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.sql.engine import reading
from server.adapters.sql.people import SqlPeople
from server.adapters.sql.rehearsal_tables import rehearsal_devices, rehearsal_results, rehearsals
from server.adapters.sql.rehearsals import PLACE_IS_FREE_AFTER, SqlRehearsals
from server.core.people.codes import normalise_code
from server.core.rehearsal import LIFE, MOST_DEVICES, Report, Result, result_of
from tests.people.conftest import NOW, SECRET

CLASS = "class-haifa"
LATER = NOW + timedelta(seconds=2)
SEES = Report(camera="works", microphone="missing", socket=True)


@pytest.fixture
async def store(people: SqlPeople, engine: AsyncEngine) -> SqlRehearsals:
    assert await people.class_group(CLASS) is not None
    return SqlRehearsals(engine, SECRET)


async def test_a_code_opens_its_rehearsal_and_is_stored_nowhere(store: SqlRehearsals, engine: AsyncEngine) -> None:
    begun = await store.open(CLASS, NOW)
    code = store.code_of(begun)
    assert normalise_code(code) == code
    assert await store.by_code(code) == await store.of_class(CLASS) == begun
    assert await store.by_code("ABCDEFGHJ") is None
    async with reading(engine) as connection:
        row = (await connection.execute(select(rehearsals))).mappings().one()
    assert code not in str(dict(row))
    assert SqlRehearsals(engine, "another secret").code_of(begun) != code


async def test_opening_another_ends_the_last_one_with_its_devices(store: SqlRehearsals, engine: AsyncEngine) -> None:
    first = await store.open(CLASS, NOW)
    assert await store.join(first, "key", "Chrome 140", NOW) == 1
    second = await store.open(CLASS, NOW)
    assert await store.by_code(store.code_of(first)) is None
    assert await store.devices(second) == []
    assert await store.hear(first, 1, "key", SEES, LATER) == "unknown"
    async with reading(engine) as connection:
        assert (await connection.execute(select(rehearsal_devices))).all() == []


async def test_what_is_over_anywhere_is_cleared_away_with_the_next_one(store: SqlRehearsals) -> None:
    await store.open("class-chicago", NOW)
    await store.open(CLASS, NOW + LIFE - timedelta(minutes=1))
    assert await store.of_class("class-chicago") is not None
    await store.open("class-boston", NOW + LIFE)
    assert await store.of_class("class-chicago") is None
    assert await store.of_class(CLASS) is not None


async def test_devices_that_come_at_the_same_moment_get_different_numbers(store: SqlRehearsals) -> None:
    begun = await store.open(CLASS, NOW)
    numbers = await asyncio.gather(*(store.join(begun, f"key {n}", "Chrome 140", NOW) for n in range(12)))
    assert sorted(n for n in numbers if n) == list(range(1, 13))


async def test_there_is_an_end_of_places_and_those_of_devices_long_gone_are_given_again(store: SqlRehearsals) -> None:
    begun = await store.open(CLASS, NOW)
    for n in range(MOST_DEVICES):
        assert await store.join(begun, f"key {n}", "", NOW) == n + 1
    assert await store.join(begun, "one more", "", NOW + timedelta(seconds=30)) is None
    later = NOW + PLACE_IS_FREE_AFTER + timedelta(seconds=1)
    assert await store.hear(begun, 1, "key 0", SEES, later) == "kept"
    assert await store.join(begun, "one more", "", later) == 2
    assert await store.hear(begun, 2, "key 1", SEES, later) == "unknown"


async def test_a_device_is_heard_with_its_own_key_only_and_not_too_often(store: SqlRehearsals) -> None:
    begun = await store.open(CLASS, NOW)
    await store.join(begun, "key", "Chrome 140", NOW)
    assert await store.hear(begun, 1, "other key", SEES, LATER) == "unknown"
    assert await store.hear(begun, 2, "key", SEES, LATER) == "unknown"
    assert [await store.knows(begun, n, key) for n, key in ((1, "key"), (1, "x"), (2, "key"))] == [True, False, False]
    assert await store.hear(begun, 1, "key", SEES, LATER) == "kept"
    soon = LATER + timedelta(milliseconds=100)
    assert await store.hear(begun, 1, "key", SEES, soon) == "kept"
    assert await store.hear(begun, 1, "key", Report(), soon) == "too_soon"
    [device] = await store.devices(begun)
    assert (device.report, device.seen) == (SEES, LATER)


async def test_a_device_with_nothing_new_is_still_here(store: SqlRehearsals) -> None:
    begun = await store.open(CLASS, NOW)
    await store.join(begun, "key", "Chrome 140", NOW)
    await store.hear(begun, 1, "key", SEES, LATER)
    later = LATER + timedelta(seconds=6)
    assert await store.hear(begun, 1, "key", None, later) == "kept"
    [device] = await store.devices(begun)
    assert (device.report, device.seen) == (SEES, later)


async def test_a_round_that_two_begin_begins_once(store: SqlRehearsals) -> None:
    begun = await store.open(CLASS, NOW)
    await store.begin_round(begun, LATER)
    await store.begin_round(begun, LATER + timedelta(seconds=1))
    now = await store.of_class(CLASS)
    assert now is not None
    assert (now.round, now.together_at) == (1, LATER)


async def test_the_newest_result_of_a_class_stays_when_the_rehearsal_is_gone(
    store: SqlRehearsals, engine: AsyncEngine
) -> None:
    begun = await store.open(CLASS, NOW)
    await store.join(begun, "key", "Chrome 140", NOW)
    await store.begin_round(begun, NOW)
    of_round = await store.of_class(CLASS)
    assert of_round is not None
    results: list[Result] = [
        result_of(await store.devices(of_round), "relay", round_=1, children=2, now=NOW + timedelta(minutes=n))
        for n in (1, 2)
    ]
    for result in results:
        await store.keep_result(of_round, result)
    assert (await store.of_class(CLASS)) == of_round.model_copy(update={"counted": 1})
    await store.end(CLASS)
    assert await store.of_class(CLASS) is None
    assert await store.results([CLASS, "class-chicago"]) == {CLASS: results[1]}
    async with reading(engine) as connection:
        assert len((await connection.execute(select(rehearsal_results))).all()) == 1
