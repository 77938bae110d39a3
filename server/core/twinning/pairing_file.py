"""Rooms out of a spreadsheet or a pasted list: every problem with its line, and the rooms that are right beside them."""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from server.core.languages import Wording
from server.core.twinning.sheets import EDGES, BrokenQuotes, as_typed, decoded, inert, rows

MAX_BYTES: Final = 256 * 1024
MAX_LINES: Final = 2_000
LARGEST_ROOM: Final = 4
_SHOWN: Final = 60
_A_NUMBER: Final = re.compile(r"(?:room|group|חדר|קבוצה)?\s*[0-9]{1,4}\s*[.:]?", re.IGNORECASE)

ProblemCode = Literal[
    "file_too_large",
    "unreadable_encoding",
    "broken_quotes",
    "empty_file",
    "too_many_lines",
    "missing_column",
    "column_twice",
    "student_missing",
    "room_missing",
    "unknown_name",
    "several_of_that_name",
    "stays_in_class",
    "in_two_rooms",
    "room_too_large",
    "room_of_one_school",
    "alone_in_room",
]
ROOM_HEADINGS: Final = frozenset({"room", "rooms", "group", "חדר", "קבוצה"})
STUDENT_HEADINGS: Final = frozenset({"student", "students", "name", "child", "תלמיד", "תלמידה", "תלמידים", "שם", "ילד"})


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student whom a list may name. `crosses`: whether the family lets them learn across the schools."""

    id: str
    names: Wording
    side: str
    school: str = ""
    crosses: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `line` counts from 1 and is 0 for the whole; `room` as it was written; `first_line`: the other."""

    code: ProblemCode
    line: int = 0
    value: str = ""
    room: str = ""
    first_line: int = 0


@dataclass(frozen=True, slots=True)
class PairingFile:
    """What a list says: the rooms that are right, and everything that is not."""

    rooms: tuple[tuple[str, ...], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Named:
    line: int
    room: str
    written: str


def read_pairing(sent: bytes, pupils: Sequence[Pupil]) -> PairingFile:
    """Read rooms: a column of rooms and one of students, or a room a line. Never raises, and applies nothing.

    A student is named in either alphabet, or by the id of the template. What is wrong with a student takes out that
    student, what is wrong with a room that room.
    """
    if len(sent) > MAX_BYTES:
        return PairingFile(problems=(Problem("file_too_large"),))
    text = decoded(sent)
    if text is None or "\x00" in text:
        return PairingFile(problems=(Problem("unreadable_encoding"),))
    try:
        found = rows(text, lambda cell: _plain(cell) in ROOM_HEADINGS | STUDENT_HEADINGS)
    except BrokenQuotes as broken:
        return PairingFile(problems=(Problem("broken_quotes", broken.line),))
    if not found:
        return PairingFile(problems=(Problem("empty_file"),))
    if len(found) > MAX_LINES:
        return PairingFile(problems=(Problem("too_many_lines", value=str(len(found))),))
    problems: list[Problem] = []
    named = _named(found, problems)
    if not named and not problems:
        return PairingFile(problems=(Problem("empty_file"),))
    seats = _seats(named, pupils, problems)
    kept = _sound_rooms(seats, {pupil.id: pupil for pupil in pupils}, problems)
    return PairingFile(tuple(kept), tuple(sorted(problems, key=lambda problem: problem.line)))


def pairing_template(pupils: Iterable[Pupil], language: str, rooms: Mapping[str, int]) -> str:
    """Return a list of those who may sit in rooms, with the rooms that there are now, to be encoded as UTF-8.

    It begins with a byte order mark, without which Excel shows Hebrew as noise; no name in it is a formula.
    """
    headings = ("חדר", "תלמיד", "שם בעברית", "שם באנגלית", "בית ספר")
    if language != "he":
        headings = ("room", "student", "name_en", "name_he", "school")
    order = ("he", "en") if language == "he" else ("en", "he")
    written = io.StringIO(newline="")
    sheet = csv.writer(written)
    sheet.writerow(headings)
    crossing = [pupil for pupil in pupils if pupil.crosses]
    for pupil in sorted(crossing, key=lambda p: (rooms.get(p.id, MAX_LINES), p.side, sorted(p.names.items()), p.id)):
        names = [pupil.names.get(alphabet, "") for alphabet in order]
        cells = [str(rooms.get(pupil.id, "")), pupil.id, *names, pupil.school]
        sheet.writerow([inert(cell) for cell in cells])
    return "\ufeff" + written.getvalue()


def _named(found: list[tuple[int, list[str]]], problems: list[Problem]) -> list[_Named]:
    line, header = found[0]
    plain = [_plain(cell) for cell in header]
    rooms = [n for n, cell in enumerate(plain) if cell in ROOM_HEADINGS]
    students = [n for n, cell in enumerate(plain) if cell in STUDENT_HEADINGS]
    if not rooms and not students:
        return _a_room_a_line(found)
    if not rooms or not students:
        problems.append(Problem("missing_column", line, value="room" if students else "student"))
        return []
    if len(rooms) > 1 or len(students) > 1:
        problems.append(Problem("column_twice", line, value=_shown(header[(rooms if len(rooms) > 1 else students)[1]])))
        return []
    return _by_columns(found[1:], rooms[0], students[0], problems)


def _a_room_a_line(found: list[tuple[int, list[str]]]) -> list[_Named]:
    """One room a line; names stand in cells of their own, or with a plus between them as the board shows them."""
    return [
        _Named(line, str(line), name)
        for line, cells in found
        for place, cell in enumerate(cells)
        if place or not _A_NUMBER.fullmatch(cell)
        for name in (part.strip(EDGES + "●◆") for part in as_typed(cell).split(" + "))
        if name
    ]


def _by_columns(found: list[tuple[int, list[str]]], room: int, student: int, problems: list[Problem]) -> list[_Named]:
    named: list[_Named] = []
    for line, cells in found:
        where = as_typed(cells[room]) if room < len(cells) else ""
        who = as_typed(cells[student]) if student < len(cells) else ""
        if where and who:
            named.append(_Named(line, where, who))
        elif where:
            problems.append(Problem("student_missing", line, room=_shown(where)))
        # A student without a room has none: so does the template come back for those who are left out.
    if not named and not problems and found:
        problems.append(Problem("room_missing"))
    return named


def _seats(named: list[_Named], pupils: Sequence[Pupil], problems: list[Problem]) -> dict[str, list[tuple[str, int]]]:
    """Return who is named for each room, with the line; those in two rooms are in neither."""
    by_name: defaultdict[str, set[str]] = defaultdict(set)
    known = {pupil.id: pupil for pupil in pupils}
    for pupil in pupils:
        for name in pupil.names.values():
            by_name[_plain(name)].add(pupil.id)
    seats: dict[str, list[tuple[str, int]]] = {}
    first: dict[str, _Named] = {}
    twice: set[str] = set()
    for one in named:
        meant = {one.written} if one.written in known else by_name.get(_plain(one.written), set[str]())
        value, room = _shown(one.written), _shown(one.room)
        if len(meant) != 1:
            code = "several_of_that_name" if meant else "unknown_name"
            problems.append(Problem(code, one.line, value, room))
            continue
        (student,) = meant
        if not known[student].crosses:
            problems.append(Problem("stays_in_class", one.line, value, room))
        elif student in first and _plain(first[student].room) == _plain(one.room):
            continue
        elif student in first:
            problems.append(Problem("in_two_rooms", one.line, value, room, first[student].line))
            twice.add(student)
        else:
            first[student] = one
            seats.setdefault(_plain(one.room), []).append((student, one.line))
    return {room: [seat for seat in seated if seat[0] not in twice] for room, seated in seats.items()}


def _sound_rooms(
    seats: Mapping[str, list[tuple[str, int]]], known: Mapping[str, Pupil], problems: list[Problem]
) -> list[tuple[str, ...]]:
    kept: list[tuple[str, ...]] = []
    for room, seated in seats.items():
        if not seated:
            continue
        members, line = tuple(student for student, _ in seated), seated[0][1]
        if len(members) > LARGEST_ROOM:
            problems.append(Problem("room_too_large", line, str(len(members)), _shown(room)))
        elif len(members) == 1:
            problems.append(Problem("alone_in_room", line, room=_shown(room)))
        elif len({known[member].side for member in members}) == 1:
            problems.append(Problem("room_of_one_school", line, room=_shown(room)))
        else:
            kept.append(members)
    return kept


def _plain(words: str) -> str:
    """Words for comparing: case, marks over and under letters, and what joins words do not count."""
    apart = unicodedata.normalize("NFKD", words.strip(EDGES).casefold())
    without_marks = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.sub(r"[\s_\-\u05be]+", "_", without_marks)


def _shown(value: str) -> str:
    """What stood there, shortened, with nothing unseen in it."""
    seen = "".join(letter if letter.isprintable() else "\ufffd" for letter in value)
    return seen if len(seen) <= _SHOWN else f"{seen[: _SHOWN - 1]}…"
