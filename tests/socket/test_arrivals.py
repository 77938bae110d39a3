"""Late children, lost partners and rooms that are regrouped, over the real wire: what boards and children see of it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from server.core.live.proposals import ArrivalsPolicy
from tests.live.servers import Lesson, PersonOnline
from tests.socket.served import RefusedAtDoor, Served, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
GRACE = 1.5
WITHIN = 20.0
"""A late child is placed within five seconds; a busy machine may take its time."""
Fresh = Callable[[], Path]


@asynccontextmanager
async def a_lesson(
    fresh_data: Fresh, pairs: int, arrivals: ArrivalsPolicy
) -> AsyncGenerator[tuple[Served, Lesson, PersonOnline]]:
    """A lesson whose first step is silent work, with this rule for those without a partner."""
    async with serving(fresh_data(), grace_seconds=GRACE) as served:
        await served.plan("portrait_of_a_learning_partner", arrivals=arrivals)
        async with served.lesson(pairs) as lesson:
            yield served, lesson, lesson.teachers[0]


def proposals(board: PersonOnline, kind: str = "") -> list[dict[str, Any]]:
    return [one for one in board.views["seats"]["proposals"] if kind in ("", one["kind"])]


def seat_of(board: PersonOnline, who: str) -> str | None:
    rooms: dict[str, list[str]] = board.views["seats"]["rooms"]
    return next((room for room, members in rooms.items() if who in members), None)


async def is_seated(child: PersonOnline, room: str) -> None:
    await child.until(
        lambda p: p.views.get("mine", {}).get("room") == room and p.room.get("room") == room, "to be seated", WITHIN
    )


def pair_with(lesson: Lesson, person: PersonOnline) -> tuple[str, PersonOnline]:
    """The room of somebody, and their partner."""
    room = seat_of(lesson.teachers[0], person.who)
    assert room is not None
    return room, next(p for p in lesson.partners(room) if p.who != person.who)


async def test_a_late_child_is_seated_by_itself_and_a_teacher_takes_it_back(fresh_data: Fresh) -> None:
    async with a_lesson(fresh_data, 2, "automatic") as (served, lesson, board):
        late = await served.online("student", "demo-haifa-11")
        await late.until(lambda p: p.views.get("mine", {}).get("room"), "for a seat", WITHIN)
        await board.until(lambda p: p.views["seats"]["placed"], "to read of it")
        (placed,) = board.views["seats"]["placed"]
        assert (placed["members"], placed["by"]) == ([late.who], "clock")
        assert len(board.views["seats"]["rooms"][placed["room"]]) == 3
        assert (await lesson.teachers[1].say("undo_placing", placing=placed["id"]))["ok"]
        await late.until(lambda p: p.views["mine"]["waiting"] == "with_teacher", "to wait with the teacher")
        assert (await board.say("undo_placing", placing=placed["id"]))["code"] == "somebody_was_faster"
        await late.leave()


async def test_a_survivor_is_brought_to_others_with_step_and_words_and_reads_it_before(fresh_data: Fresh) -> None:
    async with a_lesson(fresh_data, 2, "automatic") as (_, lesson, board):
        survivor = lesson.students[0]
        room, partner = pair_with(lesson, survivor)
        words = await write_something(survivor)
        await partner.client.disconnect()
        await survivor.until(lambda p: p.views["mine"]["soon"], "to read what is about to happen", WITHIN)
        assert len(survivor.views["mine"]["soon"]["members"]) == 2
        (one,) = proposals(board, "repair")
        assert one["due"]
        await is_seated(survivor, one["room"])
        mine = survivor.views["mine"]
        assert mine["soon"] is None
        kept = [e["text"] for kind in ("answers", "drafts") for one in mine[kind] for e in one["entries"]]
        assert words <= set(kept), "answer and half-written words came along"
        assert board.views["seats"]["rooms"][room] == [partner.who], "the place of who is away is kept"


async def write_something(child: PersonOnline) -> set[str]:
    """Give one answer, and leave half a sentence in another field."""
    async with child.http.get(f"{child.url}/api/lessons/{child.views['session']['lesson']}") as answer:
        steps = (await answer.json())["steps"]
    place = child.step
    asked = [i for i in steps[place]["inputs"] if i["kind"] == "text"]
    assert (await child.say("answer", step=place, input=asked[0]["id"], entries=[{"text": "given"}]))["ok"]
    half = [{"text": "half a sen"}]
    assert (await child.say("save_draft", step=place, input=asked[1]["id"], sequence=1, entries=half))["ok"]
    return {"given", "half a sen"}


async def test_a_partner_who_comes_back_finds_the_seat_and_the_countdown_is_over(fresh_data: Fresh) -> None:
    async with a_lesson(fresh_data, 2, "automatic") as (_, lesson, board):
        survivor = lesson.students[0]
        room, partner = pair_with(lesson, survivor)
        await partner.client.disconnect()
        await board.until(lambda p: proposals(p, "repair"), "for the countdown", WITHIN)
        await partner.connect()
        await is_seated(partner, room)
        await board.until(lambda p: not proposals(p), "to see it withdrawn", WITHIN)
        await survivor.until(lambda p: p.views["mine"]["soon"] is None, "to read that all is well")
        assert seat_of(board, survivor.who) == room


async def test_a_veto_of_either_teacher_keeps_the_survivor_where_they_are(fresh_data: Fresh) -> None:
    async with a_lesson(fresh_data, 2, "automatic") as (served, lesson, board):
        survivor = lesson.students[0]
        room, partner = pair_with(lesson, survivor)
        await partner.client.disconnect()
        await board.until(lambda p: proposals(p, "repair"), "for the countdown", WITHIN)
        (one,) = proposals(board, "repair")
        assert (await lesson.teachers[1].say("decline_placing", placing=one["id"]))["ok"]
        assert (await board.say("do_placing", placing=one["id"]))["code"] == "somebody_was_faster"
        await survivor.until(lambda p: p.views["mine"]["soon"] is None, "to stay")
        late = await served.online("student", partner.who.rsplit("-", 1)[0] + "-11")
        await is_seated(late, room)
        await late.leave()


async def test_a_suggestion_is_carried_out_by_a_teacher_and_seen_by_no_child_before(fresh_data: Fresh) -> None:
    async with a_lesson(fresh_data, 2, "suggest") as (_, lesson, board):
        survivor = lesson.students[0]
        _, partner = pair_with(lesson, survivor)
        await partner.client.disconnect()
        await board.until(lambda p: proposals(p, "repair"), "for the suggestion", WITHIN)
        (one,) = proposals(board, "repair")
        assert one["due"] is None
        assert survivor.views["mine"]["soon"] is None
        assert (await lesson.teachers[1].say("do_placing", placing=one["id"]))["ok"]
        await is_seated(survivor, one["room"])
        await board.until(lambda p: p.views["seats"]["placed"], "to read who placed them")
        assert board.views["seats"]["placed"][0]["by"] == "demo-stone"


async def test_off_proposes_nothing_until_a_teacher_asks_for_it(fresh_data: Fresh) -> None:
    async with a_lesson(fresh_data, 2, "off") as (served, lesson, board):
        late = await served.online("student", "demo-haifa-11")
        await board.until(lambda p: late.who in p.views["presence"]["present"], "to see the child")
        assert proposals(board) == []
        assert (await board.say("choose_arrivals", policy="suggest", instead_of="off"))["ok"]
        second = await lesson.teachers[1].say("choose_arrivals", policy="automatic", instead_of="off")
        assert second["code"] == "somebody_was_faster"
        for teacher in lesson.teachers:
            await teacher.until(lambda p: proposals(p, "trio"), "for the suggestion", WITHIN)
            assert teacher.views["seats"]["arrivals"] == "suggest"
        assert late.views["mine"]["room"] is None
        await late.leave()


async def test_rooms_are_merged_split_and_ended_and_children_keep_their_step(fresh_data: Fresh) -> None:
    async with a_lesson(fresh_data, 2, "off") as (_, lesson, board):
        first, second = board.views["seats"]["rooms"]
        here, there = (board.views["seats"]["rooms"][room] for room in (first, second))
        for room in (first, second):
            for person in lesson.partners(room):
                assert (await person.say("finish", step=0))["ok"]
        whole = {"room": second, "members": there, "seen": there, "into": first, "into_seen": here}
        assert (await board.say("merge_rooms", **whole))["code"] == "room_is_full"
        assert (await board.say("merge_rooms", **{**whole, "members": there[:1]}))["ok"]
        stale = await lesson.teachers[1].say("merge_rooms", **{**whole, "members": there[1:]})
        assert stale["code"] == "room_changed"
        mover = next(p for p in lesson.students if p.who == there[0])
        await is_seated(mover, first)
        at = mover.step
        three = [*here, there[0]]
        assert (await board.say("split_room", room=first, members=[there[0]], seen=three))["ok"]
        await mover.until(lambda p: p.views["mine"]["room"] not in (None, first), "to be in the new room")
        await mover.until(lambda p: p.room.get("room") == p.views["mine"]["room"] and p.step == at, "at the same step")
        assert (await board.say("end_room", room=first, seen=here))["ok"]
        for who in here:
            child = next(p for p in lesson.students if p.who == who)
            await child.until(lambda p: p.views["mine"]["waiting"] == "with_teacher", "to wait with the teacher")


async def test_half_written_words_of_who_was_taken_out_of_a_room_are_kept_at_the_bell(fresh_data: Fresh) -> None:
    async with a_lesson(fresh_data, 1, "off") as (served, lesson, board):
        child = lesson.students[0]
        ((room, members),) = board.views["seats"]["rooms"].items()
        draft: dict[str, Any] = {"step": 0, "input": "bring", "sequence": 1, "entries": [{"text": "half a thou"}]}
        assert (await child.say("save_draft", **draft))["ok"]
        assert (await board.say("end_room", room=room, seen=members))["ok"]
        await child.until(lambda p: p.views["mine"]["room"] is None, "to wait with the teacher")
        assert (await board.say("close_session"))["ok"]
        kept = [w for w in await served.house.store.works_in(lesson.students[0].session, room) if w.member == child.who]
        assert [entry.text for work in kept for entry in work.entries] == ["half a thou"]


async def test_when_the_one_who_was_not_done_is_moved_the_others_go_on(fresh_data: Fresh) -> None:
    async with a_lesson(fresh_data, 2, "off") as (_, lesson, board):
        first, second = board.views["seats"]["rooms"]
        slow = lesson.partners(second)[0]
        assert (await board.say("move_seat", member=slow.who, room=first, out_of=second))["ok"]
        await is_seated(slow, first)
        ready = [p for p in lesson.partners(first) if p.who != slow.who]
        for person in ready:
            assert (await person.say("finish", step=0))["ok"]
        assert all(person.step == 0 for person in ready)
        again = await lesson.teachers[1].say("move_seat", member=slow.who, room=None, out_of=second)
        assert again["code"] == "somebody_was_faster"
        assert (await board.say("move_seat", member=slow.who, room="new", out_of=first))["ok"]
        for person in ready:
            await person.until(lambda p: p.step == 1, "to go on together")


async def test_whoever_is_removed_is_out_of_everything_at_once(fresh_data: Fresh) -> None:
    async with serving(fresh_data(), demo=True) as served, served.lesson(pairs=1) as lesson:
        child, partner = lesson.students
        board = lesson.teachers[0]
        ice = f"{served.url}/s/{child.who}/ice?session={child.session}"
        async with child.http.get(ice) as answer:
            assert answer.status == 200
        assert (await board.say("remove_member", member=child.who))["ok"]
        await child.until(lambda p: not p.client.connected, "to be cut off")
        await partner.until(lambda p: child.who not in [m["id"] for m in p.room["members"]], "to see them gone")
        await partner.until(lambda p: child.who not in p.views["beside"]["present"], "to have no call with them")
        async with child.http.get(ice) as answer:
            assert answer.status == 403, "no credentials for a relay"
        async with child.http.get(f"{served.url}/s/{child.who}/media?session={child.session}&place=room") as answer:
            assert answer.status in (403, 409), "no way into the media server"
        with pytest.raises(RefusedAtDoor, match="removed"):
            await served.raw("student", child.who)
        late = await board.say("move_seat", member=child.who, room="new")
        assert late["code"] == "unknown_member", "not even by a teacher's next move"
