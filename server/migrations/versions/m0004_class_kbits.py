"""How much of its connection a school gives one class for calls."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: empty is no limit."""
    op.add_column("schools", sa.Column("class_kbits", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("schools", "class_kbits")
