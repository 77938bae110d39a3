"""Schools' own protocols with their versions, plans on a shelf, and what was taken out of a plan last."""

import sqlalchemy as sa
from alembic import op

from server.adapters.sql.metadata import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.String(length=40)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "own_protocols",
        sa.Column("id", ID, nullable=False),
        sa.Column("school", ID, nullable=False),
        sa.Column("came_from", sa.String(length=60), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", ID, nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school"], ["schools.id"], name=op.f("fk_own_protocols_school_schools"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_protocols")),
    )
    op.create_index(op.f("ix_own_protocols_school"), "own_protocols", ["school"], unique=False)
    op.create_table(
        "own_protocol_versions",
        sa.Column("protocol", ID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["protocol"],
            ["own_protocols.id"],
            name=op.f("fk_own_protocol_versions_protocol_own_protocols"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("protocol", "version", name=op.f("pk_own_protocol_versions")),
    )
    op.create_table(
        "shelf_plans",
        sa.Column("id", ID, nullable=False),
        sa.Column("school", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("twinning", ID, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["school"], ["schools.id"], name=op.f("fk_shelf_plans_school_schools"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["twinning"], ["twinnings.id"], name=op.f("fk_shelf_plans_twinning_twinnings"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_plans")),
    )
    op.create_index(op.f("ix_shelf_plans_school"), "shelf_plans", ["school"], unique=False)
    op.create_index(op.f("ix_shelf_plans_twinning"), "shelf_plans", ["twinning"], unique=False)
    op.create_table(
        "removed_parts",
        sa.Column("session", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("part", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session"], ["sessions.id"], name=op.f("fk_removed_parts_session_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_removed_parts")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("removed_parts")
    op.drop_index(op.f("ix_shelf_plans_twinning"), table_name="shelf_plans")
    op.drop_index(op.f("ix_shelf_plans_school"), table_name="shelf_plans")
    op.drop_table("shelf_plans")
    op.drop_table("own_protocol_versions")
    op.drop_index(op.f("ix_own_protocols_school"), table_name="own_protocols")
    op.drop_table("own_protocols")
