"""What is taken out of the product: one's own children's words and nobody else's, the same in every form, and inert."""

import csv
import io
import json
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from server.adapters.sql.people_tables import audit
from server.core.review.export import COLUMNS, FORMULA, inert
from server.edges.identity import STAFF_COOKIE

if TYPE_CHECKING:
    from tests.review.conftest import House

OF_NOA = ("noa intends to ask twice", "noa noticed the kiss", "noa asks why", "noa reflects")
OF_MAX = ("max intends to wait", "max noticed the crying", "max reflects")
FILES = ("answers.csv", "ratings.csv", "lessons.csv", "attendance.csv", "statements.jsonl", "year.xlsx")


async def taken(house: "House", who: str, path: str) -> tuple[int, bytes]:
    desk = await house.desk_of(who)
    cookie = {"Cookie": f"{STAFF_COOKIE}={desk.cookie}"}
    async with desk.client.get(path, headers=cookie, allow_redirects=False) as answer:
        return answer.status, await answer.read()


async def rows(house: "House", who: str, path: str) -> list[dict[str, str]]:
    status, body = await taken(house, who, path)
    assert status == 200
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


async def test_a_table_holds_ones_own_childrens_words_and_nobody_elses(held: "House") -> None:
    written = " ".join(row["words"] for row in await rows(held, "levi", "/exports/answers.csv"))
    assert all(words in written for words in OF_NOA)
    assert not any(words in written for words in OF_MAX)


async def test_ratings_are_a_table_of_their_own_with_level_and_scale(held: "House") -> None:
    found = await rows(held, "levi", "/exports/ratings.csv")
    asked = {row["question"] for row in await rows(held, "levi", "/exports/answers.csv")}
    assert all(1 <= int(row["level"]) <= int(row["of"]) for row in found)
    assert not {row["about"] for row in found} & asked


async def test_pseudonyms_stay_the_same_and_are_no_names(held: "House") -> None:
    plain = await rows(held, "levi", "/exports/attendance.csv")
    first = await rows(held, "levi", "/exports/attendance.csv?names=pseudonyms")
    again = await rows(held, "levi", "/exports/answers.csv?names=pseudonyms")
    names, pseudonyms = {row["learner"] for row in plain}, {row["learner"] for row in first}
    assert not names & pseudonyms
    assert len(names) == len(pseudonyms)
    assert {row["learner"] for row in again} <= pseudonyms


async def test_the_mark_for_excel_can_be_left_out(held: "House") -> None:
    assert (await taken(held, "levi", "/exports/lessons.csv"))[1].startswith(b"\xef\xbb\xbf")
    assert not (await taken(held, "levi", "/exports/lessons.csv?bom=0"))[1].startswith(b"\xef\xbb\xbf")


async def test_a_workbook_has_a_sheet_a_kind_with_a_frozen_first_row(held: "House") -> None:
    status, body = await taken(held, "levi", "/exports/year.xlsx")
    assert status == 200
    with ZipFile(io.BytesIO(body)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == len(COLUMNS)
        assert all(b'state="frozen"' in book.read(name) for name in sheets)
        everything = b"".join(book.read(name) for name in book.namelist()).decode()
    assert "noa noticed the kiss" in everything
    assert "max noticed the crying" not in everything


async def test_statements_name_accounts_and_not_people(held: "House") -> None:
    _, body = await taken(held, "levi", "/exports/statements.jsonl?names=pseudonyms")
    told = [json.loads(line) for line in body.decode().splitlines()]
    assert any("noa noticed the kiss" in one["result"]["response"] for one in told)
    assert len({one["id"] for one in told}) == len(told)
    assert all(one["actor"]["account"]["name"].startswith("learner-") for one in told)


async def test_everything_about_one_learner_is_theirs_alone(held: "House") -> None:
    status, body = await taken(held, "levi", "/students/haifa-0/everything.jsonl")
    assert status == 200
    assert all(words in body.decode() for words in OF_NOA)
    assert not any(words in body.decode() for words in OF_MAX)
    assert json.loads(body.splitlines()[0])["kind"] == "learner"


@pytest.mark.parametrize("path", [f"/exports/{name}" for name in FILES] + ["/students/haifa-0/everything.jsonl"])
async def test_private_notes_are_in_no_file(held: "House", path: str) -> None:
    told = held.tell()
    told.deeds, told.versions = 60, {told.room(1): 60}
    await told.answer("haifa-0", "partnership_notes", "helps", {"text": "only noa may read this"})
    _, body = await taken(held, "levi", path)
    assert b"may read this" not in body


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("admin", "/exports", 403),
        ("carmel-lead", "/exports/answers.csv", 403),
        ("stone", "/students/haifa-0/everything.jsonl", 404),
        ("levi", "/exports/secrets.csv", 404),
        ("levi", "/exports?class=class-chicago&since=never", 200),
    ],
)
async def test_the_door_of_each_file(held: "House", who: str, path: str, status: int) -> None:
    assert (await taken(held, who, path))[0] == status


async def test_every_export_is_written_down(held: "House") -> None:
    await taken(held, "levi", "/exports/answers.csv?names=pseudonyms")
    async with held.engine.connect() as connection:
        written = set((await connection.execute(select(audit.c.what))).scalars())
    assert "exported_pseudonyms" in written


@given(st.text(max_size=30))
def test_no_cell_is_run_as_a_formula(words: str) -> None:
    kept = inert(words)
    assert isinstance(kept, str)
    assert not kept.lstrip(" \u00a0\ufeff").startswith(FORMULA)
    assert kept in (words, f"'{words}")
