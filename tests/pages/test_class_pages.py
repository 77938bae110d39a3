"""A class list: consent, files read whole or refused whole, codes, keeping apart, erasing; and a school's settings."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import FormData

from server.core.people.models import Consent

if TYPE_CHECKING:
    from conftest import House

CLASS = "/classes/class-haifa"
HEADING = "name_en,name_he,speaks,reads,band,takes_part,media,keep_words\n"


def csv_file(body: bytes) -> FormData:
    """Return a form with a file, as a browser sends it."""
    form = FormData()
    form.add_field("file", body, filename="list.csv", content_type="text/csv")
    return form


async def test_answers_are_recorded_for_many_children_at_once(house: "House") -> None:
    desk = await house.desk_of("levi")
    form = [("takes_part_haifa-0", "own_class"), ("media_haifa-0", "none"), ("keep_words_haifa-0", "session")]
    form += [("takes_part_haifa-1", "across"), ("media_haifa-1", "audio"), ("keep_words_haifa-1", "")]
    assert (await desk.post(f"{CLASS}/consent", form)).location == f"{CLASS}?done=answers"
    one, other = await house.people.student("haifa-0"), await house.people.student("haifa-1")
    assert one is not None
    assert other is not None
    assert one.consent == Consent(takes_part="own_class", media="none", keep_words="session")
    assert other.consent == Consent(takes_part="across", media="audio")
    assert house.live.forgotten == ["haifa-0", "haifa-1"]
    assert "חסרות תשובות" in (await desk.get(CLASS)).words


async def test_an_answer_that_does_not_exist_changes_nothing(house: "House") -> None:
    desk = await house.desk_of("levi")
    assert (await desk.post(f"{CLASS}/consent", [("media_haifa-0", "hologram")])).status == 400
    assert house.live.forgotten == []


async def test_a_file_is_read_whole_with_a_code_for_each_child(house: "House") -> None:
    desk = await house.desk_of("levi")
    body = "\ufeff" + HEADING + "Adi,עדי,he en,he,B,across,video,year\nGil,גיל,he,he,12,,,\n"
    assert (await desk.post(f"{CLASS}/import", csv_file(body.encode()))).location == f"{CLASS}?done=imported&many=2"
    added = {s.names["en"]: s for s in await house.people.students_in(["class-haifa"])}
    assert added["Adi"].consent.complete
    assert not added["Gil"].consent.complete
    assert await house.people.code_of(added["Gil"].id) is not None


async def test_every_mistake_of_a_file_is_told_with_its_line_and_nothing_is_brought_in(house: "House") -> None:
    desk = await house.desk_of("levi")
    body = (
        HEADING
        + "Adi,עדי,he,he,B,across,video,year\nGil,גיל,klingon,he,B,across,video,year\n,,he,he,99,,,\nNoa,נועה,he,he,B,,,\n"
    )
    before = await house.people.students_in(["class-haifa"])
    answer = await desk.post(f"{CLASS}/import", csv_file(body.encode()))
    assert answer.status == 422
    for line in ("שורה 3, שפות דיבור", "שורה 4, השם", "שורה 4, גיל"):
        assert line in answer.words
    assert "klingon" in answer.words
    assert await house.people.students_in(["class-haifa"]) == before


async def test_a_list_that_is_sent_twice_does_not_double_the_class(house: "House") -> None:
    desk = await house.desk_of("levi")
    body = (HEADING + "Noa,נועה,he,he,B,,,\n").encode()
    assert (await desk.post(f"{CLASS}/import", csv_file(body))).status == 422
    assert len(await house.people.students_in(["class-haifa"])) == 4


async def test_the_empty_list_itself_is_refused(house: "House") -> None:
    desk = await house.desk_of("levi")
    template = await desk.get(f"{CLASS}/template.csv")
    assert template.html.startswith("\ufeff") or "שם" in template.html
    assert (await desk.post(f"{CLASS}/import", csv_file(template.html.encode()))).status == 422


async def test_one_child_is_added_and_a_mistake_keeps_what_was_typed(house: "House") -> None:
    desk = await house.desk_of("levi")
    typed = [("name_en", "Shira"), ("name_he", "שירה"), ("speaks", "he, xx"), ("reads", "he"), ("band", "B")]
    wrong = await desk.post(f"{CLASS}/students", typed)
    assert wrong.status == 422
    assert 'value="he, xx"' in wrong.html
    assert 'value="Shira"' in wrong.html
    right = [(name, "he en" if name == "speaks" else value) for name, value in typed]
    assert (await desk.post(f"{CLASS}/students", right)).status == 303
    assert any(s.speaks == ("he", "en") for s in await house.people.students_in(["class-haifa"]))


async def test_hostile_names_are_shown_and_not_run(house: "House") -> None:
    desk = await house.desk_of("levi")
    typed = [("name_en", "<script>alert(1)</script>"), ("speaks", "he"), ("reads", "he"), ("band", "B")]
    assert (await desk.post(f"{CLASS}/students", typed)).status == 303
    for path in (CLASS, f"{CLASS}/cards"):
        page = await desk.get(path)
        assert "<script>alert" not in page.html
        assert "&lt;script&gt;" in page.html


async def test_a_new_code_replaces_the_old_one_at_once(house: "House") -> None:
    desk = await house.desk_of("levi")
    old = await house.people.code_of("haifa-0")
    assert (await desk.post("/students/haifa-0/code")).status == 303
    assert await house.people.code_of("haifa-0") != old
    assert house.live.forgotten == ["haifa-0"]


async def test_two_children_are_kept_apart_also_across_the_schools(house: "House") -> None:
    desk = await house.desk_of("levi")
    for other in ("haifa-1", "chicago-0"):
        pair = [("one", "haifa-0"), ("other", other), ("do", "apart")]
        assert (await desk.post(f"{CLASS}/apart", pair)).status == 303
    assert len(await house.people.apart_pairs(["haifa-0", "haifa-1", "chicago-0"])) == 2
    assert (await desk.post(f"{CLASS}/apart", [("one", "haifa-0"), ("other", "haifa-0")])).status == 422
    both_theirs = [("one", "chicago-0"), ("other", "chicago-1"), ("do", "apart")]
    assert (await desk.post(f"{CLASS}/apart", both_theirs)).status == 422
    await desk.post(f"{CLASS}/apart", [("one", "chicago-0"), ("other", "haifa-0"), ("do", "free")])
    assert await house.people.apart_pairs(["haifa-0", "chicago-0"]) == []


async def test_two_children_are_kept_together_and_then_no_longer(house: "House") -> None:
    desk = await house.desk_of("levi")
    pair = [("one", "haifa-0"), ("other", "chicago-0")]
    assert (await desk.post(f"{CLASS}/together", [*pair, ("do", "together")])).status == 303
    assert f'method="post" action="{CLASS}/together"' in (await desk.get(CLASS)).html
    lesson = await house.people.session("lesson")
    assert lesson is not None
    assert (await house.people.history(lesson)).together == {frozenset(("haifa-0", "chicago-0"))}
    both_theirs = [("one", "chicago-0"), ("other", "chicago-1"), ("do", "together")]
    assert (await desk.post(f"{CLASS}/together", both_theirs)).status == 422
    assert (await (await house.desk_of("stone")).post(f"{CLASS}/together", pair)).status == 403
    await desk.post(f"{CLASS}/together", [*pair, ("do", "free")])
    assert (await house.people.history(lesson)).together == frozenset()


async def test_erasing_is_asked_about_first(house: "House") -> None:
    desk = await house.desk_of("levi")
    assert (await desk.post("/students/haifa-0/erase")).status == 422
    assert await house.people.student("haifa-0") is not None
    assert (await desk.post("/students/haifa-0/erase", [("sure", "yes")])).location == f"{CLASS}?done=erased"
    assert await house.people.student("haifa-0") is None
    assert house.live.forgotten == ["haifa-0"]


async def test_nobody_touches_another_schools_child(house: "House") -> None:
    desk = await house.desk_of("levi")
    for path in ("/students/chicago-0/erase", "/students/chicago-0/code"):
        assert (await desk.post(path, [("sure", "yes")])).status == 404
    assert await house.people.student("chicago-0") is not None


async def test_settings_are_kept_or_answered_beside_their_fields(house: "House") -> None:
    desk = await house.desk_of("levi")
    typed = [
        ("name_en", "New name"),
        ("zone", "Asia/Jerusalem"),
        ("country", "IL"),
        ("opens", "09:00"),
        ("closes", "08:00"),
    ]
    wrong = await desk.post("/schools/haifa", [*typed, ("days", "1")])
    assert wrong.status == 422
    assert 'value="New name"' in wrong.html
    right = [(name, "15:00" if name == "closes" else value) for name, value in typed]
    assert (await desk.post("/schools/haifa", [*right, ("days", "1"), ("days", "7")])).status == 303
    school = await house.people.school("haifa")
    assert school is not None
    assert (school.names["en"], school.days) == ("New name", (1, 7))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("20000", 20000), ("", None), ("0", 422), ("much", 422), ("-5", 422), ("٣", 422), ("99999999", 422)],
)
async def test_a_school_says_how_much_of_its_connection_a_class_may_use(
    house: "House", typed: str, kept: int | None
) -> None:
    desk = await house.desk_of("levi")
    form = [("name_en", "Name"), ("zone", "Asia/Jerusalem"), ("country", "IL"), ("opens", "08:00"), ("closes", "15:00")]
    answer = await desk.post("/schools/haifa", [*form, ("days", "1"), ("class_kbits", typed)])
    school = await house.people.school("haifa")
    assert school is not None
    if kept == 422:
        assert answer.status == 422
        assert f'value="{typed}"' in answer.html
        assert school.class_kbits is None
    else:
        assert answer.status == 303
        assert school.class_kbits == kept


async def test_an_invitation_is_a_one_time_link_for_the_roles_that_were_chosen(house: "House") -> None:
    desk = await house.desk_of("levi")
    assert (await desk.post("/schools/haifa/invitations")).status == 422
    page = await desk.post("/schools/haifa/invitations", [("roles", "teacher"), ("roles", "safety_lead")])
    token = page.html.split("/invite/")[1].split('"')[0]
    assert await house.people.invitation(token, house.clock.now()) == (
        "staff",
        {"school": "haifa", "roles": "teacher,safety_lead"},
    )
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_partner_is_invited_into_a_new_twinning(house: "House") -> None:
    desk = await house.desk_of("levi")
    assert (await desk.post("/schools/haifa/partner")).status == 422
    page = await desk.post("/schools/haifa/partner", [("twinning_en", "Across the sea")])
    kind, about = await house.people.invitation(page.html.split("/invite/")[1].split('"')[0], house.clock.now()) or (
        "",
        {},
    )
    twinning = await house.people.twinning(about["twinning"])
    assert twinning is not None
    assert (kind, about["side"], twinning.status, twinning.sides[1].schools) == ("partner", "b", "invited", ())
    assert (await desk.get(f"/twinnings/{twinning.id}")).status == 200


async def test_a_class_is_made_and_named(house: "House") -> None:
    desk = await house.desk_of("levi")
    assert (await desk.post("/schools/haifa/classes")).status == 422
    made = await desk.post("/schools/haifa/classes", [("name_he", "ח1")])
    page = await desk.get(made.location)
    assert page.status == 200
    assert "עוד אין ילדים" in page.words


def written_down(folder: Path) -> list[tuple[str, str, str]]:
    """Return who did what to what, from the log that is only added to."""
    with closing(sqlite3.connect(folder / "havruta.sqlite")) as database:
        return database.execute("SELECT who, what, coalesce(about, school) FROM audit ORDER BY number").fetchall()


async def test_direct_addresses_are_accepted_by_whoever_looks_after_the_school_and_by_nobody_else(
    house: "House", tmp_path: Path
) -> None:
    typed = [
        ("name_en", "Lakeside Academy"),
        ("zone", "America/Chicago"),
        ("days", "1"),
        ("opens", "08:00"),
        ("closes", "15:00"),
    ]
    accepted = [*typed, ("direct_addresses", "on")]
    page = await (await house.desk_of("admin")).get("/schools/chicago")
    assert "network address" in page.words
    assert 'name="direct_addresses" aria-describedby="direct-hint">' in page.html
    assert (await (await house.desk_of("stone")).post("/schools/chicago", accepted)).status == 403
    assert (await (await house.desk_of("admin")).post("/schools/chicago", accepted)).status == 303
    school = await house.people.school("chicago")
    assert school is not None
    assert school.direct_addresses_accepted
    assert (
        'aria-describedby="direct-hint" checked' in (await (await house.desk_of("stone")).get("/schools/chicago")).html
    )
    for _ in range(2):
        assert (await (await house.desk_of("admin")).post("/schools/chicago", typed)).status == 303
    school = await house.people.school("chicago")
    assert school is not None
    assert not school.direct_addresses_accepted
    assert written_down(tmp_path) == [
        ("admin", "direct_addresses_accepted", "chicago"),
        ("admin", "direct_addresses_refused", "chicago"),
    ]


async def test_a_coordinator_decides_whether_the_partner_reviews_shared_work(house: "House", tmp_path: Path) -> None:
    path = "/twinnings/twinning"
    for who, status in (("stone", 403), ("admin", 403), ("other", 404)):
        assert (await (await house.desk_of(who)).post(f"{path}/sharing", [("shares", "no")])).status == status
    desk = await house.desk_of("levi")
    for _ in range(2):
        assert (await desk.post(f"{path}/sharing", [("shares", "no")])).status == 303
    twinning = await house.people.twinning("twinning")
    assert twinning is not None
    assert not twinning.shares_work
    assert "own children’s words only" in (await (await house.desk_of("stone")).get(path)).words
    assert (await desk.post(f"{path}/sharing", [("shares", "yes")])).status == 303
    assert "Teachers of both schools read" in (await (await house.desk_of("stone")).get(path)).words
    assert written_down(tmp_path) == [("levi", "work_not_shared", "twinning"), ("levi", "work_shared", "twinning")]
