"""Who may do what: every kind of command and every programs' route, for every role. A new one fails until it stands here."""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from typing import Any, Literal, get_args

import pytest
import pytest_asyncio
from pydantic import BaseModel

from server.core.live import commands as c
from server.core.live.adults import SUBSTITUTE_MAY
from server.wire.documents import STUDENT_COMMANDS, TEACHER_COMMANDS
from server.wire.messages import SideCommand
from tests.live.servers import Lesson, PersonOnline
from tests.socket.served import HAIFA_SAFETY, HAIFA_TEACHER, SESSION, RefusedAtDoor, Served

pytestmark = pytest.mark.asyncio(loop_scope="module")

Role = Literal["seated", "unseated", "elsewhere", "teacher", "substitute", "guest", "far teacher"]
"""A student in a room, without one, in another room; a teacher, a substitute, a guest; a teacher of another lesson."""
ROLES: tuple[Role, ...] = get_args(Role)
FAR = 400
"""A step that no lesson has: the room's rules refuse it, after authorization has let it through."""
STEP = {"step": FAR}
LINE = {**STEP, "line": "no-such-line"}
TO_THE_ROOM = {"seated": "step_not_reached", "elsewhere": "step_not_reached", "unseated": "not_your_room"}

MESSAGES: dict[str, dict[str, Any]] = {
    "answer": {**STEP, "input": "idea", "entries": [{"text": "words"}]},
    "finish": STEP,
    "reopen": STEP,
    "take_turn": STEP,
    "confirm": {**STEP, "right": True},
    "add_line": {**STEP, "input": "idea", "entries": [{"text": "words"}]},
    "reword_line": {**LINE, "entries": [{"text": "words"}]},
    "answer_proposal": {**LINE, "accept": True},
    "approve_line": LINE,
    "choose_line": LINE,
    "withdraw_line": LINE,
    "share": {**STEP, "work": "no-such-work"},
    "ask_help": {},
    "cancel_help": {},
    "raise_hand": {},
    "lower_hand": {},
    "wonder_too": {**STEP, "entry": "no-such-work.0"},
    "answer_offer": {"takes": True},
    "join_round": {"joins": True},
    "end_round_turn": {"turn": 1},
    "save_draft": {**STEP, "input": "idea", "sequence": 1, "entries": []},
    "report_concern": {"about": "me"},
    "device_state": {"camera": "off", "microphone": "off"},
    "adult_beside": {"here": True},
    "talk_share": {**STEP, "seconds_spoken": 7},
    "resync": {},
    "add_time": {"room": "ROOM"},
    "move_room_on": {"room": "ROOM", **STEP},
    "take_help": {"room": "ROOM"},
    "clear_help": {"room": "ROOM"},
    "enter_room": {"room": "ROOM"},
    "leave_room": {"room": "ROOM"},
    "propose_rooms": {},
    "arrange_rooms": {"rooms": [["no-such-child"]]},
    "move_seat": {"member": "no-such-child", "room": None},
    "start_lesson": {},
    "next_gate": {"after": 499},
    "start_partners": {"after": 499, "rooms": [["no-such-child"]]},
    "pause": {},
    "resume": {},
    "extend_all": {},
    "warn_minute": {},
    # Nothing is left to fit: the bell of the sample lesson is far.
    "fit_to_bell": {},
    "wrap_up": {"seconds": 600},
    "cancel_wrap_up": {},
    "set_aside": {"seen": 400},
    "reopen_session": {},
    "send_note": {"text": "Look again at the text"},
    "remove_member": {"member": "no-such-child"},
    "part_room": {"room": "no-such-room"},
    "share_classroom": {"shared": False},
    "split_room": {"room": "no-such-room", "members": ["no-such-child"], "seen": ["no-such-child"]},
    "merge_rooms": {
        "room": "no-such-room",
        "members": ["no-such-child"],
        "seen": ["no-such-child"],
        "into": "no-such-room",
        "into_seen": [],
    },
    "end_room": {"room": "no-such-room", "seen": ["no-such-child"]},
    "choose_arrivals": {"policy": "off", "instead_of": "off"},
    "do_placing": {"placing": "no-such-placing"},
    "decline_placing": {"placing": "no-such-placing"},
    "undo_placing": {"placing": "no-such-placing"},
    "give_floor": {"member": None},
    "put_hand_down": {"member": "no-such-child"},
    "mute_person": {"who": "no-such-child"},
    "spotlight": {"who": None},
    "start_modelling": {},
    "end_modelling": {},
    "offer_floor": {"room": 1, "entry": "no-such-work.0"},
    "next_speaker": {"after": 0},
    "order_round": {"who": "no-such-child", "place": "next"},
    "put_aside": {**STEP, "entry": "no-such-work.0"},
    "pin_entry": {**STEP, "entry": None},
    "close_session": {},
    "lay_out_rooms": {"rooms": {}},
}
"""One message a kind that changes nothing that other lines need."""

TO_NO_ADULT: dict[Role, str] = dict.fromkeys(("teacher", "substitute", "guest", "far teacher"), "not_allowed")
STUDENTS: dict[str, dict[Role, str]] = {
    **{kind: {**TO_THE_ROOM, **TO_NO_ADULT} for kind, fields in MESSAGES.items() if "step" in fields},
    "ask_help": {"seated": "ok", "elsewhere": "ok", "unseated": "not_your_room", **TO_NO_ADULT},
    "cancel_help": {"seated": "ok", "elsewhere": "ok", "unseated": "not_your_room", **TO_NO_ADULT},
    "report_concern": {"seated": "ok", "elsewhere": "ok", "unseated": "ok", **TO_NO_ADULT},
    "adult_beside": dict.fromkeys(ROLES, "ok") | TO_NO_ADULT,
    "raise_hand": dict.fromkeys(ROLES, "not_together") | TO_NO_ADULT,
    "lower_hand": dict.fromkeys(ROLES, "not_together") | TO_NO_ADULT,
    "answer_offer": dict.fromkeys(ROLES, "not_together") | TO_NO_ADULT,
    "join_round": dict.fromkeys(ROLES, "not_together") | TO_NO_ADULT,
    "end_round_turn": dict.fromkeys(ROLES, "not_together") | TO_NO_ADULT,
}  # pyright: ignore[reportAssignmentType] -- the roles of a room, by name
TO_ALL_BUT_GUESTS: dict[Role, str] = {role: "not_allowed" if role == "guest" else "ok" for role in ROLES}
EVERYBODY: dict[str, dict[Role, str]] = dict.fromkeys(("device_state", "resync"), TO_ALL_BUT_GUESTS)
TEACHERS = {
    "add_time": "ok",
    "move_room_on": "somebody_was_faster",
    "take_help": "somebody_was_faster",
    "clear_help": "ok",
    "enter_room": "ok",
    "leave_room": "ok",
    "propose_rooms": "already_running",
    "arrange_rooms": "already_running",
    "move_seat": "unknown_member",
    "start_lesson": "already_running",
    "next_gate": "somebody_was_faster",
    "start_partners": "somebody_was_faster",
    "pause": "ok",
    "resume": "ok",
    "extend_all": "ok",
    "warn_minute": "ok",
    "fit_to_bell": "ok",
    "wrap_up": "ok",
    "cancel_wrap_up": "ok",
    # Seen long ago, so that the lesson goes on; and it runs, so that there is nothing to reopen.
    "set_aside": "somebody_was_faster",
    "reopen_session": "ok",
    "send_note": "ok",
    "remove_member": "unknown_member",
    "part_room": "unknown_room",
    "share_classroom": "ok",
    "split_room": "unknown_room",
    "merge_rooms": "unknown_room",
    "end_room": "unknown_room",
    "choose_arrivals": "ok",
    "do_placing": "somebody_was_faster",
    "decline_placing": "somebody_was_faster",
    "undo_placing": "somebody_was_faster",
    # The class is not together at this step; tests/core and tests/media have it where it is.
    "give_floor": "not_together",
    "put_hand_down": "not_together",
    "mute_person": "not_together",
    "spotlight": "not_together",
    "start_modelling": "already_running",
    "end_modelling": "already_running",
    "offer_floor": "not_together",
    "next_speaker": "not_together",
    "order_round": "not_together",
    # No board stands at this step; tests/core/test_boards.py has it where one does.
    "put_aside": "unknown_entry",
    "pin_entry": "unknown_entry",
    "close_session": "ok",
}
NOT_FOR_SUBSTITUTES = {"remove_member", "close_session", "wrap_up", "set_aside", "reopen_session"}
"""What outlasts the lesson. A new command is refused to substitutes until it stands in core/live/adults.py; then not here."""
FROM_ELSEWHERE = {
    # Of their own lesson, which is in its lobby: ours is never meant, whatever room or child of ours is named.
    "propose_rooms": "ok",
    "arrange_rooms": "ok",
    "start_partners": "not_running",
    "warn_minute": "not_running",
    "fit_to_bell": "not_running",
    "wrap_up": "not_running",
    "cancel_wrap_up": "not_running",
    "set_aside": "somebody_was_faster",
    "reopen_session": "not_running",
    "split_room": "not_running",
    "merge_rooms": "not_running",
    "end_room": "not_running",
    "choose_arrivals": "somebody_was_faster",
    "do_placing": "somebody_was_faster",
    "decline_placing": "somebody_was_faster",
    "undo_placing": "somebody_was_faster",
    "move_seat": "unknown_member",
    "start_lesson": "no_rooms",
    "next_gate": "not_running",
    "pause": "not_running",
    "resume": "not_running",
    "extend_all": "not_running",
    "send_note": "ok",
    "remove_member": "unknown_member",
    "part_room": "unknown_room",
    "share_classroom": "ok",
    "give_floor": "not_running",
    "put_hand_down": "not_running",
    "mute_person": "not_running",
    "spotlight": "not_running",
    "start_modelling": "ok",
    "end_modelling": "ok",
    "offer_floor": "not_running",
    "next_speaker": "not_running",
    "order_round": "not_running",
    "put_aside": "not_running",
    "pin_entry": "not_running",
    "close_session": "ok",
}
EXPECTED: dict[str, dict[Role, str]] = {
    **STUDENTS,
    **EVERYBODY,
    **{
        kind: {
            **dict.fromkeys(ROLES, "not_allowed"),
            "teacher": code,
            "substitute": "not_allowed" if kind in NOT_FOR_SUBSTITUTES else code,
            "far teacher": "unknown_room" if MESSAGES[kind].get("room") == "ROOM" else FROM_ELSEWHERE.get(kind, "?"),
        }
        for kind, code in TEACHERS.items()
    },
    "lay_out_rooms": dict.fromkeys(ROLES, "unknown_kind"),
}  # pyright: ignore[reportAssignmentType] -- the roles, by name


def kind_of(model: type[BaseModel]) -> str:
    return str(model.model_fields["kind"].default)


def in_order() -> list[tuple[Role, str]]:
    """Every role with every kind; what ends the lesson for all comes last."""
    pairs = list(itertools.product(ROLES, MESSAGES))
    return sorted(pairs, key=lambda pair: pair == ("teacher", "close_session"))


AT_THE_DOOR: dict[str, tuple[str, str, tuple[Any, ...]]] = {
    # Adults who have no place in this lesson send nothing at all: they do not even connect.
    "a teacher of another school": ("third-teacher", "third-school", ("teacher", "coordinator")),
    "an administrator of a school of the lesson": ("our-admin", "demo-haifa", ("admin",)),
    "a safety lead of a school of the lesson": (HAIFA_SAFETY, "", ()),
    "a teacher of a school beside ours without a class in the lesson": (
        "beside-teacher",
        "beside-school",
        ("teacher",),
    ),
}


class House:
    """A running lesson with one person of each role."""

    def __init__(self, lesson: Lesson, late: PersonOnline, *others: PersonOnline) -> None:
        seats = lesson.teachers[0].views["seats"]["rooms"]
        self.room, self.other_room = list(seats)[:2]
        self.lesson = lesson
        self.people: dict[Role, PersonOnline] = {
            "seated": lesson.partners(self.room)[0],
            "elsewhere": lesson.partners(self.other_room)[0],
            "unseated": late,
            "teacher": lesson.teachers[0],
            "substitute": others[0],
            "guest": others[1],
            "far teacher": others[2],
        }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(served: Served) -> AsyncGenerator[House]:
    async with served.lesson(pairs=2) as lesson:
        # The clock would propose a seat for whoever has none, in the middle of "a refusal changes nothing".
        assert (await lesson.teachers[0].say("choose_arrivals", policy="off", instead_of="suggest"))["ok"]
        late = await served.online("student", "demo-haifa-12")
        substitute = await served.by_link(await served.invite("substitute", "Mr Cohen"))
        guest = await served.by_link(await served.invite("guest", "Headmistress Or"))
        far = await served.another_lesson()
        yield House(lesson, late, substitute, guest, far)
        for person in (late, substitute, guest, far):
            await person.leave()


async def unhurried(person: PersonOnline, kind: Any, **fields: Any) -> dict[str, Any]:
    """Say something as soon as the limit on commands lets it through: a matrix is quicker than any teacher."""
    while (answer := await person.say(kind, **fields)).get("code") == "too_fast":  # noqa: ASYNC110 -- a limit in time
        await asyncio.sleep(0.5)
    return answer


async def test_every_kind_of_command_stands_in_the_matrix() -> None:
    known = {kind_of(model) for model in (*STUDENT_COMMANDS, *TEACHER_COMMANDS)}
    everything = {kind_of(model) for model in get_args(SideCommand) + c.StudentCommand.__args__}
    everything |= {kind_of(model) for model in c.TeacherRoomCommand.__args__ + c.SessionCommand.__args__}
    everything |= {kind_of(c.ProposeRooms), kind_of(c.ArrangeRooms)}
    assert known | {"lay_out_rooms"} == everything
    assert everything == MESSAGES.keys() == EXPECTED.keys()
    assert all(set(expected) == set(ROLES) for expected in EXPECTED.values())
    assert not any("?" in expected.values() for expected in EXPECTED.values()), "FROM_ELSEWHERE says what is expected"


async def test_a_command_that_nobody_thought_about_is_refused_to_substitutes() -> None:
    """What they may do is listed, and the list and this table say the same."""
    listed = {kind_of(model) for model in SUBSTITUTE_MAY}
    assert listed == TEACHERS.keys() - NOT_FOR_SUBSTITUTES


async def test_what_is_documented_is_what_a_role_may_do() -> None:
    """The published document names no command for students that they are refused for being students."""
    students = {kind_of(model) for model in STUDENT_COMMANDS}
    teachers = {kind_of(model) for model in TEACHER_COMMANDS}
    for kind, expected in EXPECTED.items():
        assert (kind in students) == (expected["seated"] not in ("not_allowed", "unknown_kind")), kind
        assert (kind in teachers) == (expected["teacher"] not in ("not_allowed", "unknown_kind")), kind


@pytest.mark.parametrize(("role", "kind"), in_order(), ids=lambda value: str(value))
async def test_a_role_may_do_what_it_may(house: House, served: Served, role: Role, kind: str) -> None:
    fields = {name: house.room if value == "ROOM" else value for name, value in MESSAGES[kind].items()}
    memory = served.house.live.memory
    before = await memory.session(SESSION), await memory.room(house.room), await memory.room(house.other_room)
    answer = await unhurried(house.people[role], kind, **fields)
    assert answer.get("code", "ok") == EXPECTED[kind][role], answer
    after = await memory.session(SESSION), await memory.room(house.room), await memory.room(house.other_room)
    if not answer["ok"]:
        assert answer["message"]
        assert [x.version for x in after] == [x.version for x in before], "a refusal changes nothing"
    if role in ("guest", "far teacher"):
        assert [x.version for x in after] == [x.version for x in before], (
            "who is not of the lesson changes nothing in it"
        )
    if role in ("seated", "unseated", "elsewhere"):
        assert after[0].version == before[0].version, "no student changes the lesson"
        own = {"seated": house.room, "elsewhere": house.other_room, "unseated": None}[role]
        for was, now in zip(before[1:], after[1:], strict=True):
            assert now.version == was.version or now.id == own, "no student changes another room"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ["tick", "become_teacher", "", "__class__", "Answer", "ANSWER", None, 7])
async def test_unknown_kinds_are_refused(house: House, role: Role, kind: Any) -> None:
    answer = await unhurried(house.people[role], kind, step=0)
    assert (answer["ok"], answer["code"]) == (False, "unknown_kind")


OF_ONE_ROOM = ("part_room", "send_note", "split_room", "merge_rooms", "end_room")


@pytest.mark.parametrize("kind", [kind_of(model) for model in c.TeacherRoomCommand.__args__] + [*OF_ONE_ROOM])
@pytest.mark.parametrize("room", ["other-lesson.1", f"{SESSION}.99", SESSION, "..", f"{SESSION}.1\x00"])
async def test_a_teacher_reaches_no_room_of_another_lesson(house: House, kind: str, room: str) -> None:
    answer = await unhurried(house.people["teacher"], kind, **{**MESSAGES[kind], "room": room})
    # After the matrix the lesson is closed, and then no command of the lesson is taken any more.
    assert answer["code"] in ("unknown_room", "not_running"), answer


@pytest.mark.parametrize("field", ["member", "who", "sender", "staff", "by", "side", "session"])
async def test_nobody_says_who_they_are_in_a_message(house: House, field: str) -> None:
    answer = await unhurried(house.people["seated"], "ask_help", **{field: HAIFA_TEACHER})
    assert (answer["ok"], answer["code"]) == (False, "malformed")


# -- routes -----------------------------------------------------------------------------------------------------------

CHILD = "demo-haifa-01"
WHO = {
    "nobody": (None, ""),
    "child": ("student", CHILD),
    "other child": ("student", "demo-chicago-01"),
    "teacher": ("staff", HAIFA_TEACHER),
    "third school": ("staff", "third-teacher"),
    "safety lead": ("staff", HAIFA_SAFETY),
    "substitute": ("pass", "SUBSTITUTE"),
    "guest": ("pass", "GUEST"),
}
PUBLIC = dict.fromkeys(WHO, 200)
TO_SIGN_IN = dict.fromkeys(("nobody", "child", "other child", "substitute", "guest"), 303)
ITS_BEARER = dict.fromkeys(WHO, 410)
OWN_SEAT = dict.fromkeys(WHO, 303) | {"child": 200}
ROUTES: dict[str, tuple[str, dict[str, int]]] = {
    "/api/openapi.json": ("/api/openapi.json", PUBLIC),
    "/api/asyncapi.json": ("/api/asyncapi.json", PUBLIC),
    "/api/messages/{language}": ("/api/messages/he", PUBLIC),
    "/api/lessons/{hash}": ("/api/lessons/HASH", PUBLIC),
    "/healthz": ("/healthz", PUBLIC),
    "/readyz": ("/readyz", PUBLIC),
    "/metrics": ("/metrics", PUBLIC),
    "/s/{student}/ice": (f"/s/{CHILD}/ice?session={SESSION}", OWN_SEAT),
    "/s/{student}/": (f"/s/{CHILD}/", OWN_SEAT),
    "/sessions/{session}/ice": (
        f"/sessions/{SESSION}/ice",
        {**TO_SIGN_IN, "teacher": 200, "third school": 404, "safety lead": 403},
    ),
    "/sessions/{session}/people": (
        f"/sessions/{SESSION}/people",
        {**TO_SIGN_IN, "teacher": 200, "third school": 404, "safety lead": 403},
    ),
    "/sessions/{session}/partners": (
        f"/sessions/{SESSION}/partners?student=demo-chicago-01",
        {**TO_SIGN_IN, "teacher": 200, "third school": 404, "safety lead": 403},
    ),
    "/sessions/{session}/groups": (
        f"/sessions/{SESSION}/groups",
        {**TO_SIGN_IN, "teacher": 200, "third school": 404, "safety lead": 403},
    ),
    "/sessions/{session}/new-partners": (
        f"/sessions/{SESSION}/new-partners",
        {**TO_SIGN_IN, "teacher": 200, "third school": 404, "safety lead": 403},
    ),
    "/sessions/{session}/rooms.csv": (
        f"/sessions/{SESSION}/rooms.csv",
        {**TO_SIGN_IN, "teacher": 200, "third school": 404, "safety lead": 403},
    ),
    # The lesson is over by now, so whoever may ask hears just that.
    "/s/{student}/media": (f"/s/{CHILD}/media?session={SESSION}&place=room", OWN_SEAT | {"child": 409}),
    "/sessions/{session}/media": (
        f"/sessions/{SESSION}/media?place=plenary",
        {**TO_SIGN_IN, "teacher": 409, "third school": 404, "safety lead": 403},
    ),
    "/p/{pass}/": ("/p/SUBSTITUTE/", ITS_BEARER | {"substitute": 200}),
    "/p/{pass}/people": ("/p/SUBSTITUTE/people", ITS_BEARER | {"substitute": 200}),
    "/p/{pass}/ice": ("/p/SUBSTITUTE/ice", ITS_BEARER | {"substitute": 200}),
    "/p/{pass}/media": ("/p/SUBSTITUTE/media?place=plenary", ITS_BEARER | {"substitute": 409}),
    "a guest's /": ("/p/GUEST/", ITS_BEARER | {"guest": 200}),
    "a guest's /people": ("/p/GUEST/people", ITS_BEARER | {"guest": 403}),
    "a guest's /ice": ("/p/GUEST/ice", ITS_BEARER | {"guest": 403}),
    "a guest's /media": ("/p/GUEST/media", ITS_BEARER | {"guest": 403}),
    "/sessions/{session}/projector": (
        f"/sessions/{SESSION}/projector",
        {**TO_SIGN_IN, "teacher": 200, "third school": 404, "safety lead": 403},
    ),
    "/sessions/{session}/bell": (
        f"/sessions/{SESSION}/bell",
        {**TO_SIGN_IN, "teacher": 409, "third school": 404, "safety lead": 403},
    ),
    # The lesson is over by now: there is no room to look into, for whoever may ask.
    "/sessions/{session}/rooms/{room}/work": (
        f"/sessions/{SESSION}/rooms/{SESSION}.1/work",
        {**TO_SIGN_IN, "teacher": 404, "third school": 404, "safety lead": 403},
    ),
    "/sessions/{session}/live": (
        f"/sessions/{SESSION}/live",
        {**TO_SIGN_IN, "teacher": 200, "third school": 404, "safety lead": 403},
    ),
}


async def test_every_programs_route_stands_in_the_matrix(served: Served) -> None:
    for resource in served.house.app.router.resources():
        name = resource.canonical
        # What devices of a rehearsal post is asked about in tests/pages/test_rehearsal_pages.py.
        # A socket is the matrix above; what a bearer posts is in test_passes.py.
        if name.startswith("/rehearse/") or name.endswith(("/socket.io/", "/leave")):
            continue
        mine = name.startswith("/api/") or "{pass}" in name
        ends = (
            *("/ice", "/live", "/people", "/media", "/projector", "/bell", "/groups", "/rooms.csv"),
            *("/new-partners", "/work"),
        )
        if mine or name.endswith(ends):
            assert name in ROUTES, f"{name} has no line in the matrix"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("route", ROUTES)
async def test_a_route_answers_whom_it_may(house: House, served: Served, route: str, who: str) -> None:
    await served.hire("third-teacher", "third-school", "teacher", "coordinator")
    path, expected = ROUTES[route]
    path = path.replace("HASH", house.people["teacher"].views["session"]["lesson"])
    kind, subject = WHO[who]
    for name, bearer in (("SUBSTITUTE", house.people["substitute"]), ("GUEST", house.people["guest"])):
        path, subject = path.replace(name, bearer.who), subject.replace(name, bearer.who)
    browser = await served.browser(kind, subject)
    async with browser.get(f"{served.url}{path}", allow_redirects=False) as answer:
        body = await answer.text()
        assert answer.status == expected[who], body[:300]
        if answer.status == 303:
            assert answer.headers["Location"].startswith(("/signin", "/j"))
        if answer.status in (403, 404):
            assert "demo-haifa" not in body
            assert "Ruth" not in body


@pytest.mark.parametrize(("path", "status"), [("/api/nothing", 404), (f"/api/lessons/{'0' * 64}", 404),
    ("/api/messages/xx", 404), ("/api/lessons/short", 404), ("/api/messages/..%2F..%2Fsecret", 404)])  # fmt: skip
async def test_an_api_says_what_is_wrong_as_json(served: Served, path: str, status: int) -> None:
    browser = await served.browser()
    async with browser.get(f"{served.url}{path}") as answer:
        assert answer.status == status
        said = await answer.json()
        assert said["ok"] is False
        assert said["code"] == "not_found"
        assert said["message"]


@pytest.mark.parametrize("who", AT_THE_DOOR)
async def test_those_who_may_do_nothing_do_not_even_connect(served: Served, who: str) -> None:
    staff, school, roles = AT_THE_DOOR[who]
    if roles:
        await served.hire(staff, school, *roles)
    if school == "beside-school":
        await served.house.people.join_twinning("demo-twinning", "a", school)
    with pytest.raises(RefusedAtDoor) as refused:
        await served.raw("staff", staff)
    assert refused.value.code == "not_your_session"


async def test_who_is_not_signed_in_does_not_connect(served: Served) -> None:
    with pytest.raises(RefusedAtDoor) as refused:
        await served.raw(None)
    assert refused.value.code == "not_signed_in"
