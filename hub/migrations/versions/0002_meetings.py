"""Meetings: series with their aliases, minutes in all their versions, logs, actions, who was there."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of meetings."""
    _series()
    _meetings()
    _minutes()
    _actions()


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("agenda_url", sa.Text, nullable=False),
    )
    op.create_table(
        "series_alias",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("series_id", sa.Integer, sa.ForeignKey("series.id"), nullable=False, index=True),
    )


def _meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("series_id", sa.Integer, sa.ForeignKey("series.id"), nullable=False),
        sa.Column("minute", sa.BigInteger, nullable=False),
        sa.Column("copy", sa.SmallInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("first_ref", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("reminded", sa.Boolean, nullable=False),
        sa.Column("warned_at", sa.BigInteger),
    )
    op.create_index("meeting_by_series", "meeting", ["series_id", "minute", "copy"], unique=True)
    op.create_index("meeting_by_time", "meeting", ["started_at"])
    op.create_index(
        "meeting_running",
        "meeting",
        ["network", "folded"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("meeting_by_channel", "meeting", ["network", "folded", "started_at"])


def _minutes() -> None:
    op.create_table(
        "minutes",
        sa.Column("meeting_id", sa.Integer, sa.ForeignKey("meeting.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "meeting_log",
        sa.Column("meeting_id", sa.Integer, sa.ForeignKey("meeting.id"), primary_key=True),
        sa.Column("lines", sa.Text, nullable=False),
    )
    op.create_table(
        "presence",
        sa.Column("meeting_id", sa.Integer, sa.ForeignKey("meeting.id"), primary_key=True),
        sa.Column("folded", sa.Text, primary_key=True),
        sa.Column("nick", sa.Text, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
    )
    op.create_index("presence_by_nick", "presence", ["folded", "meeting_id"])


def _actions() -> None:
    op.create_table(
        "meeting_action",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "meeting_id", sa.Integer, sa.ForeignKey("meeting.id"), nullable=False, index=True
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("nick", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("closed_by", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    op.create_index(
        "meeting_action_open",
        "meeting_action",
        ["meeting_id"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "assignee",
        sa.Column(
            "action_id",
            sa.Integer,
            sa.ForeignKey("meeting_action.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("folded", sa.Text, primary_key=True),
        sa.Column("nick", sa.Text, nullable=False),
    )
    op.create_index("assignee_by_nick", "assignee", ["folded", "action_id"])
