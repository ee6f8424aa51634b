"""The pads' tables.

The log of updates is the truth: `pad_update` holds the newest ones one by one, `pad_segment` the older ones
by the thousand, compressed. `pad_keyframe` holds the whole document at some of them, so that nothing is
replayed from the beginning; it can be made again from the log. `seq` counts a pad's updates from 1 without
holes; `pad.head` is the last one. `pad.text` and `pad.title` are what the text was at `pad.text_seq`, for
lists and search.

`epoch` names the history: whoever holds another one may not merge with this.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Text
from sqlmodel import Field, SQLModel

_Id = BigInteger().with_variant(Integer, "sqlite")
_COLOURS = 16

LISTED = ("open", "public")
"""The access of pads that lists, links and search tell of to all."""

CHOICES = (*LISTED, "members", "private")
"""What a pad's owner chooses from."""

ACCESS = (*CHOICES, "group")
"""Who may write: anybody who has the address; those who may write on the hub; those with an account; those
who are invited; who has a session of the pad's group (pad/etherpad/visits.py). The first two all may read."""


WHY = ("named", "wiped")
"""Why a revision is kept."""


def _pad(*, primary_key: bool = True) -> "Column[int]":
    return Column(
        ForeignKey("pad.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
        autoincrement=False,
    )


class PadRow(SQLModel, table=True):
    """A pad. `reading` is the secret in the address for those who only read, good while it `is_linked`.

    owner: who may say whose the pad is; empty for a guest's. settled_at: when that was said last, or somebody
    invited, or no more. frozen_at: since when nothing is written in it.
    """

    __tablename__ = "pad"
    __table_args__ = (
        Index("pad_changed", "changed_at", "id"),
        Index("pad_by_creator", "created_by"),
        Index("pad_by_owner", "owner"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    reading: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    epoch: str = Field(sa_type=Text)
    access: str = Field(sa_column=Column(Text, nullable=False, info={"one_of": ACCESS}))
    created_at: int = Field(sa_type=BigInteger)
    created_by: str = Field(sa_type=Text)
    changed_at: int = Field(sa_type=BigInteger)
    head: int = Field(default=0, sa_type=BigInteger)
    title: str = Field(default="", sa_type=Text)
    text: str = Field(default="", sa_type=Text)
    text_seq: int = Field(default=0, sa_type=BigInteger)
    deleted_at: int | None = Field(default=None, sa_type=BigInteger)
    owner: str = Field(default="", sa_type=Text)
    is_linked: bool = Field(default=True)
    settled_at: int = Field(default=0, sa_type=BigInteger)
    frozen_at: int | None = Field(default=None, sa_type=BigInteger)
    frozen_by: str = Field(default="", sa_type=Text)
    frozen_why: str = Field(default="", sa_type=Text)


class FormerNameRow(SQLModel, table=True):
    """A name that a pad had before, and that leads to it."""

    __tablename__ = "pad_former_name"

    name: str = Field(sa_column=Column(Text, primary_key=True))
    pad_id: int = Field(sa_column=_pad(primary_key=False))


class KeptRow(SQLModel, table=True):
    """A revision that is kept by name, or because more than half of the pad was deleted after it."""

    __tablename__ = "pad_kept"

    pad_id: int = Field(sa_column=_pad())
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    label: str = Field(sa_type=Text)
    at: int = Field(sa_type=BigInteger)
    who: str = Field(sa_type=Text)
    why: str = Field(sa_column=Column(Text, nullable=False, info={"one_of": WHY}))


class AuthorRow(SQLModel, table=True):
    """Who wrote in a pad. `key` is the actor's name, or a digest of a guest's secret."""

    __tablename__ = "pad_author"
    __table_args__ = (
        Index("pad_author_by_key", "pad_id", "key", unique=True),
        Index("pad_author_by_pads", "key", "pad_id"),
    )

    id: int | None = Field(default=None, sa_column=Column(_Id, primary_key=True))
    pad_id: int = Field(sa_column=_pad(primary_key=False))
    key: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    colour: int = Field(sa_column=Column(Integer, nullable=False, info={"within": (0, _COLOURS)}))


class WriterRow(SQLModel, table=True):
    """From `clock` on, the author writes as Yjs client `client`.

    retired: it wrote in a history that was forgotten, and may not bring it back.
    """

    __tablename__ = "pad_writer"

    pad_id: int = Field(sa_column=_pad())
    client: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    clock: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    author_id: int = Field(sa_column=Column(_Id, ForeignKey("pad_author.id"), nullable=False))
    retired: bool = Field(default=False)


class TalkRow(SQLModel, table=True):
    """One message said beside a pad; `number` counts from 0."""

    __tablename__ = "pad_talk"
    __table_args__ = (Index("pad_talk_by_author", "author_id"),)

    pad_id: int = Field(sa_column=_pad())
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: int = Field(sa_type=BigInteger)
    author_id: int = Field(sa_column=Column(_Id, ForeignKey("pad_author.id"), nullable=False))
    text: str = Field(sa_type=Text)


class TagRow(SQLModel, table=True):
    """A tag that a pad's text gives it."""

    __tablename__ = "pad_tag"
    __table_args__ = (Index("pad_tag_by_tag", "tag", "pad_id"),)

    pad_id: int = Field(sa_column=_pad())
    tag: str = Field(sa_column=Column(Text, primary_key=True))


class UpdateRow(SQLModel, table=True):
    """One update: what one author wrote within one commit."""

    __tablename__ = "pad_update"

    pad_id: int = Field(sa_column=_pad())
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: int = Field(sa_type=BigInteger)
    author_id: int = Field(sa_column=Column(_Id, ForeignKey("pad_author.id"), nullable=False))
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class SegmentRow(SQLModel, table=True):
    """The updates from `first` to `last`, packed by pad/segments.py."""

    __tablename__ = "pad_segment"

    pad_id: int = Field(sa_column=_pad())
    first: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    last: int = Field(sa_type=BigInteger)
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class KeyframeRow(SQLModel, table=True):
    """The whole document as of `seq`, compressed."""

    __tablename__ = "pad_keyframe"

    pad_id: int = Field(sa_column=_pad())
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class QuarantineRow(SQLModel, table=True):
    """An update that broke the engine: it stays in the log, and is left out of every replay."""

    __tablename__ = "pad_quarantine"

    pad_id: int = Field(sa_column=_pad())
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    reason: str = Field(sa_type=Text)


TABLES = (
    PadRow, FormerNameRow, AuthorRow, WriterRow, UpdateRow, SegmentRow, KeyframeRow, QuarantineRow,
    KeptRow, TalkRow, TagRow,
)  # fmt: skip
