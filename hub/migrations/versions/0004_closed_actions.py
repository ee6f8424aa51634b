"""What was done last is found without a look at everything that ever was."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the index."""
    op.create_index("meeting_action_closed", "meeting_action", ["closed_at"])


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
