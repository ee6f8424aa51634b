"""The tables of plans: worklists, boards whose lanes are worklists, due dates, and what carries one.

What stands in an order has a `place`: larger is further down, and between two there is nearly always room,
so that a move writes one row. To others an order is told as 0, 1, 2 ... Moments are microseconds since 1970
UTC.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Text
from sqlmodel import Field, SQLModel

ITEM_TYPES = ("story", "task")
"""What may lie in a worklist."""

FIELDS = (
    "Project",
    "ProjectGroup",
    "Story",
    "User",
    "StoryStatus",
    "TaskStatus",
    "Tags",
    "Text",
)
"""What a criterion of an automatic worklist may ask for, in StoryBoard's words."""

DATED = ("story", "task", "worklist", "board")
"""What may have a due date."""


def _key(target: str, *, nullable: bool = False, **given: Any) -> "Column[int]":
    return Column(ForeignKey(target, ondelete="CASCADE"), nullable=nullable, **given)


def _one_of(values: tuple[str, ...], **given: Any) -> "Column[str]":
    return Column(Text, nullable=False, info={"one_of": values}, **given)


def _named() -> "Column[str]":
    return Column(Text, nullable=False, info={"names": "actor"})


def _creator() -> "Column[int]":
    return Column(ForeignKey("person.id"), nullable=True, index=True)


def _project() -> "Column[int]":
    return Column(ForeignKey("project.id"), nullable=True)


class WorklistRow(SQLModel, table=True):
    """Stories and tasks in an order that people give them; an automatic one is filled by its filters."""

    __tablename__ = "worklist"

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(sa_type=Text)
    creator_id: int | None = Field(default=None, sa_column=_creator())
    creator_name: str = Field(default="", sa_column=_named())
    project_id: int | None = Field(default=None, sa_column=_project())
    is_private: bool = Field(default=False, sa_type=Boolean)
    archived: bool = Field(default=False, sa_type=Boolean)
    automatic: bool = Field(default=False, sa_type=Boolean)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class WorklistItemRow(SQLModel, table=True):
    """A story or task in a worklist. `due_date_id` is the due date that its card shows."""

    __tablename__ = "worklist_item"
    __table_args__ = (
        Index("worklist_item_by_place", "list_id", "archived", "place", "id"),
        Index("worklist_item_by_item", "item_type", "item_id", "list_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    list_id: int = Field(sa_column=_key("worklist.id"))
    item_type: str = Field(sa_column=_one_of(ITEM_TYPES))
    item_id: int
    place: int = Field(sa_type=BigInteger)
    archived: bool = Field(default=False, sa_type=Boolean)
    due_date_id: int | None = Field(default=None)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class WorklistFilterRow(SQLModel, table=True):
    """What fills an automatic worklist: all that meets each criterion of one of its filters."""

    __tablename__ = "worklist_filter"
    __table_args__ = (Index("worklist_filter_by_list", "list_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    list_id: int = Field(sa_column=_key("worklist.id"))
    item_type: str = Field(sa_column=_one_of(ITEM_TYPES))
    created_at: int = Field(sa_type=BigInteger)


class CriterionRow(SQLModel, table=True):
    """One thing that a filter asks for; `title` is how people read its value."""

    __tablename__ = "filter_criterion"
    __table_args__ = (Index("filter_criterion_by_filter", "filter_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    filter_id: int = Field(sa_column=_key("worklist_filter.id"))
    title: str = Field(sa_type=Text)
    field: str = Field(sa_column=_one_of(FIELDS))
    value: str = Field(sa_type=Text)
    negative: bool = Field(default=False, sa_type=Boolean)
    created_at: int = Field(sa_type=BigInteger)


class BoardRow(SQLModel, table=True):
    """Lanes of cards side by side."""

    __tablename__ = "board"

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(sa_type=Text)
    description: str | None = Field(default=None, sa_type=Text)
    creator_id: int | None = Field(default=None, sa_column=_creator())
    creator_name: str = Field(default="", sa_column=_named())
    project_id: int | None = Field(default=None, sa_column=_project())
    is_private: bool = Field(default=False, sa_type=Boolean)
    archived: bool = Field(default=False, sa_type=Boolean)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class LaneRow(SQLModel, table=True):
    """That a worklist is a lane of a board; it is one of no other."""

    __tablename__ = "board_lane"
    __table_args__ = (Index("board_lane_by_place", "board_id", "place", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    board_id: int = Field(sa_column=_key("board.id"))
    list_id: int = Field(sa_column=_key("worklist.id", unique=True))
    place: int = Field(sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class DueDateRow(SQLModel, table=True):
    """A day by which things are to be done."""

    __tablename__ = "due_date"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text)
    date: int = Field(sa_type=BigInteger, index=True)
    is_private: bool = Field(default=False, sa_type=Boolean)
    creator_id: int | None = Field(default=None, sa_column=_creator())
    creator_name: str = Field(default="", sa_column=_named())
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)


class DatedRow(SQLModel, table=True):
    """That a thing has a due date. Of which there are several kinds: no foreign key."""

    __tablename__ = "due_date_of"
    __table_args__ = (Index("due_date_of_by_target", "target_type", "target_id", "due_date_id"),)

    due_date_id: int = Field(sa_column=_key("due_date.id", primary_key=True))
    target_type: str = Field(sa_column=_one_of(DATED, primary_key=True))
    target_id: int = Field(primary_key=True)


PLANNING_TABLES = (
    WorklistRow,
    WorklistItemRow,
    WorklistFilterRow,
    CriterionRow,
    BoardRow,
    LaneRow,
    DueDateRow,
    DatedRow,
)
