"""Who may open the live socket: by origin, by cookie, by role, by lesson. Whoever may not is told a stable code."""

from dataclasses import dataclass
from typing import Any

import pytest

from server.adapters.seed import SESSION
from server.core.live import commands as c
from server.edges.identity import STAFF_COOKIE
from tests.socket.served import (
    CHICAGO_TEACHER,
    HAIFA_SAFETY,
    HAIFA_TEACHER,
    RawSocket,
    RefusedAtDoor,
    Served,
    soon,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHILD, OTHER_CHILD = "demo-haifa-01", "demo-haifa-02"


async def refusal(served: Served, *who: Any, **how: Any) -> str:
    """Return the code with which a connection is refused; "in" if it is let in."""
    try:
        connection = await served.raw(*who, **how)
    except RefusedAtDoor as refused:
        return refused.code
    await connection.close()
    return "in"


async def test_a_teacher_and_a_child_of_the_lesson_come_in(served: Served) -> None:
    assert await refusal(served, "staff", HAIFA_TEACHER) == "in"
    assert await refusal(served, "student", CHILD) == "in"


@pytest.mark.parametrize(
    ("origin", "code"),
    [
        (None, "origin"),
        ("https://elsewhere.example", "http 400"),
        ("null", "http 400"),
        ("http://127.0.0.1:1", "http 400"),
        ("http://127.0.0.1.evil.example", "http 400"),
        ("http://[", "http 400"),
    ],
)
async def test_a_page_that_is_not_ours_opens_no_socket(served: Served, origin: str | None, code: str) -> None:
    assert await refusal(served, "student", CHILD, origin=origin) == code


async def test_localhost_is_this_machine_too(served: Served) -> None:
    by_name = served.url.replace("127.0.0.1", "localhost")
    cookies = {STAFF_COOKIE: await served.token("staff", HAIFA_TEACHER)}
    connection = await RawSocket.open(by_name, "/", cookies, by_name, SESSION)
    await connection.close()
    with pytest.raises(RefusedAtDoor):
        await RawSocket.open(served.url, "/", cookies, by_name, SESSION)


@pytest.mark.parametrize(
    "session", ["no-such-lesson", f"{SESSION}.1", "", "x" * 41, "x" * 5000, None, 7, ["demo-lesson"], {"id": SESSION}]
)
async def test_a_lesson_that_is_not_there_lets_nobody_in(served: Served, session: Any) -> None:
    assert await refusal(served, "staff", HAIFA_TEACHER, session=session) == "no_session"
    assert await refusal(served, "student", CHILD, session=session) == "no_session"


@dataclass(frozen=True)
class Stranger:
    """Somebody with the wrong cookie, or none."""

    kind: str | None
    subject: str = ""
    path: str = "/"
    token: str | None = None


@pytest.mark.parametrize(
    "who",
    [
        Stranger(None),
        Stranger(None, path=f"/s/{CHILD}/"),
        Stranger("staff", token="guessed"),
        Stranger("student", token="guessed", path=f"/s/{CHILD}/"),
        Stranger("student", OTHER_CHILD, path=f"/s/{CHILD}/"),
        Stranger("student", CHILD, path="/"),
        Stranger("staff", HAIFA_TEACHER, path=f"/s/{CHILD}/"),
    ],
    ids=[
        "nobody",
        "nobody at a seat",
        "guessed",
        "guessed seat",
        "another child's",
        "a child's at the desk",
        "an adult's",
    ],
)
async def test_a_cookie_opens_only_its_own_path(served: Served, who: Stranger) -> None:
    assert await refusal(served, who.kind, who.subject, path=who.path, token=who.token) == "not_signed_in"


async def test_a_cookie_of_one_kind_is_not_taken_for_the_other(served: Served) -> None:
    of_child, of_adult = await served.token("student", CHILD), await served.token("staff", HAIFA_TEACHER)
    assert await refusal(served, "staff", token=of_child) == "not_signed_in"
    assert await refusal(served, "student", token=of_adult, path=f"/s/{HAIFA_TEACHER}/") == "not_signed_in"


@pytest.mark.parametrize(("kind", "who"), [("staff", HAIFA_TEACHER), ("student", CHILD)])
async def test_a_cookie_that_was_signed_out_opens_nothing(served: Served, kind: str, who: str) -> None:
    browser = await served.browser(kind, who)
    token = next(iter(browser.cookie_jar)).value
    out = "/signout" if kind == "staff" else f"/s/{who}/leave"
    async with browser.post(f"{served.url}{out}", allow_redirects=False) as answer:
        assert answer.status == 303
    path = "/" if kind == "staff" else f"/s/{who}/"
    assert await refusal(served, kind, who, token=token, path=path) == "not_signed_in"


async def test_roles_and_schools_decide_which_adults_come_in(served: Served) -> None:
    await served.hire("third-teacher", "third-school", "teacher", "coordinator", "admin", "safety_lead")
    await served.hire("haifa-admin", "demo-haifa", "admin")
    await served.hire("haifa-nothing", "demo-haifa")
    for stranger in ("third-teacher", "haifa-admin", "haifa-nothing", HAIFA_SAFETY):
        assert await refusal(served, "staff", stranger) == "not_your_session", stranger
    await served.hire("haifa-coordinator", "demo-haifa", "coordinator")
    assert await refusal(served, "staff", "haifa-coordinator") == "in"


async def test_a_child_of_another_class_or_without_leave_to_cross_stays_out(served: Served) -> None:
    await served.hire("third-teacher", "third-school", "teacher")
    await served.enrol("third-child", "third-class", "third-school")
    await served.enrol("next-door", "demo-haifa-8", "demo-haifa")
    for child in ("third-child", "next-door"):
        assert await refusal(served, "student", child) == "not_your_session", child


async def test_a_child_who_was_taken_out_stays_out(served: Served) -> None:
    child = "demo-chicago-11"
    assert await refusal(served, "student", child) == "in"
    live = served.house.live
    await live.teacher(SESSION, c.Teacher(CHICAGO_TEACHER, "b"), "take-out-1", c.RemoveMember(member=child))
    assert await refusal(served, "student", child) == "removed"


async def test_one_websocket_is_one_connection(served: Served) -> None:
    """Asking to be let in twice must not give a second queue, with limits of its own."""
    await soon(lambda: served.house.socket.count == 0)
    twice = await served.raw("student", CHILD)
    assert served.house.socket.count == 1
    await twice.ws.send_str('40{"session": "demo-lesson", "tab": "again"}')
    said = ""
    while not said.startswith("44"):
        said = await twice.ws.receive_str(timeout=5)
    assert served.house.socket.count == 1
    await twice.ws.send_str('40/admin,{"session": "demo-lesson"}')
    while not said.startswith("44/admin"):
        said = await twice.ws.receive_str(timeout=5)
    await twice.close()
