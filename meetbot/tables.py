"""The meetings' tables.

A running meeting has a row, so that it is found, but no state: that is what its lines make of it. When it
ends, its minutes are kept as a document, the first of as many versions as there are corrections, with its
log. `meeting_action`, `assignee` and `presence` are drawn from the newest document in the same transaction;
only whether an action is closed stands nowhere else.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, SmallInteger, Text, text
from sqlmodel import Field, SQLModel


class SeriesRow(SQLModel, table=True):
    """A meeting over the years. `slug` is its name in addresses."""

    __tablename__ = "series"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(sa_type=Text, unique=True)
    title: str = Field(default="", sa_type=Text)
    about: str = Field(default="", sa_type=Text)
    agenda_url: str = Field(default="", sa_type=Text)


class SeriesAliasRow(SQLModel, table=True):
    """A name under which a series is known, its own among them; `key` is how names are compared."""

    __tablename__ = "series_alias"

    key: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    series_id: int = Field(sa_column=Column(ForeignKey("series.id"), nullable=False, index=True))


# PostgreSQL has the same partial indexes from the migration: naming them here loads its dialect everywhere.
_RUNNING = text("ended_at IS NULL")


class MeetingRow(SQLModel, table=True):
    """One meeting; times in microseconds since 1970 UTC, `minute` in minutes since then.

    `copy` tells meetings of one series and minute apart, from 1. `first_ref` is the line that began it, empty
    when the archive has none. `revision` is the newest of its minutes, 0 while it runs. `reminded` and
    `warned_at` (the silence's beginning) keep two bots, or a restarted one, from saying so twice.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        Index("meeting_by_series", "series_id", "minute", "copy", unique=True),
        Index("meeting_by_time", "started_at"),
        Index(
            "meeting_running",
            "network",
            "folded",
            unique=True,
            sqlite_where=_RUNNING,
        ),
        Index("meeting_by_channel", "network", "folded", "started_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    series_id: int = Field(sa_column=Column(ForeignKey("series.id"), nullable=False))
    minute: int = Field(sa_type=BigInteger)
    copy_: int = Field(default=1, sa_column=Column("copy", SmallInteger, nullable=False))
    started_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    network: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    folded: str = Field(sa_type=Text)
    title: str = Field(default="", sa_type=Text)
    owner: str = Field(default="", sa_type=Text)
    restricted: bool = Field(default=False, sa_type=Boolean)
    first_ref: str = Field(default="", sa_type=Text)
    revision: int = Field(default=0)
    people: int = Field(default=0)
    lines: int = Field(default=0)
    reminded: bool = Field(default=False, sa_type=Boolean)
    warned_at: int | None = Field(default=None, sa_type=BigInteger)


class MinutesRow(SQLModel, table=True):
    """One version of a meeting's minutes, from 1, as a JSON document (see meetbot/render_json.py)."""

    __tablename__ = "minutes"

    meeting_id: int = Field(sa_column=Column(ForeignKey("meeting.id"), primary_key=True))
    revision: int = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    actor: str = Field(sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    document: str = Field(sa_type=Text)


class MeetingLogRow(SQLModel, table=True):
    """A meeting's log as JSON: `[at, kind, nick, text, ref]` of each line, the ref empty if it has none."""

    __tablename__ = "meeting_log"

    meeting_id: int = Field(sa_column=Column(ForeignKey("meeting.id"), primary_key=True))
    lines: str = Field(sa_type=Text)


class PresenceRow(SQLModel, table=True):
    """That somebody took part, with how many lines."""

    __tablename__ = "presence"
    __table_args__ = (Index("presence_by_nick", "folded", "meeting_id"),)

    meeting_id: int = Field(sa_column=Column(ForeignKey("meeting.id"), primary_key=True))
    folded: str = Field(primary_key=True, sa_type=Text)
    nick: str = Field(sa_type=Text)
    lines: int = Field(default=0)


class MeetingAccountRow(SQLModel, table=True):
    """That a services account took part under a nick: how a person is followed through nick changes.

    Written once, when the meeting ends: minutes tell nicks only. `begins` says that its series began with
    this meeting, and belongs to its chairs. Both names are folded.
    """

    __tablename__ = "meeting_account"
    __table_args__ = (
        Index("meeting_account_by_name", "network", "account"),
        Index("meeting_account_by_nick", "network", "folded"),
    )

    meeting_id: int = Field(sa_column=Column(ForeignKey("meeting.id"), primary_key=True))
    folded: str = Field(primary_key=True, sa_type=Text)
    account: str = Field(primary_key=True, sa_type=Text)
    network: str = Field(sa_type=Text)
    is_chair: bool = Field(default=False, sa_type=Boolean)
    begins: bool = Field(default=False, sa_type=Boolean)


_OPEN = text("closed_at IS NULL")


class ActionRow(SQLModel, table=True):
    """Something to be done; `outcome` says in words what became of it, or is a ref."""

    __tablename__ = "meeting_action"
    __table_args__ = (
        Index("meeting_action_open", "meeting_id", sqlite_where=_OPEN),
        Index("meeting_action_closed", "closed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(sa_column=Column(ForeignKey("meeting.id"), nullable=False, index=True))
    position: int
    line: int
    text: str = Field(sa_type=Text)
    nick: str = Field(sa_type=Text)
    at: int = Field(sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    closed_by: str = Field(
        default="", sa_column=Column(Text, nullable=False, info={"names": "actor"})
    )
    outcome: str = Field(default="", sa_type=Text)


class AssigneeRow(SQLModel, table=True):
    """Somebody whom an action names."""

    __tablename__ = "assignee"
    __table_args__ = (Index("assignee_by_nick", "folded", "action_id"),)

    action_id: int = Field(
        sa_column=Column(ForeignKey("meeting_action.id", ondelete="CASCADE"), primary_key=True)
    )
    folded: str = Field(primary_key=True, sa_type=Text)
    nick: str = Field(sa_type=Text)


TABLES = (
    SeriesRow,
    SeriesAliasRow,
    MeetingRow,
    MinutesRow,
    MeetingLogRow,
    PresenceRow,
    MeetingAccountRow,
    ActionRow,
    AssigneeRow,
)
