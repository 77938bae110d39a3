"""Tables of saved groups: who is to sit together, by the name that teachers gave them."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from server.adapters.sql.metadata import UtcDateTime, metadata

ID = String(40)

saved_groups = Table(
    "saved_groups",
    metadata,
    Column("id", ID, primary_key=True),
    Column("twinning", ID, ForeignKey("twinnings.id"), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("by", ID, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

saved_seats = Table(
    "saved_seats",
    metadata,
    Column("saved", ID, ForeignKey("saved_groups.id", ondelete="CASCADE"), primary_key=True),
    # Whoever is erased is in no saved group any more.
    Column("student", ID, ForeignKey("students.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("room", Integer, nullable=False),
    Column("place", Integer, nullable=False),
)
