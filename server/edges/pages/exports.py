"""Taking the record out: tables, a workbook, statements, and everything about one learner. Own school's children only."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any, Final

from aiohttp import web
from xlsxwriter import Workbook  # pyright: ignore[reportMissingTypeStubs] -- none are shipped

from server.core.live.lesson import Lesson
from server.core.people.models import AuditEntry, ClassGroup, LessonSession, Student, WorkRecord
from server.core.review.export import (
    COLUMNS,
    KINDS,
    Cell,
    Kind,
    Naming,
    answer_rows,
    attendance_rows,
    inert,
    lesson_row,
    rating_rows,
)
from server.core.review.record import Record, record_of
from server.core.review.statements import statements
from server.edges.locale import gettext as _
from server.edges.pages.desk import Desk, desk_of
from server.edges.pages.learner import own_student
from server.edges.pages.review import HELD

routes = web.RouteTableDef()

CHUNK: Final = 64 * 1024
BOM: Final = "\ufeff"
BY_NAME: Final[dict[str, Kind]] = {kind: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported: lessons of one class or of all, from a day, with names or pseudonyms."""

    desk: Desk
    sessions: tuple[LessonSession, ...]
    learners: Mapping[str, Student]
    naming: Naming


@dataclass(frozen=True, slots=True)
class Held:
    """One lesson as it is exported."""

    session: LessonSession
    lesson: Lesson | None
    works: Sequence[WorkRecord]
    record: Record
    learners: Mapping[str, Student]


@routes.get("/exports")
async def choose(request: web.Request) -> web.Response:
    """Ask what to export; each form is a link that works without a script."""
    desk = await _desk(request)
    groups = await desk.parts.people.classes_of(desk.school.id)
    context = {
        "classes": groups,
        "class": request.query.get("class", ""),
        "since": _date(request.query.get("since", "")),
        "names": request.query.get("names", "names"),
        "bom": request.query.get("bom", "1"),
        "kinds": [(kind, _kind_named(kind)) for kind in KINDS],
        "lessons": len(await _sessions(desk, _chosen(request, groups), _date(request.query.get("since", "")))),
        "query": _query(request),
    }
    return desk.render("review/exports.html", context)


@routes.get("/exports/{kind}.csv")
async def table(request: web.Request) -> web.StreamResponse:
    """Stream one table, lesson by lesson: a year does not fit into memory, and need not."""
    kind = BY_NAME.get(request.match_info["kind"])
    if kind is None:
        raise web.HTTPNotFound
    wanted = await _wanted(request)
    response = await _begin(wanted, f"havruta-{kind}.csv", "text/csv; charset=utf-8")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if request.query.get("bom", "1") == "1":
        text.write(BOM)
    writer.writerow(COLUMNS[kind])
    async for held in _held(wanted):
        writer.writerows([inert(cell) for cell in row] for row in _rows(kind, held, wanted.naming))
        await _send(response, text)
    await _send(response, text)
    await response.write_eof()
    return response


@routes.get("/exports/year.xlsx")
async def workbook(request: web.Request) -> web.StreamResponse:
    """Send a workbook with a sheet a kind, its first row frozen. It is written to a file of its own, row by row."""
    wanted = await _wanted(request)
    loop = asyncio.get_running_loop()
    with await loop.run_in_executor(None, TemporaryFile) as file:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
        book: Any = Workbook(file, options)
        sheets: dict[Kind, Any] = {kind: _sheet(book, kind, wanted.desk) for kind in KINDS}
        lines: dict[Kind, int] = dict.fromkeys(KINDS, 1)
        async for held in _held(wanted):
            await asyncio.to_thread(_write, sheets, lines, held, wanted.naming)
        await asyncio.to_thread(book.close)
        return await _send_file(wanted, file, "havruta.xlsx")


@routes.get("/exports/statements.jsonl")
async def learning_records(request: web.Request) -> web.StreamResponse:
    """Stream xAPI statements, one a line."""
    wanted = await _wanted(request)
    response = await _begin(wanted, "havruta-xapi.jsonl", "application/jsonl; charset=utf-8")
    origin = wanted.desk.parts.settings.origin
    async for held in _held(wanted):
        said = statements(held.session, held.lesson, held.works, wanted.naming.names, origin)
        await response.write("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in said).encode())
    await response.write_eof()
    return response


@routes.get("/students/{student}/everything.jsonl")
async def everything(request: web.Request) -> web.StreamResponse:
    """Stream all that a teacher may know of one learner, one object a line, for the family that asks.

    Notes to oneself are not in it: no teacher reads them. The learner's own page gives those, too.
    """
    desk = await desk_of(request)
    student = await own_student(desk, request.match_info["student"])
    desk.require("export_work", school=student.school)
    await _write_down(desk, "exported_learner", student.id)
    response = web.StreamResponse(headers=_download("application/jsonl; charset=utf-8", f"havruta-{student.id}.jsonl"))
    await response.prepare(request)
    async for line in lines_about(desk, student):
        await response.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
    await response.write_eof()
    return response


async def lines_about(desk: Desk, student: Student) -> AsyncIterator[dict[str, Any]]:
    """Yield who a learner is here, whom they met, and every piece of their kept work with its question."""
    review = desk.parts.review
    yield {"kind": "learner", **student.model_dump(mode="json")}
    for session, partners in sorted((await review.partners_of(student.id, desk.staff)).items()):
        # Another child's name is not this child's data: who they were is said in the lesson's own words only.
        yield {"kind": "met", "session": session, "partners": len(partners)}
    for session_id in await review.sessions_with_work(student.id, desk.staff):
        lesson = await review.lesson_of_session(session_id, desk.staff)
        for work in await review.works_of_student(student.id, desk.staff, [session_id]):
            at = lesson.by_id.get(work.step) if lesson else None
            asked = next((i for i in at.step.inputs if i.id == work.input), None) if at else None
            yield {
                "kind": "work",
                **work.model_dump(mode="json"),
                "step_title": at.step.title if at else None,
                "question": asked.prompt if asked else None,
            }


# -- what is wanted ---------------------------------------------------------------------------------------------------


async def _desk(request: web.Request) -> Desk:
    desk = await desk_of(request)
    desk.require("export_work")
    return desk


async def _wanted(request: web.Request) -> Wanted:
    desk = await _desk(request)
    groups = _chosen(request, await desk.parts.people.classes_of(desk.school.id))
    sessions = await _sessions(desk, groups, _date(request.query.get("since", "")))
    learners = {s.id: s for s in await desk.parts.people.students_in([group.id for group in groups])}
    plain = request.query.get("names", "names") == "names"
    names = {s.id: desk.say(s.names) if plain else desk.parts.people.pseudonym(s.id) for s in learners.values()}
    await _write_down(desk, "exported_names" if plain else "exported_pseudonyms", None)
    return Wanted(desk, tuple(sessions), learners, Naming(desk.language, names))


def _chosen(request: web.Request, groups: Sequence[ClassGroup]) -> list[ClassGroup]:
    asked = request.query.get("class", "")
    return [group for group in groups if asked in ("", group.id)]


async def _sessions(desk: Desk, groups: Sequence[ClassGroup], since: str) -> list[LessonSession]:
    ids = {group.id for group in groups}
    found: dict[str, LessonSession] = {}
    for twinning in await desk.parts.people.twinnings_of(desk.school.id):
        for session in await desk.parts.people.sessions_of(twinning.id):
            ours = any(ids.intersection(side.classes) for side in session.sides)
            if ours and session.status in HELD and session.starts_at.date().isoformat() >= since:
                found[session.id] = session
    return sorted(found.values(), key=lambda s: s.starts_at)


def _date(given: str) -> str:
    try:
        return datetime.strptime(given, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 -- a day on the wall
    except ValueError:
        return ""


def _query(request: web.Request) -> str:
    kept = {k: v for k, v in request.query.items() if k in ("class", "since", "names", "bom")}
    return str(request.rel_url.with_query(kept).query_string)


def _kind_named(kind: Kind) -> str:
    named = {
        "answers": _("What was written"),
        "ratings": _("Self-ratings"),
        "lessons": _("Lessons"),
        "attendance": _("Who took part"),
    }
    return named[kind]


async def _held(wanted: Wanted) -> AsyncIterator[Held]:
    """Yield the lessons one after the other, so that no more than one is in memory."""
    review, staff = wanted.desk.parts.review, wanted.desk.staff
    for session in wanted.sessions:
        lesson = await review.lesson_of_session(session.id, staff)
        works = [w for w in await review.works_of_session(session.id, staff) if w.student in wanted.learners]
        record = record_of(session.id, await review.log_of_session(session.id, staff))
        classes = {group for side in session.sides for group in side.classes}
        learners = {s.id: s for s in wanted.learners.values() if s.class_id in classes}
        # Who changed class since is not lost with the move.
        learners |= {w.student: wanted.learners[w.student] for w in works}
        yield Held(session, lesson, works, record, learners)


def _rows(kind: Kind, held: Held, by: Naming) -> list[tuple[Cell, ...]]:
    match kind:
        case "answers":
            return list(answer_rows(held.session, held.lesson, held.works, held.learners, by))
        case "ratings":
            return list(rating_rows(held.session, held.lesson, held.works, held.learners, by))
        case "lessons":
            return [lesson_row(held.session, held.lesson, held.record.sat, by)]
        case "attendance":
            return list(attendance_rows(held.session, held.record.sat, held.learners, by))


# -- how it is sent ---------------------------------------------------------------------------------------------------


def _sheet(book: Any, kind: Kind, desk: Desk) -> Any:
    sheet = book.add_worksheet(_kind_named(kind)[:31])
    sheet.freeze_panes(1, 0)
    if desk.language == "he":
        sheet.right_to_left()
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, COLUMNS[kind], bold)
    sheet.set_column(0, len(COLUMNS[kind]) - 1, 18)
    return sheet


def _write(sheets: Mapping[Kind, Any], lines: dict[Kind, int], held: Held, by: Naming) -> None:
    for kind in KINDS:
        for row in _rows(kind, held, by):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheets[kind].write_number(lines[kind], column, cell)
                elif cell:
                    sheets[kind].write_string(lines[kind], column, cell)
            lines[kind] += 1


async def _send_file(wanted: Wanted, file: IO[bytes], name: str) -> web.StreamResponse:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = web.StreamResponse(headers=_download(kind, name) | {"Content-Length": str(size)})
    await response.prepare(wanted.desk.request)
    while chunk := file.read(CHUNK):
        await response.write(chunk)
    await response.write_eof()
    return response


async def _begin(wanted: Wanted, name: str, kind: str) -> web.StreamResponse:
    # How many lessons there are, so that a page can say how far it has come.
    headers = _download(kind, name) | {"X-Lessons": str(len(wanted.sessions))}
    response = web.StreamResponse(headers=headers)
    await response.prepare(wanted.desk.request)
    return response


def _download(kind: str, name: str) -> dict[str, str]:
    return {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


async def _send(response: web.StreamResponse, text: io.StringIO) -> None:
    await response.write(text.getvalue().encode())
    text.seek(0)
    text.truncate()


async def _write_down(desk: Desk, what: str, about: str | None) -> None:
    await desk.parts.people.audit(
        AuditEntry(at=desk.now, who=desk.staff.id, what=what, school=desk.school.id, about=about)
    )
