"""A concern reaches the safety lead of the child's own school, and nobody else."""

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from server.adapters.sql.engine import reading
from server.adapters.sql.people_tables import audit
from server.core.people.models import Concern

if TYPE_CHECKING:
    from tests.review.conftest import House


def concern(**changed: Any) -> Concern:
    """Return Noa's concern about a partner in room 1."""
    plain: dict[str, Any] = {
        "id": "c1",
        "session": "lesson",
        "room": "lesson.1",
        "school": "haifa",
        "student": "haifa-0",
        "kind": "report",
        "about": "partner",
        "words": "he was mean to me",
        "evidence": (),
    }
    return Concern.model_validate({"at": changed.pop("at"), **plain, **changed})


async def raised(held: "House", **changed: Any) -> Concern:
    told = held.tell()
    told.deeds = 50
    found = concern(at=told.now, **changed)
    await held.people.add_concern(found)
    return found


async def written_down(held: "House") -> list[tuple[str, str, str | None]]:
    async with reading(held.engine) as connection:
        rows = (await connection.execute(select(audit).order_by(audit.c.number))).mappings().all()
    return [(row["who"], row["what"], row["about"]) for row in rows]


@pytest.mark.parametrize("path", ["/safety", "/safety/c1", "/safety/c1/words"])
@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("carmel-lead", (200, 200, 200)),
        ("levi", (403, 403, 403)),
        ("stone", (403, 403, 403)),
        ("admin", (403, 403, 403)),
        ("lead", (200, 404, 404)),
        ("other", (403, 403, 403)),
    ],
)
async def test_only_the_own_schools_safety_lead_reads_it(
    held: "House", who: str, statuses: tuple[int, ...], path: str
) -> None:
    await raised(held)
    page = await (await held.desk_of(who)).get(path)
    assert page.status == statuses[["/safety", "/safety/c1", "/safety/c1/words"].index(path)]
    if who != "carmel-lead":
        assert "he was mean to me" not in page.html
        assert 'href="/safety/c1' not in page.html


async def test_the_list_does_not_show_the_childs_words(held: "House") -> None:
    await raised(held)
    page = await (await held.desk_of("carmel-lead")).get("/safety")
    assert "/safety/c1" in page.html
    assert "he was mean to me" not in page.html


async def test_an_accused_lead_never_sees_it_and_cannot_close_it(held: "House") -> None:
    await raised(
        held, school="chicago", student="chicago-0", about="adult", accused=("lead",), words="that adult shouts"
    )
    accused, second = await held.desk_of("lead"), await held.desk_of("second-lead")
    assert "c1" not in (await accused.get("/safety")).html
    for path in ("/safety/c1", "/safety/c1/words"):
        assert (await accused.get(path)).status == 404
    assert (await accused.post("/safety/c1/close", [("note", "nothing there")])).status == 404
    page = await second.get("/safety/c1")
    assert "that adult shouts" in page.words
    assert "Lee Park" in page.words


async def test_context_names_room_members_and_the_hour(held: "House") -> None:
    await raised(held, school="chicago", student="chicago-0")
    words = (await (await held.desk_of("second-lead")).get("/safety/c1")).words
    for said in ("Max", "Noa", "haifa-0", "8:2", "Sam Stone", "he was mean to me", "Rina Or", "lead@carmel.example"):
        assert said in words


@pytest.mark.parametrize("about", ["adult", "me", None])
async def test_the_other_schools_lead_is_named_only_for_a_child_of_theirs(held: "House", about: str | None) -> None:
    kind = "report" if about else "word_list"
    await raised(held, school="chicago", student="chicago-0", about=about, kind=kind)
    assert "lead@carmel.example" not in (await (await held.desk_of("second-lead")).get("/safety/c1")).html


async def test_held_words_open_on_their_own_page_private_ones_of_the_own_school_too(held: "House") -> None:
    told = held.tell()
    told.deeds, told.versions = 60, {told.room(1): 60}
    mine = await told.answer("haifa-0", "partnership_notes", "helps", {"text": "noa wrote this to herself"})
    theirs = await told.answer("chicago-0", "partnership_notes", "helps", {"text": "max wrote this to himself"})
    shown = await told.line("chicago-0", "strongest_question", "<i>mean words</i>")
    await raised(held, evidence=(mine, theirs, shown))
    desk = await held.desk_of("carmel-lead")
    assert "noa wrote this" not in (await desk.get("/safety/c1")).html
    page = await desk.get("/safety/c1/words")
    assert "noa wrote this to herself" in page.words
    assert "<i>mean words</i>" in page.words
    assert "<i>mean" not in page.html
    assert "max wrote this" not in page.html


async def test_words_held_of_an_erased_child_can_still_be_opened(held: "House") -> None:
    told = held.tell()
    told.deeds, told.versions = 60, {told.room(1): 60}
    mine = await told.answer("haifa-0", "partnership_notes", "helps", {"text": "noa wrote this to herself"})
    await raised(held, evidence=(mine,))
    await held.people.erase_student("haifa-0", held.clock.now())
    page = await (await held.desk_of("carmel-lead")).get("/safety/c1/words")
    assert page.status == 200
    assert "noa wrote this to herself" in page.words


async def test_every_opening_and_the_closing_are_written_down_outside_the_lessons_own_log(held: "House") -> None:
    await raised(held)
    desk = await held.desk_of("carmel-lead")
    await desk.get("/safety/c1")
    await desk.get("/safety/c1/words")
    assert (
        await desk.post("/safety/c1/close", [("note", "spoke with both families")])
    ).location == "/safety?done=closed"
    done = [entry for entry in await written_down(held) if entry[0] == "carmel-lead"]
    assert done == [("carmel-lead", f"concern_{what}", "c1") for what in ("opened", "words_opened", "closed")]
    assert await held.people.audited("lesson") == []


async def test_closing_asks_for_a_note_and_keeps_what_was_typed(held: "House") -> None:
    await raised(held)
    desk = await held.desk_of("carmel-lead")
    assert (await desk.post("/safety/c1/close", [("note", "  ")])).status == 422
    long = await desk.post("/safety/c1/close", [("note", "long " * 500)])
    assert long.status == 422
    assert "long long" in long.html
    found = await held.people.concern("c1")
    assert found is not None
    assert found.closed_at is None


async def test_a_closed_concern_shows_its_note_and_is_closed_once(held: "House") -> None:
    await raised(held)
    desk = await held.desk_of("carmel-lead")
    await desk.post("/safety/c1/close", [("note", "spoke with both families")])
    await desk.post("/safety/c1/close", [("note", "something else")])
    page = await desk.get("/safety/c1")
    assert "spoke with both families" in page.words
    assert "something else" not in page.words
    assert 'name="note"' not in page.html


async def test_a_closed_concern_can_be_opened_again_with_its_note_in_sight(held: "House") -> None:
    await raised(held)
    desk = await held.desk_of("carmel-lead")
    await desk.post("/safety/c1/close", [("note", "spoke with both families")])
    assert (await desk.post("/safety/c1/reopen")).location == "/safety/c1"
    page = await desk.get("/safety/c1")
    assert "spoke with both families" in page.words
    assert 'name="note"' in page.html
    await desk.post("/safety/c1/close", [("note", "and once more")])
    found = await held.people.concern("c1")
    assert found is not None
    assert (found.closed_at is not None, found.closing_note) == (True, "and once more")


async def test_the_page_shows_who_opened_what_and_when(held: "House") -> None:
    await raised(held)
    desk = await held.desk_of("carmel-lead")
    await desk.get("/safety/c1/words")
    await desk.post("/safety/c1/close", [("note", "spoke with both families")])
    await desk.post("/safety/c1/reopen")
    page = await desk.get("/safety/c1")
    log = page.html.split('id="log"')[1]
    # The reader's page is in Hebrew: newest first.
    deeds = ("נפתח", "נפתח שוב אחרי סגירה", "נסגר", "נפתחו המילים השמורות איתו")
    places = [log.index(f">{deed} ·") for deed in deeds]
    assert places == sorted(places)
    assert log.count("<time ") == len(deeds)


@pytest.mark.parametrize("what", ["reopen", "tell"])
async def test_others_can_neither_open_it_again_nor_pass_it_on(held: "House", what: str) -> None:
    await raised(held)
    await (await held.desk_of("carmel-lead")).post("/safety/c1/close", [("note", "done")])
    for who in ("levi", "stone", "lead", "admin", "other", ""):
        assert (await (await held.desk_of(who)).post(f"/safety/c1/{what}")).status in (303, 403, 404)
    found = await held.people.concern("c1")
    assert found is not None
    assert found.closed_at is not None
    assert await held.people.notices_of_concern("c1") == []


async def test_the_other_schools_lead_is_told_that_it_touches_their_child_and_nothing_else(held: "House") -> None:
    await raised(held)
    ours, theirs = await held.desk_of("carmel-lead"), await held.desk_of("lead")
    assert (await theirs.get("/safety/told/c1")).status == 404
    await ours.post("/safety/c1/tell")
    await ours.post("/safety/c1/tell")
    assert "/safety/told/c1" in (await theirs.get("/safety")).html
    page = await theirs.get("/safety/told/c1")
    assert "Max" in page.words
    assert "lead@carmel.example" in page.words
    for secret in ("he was mean to me", "Noa", "נעה", "haifa-0"):
        assert secret not in page.html
    assert (await theirs.get("/safety/c1")).status == 404
    assert (await (await held.desk_of("stone")).get("/safety/told/c1")).status == 403
    assert ("lead", "notice_opened", "c1") in await written_down(held)


@pytest.mark.parametrize("about", ["adult", "me"])
async def test_what_is_not_about_a_partner_is_passed_on_to_no_other_school(held: "House", about: str) -> None:
    await raised(held, about=about)
    await (await held.desk_of("carmel-lead")).post("/safety/c1/tell")
    assert await held.people.notices_of_concern("c1") == []


async def test_a_new_concern_is_counted_until_somebody_opens_it_and_never_for_the_accused(held: "House") -> None:
    assert await held.people.unread_concerns("haifa", "carmel-lead") == 0
    await raised(held)
    await raised(held, id="c2", about="adult", accused=("carmel-lead",))
    assert await held.people.unread_concerns("haifa", "carmel-lead") == 1
    assert await held.people.unread_concerns("chicago", "lead") == 0
    desk = await held.desk_of("carmel-lead")
    await desk.get("/safety/c1")
    assert await held.people.unread_concerns("haifa", "carmel-lead") == 0
    await desk.post("/safety/c1/tell")
    assert await held.people.unread_concerns("chicago", "lead") == 1


async def test_others_cannot_close_it(held: "House") -> None:
    await raised(held)
    for who in ("levi", "stone", "lead", "admin", "other", ""):
        page = await (await held.desk_of(who)).post("/safety/c1/close", [("note", "closed by somebody else")])
        assert page.status in (303, 403, 404)
    found = await held.people.concern("c1")
    assert found is not None
    assert found.closed_at is None


async def test_the_emergency_numbers_of_the_school_are_shown(held: "House") -> None:
    await raised(held)
    desk = await held.desk_of("carmel-lead")
    for path in ("/safety", "/safety/c1"):
        assert "משטרה 100" in (await desk.get(path)).words
