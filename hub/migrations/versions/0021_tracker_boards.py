"""Worklists, boards with lanes, due dates, and what happened to them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Create the tables; a timeline's entry may be of a worklist or a board."""
    for column in ("worklist_id", "board_id"):
        op.add_column("timeline", sa.Column(column, sa.Integer, nullable=True))
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"timeline_by_{column.removesuffix('_id')}", "timeline", [column, "id"],
            sqlite_where=there, postgresql_where=there,
        )  # fmt: skip
    _create_worklists()
    _create_filters()
    _create_boards()
    _create_dates()


def _create_worklists() -> None:
    op.create_table(
        "worklist",
        sa.Column("id", sa.Integer, primary_key=True),
        *_plan(),
        _flag("automatic"),
    )
    op.create_index("ix_worklist_creator_id", "worklist", ["creator_id"])
    op.create_table(
        "worklist_item",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("list_id", "worklist.id"),
        sa.Column("item_type", sa.Text, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        _flag("archived"),
        sa.Column("due_date_id", sa.Integer, nullable=True),
        *_moments(),
    )
    by_place = ["list_id", "archived", "place", "id"]
    op.create_index("worklist_item_by_place", "worklist_item", by_place)
    by_item = ["item_type", "item_id", "list_id"]
    op.create_index("worklist_item_by_item", "worklist_item", by_item)


def _create_filters() -> None:
    op.create_table(
        "worklist_filter",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("list_id", "worklist.id"),
        sa.Column("item_type", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("worklist_filter_by_list", "worklist_filter", ["list_id", "id"])
    op.create_table(
        "filter_criterion",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("filter_id", "worklist_filter.id"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("title", "field", "value")),
        _flag("negative"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("filter_criterion_by_filter", "filter_criterion", ["filter_id", "id"])


def _create_boards() -> None:
    op.create_table(
        "board",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("description", sa.Text, nullable=True),
        *_plan(),
    )
    op.create_index("ix_board_creator_id", "board", ["creator_id"])
    op.create_table(
        "board_lane",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("board_id", "board.id"),
        _key("list_id", "worklist.id", unique=True),
        sa.Column("place", sa.BigInteger, nullable=False),
        *_moments(),
    )
    op.create_index("board_lane_by_place", "board_lane", ["board_id", "place", "id"])


def _create_dates() -> None:
    op.create_table(
        "due_date",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("date", sa.BigInteger, nullable=False),
        _flag("is_private"),
        sa.Column("creator_id", sa.Integer, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("creator_name", sa.Text, nullable=False),
        *_moments(),
    )
    for column in ("date", "creator_id"):
        op.create_index(f"ix_due_date_{column}", "due_date", [column])
    op.create_table(
        "due_date_of",
        _key("due_date_id", "due_date.id", primary_key=True),
        sa.Column("target_type", sa.Text, primary_key=True),
        sa.Column("target_id", sa.Integer, primary_key=True, autoincrement=False),
    )
    by_target = ["target_type", "target_id", "due_date_id"]
    op.create_index("due_date_of_by_target", "due_date_of", by_target)


def _plan() -> "list[sa.Column[Any]]":
    return [
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("creator_id", sa.Integer, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("creator_name", sa.Text, nullable=False),
        sa.Column("project_id", sa.Integer, sa.ForeignKey("project.id"), nullable=True),
        _flag("is_private"),
        _flag("archived"),
        *_moments(),
    ]


def _moments() -> "list[sa.Column[int]]":
    return [
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=True),
    ]


def _flag(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean, nullable=False)


def _key(
    name: str, target: str, *, unique: bool = False, primary_key: bool = False
) -> "sa.Column[int]":
    key = sa.ForeignKey(target, ondelete="CASCADE")
    return sa.Column(
        name, sa.Integer, key, nullable=False, unique=unique or None, primary_key=primary_key
    )


def downgrade() -> None:
    """Refuse: a hub goes back by restoring a backup."""
    raise RuntimeError("Madang's schema only goes forward. To go back, restore a backup.")
