"""Pads: what Etherpad's HTTP API keeps, drafts of imports, and which pads came from an Etherpad."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "etherpad_group",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("mapper", sa.Text, nullable=True, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "etherpad_author",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("mapper", sa.Text, nullable=True, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "etherpad_session",
        sa.Column("id", sa.Text, primary_key=True),
        _under("group_id", "etherpad_group.id"),
        _under("author_id", "etherpad_author.id"),
        sa.Column("valid_until", sa.BigInteger, nullable=False),
    )
    op.create_index("etherpad_session_by_group", "etherpad_session", ["group_id", "id"])
    op.create_index("etherpad_session_by_author", "etherpad_session", ["author_id", "id"])
    _create_of_pads()
    op.create_table(
        "etherpad_key",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
    )


def _create_of_pads() -> None:
    op.create_table(
        "etherpad_pad",
        _pad(),
        sa.Column("group_id", sa.Text, sa.ForeignKey("etherpad_group.id"), nullable=True),
        sa.Column("deletion", sa.Text, nullable=False),
    )
    op.create_index("etherpad_pad_by_group", "etherpad_pad", ["group_id", "pad_id"])
    op.create_table(
        "pad_draft",
        sa.Column("id", sa.Text, primary_key=True),
        _pad(primary_key=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("runs", sa.Text, nullable=False),
    )
    op.create_index("pad_draft_by_time", "pad_draft", ["at"])
    op.create_index("pad_draft_by_pad", "pad_draft", ["pad_id"])
    op.create_table(
        "pad_imported",
        sa.Column("name", sa.Text, primary_key=True),
        _pad(primary_key=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("head", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("pad_imported_by_pad", "pad_imported", ["pad_id"])


def _pad(*, primary_key: bool = True) -> "sa.Column[int]":
    return sa.Column(
        "pad_id",
        sa.Integer,
        sa.ForeignKey("pad.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
        autoincrement=False,
    )


def _under(name: str, what: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, sa.ForeignKey(what, ondelete="CASCADE"), nullable=False)


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
