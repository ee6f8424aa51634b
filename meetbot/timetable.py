"""All schedules that count, as they are read, and the meetings that come next.

Texts are read when their version is new; one `Timetable` for each process keeps what they say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from sqlmodel import Session, col, select

from hub.clock import from_micros
from hub.coming import Coming
from hub.config import Config
from meetbot.addresses import series_url
from meetbot.channel_rules import has_meetings
from meetbot.queries import is_known
from meetbot.recurrence import Occurrence, occurrences
from meetbot.schedule import Schedule, Slot
from meetbot.schedule_tables import ScheduleRow, ScheduleVersionRow
from meetbot.series import Series
from meetbot.tables import SeriesRow

_LONGEST = timedelta(days=1)
_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A series with its schedule; `revision` counts the schedule's versions from 1."""

    series: Series
    schedule: Schedule
    revision: int
    created_at: datetime
    changed_at: datetime


@dataclass(slots=True)
class Timetable:
    """What the schedules say. Safe to share between threads: what two read at once is the same.

    What was read is known by its series, revision and time: a restored backup may have another revision 2.
    """

    _read: dict[int, tuple[tuple[int, int], Schedule | None]] = field(default_factory=dict)

    def all(self, session: Session) -> Sequence[Scheduled]:
        """Return all series that have a schedule, by name."""
        rows = session.exec(
            select(ScheduleRow, SeriesRow)
            .join(SeriesRow, col(SeriesRow.id) == col(ScheduleRow.series_id))
            .order_by(SeriesRow.slug)
        )
        found = (self._scheduled(session, row, series) for row, series in rows.all())
        return [scheduled for scheduled in found if scheduled is not None]

    def of(self, session: Session, series: Series) -> Scheduled | None:
        """Return a series with its schedule; None if it has none."""
        row, named = session.get(ScheduleRow, series.id), session.get(SeriesRow, series.id)
        return self._scheduled(session, row, named) if row and named else None

    def _scheduled(self, session: Session, row: ScheduleRow, series: SeriesRow) -> Scheduled | None:
        schedule = self._schedule(session, row)
        if schedule is None or series.id is None:
            return None
        return Scheduled(
            Series(series.id, series.slug, series.title, series.about, series.agenda_url),
            schedule,
            row.revision,
            from_micros(row.created_at),
            from_micros(row.changed_at),
        )

    def _schedule(self, session: Session, row: ScheduleRow) -> Schedule | None:
        known = self._read.get(row.series_id)
        if known is not None and known[0] == (row.revision, row.changed_at):
            return known[1]
        from meetbot.schedule_text import read_schedule  # YAML, which few commands need

        version = session.get(ScheduleVersionRow, (row.series_id, row.revision))
        text = version.text if version else ""
        schedule = read_schedule(text).schedule if text.strip() else None
        self._read[row.series_id] = (row.revision, row.changed_at), schedule
        return schedule


def _following(config: Config, scheduled: Scheduled, now: datetime) -> Iterator[Coming]:
    for occurrence in occurrences(scheduled.schedule, now - _LONGEST, now + _AHEAD):
        if occurrence.ends_at > now:
            yield _coming(config, scheduled, occurrence)


def network_of(config: Config, slot: Slot) -> str:
    """Return the network on which a slot's channel is; the first one when none is known to have it."""
    names = [network.name for network in config.network]
    if slot.network:
        return slot.network
    having = (name for name in names if has_meetings(config, name, slot.channel))
    return next(having, names[0] if names else "")


def coming_meetings(
    timetable: Timetable,
    config: Config,
    session: Session,
    now: datetime,
    limit: int,
    series: Series | None = None,
) -> Sequence[Coming]:
    """Return the meetings that come next within a year, or are on by the schedule.

    Of one series at most `limit`; of all series the next meeting of each, but for a series of which nobody
    may know, as it has met in private only.
    """
    if series is not None:
        found = timetable.of(session, series)
        return list(islice(_following(config, found, now), limit)) if found else ()
    firsts = [
        (first, scheduled.series)
        for scheduled in timetable.all(session)
        if (first := next(_following(config, scheduled, now), None)) is not None
    ]
    firsts.sort(key=lambda each: (each[0].at, each[0].url))
    # Who is asked costs a query each, so only those that are to be shown are.
    known = (coming for coming, series in firsts if is_known(session, series))
    return list(islice(known, limit))


def _coming(config: Config, scheduled: Scheduled, occurrence: Occurrence) -> Coming:
    slot = occurrence.slot
    return Coming(
        at=occurrence.at,
        ends_at=occurrence.ends_at,
        title=scheduled.series.name,
        url=series_url(scheduled.series.slug),
        network=network_of(config, slot),
        channel=slot.channel,
        agenda_url=scheduled.schedule.agenda_url,
    )
