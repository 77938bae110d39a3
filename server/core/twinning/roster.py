"""A class list from a spreadsheet: read whole or refused whole, each mistake with its line."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from server.core.languages import Wording
from server.core.live.protocol import Band
from server.core.people.models import Consent
from server.core.twinning.sheets import EDGES, BrokenQuotes, decoded, rows

MAX_BYTES: Final = 256 * 1024
MAX_STUDENTS: Final = 500
MAX_NAME: Final = 80
MAX_LANGUAGES: Final = 8

Column = Literal["name_en", "name_he", "speaks", "reads", "band", "class_name", "takes_part", "media", "keep_words"]
ProblemCode = Literal[
    "file_too_large",
    "unreadable_encoding",
    "broken_quotes",
    "empty_file",
    "no_students",
    "too_many_students",
    "missing_column",
    "unknown_column",
    "column_twice",
    "too_many_cells",
    "example_left_in",
    "missing_name",
    "missing_value",
    "too_long",
    "hidden_characters",
    "wrong_alphabet",
    "unknown_language",
    "unknown_band",
    "age_out_of_range",
    "unknown_answer",
    "duplicate_name",
]


class RosterLine(BaseModel):
    """One student of a class list. `names` by alphabet; `speaks` and `reads` in order of ease; blank consent is unset."""

    model_config = ConfigDict(frozen=True)

    line: int
    names: Wording
    speaks: tuple[str, ...]
    reads: tuple[str, ...]
    band: Band
    class_name: str = ""
    consent: Consent = Consent()


class Roster(BaseModel):
    """A class list without a single mistake."""

    model_config = ConfigDict(frozen=True)

    lines: tuple[RosterLine, ...]


class LineProblem(BaseModel):
    """One thing to mend. `line` counts the file's lines from 1 and is 0 for the whole file.

    `value` is what stood there, shortened and made visible; `first_line` is the earlier of two alike.
    """

    model_config = ConfigDict(frozen=True)

    code: ProblemCode
    line: int = 0
    column: str = ""
    value: str = ""
    first_line: int | None = None

    @property
    def params(self) -> dict[str, str]:
        """What fills the sentence shown for `code`."""
        first = {} if self.first_line is None else {"first_line": str(self.first_line)}
        return {"line": str(self.line), "column": self.column, "value": self.value, **first}


_HEADERS: Final[Mapping[str, Column]] = {
    "name_en": "name_en",
    "english_name": "name_en",
    "name_in_english": "name_en",
    "שם_באנגלית": "name_en",
    "שם_אנגלית": "name_en",
    "name_he": "name_he",
    "hebrew_name": "name_he",
    "name_in_hebrew": "name_he",
    "שם_בעברית": "name_he",
    "שם_עברית": "name_he",
    "שם": "name_he",
    "speaks": "speaks",
    "דיבור": "speaks",
    "שפות_דיבור": "speaks",
    "reads": "reads",
    "קריאה": "reads",
    "שפות_קריאה": "reads",
    "band": "band",
    "age_band": "band",
    "age": "band",
    "גיל": "band",
    "קבוצת_גיל": "band",
    "class_name": "class_name",
    "class": "class_name",
    "כיתה": "class_name",
    "takes_part": "takes_part",
    "השתתפות": "takes_part",
    "media": "media",
    "מדיה": "media",
    "וידאו_וקול": "media",
    "keep_words": "keep_words",
    "שמירת_כתיבה": "keep_words",
    "שמירת_מילים": "keep_words",
}
_REQUIRED: Final[tuple[Column, ...]] = ("speaks", "reads", "band")
_ANSWERS: Final[Mapping[Column, Mapping[str, str]]] = {
    "takes_part": {
        "across": "across",
        "עם_בית_הספר_השותף": "across",
        "own_class": "own_class",
        "בתוך_הכיתה": "own_class",
        "paper": "paper",
        "על_נייר": "paper",
        "נייר": "paper",
    },
    "media": {
        "video": "video",
        "וידאו": "video",
        "audio": "audio",
        "קול": "audio",
        "none": "none",
        "ללא": "none",
    },
    "keep_words": {
        "year": "year",
        "שנה": "year",
        "session": "session",
        "מפגש": "session",
    },
}
_LANGUAGE_NAMES: Final[Mapping[str, str]] = {
    "iw": "he",
    "hebrew": "he",
    "עברית": "he",
    "english": "en",
    "אנגלית": "en",
    "arabic": "ar",
    "ערבית": "ar",
    "french": "fr",
    "צרפתית": "fr",
    "spanish": "es",
    "ספרדית": "es",
    "russian": "ru",
    "רוסית": "ru",
    "portuguese": "pt",
    "פורטוגזית": "pt",
    "amharic": "am",
    "אמהרית": "am",
    "ukrainian": "uk",
    "אוקראינית": "uk",
    "yiddish": "yi",
    "יידיש": "yi",
}
# ISO 639-1 (two letters), and Ladino and Tigre, which it lacks. A closed list, so that a slip of the hand is found.
_LANGUAGE_CODES: Final = frozenset(
    (
        "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
        "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka "
        "kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng "
        "nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su "
        "sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu lad tig"
    ).split()
)
_LEVELS: Final[Mapping[str, int]] = {"fluent": 0, "שוטף": 0, "good": 1, "טוב": 1, "some": 2, "מעט": 2}
_NO_LEVEL: Final = 1
_BANDS: Final[Mapping[str, Band]] = {"a": "A", "b": "B", "c": "C", "א": "A", "ב": "B", "ג": "C"}
_YOUNGEST, _OLDEST = 8, 18

_EXAMPLE_EN, _EXAMPLE_HE = "Example Name", "שם לדוגמה"
_TEMPLATES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "en": (
        ("name_en", "name_he", "speaks", "reads", "band", "class_name", "takes_part", "media", "keep_words"),
        (_EXAMPLE_EN, _EXAMPLE_HE, "en:fluent he:some", "en", "B", "6A", "across", "video", "year"),
    ),
    "he": (
        (
            "שם בעברית",
            "שם באנגלית",
            "שפות דיבור",
            "שפות קריאה",
            "קבוצת גיל",
            "כיתה",
            "השתתפות",
            "מדיה",
            "שמירת כתיבה",
        ),
        (
            _EXAMPLE_HE,
            _EXAMPLE_EN,
            "עברית:שוטף אנגלית:מעט",
            "עברית",
            "B",
            "ו1",
            "עם בית הספר השותף",
            "וידאו",
            "שנה",
        ),
    ),
}

_HEBREW: Final = re.compile("[\u05d0-\u05ea]")
_SEPARATED: Final = re.compile(r"[\s,;/+|]+")
# Persian and Indic names need the joiners; a direction mark only helps its own cell.
_ALLOWED_FORMAT_CHARACTERS: Final = frozenset("\u200c\u200d\u200e\u200f")
_SHOWN: Final = 60

_T = TypeVar("_T")


def read_roster(csv_bytes: bytes) -> Roster | list[LineProblem]:
    """Read a class list, or return everything that is to be mended in it. Never raises, never reads half.

    UTF-8 (with or without its mark), UTF-16 with its mark, and Windows-1255; commas, semicolons or tabs.
    """
    if len(csv_bytes) > MAX_BYTES:
        return [LineProblem(code="file_too_large", value=str(len(csv_bytes)))]
    text = decoded(csv_bytes)
    if text is None:
        return [LineProblem(code="unreadable_encoding")]
    try:
        found = rows(text, lambda cell: _plain(cell) in _HEADERS)
    except BrokenQuotes as broken:
        return [LineProblem(code="broken_quotes", line=broken.line)]
    if not found:
        return [LineProblem(code="empty_file")]
    (header_line, header), *rest = found
    columns, problems = _columns(header_line, header)
    if problems:
        return problems
    if not rest:
        return [LineProblem(code="no_students")]
    if len(rest) > MAX_STUDENTS:
        return [LineProblem(code="too_many_students", value=str(len(rest)))]
    return _students(columns, rest)


def roster_template_csv(language: str) -> str:
    """Return a class list with headings and one example, to be encoded as UTF-8.

    It begins with a byte order mark, without which Excel shows Hebrew as noise. The example is refused when left in.
    """
    written = io.StringIO(newline="")
    csv.writer(written).writerows(_TEMPLATES.get(language, _TEMPLATES["en"]))
    return "\ufeff" + written.getvalue()


def _columns(line: int, header: list[str]) -> tuple[dict[Column, int], list[LineProblem]]:
    columns: dict[Column, int] = {}
    problems: list[LineProblem] = []
    for index, cell in enumerate(header):
        column = _HEADERS.get(_plain(cell))
        if column is None:
            # A mistyped consent column must not be passed over in silence.
            if cell:
                problems.append(_problem("unknown_column", line, "", cell))
        elif column in columns:
            problems.append(_problem("column_twice", line, column, cell))
        else:
            columns[column] = index
    problems += [_problem("missing_column", line, column, "") for column in _REQUIRED if column not in columns]
    if "name_en" not in columns and "name_he" not in columns:
        problems.append(_problem("missing_column", line, "name_en", ""))
    return columns, problems


def _students(columns: Mapping[Column, int], rows: list[tuple[int, list[str]]]) -> Roster | list[LineProblem]:
    read: list[RosterLine] = []
    problems: list[LineProblem] = []
    for line, cells in rows:
        row = _Row(line, columns, cells)
        student = row.student()
        problems += row.problems
        if student is not None:
            read.append(student)
    problems += _duplicates(read)
    if problems:
        return sorted(problems, key=lambda problem: problem.line)
    return Roster(lines=tuple(read))


class _NotUnderstood(Exception):
    """A cell says something that its column has no meaning for."""

    def __init__(self, code: ProblemCode, value: str) -> None:
        super().__init__(code)
        self.code: ProblemCode = code
        self.value = value


class _Row:
    """One row being read: collects every problem instead of stopping at the first."""

    def __init__(self, line: int, columns: Mapping[Column, int], cells: list[str]) -> None:
        self.line = line
        self.problems: list[LineProblem] = []
        self._columns = columns
        self._cells = cells

    def student(self) -> RosterLine | None:
        """The student of this row, or None when there are problems."""
        if any(cell for index, cell in enumerate(self._cells) if index not in self._columns.values()):
            self._wrong("too_many_cells", "", "")
        names = self._names()
        speaks = self._read("speaks", _languages) or ()
        reads = self._read("reads", _languages) or ()
        band = self._read("band", _band)
        class_name = self._cell("class_name")
        answers = {column: self._read(column, _answer_of(words)) for column, words in _ANSWERS.items()}
        if self.problems or band is None:
            return None
        return RosterLine(
            line=self.line,
            names=names,
            speaks=speaks,
            reads=reads,
            band=band,
            class_name=class_name,
            consent=Consent.model_validate(answers),
        )

    def _names(self) -> dict[str, str]:
        names = {"en": self._cell("name_en"), "he": self._cell("name_he")}
        if _EXAMPLE_EN == names["en"] or _EXAMPLE_HE == names["he"]:
            self._wrong("example_left_in", "name_en", names["en"])
        if _HEBREW.search(names["en"]):
            self._wrong("wrong_alphabet", "name_en", names["en"])
        if names["he"] and not _HEBREW.search(names["he"]):
            self._wrong("wrong_alphabet", "name_he", names["he"])
        if not any(names.values()):
            self._wrong("missing_name", "name_en" if "name_en" in self._columns else "name_he", "")
        return {alphabet: name for alphabet, name in names.items() if name}

    def _cell(self, column: Column) -> str:
        index = self._columns.get(column)
        cell = self._cells[index] if index is not None and index < len(self._cells) else ""
        if any(_is_hidden(character) for character in cell):
            self._wrong("hidden_characters", column, cell)
        elif len(cell) > MAX_NAME:
            self._wrong("too_long", column, cell)
        return cell

    def _read(self, column: Column, parse: Callable[[str], _T]) -> _T | None:
        """The parsed cell, or None when it is blank, hidden or cannot be understood."""
        earlier = len(self.problems)
        cell = self._cell(column)
        if len(self.problems) > earlier:
            return None
        if not cell:
            if column in _REQUIRED:
                self._wrong("missing_value", column, "")
            return None
        try:
            return parse(cell)
        except _NotUnderstood as error:
            self._wrong(error.code, column, error.value)
            return None

    def _wrong(self, code: ProblemCode, column: str, value: str) -> None:
        self.problems.append(_problem(code, self.line, column, value))


def _languages(cell: str) -> tuple[str, ...]:
    """Language codes in order of ease: as written, but those marked fluent first and those marked "some" last."""
    levels: dict[str, int] = {}
    for part in filter(None, _SEPARATED.split(re.sub(r"\s*:\s*", ":", cell.casefold()))):
        name, _, level = part.partition(":")
        code = _LANGUAGE_NAMES.get(name, name)
        if code not in _LANGUAGE_CODES or (level and level not in _LEVELS):
            raise _NotUnderstood("unknown_language", part)
        levels.setdefault(code, _LEVELS.get(level, _NO_LEVEL))
    if not levels:
        raise _NotUnderstood("unknown_language", cell)
    if len(levels) > MAX_LANGUAGES:
        raise _NotUnderstood("too_long", cell)
    return tuple(sorted(levels, key=levels.__getitem__))


def _band(cell: str) -> Band:
    """A, B or C, or the band of an age in years: A 8 to 10, B 11 to 13, C 14 and older."""
    if band := _BANDS.get(cell.casefold()):
        return band
    if not re.fullmatch(r"[0-9]{1,3}", cell):
        raise _NotUnderstood("unknown_band", cell)
    age = int(cell)
    if not _YOUNGEST <= age <= _OLDEST:
        raise _NotUnderstood("age_out_of_range", cell)
    return "A" if age <= 10 else "B" if age <= 13 else "C"


def _answer_of(words: Mapping[str, str]) -> Callable[[str], str]:
    def answer(cell: str) -> str:
        if (meant := words.get(_plain(cell))) is None:
            raise _NotUnderstood("unknown_answer", cell)
        return meant

    return answer


def _duplicates(read: list[RosterLine]) -> list[LineProblem]:
    """Two lines of a class that no reader could tell apart: alike in each alphabet that both have."""
    problems: list[LineProblem] = []
    seen: dict[tuple[str, str, str], list[RosterLine]] = {}
    for student in read:
        for alphabet, name in student.names.items():
            alike = seen.setdefault((student.class_name.casefold(), alphabet, _plain(name)), [])
            twin = next((earlier for earlier in alike if _could_be_one(earlier, student)), None)
            alike.append(student)
            if twin and (not problems or problems[-1].line != student.line):
                problem = _problem("duplicate_name", student.line, f"name_{alphabet}", name)
                problems.append(problem.model_copy(update={"first_line": twin.line}))
    return problems


def _could_be_one(one: RosterLine, other: RosterLine) -> bool:
    shared = one.names.keys() & other.names.keys()
    return all(_plain(one.names[alphabet]) == _plain(other.names[alphabet]) for alphabet in shared)


def _plain(words: str) -> str:
    """Words for comparing: case, surrounding space, and what joins them do not count."""
    return re.sub(r"[\s_-]+", "_", words.strip(EDGES).casefold())


def _is_hidden(character: str) -> bool:
    """Whether the character shows nothing, but may change how its neighbours are read."""
    category = unicodedata.category(character)
    return category in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in _ALLOWED_FORMAT_CHARACTERS


def _problem(code: ProblemCode, line: int, column: str, value: str) -> LineProblem:
    visible = "".join("\ufffd" if _is_hidden(character) else character for character in value)
    shown = visible if len(visible) <= _SHOWN else visible[: _SHOWN - 1] + "…"
    return LineProblem(code=code, line=line, column=column, value=shown)
