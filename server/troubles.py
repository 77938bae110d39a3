"""What stops the command and is nobody's bug: one sentence each, saying what to do next."""

import errno
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError

from server.adapters.protocol_files import ProtocolFileError
from server.adapters.seed import DemoFileDamaged
from server.adapters.sql.engine import NewerDatabase, migrate
from server.adapters.text_files import TextFileError
from server.settings import Settings, WrongSetting

FAILED: Final = 1
USAGE: Final = 2


class Trouble(Exception):
    """Something that the person at the keyboard can mend: a sentence, and the command's exit code."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


def trouble_of(error: Exception) -> Trouble | None:
    """Return what to tell the person at the keyboard; None for what is a bug of ours and wants its traceback."""
    match error:
        case Trouble():
            return error
        case WrongSetting():
            return Trouble(str(error), USAGE)
        case ProtocolFileError() | TextFileError():
            return Trouble(f"The server cannot start; these files need mending:\n{error}")
        case DemoFileDamaged():
            return Trouble(
                f"{error} is damaged. Delete it and start the demo again: its teachers get new passwords then."
            )
        case DBAPIError() if isinstance(error.orig, sqlite3.Error):
            return _sqlite_trouble(error.orig, "The database")
        case OSError():
            return _os_trouble(error)
        case _:
            return None


async def open_database(settings: Settings) -> None:
    """Bring the tables up to date, or raise Trouble where the database cannot be reached or read."""
    try:
        await migrate(settings.database)
    except Exception as error:
        trouble = _database_trouble(error, make_url(settings.database))
        if trouble is None:
            raise
        raise trouble from None


def _database_trouble(error: Exception, url: URL) -> Trouble | None:
    place = _place(url)
    match error:
        case NewerDatabase():
            return Trouble(
                f"{place} was written by a newer Havruta. Install that version or a later one, or put back the backup that "
                "was made before the update."
            )
        case DBAPIError() if isinstance(error.orig, sqlite3.Error):
            return _sqlite_trouble(error.orig, place)
        case OSError() if url.get_backend_name() != "sqlite":
            reason = error.strerror or str(error) or "it took too long"
            return Trouble(f"{place} does not answer ({reason}). Start it, or mend HAVRUTA_DATABASE_URL.")
        case _ if url.get_backend_name() != "sqlite" and (refusal := _refusal_of_postgres(error)):
            return Trouble(
                f"{place} does not let Havruta in: {refusal}. Mend the user, the password or the name of the database in "
                "HAVRUTA_DATABASE_URL."
            )
        case _:
            return None


def _refusal_of_postgres(error: BaseException | None) -> str:
    """Return why PostgreSQL lets nobody in, found among an error's causes; "" for any other error."""
    # Imported here: a server on SQLite never needs it.
    from asyncpg import InsufficientPrivilegeError, InvalidAuthorizationSpecificationError, InvalidCatalogNameError

    while error is not None:
        if isinstance(
            error, InvalidAuthorizationSpecificationError | InvalidCatalogNameError | InsufficientPrivilegeError
        ):
            return str(error)
        error = error.__cause__ or getattr(error, "orig", None)
    return ""


def require_store(settings: Settings) -> None:
    """Raise Trouble where no server has kept anything yet: a mistyped folder must not become a new, empty store."""
    url = make_url(settings.database)
    file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    if file is not None and not file.is_file():
        raise Trouble(f"There is no {file}. Give the folder that the server keeps its data in with --data.", USAGE)
    if not settings.secret and not (settings.data_dir / "secret").is_file():
        raise Trouble(
            f"There is no {settings.data_dir / 'secret'}, which the server made at its first start. Give its folder with "
            "--data, or set HAVRUTA_SECRET.",
            USAGE,
        )


def _place(url: URL) -> str:
    """Name a database without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"PostgreSQL at {url.host or 'localhost'}:{url.port or 5432}"


def _sqlite_trouble(error: sqlite3.Error, place: str) -> Trouble | None:
    name = getattr(error, "sqlite_errorname", "").split("_")[:2]
    match "_".join(name):
        case "SQLITE_NOTADB" | "SQLITE_CORRUPT":
            return Trouble(
                f"{place} is damaged, or is no database. Put a backup in its place, or choose another folder with --data."
            )
        case "SQLITE_CANTOPEN" | "SQLITE_READONLY" | "SQLITE_PERM":
            return Trouble(f"{place} cannot be written to. Check who owns the file and its folder.")
        case "SQLITE_BUSY" | "SQLITE_LOCKED":
            return Trouble(f"{place} is held by another program. Stop it, then try again.")
        case "SQLITE_FULL":
            return Trouble(f"The disk with the database is full ({place}). Make room, then start again.")
        case _:
            return None


def _os_trouble(error: OSError) -> Trouble | None:
    if error.errno is None:
        return None
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return Trouble(
            f"{error.filename} is a file where a folder is needed: choose another folder with --data.", USAGE
        )
    return Trouble(f"havruta: {error.strerror}: {error.filename or ''}".rstrip(": "))


def listening_trouble(error: OSError, host: str, port: int) -> Trouble:
    """Say why the server cannot listen where it was told to."""
    match error.errno:
        case errno.EADDRINUSE:
            return Trouble(f"Port {port} is in use already: stop the other program, or choose another with --port.")
        case errno.EACCES:
            return Trouble(f"Port {port} may be used by the administrator only: choose one above 1023 with --port.")
        case _:
            return Trouble(f"{host} is no address of this machine: choose another with --host.")
