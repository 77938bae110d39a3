"""Tables of schools' own protocols and of the plans on their shelves: nothing in them belongs to a child."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table

from server.adapters.sql.metadata import UtcDateTime, metadata

ID = String(40)

own_protocols = Table(
    "own_protocols",
    metadata,
    Column("id", ID, primary_key=True),
    Column("school", ID, ForeignKey("schools.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("came_from", String(60), nullable=False),
    Column("title", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("draft", JSON(none_as_null=True)),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", ID, nullable=False),
    Column("removed", Boolean, nullable=False),
)

own_protocol_versions = Table(
    "own_protocol_versions",
    metadata,
    Column("protocol", ID, ForeignKey("own_protocols.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", ID, nullable=False),
    Column("definition", JSON, nullable=False),
)

shelf_plans = Table(
    "shelf_plans",
    metadata,
    Column("id", ID, primary_key=True),
    Column("school", ID, ForeignKey("schools.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("title", JSON, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("slot_minutes", Integer, nullable=False),
    Column("twinning", ID, ForeignKey("twinnings.id", ondelete="SET NULL"), index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", ID, nullable=False),
)

removed_parts = Table(
    "removed_parts",
    metadata,
    Column("session", ID, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("part", JSON, nullable=False),
)
