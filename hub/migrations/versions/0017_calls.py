"""Who is called by `@name` in writings becomes a link: all that was written is read for links again."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Let the consumer of links begin anew; what it does again changes nothing."""
    op.execute("DELETE FROM consumer WHERE name = 'links'")


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
