"""What every answer carries and every request must pass."""

import asyncio
import base64
import hashlib
import re
from io import BytesIO

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from server.edges.limits import CODES, CODES_A_MINUTE, PASSWORDS, Limits, TooManyTries, client_address
from server.edges.locale import accented
from server.edges.pages.entrance import script_json
from server.edges.parts import PARTS
from server.edges.security import IMPORT_MAP, MOST_BYTES
from tests.people.conftest import NOW, SECRET, House, OpenHouse, SettingsForTests, furnish

CODE = "ABCDEFGH2"


async def test_every_answer_carries_a_strict_policy_errors_too(open_house: OpenHouse) -> None:
    house = await open_house()
    for path in ("/", "/j", "/nowhere"):
        headers = (await house.client.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=(self)" in headers["Permissions-Policy"]
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert headers["Cache-Control"] == "no-store"


async def test_the_only_inline_script_is_the_import_map_and_its_hash_is_in_the_policy(open_house: OpenHouse) -> None:
    house = await open_house()
    await furnish(house.people)
    await house.post(f"/j/{CODE}")
    response = await house.client.get("/s/haifa-1/")
    scripts = re.findall(r'<script type="([^"]+)"[^>]*>([^<]+)</script>', await response.text())
    assert [kind for kind, _ in scripts] == ["importmap", "application/json"]
    digest = base64.b64encode(hashlib.sha256(scripts[0][1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in response.headers["Content-Security-Policy"]
    assert house.app.get(IMPORT_MAP, "{}") == scripts[0][1]


CROSS_SITE = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "OURS", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "OURS", "Sec-Fetch-Site": "same-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-origin"},
]


@pytest.mark.parametrize("headers", CROSS_SITE)
async def test_a_change_that_does_not_come_from_our_page_is_refused(
    open_house: OpenHouse, headers: dict[str, str]
) -> None:
    house = await open_house()
    ours = house.url("/").rstrip("/")
    sent = {name: value.replace("OURS", ours) for name, value in headers.items()}
    response = await house.client.post("/language", data={"language": "he"}, headers=sent, allow_redirects=False)
    assert response.status == 403
    assert "from_elsewhere" in await response.text()


async def test_our_own_forms_pass_even_where_the_browser_hides_the_origin(open_house: OpenHouse) -> None:
    house = await open_house()
    for origin in (house.url("/").rstrip("/"), "null"):
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        assert (await house.post("/language", {"language": "he"}, headers=headers))[0] == 303


async def test_another_name_for_this_machine_is_trusted_only_if_it_is_loopback(open_house: OpenHouse) -> None:
    house = await open_house()
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    response = await house.client.post("/language", data={"language": "he"}, headers=headers)
    assert response.status == 403


async def test_problems_are_kind_in_the_readers_language_and_json_for_programs(open_house: OpenHouse) -> None:
    house = await open_house()
    status, page = await house.get("/nowhere", headers={"Accept-Language": "he"})
    assert status == 404
    assert "אין דף כזה" in page
    assert "not_found" in page
    response = await house.client.get("/api/nowhere")
    assert response.status == 404
    assert (await response.json())["code"] == "not_found"


async def test_what_is_too_large_is_refused_before_it_is_read(open_house: OpenHouse) -> None:
    house = await open_house()
    headers = {"Origin": house.url("/").rstrip("/"), "Content-Type": "application/x-www-form-urlencoded"}
    response = await house.client.post("/j", data=BytesIO(b"code=" + b"A" * MOST_BYTES), headers=headers)
    assert response.status == 413
    assert "too_large" in await response.text()


async def test_our_own_mistakes_are_told_without_details(open_house: OpenHouse) -> None:
    house = await open_house()
    house.clock.at = None  # type: ignore[assignment]  # something breaks inside
    await furnish(house.people)
    status, page = await house.get(f"/j/{CODE}")
    assert status == 500
    assert "our_mistake" in page
    assert "Traceback" not in page
    assert "NoneType" not in page


async def cookie_of(house: House) -> str:
    """Return the Set-Cookie line of a student who comes in."""
    await furnish(house.people)
    headers = {"Origin": "https://havruta.test", "Sec-Fetch-Site": "same-origin"}
    response = await house.client.post(f"/j/{CODE}", headers=headers, allow_redirects=False)
    return response.headers["Set-Cookie"]


async def test_under_https_cookies_are_secure_and_say_so_in_their_names(open_house: OpenHouse) -> None:
    cookie = await cookie_of(await open_house(origin="https://havruta.test", https=True))
    assert cookie.startswith("__Secure-havruta_seat=")
    for attribute in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/s/haifa-1/"):
        assert attribute in cookie


async def test_only_failures_count_and_only_against_their_own_address() -> None:
    limits = Limits(SECRET)
    for _ in range(5 * CODES_A_MINUTE):
        async with limits.trying(CODES, "10.0.0.1", NOW):
            pass
    for _ in range(CODES_A_MINUTE):
        async with limits.trying(CODES, "10.0.0.1", NOW) as attempt:
            attempt.failed()
    with pytest.raises(TooManyTries):
        async with limits.trying(CODES, "10.0.0.1", NOW):
            pass
    async with limits.trying(CODES, "10.0.0.2", NOW):
        pass


async def test_a_thousand_guesses_at_once_are_no_way_around() -> None:
    limits = Limits(SECRET)
    tried = 0

    async def guess() -> None:
        nonlocal tried
        async with limits.trying(CODES, "10.0.0.1", NOW) as attempt:
            tried += 1
            await asyncio.sleep(0.01)
            attempt.failed()

    results = await asyncio.gather(*(guess() for _ in range(1000)), return_exceptions=True)
    assert tried <= 4 * CODES_A_MINUTE
    assert {type(r) for r in results} == {type(None), TooManyTries}


async def test_one_teachers_wrong_passwords_do_not_lock_a_colleague_out() -> None:
    limits = Limits(SECRET)
    for _ in range(10):
        async with limits.trying(PASSWORDS, "10.0.0.1", NOW, "one@haifa.example") as attempt:
            attempt.failed()
    with pytest.raises(TooManyTries):
        async with limits.trying(PASSWORDS, "10.0.0.1", NOW, "one@haifa.example"):
            pass
    async with limits.trying(PASSWORDS, "10.0.0.1", NOW, "other@haifa.example"):
        pass
    async with limits.trying(PASSWORDS, "10.0.0.9", NOW, "one@haifa.example"):
        pass


async def test_without_redis_each_process_counts_for_itself_and_says_so_once() -> None:
    limits = Limits(SECRET, "redis://127.0.0.1:1/0")
    with capture_logs() as said:
        for _ in range(10):
            async with limits.trying(PASSWORDS, "10.0.0.1", NOW, "one@haifa.example") as attempt:
                attempt.failed()
        with pytest.raises(TooManyTries):
            async with limits.trying(PASSWORDS, "10.0.0.1", NOW, "one@haifa.example"):
                pass
        async with limits.trying(PASSWORDS, "10.0.0.2", NOW, "one@haifa.example"):
            pass
    assert [line["event"] for line in said] == ["redis_is_away"]


@pytest.mark.parametrize(
    ("hops", "forwarded", "seen"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 5.5.5.5", "5.5.5.5"),
        (2, "7.7.7.7, 6.6.6.6, 5.5.5.5", "6.6.6.6"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::ffff:5.5.5.5", "5.5.5.5"),
        (1, "nonsense", "unknown"),
        (1, "", "127.0.0.1"),
    ],
)
def test_forwarded_addresses_are_believed_as_far_as_our_own_proxies_wrote_them(
    hops: int, forwarded: str, seen: str
) -> None:
    app = web.Application()
    app[PARTS] = PartsOf(SettingsForTests(trusted_proxies=hops))  # type: ignore[assignment]  # settings are all it asks
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers, app=app).clone(remote="127.0.0.1")
    assert client_address(request) == seen


class PartsOf:
    """Parts with settings only."""

    def __init__(self, settings: SettingsForTests) -> None:
        self.settings = settings


def test_the_pseudo_locale_keeps_placeholders_and_markup() -> None:
    assert accented("Hello, %(name)s <b>now</b>") == "⟦Hélló, %(name)s <b>ñów</b>⟧"


def test_json_in_a_page_is_inert() -> None:
    assert "<" not in script_json({"name": "</script><!--", "also": "\u2028&"})
