"""The table of what clients keep for people: StoryBoard's user preferences."""

from sqlalchemy import Column, ForeignKey, Text
from sqlmodel import Field, SQLModel


class PreferenceRow(SQLModel, table=True):
    """A setting of a client for somebody; `value` is JSON: a text, a number, or yes or no."""

    __tablename__ = "user_preference"

    person_id: int = Field(
        sa_column=Column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    )
    key: str = Field(primary_key=True, sa_type=Text)
    value: str = Field(sa_type=Text)


PREFERENCE_TABLES = (PreferenceRow,)
