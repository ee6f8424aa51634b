"""Whose accounts were at a meeting, and names that are being erased or were."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tombstone", sa.Text, nullable=False),
        sa.Column("known", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("module", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
    )
    op.create_table(
        "erased_nick",
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channel.id"), primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("tombstone", sa.Text, nullable=False),
    )
    op.create_table(
        "meeting_account",
        sa.Column(
            "meeting_id", sa.Integer, sa.ForeignKey("meeting.id"), primary_key=True,
            autoincrement=False,
        ),
        sa.Column("folded", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("is_chair", sa.Boolean, nullable=False),
        sa.Column("begins", sa.Boolean, nullable=False),
    )  # fmt: skip
    op.create_index("meeting_account_by_name", "meeting_account", ["network", "account"])
    op.create_index("meeting_account_by_nick", "meeting_account", ["network", "folded"])


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
