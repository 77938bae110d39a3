"""Test our classroom: who may, what a device may send, what ends by itself, and what stays on the pages afterwards."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from server.core.rehearsal import LAST_WORDS, LIFE, MOST_DEVICES, TOGETHER
from server.edges.pages.rehearsal import openings

if TYPE_CHECKING:
    from conftest import House

CLASS = "/classes/class-haifa"
PAGE = f"{CLASS}/rehearsal"
WELL = {
    "camera": "works",
    "microphone": "works",
    "socket": True,
    "ways": [{"transport": "udp", "ok": False, "ms": None}, {"transport": "tls", "ok": True, "ms": 140}],
    "tried": True,
    "measured": None,
}
MEASURED = {"round": 1, "up": 380, "down": 370, "round_trip": 64, "lost": 0.0, "limited": "none"}
FORMS = (PAGE, f"{PAGE}/together", f"{PAGE}/end")


@dataclass
class Tablet:
    """A device: no cookie, a number and a key."""

    house: "House"
    code: str
    number: int = 0
    key: str = ""

    async def join(self) -> int:
        """Ask for a number; return the status."""
        status, said = await self.post(f"/rehearse/{self.code}/devices", {})
        self.number, self.key = said.get("number", 0), said.get("key", "")
        return status

    async def say(self, report: Any = None, **changed: Any) -> tuple[int, Any]:
        """Report, as the page does every two seconds."""
        body = {"key": self.key} | ({"report": report} if report is not None else {}) | changed
        return await self.post(f"/rehearse/{self.code}/devices/{self.number}", body)

    async def post(self, path: str, body: Any) -> tuple[int, Any]:
        origin = str(self.house.client.make_url("/")).rstrip("/")
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0 Chrome/126.0.1.2"}
        async with self.house.client.post(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else {}


async def begun(house: "House") -> str:
    """Begin a rehearsal of the class in Haifa; return its code."""
    desk = await house.desk_of("levi")
    assert (await desk.post(PAGE)).location == PAGE
    shown = re.search(r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}", (await desk.get(PAGE)).words)
    assert shown is not None
    return shown[0].replace("-", "")


async def joined(house: "House", code: str) -> Tablet:
    tablet = Tablet(house, code)
    assert await tablet.join() == 200
    return tablet


def passes(house: "House", time: timedelta) -> None:
    house.clock.at += time


async def test_from_the_code_to_a_verdict_that_stays(house: "House") -> None:
    code = await begun(house)
    tablets = [await joined(house, code) for _ in range(3)]
    passes(house, timedelta(seconds=2))
    for tablet in tablets:
        assert await tablet.say(WELL) == (200, {"phase": "gathering", "round": 0, "seconds_left": 0})
    desk = await house.desk_of("levi")
    assert "3 מכשירים כאן" in (await desk.get(PAGE)).words
    await desk.post(f"{PAGE}/together")
    passes(house, timedelta(seconds=2))
    assert (await tablets[0].say(WELL))[1] == {"phase": "together", "round": 1, "seconds_left": 22}
    passes(house, TOGETHER)
    for tablet in tablets:
        status, news = await tablet.say(WELL | {"measured": MEASURED})
        assert (status, news["phase"]) == (200, "counting")
    passes(house, LAST_WORDS)
    assert (await tablets[0].say())[1]["phase"] == "told"
    page = await desk.get(PAGE)
    assert "מוכנה לווידאו: 3 מתוך 3 מכשירים" in page.words
    assert "370" in page.words
    await desk.post(f"{PAGE}/end")
    assert (await tablets[0].say())[0] == 410
    passes(house, timedelta(days=3))
    desk = await house.desk_of("levi")
    for path in (PAGE, CLASS, "/home", "/sessions/lesson"):
        assert "נבדקה לפני 3 ימים: מוכנה לווידאו" in (await desk.get(path)).words, path
    sheet = (await desk.get(f"{PAGE}/it")).words
    for words in ("relay over UDP 0 of 3 devices", "relay over TLS 3 of 3 devices", "Chrome 126 : 3", "ממסר ב־TLS"):
        assert words in sheet, words


async def test_the_devices_alone_bring_a_round_to_its_verdict(house: "House") -> None:
    tablet = await joined(house, await begun(house))
    desk = await house.desk_of("levi")
    await desk.post(f"{PAGE}/together")
    passes(house, TOGETHER)
    assert (await tablet.say(WELL | {"measured": MEASURED}))[0] == 200
    passes(house, LAST_WORDS)
    await tablet.say()
    assert "נבדקה היום" in (await desk.get(CLASS)).words


async def test_a_round_pressed_twice_is_one_round(house: "House") -> None:
    tablet = await joined(house, await begun(house))
    desk = await house.desk_of("levi")
    await desk.post(f"{PAGE}/together")
    passes(house, timedelta(seconds=5))
    await desk.post(f"{PAGE}/together")
    assert (await tablet.say())[1] == {"phase": "together", "round": 1, "seconds_left": 19}


# -- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("stone", 403), ("admin", 403), ("other", 404)])
@pytest.mark.parametrize("path", FORMS)
async def test_a_class_is_tested_by_its_own_school_only(house: "House", who: str, status: int, path: str) -> None:
    assert (await (await house.desk_of(who)).post(path)).status == status


async def test_an_administrator_may_test_and_a_safety_lead_need_not(house: "House") -> None:
    assert (await (await house.desk_of("admin")).get("/classes/class-chicago/rehearsal")).status == 200
    assert (await (await house.desk_of("admin")).post("/classes/class-chicago/rehearsal")).status == 303
    assert (await (await house.desk_of("lead")).get("/classes/class-chicago/rehearsal")).status == 403
    assert "Test our classroom" in (await (await house.desk_of("admin")).get("/home")).words
    assert "Test our classroom" not in (await (await house.desk_of("lead")).get("/home")).words


async def test_a_form_from_elsewhere_begins_nothing(house: "House") -> None:
    desk = await house.desk_of("levi")
    headers = {"Cookie": f"havruta_staff={desk.cookie}", "Origin": "https://elsewhere.example"}
    assert (await house.client.post(PAGE, headers=headers)).status == 403
    code = await begun(house)
    async with house.client.post(f"/rehearse/{code}/devices", json={}) as answer:
        assert answer.status == 403
    assert "עוד אין מכשירים" in (await desk.get(PAGE)).words


async def test_the_picture_of_the_code_is_there_only_while_the_code_is(house: "House") -> None:
    desk = await house.desk_of("levi")
    assert (await desk.get(f"{PAGE}/code.svg")).status == 404
    await begun(house)
    picture = await desk.get(f"{PAGE}/code.svg")
    assert (picture.status, picture.headers["Cache-Control"]) == (200, "no-store")
    passes(house, LIFE)
    desk = await house.desk_of("levi")
    assert (await desk.get(f"{PAGE}/code.svg")).status == 404


# -- devices ----------------------------------------------------------------------------------------------------------


async def test_looking_at_the_page_joins_nobody(house: "House") -> None:
    code = await begun(house)
    async with house.client.get(f"/rehearse/{code}") as answer:
        shell = await answer.text()
    assert "rehearse.mjs" in shell
    # The page speaks the school's language.
    assert '<html lang="he" dir="rtl">' in shell
    assert "class-haifa" not in shell
    assert "עוד אין מכשירים" in (await (await house.desk_of("levi")).get(PAGE)).words


@pytest.mark.parametrize("typed", ["kmt-4rx-9pa", "KMT4RX9PA"])
async def test_a_code_that_opens_nothing_is_told_kindly_and_costs_a_try(house: "House", typed: str) -> None:
    for _ in range(30):
        assert (await house.client.get(f"/rehearse/{typed}")).status == 404
    assert (await house.client.get(f"/rehearse/{typed}")).status == 429


async def test_a_class_whose_test_has_ended_does_not_close_the_door_to_codes(house: "House") -> None:
    code = await begun(house)
    tablet = await joined(house, code)
    passes(house, LIFE)
    for _ in range(40):
        assert (await tablet.say())[0] == 410
    assert (await house.client.get("/rehearse/KMT4RX9PA")).status == 404


async def test_a_rehearsal_is_over_after_two_hours(house: "House") -> None:
    code = await begun(house)
    tablet = await joined(house, code)
    passes(house, LIFE)
    assert (await Tablet(house, code).join()) == 410
    assert (await tablet.post(f"/rehearse/{code}/devices/1/ice", {"key": tablet.key}))[0] == 410
    assert (await house.client.get(f"/rehearse/{code}")).status == 404


async def test_a_rehearsal_takes_so_many_devices_and_no_more(house: "House") -> None:
    code = await begun(house)
    for _ in range(MOST_DEVICES):
        await joined(house, code)
    assert await Tablet(house, code).join() == 409


async def test_a_device_that_talks_without_pause_is_slowed_down(house: "House") -> None:
    tablet = await joined(house, await begun(house))
    passes(house, timedelta(seconds=2))
    assert (await tablet.say(WELL))[0] == 200
    assert (await tablet.say(WELL | {"socket": False}))[0] == 429
    passes(house, timedelta(seconds=2))
    assert (await tablet.say(WELL | {"socket": False}))[0] == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"report": WELL}, 400),
        ({"key": "", "report": WELL}, 400),
        ({"key": "x" * 101, "report": WELL}, 400),
        ({"key": "of somebody else", "report": WELL}, 403),
        ({"key": "KEY", "report": WELL | {"name": "Noa"}}, 400),
        ({"key": "KEY", "report": WELL | {"ways": [WELL["ways"]]}}, 400),
        ({"key": "KEY", "report": {"camera": "x" * 5000}}, 413),
        ({"key": "KEY", "class": "class-haifa"}, 400),
        ([], 400),
        ("", 400),
    ],
)
async def test_a_report_that_is_none_changes_nothing(house: "House", body: Any, status: int) -> None:
    tablet = await joined(house, await begun(house))
    passes(house, timedelta(seconds=2))
    said = json.loads(json.dumps(body).replace("KEY", tablet.key))
    assert (await tablet.post(f"/rehearse/{tablet.code}/devices/1", said))[0] == status
    assert "עוד לא נבדק" in (await (await house.desk_of("levi")).get(PAGE)).words


async def test_the_credential_of_a_device_is_its_own_and_short(house: "House") -> None:
    tablet = await joined(house, await begun(house))
    path = f"/rehearse/{tablet.code}/devices/1/ice"
    assert (await tablet.post(path, {"key": "of somebody else"}))[0] == 403
    status, given = await tablet.post(path, {"key": tablet.key})
    [relay] = given["iceServers"]
    until, _, who = relay["username"].partition(":")
    assert (status, given["iceTransportPolicy"]) == (200, "relay")
    assert int(until) == int(house.clock.at.timestamp()) + 600
    assert re.fullmatch(r"rehearsal-[0-9a-f]{12}\.1", who)


def test_what_must_be_open_is_read_from_the_addresses_of_server_and_relay() -> None:
    urls = ["turn:relay.example:3478?transport=udp", "turn:relay.example?transport=tcp", "turns:[2001:db8::1]:443"]
    found = openings("https://havruta.example", {"iceServers": [{"urls": urls}]})
    assert [(one.what, one.host, one.port, one.protocol) for one in found] == [
        ("pages", "havruta.example", 443, "TCP"),
        ("udp", "relay.example", 3478, "UDP"),
        ("tcp", "relay.example", 3478, "TCP"),
        ("tls", "2001:db8::1", 443, "TCP"),
    ]
