"""New partners in the middle of a lesson: asked about, begun once, seen by children, and remembered beside the old ones."""

from typing import Any

import pytest

from server.core.people.consent import plan_hash
from server.core.people.models import PlannedPart
from tests.live.servers import PersonOnline
from tests.socket.served import HAIFA_TEACHER, SESSION, Served, lesson_steps

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def planned(served: Served) -> None:
    """Two protocols, the second with new partners, agreed to by both."""
    people = served.house.people
    lesson = await people.session(SESSION)
    assert lesson is not None
    parts = (PlannedPart(protocol="another_way"), PlannedPart(protocol="reflection", partners="rotate"))
    changed = lesson.model_copy(update={"plan": lesson.plan.model_copy(update={"parts": parts})})
    sides = tuple(side.model_copy(update={"agreed_plan": plan_hash(changed)}) for side in changed.sides)
    await people.save_session(changed.model_copy(update={"sides": sides}))


async def proposal(served: Served) -> dict[str, Any]:
    browser = await served.browser("staff", HAIFA_TEACHER)
    async with browser.get(f"{served.url}/sessions/{SESSION}/new-partners") as answer:
        return await answer.json()


async def test_partners_change_between_two_protocols(served: Served) -> None:
    await planned(served)
    async with served.lesson(pairs=2) as lesson:
        one, other = lesson.teachers
        before = {frozenset(members) for members in one.views["seats"]["rooms"].values()}
        found = await proposal(served)
        floor = one.views["session"]["floor"]
        assert (await one.say("next_gate", after=floor, to=found["step"]))["code"] == "partners_first"
        assert {frozenset(room) for room in found["rooms"]}.isdisjoint(before)

        steps = await lesson_steps(served, one.views["session"]["lesson"])
        asking = next(step for step in steps if step["inputs"] and step["index"] < found["step"])
        assert (await one.say("next_gate", after=floor, to=asking["index"]))["ok"]
        floor, writing = asking["index"], lesson.students[0]
        await writing.until(lambda p: p.views["room"]["step"] == floor, "for the step that asks")
        question = asking["inputs"][0]["id"]
        entries = [{"text": "half a sentence"}]
        draft = await writing.say("save_draft", step=floor, input=question, sequence=1, entries=entries)
        assert draft["ok"], draft
        assert (await one.say("start_partners", after=floor, rooms=found["rooms"]))["ok"]
        late = await other.say("start_partners", after=floor, rooms=found["rooms"])
        assert late["code"] == "somebody_was_faster"
        rooms = [set(room) for room in found["rooms"]]

        def sits_anew(child: PersonOnline) -> bool:
            room = child.views.get("room")
            return room is not None and {member["id"] for member in room["members"]} in rooms

        for child in lesson.students:
            await child.until(
                lambda p: sits_anew(p) and p.views["room"]["step"] == found["step"], "for the next partner"
            )
        await writing.until(lambda p: "half a sentence" in str(p.views["mine"]["answers"]), "for what was half written")
        history = await served.house.people.history(lesson_after := await _next_lesson(served))
        assert lesson_after.id != SESSION
        met = {pair for pair in history.met if all(any(m in room for room in before) for m in pair)}
        assert met == before | {frozenset(room) for room in rooms}
        assert history.arc == before, "the havruta of the arc is whom the lesson began with"


async def _next_lesson(served: Served) -> Any:
    lesson = await served.house.people.session(SESSION)
    assert lesson is not None
    return lesson.model_copy(update={"id": "next"})
