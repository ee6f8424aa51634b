"""Pads: revisions that were given a name, former names, deletion with time to change one's mind."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the tables and columns."""
    op.add_column("pad", sa.Column("deleted_at", sa.BigInteger, nullable=True))
    op.create_table(
        "pad_kept",
        _pad(primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_table(
        "pad_former_name",
        sa.Column("name", sa.Text, primary_key=True),
        _pad(primary_key=False),
    )


def _pad(*, primary_key: bool) -> "sa.Column[int]":
    return sa.Column(
        "pad_id",
        sa.Integer,
        sa.ForeignKey("pad.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
        autoincrement=False,
    )


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
