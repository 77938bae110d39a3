"""What follows from a rehearsal: every verdict and every reason, as a function of what the devices say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from server.core.rehearsal import (
    GONE_AFTER,
    LAST_WORDS,
    LIFE,
    REASONS,
    TOGETHER,
    Device,
    Measured,
    Reason,
    Rehearsal,
    Relaying,
    Report,
    Result,
    Tried,
    Way,
    browser_of,
    is_here,
    phase_of,
    result_of,
    seconds_left,
    took_part,
)

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
UDP, TCP, TLS = (Way(transport=t, ok=True, ms=90) for t in ("udp", "tcp", "tls"))
NO_UDP, NO_TLS = Way(transport="udp", ok=False), Way(transport="tls", ok=False)
GOOD = Measured(round=1, up=380, down=370, round_trip=60, lost=0.01)


def said(**changed: Any) -> Report:
    """What a device says with which all is well, but for what is changed."""
    well = {
        "camera": "works",
        "microphone": "works",
        "socket": True,
        "ways": (UDP, TLS),
        "tried": True,
        "measured": GOOD,
    }
    return Report.model_validate(well | changed)


def measured(**changed: Any) -> Report:
    return said(measured=GOOD.model_copy(update=changed))


def verdict(*reports: Report, relaying: Relaying = "relay", children: int = 0) -> Result:
    devices = [Device(number=n, browser="Chrome 140", seen=NOW, report=r) for n, r in enumerate(reports, start=1)]
    return result_of(devices, relaying, round_=1, children=children, now=NOW)


def codes(result: Result) -> list[str]:
    return [reason.code for reason in result.reasons]


# -- verdicts ---------------------------------------------------------------------------------------------------------


def test_a_class_whose_devices_all_carry_a_picture_is_ready_for_video() -> None:
    result = verdict(*[said()] * 14, children=28)
    assert (result.carries, result.able, result.devices, result.reasons) == ("video", 14, 14, ())


def test_one_weak_device_among_many_does_not_take_the_picture_from_all() -> None:
    result = verdict(*[said()] * 9, measured(up=90))
    assert (result.carries, result.able) == ("video", 9)
    assert result.reasons == (Reason(code="bandwidth", devices=1, number=90),)


def test_a_line_that_is_too_narrow_for_all_at_once_carries_voices() -> None:
    result = verdict(*[measured(up=110, down=80), measured(up=90, down=300), measured(up=95, down=100)])
    assert (result.carries, result.able) == ("audio", 3)
    assert result.reasons == (Reason(code="bandwidth", devices=3, number=90),)


def test_a_line_that_is_too_narrow_for_voices_leaves_writing() -> None:
    assert verdict(*[measured(up=20)] * 3).carries == "writing"


def test_a_blocked_relay_leaves_writing_and_says_so() -> None:
    result = verdict(*[said(ways=(NO_UDP, NO_TLS), measured=None)] * 4)
    assert (result.carries, codes(result)) == ("writing", ["relay_blocked"])


def test_one_open_way_to_the_relay_is_enough() -> None:
    result = verdict(*[said(ways=(NO_UDP, TLS))] * 4)
    assert (result.carries, result.reasons) == ("video", ())
    assert result.ways == {"udp": Tried(ok=0, tried=4), "tls": Tried(ok=4, tried=4)}


def test_two_addresses_of_one_transport_count_as_one_way() -> None:
    assert verdict(*[said(ways=(UDP, NO_UDP))] * 2).ways == {"udp": Tried(ok=2, tried=2)}


def test_without_a_relay_and_without_direct_calls_there_is_writing() -> None:
    result = verdict(*[said(ways=(), measured=None)] * 4, relaying="off")
    assert (result.carries, codes(result)) == ("writing", ["no_relay"])


def test_direct_calls_are_ready_but_what_could_not_be_tried_is_said() -> None:
    result = verdict(*[said(ways=(Way(transport="direct", ok=True),))] * 4, relaying="direct")
    assert (result.carries, codes(result)) == ("video", ["direct_only"])


def test_a_lesson_page_that_cannot_keep_its_line_is_not_ready_whatever_the_picture_does() -> None:
    result = verdict(*[said(socket=False)] * 4)
    assert (result.carries, result.able, codes(result)) == ("nothing", 0, ["sockets_blocked"])


def test_a_class_without_cameras_uses_voices() -> None:
    result = verdict(*[said(camera="missing")] * 3, said())
    assert (result.carries, result.able, codes(result)) == ("audio", 4, ["camera_missing"])


def test_a_device_without_a_camera_is_no_reason_against_video_for_the_others() -> None:
    result = verdict(*[said()] * 3, said(camera="refused"))
    assert (result.carries, result.able, codes(result)) == ("video", 3, ["camera_refused"])


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (measured(up=120, limited="cpu"), Reason(code="slow_device", devices=4, number=120)),
        (measured(up=120, limited="bandwidth"), Reason(code="bandwidth", devices=4, number=120)),
        (measured(lost=0.12), Reason(code="loss", devices=4, number=12)),
        (measured(round_trip=900), Reason(code="delay", devices=4, number=900)),
        (said(measured=None), Reason(code="lost", devices=4)),
        (measured(round=2), Reason(code="lost", devices=4, number=0)),
        (said(microphone="refused"), Reason(code="microphone", devices=4)),
        (said(camera="unasked"), Reason(code="camera_refused", devices=4)),
        (said(camera="busy"), Reason(code="camera_missing", devices=4)),
        (said(camera="insecure", microphone="insecure"), Reason(code="insecure", devices=4)),
    ],
)
def test_every_reason_is_told_with_its_figure(report: Report, reason: Reason) -> None:
    assert verdict(*[report] * 4).reasons == (reason,)


def test_far_fewer_devices_than_children_are_told() -> None:
    assert verdict(*[said()] * 10, children=20).reasons == ()
    assert verdict(*[said()] * 9, children=20).reasons == (Reason(code="few_devices", devices=9, number=20),)
    assert codes(verdict(said())) == ["few_devices"]


def test_every_reason_stands_in_one_of_these_tests() -> None:
    here = {"no_relay", "relay_blocked", "sockets_blocked", "direct_only", "few_devices", "bandwidth", "slow_device"}
    assert here | {"loss", "delay", "lost", "microphone", "camera_refused", "camera_missing", "insecure"} == set(
        REASONS
    )


def test_figures_of_the_class_are_the_slowest_and_the_middle_one() -> None:
    result = verdict(*[measured(up=u, down=u + 10, round_trip=u) for u in (100, 300, 350)])
    assert result.up is not None
    assert result.down is not None
    assert (result.up.lowest, result.up.middle, result.down.lowest, result.round_trip) == (100, 300, 110, 300)
    assert result.total == 100 + 300 + 350 + 110 + 310 + 360
    assert result.browsers == {"Chrome 140": 3}


reports = st.builds(
    said,
    camera=st.sampled_from(["works", "refused", "missing", "busy", "insecure", "unasked"]),
    microphone=st.sampled_from(["works", "refused", "missing", "busy", "insecure", "unasked"]),
    socket=st.sampled_from([True, False, None]),
    ways=st.lists(st.sampled_from([UDP, TCP, TLS, NO_UDP, NO_TLS]), max_size=8).map(tuple),
    tried=st.booleans(),
    measured=st.none()
    | st.builds(
        Measured,
        round=st.integers(1, 2),
        up=st.integers(0, 1000),
        down=st.integers(0, 1000),
        round_trip=st.none() | st.integers(0, 2000),
        lost=st.floats(0, 1),
        limited=st.sampled_from(["none", "bandwidth", "cpu"]),
    ),
)


@given(st.lists(reports, max_size=12), st.sampled_from(["relay", "direct", "off"]))
def test_whatever_devices_say_there_is_a_verdict_and_anything_but_video_has_a_reason(
    said_by_each: list[Report], relaying: Relaying
) -> None:
    result = verdict(*said_by_each, relaying=relaying, children=12)
    assert 0 <= result.able <= result.devices == len(said_by_each)
    assert result.carries == "video" or result.reasons
    assert Result.model_validate(result.model_dump(mode="json")) == result


# -- time -------------------------------------------------------------------------------------------------------------


def rehearsal(**changed: Any) -> Rehearsal:
    plain = {"id": "r", "class_id": "c", "opened": NOW, "expires": NOW + LIFE}
    return Rehearsal.model_validate(plain | changed)


def test_a_rehearsal_goes_from_gathering_to_a_verdict_by_the_clock_alone() -> None:
    begun = rehearsal(round=1, together_at=NOW)
    assert phase_of(rehearsal(), NOW) == "gathering"
    assert phase_of(begun, NOW) == "together"
    assert phase_of(begun, NOW + TOGETHER) == "counting"
    assert phase_of(begun, NOW + TOGETHER + LAST_WORDS) == "told"
    assert phase_of(begun, NOW + LIFE) == "over"
    assert (seconds_left(begun, NOW + timedelta(seconds=4)), seconds_left(begun, NOW + LIFE)) == (20, 0)
    assert seconds_left(rehearsal(), NOW) == 0


def test_a_device_that_had_left_before_all_sent_belongs_to_no_verdict() -> None:
    here = Device(number=1, browser="", seen=NOW - timedelta(seconds=3))
    gone = Device(number=2, browser="", seen=NOW - timedelta(seconds=40))
    assert took_part(rehearsal(round=1, together_at=NOW), [here, gone]) == [here]
    assert took_part(rehearsal(), [here]) == []
    assert (is_here(here, NOW), is_here(here, NOW + GONE_AFTER)) == (True, False)


# -- what is let in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Noa"},
        {"camera": "yes"},
        {"ways": [{"transport": "carrier pigeon", "ok": True}]},
        {"ways": [{"transport": "udp", "ok": True}] * 9},
        {"measured": {"round": 1, "up": -1, "down": 0}},
        {"measured": {"round": 1, "up": 10**9, "down": 0}},
        {"measured": {"round": 1, "up": 1, "down": 1, "lost": 2}},
        {"measured": {"round": 1, "up": 1, "down": 1, "lost": "NaN"}},
    ],
)
def test_a_report_holds_nothing_but_what_is_known(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Report.model_validate(wrong)


@pytest.mark.parametrize(
    ("user_agent", "browser"),
    [
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36", "Chrome 126"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.87", "Edge 126"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128"),
        ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1", "Safari 17.5"),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 CriOS/126.0.6478.108 Mobile/15E148 Safari/604.1", "Chrome 126"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_of_a_browser_only_family_and_version_are_read(user_agent: str, browser: str) -> None:
    assert browser_of(user_agent) == browser
