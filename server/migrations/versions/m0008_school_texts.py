"""Texts that schools bring, and passages fetched from elsewhere."""

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.metadata import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "school_texts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("added_by", sa.String(length=40), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school"], ["schools.id"], name=op.f("fk_school_texts_school_schools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_texts")),
        sa.UniqueConstraint("school", "hash", name=op.f("uq_school_texts_school")),
    )
    op.create_table(
        "fetched_texts",
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=False),
        sa.Column("passage", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("asked", name=op.f("pk_fetched_texts")),
    )
    op.create_index(op.f("ix_fetched_texts_fetched_at"), "fetched_texts", ["fetched_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("fetched_texts")
    op.drop_table("school_texts")
