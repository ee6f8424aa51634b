"""The outbox, its consumers and links; channels with their lines, days, sources and redactions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the first tables."""
    _kernel()
    _channels()
    _lines()
    _watching()


def _kernel() -> None:
    op.create_table(
        "event",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
    )
    op.create_table(
        "consumer",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.Column("failed_at", sa.BigInteger),
        sa.Column("error", sa.Text),
    )
    op.create_table(
        "link",
        sa.Column("source", _NAME, primary_key=True),
        sa.Column("target", _NAME, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("link_by_target", "link", ["target", "source"])
    op.create_table(
        "setting",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _channels() -> None:
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("topic_at", sa.BigInteger),
        sa.Column("lines", sa.BigInteger, nullable=False),
        sa.Column("spoken", sa.BigInteger, nullable=False),
        sa.Column("first_at", sa.BigInteger),
        sa.Column("last_at", sa.BigInteger),
        sa.Column("spoken_at", sa.BigInteger),
    )
    op.create_index("channel_by_name", "channel", ["network", "folded"], unique=True)


def _lines() -> None:
    op.create_table(
        "line",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channel.id"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("nth", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("nick", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("msgid", sa.Text),
        sa.Column("slot", sa.SmallInteger),
    )
    op.create_index("line_by_time", "line", ["channel_id", "at", "id"])
    op.create_index(
        "line_by_msgid",
        "line",
        ["channel_id", "msgid"],
        unique=True,
        sqlite_where=sa.text("msgid IS NOT NULL"),
        postgresql_where=sa.text("msgid IS NOT NULL"),
    )
    op.create_table(
        "day",
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channel.id"), primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("spoken", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _watching() -> None:
    op.create_table(
        "source",
        sa.Column("network", sa.Text, primary_key=True),
        sa.Column("slot", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "watch",
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channel.id"), primary_key=True),
        sa.Column("slot", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since_at", sa.BigInteger, nullable=False),
        sa.Column("heard_at", sa.BigInteger),
        sa.Column("invited", sa.Boolean, nullable=False),
        sa.Column("retry_at", sa.BigInteger),
    )
    op.create_table(
        "redaction",
        sa.Column("line_id", _ID, sa.ForeignKey("line.id"), primary_key=True),
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channel.id"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )
    op.create_index("ix_redaction_channel_id", "redaction", ["channel_id"])


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
