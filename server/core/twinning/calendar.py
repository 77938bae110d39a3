"""Two schools' days side by side: local clocks, and what a teacher should know before choosing an hour."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple, Protocol, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

MONDAY, FRIDAY, SATURDAY, SUNDAY = 1, 5, 6, 7
SCHOOL_WEEK = frozenset({1, 2, 3, 4, 5})
ISRAELI_SCHOOL_WEEK = frozenset({SUNDAY, 1, 2, 3, 4, FRIDAY})

# Sunset is never guessed: families need the hours before it, and its minute depends on place and custom.
EVE_BEGINS = time(14, 0)
SHABBAT_SURELY_OVER = time(21, 0)

HOME_AFTERNOON_BEGINS = time(15, 0)
HOME_FREE_DAY_BEGINS = time(9, 0)
HOME_DAY_ENDS = time(20, 30)

# Israel and America are an unusual distance apart for about four weeks a year, Sydney and New York for eight.
UNUSUAL_UP_TO_WEEKS = 10

HolidayKind = Literal["rest", "festival", "remembrance", "fast", "public"]
Place = Literal["school", "home"]
WarningCode = Literal[
    "out_of_hours",
    "at_home_hours",
    "not_a_school_day",
    "friday_afternoon",
    "shabbat",
    "jewish_holiday",
    "fast_day",
    "eve_of_holiday",
    "public_holiday",
    "clock_change_week",
]


class HolidayName(BaseModel):
    """A holiday in both languages. `rest` days are those on which no screen is used in observant homes."""

    model_config = ConfigDict(frozen=True)

    en: str
    he: str
    kind: HolidayKind


class Holidays(Protocol):
    """What the calendar needs to know about a date."""

    def jewish(self, day: date, diaspora: bool) -> HolidayName | None:
        """The Jewish or Israeli national day on `day`, as kept in Israel or in the diaspora."""
        ...

    def public(self, day: date, country: str, region: str | None) -> HolidayName | None:
        """The public holiday of a country (and its region) on `day`; None too for a country that is not known."""
        ...


class SchoolDay(BaseModel):
    """When a school teaches, in its own zone, and which calendars it keeps. `days` are ISO weekdays."""

    model_config = ConfigDict(frozen=True)

    zone: str
    country: str
    region: str | None = None
    opens: time
    closes: time
    days: frozenset[int] = Field(default=SCHOOL_WEEK, min_length=1)
    friday_closes: time | None = None
    diaspora: bool = True
    jewish_calendar: bool = True

    @field_validator("zone")
    @classmethod
    def _zone_is_known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (OSError, ValueError, LookupError) as error:
            raise ValueError("not a known time zone") from error
        return zone

    @model_validator(mode="after")
    def _day_makes_sense(self) -> Self:
        if not self.days <= set(range(MONDAY, SUNDAY + 1)):
            raise ValueError("days are ISO weekdays, 1 to 7")
        if self.opens >= self.closes or (self.friday_closes is not None and self.opens >= self.friday_closes):
            raise ValueError("a school opens before it closes")
        return self

    def closes_on(self, day: date) -> time:
        """The end of lessons on `day`, earlier where Friday is short."""
        return self.friday_closes if self.friday_closes and day.isoweekday() == FRIDAY else self.closes


class SideDay(BaseModel):
    """One class's day: `side` is the caller's name for it, returned in each warning."""

    model_config = ConfigDict(frozen=True)

    side: str
    school: SchoolDay
    place: Place = "school"


class Warning(BaseModel):
    """Something to know before keeping this hour. `code` is stable; `params` fill the sentence shown for it.

    Dates in `params` are ISO, times are HH:MM on 24 hours, spans are whole minutes: the reader's language formats them.
    """

    model_config = ConfigDict(frozen=True)

    code: WarningCode
    side: str
    params: dict[str, str]


class _Span(NamedTuple):
    """The part of a lesson that falls on one local date."""

    day: date
    begins: time
    ends: time  # time.max when the lesson goes on past midnight


def warnings_for(start_utc: datetime, minutes: int, sides: Sequence[SideDay], holidays: Holidays) -> list[Warning]:
    """Return what speaks against a lesson of `minutes` at `start_utc`, side by side in the order given.

    Raises ValueError when the start has no zone or the lesson has no length.
    """
    if start_utc.tzinfo is None:
        raise ValueError("start_utc needs a zone")
    if minutes <= 0:
        raise ValueError("a lesson lasts at least a minute")
    found: list[Warning] = []
    for side in sides:
        for span in _spans(start_utc, minutes, ZoneInfo(side.school.zone)):
            found += _hours(side, span)
            found += _days(side, span, holidays)
        found += _clock_changes(side, start_utc, sides)
    return list(_once_each(found))


def both_clocks(start_utc: datetime, zones: Iterable[str]) -> dict[str, datetime]:
    """Return the local time of `start_utc` in each zone, in the order given."""
    if start_utc.tzinfo is None:
        raise ValueError("start_utc needs a zone")
    return {zone: start_utc.astimezone(ZoneInfo(zone)) for zone in zones}


def _spans(start: datetime, minutes: int, zone: ZoneInfo) -> Iterator[_Span]:
    # Added in UTC, because an hour may be missing or doubled on the local clock.
    first = start.astimezone(zone)
    last = (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone)
    day = first.date()
    while day <= last.date():
        begins = first.time() if day == first.date() else time.min
        ends = last.time() if day == last.date() else time.max
        if ends > time.min:  # a lesson that ends at midnight does not touch the next day
            yield _Span(day, begins, ends)
        day += timedelta(days=1)


def _hours(side: SideDay, span: _Span) -> Iterator[Warning]:
    school_day = span.day.isoweekday() in side.school.days
    if side.place == "home":
        if not any(
            opens <= span.begins and span.ends <= closes for opens, closes in _home_hours(side.school, span.day)
        ):
            yield _warn("at_home_hours", side, span, **_clock_params(span))
    elif not school_day:
        yield _warn("not_a_school_day", side, span)
    elif span.begins < side.school.opens or span.ends > side.school.closes_on(span.day):
        hours = {"opens": _hhmm(side.school.opens), "closes": _hhmm(side.school.closes_on(span.day))}
        yield _warn("out_of_hours", side, span, **_clock_params(span), **hours)


def _home_hours(school: SchoolDay, day: date) -> list[tuple[time, time]]:
    if day.isoweekday() not in school.days:
        return [(HOME_FREE_DAY_BEGINS, HOME_DAY_ENDS)]
    if school.closes_on(day) >= HOME_AFTERNOON_BEGINS:
        return [(school.opens, max(school.closes_on(day), HOME_DAY_ENDS))]
    return [(school.opens, school.closes_on(day)), (HOME_AFTERNOON_BEGINS, HOME_DAY_ENDS)]


def _days(side: SideDay, span: _Span, holidays: Holidays) -> Iterator[Warning]:
    jewish = None
    if side.school.jewish_calendar:
        jewish = holidays.jewish(span.day, side.school.diaspora)
        yield from _sacred_time(side, span, jewish, holidays)
    public = holidays.public(span.day, side.school.country, side.school.region)
    # Israel's public holidays are the Jewish ones: one day, one warning.
    if public and not (jewish and side.school.country == "IL"):
        yield _warn("public_holiday", side, span, **_name_params(public))


def _sacred_time(side: SideDay, span: _Span, today: HolidayName | None, holidays: Holidays) -> Iterator[Warning]:
    weekday = span.day.isoweekday()
    if weekday == FRIDAY and span.ends > EVE_BEGINS:
        yield _warn("friday_afternoon", side, span)
    if weekday == SATURDAY and span.begins < SHABBAT_SURELY_OVER:
        yield _warn("shabbat", side, span)
    if today:
        code = "fast_day" if today.kind == "fast" else "jewish_holiday"
        yield _warn(code, side, span, **_name_params(today))
    tomorrow = holidays.jewish(span.day + timedelta(days=1), side.school.diaspora)
    already_resting = today is not None and today.kind == "rest"
    if tomorrow and tomorrow.kind == "rest" and not already_resting and span.ends > EVE_BEGINS:
        yield _warn("eve_of_holiday", side, span, **_name_params(tomorrow))


def _clock_changes(side: SideDay, start: datetime, sides: Sequence[SideDay]) -> Iterator[Warning]:
    zone = ZoneInfo(side.school.zone)
    params: dict[str, str] = {}
    if change := _change_near(start, zone):
        params |= {"change_on": change[0].isoformat(), "shift": str(change[1])}
    for other in sides:
        if apart := _unusually_apart(start, zone, ZoneInfo(other.school.zone)):
            now, usual = apart
            params |= {"other": other.side, "minutes_apart": str(now), "usual_minutes_apart": str(usual)}
            break
    if params:
        local_day = start.astimezone(zone).date().isoformat()
        yield Warning(code="clock_change_week", side=side.side, params={"day": local_day, "zone": zone.key, **params})


def _change_near(start: datetime, zone: ZoneInfo) -> tuple[date, int] | None:
    """The local date of a clock change within a week of `start`, and by how many minutes clocks move."""
    before = start - timedelta(days=7)
    for hour in range(14 * 24):
        earlier = before + timedelta(hours=hour)
        shift = _offset(earlier + timedelta(hours=1), zone) - _offset(earlier, zone)
        if shift:
            return (earlier + timedelta(hours=1)).astimezone(zone).date(), shift
    return None


def _unusually_apart(start: datetime, here: ZoneInfo, there: ZoneInfo) -> tuple[int, int] | None:
    """Minutes by which `there` is ahead at `start`, and what the two schools are used to; None when they are the same."""

    def apart(weeks: int) -> int:
        moment = start + timedelta(weeks=weeks)
        return _offset(moment, there) - _offset(moment, here)

    now = apart(0)
    weeks_of = Counter(apart(week) for week in range(-26, 26))
    if weeks_of[now] > UNUSUAL_UP_TO_WEEKS:
        return None
    used_to = next((apart(-week) for week in range(1, 27) if weeks_of[apart(-week)] > UNUSUAL_UP_TO_WEEKS), now)
    return (now, used_to) if used_to != now else None


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(UTC).astimezone(zone).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0


def _once_each(found: Iterable[Warning]) -> Iterator[Warning]:
    # A lesson over midnight would say the same of both its days.
    seen: set[tuple[str, str, str]] = set()
    for warning in found:
        key = (warning.code, warning.side, warning.params.get("name_en", ""))
        if key not in seen:
            seen.add(key)
            yield warning


def _warn(code: WarningCode, side: SideDay, span: _Span, **params: str) -> Warning:
    return Warning(code=code, side=side.side, params={"day": span.day.isoformat(), **params})


def _name_params(name: HolidayName) -> dict[str, str]:
    return {"name_en": name.en, "name_he": name.he, "kind": name.kind}


def _clock_params(span: _Span) -> dict[str, str]:
    return {"begins": _hhmm(span.begins), "ends": "24:00" if span.ends == time.max else _hhmm(span.ends)}


def _hhmm(moment: time) -> str:
    return moment.strftime("%H:%M")
