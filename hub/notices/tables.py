"""The tables of notices. They hold no text and no name: only which things have news for whom, and why.

What happened is asked of the module that tells of it when it is shown or mailed, for who reads it then.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, SmallInteger, Text
from sqlmodel import Field, SQLModel

from hub.notices.reasons import How, Reason


def _person(*, primary_key: bool = False) -> "Column[int]":
    return Column(ForeignKey("person.id"), nullable=False, primary_key=primary_key)


class NoticeRow(SQLModel, table=True):
    """That a thing has news for somebody: all that happened to it until they read it is one row.

    reasons: bits, see hub/notices/reasons.py. count: how many things happened. first_entry, last_entry: the
    numbers of the first and the last of them, in the order of the module that tells. is_open: whether the
    thing is for everybody; of another it is asked each time whether they may still know of it.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("notice_once", "ref", "person_id", unique=True),
        Index("notice_by_person", "person_id", "is_read", "latest_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(sa_column=_person())
    ref: str = Field(sa_type=Text)
    reasons: int = Field(sa_column=Column(SmallInteger, nullable=False))
    count: int = Field(default=1)
    first_entry: int
    last_entry: int
    is_read: bool = Field(default=False, sa_type=Boolean)
    is_open: bool = Field(default=True, sa_type=Boolean)
    latest_at: int = Field(sa_type=BigInteger)


class InboxRow(SQLModel, table=True):
    """Somebody's inbox: how many things have news, and when their digest comes.

    unread counts the things that are for everybody; guarded the others.
    """

    __tablename__ = "inbox"

    person_id: int = Field(sa_column=_person(primary_key=True))
    unread: int = Field(default=0)
    guarded: int = Field(default=0)
    hour: int = Field(default=8, sa_column=Column(SmallInteger, nullable=False))
    zone: str = Field(default="UTC", sa_type=Text)


class NoticeChoiceRow(SQLModel, table=True):
    """How somebody wants to hear for one reason; without a row it is the inbox."""

    __tablename__ = "notice_choice"

    person_id: int = Field(sa_column=_person(primary_key=True))
    reason: str = Field(
        sa_column=Column(Text, primary_key=True, info={"one_of": tuple(map(str, Reason))})
    )
    how: str = Field(sa_column=Column(Text, nullable=False, info={"one_of": tuple(map(str, How))}))


class MutedRow(SQLModel, table=True):
    """That somebody wants to hear nothing more of a thing, whatever they have to do with it."""

    __tablename__ = "muted"
    __table_args__ = (Index("muted_by_ref", "ref", "person_id"),)

    person_id: int = Field(sa_column=_person(primary_key=True))
    ref: str = Field(sa_type=Text, primary_key=True)
    at: int = Field(sa_type=BigInteger)


TABLES = (NoticeRow, InboxRow, NoticeChoiceRow, MutedRow)
