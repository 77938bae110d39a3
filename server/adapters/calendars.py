"""Holidays from pyluach and the holidays package, and dates and times as each language writes them."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel import dates as babel_dates
from pyluach import dates as hebrew_dates

from server.core.twinning.calendar import HolidayName

_SHUSHAN_PURIM = "Shushan Purim"
_LAG_BAOMER = "Lag Ba'omer"

# pyluach's names, as schools spell them. Days on which schools teach as usual (Tu B'Shvat, Tu B'Av) are left out.
_FESTIVALS: Final[Mapping[str, tuple[str, str]]] = {
    "Rosh Hashana": ("Rosh Hashanah", "ראש השנה"),
    "Yom Kippur": ("Yom Kippur", "יום כיפור"),
    "Succos": ("Sukkot", "סוכות"),
    "Shmini Atzeres": ("Shemini Atzeret", "שמיני עצרת"),
    "Simchas Torah": ("Simchat Torah", "שמחת תורה"),
    "Chanuka": ("Hanukkah", "חנוכה"),
    "Purim": ("Purim", "פורים"),
    _SHUSHAN_PURIM: ("Shushan Purim", "שושן פורים"),
    "Pesach": ("Pesach", "פסח"),
    _LAG_BAOMER: ("Lag BaOmer", "ל״ג בעומר"),
    "Shavuos": ("Shavuot", "שבועות"),
}
_ISRAEL_ONLY: Final = frozenset({_SHUSHAN_PURIM, _LAG_BAOMER})
_MIDDLE_DAYS: Final[Mapping[str, tuple[str, str]]] = {
    "Succos": ("Hol HaMoed Sukkot", "חול המועד סוכות"),
    "Pesach": ("Hol HaMoed Pesach", "חול המועד פסח"),
}
_FASTS: Final[Mapping[str, tuple[str, str]]] = {
    "Tzom Gedalia": ("Fast of Gedaliah", "צום גדליה"),
    "10 of Teves": ("Tenth of Tevet", "עשרה בטבת"),
    "Taanis Esther": ("Fast of Esther", "תענית אסתר"),
    "17 of Tamuz": ("Seventeenth of Tammuz", "שבעה עשר בתמוז"),
    "9 of Av": ("Tisha B'Av", "תשעה באב"),
}

# The holidays package moves these days off Shabbat as the law does; its categories name them in both languages.
_ISRAELI_NATIONAL_DAYS: Final[Mapping[str, HolidayName]] = {
    "Independence Day": HolidayName(en="Yom Ha'atzmaut (Independence Day)", he="יום העצמאות", kind="festival"),
    "Remembrance Day": HolidayName(en="Yom HaZikaron (Remembrance Day)", he="יום הזיכרון", kind="remembrance"),
}
_HOLOCAUST_DAY: Final = HolidayName(en="Yom HaShoah (Holocaust Remembrance Day)", he="יום השואה", kind="remembrance")
_NISAN: Final = 1

# The package has no Hebrew for these; a teacher in Israel reads them in the partner's calendar.
_HEBREW_OF_PUBLIC: Final[Mapping[str, str]] = {
    "New Year's Day": "ראש השנה האזרחית",
    "Martin Luther King Jr. Day": "יום מרטין לותר קינג",
    "Washington's Birthday": "יום הנשיאים",
    "Presidents' Day": "יום הנשיאים",
    "Lincoln's Birthday": "יום הולדתו של לינקולן",
    "Good Friday": "יום שישי הטוב",
    "Easter Monday": "יום שני של פסחא",
    "Memorial Day": "יום הזיכרון לחללי ארצות הברית",
    "Juneteenth National Independence Day": "יום השחרור מעבדות (ג׳ונטינת׳)",
    "Labor Day": "יום העבודה",
    "Columbus Day": "יום קולומבוס",
    "Indigenous Peoples' Day": "יום העמים הילידים",
    "Election Day": "יום הבחירות",
    "Veterans Day": "יום הוותיקים",
    "Thanksgiving Day": "חג ההודיה",
    "Christmas Day": "חג המולד",
    "Boxing Day": "יום המתנות",
}
_US_INDEPENDENCE_DAY: Final = "יום העצמאות של ארצות הברית"
_OBSERVED: Final = " (observed)"


class PackagedHolidays:
    """The calendar's `Holidays`, computed on this machine; a year is worked out once and kept."""

    def jewish(self, day: date, diaspora: bool) -> HolidayName | None:
        """The Jewish or Israeli national day on `day`, as kept in Israel or in the diaspora."""
        return _jewish_year(day.year, diaspora).get(day)

    def public(self, day: date, country: str, region: str | None) -> HolidayName | None:
        """The public holiday on `day`; a region that is not known falls back to its country, a country to none."""
        return _public_year(day.year, country, region).get(day)


def format_time(moment: datetime | time, language: str, region: str | None = None) -> str:
    """Write a time of day as the language and region do: "16:10" in Hebrew, "8:10 AM" for English in the US."""
    written = babel_dates.format_time(moment, format="short", locale=_locale(language, region))
    # CLDR joins AM with a narrow no-break space, which several fonts lack.
    return written.replace("\u202f", " ")


def format_date(day: date, language: str, region: str | None = None) -> str:
    """Write a date with weekday and month named, in the language: "Monday, March 9, 2026"."""
    return babel_dates.format_date(day, format="full", locale=_locale(language, region))


@lru_cache(maxsize=256)
def _locale(language: str, region: str | None) -> Locale:
    for territory in (region, None):
        try:
            return Locale(language, territory)
        except UnknownLocaleError:
            continue
    return Locale("en")


@lru_cache(maxsize=64)
def _jewish_year(year: int, diaspora: bool) -> dict[date, HolidayName]:
    named = _israeli_national_days(year)
    day = date(year, 1, 1)
    while day.year == year and day < date.max:
        # A festival of the Torah outranks a national day; they do not meet in practice.
        if name := _religious_day(day, diaspora):
            named[day] = name
        day += timedelta(days=1)
    return named


def _religious_day(day: date, diaspora: bool) -> HolidayName | None:
    here = hebrew_dates.GregorianDate.from_pydate(day)
    if fast := here.fast_day():
        return _named(_FASTS[fast], "fast")
    if rest := here.festival(israel=not diaspora, include_working_days=False):
        return _rest_day(rest, diaspora)
    festival = here.festival(israel=not diaspora)
    if festival in _MIDDLE_DAYS:
        return _named(_MIDDLE_DAYS[festival], "festival")
    if festival not in _FESTIVALS or (diaspora and festival in _ISRAEL_ONLY):
        return None
    return _named(_FESTIVALS[festival], "festival")


def _rest_day(festival: str, diaspora: bool) -> HolidayName:
    if festival == "Shmini Atzeres" and not diaspora:
        return HolidayName(en="Shemini Atzeret and Simchat Torah", he="שמיני עצרת ושמחת תורה", kind="rest")
    return _named(_FESTIVALS[festival], "rest")


def _named(names: tuple[str, str], kind: str) -> HolidayName:
    return HolidayName.model_validate({"en": names[0], "he": names[1], "kind": kind})


def _israeli_national_days(year: int) -> dict[date, HolidayName]:
    israel = _country_holidays("IL", years=year, language="en_US", expand=False, categories=("public", "optional"))
    named = {
        day: known
        for day, english in israel.items()
        if (known := _ISRAELI_NATIONAL_DAYS.get(english.removesuffix(_OBSERVED)))
    }
    if day := _holocaust_day(year):
        named[day] = _HOLOCAUST_DAY
    return named


def _holocaust_day(year: int) -> date | None:
    """27 Nisan, moved off the edges of Shabbat: Friday to Thursday, Sunday to Monday (Israeli law of 1959, 1997)."""
    if year < 1959:
        return None
    day = hebrew_dates.HebrewDate(year + 3760, _NISAN, 27).to_pydate()
    moved = {5: -1, 7: 1}.get(day.isoweekday(), 0)
    return day + timedelta(days=moved)


@lru_cache(maxsize=512)
def _public_year(year: int, country: str, region: str | None) -> dict[date, HolidayName]:
    english = _package_year(year, country, region, "en_US")
    hebrew = _package_year(year, country, region, "he") if country == "IL" else {}
    return {
        day: HolidayName(en=name, he=hebrew.get(day) or _hebrew_of(name, country), kind="public")
        for day, name in english.items()
    }


def _package_year(year: int, country: str, region: str | None, language: str) -> dict[date, str]:
    for subdivision in (region, None):
        try:
            # expand=False keeps a lookup from quietly adding other years to the cached one.
            found = _country_holidays(country, subdiv=subdivision, years=year, language=language, expand=False)
        except NotImplementedError:  # the package's word for a place that it does not know
            continue
        return {day: name for day, name in found.items() if day.year == year}
    return {}


def _country_holidays(country: str, **wanted: Any) -> Mapping[date, str]:
    # A quarter of a second to import, and only planning asks for public holidays: no start waits for it.
    from holidays import country_holidays

    return country_holidays(country, **wanted)


def _hebrew_of(english: str, country: str) -> str:
    plain = english.removesuffix(_OBSERVED)
    if country == "US" and plain == "Independence Day":
        return _US_INDEPENDENCE_DAY
    return _HEBREW_OF_PUBLIC.get(plain, english)
