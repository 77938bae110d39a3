"""A school copies a protocol, changes it in a form or as a file, and uses it: nothing typed is lost, nobody else sees it."""

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import FormData

from server.adapters.sql.shelves import SqlShelves
from server.core.people.models import LessonSession, PlannedPart
from server.core.twinning.own_protocol import OwnProtocol
from server.edges.pages.known import SHELVES
from tests.pages.conftest import LESSON

if TYPE_CHECKING:
    from conftest import Desk, House, Page

Fields = list[tuple[str, str]]
HOSTILE = "<script>alert(1)</script>{{ 6007*7 }}\u202e"


async def shelves_of(house: "House") -> Any:
    shelves = house.client.app[SHELVES]
    assert isinstance(shelves, SqlShelves)
    return shelves


async def copied(desk: "Desk", name: str = "agree_disagree") -> str:
    """Make a copy and return its id."""
    made = await desk.post(f"/protocols/{name}/copy")
    assert made.status == 303
    return made.location.split("/")[2]


async def form_of(desk: "Desk", own: str) -> Fields:
    page = await desk.get(f"/protocols/{own}/edit")
    assert page.status == 200
    return page.fields_in("protocol-form")


async def save(desk: "Desk", own: str, changes: dict[str, str], do: str = "save") -> "Page":
    fields = [(name, changes.get(name, value)) for name, value in await form_of(desk, own)]
    return await desk.post(f"/protocols/{own}/edit", [*fields, ("do", do)])


async def kept(house: "House", own: str) -> OwnProtocol:
    found = await (await shelves_of(house)).own(own)
    assert found is not None
    return found


async def with_own_part(house: "House", key: str) -> LessonSession:
    plan = LESSON.plan.model_copy(update={"parts": (*LESSON.plan.parts, PlannedPart(protocol=key))})
    lesson = LESSON.model_copy(update={"plan": plan})
    await house.people.save_session(lesson)
    return lesson


async def test_a_copy_is_the_schools_own_and_stands_in_its_library(house: "House") -> None:
    desk = await house.desk_of("stone")
    own = await copied(desk)
    page = await desk.get("/protocols")
    assert f"/protocols/{own}/edit" in page.html
    assert "(our version)" in page.words
    assert (await desk.get(f"/protocols/{own}")).status == 200
    assert f'value="{own}@1"' in (await desk.get("/sessions/lesson")).html


async def test_saving_what_nobody_changed_makes_no_version(house: "House") -> None:
    desk = await house.desk_of("stone")
    own = await copied(desk)
    assert (await save(desk, own, {})).status == 303
    assert (await kept(house, own)).version == 1


async def test_a_changed_prompt_is_a_new_version_and_the_old_one_stays(house: "House") -> None:
    desk = await house.desk_of("stone")
    own = await copied(desk)
    assert (await save(desk, own, {"steps.read.prompt:he": "הקשיבו היטב"})).status == 303
    page = await desk.get(f"/protocols/{own}?view=student")
    assert "הקשיבו היטב" in page.words
    assert "הקשיבו היטב" not in (await desk.get(f"/protocols/{own}@1?view=student")).words
    back = await desk.post(f"/protocols/{own}/restore", [("version", "1")])
    assert back.status == 303
    assert (await kept(house, own)).version == 3
    assert "הקשיבו היטב" not in (await desk.get(f"/protocols/{own}?view=student")).words


async def test_what_is_not_whole_is_kept_as_a_draft_and_lessons_use_the_last_whole_version(house: "House") -> None:
    desk = await house.desk_of("stone")
    own = await copied(desk)
    await save(desk, own, {"steps.read.prompt:he": "", "steps.read.minutes": "ten", "title:en": "Ours"})
    page = await desk.get(f"/protocols/{own}/edit")
    assert "The Hebrew is missing." in page.words
    assert "A number is needed here." in page.words
    assert "2 things to mend" in page.words
    assert 'value="ten"' in page.html
    assert 'value="Ours"' in page.html
    assert (await kept(house, own)).version == 1
    await save(desk, own, {"steps.read.prompt:he": "קראו", "steps.read.minutes": "3"})
    assert (await kept(house, own)).version == 2
    assert (await kept(house, own)).draft is None


async def test_steps_move_as_far_as_they_can_and_the_page_says_why_not_further(house: "House") -> None:
    desk = await house.desk_of("stone")
    own = await copied(desk)
    refused = await save(desk, own, {"title:en": "Kept all the same"}, "up:before_shown")
    assert refused.status == 409
    assert "works with the words of" in refused.words
    assert (await kept(house, own)).title["en"] == "Kept all the same"
    moved = await save(desk, own, {}, "down:answer")
    assert moved.status == 303
    steps = (await (await shelves_of(house)).versions_of(own))[0].definition["steps"]
    assert [s["id"] for s in steps].index("answer") > [s["id"] for s in steps].index("switch")


async def test_an_optional_step_is_taken_out_and_an_earlier_version_brings_it_back(house: "House") -> None:
    desk = await house.desk_of("stone")
    own = await copied(desk)
    assert (await save(desk, own, {}, "remove:switch")).status == 303
    assert "steps.switch.title" not in (await desk.get(f"/protocols/{own}/edit")).html
    await desk.post(f"/protocols/{own}/restore", [("version", "1")])
    assert "steps.switch.title" in (await desk.get(f"/protocols/{own}/edit")).html
    assert (await save(desk, own, {}, "remove:close")).status == 409


async def test_two_who_write_at_once_lose_nothing(house: "House") -> None:
    desk = await house.desk_of("stone")
    own = await copied(desk)
    seen = await form_of(desk, own)
    await save(desk, own, {"title:en": "The first"})
    changes = {"summary:en": "The second wrote this"}
    late = await desk.post(f"/protocols/{own}/edit", [(n, changes.get(n, v)) for n, v in seen] + [("do", "save")])
    assert late.status == 409
    assert "The second wrote this" in late.html
    assert (await kept(house, own)).title["en"] == "The first"


async def test_hostile_words_are_inert_on_every_page(house: "House") -> None:
    desk = await house.desk_of("stone")
    own = await copied(desk)
    hostile = {name: HOSTILE for name in ("title:en", "title:he", "steps.read.title:en", "steps.read.prompt:en")}
    await save(desk, own, hostile)
    await with_own_part(house, f"{own}@2")
    for path in (
        f"/protocols/{own}",
        f"/protocols/{own}?view=student",
        f"/protocols/{own}/edit",
        f"/protocols/{own}/preview",
        f"/protocols/{own}/preview/student",
        "/protocols",
        "/sessions/lesson",
        "/sessions/lesson/paper",
        "/sessions/lesson/run-of-show",
        "/sessions/lesson/preview",
        "/sessions/lesson/preview/student",
    ):
        page = await desk.get(path)
        assert page.status == 200, path
        assert "<script>alert" not in page.html, path
        assert "42049" not in page.words.replace("49:", ""), path
    file = await desk.get(f"/protocols/{own}/file")
    assert file.headers["Content-Type"].startswith("application/yaml")
    assert "attachment" in file.headers["Content-Disposition"]


# -- files ------------------------------------------------------------------------------------------------------------


def file_with(words: str | bytes) -> FormData:
    form = FormData()
    form.add_field("file", words, filename="../<b>.yaml", content_type="application/yaml")
    return form


async def test_a_protocol_goes_out_as_a_file_and_comes_in_again(house: "House") -> None:
    desk = await house.desk_of("stone")
    words = (await desk.get("/protocols/agree_disagree/file")).html
    made = await desk.post("/protocols/upload", file_with(words.replace("before_shown", "shown_before")))
    assert made.status == 303
    own = made.location.split("/")[2]
    assert (await kept(house, own)).version == 1
    again = await desk.post(f"/protocols/{own}/upload", file_with(words))
    assert again.status == 303
    assert (await kept(house, own)).version == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "The file is empty."),
        ("id: x\nsteps: 3\n", "A list is expected here, not 3."),
        ("id: !!python/object/apply:os.system ['ls']\n", "Words are expected here, not a list"),
        ("id: !!python/name:os.system x\n", "is not allowed in a protocol"),
        ("a: &a [x]\nb: [*a, *a]\n", "There is no field"),
        ("x" * (300 * 1024), "larger than 256 kB"),
        (b"\xff\xfe", "not saved as UTF-8"),
        ("title: <img src=x onerror=alert(1)>\n", "Words in each language"),
    ],
)
async def test_every_mistake_of_a_file_is_listed_and_nothing_is_kept(
    house: "House", words: str | bytes, said: str
) -> None:
    desk = await house.desk_of("stone")
    page = await desk.post("/protocols/upload", file_with(words))
    assert page.status == 422
    assert said in page.words
    assert "<img src=x" not in page.html
    assert await (await shelves_of(house)).own_of("chicago") == []


async def test_a_post_without_a_file_is_no_mistake_of_ours(house: "House") -> None:
    assert (await (await house.desk_of("stone")).post("/protocols/upload", [("file", "words")])).status == 422


# -- whose it is ------------------------------------------------------------------------------------------------------

OF_OWN = ("", "/edit", "/file", "/preview", "/preview/student")
FORMS = ("/edit", "/upload", "/restore", "/remove")


@pytest.mark.parametrize("path", OF_OWN)
@pytest.mark.parametrize("who", ["levi", "other"])
async def test_another_schools_own_protocol_does_not_exist(house: "House", who: str, path: str) -> None:
    own = await copied(await house.desk_of("stone"))
    desk = await house.desk_of(who)
    for name in (own, f"{own}@1"):
        assert (await desk.get(f"/protocols/{name}{path}")).status == 404
    assert own not in (await desk.get("/protocols")).html


@pytest.mark.parametrize("path", [*FORMS, "/copy"])
@pytest.mark.parametrize("who", ["levi", "other"])
async def test_another_school_changes_nothing(house: "House", who: str, path: str) -> None:
    own = await copied(await house.desk_of("stone"))
    assert (await (await house.desk_of(who)).post(f"/protocols/{own}{path}")).status == 404
    assert not (await kept(house, own)).removed


@pytest.mark.parametrize("who", ["lead", "admin"])
async def test_who_does_not_teach_reads_and_changes_nothing(house: "House", who: str) -> None:
    own = await copied(await house.desk_of("stone"))
    desk = await house.desk_of(who)
    assert (await desk.get(f"/protocols/{own}")).status == 200
    assert (await desk.get(f"/protocols/{own}/edit")).status == 403
    for path in (*FORMS, "/copy"):
        assert (await desk.post(f"/protocols/{own}{path}")).status == 403
    assert (await desk.post("/protocols/upload")).status == 403
    assert (await desk.post("/protocols/reflection/copy")).status == 403


async def test_the_partner_reads_exactly_the_version_that_a_common_lesson_names(house: "House") -> None:
    own = await copied(await house.desk_of("stone"))
    await save(await house.desk_of("stone"), own, {"title:en": "Our secret"})
    await with_own_part(house, f"{own}@1")
    levi = await house.desk_of("levi")
    assert (await levi.get(f"/protocols/{own}@1")).status == 200
    assert (await levi.get(f"/protocols/{own}@1/file")).status == 200
    for hidden in (own, f"{own}@2"):
        assert (await levi.get(f"/protocols/{hidden}")).status == 404
    assert (await levi.get(f"/protocols/{own}@1/edit")).status == 404
    assert (await (await house.desk_of("other")).get(f"/protocols/{own}@1")).status == 404
    assert (await levi.get("/sessions/lesson/run-of-show")).status == 200
    assert (await levi.post(f"/protocols/{own}@1/copy")).status == 303


async def test_a_protocol_comes_into_a_plan_by_its_own_schools_teachers_not_by_its_name(house: "House") -> None:
    own = await copied(await house.desk_of("stone"))
    levi = await house.desk_of("levi")
    fields = [(n, f"{own}@1" if n == "protocol_1" else v) for n, v in (await levi.get("/sessions/lesson")).fields]
    assert (await levi.post("/sessions/lesson", [*fields, ("do", "save")])).status == 422
    session = await house.people.session("lesson")
    assert session is not None
    assert all(own not in part.protocol for part in session.plan.parts)


async def test_a_plan_keeps_its_version_until_a_teacher_takes_the_newer(house: "House") -> None:
    desk = await house.desk_of("stone")
    own = await copied(desk)
    await with_own_part(house, f"{own}@1")
    await save(desk, own, {"title:en": "Better"})
    page = await desk.get("/sessions/lesson")
    assert "There is a newer version" in page.words
    assert (await desk.post("/sessions/lesson", [*page.fields, ("do", "newer:3")])).status == 303
    session = await house.people.session("lesson")
    assert session is not None
    assert session.plan.parts[3].protocol == f"{own}@2"
    assert "There is a newer version" not in (await desk.get("/sessions/lesson")).words


async def test_removed_from_the_library_a_plan_that_names_it_keeps_it(house: "House") -> None:
    desk = await house.desk_of("stone")
    own, unused = await copied(desk), await copied(desk, "reflection")
    await with_own_part(house, f"{own}@1")
    for one in (own, unused):
        assert (await desk.post(f"/protocols/{one}/remove")).location == "/protocols?done=protocol_removed"
    assert (await kept(house, own)).removed
    assert await (await shelves_of(house)).own(unused) is None
    assert (await desk.get("/sessions/lesson/paper")).status == 200
    assert (await desk.get(f"/protocols/{own}/edit")).status == 404
    assert own not in (await desk.get("/protocols")).html


async def test_a_school_has_no_more_than_its_limit(house: "House", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.edges.pages.own_protocols.MOST_OWN", 1)
    monkeypatch.setattr("server.edges.pages.own_protocols.MOST_VERSIONS", 2)
    desk = await house.desk_of("stone")
    own = await copied(desk)
    assert (await desk.post("/protocols/reflection/copy")).location == "/protocols?done=too_many_protocols"
    await save(desk, own, {"title:en": "Second"})
    full = await save(desk, own, {"title:en": "Third"})
    assert full.status == 409
    assert "as many versions as it can have" in full.words
    assert 'value="Third"' in full.html
