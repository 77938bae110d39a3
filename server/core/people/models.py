"""Schools, staff, classes, students, twinnings and planned lessons, as the rest of the product knows them."""

from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from server.core.languages import Wording
from server.core.live.lesson import Pacing
from server.core.live.proposals import DEFAULT_POLICY, ArrivalsPolicy
from server.core.live.protocol import Band
from server.core.live.scene import Media

LESSONS_OF_AN_ARC = 4

SideName = Literal["a", "b"]
TakesPart = Literal["across", "own_class", "paper"]
KeepWords = Literal["year", "session"]
Place = Literal["school", "home"]
Role = Literal["admin", "coordinator", "teacher", "safety_lead"]
SessionStatus = Literal["planned", "lobby", "running", "set_aside", "closed"]
MIN_CLASS_KBITS, MAX_CLASS_KBITS = 1, 10_000_000


class Record(BaseModel):
    """A row as the rules see it: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class School(Record):
    """One school. `days`: ISO weekdays of lessons (Monday 1 … Sunday 7); times are local to `zone`.

    `class_kbits`: how much of its connection one class may use for calls, both ways together; None is no limit.
    """

    id: str
    names: Wording
    place: Wording
    zone: str
    country: str
    region: str | None = None
    language: str
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    opens: time = time(8, 0)
    closes: time = time(15, 30)
    friday_closes: time | None = None
    diaspora: bool = True
    jewish_calendar: bool = True
    the_name: Literal["written", "heh"] = "written"
    emergency: Wording = {}
    direct_addresses_accepted: bool = False
    class_kbits: Annotated[int, Field(ge=MIN_CLASS_KBITS, le=MAX_CLASS_KBITS)] | None = None


class Staff(Record):
    """An adult of a school. Never carries the password hash."""

    id: str
    school: str
    email: str
    names: Wording
    roles: frozenset[Role]
    language: str = "en"


class Consent(Record):
    """What the family agreed to; None is unset, and unset does not start."""

    takes_part: TakesPart | None = None
    media: Media | None = None
    keep_words: KeepWords | None = None

    @property
    def complete(self) -> bool:
        """Whether everything has been answered."""
        return None not in (self.takes_part, self.media, self.keep_words)


class Student(Record):
    """A learner. `names` by alphabet ("en", "he"); `speaks` and `reads` in order of ease."""

    id: str
    school: str
    class_id: str
    names: Wording
    speaks: tuple[str, ...]
    reads: tuple[str, ...]
    band: Band
    consent: Consent = Consent()
    language: str = "en"


class ClassGroup(Record):
    """A class of one school."""

    id: str
    school: str
    name: Wording
    year: str = ""


class TwinningSide(Record):
    """One side of a twinning: one or more schools."""

    side: SideName
    schools: tuple[str, ...]


class Twinning(Record):
    """Two sides that learn together. `shares_work`: the other side may review shared work (never private words)."""

    id: str
    names: Wording
    sides: tuple[TwinningSide, TwinningSide]
    status: Literal["invited", "active", "ended"] = "active"
    shares_work: bool = True

    def side_of(self, school: str) -> SideName | None:
        """Return the side on which a school stands, or None."""
        return next((s.side for s in self.sides if school in s.schools), None)


class PlannedPart(Record):
    """One protocol of a plan, by id. `partners`: whether it begins with new ones."""

    protocol: str
    short: bool = False
    minutes: dict[str, float] = {}
    statements: tuple[Wording, ...] = ()
    partners: Literal["keep", "rotate"] = "keep"


class Plan(Record):
    """What both teachers edit and agree to. `first`/`last` are segment ids of the text.

    `talk_shown`: rooms see how they share the talking; teachers see it in any case. `arc_lessons`: for how many lessons, this
    one among them, the same havruta stays together.
    """

    parts: Annotated[tuple[PlannedPart, ...], Field(max_length=12)] = ()
    text: str | None = None
    first: str | None = None
    last: str | None = None
    band: Band = "B"
    pacing: Pacing = "pairs"
    talk_shown: bool = False
    arrivals: ArrivalsPolicy = DEFAULT_POLICY
    """How much is done by itself for late learners and those who have lost their partner."""
    arc_lessons: Annotated[int, Field(ge=1, le=8)] = LESSONS_OF_AN_ARC


class SessionSide(Record):
    """One side of a lesson: its classes, the adult in charge, where the class is, and what it agreed to."""

    side: SideName
    classes: tuple[str, ...]
    adult: str | None = None
    place: Place = "school"
    agreed_plan: str | None = None


class LessonSession(Record):
    """One lesson. Agreement is to a plan's hash, so that any change asks for it again."""

    id: str
    twinning: str
    title: Wording
    starts_at: datetime
    slot_minutes: int = Field(default=45, ge=10, le=180)
    plan: Plan
    sides: tuple[SessionSide, SessionSide]
    status: SessionStatus = "planned"
    arc: str | None = None

    def side(self, name: SideName) -> SessionSide:
        """Return one side."""
        return next(s for s in self.sides if s.side == name)


class Concern(Record):
    """A reported concern. Routed to `school`'s safety lead only; `about` decides who else may never see it.

    `apart`: the child asks to be apart from their partner now.
    """

    id: str
    at: datetime
    session: str | None
    room: str | None
    school: str
    student: str
    kind: Literal["report", "word_list", "contact"]
    about: Literal["partner", "adult", "me"] | None = None
    words: str = ""
    accused: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    closed_at: datetime | None = None
    closing_note: str = ""
    apart: bool = False


class ConcernNotice(Record):
    """What another school's safety lead is told of a concern: that it touches a child of theirs, when and where; no more."""

    concern: str
    school: str
    student: str
    from_school: str
    session: str | None
    room: str | None
    at: datetime
    told_by: str
    told_at: datetime


class AuditEntry(Record):
    """One line of the append-only log: ids, never a child's words."""

    at: datetime
    who: str
    what: str
    school: str | None = None
    session: str | None = None
    room: str | None = None
    about: str | None = None
    seconds: int | None = None


class WorkRecord(Record):
    """One kept piece of writing, as review reads it."""

    id: str
    session: str
    room: str
    step: str
    protocol: str
    protocol_version: int
    text_hash: str | None
    input: str
    student: str
    at: datetime
    visibility: Literal["private", "after_reveal", "live", "teacher"]
    entries: tuple[dict[str, object], ...]
    held: str = ""
    late: bool = False
