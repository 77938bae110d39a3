"""Who learned with whom, kept apart and together, saved groups, rooms from a list: to each school what it may know."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import FormData

from tests.pages.conftest import AGREED, NOW, STARTS, Desk, Page

if TYPE_CHECKING:
    from conftest import House

HERE = "/sessions/lesson"
OWN_CLASS = AGREED.model_copy(update={"takes_part": "own_class"})


def said(page: Page) -> dict[str, Any]:
    return json.loads(page.html)


async def met(house: "House", *rooms: tuple[str, ...], lessons: int = 1) -> None:
    for number in range(lessons):
        at = STARTS - timedelta(weeks=number + 1)
        lesson = await house.people.session("lesson")
        assert lesson is not None
        await house.people.save_session(lesson.model_copy(update={"id": f"earlier-{number}", "starts_at": at}))
        await house.people.record_meetings(f"earlier-{number}", at, {str(n): room for n, room in enumerate(rooms)})


async def about(desk: Desk, student: str) -> dict[str, Any]:
    return said(await desk.get(f"{HERE}/partners?student={student}"))


class TestPartners:
    async def test_a_teacher_reads_with_whom_a_child_has_learned(self, house: "House") -> None:
        await met(house, ("haifa-0", "chicago-0"), lessons=2)
        found = await about(await house.desk_of("levi"), "haifa-0")
        assert found["own"]
        assert [(m["names"]["en"], m["times"]) for m in found["met"]] == [("Max", 2)]
        assert found["met"][0]["last"] == round((STARTS - timedelta(weeks=1)).timestamp() * 1000)

    async def test_a_child_who_crosses_no_more_has_no_name_for_the_other_school(self, house: "House") -> None:
        await met(house, ("haifa-0", "chicago-0"))
        await house.people.set_consent("chicago-0", OWN_CLASS, "stone", NOW)
        levi, stone = await house.desk_of("levi"), await house.desk_of("stone")
        assert (await about(levi, "haifa-0"))["met"][0]["names"] == {}
        assert (await levi.get(f"{HERE}/partners?student=chicago-0")).status == 404
        assert (await about(stone, "chicago-0"))["met"][0]["names"]["en"] == "Noa"
        year = await levi.get("/twinnings/twinning/partners")
        assert "Max" not in year.words
        assert "מישהו מבית הספר השותף" in year.words

    async def test_the_year_is_sorted_by_name_or_by_how_many(self, house: "House") -> None:
        await met(house, ("haifa-1", "chicago-0"), ("haifa-2", "chicago-1", "chicago-2"))
        stone, levi = await house.desk_of("stone"), await house.desk_of("levi")
        most = (await levi.get("/twinnings/twinning/partners?sort=most")).words
        assert most.index("טל") < most.index("דן") < most.index("נועה")
        fewest = (await levi.get("/twinnings/twinning/partners?sort=fewest")).words
        assert fewest.index("נועה") < fewest.index("דן") < fewest.index("טל")
        named = await stone.get("/twinnings/twinning/partners?sort=<script>")
        assert named.words.index("Max") < named.words.index("Ruby") < named.words.index("Sam")
        assert "<script>" not in named.html

    async def test_own_children_have_the_rows_and_no_others(self, house: "House") -> None:
        page = await (await house.desk_of("stone")).get("/twinnings/twinning/partners")
        assert all(name in page.words for name in ("Max", "Ruby", "Sam"))
        assert "Noa" not in page.words


class TestApartAndTogether:
    async def test_it_counts_at_once_and_the_last_word_holds(self, house: "House") -> None:
        levi = await house.desk_of("levi")
        for how in ("apart", "together"):
            form = [("one", "haifa-0"), ("other", "chicago-0"), ("how", how)]
            assert said(await levi.post(f"{HERE}/kept", form)) == {"ok": True}
        found = await about(levi, "haifa-0")
        assert (found["apart"], found["together"]) == ([], ["chicago-0"])
        assert (await about(await house.desk_of("stone"), "chicago-0"))["together"] == ["haifa-0"]
        assert house.rooms.looked == ["lesson", "lesson"]
        await levi.post(f"{HERE}/kept", [("one", "haifa-0"), ("other", "chicago-0"), ("how", "free")])
        assert (await about(levi, "haifa-0"))["together"] == []

    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ({"one": "chicago-0", "other": "chicago-1", "how": "apart"}, 403),
            ({"one": "haifa-0", "other": "haifa-0", "how": "apart"}, 422),
            ({"one": "haifa-0", "other": "stranger", "how": "apart"}, 422),
            ({"one": "haifa-0", "other": "chicago-0", "how": "married"}, 422),
            ({}, 422),
        ],
    )
    async def test_one_of_the_two_is_a_child_of_ones_own(
        self, house: "House", form: dict[str, str], status: int
    ) -> None:
        page = await (await house.desk_of("levi")).post(f"{HERE}/kept", list(form.items()))
        assert (page.status, said(page)["ok"]) == (status, False)
        assert said(page)["message"]
        assert house.rooms.looked == []

    async def test_the_other_schools_own_pairs_are_its_own_business(self, house: "House") -> None:
        await house.people.keep_apart("chicago-0", "chicago-1", apart=True, by="stone")
        assert (await about(await house.desk_of("levi"), "chicago-0"))["apart"] == []
        assert (await about(await house.desk_of("stone"), "chicago-0"))["apart"] == ["chicago-1"]


class TestSavedGroups:
    async def test_both_schools_see_rename_and_delete_them(self, house: "House") -> None:
        house.rooms.rooms = (("haifa-0", "chicago-0"), ("haifa-1", "chicago-1"))
        levi, stone = await house.desk_of("levi"), await house.desk_of("stone")
        made = said(await levi.post(f"{HERE}/groups", [("name", " קבוצות <b> ")]))
        (kept,) = said(await stone.get(f"{HERE}/groups"))["saved"]
        assert (kept["name"], kept["rooms"]) == ("קבוצות <b>", [["haifa-0", "chicago-0"], ["haifa-1", "chicago-1"]])
        assert said(await stone.post(f"{HERE}/groups/{made['id']}", [("name", "Tuesday")])) == {"ok": True}
        assert said(await levi.get(f"{HERE}/groups"))["saved"][0]["name"] == "Tuesday"
        assert said(await levi.post(f"{HERE}/groups/{made['id']}/delete")) == {"ok": True}
        assert said(await levi.post(f"{HERE}/groups/{made['id']}/delete")) == {"ok": True}
        assert said(await levi.get(f"{HERE}/groups"))["saved"] == []

    async def test_a_name_is_needed_and_free_and_there_must_be_rooms(self, house: "House") -> None:
        levi = await house.desk_of("levi")
        assert said(await levi.post(f"{HERE}/groups", [("name", "Tuesday")]))["code"] == "no_rooms"
        house.rooms.rooms = (("haifa-0", "chicago-0"),)
        for name in ("", "  ", "x" * 81, "a\u202eb"):
            assert said(await levi.post(f"{HERE}/groups", [("name", name)]))["code"] == "name_needed"
        await levi.post(f"{HERE}/groups", [("name", "Tuesday")])
        again = await levi.post(f"{HERE}/groups", [("name", "TUESDAY")])
        assert (again.status, said(again)["code"]) == (409, "name_taken")
        assert said(await levi.post(f"{HERE}/groups/none", [("name", "Other")]))["code"] == "not_found"

    async def test_children_whom_a_teacher_may_not_know_are_only_counted(self, house: "House") -> None:
        house.rooms.rooms = (("haifa-0", "chicago-0"),)
        await (await house.desk_of("levi")).post(f"{HERE}/groups", [("name", "Tuesday")])
        await house.people.set_consent("chicago-0", OWN_CLASS, "stone", NOW)
        (kept,) = said(await (await house.desk_of("levi")).get(f"{HERE}/groups"))["saved"]
        assert (kept["rooms"], kept["elsewhere"]) == ([["haifa-0"]], 1)


class TestRoomsFromAList:
    async def test_a_pasted_list_is_read_and_seats_nobody(self, house: "House") -> None:
        desk = await house.desk_of("stone")
        text = "room,student\n1,Noa\n1,רובי\n2,Nobody\n2,=1+1\n"
        found = said(await desk.post(f"{HERE}/rooms.csv", [("text", text)]))
        assert found["rooms"] == [["haifa-0", "chicago-1"]]
        assert [(p["line"], p["code"]) for p in found["problems"]] == [(4, "unknown_name"), (5, "unknown_name")]
        assert "Nobody" in found["problems"][0]["message"]

    async def test_the_template_comes_back_as_a_file(self, house: "House") -> None:
        house.rooms.rooms = (("haifa-0", "chicago-1"), ("haifa-1", "chicago-0"))
        desk = await house.desk_of("levi")
        page = await desk.get(f"{HERE}/rooms.csv")
        assert page.headers["Content-Type"].startswith("text/csv")
        form = FormData()
        form.add_field("file", page.html.encode(), filename="rooms.csv", content_type="text/csv")
        found = said(await desk.post(f"{HERE}/rooms.csv", form))
        assert (found["rooms"], found["problems"]) == ([list(room) for room in house.rooms.rooms], [])

    async def test_no_list_names_a_child_of_the_other_school_who_does_not_cross(self, house: "House") -> None:
        await house.people.set_consent("chicago-0", OWN_CLASS, "stone", NOW)
        levi, stone = await house.desk_of("levi"), await house.desk_of("stone")
        assert "Max" not in (await levi.get(f"{HERE}/rooms.csv")).html
        text = [("text", "Noa,Max\n")]
        codes = {who: [p["code"] for p in said(await desk.post(f"{HERE}/rooms.csv", text))["problems"]]
                 for who, desk in (("levi", levi), ("stone", stone))}  # fmt: skip
        assert set(codes["levi"]) == {"unknown_name", "alone_in_room"}
        assert "stays_in_class" in codes["stone"]

    @pytest.mark.parametrize("sent", [b"\x89PNG\x00\x00", b"", b"x" * 300_000, b'"open', b"\xff\xfe\x00"])
    async def test_what_is_no_list_is_told_in_a_sentence(self, house: "House", sent: bytes) -> None:
        form = FormData()
        form.add_field("file", sent, filename="rooms.csv", content_type="text/csv")
        page = await (await house.desk_of("levi")).post(f"{HERE}/rooms.csv", form)
        found = said(page)
        assert (page.status, found["rooms"], len(found["problems"])) == (200, [], 1)
        assert found["problems"][0]["message"]


PATHS = ("kept", "groups", "groups/x", "groups/x/delete", "rooms.csv")


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_else_sends_any_of_it(house: "House", path: str) -> None:
    assert (await (await house.desk_of("other")).post(f"{HERE}/{path}")).status == 404
    assert (await (await house.desk_of("lead")).post(f"{HERE}/{path}")).status == 403
    assert (await (await house.desk_of("admin")).post(f"{HERE}/{path}")).status == 403
    assert (await (await house.desk_of("")).post(f"{HERE}/{path}")).status == 303
