"""What every page of a teacher's desk needs: who reads, what they may see, and names and clocks as they write them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp_jinja2
from aiohttp import web
from babel import Locale, UnknownLocaleError
from babel import dates as babel_dates
from babel.lists import format_list
from markupsafe import Markup, escape

from server.core.languages import Wording, direction, say
from server.core.people.models import ClassGroup, LessonSession, School, SideName, Staff, Twinning
from server.core.people.permissions import Action, may, takes_part
from server.core.twinning.rehearsal_copy import is_rehearsal
from server.edges.identity import staff_of
from server.edges.locale import CATALOGUES, locale_of
from server.edges.locale import gettext as _
from server.edges.parts import PARTS, Parts

# Full dates without the year, which is noise within the school year.
_DAYS = {"en_US": "EEEE, MMMM d", "en": "EEEE d MMMM", "he": "EEEE, d בMMMM"}


@dataclass(frozen=True, slots=True)
class Clock:
    """One moment as a school's wall shows it, written for the reader. `ours`: the reader's own; `our_side`: or one beside it."""

    place: str
    time: str
    day: str
    iso: str
    ours: bool
    our_side: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """A signed-in member of staff at one request."""

    request: web.Request
    parts: Parts
    staff: Staff
    school: School
    language: str

    @property
    def now(self) -> datetime:
        """The time of this request."""
        return self.parts.clock.now()

    def say(self, wording: Wording) -> str:
        """Return a wording in the reader's language."""
        return say(wording, self.language)

    def listed(self, words: Iterable[str]) -> Markup:
        """Join names as the reader's language does ("Haifa, Acre and Safed"), each once and in its own direction."""
        apart = [f"<bdi>{escape(one)}</bdi>" for one in dict.fromkeys(words) if one]
        # Names are escaped above; what the language puts between them comes from CLDR.
        return Markup(format_list(apart, locale=self._locale))  # noqa: S704

    def hour(self, moment: datetime, zone: str) -> str:
        """Write a time of day on a school's clock: "16:10" in Hebrew, "8:10 AM" for a reader in the United States."""
        return self.wall_hour(moment.astimezone(ZoneInfo(zone)).time())

    def wall_hour(self, hour: time) -> str:
        """Write a time of day that is local already."""
        # CLDR joins AM with a narrow no-break space, which several fonts lack.
        return babel_dates.format_time(hour, format="short", locale=self._locale).replace("\u202f", " ")

    def day(self, day: date) -> str:
        """Write a date with weekday and month named."""
        pattern = _DAYS.get(str(self._locale)) or _DAYS.get(self.language)
        if pattern is None or day.year != self.now.astimezone(ZoneInfo(self.school.zone)).year:
            return babel_dates.format_date(day, format="full", locale=self._locale)
        return babel_dates.format_date(day, format=pattern, locale=self._locale)

    def weekdays(self) -> dict[int, str]:
        """Return the names of the days, by ISO number."""
        names = self._locale.days["stand-alone"]["wide"]
        return {number: names[number - 1] for number in range(1, 8)}

    def language_name(self, code: str) -> str:
        """Return a language's name in the reader's language."""
        named: dict[str, str] = dict(self._locale.languages)  # pyright: ignore[reportUnknownArgumentType]
        return named.get(code, code)

    def voice(self, language: str) -> Callable[..., Markup]:
        """Return a gettext that speaks `language` whatever the reader's own is: for paper, which two families read.

        Give it to a macro as its `_`, so that its sentences are collected like all others.
        """
        spoken = self.request.app[CATALOGUES].locale(language)

        def _said(message: str, **words: object) -> Markup:
            # As Jinja's newstyle gettext does: our sentence is markup, what fills it is escaped.
            return Markup(spoken.gettext(message)) % words  # noqa: S704

        return _said

    def near_day(self, moment: datetime) -> str:
        """Return "today" or "tomorrow" on the reader's own calendar, or "" for any other day."""
        zone = ZoneInfo(self.school.zone)
        apart = moment.astimezone(zone).date() - self.now.astimezone(zone).date()
        return {timedelta(0): "today", timedelta(days=1): "tomorrow"}.get(apart, "")

    def clock(self, moment: datetime, school: School) -> Clock:
        """Return a moment on a school's clock."""
        local = moment.astimezone(ZoneInfo(school.zone))
        return Clock(
            place=self.place(school),
            time=self.hour(moment, school.zone),
            day=self.day(local.date()),
            iso=local.isoformat(timespec="minutes"),
            ours=school.id == self.school.id,
            our_side=school.id == self.school.id,
        )

    def clocks(self, moment: datetime, schools: Mapping[SideName, Sequence[School]], ours: SideName) -> list[Clock]:
        """Return the moment on the clocks of both sides: the reader's own first, then their side's, each zone once.

        A clock that several schools of a side share names all their places.
        """
        shown: dict[str, Clock] = {}
        for side in (ours, other_side(ours)):
            own_first = sorted(schools[side], key=lambda s: s.id != self.school.id)
            for school in own_first:
                if school.zone not in shown:
                    places = self.listed(self.place(s) for s in own_first if s.zone == school.zone)
                    shown[school.zone] = replace(self.clock(moment, school), place=places, our_side=side == ours)
        return list(shown.values())

    def place(self, school: School) -> str:
        """Return where a school is, else its name."""
        return self.say(school.place) or self.say(school.names)

    @property
    def _locale(self) -> Locale:
        return _babel_locale(self.language, self.school.country)

    def side_of(self, twinning: Twinning) -> SideName:
        """Return the reader's side of a twinning; 404 when their school has none, as if it did not exist."""
        side = twinning.side_of(self.school.id)
        if side is None:
            raise web.HTTPNotFound
        return side

    async def twinning(self, twinning_id: str) -> Twinning:
        """Return a twinning of the reader's school, or 404."""
        found = await self.parts.people.twinning(twinning_id)
        if found is None or found.side_of(self.school.id) is None:
            raise web.HTTPNotFound
        return found

    async def session(self, session_id: str) -> tuple[LessonSession, Twinning]:
        """Return a lesson of a twinning of the reader's school, or 404."""
        found = await self.parts.people.session(session_id)
        if found is None:
            raise web.HTTPNotFound
        return found, await self.twinning(found.twinning)

    async def own_class(self, class_id: str) -> ClassGroup:
        """Return a class of the reader's school; 403 for the partner's, 404 for any other."""
        group = await self.parts.people.class_group(class_id)
        if group is None:
            raise web.HTTPNotFound
        if group.school != self.school.id:
            twinnings = await self.parts.people.twinnings_of(self.school.id)
            raise web.HTTPForbidden if any(t.side_of(group.school) for t in twinnings) else web.HTTPNotFound
        return group

    def may(self, action: Action, *, school: str | None = None, twinning: Twinning | None = None) -> bool:
        """Whether the reader may do `action` to the reader's own school (unless another is named) or to a twinning."""
        return may(self.staff, action, school=school or self.school.id, twinning=twinning)

    def require(self, action: Action, *, school: str | None = None, twinning: Twinning | None = None) -> None:
        """Refuse with 403 whoever may not do `action`."""
        if not self.may(action, school=school, twinning=twinning):
            raise web.HTTPForbidden

    async def classes(self, school: str) -> list[ClassGroup]:
        """Return a school's classes; the invented class of a rehearsal is none, and the partner school sees nothing of it."""
        return [group for group in await self.parts.people.classes_of(school) if not is_rehearsal(group.id)]

    async def takes_part(self, lesson: LessonSession) -> bool:
        """Whether the reader's school brings a class to a lesson: only then is it theirs to agree to, hold and look back at."""
        return takes_part(lesson, await self.parts.people.classes_of(self.school.id))

    async def schools_in(
        self, lessons: Sequence[LessonSession], twinning: Twinning
    ) -> list[dict[SideName, list[School]]]:
        """Return the schools of each side that bring a class to each of these lessons of a twinning, and the reader's own.

        While no class of a side is chosen, all its schools may still come.
        """
        every = await self.schools_of(twinning)
        classes = {s.id: await self.parts.people.classes_of(s.id) for group in every.values() for s in group}
        found: list[dict[SideName, list[School]]] = []
        for lesson in lessons:
            bringing = {school for school, groups in classes.items() if takes_part(lesson, groups)}
            found.append(
                {
                    side: [s for s in group if s.id in bringing or s.id == self.school.id]
                    if any(s.id in bringing for s in group)
                    else group
                    for side, group in every.items()
                }
            )
        return found

    async def schools_of(self, twinning: Twinning) -> dict[SideName, list[School]]:
        """Return the schools of each side."""
        return {side.side: await self.parts.people.schools(side.schools) for side in twinning.sides}

    def render(self, template: str, context: Mapping[str, Any], status: int = 200) -> web.Response:
        """Render a page with the reader's names and clocks at hand."""
        response = aiohttp_jinja2.render_template(template, self.request, {**self._tools(), **context})
        response.set_status(status)
        return response

    def _nav(self) -> list[dict[str, object]]:
        places = [
            (_("Home"), "/home"),
            (_("Review"), "/review"),
            (_("Protocols"), "/protocols"),
            (_("Texts"), "/texts"),
        ]
        if self.may("see_concerns"):
            places.append((_("Safety"), "/safety"))
        # Last: a narrow screen shows the end of the row only when it is moved along.
        places.append((_("Plans"), "/plans"))
        here = self.request.path
        return [{"label": label, "href": href, "current": here == href} for label, href in places]

    def _tools(self) -> dict[str, Any]:
        return {
            "desk": self,
            "nav": self._nav(),
            "me": self.staff,
            "say": self.say,
            "home": "/home",
            "here": self.request.path,
            "done": self.request.query.get("done", ""),
            "said": say,
            "dir_of": direction,
        }


async def desk_of(request: web.Request) -> Desk:
    """Return the desk of the signed-in member of staff; others are sent to sign in."""
    parts = request.app[PARTS]
    staff = await staff_of(request)
    school = await parts.people.school(staff.school)
    if school is None:
        raise web.HTTPForbidden
    return Desk(request, parts, staff, school, locale_of(request).language)


def see_other(path: str) -> web.HTTPSeeOther:
    """Return the answer to a form that was understood: go and look."""
    return web.HTTPSeeOther(path)


def other_side(side: SideName) -> SideName:
    """Return the side across."""
    return "b" if side == "a" else "a"


@lru_cache(maxsize=256)
def _babel_locale(language: str, country: str) -> Locale:
    for territory in (country, None):
        try:
            return Locale(language, territory)
        except UnknownLocaleError:
            continue
    return Locale("en")
