"""One class: its children, what their families agreed to, who is kept apart or together, and lists that come from files."""

import csv
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import web
from aiohttp.web_request import FileField
from pydantic import ValidationError

from server.core.people.codes import make_code
from server.core.people.consent import may_cross
from server.core.people.models import AuditEntry, ClassGroup, Consent, Student
from server.core.twinning.roster import LineProblem, Roster, RosterLine, read_roster, roster_template_csv
from server.edges.pages.desk import Desk, desk_of, see_other
from server.edges.pages.plan_form import Form
from server.edges.pages.rehearsal import tested

routes = web.RouteTableDef()

ANSWERS = {
    "takes_part": ("across", "own_class", "paper"),
    "media": ("video", "audio", "none"),
    "keep_words": ("year", "session"),
}
ONE_STUDENT = ("name_en", "name_he", "speaks", "reads", "band")
LONGEST_CLASS_NAME = 80


@dataclass
class Said:
    """What forms of this page hold when one of them could not be understood."""

    student: dict[str, str] = field(default_factory=dict[str, str])
    student_errors: dict[str, LineProblem] = field(default_factory=dict[str, LineProblem])
    file_problems: list[LineProblem] = field(default_factory=list[LineProblem])
    file_name: str = ""
    apart_error: str = ""
    group_name: dict[str, str] = field(default_factory=dict[str, str])
    name_error: str = ""


@routes.get("/classes/{group}")
async def roster(request: web.Request) -> web.Response:
    """Show the class to its own school's staff."""
    desk = await desk_of(request)
    group = await desk.own_class(request.match_info["group"])
    desk.require("see_class")
    return await _show(desk, group, Said())


@routes.post("/classes/{group}")
async def rename(request: web.Request) -> web.Response:
    """Keep the class's name."""
    desk, group, form = await _changing(request)
    names = {lang: name for lang in ("en", "he") if (name := str(form.get(f"class_{lang}", "")).strip())}
    if not names or any(len(name) > LONGEST_CLASS_NAME for name in names.values()):
        return await _show(desk, group, Said(group_name=names, name_error="name_needed"), status=422)
    await desk.parts.people.save_class(group.model_copy(update={"name": names}))
    raise see_other(f"/classes/{group.id}?done=saved")


@routes.post("/classes/{group}/consent")
async def record_answers(request: web.Request) -> web.Response:
    """Keep the families' answers that changed; a child whose answers shrink is asked to join again under the new ones."""
    desk, group, form = await _changing(request)
    changed = 0
    for student in await desk.parts.people.students_in([group.id]):
        said = {name: str(form.get(f"{name}_{student.id}", "")) or None for name in ANSWERS}
        if not any(f"{name}_{student.id}" in form for name in ANSWERS):
            continue
        try:
            consent = Consent.model_validate(said)
        except ValidationError:
            raise web.HTTPBadRequest from None
        if consent != student.consent:
            await desk.parts.people.set_consent(student.id, consent, desk.staff.id, desk.now)
            await desk.parts.live.forget(student.id)
            changed += 1
    raise see_other(f"/classes/{group.id}?done={'answers' if changed else 'nothing'}")


@routes.get("/classes/{group}/template.csv")
async def template(request: web.Request) -> web.Response:
    """Give an empty list with headings, in the reader's language."""
    desk = await desk_of(request)
    await desk.own_class(request.match_info["group"])
    headers = {"Content-Disposition": 'attachment; filename="class-list.csv"'}
    body = roster_template_csv(desk.language).encode()
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)


@routes.post("/classes/{group}/import")
async def bring_in(request: web.Request) -> web.Response:
    """Add all children of a file, or none and say what is to be mended in it."""
    desk, group, form = await _changing(request)
    sent: Any = form.get("file")
    if not isinstance(sent, FileField) or not sent.filename:
        return await _show(desk, group, Said(file_problems=[LineProblem(code="empty_file")]), status=422)
    read = read_roster(sent.file.read())
    if isinstance(read, Roster):
        here = await desk.parts.people.students_in([group.id])
        read = _already_here(read, here) or read
    if not isinstance(read, Roster):
        return await _show(desk, group, Said(file_problems=read, file_name=sent.filename), status=422)
    await _add(desk, group, read.lines)
    raise see_other(f"/classes/{group.id}?done=imported&many={len(read.lines)}")


@routes.post("/classes/{group}/students")
async def add_one(request: web.Request) -> web.Response:
    """Add one child from the form, by the same rules as a list."""
    desk, group, form = await _changing(request)
    typed = {name: str(form.get(name, "")).strip() for name in ONE_STUDENT}
    written = io.StringIO(newline="")
    csv.writer(written).writerows([typed.keys(), typed.values()])
    read = read_roster(written.getvalue().encode())
    if isinstance(read, Roster):
        read = _already_here(read, await desk.parts.people.students_in([group.id])) or read
    if not isinstance(read, Roster):
        errors = {problem.column or "name_en": problem for problem in reversed(read)}
        return await _show(desk, group, Said(student=typed, student_errors=errors), status=422)
    await _add(desk, group, read.lines)
    raise see_other(f"/classes/{group.id}?done=added#answers")


@routes.post("/classes/{group}/apart")
async def keep_apart(request: web.Request) -> web.Response:
    """Keep a child of this class apart from another child of the class or of the partner school, or no longer."""
    desk, group, form = await _changing(request)
    pair = await _pair(desk, group, form)
    if pair is None:
        return await _show(desk, group, Said(apart_error="two_children_needed"), status=422)
    apart = str(form.get("do", "")) != "free"
    await desk.parts.people.keep_apart(*pair, apart=apart, by=desk.staff.id)
    raise see_other(f"/classes/{group.id}?done={'apart' if apart else 'not_apart'}#apart")


@routes.post("/classes/{group}/together")
async def keep_together(request: web.Request) -> web.Response:
    """Keep a child of this class together with another child of the class or of the partner school, or no longer."""
    desk, group, form = await _changing(request)
    pair = await _pair(desk, group, form)
    if pair is None:
        return await _show(desk, group, Said(apart_error="two_children_needed"), status=422)
    together = str(form.get("do", "")) != "free"
    await desk.parts.people.keep_together(*pair, together=together, by=desk.staff.id)
    raise see_other(f"/classes/{group.id}?done={'together' if together else 'not_together'}#apart")


@routes.post("/students/{student}/code")
async def new_code(request: web.Request) -> web.Response:
    """Replace a lost or seen code; the old card and whoever used it are out at once."""
    desk = await desk_of(request)
    student, group = await _own_student(desk, request.match_info["student"])
    desk.require("change_class")
    await desk.parts.people.renew_code(student.id, make_code(secrets.token_bytes(64)))
    await desk.parts.live.forget(student.id)
    await _audit(desk, "code_renewed", student)
    raise see_other(f"/classes/{group.id}?done=code")


@routes.get("/students/{student}/erase")
async def ask_erase(request: web.Request) -> web.Response:
    """Say exactly what erasing removes, and ask."""
    desk = await desk_of(request)
    student, group = await _own_student(desk, request.match_info["student"])
    desk.require("erase_student")
    return desk.render("classes/erase.html", {"student": student, "group": group, "error": ""})


@routes.post("/students/{student}/erase")
async def erase(request: web.Request) -> web.Response:
    """Erase a child, once it was confirmed with the child's name understood."""
    desk = await desk_of(request)
    student, group = await _own_student(desk, request.match_info["student"])
    desk.require("erase_student")
    form = cast(Form, await request.post())
    if str(form.get("sure", "")) != "yes":
        context = {"student": student, "group": group, "error": "confirm"}
        return desk.render("classes/erase.html", context, 422)
    await desk.parts.people.erase_student(student.id, desk.now)
    await desk.parts.live.forget(student.id)
    await _audit(desk, "student_erased", student)
    raise see_other(f"/classes/{group.id}?done=erased")


async def _changing(request: web.Request) -> tuple[Desk, ClassGroup, Form]:
    desk = await desk_of(request)
    group = await desk.own_class(request.match_info["group"])
    desk.require("change_class")
    return desk, group, cast(Form, await request.post())


async def _pair(desk: Desk, group: ClassGroup, form: Form) -> tuple[str, str] | None:
    """Return the two children that a form names: one of this class, the other of it too or of the partner school."""
    one, other = str(form.get("one", "")), str(form.get("other", ""))
    here = {s.id for s in await desk.parts.people.students_in([group.id])}
    known = here | {s.id for s in await _partners(desk)}
    # Pairs are unordered, and one of the two is always a child of this class.
    return (one, other) if one != other and {one, other} <= known and {one, other} & here else None


async def _own_student(desk: Desk, student_id: str) -> tuple[Student, ClassGroup]:
    """Return a student of the reader's school with their class; 404 for anybody else's child."""
    student = await desk.parts.people.student(student_id)
    group = await desk.parts.people.class_group(student.class_id) if student else None
    if student is None or group is None or student.school != desk.school.id:
        raise web.HTTPNotFound
    return student, group


def _already_here(read: Roster, here: Sequence[Student]) -> list[LineProblem]:
    """Return the lines whose child is in the class already: a list read in twice must not double the class."""
    names = {tuple(sorted(student.names.items())) for student in here}
    return [
        LineProblem(code="duplicate_name", line=line.line, column="name_en", value=next(iter(line.names.values())))
        for line in read.lines
        if tuple(sorted(line.names.items())) in names
    ]


async def _add(desk: Desk, group: ClassGroup, lines: Sequence[RosterLine]) -> None:
    students = [
        (
            Student(
                id=secrets.token_hex(8),
                school=group.school,
                class_id=group.id,
                names=line.names,
                speaks=line.speaks,
                reads=line.reads,
                band=line.band,
                consent=line.consent,
                language=_language(line, desk.school.language),
            ),
            make_code(secrets.token_bytes(64)),
        )
        for line in lines
    ]
    await desk.parts.people.add_students(students)
    for student, _code in students:
        if student.consent != Consent():
            # Who recorded it and when belongs to every answer, also to those that came in a file.
            await desk.parts.people.set_consent(student.id, student.consent, desk.staff.id, desk.now)


def _language(line: RosterLine, of_school: str) -> str:
    """Return the language of a child's screens: what they read with most ease among those we have, else the school's."""
    return next((language for language in line.reads if language in ("en", "he")), of_school)


async def _partners(desk: Desk) -> list[Student]:
    """Return the partner schools' children who may learn with ours: their names, for keeping apart or together, and nothing else."""
    people = desk.parts.people
    schools = {
        school
        for twinning in await people.twinnings_of(desk.school.id)
        for side in twinning.sides
        for school in side.schools
        if school != desk.school.id
    }
    classes = [group.id for school in sorted(schools) for group in await people.classes_of(school)]
    return [s for s in (await people.students_in(classes) if classes else []) if may_cross(s)]


async def _show(desk: Desk, group: ClassGroup, said: Said, *, status: int = 200) -> web.Response:
    students = sorted(await desk.parts.people.students_in([group.id]), key=lambda s: desk.say(s.names))
    by_id = {student.id: student for student in students}
    partners = sorted(await _partners(desk), key=lambda s: desk.say(s.names)) if desk.may("change_class") else []
    named = by_id | {student.id: student for student in partners}
    apart = await desk.parts.people.apart_pairs(list(named)) if students else []
    together = await desk.parts.people.together_pairs(list(named)) if students else []
    context = {
        "group": group,
        "students": students,
        "unanswered": [s for s in students if not s.consent.complete],
        "apart": [(named[one], named[other]) for one, other in apart if one in by_id or other in by_id],
        "together": [(named[one], named[other]) for one, other in together if one in by_id or other in by_id],
        "partners": partners,
        "said": said,
        "answers": ANSWERS,
        "may_change": desk.may("change_class"),
        "may_erase": desk.may("erase_student"),
        "may_review": desk.may("review_student"),
        "may_test": desk.may("test_class"),
        "tested": (await tested(desk, [group.id])).get(group.id),
        "language_name": desk.language_name,
        "many": desk.request.query.get("many", ""),
    }
    return desk.render("classes/class.html", context, status)


async def _audit(desk: Desk, what: str, student: Student) -> None:
    entry = AuditEntry(at=desk.now, who=desk.staff.id, what=what, school=desk.school.id, about=student.id)
    await desk.parts.people.audit(entry)
