"""Reviews of changes, the stories they are for, and what the bots have to announce."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the tables."""
    _create_reviews()
    op.create_table(
        "hook_delivery",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_hook_delivery_at", "hook_delivery", ["at"])
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("announcement_by_network", "announcement", ["network", "id"])


def _create_reviews() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("project", "branch", "subject", "url", "owner", "status")
        ),
        sa.Column("patchset", sa.Integer, nullable=False),
        sa.Column("votes", sa.Text, nullable=False),
        sa.Column("builds", sa.Text, nullable=False),
        sa.Column("event_s", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_index("review_by_number", "review", ["host", "number"], unique=True)
    op.create_table(
        "review_link",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("review_id", "review.id", nullable=False),
        _key("story_id", "story.id", nullable=False),
        _key("task_id", "task.id", nullable=True),
        sa.Column("sort", sa.Text, nullable=False),
    )
    op.create_index("review_link_by_story", "review_link", ["story_id", "review_id"])
    for column in ("review_id", "task_id"):
        op.create_index(f"ix_review_link_{column}", "review_link", [column])


def _key(name: str, target: str, *, nullable: bool) -> "sa.Column[int]":
    key = sa.ForeignKey(target, ondelete="CASCADE")
    return sa.Column(name, sa.Integer, key, nullable=nullable)


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
