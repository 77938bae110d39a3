"""The reader's language: found once a request, used by templates and by `_()` in handlers."""

import re
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web
from babel import Locale as Names
from babel import negotiate_locale
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

    def wanted(self, accept_language: str) -> str | None:
        """Return the best language for an Accept-Language header, or None."""
        preferred = [part.partition(";")[0].strip() for part in accept_language.split(",")]
        return negotiate_locale([p.replace("-", "_") for p in preferred if p], self.languages)


CATALOGUES: Final[web.AppKey[Catalogues]] = web.AppKey("catalogues", Catalogues)
_REQUESTED: Final[web.RequestKey[Locale]] = web.RequestKey("locale", Locale)
_now_read: ContextVar[Locale | None] = ContextVar("locale", default=None)


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


def gettext(message: str) -> str:
    """Translate for the reader of the request that is being answered (import it as `_`)."""
    locale = _now_read.get()
    return locale.gettext(message) if locale else message


def ngettext(one: str, many: str, count: int) -> str:
    """Translate with the reader's plural forms."""
    locale = _now_read.get()
    return locale.ngettext(one, many, count) if locale else (one if count == 1 else many)


def install_gettext(environment: Environment) -> None:
    """Give templates `_`, `gettext`, `ngettext` and `{% trans %}` in the language of each request's reader."""
    environment.add_extension("jinja2.ext.i18n")
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # set by the extension
    install: Callable[..., None] = environment.install_gettext_callables  # type: ignore[attr-defined]  # the same
    install(gettext, ngettext, newstyle=True)


async def page_context(request: web.Request) -> dict[str, object]:
    """Return what every template expects: a context processor for aiohttp_jinja2."""
    locale = request.get(_REQUESTED) or request.app[CATALOGUES].locale(None)
    return {"locale": locale, "languages": request.app[CATALOGUES].named(), "path": request.path_qs}


def remember_language(response: web.StreamResponse, language: str, *, secure: bool) -> None:
    """Keep the choice of language on this device for a year."""
    response.set_cookie(COOKIE, language, max_age=YEAR, path="/", httponly=True, samesite="Lax", secure=secure)


def _speak(request: web.Request, locale: Locale) -> None:
    request[_REQUESTED] = locale
    # Never reset: each request begins by setting it, and an error page made further out still needs it.
    _now_read.set(locale)


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
        return Locale(language, direction(language), accented, lambda one, many, n: accented(one if n == 1 else many))
    return Locale(language, direction(language), messages.ugettext, messages.ungettext)


def accented(message: str) -> str:
    """Return the message as the pseudo-locale shows it: what is seen without ⟦⟧ was never translated."""
    parts: Sequence[str] = _KEPT.split(message)
    return "⟦" + "".join(p if _KEPT.fullmatch(p) else p.translate(_ACCENTED) for p in parts) + "⟧"


def _own_name(code: str) -> str:
    return Names.parse(code).get_display_name(code) or code
