"""What Etherpad's API keeps beside the pads themselves.

Ids look as Etherpad's do: `g.`, `a.` or `s.` and 16 letters and digits. A mapper is the name that another
program knows a group or an author by.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text
from sqlmodel import Field, SQLModel


def _pad() -> "Column[int]":
    return Column(
        ForeignKey("pad.id", ondelete="CASCADE"),
        primary_key=True, nullable=False, autoincrement=False,
    )  # fmt: skip


def _under(what: str) -> "Column[str]":
    return Column(Text, ForeignKey(what, ondelete="CASCADE"), nullable=False)


class GroupRow(SQLModel, table=True):
    """A group: its pads are named `GROUP$NAME`, and opened by who has a session of it."""

    __tablename__ = "etherpad_group"

    id: str = Field(sa_column=Column(Text, primary_key=True))
    mapper: str | None = Field(default=None, sa_column=Column(Text, nullable=True, unique=True))
    created_at: int = Field(sa_type=BigInteger)


class ApiAuthorRow(SQLModel, table=True):
    """An author by the id that programs know. `key` is under what they write in pads (pad_author.key).

    name: what a program called them; empty for people of the hub, whose names are asked where they wrote.
    """

    __tablename__ = "etherpad_author"

    id: str = Field(sa_column=Column(Text, primary_key=True))
    key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    mapper: str | None = Field(default=None, sa_column=Column(Text, nullable=True, unique=True))
    name: str = Field(default="", sa_type=Text)
    created_at: int = Field(sa_type=BigInteger)


class ApiSessionRow(SQLModel, table=True):
    """Until `valid_until` (seconds since 1970) a browser with this id in its cookie opens a group's pads."""

    __tablename__ = "etherpad_session"
    __table_args__ = (
        Index("etherpad_session_by_group", "group_id", "id"),
        Index("etherpad_session_by_author", "author_id", "id"),
    )

    id: str = Field(sa_column=Column(Text, primary_key=True))
    group_id: str = Field(sa_column=_under("etherpad_group.id"))
    author_id: str = Field(sa_column=_under("etherpad_author.id"))
    valid_until: int = Field(sa_type=BigInteger)


class ApiPadRow(SQLModel, table=True):
    """What is kept of a pad that a program made: its group, and a digest of the token that deletes it."""

    __tablename__ = "etherpad_pad"
    __table_args__ = (Index("etherpad_pad_by_group", "group_id", "pad_id"),)

    pad_id: int = Field(sa_column=_pad())
    group_id: str | None = Field(
        default=None, sa_column=Column(Text, ForeignKey("etherpad_group.id"), nullable=True)
    )
    deletion: str = Field(default="", sa_type=Text)


class KeyRow(SQLModel, table=True):
    """A SHA-256 digest of the API's key, made on the command line."""

    __tablename__ = "etherpad_key"

    digest: str = Field(sa_column=Column(Text, primary_key=True))
    created_at: int = Field(sa_type=BigInteger)
    created_by: str = Field(sa_type=Text)


API_TABLES = (GroupRow, ApiAuthorRow, ApiSessionRow, ApiPadRow, KeyRow)
