"""Teachers model in the lobby, over the wire: both classes see the verse, the two classrooms' screens see each other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.live.servers import lesson_on
from tests.socket.served import SESSION, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_both_classes_see_the_verse_and_only_the_two_screens_are_in_the_call(
    fresh_data: Callable[[], Path],
) -> None:
    async with serving(fresh_data()) as served, lesson_on(served.as_process(), 1) as lesson:
        levi, stone = lesson.teachers
        child = lesson.students[0]
        assert (await levi.say("start_modelling", segment="1:16"))["ok"]
        for person in (levi, stone, *lesson.students):
            await person.until(lambda p: p.views["session"]["modelling"] is not None, "the verse")
            assert person.views["session"]["modelling"]["segment"] == "1:16"
            await person.until(lambda p: p.views.get("plenary", {}).get("together"), "for the teachers")
            assert {peer["kind"] for peer in person.views["plenary"]["circle"]} == {"teacher"}
            assert person.views["plenary"]["people"] == []
        assert (await child.say("raise_hand"))["code"] == "not_running"
        assert (await child.say("start_modelling"))["code"] == "not_allowed"
        async with child.http.get(f"{served.url}/s/{child.who}/media?session={SESSION}&place=plenary") as answer:
            assert (answer.status, (await answer.json())["kind"]) == (200, "mesh")
        assert (await stone.say("end_modelling"))["ok"]
        await child.until(lambda p: p.views["session"]["modelling"] is None, "for the end")
        await child.until(lambda p: not p.views["plenary"]["together"], "for the lobby")
        assert (await levi.say("start_modelling"))["ok"]
        await lesson.start()
        assert child.views["session"]["modelling"] is None
