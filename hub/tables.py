"""The kernel's own tables: the outbox, its consumers' cursors, and the links between things."""

from sqlalchemy import BigInteger, Column, Index, Integer, Text
from sqlmodel import Field, SQLModel

_Id = BigInteger().with_variant(Integer, "sqlite")

_Name = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is looked for by ranges: in the order of bytes on every database, whatever its locale."""


class EventRow(SQLModel, table=True):
    """The outbox: one row for each thing that has happened, in the order it became visible."""

    __tablename__ = "event"

    id: int | None = Field(default=None, sa_column=Column(_Id, primary_key=True))
    at: int = Field(sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    ref: str = Field(sa_type=Text)
    actor: str = Field(sa_type=Text)


class ConsumerRow(SQLModel, table=True):
    """How far each consumer has read a stream, and what stopped it."""

    __tablename__ = "consumer"

    name: str = Field(primary_key=True, sa_type=Text)
    cursor: int = Field(default=0, sa_type=BigInteger)
    failed_at: int | None = Field(default=None, sa_type=BigInteger)
    error: str | None = Field(default=None, sa_type=Text)


class LinkRow(SQLModel, table=True):
    """`source` mentions `target`; both are refs. Read backwards it is the backlink."""

    __tablename__ = "link"
    __table_args__ = (Index("link_by_target", "target", "at", "source"),)

    source: str = Field(sa_column=Column(_Name, primary_key=True))
    target: str = Field(sa_column=Column(_Name, primary_key=True))
    at: int = Field(sa_type=BigInteger)


class SettingRow(SQLModel, table=True):
    """Small values that the hub makes for itself, such as the salt of redaction digests."""

    __tablename__ = "setting"

    name: str = Field(primary_key=True, sa_type=Text)
    value: str = Field(sa_type=Text)
