"""Tables of adults without an account who come to one lesson, and of what another school's safety lead was told."""

from sqlalchemy import Column, ForeignKey, String, Table

from server.adapters.sql.metadata import UtcDateTime, metadata

ID = String(40)

passes = Table(
    "passes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("session", ID, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("side", String(1), nullable=False),
    Column("school", ID, nullable=False),
    Column("name", String(60), nullable=False),
    Column("made_by", ID, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    # A guest's second yes, of the other side.
    Column("agreed_by", ID),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("expires", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", ID),
)

concern_notices = Table(
    "concern_notices",
    metadata,
    # What the other school reads stands here whole: it never reads the concern itself.
    Column("concern", ID, ForeignKey("concerns.id"), primary_key=True),
    Column("school", ID, primary_key=True, index=True),
    Column("student", ID, nullable=False),
    Column("from_school", ID, nullable=False),
    Column("session", ID),
    Column("room", String(64)),
    Column("at", UtcDateTime, nullable=False),
    Column("told_by", ID, nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
)
