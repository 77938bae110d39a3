"""Two teachers at one lobby: warned of everything, each seeing the other's hand at once, and nothing thrown away unseen."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
import pytest_asyncio

from server.edges.parts import PARTS
from tests.live.servers import PersonOnline
from tests.socket.served import CHICAGO_TEACHER, HAIFA_TEACHER, SESSION, Served

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAN, TAL = "demo-haifa-01", "demo-haifa-02"
NOA, MAX = "demo-chicago-01", "demo-chicago-02"
ABSENT = "demo-haifa-05"


class Lobby:
    """Both teachers, and two children of each school."""

    def __init__(self, ours: PersonOnline, theirs: PersonOnline, children: list[PersonOnline]) -> None:
        self.ours, self.theirs, self.children = ours, theirs, children

    async def layout(self, *rooms: list[str], **more: Any) -> dict[str, Any]:
        """Put rooms in, whatever stood there."""
        over = self.ours.views["seats"]["version"]
        return await self.ours.say("arrange_rooms", rooms=list(rooms), over=over, **more)

    async def both_see(self, what: Callable[[dict[str, Any]], object]) -> None:
        for teacher in (self.ours, self.theirs):
            await teacher.until(lambda p: what(p.views["seats"]), "for the seats as they are now")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lobby(served: Served) -> AsyncGenerator[Lobby]:
    teachers = [await served.online("staff", who) for who in (HAIFA_TEACHER, CHICAGO_TEACHER)]
    children = [await served.online("student", who) for who in (DAN, TAL, NOA, MAX)]
    await teachers[0].until(lambda p: len(p.views["presence"]["present"]) == 4, "for the children")
    found = Lobby(teachers[0], teachers[1], children)
    yield found
    for person in (*teachers, *children):
        await person.leave()


async def test_rooms_put_in_are_seen_by_both_and_those_who_are_not_here_are_left_out(lobby: Lobby) -> None:
    assert (await lobby.layout([DAN, NOA, ABSENT], [TAL, MAX], [ABSENT]))["ok"]
    rooms = {f"{SESSION}.1": [DAN, NOA], f"{SESSION}.2": [TAL, MAX]}
    await lobby.both_see(lambda seats: seats["rooms"] == rooms and seats["by_hand"])
    assert "different_schools" in lobby.theirs.views["seats"]["why"][f"{SESSION}.1"]


async def test_a_move_is_looked_at_again_and_both_are_warned(lobby: Lobby) -> None:
    await lobby.layout([DAN, NOA], [TAL, MAX])
    assert (await lobby.theirs.say("move_seat", member=NOA, room=f"{SESSION}.2"))["ok"]
    await lobby.both_see(lambda seats: seats["warnings"].get(f"{SESSION}.1") == ["only_one"])
    why = lobby.ours.views["seats"]["why"][f"{SESSION}.2"]
    assert "group_of_three" in why
    assert (await lobby.ours.say("move_seat", member=NOA, room=f"{SESSION}.1"))["ok"], "the last press counts"
    await lobby.both_see(lambda seats: "only_one" not in str(seats["warnings"]))


async def test_what_the_other_has_moved_is_not_thrown_away_unseen(lobby: Lobby) -> None:
    await lobby.layout([DAN, NOA], [TAL, MAX])
    seen = lobby.ours.views["seats"]["version"]
    await lobby.theirs.say("move_seat", member=NOA, room="new")
    for command in ({"kind": "propose_rooms"}, {"kind": "arrange_rooms", "rooms": [[DAN, NOA]]}):
        for over in ({}, {"over": seen}):
            answer = await lobby.ours.say(**command, **over)
            assert answer["code"] == "changed_by_hand", answer
    await lobby.both_see(lambda seats: seats["rooms"].get(f"{SESSION}.3") == [NOA])
    assert (await lobby.ours.say("propose_rooms", over=lobby.ours.views["seats"]["version"]))["ok"]
    await lobby.both_see(lambda seats: not seats["by_hand"])


async def test_kept_apart_they_sit_together_only_on_a_teachers_word_that_is_written_down(
    served: Served, lobby: Lobby
) -> None:
    await lobby.layout([DAN, NOA], [TAL, MAX])
    browser = await served.browser("staff", HAIFA_TEACHER)
    form = {"one": TAL, "other": NOA, "how": "apart"}
    async with browser.post(f"{served.url}/sessions/{SESSION}/kept", data=form) as answer:
        assert (await answer.json())["ok"]
    move = {"member": TAL, "room": f"{SESSION}.1"}
    assert (await lobby.ours.say("move_seat", **move))["code"] == "keep_apart"
    assert (await lobby.layout([TAL, NOA]))["code"] == "keep_apart"
    assert (await lobby.ours.say("move_seat", **move, apart_too=True))["ok"]
    warned = f"kept_apart:{NOA}:{TAL}"
    await lobby.both_see(lambda seats: warned in seats["warnings"].get(f"{SESSION}.1", []))
    written = [(line.what, line.who, line.about) for line in await served.house.people.audited(SESSION)]
    assert written.count(("seated_kept_apart", HAIFA_TEACHER, f"{TAL} {NOA}")) == 1
    async with browser.post(f"{served.url}/sessions/{SESSION}/kept", data={**form, "how": "free"}) as answer:
        assert (await answer.json())["ok"]
    await lobby.both_see(lambda seats: warned not in seats["warnings"].get(f"{SESSION}.1", []))


async def test_neither_consent_nor_the_largest_room_gives_way(served: Served, lobby: Lobby) -> None:
    assert (await lobby.layout([DAN, NOA, TAL, MAX, ABSENT], apart_too=True))["code"] == "room_is_full"
    child = await served.house.people.student(TAL)
    assert child is not None
    stays = child.consent.model_copy(update={"takes_part": "own_class"})
    await served.house.people.set_consent(TAL, stays, HAIFA_TEACHER, served.house.app[PARTS].clock.now())
    served.house.live.scenes.forget()
    assert (await lobby.layout([DAN, NOA], [TAL, MAX]))["ok"]
    await lobby.both_see(lambda seats: TAL not in [m for room in seats["rooms"].values() for m in room])
    answer = await lobby.ours.say("move_seat", member=TAL, room=f"{SESSION}.1", apart_too=True)
    assert answer["code"] == "may_not_cross"
