"""The plan as typed into its form: kept as it was typed, understood where it can be, with a code for what cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from multidict import MultiDictProxy

from server.core.live.protocol import Protocol
from server.core.people.models import LessonSession, Plan, PlannedPart, SessionSide, SideName
from server.core.texts import Text
from server.core.twinning.own_protocol import split_key
from server.core.twinning.plan import ADVISED_SEGMENTS
from server.core.twinning.shelf import RemovedPart

LONGEST_TITLE = 80
LONGEST_STATEMENT = 300
MOST_PARTS = 12
MOST_STATEMENTS = 4
SHORTEST_SLOT, LONGEST_SLOT = 10, 180
LONGEST_STEP = 60.0
RUNS = ("1", "2", "3", "4", "5", "6", "7", "8")

Form = MultiDictProxy[str]


@dataclass
class TypedPart:
    """One protocol of the form. `key` ties its fields together; `minutes` are as typed, by step id."""

    protocol: str
    short: bool = False
    minutes: dict[str, str] = field(default_factory=dict[str, str])
    statements: dict[str, str] = field(default_factory=dict[str, str])
    rotate: bool = False


@dataclass
class TypedPlan:
    """Everything of the plan's form, as strings; `errors` by field name."""

    title: dict[str, str]
    day: str
    at: str
    slot: str
    band: str
    pacing: str
    talk: bool
    arrivals: str
    text: str
    first: str
    last: str
    classes: dict[SideName, list[str]]
    places: dict[SideName, str]
    adult: str
    parts: list[TypedPart]
    errors: dict[str, str] = field(default_factory=dict[str, str])
    arc: str = ""

    def minutes_wrong(self, part: int) -> bool:
        """Whether minutes of one protocol could not be understood."""
        return any(name.startswith(f"minutes_{part}_") for name in self.errors)

    def rearrange(self, wish: str) -> bool:
        """Do what one of the small buttons says ("up:2", "down:0", "remove:1"); False for any other wish."""
        action, _, place = wish.partition(":")
        if action not in ("up", "down", "remove") or not place.isdecimal() or int(place) >= len(self.parts):
            return False
        at = int(place)
        part = self.parts.pop(at)
        if action != "remove":
            self.parts.insert(max(at - 1, 0) if action == "up" else at + 1, part)
        return True

    def take_newer(self, place: str, newer: Mapping[str, str]) -> None:
        """Let one protocol of the form be its newer version."""
        if place.isdecimal() and int(place) < len(self.parts):
            part = self.parts[int(place)]
            part.protocol = newer.get(part.protocol, part.protocol)

    def put_back(self, removed: RemovedPart) -> None:
        """Put what was taken out last where it stood."""
        if len(self.parts) < MOST_PARTS:
            self.parts.insert(min(removed.place, len(self.parts)), typed_part_of(removed.part))

    def add(self, protocol: str, known: dict[str, Protocol]) -> None:
        """Put a protocol at the end, in its short form where a lesson of several will need it."""
        if protocol not in known:
            self.errors["add"] = "choose_protocol"
        elif len(self.parts) >= MOST_PARTS:
            self.errors["add"] = "too_many_parts"
        else:
            self.parts.append(TypedPart(protocol, short=_has_short_form(known[protocol])))


def typed_from(session: LessonSession, side: SideName, zone: str) -> TypedPlan:
    """Return the form for a lesson as it is stored, its hour on the reader's own clock."""
    local = session.starts_at.astimezone(ZoneInfo(zone))
    plan = session.plan
    return TypedPlan(
        title=dict(session.title),
        day=local.date().isoformat(),
        at=local.strftime("%H:%M"),
        slot=str(session.slot_minutes),
        band=plan.band,
        pacing=plan.pacing,
        talk=plan.talk_shown,
        arrivals=plan.arrivals,
        text=plan.text or "",
        first=plan.first or "",
        last=plan.last or "",
        classes={s.side: list(s.classes) for s in session.sides},
        places={s.side: s.place for s in session.sides},
        adult=session.side(side).adult or "",
        parts=[typed_part_of(part) for part in plan.parts],
        arc=str(plan.arc_lessons),
    )


def typed_part_of(part: PlannedPart) -> TypedPart:
    """Return one protocol of a plan as its fields show it."""
    return TypedPart(
        part.protocol,
        part.short,
        {step: f"{minutes:g}" for step, minutes in part.minutes.items()},
        {
            language: "\n".join(statement.get(language, "") for statement in part.statements)
            for language in ("en", "he")
        },
        part.partners == "rotate",
    )


def typed_in(form: Form) -> TypedPlan:
    """Return the form as it was sent."""
    return TypedPlan(
        title={lang: _one(form, f"title_{lang}").strip() for lang in ("en", "he")},
        day=_one(form, "day"),
        at=_one(form, "at"),
        slot=_one(form, "slot"),
        band=_one(form, "band"),
        pacing=_one(form, "pacing"),
        talk=_one(form, "talk") == "on",
        arrivals=_one(form, "arrivals"),
        text=_one(form, "text"),
        first=_one(form, "first"),
        last=_one(form, "last"),
        classes={side: _all(form, f"classes_{side}") for side in ("a", "b")},
        places={side: _one(form, f"place_{side}") for side in ("a", "b")},
        adult=_one(form, "adult"),
        parts=[_typed_part(form, key) for key in _all(form, "part")[: MOST_PARTS + 1]],
        arc=_one(form, "arc"),
    )


def read_hour(day: str, at: str, zone: str) -> datetime | Literal["day_needed", "time_needed", "no_such_hour"]:
    """Return the moment that a school's calendar and clock show, or what is wrong with it."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return "day_needed"
    try:
        hour = time.fromisoformat(at)
    except ValueError:
        return "time_needed"
    moment = datetime.combine(on, hour.replace(tzinfo=None), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    # In the night when clocks go forward an hour is missing.
    return moment if moment.astimezone(ZoneInfo(zone)).time() == hour else "no_such_hour"


def understood(
    typed: TypedPlan,
    session: LessonSession,
    zone: str,
    allowed: Mapping[SideName, Sequence[str]],
    protocols: dict[str, Protocol],
    texts: dict[str, Text],
) -> LessonSession | None:
    """Return the lesson with what was typed, or None after writing into `typed.errors`. `allowed` are classes by side."""
    errors = typed.errors
    title = {language: words for language, words in typed.title.items() if words}
    if not title:
        errors["title_en"] = "title_needed"
    for language, words in title.items():
        if len(words) > LONGEST_TITLE:
            errors[f"title_{language}"] = "too_long"
    starts_at = read_hour(typed.day, typed.at, zone)
    if isinstance(starts_at, str):
        errors["day" if starts_at == "day_needed" else "at"] = starts_at
    if not typed.slot.isdecimal() or not SHORTEST_SLOT <= int(typed.slot) <= LONGEST_SLOT:
        errors["slot"] = "slot_out_of_range"
    kept = {part.protocol for part in session.plan.parts}
    for part in typed.parts:
        # Another school's own protocol comes into a plan by its own teachers, not by its name.
        if part.protocol not in protocols and part.protocol not in kept and split_key(part.protocol):
            errors["add"] = "choose_protocol"
    parts = [_part(n, part, typed, protocols) for n, part in enumerate(typed.parts)]
    first, last = _span(typed, texts)
    if errors or isinstance(starts_at, str):
        return None
    plan = Plan(
        parts=tuple(parts[:MOST_PARTS]),
        text=typed.text if typed.text in texts else None,
        first=first,
        last=last,
        band=typed.band if typed.band in ("A", "B", "C") else session.plan.band,
        pacing=typed.pacing if typed.pacing in ("pairs", "class") else session.plan.pacing,
        talk_shown=typed.talk,
        arrivals=typed.arrivals if typed.arrivals in ("automatic", "suggest", "off") else session.plan.arrivals,
        arc_lessons=int(typed.arc) if typed.arc in RUNS else session.plan.arc_lessons,
    )
    one, other = (_side(typed, s, allowed[s.side]) for s in session.sides)
    return session.model_copy(
        update={
            "title": title,
            "starts_at": starts_at,
            "slot_minutes": int(typed.slot),
            "plan": plan,
            "sides": (one, other),
        }
    )


def _typed_part(form: Form, key: str) -> TypedPart:
    prefix = f"minutes_{key}_"
    return TypedPart(
        protocol=_one(form, f"protocol_{key}"),
        short=_one(form, f"form_{key}") == "short",
        rotate=_one(form, f"partners_{key}") == "rotate",
        minutes={
            name.removeprefix(prefix): typed.strip()
            for name, typed in form.items()
            if name.startswith(prefix) and typed.strip()
        },
        statements={lang: _one(form, f"statements_{key}_{lang}") for lang in ("en", "he")},
    )


def _part(number: int, typed: TypedPart, plan: TypedPlan, protocols: dict[str, Protocol]) -> PlannedPart:
    minutes: dict[str, float] = {}
    protocol = protocols.get(typed.protocol)
    known = {step.id for step in protocol.steps} if protocol else set[str]()
    for step, words in typed.minutes.items():
        try:
            value = float(words.replace(",", "."))
        except ValueError:
            value = -1.0
        if not 0 < value <= LONGEST_STEP:
            plan.errors[f"minutes_{number}_{step}"] = "minutes_out_of_range"
        elif step in known:
            minutes[step] = value
    return PlannedPart(
        protocol=typed.protocol,
        short=typed.short,
        minutes=minutes,
        statements=_statements(number, typed, plan) if takes_statements(protocol) else (),
        partners="rotate" if typed.rotate else "keep",
    )


def takes_statements(protocol: Protocol | None) -> bool:
    """Whether a protocol asks about statements that the teachers write."""
    return protocol is not None and any(i.each == "statement" for step in protocol.steps for i in step.inputs)


def _statements(number: int, typed: TypedPart, plan: TypedPlan) -> tuple[dict[str, str], ...]:
    lines = {
        language: [line.strip() for line in words.splitlines() if line.strip()]
        for language, words in typed.statements.items()
    }
    filled = {language: said for language, said in lines.items() if said}
    if len({len(said) for said in filled.values()}) > 1:
        plan.errors[f"statements_{number}"] = "statements_do_not_match"
        return ()
    many = max((len(said) for said in filled.values()), default=0)
    if many > MOST_STATEMENTS:
        plan.errors[f"statements_{number}"] = "too_many_statements"
    if any(len(line) > LONGEST_STATEMENT for said in filled.values() for line in said):
        plan.errors[f"statements_{number}"] = "too_long"
    return tuple({language: said[n] for language, said in filled.items()} for n in range(many))


def _span(typed: TypedPlan, texts: dict[str, Text]) -> tuple[str | None, str | None]:
    """Return the ends of the span; a newly chosen text begins with as many verses as a lesson holds."""
    text = texts.get(typed.text)
    if text is None:
        return None, None
    ids = [segment.id for segment in text.segments]
    first = typed.first if typed.first in ids else ids[0]
    beyond = min(ids.index(first) + ADVISED_SEGMENTS, len(ids)) - 1
    last = typed.last if typed.last in ids else ids[beyond]
    if ids.index(last) < ids.index(first):
        typed.errors["last"] = "span_backwards"
    return first, last


def _side(typed: TypedPlan, side: SessionSide, allowed: Sequence[str]) -> SessionSide:
    place = typed.places.get(side.side)
    return side.model_copy(
        update={
            "classes": tuple(c for c in dict.fromkeys(typed.classes[side.side]) if c in allowed),
            "place": place if place in ("school", "home") else side.place,
        }
    )


def _has_short_form(protocol: Protocol) -> bool:
    return any(step.short_minutes is not None or not step.core for step in protocol.steps)


def _one(form: Form, name: str) -> str:
    return str(form.get(name, ""))


def _all(form: Form, name: str) -> list[str]:
    return [str(value) for value in form.getall(name, [])]
