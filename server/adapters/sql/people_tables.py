"""Tables of people and planned lessons. Columns carry the names of the fields in core/people/models.py."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, Time, false

from server.adapters.sql.metadata import UtcDateTime, metadata

ID = String(40)

schools = Table(
    "schools",
    metadata,
    Column("id", ID, primary_key=True),
    Column("names", JSON, nullable=False),
    Column("place", JSON, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("country", String(2), nullable=False),
    Column("region", String(10)),
    Column("language", String(8), nullable=False),
    Column("days", JSON, nullable=False),
    Column("opens", Time, nullable=False),
    Column("closes", Time, nullable=False),
    Column("friday_closes", Time),
    Column("diaspora", Boolean, nullable=False),
    Column("jewish_calendar", Boolean, nullable=False),
    Column("the_name", String(10), nullable=False),
    Column("emergency", JSON, nullable=False),
    Column("direct_addresses_accepted", Boolean, nullable=False),
    Column("class_kbits", Integer),
)

staff = Table(
    "staff",
    metadata,
    Column("id", ID, primary_key=True),
    Column("school", ID, ForeignKey("schools.id"), nullable=False, index=True),
    Column("email", String(254), nullable=False),
    # The e-mail without regard to case: one person, one sign-in.
    Column("email_key", String(254), nullable=False, unique=True),
    Column("names", JSON, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("language", String(8), nullable=False),
    Column("password_hash", String(200)),
)

classes = Table(
    "classes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("school", ID, ForeignKey("schools.id"), nullable=False, index=True),
    Column("name", JSON, nullable=False),
    Column("year", String(20), nullable=False),
)

students = Table(
    "students",
    metadata,
    Column("id", ID, primary_key=True),
    Column("school", ID, ForeignKey("schools.id"), nullable=False, index=True),
    Column("class_id", ID, ForeignKey("classes.id"), nullable=False, index=True),
    Column("names", JSON, nullable=False),
    Column("speaks", JSON, nullable=False),
    Column("reads", JSON, nullable=False),
    Column("band", String(1), nullable=False),
    Column("language", String(8), nullable=False),
    Column("takes_part", String(10)),
    Column("media", String(10)),
    Column("keep_words", String(10)),
)

codes = Table(
    "codes",
    metadata,
    Column("student", ID, ForeignKey("students.id", ondelete="CASCADE"), primary_key=True),
    # A keyed hash finds the student; the sealed code is for printing cards. Neither is of use without the secret.
    Column("lookup", String(64), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("student", ID, ForeignKey("students.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", ID, nullable=False),
    Column("takes_part", String(10)),
    Column("media", String(10)),
    Column("keep_words", String(10)),
)

twinnings = Table(
    "twinnings",
    metadata,
    Column("id", ID, primary_key=True),
    Column("names", JSON, nullable=False),
    Column("status", String(10), nullable=False),
    Column("shares_work", Boolean, nullable=False),
)

twinning_schools = Table(
    "twinning_schools",
    metadata,
    Column("twinning", ID, ForeignKey("twinnings.id"), primary_key=True),
    Column("school", ID, ForeignKey("schools.id"), primary_key=True, index=True),
    Column("side", String(1), nullable=False),
    Column("place", Integer, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("twinning", ID, ForeignKey("twinnings.id"), nullable=False),
    Column("title", JSON, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("slot_minutes", Integer, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("status", String(10), nullable=False),
    Column("arc", String(40)),
    Index("ix_sessions_twinning_starts_at", "twinning", "starts_at"),
)

session_sides = Table(
    "session_sides",
    metadata,
    Column("session", ID, ForeignKey("sessions.id"), primary_key=True),
    Column("side", String(1), primary_key=True),
    Column("adult", ID),
    Column("place", String(10), nullable=False),
    Column("agreed_plan", String(64)),
)

session_classes = Table(
    "session_classes",
    metadata,
    Column("session", ID, ForeignKey("sessions.id"), primary_key=True),
    Column("class_id", ID, ForeignKey("classes.id"), primary_key=True, index=True),
    Column("side", String(1), nullable=False),
    Column("place", Integer, nullable=False),
)

meetings = Table(
    "meetings",
    metadata,
    Column("session", ID, primary_key=True),
    Column("one", ID, primary_key=True, index=True),
    Column("other", ID, primary_key=True, index=True),
    Column("room", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# One row a pair, so that nobody is kept apart from and together with the same child.
kept = Table(
    "kept",
    metadata,
    Column("one", ID, ForeignKey("students.id", ondelete="CASCADE"), primary_key=True),
    Column("other", ID, ForeignKey("students.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("how", String(10), nullable=False),
    Column("by", ID, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("about", JSON, nullable=False),
    Column("expires", UtcDateTime, nullable=False, index=True),
    Column("used_at", UtcDateTime),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", ID, nullable=False),
    Column("what", String(60), nullable=False),
    Column("school", ID, index=True),
    Column("session", ID, index=True),
    Column("room", String(64)),
    Column("about", String(80)),
    Column("seconds", Integer),
)

concerns = Table(
    "concerns",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("session", ID, index=True),
    Column("room", String(64)),
    Column("school", ID, nullable=False),
    Column("student", ID, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("about", String(20)),
    Column("words", Text, nullable=False),
    Column("accused", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closing_note", Text, nullable=False),
    Column("apart", Boolean, nullable=False, server_default=false()),
    Index("ix_concerns_school_at", "school", "at"),
)

concern_accused = Table(
    "concern_accused",
    metadata,
    Column("concern", ID, ForeignKey("concerns.id"), primary_key=True),
    Column("staff", ID, primary_key=True),
)

concern_evidence = Table(
    "concern_evidence",
    metadata,
    Column("concern", ID, ForeignKey("concerns.id"), primary_key=True),
    Column("work", String(64), primary_key=True, index=True),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("subject", ID, nullable=False),
    # The second learner of a shared device. Not a sign-in of their own: it opens nothing but this one.
    Column("beside", ID, index=True),
    Column("seen", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False, index=True),
    Index("ix_sign_ins_kind_subject", "kind", "subject"),
)
