"""A student's sign-in may speak for a second learner at the same device."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("sign_ins", sa.Column("beside", sa.String(length=40), nullable=True))
    op.create_index(op.f("ix_sign_ins_beside"), "sign_ins", ["beside"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_sign_ins_beside"), table_name="sign_ins")
    op.drop_column("sign_ins", "beside")
