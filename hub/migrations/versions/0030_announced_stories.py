"""Stories are announced in channels: from now on, not what happened before. What is gone is forgotten."""

from alembic import op

revision = "0030"
down_revision = "0029"

_SPEAKING = (
    ("subscription", "target_type", "target_id"),
    ("worklist_item", "item_type", "item_id"),
    ("due_date_of", "target_type", "target_id"),
)


def upgrade() -> None:
    """Begin after what there is."""
    op.execute(
        "INSERT INTO consumer (name, cursor)"
        " SELECT 'announce:tracker', coalesce(max(id), 0) FROM timeline"
    )
    for table, kind, number in _SPEAKING:
        for thing in ("story", "task"):
            op.execute(
                f"DELETE FROM {table} WHERE {kind} = '{thing}'"  # noqa: S608 - our own words
                f" AND {number} NOT IN (SELECT id FROM {thing})"
            )
    op.execute(
        "DELETE FROM grant_ WHERE ref LIKE 'story:%'"
        " AND CAST(substr(ref, 7) AS INTEGER) NOT IN (SELECT id FROM story)"
    )


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
