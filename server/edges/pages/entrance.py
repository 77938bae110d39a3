"""The doors: the first page, staff sign-in, a student's personal code, the language switch, a student's live page."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import aiohttp_jinja2
from aiohttp import web

from server.core.languages import say
from server.core.people.codes import normalise_code, shown_code
from server.core.people.models import LessonSession, Student
from server.edges import identity
from server.edges.limits import CODES, LIMITS, PASSWORDS, client_address
from server.edges.locale import CATALOGUES, locale_of, remember_language, speak
from server.edges.locale import gettext as _
from server.edges.pages.live import student_boot
from server.edges.pages.rehearse_lesson import REHEARSE, begin
from server.edges.pages.scripts import script_json
from server.edges.parts import PARTS
from server.edges.problems import Problem
from server.edges.security import import_map_script

routes = web.RouteTableDef()

# A lesson that was planned for today and never opened is over this long after its slot.
STALE_AFTER = timedelta(hours=2)
LONGEST_FIELD = 300


@dataclass(frozen=True, slots=True)
class DemoTeacher:
    """A teacher of the sample twinning, with what is needed to be them. `side`: "a" or "b"."""

    id: str
    names: dict[str, str]
    school: dict[str, str]
    email: str
    password: str
    side: str


@dataclass(frozen=True, slots=True)
class DemoStudent:
    """A student of the sample twinning with their code."""

    names: dict[str, str]
    school: dict[str, str]
    code: str
    side: str


@dataclass(frozen=True, slots=True)
class DemoDoor:
    """What the first page of a demo offers. `fill` lets simulated students come; it exists in demo mode only."""

    teachers: tuple[DemoTeacher, ...]
    students: tuple[DemoStudent, ...]
    session: str
    fill: Callable[[], Awaitable[None]]


DEMO: Final[web.AppKey[DemoDoor]] = web.AppKey("demo", DemoDoor)


# -- first page -------------------------------------------------------------------------------------------------------


@routes.get("/")
async def landing(request: web.Request) -> web.Response:
    """What Havruta is, and the two ways in; in a demo, everything one click away."""
    staff = await identity.signed_in_staff(request)
    demo = _demo(request)
    if demo is not None:
        filled = request.query.get("filled") == "1"
        context: dict[str, object] = {
            "demo": demo,
            "staff": staff,
            "filled": filled,
            "shown_code": shown_code,
            "say": say,
        }
        return aiohttp_jinja2.render_template("entrance/demo.html", request, context)
    return aiohttp_jinja2.render_template("entrance/landing.html", request, {"staff": staff, "error": "", "typed": ""})


@routes.post("/demo/fill")
async def fill_the_class(request: web.Request) -> web.Response:
    """Let simulated students come to the sample lesson."""
    await _demo_or_404(request).fill()
    raise web.HTTPSeeOther("/?filled=1")


@routes.post("/demo/teacher")
async def be_a_teacher(request: web.Request) -> web.Response:
    """Sign in as one of the sample teachers with one click: they are invented, and so is everything they can see."""
    demo = _demo_or_404(request)
    wanted = _field(await request.post(), "teacher")
    staff = await request.app[PARTS].people.staff(wanted) if wanted in {t.id for t in demo.teachers} else None
    if staff is None:
        raise web.HTTPNotFound
    response = web.HTTPSeeOther(f"/sessions/{demo.session}/live" if demo.session else "/home")
    await identity.sign_in_staff(request, response, staff)
    raise response


@routes.post("/demo/rehearse")
async def rehearse_the_lesson(request: web.Request) -> web.Response:
    """Sign in as the first of the sample teachers and rehearse the sample lesson alone."""
    demo, people = _demo_or_404(request), request.app[PARTS].people
    staff = await people.staff(demo.teachers[0].id) if demo.teachers else None
    lesson = await people.session(demo.session)
    twinning = await people.twinning(lesson.twinning) if lesson else None
    if staff is None or lesson is None or twinning is None or REHEARSE not in request.app:
        raise web.HTTPNotFound
    response = web.HTTPSeeOther(await begin(request, lesson, twinning, staff))
    await identity.sign_in_staff(request, response, staff)
    raise response


# -- staff ------------------------------------------------------------------------------------------------------------


@routes.get("/signin")
async def signin_page(request: web.Request) -> web.Response:
    """Where staff sign in."""
    back = identity.local_path(request.query.get("next"))
    if await identity.signed_in_staff(request) is not None:
        raise web.HTTPSeeOther(back)
    return aiohttp_jinja2.render_template("entrance/signin.html", request, {"next": back, "email": "", "error": ""})


@routes.post("/signin")
async def sign_in(request: web.Request) -> web.Response:
    """Check e-mail and password; a wrong one costs a try, and nothing says which of the two was wrong."""
    form = await request.post()
    email, back = _field(form, "email"), identity.local_path(_field(form, "next"))
    password = str(form.get("password", ""))
    parts = request.app[PARTS]
    limits, address = request.app[LIMITS], client_address(request)
    async with limits.trying(PASSWORDS, address, parts.clock.now(), email.casefold()) as attempt:
        found = await parts.people.staff_by_email(email)
        if not await identity.password_fits(password, found[1] if found else None):
            attempt.failed()
            found = None
    if found is None:
        context = {"next": back, "email": email, **_wrong("wrong_password")}
        return aiohttp_jinja2.render_template("entrance/signin.html", request, context, status=422)
    response = web.HTTPSeeOther(back)
    await identity.sign_in_staff(request, response, found[0])
    raise response


@routes.post("/signout")
async def sign_out(request: web.Request) -> web.Response:
    """End this browser's staff sign-in."""
    response = web.HTTPSeeOther("/")
    staff = await identity.signed_in_staff(request)
    await identity.sign_out_staff(request, response)
    if staff is not None:
        await request.app[PARTS].live.forget(staff.id)
    raise response


@routes.post("/language")
async def choose_language(request: web.Request) -> web.Response:
    """Change the interface language of this device, and of the adult who is signed in on it."""
    form = await request.post()
    language = _known_language(request, _field(form, "language"))
    staff = await identity.signed_in_staff(request)
    if staff is not None and staff.language != language:
        await request.app[PARTS].people.save_staff(staff.model_copy(update={"language": language}))
    response = web.HTTPSeeOther(identity.local_path(_field(form, "next"), "/"))
    remember_language(response, language, secure=request.app[PARTS].settings.https)
    raise response


# -- students ---------------------------------------------------------------------------------------------------------


@routes.get("/j")
async def code_page(request: web.Request) -> web.Response:
    """Where a code is typed."""
    return _code_form(request)


@routes.post("/j")
async def code_typed(request: web.Request) -> web.Response:
    """Send a code that can be one to its page; say kindly what is wrong with one that cannot."""
    typed = _field(await request.post(), "code")
    code = normalise_code(typed)
    if code is None:
        return _code_form(request, typed, "not_a_code")
    raise web.HTTPSeeOther(f"/j/{code}")


@routes.get("/j/{code}")
async def hello(request: web.Request) -> web.Response:
    """Greet the student by first name. Looking signs nobody in: link previews look too."""
    student = await _student_by_code(request)
    if student is None:
        return _code_form(request, request.match_info["code"], "unknown_code", status=404)
    speak(request, student.language)
    context = {"name": say(student.names, locale_of(request).language)}
    return aiohttp_jinja2.render_template("entrance/hello.html", request, context)


@routes.post("/j/{code}")
async def come_in(request: web.Request) -> web.Response:
    """Sign the student in on this device."""
    student = await _student_by_code(request)
    if student is None:
        return _code_form(request, request.match_info["code"], "unknown_code", status=404)
    response = web.HTTPSeeOther(identity.student_path(student.id))
    await identity.sign_in_student(request, response, student)
    raise response


@routes.get("/s/{student}")
async def without_slash(request: web.Request) -> web.Response:
    """The cookie is scoped to the path with its slash."""
    raise web.HTTPSeeOther(identity.student_path(request.match_info["student"]))


@routes.get("/s/{student}/")
async def student_page(request: web.Request) -> web.Response:
    """The shell of a student's live page."""
    student = await identity.student_of(request, request.match_info["student"])
    lesson = await _lesson_now(request, student)
    boot = await student_boot(request, student, lesson)
    beside = await identity.student_beside(request)
    context = {
        "page_title": _("Havruta"),
        "page": "room",
        "importmap_script": import_map_script(request.app),
        "boot_json": script_json(boot),
        "share": boot["share"] if lesson else None,
        "unshare": boot["unshare"] if beside else None,
        "beside": say(beside.names, locale_of(request).language) if beside else "",
        "entry": "/static/js/pages/student.mjs",
    }
    return aiohttp_jinja2.render_template("live.html", request, context)


@routes.post("/s/{student}/language")
async def choose_student_language(request: web.Request) -> web.Response:
    """Change the language in which this student reads the interface."""
    student = await identity.student_of(request, request.match_info["student"])
    language = _known_language(request, _field(await request.post(), "language"))
    await request.app[PARTS].people.save_student(student.model_copy(update={"language": language}))
    raise web.HTTPSeeOther(identity.student_path(student.id))


@routes.post("/s/{student}/leave")
async def leave(request: web.Request) -> web.Response:
    """Sign the student out on this device."""
    student = await identity.student_of(request, request.match_info["student"])
    response = web.HTTPSeeOther("/j")
    await identity.sign_out_student(request, response, student)
    await request.app[PARTS].live.forget(student.id)
    raise response


@routes.get("/s/{student}/share")
async def share_page(request: web.Request) -> web.Response:
    """Where the second learner at a device types their own code."""
    student = await identity.student_of(request, request.match_info["student"])
    return _share_form(request, student)


@routes.post("/s/{student}/share")
async def share(request: web.Request) -> web.Response:
    """Let this device speak for a second learner too, who shows it with their own code."""
    student = await identity.student_of(request, request.match_info["student"])
    typed = _field(await request.post(), "code")
    code = normalise_code(typed)
    if code is None:
        return _share_form(request, student, typed, "not_a_code")
    second = await _student_of_code(request, code)
    if second is None:
        return _share_form(request, student, typed, "unknown_code", status=404)
    lesson = await _lesson_now(request, student)
    if lesson is None or not await request.app[PARTS].live.may_share(lesson.id, student.id, second.id):
        return _share_form(request, student, typed, "not_beside")
    await identity.share_device(request, student, second)
    raise web.HTTPSeeOther(identity.student_path(student.id))


@routes.post("/s/{student}/unshare")
async def unshare(request: web.Request) -> web.Response:
    """The second learner leaves this device; the first stays."""
    student = await identity.student_of(request, request.match_info["student"])
    await identity.share_device(request, student, None)
    raise web.HTTPSeeOther(identity.student_path(student.id))


async def _lesson_now(request: web.Request, student: Student) -> LessonSession | None:
    parts = request.app[PARTS]
    school = await parts.people.school(student.school)
    zone = ZoneInfo(school.zone) if school else ZoneInfo("UTC")
    return current_lesson(await parts.people.sessions_of_student(student), parts.clock.now(), zone)


def current_lesson(lessons: list[LessonSession], now: datetime, zone: ZoneInfo) -> LessonSession | None:
    """Return the lesson to go to: one that runs or whose lobby is open, else the next of today's at the school's clock."""
    in_order = sorted(lessons, key=lambda lesson: lesson.starts_at)
    for status in ("running", "lobby"):
        if open_now := [lesson for lesson in in_order if lesson.status == status]:
            return open_now[-1]
    today = now.astimezone(zone).date()

    def still_to_come(lesson: LessonSession) -> bool:
        over = lesson.starts_at + timedelta(minutes=lesson.slot_minutes) + STALE_AFTER
        return lesson.starts_at.astimezone(zone).date() == today and over > now

    waiting = ("planned", "set_aside")
    return next((lesson for lesson in in_order if lesson.status in waiting and still_to_come(lesson)), None)


# -- helpers ----------------------------------------------------------------------------------------------------------


async def _student_by_code(request: web.Request) -> Student | None:
    """Return whose code stands in the address."""
    code = normalise_code(request.match_info["code"])
    return None if code is None else await _student_of_code(request, code)


async def _student_of_code(request: web.Request, code: str) -> Student | None:
    """Return whose code this is; a wrong one costs a try."""
    parts = request.app[PARTS]
    async with request.app[LIMITS].trying(CODES, client_address(request), parts.clock.now()) as attempt:
        student = await parts.people.student_by_code(code)
        if student is None:
            attempt.failed()
    return student


def _code_form(request: web.Request, typed: str = "", code: str = "", status: int = 0) -> web.Response:
    context = {"typed": typed[:40], **(_wrong(code) if code else {"error": ""})}
    return aiohttp_jinja2.render_template(
        "entrance/code.html", request, context, status=status or (422 if code else 200)
    )


def _share_form(
    request: web.Request, student: Student, typed: str = "", code: str = "", status: int = 0
) -> web.Response:
    context = {
        "typed": typed[:40],
        **(_wrong(code) if code else {"error": ""}),
        "action": f"{identity.student_path(student.id)}share",
        "back": identity.student_path(student.id),
        "name": say(student.names, locale_of(request).language),
    }
    return aiohttp_jinja2.render_template(
        "entrance/share.html", request, context, status=status or (422 if code else 200)
    )


def _not_beside() -> str:
    return _("In this lesson the two of you cannot share a device. Please ask your teacher.")


def _wrong(code: str) -> dict[str, str]:
    """Return what a form says beside its field: the sentence, and the stable code for whoever is asked for help."""
    return {"error": WRONG[code](), "code": code}


def _not_a_code() -> str:
    return _("A code has nine letters and digits, like KMT-4RX-9PA. Please look at the card and type it again.")


def _unknown_code() -> str:
    return _(
        "This code opens no door here. Please compare it with the card; if it is the same, ask the teacher for a new one."
    )


def _wrong_password() -> str:
    return _("This e-mail and password do not go together.")


WRONG: Final[Mapping[str, Callable[[], str]]] = {
    "not_a_code": _not_a_code,
    "not_beside": _not_beside,
    "unknown_code": _unknown_code,
    "wrong_password": _wrong_password,
}
"""What can be wrong at a door, by its code in docs/refusals.md; said in the reader's language when it is asked for."""


def _known_language(request: web.Request, language: str) -> str:
    if language not in request.app[CATALOGUES].languages:
        raise Problem(422, "unknown_language", _("This language is not there yet."))
    return language


def _demo(request: web.Request) -> DemoDoor | None:
    return request.app.get(DEMO) if request.app[PARTS].settings.demo else None


def _demo_or_404(request: web.Request) -> DemoDoor:
    demo = _demo(request)
    if demo is None:
        raise web.HTTPNotFound
    return demo


def _field(form: Mapping[str, object], name: str) -> str:
    value = form.get(name, "")
    return value.strip()[:LONGEST_FIELD] if isinstance(value, str) else ""
