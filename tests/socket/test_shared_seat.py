"""Two learners at one laptop, over the wire: each in their own name, and no third person."""

import json
import secrets
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from server.core.live.scene import Media
from server.core.people.models import Consent
from server.edges.parts import PARTS
from server.edges.signalling import relayed
from server.ports.live import Peer
from server.wire.messages import Malformed, Signal, read_command
from tests.core.builders import person
from tests.live.servers import PersonOnline
from tests.socket.served import CHICAGO_TEACHER, HAIFA_TEACHER, SESSION, RefusedAtDoor, Served, lesson_steps, serving
from tests.socket.test_doors_close import is_told_and_cut, press
from tests.socket.test_signalling import AUDIO_ONLY, VIDEO_ON

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOA, DAN, THIRD, PARTNER = "demo-haifa-01", "demo-haifa-02", "demo-haifa-03", "demo-chicago-01"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(fresh_data: Callable[[], Path]) -> AsyncGenerator[Served]:
    """A server of this file's own: children are taken out of the lesson."""
    async with serving(fresh_data()) as running:
        yield running


async def code_of(served: Served, student: str) -> str:
    code = await served.house.people.code_of(student)
    assert code
    return code


async def sits_down(served: Served, device: PersonOnline, student: str) -> None:
    """The second learner types their own code on the page of the first."""
    await press(served, device.http, f"/s/{device.who}/share", code=await code_of(served, student))
    await device.until(lambda p: p.views["me"]["also"] == [student] and student in p.mines, "to speak for both")


@pytest_asyncio.fixture(loop_scope="module")
async def laptop(served: Served) -> AsyncGenerator[PersonOnline]:
    """Noa's laptop, with Dan beside her."""
    device = await served.online("student", NOA)
    await sits_down(served, device, DAN)
    yield device
    await press(served, device.http, f"/s/{NOA}/unshare")
    await device.leave()


def peers(served: Served, who: str) -> list[tuple[str, ...]]:
    return [peer.speaks_for for peer in served.house.presence.peers(SESSION) if who in peer.speaks_for]


async def test_the_second_learner_is_here_and_nobody_elses_words_come(served: Served, laptop: PersonOnline) -> None:
    assert peers(served, DAN) == [(NOA, DAN)]
    teacher = await served.online("staff", HAIFA_TEACHER)
    await teacher.until(lambda p: {NOA, DAN} <= set(p.views.get("presence", {}).get("present", ())), "to see both")
    assert [peer["also"] for peer in teacher.views["presence"]["peers"] if peer["who"] == NOA] == [[DAN]]
    assert teacher.views["presence"]["counts"]["a"] == 2
    assert laptop.mines.keys() == {NOA, DAN}
    await teacher.leave()


SAID: dict[str, dict[str, Any]] = {
    "answer": {"step": 0, "input": "idea", "entries": []},
    "finish": {"step": 0},
    "save_draft": {"step": 0, "input": "idea", "sequence": 1, "entries": []},
    "report_concern": {"about": "me"},
    "ask_help": {},
    "resync": {},
    "device_state": {"camera": "off", "microphone": "off"},
}


@pytest.mark.parametrize("kind", SAID)
@pytest.mark.parametrize("somebody", [THIRD, PARTNER, HAIFA_TEACHER, "nobody", "x" * 64])
async def test_a_connection_speaks_for_no_third(served: Served, laptop: PersonOnline, kind: str, somebody: str) -> None:
    answer = await laptop.say(kind, **SAID[kind], **{"as": somebody})
    assert (answer["ok"], answer["code"]) == (False, "not_at_this_device")


async def test_who_shares_nothing_speaks_for_themselves_alone(served: Served) -> None:
    child, teacher = await served.online("student", THIRD), await served.online("staff", HAIFA_TEACHER)
    assert (await child.say("ask_help", **{"as": NOA}))["code"] == "not_at_this_device"
    assert (await child.say("resync", **{"as": THIRD}))["ok"]
    assert (await teacher.say("pause", **{"as": NOA}))["code"] == "not_at_this_device"
    await child.leave()
    await teacher.leave()


@pytest.mark.parametrize("said", ["", 7, ["demo-haifa-02"], {"who": DAN}, "x" * 65])
async def test_in_whose_name_is_a_short_word(said: Any) -> None:
    with pytest.raises(Malformed):
        read_command({"id": "12345678", "kind": "resync", "as": said})


async def test_both_write_from_one_socket_and_neither_partner_nor_neighbour_hears_before_the_reveal(
    fresh_data: Callable[[], Path],
) -> None:
    async with serving(fresh_data()) as served:
        teachers = [await served.online("staff", one) for one in (HAIFA_TEACHER, CHICAGO_TEACHER)]
        device, partner = await served.online("student", NOA), await served.online("student", PARTNER)
        other, its_partner = await served.online("student", THIRD), await served.online("student", "demo-chicago-02")
        everybody = [*teachers, device, partner, other, its_partner]
        await sits_down(served, device, DAN)
        await teachers[0].until(lambda p: len(p.views["presence"]["present"]) == 5, "for all")
        assert (await teachers[0].say("propose_rooms"))["ok"]
        await teachers[0].until(lambda p: p.views["seats"]["rooms"], "for rooms")
        rooms: dict[str, list[str]] = teachers[0].views["seats"]["rooms"]
        room = next(name for name, members in rooms.items() if NOA in members)
        assert DAN in rooms[room]
        assert sorted(map(len, rooms.values())) == [2, 3]
        assert (await teachers[0].say("start_lesson"))["ok"]
        beside = next(p for p in (partner, its_partner) if p.who in rooms[room])
        await device.until(lambda p: p.mines[DAN]["room"] == p.mines[NOA]["room"] == room and p.room, "for the room")
        await beside.until(lambda p: p.room, "for the room")
        steps = await lesson_steps(served, device.views["session"]["lesson"])
        solo = next(
            at for at, step in enumerate(steps) if step["kind"] == "solo" and step["visibility"] == "after_reveal"
        )
        floor = teachers[0].views["session"]["floor"]
        assert (await teachers[0].say("next_gate", after=floor, to=solo))["ok"]
        await device.until(lambda p: p.views["session"]["floor"] == solo, "for the step")
        asked = steps[solo]["inputs"][0]
        chosen = {"choice": asked["options"][0]["id"]} if asked["options"] else {}
        words = {who: f"secret-{secrets.token_hex(6)}" for who in (NOA, DAN)}
        for who, said in words.items():
            given = {"step": solo, "input": asked["id"], "entries": [{"text": said, **chosen}]}
            draft = {**given, "sequence": 1, "entries": [{"text": f"half of {said}"}]}
            assert (await device.say("save_draft", **draft, **{"as": who}))["ok"]
            assert (await device.say("answer", command_id="same-id-1", **given, **{"as": who}))["ok"]
        stored = await served.house.live.memory.words(SESSION, room)
        assert {work.member: work.entries[0].text for work in stored.values()} == words, "ids are each learner's own"
        await device.until(lambda p: all(p.mines[who]["answers"] for who in words), "for both answers")
        for who, said in words.items():
            neighbour = next(one for one in words if one != who)
            texts = [entry["text"] for answer in device.mines[who]["answers"] for entry in answer["entries"]]
            assert texts == [said]
            assert words[neighbour] not in json.dumps(device.mines[who])
        assert (await device.say("finish", step=solo))["ok"]
        await beside.until(lambda p: p.room["finished"] == [NOA], "for the first Done")
        assert (await beside.say("finish", step=solo))["ok"]
        assert beside.room["step"] == solo, "the room waits for the second at the shared device too"
        heard = "\n".join(said for person in everybody if person is not device for said in person.heard)
        assert not any(said in heard for said in words.values())
        assert (await device.say("finish", step=solo, **{"as": DAN}))["ok"]
        await beside.until(lambda p: p.room["step"] > solo, "for what comes next")
        await device.connect()
        await device.until(lambda p: {NOA, DAN} <= p.mines.keys() and p.room, "to come back as two")
        assert [answer["entries"][0]["text"] for answer in device.mines[DAN]["answers"]] == [words[DAN]]

        moved = await teachers[0].say("move_seat", member=DAN, room=None)
        assert moved["ok"]
        await device.until(lambda p: p.mines[DAN]["room"] is p.mines[NOA]["room"] is None, "to leave as two")
        for person in everybody:
            await person.leave()


async def test_a_learner_with_a_device_of_their_own_leaves_the_shared_one_quietly(
    served: Served, laptop: PersonOnline
) -> None:
    own = await served.online("student", DAN)
    await laptop.until(lambda p: p.views["me"]["also"] == [], "to speak for one")
    assert laptop.client.connected
    assert laptop.notices == []
    assert peers(served, DAN) == [(DAN,)]
    assert (await laptop.say("ask_help", **{"as": DAN}))["code"] == "not_at_this_device"
    await laptop.connect()
    await laptop.until(lambda p: "me" in p.views, "to be back")
    assert laptop.views["me"]["also"] == [], "a reload does not take them back"
    await sits_down(served, laptop, DAN)
    await is_told_and_cut(own, "other_tab")
    await own.leave()


@pytest.mark.parametrize("end", ["code", "unshare", "signed out", "consent"])
async def test_the_right_to_speak_for_two_ends_at_once(served: Served, laptop: PersonOnline, end: str) -> None:
    if end == "code":
        levi = await served.browser("staff", HAIFA_TEACHER)
        await press(served, levi, f"/students/{DAN}/code")
    elif end == "unshare":
        await press(served, laptop.http, f"/s/{NOA}/unshare")
    elif end == "signed out":
        elsewhere = await served.browser("student", DAN)
        await press(served, elsewhere, f"/s/{DAN}/leave")
    else:
        parts = served.house.app[PARTS]
        consent = Consent(takes_part="across", media="audio", keep_words="year")
        await served.house.people.set_consent(DAN, consent, HAIFA_TEACHER, parts.clock.now())
        await parts.live.forget(DAN)
    await laptop.until(lambda p: p.views["me"]["also"] == [], "to speak for one")
    assert (await laptop.say("finish", step=0, **{"as": DAN}))["code"] == "not_at_this_device"
    assert laptop.client.connected, "the first stays"
    assert peers(served, DAN) == []


async def press_refused(served: Served, device: PersonOnline, student: str) -> None:
    form = {"code": await code_of(served, student)}
    async with device.http.post(f"{served.url}/s/{device.who}/share", data=form, allow_redirects=False) as answer:
        assert answer.status == 422


async def test_only_a_classmate_of_the_same_lesson_may_sit_down(served: Served, laptop: PersonOnline) -> None:
    await served.enrol("far-child", "class-far", "demo-haifa")
    for stranger in (PARTNER, NOA, "far-child"):
        await press_refused(served, laptop, stranger)
    assert laptop.views["me"]["also"] != [PARTNER]


async def test_a_cookie_of_the_first_opens_nothing_of_the_second(served: Served, laptop: PersonOnline) -> None:
    cookie = next(iter(laptop.http.cookie_jar)).value
    with pytest.raises(RefusedAtDoor) as refused:
        await served.raw("student", DAN, token=cookie)
    assert refused.value.code == "not_signed_in"


async def test_a_shared_device_gets_no_way_to_others_where_one_family_said_no(
    served: Served, laptop: PersonOnline
) -> None:
    await served.house.people.set_consent(
        DAN, Consent(takes_part="across", media="none", keep_words="year"), HAIFA_TEACHER, datetime.now(UTC)
    )
    async with laptop.http.get(f"{served.url}/s/{NOA}/ice") as answer:
        assert (await answer.json())["reason"] == "no_consent"


@pytest.mark.parametrize(
    ("media", "video", "audio"), [("video", True, True), ("audio", False, True), ("none", False, False)]
)
async def test_signalling_holds_a_shared_device_to_the_lesser_of_two_consents(
    media: Media, video: bool, audio: bool
) -> None:
    people = {who: replace(person(who, "a"), media="video") for who in (NOA, PARTNER)}
    people[DAN] = replace(person(DAN, "a"), media=media)
    shared = Peer("p1", SESSION, NOA, "student", "a", 1, room="r", also=DAN)
    partner = Peer("p2", SESSION, PARTNER, "student", "b", 2, room="r")
    for sdp, passes in ((VIDEO_ON, video), (AUDIO_ONLY, audio)):
        offer = Signal(to="p2", description={"type": "offer", "sdp": sdp})
        assert (relayed(offer, shared, partner, people, relay_only=False) is not None) == passes
    back = Signal(to="p1", description={"type": "offer", "sdp": AUDIO_ONLY})
    assert (relayed(back, partner, shared, people, relay_only=False) is not None) == audio


async def test_whoever_is_taken_out_of_the_lesson_leaves_the_device_and_cannot_sit_down_again(served: Served) -> None:
    device, teacher = await served.online("student", NOA), await served.online("staff", HAIFA_TEACHER)
    await sits_down(served, device, DAN)
    assert (await teacher.say("remove_member", member=DAN))["ok"]
    await device.until(lambda p: p.views["me"]["also"] == [], "to speak for one")
    assert (await device.say("finish", step=0, **{"as": DAN}))["code"] == "not_at_this_device"
    await press_refused(served, device, DAN)
    await device.leave()
    await teacher.leave()
