"""Groups that teachers keep under a name, to be seated again another day."""

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.metadata import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "saved_groups",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("twinning", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["twinning"], ["twinnings.id"], name=op.f("fk_saved_groups_twinning_twinnings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_groups")),
    )
    op.create_index(op.f("ix_saved_groups_twinning"), "saved_groups", ["twinning"], unique=False)
    op.create_table(
        "saved_seats",
        sa.Column("saved", sa.String(length=40), nullable=False),
        sa.Column("student", sa.String(length=40), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved"], ["saved_groups.id"], name=op.f("fk_saved_seats_saved_saved_groups"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student"], ["students.id"], name=op.f("fk_saved_seats_student_students"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("saved", "student", name=op.f("pk_saved_seats")),
    )
    op.create_index(op.f("ix_saved_seats_student"), "saved_seats", ["student"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_saved_seats_student"), table_name="saved_seats")
    op.drop_table("saved_seats")
    op.drop_index(op.f("ix_saved_groups_twinning"), table_name="saved_groups")
    op.drop_table("saved_groups")
