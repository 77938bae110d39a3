"""WebRTC signalling: only within the room, never past consent, never with a child's address. And where relays come from."""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientError
from structlog.testing import capture_logs

from server.adapters.ice import IceServersFromSettings
from server.core.live.scene import Media, Person
from server.core.live.signalling import may_send, media_between, relayed_only, without_direct_candidates
from server.edges.signalling import relayed
from server.edges.socket import PATIENCE_WITH_SIGNALS, SIGNALS_AT_ONCE
from server.ports.live import Peer
from server.wire.messages import Signal
from tests.live.servers import Lesson, PersonOnline
from tests.socket.served import HAIFA_TEACHER, SESSION, Served, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOME, ROUTER, RELAY = "192.168.1.23", "203.0.113.7", "198.51.100.9"
HOST_LINE = f"candidate:1 1 udp 2122260223 {HOME} 54321 typ host generation 0"
SRFLX_LINE = f"candidate:2 1 udp 1686052607 {ROUTER} 54321 typ srflx raddr {HOME} rport 54321"
MDNS_LINE = "candidate:3 1 udp 2122260223 0f1e2d3c-aaaa.local 54321 typ host"
RELAY_LINE = f"candidate:4 1 udp 41885439 {RELAY} 49160 typ relay raddr {ROUTER} rport 54321 generation 0"
CANDIDATES = (HOST_LINE, SRFLX_LINE, MDNS_LINE, RELAY_LINE)


def section(kind: str, *lines: str, port: int = 9) -> str:
    return "\r\n".join([f"m={kind} {port} UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", *lines, ""])


def sdp(*sections: str) -> str:
    return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + "".join(sections)


VIDEO_ON = sdp(section("audio", "a=sendrecv"), section("video", "a=sendrecv"))
AUDIO_ONLY = sdp(section("audio", "a=sendrecv"))


# -- what a description may send --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        ("a=sendrecv",),
        ("a=sendonly",),
        (),
        ("a=recvonly", "a=sendrecv"),
        ("a=sendonly", "a=inactive"),
        ("a=mid:1\u2028a=recvonly",),
        ("a=mid:1\x0ba=recvonly",),
        ("a=mid:1\ra=recvonly",),
        (" a=recvonly",),
        ("a=recvonlyish",),
    ],
)
async def test_a_child_with_sound_only_sends_no_picture(lines: tuple[str, ...]) -> None:
    assert not may_send("audio", sdp(section("audio", "a=sendrecv"), section("video", *lines)))
    assert not may_send("none", sdp(section("video", *lines)))


async def test_a_bundled_section_with_port_0_still_sends() -> None:
    assert not may_send("audio", sdp(section("audio"), section("video", "a=bundle-only", "a=sendrecv", port=0)))
    assert may_send("audio", sdp(section("audio"), section("video", "a=sendrecv", port=0)))


@pytest.mark.parametrize("lines", [("a=recvonly",), ("a=inactive",), ("a=mid:1", "a=recvonly", "a=rtcp-mux")])
async def test_a_child_with_sound_only_may_see_the_others(lines: tuple[str, ...]) -> None:
    assert may_send("audio", sdp(section("audio", "a=sendrecv"), section("video", *lines)))


async def test_video_and_sound_and_none() -> None:
    assert may_send("video", VIDEO_ON)
    assert may_send("audio", AUDIO_ONLY)
    assert not may_send("none", AUDIO_ONLY)
    assert may_send("none", sdp(section("audio", "a=recvonly")))
    assert not may_send("audio", sdp(section("screen", "a=sendrecv")))


@pytest.mark.parametrize("media", ["video", "audio", "none"])
async def test_no_second_picture_and_no_other_channel_passes(media: Media) -> None:
    assert not may_send(media, sdp(section("audio"), section("application")))
    assert not may_send(media, sdp(section("video"), section("video")))
    assert may_send("video", sdp(section("audio"), section("video"), section("video", "a=inactive")))
    assert may_send(media, sdp(section("application", port=0)))


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [("video", "video", "video"), ("video", "audio", "audio"), ("audio", "none", "none"), ("none", "video", "none")],
)
async def test_the_lesser_of_two_consents_counts(one: Media, other: Media, both: Media) -> None:
    assert media_between(one, other) == media_between(other, one) == both


# -- no child's address to another ------------------------------------------------------------------------------------


async def test_only_relayed_candidates_are_left_and_without_their_origin() -> None:
    with_addresses = sdp(
        section(
            "audio",
            f"c=IN IP4 {ROUTER}",
            f"a=rtcp:54321 IN IP4 {ROUTER}",
            f"a=remote-candidates:1 {HOME} 54321",
            *(f"a={line}" for line in CANDIDATES),
            "a=end-of-candidates",
        )
    )
    stripped = without_direct_candidates(with_addresses)
    assert HOME not in stripped
    assert ROUTER not in stripped
    assert ".local" not in stripped
    assert RELAY in stripped
    assert "raddr 0.0.0.0 rport 0 generation 0" in stripped
    assert "a=end-of-candidates\r\n" in stripped
    assert without_direct_candidates(stripped) == stripped


@pytest.mark.parametrize(
    ("candidate", "passes"),
    [
        (HOST_LINE, False),
        (SRFLX_LINE, False),
        (MDNS_LINE, False),
        (RELAY_LINE, True),
        (HOST_LINE.replace("typ host", "typ prflx"), False),
        (f"candidate:1 1 tcp 1518280447 {HOME} 9 typ host tcptype active", False),
        (f"{HOST_LINE} typ relay", False),
        (f"candidate:typ relay 1 udp 1 {HOME} 9 typ host", False),
        ("", False),
        ("typ", False),
    ],
)
async def test_a_trickled_candidate_passes_only_if_it_is_relayed(candidate: str, passes: bool) -> None:
    left = relayed_only(candidate)
    assert (left is not None) == passes
    assert ROUTER not in (left or "")


# -- what is relayed between whom -------------------------------------------------------------------------------------


def person(media: Media) -> Person:
    return Person("x", "a", {"en": "X"}, "school", ("en",), ("en",), media=media)


def peer(who: str, room: str | None = "r", kind: str = "student") -> Peer:
    return Peer(f"peer-{who}", "s", who, kind, "a", 1, room)


PEOPLE = {"video": person("video"), "audio": person("audio"), "none": person("none")}
OFFER = Signal(to="x", description={"type": "offer", "sdp": AUDIO_ONLY})


def passes(sender: Peer, receiver: Peer, signal: Signal = OFFER) -> bool:
    return relayed(signal, sender, receiver, PEOPLE, relay_only=False) is not None


async def test_nothing_passes_out_of_the_room() -> None:
    assert passes(peer("video"), peer("audio"))
    assert not passes(peer("video"), peer("audio", room="other"))
    assert not passes(peer("video", room=None), peer("audio", room=None))
    assert not passes(peer("video", room=None), peer("audio"))
    assert not passes(peer("video"), peer("video"))
    assert not passes(peer("t", room=None, kind="teacher"), peer("audio"))
    assert passes(peer("t", kind="teacher"), peer("audio"))


async def test_nothing_passes_where_a_family_wants_no_media_or_is_not_known() -> None:
    for silent in ("none", "nobody-knows"):
        for other in (peer("video"), peer("t", kind="teacher")):
            assert not passes(peer(silent), other)
            assert not passes(other, peer(silent))


async def test_signalling_is_no_second_way_to_write_to_somebody() -> None:
    letter = {"type": "offer", "sdp": AUDIO_ONLY, "note": "meet me after school"}
    told = relayed(Signal(to="x", description=letter), peer("video"), peer("audio"), PEOPLE, relay_only=False)
    assert told is not None
    assert told.description == {"type": "offer", "sdp": AUDIO_ONLY}
    only_a_letter = Signal(to="x", candidate={"candidate": RELAY_LINE, "note": "meet me"})
    told = relayed(only_a_letter, peer("video"), peer("audio"), PEOPLE, relay_only=True)
    assert told is not None
    assert set(told.candidate or ()) == {"candidate"}
    assert not passes(peer("video"), peer("audio"), Signal(to="x"))


async def test_the_end_of_candidates_passes_in_relay_only_too() -> None:
    end = Signal(to="x", candidate={"candidate": "", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": None})
    assert relayed(end, peer("video"), peer("audio"), PEOPLE, relay_only=True) is not None


# -- over the wire ----------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def relay_only(fresh_data: Callable[[], Path]) -> AsyncGenerator[Served]:
    turn: dict[str, Any] = {"turn_urls": ("turn:relay.example:3478",), "turn_secret": "shared", "turn_seconds": 600}
    async with serving(fresh_data(), **turn) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lesson(relay_only: Served) -> AsyncGenerator[Lesson]:
    """Two rooms; in the first sits a child whose family agreed to sound only, as the test arranges it."""
    async with relay_only.lesson(pairs=2) as lesson:
        yield lesson


def peers_of(person: PersonOnline) -> dict[str, str]:
    return {p["who"]: p["peer"] for p in person.views["beside"]["peers"]}


async def two_in_a_room(lesson: Lesson, number: int = 0) -> tuple[PersonOnline, PersonOnline]:
    room = list(lesson.teachers[0].views["seats"]["rooms"])[number]
    one, two = lesson.partners(room)[:2]
    for partner in (one, two):
        await partner.until(lambda p: len(p.views.get("beside", {}).get("peers", [])) >= 2, "for the partner's peer")
    return one, two


async def nothing_but(receiver: PersonOnline, sender: PersonOnline, to: str) -> list[dict[str, Any]]:
    """Return what was relayed up to now, by sending something harmless after it and waiting for that."""
    mark = secrets.token_hex(4)
    await sender.client.emit("signal", {"to": to, "candidate": {"candidate": "", "sdpMid": mark}})

    def is_mark(signal: dict[str, Any]) -> bool:
        candidate: dict[str, Any] = signal.get("candidate") or {}
        return candidate.get("sdpMid") == mark

    await receiver.until(lambda p: any(is_mark(s) for s in p.signals), "for the mark")
    heard, receiver.signals = receiver.signals, []
    return [s for s in heard if not is_mark(s)]


async def test_between_partners_only_relayed_addresses_pass(lesson: Lesson) -> None:
    one, two = await two_in_a_room(lesson)
    to = peers_of(one)[two.who]
    everything = sdp(section("audio", *(f"a={line}" for line in CANDIDATES)))
    await one.client.emit("signal", {"to": to, "description": {"type": "offer", "sdp": everything}})
    for line in CANDIDATES:
        await one.client.emit("signal", {"to": to, "candidate": {"candidate": line, "sdpMid": "0"}})
    heard = await nothing_but(two, one, to)
    assert len(heard) == 2, "the description and one candidate of four"
    assert all(signal["sender"] == peers_of(two)[one.who] for signal in heard)
    assert RELAY in str(heard)
    assert all(address not in str(heard) for address in (HOME, ROUTER, ".local"))


async def test_malformed_signals_and_unknown_peers_are_passed_over(lesson: Lesson) -> None:
    one, two = await two_in_a_room(lesson)
    to = peers_of(one)[two.who]
    bad: list[Any] = [None, "offer", 7, [], {}, {"to": 7}, {"to": "x" * 100}, {"to": to, "description": "sdp"},
        {"to": to, "description": {"sdp": {"deep": 1}}}, {"to": to, "candidate": []}, {"to": to, "extra": 1},
        {"to": "nobody", "description": {"type": "offer", "sdp": AUDIO_ONLY}},
        {"to": two.who, "description": {"type": "offer", "sdp": AUDIO_ONLY}},
        {"to": peers_of(one)[one.who], "description": {"type": "offer", "sdp": AUDIO_ONLY}}]  # fmt: skip
    with capture_logs() as said:
        for message in bad:
            await one.client.emit("signal", message)
        assert await nothing_but(two, one, to) == []
    assert one.client.connected
    told = [line for line in said if line["event"] == "signal_not_relayed"]
    assert {line["reason"] for line in told} == {"malformed", "not_in_the_room"}
    assert all(line["peer"] == peers_of(one)[one.who] for line in told)
    assert "nobody" not in str(told), "ids of ours, and nothing that was sent"
    assert "sdp" not in str(told)


async def test_whoever_floods_without_end_is_cut_off_and_the_room_goes_on(lesson: Lesson, relay_only: Served) -> None:
    _, two = await two_in_a_room(lesson)
    flooder = await relay_only.raw("student", two.who)
    flooder.listen()
    with suppress(ConnectionError, ClientError):
        for _ in range(2 * PATIENCE_WITH_SIGNALS):
            await flooder.send("signal", {"to": "nobody", "candidate": {"candidate": ""}})
    await flooder.until(lambda: not flooder.is_open)
    await flooder.close()
    await two.connect()
    await two.until(lambda p: "mine" in p.views, "to be back in")
    assert (await two.say("resync"))["ok"]


async def test_a_signal_does_not_reach_the_next_room(lesson: Lesson) -> None:
    one, two = await two_in_a_room(lesson, 0)
    other, _ = await two_in_a_room(lesson, 1)
    stranger = peers_of(other)[other.who]
    await one.client.emit("signal", {"to": stranger, "description": {"type": "offer", "sdp": AUDIO_ONLY}})
    assert await nothing_but(two, one, peers_of(one)[two.who]) == []
    assert other.signals == []


async def test_consent_holds_on_the_wire(lesson: Lesson, relay_only: Served) -> None:
    one, two = await two_in_a_room(lesson)
    people = relay_only.house.people
    student = await people.student(one.who)
    assert student is not None
    to = peers_of(one)[two.who]
    for media, offer, arrives in (("video", VIDEO_ON, 1), ("audio", VIDEO_ON, 0), ("audio", AUDIO_ONLY, 1)):
        consent = student.consent.model_copy(update={"media": media})
        await people.set_consent(one.who, consent, HAIFA_TEACHER, datetime.now(UTC))
        relay_only.house.live.scenes.forget()
        await one.client.emit("signal", {"to": to, "description": {"type": "offer", "sdp": offer}})
        assert len(await nothing_but(two, one, to)) == arrives, (media, offer)
    await people.set_consent(
        one.who, student.consent.model_copy(update={"media": "none"}), HAIFA_TEACHER, datetime.now(UTC)
    )
    relay_only.house.live.scenes.forget()
    for sender, receiver in ((one, two), (two, one)):
        to = peers_of(sender)[receiver.who]
        await sender.client.emit("signal", {"to": to, "description": {"type": "offer", "sdp": AUDIO_ONLY}})
        await sender.say("resync")
    await asyncio.sleep(0.2)
    assert one.signals == two.signals == []
    await people.set_consent(one.who, student.consent, HAIFA_TEACHER, datetime.now(UTC))
    relay_only.house.live.scenes.forget()


async def test_a_teacher_signals_only_while_visiting_and_is_seen(lesson: Lesson) -> None:
    one, two = await two_in_a_room(lesson)
    teacher = lesson.teachers[0]
    room = one.room["room"] if "room" in one.room else one.views["mine"]["room"]
    offer = {"type": "offer", "sdp": VIDEO_ON}
    await teacher.client.emit("signal", {"to": peers_of(one)[one.who], "description": offer})
    await teacher.say("resync")
    assert await nothing_but(one, two, peers_of(two)[one.who]) == []
    assert (await teacher.say("enter_room", room=room))["ok"]
    await one.until(lambda p: teacher.views["me"]["peer"] in peers_of(p).values(), "to see the teacher's peer")
    await one.until(lambda p: p.room["visitors"], "to be told who came")
    await teacher.client.emit("signal", {"to": peers_of(one)[one.who], "description": offer})
    await one.until(lambda p: p.signals, "for the teacher's offer")
    one.signals.clear()
    assert (await teacher.say("leave_room", room=room))["ok"]
    await teacher.client.emit("signal", {"to": peers_of(one)[one.who], "description": offer})
    await teacher.say("resync")
    assert await nothing_but(one, two, peers_of(two)[one.who]) == []


async def test_a_flood_of_signals_is_thinned_out_and_ends_no_lesson(lesson: Lesson) -> None:
    one, two = await two_in_a_room(lesson, 1)
    to = peers_of(one)[two.who]
    for n in range(600):
        await one.client.emit("signal", {"to": to, "candidate": {"candidate": "", "sdpMLineIndex": n}})
    await one.say("resync")
    await asyncio.sleep(0.3)
    assert 10 < len(two.signals) < SIGNALS_AT_ONCE + 150
    assert (await two.say("resync"))["ok"]
    assert one.client.connected


# -- relays -----------------------------------------------------------------------------------------------------------


class Still:
    def now(self) -> datetime:
        return datetime(2026, 11, 18, 14, 10, tzinfo=UTC)


def ice(**changed: Any) -> IceServersFromSettings:
    plain: dict[str, Any] = {"stun_urls": (), "turn_urls": (), "turn_secret": None, "turn_seconds": 3600}
    return IceServersFromSettings(Still(), **{**plain, **changed})


async def test_a_credential_is_what_the_relay_will_compute_and_lasts_an_hour_at_most() -> None:
    with_turn = ice(turn_urls=("turn:relay.example:3478", "turns:relay.example:443"), turn_secret="shared")
    given: Any = with_turn.for_person("dana", "lesson-1", accepts_direct=False)
    assert given["video"] is True
    assert given["iceTransportPolicy"] == "relay"
    (server,) = given["iceServers"]
    until, _, who = server["username"].partition(":")
    assert who == "lesson-1.dana", "bound to the member and the lesson"
    assert given["seconds"] == 3600
    assert 0 < int(until) - Still().now().timestamp() <= 3600
    expected = hmac.new(b"shared", server["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(server["credential"]) == expected
    assert with_turn.for_person("noa", "lesson-1", accepts_direct=True)["iceTransportPolicy"] == "relay"
    for other_person, other_lesson in (("noa", "lesson-1"), ("dana", "lesson-2")):
        other: Any = with_turn.for_person(other_person, other_lesson, accepts_direct=True)
        assert other["iceServers"][0]["credential"] != server["credential"]


async def test_without_a_relay_there_is_no_video_until_a_school_accepts_direct_addresses() -> None:
    refused: Any = ice().for_person("dana", "lesson-1", accepts_direct=False)
    assert refused == {"iceServers": [], "iceTransportPolicy": "relay", "video": False, "reason": "no_relay"}
    assert ice(turn_urls=("turn:x",)).for_person("dana", "lesson-1", accepts_direct=False)["video"] is False
    accepted: Any = ice().for_person("dana", "lesson-1", accepts_direct=True)
    assert accepted == {"iceServers": [], "iceTransportPolicy": "all", "video": True}


@pytest.mark.parametrize("seconds", [3601, 0, 86400])
async def test_no_setting_makes_a_credential_last_longer(seconds: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="turn_seconds"):
        async with serving(tmp_path, turn_seconds=seconds):
            pass


async def ice_of(served: Served, kind: str, who: str) -> dict[str, Any]:
    browser = await served.browser(kind, who)
    path = f"/s/{who}/ice?session={SESSION}" if kind == "student" else f"/sessions/{SESSION}/ice"
    async with browser.get(f"{served.url}{path}") as answer:
        return await answer.json()


async def test_the_pages_ask_for_what_the_school_and_the_family_accepted(served: Served, relay_only: Served) -> None:
    child, silent = "demo-haifa-01", "demo-haifa-07"
    assert (await ice_of(served, "student", child))["reason"] == "no_relay"
    assert (await ice_of(served, "staff", HAIFA_TEACHER))["reason"] == "no_relay"
    school = await served.house.people.school("demo-haifa")
    assert school is not None
    await served.house.people.save_school(school.model_copy(update={"direct_addresses_accepted": True}))
    assert (await ice_of(served, "student", child))["video"] is True
    assert (await ice_of(served, "student", "demo-chicago-01"))["reason"] == "no_relay", "the other school did not"
    assert (await ice_of(served, "student", silent))["reason"] == "no_consent"
    with_relay = await ice_of(relay_only, "student", child)
    assert with_relay["iceServers"][0]["username"].endswith(f":{SESSION}.{child}")
    assert with_relay["expires"] / 1000 - datetime.now(UTC).timestamp() <= 600
    assert (await ice_of(relay_only, "student", silent))["iceServers"] == []
    browser = await relay_only.browser("student", child)
    for elsewhere in ("", "?session=", "?session=another-lesson"):
        async with browser.get(f"{relay_only.url}/s/{child}/ice{elsewhere}") as answer:
            assert answer.status == 404, "a credential is for a lesson that the child has"
