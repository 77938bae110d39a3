"""A child can say that an adult sits beside them: shown to the room and to the teachers, kept by nobody."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.live.servers import PersonOnline
from tests.socket.served import SESSION, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


def beside(person: PersonOnline, part: str, who: str) -> bool:
    """Whether somebody's page knows of an adult beside `who`."""
    peers = person.views.get(part, {}).get("peers", [])
    return any(peer["adult_beside"] for peer in peers if peer["who"] == who)


async def test_the_room_and_the_teachers_see_it_and_it_goes_with_the_page(fresh_data: Callable[[], Path]) -> None:
    async with serving(fresh_data()) as served, served.lesson(pairs=1) as lesson:
        noa, max_ = lesson.students
        me = noa.views["me"]["who"]
        before = await served.house.live.memory.session(SESSION)
        assert (await noa.say("adult_beside", here=True))["ok"]
        await max_.until(lambda p: beside(p, "beside", me), "for the sign in the room")
        for teacher in lesson.teachers:
            await teacher.until(lambda p: beside(p, "presence", me), "for the sign on the board")
        # Switching a device on is no news about who sits there.
        assert (await noa.say("device_state", camera="on", microphone="on"))["ok"]
        await max_.until(lambda p: any(x["camera"] == "on" for x in p.views["beside"]["peers"]), "for the camera")
        assert beside(max_, "beside", me)
        assert (await served.house.live.memory.session(SESSION)).version == before.version, "it is no event"
        await noa.connect()
        await max_.until(lambda p: not beside(p, "beside", me), "for a page that has not said so")
        assert (await noa.say("adult_beside", here=True))["ok"]
        assert (await noa.say("adult_beside", here=False))["ok"]
        await max_.until(lambda p: not beside(p, "beside", me), "for the sign to go")
