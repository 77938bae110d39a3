"""Who is asking: cookies of staff and of students, and passwords."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import quote

from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.core.people.models import Staff, Student
from server.edges.parts import PARTS
from server.edges.problems import Problem

STAFF_COOKIE = "havruta_staff"
STUDENT_COOKIE = "havruta_seat"
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200

_hasher = PasswordHasher()
# Nobody's password, hashed with the same parameters: an unknown e-mail takes as long as a known one.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5cyBzYWx0ISE$bm9ib2R5cyBoYXNoLCAzMiBieXRlcyBsb25nLCBvayE"
# A hash takes 64 MiB: a crowd at the door waits for two threads instead of taking the machine's memory.
_hashing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")

_STAFF: Final[web.RequestKey[Staff | None]] = web.RequestKey("staff", object)  # type: ignore[arg-type]  # Staff or None
_STUDENT: Final[web.RequestKey[Student | None]] = web.RequestKey("student", object)  # type: ignore[arg-type]  # the same
_STUDENT_PATH = re.compile(r"^/s/([A-Za-z0-9_-]{1,40})/")


# -- passwords --------------------------------------------------------------------------------------------------------


async def hash_password(password: str) -> str:
    """Return an argon2id hash, made off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_hashing, _hasher.hash, password)


async def password_fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one hashed; None or "" (nobody, or not chosen yet) takes as long and never fits."""
    known = password_hash or _NOBODY
    return await asyncio.get_running_loop().run_in_executor(_hashing, _fits, password[:LONGEST_PASSWORD], known)


def _fits(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


# -- staff ------------------------------------------------------------------------------------------------------------


def staff_cookie(request: web.Request) -> str:
    """Return the name of the staff cookie: bound to this host and to https wherever there is https."""
    return f"__Host-{STAFF_COOKIE}" if request.app[PARTS].settings.https else STAFF_COOKIE


async def signed_in_staff(request: web.Request) -> Staff | None:
    """Return the adult signed in in this browser, or None. Asked once a request."""
    if _STAFF not in request:
        parts = request.app[PARTS]
        who = await _subject(request, request.cookies.get(staff_cookie(request)), "staff")
        request[_STAFF] = await parts.people.staff(who) if who else None
    return request[_STAFF]


async def staff_of(request: web.Request) -> Staff:
    """Return the adult signed in, or send the browser to the sign-in page and back here afterwards."""
    staff = await signed_in_staff(request)
    if staff is not None:
        return staff
    if request.path.startswith("/api/"):
        raise Problem(401, "not_signed_in", "Sign in first.")
    # Only a page can be come back to: a form that was sent is lost with the sign-in anyway.
    back = request.path_qs if request.method == "GET" else "/home"
    raise web.HTTPSeeOther(f"/signin?next={quote(back, safe='/')}")


async def sign_in_staff(request: web.Request, response: web.StreamResponse, staff: Staff) -> None:
    """Start a sign-in under a new token; whatever the browser held before ends."""
    parts = request.app[PARTS]
    if old := request.cookies.get(staff_cookie(request)):
        await parts.sign_ins.end(old)
    token = await parts.sign_ins.start("staff", staff.id, parts.clock.now())
    secure = parts.settings.https
    response.set_cookie(staff_cookie(request), token, path="/", httponly=True, samesite="Lax", secure=secure)


async def sign_out_staff(request: web.Request, response: web.StreamResponse) -> None:
    """End this browser's sign-in."""
    if token := request.cookies.get(staff_cookie(request)):
        await request.app[PARTS].sign_ins.end(token)
    response.del_cookie(
        staff_cookie(request), path="/", httponly=True, samesite="Lax", secure=request.app[PARTS].settings.https
    )


# -- students ---------------------------------------------------------------------------------------------------------


def student_cookie(request: web.Request) -> str:
    """Return the name of the student cookie.

    Not `__Host-`: that prefix demands Path=/, and this cookie is scoped to one student's path so that one browser can hold
    a teacher and several students (a shared laptop, a rehearsal). `__Secure-` is the strongest prefix that is left.
    """
    return f"__Secure-{STUDENT_COOKIE}" if request.app[PARTS].settings.https else STUDENT_COOKIE


def student_path(student_id: str) -> str:
    """Return the path under which everything of one student lives."""
    return f"/s/{student_id}/"


async def signed_in_student(request: web.Request) -> Student | None:
    """Return the student signed in at this path, or None. Asked once a request."""
    if _STUDENT not in request:
        here = _STUDENT_PATH.match(request.path)
        who = await _subject(request, request.cookies.get(student_cookie(request)), "student") if here else None
        # A cookie moved by hand to another student's path opens nothing.
        mine = who if here and who == here[1] else None
        request[_STUDENT] = await request.app[PARTS].people.student(mine) if mine else None
    return request[_STUDENT]


async def student_of(request: web.Request, student_id: str) -> Student:
    """Return the student at this path if this browser is signed in as them, or send it to where codes are typed."""
    student = await signed_in_student(request)
    if student is not None and student.id == student_id:
        return student
    raise web.HTTPSeeOther("/j")


async def sign_in_student(request: web.Request, response: web.StreamResponse, student: Student) -> None:
    """Start a sign-in that only this student's own path can show."""
    parts = request.app[PARTS]
    token = await parts.sign_ins.start("student", student.id, parts.clock.now())
    response.set_cookie(
        student_cookie(request),
        token,
        path=student_path(student.id),
        httponly=True,
        samesite="Lax",
        secure=parts.settings.https,
    )


async def student_beside(request: web.Request) -> Student | None:
    """Return the second learner for whom this device's sign-in speaks too, or None."""
    parts = request.app[PARTS]
    token = request.cookies.get(student_cookie(request))
    beside = await parts.sign_ins.beside(token) if token and await signed_in_student(request) else None
    return await parts.people.student(beside) if beside else None


async def share_device(request: web.Request, first: Student, second: Student | None) -> None:
    """Let this device speak for a second learner too, or (None) for the first only; open pages follow at once."""
    parts = request.app[PARTS]
    before = await student_beside(request)
    await parts.sign_ins.share(request.cookies.get(student_cookie(request), ""), second.id if second else None)
    for changed in {student.id for student in (first, second, before) if student}:
        await parts.live.shares_changed(changed)


async def sign_out_student(request: web.Request, response: web.StreamResponse, student: Student) -> None:
    """End this browser's sign-in of one student."""
    if token := request.cookies.get(student_cookie(request)):
        await request.app[PARTS].sign_ins.end(token)
    response.del_cookie(
        student_cookie(request),
        path=student_path(student.id),
        httponly=True,
        samesite="Lax",
        secure=request.app[PARTS].settings.https,
    )


# -- helpers ----------------------------------------------------------------------------------------------------------


def local_path(wanted: str | None, otherwise: str = "/home") -> str:
    """Return `wanted` if it is a path of this site, else `otherwise`: a link must not lead a signed-in person elsewhere."""
    if wanted and re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", wanted) and "\\" not in wanted:
        return wanted
    return otherwise


async def _subject(request: web.Request, token: str | None, kind: str) -> str | None:
    if not token:
        return None
    parts = request.app[PARTS]
    found = await parts.sign_ins.subject(token, parts.clock.now())
    return found[1] if found and found[0] == kind else None
