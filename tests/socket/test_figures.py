"""The figures that /metrics promises, and to whom it gives them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.edges import api
from tests.socket.served import HAIFA_TEACHER, Served, serving


async def figures(served: Served, bearer: str = "") -> tuple[int, str]:
    browser = await served.browser()
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    async with browser.get(f"{served.url}/metrics", headers=headers) as answer:
        return answer.status, await answer.text()


async def test_the_promised_figures_are_there_after_a_lesson_has_begun(fresh_data: Callable[[], Path]) -> None:
    async with serving(fresh_data()) as served:
        async with served.lesson(pairs=1) as lesson:
            assert not (await lesson.students[0].say("finish", step=99))["ok"]
            served.house.app[api.METRICS].rooms(await served.house.live.census([lesson.students[0].session]))
            status, text = await figures(served)
    assert status == 200
    assert 'havruta_rooms{state="' in text
    assert 'havruta_commands_total{kind="start_lesson",outcome="ok"} 1.0' in text
    assert 'havruta_commands_total{kind="finish",outcome="step_not_reached"} 1.0' in text
    assert "havruta_ack_seconds_bucket{" in text
    assert "havruta_connections 4.0" in text
    assert HAIFA_TEACHER not in text


@pytest.mark.parametrize(
    ("settings", "bearer", "status"),
    [
        ({}, "", 200),
        ({"trusted_proxies": 1}, "", 404),
        ({"trusted_proxies": 1}, "guessed", 404),
        ({"trusted_proxies": 1, "metrics_token": "a-token"}, "a-token", 200),
        ({"metrics_token": "a-token"}, "", 404),
        ({"metrics_token": "a-token"}, "guessed", 404),
        ({"metrics_token": "a-token"}, "a-token", 200),
    ],
)
async def test_figures_are_for_those_with_the_token_and_without_one_never_behind_a_proxy(
    fresh_data: Callable[[], Path], settings: dict[str, Any], bearer: str, status: int
) -> None:
    async with serving(fresh_data(), **settings) as served:
        assert (await figures(served, bearer))[0] == status
