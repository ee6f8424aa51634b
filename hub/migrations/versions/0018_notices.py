"""Inboxes with notices, how people want to hear of things, and outgoing webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Create the tables; inboxes begin with what happens from now on."""
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer, primary_key=True),
        _person(),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("reasons", sa.SmallInteger, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_entry", sa.Integer, nullable=False),
        sa.Column("last_entry", sa.Integer, nullable=False),
        sa.Column("is_read", sa.Boolean, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("latest_at", sa.BigInteger, nullable=False),
    )
    op.create_index("notice_once", "notice", ["ref", "person_id"], unique=True)
    op.create_index("notice_by_person", "notice", ["person_id", "is_read", "latest_at", "id"])
    op.create_table(
        "inbox",
        _person(primary_key=True),
        sa.Column("unread", sa.Integer, nullable=False),
        sa.Column("guarded", sa.Integer, nullable=False),
        sa.Column("hour", sa.SmallInteger, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
    )
    op.create_table(
        "notice_choice",
        _person(primary_key=True),
        sa.Column("reason", sa.Text, primary_key=True),
        sa.Column("how", sa.Text, nullable=False),
    )
    op.create_table(
        "muted",
        _person(primary_key=True),
        sa.Column("ref", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("muted_by_ref", "muted", ["ref", "person_id"])
    op.create_table(
        "subscription_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subscriber_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column(
            "timeline_id",
            sa.Integer,
            sa.ForeignKey("timeline.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("subscription_event_by_person", "subscription_event", ["subscriber_id", "id"])
    op.create_index("subscription_event_by_entry", "subscription_event", ["timeline_id"])
    op.create_index("imported_by_id", "imported", ["kind", "id"])
    op.execute(
        "INSERT INTO consumer (name, cursor)"
        " SELECT 'notices:tracker', coalesce(max(id), 0) FROM timeline"
    )


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")


def _person(*, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(
        "person_id",
        sa.Integer,
        sa.ForeignKey("person.id"),
        primary_key=primary_key,
        nullable=False,
    )
