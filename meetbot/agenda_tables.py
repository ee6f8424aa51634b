"""The agendas' tables: which series have agendas, the pads of their meetings, what was read in them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Text
from sqlmodel import Field, SQLModel


class AgendaSettingRow(SQLModel, table=True):
    """That a series has agendas, made so many hours before a meeting from the pad of that name."""

    __tablename__ = "agenda_setting"

    series_id: int = Field(
        sa_column=Column(ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
    )
    is_on: bool = Field(default=False, sa_type=Boolean)
    template: str = Field(default="", sa_type=Text)
    hours: int = Field(default=48)


class AgendaRow(SQLModel, table=True):
    """The agenda of the meeting that is or was to be at `at` (microseconds since 1970).

    `meeting_id` is there from its beginning on, `closed_at` when it is over; `left` is what was not done
    then and no other agenda has yet.
    """

    __tablename__ = "agenda"
    __table_args__ = (Index("agenda_by_series", "series_id", "at", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    series_id: int = Field(
        sa_column=Column(ForeignKey("series.id", ondelete="CASCADE"), nullable=False)
    )
    at: int = Field(sa_type=BigInteger)
    pad: str = Field(sa_type=Text, unique=True)
    meeting_id: int | None = Field(
        default=None,
        sa_column=Column(ForeignKey("meeting.id", ondelete="SET NULL"), nullable=True, unique=True),
    )
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    left: str = Field(default="", sa_column=Column("left_over", Text, nullable=False))


class AgendaReadingRow(SQLModel, table=True):
    """Which topics stood in the agenda when a line of a running meeting asked for the next one, as JSON.

    So the lines of the meeting make the same of it however the pad has changed since. Gone when it is over.
    """

    __tablename__ = "agenda_reading"

    meeting_id: int = Field(
        sa_column=Column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    )
    ref: str = Field(primary_key=True, sa_type=Text)
    topics: str = Field(sa_type=Text)


AGENDA_TABLES = (AgendaSettingRow, AgendaRow, AgendaReadingRow)
