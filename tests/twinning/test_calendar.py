"""The dates over which a teacher planning with another country would fall."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from server.adapters.calendars import PackagedHolidays, format_date, format_time
from server.core.twinning.calendar import ISRAELI_SCHOOL_WEEK, SchoolDay, SideDay, Warning, both_clocks, warnings_for

HOLIDAYS = PackagedHolidays()
HAIFA = SchoolDay(
    zone="Asia/Jerusalem",
    country="IL",
    opens=time(8, 0),
    closes=time(16, 30),
    days=ISRAELI_SCHOOL_WEEK,
    friday_closes=time(12, 0),
    diaspora=False,
)
CHICAGO = SchoolDay(zone="America/Chicago", country="US", region="IL", opens=time(8, 0), closes=time(15, 30))


def told(school: SchoolDay, local: str, minutes: int = 45, *, home: bool = False) -> list[Warning]:
    start = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(school.zone)).astimezone(UTC)
    side = SideDay(side="ours", school=school, place="home" if home else "school")
    return warnings_for(start, minutes, [side], HOLIDAYS)


def codes(school: SchoolDay, local: str, minutes: int = 45, *, home: bool = False) -> list[str]:
    return [warning.code for warning in told(school, local, minutes, home=home)]


def the_one(warnings: list[Warning], code: str) -> dict[str, str]:
    [found] = [warning.params for warning in warnings if warning.code == code]
    return found


def test_an_ordinary_afternoon_in_haifa_and_morning_in_chicago_has_no_warning() -> None:
    sides = [SideDay(side="haifa", school=HAIFA), SideDay(side="chicago", school=CHICAGO)]
    assert warnings_for(datetime(2026, 1, 13, 14, 10, tzinfo=UTC), 20, sides, HOLIDAYS) == []


def test_purim_is_named_in_both_languages() -> None:
    params = the_one(told(CHICAGO, "2026-03-03T09:00"), "jewish_holiday")
    assert (params["name_en"], params["name_he"]) == ("Purim", "פורים")


def test_independence_day_is_told_once_in_israel_and_also_to_a_jewish_school_abroad() -> None:
    here = told(HAIFA, "2026-04-22T10:00")
    assert [warning.code for warning in here] == ["jewish_holiday"]
    assert here[0].params["name_he"] == "יום העצמאות"
    assert codes(CHICAGO, "2026-04-22T10:00") == ["jewish_holiday"]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2025-05-01", "Yom Ha'atzmaut (Independence Day)"),  # 5 Iyar fell on Shabbat
        ("2025-04-24", "Yom HaShoah (Holocaust Remembrance Day)"),  # 27 Nisan fell on Friday
        ("2024-05-06", "Yom HaShoah (Holocaust Remembrance Day)"),  # and here on Sunday
        ("2026-04-21", "Yom HaZikaron (Remembrance Day)"),
    ],
)
def test_national_days_are_on_the_day_they_were_moved_to(day: str, name: str) -> None:
    found = HOLIDAYS.jewish(date.fromisoformat(day), diaspora=False)
    assert found is not None
    assert found.en == name


def test_the_second_day_of_pesach_is_a_day_of_rest_only_in_the_diaspora() -> None:
    assert the_one(told(CHICAGO, "2026-04-03T09:00"), "jewish_holiday")["kind"] == "rest"
    assert the_one(told(HAIFA, "2026-04-03T09:00"), "jewish_holiday")["kind"] == "festival"


def test_simchat_torah_follows_a_day_later_in_the_diaspora() -> None:
    in_israel, abroad = (HOLIDAYS.jewish(date(2025, 10, 15), diaspora) for diaspora in (False, True))
    assert in_israel is None
    assert abroad is not None
    assert abroad.en == "Simchat Torah"


def test_the_afternoon_before_a_holiday_warns_but_the_morning_does_not() -> None:
    assert the_one(told(CHICAGO, "2026-04-01T14:30"), "eve_of_holiday")["name_en"] == "Pesach"
    assert "eve_of_holiday" not in codes(CHICAGO, "2026-04-01T09:00")


def test_a_fast_day_has_a_gentler_word_than_a_holiday() -> None:
    assert codes(CHICAGO, "2025-12-30T09:00") == ["fast_day"]
    assert codes(HAIFA, "2026-03-02T09:00") == ["fast_day"]


def test_days_on_which_schools_teach_as_usual_are_not_warned_about() -> None:
    assert codes(HAIFA, "2026-02-02T09:00") == []  # Tu B'Shvat
    assert codes(CHICAGO, "2026-05-05T09:00") == []  # Lag BaOmer, free only in Israel
    assert codes(HAIFA, "2026-05-05T09:00") == ["jewish_holiday"]


def test_thanksgiving_and_martin_luther_king_day_are_told_in_both_languages() -> None:
    assert the_one(told(CHICAGO, "2026-11-26T09:00"), "public_holiday")["name_he"] == "חג ההודיה"
    params = the_one(told(CHICAGO, "2026-01-19T09:00"), "public_holiday")
    assert (params["name_en"], params["name_he"]) == ("Martin Luther King Jr. Day", "יום מרטין לותר קינג")


def test_a_region_keeps_its_own_days_and_an_unknown_one_its_countrys() -> None:
    pulaski = date(2026, 3, 2)
    assert HOLIDAYS.public(pulaski, "US", "IL") is not None
    assert HOLIDAYS.public(pulaski, "US", "CA") is None
    assert HOLIDAYS.public(date(2026, 1, 19), "US", "Nowhere") is not None
    assert HOLIDAYS.public(date(2026, 1, 19), "ZZ", None) is None


def test_a_school_that_keeps_no_jewish_calendar_hears_only_of_its_countrys_holidays() -> None:
    nazareth = HAIFA.model_copy(update={"jewish_calendar": False, "days": frozenset({1, 2, 3, 4, 6})})
    assert codes(nazareth, "2026-01-10T09:00") == []  # a Saturday
    assert codes(nazareth, "2026-09-21T09:00") == ["public_holiday"]  # Yom Kippur
    assert codes(nazareth, "2026-03-03T09:00") == []  # Purim


def test_in_the_march_weeks_between_the_two_clock_changes_both_schools_are_warned() -> None:
    sides = [SideDay(side="haifa", school=HAIFA), SideDay(side="chicago", school=CHICAGO)]
    found = warnings_for(datetime(2026, 3, 17, 13, 30, tzinfo=UTC), 45, sides, HOLIDAYS)
    assert [(warning.code, warning.side) for warning in found] == [
        ("clock_change_week", "haifa"),
        ("clock_change_week", "chicago"),
    ]
    # Nine days after Chicago's change and ten before Israel's: only the distance is unusual.
    assert found[0].params == {
        "day": "2026-03-17",
        "zone": "Asia/Jerusalem",
        "other": "chicago",
        "minutes_apart": "-420",
        "usual_minutes_apart": "-480",
    }


def test_a_clock_change_within_a_week_names_its_date_and_shift() -> None:
    for day in ("2026-03-05T09:00", "2026-03-10T09:00"):
        params = the_one(told(CHICAGO, day), "clock_change_week")
        assert (params["change_on"], params["shift"]) == ("2026-03-08", "60")
    assert the_one(told(HAIFA, "2026-10-26T09:00"), "clock_change_week")["shift"] == "-60"
    assert "clock_change_week" not in codes(CHICAGO, "2026-02-24T09:00")


def test_a_distance_that_lasts_half_a_year_is_not_unusual() -> None:
    phoenix = CHICAGO.model_copy(update={"zone": "America/Phoenix", "region": "AZ"})
    sides = [SideDay(side="phoenix", school=phoenix), SideDay(side="chicago", school=CHICAGO)]
    for month in (1, 6):
        assert warnings_for(datetime(2026, month, 9, 17, 0, tzinfo=UTC), 45, sides, HOLIDAYS) == []


def test_friday_at_one_in_haifa_is_after_a_short_day_and_before_the_eve() -> None:
    found = told(HAIFA, "2026-01-16T13:00")
    assert [warning.code for warning in found] == ["out_of_hours"]
    assert (found[0].params["closes"], found[0].params["ends"]) == ("12:00", "13:45")
    assert "friday_afternoon" in codes(HAIFA, "2026-01-16T13:30")  # it would end after two


def test_a_friday_morning_lesson_in_chicago_is_a_friday_afternoon_in_haifa() -> None:
    sides = [SideDay(side="haifa", school=HAIFA), SideDay(side="chicago", school=CHICAGO)]
    found = warnings_for(datetime(2026, 1, 16, 14, 30, tzinfo=UTC), 45, sides, HOLIDAYS)
    assert [(warning.code, warning.side) for warning in found] == [
        ("out_of_hours", "haifa"),
        ("friday_afternoon", "haifa"),
    ]


def test_shabbat_is_told_until_nine_in_the_evening_and_no_longer() -> None:
    assert "shabbat" in codes(HAIFA, "2026-01-17T20:00", 30, home=True)
    assert "shabbat" not in codes(HAIFA, "2026-01-17T21:00", 30, home=True)


def test_sunday_is_a_school_day_in_haifa_and_not_in_chicago() -> None:
    assert codes(HAIFA, "2026-01-18T10:00") == []
    assert codes(CHICAGO, "2026-01-18T10:00") == ["not_a_school_day"]


def test_a_class_at_home_may_meet_on_a_sunday_evening_in_chicago_but_not_late() -> None:
    assert codes(CHICAGO, "2026-01-11T18:00", home=True) == []
    late = told(CHICAGO, "2026-01-11T20:00", home=True)
    assert [warning.code for warning in late] == ["at_home_hours"]
    assert late[0].params["ends"] == "20:45"


def test_a_class_at_home_is_not_asked_to_meet_while_it_travels_home() -> None:
    short_day = HAIFA.model_copy(update={"closes": time(13, 0)})
    assert codes(short_day, "2026-01-13T13:30", home=True) == ["at_home_hours"]
    assert codes(short_day, "2026-01-13T15:00", home=True) == []


def test_a_lesson_over_midnight_belongs_to_both_its_days() -> None:
    found = told(HAIFA, "2026-01-15T23:30", 60)  # Thursday into Friday
    assert [(warning.code, warning.params["day"], warning.params["ends"]) for warning in found] == [
        ("out_of_hours", "2026-01-15", "24:00")
    ]
    assert codes(HAIFA, "2026-01-16T23:30", 60) == ["out_of_hours", "friday_afternoon", "not_a_school_day", "shabbat"]


def test_a_lesson_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    assert "shabbat" not in codes(HAIFA, "2026-01-16T23:00", 60)


def test_both_clocks_show_one_moment_twice() -> None:
    clocks = both_clocks(datetime(2026, 3, 17, 14, 10, tzinfo=UTC), ["Asia/Jerusalem", "America/Chicago"])
    assert [moment.strftime("%H:%M") for moment in clocks.values()] == ["16:10", "09:10"]


def test_a_start_without_a_zone_and_an_empty_lesson_are_refused() -> None:
    side = SideDay(side="haifa", school=HAIFA)
    with pytest.raises(ValueError, match="zone"):
        warnings_for(datetime(2026, 1, 1, 9, 0), 45, [side], HOLIDAYS)  # noqa: DTZ001 - the missing zone is the point
    with pytest.raises(ValueError, match="minute"):
        warnings_for(datetime(2026, 1, 1, 9, 0, tzinfo=UTC), 0, [side], HOLIDAYS)


@pytest.mark.parametrize("zone", ["", "Nowhere/Else", "../etc/passwd", "America", "x" * 300])
def test_a_zone_that_does_not_exist_is_refused_when_the_school_is_described(zone: str) -> None:
    with pytest.raises(ValidationError, match="time zone"):
        SchoolDay(zone=zone, country="US", opens=time(8), closes=time(15))


def test_times_and_dates_are_written_as_each_reader_does() -> None:
    assert format_time(time(16, 10), "he", "IL") == "16:10"
    assert format_time(datetime(2026, 3, 17, 8, 10, tzinfo=ZoneInfo("America/Chicago")), "en", "US") == "8:10 AM"
    assert format_date(date(2026, 3, 9), "en", "US") == "Monday, March 9, 2026"
    assert format_date(date(2026, 3, 9), "he", "IL") == "יום שני, 9 במרץ 2026"
    assert format_time(time(16, 10), "en", "Nowhere") == "4:10 PM"
