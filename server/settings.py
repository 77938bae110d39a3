"""Settings of a running server: environment variables with the prefix HAVRUTA_, each documented in docs/settings.md."""

import re
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

HERE = Path(__file__).resolve().parent


def _bundled(name: str) -> Path:
    """Return static/ or protocols/: inside an installed wheel, else beside the package in the tree."""
    bundled = HERE / "_bundle" / name
    return bundled if bundled.is_dir() else HERE.parent / name


DATABASES = ("sqlite+aiosqlite", "postgresql", "postgres", "postgresql+asyncpg")
REDIS_SCHEMES = ("redis", "rediss", "unix")


class WrongSetting(Exception):
    """A setting has a value that cannot be used; the message names the variable and says what it should be."""


class Settings(BaseSettings):
    """One value object, made once in app.py and handed down."""

    model_config = SettingsConfigDict(env_prefix="HAVRUTA_", frozen=True, extra="ignore")

    data_dir: Path = Path("data")
    database_url: str | None = None
    redis_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str | None = None
    secret: str | None = None
    demo: bool = False
    protocols_dir: Path = _bundled("protocols")
    texts_dir: Path = HERE / "texts"
    sefaria_url: str = "https://www.sefaria.org"
    static_dir: Path = _bundled("static")
    grace_seconds: float = Field(default=45, gt=0, description="How long a lost partner is waited for")
    ping_seconds: float = Field(default=5, gt=0)
    ping_timeout_seconds: float = Field(default=5, gt=0)
    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str | None = None
    turn_seconds: int = Field(default=3600, ge=60, le=3600)
    livekit_url: str | None = Field(default=None, pattern=r"^(wss?|https?)://[^/?#\s]+/?$")
    livekit_key: str | None = None
    livekit_secret: str | None = Field(default=None, min_length=32)
    livekit_rooms: bool = False
    rehearsals: int = Field(default=2, ge=0, le=10)
    pseudo_locale: bool = False
    metrics_token: str | None = None
    trusted_proxies: int = Field(default=0, ge=0, le=5)

    @model_validator(mode="after")
    def _all_of_livekit_or_nothing(self) -> Self:
        given = (self.livekit_url, self.livekit_key, self.livekit_secret)
        if any(given) and not all(given):
            raise ValueError("HAVRUTA_LIVEKIT_URL, _KEY and _SECRET belong together: set all three or none")
        if self.livekit_rooms and not all(given):
            raise ValueError("HAVRUTA_LIVEKIT_ROOMS needs HAVRUTA_LIVEKIT_URL, _KEY and _SECRET")
        return self

    @property
    def media_origins(self) -> tuple[str, ...]:
        """What pages may connect to beside this server: the media server, whose client also asks it over HTTP."""
        if not self.livekit_url:
            return ()
        scheme, _, host = self.livekit_url.rstrip("/").partition("://")
        secure = "s" if scheme in ("wss", "https") else ""
        return (f"ws{secure}://{host}", f"http{secure}://{host}")

    @property
    def database(self) -> str:
        """The SQLAlchemy URL: SQLite under the data folder unless one is set."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.data_dir / 'havruta.sqlite').as_posix()}"

    @property
    def origin(self) -> str:
        """The address that browsers use, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def https(self) -> bool:
        """Whether browsers come by https: cookies are then Secure."""
        return self.origin.startswith("https://")

    @classmethod
    def read(cls, **given: Any) -> Self:
        """Return the settings of the environment, with what was `given` instead of it. Raises WrongSetting."""
        try:
            return cls(**given)
        except ValidationError as error:
            raise WrongSetting("\n".join(_sentence(problem) for problem in error.errors())) from None
        except SettingsError as error:
            name = re.search(r'field "(\w+)"', str(error))
            variable = f"HAVRUTA_{name[1].upper()}" if name else "A HAVRUTA_ variable"
            raise WrongSetting(
                f"""{variable} must be a JSON list, for example '["turn:turn.example.org:3478"]'."""
            ) from None

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, url: str | None) -> str | None:
        try:
            known = url is None or make_url(url).drivername in DATABASES
        except (ArgumentError, ValueError):
            known = False
        if not known:
            raise ValueError("must be an address such as postgresql://user:password@host:5432/name")
        return url

    @field_validator("redis_url")
    @classmethod
    def _is_a_redis(cls, url: str | None) -> str | None:
        try:
            parsed = urlsplit(url or "redis:")
            known = parsed.scheme in REDIS_SCHEMES and parsed.port != 0
        except ValueError:
            known = False
        if not known:
            raise ValueError("must be an address such as redis://host:6379/0")
        return url

    @field_validator("sefaria_url")
    @classmethod
    def _is_a_library(cls, url: str) -> str:
        try:
            parsed = urlsplit(url)
            bare = not parsed.path.strip("/") and not parsed.query and not parsed.fragment and "@" not in parsed.netloc
            # What is read on the way could be changed on the way; within this machine there is no way.
            near = parsed.scheme == "http" and (parsed.hostname or "") in ("localhost", "127.0.0.1", "::1")
            good = bare and bool(parsed.hostname) and (parsed.scheme == "https" or near) and parsed.port != 0
        except ValueError:
            good = False
        if url and not good:
            raise ValueError("must be an address such as https://www.sefaria.org, or empty for none")
        return url.rstrip("/")

    @field_validator("protocols_dir", "texts_dir", "static_dir")
    @classmethod
    def _is_a_folder(cls, path: Path) -> Path:
        if not path.is_dir():
            raise ValueError("must be a folder that exists")
        return path


def _sentence(problem: Any) -> str:
    """Say what a setting should be. Its value is not repeated: it may hold a password."""
    variable = f"HAVRUTA_{'_'.join(str(part) for part in problem['loc'][:1]).upper()}"
    said = str(problem["msg"]).removeprefix("Value error, ")
    return (
        f"{variable} {said}." if said.startswith("must") else f"{variable} is not usable: {said[:1].lower()}{said[1:]}."
    )
