"""The tables of changes to many stories at once: what an undo needs."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Text
from sqlmodel import Field, SQLModel

FIELDS = ("importance", "stage", "assignee", "tag", "place", "milestone", "")
"""What is changed; empty where a story could not be changed."""


class BulkRow(SQLModel, table=True):
    """One change of many stories: who made it, and when. undone_at: None while it stands."""

    __tablename__ = "bulk_change"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(sa_column=Column(ForeignKey("person.id"), nullable=False, index=True))
    at: int = Field(sa_type=BigInteger)
    undone_at: int | None = Field(default=None, sa_type=BigInteger)


class BulkStepRow(SQLModel, table=True):
    """One step of it, in a story or a task: what stood there before, and after.

    problem: why the story was not changed, or why the step could not be undone; empty for neither.
    """

    __tablename__ = "bulk_step"
    __table_args__ = (Index("bulk_step_by_bulk", "bulk_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    bulk_id: int = Field(
        sa_column=Column(ForeignKey("bulk_change.id", ondelete="CASCADE"), nullable=False)
    )
    story_id: int
    task_id: int | None = Field(default=None)
    field: str = Field(sa_column=Column(Text, nullable=False, info={"one_of": FIELDS}))
    before: str = Field(default="", sa_type=Text)
    after: str = Field(default="", sa_type=Text)
    is_undone: bool = Field(default=False, sa_type=Boolean)
    problem: str = Field(default="", sa_type=Text)


BULK_TABLES = (BulkRow, BulkStepRow)
