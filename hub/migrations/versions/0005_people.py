"""People, how they prove who they are, what they were given, and the record of administrative acts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables of accounts."""
    _people()
    _secrets()
    _teams()
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(_text(name) for name in ("actor", "verb", "ref", "detail", "address")),
    )
    op.create_index("ix_audit_ref", "audit", ["ref"])


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        *(_text(name) for name in ("name", "email", "password", "role", "state", "language")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "handle",
        sa.Column("id", sa.Integer, primary_key=True),
        _person(),
        *(_text(name) for name in ("kind", "realm", "subject", "shown")),
        sa.Column("bound_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_handle_person_id", "handle", ["person_id"])
    op.create_index("handle_by_name", "handle", ["kind", "realm", "subject"], unique=True)


def _secrets() -> None:
    _secret_table(
        "login_session",
        _person(),
        *(_text(name) for name in ("csrf", "address", "agent")),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_login_session_seen_at", "login_session", ["seen_at"])
    _secret_table(
        "api_token",
        _person(),
        *(_text(name) for name in ("name", "scopes")),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("used_at", sa.BigInteger),
    )
    _secret_table(
        "ticket",
        _person(nullable=True),
        *(_text(name) for name in ("kind", "data", "actor")),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_ticket_expires_at", "ticket", ["expires_at"])


def _secret_table(name: str, *columns: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        *columns,
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index(f"ix_{name}_person_id", name, ["person_id"])


def _teams() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        _text("name"),
        _text("about"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "team_member",
        _team(primary_key=True),
        _person(primary_key=True),
        sa.Column("since_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_team_member_person_id", "team_member", ["person_id"])
    op.create_table(
        "grant_",
        sa.Column("id", sa.Integer, primary_key=True),
        _text("verb"),
        _text("ref"),
        _person(nullable=True),
        _team(nullable=True),
        _text("actor"),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_grant__ref", "grant_", ["ref"])
    op.create_index("ix_grant__person_id", "grant_", ["person_id"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _person(**given: Any) -> sa.Column[int]:
    told = {"nullable": False} | given
    return sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), **told)


def _team(**given: Any) -> sa.Column[int]:
    key = sa.ForeignKey("team.id", ondelete="CASCADE")
    return sa.Column("team_id", sa.Integer, key, **({"nullable": False} | given))


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
