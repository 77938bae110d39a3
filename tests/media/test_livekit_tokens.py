"""Ways into a real LiveKit: one room, what the family agreed to, no more; and who has no place any more is taken out."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from pydantic import ValidationError

from server.adapters.clock import SystemClock
from server.adapters.livekit import LiveKit
from server.core.live.plenary import Source
from server.edges.parts import PARTS
from server.ports.media import MediaServerTrouble
from server.settings import Settings
from tests.live.livekit import LiveKitProcess
from tests.live.servers import Lesson, PersonOnline, free_port
from tests.socket.served import HAIFA_TEACHER, SESSION, Served, serving

SOURCES: frozenset[Source] = frozenset({"camera", "microphone"})
PROTOCOL = "joys_and_oys"
"""One with a step for the whole class."""


async def to_the_whole_class(lesson: Lesson) -> None:
    """Bring everybody to the first step that all do together."""
    teacher = lesson.teachers[0]
    while not teacher.views.get("plenary", {}).get("together"):
        floor = teacher.views["session"]["floor"]
        moved = await teacher.say("next_gate", after=floor)
        assert moved["ok"], moved
        await teacher.until(
            lambda p, floor=floor: (
                p.views["session"]["floor"] > floor
                and p.views.get("plenary", {}).get("version", -1) >= p.views["session"]["version"]
            ),
            "for the next gate",
        )


@asynccontextmanager
async def in_rooms(folder: Path, **settings: Any) -> AsyncGenerator[tuple[Served, Lesson]]:
    """A lesson of two pairs, in their rooms."""
    async with serving(folder, **settings) as served:
        await served.plan(PROTOCOL)
        async with served.lesson(2) as lesson:
            yield served, lesson


@asynccontextmanager
async def together(folder: Path, **settings: Any) -> AsyncGenerator[tuple[Served, Lesson]]:
    """A lesson of two pairs whose class is together."""
    async with in_rooms(folder, **settings) as (served, lesson):
        await to_the_whole_class(lesson)
        yield served, lesson


async def way(person: PersonOnline, place: str = "plenary", session: str = SESSION) -> dict[str, Any]:
    """Ask for a way in, as the person's page does."""
    student = "/s/" in f"/{person.path}"
    address = (
        f"{person.url}/s/{person.who}/media?session={session}&place={place}"
        if student
        else f"{person.url}/sessions/{session}/media?place={place}"
    )
    async with person.http.get(address) as answer:
        return {"status": answer.status, **(await answer.json() if answer.status == 200 else {})}


def grants(found: dict[str, Any], livekit: LiveKitProcess) -> dict[str, Any]:
    return jwt.decode(found["token"], livekit.secret, algorithms=["HS256"])


async def accepted(livekit: LiveKitProcess, token: str) -> int:
    """Ask the real server whether it takes this token."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{livekit.port}/rtc/validate", params={"access_token": token}) as answer,
    ):
        return answer.status


async def room_service(livekit: LiveKitProcess, token: str, method: str, body: dict[str, Any]) -> int:
    address = f"http://127.0.0.1:{livekit.port}/twirp/livekit.RoomService/{method}"
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http,
        http.post(address, json=body) as answer,
    ):
        return answer.status


async def test_a_students_way_in_is_accepted_and_opens_nothing_else(livekit: LiveKitProcess, tmp_path: Path) -> None:
    async with together(tmp_path / "data", **livekit.settings) as (_, lesson):
        found = await way(lesson.students[0])
        assert (found["kind"], found["url"]) == ("livekit", livekit.url)
        assert await accepted(livekit, found["token"]) == 200
        claims = grants(found, livekit)
        assert claims["exp"] - claims["nbf"] <= 3600
        assert claims["sub"] == lesson.students[0].who
        assert "name" not in claims
        assert "metadata" not in claims
        assert claims["video"] == {
            "room": SESSION,
            "roomJoin": True,
            "canPublish": True,
            # At school the classroom's own screen speaks.
            "canPublishSources": ["camera"],
            "canPublishData": False,
            "canSubscribe": True,
            "hidden": False,
            "canUpdateOwnMetadata": False,
        }


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("ListRooms", {}),
        ("CreateRoom", {"name": "mine"}),
        ("DeleteRoom", {"room": SESSION}),
        ("ListParticipants", {"room": SESSION}),
        ("RemoveParticipant", {"room": SESSION, "identity": "other"}),
        ("MutePublishedTrack", {"room": SESSION, "identity": "other", "trackSid": "TR", "muted": True}),
        ("UpdateParticipant", {"room": SESSION, "identity": "other", "name": "renamed"}),
    ],
)
@pytest.mark.parametrize("kind", ["students", "teachers"])
async def test_nobodys_way_in_is_a_key_to_the_room_service(
    livekit: LiveKitProcess, tmp_path: Path, kind: str, method: str, body: dict[str, Any]
) -> None:
    own = LiveKit(SystemClock(), livekit.url, livekit.key, livekit.secret)
    token = own.token(SESSION, "demo-levi~x" if kind == "teachers" else "noa", SOURCES)
    assert await room_service(livekit, token, method, body) in (401, 403)


async def test_a_room_that_is_not_ones_own_and_a_step_that_is_not_for_all_have_no_way_in(
    livekit: LiveKitProcess, tmp_path: Path
) -> None:
    async with in_rooms(tmp_path / "data", **livekit.settings, livekit_rooms=True) as (served, lesson):
        student, teacher = lesson.students[0], lesson.teachers[0]
        assert (await way(student))["status"] == 409
        assert (await way(teacher))["status"] == 409
        room = student.views["mine"]["room"]
        other = next(name for name in teacher.views["seats"]["rooms"] if name != room)
        # Whatever room a student names, it is their seat's.
        assert grants(await way(student, other), livekit)["video"]["room"] == room
        assert (await way(student, session="another"))["status"] == 409
        assert (await way(teacher, other))["status"] == 409
        assert (await teacher.say("enter_room", room=other))["ok"]
        assert grants(await way(teacher, other), livekit)["video"]["room"] == other
        stranger = await served.browser()
        async with stranger.get(f"{served.url}/s/{student.who}/media?session={SESSION}", allow_redirects=False) as no:
            assert no.status != 200


async def test_consent_decides_what_a_child_may_send(livekit: LiveKitProcess, tmp_path: Path) -> None:
    async with in_rooms(tmp_path / "data", **livekit.settings, livekit_rooms=True) as (served, lesson):
        people = served.house.people
        for student, media in zip(lesson.students, ("video", "audio", "none"), strict=False):
            known = await people.student(student.who)
            assert known is not None
            consent = known.consent.model_copy(update={"media": media})
            await people.set_consent(student.who, consent, HAIFA_TEACHER, served.house.app[PARTS].clock.now())
        served.house.live.scenes.forget()
        allowed = [await way(student, "room") for student in lesson.students[:3]]
        assert [a["kind"] for a in allowed] == ["livekit", "livekit", "none"]
        assert grants(allowed[0], livekit)["video"]["canPublishSources"] == ["camera", "microphone"]
        assert grants(allowed[1], livekit)["video"]["canPublishSources"] == ["microphone"]
        assert not allowed[2]["token"]


async def test_breakout_rooms_stay_with_the_mesh_unless_they_are_asked_for(
    livekit: LiveKitProcess, tmp_path: Path
) -> None:
    async with together(tmp_path / "data", **livekit.settings) as (_, lesson):
        assert (await way(lesson.students[0], "room"))["kind"] == "mesh"


async def test_with_livekit_away_the_lesson_goes_on_and_pages_are_told_to_use_the_mesh(
    livekit: LiveKitProcess, tmp_path: Path
) -> None:
    async with together(tmp_path / "data", **livekit.settings) as (_, lesson):
        student, teacher = lesson.students[0], lesson.teachers[0]
        await livekit.stop()
        assert (await student.say("raise_hand"))["ok"]
        await teacher.until(lambda p: p.views["plenary"]["hands"] == [student.who], "for the hand")
        await teacher.until(lambda p: p.views["plenary"]["carrier"] == "mesh", "for the way round")
        assert (await teacher.say("give_floor", member=student.who))["ok"]
        assert (await teacher.say("remove_member", member=student.who))["ok"]
        found = await way(lesson.students[1])
        assert (found["kind"], found["reason"]) == ("mesh", "media_server_away")
        await livekit.start()
        await teacher.until(lambda p: p.views["plenary"]["carrier"] == "livekit", "for LiveKit's return")
        assert (await way(lesson.students[1]))["kind"] == "livekit"


async def test_hands_are_seen_by_all_in_order_and_names_only_while_all_are_together(tmp_path: Path) -> None:
    async with in_rooms(tmp_path / "data") as (_, lesson):
        first, second, third, _ = lesson.students
        await first.until(lambda p: "plenary" in p.views, "for the whole class's part")
        assert not first.views["plenary"]["people"], "in their rooms children know their partners alone"
        assert (await first.say("raise_hand"))["code"] == "not_together"
        await to_the_whole_class(lesson)
        assert (await second.say("raise_hand"))["ok"]
        assert (await first.say("raise_hand"))["ok"]
        await third.until(lambda p: p.views["plenary"]["hands"] == [second.who, first.who], "for both hands")
        assert {one["id"] for one in third.views["plenary"]["people"]} == {s.who for s in lesson.students}
        assert (await first.say("give_floor", member=first.who))["code"] == "not_allowed"
        assert (await lesson.teachers[1].say("give_floor", member=second.who))["ok"]
        await third.until(lambda p: p.views["plenary"]["speaker"] == second.who, "for the floor")
        await third.connect()
        await third.until(lambda p: p.views.get("plenary", {}).get("speaker") == second.who, "after a reload")


async def test_without_a_media_server_the_adults_of_both_sides_meet_across_rooms(tmp_path: Path) -> None:
    async with together(tmp_path / "data") as (_, lesson):
        haifa, chicago = lesson.teachers
        await haifa.until(lambda p: len(p.views["plenary"]["circle"]) == 2, "for both classrooms")
        await haifa.client.emit(
            "signal", {"to": chicago.views["me"]["peer"], "description": {"type": "offer", "sdp": "v=0\r\n"}}
        )
        await chicago.until(lambda p: bool(p.signals), "for the other classroom's signal")
        student = lesson.students[0]
        await student.client.emit(
            "signal", {"to": chicago.views["me"]["peer"], "description": {"type": "offer", "sdp": "v=0\r\n"}}
        )
        assert (await student.say("raise_hand"))["ok"]
        assert len(chicago.signals) == 1, "no child outside the circle reaches it"


async def test_a_call_that_fails_is_trouble_with_a_name_and_no_person() -> None:
    away = LiveKit(SystemClock(), f"ws://127.0.0.1:{free_port()}", "key", "s" * 40)
    with pytest.raises(MediaServerTrouble):
        await away.rooms()
    away.start()
    try:
        with pytest.raises(MediaServerTrouble) as trouble:
            await away.remove("s.1", "a-child")
        assert "a-child" not in trouble.value.what
    finally:
        await away.stop()


@pytest.mark.parametrize(
    "given",
    [
        {"livekit_url": "wss://media.example.org"},
        {"livekit_key": "key", "livekit_secret": "s" * 40},
        {"livekit_rooms": True},
        {"livekit_url": "ftp://x", "livekit_key": "key", "livekit_secret": "s" * 40},
        {"livekit_url": "wss://x/?a=b", "livekit_key": "key", "livekit_secret": "s" * 40},
        {"livekit_url": "wss://x", "livekit_key": "key", "livekit_secret": "short"},
    ],
)
def test_half_a_media_server_is_told_at_the_start(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**given)
