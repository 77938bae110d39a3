"""Saved groups and the year's meetings, on both databases; and a havruta over a run of four lessons."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.assignment import assign
from server.adapters.sql.pairings import SqlPairings
from server.adapters.sql.people import SqlPeople
from server.core.live.pairing import Layout, lay_out
from server.core.live.scene import Person
from server.core.people.models import LessonSession
from server.core.twinning.groups import Met, SavedGroups, free_name, partners_of
from tests.people.conftest import NOW, lesson

GROUPS = SavedGroups(
    id="saved", twinning="twinning", name="Tuesday groups", by="teacher-haifa", at=NOW,
    rooms=(("haifa-1", "chicago-2"), ("haifa-2", "chicago-1")),
)  # fmt: skip


@pytest.fixture
def pairings(people: SqlPeople, engine: AsyncEngine) -> SqlPairings:
    return SqlPairings(engine)


async def test_groups_are_kept_renamed_and_deleted(pairings: SqlPairings) -> None:
    await pairings.save(GROUPS)
    later = GROUPS.model_copy(update={"id": "other", "name": "Others", "at": NOW + timedelta(days=1), "rooms": ()})
    await pairings.save(later)
    assert await pairings.saved_of("twinning") == [later, GROUPS]
    assert await pairings.saved_of("another twinning") == []
    assert await pairings.rename("twinning", "saved", "Wednesday groups")
    assert not await pairings.rename("another twinning", "saved", "Stolen")
    await pairings.delete("another twinning", "other")
    await pairings.delete("twinning", "other")
    await pairings.delete("twinning", "other")
    assert [groups.name for groups in await pairings.saved_of("twinning")] == ["Wednesday groups"]


async def test_kept_again_under_the_same_id_they_are_others(pairings: SqlPairings) -> None:
    await pairings.save(GROUPS)
    changed = GROUPS.model_copy(update={"rooms": (("haifa-1", "chicago-1"),)})
    await pairings.save(changed)
    assert await pairings.saved_of("twinning") == [changed]


async def test_whoever_is_erased_is_in_no_saved_groups_and_no_history(people: SqlPeople, pairings: SqlPairings) -> None:
    await people.save_session(lesson())
    await people.record_meetings("lesson-1", NOW, {"r": ("haifa-1", "chicago-2")})
    await pairings.save(GROUPS)
    await people.erase_student("chicago-2", NOW)
    (kept,) = await pairings.saved_of("twinning")
    assert kept.rooms == (("haifa-1",), ("haifa-2", "chicago-1"))
    assert await pairings.met_in("twinning", "haifa-1") == []
    await pairings.save(GROUPS)
    (kept,) = await pairings.saved_of("twinning")
    assert kept.rooms[0] == ("haifa-1",), "a page that still names them does not bring them back"


async def test_who_met_whom_is_counted_over_the_lessons_of_the_twinning(
    people: SqlPeople, pairings: SqlPairings
) -> None:
    for number in (1, 2):
        at = NOW + timedelta(weeks=number - 1)
        await people.save_session(lesson(number))
        await people.record_meetings(f"lesson-{number}", at, {"r": ("haifa-1", "chicago-1", "haifa-2")[: number + 1]})
    met = partners_of("haifa-1", await pairings.met_in("twinning"))
    week = NOW + timedelta(weeks=1)
    assert met == [Met("chicago-1", 2, week), Met("haifa-2", 1, week)]
    assert met == partners_of("haifa-1", await pairings.met_in("twinning", "haifa-1"))
    assert await pairings.met_in("another twinning") == []


def test_a_name_is_free_without_regard_to_case_or_to_itself() -> None:
    assert not free_name(" tuesday GROUPS", [GROUPS])
    assert free_name("Tuesday groups", [GROUPS], but="saved")
    assert free_name("Monday", [GROUPS])


# -- a run of four lessons -------------------------------------------------------------------------------------------------


CLASS = [
    Person(f"{school}-{number}", side, {}, school, ("en",), ("en",))
    for school, side in (("haifa", "a"), ("chicago", "b"))
    for number in (1, 2)
]


async def test_over_four_lessons_a_guest_returns_to_the_havruta(people: SqlPeople) -> None:
    async def held(number: int, *absent: str) -> Layout:
        session: LessonSession = lesson(number, arc="autumn")
        await people.save_session(session)
        history = replace(await people.history(session), shared=frozenset())
        layout = lay_out([one for one in CLASS if one.id not in absent], history, assign)
        at = NOW + timedelta(weeks=number)
        await people.record_meetings(session.id, at, {str(n): room for n, room in enumerate(layout.rooms)})
        return layout

    first = await held(1)
    (dans,) = (room for room in first.rooms if "haifa-1" in room)
    partner = next(member for member in dans if member != "haifa-1")
    second = await held(2, partner)
    assert [set(room) for room in second.rooms] == [{one.id for one in CLASS} - {partner}]
    assert f"guest:haifa-1:{partner}" in second.why[0]
    third = await held(3)
    assert set(map(frozenset, third.rooms)) == set(map(frozenset, first.rooms))
    assert all("same_havruta" in why for why in third.why)
    fourth = await held(4, partner)
    assert f"guest:haifa-1:{partner}" in fourth.why[0]
    history = await people.history(lesson(5, arc="winter"))
    assert history.arc == frozenset(), "a new run begins without the old one"
