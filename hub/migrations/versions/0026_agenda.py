"""Agendas of meetings: which series have them, their pads, and what running meetings read in them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "agenda_setting",
        sa.Column(
            "series_id",
            sa.Integer,
            sa.ForeignKey("series.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("is_on", sa.Boolean, nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("hours", sa.Integer, nullable=False),
    )
    op.create_table(
        "agenda",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "series_id", sa.Integer, sa.ForeignKey("series.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("pad", sa.Text, nullable=False, unique=True),
        sa.Column(
            "meeting_id",
            sa.Integer,
            sa.ForeignKey("meeting.id", ondelete="SET NULL"),
            nullable=True,
            unique=True,
        ),
        sa.Column("closed_at", sa.BigInteger, nullable=True),
        sa.Column("left_over", sa.Text, nullable=False),
    )
    op.create_index("agenda_by_series", "agenda", ["series_id", "at"], unique=True)
    op.create_table(
        "agenda_reading",
        sa.Column(
            "meeting_id",
            sa.Integer,
            sa.ForeignKey("meeting.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("ref", sa.Text, primary_key=True),
        sa.Column("topics", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
