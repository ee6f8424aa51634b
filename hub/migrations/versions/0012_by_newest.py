"""What speaks of a thing with the newest first, and the pads that somebody wrote in, each by an index."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the indexes."""
    op.drop_index("link_by_target", "link")
    op.create_index("link_by_target", "link", ["target", "at", "source"])
    op.create_index("pad_author_by_pads", "pad_author", ["key", "pad_id"])


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
