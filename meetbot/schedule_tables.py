"""The schedules' tables: which version of a series' schedule counts, all versions, and reminders said."""

from sqlalchemy import BigInteger, Column, ForeignKey, Text
from sqlmodel import Field, SQLModel


class ScheduleRow(SQLModel, table=True):
    """That a series has a schedule, and which of its versions counts; times in microseconds since 1970."""

    __tablename__ = "schedule"

    series_id: int = Field(
        sa_column=Column(ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
    )
    revision: int
    created_at: int = Field(sa_type=BigInteger)
    changed_at: int = Field(sa_type=BigInteger)


class ScheduleVersionRow(SQLModel, table=True):
    """One version of a schedule, from 1, as it was written; an empty text takes the schedule away."""

    __tablename__ = "schedule_version"

    series_id: int = Field(
        sa_column=Column(ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
    )
    revision: int = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    actor: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)


class ReminderRow(SQLModel, table=True):
    """That a bot has reminded of the meeting at `at` in a channel, so many minutes before. Kept for days."""

    __tablename__ = "reminder"

    series_id: int = Field(
        sa_column=Column(ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
    )
    network: str = Field(primary_key=True, sa_type=Text)
    folded: str = Field(primary_key=True, sa_type=Text)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    minutes: int = Field(primary_key=True)


SCHEDULE_TABLES = (ScheduleRow, ScheduleVersionRow, ReminderRow)
