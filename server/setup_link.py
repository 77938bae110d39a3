"""What only the person at the server's own keyboard may do: the first link, and a new password."""

import secrets
from datetime import timedelta

from server.adapters.clock import SystemClock
from server.adapters.sql.engine import make_engine
from server.adapters.sql.people import SqlPeople
from server.adapters.sql.sign_ins import SqlSignIns
from server.app import House, secret_of
from server.edges.identity import hash_password
from server.settings import Settings
from server.troubles import open_database, require_store

LINK_LASTS = timedelta(days=7)
PASSWORD_BYTES = 12


async def first_link(house: House) -> str | None:
    """Return a one-time link that creates the first school and teacher, or None where there is one already.

    It ends the links that other processes, or earlier starts, have made.
    """
    if await house.people.any_school():
        return None
    token = secrets.token_urlsafe(24)
    await house.people.only_invitation(token, "setup", {}, SystemClock().now() + LINK_LASTS)
    return f"{house.settings.origin}/setup/{token}"


async def reset_password(settings: Settings, email: str) -> str | None:
    """Set a new random password, end all sign-ins of that person, and return it; None for an unknown address.

    Raises Trouble where there is no store yet.
    """
    require_store(settings)
    await open_database(settings)
    engine = make_engine(settings.database)
    try:
        people = SqlPeople(engine, secret_of(settings))
        found = await people.staff_by_email(email)
        if found is None:
            return None
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        await people.save_staff(found[0], await hash_password(password))
        await SqlSignIns(engine).end_all("staff", found[0].id)
        return password
    finally:
        await engine.dispose()
