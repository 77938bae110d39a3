"""Who sees which page: the right teacher reads it, others are refused as if it were not theirs or did not exist."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import House

EVERYWHERE = (
    "/home",
    "/protocols",
    "/protocols/noticing_and_wondering",
    "/protocols/reflection/preview",
    "/texts",
    "/texts/ruth-1",
    "/plans",
)
FILES_AND_FRAMES = ("/protocols/reflection/file", "/protocols/reflection/preview/student")
BY_THOSE_WHO_TEACH = ("/texts/import", "/texts/import?from=ruth-1")
OF_HAIFA = (
    "/schools/haifa",
    "/classes/class-haifa",
    "/classes/class-haifa/cards",
    "/classes/class-haifa/cards/haifa-0.svg",
    "/classes/class-haifa/template.csv",
    "/students/haifa-0/erase",
    "/classes/class-haifa/rehearsal",
    "/classes/class-haifa/rehearsal/it",
)
OF_BOTH = (
    "/twinnings/twinning",
    "/twinnings/twinning/partners",
    "/twinnings/twinning/sessions/new",
    "/sessions/lesson",
    "/sessions/lesson/paper",
    "/sessions/lesson/run-of-show",
    "/sessions/lesson/preview",
)
FRAME_OF_BOTH = "/sessions/lesson/preview/student"


@pytest.mark.parametrize(
    "path", [*EVERYWHERE, *BY_THOSE_WHO_TEACH, *FILES_AND_FRAMES, *OF_HAIFA, *OF_BOTH, FRAME_OF_BOTH]
)
async def test_a_teacher_of_the_school_reads_it(house: "House", path: str) -> None:
    page = await (await house.desk_of("levi")).get(path)
    assert page.status == 200, page.words


@pytest.mark.parametrize("path", [*OF_BOTH, FRAME_OF_BOTH])
async def test_the_partner_reads_the_same_lesson(house: "House", path: str) -> None:
    assert (await (await house.desk_of("stone")).get(path)).status == 200


@pytest.mark.parametrize("path", OF_HAIFA)
async def test_the_partner_does_not_read_what_is_private_to_the_school(house: "House", path: str) -> None:
    assert (await (await house.desk_of("stone")).get(path)).status in (403, 404)


@pytest.mark.parametrize("path", [*EVERYWHERE, *OF_HAIFA[:2], *OF_BOTH])
async def test_whoever_is_signed_in_can_sign_out(house: "House", path: str) -> None:
    assert 'action="/signout"' in (await (await house.desk_of("levi")).get(path)).html


async def test_the_doors_offer_no_way_out_to_whoever_is_not_in(house: "House") -> None:
    assert 'action="/signout"' not in (await (await house.desk_of("")).get("/signin")).html


@pytest.mark.parametrize("path", [*OF_HAIFA, *OF_BOTH, FRAME_OF_BOTH])
async def test_for_another_school_it_does_not_exist(house: "House", path: str) -> None:
    assert (await (await house.desk_of("other")).get(path)).status == 404


@pytest.mark.parametrize(
    "path", [*EVERYWHERE, *BY_THOSE_WHO_TEACH, *FILES_AND_FRAMES, *OF_HAIFA, *OF_BOTH, FRAME_OF_BOTH]
)
async def test_who_is_not_signed_in_is_asked_to(house: "House", path: str) -> None:
    page = await (await house.desk_of("")).get(path)
    assert (page.status, page.location.startswith("/signin?next=/")) == (303, True)


@pytest.mark.parametrize(
    "path",
    ["/protocols/none", "/texts/none", "/sessions/none", "/twinnings/none", "/classes/none", "/students/none/erase"],
)
async def test_what_is_not_there_is_not_found(house: "House", path: str) -> None:
    assert (await (await house.desk_of("levi")).get(path)).status == 404


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("admin", "/classes/class-chicago"),
        ("lead", "/classes/class-chicago/cards"),
        ("lead", "/classes/class-chicago/rehearsal"),
        ("lead", "/classes/class-chicago/rehearsal/it"),
        ("admin", "/twinnings/twinning/partners"),
        ("admin", "/twinnings/twinning/sessions/new"),
        ("stone", "/students/chicago-0/erase"),
        ("lead", "/texts/import"),
        ("admin", "/texts/import"),
    ],
)
async def test_a_role_without_the_right_is_refused_in_its_own_school(house: "House", who: str, path: str) -> None:
    assert (await (await house.desk_of(who)).get(path)).status == 403


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("stone", "/schools/chicago"),
        ("stone", "/schools/chicago/invitations"),
        ("stone", "/schools/chicago/partner"),
        ("lead", "/classes/class-chicago/consent"),
        ("lead", "/classes/class-chicago/rehearsal"),
        ("lead", "/classes/class-chicago/rehearsal/together"),
        ("lead", "/classes/class-chicago/rehearsal/end"),
        ("stone", "/classes/class-haifa/rehearsal"),
        ("lead", "/schools/chicago/classes"),
        ("admin", "/students/chicago-0/code"),
        ("admin", "/sessions/lesson"),
        ("stone", "/classes/class-haifa/consent"),
        ("lead", "/sessions/lesson/rehearse"),
        ("admin", "/sessions/lesson/rehearse"),
        ("lead", "/texts/import"),
        ("admin", "/texts/import"),
        ("lead", "/sessions/lesson/copy"),
        ("admin", "/sessions/lesson/shelve"),
        ("lead", "/protocols/reflection/copy"),
        ("admin", "/protocols/upload"),
    ],
)
async def test_a_form_is_refused_to_whoever_may_not_send_it(house: "House", who: str, path: str) -> None:
    assert (await (await house.desk_of(who)).post(path)).status == 403


@pytest.mark.parametrize(
    "path",
    [
        *EVERYWHERE,
        *BY_THOSE_WHO_TEACH,
        *OF_BOTH,
        "/schools/haifa",
        "/classes/class-haifa",
        "/classes/class-haifa/rehearsal",
    ],
)
async def test_every_page_reads_from_right_to_left_for_a_hebrew_reader(house: "House", path: str) -> None:
    assert 'lang="he" dir="rtl"' in (await (await house.desk_of("levi")).get(path)).html


async def test_another_school_rehearses_no_lesson_of_ours(house: "House") -> None:
    assert (await (await house.desk_of("other")).post("/sessions/lesson/rehearse")).status == 404


async def test_where_nobody_can_be_simulated_there_is_nothing_to_rehearse(house: "House") -> None:
    desk = await house.desk_of("stone")
    assert (await desk.post("/sessions/lesson/rehearse")).status == 404
    assert "Rehearse this lesson" not in (await desk.get("/sessions/lesson")).words
