"""Pads: what people say beside them, and the tags that they give themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "pad_talk",
        _pad(),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column(
            "author_id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            sa.ForeignKey("pad_author.id"),
            nullable=False,
        ),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("pad_talk_by_author", "pad_talk", ["author_id"])
    op.create_table("pad_tag", _pad(), sa.Column("tag", sa.Text, primary_key=True))
    op.create_index("pad_tag_by_tag", "pad_tag", ["tag", "pad_id"])
    op.create_index("pad_by_creator", "pad", ["created_by"])


def _pad() -> "sa.Column[int]":
    return sa.Column(
        "pad_id",
        sa.Integer,
        sa.ForeignKey("pad.id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
        autoincrement=False,
    )


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
