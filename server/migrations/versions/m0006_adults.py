"""Passes for adults without an account, a child's wish to sit apart, and notices to another school's safety lead."""

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.metadata import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Concerns from before carry no wish to sit apart."""
    op.create_table(
        "passes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("agreed_by", sa.String(length=40), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_passes_session_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passes")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_passes_token_hash")),
    )
    op.create_index(op.f("ix_passes_session"), "passes", ["session"], unique=False)
    op.create_table(
        "concern_notices",
        sa.Column("concern", sa.String(length=40), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("student", sa.String(length=40), nullable=False),
        sa.Column("from_school", sa.String(length=40), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=True),
        sa.Column("room", sa.String(length=64), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("told_by", sa.String(length=40), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["concern"], ["concerns.id"], name=op.f("fk_concern_notices_concern_concerns")),
        sa.PrimaryKeyConstraint("concern", "school", name=op.f("pk_concern_notices")),
    )
    op.create_index(op.f("ix_concern_notices_school"), "concern_notices", ["school"], unique=False)
    op.add_column("concerns", sa.Column("apart", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Undo."""
    op.drop_column("concerns", "apart")
    op.drop_index(op.f("ix_concern_notices_school"), table_name="concern_notices")
    op.drop_table("concern_notices")
    op.drop_index(op.f("ix_passes_session"), table_name="passes")
    op.drop_table("passes")
