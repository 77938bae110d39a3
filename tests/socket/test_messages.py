"""What may come over the wire at any moment: nonsense, floods, repeats, other rooms' ids. Each is answered; others do not notice."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from itertools import islice
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from server.edges.locale import CATALOGUES
from server.edges.sentences import sentence
from server.edges.socket import COMMANDS_AT_ONCE, PATIENCE_WITH_FLOODS
from server.wire.messages import LARGEST_MESSAGE
from tests.live.servers import Lesson, PersonOnline
from tests.socket.served import SESSION, RawSocket, Served, lesson_steps, soon

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENT_SECONDS = 5.0
"""A neighbour who waits longer while others misbehave would notice, even on a machine that is busy with other things."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lesson(served: Served) -> AsyncGenerator[Lesson]:
    await served.plan("another_way")
    async with served.lesson(pairs=2) as lesson:
        yield lesson


@pytest_asyncio.fixture(loop_scope="module")
async def misbehaving(served: Served) -> AsyncGenerator[RawSocket]:
    """A child of the lesson with a client of their own making."""
    connection = await served.raw("student", "demo-haifa-12")
    connection.listen()
    yield connection
    await connection.close()


async def latency(person: PersonOnline) -> float:
    began = time.perf_counter()
    assert (await person.say("resync"))["ok"]
    return time.perf_counter() - began


def nested(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = [value]
    return value


GOOD = "abcdefgh"
DRAFT: dict[str, Any] = {"id": GOOD, "kind": "save_draft", "step": 0, "input": "idea", "sequence": 1, "entries": []}
MALFORMED: list[tuple[str, Any, str]] = [
    ("text", "finish", "not_a_command"),
    ("list", [{"id": GOOD, "kind": "resync"}], "not_a_command"),
    ("nothing", None, "not_a_command"),
    ("number", 7, "not_a_command"),
    ("empty", {}, "malformed"),
    ("no id", {"kind": "resync"}, "malformed"),
    ("id of nothing", {"id": None, "kind": "resync"}, "malformed"),
    ("short id", {"id": "abc", "kind": "resync"}, "malformed"),
    ("long id", {"id": "a" * 65, "kind": "resync"}, "malformed"),
    ("id with a space", {"id": "abcd efgh", "kind": "resync"}, "malformed"),
    ("id with a newline", {"id": "abcdefgh\n", "kind": "resync"}, "malformed"),
    ("id with letters of another alphabet", {"id": "אבגדהוזח", "kind": "resync"}, "malformed"),
    ("id of a number", {"id": 12345678, "kind": "resync"}, "malformed"),
    ("id of a list", {"id": [GOOD], "kind": "resync"}, "malformed"),
    ("no kind", {"id": GOOD}, "unknown_kind"),
    ("unknown kind", {"id": GOOD, "kind": "explode"}, "unknown_kind"),
    ("kind of a number", {"id": GOOD, "kind": 7}, "unknown_kind"),
    ("kind of a list", {"id": GOOD, "kind": ["answer"]}, "unknown_kind"),
    ("extra field", {"id": GOOD, "kind": "resync", "more": 1}, "malformed"),
    ("extra field within", {**DRAFT, "entries": [{"text": "x", "html": "<b>"}]}, "malformed"),
    ("step of words", {"id": GOOD, "kind": "finish", "step": "first"}, "malformed"),
    ("step below nothing", {"id": GOOD, "kind": "finish", "step": -1}, "malformed"),
    ("step past everything", {"id": GOOD, "kind": "finish", "step": 501}, "malformed"),
    ("step that is no number", {"id": GOOD, "kind": "finish", "step": 1.5}, "malformed"),
    ("no step", {"id": GOOD, "kind": "finish"}, "malformed"),
    ("too many entries", {**DRAFT, "entries": [{"text": "x"}] * 21}, "malformed"),
    ("too long a text", {**DRAFT, "entries": [{"text": "x" * 2001}]}, "malformed"),
    ("entries of words", {**DRAFT, "entries": "words"}, "malformed"),
    ("entries of nothing", {**DRAFT, "entries": [None]}, "malformed"),
    ("too many marks", {**DRAFT, "entries": [{"marks": [{"segment": "1:14", "language": "en", "first": 0, "last": 0}] * 13}]},
        "malformed"),
    ("sequence past all numbers", {**DRAFT, "sequence": 2**53 + 1}, "malformed"),
    ("nested", {**DRAFT, "entries": nested(50)}, "malformed"),
    ("long input", {**DRAFT, "input": "x" * 81}, "malformed"),
    ("device of another kind", {"id": GOOD, "kind": "device_state", "camera": "x-ray", "microphone": "on"}, "malformed"),
    ("about somebody else", {"id": GOOD, "kind": "report_concern", "about": "everybody"}, "malformed"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "code"), [line[1:] for line in MALFORMED], ids=[line[0] for line in MALFORMED])
async def test_what_is_no_command_is_answered_with_a_stable_code(
    served: Served, misbehaving: RawSocket, message: Any, code: str
) -> None:
    answer = await misbehaving.ask(message)
    assert (answer["ok"], answer["code"]) == (False, code), answer
    assert answer["message"]
    assert answer["message"] == sentence(code, served.house.app[CATALOGUES].locale("he").gettext)
    assert 0 < len(answer["detail"]) <= 300
    assert (await misbehaving.ask({"id": "still-here-1", "kind": "resync"}, 1))["ok"]


async def test_a_teacher_reads_the_sentence_alone_and_what_a_program_says_stands_apart(
    served: Served, lesson: Lesson
) -> None:
    for teacher, language in zip(lesson.teachers, ("he", "en"), strict=True):
        answer = await teacher.say("send_note", text="Look at verse 16", room=7)
        assert answer["message"] == sentence("malformed", served.house.app[CATALOGUES].locale(language).gettext)
        assert "send_note.room" in answer["detail"]


@pytest.mark.parametrize(
    "packet",
    ["", "4", "42", "42[", "42[]", '42["command"', "4999999", '42["connect",{}]', '42["disconnect"]', '42["no_such_event",{}]',
     "42" + "[" * 3000 + "]" * 3000, "43999[1]", "9", "x", '42/admin,["command",{}]', '42[7]', '420["command"]'],
    ids=range(17),
)  # fmt: skip
async def test_no_packet_ends_a_neighbours_lesson(served: Served, lesson: Lesson, packet: str) -> None:
    connection = await served.raw("student", "demo-haifa-11")
    connection.listen()
    await connection.ws.send_str(packet)
    await asyncio.sleep(0.02)
    assert await latency(lesson.students[0]) < PATIENT_SECONDS
    await connection.close()


@pytest.mark.parametrize("binary", [b"", b"\x00\x01", b'42["command",{}]', b"\xff" * 1000])
async def test_binary_frames_are_not_taken(served: Served, lesson: Lesson, binary: bytes) -> None:
    connection = await served.raw("student", "demo-haifa-11")
    connection.listen()
    await connection.ws.send_bytes(binary)
    assert await latency(lesson.students[0]) < PATIENT_SECONDS
    await connection.close()


async def test_attachments_are_not_waited_for(misbehaving: RawSocket) -> None:
    """A packet that announces binary parts would be held until they are there, and everything after it with it."""
    announced = json.dumps(["command", {"id": GOOD, "kind": "resync", "file": {"_placeholder": True, "num": 0}}])
    await misbehaving.ws.send_str(f"45900-7{announced}")
    await misbehaving.ws.send_bytes(b"part")
    assert (await misbehaving.ask({"id": "after-binary", "kind": "resync"}, 8))["ok"]
    assert 7 not in misbehaving.answers


async def test_the_largest_message_passes_and_a_larger_one_ends_its_own_connection_only(
    served: Served, lesson: Lesson
) -> None:
    connection = await served.raw("student", "demo-haifa-11")
    connection.listen()
    fits = await connection.ask({"id": GOOD, "kind": "resync", "pad": "x" * (LARGEST_MESSAGE - 200)})
    assert fits["code"] == "malformed", "read, and found to be no command of ours"
    await connection.send("command", {"id": GOOD, "kind": "resync", "pad": "x" * LARGEST_MESSAGE}, 1)
    await connection.until(lambda: not connection.is_open)
    assert connection.ws.close_code == 1009
    assert 1 not in connection.answers
    for person in lesson.everybody():
        assert await latency(person) < PATIENT_SECONDS
        assert person.client.connected
    await connection.close()


async def test_a_flood_is_answered_in_order_then_refused_then_cut_off(served: Served, lesson: Lesson) -> None:
    connection = await served.raw("student", "demo-chicago-11")
    connection.listen()
    order: list[int] = []
    heard = connection.answers
    connection.answers = Noting(order)
    assert heard == {}
    number = iter(range(10_000))
    for _ in range(3):
        with suppress(aiohttp.ClientConnectionError):
            for n in islice(number, 300):
                await connection.send("command", {"id": f"flood-{n:04}", "kind": "resync"}, n)
        waits = [await latency(person) for person in lesson.students]
        assert max(waits) < PATIENT_SECONDS
    await connection.until(lambda: not connection.is_open)
    done = [n for n in order if connection.answers[n]["ok"]]
    refused = [n for n in order if not connection.answers[n]["ok"]]
    assert done == sorted(done), "one connection's commands are done in their order"
    assert len(done) >= COMMANDS_AT_ONCE / 2
    assert {connection.answers[n]["code"] for n in refused} == {"too_fast"}
    assert connection.answers[refused[0]]["message"]
    assert len(refused) >= PATIENCE_WITH_FLOODS - 1
    assert all(person.client.connected for person in lesson.everybody())
    await soon(lambda: served.house.socket.count == len(lesson.everybody()))
    await connection.close()


class Noting(dict[int, Any]):
    """Answers, with the order in which they came."""

    def __init__(self, order: list[int]) -> None:
        super().__init__()
        self._order = order

    def __setitem__(self, number: int, answer: Any) -> None:
        self._order.append(number)
        super().__setitem__(number, answer)


# -- the same twice, too late, somebody else's ------------------------------------------------------------------------


async def class_to(served: Served, lesson: Lesson, kind: str, after: int = -1) -> tuple[int, dict[str, Any]]:
    """Take the whole class to the next step of a kind."""
    steps = await lesson_steps(served, lesson.students[0].views["session"]["lesson"])
    at = next(i for i, step in enumerate(steps) if step["kind"] == kind and i > after)
    teacher = lesson.teachers[0]
    moved = await teacher.say("next_gate", after=teacher.views["session"]["floor"], to=at)
    assert moved["ok"], moved
    for person in (teacher, *lesson.students):
        await person.until(lambda p: p.views["session"]["floor"] == at, "for the class's step")
    return at, steps[at]


async def test_repeats_late_words_and_other_rooms_ids(served: Served, lesson: Lesson) -> None:
    first_room, second_room = list(lesson.teachers[0].views["seats"]["rooms"])[:2]
    writer, partner = lesson.partners(first_room)[:2]
    stranger = lesson.partners(second_room)[0]
    memory = served.house.live.memory

    solo, step = await class_to(served, lesson, "solo")
    asked = step["inputs"][0]
    chosen = {"choice": asked["options"][0]["id"]} if asked["options"] else {}
    entries = [{"text": "what I think", **chosen}]
    given: Any = {"step": solo, "input": asked["id"], "entries": entries}
    answers = await asyncio.gather(*(writer.say("answer", command_id="repeated-1", **given) for _ in range(8)))
    assert all(answer == answers[0] and answer["ok"] for answer in answers), "the same id gets the same answer"
    version = (await memory.room(first_room)).version
    changed = await writer.say(
        "answer", command_id="repeated-1", **{**given, "entries": [{"text": "not this", **chosen}]}
    )
    assert changed["ok"]
    room = await memory.room(first_room)
    assert room.version == version, "and has one effect"
    words = await memory.words(SESSION, first_room)
    assert [w.entries[0].text for w in words.values() if w.member == writer.who] == ["what I think"]
    same_id = await partner.say("answer", command_id="repeated-1", **given)
    assert same_id["ok"]
    assert (await memory.room(first_room)).version == version + 1, "ids are each sender's own"
    of_writer = next(w.id for w in words.values() if w.member == writer.who)

    together, step = await class_to(served, lesson, "together", solo)
    late = await writer.say("answer", command_id="too-late-1", **given)
    assert (late["ok"], late["code"], late["kept"]) == (False, "step_is_over", True)
    assert await writer.say("answer", command_id="too-late-1", **given) == late
    too_late = await writer.say("finish", step=solo)
    assert (too_late["code"], too_late.get("kept")) == ("step_is_over", None)
    asked = step["inputs"][0]
    added = await writer.say("add_line", step=together, input=asked["id"], entries=[{"text": "our line"}])
    assert added["ok"], added
    (line,) = (await memory.room(first_room)).lines

    on_line: list[tuple[str, dict[str, Any]]] = [
        ("withdraw_line", {}),
        ("answer_proposal", {"accept": True}),
        ("reword_line", {"entries": [{"text": "mine now"}]}),
        ("approve_line", {}),
        ("choose_line", {}),
    ]
    for kind, more in on_line:
        answer = await stranger.say(kind, step=together, line=line.id, **more)
        assert (answer["ok"], answer["code"]) == (False, "unknown_line"), kind
    for kind, more in on_line[:2]:
        answer = await partner.say(kind, step=together, line=line.id, **more)
        assert (answer["ok"], answer["code"]) == (False, "not_yours"), kind
    assert (await memory.room(first_room)).lines == (line,)
    assert (await memory.room(second_room)).lines == ()

    board, _ = await class_to(served, lesson, "board", together)
    for person, work in ((stranger, line.work), (stranger, of_writer), (partner, of_writer), (writer, "no-such-work")):
        answer = await person.say("share", step=board, work=work)
        assert (answer["ok"], answer["code"]) == (False, "not_yours"), (person.who, work)
    shared = await partner.say("share", step=board, work=line.work)
    assert shared["ok"], "a line of the room is every member's to share"


async def test_a_command_for_a_step_far_ahead_or_not_of_this_lesson_changes_nothing(
    served: Served, lesson: Lesson
) -> None:
    child = lesson.students[0]
    room = child.views["mine"]["room"]
    before = (await served.house.live.memory.room(room)).version
    for step in (child.step + 1, 499):
        assert (await child.say("finish", step=step))["code"] == "step_not_reached"
    assert (await served.house.live.memory.room(room)).version == before
