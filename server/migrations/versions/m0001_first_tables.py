"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.metadata import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=True),
        sa.Column("session", sa.String(length=40), nullable=True),
        sa.Column("room", sa.String(length=64), nullable=True),
        sa.Column("about", sa.String(length=80), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_school"), "audit", ["school"], unique=False)
    op.create_index(op.f("ix_audit_session"), "audit", ["session"], unique=False)
    op.create_table(
        "concerns",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=True),
        sa.Column("room", sa.String(length=64), nullable=True),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("student", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("accused", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concerns")),
    )
    op.create_index("ix_concerns_school_at", "concerns", ["school", "at"], unique=False)
    op.create_index(op.f("ix_concerns_session"), "concerns", ["session"], unique=False)
    op.create_table(
        "deadlines",
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_deadlines")),
    )
    op.create_index("ix_deadlines_due", "deadlines", ["due"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("input", sa.String(length=80), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("member", "session", "step", "input", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_session_room", "drafts", ["session", "room"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_expires"), "invitations", ["expires"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_lessons")),
    )
    op.create_table(
        "log",
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("command", sa.String(length=64), nullable=True),
        sa.Column("events", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "version", name=op.f("pk_log")),
    )
    op.create_table(
        "meetings",
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("one", sa.String(length=40), nullable=False),
        sa.Column("other", sa.String(length=40), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("session", "one", "other", name=op.f("pk_meetings")),
    )
    op.create_index(op.f("ix_meetings_one"), "meetings", ["one"], unique=False)
    op.create_index(op.f("ix_meetings_other"), "meetings", ["other"], unique=False)
    op.create_table(
        "schools",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("friday_closes", sa.Time(), nullable=True),
        sa.Column("diaspora", sa.Boolean(), nullable=False),
        sa.Column("jewish_calendar", sa.Boolean(), nullable=False),
        sa.Column("the_name", sa.String(length=10), nullable=False),
        sa.Column("emergency", sa.JSON(), nullable=False),
        sa.Column("direct_addresses_accepted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schools")),
    )
    op.create_table(
        "session_lessons",
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_session_lessons")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_expires"), "sign_ins", ["expires"], unique=False)
    op.create_index("ix_sign_ins_kind_subject", "sign_ins", ["kind", "subject"], unique=False)
    op.create_table(
        "twinnings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("shares_work", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_twinnings")),
    )
    op.create_table(
        "works",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=True),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("step_id", sa.String(length=120), nullable=True),
        sa.Column("protocol", sa.String(length=60), nullable=True),
        sa.Column("protocol_version", sa.Integer(), nullable=True),
        sa.Column("text_hash", sa.String(length=64), nullable=True),
        sa.Column("input", sa.String(length=80), nullable=True),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("keep", sa.String(length=10), nullable=False),
        sa.Column("held", sa.String(length=20), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works")),
    )
    op.create_index("ix_works_author_at", "works", ["author", "at"], unique=False)
    op.create_index("ix_works_session_room", "works", ["session", "room"], unique=False)
    op.create_table(
        "classes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("year", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name=op.f("fk_classes_school_schools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classes")),
    )
    op.create_index(op.f("ix_classes_school"), "classes", ["school"], unique=False)
    op.create_table(
        "concern_accused",
        sa.Column("concern", sa.String(length=40), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["concern"], ["concerns.id"], name=op.f("fk_concern_accused_concern_concerns")),
        sa.PrimaryKeyConstraint("concern", "staff", name=op.f("pk_concern_accused")),
    )
    op.create_table(
        "concern_evidence",
        sa.Column("concern", sa.String(length=40), nullable=False),
        sa.Column("work", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["concern"], ["concerns.id"], name=op.f("fk_concern_evidence_concern_concerns")),
        sa.PrimaryKeyConstraint("concern", "work", name=op.f("pk_concern_evidence")),
    )
    op.create_index(op.f("ix_concern_evidence_work"), "concern_evidence", ["work"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("twinning", sa.String(length=40), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("arc", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["twinning"], ["twinnings.id"], name=op.f("fk_sessions_twinning_twinnings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_twinning_starts_at", "sessions", ["twinning", "starts_at"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name=op.f("fk_staff_school_schools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email_key", name=op.f("uq_staff_email_key")),
    )
    op.create_index(op.f("ix_staff_school"), "staff", ["school"], unique=False)
    op.create_table(
        "twinning_schools",
        sa.Column("twinning", sa.String(length=40), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name=op.f("fk_twinning_schools_school_schools")),
        sa.ForeignKeyConstraint(["twinning"], ["twinnings.id"], name=op.f("fk_twinning_schools_twinning_twinnings")),
        sa.PrimaryKeyConstraint("twinning", "school", name=op.f("pk_twinning_schools")),
    )
    op.create_index(op.f("ix_twinning_schools_school"), "twinning_schools", ["school"], unique=False)
    op.create_table(
        "session_classes",
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("class_id", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name=op.f("fk_session_classes_class_id_classes")),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_session_classes_session_sessions")),
        sa.PrimaryKeyConstraint("session", "class_id", name=op.f("pk_session_classes")),
    )
    op.create_index(op.f("ix_session_classes_class_id"), "session_classes", ["class_id"], unique=False)
    op.create_table(
        "session_sides",
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("adult", sa.String(length=40), nullable=True),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("agreed_plan", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_session_sides_session_sessions")),
        sa.PrimaryKeyConstraint("session", "side", name=op.f("pk_session_sides")),
    )
    op.create_table(
        "students",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("class_id", sa.String(length=40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("speaks", sa.JSON(), nullable=False),
        sa.Column("reads", sa.JSON(), nullable=False),
        sa.Column("band", sa.String(length=1), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("takes_part", sa.String(length=10), nullable=True),
        sa.Column("media", sa.String(length=10), nullable=True),
        sa.Column("keep_words", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name=op.f("fk_students_class_id_classes")),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name=op.f("fk_students_school_schools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_students")),
    )
    op.create_index(op.f("ix_students_class_id"), "students", ["class_id"], unique=False)
    op.create_index(op.f("ix_students_school"), "students", ["school"], unique=False)
    op.create_table(
        "kept",
        sa.Column("one", sa.String(length=40), nullable=False),
        sa.Column("other", sa.String(length=40), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["one"], ["students.id"], name=op.f("fk_kept_one_students"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other"], ["students.id"], name=op.f("fk_kept_other_students"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_kept")),
    )
    op.create_index(op.f("ix_kept_other"), "kept", ["other"], unique=False)
    op.create_table(
        "codes",
        sa.Column("student", sa.String(length=40), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student"], ["students.id"], name=op.f("fk_codes_student_students"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("student", name=op.f("pk_codes")),
        sa.UniqueConstraint("lookup", name=op.f("uq_codes_lookup")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("student", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("takes_part", sa.String(length=10), nullable=True),
        sa.Column("media", sa.String(length=10), nullable=True),
        sa.Column("keep_words", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["student"], ["students.id"], name=op.f("fk_consents_student_students"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_student"), "consents", ["student"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_consents_student"), table_name="consents")
    op.drop_table("consents")
    op.drop_table("codes")
    op.drop_index(op.f("ix_kept_other"), table_name="kept")
    op.drop_table("kept")
    op.drop_index(op.f("ix_students_school"), table_name="students")
    op.drop_index(op.f("ix_students_class_id"), table_name="students")
    op.drop_table("students")
    op.drop_table("session_sides")
    op.drop_index(op.f("ix_session_classes_class_id"), table_name="session_classes")
    op.drop_table("session_classes")
    op.drop_index(op.f("ix_twinning_schools_school"), table_name="twinning_schools")
    op.drop_table("twinning_schools")
    op.drop_index(op.f("ix_staff_school"), table_name="staff")
    op.drop_table("staff")
    op.drop_index("ix_sessions_twinning_starts_at", table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_concern_evidence_work"), table_name="concern_evidence")
    op.drop_table("concern_evidence")
    op.drop_table("concern_accused")
    op.drop_index(op.f("ix_classes_school"), table_name="classes")
    op.drop_table("classes")
    op.drop_index("ix_works_session_room", table_name="works")
    op.drop_index("ix_works_author_at", table_name="works")
    op.drop_table("works")
    op.drop_table("twinnings")
    op.drop_index("ix_sign_ins_kind_subject", table_name="sign_ins")
    op.drop_index(op.f("ix_sign_ins_expires"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_table("session_lessons")
    op.drop_table("schools")
    op.drop_index(op.f("ix_meetings_other"), table_name="meetings")
    op.drop_index(op.f("ix_meetings_one"), table_name="meetings")
    op.drop_table("meetings")
    op.drop_table("log")
    op.drop_table("lessons")
    op.drop_index(op.f("ix_invitations_expires"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_index("ix_drafts_session_room", table_name="drafts")
    op.drop_table("drafts")
    op.drop_index("ix_deadlines_due", table_name="deadlines")
    op.drop_table("deadlines")
    op.drop_index(op.f("ix_concerns_session"), table_name="concerns")
    op.drop_index("ix_concerns_school_at", table_name="concerns")
    op.drop_table("concerns")
    op.drop_index(op.f("ix_audit_session"), table_name="audit")
    op.drop_index(op.f("ix_audit_school"), table_name="audit")
    op.drop_table("audit")
