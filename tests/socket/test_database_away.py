"""The database is locked by another program for six seconds of a lesson: told, waited for, nothing claimed and nothing lost."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.live.servers import PersonOnline
from tests.socket.served import SESSION, lesson_steps, serving

AWAY_SECONDS = 6.0


async def test_nothing_is_acknowledged_before_it_is_saved(fresh_data: Callable[[], Path]) -> None:
    data = fresh_data()
    async with serving(data) as served, served.lesson(pairs=2) as lesson:
        teacher = lesson.teachers[0]
        steps = await lesson_steps(served, teacher.views["session"]["lesson"])
        at = next(n for n, step in enumerate(steps) if step["kind"] == "solo")
        asked_for = steps[at]["inputs"][0]["id"]
        assert (await teacher.say("next_gate", after=teacher.views["session"]["floor"], to=at))["ok"]
        for person in lesson.everybody():
            await person.until(lambda p: p.views["session"]["floor"] == at, "for the step")
        database = data / "havruta.sqlite"
        other = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        reader = sqlite3.connect(f"file:{database}?mode=ro", uri=True, check_same_thread=False)

        def saved(command: str) -> bool:
            query = "SELECT count(*) FROM log WHERE command = ?"
            return bool(reader.execute(query, (command,)).fetchone()[0])

        other.execute("BEGIN EXCLUSIVE")
        locked_at = time.monotonic()
        answered_at: dict[str, float] = {}

        async def finish(child: PersonOnline) -> dict[str, Any]:
            command = f"away-{child.who}"
            answer = await child.say("finish", step=at, command_id=command)
            answered_at[command] = time.monotonic()
            assert saved(command), "acknowledged, and not in the database"
            return answer

        draft: Any = {"step": at, "input": asked_for, "sequence": 1}
        loop = asyncio.get_running_loop()
        asked = [loop.create_task(finish(child)) for child in lesson.students]
        drafts = [
            loop.create_task(child.say("save_draft", **draft, entries=[{"text": f"half of {child.who}"}]))
            for child in lesson.students
        ]
        for person in lesson.everybody():
            await person.until(lambda p: "saving_is_delayed" in p.notices, "to be told that saving waits")
        await asyncio.sleep(max(0.0, locked_at + AWAY_SECONDS - time.monotonic()))
        assert answered_at == {}, "somebody was told that words are safe while nothing could be saved"
        assert not any(task.done() for task in drafts)
        assert not any(saved(f"away-{child.who}") for child in lesson.students)
        assert all(person.client.connected for person in lesson.everybody())

        other.execute("ROLLBACK")
        answers = await asyncio.gather(*asked, *drafts)
        assert all(answer["ok"] for answer in answers), answers
        for person in lesson.everybody():
            await person.until(lambda p: "saving_works_again" in p.notices, "to be told that saving works")
            assert person.client.connected
        rows = reader.execute("SELECT member, entries FROM drafts WHERE session = ?", (SESSION,)).fetchall()
        assert {row[0] for row in rows} == {child.who for child in lesson.students}
        before = reader.execute("SELECT count(*) FROM log").fetchone()
        for child in lesson.students:
            again = await child.say("finish", step=at, command_id=f"away-{child.who}")
            assert again["ok"], "sent again by an impatient browser"
        assert reader.execute("SELECT count(*) FROM log").fetchone() == before, "and with no second effect"
        other.close()
        reader.close()


@pytest.mark.slow
async def test_a_lock_that_comes_back_is_told_again(fresh_data: Callable[[], Path]) -> None:
    data = fresh_data()
    async with serving(data) as served, served.lesson(pairs=1) as lesson:
        other = sqlite3.connect(data / "havruta.sqlite", isolation_level=None, check_same_thread=False)
        child = lesson.students[0]
        for time_around in (1, 2):
            other.execute("BEGIN EXCLUSIVE")
            asking = asyncio.get_running_loop().create_task(
                child.say("ask_help" if time_around == 1 else "cancel_help")
            )
            await child.until(lambda p, n=time_around: p.notices.count("saving_is_delayed") == n, "to be told")
            other.execute("ROLLBACK")
            assert (await asking)["ok"]
            await child.until(lambda p, n=time_around: p.notices.count("saving_works_again") == n, "to be told")
        other.close()
