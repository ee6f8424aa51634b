"""The tables that lists go by. All in them is derived from the others, see tracker/derived.py.

A facet is something that stories are listed by: `all`, `project:3`, `tag:7`, `assignee:12`. A story has a row
for each of its facets with what lists sort and filter by, so that every page of every such list is a short
walk along one index, whatever else there is. `story_word` and `task_word` have the words of titles and
descriptions; `timeline_count` has what would else be counted in all that ever happened.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, SmallInteger, Text
from sqlmodel import Field, SQLModel

from tracker.states import State

_Word = Text().with_variant(Text(collation="C"), "postgresql")
"""Looked for by its beginning: in the order of bytes on every database."""


def _story() -> "Column[int]":
    return Column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True)


def _state(*, primary_key: bool = False) -> "Column[str]":
    values = tuple(state.value for state in State)
    return Column(Text, nullable=False, primary_key=primary_key, info={"one_of": values})


class FacetRow(SQLModel, table=True):
    """A story under one of its facets."""

    __tablename__ = "story_facet"
    __table_args__ = (
        Index("story_facet_of_story", "story_id"),
        Index("story_facet_new", "facet", "is_private", "state", "story_id"),
        Index("story_facet_updated", "facet", "is_private", "state", "changed_at", "story_id"),
        Index("story_facet_important", "facet", "is_private", "state", "rank", "story_id"),
        Index("story_facet_hot", "facet", "is_private", "state", "heat", "story_id"),
    )

    facet: str = Field(primary_key=True, sa_type=Text)
    story_id: int = Field(sa_column=_story())
    state: str = Field(sa_column=_state())
    is_private: bool = Field(sa_type=Boolean)
    rank: int = Field(sa_type=SmallInteger)
    heat: int
    changed_at: int = Field(sa_type=BigInteger)


class FacetCountRow(SQLModel, table=True):
    """How many public stories have a facet and a state. What is private is counted nowhere."""

    __tablename__ = "facet_count"

    facet: str = Field(primary_key=True, sa_type=Text)
    state: str = Field(sa_column=_state(primary_key=True))
    stories: int


class WordRow(SQLModel, table=True):
    """A word of a story's title or description, folded."""

    __tablename__ = "story_word"
    __table_args__ = (Index("story_word_of_story", "story_id", "word"),)

    word: str = Field(primary_key=True, sa_type=_Word)
    story_id: int = Field(sa_column=_story())


class TaskWordRow(SQLModel, table=True):
    """A word of a task's title, folded."""

    __tablename__ = "task_word"
    __table_args__ = (Index("task_word_of_task", "task_id", "word"),)

    word: str = Field(primary_key=True, sa_type=_Word)
    task_id: int = Field(
        sa_column=Column(ForeignKey("task.id", ondelete="CASCADE"), primary_key=True)
    )


class TimelineCountRow(SQLModel, table=True):
    """How many entries of timelines there are of a kind, those of private stories among them."""

    __tablename__ = "timeline_count"

    kind: str = Field(primary_key=True, sa_type=Text)
    entries: int


FACET_TABLES = (FacetRow, FacetCountRow, WordRow, TaskWordRow, TimelineCountRow)
