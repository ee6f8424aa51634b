"""The archive's tables.

`line` is append-only and is its own outbox: ids are given in the order in which lines become visible
(see hub/events.py). A redaction overwrites a line's text in place, nothing ever deletes a line.

`line.nth` counts the lines of a channel within one second, from 1, in the order they came in; with the
second it makes the permanent anchor. `day` and the totals of `channel` are derived in the same
transaction, so that no page has to count.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlmodel import Field, SQLModel

from hub.clock import DAY
from hub.irc import Kind
from hub.recorder import Presence
from hub.rows import CALENDAR

_Id = BigInteger().with_variant(Integer, "sqlite")
_KINDS = tuple(kind.value for kind in Kind)
_STATES = tuple(presence.value for presence in Presence)
_DAYS = (CALENDAR[0] // DAY, CALENDAR[1] // DAY)
_MOST = (1 << 31) - 1


class ChannelRow(SQLModel, table=True):
    """A channel that has an archive. `folded` is its name as the network compares it."""

    __tablename__ = "channel"
    __table_args__ = (Index("channel_by_name", "network", "folded", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    network: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    folded: str = Field(sa_type=Text)
    topic: str = Field(default="", sa_type=Text)
    topic_at: int | None = Field(default=None, sa_type=BigInteger)
    lines: int = Field(default=0, sa_type=BigInteger)
    spoken: int = Field(default=0, sa_type=BigInteger)
    first_at: int | None = Field(default=None, sa_type=BigInteger)
    last_at: int | None = Field(default=None, sa_type=BigInteger)
    spoken_at: int | None = Field(default=None, sa_type=BigInteger)


class LineRow(SQLModel, table=True):
    """One line. `at` in microseconds since 1970 UTC; `slot` is the source that wrote it.

    An imported line has no slot.
    """

    __tablename__ = "line"
    __table_args__ = (
        Index("line_by_time", "channel_id", "at", "id"),
        Index(
            "line_by_msgid",
            "channel_id",
            "msgid",
            unique=True,
            sqlite_where=text("msgid IS NOT NULL"),  # on PostgreSQL too, see the migration
        ),
    )

    id: int | None = Field(default=None, sa_column=Column(_Id, primary_key=True))
    channel_id: int = Field(sa_column=Column(ForeignKey("channel.id"), nullable=False))
    at: int = Field(sa_type=BigInteger)
    nth: int = Field(sa_column=Column(Integer, nullable=False, info={"within": (1, _MOST)}))
    kind: str = Field(sa_column=Column(Text, nullable=False, info={"one_of": _KINDS}))
    nick: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    account: str | None = Field(default=None, sa_type=Text)
    msgid: str | None = Field(default=None, sa_type=Text)
    slot: int | None = Field(default=None, sa_type=SmallInteger)


class DayRow(SQLModel, table=True):
    """What one UTC day of a channel holds. `day` counts days since 1970, `version` its changes."""

    __tablename__ = "day"

    channel_id: int = Field(sa_column=Column(ForeignKey("channel.id"), primary_key=True))
    day: int = Field(
        sa_column=Column(Integer, primary_key=True, autoincrement=False, info={"within": _DAYS})
    )
    lines: int = Field(default=0)
    spoken: int = Field(default=0)
    version: int = Field(default=0)


class SourceRow(SQLModel, table=True):
    """A running bot's place among those that hear a network.

    `token` is the process that holds the slot; `seen_at` is its last sign of life.
    """

    __tablename__ = "source"

    network: str = Field(primary_key=True, sa_type=Text)
    slot: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    token: str = Field(sa_type=Text)
    state: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    seen_at: int = Field(sa_type=BigInteger)


class WatchRow(SQLModel, table=True):
    """How one source stands to one channel: in it, kept out (why, until when), or gone since when."""

    __tablename__ = "watch"

    channel_id: int = Field(sa_column=Column(ForeignKey("channel.id"), primary_key=True))
    slot: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    state: str = Field(sa_column=Column(Text, nullable=False, info={"one_of": _STATES}))
    reason: str = Field(default="", sa_type=Text)
    since_at: int = Field(sa_type=BigInteger)
    heard_at: int | None = Field(default=None, sa_type=BigInteger)
    invited: bool = Field(default=False)
    retry_at: int | None = Field(default=None, sa_type=BigInteger)


class RedactionRow(SQLModel, table=True):
    """The audit trail of redactions, and what keeps a redacted text from being imported again."""

    __tablename__ = "redaction"

    line_id: int = Field(sa_column=Column(_Id, ForeignKey("line.id"), primary_key=True))
    channel_id: int = Field(sa_column=Column(ForeignKey("channel.id"), nullable=False, index=True))
    at: int = Field(sa_type=BigInteger)
    actor: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)


class ErasedNickRow(SQLModel, table=True):
    """That a nick stands under a tombstone on a day of a channel; `digest` is how the nick is known again."""

    __tablename__ = "erased_nick"

    channel_id: int = Field(sa_column=Column(ForeignKey("channel.id"), primary_key=True))
    day: int = Field(
        sa_column=Column(Integer, primary_key=True, autoincrement=False, info={"within": _DAYS})
    )
    digest: str = Field(primary_key=True, sa_type=Text)
    tombstone: str = Field(sa_type=Text)


TABLES = (ChannelRow, LineRow, DayRow, SourceRow, WatchRow, RedactionRow, ErasedNickRow)
