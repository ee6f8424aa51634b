"""Schedules in the database: every version as it was written, by whom and when.

A text is kept as somebody wrote it, with its comments; what it means is read anew when it is new (see
meetbot/timetable.py). Everything runs inside the caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from hub.clock import from_micros, micros
from hub.errors import Conflict
from hub.events import emit, take_turn
from hub.language import gettext
from hub.people import Actor
from meetbot.schedule import Schedule
from meetbot.schedule_tables import ReminderRow, ScheduleRow, ScheduleVersionRow
from meetbot.series import Series, add_alias, describe_series, find_series


@dataclass(frozen=True, slots=True)
class ScheduleVersion:
    """One version of a schedule; an empty text takes the schedule away."""

    revision: int
    at: datetime
    actor: str
    text: str


def newest_version(session: Session, series: Series) -> ScheduleVersion | None:
    """Return a series' schedule as it is now; None if it never had one."""
    row = session.get(ScheduleRow, series.id)
    found = session.get(ScheduleVersionRow, (series.id, row.revision)) if row else None
    return _version(found) if found else None


def schedule_versions(session: Session, series: Series) -> Sequence[ScheduleVersion]:
    """Return all versions of a series' schedule, newest first."""
    rows = session.exec(
        select(ScheduleVersionRow)
        .where(ScheduleVersionRow.series_id == series.id)
        .order_by(col(ScheduleVersionRow.revision).desc())
    )
    return [_version(row) for row in rows]


def keep_schedule(
    session: Session,
    actor: Actor,
    series: Series,
    schedule: Schedule | None,
    text: str,
    *,
    now: datetime,
    over: int | None = None,
) -> bool:
    """Keep a new version of a series' schedule; return False when its text is the one that counts already.

    schedule: what the text says; None takes it away. over: the version that the actor began with, where
    somebody else may have changed it meanwhile.
    Raises: Conflict when somebody has.
    """
    take_turn(session, f"schedule:{series.id}")
    row = session.get(ScheduleRow, series.id)
    if row is not None:
        session.refresh(row)  # on PostgreSQL somebody may have had the turn before
    newest = newest_version(session, series)
    if over is not None and over != (row.revision if row else 0):
        raise Conflict(
            gettext(
                "Somebody has changed this schedule meanwhile. Your text is below:"
                " compare it with theirs, and send it again."
            )
        )
    if newest.text == text if newest else schedule is None:
        return False
    if row is None:
        row = ScheduleRow(series_id=series.id, revision=0, created_at=micros(now), changed_at=0)
    row.revision += 1
    row.changed_at = micros(now)
    session.add(row)
    session.flush()
    session.add(
        ScheduleVersionRow(
            series_id=series.id, revision=row.revision, at=micros(now), actor=actor.name, text=text
        )
    )
    if schedule is not None:
        _describe(session, actor, series, schedule, now)
    emit(session, actor, "series.scheduled", series.ref, at=now)
    return True


def _describe(
    session: Session, actor: Actor, series: Series, schedule: Schedule, now: datetime
) -> None:
    """Let the series be called and described as its schedule says."""
    if find_series(session, schedule.meeting_id) is None:
        add_alias(session, actor, series, schedule.meeting_id, now=now)
    title, about = schedule.project, schedule.description or series.about
    agenda_url = schedule.agenda_url or series.agenda_url
    if (title, about, agenda_url) != (series.title, series.about, series.agenda_url):
        describe_series(
            session, actor, series, title=title, about=about, agenda_url=agenda_url, now=now
        )


_FORGET_US = 7 * 86_400 * 1_000_000


def claim(
    session: Session, series: Series, network: str, folded: str, at: datetime, minutes: int,
) -> bool:  # fmt: skip
    """Tell whether a reminder is still to be said, and keep that it was; those long past are forgotten."""
    take_turn(session, f"reminder:{series.id}")
    key = (series.id, network, folded, micros(at), minutes)
    if session.get(ReminderRow, key, populate_existing=True) is not None:
        return False
    old = delete(ReminderRow).where(col(ReminderRow.at) < micros(at) - _FORGET_US)
    session.connection().execute(old)
    session.add(
        ReminderRow(
            series_id=series.id, network=network, folded=folded, at=micros(at), minutes=minutes
        )
    )
    session.flush()
    return True


def _version(row: ScheduleVersionRow) -> ScheduleVersion:
    return ScheduleVersion(row.revision, from_micros(row.at), row.actor, row.text)
