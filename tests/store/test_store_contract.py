"""What every store of the live room promises, whatever it is made of."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from server.core.live.works import Entry, Mark, Work
from server.ports.live import Due, Store
from tests.store.made import DAN, NOA, NOW, draft, lesson, one, words

HOSTILE = (
    "'; DROP TABLE works; --",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "a NUL \x00 amid the words",
    "\u202eright to left override\u202c, \u2066isolate\u2069",
    "שָׁלוֹם 👩‍👩‍👧 \U0010ffff \u2028 \\u0000 \\",
    "%s %(x)s :name ? $1 {}",
)


async def test_what_was_appended_is_read_back_in_order(store: Store) -> None:
    written = [one("s.1", version) for version in (1, 2, 3)]
    assert [await store.append(append) for append in written] == [True, True, True]
    assert await store.read("s.1") == [append.appended for append in written]
    assert await store.read("s.1", after=2) == [written[2].appended]
    assert await store.read("s.1", after=3) == []


async def test_streams_do_not_mix(store: Store) -> None:
    await store.append(one("s.1"))
    await store.append(one("s.11"))
    await store.append(one("s"))
    assert [a.stream for a in await store.read("s.1")] == ["s.1"]
    assert await store.read("s.2") == []


async def test_versions_of_many_streams_are_told_at_once_and_0_where_nothing_is(store: Store) -> None:
    for version in (1, 2):
        await store.append(one("s.1", version))
    await store.append(one("s.2"))
    assert await store.versions(["s.1", "s.2", "s.3"]) == {"s.1": 2, "s.2": 1, "s.3": 0}
    assert await store.versions([]) == {}


async def test_nobody_s_command_comes_back_as_none(store: Store) -> None:
    append = one("s.1")
    by_the_clock = replace(append, appended=replace(append.appended, command=None, sender="clock"))
    assert await store.append(by_the_clock)
    [read] = await store.read("s.1")
    assert read.command is None


async def test_a_loser_stores_nothing_at_all(store: Store) -> None:
    await store.append(one("s.1", works=(words("w1"),), due=Due(1, NOW)))
    lost = one("s.1", works=(words("w2", member=DAN),), replaced=("w1",), due=Due(2, NOW - timedelta(hours=1)))
    assert not await store.append(lost)
    assert [work.id for work in await store.works_in("s", "s.1")] == ["w1"]
    assert await store.due(NOW, 10) == [("s.1", 1)]
    assert await store.versions(["s.1"]) == {"s.1": 1}


async def test_losers_beside_winners_leave_them_untouched(store: Store) -> None:
    for number in range(0, 40, 4):
        assert await store.append(one(f"s.{number}", works=(words(f"first-{number}", room=f"s.{number}"),)))
    batch = [
        one(f"s.{n}", works=(words(f"then-{n}", room=f"s.{n}"),), replaced=(f"first-{n}",), due=Due(1, NOW))
        for n in range(40)
    ]
    won = await asyncio.gather(*(store.append(append) for append in batch))
    assert won == [n % 4 != 0 for n in range(40)]
    for number in range(40):
        [work] = await store.works_in("s", f"s.{number}")
        assert work.id == f"{'then' if won[number] else 'first'}-{number}"
    assert {stream for stream, _ in await store.due(NOW, 100)} == {f"s.{n}" for n in range(40) if n % 4}


async def test_of_two_writers_of_one_version_exactly_one_wins(store: Store) -> None:
    rivals = [one("s.1", sender=sender, works=(words(f"w-{sender}", member=sender),)) for sender in (NOA, DAN)]
    won = await asyncio.gather(*(store.append(rival) for rival in rivals))
    assert sorted(won) == [False, True]
    winner = rivals[won.index(True)]
    assert await store.read("s.1") == [winner.appended]
    assert [work.id for work in await store.works_in("s", "s.1")] == [winner.works[0].work.id]


async def test_words_come_back_by_room_and_replaced_ones_are_gone(store: Store) -> None:
    await store.append(one("s.1", 1, works=(words("w1"), words("w2", member=DAN))))
    await store.append(one("s.2", 1, works=(words("w3", room="s.2"),)))
    await store.append(one("s.1", 2, works=(words("w4"),), replaced=("w1",)))
    await store.append(one("s", 1, works=(words("note", room=None, member="teacher", by_staff=True),)))
    assert {work.id for work in await store.works_in("s", "s.1")} == {"w2", "w4"}
    assert {work.id for work in await store.works_in("s", "s.2")} == {"w3"}
    assert {work.id for work in await store.works_in("s", None)} == {"note"}
    assert await store.works_in("another", "s.1") == []


async def test_a_work_keeps_all_its_entries_and_why_it_was_held(store: Store) -> None:
    mark = Mark(segment="1:14", language="he", first=2, last=5)
    entries = (Entry(text="one", marks=(mark,)), Entry(choice="agree", tag="kindness"), Entry(spoken=True))
    held = replace(words("w"), work=Work("w", NOA, entries, "contact"))
    await store.append(one("s.1", works=(held,)))
    assert await store.works_in("s", "s.1") == [held.work]


async def test_the_draft_with_the_highest_sequence_stands(store: Store) -> None:
    for sequence, text in ((1, "I think"), (3, "I think that she"), (2, "I think that")):
        await store.save_draft(draft(sequence, text))
    assert await store.drafts("s", "s.1") == [draft(3, "I think that she")]


async def test_drafts_sent_together_end_with_the_newest(store: Store) -> None:
    await asyncio.gather(*(store.save_draft(draft(n, f"letter {n}", member=m)) for n in (5, 9, 7) for m in (NOA, DAN)))
    kept = sorted(await store.drafts("s", "s.1"), key=lambda d: d.member)
    assert kept == [draft(9, "letter 9", member=DAN), draft(9, "letter 9", member=NOA)]
    assert await store.drafts("s", "s.2") == []


async def test_deadlines_are_told_when_they_are_over_the_oldest_first(store: Store) -> None:
    for minutes in (3, 1, 2, 9):
        await store.set_due(f"s.{minutes}", Due(minutes, NOW + timedelta(minutes=minutes)))
    later = NOW + timedelta(minutes=3)
    assert await store.due(later, 10) == [("s.1", 1), ("s.2", 2), ("s.3", 3)]
    assert await store.due(later, 2) == [("s.1", 1), ("s.2", 2)]


async def test_a_deadline_moves_stays_or_is_cleared_with_an_append(store: Store) -> None:
    await store.append(one("s.1", 1, due=Due(1, NOW)))
    await store.append(one("s.1", 2))
    assert await store.due(NOW, 10) == [("s.1", 1)]
    await store.append(one("s.1", 3, due=Due(2, NOW + timedelta(minutes=5))))
    assert await store.due(NOW, 10) == []
    assert await store.due(NOW + timedelta(minutes=5), 10) == [("s.1", 2)]
    await store.append(one("s.1", 4, due=Due(3, None)))
    assert await store.due(NOW + timedelta(days=1), 10) == []


async def test_a_lesson_is_pinned_to_its_session(store: Store) -> None:
    await store.save_lesson("s", lesson())
    await store.save_lesson("t", lesson())
    assert await store.lesson_of("s") == lesson()
    assert await store.lesson(lesson().content_hash) == lesson()
    assert await store.lesson_of("u") is None
    assert await store.lesson("no such hash") is None
    await store.save_lesson("s", lesson("Another"))
    assert await store.lesson_of("s") == lesson("Another")
    assert await store.lesson_of("t") == lesson()


async def test_the_end_of_a_session_erases_what_was_for_it_alone(store: Store) -> None:
    for work in (
        words("fleeting"),
        words("kept", keep="record"),
        words("forgotten", keep="record", member=DAN),
        words("staff", by_staff=True, room=None, member="teacher"),
        words("elsewhere", session="t", room="t.1"),
        words("dan elsewhere", session="t", room="t.1", member=DAN),
    ):
        await store.append(one(f"of {work.work.id}", works=(work,)))
    await store.save_draft(draft(1, "typed"))
    await store.save_draft(draft(1, "typed", session="t", room="t.1"))
    await store.end_session("s", [DAN])
    assert {work.id for work in await store.works_in("s", "s.1")} == {"kept"}
    assert {work.id for work in await store.works_in("s", None)} == {"staff"}
    assert {work.id for work in await store.works_in("t", "t.1")} == {"elsewhere", "dan elsewhere"}
    assert await store.drafts("s", "s.1") == []
    assert len(await store.drafts("t", "t.1")) == 1
    assert await store.versions(["of fleeting"]) == {"of fleeting": 1}


async def test_the_end_of_a_session_clears_its_own_deadlines_only(store: Store) -> None:
    # An underscore or a percent sign in an id matches nothing but itself.
    own, others = ["a_b", "a_b.1", "a_b.2"], ["axb.1", "a_bc", "a_bc.1", "a%.1"]
    for stream in own + others:
        await store.set_due(stream, Due(1, NOW))
    await store.end_session("a_b", [])
    assert {stream for stream, _ in await store.due(NOW, 100)} == set(others)


async def test_times_come_back_aware_and_in_utc(store: Store) -> None:
    in_jerusalem = datetime(2026, 11, 18, 16, 10, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    await store.append(one("s.1", at=in_jerusalem, due=Due(1, in_jerusalem)))
    await store.save_draft(replace(draft(1, "x"), at=in_jerusalem))
    [read], [typed] = await store.read("s.1"), await store.drafts("s", "s.1")
    for at in (read.at, typed.at):
        assert at == in_jerusalem
        assert at.tzinfo is UTC
    assert await store.due(in_jerusalem, 1) == [("s.1", 1)]
    assert await store.due(in_jerusalem - timedelta(microseconds=1), 1) == []


async def test_a_time_without_a_zone_is_refused_alone(store: Store) -> None:
    naive = one("s.1", at=NOW.replace(tzinfo=None))
    refused, *stored = await asyncio.gather(
        store.append(naive), store.append(one("s.2")), store.append(one("s.3")), return_exceptions=True
    )
    assert isinstance(refused, (ValueError, StatementError))
    assert stored == [True, True]
    assert await store.versions(["s.1", "s.2", "s.3"]) == {"s.1": 0, "s.2": 1, "s.3": 1}
    assert await store.append(one("s.1"))


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_are_stored_as_they_are(store: Store, text: str) -> None:
    await store.append(one("s.1", works=(words("w", text=text),)))
    await store.save_draft(draft(1, text))
    [work], [typed] = await store.works_in("s", "s.1"), await store.drafts("s", "s.1")
    assert work.entries == typed.entries == (Entry(text=text),)


@pytest.mark.parametrize("stream", ["'; DROP TABLE log; --", "שיעור", "100%", "a_b", " "])
async def test_hostile_names_are_only_names(store: Store, stream: str) -> None:
    assert await store.append(one(stream))
    assert await store.versions([stream]) == {stream: 1}
    assert len(await store.read(stream)) == 1
