"""What looking back over a year asks for: answers of many learners to a few questions."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_works_author_input", "works", ["author", "input"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_works_author_input", table_name="works")
