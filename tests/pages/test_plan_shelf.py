"""A plan is used again: next week, from the shelf, by the partner; and what was taken out is put back."""

from typing import TYPE_CHECKING

import pytest

from server.core.people.consent import plan_hash

if TYPE_CHECKING:
    from conftest import Desk, House


async def shelve(desk: "Desk", name: str = "Ruth in 45 minutes", *, share: bool = False) -> str:
    """Keep the lesson's plan and return its id on the shelf."""
    done = await desk.post("/sessions/lesson/shelve", [("name", name), *([("share", "on")] if share else [])])
    assert done.status == 303
    return done.location.partition("#plan-")[2]


async def test_the_same_plan_a_week_later_is_a_new_lesson_that_nobody_agreed_to(house: "House") -> None:
    lesson = await house.people.session("lesson")
    assert lesson is not None
    agreed = tuple(s.model_copy(update={"agreed_plan": plan_hash(lesson)}) for s in lesson.sides)
    await house.people.save_session(lesson.model_copy(update={"sides": agreed, "status": "closed"}))
    desk = await house.desk_of("stone")
    made = await desk.post("/sessions/lesson/copy")
    assert made.status == 303
    new = await house.people.session(made.location.split("/")[2].partition("?")[0])
    assert new is not None
    assert (new.starts_at - lesson.starts_at).days == 7
    assert (new.status, new.plan, [s.agreed_plan for s in new.sides]) == ("planned", lesson.plan, [None, None])
    assert "Nobody has agreed to it yet" in (await desk.get(made.location)).words


async def test_a_plan_on_the_shelf_begins_a_lesson_and_stays_as_it_is(house: "House") -> None:
    desk = await house.desk_of("stone")
    kept = await shelve(desk, "  <b>Ruth</b>  ")
    page = await desk.get("/plans")
    assert "<b>Ruth</b>" in page.words
    assert "<b>Ruth" not in page.html
    form = await desk.get(f"/twinnings/twinning/sessions/new?from={kept}")
    assert f'value="{kept}" selected' in form.html
    fields = [("title_en", "Again"), ("day", "2026-12-02"), ("at", "08:10"), ("slot", "45"), ("from", kept),
              ("classes_a", "class-haifa"), ("classes_b", "class-chicago")]  # fmt: skip
    made = await desk.post("/twinnings/twinning/sessions/new", fields)
    assert made.status == 303
    new = await house.people.session(made.location.split("/")[2].partition("?")[0])
    old = await house.people.session("lesson")
    assert new is not None
    assert old is not None
    assert new.plan == old.plan


async def test_a_plan_is_shared_with_a_twinning_by_choice_and_no_longer(house: "House") -> None:
    stone, levi = await house.desk_of("stone"), await house.desk_of("levi")
    kept = await shelve(stone)
    assert kept not in (await levi.get("/plans")).html
    await stone.post(f"/plans/{kept}", [("do", "share"), ("twinning", "twinning")])
    assert "Ruth in 45 minutes" in (await levi.get("/plans")).words
    assert kept not in (await (await house.desk_of("other")).get("/plans")).html
    await stone.post(f"/plans/{kept}", [("do", "share"), ("twinning", "")])
    assert kept not in (await levi.get("/plans")).html
    refused = await levi.post("/twinnings/twinning/sessions/new", [("title_en", "x"), ("day", "2026-12-02"),
        ("at", "08:10"), ("slot", "45"), ("from", kept), ("classes_a", "class-haifa")])  # fmt: skip
    new = await house.people.session(refused.location.split("/")[2].partition("?")[0])
    assert new is not None
    # Not theirs to start from: the first plan, as without one.
    assert new.plan.text is None


async def test_a_plan_is_renamed_and_taken_off_by_its_own_school_alone(house: "House") -> None:
    stone = await house.desk_of("stone")
    kept = await shelve(stone, share=True)
    for who, status in (("levi", 404), ("other", 404), ("lead", 403), ("admin", 403)):
        assert (await (await house.desk_of(who)).post(f"/plans/{kept}", [("do", "remove")])).status == status
    await stone.post(f"/plans/{kept}", [("do", "rename"), ("name", "Better name")])
    assert "Better name" in (await stone.get("/plans")).words
    await stone.post(f"/plans/{kept}", [("do", "remove")])
    assert "Better name" not in (await stone.get("/plans")).words


@pytest.mark.parametrize("path", ["/sessions/lesson/copy", "/sessions/lesson/shelve", "/sessions/lesson/totals"])
async def test_only_teachers_of_the_twinning_plan(house: "House", path: str) -> None:
    assert (await (await house.desk_of("other")).post(path)).status == 404
    for who in ("lead", "admin"):
        assert (await (await house.desk_of(who)).post(path)).status == 403
    assert (await (await house.desk_of("")).post(path)).status == 303


async def test_a_full_shelf_says_so(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.edges.pages.plan_shelf.MOST_SHELVED", 1)
    desk = await house.desk_of("stone")
    await shelve(desk)
    full = await desk.post("/sessions/lesson/shelve", [("name", "One more")])
    assert full.location == "/plans?done=full"


async def test_a_protocol_that_was_taken_out_is_put_back_with_all_that_was_typed(house: "House") -> None:
    desk = await house.desk_of("stone")
    before = await desk.get("/sessions/lesson")
    fields = [(n, "7" if n == "minutes_1_read" else v) for n, v in before.fields]
    out = await desk.post("/sessions/lesson", [*fields, ("do", "remove:1")])
    page = await desk.get(out.location.partition("#")[0])
    assert "is out of the plan" in page.words
    session = await house.people.session("lesson")
    assert session is not None
    assert [p.protocol for p in session.plan.parts] == ["havruta_warm_up_young", "reflection"]
    await desk.post("/sessions/lesson", [*page.fields, ("do", "restore")])
    session = await house.people.session("lesson")
    assert session is not None
    assert session.plan.parts[1].protocol == "noticing_and_wondering"
    assert session.plan.parts[1].minutes == {"read": 7}


async def test_the_minutes_are_counted_before_anything_is_saved(house: "House") -> None:
    desk = await house.desk_of("stone")
    page = await desk.get("/sessions/lesson")
    fields = [(n, "60" if n == "minutes_1_read" else v) for n, v in page.fields]
    counted = await desk.post("/sessions/lesson/totals", fields)
    assert counted.status == 200
    assert "minutes too long" in counted.words
    assert 'id="plan-total"' in counted.html
    session = await house.people.session("lesson")
    assert session is not None
    assert session.plan.parts[1].minutes == {}
    wrong = [(n, "many" if n == "minutes_1_read" else v) for n, v in page.fields]
    assert (await desk.post("/sessions/lesson/totals", wrong)).status == 422


async def test_after_a_move_the_page_comes_back_at_the_button_that_was_pressed(house: "House") -> None:
    desk = await house.desk_of("stone")
    page = await desk.get("/sessions/lesson")
    moved = await desk.post("/sessions/lesson", [*page.fields, ("do", "down:0")])
    assert moved.location == "/sessions/lesson?done=saved&at=down-1"
    assert (await desk.get(moved.location)).html.count("autofocus") == 1


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("size", ["2", "3"])
async def test_every_step_is_previewed_in_either_language_and_either_size(
    house: "House", language: str, size: str
) -> None:
    desk = await house.desk_of("stone")
    frame = await desk.get(f"/sessions/lesson/preview?size={size}&step=3")
    assert frame.html.count("<iframe") == 2
    one = await desk.get(f"/sessions/lesson/preview?language={language}&size={size}&step=999")
    assert one.html.count("<iframe") == 1
    page = await desk.get(f"/sessions/lesson/preview/student?language={language}&size={size}&step=3")
    assert page.status == 200
    assert f'lang="{language}"' in page.html
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in frame.headers["Content-Security-Policy"]
    assert "/static/js/pages/preview.mjs" in page.html


async def test_a_preview_names_no_child(house: "House") -> None:
    page = await (await house.desk_of("stone")).get("/sessions/lesson/preview/student?language=en&size=3")
    assert "Lior" not in page.html
    assert "chicago-0" not in page.html
