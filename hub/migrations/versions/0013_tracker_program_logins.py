"""Programs that somebody logged in to by StoryBoard's way."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "program_login",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column(
            "token_id",
            sa.Integer,
            sa.ForeignKey("api_token.id", ondelete="CASCADE"),
            unique=True,
        ),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("redirect", sa.Text, nullable=False),
        sa.Column("challenge", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        sa.Column("renews", sa.Text, nullable=False),
        sa.Column("spent", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    for column in ("person_id", "renews", "spent", "expires_at"):
        op.create_index(f"ix_program_login_{column}", "program_login", [column])


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
