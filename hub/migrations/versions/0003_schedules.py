"""Schedules of series in all their versions, and which reminders were said."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of schedules."""
    op.create_table(
        "schedule",
        _series(),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "schedule_version",
        _series(),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "reminder",
        _series(),
        sa.Column("network", sa.Text, primary_key=True),
        sa.Column("folded", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("minutes", sa.Integer, primary_key=True, autoincrement=False),
    )


def _series() -> sa.Column[int]:
    return sa.Column(
        "series_id",
        sa.Integer,
        sa.ForeignKey("series.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
