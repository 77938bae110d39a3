"""Tables of classroom rehearsals: nothing in them belongs to a child."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table

from server.adapters.sql.metadata import UtcDateTime, metadata

ID = String(40)

rehearsals = Table(
    "rehearsals",
    metadata,
    Column("id", ID, primary_key=True),
    # One open rehearsal a class: opening another ends it.
    Column("class_id", ID, ForeignKey("classes.id", ondelete="CASCADE"), nullable=False, unique=True),
    # A keyed hash: the code itself is made from the id and the installation's secret.
    Column("lookup", String(64), nullable=False, unique=True),
    Column("opened", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("together_at", UtcDateTime),
    Column("counted", Integer, nullable=False),
)

rehearsal_devices = Table(
    "rehearsal_devices",
    metadata,
    Column("rehearsal", ID, ForeignKey("rehearsals.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key_hash", String(64), nullable=False),
    Column("browser", String(40), nullable=False),
    Column("seen", UtcDateTime, nullable=False),
    Column("report", JSON, nullable=False),
)

rehearsal_results = Table(
    "rehearsal_results",
    metadata,
    Column("class_id", ID, ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
    Column("result", JSON, nullable=False),
)
