"""The reader's language: found once a request, used by templates and by `_()` in handlers."""

import re
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from babel import Locale as Names
from babel import negotiate_locale
from babel.messages.mofile import read_mo
from babel.support import NullTranslations, Translations
from jinja2 import Environment

from server.core.languages import COMPLETE, direction
from server.edges.identity import signed_in_staff, signed_in_student

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
DOMAIN = "messages"
COOKIE = "language"
YEAR = 365 * 24 * 3600

_ACCENTED = str.maketrans("aceinouyACEINOUY", "áćéíñóúýÁĆÉÍÑÓÚÝ")
# Placeholders and markup must arrive whole, or the page would break instead of telling.
_KEPT = re.compile(r"(%\([a-z_]+\)[sd]|%%|\{[a-z_]*\}|<[^>]+>|&[a-z]+;)")


@dataclass(frozen=True, slots=True)
class Locale:
    """A language as pages use it: its tag, its direction, its messages."""

    language: str
    dir: str
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    messages: dict[str, str | list[str]] = field(default_factory=dict[str, str | list[str]])


class Catalogues:
    """The messages of every language under `folder` (compiled .mo files), read once."""

    def __init__(self, folder: Path, *, pseudo: bool = False) -> None:
        found = {path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")}
        self.languages: tuple[str, ...] = (*COMPLETE, *sorted(found - set(COMPLETE)))
        self._locales = {language: _locale(folder, language, pseudo=pseudo) for language in self.languages}

    def locale(self, language: str | None) -> Locale:
        """Return the locale of a language, or English."""
        return self._locales.get(language or "", self._locales["en"])

    def named(self) -> list[dict[str, str]]:
        """Return every language with its name in itself."""
        return [{"code": code, "name": _own_name(code)} for code in self.languages]

    def messages(self, language: str) -> dict[str, str | list[str]]:
        """Return every message of a language for the browser: text, or the list of its plural forms."""
        return self._locales[language].messages

    def wanted(self, accept_language: str) -> str | None:
        """Return the best language for an Accept-Language header, or None."""
        preferred = [part.partition(";")[0].strip() for part in accept_language.split(",")]
        return negotiate_locale([p.replace("-", "_") for p in preferred if p], self.languages)


CATALOGUES: Final[web.AppKey[Catalogues]] = web.AppKey("catalogues", Catalogues)
_REQUESTED: Final[web.RequestKey[Locale]] = web.RequestKey("locale", Locale)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The request that is being answered."""

    locale: Locale
    path: str


_PLAIN = _Reading(Locale("en", "ltr", str, lambda one, many, n: one if n == 1 else many), "/")
_now_read: ContextVar[_Reading] = ContextVar("reading", default=_PLAIN)


@web.middleware
async def device_locale_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the language of the device: outermost, so that whatever goes wrong further in is told in it."""
    _speak(request, request.app[CATALOGUES].locale(_language_of_device(request)))
    return await handler(request)


@web.middleware
async def locale_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the person's own language. Files and sockets have no use for it and cost no look at the database."""
    if not request.path.startswith("/static/") and "/socket.io" not in request.path:
        language = await _language_of_person(request)
        if language is not None:
            _speak(request, request.app[CATALOGUES].locale(language))
    return await handler(request)


def locale_of(request: web.Request) -> Locale:
    """Return the locale of this request's reader."""
    return request[_REQUESTED]


def speak(request: web.Request, language: str) -> None:
    """Answer this request in `language`, unless the reader chose another on this device."""
    if request.cookies.get(COOKIE) not in request.app[CATALOGUES].languages:
        _speak(request, request.app[CATALOGUES].locale(language))


def gettext(message: str) -> str:
    """Translate for the reader of the request that is being answered (import it as `_`)."""
    return _reading().locale.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Translate with the reader's plural forms."""
    return _reading().locale.ngettext(one, many, count)


class _LocaleHere:
    """The Jinja global `locale`: looked up when a page is rendered, so that error pages have it as well."""

    @property
    def language(self) -> str:
        """The reader's language tag."""
        return _reading().locale.language

    @property
    def dir(self) -> str:
        """ "rtl" or "ltr"."""
        return _reading().locale.dir


class _PathHere:
    def __str__(self) -> str:
        return _reading().path


def install_locale(environment: Environment, catalogues: Catalogues) -> None:
    """Give templates `_`, `gettext`, `ngettext`, `{% trans %}`, `locale`, `languages` and `path` of each request."""
    environment.add_extension("jinja2.ext.i18n")
    install: Callable[..., None] = vars(environment)["install_gettext_callables"]  # put there by the extension
    install(gettext, ngettext, newstyle=True)
    shared: dict[str, Any] = {"locale": _LocaleHere(), "languages": catalogues.named(), "path": _PathHere()}
    environment.globals.update(shared)


def remember_language(response: web.StreamResponse, language: str, *, secure: bool) -> None:
    """Keep the choice of language on this device for a year."""
    response.set_cookie(COOKIE, language, max_age=YEAR, path="/", httponly=True, samesite="Lax", secure=secure)


def _speak(request: web.Request, locale: Locale) -> None:
    request[_REQUESTED] = locale
    # Never reset: each request begins by setting it, and an error page made further out still needs it.
    _now_read.set(_Reading(locale, request.path_qs))


def _reading() -> _Reading:
    return _now_read.get()


async def _language_of_person(request: web.Request) -> str | None:
    """A student's page speaks the student's language even in a browser where a teacher is signed in."""
    if (student := await signed_in_student(request)) is not None:
        return student.language
    staff = await signed_in_staff(request)
    return staff.language if staff else None


def _language_of_device(request: web.Request) -> str | None:
    catalogues = request.app[CATALOGUES]
    chosen = request.cookies.get(COOKIE)
    if chosen in catalogues.languages:
        return chosen
    return catalogues.wanted(request.headers.get("Accept-Language", ""))


def _locale(folder: Path, language: str, *, pseudo: bool) -> Locale:
    messages: NullTranslations = Translations.load(folder, [language], DOMAIN)
    if pseudo:
        plural: Callable[[str, str, int], str] = lambda one, many, n: accented(one if n == 1 else many)  # noqa: E731
        # The browser has no list of all messages: told so, it accents by itself.
        return Locale(language, direction(language), accented, plural, {"__pseudo__": "yes"})
    said = _for_browser(folder / language / "LC_MESSAGES" / f"{DOMAIN}.mo")
    return Locale(language, direction(language), messages.ugettext, messages.ungettext, said)


def _for_browser(path: Path) -> dict[str, str | list[str]]:
    if not path.is_file():
        return {}
    said: dict[str, str | list[str]] = {}
    with path.open("rb") as file:
        for message in read_mo(file):
            if isinstance(message.id, str):
                if message.id:
                    said[message.id] = str(message.string)
            elif message.id:
                said[message.id[0]] = list(message.string or ())
    return said


def accented(message: str) -> str:
    """Return the message as the pseudo-locale shows it: what is seen without ⟦⟧ was never translated."""
    parts: Sequence[str] = _KEPT.split(message)
    return "⟦" + "".join(p if _KEPT.fullmatch(p) else p.translate(_ACCENTED) for p in parts) + "⟧"


def _own_name(code: str) -> str:
    return Names.parse(code).get_display_name(code) or code
