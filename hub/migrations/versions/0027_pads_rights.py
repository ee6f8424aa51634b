"""Pads: whose they are, whether their link for reading is good, and since when they are frozen."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the columns. Who began a pad owns it; a guest's is nobody's."""
    op.add_column("pad", sa.Column("owner", sa.Text, nullable=False, server_default=""))
    op.add_column(
        "pad", sa.Column("is_linked", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.add_column("pad", sa.Column("settled_at", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("pad", sa.Column("frozen_at", sa.BigInteger, nullable=True))
    op.add_column("pad", sa.Column("frozen_by", sa.Text, nullable=False, server_default=""))
    op.add_column("pad", sa.Column("frozen_why", sa.Text, nullable=False, server_default=""))
    op.execute("UPDATE pad SET owner = created_by WHERE created_by LIKE 'person:%'")
    op.create_index("pad_by_owner", "pad", ["owner"])


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
