"""Tables of the texts that schools bring, and of passages fetched from elsewhere."""

from sqlalchemy import JSON, Column, ForeignKey, String, Table, UniqueConstraint

from server.adapters.sql.metadata import UtcDateTime, metadata

ID = String(40)

school_texts = Table(
    "school_texts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("school", ID, ForeignKey("schools.id", ondelete="CASCADE"), nullable=False),
    # The same words twice in one school are one text.
    Column("hash", String(64), nullable=False),
    Column("text", JSON, nullable=False),
    Column("added_by", ID, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    UniqueConstraint("school", "hash"),
)

fetched_texts = Table(
    "fetched_texts",
    metadata,
    # A hash of who was asked for what: references are short, but editions' names are not.
    Column("asked", String(64), primary_key=True),
    Column("fetched_at", UtcDateTime, nullable=False, index=True),
    Column("passage", JSON, nullable=False),
)
