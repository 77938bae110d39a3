"""A substitute and a guest by link: who lets them in, what they may, what they are sent, and how it ends at once."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.core.people.passes import AFTER_THE_END
from server.edges.parts import PARTS
from server.edges.passes import BEARER, PASSES
from tests.live.servers import PersonOnline
from tests.socket.served import (
    CHICAGO_TEACHER,
    HAIFA_SAFETY,
    HAIFA_TEACHER,
    SESSION,
    RawSocket,
    RefusedAtDoor,
    Served,
    serving,
    soon,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAMES = ("Noa", "נעה", "demo-haifa-01", "demo-chicago-01", "Levi", "Stone", "Mr Cohen")


def taken_by(person: PersonOnline, room: str) -> str | None:
    """Who is on the way to a room, as a teacher's board has it."""
    row: dict[str, Any] = person.rows.get(room, {})
    asked: dict[str, Any] = row.get("help") or {}
    return asked.get("taken_by")


async def is_told_and_cut(person: PersonOnline) -> None:
    await person.until(lambda p: "signed_out" in p.notices, "to be told")
    await person.until(lambda p: not p.client.connected, "to be disconnected")


async def audited(served: Served) -> list[tuple[str, str, str | None]]:
    return [(one.who, one.what, one.room) for one in await served.house.people.audited(SESSION)]


async def test_a_substitute_is_the_adult_in_charge_and_signs_with_name_and_school(
    fresh_data: Callable[[], Path],
) -> None:
    async with serving(fresh_data()) as served:
        child, partner = (
            await served.online("student", "demo-haifa-01"),
            await served.online("student", "demo-chicago-01"),
        )
        stone = await served.online("staff", CHICAGO_TEACHER)
        assert (await stone.say("propose_rooms"))["ok"]
        assert (await stone.say("start_lesson"))["code"] == "adult_missing"
        cohen = await served.by_link(await served.invite("substitute", "Mr  Cohen"))
        assert (await stone.say("start_lesson"))["ok"]
        await child.until(lambda p: p.views.get("room"), "for the room")
        host = next(h for h in child.views["session"]["hosts"] if h["id"] == cohen.who)
        assert (host["names"], host["substitute"], host["side"]) == ({"en": "Mr Cohen"}, True, "a")
        assert host["school"]["en"]
        room = child.views["room"]["room"]
        assert (await child.say("ask_help"))["ok"]
        said: list[tuple[str, dict[str, Any]]] = [
            ("take_help", {"room": room}),
            ("enter_room", {"room": room}),
            ("send_note", {"text": "Look again"}),
            ("leave_room", {"room": room}),
            ("pause", {"calm": True}),
            ("resume", {}),
        ]
        for kind, fields in said:
            assert (await cohen.say(kind, **fields))["ok"], kind
        await child.until(lambda p: p.views["session"]["notes"], "for the note")
        assert child.views["session"]["notes"][0]["by"] == cohen.who
        done = await audited(served)
        assert (cohen.who, "entered_room", room) in done
        assert (cohen.who, "left_room", room) in done
        assert (HAIFA_TEACHER, "substitute_link_made", None) in done
        assert cohen.views["seats"]["rooms"]
        assert not any(cohen.views["seats"]["why"].values()), "why this pair tells of earlier lessons"
        assert any(stone.views["seats"]["why"].values())
        for person in (child, partner, stone, cohen):
            await person.leave()


async def test_a_link_works_on_one_device_until_it_is_taken_back(served: Served) -> None:
    made = await served.invite("substitute", "Mr Cohen")
    first = await served.by_link(made)
    second = await served.by_link(made)
    await is_told_and_cut(first)
    assert (await second.say("resync"))["ok"]
    stone = await served.browser("staff", CHICAGO_TEACHER)
    assert (await served.ask(stone, f"/sessions/{SESSION}/passes/{made['id']}/revoke"))[0] == 200
    await is_told_and_cut(second)
    stranger = await served.browser()
    assert (await served.ask(stranger, made["link"].removeprefix(served.url)))[0] == 410
    assert (await served.ask(stranger, f"/p/{made['id']}/leave"))[0] == 410
    for person in (first, second):
        await person.leave()


async def test_a_pass_opens_no_page_of_an_account_and_no_other_lesson(served: Served) -> None:
    cohen = await served.by_link(await served.invite("substitute", "Mr Cohen"))
    for path in (
        f"/sessions/{SESSION}",
        f"/sessions/{SESSION}/review",
        "/safety",
        "/home",
        "/review",
        "/students/demo-haifa-01/review",
    ):
        async with cohen.http.get(f"{served.url}{path}", allow_redirects=False) as answer:
            assert (answer.status, answer.headers.get("Location", "")[:8]) == (303, "/signin?"), path
    status, _ = await served.ask(cohen.http, f"/sessions/{SESSION}/passes", kind="guest", name="A friend")
    assert status == 303
    far = await served.another_lesson()
    bears = {BEARER: await served.token("pass", cohen.who)}
    for lesson, path, code in (
        ("far-lesson", f"/p/{cohen.who}/", "not_your_session"),
        (SESSION, "/p/pass-of-another/", "not_signed_in"),
        (SESSION, "/", "not_signed_in"),
    ):
        with pytest.raises(RefusedAtDoor) as refused:
            await RawSocket.open(served.url, path, bears, served.url, lesson)
        assert refused.value.code == code
    for person in (cohen, far):
        await person.leave()


@pytest.mark.parametrize(
    ("who", "status"),
    [("third-teacher", 404), (HAIFA_SAFETY, 403), ("our-admin", 403), ("", 303)],
)
@pytest.mark.parametrize("what", ["", "/NUMBER/agree", "/NUMBER/revoke"])
async def test_only_the_lessons_teachers_make_links(served: Served, who: str, status: int, what: str) -> None:
    await served.hire("third-teacher", "third-school", "teacher", "coordinator")
    await served.hire("our-admin", "demo-haifa", "admin")
    made = await served.invite("guest", "Headmistress Or", agreed=False)
    browser = await served.browser("staff" if who else None, who)
    path = f"/sessions/{SESSION}/passes{what.replace('NUMBER', made['id'])}"
    assert (await served.ask(browser, path, kind="guest", name="A friend"))[0] == status
    levi = await served.browser("staff", HAIFA_TEACHER)
    await served.ask(levi, f"/sessions/{SESSION}/passes/{made['id']}/revoke")


@pytest.mark.parametrize("name", ["", " ", "x", "12", "a" * 61, "Ms \u202eLevi"])
async def test_a_link_needs_a_name_to_sign_with(served: Served, name: str) -> None:
    levi = await served.browser("staff", HAIFA_TEACHER)
    status, said = await served.ask(levi, f"/sessions/{SESSION}/passes", kind="substitute", name=name)
    assert (status, said["code"]) == (422, "no_name")
    assert said["message"]


async def test_a_guest_comes_in_with_the_yes_of_both_sides_alone(served: Served) -> None:
    made = await served.invite("guest", "Headmistress Or", agreed=False)
    stranger = await served.browser()
    path = made["link"].removeprefix(served.url)
    status, said = await served.ask(stranger, path)
    assert status == 200
    assert "has not said yes" in said["page"]
    agree = f"/sessions/{SESSION}/passes/{made['id']}/agree"
    assert (await served.ask(await served.browser("staff", HAIFA_TEACHER), agree))[1]["code"] == "not_allowed"
    stone = await served.browser("staff", CHICAGO_TEACHER)
    assert (await served.ask(stone, agree))[0] == 200
    assert (await served.ask(stone, agree))[1]["code"] == "somebody_was_faster"
    guest = await served.by_link(made)
    levi = await served.browser("staff", HAIFA_TEACHER)
    assert (await served.ask(levi, f"/sessions/{SESSION}/passes/{made['id']}/revoke"))[0] == 200
    await is_told_and_cut(guest)
    await guest.leave()


async def test_a_guest_is_sent_where_rooms_stand_and_the_class_board_and_no_child(
    fresh_data: Callable[[], Path],
) -> None:
    async with serving(fresh_data()) as served:
        await served.plan("noticing_and_wondering")
        async with served.lesson(pairs=2) as lesson:
            guest = await served.by_link(await served.invite("guest", "Headmistress Or"))
            levi, child = lesson.teachers[0], lesson.students[0]
            await child.until(lambda p: p.views["session"]["guests"] == ["Headmistress Or"], "to be told of the guest")
            assert (await levi.say("send_note", text="a note to the children"))["ok"]
            assert (await child.say("ask_help", reason="stuck"))["ok"]
            await guest.until(lambda p: len(p.views.get("guest", {}).get("rooms", [])) == 2, "for the rooms")
            steps = (await served.house.live.scenes.setup(await served.house.live.memory.session(SESSION))).lesson.steps
            board = next(step.index for step in steps if step.step.kind == "board")
            while levi.views["session"]["floor"] < board:
                before = levi.views["session"]["floor"]
                assert (await levi.say("next_gate", after=before, to=board))["ok"]
                await levi.until(lambda p, b=before: p.views["session"]["floor"] > b, "for the gate")
            await guest.until(lambda p: p.views["guest"]["board"] is not None, "for the board")
            room = guest.views["guest"]["rooms"][0]
            assert set(room) == {"number", "sides", "step", "state", "done"}
            parts = {json.loads(heard).get("part") for heard in guest.heard}
            assert parts == {"me", "guest"}
            heard = "\n".join(guest.heard)
            for secret in (*NAMES, "a note to the children", "stuck"):
                assert secret not in heard, secret
            await guest.leave()
            await child.until(lambda p: p.views["session"]["guests"] == [], "to be told that the guest has gone")


async def test_a_guest_relays_no_signal_and_belongs_to_no_room(served: Served) -> None:
    guest = await served.by_link(await served.invite("guest", "Headmistress Or"))
    peers = served.house.presence.peers(SESSION)
    mine = next(p for p in peers if p.who == guest.who)
    assert (mine.kind, mine.room) == ("guest", None)
    assert guest.who not in served.house.presence.present(SESSION, served.house.app[PARTS].clock.now())
    await guest.leave()


async def test_teachers_see_who_may_come_and_substitutes_cannot_invite(served: Served) -> None:
    levi, stone = await served.online("staff", HAIFA_TEACHER), await served.online("staff", CHICAGO_TEACHER)
    made = await served.invite("guest", "Headmistress Or", agreed=False)

    def waiting(p: PersonOnline) -> list[Any]:
        return [one for one in p.views.get("passes", {}).get("passes", []) if one["id"] == made["id"]]

    await asyncio.gather(*(p.until(lambda p: waiting(p), "for the request") for p in (levi, stone)))
    assert waiting(stone)[0] | {"made_by": "", "here": False} == {
        "id": made["id"],
        "kind": "guest",
        "side": "a",
        "name": "Headmistress Or",
        "made_by": "",
        "agreed_by": None,
        "state": "waiting",
        "here": False,
    }
    assert "token" not in json.dumps(stone.views["passes"])
    await served.ask(stone.http, f"/sessions/{SESSION}/passes/{made['id']}/revoke")
    await levi.until(lambda p: not waiting(p), "for the no")
    for person in (levi, stone):
        await person.leave()


async def test_closing_the_lesson_ends_links_two_hours_later(fresh_data: Callable[[], Path]) -> None:
    async with serving(fresh_data()) as served:
        made = await served.invite("substitute", "Mr Cohen")
        async with served.lesson(pairs=1) as lesson:
            assert (await lesson.teachers[0].say("close_session"))["ok"]
            passes = served.house.app[PASSES]
            before = await passes.get(made["id"])
            assert before is not None
            closed = (await served.house.live.memory.session(SESSION)).closed_at
            assert closed is not None
            assert (before.expires - closed - AFTER_THE_END).total_seconds() < 60
            assert not before.holds(before.expires)


async def test_a_teacher_who_is_lost_leaves_the_lesson_running_and_comes_back_to_the_truth(
    fresh_data: Callable[[], Path],
) -> None:
    async with serving(fresh_data()) as served, served.lesson(pairs=1) as lesson:
        levi, stone = lesson.teachers
        child = lesson.students[0]
        room = child.views["room"]["room"]
        assert (await levi.say("enter_room", room=room))["ok"]
        await levi.client.disconnect()
        await stone.until(lambda p: HAIFA_TEACHER not in p.views["presence"]["adults"], "to see that Levi is away")
        assert (await child.say("ask_help"))["ok"]
        for kind, fields in (("take_help", {"room": room}), ("pause", {}), ("resume", {}), ("extend_all", {})):
            assert (await stone.say(kind, **fields))["ok"], kind
        gate = stone.views["session"]["floor"]
        assert (await stone.say("send_note", text="Carry on"))["ok"]
        await levi.connect()
        await levi.until(lambda p: p.views.get("session", {}).get("notes"), "for what holds now")
        assert levi.views["session"]["floor"] == gate
        await levi.until(lambda p: taken_by(p, room) == CHICAGO_TEACHER, "for the row")
        await stone.until(lambda p: HAIFA_TEACHER in p.views["presence"]["adults"], "to see Levi again")


async def test_the_adult_whom_a_child_may_mean_is_kept_out_though_it_is_a_substitute(
    fresh_data: Callable[[], Path],
) -> None:
    async with serving(fresh_data()) as served, served.lesson(pairs=1) as lesson:
        cohen = await served.by_link(await served.invite("substitute", "Mr Cohen"))
        child = lesson.students[0]
        assert (await child.say("report_concern", about="adult", words="he shouts"))["ok"]
        found = (await served.house.people.concerns_in(SESSION))[0]
        assert cohen.who in found.accused
        # The lead of the child's school reads who is kept out; the substitute has no such page.
        lead = await served.browser("staff", HAIFA_SAFETY)
        async with lead.get(f"{served.url}/safety/{found.id}") as page:
            assert "Mr Cohen" in (words := await page.text())
            assert "he shouts" in words
        async with cohen.http.get(f"{served.url}/safety/{found.id}", allow_redirects=False) as answer:
            assert answer.status == 303
        await cohen.leave()


async def test_a_child_asks_to_sit_apart_and_only_the_teachers_learn_that_somebody_did(
    fresh_data: Callable[[], Path],
) -> None:
    async with serving(fresh_data()) as served, served.lesson(pairs=1) as lesson:
        levi, stone = lesson.teachers
        child = lesson.students[0]
        room = child.views["room"]["room"]
        partner = next(p for p in lesson.partners(room) if p.who != child.who)
        heard = len(partner.heard)
        assert (await child.say("report_concern", about="partner", words="she mocks me", apart=True))["ok"]
        await asyncio.gather(
            *(t.until(lambda p: p.rows.get(room, {}).get("apart"), "for the row") for t in (levi, stone))
        )
        assert levi.rows[room]["check"]
        assert "she mocks me" not in "".join([*levi.heard, *stone.heard])
        assert not any('apart":true' in one.replace(" ", "") for one in partner.heard[heard:])
        assert (await stone.say("part_room", room=room))["ok"]
        await child.until(lambda p: p.views["mine"]["room"] is None, "to be parted")
        await partner.until(lambda p: p.views["mine"]["waiting"] == "with_teacher", "to be parted calmly")
        await soon(lambda: levi.rows[room]["check"])
