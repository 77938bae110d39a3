"""Rehearsals of a classroom: which is open, what its devices said, and the newest result of each class."""

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.metadata import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rehearsals",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("class_id", sa.String(length=40), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("opened", UtcDateTime(), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("together_at", UtcDateTime(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name=op.f("fk_rehearsals_class_id_classes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsals")),
        sa.UniqueConstraint("class_id", name=op.f("uq_rehearsals_class_id")),
        sa.UniqueConstraint("lookup", name=op.f("uq_rehearsals_lookup")),
    )
    op.create_index(op.f("ix_rehearsals_expires"), "rehearsals", ["expires"], unique=False)
    op.create_table(
        "rehearsal_devices",
        sa.Column("rehearsal", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=40), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rehearsal"],
            ["rehearsals.id"],
            name=op.f("fk_rehearsal_devices_rehearsal_rehearsals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("rehearsal", "number", name=op.f("pk_rehearsal_devices")),
    )
    op.create_table(
        "rehearsal_results",
        sa.Column("class_id", sa.String(length=40), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name=op.f("fk_rehearsal_results_class_id_classes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("class_id", name=op.f("pk_rehearsal_results")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("rehearsal_results")
    op.drop_table("rehearsal_devices")
    op.drop_index(op.f("ix_rehearsals_expires"), table_name="rehearsals")
    op.drop_table("rehearsals")
