"""What the store of own protocols and shelf plans promises, on both databases."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from server.adapters.directory import PeopleDirectory
from server.adapters.protocol_files import read_protocol
from server.adapters.sql.people import SqlPeople
from server.adapters.sql.shelves import SqlShelves
from server.core.people.models import Plan, PlannedPart
from server.core.twinning.own_protocol import OwnProtocol, copied
from server.core.twinning.protocol_form import Document
from server.core.twinning.shelf import RemovedPart, ShelfPlan
from tests.people.conftest import NOW, FixedClock, lesson

ROOT = Path(__file__).resolve().parents[2]
REFLECTION = read_protocol(ROOT / "protocols/reflection.yaml")


@pytest.fixture
async def store(people: SqlPeople, engine: AsyncEngine) -> SqlShelves:
    assert await people.school("haifa") is not None
    return SqlShelves(engine)


def own(number: int = 1, school: str = "haifa", version: int = 1) -> OwnProtocol:
    return OwnProtocol(
        id=f"own_{number}",
        school=school,
        came_from="reflection",
        title={"en": "Ours"},
        version=version,
        changed_at=NOW,
        changed_by="levi",
    )


def definition(number: int = 1, **changed: object) -> Document:
    return copied(REFLECTION, f"own_{number}", {}) | changed


async def test_a_version_is_found_by_its_key_for_its_own_schools_alone(store: SqlShelves) -> None:
    assert await store.make_own(own(), definition(), 10)
    changed = own().model_copy(update={"version": 2})
    newer = definition(version=2, summary={"en": "Newer", "he": "חדש"})
    assert await store.change_own(own(), changed, newer)
    assert set(await store.newest_of("haifa")) == {"own_1@2"}
    found = await store.named({"own_1@1", "own_1@2", "own_1@9", "reflection"}, ["haifa"])
    assert {key: p.summary["en"] == "Newer" for key, p in found.items()} == {"own_1@1": False, "own_1@2": True}
    assert await store.named({"own_1@1"}, ["chicago"]) == {}
    assert [v.version for v in await store.versions_of("own_1")] == [2, 1]


async def test_of_two_changes_to_the_same_edition_one_is_kept(store: SqlShelves) -> None:
    assert await store.make_own(own(), definition(), 10)
    changes = [own().model_copy(update={"version": 2, "changed_by": who}) for who in ("levi", "stone")]
    kept = await asyncio.gather(*(store.change_own(own(), one, definition(version=2)) for one in changes))
    assert sorted(kept) == [False, True]
    assert len(await store.versions_of("own_1")) == 2


async def test_two_who_press_together_do_not_pass_the_limit(store: SqlShelves) -> None:
    made = await asyncio.gather(*(store.make_own(own(n), definition(n), 2) for n in range(1, 6)))
    assert sum(made) == 2
    assert len(await store.own_of("haifa")) == 2


async def test_a_draft_is_kept_and_taken_away(store: SqlShelves) -> None:
    draft: Document = {"title": {"en": "Half"}, "steps": []}
    assert await store.make_own(own(version=0).model_copy(update={"draft": draft}), None, 10)
    kept = await store.own("own_1")
    assert kept is not None
    assert kept.draft == draft
    assert await store.newest_of("haifa") == {}
    assert await store.change_own(kept, kept.model_copy(update={"draft": None}), None)
    again = await store.own("own_1")
    assert again is not None
    assert (again.draft, again.edition) == (None, 1)


async def test_what_a_lesson_or_a_shelf_names_outlives_its_removal(store: SqlShelves, people: SqlPeople) -> None:
    for number in (1, 2, 3):
        assert await store.make_own(own(number), definition(number), 10)
    plan = Plan(parts=(PlannedPart(protocol="own_1@1"),))
    await people.save_session(lesson(plan=plan))
    on_shelf = Plan(parts=(PlannedPart(protocol="own_2@1"),))
    assert await store.shelve(shelf_plan("a", plan=on_shelf), 10)
    for number in (1, 2, 3):
        await store.remove_own(f"own_{number}")
    assert await store.own_of("haifa") == []
    assert set(await store.named({"own_1@1", "own_2@1", "own_3@1"}, ["haifa"])) == {"own_1@1", "own_2@1"}
    assert await store.own("own_3") is None


def shelf_plan(plan_id: str, **changed: object) -> ShelfPlan:
    plain = ShelfPlan(
        id=plan_id, school="haifa", name=plan_id, title={"en": "Ruth"}, plan=Plan(), slot_minutes=45, at=NOW, by="levi"
    )
    return plain.model_copy(update=changed)


async def test_a_shelf_holds_ones_own_and_what_a_twinning_shares(store: SqlShelves) -> None:
    assert await store.shelve(shelf_plan("b"), 10)
    assert await store.shelve(shelf_plan("A", twinning="twinning"), 10)
    assert [p.id for p in await store.shelf_of("haifa", [])] == ["A", "b"]
    assert [p.id for p in await store.shelf_of("chicago", ["twinning"])] == ["A"]
    assert not await store.shelve(shelf_plan("c"), 2)
    assert await store.shelve(shelf_plan("b", name="Renamed"), 2)
    await store.unshelve("A")
    assert [p.name for p in await store.shelf_of("haifa", ["twinning"])] == ["Renamed"]


async def test_the_last_part_that_was_taken_out_is_remembered(store: SqlShelves, people: SqlPeople) -> None:
    session = lesson()
    await people.save_session(session)
    for place in (1, 0):
        part = PlannedPart(protocol="reflection", minutes={"read": 3})
        await store.keep_removed(RemovedPart(session=session.id, place=place, part=part))
    removed = await store.removed_from(session.id)
    assert removed is not None
    assert (removed.place, removed.part.minutes) == (0, {"read": 3})
    await store.forget_removed(session.id)
    assert await store.removed_from(session.id) is None


async def test_a_lesson_starts_with_the_version_that_its_plan_names(store: SqlShelves, people: SqlPeople) -> None:
    for number, school in ((1, "haifa"), (2, "boston")):
        assert await store.make_own(own(number, school), definition(number), 10)
        changed = own(number, school).model_copy(update={"version": 2})
        assert await store.change_own(own(number, school), changed, definition(number, version=2))
    directory = PeopleDirectory(people, {}, {}, FixedClock(), own=store)
    await people.save_session(lesson(plan=Plan(parts=(PlannedPart(protocol="own_1@1"),))))
    setup = await directory.setup("lesson-1")
    assert setup is not None
    assert [(part.protocol.id, part.protocol.version) for part in setup.lesson.parts] == [("own_1", 1)]
    # Boston stands outside this twinning: whatever a plan says, its protocols are none of ours.
    await people.save_session(lesson(plan=Plan(parts=(PlannedPart(protocol="own_2@1"),))))
    assert await directory.setup("lesson-1") is None
