"""Pads: the log of their updates, its keyframes, who wrote what."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the pads' tables."""
    op.create_table(
        "pad",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("reading", sa.Text, nullable=False, unique=True),
        sa.Column("epoch", sa.Text, nullable=False),
        sa.Column("access", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("head", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_seq", sa.BigInteger, nullable=False),
    )
    op.create_index("pad_changed", "pad", ["changed_at", "id"])
    _people()
    _log()


def _people() -> None:
    op.create_table(
        "pad_author",
        sa.Column("id", _id(), primary_key=True),
        _pad(primary_key=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("colour", sa.Integer, nullable=False),
    )
    op.create_index("pad_author_by_key", "pad_author", ["pad_id", "key"], unique=True)
    op.create_table(
        "pad_writer",
        _pad(),
        _number("client"),
        _number("clock"),
        _author(),
        sa.Column("retired", sa.Boolean, nullable=False),
    )


def _log() -> None:
    op.create_table(
        "pad_update",
        _pad(),
        _number("seq"),
        sa.Column("at", sa.BigInteger, nullable=False),
        _author(),
        _data(),
    )
    op.create_table(
        "pad_segment",
        _pad(),
        _number("first"),
        sa.Column("last", sa.BigInteger, nullable=False),
        _data(),
    )
    op.create_table("pad_keyframe", _pad(), _number("seq"), _data())
    op.create_table(
        "pad_quarantine", _pad(), _number("seq"), sa.Column("reason", sa.Text, nullable=False)
    )


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _pad(*, primary_key: bool = True) -> sa.Column[int]:
    return sa.Column(
        "pad_id",
        sa.Integer,
        sa.ForeignKey("pad.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
        autoincrement=False,
    )


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def _author() -> sa.Column[int]:
    return sa.Column("author_id", _id(), sa.ForeignKey("pad_author.id"), nullable=False)


def _data() -> sa.Column[bytes]:
    return sa.Column("data", sa.LargeBinary, nullable=False)


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
