"""Tables of the live room: one row an append, words apart, drafts, deadlines."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from server.adapters.sql.metadata import UtcDateTime, metadata

log = Table(
    "log",
    metadata,
    Column("stream", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("sender", String(64), nullable=False),
    Column("command", String(64)),
    Column("events", Text, nullable=False),
)

lessons = Table(
    "lessons",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

session_lessons = Table(
    "session_lessons",
    metadata,
    Column("session", String(40), primary_key=True),
    Column("hash", String(64), nullable=False),
)

works = Table(
    "works",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("session", String(40), nullable=False),
    Column("room", String(64)),
    Column("author", String(40), nullable=False),
    Column("by_staff", Boolean, nullable=False, default=False),
    Column("step", Integer),
    Column("step_id", String(120)),
    Column("protocol", String(60)),
    Column("protocol_version", Integer),
    Column("text_hash", String(64)),
    Column("input", String(80)),
    Column("visibility", String(20), nullable=False, default="teacher"),
    Column("keep", String(10), nullable=False, default="session"),
    Column("held", String(20), nullable=False, default=""),
    Column("late", Boolean, nullable=False, default=False),
    Column("at", UtcDateTime, nullable=False),
    Column("entries", Text, nullable=False),
    Index("ix_works_session_room", "session", "room"),
    Index("ix_works_author_at", "author", "at"),
    Index("ix_works_author_input", "author", "input"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("member", String(40), primary_key=True),
    Column("session", String(40), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("input", String(80), primary_key=True),
    Column("room", String(64), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("entries", Text, nullable=False),
    Index("ix_drafts_session_room", "session", "room"),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("stream", String(64), primary_key=True),
    Column("step", Integer, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Index("ix_deadlines_due", "due"),
)
