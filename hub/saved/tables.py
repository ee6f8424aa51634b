"""The table of kept queries."""

from enum import StrEnum

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text
from sqlmodel import Field, SQLModel


class Where(StrEnum):
    """What a kept query is asked of."""

    SEARCH = "search"
    STORIES = "stories"


class SavedRow(SQLModel, table=True):
    """A query that somebody keeps; `words` as they typed them."""

    __tablename__ = "saved_query"
    __table_args__ = (Index("saved_query_by_name", "person_id", "asked_of", "name", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(sa_column=Column(ForeignKey("person.id"), nullable=False))
    asked_of: str = Field(
        sa_column=Column(Text, nullable=False, info={"one_of": tuple(map(str, Where))})
    )
    name: str = Field(sa_type=Text)
    words: str = Field(sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)


TABLES = (SavedRow,)
